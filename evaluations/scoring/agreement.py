"""How far raters agree: Krippendorff's α, intraclass correlations, Kendall's W.

Missing is NaN, or masked, never a number. What a formula leaves undefined – one rater, marks that are all equal – comes back as a
record whose value is None and whose `undefined` says why; arrays of the wrong shape are a ValueError.
docs/scoring/agreement.md has the methods in words, with the same examples.
"""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluations.scoring.components import Components, variance_components
from evaluations.scoring.distributions import f_quantile, f_tail, t_quantile
from evaluations.scoring.intervals import Interval, check_level
from evaluations.scoring.missing import floats, refuse_masked

VERSION = "6"
"""Changes with any digit of any result of this module."""

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
Floats = NDArray[np.float64]

_LARGEST_TABLE = 20_000_000
_ROUNDING = 1e-9
"""Mean squares of marks are known to more places than these."""
_EXACT = 2**40
"""Whole numbers below it can be shifted by any key without rounding."""
_BLOCK = 65_536
"""Cells that are counted at once: their intermediate steps stay in the processor's cache."""
_FEW = 12
"""Distinct values up to which it is faster to compare every rating with each of them than to count by keys."""
_TALL = 64
"""Raters to a unit from which on it is not."""
_NOTHING = 1e-12
"""A standard error below it is the rounding of none."""
_LARGEST_LOG = 700.0
"""Of a float."""
_AT_ONCE = 2_000_000
"""Numbers in a table of weightings, or of differences of values (16 MB)."""
_MOST_ORDERS = 500_000
"""Sums of ranks that are looked at for the p of W, of all judges together: a tenth of a second and 60 MB."""
_LARGEST_KEY = 2**62
_MOST_OBJECTS = 8
"""Whose orders are written out for it."""
LEAST_UNITS = 4
"""For the interval of α: of three units Student's t has two degrees, and the interval is as wide as the scale."""
LEAST_SAMPLES = 200
"""That could have been seen, for the interval of α: of fewer it holds the truth in 64 to 100 % of panels, by the world they come from."""
SHIFT_OF_TWO = 0.25
"""Added to F of two values: log F holds α in 97 to 98 % of panels, on average over the truths they may come from."""
LEAST_JUDGES = 5
"""For the interval of W: of four who mostly agree it holds the truth in 99 % of simulated panels, and in one of five there is none."""
LEAST_OBJECTS = 4
"""For it too: three can be ordered in six ways only, and where judges mostly agree it holds the truth in 47 to 91 %."""
MOST_OF_ONE_VALUE = 0.8
"""Share of the ratings. Above it α hangs on the few units with another value, and its interval is too narrow (docs/scoring-study.md)."""


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's α of a panel.

    value       1 − observed/expected; at most 1, 0 is chance, below 0 is systematic disagreement
    undefined   None, or why there is no value: one_rater, no_pairs (no unit has two ratings), no_variation
    observed    D_o, mean squared difference of two ratings of one unit; `expected` D_e of any two ratings
    units       units with two ratings or more; `left_out` are those with one
    ratings     pairable ratings: those in `units`
    interval    None when not asked for, or undefined, or for the reason in `no_interval`
    no_interval few_units (fewer than 4) · one_value (more than 4/5 of the ratings are one and the same) · few_samples (fewer
                than 200 samples of so many ratings and distinct values there could have been) · edge (α, or α without some
                unit, is at an end of its range or undefined, or leaving any unit out changes nothing)
    """

    value: float | None
    undefined: str | None
    metric: Metric
    observed: float | None
    expected: float | None
    units: int
    left_out: int
    ratings: int
    interval: Interval | None = None
    no_interval: str | None = None
    method: str = "krippendorff-alpha"
    version: str = VERSION


def krippendorff_alpha(ratings: ArrayLike, *, metric: Metric, level: float | None = None) -> Alpha:
    """α = 1 − D_o/D_e of a matrix (raters, units), NaN where a rater did not rate.

    metric      nominal: δ² = 1 for unlike values · ordinal: (difference of mid-ranks)² · interval: (c − k)² ·
                ratio: ((c − k)/(c + k))², values ≥ 0
    level       of the interval, found by leaving out one unit at a time; None: none is asked for
    Units with one rating leave the table. ValueError: not two dimensions, infinite values, negative values with ratio,
    more distinct values than a table can hold, a level outside 0 … 1. Memory beside the ratings: two tables (units, distinct values)
    of 8 bytes, at most 320 MB, which marks on a scale never come near, and 100 MB; where values must be sorted two copies of the ratings.

    Two raters, three units, (1, 1), (2, 2), (1, 2), nominal: D_o = 1/3; of the six ratings three are 1 and three are 2,
    so D_e = 2·3·3/(6·5) = 3/5 and α = 1 − (1/3)/(3/5) = 4/9.

    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; of the interval see `_leave_one_unit_out`.
    """
    matrix = floats(ratings)
    alpha = krippendorff_alpha_from_counts(*value_counts(matrix), metric=metric, level=level)
    if alpha.undefined == "no_pairs" and np.count_nonzero(~np.isnan(matrix).all(axis=1)) < 2:
        return replace(alpha, undefined="one_rater")
    return alpha


def krippendorff_alpha_from_counts(
    counts: ArrayLike, values: ArrayLike, *, metric: Metric, level: float | None = None
) -> Alpha:
    """As `krippendorff_alpha`, from how many raters gave unit u the value v.

    counts      (units, values), integers ≥ 0
    values      (values,), rising, finite; for nominal only their number matters
    ValueError also for negative or fractional counts and for values that do not rise.

    [[2, 0], [0, 2], [1, 1]] with values [1, 2] is the example of `krippendorff_alpha`: α = 4/9.
    """
    if level is not None:
        check_level(level)
    table, points = _table(counts, values, metric)
    totals = table.sum(axis=1)
    pairable = totals >= 2
    left_out = int(np.count_nonzero(totals == 1))
    table = table if pairable.all() else table[pairable]
    units, ratings = len(table), int(totals[pairable].sum())
    if not units:
        return Alpha(None, "no_pairs", metric, None, None, 0, left_out, 0)
    if np.count_nonzero(table.any(axis=0)) < 2:
        return Alpha(None, "no_variation", metric, 0.0, 0.0, units, left_out, ratings)
    weights = np.ones((1, units))
    observed, expected = (float(part[0]) for part in _disagreements(table, points, metric, weights))
    alpha = Alpha(1 - observed / expected, None, metric, observed, expected, units, left_out, ratings)
    if level is None:
        return alpha
    found = _leave_one_unit_out(table, points, metric, level)
    if isinstance(found, str):
        return replace(alpha, no_interval=found)
    # Of few units α is not quite the middle: of four it lay outside in up to 8 of 1,000 simulated panels.
    low, high = min(found.low, 1 - observed / expected), max(found.high, 1 - observed / expected)
    return replace(alpha, interval=replace(found, low=low, high=high))


def value_counts(ratings: ArrayLike) -> tuple[NDArray[np.int64], Floats]:
    """Fold a matrix (raters, units) with NaN for missing into counts (units, values) and the values in rising order.

    A dozen distinct values or fewer, the usual marks, are counted by comparing with each of them. More are keys into a table
    where they are whole numbers, and sorted first where they are not. Memory beside the matrix: a block and the counts, and
    two copies of the matrix where it must be sorted.
    [[1, 3], [1, NaN]] gives [[2, 0], [0, 1]] and [1, 3].
    """
    matrix = floats(ratings)
    if matrix.ndim != 2:
        raise ValueError(f"a matrix (raters, units) was expected, not {matrix.ndim} dimensions")
    if not matrix.size:
        return np.zeros((matrix.shape[1], 0), dtype=np.int64), np.zeros(0)
    counts, values = _counts_of_few(matrix) or _counts_of_steps(matrix) or _counts_of_any(matrix)
    if np.isinf(values).any():
        raise ValueError("a rating is infinite")
    return counts, values


def _blocks(matrix: Floats, most_raters: int) -> Iterator[tuple[slice, Floats]]:
    """Parts of a matrix, each with the units it is of, in the order it lies in memory: whole rows, or whole columns, as far as they fit."""
    raters, units = matrix.shape
    if abs(matrix.strides[1]) <= abs(matrix.strides[0]):
        width = min(units, _BLOCK)
        height = min(_BLOCK // width, most_raters)
    else:
        height = min(raters, _BLOCK, most_raters)
        width = _BLOCK // height
    for start in range(0, units, width):
        columns = slice(start, start + width)
        for first in range(0, raters, height):
            yield columns, matrix[first : first + height, columns]


def _counts_of_few(matrix: Floats) -> tuple[NDArray[np.int64], Floats] | None:
    """None when there are more values than `_FEW`, or so few units that each step would be about a sliver."""
    raters, units = matrix.shape
    if raters > _TALL * units:
        return None
    counts, values = np.zeros((_FEW, units), dtype=np.int64), np.zeros(0)
    for columns, block in _blocks(matrix, np.iinfo(np.uint8).max):
        rest, new = block.size - np.count_nonzero(np.isnan(block)), values
        while True:
            for place, value in enumerate(new, start=len(values) - len(new)):
                said = block == value
                counts[place, columns] += np.add.reduce(said.view(np.uint8), axis=0, dtype=np.uint8)
                rest -= np.count_nonzero(said)
            if not rest:
                break
            new = np.setdiff1d(block[~np.isnan(block)], values)
            values = np.concatenate([values, new])
            if len(values) > _FEW:
                return None
    order = np.argsort(values)
    return counts[order].T, values[order]


def _counts_of_steps(matrix: Floats) -> tuple[NDArray[np.int64], Floats] | None:
    """None when a rating is no whole number, or they lie too far apart for a table.

    A missing rating is counted one step below the lowest: `fmax` takes the number where the other is NaN.
    """
    lowest, highest = float(np.fmin.reduce(matrix, axis=None)), float(np.fmax.reduce(matrix, axis=None))
    if not (lowest.is_integer() and max(-lowest, highest) < _EXACT):
        return None
    units, bins = matrix.shape[1], int(highest - lowest) + 2
    if (bins - 1) * units > _LARGEST_TABLE:
        return None
    shift = np.arange(units) * float(bins) - (lowest - 1)
    counts = np.zeros(units * bins, np.min_scalar_type(len(matrix)))  # the narrower, the more of it stays in the cache
    one = counts.dtype.type(1)
    for columns, block in _blocks(matrix, _BLOCK):
        steps = np.fmax(block, lowest - 1)
        steps += shift[columns]
        if not np.array_equal(np.floor(steps), steps):
            return None
        np.add.at(counts, steps.astype(np.intp).ravel(), one)
    table = counts.reshape(units, bins)[:, 1:]
    used = np.flatnonzero(table.any(axis=0))
    return table[:, used].astype(np.int64), used.astype(np.float64) + lowest


def _counts_of_any(matrix: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The same for any values; NaN sorts behind all of them, into a last bin that is not kept."""
    values = np.unique(matrix)
    values = values[~np.isnan(values)]
    bins, units = len(values) + 1, matrix.shape[1]
    if bins * units > _LARGEST_TABLE:
        raise ValueError(f"{len(values)} distinct values are too many for a table; round the ratings first")
    keys = np.searchsorted(values, matrix) + bins * np.arange(units)
    return np.bincount(keys.ravel(), minlength=bins * units).reshape(units, bins)[:, :-1], values


