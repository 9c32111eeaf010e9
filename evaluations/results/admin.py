"""Counts, decisions and publications, for the office. A count is shown from the phase on in which the committee may see it."""

import json

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse

from evaluations.programme.visibility import Thing, Viewer, may_see, who_is
from evaluations.results import actions, queries, release
from evaluations.results.compute import configuration_of, evidence_of
from evaluations.results.findings import findings_on
from evaluations.results.models import CountJob, GateDecision, GateTeam, LineDecision, LineTeam, Publication, ScoreRun
from evaluations.results.supposing import WhatIfForm, suppose
from evaluations.results.views import Shown, page_of
from evaluations.results.wording import advance_word, gate_word, never_published
from evaluations.scoring.explain import WHOLE
from evaluations.scoring.rules import Rules
from portal.admin import DayInput, EvidenceAdmin, Verb, VerbForm, says
from portal.http import reads


@admin.register(CountJob)
class CountJobAdmin(EvidenceAdmin):
    list_display = ["requested_at", "stage", "state", "doing", "attempts", "finished_at"]
    list_filter = ["stage", "state"]
    list_select_related = ["stage"]
    fields = ["stage", "state", "step", "steps", "doing", "attempts", "error", "requested_at", "finished_at"]


SUPPOSING = (Thing.COUNT, Thing.OTHER_SHEET, Thing.TEAM_BEHIND_ALIAS)
"""What is told about a sheet that is supposed to be void: its seat, its team, and what it does to the count."""


@admin.register(ScoreRun)
class ScoreRunAdmin(EvidenceAdmin):
    """The run as a page people read: the table, the picture, the steps behind each team's points, and what changed since."""

    shows = Thing.COUNT
    list_display = ["counted_at", "stage", "holds", "short_seal", "method_version"]
    list_filter = ["stage"]
    list_select_related = ["stage"]
    ordering = ["-counted_at", "id"]
    change_form_template = "admin/results/run.html"
    fields: list[str] = []

    @admin.display(description="마지막 집계", boolean=True)
    def holds(self, run):
        return run.holds

    @admin.display(description="결과 봉인")
    def short_seal(self, run):
        return f"{run.seal.result[:16]}…"

    def get_urls(self):
        page = reads(*WhatIfForm.base_fields)(self.what_if_view)
        return [
            path("<id:pk>/what-if/", self.admin_site.admin_view(page), name="results_scorerun_what_if"), *super().get_urls(),
        ]  # fmt: skip

    def what_if_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """What would be different, if. With the evidence as it stands, which is the run's own unless the page says otherwise."""
        run = get_object_or_404(self.get_queryset(request), pk=pk)
        stage = run.stage
        viewer = Viewer(who_is(request.user))
        if not all(may_see(viewer, thing, stage.current_phase) for thing in SUPPOSING):
            raise Http404
        rules, evidence = Rules.from_config(configuration_of(stage)), evidence_of(stage)
        form = WhatIfForm(request.GET or None, rules=rules, evidence=evidence)
        found = suppose(form, rules, evidence) if form.is_valid() else None
        context = {
            **self.admin_site.each_context(request), "title": "이렇게 본다면", "opts": self.opts, "run": run, "stage": stage, "form": form,
            "found": found, "stale": queries.is_stale(run, evidence=evidence),
        }  # fmt: skip
        return render(
            request, "admin/results/what_if.html", context, status=422 if form.is_bound and not found else 200
        )

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("stage", "seal").with_last_of_stage()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        return super().render_change_form(request, {**context, **_run_page(obj)}, add, change, form_url, obj)


