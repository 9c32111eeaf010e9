"""Weighted, trimmed and shrunk means, caps, floors, effective weights: exact fractions, order of the arguments without effect.

Numbers come as fractions, whole numbers of any kind or decimals and leave as fractions; a float is a TypeError, for what it stands for
is another number. Missing values are left out by the caller or passed as None where a function says so; none is ever taken for zero.
An empty mean is a ValueError: what to do about it is a rule of the stage, not of arithmetic.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from operator import index, mul
from typing import TypeVar

from evaluations.scoring.decimals import Exact, as_fraction
from evaluations.scoring.tables import Weight

_K = TypeVar("_K")


def _rational(value: Exact) -> Fraction | int:
    """The number itself where it has an exact numerator and denominator: most have, and there are many."""
    return value if type(value) is Fraction or type(value) is int else as_fraction(value)


def total(values: Iterable[Exact]) -> Fraction:
    """Σ x, 0 of none. Over one common denominator: reduced once and not after every term, which is most of the work.

    >>> total([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)])
    Fraction(1, 1)
    """
    found = [_rational(value) for value in values]
    common = lcm(*(value.denominator for value in found))
    return Fraction(sum(value.numerator * (common // value.denominator) for value in found), common)


def mean(values: Iterable[Exact]) -> Fraction:
    """Plain mean; ValueError when there is no value."""
    found = list(values)
    if not found:
        raise ValueError("no value")
    return total(found) / len(found)


def weighted_mean(pairs: Iterable[tuple[Exact, Exact | None]]) -> Fraction | None:
    """Σ w·x / Σ w over the (weight, value) pairs that have a value: missing ones give their weight to the others.

    None when no value is present. Weights are positive.

    >>> weighted_mean([(3, Fraction(1)), (1, Fraction(0)), (6, None)])
    Fraction(3, 4)
    """
    present = [(_rational(weight), _rational(value)) for weight, value in pairs if value is not None]
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


def trimmed_mean(values: Iterable[Exact]) -> Fraction:
    """Mean without one highest and one lowest value; plain mean of fewer than three; ValueError of none."""
    return mean(trimmed(sorted(map(as_fraction, values)))[2])


def shrunk_mean(counts: Sequence[int], prior_mean: Exact, prior: Exact) -> Fraction:
    """Mean of stars pulled towards `prior_mean` as if `prior` more people had given it.

    counts       how many gave 1, 2, 3 … stars
    prior        k of (k·m₀ + Σ s·n_s)/(k + n), in people; 0 is the plain mean
    Without stars and with k > 0 this is `prior_mean`; without both, or with a negative number of people, ValueError.

    >>> shrunk_mean((0, 0, 0, 1, 1), 3, 3)
    Fraction(18, 5)
    """
    numbers, strength = [index(count) for count in counts], as_fraction(prior)
    if strength < 0 or any(number < 0 for number in numbers):
        raise ValueError("a number of people is negative")
    people = strength + sum(numbers)
    if people == 0:
        raise ValueError("no value")
    stars = sum(star * count for star, count in enumerate(numbers, start=1))
    return (strength * as_fraction(prior_mean) + stars) / people


def grand_mean(tallies: Iterable[Sequence[int]]) -> Fraction:
    """Plain mean of all stars of several tallies; ValueError when there is none."""
    counts = [sum(map(index, column)) for column in zip(*tallies, strict=True)]
    return shrunk_mean(counts, Fraction(0), Fraction(0))


def ratio_to_target(value: Exact, target: Exact, *, lower: bool = False) -> Fraction:
    """min(1, value/target), or min(1, target/value) where lower is better. ValueError where the divisor is not positive.

    >>> ratio_to_target(72, 73)
    Fraction(72, 73)
    """
    reached, wanted = as_fraction(value), as_fraction(target)
    if (reached if lower else wanted) <= 0:
        raise ValueError(f"the {'value' if lower else 'target'} is not positive")
    return min(Fraction(1), wanted / reached if lower else reached / wanted)


def ratios_to_best(values: Mapping[_K, Exact], *, lower: bool = False) -> dict[_K, Fraction]:
    """Each value over the best, 0…1; where lower is better the best over each value. ValueError when the best is 0."""
    exact = {key: as_fraction(value) for key, value in values.items()}
    if not exact:
        raise ValueError("no value")
    best = min(exact.values()) if lower else max(exact.values())
    if best <= 0:
        raise ValueError("the best value is not positive")
    return {key: best / value if lower else value / best for key, value in exact.items()}


def below_floors(values: Mapping[_K, Exact | None], floors: Mapping[_K, Exact]) -> dict[_K, Fraction]:
    """The values below their floor, unrounded, in the order of the floors: on the line passes, and what is missing is not below.

    >>> below_floors({"expert": Fraction(59), "user": Fraction(20), "own": None}, {"expert": Fraction(60), "user": Fraction(20), "own": Fraction(1)})
    {'expert': Fraction(59, 1)}
    """
    present = {key: as_fraction(value) for key in floors if (value := values[key]) is not None}
    return {key: value for key, value in present.items() if value < as_fraction(floors[key])}


# --- What parts really weigh: one that gives everybody nearly the same decides little, whatever its points.


def weigh(points: Mapping[str, Exact], columns: Mapping[str, Sequence[Exact | None]]) -> dict[str, Weight]:
    """Weight of each part, from part → points and part → the teams' exact values in one fixed order of teams.

    nominal     points over all points
    effective   Cov(part, total)/Var(total), exact; the parts' shares add up to 1
    spread      highest minus lowest value, in points
    """
    full = {key: [as_fraction(value) for value in column if value is not None] for key, column in columns.items()}
    complete = all(len(full[key]) == len(column) for key, column in columns.items())
    totals = [total(row) for row in zip(*full.values(), strict=True)] if complete else []
    variance = _covariance(totals, totals) if len(totals) >= 3 else Fraction(0)
    found = {}
    for key, column in columns.items():
        values = full[key]
        found[key] = Weight(
            nominal=as_fraction(points[key]) / total(points.values()),
            effective=_covariance(values, totals) / variance if variance else None,
            spread=max(values) - min(values) if values and len(values) == len(column) else None,
        )
    return found


def level_weight(
    one: Mapping[str, Exact], other: Mapping[str, Exact], weights: Mapping[str, Exact], key: str
) -> Fraction | None:
    """The share of all weight at which two teams draw level when one part's weight moves and the others keep their proportion.

    one, other   part → what the team has of it, on one scale for all parts (a share of full points, or points of 100)
    None when no share from 0 to 1 does it: one team leads under every such weight, or they are level under all.

    >>> level_weight({"a": Fraction(9), "b": Fraction(5)}, {"a": Fraction(8), "b": Fraction(7)}, {"a": 1, "b": 1}, "a")
    Fraction(2, 3)
    """
    others = [part for part in weights if part != key]
    rest = total(weights[part] for part in others)
    ahead = {part: as_fraction(one[part]) - as_fraction(other[part]) for part in weights}
    lead = ahead[key]
    behind = total(-ahead[part] * as_fraction(weights[part]) for part in others) / rest if rest else Fraction(0)
    share = behind / (lead + behind) if lead + behind else None
    return share if share is not None and 0 <= share <= 1 else None


def _covariance(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Sum of products of deviations: the divisor falls out of every ratio."""
    left_mean, right_mean = mean(left), mean(right)
    return total((x - left_mean) * (y - right_mean) for x, y in zip(left, right, strict=True))
