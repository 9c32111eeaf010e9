"""What a statistic says about its own uncertainty: one record for all, and draws that anybody can repeat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high` at `level`, in the unit of the statistic.

    method      how it came about, in one word and its object: "bootstrap/units", "jackknife/judges", "F"
    draws       resamples drawn, and of those how many were `undefined` and left out; None without a draw
    seed        of PCG64; None without a draw
    """

    low: float
    high: float
    level: float
    method: str
    draws: int | None = None
    undefined: int | None = None
    seed: int | None = None


def generator(seed: int) -> np.random.Generator:
    """PCG64 by name: numpy may change its default, a seed in a published result may not change its meaning."""
    return np.random.Generator(np.random.PCG64(seed))


def percentile_interval(statistics: NDArray[np.float64], level: float, method: str, seed: int) -> Interval | None:
    """The middle `level` of resampled statistics (D,), NaN where a resample left the statistic undefined.

    None when more than half of the resamples are undefined: the rest would be a choice, not a sample. Quantiles are
    order statistics joined by lines (Hyndman & Fan 1996, type 7): of 0, 1, …, 100 the middle 90 % is 5 to 95.
    """
    check_level(level)
    defined = statistics[~np.isnan(statistics)]
    undefined = len(statistics) - len(defined)
    if len(defined) <= undefined:
        return None
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level, method, len(statistics), undefined, seed)


def check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"a level between 0 and 1 was expected, not {level}")
