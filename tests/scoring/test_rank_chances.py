"""Ranks in draws: chances and ranges, and that those who are level share their ranks whatever the order of the columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.comparisons import bradley_terry
from evaluations.scoring.rank_chances import rank_chances, rank_ranges, ranks_of
from evaluations.scoring.stability import draw_panels, line, resample_means
from evaluations.scoring.tallies import PairTally


def ranges(draws, level: float = 0.95) -> list[tuple[int, int]]:
    return [(one.best, one.worst) for one in rank_ranges(draws, level)]


def test_ranks_of_draws():
    draws = np.array([[3.0, 1.0, 2.0], [3.0, 2.0, 1.0], [2.0, 3.0, 1.0], [3.0, 1.0, 2.0]])

    for side in ranks_of(draws):
        assert side.tolist() == [[1, 3, 2], [1, 2, 3], [2, 1, 3], [1, 3, 2]]
    assert rank_chances(draws).tolist() == [[0.75, 0.25, 0.0], [0.25, 0.25, 0.5], [0.0, 0.5, 0.5]]
    assert ranges(draws, level=0.5) == [(1, 1), (2, 3), (2, 3)]


def test_models_far_apart_have_one_rank_and_equal_ones_share_them():
    rng = np.random.default_rng(2)
    draws = rng.normal([5.0, 0.0, 0.0, -5.0], 0.5, (4000, 4))

    assert ranges(draws) == [(1, 1), (2, 3), (2, 3), (4, 4)]
    assert rank_chances(draws).sum(axis=0) == pytest.approx(np.ones(4))


def test_level_draws_share_the_ranks_they_take_up():
    draws = np.array([[5.0, 7.0, 5.0, 1.0], [3.0, 3.0, 3.0, 3.0], [1.0, 2.0, 4.0, 4.0 + 1e-13]])
    ranks = ranks_of(draws)

    assert ranks.best.tolist() == [[2, 1, 2, 4], [1, 1, 1, 1], [4, 3, 1, 1]]
    assert ranks.worst.tolist() == [[3, 1, 3, 4], [4, 4, 4, 4], [4, 3, 2, 2]]
    third = np.array([[0, 1 / 2, 1 / 2, 0], [1, 0, 0, 0], [0, 1 / 2, 1 / 2, 0], [0, 0, 0, 1]])
    last = np.array([[0, 0, 0, 1], [0, 0, 1, 0], [1 / 2, 1 / 2, 0, 0], [1 / 2, 1 / 2, 0, 0]])
    assert rank_chances(draws) == pytest.approx((third + 1 / 4 + last) / 3)


def test_two_teams_with_the_same_sheets_have_the_same_chances_in_whichever_order_they_stand():
    scores = np.array([[80, 80.0, 70], [70, 70, 72], [90, 90, 85], [60, 60, 88], [75, 75, 60]])
    for order in ([0, 1, 2], [2, 0, 1], [0, 2, 1]):
        draws = resample_means(scores[:, order], draw_panels(5, 2000, np.random.default_rng(1)))
        chances, own = rank_chances(draws), ranges(draws)
        one, other = (place for place, team in enumerate(order) if team < 2)

        assert chances[one].tolist() == chances[other].tolist()
        assert own[one] == own[other]
        # Who goes on and who is among the first two is one question.
        assert chances[:, :2].sum(axis=1) == pytest.approx(
            line(scores[:, order].mean(axis=0), draws, 2, [1, 1, 1]).advances
        )


def test_models_that_only_drew_may_have_any_rank():
    """bt-separation.json, all ties: equal strengths, no winner, ranks 1–3 for all."""
    counts = np.zeros((3, 3, 5), np.int64)
    counts[[0, 0, 1], [1, 2, 2], 2] = 6
    fit = bradley_terry(PairTally(("A", "B", "C"), counts), ties="half_win", side=False)
    draws = fit.draws(500, np.random.default_rng(1))

    assert ranges(draws) == [(1, 3)] * 3
    assert rank_chances(draws) == pytest.approx(np.full((3, 3), 1 / 3))


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=20), st.permutations(range(4))
)
def test_the_order_of_the_columns_has_no_effect(draws, order):
    draws = np.array(draws, np.float64)
    chances, slow = rank_chances(draws), np.zeros((4, 4))
    for draw in draws:
        for model, own in enumerate(draw):
            best, worst = 1 + (draw > own).sum(), (draw >= own).sum()
            slow[model, best - 1 : worst] += 1 / (worst - best + 1) / len(draws)

    assert chances == pytest.approx(slow)
    assert chances.sum(axis=0) == pytest.approx(np.ones(4))
    assert rank_chances(draws[:, order]) == pytest.approx(chances[order])
    assert ranges(draws[:, order]) == [ranges(draws)[place] for place in order]


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=20),
    st.sampled_from([1e-9, 0.1, 1e4, 1e9]),
    st.integers(0, 2**32 - 1),
)
def test_level_is_level_on_every_scale(draws, scale, seed):
    """What is equal but for the last digits, as sums in another order are, shares its ranks whatever the points are."""
    draws = np.array(draws, np.float64)
    rounded = 1 + np.finfo(np.float64).eps * np.random.default_rng(seed).integers(-8, 9, draws.shape)

    assert rank_chances(scale * draws * rounded) == pytest.approx(rank_chances(draws))
    seats, now = line(draws[0], draws, 2, [1, 2, 3, 4]), draws[0] * scale
    assert line(now, scale * draws * rounded, 2, [1, 2, 3, 4]).advances == pytest.approx(seats.advances)


@pytest.mark.parametrize(
    ("draws", "why"),
    [
        ([[1.0, np.nan]], "a draw is missing or infinite"),
        ([[1.0, np.inf]], "a draw is missing or infinite"),
        ([1.0, 2.0], r"of the shape \(draws, models\)"),
        (np.zeros((0, 3)), "no draw"),
    ],
)
def test_draws_that_rank_nobody_are_refused(draws, why):
    for told in (rank_chances, rank_ranges):
        with pytest.raises(ValueError, match=why):
            told(draws)


def test_a_level_is_a_share():
    with pytest.raises(ValueError, match="a level above 0 and up to 1 was expected, not 95"):
        rank_ranges([[1.0, 2.0]], 95)
    assert ranges([[1.0, 2.0], [2.0, 1.0], *[[1.0, 2.0]] * 998], 1.0) == [(1, 2), (1, 2)]


def test_lists_are_draws_too():
    assert rank_chances([[2, 1], [3, 0]]).tolist() == [[1.0, 0.0], [0.0, 1.0]]
