"""The reference cases beside this file, as they were published; reference/NOTE.md says where each comes from."""

import csv
import json
from pathlib import Path

import numpy as np

REFERENCE = Path(__file__).parent / "reference"


def case(name: str) -> dict:
    return json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


def ratings(name: str) -> np.ndarray:
    """The matrix of a case as it stands there, NaN for null."""
    return np.array(case(name)["data"]["ratings"], dtype=np.float64)


def column(name: str, heading: str) -> list[str]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row[heading] for row in csv.DictReader(file)]


def places(labels: list[str]) -> np.ndarray:
    """Each label as its position in the order of first appearance."""
    order = {label: place for place, label in enumerate(dict.fromkeys(labels))}
    return np.array([order[label] for label in labels])
