"""What a statistic says about its own uncertainty: one record for all, and draws that anybody can repeat."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high` at `level`, in the unit of the statistic.

    method      how it came about, in one word and its object: "jackknife/units", "jackknife/judges", "F"
    """

    low: float
    high: float
    level: float
    method: str


def generator(seed: int) -> np.random.Generator:
    """PCG64 by name: numpy may change its default, a seed in a published result may not change its meaning."""
    return np.random.Generator(np.random.PCG64(seed))


def check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"a level between 0 and 1 was expected, not {level}")
