"""Intervals of agreement: α by leaving units out, ICC by F, W by leaving judges out."""

from collections.abc import Callable

import numpy as np

from evaluations.scoring.agreement import Metric, icc, kendall_w, krippendorff_alpha
from evaluations.scoring.comparisons import Floats
from script.studies.records import Hits, Study, coverage

LEVEL = 0.95
RATERS = 5
UNIT_SD, RATER_SD, NOISE_SD = 1.0, 0.4, 0.9
SEVERITIES = np.array([-0.5, -0.2, 0.0, 0.2, 0.5])
MANY = 200_000
"""Units whose α stands for that of all units: its own error is below 0.002."""
Marks = Callable[[int, np.random.Generator], Floats]


def agreement(rng: np.random.Generator, replications: int) -> Study:
    return coverage("일치도", [*_alpha(rng, replications), *_icc(rng, replications), *_kendall(rng, replications)])


def _marks(raters: int, centre: float = 3, unit_sd: float = UNIT_SD, noise_sd: float = NOISE_SD, top: int = 5) -> Marks:
    """Marks 1 … `top` of raters who are always the same; more or fewer than five are as far apart as those."""
    ends = np.interp(np.linspace(0, 1, raters), np.linspace(0, 1, len(SEVERITIES)), SEVERITIES)
    severities = ends[:, None] * noise_sd / NOISE_SD

    def drawn(units: int, rng: np.random.Generator) -> Floats:
        signal = rng.normal(0, unit_sd, units) + severities + rng.normal(0, noise_sd, (raters, units))
        return np.clip(np.round(centre + signal), 1, top)

    return drawn


def _with_holes(marks: Marks, kept: int) -> Marks:
    """The same, each unit seen by `kept` of the raters."""

    def drawn(units: int, rng: np.random.Generator) -> Floats:
        full = marks(units, rng)
        return np.where(rng.random(full.shape).argsort(axis=0) < kept, full, np.nan)

    return drawn


ALPHAS: tuple[tuple[str, Metric, Marks, tuple[int, ...]], ...] = (
    ("순서, 위원 5", "ordinal", _marks(5), (4, 5, 10, 20, 50, 200)),
    ("순서, 위원 10", "ordinal", _marks(10), (4, 5, 20)),
    ("순서, 위원 2", "ordinal", _marks(2), (5, 20)),
    ("순서, 위원 6 가운데 3", "ordinal", _with_holes(_marks(6), 3), (5, 20)),
    ("순서, 많이 일치", "ordinal", _marks(10, unit_sd=1.5, noise_sd=0.5), (5, 20)),
    ("순서, 거의 불일치", "ordinal", _marks(10, unit_sd=0.4), (5, 20)),
    ("순서, 높은 쪽에 몰림", "ordinal", _marks(10, 5, 0.6, 0.6), (5, 10, 20, 50)),
    ("점수 1–100", "interval", _marks(10, 70, 8, 7, 100), (5, 20)),
    ("범주 둘", "nominal", _marks(5, 1.5, 1, 0.9, 2), (5, 20)),
)


def _alpha(rng: np.random.Generator, replications: int) -> list[Hits]:
    found = []
    for name, metric, marks, sizes in ALPHAS:
        truth = krippendorff_alpha(marks(MANY // 2, rng), metric=metric).value or 0.0
        for units in sizes:
            hits = Hits(f"α {name}", f"단위 {units}")
            for _ in range(replications):
                hits.add_one(krippendorff_alpha(marks(units, rng), metric=metric, level=LEVEL).interval, truth)
            found.append(hits)
    return found


def _icc(rng: np.random.Generator, replications: int) -> list[Hits]:
    of_unit, of_rater, of_noise = UNIT_SD**2, RATER_SD**2, NOISE_SD**2
    truths = {
        "ICC(1,1)": of_unit / (of_unit + of_noise),
        "ICC(2,1)": of_unit / (of_unit + of_rater + of_noise),
        "ICC(2,k)": of_unit / (of_unit + (of_rater + of_noise) / RATERS),
        "ICC(3,1)": of_unit / (of_unit + of_noise),
    }
    found = []
    for targets in (5, 20):
        kinds = {name: Hits(f"{name}, F", f"대상 {targets} × 위원 {RATERS}") for name in truths}
        for _ in range(replications):
            plain = rng.normal(0, UNIT_SD, (targets, 1)) + rng.normal(0, NOISE_SD, (targets, RATERS))
            # ICC(1,1) is of raters drawn anew for each target: they have no effect of their own.
            forms = {**icc(plain + rng.normal(0, RATER_SD, RATERS)).forms, "ICC(1,1)": icc(plain).forms["ICC(1,1)"]}
            for name, hits in kinds.items():
                hits.add_one(forms[name].interval, truths[name])
        found += kinds.values()
    return found


def _kendall(rng: np.random.Generator, replications: int) -> list[Hits]:
    objects = np.linspace(-1, 1, 5)
    found = []
    for name, noise in (("보통", 1.0), ("많이 일치", 0.4), ("거의 불일치", 3.0)):
        places = (objects + rng.normal(0, noise, (MANY, 5))).argsort(axis=1).argsort(axis=1) - 2.0
        # Σ c² = 10 for five ranks: the mean product of two judges over it.
        rho = float((places.mean(axis=0) ** 2).sum() / 10)
        for judges in (5, 10, 30):
            truth = (1 + (judges - 1) * rho) / judges
            hits = Hits(f"W, jackknife, {name}", f"위원 {judges} × 팀 5")
            for _ in range(replications):
                hits.add_one(kendall_w(objects + rng.normal(0, noise, (judges, 5))).interval, truth)
            found.append(hits)
    return found