def _run_page(run: ScoreRun) -> dict:
    versions = list(run.stage.configurations.order_by("version"))
    config = json.loads(next(one.body for one in versions if one.digest == run.config_digest))
    result = json.loads(run.body)
    levels = frozenset(release.LEVELS)
    shown = Shown(run, config, levels, release.told(result, config, levels, "all"), [], True, release.undecided(result))
    before = queries.run_before(run)
    return {
        **page_of(run.stage, shown, office=True),
        "stale": queries.is_stale(run, versions[-1]),
        "explained": _explained(run, config),
        "before": before,
        "changes": _changes(result, json.loads(before.body), config) if before else [],
        "pending": [team for team in GateTeam.objects.with_last_decision(run.stage) if team.last is None],
        "level": list(LineTeam.objects.level_in(run)) if run.holds else [],
        "may_decide": run.stage.current_phase in actions.DECIDABLE,
    }


def _explained(run: ScoreRun, config: dict) -> list[tuple[str, list]]:
    """What concerns all teams, where there is anything, then each team's steps."""
    steps = json.loads(run.explanation)
    whole = [("모든 팀", steps[WHOLE])] if steps.get(WHOLE) else []
    return [*whole, *((team["name"]["ko"], steps.get(team["slug"], [])) for team in config["teams"])]


WHAT = {"total": "총점", "rank": "순위", "gate": "독자성 관문", "advances": "진출"}


def _changes(now: dict, before: dict, config: dict) -> list[tuple[str, str, str, str]]:
    """(team, what, before, now) in words, of everything that is not as in the run before."""
    names = {team["slug"]: team["name"]["ko"] for team in config["teams"]}
    earlier = {team["team"]: team for team in before["teams"]}
    return [
        (names[team["team"]], word, _said(field, earlier.get(team["team"], {}).get(field)), _said(field, team[field]))
        for team in now["teams"]
        for field, word in WHAT.items()
        if earlier.get(team["team"], {}).get(field) != team[field]
    ]


def _said(field: str, value) -> str:
    if field == "gate":
        return gate_word(value)
    if field == "advances":
        return advance_word(value)
    return never_published() if value is None else str(value)


class CommitteeForm(VerbForm):
    """When the committee decided, and where that is written; what it decided, and why, stands above."""

    decided_on = forms.DateField(label="결정일", required=False, widget=DayInput)
    source = forms.CharField(label="근거 문서(회의록 등)", max_length=500, required=False)

    field_order = ["decision", "reason"]


class DecisionForm(CommitteeForm):
    decision = forms.ChoiceField(label="결정", choices=GateDecision.Decision, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="이유", max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="해당 팀의 설명을 들은 내용과 판단의 근거를 적습니다. 이 글은 결과와 함께 공개될 수 있습니다.",
    )  # fmt: skip


def _decide(team, by, **decided):
    actions.decide_gate(team=team, by=by.id, **decided)
    return f"‘{team}’ 팀의 독자성 관문을 결정했습니다. 다시 집계해야 결과에 반영됩니다."


DECIDING = says(
    "새 결정으로 더해지고 앞선 결정은 그대로 남습니다. 마지막 결정을 셉니다.",
    "미충족이면 점수가 높아도 진출하지 못합니다. 그 팀의 소명을 듣지 않았으면 결과를 확정할 수 없습니다. 다시 집계해야 결과에 반영됩니다.",
)


def _about(team):
    decisions = GateDecision.objects.filter(team=team.pk).order_by("-revision")
    return {"questions": findings_on(team), "decisions": list(decisions)}


