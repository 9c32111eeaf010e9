"""Resampled panels, the line of the quota, other weights, and what can be seen at all."""

import itertools
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.stability import (
    _near,
    chance_above,
    decisive_votes,
    draw_panels,
    expanded_level,
    judgments,
    left_out,
    line,
    panel_for,
    resample_means,
    resample_trimmed,
    t_limits,
    visible_gap,
    visible_share,
    weight_study,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_resampled_means_are_those_of_every_possible_panel():
    """Two reviewers: panels (1,1), (1,2), (2,1), (2,2) with equal chance."""
    means = resample_means(np.array([[0.0, 10.0], [4.0, 20.0]]), draw_panels(2, 40_000, rng()))

    values, times = np.unique(means, axis=0, return_counts=True)
    assert values.tolist() == [[0.0, 10.0], [2.0, 15.0], [4.0, 20.0]]
    assert times / 40_000 == pytest.approx([0.25, 0.5, 0.25], abs=0.01)


def test_a_missing_score_leaves_its_cell_and_nothing_else():
    means = resample_means(np.array([[1.0, np.nan], [3.0, 7.0]]), draw_panels(2, 2_000, rng()))

    assert set(np.unique(means[:, 0])) == {1.0, 2.0, 3.0}
    seen = means[:, 1]
    assert set(np.unique(seen[~np.isnan(seen)])) == {7.0}
    assert np.isnan(seen).mean() == pytest.approx(0.25, abs=0.05)


def test_criteria_are_kept_apart():
    marks = rng(1).normal(size=(6, 3, 4))
    means = resample_means(marks, draw_panels(6, 500, rng(2)))

    assert means.shape == (500, 3, 4)
    assert (means @ np.ones(4)) == pytest.approx(resample_means(marks.sum(axis=2), draw_panels(6, 500, rng(2))))


def test_trimmed_resamples_are_those_of_every_possible_panel():
    totals = np.array([[10.0], [20.0], [90.0]])
    found = resample_trimmed(totals, draw_panels(3, 60_000, rng()))[:, 0]
    expected = [float(np.median(panel)) for panel in itertools.product([10.0, 20.0, 90.0], repeat=3)]

    values, times = np.unique(found, return_counts=True)
    assert values.tolist() == [10.0, 20.0, 90.0]
    assert times / 60_000 == pytest.approx([expected.count(value) / 27 for value in values], abs=0.01)


def test_two_sheets_are_not_trimmed():
    found = resample_trimmed(np.array([[10.0, 1.0], [30.0, np.nan], [np.nan, np.nan]]), draw_panels(3, 5_000, rng()))

    ten = found[:, 0]
    assert set(np.unique(ten[~np.isnan(ten)])) <= {10.0, 16 + 2 / 3, 20.0, 23 + 1 / 3, 30.0}
    one = found[:, 1]
    assert set(np.unique(one[~np.isnan(one)])) == {1.0}


def test_the_same_seed_gives_the_same_bytes():
    marks = rng(1).normal(size=(6, 3))

    assert (
        resample_means(marks, draw_panels(6, 100, rng(5))).tobytes()
        == resample_means(marks, draw_panels(6, 100, rng(5))).tobytes()
    )


def test_nobody_is_no_panel():
    with pytest.raises(ValueError, match="no reviewer"):
        resample_means(np.zeros((0, 3)), draw_panels(0, 10, rng()))


# --- The line.


def test_the_line_and_how_narrow_it_is():
    points = np.array([90.0, 85.0, 84.5, 70.0])
    draws = np.array([[90, 85, 84, 70], [90, 84, 85, 70], [84, 85, 90, 70], [90, 85, 84, 70]], float)

    found = line(points, draws, 2, [1, 2, 3, 4])

    assert found.advances.tolist() == [0.75, 0.75, 0.5, 0.0]
    assert (found.same, found.gap) == (0.5, 0.5)


def test_teams_level_on_the_line_share_the_seat():
    found = line(np.array([3.0, 2.0, 1.0]), np.array([[3.0, 2.0, 2.0]]), 2, [1, 2, 3])

    assert found.advances.tolist() == [1.0, 0.5, 0.5]
    assert found.same == 0.5


@pytest.mark.parametrize(
    ("draw", "ranks", "quota", "same"),
    [
        ([7.0, 7.0, 7.0], [1, 2, 3], 1, 1 / 3),
        ([7.0, 7.0, 7.0], [1, 2, 3], 2, 1 / 3),
        ([7.0, 9.0, 7.0], [1, 2, 3], 2, 1 / 2),
        ([7.0, 9.0, 7.0], [1, 2, 3], 1, 0.0),
        ([7.0, 7.0, 7.0], [1, 1, 3], 2, 1 / 3),
        ([9.0, 8.0, 7.0], [1, 1, 3], 1, None),
        ([9.0, 8.0, 7.0], [1, 2, 2], 2, None),
    ],
)
def test_the_same_teams_go_on_as_often_as_lots_would_have_it(draw, ranks, quota, same):
    """Who goes on now is said by the ranks, which know what sets equal points apart; on a line that cuts a rank nobody knows."""
    found = line(np.array([3.0, 3.0, 2.0]), np.array([draw]), quota, ranks)

    assert found.same == (None if same is None else pytest.approx(same))


def test_equal_points_that_the_rules_set_apart_are_as_often_the_same_as_they_are_drawn():
    found = line(np.array([5.0, 5.0]), np.array([[4.0, 5.0], [4.0, 6.0], [5.0, 4.0], [3.0, 4.0]]), 1, [2, 1])

    assert (found.same, found.gap) == (0.75, 0.0)


def test_with_a_seat_for_everybody_there_is_no_line():
    found = line(np.array([1.0, 2.0]), np.array([[2.0, 1.0]]), 2, [2, 1])

    assert (found.advances.tolist(), found.same, found.gap) == ([1.0, 1.0], 1.0, None)
    with pytest.raises(ValueError, match="quota"):
        line(np.array([1.0]), np.array([[1.0]]), 2, [1])


@pytest.mark.parametrize(
    ("score", "se", "expected"), [(80.4, 0.5, 0.7881446014166067), (80, 1, 0.5), (80, 0, 1), (79, 0, 0)]
)
def test_the_chance_to_be_above_a_line(score, se, expected):
    assert chance_above(score, se, 80) == pytest.approx(expected, abs=1e-12)
    with pytest.raises(ValueError, match="negative"):
        chance_above(score, -1, 80)


# --- Weights.


def test_a_team_ahead_in_everything_goes_on_under_every_weight():
    study = weight_study(
        np.array([[0.9, 0.9], [0.8, 0.7], [0.5, 0.6]]), [60, 40], 1, [1, 2, 3], spread=0.2, draws=2000, rng=rng()
    )

    assert (study.advances.tolist(), study.first.tolist(), study.same) == ([1.0, 0.0, 0.0], [1.0, 0.0, 0.0], 1.0)


def test_weights_are_even_over_what_is_admissible():
    """Two parts, the first between 0.4 and 0.6; the teams swap at 0.45: a quarter of the weights gives the other one the seat."""
    shares = np.array([[1.0, 0.0], [0.0, 9 / 11]])
    study = weight_study(shares, [50, 50], 1, [1, 2], spread=0.1, draws=40_000, rng=rng())

    assert study.advances == pytest.approx([0.75, 0.25], abs=0.01)
    assert study.same == pytest.approx(0.75, abs=0.01)
    assert study.advances.sum() == pytest.approx(1)


@pytest.mark.parametrize("centre", [[0.5, 0.3, 0.2], [0.95, 0.03, 0.02]])
def test_weights_near_the_real_ones_are_drawn_as_by_keeping_what_fits(centre):
    """The slow way: of even draws of all but the last those are kept that leave it a place."""
    centre = np.array(centre)
    low, high = np.maximum(centre - 0.1, 0), np.minimum(centre + 0.1, 1)
    tried = rng(2).uniform(low[:-1], high[:-1], (2_000_000, 2))
    last = 1 - tried.sum(axis=1)
    fits = (last >= low[-1]) & (last <= high[-1])
    slow = np.column_stack([tried[fits], last[fits]])

    drawn = _near(centre, 0.1, 100_000, rng(3))

    for share in (0.1, 0.5, 0.9):
        assert np.quantile(drawn, share, axis=0) == pytest.approx(np.quantile(slow, share, axis=0), abs=0.002)
    assert np.cov(drawn.T) == pytest.approx(np.cov(slow.T), abs=1e-4)


@pytest.mark.parametrize("points", [[1] * 40, [1000, *[1] * 39], [40, *[4] * 15]])
def test_many_weights_forget_where_they_began(points, monkeypatch):
    """Twice as many rounds change no mean and no spread by more than noise, and every draw is admissible."""
    centre = np.array(points) / sum(points)
    drawn = _near(centre, 0.1, 20_000, rng(4))
    monkeypatch.setattr("evaluations.scoring.stability.ROUNDS", 128)
    longer = _near(centre, 0.1, 20_000, rng(5))

    assert drawn.sum(axis=1) == pytest.approx(np.ones(len(drawn)))
    assert drawn.min() >= 0
    assert np.abs(drawn - centre).max() <= 0.1 + 1e-12
    noise = longer.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - longer.mean(axis=0)) < 6 * noise).all()
    assert drawn.std(axis=0) == pytest.approx(longer.std(axis=0), rel=0.05)


