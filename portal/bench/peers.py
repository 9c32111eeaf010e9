"""The same work by the libraries others use, each as its own documentation says and in the form that suits it best.

What a library wants the data in – a frame, a list of its own enumeration – is made before the clock starts, unless the library itself makes it.
Runs in a virtual environment of its own, of which the site knows nothing; each library is loaded only by the contender that is about it.
"""

import contextlib
import io
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

Work = Callable[[], list[float]]

RESAMPLES = 10_000
CELL = ["team", "question", "stratum"]


def loaded(folder: str, name: str) -> dict[str, np.ndarray]:
    found = sorted(Path(folder).glob(f"{name}.*.npy"))
    return {path.name.split(".")[1]: np.load(path) for path in found}


def evalica(name: str, models: int, *, names: bool = False) -> Callable[[str], Work]:
    """Point estimates without an interval, from codes and a ready index, or from the lists of names its documentation shows."""

    def contender(folder: str) -> Work:
        library, pandas, rows = import_module("evalica"), import_module("pandas"), loaded(folder, name)
        winner = library.Winner
        said = [winner.X, winner.Y, winner.Draw, winner.Draw]
        winners = [said[code] for code in rows["choice"].tolist()]
        xs, ys, index = rows["left"], rows["right"], pandas.Index(range(models))
        if names:
            called = [f"model-{number:03}" for number in range(models)]
            xs, ys, index = *([called[code] for code in rows[side].tolist()] for side in ("left", "right")), None

        def work() -> list[float]:
            scores = np.log(library.bradley_terry(xs, ys, winners, index=index).scores.sort_index().to_numpy())
            found: list[float] = (scores - scores.mean())[:4].tolist()
            return found

        return work

    return contender


def arena_rank(models: int) -> Callable[[str], Work]:
    """With its sandwich interval, from the frame of strings its loader is made for."""

    def contender(folder: str) -> Work:
        pandas, rows = import_module("pandas"), loaded(folder, f"votes{models}")
        data = import_module("arena_rank.utils.data_utils").PairDataset
        model = import_module("arena_rank.models.bradley_terry").BradleyTerry
        names = np.array([f"model-{number:03}" for number in range(models)])
        said = np.array(["model_a", "model_b", "tie", "both_bad"])
        frame = pandas.DataFrame(
            {"model_a": names[rows["left"]], "model_b": names[rows["right"]], "winner": said[rows["choice"]]}
        )

        def work() -> list[float]:
            found = model(models).compute_ratings_and_cis(data.from_pandas(frame))
            ratings = np.asarray(found["ratings"]) * np.log(10) / 400
            told: list[float] = (ratings - ratings.mean())[:4].tolist()
            return told

        return work

    return contender


def choix(folder: str) -> Work:
    """From the matrix of wins; it knows no ties, so each is half a win."""
    library, rows = import_module("choix"), loaded(folder, "votes64")
    wins = np.zeros((64, 64))
    for code, mine, other in ((0, 1.0, 0.0), (1, 0.0, 1.0), (2, 0.5, 0.5), (3, 0.5, 0.5)):
        here = rows["choice"] == code
        seen = np.bincount(rows["left"][here].astype(np.int64) * 64 + rows["right"][here], minlength=4096)
        wins += mine * seen.reshape(64, 64) + other * seen.reshape(64, 64).T

    def work() -> list[float]:
        found: list[float] = library.ilsr_pairwise_dense(wins)[:4].tolist()
        return found

    return work


def krippendorff(from_counts: bool) -> Callable[[str], Work]:
    def contender(folder: str) -> Work:
        library, marks = import_module("krippendorff"), loaded(folder, "agreement")["marks"]
        given: dict[str, Any] = {"reliability_data": marks}
        if from_counts:
            counts = np.stack([(marks == value).sum(axis=0) for value in range(1, 6)], axis=1)
            given = {"value_counts": counts, "value_domain": [1, 2, 3, 4, 5]}
        return lambda: [float(library.alpha(**given, level_of_measurement="ordinal"))]

    return contender


def pandas_stars(folder: str) -> Work:
    frame = import_module("pandas").DataFrame(loaded(folder, "stars"))

    def work() -> list[float]:
        found = frame.groupby(CELL, sort=False)["rating"].agg(["size", "mean"])
        return [float(found["size"].max()), float(found["mean"].min()), float(found["mean"].max())]

    return work


def polars_stars(folder: str) -> Work:
    library = import_module("polars")
    frame = library.DataFrame(loaded(folder, "stars"))
    columns = [library.len().alias("n"), library.col("rating").mean().alias("mean")]

    def work() -> list[float]:
        found = frame.group_by(CELL).agg(columns)
        return [float(found["n"].max()), float(found["mean"].min()), float(found["mean"].max())]

    return work


