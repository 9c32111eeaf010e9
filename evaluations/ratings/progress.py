"""How far the citizens are: counts per trait, never what anybody chose."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.db.models.functions import TruncHour

from evaluations.programme.models import Stage, Team
from evaluations.ratings.models import Ballot, Kind, Paper, RollEntry, Stratum


@dataclass(frozen=True)
class Row:
    """One category of one trait: how many enrolled, how many are wanted, how many ballots came in."""

    name: str
    enrolled: int
    quota: int | None
    cast: int


def progress(stage: Stage) -> list[Row]:
    """A row per category and one for all, in three questions; nothing where the stage asks no citizens."""
    enrolled = _by_category(RollEntry.objects.filter(stage=stage))
    cast = _by_category(Ballot.objects.of_stage(stage).filter(revision=1))
    rows = [
        Row(f"{stratum.name_ko}: {category['ko']}", enrolled[key], category.get("quota"), cast[key])
        for stratum in Stratum.objects.filter(stage=stage)
        for category in stratum.categories
        for key in [f"{stratum.key}={category['key']}"]
    ]
    everybody = Row("모두", enrolled[""], None, cast[""])
    return [everybody, *rows] if rows or everybody.enrolled or everybody.cast else []


def _by_category(rows) -> Counter:
    """How many rows have each `trait=category`; all of them under the empty word."""
    found: Counter = Counter()
    for stratum, number in rows.order_by().values_list("stratum").annotate(number=Count("id")):
        found[""] += number
        for pair in filter(None, stratum.split(";")):
            found[pair] += number
    return found


@dataclass(frozen=True)
class Coverage:
    """How often one pair, or one team, was put before somebody and answered. What was answered stays closed."""

    names: str
    issued: int
    cast: int


def coverage(stage: Stage) -> list[Coverage]:
    """Every pair of teams that can be compared, then every team that can be rated: an uneven plan shows here while it can be mended."""
    teams = list(Team.objects.filter(stage=stage))
    papers = Paper.objects.filter(stage=stage).order_by().values_list("left__team_id", "right__team_id")
    ballots = Ballot.objects.of_stage(stage).filter(revision=1).order_by().values_list("left_team_id", "right_team_id")
    issued = _by_pair(papers.annotate(number=Count("id")))
    cast = _by_pair(ballots.annotate(number=Count("id")))
    pairs = [frozenset({a.id, b.id}) for n, a in enumerate(teams) for b in teams[n + 1 :]]
    names = {team.id: team.name_ko for team in teams}
    return [
        Coverage(" · ".join(names[team.id] for team in teams if team.id in things), issued[things], cast[things])
        for things in [*pairs, *(frozenset({team.id}) for team in teams)]
        if issued[things] or cast[things]
    ]


def _by_pair(rows) -> Counter:
    """Counts whatever the side on which a team stood."""
    found: Counter = Counter()
    for left, right, number in rows:
        found[frozenset(filter(None, (left, right)))] += number
    return found


@dataclass(frozen=True)
class Hour:
    at: datetime
    comparisons: int
    ratings: int


def by_hour(stage: Stage, shown: int = 48) -> list[Hour]:
    """First answers per hour, the last hours first; hours in which nobody answered are left out."""
    rows = (
        Ballot.objects.of_stage(stage).filter(revision=1).annotate(hour=TruncHour("cast_at")).order_by("-hour")
        .values_list("hour", "kind").annotate(number=Count("id"))
    )  # fmt: skip
    hours: dict[datetime, Counter] = {}
    for hour, kind, number in rows[: 2 * shown]:
        hours.setdefault(hour, Counter())[kind] += number
    return [Hour(hour, found[Kind.COMPARE], found[Kind.RATE]) for hour, found in list(hours.items())[:shown]]
