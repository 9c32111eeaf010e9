"""What a panelist finds on her desk: her own assignments, and nothing about anybody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils import timezone

from evaluations.panels.models import Assignment, Panelist
from evaluations.programme.models import Round, Stage
from evaluations.programme.phases import BEFORE_CLOSE
from evaluations.programme.visibility import Thing, Viewer, Who, may_see
from evaluations.reviews.assignments import assignments_of, seats_of
from evaluations.reviews.models import Sheet
from evaluations.reviews.outline import Outline, build, criteria_of, scopes_of
from evaluations.reviews.writing import why_not


@dataclass(frozen=True)
class Task:
    """One assignment as she sees it: `state` is a word the template has a badge for. Of her sheets `last` is the last
    she submitted and `counted` the one that counts, because she confirmed it. `file_held` where an officer still looks through the
    document."""

    assignment: Assignment
    state: str
    done: int
    asked: int
    last: Sheet | None
    counted: Sheet | None
    has_file: bool
    file_held: bool
    may_read: bool
    may_write: bool

    @property
    def next_step(self) -> str:
        if not self.may_write:
            return ""
        return {
            "untouched": "평가 시작",
            "drafted": "이어서 쓰기",
            "revising": "이어서 고치기",
            "submitted": "확인하기",
            "confirmed": "고쳐 쓰기",
        }.get(self.state, "")


@dataclass(frozen=True)
class RoundTasks:
    round: Round
    closed: str
    tasks: tuple[Task, ...]

    @property
    def waits(self) -> bool:
        """Nothing can be done here yet; the tasks are only counted."""
        return self.round.state == Round.State.WAITING

    @property
    def confirmed(self) -> int:
        return sum(task.counted is not None and task.state != "void" for task in self.tasks)


@dataclass(frozen=True)
class Desk:
    """A seat with its rounds. `recused` says only that there is something she stepped back from, `stopped` that it was in
    a blind round, which is not shown any more."""

    seat: Panelist
    rounds: tuple[RoundTasks, ...]
    recused: bool
    stopped: bool

    @property
    def ended(self) -> bool:
        """She was taken off this seat; if she came back, she has another."""
        return self.seat.replaced_by_id is not None

    @property
    def may_declare(self) -> bool:
        return not self.ended and self.seat.stage.current_phase in BEFORE_CLOSE

    @property
    def excluded(self) -> bool:
        """No team is left that she might judge."""
        return self.may_declare and self.seat.excluded

    @property
    def needs_pledge(self) -> bool:
        return self.may_declare and not self.seat.pledged and not self.excluded


def desks_of(user, now: datetime | None = None) -> list[Desk]:
    """All desks of this person, at a fixed number of queries however much lies on them."""
    now = now or timezone.now()
    seats = list(seats_of(user))
    stages = list({seat.stage_id: seat.stage for seat in seats}.values())
    assignments = _assignments(user, seats)
    sheets = _last_sheets(assignments)
    outlines = _outlines(stages, assignments)
    recused = set(Assignment.objects.of_user(user).exclude(recusal=None).values_list("panelist_id", "round__blind"))
    tasks = {
        assignment.id: _task(assignment, sheets.get(assignment.id, []), outlines[assignment.round_id], now)
        for assignment in assignments
    }
    desks = []
    for seat in seats:
        own = [assignment for assignment in assignments if assignment.panelist_id == seat.id]
        rounds = tuple(
            RoundTasks(round, _closed(seat.stage, round, now), tuple(tasks[one.id] for one in given))
            for round, given in groupby(own, key=lambda assignment: assignment.round)
        )
        stopped = (seat.id, True) in recused
        desks.append(Desk(seat, rounds, stopped or (seat.id, False) in recused, stopped))
    return desks


def _assignments(user, seats: list[Panelist]) -> list[Assignment]:
    """Hers, in order, each with the seat that was read already: with its stage it is most of a row, and a desk has many rows. Nothing
    here looks at the team."""
    by_id = {seat.id: seat for seat in seats}
    rows = assignments_of(user, Thing.OWN_DESK).select_related(None).select_related("round", "draft", "void")
    found = [one for one in rows.order_by("panelist", "round", "position") if one.panelist_id in by_id]
    for assignment in found:
        assignment.panelist = by_id[assignment.panelist_id]
    return found


def _last_sheets(assignments: list[Assignment]) -> dict[str, list[Sheet]]:
    """Per assignment its sheets, the last one first."""
    found: dict[str, list[Sheet]] = {}
    ids = [assignment.id for assignment in assignments]
    sheets = Sheet.objects.filter(assignment__in=ids).select_related("confirmation__event").defer("opinion")
    for sheet in sheets.order_by("-revision"):
        found.setdefault(sheet.assignment_id, []).append(sheet)
    return found


def _outlines(stages: Iterable[Stage], assignments: list[Assignment]) -> dict[str, Outline]:
    """What is asked in each round, as far as counting needs it."""
    stages = {stage.id: stage for stage in stages}
    criteria, scopes = list(criteria_of(stages.values())), list(scopes_of(stages.values()))
    rounds = {assignment.round_id: assignment.round for assignment in assignments}
    return {
        round.id: build(
            stage=stages[round.stage_id],
            round=round,
            criteria=[criterion for criterion in criteria if criterion.part.stage_id == round.stage_id],
            scopes=[scope for scope in scopes if scope.item.side.stage_id == round.stage_id],
        )
        for round in rounds.values()
    }


def _closed(stage: Stage, round: Round, now: datetime) -> str:
    return why_not(
        phase=stage.current_phase,
        round_state=round.state,
        opens_at=stage.opens_at,
        closes_at=stage.closes_at,
        clock=now,
    )


def _task(assignment: Assignment, sheets: list[Sheet], outline: Outline, now: datetime) -> Task:
    stage = assignment.panelist.stage
    draft = getattr(assignment, "draft", None)
    confirmed = next((sheet for sheet in sheets if getattr(sheet, "confirmation", None)), None)
    done, asked = outline.progress(draft.body) if draft else (0, 0)
    viewer = Viewer(Who.EXPERT, owns=True)
    closed = _closed(stage, assignment.round, now)
    void = getattr(assignment, "void", None) is not None
    reads_files = assignment.pledged and may_see(viewer, Thing.BLIND_FILE, stage.current_phase)
    return Task(
        assignment=assignment,
        state="void" if void else _state(draft is not None, sheets, confirmed),
        done=done,
        asked=asked,
        last=next(iter(sheets), None),
        counted=confirmed,
        has_file=reads_files and assignment.file_released is True,
        file_held=reads_files and assignment.file_released is False,
        may_read=assignment.pledged and may_see(viewer, Thing.OWN_SHEET, stage.current_phase),
        may_write=not closed and not void and assignment.pledged,
    )


def _state(has_draft: bool, sheets: list[Sheet], confirmed: Sheet | None) -> str:
    if has_draft:
        return "revising" if sheets else "drafted"
    if not sheets:
        return "untouched"
    return "confirmed" if sheets[0] is confirmed else "submitted"