def duckdb_stars(folder: str) -> Work:
    library, pandas = import_module("duckdb"), import_module("pandas")
    door = library.connect(config={"threads": 1})
    frame = pandas.DataFrame(loaded(folder, "stars"))
    door.register("given", frame)
    door.execute("CREATE TABLE stars AS SELECT * FROM given")
    question = "SELECT team, question, stratum, count(*) AS n, avg(rating) AS mean FROM stars GROUP BY ALL"

    def work() -> list[float]:
        found = door.execute(question).fetchnumpy()
        return [float(found["n"].max()), float(found["mean"].min()), float(found["mean"].max())]

    return work


def scipy_composite(folder: str) -> Work:
    stats, marks = import_module("scipy.stats"), loaded(folder, "sheets10")["marks"]
    weights = np.full(20, 5.0)

    def work() -> list[float]:
        found = stats.bootstrap(
            (marks,), np.mean, axis=0, n_resamples=RESAMPLES, method="percentile", vectorized=True, batch=200, rng=1
        )
        totals = np.einsum("tcd,c->td", found.bootstrap_distribution, weights / 4)
        spread: list[float] = totals.std(axis=1)[:2].tolist()
        return spread

    return work


def design_effect(weights: np.ndarray) -> list[float]:
    return [float(1 + (weights.std() / weights.mean()) ** 2)]


def people(folder: str) -> tuple[Any, dict[str, np.ndarray]]:
    rows = loaded(folder, "people")
    columns = {f"trait{place}": rows[f"trait{place}"].astype(np.int64) for place in range(5)}
    return import_module("pandas").DataFrame(columns), {f"trait{place}": rows[f"target{place}"] for place in range(5)}


def weightipy(folder: str) -> Work:
    library = import_module("weightipy")
    frame, targets = people(folder)
    shares = {name: {code: 100 * float(share) for code, share in enumerate(target)} for name, target in targets.items()}

    def work() -> list[float]:
        scheme = library.scheme_from_dict(shares)
        return design_effect(library.weight_dataframe(frame, scheme)["weights"].to_numpy())

    return work


def ipfn(folder: str) -> Work:
    """On people, not on cells: the frame with a weight a row is what it adjusts."""
    library, pandas = import_module("ipfn.ipfn"), import_module("pandas")
    frame, targets = people(folder)
    aggregates = [
        pandas.Series(target * len(frame), index=pandas.Index(range(len(target)), name=name), name="total")
        for name, target in targets.items()
    ]

    def work() -> list[float]:
        given = frame.assign(total=1.0)
        found = library.ipfn(given, aggregates, [[name] for name in targets], convergence_rate=1e-8).iteration()
        return design_effect(found["total"].to_numpy())

    return work


def samplics(folder: str) -> Work:
    weight = import_module("samplics.weighting").SampleWeight
    frame, targets = people(folder)
    domains = {name: frame[name].to_numpy() for name in targets}
    control = {
        name: {code: float(share) * len(frame) for code, share in enumerate(target)} for name, target in targets.items()
    }
    return lambda: design_effect(weight().rake(np.ones(len(frame)), domains, control, tol=1e-8, ctrl_tol=1e-8))


def raschpy(teams: int) -> Callable[[str], Work]:
    """Its global model of raters, without standard errors: those it would bootstrap by 500 further fits."""

    def contender(folder: str) -> Work:
        library, pandas = import_module("raschpy"), import_module("pandas")
        marks = loaded(folder, f"sheets{teams}")["marks"]
        index = pandas.MultiIndex.from_product([range(50), range(teams)], names=["Rater", "Person"])
        frame = pandas.DataFrame(marks.reshape(-1, 20), index=index, columns=[f"c{place}" for place in range(20)])

        def work() -> list[float]:
            model = library.MFRM(frame, max_score=4)
            with contextlib.redirect_stdout(io.StringIO()):
                model.calibrate(model="global")
            return []

        return work

    return contender


CONTENDERS: dict[str, Callable[[str], Work]] = {
    "evalica8": evalica("votes8", 8),
    "evalica64": evalica("votes64", 64),
    "evalica256": evalica("votes256", 256),
    "evalica64_names": evalica("votes64", 64, names=True),
    "evalica256_names": evalica("votes256", 256, names=True),
    "evalica_refit": evalica("resampled", 64),
    "arena_rank8": arena_rank(8),
    "arena_rank64": arena_rank(64),
    "choix": choix,
    "krippendorff": krippendorff(from_counts=False),
    "krippendorff_counts": krippendorff(from_counts=True),
    "pandas": pandas_stars,
    "polars": polars_stars,
    "duckdb": duckdb_stars,
    "scipy": scipy_composite,
    "weightipy": weightipy,
    "ipfn": ipfn,
    "samplics": samplics,
    "raschpy10": raschpy(10),
    "raschpy100": raschpy(100),
}