def test_without_a_spread_the_weights_are_the_real_ones():
    study = weight_study(np.array([[1.0, 0.0], [0.0, 0.9]]), [50, 50], 1, [1, 2], spread=0, draws=10, rng=rng())

    assert (study.first.tolist(), study.same) == ([1.0, 0.0], 1.0)


# --- Percentiles of few.


def test_t_about_few_is_the_interval_of_their_mean():
    """Of all resamples of three marks the spread is σ/√3, and √(3/2) of it the usual standard error."""
    marks = np.array([2.0, 4.0, 9.0])
    draws = marks[np.array(list(itertools.product(range(3), repeat=3)))].mean(axis=1)
    half = t_quantile(0.975, 2) * marks.std(ddof=1) / np.sqrt(3)

    low, high = t_limits([5.0], np.repeat(draws, 1000)[:, None], 3)

    assert (low[0], high[0]) == (pytest.approx(5 - half, rel=1e-4), pytest.approx(5 + half, rel=1e-4))
    with pytest.raises(ValueError, match="one thing cannot be resampled"):
        t_limits([5.0], [[4.0], [6.0]], 1)


@pytest.mark.parametrize("size", [5, 10, 20])
def test_expanded_percentiles_of_a_normal_sample_are_its_t_interval(size):
    """A resample's mean has the variance s²(n − 1)/n²: read at the expanded level its normal quantile reaches as far as t does."""
    sample = rng(size).normal(0, 1, size)
    level = expanded_level(size)

    reach = NormalDist().inv_cdf((1 + level) / 2) * sample.std() / np.sqrt(size)

    assert reach == pytest.approx(t_quantile(0.975, size - 1) * sample.std(ddof=1) / np.sqrt(size))


