"""Ranges of ranks from what is known of every pair: who is surely above a model, and who surely below."""

import numpy as np
import numpy.typing as npt

from evaluations.scoring.bradley_terry import Floats
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.intervals import check_level
from evaluations.scoring.missing import floats
from evaluations.scoring.rank_chances import RankRange, level_within


def pairwise_ranks(
    values: npt.ArrayLike, covariance: npt.ArrayLike, degrees: int, level: float = 0.95
) -> list[RankRange]:
    """Per model the range that holds its rank, one more than there are models that are truly stronger, in at least `level` of all cases.

    values       estimates of M models, shape (M,); `covariance` of their errors, (M, M), with `degrees` of Student's t
    The range is of one model at a time; that all of them hold at once is less likely. A model's rank follows from its M − 1 differences
    with the others, and of each only one sign can be wrong, so each is tested to one side at (1 − level)/(M − 1), the largest first, and
    the next at (1 − level)/(M − 2) and so on (Holm 1979): what is surely above leaves the best ranks to itself, what is surely below the
    worst. Where a model is told apart from all others its range is one rank and holds it always: ranks are whole numbers. Draws of the
    estimates, each ranked, say less: of models that are level they bring one or the other to the top, and leave out the rest of the
    ranks (docs/scoring-study.md).

    ValueError for values or a covariance that are missing, infinite or of other models.
    Source: Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91, 476–518; one side as of three decisions, Kaiser
    (1960), Psychological Review 67, 160–167.

    >>> [(one.best, one.worst) for one in pairwise_ranks(np.array([3.0, 2.0, 0.0]), 0.5 * np.eye(3), 1000)]  # differences: error 1
    [(1, 2), (1, 2), (3, 3)]
    """
    check_level(level)
    values, covariance = floats(values), floats(covariance)
    size = len(values)
    if values.ndim != 1 or covariance.shape != (size, size):
        raise ValueError(f"a covariance of the shape ({size}, {size}) was expected, not {covariance.shape}")
    if not (np.isfinite(values).all() and np.isfinite(covariance).all()):
        raise ValueError("a value or its covariance is missing or infinite")
    spread = np.diag(covariance)
    errors = np.sqrt(np.clip(spread[:, None] + spread - 2 * covariance, 0.0, None))
    ahead = values - values[:, None]  # of the second over the first
    none = level_within(
        [*values, *np.sqrt(np.clip(spread, 0.0, None))]
    )  # of a difference, and of its error, this is the rounding
    apart = np.divide(ahead, errors, out=np.where(ahead > 0, np.inf, -np.inf), where=errors > none)
    apart[np.abs(ahead) <= none] = 0.0
    reach = np.array([t_quantile(1 - (1 - level) / left, degrees) for left in range(size - 1, 0, -1)])
    return [_rank_range(np.delete(row, model), reach) for model, row in enumerate(apart)]


def _rank_range(apart: Floats, reach: Floats) -> RankRange:
    """From how many errors the others are above (or below, with a minus) and how many the first, the second … has to be, both (M − 1,)."""
    order = np.argsort(-np.abs(apart), kind="stable")
    sure = apart[order][np.logical_and.accumulate(np.abs(apart[order]) > reach)]
    return RankRange(1 + int((sure > 0).sum()), 1 + len(apart) - int((sure < 0).sum()))
