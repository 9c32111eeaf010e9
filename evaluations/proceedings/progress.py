"""What the office's pages of a stage show: states and counts, never what anybody said."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from evaluations.hearings import queries as hearings
from evaluations.hearings.actions import BEFORE_DECISION
from evaluations.panels.models import Assignment, Panelist
from evaluations.panels.pledge import current_configuration, holds
from evaluations.proceedings import wording
from evaluations.programme.models import Round, Stage
from evaluations.programme.phases import BEFORE_CLOSE, Phase
from evaluations.programme.visibility import Thing, Who, phases_in_which
from evaluations.ratings import progress as ratings
from evaluations.results.actions import DECIDABLE
from evaluations.results.jobs import COUNTABLE
from evaluations.results.models import CountJob, GateTeam, LineTeam
from evaluations.results.queries import latest_publication, latest_run
from evaluations.reviews import progress as reviews
from portal.accounts.models import User
from portal.accounts.roles import OFFICE
from portal.audit.kinds import kind_name
from portal.audit.models import Event

OF_THE_OFFICE = (
    "answer kept", "blind copy released", "blind copy held back", "configuration amended", "configuration frozen", "conflict waived", "count failed",
    "count requested", "data imported", "gate decided", "hearing asked", "hearing replied", "line decided", "objection answered", "objection made",
    "panelist replaced", "phase moved", "proposal approved", "proposal made", "proposal refused", "proposal withdrawn", "recused", "result published", "round moved",
    "score counted", "sheet voided", "stage loaded", "submission taken",
)  # fmt: skip
"""What moves a stage or needs a reason. Sheets and ballots are told as counts; when each came in says too much."""

OF_THE_COUNT = ("gate decided", "line decided", "score counted")
"""What these were about is part of the count, and a stage may go back to before it."""


def of_stage(stage: Stage) -> dict[str, Any]:
    published = stage.current_phase in phases_in_which(Who.PUBLIC, Thing.RESULT)
    counted = of_count(stage)
    run = latest_run(stage) if counted["shows_count"] else None
    return {
        **counted,
        **may_be_done(stage),
        "rounds": reviews.progress(stage),
        "citizens": ratings.progress(stage),
        "panel": panel(stage),
        "jobs": list(CountJob.objects.filter(stage=stage)[:10]),
        "run": run,
        "gate": list(GateTeam.objects.with_last_decision(stage)) if counted["shows_count"] else [],
        "line": list(LineTeam.objects.level_in(run)),
        "hearings": hearings.progress(stage) if _heard(stage) else None,
        "published": latest_publication(stage) if published else None,
        "frozen": current_configuration(stage),
        "history": history(stage, counted=counted["shows_count"]),
    }


def _heard(stage: Stage) -> bool:
    return stage.current_phase in phases_in_which(Who.OFFICER, Thing.HEARING)


def of_count(stage: Stage) -> dict[str, bool]:
    """May it be counted now, and may the office see what came out?"""
    phase = stage.current_phase
    return {
        "can_count": phase in COUNTABLE,
        "shows_count": phase in phases_in_which(Who.OFFICER, Thing.COUNT),
    }


def may_be_done(stage: Stage) -> dict[str, bool]:
    """Which verbs of other rooms the page offers in this phase; each refuses by itself in any other."""
    phase = stage.current_phase
    return {
        "panel_may_change": phase in BEFORE_CLOSE,
        "may_assign": phase in BEFORE_CLOSE and phase is not Phase.PREPARING,
        "rounds_may_move": phase is Phase.OPEN,
        "may_ask_team": phase in BEFORE_DECISION,
        "may_decide": phase in DECIDABLE,
    }


def in_detail(stage: Stage) -> dict[str, Any]:
    """Seat by seat, hour by hour, pair by pair."""
    return {
        "round_list": list(Round.objects.filter(stage=stage)),
        "seats": reviews.by_seat(stage),
        "citizens": ratings.progress(stage),
        "coverage": ratings.coverage(stage),
        "hours": ratings.by_hour(stage),
    }


@dataclass(frozen=True)
class Panel:
    """The people's seats of a stage: how many there are, and how far they have come."""

    seats: int
    invited: int
    accepted: int
    declined: int
    pledged: int
    assigned: int
    imported: int


def panel(stage: Stage) -> Panel:
    assigned = Exists(Assignment.objects.standing().filter(panelist=OuterRef("pk")))
    sitting: QuerySet[Panelist] = Panelist.objects.of_stage(stage).sitting()
    numbers = sitting.annotate(has_pledged=holds("pk"), has_work=assigned).aggregate(
        seats=Count("pk"),
        invited=Count("pk", filter=Q(invitation__isnull=False)),
        accepted=Count("pk", filter=Q(invitation__accepted_at__isnull=False)),
        declined=Count("pk", filter=Q(invitation__declined_at__isnull=False)),
        pledged=Count("pk", filter=Q(has_pledged=True)),
        assigned=Count("pk", filter=Q(has_work=True)),
    )
    return Panel(**numbers, imported=Panelist.objects.of_stage(stage).filter(imported=True).count())


@dataclass(frozen=True)
class Told:
    """An event of the office as its page tells it."""

    event: Event
    kind: str
    who: str
    detail: str


def history(stage: Stage, *, counted: bool, shown: int = 20) -> list[Told]:
    events = list(Event.objects.of_stage(stage.slug).filter(kind__in=OF_THE_OFFICE).order_by("-at", "id")[:shown])
    who = dict(User.objects.filter(role__in=OFFICE).values_list("pk", "name"))
    who |= dict(Panelist.objects.of_stage(stage).values_list("pk", "label"))
    rounds = dict(stage.rounds.values_list("key", "name_ko"))
    return [
        Told(
            event,
            kind_name(event.kind),
            who.get(event.actor, ""),
            wording.detail(event.kind, event.body, rounds) if counted or event.kind not in OF_THE_COUNT else "",
        )
        for event in events
    ]
