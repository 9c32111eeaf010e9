"""The data both sides are given: drawn once from a seed, kept as plain arrays.

python samples.py FOLDER full|quick
"""

import sys
from pathlib import Path

import numpy as np

SEED = 20261124
ROWS = {"full": 10_000_000, "quick": 200_000}
PEOPLE = {"full": 1_000_000, "quick": 50_000}
UNITS = {"full": 5_000, "quick": 500}
RESAMPLED = {"full": 1_000_000, "quick": 100_000}
"""Rows of the bootstrap: with ten million one refit by a peer takes as long as everything else together."""
CELLS = (30, 6, 170)
"""Teams, questions and strata of the stars: 30,600 cells."""
TRAITS = (2, 6, 17, 3, 4)
SPREAD = 0.35


def votes(rng: np.random.Generator, rows: int, models: int) -> dict[str, np.ndarray]:
    """Comparisons drawn from the model of Davidson; a tenth of the people are one group each, as the bootstrap needs them."""
    strength = rng.normal(0, SPREAD, models)
    left = rng.integers(0, models, rows)
    right = (left + rng.integers(1, models, rows)) % models
    half = (strength[left] - strength[right] + 0.05) / 2
    tie, won, lost = np.full(rows, 0.9), np.exp(half), np.exp(-half)
    at = rng.random(rows) * (won + lost + tie)
    choice = np.where(at < won, 0, np.where(at < won + lost, 1, 2 + (rng.random(rows) < 0.4)))
    return {
        "left": left.astype(np.int16),
        "right": right.astype(np.int16),
        "choice": choice.astype(np.int8),
        "group": rng.integers(0, 200, rows).astype(np.int16),
    }


def stars(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
    codes = [rng.integers(0, size, rows).astype(np.int16) for size in CELLS]
    rating = np.clip(np.round(rng.normal(3.4, 1.1, rows)), 1, 5).astype(np.int8)
    return dict(zip(("team", "question", "stratum"), codes, strict=True)) | {"rating": rating}


def agreement(rng: np.random.Generator, units: int) -> dict[str, np.ndarray]:
    """1,000 raters, three ratings in ten missing."""
    true = rng.normal(3, 0.8, units)
    marks = np.clip(np.round(true + rng.normal(0, 0.9, (1_000, units))), 1, 5)
    marks[rng.random(marks.shape) < 0.3] = np.nan
    return {"marks": marks}


def people(rng: np.random.Generator, number: int) -> dict[str, np.ndarray]:
    found = {}
    for place, size in enumerate(TRAITS):
        share, target = rng.dirichlet(np.full(size, 8.0)), rng.dirichlet(np.full(size, 8.0))
        target = (share + target) / 2
        found[f"trait{place}"] = rng.choice(size, number, p=share).astype(np.int8)
        found[f"target{place}"] = target
    return found


def sheets(rng: np.random.Generator, teams: int, missing: float = 0.0) -> dict[str, np.ndarray]:
    """50 reviewers × teams × 20 criteria, marks 0 to 4."""
    able, severe, hard = rng.normal(0, 1, teams), rng.normal(0, 0.6, 50), rng.normal(0, 0.6, 20)
    eta = able[None, :, None] - severe[:, None, None] - hard
    steps = np.cumsum(np.stack([np.zeros_like(eta)] + [eta - tau for tau in (-1.2, -0.4, 0.4, 1.2)]), axis=0)
    chances = np.exp(steps) / np.exp(steps).sum(axis=0)
    marks = (rng.random(eta.shape)[None] > np.cumsum(chances, axis=0)).sum(axis=0).astype(np.float64)
    return {"marks": marks}


def main(folder: str, size: str) -> None:
    rng = np.random.default_rng(SEED)
    drawn = {f"votes{models}": votes(rng, ROWS[size], models) for models in (8, 64, 256)}
    drawn |= {
        "resampled": votes(rng, RESAMPLED[size], 64),
        "stars": stars(rng, ROWS[size]),
        "agreement": agreement(rng, UNITS[size]),
        "people": people(rng, PEOPLE[size]),
        "sheets10": sheets(rng, 10),
        "sheets100": sheets(rng, 100),
    }
    for name, arrays in drawn.items():
        for column, values in arrays.items():
            np.save(Path(folder) / f"{name}.{column}.npy", values)


if __name__ == "__main__":
    main(*sys.argv[1:])
