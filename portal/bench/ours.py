"""What is measured of ours: each contender loads its data and gives the work that is timed, which returns a few numbers to compare."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from evaluations.scoring.agreement import krippendorff_alpha, krippendorff_alpha_from_counts, value_counts
from evaluations.scoring.clusters import Votes, bootstrap, fold_groups
from evaluations.scoring.comparisons import bradley_terry
from evaluations.scoring.raking import Margin, fold_people, rake
from evaluations.scoring.rasch import many_facet_rasch
from evaluations.scoring.ratings import star_table
from evaluations.scoring.stability import draw_panels, resample_means
from evaluations.scoring.tallies import PairTally, fold_comparisons, fold_ratings

Work = Callable[[], list[float]]

DRAWS = 1_000
RESAMPLES = 10_000


def loaded(folder: str, name: str) -> dict[str, np.ndarray]:
    found = sorted(Path(folder).glob(f"{name}.*.npy"))
    return {path.name.split(".")[1]: np.load(path) for path in found}


def names(models: int) -> list[str]:
    return [f"model-{number}" for number in range(models)]


def from_rows(models: int) -> Callable[[str], Work]:
    """Rows of votes to strengths with ties, side and robust standard errors."""

    def contender(folder: str) -> Work:
        rows = loaded(folder, f"votes{models}")

        def work() -> list[float]:
            tally = fold_comparisons(rows["left"], rows["right"], rows["choice"], names(models))
            fit = bradley_terry(tally)
            return [*fit.beta[:2].tolist(), *fit.se()[:2].tolist()]

        return work

    return contender


def from_counts(folder: str) -> Work:
    """The fit alone, ties as half a win, to compare with what knows no ties."""
    rows = loaded(folder, "votes64")
    tally: PairTally = fold_comparisons(rows["left"], rows["right"], rows["choice"], names(64))

    def work() -> list[float]:
        return bradley_terry(tally, ties="half_win", side=False).beta[:4].tolist()

    return work


def one_pass(models: int) -> Callable[[str], Work]:
    """The floor: one np.bincount over keys that somebody else has already put together."""

    def contender(folder: str) -> Work:
        rows = loaded(folder, f"votes{models}")
        keys = (rows["left"].astype(np.int64) * models + rows["right"]) * 5 + rows["choice"]
        return lambda: [float(np.bincount(keys, minlength=models * models * 5).sum())]

    return contender


def resampled(folder: str) -> Work:
    """From rows: fold by group of people, then 1,000 fits of resampled groups."""
    rows = loaded(folder, "resampled")
    votes = Votes(rows["left"], rows["right"], rows["choice"])

    def work() -> list[float]:
        groups = fold_groups(votes, rows["group"], 200, names(64))
        drawn = bootstrap(names(64), groups, draws=DRAWS, rng=np.random.default_rng(1))
        return drawn.beta.std(axis=0)[:2].tolist()

    return work


def alpha(folder: str) -> Work:
    marks = loaded(folder, "agreement")["marks"]
    return lambda: [float(krippendorff_alpha(marks, metric="ordinal").value or np.nan)]


def alpha_from_counts(folder: str) -> Work:
    counts, values = value_counts(loaded(folder, "agreement")["marks"])
    return lambda: [float(krippendorff_alpha_from_counts(counts, values, metric="ordinal").value or np.nan)]


CELLS = (30, 6, 170)
"""Teams, questions and strata, as samples.py draws them."""


def stars(folder: str) -> Work:
    rows = loaded(folder, "stars")
    columns = (rows["team"], rows["question"], rows["stratum"], rows["rating"])

    def work() -> list[float]:
        table = star_table(fold_ratings(*columns, CELLS))
        return [float(table.n.max()), float(np.nanmin(table.mean)), float(np.nanmax(table.mean))]

    return work


def one_pass_of_stars(folder: str) -> Work:
    """The floor again, one np.bincount over ready keys: no key is made and no mean taken."""
    rows = loaded(folder, "stars")
    keys = rows["team"].astype(np.int64)
    for name, codes in (("question", CELLS[1]), ("stratum", CELLS[2]), ("rating", 6)):
        keys = keys * codes + rows[name]
    return lambda: [float(np.bincount(keys, minlength=6 * CELLS[0] * CELLS[1] * CELLS[2]).sum())]


def composite(folder: str) -> Work:
    """Means of every criterion in 10,000 panels, put together by the weights of the criteria."""
    marks = loaded(folder, "sheets10")["marks"]
    weights = np.full(20, 5.0)

    def work() -> list[float]:
        totals = resample_means(marks, draw_panels(len(marks), RESAMPLES, np.random.default_rng(1))) @ (weights / 4)
        return totals.std(axis=0)[:2].tolist()

    return work


def raked(folder: str) -> Work:
    rows = loaded(folder, "people")
    traits = [rows[f"trait{place}"] for place in range(5)]
    targets = [rows[f"target{place}"] for place in range(5)]
    margins = [
        Margin(f"trait{place}", {f"{category}": float(share) for category, share in enumerate(target)})
        for place, target in enumerate(targets)
    ]

    def work() -> list[float]:
        found = rake(fold_people(traits, [len(target) for target in targets]), margins, trim=None)
        return [found.design_effect]

    return work


def rasch(teams: int) -> Callable[[str], Work]:
    def contender(folder: str) -> Work:
        marks = loaded(folder, f"sheets{teams}")["marks"]
        reviewer, team, criterion = (axis.ravel() for axis in np.indices(marks.shape))
        scores = marks.ravel()

        def work() -> list[float]:
            fit = many_facet_rasch(scores, reviewer, team, criterion)
            return [float(np.ptp(fit.measures)), float(np.ptp(fit.severities))]

        return work

    return contender


CONTENDERS: dict[str, Callable[[str], Work]] = {
    "bt8": from_rows(8),
    "bt64": from_rows(64),
    "bt256": from_rows(256),
    "pass8": one_pass(8),
    "pass64": one_pass(64),
    "pass256": one_pass(256),
    "counts": from_counts,
    "resampled": resampled,
    "alpha": alpha,
    "alpha_counts": alpha_from_counts,
    "stars": stars,
    "pass_stars": one_pass_of_stars,
    "composite": composite,
    "raked": raked,
    "rasch10": rasch(10),
    "rasch100": rasch(100),
}
