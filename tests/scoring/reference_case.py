"""The published case `rubric-composite`: what it expects, as exact numbers where it has them."""

import json
from fractions import Fraction
from pathlib import Path

CASE = json.loads((Path(__file__).parent / "reference" / "rubric-composite.json").read_text(encoding="utf-8"))
TOLERANCE = CASE["tolerance"]


def exactly(expected):
    """The exact value, after a look whether the printed one is within the case's tolerance of it."""
    if expected is None:
        return None
    value = Fraction(expected["exact"])
    assert abs(float(value) - expected["value"]) <= TOLERANCE
    return value


def number(value):
    """A number of the case as an exact fraction: its decimals are meant as they are printed."""
    return None if value is None else Fraction(str(value))
