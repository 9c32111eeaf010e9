"""What the ballots of a stage say, from what is kept and – for hours nobody has folded yet – from the ballots themselves.

Every function gives the same answer whatever is kept; keeping only makes it cheap.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Sum

from evaluations.programme.models import Stage, Team
from evaluations.ratings.models import Ballot, Kind, Question, Star
from evaluations.tallies import sql
from evaluations.tallies.models import Cell, Hour

Key = tuple[str, str, str, str | None, str | None, str]
"""kind, stratum, id of the team on the left, of the team on the right, of the question, answer"""


def pending_hours(stage: Stage) -> int:
    return Hour.objects.of_stage(stage).pending().count()


def refresh_statistics() -> None:
    """Have PostgreSQL look at the ballots anew before all of them are read.

    It plans by what it last saw, which after a bulk of ballots may be an empty table: a plan made for that reads the whole stage once
    for every ballot. A look takes a sample, whatever the size. SQLite plans by its indexes alone.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE ratings_ballot, ratings_star, tallies_hour")


def cells(stage: Stage) -> Counter[Key]:
    """Votes of every cell of the stage, hours summed; what cancelled out is not there."""
    found: Counter[Key] = Counter()
    kept = Cell.objects.filter(hour__stage=stage, hour__tallied_at__isnull=False).order_by()
    for *key, votes in kept.values_list(*_KEY).annotate(total=Sum("votes")):
        found[tuple(key)] += votes
    if pending_hours(stage):
        for key, votes in _looked_at(sql.PENDING, stage):
            found[key] += votes
    return Counter({key: votes for key, votes in found.items() if votes})


_KEY = ("kind", "stratum", "left_team_id", "right_team_id", "question_id", "answer")


def _looked_at(which: str, stage: Stage) -> Iterable[tuple[Key, int]]:
    refresh_statistics()
    with connection.cursor() as cursor:
        cursor.execute(sql.look(which, connection.vendor), [stage.id] * 4)
        return [(tuple(key), int(votes)) for *key, votes in cursor.fetchall()]


@dataclass(frozen=True)
class Tallied:
    """All cells of a stage by names.

    comparisons   (stratum, slug on the left, slug on the right) → choice → votes
    ratings       (stratum, slug of the team, key of the question) → how many gave 1, 2, 3, 4, 5
    """

    comparisons: dict[tuple[str, str, str], dict[str, int]]
    ratings: dict[tuple[str, str, str], tuple[int, ...]]


def tallied(stage: Stage) -> Tallied:
    """What the ballots of a stage say, in four questions, or five while an hour is pending – and on PostgreSQL a look at the tables."""
    teams = dict(Team.objects.filter(stage=stage).values_list("id", "slug"))
    questions = dict(Question.objects.filter(stage=stage).values_list("id", "key"))
    comparisons: dict[tuple[str, str, str], dict[str, int]] = {}
    ratings: dict[tuple[str, str, str], list[int]] = {}
    for (_kind, stratum, left, right, question, answer), votes in cells(stage).items():
        if question is None:
            comparisons.setdefault((stratum, teams[left], teams[right]), {})[answer] = votes
        else:
            ratings.setdefault((stratum, teams[left], questions[question]), [0, 0, 0, 0, 0])[int(answer) - 1] = votes
    return Tallied(comparisons, {key: tuple(counts) for key, counts in ratings.items()})


def ballots_of(cell: Cell) -> tuple[list[Ballot], list[Ballot]]:
    """The ballots a cell counts, and those it takes back because a ballot of its hour replaced them."""
    same = Q(kind=cell.kind, stratum=cell.stratum, left_team=cell.left_team_id, right_team=cell.right_team_id)
    if cell.kind == Kind.COMPARE:
        same &= Q(choice=cell.answer)
    else:
        same &= Q(id__in=Star.objects.filter(question=cell.question_id, rating=int(cell.answer)).values("ballot"))
    replacing = cell.hour.ballots().filter(
        stage=OuterRef("stage"), voter_tag=OuterRef("voter_tag"), thing=OuterRef("thing"), revision=OuterRef("revision") + 1
    )  # fmt: skip
    counted = cell.hour.ballots().filter(same).order_by("id")
    return list(counted), list(Ballot.objects.filter(same, Exists(replacing), stage=cell.hour.stage).order_by("id"))


def traced(stage: Stage, left: str, other: str, answer: str) -> Iterator[tuple[Cell, list[Ballot], list[Ballot]]]:
    """Each cell of this question and answer, hour by hour, with `ballots_of` it. `left` is a team; `other` is the team on the right of a
    comparison or the question of stars, all as the stage file calls them."""
    asked = Q(right_team__slug=other) | Q(question__key=other, right_team=None)
    cells = Cell.objects.filter(asked, hour__stage=stage, left_team__slug=left, answer=answer)
    for cell in cells.select_related("hour").order_by("hour__since", "stratum", "id"):
        yield cell, *ballots_of(cell)


def differences(stage: Stage) -> list[tuple[Key, int, int]]:
    """(cell, kept and pending, folded afresh from every ballot): empty when what is kept is right."""
    now, afresh = cells(stage), Counter(dict(_looked_at(sql.ALL, stage)))
    return sorted(
        ((key, now[key], afresh[key]) for key in now.keys() | afresh.keys() if now[key] != afresh[key]), key=str
    )
