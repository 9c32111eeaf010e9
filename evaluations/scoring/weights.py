"""What the parts really weigh: a part that gives everybody nearly the same decides little, whatever its points."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from evaluations.scoring.averages import mean, total
from evaluations.scoring.tables import Weight


def weigh(points: Mapping[str, int | Fraction], columns: Mapping[str, Sequence[Fraction | None]]) -> dict[str, Weight]:
    """Weight of each part, from part → points and part → the teams' exact values in one fixed order of teams.

    nominal     points over all points
    effective   Cov(part, total)/Var(total), exact; the parts' shares add up to 1
    spread      highest minus lowest value, in points
    """
    full = {key: [value for value in column if value is not None] for key, column in columns.items()}
    complete = all(len(full[key]) == len(column) for key, column in columns.items())
    totals = [total(row) for row in zip(*full.values(), strict=True)] if complete else []
    variance = _covariance(totals, totals) if len(totals) >= 3 else Fraction(0)
    found = {}
    for key, column in columns.items():
        values = full[key]
        found[key] = Weight(
            nominal=Fraction(points[key], sum(points.values())),
            effective=_covariance(values, totals) / variance if variance else None,
            spread=max(values) - min(values) if values and len(values) == len(column) else None,
        )
    return found


def level_weight(
    one: Mapping[str, Fraction], other: Mapping[str, Fraction], weights: Mapping[str, int | Fraction], key: str
) -> Fraction | None:
    """The share of all weight at which two teams draw level when one part's weight moves and the others keep their proportion.

    one, other   part → what the team has of it, on one scale for all parts (a share of full points, or points of 100)
    None when no share from 0 to 1 does it: one team leads under every such weight, or they are level under all.

    >>> level_weight({"a": Fraction(9), "b": Fraction(5)}, {"a": Fraction(8), "b": Fraction(7)}, {"a": 1, "b": 1}, "a")
    Fraction(2, 3)
    """
    others = [part for part in weights if part != key]
    rest = sum(Fraction(weights[part]) for part in others)
    lead = one[key] - other[key]
    behind = (
        total((other[part] - one[part]) * Fraction(weights[part]) for part in others) / rest if rest else Fraction(0)
    )
    share = behind / (lead + behind) if lead + behind else None
    return share if share is not None and 0 <= share <= 1 else None


def _covariance(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Sum of products of deviations: the divisor falls out of every ratio."""
    left_mean, right_mean = mean(left), mean(right)
    return total((x - left_mean) * (y - right_mean) for x, y in zip(left, right, strict=True))