def _table(counts: ArrayLike, values: ArrayLike, metric: Metric) -> tuple[Floats, Floats]:
    if metric not in get_args(Metric):
        raise ValueError(f"{metric} is no metric; these are: {', '.join(get_args(Metric))}")
    given, points = floats(counts), floats(values)
    if given.ndim != 2 or points.shape != given.shape[1:]:
        raise ValueError(f"counts (units, values) and values were expected, not {given.shape} and {points.shape}")
    if not np.isfinite(points).all() or (np.diff(points) <= 0).any():
        raise ValueError("values are finite and rise")
    if metric == "ratio" and (points < 0).any():
        raise ValueError("a ratio scale has no values below zero")
    if metric == "ratio" and len(points) ** 2 > _LARGEST_TABLE:
        raise ValueError(f"{len(points)} distinct values are too many for a table; round the ratings first")
    whole = np.asarray(counts).dtype.kind in "iub" or (given == np.floor(given)).all()
    if not (whole and (given >= 0).all()):
        raise ValueError("counts are whole numbers, none below zero")
    return given, points


def _disagreements(table: Floats, points: Floats, metric: Metric, weights: Floats) -> tuple[Floats, Floats]:
    """D_o and D_e (B,) of B weightings (B, U) of the units of a table (U, V) with two ratings or more a unit.

    A unit with m ratings adds Σ n_c n_k δ²_ck/(m − 1) to n·D_o. Where δ² is a squared distance of points p that sum is
    2(m Σ n p² − (Σ n p)²): no table of pairs of values is needed. Ordinal is that with mid-ranks for points.
    """
    totals = table.sum(axis=1)
    of_value = weights @ table
    n = of_value.sum(axis=1)
    if metric == "nominal":
        unlike = (totals**2 - np.einsum("uv,uv->u", table, table)) / (totals - 1)
        return weights @ unlike / n, (n**2 - (of_value**2).sum(axis=1)) / (n * (n - 1))
    if metric == "ratio":
        apart, expected = np.zeros(len(table)), np.zeros(len(weights))
        width = max(1, _AT_ONCE // max(*table.shape, len(weights)))
        for start in range(0, len(points), width):
            some = slice(start, start + width)
            sums = points[:, None] + points[some]
            distance = (np.subtract.outer(points, points[some]) / np.where(sums > 0, sums, 1)) ** 2
            apart += ((table @ distance) * table[:, some]).sum(axis=1)
            expected += ((of_value @ distance) * of_value[:, some]).sum(axis=1)
        return weights @ (apart / (totals - 1)) / n, expected / (n * (n - 1))
    if metric == "ordinal":
        places = np.cumsum(of_value, axis=1) - of_value / 2
        places -= n[:, None] / 2
    else:
        places = points - (of_value @ points / n)[:, None]
    squares, share = places**2, weights / (totals - 1)
    within = ((share * totals) @ table * squares).sum(axis=1) - (share * (places @ table.T) ** 2).sum(axis=1)
    between = n * (of_value * squares).sum(axis=1) - (of_value * places).sum(axis=1) ** 2
    return 2 * within / n, 2 * between / (n * (n - 1))


def _leave_one_unit_out(table: Floats, points: Floats, metric: Metric, level: float) -> Interval | str:
    """The interval of α (U, V) from units left out one at a time, or the word of `Alpha.no_interval`.

    α lies between −1/(k − 1) and 1 and is skewed towards both, so it is the logarithm of F = (1 + (k − 1)α)/(1 − α) that is
    left to the jackknife and Student's t, U − 1 degrees; k is the mean number of ratings of a unit. With
    F̂ = ((n − 1)/(1 − α̂) − (n − U))/(U − 1), n ratings, this is the ratio of mean squares of one-way analysis of variance.
    Of two values, where a unit can differ in one way only, it is log(F + ¼): log F holds the truth in 97 to 98 % of panels.

    Source: Arvesen & Schmitz (1970), Biometrics 26, 677–686; that α needs the jackknife: Hughes (2022), arXiv:2210.13265.
    """
    units, ratings = len(table), float(table.sum())
    if units < LEAST_UNITS:
        return "few_units"
    if float(table.sum(axis=0).max()) > MOST_OF_ONE_VALUE * ratings:
        return "one_value"
    if not _many_samples(table):
        return "few_samples"
    shift = SHIFT_OF_TWO if np.count_nonzero(table.any(axis=0)) == 2 else 0.0
    whole = math.log(_ratios(table, points, metric, np.ones((1, units)))[0] + shift)
    size = max(1, _AT_ONCE // max(table.shape))
    without = np.concatenate(
        [
            np.log(_ratios(table, points, metric, 1 - np.eye(min(size, units - start), units, start)) + shift)
            for start in range(0, units, size)
        ]
    )
    error = math.sqrt((units - 1) / units * float(((without - without.mean()) ** 2).sum()))
    if not (math.isfinite(whole) and error >= _NOTHING):
        return "edge"
    half, k = t_quantile((1 + level) / 2, units - 1) * error, ratings / units
    ends = (max(0.0, math.exp(min(_LARGEST_LOG, bound)) - shift) for bound in (whole - half, whole + half))
    low, high = (1 - k / (f + k - 1) for f in ends)
    return Interval(low, high, level, "jackknife/units")


def _many_samples(table: Floats) -> bool:
    """Whether LEAST_SAMPLES different samples, or more, are possible with as many ratings a unit and as many values as there are.

    A unit of m ratings and v values has C(m + v − 1, m) patterns, c such units come in C(c + patterns − 1, c) ways whatever their order.
    Two raters and two values: 3 patterns, so five units in C(7, 5) = 21 ways.
    """
    values = int(np.count_nonzero(table.any(axis=0)))
    samples = 1
    for ratings, units in zip(*np.unique(table.sum(axis=1), return_counts=True), strict=True):
        # Neither number need be larger than what is asked for: both only make the ways more.
        patterns = min(LEAST_SAMPLES, math.comb(min(LEAST_SAMPLES, int(ratings)) + values - 1, values - 1))
        units = min(LEAST_SAMPLES, int(units))
        samples *= math.comb(units + patterns - 1, units)
    return samples >= LEAST_SAMPLES


def _ratios(table: Floats, points: Floats, metric: Metric, weights: Floats) -> Floats:
    """F̂ (B,) of B weightings (B, U) by 0 and 1; NaN where α is at an end of its range, or undefined."""
    observed, expected = _disagreements(table, points, metric, weights)
    of_value = weights @ table
    n, units = of_value.sum(axis=1), weights.sum(axis=1)
    defined = (np.count_nonzero(of_value, axis=1) > 1) & (observed > _ROUNDING * expected)
    ratios = ((n - 1) * expected / np.where(defined, observed, np.nan) - (n - units)) / (units - 1)
    return np.where(ratios > _ROUNDING, ratios, np.nan)


@dataclass(frozen=True, slots=True)
class Correlation:
    """One intraclass correlation: its value, its interval from the F distribution, or why there is none.

    undefined   None, or why: no_variation (the mean squares it divides by are all zero), negative_variance (they add up
                to less than nothing, which ICC(2,k) can meet when raters differ less than chance would have them)
    interval    None when undefined, or when no residual varies: then F is infinite and says nothing about other panels
    """

    value: float | None
    undefined: str | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class IntraclassCorrelations:
    """The six forms of Shrout & Fleiss, by name, and the mean squares they come from.

    forms       ICC(1,1) … ICC(3,k): raters drawn anew for each target (1), from a pool (2), or these and no others (3);
                of one rating (,1) or of the mean of k (,k)
    between     BMS of targets, n − 1 degrees · `within` WMS of raters inside a target, n(k − 1)
    raters      JMS of raters, k − 1 · `residual` EMS, (n − 1)(k − 1)
    """

    forms: Mapping[str, Correlation]
    between: float
    within: float
    raters: float
    residual: float
    n_targets: int
    n_raters: int
    level: float
    method: str = "icc-shrout-fleiss"
    version: str = VERSION


def icc(ratings: ArrayLike, *, level: float = 0.95) -> IntraclassCorrelations:
    """Intraclass correlations of a complete matrix (targets, raters) by mean squares, with F intervals at `level`.

    ValueError: a missing rating (see `panel_reliability`), one target, one rater, infinite values.
    Targets (1, 3) and (3, 5) of two raters: BMS 4, WMS 2, JMS 4, EMS 0; ICC(1,1) = (4 − 2)/(4 + 2) = 1/3,
    ICC(2,1) = 4/(4 + 2·4/2) = 1/2, ICC(3,1) = 1.

    Source: Shrout & Fleiss (1979), Psychological Bulletin 86, 420–428.
    """
    check_level(level)
    matrix = floats(ratings)
    if matrix.ndim != 2 or min(matrix.shape) < 2:
        raise ValueError(f"a matrix of two targets and two raters or more was expected, not {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise ValueError("a rating is missing or infinite; panel_reliability takes missing ratings")
    n, k = matrix.shape
    deviations = matrix - matrix.mean()
    targets, judges = deviations.mean(axis=1), deviations.mean(axis=0)
    within = _clean((deviations - targets[:, None]) ** 2, matrix) / (n * (k - 1))
    residual = _clean((deviations - targets[:, None] - judges) ** 2, matrix) / ((n - 1) * (k - 1))
    between = k * _clean(targets**2, matrix) / (n - 1)
    raters = n * _clean(judges**2, matrix) / (k - 1)
    squares = _MeanSquares(between, within, raters, residual, n, k)
    return IntraclassCorrelations(_forms(squares, level), between, within, raters, residual, n, k, level)


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    between: float
    within: float
    raters: float
    residual: float
    n: int
    k: int


def _clean(squares: Floats, matrix: Floats) -> float:
    """Sum of squares, zero where it is only the rounding of the marks it came from."""
    total = float(squares.sum())
    noise = (4 * np.finfo(np.float64).eps * float(np.abs(matrix).max())) ** 2 * squares.size
    return total if total > noise else 0.0


def _forms(ms: _MeanSquares, level: float) -> dict[str, Correlation]:
    n, k, b, w, j, e = ms.n, ms.k, ms.between, ms.within, ms.raters, ms.residual
    of_one = _interval_of_ratio(b, w, n - 1, n * (k - 1), k, level)
    of_pool = _interval_of_pool(ms, level)
    of_these = _interval_of_ratio(b, e, n - 1, (n - 1) * (k - 1), k, level)
    return {
        "ICC(1,1)": _correlation(b - w, [b, (k - 1) * w], of_one),
        "ICC(2,1)": _correlation(b - e, [b, (k - 1) * e, k * j / n, -k * e / n], of_pool),
        "ICC(3,1)": _correlation(b - e, [b, (k - 1) * e], of_these),
        "ICC(1,k)": _correlation(b - w, [b], _of_mean(of_one, k)),
        "ICC(2,k)": _correlation(b - e, [b, j / n, -e / n], _of_mean(of_pool, k)),
        "ICC(3,k)": _correlation(b - e, [b], _of_mean(of_these, k)),
    }


def _correlation(above: float, parts: list[float], interval: Interval | None) -> Correlation:
    """Over the sum of the parts, which is nothing where they cancel out but for their rounding; with its interval, widened to hold it.

    F of few degrees has its middle away from 1: an interval at 10 % or less, of equal tails, can lie on one side of the correlation.
    """
    below = sum(parts)
    if abs(below) <= _ROUNDING * sum(map(abs, parts)):
        below = 0.0
    if below <= 0:
        return Correlation(None, "no_variation" if below == 0 else "negative_variance", None)
    value = above / below
    if interval is not None:
        interval = replace(interval, low=min(interval.low, value), high=max(interval.high, value))
    return Correlation(value, None, interval)


def _interval_of_ratio(
    above: float, below: float, df_above: int, df_below: int, k: int, level: float
) -> Interval | None:
    """Of ICC(1,1) and ICC(3,1): both are (F − 1)/(F + k − 1) of a ratio of mean squares."""
    if above == 0 or below == 0:
        return None
    upper = (1 + level) / 2
    low = above / below / f_quantile(upper, df_above, df_below)
    high = above / below * f_quantile(upper, df_below, df_above)
    return Interval((low - 1) / (low + k - 1), (high - 1) / (high + k - 1), level, "F")


def _interval_of_pool(ms: _MeanSquares, level: float) -> Interval | None:
    """Of ICC(2,1): Satterthwaite's degrees of freedom for a sum of mean squares.

    They are never fewer than those of the mean square with the fewest, of the raters. Below a correlation of 0 the sum is a difference, to
    which his formula gives next to none: F of those lies below 1, and the interval on one side of the correlation.
    """
    n, k, b, j, e = ms.n, ms.k, ms.between, ms.raters, ms.residual
    if b == 0 or e == 0:
        return None
    rho = (b - e) / (b + (k - 1) * e + k * (j - e) / n)
    spread = n * (1 + (k - 1) * rho) - k * rho
    above = (k - 1) * (n - 1) * (k * rho * j / e + spread) ** 2
    degrees = max(k - 1, above / ((n - 1) * k**2 * rho**2 * (j / e) ** 2 + spread**2))
    low_f = f_quantile((1 + level) / 2, n - 1, degrees)
    high_f = f_quantile((1 + level) / 2, degrees, n - 1)
    rest = k * j + (k * n - k - n) * e
    low = n * (b - low_f * e) / (low_f * rest + n * b)
    high = n * (high_f * b - e) / (rest + n * high_f * b)
    return Interval(low, high, level, "F")


def _of_mean(interval: Interval | None, k: int) -> Interval | None:
    """Spearman–Brown: from one rating to the mean of k; −1/(k − 1) and less of one rating has no lower end in the mean."""
    if interval is None or 1 + (k - 1) * interval.high <= 0:
        return None
    low, high = interval.low, interval.high
    low = k * low / (1 + (k - 1) * low) if 1 + (k - 1) * low > 0 else -math.inf
    return replace(interval, low=low, high=k * high / (1 + (k - 1) * high))


@dataclass(frozen=True, slots=True)
class PanelReliability:
    """What the ICCs say of complete panels, for panels with missing ratings; under other names, as it is another method.

    dependability       σ²_t/(σ²_t + (σ²_r + σ²_ε)/k) – severity of raters counts as error (ICC(2,·) of a full panel)
    generalizability    σ²_t/(σ²_t + σ²_ε/k) – severity is common to all targets (ICC(3,·) of a full panel)
    …_of_one            k = 1 · `…_of_mean`: k = `raters_per_target`, the harmonic mean over targets
    components          the variances and how they were found; a variance of 0 is its lower bound, not a finding
    """

    dependability_of_one: float
    generalizability_of_one: float
    dependability_of_mean: float
    generalizability_of_mean: float
    raters_per_target: float
    components: Components
    method: str = "generalizability-reml"
    version: str = VERSION


def panel_reliability(ratings: ArrayLike) -> PanelReliability:
    """Reliability of a matrix (targets, raters) with NaN for missing, from REML components of the additive model.

    Raises as `variance_components` does, NotEstimable by name, when the ratings cannot tell the variances apart.
    Targets (1, 2), (2, 4), (4, 5) of two raters: BMS 9/2, JMS 8/3, EMS 1/6, so σ²_t = (9/2 − 1/6)/2 = 13/6,
    σ²_r = (8/3 − 1/6)/3 = 5/6, σ²_ε = 1/6; one rating has generalizability 13/14 and dependability 13/19.

    Source: Brennan (2001), Generalizability Theory, for the two coefficients.
    """
    matrix = floats(ratings)
    if matrix.ndim != 2:
        raise ValueError(f"a matrix (targets, raters) was expected, not {matrix.ndim} dimensions")
    targets, raters = np.nonzero(~np.isnan(matrix))
    found = variance_components(matrix[targets, raters], raters, targets)
    k = 1 / float(np.mean(1 / np.bincount(targets)))
    t, r, e = found.teams, found.reviewers, found.residual
    return PanelReliability(t / (t + r + e), t / (t + e), t / (t + (r + e) / k), t / (t + e / k), k, found)


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W of judges who each ranked all objects.

    value           0 … 1, ties corrected; `uncorrected` as if there were none
    undefined       None, or why: one_judge, one_object, no_order (no judge, or one only, told objects apart)
    judges          how many W is about: those who told at least two objects apart
    flat            positions of those who did not; they rank nothing and are not in W. Counting them would only divide:
                    W·judges/(judges + flat)
    chi2, df        Friedman's statistic judges·(n − 1)·W and its degrees n − 1; flat judges leave it as it is
    p               chance of a W at least this high where nobody agrees: every order of a judge's marks as likely as another. Counted out for
                    few judges and objects, by Kendall & Babington Smith's F for more (`p_exact` says which)
    mean_rho        mean rank correlation of two judges, (judges·W − 1)/(judges − 1)
    interval        None with fewer than five judges or four objects, when all agree, or all but one do, or leaving any out changes nothing
    """

    value: float | None
    undefined: str | None
    uncorrected: float | None
    judges: int
    objects: int
    flat: tuple[int, ...]
    chi2: float | None = None
    df: int | None = None
    p: float | None = None
    p_exact: bool = False
    mean_rho: float | None = None
    interval: Interval | None = None
    method: str = "kendall-w"
    version: str = VERSION


def kendall_w(marks: ArrayLike, *, level: float = 0.95) -> Concordance:
    """W of a complete matrix (judges, objects); only the order of a judge's marks counts, ties get mid-ranks.

    With c_j the centred ranks of judge j: W = |Σ c_j|²/(m Σ|c_j|²), which is Siegel's formula
    (12 Σ R² − 3 m² n (n + 1)²)/(m² n (n² − 1) − m Σ T), T = Σ(t³ − t) over a judge's ties.
    The interval leaves out one judge at a time (`_leave_one_judge_out`): a resample with repeated judges would agree with
    itself. Memory beside the marks: their ranks, and the square of judges or of objects, whichever are fewer. ValueError: a
    missing or infinite mark, not two dimensions.

    Judges (1, 2, 3), (1, 2, 3), (2, 1, 3): rank sums 4, 5, 9, deviations −2, −1, 3, so W = 12·14/(9·3·8) = 7/9.

    Source: Siegel (1956), Nonparametric Statistics, ch. 9.
    """
    check_level(level)
    matrix = floats(marks)
    if matrix.ndim != 2:
        raise ValueError(f"a matrix (judges, objects) was expected, not {matrix.ndim} dimensions")
    if not np.isfinite(matrix).all():
        raise ValueError("a mark is missing or infinite: W is for judges who ranked everything")
    centred = np.array([mid_ranks(row) for row in matrix]).reshape(matrix.shape) - (matrix.shape[1] + 1) / 2
    tells = centred.any(axis=1)
    flat = tuple(int(position) for position in np.flatnonzero(~tells))
    centred = centred[tells]
    m, n = centred.shape
    if len(matrix) < 2 or n < 2 or m < 2:
        undefined = "one_judge" if len(matrix) < 2 else "one_object" if n < 2 else "no_order"
        return Concordance(None, undefined, None, m, n, flat)
    together, alone = float((centred.sum(axis=0) ** 2).sum()), float((centred**2).sum())
    w = together / (m * alone)
    uncorrected = 12 * together / (m**2 * n * (n**2 - 1))
    mean_rho = (m * w - 1) / (m - 1)
    interval = _leave_one_judge_out(centred, mean_rho, level) if m >= LEAST_JUDGES and n >= LEAST_OBJECTS else None
    counted = _counted_chance(centred)
    p = _chance_by_f(w, m, n) if counted is None else counted
    return Concordance(
        w, None, uncorrected, m, n, flat, m * (n - 1) * w, n - 1, p, counted is not None, mean_rho, interval
    )


def mid_ranks(marks: Floats) -> Floats:
    """Ranks 1 … n of marks (n,), the lowest first, equal marks at the middle of their places. (5, 7, 7) → (1, 2.5, 2.5)."""
    refuse_masked(marks, "a mark")
    _, places, sizes = np.unique(marks, return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - (sizes - 1) / 2
    return middle[places]


def _counted_chance(centred: Floats) -> float | None:
    """P of a W at least as high as of these centred ranks (m, n), over all orders of each judge's ranks; None where that is too many.

    W rises with |Σ c_j|². Objects that change places in all judges alike change nothing, so the first judge stays as she is, and of the sums
    so far only how often each occurs in which order of size: judge by judge the sums with every order of the next are told together.
    """
    ranks = np.rint(2 * centred).astype(np.int64)  # mid-ranks are halves
    reached = int((ranks.sum(axis=0) ** 2).sum())
    judges, objects = ranks.shape
    if objects > _MOST_OBJECTS or (2 * judges * objects) ** objects > _LARGEST_KEY:
        return None
    places = (2 * judges * objects) ** np.arange(objects)
    # Judges by what they tied, so that their order does not decide whether there are too many.
    ranks = np.sort(ranks, axis=1)
    ranks = ranks[np.lexsort(ranks.T)]
    sums, looked_at = ranks[:1], 0
    chances: Floats = np.ones(1)
    for own in ranks[1:]:
        orders = np.array(sorted(set(itertools.permutations(own.tolist()))))
        looked_at += len(sums) * len(orders)
        if looked_at > _MOST_ORDERS:
            return None
        sums = np.sort((sums[:, None] + orders).reshape(-1, objects), axis=1)
        _, first, place = np.unique((sums + judges * objects) @ places, return_index=True, return_inverse=True)
        sums = sums[first]
        chances = np.asarray(np.bincount(place, np.repeat(chances / len(orders), len(orders))), np.float64)
    return min(1.0, float(chances[(sums**2).sum(axis=1) >= reached].sum()))


def _chance_by_f(w: float, m: int, n: int) -> float:
    """P of a W at least this high by chance, of so many that F has degrees of freedom and W = 1 all but no chance."""
    above = n - 1 - 2 / m
    return 0.0 if math.isclose(w, 1) else f_tail((m - 1) * w / (1 - w), above, (m - 1) * above)


def _leave_one_judge_out(centred: Floats, mean_rho: float, level: float) -> Interval | None:
    """The interval of W of centred ranks (m, n) by the jackknife over judges and Student's t, m − 1 degrees, on the logarithm of F + ½.

    F = (m − 1)W/(1 − W) is the ratio that `p` looks up. Fisher's z is the logarithm of F + (m − 2)/2: of many judges who hardly
    agree that is straight, and W, which cannot be below 0, is not; log F goes to −∞ where rank sums are level. Between judges who
    agree by chance alone the jackknife sees 2(m − 1)/(m − 2) times the variance there is (Efron & Stein 1981), so it is taken down by
    half of what the unbiased variance of `mean_rho`, a mean over pairs (Wang & Lindsay 2014), falls short of the jackknife's: alone
    the unbiased one is too rough, and of five judges too small (docs/scoring-study.md).

    Source: Arvesen (1969), Ann. Math. Stat. 40, 2076–2100; Efron & Stein (1981), Ann. Stat. 9, 586–596; Wang & Lindsay (2014),
    Statistica Sinica 24, 1117–1141.
    """
    m = len(centred)
    own = (centred**2).sum(axis=1)
    pairs = centred @ centred.sum(axis=0) - own
    alone = own.sum() - own
    without = (pairs.sum() - 2 * pairs) / ((m - 2) * alone)
    if max(mean_rho, float(without.max())) > 1 - _ROUNDING:
        return None
    log_f, left = (np.log((1 + (m - 1) * rho) / (1 - rho) + 0.5) for rho in (np.float64(mean_rho), without))
    share = _share_of_jackknife(centred)
    variance = (m - 1) / m * float(((left - left.mean()) ** 2).sum()) * (1 + share) / 2
    if variance < _NOTHING**2:
        return None
    half = t_quantile((1 + level) / 2, m - 1) * math.sqrt(variance)
    ends = (max(0.0, math.exp(min(_LARGEST_LOG, bound)) - 0.5) for bound in (log_f - half, log_f + half))
    low, high = (f / (f + m - 1) for f in ends)
    return Interval(low, high, level, "jackknife/judges")


def _share_of_jackknife(centred: Floats) -> float:
    """Unbiased variance of the mean of r_ij over pairs of judges, as a share of the jackknife's; m ≥ 4.

    Between 1 and (m − 2)/(2(m − 1)), which it is where any two judges agree by chance alone: then Var r̄ = 2ζ/(m(m − 1)) and the jackknife
    is 4ζ/(m(m − 2)) on average, with ζ = Var r_ij.

    Var r̄ = E r̄² − ρ², and ρ² is on average the mean of r_ij r_kl over pairs with no judge in common. With the products of the centred
    ranks for r (they are r but for one factor): Σ r_ij r_kl = S² − 4 Σ_i (Σ_j r_ij)² + 2 Σ r_ij², S = Σ r_ij, all i ≠ j. Σ r_ij² is the
    same of judges as of objects but for those of a judge with herself, and taken of whichever are fewer.
    """
    m, n = centred.shape
    own = (centred**2).sum(axis=1)
    rows = centred @ centred.sum(axis=0) - own
    gram = centred.T @ centred if n < m else centred @ centred.T
    squares, whole = float((gram**2).sum() - (own**2).sum()), float(rows.sum())
    apart = (whole**2 - 4 * float((rows**2).sum()) + 2 * squares) / (m * (m - 1) * (m - 2) * (m - 3))
    unbiased = (whole / (m * (m - 1))) ** 2 - apart
    without = (whole - 2 * rows) / ((m - 1) * (m - 2))
    jackknife = (m - 1) / m * float(((without - without.mean()) ** 2).sum())
    return min(1.0, max((m - 2) / (2 * (m - 1)), unbiased / jackknife)) if jackknife > 0 else 1.0
