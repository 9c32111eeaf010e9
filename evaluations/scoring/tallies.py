"""Votes folded to counts. Everything that is estimated from citizens' votes starts from these few thousand integers.

Counts add: the tally of two sets of votes is the sum of their tallies, so a tally can be kept by hour, by stratum or by
group of people and put together in any order.
"""

import itertools
import math
import operator
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluations.scoring.missing import refuse_masked

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer]

CHOICES = ("a", "b", "both_good", "both_bad", "skip")
"""What a voter may say about two answers, in the order of the last axis of a tally; `a` is the left one."""
A, B, BOTH_GOOD, BOTH_BAD, SKIP = range(5)

CHUNK = 1 << 16
"""Rows put together and counted at a time: their keys (512 KiB) stay in the cache of one core."""


@dataclass(frozen=True, slots=True)
class PairTally:
    """Comparisons of M models.

    counts   shape (M, M, 5), votes: with model i on the left and model j on the right, how often each of CHOICES was said.
             The diagonal is zero. A pair nobody saw is zero everywhere, which no estimate takes for a draw.
             Whole numbers of any kind, as an array or a list; kept as int64. ValueError for anything else, naming what is wrong
    """

    models: tuple[str, ...]
    counts: Integers

    def __post_init__(self) -> None:
        size = len(self.models)
        object.__setattr__(self, "counts", _whole_numbers(self.counts))
        if self.counts.shape != (size, size, 5):
            raise ValueError(f"counts of {size} models need the shape {(size, size, 5)}, not {self.counts.shape}")
        if len(set(self.models)) != size:
            raise ValueError("a model is named twice")
        if (self.counts < 0).any():
            raise ValueError("a count is negative")
        alone = np.flatnonzero(self.counts[np.arange(size), np.arange(size)].any(axis=1))
        if len(alone):
            raise ValueError(f"{', '.join(self.models[place] for place in alone)} was compared with itself")

    def __add__(self, other: "PairTally") -> "PairTally":
        if self.models != other.models:
            raise ValueError("tallies of different models cannot be added")
        return PairTally(self.models, self.counts + other.counts)

    def only(self, models: Sequence[str]) -> "PairTally":
        """The comparisons among some of the models."""
        places = [self.models.index(model) for model in models]
        return PairTally(tuple(models), self.counts[np.ix_(places, places)])

    def outcomes(self) -> Integers:
        """Left won, right won, tie; shape (M, M, 3). `skip` is no comparison."""
        counts = self.counts
        return np.stack([counts[..., A], counts[..., B], counts[..., BOTH_GOOD] + counts[..., BOTH_BAD]], axis=-1)

    @property
    def compared(self) -> int:
        """Comparisons made, without skips."""
        return int(self.counts[..., :SKIP].sum())

    @property
    def exposure(self) -> Integers:
        """How often each model was shown, skips included; shape (M,)."""
        shown = self.counts.sum(axis=-1)
        return shown.sum(axis=0) + shown.sum(axis=1)


def _whole_numbers(given: npt.ArrayLike) -> Integers:
    """Counts as int64, in which sums do not wrap around; ValueError for what is no count."""
    refuse_masked(given, "a count")
    counts = np.asarray(given)
    if counts.dtype.kind == "f":
        if not np.isfinite(counts).all():
            raise ValueError("a count is missing or infinite")
        if (counts != np.floor(counts)).any():
            raise ValueError("counts are whole numbers of votes; votes with weights are cells (`fit_cells`)")
    elif counts.dtype.kind not in "iub":
        raise ValueError(f"counts are whole numbers of votes, not {counts.dtype}")
    if counts.dtype.kind in "uf" and counts.size and float(counts.max()) >= 2**62:
        raise ValueError("a count is larger than any number of votes")
    return np.asarray(counts, np.int64)


def fold_comparisons(
    left: npt.ArrayLike, right: npt.ArrayLike, choice: npt.ArrayLike, models: Sequence[str]
) -> PairTally:
    """Rows of votes to counts, in one pass.

    left, right   model of each side, 0 … M−1, any kind of whole number, shape (n,)
    choice        place in CHOICES, shape (n,)
    ValueError for a code out of range or rows of unequal number; the order of rows has no effect.

    >>> fold_comparisons(np.array([0, 0, 1]), np.array([1, 1, 0]), np.array([A, SKIP, B]), ["x", "y"]).counts[0, 1].tolist()
    [1, 0, 0, 0, 1]
    """
    size = len(models)
    counts = fold_columns([(left, size), (right, size), (choice, len(CHOICES))])
    return PairTally(tuple(models), counts.reshape(size, size, len(CHOICES)))


