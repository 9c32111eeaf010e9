"""How far the citizens are: counts per trait, never what anybody chose."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from evaluations.programme.models import Stage
from evaluations.ratings.models import Ballot, RollEntry, Stratum


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
