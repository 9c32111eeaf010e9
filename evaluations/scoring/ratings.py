"""Stars from 1 to 5 as estimates: shrunk means, people's habits removed, intervals that know that one person gave several.

The official points use `shrunk_mean`, exact, of one cell; what else is here stands beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evaluations.scoring.averages import shrunk_mean
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.intervals import check_level
from evaluations.scoring.missing import floats, refuse_masked
from evaluations.scoring.tallies import Integers, codes_of

__all__ = [
    "STARS",
    "Disconnected",
    "FairMeans",
    "StarTable",
    "clustered_means",
    "fair_means",
    "raters",
    "shrunk_mean",
    "star_table",
]

Floats = npt.NDArray[np.float64]

STARS = np.arange(1.0, 6.0)
BLOCK = 1 << 20
"""Cells of the people × teams table held at a time (8 MiB each)."""


@dataclass(frozen=True, slots=True)
class StarTable:
    """Means of cells, each an array of the shape of the cells.

    n        ratings
    mean     plain mean; NaN without ratings
    shrunk   (k·m₀ + Σ stars)/(k + n), m₀ being `grand`
    thin     fewer ratings than the least number the stage releases: shown in grey, never ranked
    k        how many ratings the prior is worth; None when the cells cannot be told apart at all, and `shrunk` is m₀ everywhere
    """

    n: Integers
    mean: Floats
    shrunk: Floats
    thin: npt.NDArray[np.bool_]
    grand: float
    k: float | None


def star_table(counts: npt.ArrayLike, *, k: float | None = 15.0, least: int = 0) -> StarTable:
    """Means from counts of stars, shape (…, 5); cells are everything but the last axis.

    k       strength of the prior in ratings; None takes it from the data, σ²/τ² (empirical Bayes, method of moments)
    least   below so many ratings a cell is thin
    ValueError without any rating, with a last axis that is not five stars, or with counts that are negative or no numbers.

    >>> table = star_table(np.array([[0, 0, 0, 0, 1], [9, 0, 0, 0, 0]]), k=10)
    >>> table.mean.tolist(), table.grand, table.shrunk.round(4).tolist()
    ([5.0, 1.0], 1.4, [1.7273, 1.2105])
    """
    refuse_masked(counts, "a count")
    counts = np.asarray(counts)
    if counts.shape[-1:] != (5,):
        raise ValueError("the last axis counts 1, 2, 3, 4 and 5 stars")
    if counts.dtype.kind not in "iubf" or not (counts >= 0).all():
        raise ValueError("counts of stars are numbers, 0 or more")
    if k is not None and not k >= 0:
        raise ValueError(f"a prior is worth 0 ratings or more, not {k}")
    n = counts.sum(axis=-1)
    total = int(n.sum())
    if not total:
        raise ValueError("no rating")
    sums = counts @ STARS
    grand = float(sums.sum() / total)
    with np.errstate(invalid="ignore"):
        mean = sums / n
    strength = _strength(counts, n, mean, grand) if k is None else k
    if strength is None:
        shrunk = np.full(n.shape, grand)
    else:
        with np.errstate(invalid="ignore"):
            shrunk = np.where(n + strength > 0, (strength * grand + sums) / (n + strength), np.nan)
    return StarTable(n, mean, shrunk, n < least, grand, strength)


def _strength(counts: Integers, n: Integers, mean: Floats, grand: float) -> float | None:
    """σ²/τ²: variance within cells over variance between them beyond what chance gives (Robbins 1956; DerSimonian and Laird 1986).

    None when the cells differ no more than chance makes them differ.
    """
    used = n > 0
    cells, total = int(used.sum()), float(n.sum())
    if cells < 2 or total <= cells:
        return None
    within = float((counts @ STARS**2).sum() - (n[used] * mean[used] ** 2).sum()) / (total - cells)
    between = float((n[used] * (mean[used] - grand) ** 2).sum())
    spread = (between - (cells - 1) * within) / (total - float((n[used].astype(np.float64) ** 2).sum()) / total)
    if spread <= 0:
        return None
    return within / spread


class Disconnected(ValueError):
    """Teams that no person rated together with the others; `components` are those on one scale."""

    def __init__(self, components: list[list[int]]) -> None:
        super().__init__("people who rated several teams do not connect all teams")
        self.components = components


@dataclass(frozen=True, slots=True)
class FairMeans:
    """What teams would have got, had everybody rated all of them.

    mean         μ + θ per team, shape (T,), Σθ = 0; μ is the mean over people of what each gives a team that is like all,
                 so that neither who rates much nor which team is rated often moves it
    covariance   of `mean`, its level included, clustered by person, shape (T, T); NaN where fewer than two people compared teams
    plain        plain means beside it; `n` ratings and `people` who rated two teams or more, the only ones who compare
    """

    mean: Floats
    covariance: Floats
    plain: Floats
    n: Integers
    people: int

    @property
    def se(self) -> Floats:
        return np.sqrt(np.diag(self.covariance))

    def intervals(self, level: float = 0.95) -> Floats:
        """(T, 2), from Student's t with as many degrees as people who compared teams, less one; NaN of fewer than two."""
        check_level(level)
        reach = t_quantile((1 + level) / 2, self.people - 1) if self.people > 1 else np.nan
        return np.column_stack([self.mean - reach * self.se, self.mean + reach * self.se])


