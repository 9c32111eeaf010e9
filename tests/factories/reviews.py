"""A stage in which experts may write now, and what they type."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from evaluations.panels.models import Assignment, Panelist
from evaluations.programme.models import Round, Stage, Team
from evaluations.programme.phases import Phase
from evaluations.programme.visibility import Thing
from evaluations.reviews import actions
from evaluations.reviews.assignments import assignments_of
from evaluations.reviews.forms import SheetForm
from evaluations.reviews.models import Confirmation, Sheet
from evaluations.reviews.outline import CANNOT_JUDGE, Outline, Typed, outline_of
from evaluations.rubrics.models import Criterion, GateComponent, GateItem, GateSide, Part
from portal.accounts.models import User
from tests.factories import panels, programme, rubrics

COMPLETE: Typed = {
    "mark-expert.technology": "12",
    "comment-expert.technology": "학습 기록이 잘 남아 있다.",
    "mark-expert.strategy": "6",
    "mark-expert.independence.architecture": "4",
    "mark-expert.independence.weights": "5",
    "finding-technical.weights.model": "met",
    "finding-technical.weights.vision_encoder": "not_met",
    "reason-technical.weights.vision_encoder": "인코더의 가중치를 가져다 썼다.",
    "finding-policy.control.model": "met",
    "finding-ethical.references.model": "cannot_judge",
    "recognised": "no",
}
"""Everything the sheet of `rubrics.a_rubric` asks: 12 + 6 + 4.5 + 6 of 35 points."""

NOTHING_JUDGED: Typed = {name: CANNOT_JUDGE for name in COMPLETE if name.startswith("mark-")} | {
    "mark-expert.technology": "",
    "unable-expert.technology": "on",
}
"""Put over COMPLETE: a whole sheet that the count of the part goes on without."""


def around_now() -> dict[str, Any]:
    """A timetable within which now is the time to write."""
    now = timezone.now()
    return {
        "frozen_at": now - timedelta(days=9), "opens_at": now - timedelta(days=7),
        "closes_at": now + timedelta(days=7), "published_at": now + timedelta(days=9),
    }  # fmt: skip


def an_open_stage(*, rubric=rubrics.a_rubric, rounds: int = 1, **fields) -> Stage:
    """Open now, with its rubric and rounds; the first round may be written in."""
    stage = programme.a_stage(**around_now() | fields)
    rubric(stage)
    for number in range(rounds):
        programme.a_round(stage, "document" if not number else f"round_{number + 1}", counts=not number)
    programme.a_configuration(stage)
    programme.in_state(stage.rounds.first(), Round.State.OPEN)
    return programme.in_phase(stage, Phase.OPEN)


def a_stage_in_no_order(rubric=rubrics.a_rubric) -> Stage:
    """Built by hand without a word about the order: every position is 0, what comes last was written first."""
    teams = [("d", "라팀"), ("b", "나팀"), ("c", "다팀"), ("a", "가팀")]
    stage = programme.a_stage(teams=teams, **around_now())
    rubric(stage)
    for key in ("talk", "document"):
        programme.a_round(stage, key, counts=key == "document")
    for model in (Round, Team, Part, Criterion, GateSide, GateItem, GateComponent):
        model.objects.update(position=0)
    programme.a_configuration(stage)
    programme.in_state(stage.rounds.get(counts=True), Round.State.OPEN)
    return programme.in_phase(stage, Phase.OPEN)


def a_desk(stage: Stage, expert: User, round: Round | None = None, **fields) -> list[Assignment]:
    """A seat for her, pledged, with every team of the stage."""
    seat: Panelist = panels.a_panelist(stage, expert, **fields)
    return [panels.an_assignment(seat, team, round or stage.rounds.first()) for team in stage.teams.all()]


def outline_for(assignment: Assignment) -> Outline:
    return outline_of(assignment.panelist.stage, assignment.round)


def as_she_sees_it(assignment: Assignment, expert: User) -> Assignment:
    """The assignment as the pages read it, with its draft as it is now."""
    return assignments_of(expert, Thing.OWN_SHEET).get(id=assignment.id)


def content_for(assignment: Assignment, typed: Typed | None = None):
    form = SheetForm(COMPLETE if typed is None else typed, outline=outline_for(assignment), gaps_allowed=False)
    assert form.is_valid(), form.errors
    return form.content()


def submit(assignment: Assignment, by: User, typed: Typed | None = None, token=(0, 0)) -> Sheet:
    return actions.submit(
        assignment=assignment,
        outline=outline_for(assignment),
        content=content_for(assignment, typed),
        token=token,
        by=by,
    )


def confirm(assignment: Assignment, by: User, typed: Typed | None = None, token=(0, 0)) -> Confirmation:
    return actions.confirm(sheet=submit(assignment, by, typed, token), by=by)
