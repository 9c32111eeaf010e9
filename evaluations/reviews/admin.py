"""The experts' sheets, to read, and only once the stage is counted."""

from django.contrib import admin

from evaluations.programme.phases import Phase
from evaluations.programme.visibility import Thing
from evaluations.reviews import actions
from evaluations.reviews.models import Finding, Mark, Recognition, Sheet
from portal.admin import EvidenceAdmin, Verb


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


def _void(sheet, by, reason):
    actions.void_sheet(assignment=sheet.assignment, reason=reason, by=by)
    return "무효로 하고 사유를 기록했습니다. 이 평가위원의 이 팀 평가표는 집계하지 않습니다. 다시 집계해 주세요."


def _voiding(sheet) -> list[str]:
    assignment = sheet.assignment
    whose = f"{assignment.panelist} 자리가 ‘{assignment.team}’ 팀에 낸 평가표를 고친 것까지 모두"
    kept = "평가표는 지워지지 않고 사유와 함께 기록에 남습니다. 무효는 되돌릴 수 없습니다."
    if hasattr(assignment, "recusal") or not assignment.round.counts:
        return [f"{whose} 무효로 합니다. 이미 세지 않는 평가표이므로 집계는 달라지지 않습니다.", kept]
    others = Sheet.objects.effective().filter(
        assignment__team=assignment.team_id, assignment__round=assignment.round_id
    )
    left = others.exclude(assignment=assignment).count()
    return [
        f"{whose} 세지 않습니다. 세는 평가표는 이 팀에 {left}장이 남습니다.",
        f"{kept} 다시 집계해야 결과에 반영됩니다.",
    ]


def _may_be_voided(sheet) -> bool:
    return sheet.assignment.panelist.stage.phase == Phase.COUNTED and not hasattr(sheet.assignment, "void")


@admin.register(Sheet)
class SheetAdmin(EvidenceAdmin):
    """Listed by seat, never by person; before the count the list is empty for everybody."""

    shows, stage_path = Thing.OTHER_SHEET, "assignment__panelist__stage"
    list_display = ["panelist", "team", "round", "revision", "confirmed", "void", "submitted_at", "verb_links"]
    list_filter = ["assignment__panelist__stage", "assignment__round__kind"]
    list_select_related = [
        "assignment__panelist__stage", "assignment__team", "assignment__round", "assignment__void", "confirmation",
    ]  # fmt: skip
    ordering = ["assignment__panelist__label", "assignment__team__position", "revision"]
    inlines = [MarkInline, FindingInline, RecognitionInline]
    fields = ["panelist", "team", "revision", "recognised", "guess", "opinion", "submitted_at"]
    readonly_fields = ["panelist", "team"]
    verbs = (Verb("void", "무효", _void, means=_voiding, offered=_may_be_voided, together=lambda sheet: True),)

    def back_to(self, row):
        return f"{super().back_to(row)}?assignment__panelist__stage__id__exact={row.assignment.panelist.stage_id}"

    @admin.display(description="자리")
    def panelist(self, sheet):
        return sheet.assignment.panelist

    @admin.display(description="팀")
    def team(self, sheet):
        return sheet.assignment.team

    @admin.display(description="차수")
    def round(self, sheet):
        return sheet.assignment.round

    @admin.display(description="무효", boolean=True)
    def void(self, sheet):
        return hasattr(sheet.assignment, "void")

    @admin.display(description="확인", boolean=True)
    def confirmed(self, sheet):
        return hasattr(sheet, "confirmation")