def fair_means(person: npt.ArrayLike, team: npt.ArrayLike, rating: npt.ArrayLike, teams: int) -> FairMeans:
    """Ratings = μ + team + person + noise, by least squares: a strict person counts by the differences she makes.

    person   any numbers or names, shape (n,)
    team     0 … teams − 1, shape (n,)
    rating   numbers, shape (n,)
    Memory beside the columns: blocks of people × teams, never all at once. Raises Disconnected, and ValueError without ratings, with
    one that is no number, with one team only or one nobody rated, or with a code out of range. Source: two-way layout with unequal numbers (Searle 1971), clustered
    as Liang and Zeger (1986).

    >>> fair = fair_means(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 1]), np.array([5, 4, 2, 1, 5]), 2)
    >>> (fair.mean[0] - fair.mean[1]).round(6), fair.plain.round(3).tolist()
    (np.float64(1.0), [3.5, 3.333])
    """
    if teams < 2:
        raise ValueError("fair means compare two teams or more")
    columns = _columns(person, team, rating, teams)
    if not len(columns.rating):
        raise ValueError("no rating")
    n = np.bincount(columns.team, minlength=teams)
    if not n.all():
        raise ValueError("a team has no rating")
    plain = np.bincount(columns.team, columns.rating, teams) / n
    normal, right, people = np.zeros((teams, teams)), np.zeros(teams), 0
    ordered = _ordered(columns)
    for numbers, sums in _by_person(ordered, teams):
        share = numbers / numbers.sum(axis=1, keepdims=True)
        normal += np.diag(numbers.sum(axis=0)) - numbers.T @ share
        right += (sums - share * sums.sum(axis=1, keepdims=True)).sum(axis=0)
        people += int(((numbers > 0).sum(axis=1) > 1).sum())
    _refuse_disconnected(normal)
    # The rows of `normal` sum to 0; a weight on Σθ fixes it at 0 and moves nothing else.
    inverse = np.linalg.inv(normal + np.trace(normal) / teams**2)
    inverse -= inverse.mean(axis=0)
    theta = inverse @ right
    theta -= theta.mean()
    everybody = int(ordered.person[-1]) + 1
    level, share = 0.0, np.zeros(teams)
    for numbers, sums in _by_person(ordered, teams):
        of_person = numbers.sum(axis=1, keepdims=True)
        level += float(((sums - numbers * theta) / of_person).sum()) / everybody
        share += (numbers / of_person).sum(axis=0) / everybody
    covariance = np.zeros((teams, teams))
    for numbers, sums in _by_person(ordered, teams):
        left = sums - numbers * theta
        of_person = numbers.sum(axis=1, keepdims=True)
        own = left.sum(axis=1, keepdims=True) / of_person
        # How far each person moves the differences of teams, and the level they stand on.
        apart = (left - numbers * own) @ inverse.T * np.sqrt(people / max(1, people - 1))
        moved = apart - apart @ share[:, None] + (own - level) / everybody * np.sqrt(everybody / max(1, everybody - 1))
        covariance += moved.T @ moved
    if people < 2:  # from one person nobody knows how far people differ
        covariance[:] = np.nan
    return FairMeans(level + theta, covariance, plain, n, people)


class _Columns(NamedTuple):
    person: npt.NDArray[np.generic]
    team: npt.NDArray[np.intp]
    rating: Floats


