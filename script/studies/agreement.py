"""Intervals of agreement: α by units drawn again, ICC by F, W by leaving judges out."""

import numpy as np

from evaluations.scoring.agreement import icc, kendall_w, krippendorff_alpha, krippendorff_alpha_from_counts
from evaluations.scoring.comparisons import Floats
from script.studies.records import Hits, Study, coverage

RATERS = 5
DRAWS = 500
UNIT_SD, RATER_SD, NOISE_SD = 1.0, 0.4, 0.9
SEVERITIES = np.array([-0.5, -0.2, 0.0, 0.2, 0.5])
MANY = 200_000
"""Units whose α stands for that of all units: its own error is below 0.001."""


def agreement(rng: np.random.Generator, replications: int) -> Study:
    return coverage("일치도", [*_alpha(rng, replications), *_icc(rng, replications), *_kendall(rng, replications)])


def _marks(units: int, rng: np.random.Generator) -> Floats:
    """Marks 1 … 5 of the five raters, who are always the same."""
    signal = rng.normal(0, UNIT_SD, units) + SEVERITIES[:, None] + rng.normal(0, NOISE_SD, (RATERS, units))
    return np.clip(np.round(3 + signal), 1, 5)


def _alpha(rng: np.random.Generator, replications: int) -> list[Hits]:
    found = []
    many = _marks(MANY, rng).astype(np.int64)
    counts = np.stack([(many == mark).sum(axis=0) for mark in range(1, 6)], axis=1)
    truth = krippendorff_alpha_from_counts(counts, np.arange(1, 6), metric="ordinal").value
    for units in (5, 10, 20, 50, 200):
        hits = Hits("α 순서, bootstrap", f"단위 {units}")
        for number in range(replications):
            interval = krippendorff_alpha(_marks(units, rng), metric="ordinal", draws=DRAWS, seed=number).interval
            hits.add([interval is not None and interval.low <= truth <= interval.high])
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
                interval = forms[name].interval
                hits.add([interval is not None and interval.low <= truths[name] <= interval.high])
        found += kinds.values()
    return found


def _kendall(rng: np.random.Generator, replications: int) -> list[Hits]:
    objects = np.linspace(-1, 1, 5)
    places = (objects + rng.normal(0, 1, (MANY, 5))).argsort(axis=1).argsort(axis=1) - 2.0
    rho = float(
        (places.mean(axis=0) ** 2).sum() / 10
    )  # Σ c² = 10 for five ranks: the mean product of two judges over it
    found = []
    for judges in (5, 10, 30):
        truth = (1 + (judges - 1) * rho) / judges
        hits = Hits("W, jackknife", f"위원 {judges} × 팀 5")
        for _ in range(replications):
            interval = kendall_w(objects + rng.normal(0, 1, (judges, 5))).interval
            hits.add([interval is not None and interval.low <= truth <= interval.high])
        found.append(hits)
    return found
