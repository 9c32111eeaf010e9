"""What a study says: one table as text, and the picture of some of its rows. Everything that is printed is decided here, once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import floor, sqrt

import numpy as np

from evaluations.scoring.comparisons import Floats
from evaluations.scoring.intervals import Interval

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
    """How often the intervals of one kind held the truth: one share a replication, as intervals of one replication go together.

    contrast    no page shows this interval, or none for this question: it stands beside the one that is shown
    at_least    of whole numbers: where the data tell them apart the interval is one of them and always right, so that it promises to hold
                the truth in no fewer than 95 % of cases, and may in more
    none        replications in which there was no interval, and its method said why
    """

    interval: str
    data: str
    contrast: bool = False
    at_least: bool = False
    shares: list[float] = field(default_factory=list)
    none: int = 0

    def add(self, covered: Iterable[bool] | np.ndarray) -> None:
        self.shares.append(float(np.mean(np.asarray(covered, np.float64))))

    def add_one(self, interval: Interval | None, truth: float) -> None:
        if interval is None:
            self.none += 1
        else:
            self.add([interval.low <= truth <= interval.high])

    @property
    def replications(self) -> int:
        return len(self.shares) + self.none

    @property
    def row(self) -> tuple[str, ...]:
        data = f"{self.data} (구간 없음 {100 * self.none / self.replications:.1f}%)" if self.none else self.data
        if not self.shares:
            return self.interval, data, "–", "–", "구간 없음"
        return self.interval, data, f"{self.coverage:.1f}", f"±{self.error:.1f}", self.verdict

    @property
    def coverage(self) -> float:
        return 100 * float(np.mean(self.shares))

    @property
    def error(self) -> float:
        """Half of the 95 % interval of the coverage itself, in percentage points."""
        return 100 * Z * float(np.std(self.shares)) / sqrt(len(self.shares))

    @property
    def verdict(self) -> str:
        if self.coverage < BAND[0]:
            word = "아니요: 좁다"
        elif self.at_least:
            word = "예: 적어도 95 %"
        else:
            word = "예" if self.coverage <= BAND[1] else "아니요: 넓다"
        return f"{word} (견주기)" if self.contrast else word


def held(truth: Floats, centre: Floats, se: Floats, quantile: float | Floats = Z) -> Floats:
    return np.abs(centre - truth) <= quantile * se


def between(truth: Floats | float, low: Floats | float, high: Floats | float) -> Floats:
    return (np.asarray(low) <= truth) & (truth <= np.asarray(high))


def coverage(title: str, hits: Sequence[Hits]) -> Study:
    """The table and the picture of coverages."""
    pictured = [one for one in hits if one.shares]
    least = min([100.0, *(one.coverage - one.error for one in pictured)])
    drawn = tuple(
        (
            f"{one.interval}, {one.data}",
            f"{max(0.0, one.coverage - one.error):.1f}",
            f"{one.coverage:.1f}",
            f"{min(100.0, one.coverage + one.error):.1f}",
        )
        for one in pictured
    )
    return Study(
        title,
        hits[0].replications,
        ("구간", "자료", "포함률(%)", "모의 오차", "93–97 %인가"),
        tuple(one.row for one in hits),
        Picture(f"{title}: 포함률(%)", drawn, str(max(0, 10 * floor(min(least, 89.9) / 10))), "100", "95"),
    )


def rmse(errors: Sequence[Floats]) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))