@admin.register(GateTeam)
class GateTeamAdmin(EvidenceAdmin):
    """The teams whose independence the committee decides, while it sits."""

    shows = Thing.COUNT
    list_display = ["name_ko", "stage", "decided", "verb_links"]
    list_filter = ["stage"]
    list_select_related = ["stage"]
    ordering = ["stage", "position"]
    fields = ["stage", "name_ko"]
    verbs = (
        Verb(
            "decide", "관문 결정", _decide, DecisionForm, means=DECIDING, about=_about, template="admin/results/decide.html",
            offered=lambda team: team.stage.current_phase in actions.DECIDABLE, together=lambda team: True,
        ),
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(stage__gate_decided_by="").annotated()

    def back_to(self, row):
        return reverse("admin:proceedings_page", args=[row.stage_id])

    @admin.display(description="결정")
    def decided(self, team):
        return team.decided


class LineDecisionForm(CommitteeForm):
    decision = forms.ChoiceField(label="결정", choices=LineDecision.Decision, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="이유", max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="점수가 가르지 못한 것을 무엇으로 갈랐는지 적습니다. 공개 방침에 ‘경계선 결정의 이유’가 있으면 이 글이 결과와 함께 공개됩니다.",
    )  # fmt: skip


def _decide_line(team, by, **decided):
    actions.decide_line(team=team, by=by.id, **decided)
    return f"경계선의 ‘{team}’ 팀을 결정했습니다. 다시 집계해야 결과에 반영됩니다."


DECIDING_LINE = says(
    "새 결정으로 더해지고 앞선 결정은 그대로 남습니다. 마지막 결정을 셉니다.",
    "점수와 순위는 그대로입니다. 지금 경계선에 함께 있는 팀들 사이의 결정이므로, 다시 집계했을 때 경계선에 있는 팀들이 달라졌으면 이 결정은 아무것도 바꾸지 않고 다시 정합니다.",
)


def _about_line(team):
    """Who is level on the line, with what, and for how many seats, as the last count has it; earlier methods did not say how many."""
    run = queries.latest_run(team.stage)
    body, names = json.loads(run.body), dict(team.stage.teams.values_list("slug", "name_ko"))
    level = [one for one in body["teams"] if one["team"] in run.on_the_line]
    return {
        "level": [(names[one["team"]], one["total"], one["rank"]) for one in level],
        "left": body["diagnostics"].get("line", {}).get(team.slug),
        "decisions": [
            (one, [names[slug] for slug in one.among.split()], one.among == LineDecision.written(run.on_the_line))
            for one in LineDecision.objects.filter(team=team.pk).order_by("-revision")
        ],
    }


@admin.register(LineTeam)
class LineTeamAdmin(EvidenceAdmin):
    """The teams that are level on the line in the last count, on which the committee decides while it sits."""

    shows = Thing.COUNT
    list_display = ["name_ko", "stage", "decided", "verb_links"]
    list_filter = ["stage"]
    list_select_related = ["stage"]
    ordering = ["stage", "position"]
    fields = ["stage", "name_ko"]
    verbs = (
        Verb(
            "decide", "경계선 결정", _decide_line, LineDecisionForm, means=DECIDING_LINE, about=_about_line,
            template="admin/results/decide_line.html", offered=lambda team: team.stage.current_phase in actions.DECIDABLE,
            together=lambda team: True,
        ),
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).level()

    def back_to(self, row):
        return reverse("admin:proceedings_page", args=[row.stage_id])

    @admin.display(description="결정")
    def decided(self, team):
        return team.decided


@admin.register(LineDecision)
class LineDecisionAdmin(EvidenceAdmin):
    shows, stage_path = Thing.COUNT, "team__stage"
    list_display = ["team", "revision", "decision", "among", "reason", "decided_on"]
    list_filter = ["team__stage", "decision"]
    list_select_related = ["team__stage"]
    ordering = ["team__stage", "team__position", "-revision"]


@admin.register(GateDecision)
class GateDecisionAdmin(EvidenceAdmin):
    shows, stage_path = Thing.COUNT, "team__stage"
    list_display = ["team", "revision", "decision", "reason", "decided_on"]
    list_filter = ["team__stage", "decision"]
    list_select_related = ["team__stage"]
    ordering = ["team__stage", "team__position", "-revision"]


@admin.register(Publication)
class PublicationAdmin(EvidenceAdmin):
    """A publication names a run, and a stage may go back to before its count."""

    shows, stage_path = Thing.COUNT, "run__stage"
    list_display = ["published_at", "run", "seal", "reason"]
    list_select_related = ["run__stage", "run__seal"]

    @admin.display(description="결과 봉인")
    def seal(self, publication):
        return publication.run.seal.result
