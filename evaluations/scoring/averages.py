"""Weighted, trimmed and shrunk means, caps: exact arithmetic on fractions, order of the arguments without effect.

Missing values are left out by the caller or passed as None where a function says so; none is ever taken for zero.
An empty mean is a ValueError: what to do about it is a rule of the stage, not of arithmetic.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from operator import mul
from typing import TypeVar

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
