"""Intervals of agreement: α by leaving units out, ICC by F, W by leaving judges out."""

from collections.abc import Callable
from statistics import NormalDist

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
    kinds = (_alpha, _two_categories, _icc, _kendall)
    return coverage("일치도", [hits for kind in kinds for hits in kind(rng, replications)])


def _marks(raters: int, centre: float = 3, unit_sd: float = UNIT_SD, noise_sd: float = NOISE_SD, top: int = 5) -> Marks:
    """Marks 1 … `top` of raters who are always the same; more or fewer than five are as far apart as those."""
    severities = _severities(raters, noise_sd)[:, None]

    def drawn(units: int, rng: np.random.Generator) -> Floats:
        signal = rng.normal(0, unit_sd, units) + severities + rng.normal(0, noise_sd, (raters, units))
        return np.clip(np.round(centre + signal), 1, top)

    return drawn


def _severities(raters: int, noise_sd: float) -> Floats:
    ends = np.interp(np.linspace(0, 1, raters), np.linspace(0, 1, len(SEVERITIES)), SEVERITIES)
    return np.asarray(ends * noise_sd / NOISE_SD)


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


def _two_categories(rng: np.random.Generator, replications: int) -> list[Hits]:
    """With how rare a category is and how far raters agree drawn anew for every panel: few units come in few ways, so that α is held
    more often at some truths and less often at others, and it is their mean that can be 95 %."""
    found = []
    for raters, units in ((5, 5), (5, 20), (10, 5), (2, 5), (2, 20), (3, 5), (3, 10)):
        hits = Hits(f"α 범주 둘, 여러 참값, 위원 {raters}", f"단위 {units}")
        for _ in range(replications):
            centre, unit_sd = rng.uniform(1.2, 1.8), rng.uniform(0.3, 2.0)
            marks = _marks(raters, centre, unit_sd, top=2)(units, rng)
            interval = krippendorff_alpha(marks, metric="nominal", level=LEVEL).interval
            hits.add_one(interval, _alpha_of_two(raters, centre, unit_sd))
        found.append(hits)
    return found


def _alpha_of_two(raters: int, centre: float, unit_sd: float) -> float:
    """α of all units there are, rated 1 or 2 as in `_marks`."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    above = (centre + unit_sd * nodes[:, None] + _severities(raters, NOISE_SD) - 1.5) / NOISE_SD
    second = np.vectorize(NormalDist().cdf)(above)
    likely = (
        weights
        / weights.sum()
        @ np.stack([second.sum(axis=1), (second**2).sum(axis=1), second.sum(axis=1) ** 2], axis=1)
    )
    once, alike, pairs = likely / [raters, raters, raters**2]
    both = (raters**2 * pairs - raters * alike) / (raters * (raters - 1))
    return float(1 - (once - both) / (once * (1 - once)))


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
    found = []
    for name, noise, minds in (
        ("보통", 1.0, (1.0, 0.0)),
        ("많이 일치", 0.4, (1.0, 0.0)),
        ("거의 불일치", 3.0, (1.0, 0.0)),
        ("생각이 갈림", 1.0, (0.4, 1.0)),
    ):
        # How far each judge sees the order as it is, or the other way round: its mean and its standard deviation.

        def drawn(judges: int, noise: float = noise, minds: tuple[float, float] = minds) -> Floats:
            return np.linspace(-1, 1, 5) * rng.normal(*minds, (judges, 1)) + rng.normal(0, noise, (judges, 5))

        places = drawn(MANY).argsort(axis=1).argsort(axis=1) - 2.0
        # Σ c² = 10 for five ranks: the mean product of two judges over it.
        rho = float((places.mean(axis=0) ** 2).sum() / 10)
        for judges in (5, 10, 30):
            truth = (1 + (judges - 1) * rho) / judges
            hits = Hits(f"W, jackknife, {name}", f"위원 {judges} × 팀 5")
            for _ in range(replications):
                hits.add_one(kendall_w(drawn(judges)).interval, truth)
            found.append(hits)
    return found
