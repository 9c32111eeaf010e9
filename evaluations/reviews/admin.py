"""The experts' sheets, to read, and only once the stage is counted."""

from django.contrib import admin

from evaluations.programme.visibility import Thing, phases_in_which, viewer_role
from evaluations.reviews.models import Finding, Mark, Recognition, Sheet
from portal.admin import EvidenceAdmin


class EvidenceInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class MarkInline(EvidenceInline):
    model = Mark
    fields = ["criterion", "value", "comment"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("criterion")


class FindingInline(EvidenceInline):
    model = Finding
    fields = ["scope", "finding", "evidence", "reason"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("scope__item", "scope__component")


class RecognitionInline(EvidenceInline):
    model = Recognition
    fields = ["answer", "reason"]


@admin.register(Sheet)
class SheetAdmin(EvidenceAdmin):
    """Listed by seat, never by person; before the count the list is empty for everybody."""

    list_display = ["panelist", "team", "revision", "confirmed", "submitted_at"]
    list_filter = ["assignment__panelist__stage"]
    list_select_related = ["assignment__panelist__stage", "assignment__team", "confirmation"]
    ordering = ["assignment__panelist__label", "assignment__team__position", "revision"]
    inlines = [MarkInline, FindingInline, RecognitionInline]
    fields = ["panelist", "team", "revision", "recognised", "guess", "opinion", "submitted_at"]
    readonly_fields = ["panelist", "team"]

    def get_queryset(self, request):
        phases = phases_in_which(viewer_role(request.user.role), Thing.OTHER_SHEET)
        return super().get_queryset(request).filter(assignment__panelist__stage__phase__in=phases)

    @admin.display(description="자리")
    def panelist(self, sheet):
        return sheet.assignment.panelist

    @admin.display(description="팀")
    def team(self, sheet):
        return sheet.assignment.team

    @admin.display(description="확인", boolean=True)
    def confirmed(self, sheet):
        return hasattr(sheet, "confirmation")
