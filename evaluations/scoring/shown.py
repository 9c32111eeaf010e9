"""Estimates as they are stored and shown: text, rounded to what they can tell, the same on every machine that rounds the same."""

from collections.abc import Iterable
from fractions import Fraction
from math import isfinite

import numpy as np

PLACES = 4
NORMAL_REACH = 1.959964
"""Standard errors to each side of a 95 % interval, where it is normal."""


class AbsentSection(Exception):
    """A section that has nothing to tell: `code` is a word of ESTIMATES in wording.py."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def shown(value: float | np.floating | Fraction | None, places: int = PLACES) -> str | None:
    """A number as text; None where there is none (missing, undefined, infinite). Negative zero is zero."""
    if value is None or not isfinite(value):
        return None
    text = f"{float(value):.{places}f}"
    return text.lstrip("-") if float(text) == 0 else text


def all_shown(values: Iterable[float], places: int = PLACES) -> list[str | None]:
    return [shown(value, places) for value in values]


def interval(centre: float, se: float, reach: float = NORMAL_REACH, places: int = PLACES) -> dict[str, str | None]:
    """A value with its 95 % interval: `reach` standard errors to each side, of the normal unless said otherwise."""
    return {
        "value": shown(centre, places),
        "se": shown(se, places),
        "low": shown(centre - reach * se, places),
        "high": shown(centre + reach * se, places),
    }
