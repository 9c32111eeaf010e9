"""Hearings and objections, for the office: ask a team, read what it said, answer."""

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.timezone import localtime

from evaluations.hearings import actions
from evaluations.hearings.models import Hearing, Objection, Ruling
from evaluations.programme.models import Stage, Team
from evaluations.programme.phases import Phase, at_least
from evaluations.programme.visibility import Thing
from evaluations.results.queries import deadline_after
from portal.admin import EvidenceAdmin, MomentInput, Verb, VerbForm, says


class AskForm(VerbForm):
    team = forms.ModelChoiceField(label="팀", queryset=Team.objects.none())
    question = forms.CharField(
        label="소명할 것", max_length=10_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="어느 항목의 무엇을 왜 묻는지 적습니다. 누가 그렇게 판단했는지, 점수가 몇 점인지는 적지 마세요. 팀이 그대로 읽습니다.",
    )  # fmt: skip
    due_at = forms.DateTimeField(
        label="소명 기한",
        widget=MomentInput,
        help_text=f"한국시간. {actions.SHORTEST.days}일 뒤부터 {actions.LONGEST.days}일 뒤까지",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(stage=self.row)


def _ask(stage, by, team, question, due_at):
    actions.ask(team=team, question=question, due_at=due_at, by=by)
    return f"‘{team}’ 팀에 소명을 요청하고, 팀 담당자에게 메일로 알렸습니다."


def _said(objection):
    """What was objected, and to which count, while counts may be looked at."""
    shown = at_least(objection.team.stage.current_phase, Phase.COUNTED)
    return {"text": objection.text, "run_id": objection.publication.run_id if shown else ""}


ASKING = says(
    "팀 담당자에게 소명 요청이 왔다는 이메일을 보냅니다. 무엇을 묻는지는 이메일에 적지 않고, 로그인한 팀만 읽습니다.",
    "보낸 물음과 기한은 고치거나 지울 수 없습니다. 더 물으려면 다시 요청합니다.",
    "팀이 답하거나 기한이 지나야 결과를 확정할 수 있습니다.",
)
RULING = says(
    "답은 한 번만 할 수 있고 고칠 수 없습니다. 팀이 그대로 읽습니다.",
    "답한다고 점수나 순위가 바뀌지는 않습니다. 결과를 고치려면 ‘집계·심의’로 되돌려 다시 결정하고 집계합니다.",
)


def _texts(rows):
    """Texts of people with their moment, as they were sent."""
    lines = [(localtime(at).strftime("%Y-%m-%d %H:%M"), text) for at, text in rows]
    return format_html_join("", '<p class="office-quiet">{}</p><pre class="office-text">{}</pre>', lines) or "–"


@admin.register(Hearing)
class HearingAdmin(EvidenceAdmin):
    shows, stage_path = Thing.HEARING, "team__stage"
    list_display = ["asked_at", "team", "due_at", "number"]
    list_filter = ["team__stage"]
    list_select_related = ["team__stage"]
    fields = ["team", "question", "asked_at", "due_at", "said"]
    readonly_fields = ["said"]
    stage_verbs = (Verb("ask", "소명 요청", _ask, AskForm, means=ASKING),)
    stage_model = Stage

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(said_times=Count("replies"))

    def back_to_stage(self, stage):
        return reverse("admin:proceedings_page", args=[stage.pk])

    @admin.display(description="낸 소명", ordering="said_times")
    def number(self, hearing):
        return f"{hearing.said_times}건"

    @admin.display(description="낸 소명")
    def said(self, hearing):
        return _texts(hearing.replies.values_list("replied_at", "text"))


class RulingForm(VerbForm):
    outcome = forms.ChoiceField(label="결과", choices=Ruling.Outcome, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="이유", max_length=10_000, widget=forms.Textarea(attrs={"rows": 8}), help_text="팀이 그대로 읽습니다."
    )


def _rule(objection, by, outcome, reason):
    actions.rule(objection=objection, outcome=outcome, reason=reason, by=by)
    return "이의신청에 답했습니다."


@admin.register(Objection)
class ObjectionAdmin(EvidenceAdmin):
    shows, stage_path = Thing.HEARING, "team__stage"
    list_display = ["made_at", "team", "answer_by", "outcome", "verb_links"]
    list_filter = ["team__stage", "ruling__outcome"]
    list_select_related = ["team__stage", "ruling"]
    fields = ["team", "made_at", "answer_by", "text", "outcome", "answer"]
    readonly_fields = ["answer_by", "outcome", "answer"]
    verbs = (
        Verb(
            "rule", "답하기", _rule, RulingForm, means=RULING, about=_said, template="admin/hearings/rule.html",
            offered=lambda one: not hasattr(one, "ruling"), together=lambda one: True,
        ),
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("team__stage", "ruling", "publication")

    @admin.display(description="답할 기한")
    def answer_by(self, objection):
        return deadline_after(objection.made_at, objection.team.stage.answer_days)

    @admin.display(description="결과")
    def outcome(self, objection):
        return objection.ruling.get_outcome_display() if hasattr(objection, "ruling") else "답하기 전"

    @admin.display(description="답")
    def answer(self, objection):
        return _texts([(objection.ruling.ruled_at, objection.ruling.reason)] if hasattr(objection, "ruling") else [])
