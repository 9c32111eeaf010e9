"""Intervals from resamples: the middle of them, repeatable, and none where too few are defined."""

import numpy as np
import pytest

from evaluations.scoring.intervals import Interval, check_level, generator, percentile_interval


def test_the_middle_of_a_hundred_and_one():
    found = percentile_interval(np.arange(101.0), 0.9, "bootstrap/units", 7)

    assert found == Interval(pytest.approx(5), pytest.approx(95), 0.9, "bootstrap/units", 101, 0, 7)


def test_undefined_resamples_are_left_out_and_counted():
    found = percentile_interval(np.array([1, np.nan, 3, 2]), 0.5, "bootstrap/units", 7)

    assert found == Interval(1.5, 2.5, 0.5, "bootstrap/units", 4, 1, 7)


def test_half_undefined_is_no_interval():
    assert percentile_interval(np.array([1, np.nan, 3, np.nan]), 0.5, "bootstrap/units", 7) is None


def test_a_seed_means_the_same_draws_as_when_a_result_was_published():
    assert generator(2026).integers(0, 1000, 5).tolist() == [851, 178, 26, 639, 365]


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_level_lies_between_0_and_1(level):
    with pytest.raises(ValueError, match=f"a level between 0 and 1 was expected, not {level}"):
        check_level(level)
