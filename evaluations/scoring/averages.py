"""Weighted, trimmed and shrunk means, caps, floors, effective weights: exact fractions, order of the arguments without effect.

Missing values are left out by the caller or passed as None where a function says so; none is ever taken for zero.
An empty mean is a ValueError: what to do about it is a rule of the stage, not of arithmetic.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from operator import mul
from typing import TypeVar

from evaluations.scoring.tables import Weight

_K = TypeVar("_K")


def total(values: Iterable[Fraction]) -> Fraction:
    """Σ x, 0 of none. Over one common denominator: reduced once and not after every term, which is most of the work.

    >>> total([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)])
    Fraction(1, 1)
    """
    found = list(values)
    common = lcm(*(value.denominator for value in found))
    return Fraction(sum(value.numerator * (common // value.denominator) for value in found), common)


def mean(values: Iterable[Fraction]) -> Fraction:
    """Plain mean; ValueError when there is no value."""
    found = list(values)
    if not found:
        raise ValueError("no value")
    return total(found) / len(found)


def weighted_mean(pairs: Iterable[tuple[int | Fraction, Fraction | None]]) -> Fraction | None:
    """Σ w·x / Σ w over the (weight, value) pairs that have a value: missing ones give their weight to the others.

    None when no value is present. Weights are positive.

    >>> weighted_mean([(3, Fraction(1)), (1, Fraction(0)), (6, None)])
    Fraction(3, 4)
    """
    present = [(weight, value) for weight, value in pairs if value is not None]
    if not present:
        return None
    whole = lcm(*(weight.denominator for weight, _ in present))
    common = lcm(*(value.denominator for _, value in present))
    weights = [weight.numerator * (whole // weight.denominator) for weight, _ in present]
    values = [value.numerator * (common // value.denominator) for _, value in present]
    return Fraction(sum(map(mul, weights, values)), common * sum(weights))


def trimmed(ordered: Sequence[_K]) -> tuple[_K | None, _K | None, Sequence[_K]]:
    """(lowest, highest, rest) of a sequence in ascending order: one copy each leaves, also among equals.

    With fewer than three nothing leaves: (None, None, all).
    """
    if len(ordered) < 3:
        return None, None, ordered
    return ordered[0], ordered[-1], ordered[1:-1]


def trimmed_mean(values: Iterable[Fraction]) -> Fraction:
    """Mean without one highest and one lowest value; plain mean of fewer than three; ValueError of none."""
    return mean(trimmed(sorted(values))[2])


def shrunk_mean(counts: Sequence[int], prior_mean: Fraction, prior: Fraction) -> Fraction:
    """Mean of stars pulled towards `prior_mean` as if `prior` more people had given it.

    counts       how many gave 1, 2, 3 … stars
    prior        k of (k·m₀ + Σ s·n_s)/(k + n), in people; 0 is the plain mean
    Without stars and with k > 0 this is `prior_mean`; without both, ValueError.
    """
    people = prior + sum(counts)
    if people == 0:
        raise ValueError("no value")
    stars = sum(star * count for star, count in enumerate(counts, start=1))
    return (prior * prior_mean + stars) / people


def grand_mean(tallies: Iterable[Sequence[int]]) -> Fraction:
    """Plain mean of all stars of several tallies; ValueError when there is none."""
    counts = [sum(column) for column in zip(*tallies, strict=True)]
    return shrunk_mean(counts, Fraction(0), Fraction(0))


def ratio_to_target(value: Fraction, target: Fraction, *, lower: bool = False) -> Fraction:
    """min(1, value/target), or min(1, target/value) where lower is better. The divisor must be positive."""
    return min(Fraction(1), target / value if lower else value / target)


def ratios_to_best(values: Mapping[_K, Fraction], *, lower: bool = False) -> dict[_K, Fraction]:
    """Each value over the best, 0…1; where lower is better the best over each value. ValueError when the best is 0."""
    best = min(values.values()) if lower else max(values.values())
    if best <= 0:
        raise ValueError("the best value is not positive")
    return {key: best / value if lower else value / best for key, value in values.items()}


def below_floors(values: Mapping[_K, Fraction | None], floors: Mapping[_K, Fraction]) -> dict[_K, Fraction]:
    """The values below their floor, unrounded, in the order of the floors: on the line passes, and what is missing is not below.

    >>> below_floors({"expert": Fraction(59), "user": Fraction(20), "own": None}, {"expert": Fraction(60), "user": Fraction(20), "own": Fraction(1)})
    {'expert': Fraction(59, 1)}
    """
    return {key: value for key, floor in floors.items() if (value := values[key]) is not None and value < floor}


# --- What parts really weigh: one that gives everybody nearly the same decides little, whatever its points.


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
