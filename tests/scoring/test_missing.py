"""Masked arrays: what is masked is missing, and the number under the mask is never counted."""

import numpy as np
import pytest

from evaluations.scoring.agreement import (
    icc,
    kendall_w,
    krippendorff_alpha,
    krippendorff_alpha_from_counts,
    mid_ranks,
    panel_reliability,
    value_counts,
)
from evaluations.scoring.clusters import Votes
from evaluations.scoring.components import variance_components
from evaluations.scoring.missing import floats
from evaluations.scoring.pairwise_ranks import pairwise_ranks
from evaluations.scoring.rank_chances import rank_chances
from evaluations.scoring.rasch import many_facet_rasch
from evaluations.scoring.ratings import fair_means, star_table
from evaluations.scoring.severity import additive_model
from evaluations.scoring.stability import draw_panels, resample_means, resample_trimmed
from evaluations.scoring.tallies import PairTally

NAN = np.nan
HOLED = np.array([[3, 2, 4, 5, 1], [4, 2, NAN, 5, 2], [3, NAN, 4, 4, 1], [2, 1, 3, 5, 1]])
MASKED = np.ma.masked_invalid(HOLED)
MASKED.data[MASKED.mask] = 99
ROWS = list(MASKED)


@pytest.mark.parametrize("masked", [MASKED, ROWS, MASKED[:, ::-1][:, ::-1]], ids=["array", "rows", "view"])
def test_what_is_masked_is_nan(masked):
    assert floats(masked) == pytest.approx(HOLED, nan_ok=True)
    assert MASKED.data[1, 2] == 99  # and the array is as it was


def test_nothing_masked_is_the_array_itself():
    assert floats(HOLED) is HOLED
    assert floats(np.ma.array([1, 2])).tolist() == [1.0, 2.0]
    assert floats(np.ma.masked_equal(np.array([1, 7]), 7)).tolist() == pytest.approx([1.0, NAN], nan_ok=True)


@pytest.mark.parametrize(
    "told",
    [
        lambda marks: krippendorff_alpha(marks, metric="ordinal", level=0.95),
        lambda marks: krippendorff_alpha(marks, metric="interval"),
        lambda marks: [table.tolist() for table in value_counts(marks)],
        panel_reliability,
        lambda marks: resample_means(marks, draw_panels(4, 50, np.random.default_rng(1))).tolist(),
        lambda marks: resample_trimmed(marks, draw_panels(4, 50, np.random.default_rng(1))).tolist(),
    ],
    ids=["alpha", "alpha of distances", "counts", "reliability", "means", "trimmed"],
)
def test_masked_is_as_missing(told):
    assert repr(told(MASKED)) == repr(told(ROWS)) == repr(told(HOLED))


ONE = np.ma.array([3.0, 1.0, 2.0, 5.0], mask=[0, 1, 0, 0])
WHO, WHAT = [0, 0, 1, 1], [0, 1, 0, 1]
COUNTS = np.ma.array(np.ones((2, 2, 5), int), mask=np.arange(20).reshape(2, 2, 5) == 5)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (lambda: icc(MASKED), "missing"),
        (lambda: kendall_w(MASKED), "missing"),
        (lambda: mid_ranks(ONE), "missing"),
        (lambda: krippendorff_alpha_from_counts(np.ma.array([[2, 0], [0, 2]], mask=[[0, 0], [0, 1]]), [1, 2], metric="nominal"), "whole numbers"),
        (lambda: additive_model(ONE, WHO, WHAT), "missing"),
        (lambda: additive_model([3.0, 1.0, 2.0, 5.0], np.ma.array(WHO, mask=[0, 1, 0, 0]), WHAT), "missing"),
        (lambda: variance_components(ONE, WHO, WHAT), "missing"),
        (lambda: many_facet_rasch(ONE, WHO, WHAT, np.ma.array([0] * 4, mask=[0, 0, 0, 1])), "missing"),
        (lambda: fair_means(WHO, WHAT, ONE, 2), "missing"),
        (lambda: star_table(COUNTS), "missing"),
        (lambda: rank_chances(ONE[None]), "missing"),
        (lambda: pairwise_ranks(ONE, np.eye(4), 3), "missing"),
        (lambda: PairTally(("x", "y"), COUNTS), "missing"),
        (lambda: Votes([0, 1], [1, 0], np.ma.array([0, 1], mask=[0, 1])), "missing"),
        (lambda: Votes([0, 1], [1, 0], [0, 1], person=np.ma.array([0, 1], mask=[0, 1])), "missing"),
    ],
)  # fmt: skip
def test_where_nothing_may_be_missing_masked_is_refused(asked, why):
    with pytest.raises(ValueError, match=why):
        asked()
