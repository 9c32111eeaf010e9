"""Ranks in draws – resamples, or draws from a normal – and what they say together: a chance for each rank, and a range."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evaluations.scoring.missing import floats

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LEVEL = 1e-12
"""Values this close, as a share of the largest beside them, are level: what is equal but for the order of adding up is equal, of however
many points."""


class Ranks(NamedTuple):
    """Of each model in each draw the `best` and the `worst` of the ranks it shares, 1 for the highest; both (draws, M)."""

    best: Integers
    worst: Integers


@dataclass(frozen=True, slots=True)
class RankRange:
    """The ranks a model may have: `best` and `worst` leave (1 − level)/2 of the draws outside on each side."""

    best: int
    worst: int


def level_within(values: npt.ArrayLike) -> float:
    """How close two of these values, of any shape, are level; on another scale as much more or less. Of (2, −4) it is 4e−12."""
    return LEVEL * float(np.abs(values).max(initial=0.0))


def ranks_of(draws: npt.ArrayLike) -> Ranks:
    """Ranks in each draw, of values of shape (draws, M). Models level with the next one (`level_within`) share all ranks they take up together:
    nothing here knows in which order they stand. ValueError for values that are missing or infinite."""
    draws = floats(draws)
    if draws.ndim != 2 or not draws.shape[1]:
        raise ValueError(f"draws of the shape (draws, models) were expected, not {draws.shape}")
    if not np.isfinite(draws).all():
        raise ValueError("a draw is missing or infinite")
    order = np.argsort(-draws, axis=1, kind="stable")
    places = np.broadcast_to(np.arange(draws.shape[1]), draws.shape)
    below = -np.diff(np.take_along_axis(draws, order, axis=1), axis=1) > level_within(draws)
    found = np.empty((2, *draws.shape), np.int64)
    if below.all():
        np.put_along_axis(found[0], order, places + 1, axis=1)
        return Ranks(found[0], found[0])
    edge = np.ones((len(draws), 1), bool)
    first = np.maximum.accumulate(np.where(np.hstack([edge, below]), places, 0), axis=1)
    last = np.where(np.hstack([below, edge]), places, draws.shape[1])[:, ::-1]
    last = np.minimum.accumulate(last, axis=1)[:, ::-1]
    for ranks, shared in zip(found, (first, last), strict=True):
        np.put_along_axis(ranks, order, shared + 1, axis=1)
    return Ranks(*found)


def rank_chances(draws: npt.ArrayLike) -> Floats:
    """P(model i has rank k + 1), shape (M, M), from draws of shape (draws, M); rows and columns sum to 1. Level models have each of the
    ranks they share as often. ValueError as of `ranks_of`, and without a draw."""
    ranks = _some(draws)
    number, size = ranks.best.shape
    if ranks.best is ranks.worst:
        return _by_rank(ranks.best, size) / number
    share = 1.0 / (ranks.worst - ranks.best + 1)
    from_best, beyond_worst = _by_rank(ranks.best, size + 1, share), _by_rank(ranks.worst + 1, size + 1, share)
    return np.clip((from_best - beyond_worst).cumsum(axis=1)[:, :size] / number, 0.0, 1.0)


def rank_ranges(draws: npt.ArrayLike, level: float = 0.95) -> list[RankRange]:
    """Per model the range of ranks that holds `level` of the draws, the same share left outside on both sides: of the best ranks it has
    above, of the worst below. ValueError as of `rank_chances`, and for a level that is no share."""
    if not 0 < level <= 1:  # of two things that were drawn again all draws are too few
        raise ValueError(f"a level above 0 and up to 1 was expected, not {level}")
    ranks = _some(draws)
    number, size = ranks.best.shape
    tail = (1 - level) / 2
    upto_best = upto_worst = _by_rank(ranks.best, size).cumsum(axis=1) / number
    if ranks.worst is not ranks.best:
        upto_worst = _by_rank(ranks.worst, size).cumsum(axis=1) / number
    best = (upto_best <= tail + 1e-12).sum(axis=1) + 1
    worst = (upto_worst < 1 - tail - 1e-12).sum(axis=1) + 1
    return [RankRange(int(first), int(last)) for first, last in zip(best, worst, strict=True)]


def _some(draws: npt.ArrayLike) -> Ranks:
    ranks = ranks_of(draws)
    if not len(ranks.best):
        raise ValueError("no draw")
    return ranks


def _by_rank(ranks: Integers, most: int, weights: Floats | None = None) -> Floats:
    """How often (or with what weight) each model has each rank from 1 to `most`; shape (M, most)."""
    size = ranks.shape[1]
    key = np.arange(size) * most + ranks - 1
    own = None if weights is None else weights.ravel()
    return np.bincount(key.ravel(), own, minlength=size * most).reshape(size, most).astype(np.float64)
