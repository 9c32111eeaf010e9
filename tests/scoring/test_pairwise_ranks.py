"""Ranges of ranks from pairs: who is told apart, who is not, and that the ranges hold the ranks of models that are level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.pairwise_ranks import pairwise_ranks


def ranges(values, covariance, degrees=1000, **more) -> list[tuple[int, int]]:
    return [(one.best, one.worst) for one in pairwise_ranks(np.array(values, float), covariance, degrees, **more)]


def test_models_far_apart_have_one_rank_and_equal_ones_share_them():
    assert ranges([5, 0, 0, -5], 0.25 * np.eye(4)) == [(1, 1), (2, 3), (2, 3), (4, 4)]


def test_of_two_the_order_is_sure_where_one_side_says_so():
    """Only one sign of the difference can be wrong: Student's t to one side, 2.015 with five degrees."""
    assert ranges([2.0, 0], 0.5 * np.eye(2), 5) == [(1, 2), (1, 2)]
    assert ranges([2.1, 0], 0.5 * np.eye(2), 5) == [(1, 1), (2, 2)]
    assert ranges([2.1, 0], 0.5 * np.eye(2), 4) == [(1, 2), (1, 2)]
    assert ranges([2.1, 0], 0.5 * np.eye(2), 5, level=0.99) == [(1, 2), (1, 2)]


def test_the_next_rival_is_tested_among_those_that_are_left():
    """Of the middle one the upper is 1.8 errors away, too few for the first of two (1.96) and enough for the second (1.65)."""
    assert ranges([1.8, 0, -1.5], 0.5 * np.eye(3))[1] == (1, 3)
    assert ranges([1.8, 0, -2.0], 0.5 * np.eye(3))[1] == (2, 2)


def test_what_models_have_in_common_does_not_blur_their_order():
    together = 100 + 0.02 * np.eye(2)

    assert ranges([1, 0], together) == [(1, 1), (2, 2)]
    assert ranges([1, 0], np.diag(np.diag(together))) == [(1, 2), (1, 2)]


def test_where_nothing_varies_different_values_have_their_rank_and_equal_ones_share_theirs():
    assert ranges([3, 1, 1, 0], np.zeros((4, 4)), 1) == [(1, 1), (2, 3), (2, 3), (4, 4)]
    assert ranges([3], np.zeros((1, 1)), 1) == [(1, 1)]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=7), st.integers(0, 2**32 - 1), st.sampled_from([1, 4, 30]))
def test_a_range_holds_the_rank_as_it_is(values, seed, degrees):
    root = np.random.default_rng(seed).normal(0, 1, (len(values), len(values)))
    now = [1 + sum(other > value for other in values) for value in values]

    narrow, wide = (ranges(values, root @ root.T, degrees, level=level) for level in (0.5, 0.99))

    assert all(low <= rank <= high for (low, high), rank in zip(narrow, now, strict=True))
    assert all(a[0] <= b[0] and b[1] <= a[1] for a, b in zip(wide, narrow, strict=True))


def test_ranges_hold_the_ranks_of_models_that_are_level():
    """Ten of them, 10 judges, 300 panels. The middle 95 % of drawn ranks leave out much of what is possible here."""
    rng = np.random.default_rng(5)
    held = []
    for _ in range(300):
        panel = rng.normal(0, 1, (10, 10)) - 1e-6 * np.arange(10)
        found = pairwise_ranks(panel.mean(axis=0), np.cov(panel.T) / 10, 9)
        held.append([one.best <= place <= one.worst for place, one in enumerate(found, start=1)])

    assert np.mean(held) >= 0.95


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e4, 1e9])
def test_ranges_are_the_same_on_every_scale(scale):
    """Two level but for rounding, and one that nothing moves, far below."""
    values, covariance = np.array([3.0, 3.0 * (1 + 1e-15), 1.0]), np.zeros((3, 3))

    assert ranges(scale * values, covariance) == [(1, 2), (1, 2), (3, 3)]
    covariance[:2, :2] = 0.01
    assert ranges(scale * values, scale**2 * covariance) == [(1, 2), (1, 2), (3, 3)]


def test_lists_are_taken_and_what_has_no_rank_is_refused():
    assert [(one.best, one.worst) for one in pairwise_ranks([9, 0], [[1, 0], [0, 1]], 100)] == [(1, 1), (2, 2)]
    for values, covariance, why in (
        ([1.0, np.nan], np.eye(2), "missing or infinite"),
        ([1.0, 2.0], np.eye(3), "of the shape"),
        ([1.0, 2.0], np.full((2, 2), np.nan), "missing or infinite"),
    ):
        with pytest.raises(ValueError, match=why):
            pairwise_ranks(values, covariance, 10)