def fold_named(rows: Iterable[Sequence[str]], models: Sequence[str] | None = None) -> PairTally:
    """Votes as a file has them, by name: (left model, right model, one of CHOICES) a row, in any order.

    models   the order of the models; without it they stand by name
    ValueError, naming the row, for a word that is no choice, a model that is not among `models` or compared with itself, or a row of
    another form.

    >>> fold_named([("y", "x", "b"), ("x", "y", "a"), ("y", "x", "b")]).counts[1, 0].tolist()
    [0, 2, 0, 0, 0]
    """
    counted = Counter(map(tuple, rows))
    for row in counted:
        if len(row) != 3 or not all(isinstance(word, str) for word in row):
            raise ValueError(f"a row is a left model, a right model and a choice, not {row}")
        if row[0] == row[1]:
            raise ValueError(f"{row[0]} was compared with itself: {row}")
    met = {name for left, right, _ in counted for name in (left, right)}
    names = sorted(met) if models is None else list(models)
    if unknown := (met - set(names)) | ({choice for *_, choice in counted} - set(CHOICES)):
        raise ValueError(f"neither a model nor a choice: {', '.join(sorted(unknown))}")
    counts = np.zeros((len(names), len(names), len(CHOICES)), np.int64)
    place = {name: number for number, name in enumerate(names)}
    for (left, right, choice), number in counted.items():
        counts[place[left], place[right], CHOICES.index(choice)] = number
    return PairTally(tuple(names), counts)


def fold_ratings(
    team: npt.ArrayLike,
    question: npt.ArrayLike,
    stratum: npt.ArrayLike,
    rating: npt.ArrayLike,
    shape: tuple[int, int, int],
) -> Integers:
    """Rows of ratings 1–5 to counts of shape (teams, questions, strata, 5); `shape` gives the first three.

    >>> fold_ratings(np.array([0, 0]), np.array([0, 0]), np.array([0, 0]), np.array([5, 5]), (1, 1, 1)).tolist()
    [[[[0, 0, 0, 0, 2]]]]
    """
    rating = codes_of(rating)
    if rating.size and not 1 <= int(rating.min()) <= int(rating.max()) <= 5:
        raise ValueError("a rating is not between 1 and 5")
    teams, questions, strata = shape
    # Stars are counted from 1: one more column takes the place of subtracting 1 from every row, and is dropped.
    counts = fold_columns([(team, teams), (question, questions), (stratum, strata), (rating, 6)])
    return counts.reshape(*shape, 6)[..., 1:]


def fold_columns(columns: Sequence[tuple[npt.ArrayLike, int]]) -> Integers:
    """One count per combination of codes, from columns with their number of codes; the first column varies slowest.

    Codes are whole numbers of any kind, in arrays or lists; ValueError for others, which are no codes though they may look like some.

    Memory beside the columns: the keys of one chunk (about 1 MiB), the result, and a table of half its size (from 2³² rows
    on, of its size).
    """
    coded = [(codes_of(column), codes) for column, codes in columns]
    rows = len(coded[0][0])
    if any(len(column) != rows for column, _ in coded):
        raise ValueError("the columns have unequal numbers of rows")
    size = math.prod(codes for _, codes in coded)
    if size > np.iinfo(np.int32).max:
        raise ValueError(f"{size} cells are more than one tally can hold")
    # As unsigned numbers of the same width, negative codes are too large like any others.
    unsigned = [(column.view(column.dtype.str.replace("i", "u")), codes) for column, codes in coded]
    # No count exceeds the number of rows, and a narrow table stays in the cache; `bincount` makes a wide one at every call.
    table = np.zeros(size, np.min_scalar_type(rows))
    one = table.dtype.type(1)
    most = min(CHUNK, rows)
    places, partial = np.empty(most, np.intp), _room(coded, most)
    for start in range(0, rows, CHUNK):
        stop = min(start + CHUNK, rows)
        here = places[: stop - start]
        here[:] = _keys([(column[start:stop], codes) for column, codes in unsigned], partial)
        np.add.at(table, here, one)
    return table.astype(np.int64)


def codes_of(column: npt.ArrayLike) -> Codes:
    """A column of codes as an array; ValueError for what is not a column of whole numbers. 4.5 is no star and 0.7 no model."""
    refuse_masked(column, "a code")
    found = np.asarray(column)
    if found.ndim != 1:
        raise ValueError(f"a column of codes was expected, not an array of the shape {found.shape}")
    if not found.size:
        return found.astype(np.intp)
    if found.dtype.kind not in "iub":
        raise ValueError(f"codes are whole numbers, not {found.dtype}")
    return found.view(np.uint8) if found.dtype.kind == "b" else found


def _room(columns: Sequence[tuple[Codes, int]], rows: int) -> list[Codes]:
    """For keys of the first column, of the first two and so on, each in the narrowest type that holds them: a narrow one is a fast one."""
    sizes = itertools.accumulate((codes for _, codes in columns), operator.mul)
    largest = [max(size - 1, codes) for size, (_, codes) in zip(sizes, columns, strict=True)]
    return [np.empty(rows, np.min_scalar_type(key)) for key in largest]


def _keys(columns: Sequence[tuple[Codes, int]], partial: Sequence[Codes]) -> Codes:
    """The place of each row in the table of all combinations, put together in `partial`: new memory would cost more than the counting."""
    keys = partial[0]
    for place, (column, codes) in enumerate(columns):
        if int(column.max()) >= codes:
            raise ValueError(f"a code is not between 0 and {codes - 1}")
        found = partial[place][: len(column)]
        if place == 0:
            found[:] = column
        else:
            np.multiply(keys, found.dtype.type(codes), out=found, dtype=found.dtype)
            np.add(found, column, out=found, dtype=found.dtype, casting="unsafe")
        keys = found
    return keys
