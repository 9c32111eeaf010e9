"""The ledger and the access records, to read."""

from django.contrib import admin

from portal.admin import EvidenceAdmin, Named
from portal.audit.kinds import SUBJECTS, access_name, kind_name
from portal.audit.models import AccessRecord, Event


class _WordFilter(admin.SimpleListFilter):
    """Only what has happened can be chosen, by the word people know it by."""

    column = ""

    def lookups(self, request, model_admin):
        found = model_admin.model.objects.order_by(self.column).values_list(self.column, flat=True).distinct()
        return [(value, self.word(value)) for value in found if value]

    def word(self, value: str) -> str:
        return value

    def queryset(self, request, queryset):
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset


class StageFilter(_WordFilter):
    title, parameter_name, column = "단계", "stage", "stage"


class KindFilter(_WordFilter):
    title, parameter_name, column = "일", "kind", "kind"

    def word(self, value):
        return kind_name(value)


class ActionFilter(_WordFilter):
    title, parameter_name, column = "행위", "action", "action"

    def word(self, value):
        return access_name(value)


@admin.register(Event)
class EventAdmin(Named, EvidenceAdmin):
    named = ("actor", "subject_id")
    list_display = ["at", "stage", "named_kind", "reason", "receipt"]
    list_filter = [StageFilter, KindFilter]
    search_fields = ["leaf"]
    ordering = ["-at", "id"]
    fields = ["at", "stage", "named_kind", "named_actor", "named_subject", "subject_named", "reason", "receipt", "leaf"]
    readonly_fields = ["named_kind", "named_actor", "named_subject", "subject_named", "receipt"]
    # The body of an event holds what was judged; the office sees that through the pages of its phase, never here.

    def get_search_results(self, request, queryset, search_term):
        """Receipts are shown in groups of four; the ledger keeps them in one piece."""
        return super().get_search_results(request, queryset, search_term.replace("-", ""))

    @admin.display(description="일", ordering="kind")
    def named_kind(self, event):
        return kind_name(event.kind)

    @admin.display(description="행위자", ordering="actor")
    def named_actor(self, event):
        return event.actor_name or event.actor

    @admin.display(description="대상 ID")
    def subject_named(self, event):
        return event.subject_id_name or event.subject_id

    @admin.display(description="대상")
    def named_subject(self, event):
        return SUBJECTS.get(event.subject, event.subject)

    @admin.display(description="접수 번호")
    def receipt(self, event):
        return event.receipt


@admin.register(AccessRecord)
class AccessRecordAdmin(Named, EvidenceAdmin):
    named = ("actor", "whose")
    list_display = ["at", "named_actor", "named_action", "named_whose", "source", "reason"]
    list_filter = [ActionFilter]
    ordering = ["-at", "id"]
    fields = ["at", "named_actor", "named_action", "named_whose", "source", "reason"]
    readonly_fields = ["named_actor", "named_action", "named_whose"]

    @admin.display(description="계정", ordering="actor")
    def named_actor(self, access):
        return access.actor_name or access.actor

    @admin.display(description="정보주체")
    def named_whose(self, access):
        return access.whose_name or access.whose

    @admin.display(description="행위", ordering="action")
    def named_action(self, access):
        return access_name(access.action)
