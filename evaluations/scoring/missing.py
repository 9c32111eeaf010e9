"""Missing is NaN, never a number: what is masked is missing too, and never the number under its mask."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def floats(values: ArrayLike) -> NDArray[np.float64]:
    """Values as floats, NaN where an array of numpy.ma, or a row of them, is masked.

    >>> floats(np.ma.masked_equal([[1, 2], [9, 3]], 9)).tolist()
    [[1.0, 2.0], [nan, 3.0]]
    """
    if _masks(values):
        return np.ma.array(values, dtype=np.float64, copy=True).filled(np.nan)
    return np.asarray(values, dtype=np.float64)


def refuse_masked(values: ArrayLike, name: str) -> None:
    """ValueError where some are masked: of codes and counts, which have no number for missing."""
    if _masks(values) and np.ma.array(values).mask.any():
        raise ValueError(f"{name} is missing: it is masked")


def _masks(values: ArrayLike) -> bool:
    rows = values if isinstance(values, list | tuple) else [values]
    return any(isinstance(row, np.ma.MaskedArray) for row in rows)
