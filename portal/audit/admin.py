"""The ledger and the access records, to read."""

from django.contrib import admin

from portal.admin import EvidenceAdmin
from portal.audit.models import AccessRecord, Event


@admin.register(Event)
class EventAdmin(EvidenceAdmin):
    list_display = ["at", "stage", "kind", "reason", "receipt"]
    list_filter = ["stage", "kind"]
    search_fields = ["leaf"]
    ordering = ["-at", "id"]
    fields = ["at", "stage", "kind", "actor", "subject", "subject_id", "reason", "receipt", "leaf"]
    readonly_fields = ["receipt"]
    # The body of an event holds what was judged; the office sees that through the pages of its phase, never here.

    @admin.display(description="접수 번호")
    def receipt(self, event):
        return event.receipt


@admin.register(AccessRecord)
class AccessRecordAdmin(EvidenceAdmin):
    list_display = ["at", "actor", "action", "whose", "source", "reason"]
    list_filter = ["action"]
    ordering = ["-at", "id"]
