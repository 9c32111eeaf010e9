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


def _covariance(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Sum of products of deviations: the divisor falls out of every ratio."""
    left_mean, right_mean = mean(left), mean(right)
    return total((x - left_mean) * (y - right_mean) for x, y in zip(left, right, strict=True))
