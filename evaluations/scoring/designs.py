"""Who judged whom: the graph of reviewers and teams, its connected components, and what cannot be estimated from it.

Marks come as columns of equal length: `scores` (N,) finite numbers, `reviewers` (N,) and `teams` (N,) positions 0, 1, 2 …
A mark that was not given has no row. Several rows of one reviewer about one team are several marks.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluations.scoring.missing import floats, refuse_masked

_T = TypeVar("_T", bound=np.generic)

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


class NotEstimable(ValueError):
    """The marks do not determine what was asked for. `code` is one word, `where` are positions it concerns."""

    code = "not_estimable"

    def __init__(self, sentence: str, where: tuple[int, ...] = ()) -> None:
        super().__init__(sentence)
        self.where = where


class TooFewMarks(NotEstimable):
    """A reviewer or team without a mark, or fewer marks than unknowns."""

    code = "too_few_marks"


class TooFewReviewers(NotEstimable):
    """Teams that fewer reviewers judged than the method needs; `where` are the teams."""

    code = "too_few_reviewers"


class Disconnected(NotEstimable):
    """Reviewers and teams fall into islands no mark joins; `islands` has them."""

    code = "disconnected"

    def __init__(self, sentence: str, islands: "tuple[Island, ...]") -> None:
        super().__init__(sentence)
        self.islands = islands


class NoVariation(NotEstimable):
    """Marks that are all equal, or that the model explains without a rest."""

    code = "no_variation"


class NoFiniteMaximum(NotEstimable):
    """The likelihood rises without end: some answers are foreseen with certainty."""

    code = "no_finite_maximum"


@dataclass(frozen=True, slots=True)
class Island:
    """Reviewers and teams that marks join, by position in rising order."""

    reviewers: tuple[int, ...]
    teams: tuple[int, ...]


def columns(scores: ArrayLike, reviewers: ArrayLike, teams: ArrayLike) -> tuple[Floats, Places, Places]:
    """The three columns, checked: equal length, finite scores, every position from 0 to the highest used.

    ValueError for what is not of this form, TooFewMarks for a position without a mark.
    """
    marks = floats(scores)
    if not np.isfinite(marks).all():
        raise ValueError("a score is missing or infinite; leave its row out")
    return marks, positions(reviewers, "reviewers", marks), positions(teams, "teams", marks)


def positions(column: ArrayLike, name: str, marks: Floats) -> Places:
    """One column of positions beside the marks, checked as `columns` says."""
    refuse_masked(column, f"one of the {name}")
    given = np.asarray(column)
    if marks.ndim != 1 or given.shape != marks.shape:
        raise ValueError(f"columns of equal length were expected: {marks.shape} scores, {given.shape} {name}")
    if not marks.size:
        raise TooFewMarks("there is no mark")
    if given.dtype.kind not in "iu" or given.min() < 0:
        raise ValueError(f"{name} are positions: whole numbers from 0")
    places = given.astype(np.intp)
    unmarked = _unmarked(places)
    if len(unmarked):
        where = tuple(int(position) for position in unmarked)
        raise TooFewMarks(f"no mark of {name} {', '.join(map(str, where))}", where)
    return places


def _unmarked(places: Places) -> Places:
    """Positions below the highest that have no row; the first of them where other numbers were taken for positions."""
    highest = int(places.max())
    if highest < 2 * len(places) + 100:
        return np.flatnonzero(np.bincount(places) == 0)
    present = np.unique(places)
    return np.setdiff1d(np.arange(len(present) + 10), present)


def crossed(rows: Places, others: Places, weights: Floats | None = None) -> Floats:
    """How many marks (or their weights) each row place has with each other place: (rows, others)."""
    shape = int(rows.max()) + 1, int(others.max()) + 1
    sums = np.bincount(rows * shape[1] + others, weights=weights, minlength=shape[0] * shape[1])
    return sums.reshape(shape).astype(np.float64)


def islands(counts: NDArray[np.number]) -> tuple[Island, ...]:
    """Connected components of a table (reviewers, teams) of how many marks; the one of the first reviewer first.

    [[1, 1, 0], [0, 0, 1]] has two: reviewer 0 with teams 0 and 1, reviewer 1 with team 2.
    """
    reviewer, team = np.nonzero(counts > 0)
    reviewers, teams = counts.shape
    label = np.arange(reviewers)
    while True:
        of_team = np.full(teams, reviewers)
        np.minimum.at(of_team, team, label[reviewer])
        lowest = label.copy()
        # A reviewer's own label may be another's place: what that one hears of goes on to all who bear it.
        np.minimum.at(lowest, label[reviewer], of_team[team])
        np.minimum.at(lowest, reviewer, of_team[team])
        while (lowest[lowest] < lowest).any():
            lowest = lowest[lowest]
        if (lowest == label).all():
            break
        label = lowest
    return tuple(
        Island(
            tuple(int(place) for place in np.flatnonzero(label == first)),
            tuple(int(place) for place in np.flatnonzero(of_team == first)),
        )
        for first in np.unique(label)
    )


def frozen(array: NDArray[_T]) -> NDArray[_T]:
    """The array as part of a result: nobody writes to it."""
    array.setflags(write=False)
    return array