def _columns(person: npt.ArrayLike, team: npt.ArrayLike, rating: npt.ArrayLike, teams: int) -> _Columns:
    """Columns of ratings, arrays or lists, checked: equally long, teams there are, ratings that are finite."""
    refuse_masked(person, "a person")
    people, codes, stars = np.asarray(person), codes_of(team), floats(rating)
    if not people.shape == codes.shape == stars.shape:
        raise ValueError(
            f"{people.shape} people, {codes.shape} teams and {stars.shape} ratings are no columns of one length"
        )
    if codes.size and not 0 <= int(codes.min()) <= int(codes.max()) < teams:
        raise ValueError(f"a team is not between 0 and {teams - 1}")
    if not np.isfinite(stars).all():
        raise ValueError("a rating is missing or infinite")
    return _Columns(people, codes.astype(np.intp), stars)


class _Ordered(NamedTuple):
    """Ratings sorted by person, people numbered from 0."""

    person: npt.NDArray[np.intp]
    team: npt.NDArray[np.intp]
    rating: Floats


def _ordered(columns: _Columns) -> _Ordered:
    order = np.argsort(columns.person, kind="stable")
    found = columns.person[order]
    number = np.cumsum(np.concatenate([[0], found[1:] != found[:-1]]))
    return _Ordered(number, columns.team[order], columns.rating[order])


def _by_person(ratings: _Ordered, teams: int) -> Iterator[tuple[Floats, Floats]]:
    """Number and sum of ratings per person and team, a block of people at a time; both (people, T)."""
    total = int(ratings.person[-1]) + 1
    step = max(1, BLOCK // teams)
    for begin in range(0, total, step):
        people = min(step, total - begin)
        first, last = np.searchsorted(ratings.person, [begin, begin + people])
        key = (ratings.person[first:last] - begin) * teams + ratings.team[first:last]
        size = people * teams
        yield (
            np.bincount(key, minlength=size).reshape(people, teams).astype(np.float64),
            np.bincount(key, ratings.rating[first:last], size).reshape(people, teams).astype(np.float64),
        )


def _refuse_disconnected(normal: Floats) -> None:
    """Off the diagonal, `normal` is negative exactly where somebody rated both teams."""
    reach = (normal < -1e-12) | np.eye(len(normal), dtype=bool)
    while not (further := (reach.astype(np.float32) @ reach.astype(np.float32)) > 0).all():
        if (further == reach).all():
            first = reach.argmax(axis=1)
            raise Disconnected([np.flatnonzero(first == team).tolist() for team in np.unique(first)])
        reach = further


def clustered_means(
    person: npt.ArrayLike, team: npt.ArrayLike, rating: npt.ArrayLike, teams: int
) -> tuple[Floats, Floats]:
    """Plain means with standard errors clustered by person, both (T,).

    person, team, rating   as in `fair_means`
    NaN where there is none: both of a team without ratings, the error of one that a single person rated.
    """
    columns = _columns(person, team, rating, teams)
    if not len(columns.rating):
        return np.full(teams, np.nan), np.full(teams, np.nan)
    n = np.bincount(columns.team, minlength=teams)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(columns.team, columns.rating, teams) / n
    filling, people = np.zeros(teams), np.zeros(teams)
    for numbers, sums in _by_person(_ordered(columns), teams):
        filling += ((sums - numbers * np.nan_to_num(mean)) ** 2).sum(axis=0)
        people += (numbers > 0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return mean, np.sqrt(filling * people / np.where(people > 1, people - 1, np.nan)) / n


def raters(person: npt.ArrayLike, team: npt.ArrayLike, teams: int) -> Integers:
    """How many people rated each team, (T,), from codes as in `clustered_means`; its clusters, and one more than the degrees.

    >>> raters(np.array([0, 0, 7, 7, 7]), np.array([0, 1, 1, 1, 1]), 3).tolist()
    [1, 2, 0]
    """
    columns = _columns(person, team, np.zeros(np.shape(person)), teams)
    number, lowest = _numbers(columns.person, teams)
    pairs = np.unique((number - lowest) * teams + columns.team)
    return np.bincount(pairs % teams, minlength=teams)


def _numbers(person: npt.NDArray[np.generic], teams: int) -> tuple[Integers, int]:
    """Numbers of people from which a key of team and person can be made, and the lowest: their own where the key has room for them."""
    if person.dtype.kind in "iub" and person.dtype != np.uint64 and len(person):
        own = person.astype(np.int64)
        lowest = int(own.min())
        if (int(own.max()) - lowest + 1) * teams < 2**63:
            return own, lowest
    return np.unique(person, return_inverse=True)[1].astype(np.int64), 0