def test_many_need_no_expansion_and_one_has_none():
    assert expanded_level(1_000_000) == pytest.approx(0.95, abs=1e-5)
    with pytest.raises(ValueError, match="one thing"):
        expanded_level(1)


# --- Power.


@pytest.mark.parametrize(("share", "votes"), [(0.52, 2398), (0.55, 381), (0.6, 93), (0.45, 381)])
def test_decisive_votes_that_tell_a_share_from_one_half(share, votes):
    assert decisive_votes(share) == votes


def test_ties_and_clusters_ask_for_more():
    assert judgments(0.55) == 1414
    assert judgments(0.55, ties=0, variance_factor=1) == 381
    assert visible_share(judgments(0.55)) == pytest.approx(0.55, abs=1e-3)
    assert visible_share(0) == 1.0
    with pytest.raises(ValueError, match="one half"):
        decisive_votes(0.5)


def test_half_of_all_studies_of_that_size_see_the_share_and_four_of_five_with_twice_as_many():
    """381 decided votes tell 55 % from one half in every other study; 778 in four of five."""
    assert (decisive_votes(0.55, power=0.8), judgments(0.55, power=0.8)) == (778, 2887)
    assert visible_share(judgments(0.55, power=0.8), power=0.8) == pytest.approx(0.55, abs=1e-3)
    for votes, power in ((381, 0.5), (778, 0.8)):
        won = rng(votes).binomial(votes, 0.55, 40_000) / votes
        assert (won - 0.5 > 1.959964 * np.sqrt(won * (1 - won) / votes)).mean() == pytest.approx(power, abs=0.02)


