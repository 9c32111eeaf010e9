"""A seed and a level mean what they say."""

import pytest

from evaluations.scoring.intervals import check_level, generator


def test_a_seed_means_the_same_draws_as_when_a_result_was_published():
    assert generator(2026).integers(0, 1000, 5).tolist() == [851, 178, 26, 639, 365]


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_level_lies_between_0_and_1(level):
    with pytest.raises(ValueError, match=f"a level between 0 and 1 was expected, not {level}"):
        check_level(level)
