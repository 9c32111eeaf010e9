"""What a study says: one table as text, and the picture of some of its rows. Everything that is printed is decided here, once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import floor, sqrt

import numpy as np

from evaluations.scoring.comparisons import Floats

BAND = (93.0, 97.0)
"""Per cent of replications in which a 95 % interval has to hold the truth to be called one."""
Z = 1.959964


@dataclass(frozen=True)
class Picture:
    """Rows of `portal.charts.intervals`: label, low, value, high; `cut` is where the line is drawn."""

    title: str
    rows: tuple[tuple[str, str, str, str], ...]
    minimum: str
    maximum: str
    cut: str | None = None


@dataclass(frozen=True)
class Study:
    """A table with its head, after so many replications a row."""

    title: str
    replications: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    picture: Picture | None = None


@dataclass
class Hits:
    """How often the intervals of one kind held the truth: one share a replication, as intervals of one replication go together."""

    interval: str
    data: str
    shares: list[float] = field(default_factory=list)

    def add(self, covered: Iterable[bool] | np.ndarray) -> None:
        self.shares.append(float(np.mean(np.asarray(covered, np.float64))))

    @property
    def coverage(self) -> float:
        return 100 * float(np.mean(self.shares))

    @property
    def error(self) -> float:
        """Half of the 95 % interval of the coverage itself, in percentage points."""
        return 100 * Z * float(np.std(self.shares)) / sqrt(len(self.shares))

    @property
    def verdict(self) -> str:
        if BAND[0] <= self.coverage <= BAND[1]:
            return "예"
        return "아니요: 좁다" if self.coverage < BAND[0] else "아니요: 넓다"


def held(truth: Floats, centre: Floats, se: Floats, quantile: float = Z) -> Floats:
    return np.abs(centre - truth) <= quantile * se


def between(truth: Floats | float, low: Floats | float, high: Floats | float) -> Floats:
    return (np.asarray(low) <= truth) & (truth <= np.asarray(high))


def coverage(title: str, hits: Sequence[Hits]) -> Study:
    """The table and the picture of coverages."""
    rows = tuple((one.interval, one.data, f"{one.coverage:.1f}", f"±{one.error:.1f}", one.verdict) for one in hits)
    least = min(100.0, *(one.coverage - one.error for one in hits))
    drawn = tuple(
        (
            f"{one.interval}, {one.data}",
            f"{max(0.0, one.coverage - one.error):.1f}",
            f"{one.coverage:.1f}",
            f"{min(100.0, one.coverage + one.error):.1f}",
        )
        for one in hits
    )
    return Study(
        title,
        len(hits[0].shares),
        ("구간", "자료", "포함률(%)", "모의 오차", "93–97 %인가"),
        rows,
        Picture(f"{title}: 포함률(%)", drawn, str(max(0, 10 * floor(min(least, 89.9) / 10))), "100", "95"),
    )


def rmse(errors: Sequence[Floats]) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))