@given(st.integers(2, 60), st.floats(0.5, 10))
def test_the_panel_that_sees_a_gap_and_the_gap_a_panel_sees(reviewers, noise):
    gap = visible_gap(reviewers, noise)

    assert panel_for(gap, noise) == reviewers
    assert panel_for(gap / 2, noise) == 4 * reviewers
    assert visible_gap(4 * reviewers, noise) == pytest.approx(gap / 2)


def test_power_is_what_it_says():
    """A thousand panels of ten judge two teams whose true difference is the one that is seen with 80 % power."""
    gap = visible_gap(10, 5.0)
    errors = rng(3).normal(0, 5.0, (20_000, 2, 10)).mean(axis=2)
    seen = np.abs(gap + errors[:, 0] - errors[:, 1]) > 1.959964 * 5.0 * np.sqrt(2 / 10)

    assert seen.mean() == pytest.approx(0.8, abs=0.01)


def test_what_no_panel_can_do():
    assert panel_for(0.01, 10) is None
    with pytest.raises(ValueError, match="positive"):
        panel_for(0, 1)
    with pytest.raises(ValueError, match="reviewers"):
        visible_gap(0, 1)


def test_leaving_each_out_in_turn():
    scores = np.array([[1.0, 2.0], [3.0, 4.0], [8.0, 0.0]])

    assert left_out(scores, lambda rest: rest.mean(axis=0)).tolist() == [[5.5, 2.0], [4.5, 1.0], [2.0, 3.0]]


@pytest.mark.parametrize(
    ("points", "draws", "why"),
    [
        ([3.0, 2.0], [[1.0, np.nan]], "points are missing or infinite"),
        ([3.0, np.nan], [[1.0, 2.0]], "points are missing or infinite"),
        ([3.0, 2.0], np.zeros((0, 2)), "at least one"),
        ([3.0, 2.0], [[1.0, 2.0, 3.0]], "at least one"),
        ([3.0, 2.0], [1.0, 2.0], "at least one"),
    ],
)
def test_a_line_through_nothing_is_refused(points, draws, why):
    with pytest.raises(ValueError, match=why):
        line(points, draws, 1, [1, 2])


def test_lists_are_tables_too():
    rng = np.random.default_rng
    scores = [[1, 2], [3, 4], [5, 0]]

    panels = draw_panels(3, 10, rng(1))
    for again in (resample_means, resample_trimmed):
        assert again(scores, panels).tolist() == again(np.array(scores, np.float64), panels).tolist()
    assert left_out(scores, lambda rest: rest.mean(axis=0)).tolist() == [[4.0, 2.0], [3.0, 1.0], [2.0, 3.0]]
    assert weight_study([[1, 0], [0.5, 0.8]], [1, 1], 1, [2, 1], spread=0.1, draws=20, rng=rng(1)).advances.sum() == 1
    with pytest.raises(ValueError, match=r"of the shape \(reviewers, teams\)"):
        resample_trimmed([1, 2], panels)


@pytest.mark.parametrize("share", [0.0, 1.0, 1.2, np.nan])
def test_a_share_of_wins_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="a share of wins lies between 0 and 1"):
        decisive_votes(share)
