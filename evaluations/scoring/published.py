"""Facts published elsewhere: held against the count, and taken over where the count cannot know."""

from collections.abc import Mapping
from fractions import Fraction

from evaluations.scoring.averages import mean
from evaluations.scoring.decimals import Rounding, fraction, rounded
from evaluations.scoring.rules import Fact, Rules
from evaluations.scoring.tables import Checked

Numbers = Mapping[str, Mapping[str, Fraction | None]]
"""key → team → exact points"""


def fact_about(rules: Rules, what: str, *, key: str = "", team: str = "") -> Fact | None:
    """The first published fact of this sort, if there is one."""
    return next((fact for fact in rules.facts if (fact.what, fact.key, fact.team) == (what, key, team)), None)


def check(
    rules: Rules, numbers: Numbers, ranks: Mapping[str, int | None], advances: Mapping[str, bool | None]
) -> tuple[Checked, ...]:
    """Every fact beside what the count says, compared at the precision at which the fact was published."""
    found = []
    for fact in rules.facts:
        counted = _counted(fact, numbers, ranks, advances, rules.decimals.rule)
        same = counted is not None and (counted == fact.value or _equal_numbers(counted, fact.value))
        verdict = "not_computable" if counted is None else "match" if same else "differs"
        found.append(Checked(fact.what, fact.key, fact.team, fact.value, fact.source, counted, verdict))
    return tuple(found)


def _counted(
    fact: Fact, numbers: Numbers, ranks: Mapping[str, int | None], advances: Mapping[str, bool | None], rule: Rounding
) -> str | None:
    if fact.what == "rank":
        rank = ranks[fact.team]
        return None if rank is None else str(rank)
    if fact.what == "advances":
        answer = advances[fact.team]
        return None if answer is None else str(answer).lower()
    number = _number(fact, numbers[fact.key])
    return None if number is None else rounded(number, len(fact.value.partition(".")[2]), rule)


def _number(fact: Fact, column: Mapping[str, Fraction | None]) -> Fraction | None:
    if fact.what == "points":
        return column[fact.team]
    values = [value for value in column.values() if value is not None]
    if len(values) < len(column):
        return None
    return mean(values) if fact.what == "mean" else max(values)


def _equal_numbers(left: str, right: str) -> bool:
    try:
        return fraction(left) == fraction(right)
    except ValueError:
        return False
