"""How far the panel is: counts of states, never what a sheet says."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from evaluations.panels.models import Assignment, Panelist
from evaluations.programme.models import Round, Stage
from evaluations.reviews.models import Confirmation, Draft, Sheet


@dataclass(frozen=True)
class RoundProgress:
    """One round: of all assignments so many not begun, in draft, submitted but not confirmed, confirmed, left out."""

    round: Round
    assigned: int
    untouched: int
    drafted: int
    submitted: int
    confirmed: int
    recused: int
    void: int

    @property
    def unconfirmed(self) -> int:
        """Sheets that would not count if the round were locked now."""
        return self.untouched + self.drafted + self.submitted


def progress(stage: Stage) -> list[RoundProgress]:
    """Per round, in two queries whatever the size of the panel."""
    states: dict[str, list[str]] = {}
    for assignment in with_states(Assignment.objects.filter(round__stage=stage)):
        states.setdefault(assignment.round_id, []).append(state_of(assignment))
    return [_count(round, states.get(round.id, [])) for round in Round.objects.filter(stage=stage)]


def _count(round: Round, states: list[str]) -> RoundProgress:
    names = ("untouched", "drafted", "submitted", "confirmed", "recused", "void")
    return RoundProgress(round=round, assigned=len(states), **{name: states.count(name) for name in names})


@dataclass(frozen=True)
class SeatProgress:
    """One seat, and for each round how far it is; None where it has nothing to judge."""

    panelist: Panelist
    rounds: list[RoundProgress | None]


def by_seat(stage: Stage) -> list[SeatProgress]:
    """Per seat and round, in three queries whatever the size of the panel. Counts of states, as for the rounds."""
    rounds = list(Round.objects.filter(stage=stage))
    states: dict[tuple[str, str], list[str]] = {}
    for assignment in with_states(Assignment.objects.filter(round__stage=stage)):
        states.setdefault((assignment.panelist_id, assignment.round_id), []).append(state_of(assignment))
    return [
        SeatProgress(
            seat,
            [_count(round, states[seat.id, round.id]) if (seat.id, round.id) in states else None for round in rounds],
        )
        for seat in Panelist.objects.of_stage(stage).select_related("replaced_by")
    ]


def with_states(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    own = OuterRef("id")
    return assignments.select_related("recusal", "void").annotate(
        has_draft=Exists(Draft.objects.filter(assignment=own)),
        has_sheet=Exists(Sheet.objects.filter(assignment=own)),
        has_confirmed=Exists(Confirmation.objects.filter(sheet__assignment=own)),
    )


def state_of(assignment: Assignment) -> str:
    """The one word for an assignment read by `with_states`."""
    if getattr(assignment, "recusal", None):
        return "recused"
    if getattr(assignment, "void", None):
        return "void"
    if assignment.has_confirmed:
        return "confirmed"
    if assignment.has_sheet:
        return "submitted"
    return "drafted" if assignment.has_draft else "untouched"


def missing(stage: Stage, rounds: Iterable[Round] | None = None) -> QuerySet[Assignment]:
    """The assignments still without a confirmed sheet, recused and void ones left out; of all rounds or of these."""
    open_ones = Assignment.objects.standing().filter(round__stage=stage, void=None)
    if rounds is not None:
        open_ones = open_ones.filter(round__in=rounds)
    confirmed = Confirmation.objects.filter(sheet__assignment=OuterRef("id"))
    return open_ones.exclude(Exists(confirmed)).select_related("panelist", "round")
