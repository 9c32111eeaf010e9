"""Stars as estimates: shrunk, with people's habits removed, and with intervals by person."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.ratings import Disconnected, clustered_means, fair_means, raters, star_table

CASE = json.loads((Path(__file__).parent / "reference" / "shrunk-stars.json").read_text(encoding="utf-8"))
rows = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2), st.integers(1, 5)), min_size=12, max_size=60)


def columns(found):
    return (np.array(column) for column in zip(*found, strict=True))


def test_the_published_shrunk_means_do_not_depend_on_numbers_of_cells():
    for known in CASE["cases"]:
        n, total = sum(known["counts"]), sum(star * number for star, number in enumerate(known["counts"], start=1))
        k, prior = known["prior_strength"], known["prior_mean"]
        # A second cell that pulls the grand mean to the prior of the case.
        rest = np.array([0, 0, 500_000, 500_000, 0]) if prior == 3.5 else None
        table = star_table(np.array([known["counts"], rest]), k=k)

        assert table.shrunk[0] == pytest.approx(known["expected"], abs=1e-3)
        assert table.shrunk[0] == pytest.approx((k * table.grand + total) / (k + n))


def test_a_cell_without_ratings_is_the_grand_mean_and_has_no_mean_of_its_own():
    table = star_table(np.array([[0, 0, 0, 0, 0], [0, 0, 4, 0, 0]]), k=15, least=5)

    assert np.isnan(table.mean[0])
    assert table.shrunk.tolist() == [3.0, 3.0]
    assert table.thin.tolist() == [True, True]
    assert np.isnan(star_table(np.array([[0, 0, 0, 0, 0], [0, 0, 4, 0, 0]]), k=0).shrunk[0])


def test_the_strength_of_the_prior_can_come_from_the_data():
    rng = np.random.default_rng(3)
    centres = rng.normal(3, 0.4, 60)
    stars = np.clip(np.round(rng.normal(centres[:, None], 1.0, (60, 40))), 1, 5).astype(int)
    counts = np.stack([(stars == star).sum(axis=1) for star in range(1, 6)], axis=1)

    table = star_table(counts, k=None)

    assert 4 < table.k < 10  # σ²/τ² ≈ 1.0/0.16
    noise = star_table(np.tile([5, 10, 20, 10, 5], (8, 1)), k=None)
    assert (noise.k, set(noise.shrunk.tolist())) == (None, {3.0})


@pytest.mark.parametrize(
    ("counts", "k", "why"),
    [
        (np.zeros((3, 5), int), 15, "no rating"),
        (np.ones((3, 4), int), 15, "1, 2, 3, 4 and 5 stars"),
        (3, 15, "1, 2, 3, 4 and 5 stars"),
        ([[3, -1, 0, 0, 0]], 15, "counts of stars are numbers, 0 or more"),
        ([[3, np.nan, 0, 0, 0]], 15, "counts of stars are numbers, 0 or more"),
        ([["3"] * 5], 15, "counts of stars are numbers, 0 or more"),
        ([[3, 1, 0, 0, 0]], -1, "a prior is worth 0 ratings or more, not -1"),
    ],
)
def test_tables_that_cannot_be_are_refused(counts, k, why):
    with pytest.raises(ValueError, match=why):
        star_table(counts, k=k)


def test_lists_and_names_are_columns_too():
    person, team, rating = ["가", "가", "나", "나", "다"], [0, 1, 0, 1, 1], [5, 4, 2, 1, 5]
    codes = np.array([0, 0, 1, 1, 2]), np.array(team), np.array(rating)

    assert fair_means(person, team, rating, 2).covariance.tolist() == fair_means(*codes, 2).covariance.tolist()
    assert [found.tolist() for found in clustered_means(person, team, rating, 2)] == [
        found.tolist() for found in clustered_means(*codes, 2)
    ]
    assert raters(person, team, 2).tolist() == [2, 3]
    assert star_table([[0, 0, 0, 0, 1], [9, 0, 0, 0, 0]], k=10).grand == 1.4


@pytest.mark.parametrize(
    ("person", "team", "rating", "why"),
    [
        ([0, 1], [0, 1], [5], r"\(2,\) people, \(2,\) teams and \(1,\) ratings are no columns of one length"),
        ([0, 1], [0.0, 1.0], [5, 4], "codes are whole numbers"),
        ([0, 1], [0, 1], [5, np.nan], "a rating is missing or infinite"),
    ],
)
def test_columns_of_ratings_that_are_none_are_refused(person, team, rating, why):
    for told in (fair_means, clustered_means):
        with pytest.raises(ValueError, match=why):
            told(person, team, rating, 2)


# --- People's habits.


def test_a_strict_person_counts_by_the_differences_she_makes():
    """Two strict people rate both teams, a generous one the second only: plainly the second leads, fairly the first does."""
    person, team = np.array([0, 0, 1, 1, 2, 3]), np.array([0, 1, 0, 1, 1, 1])
    rating = np.array([3, 2, 3, 2, 5, 5])

    fair = fair_means(person, team, rating, 2)

    assert fair.plain.tolist() == [3.0, 3.5]
    assert fair.mean[0] - fair.mean[1] == pytest.approx(1.0)
    assert (fair.n.tolist(), fair.people) == ([2, 4], 2)


@given(rows)
def test_it_is_the_least_squares_fit_with_a_term_for_every_person(found):
    person, team, rating = columns(found)
    if len(set(team.tolist())) < 3:
        return
    try:
        fair = fair_means(person, team, rating, 3)
    except Disconnected:
        return
    design = np.zeros((len(rating), 12))
    design[np.arange(len(rating)), team] = 1
    design[np.arange(len(rating)), 3 + person] = 1
    found = np.linalg.lstsq(design, rating, rcond=None)[0]
    everybody = found[3 + np.unique(person)].mean()

    assert fair.mean == pytest.approx(found[:3] + everybody, abs=1e-8)


def test_where_everybody_rates_everything_fair_means_are_plain_means_and_as_uncertain():
    """The level counts too: who came decides how generous all means are."""
    table = np.random.default_rng(2).integers(1, 6, (30, 3)) + np.arange(30)[:, None] % 4
    person, team = np.indices(table.shape).reshape(2, -1)

    fair = fair_means(person, team, table.ravel(), 3)

    assert fair.mean == pytest.approx(table.mean(axis=0))
    assert fair.covariance == pytest.approx(np.cov(table.T) / 30)


def test_a_team_rated_more_often_moves_nobodys_level():
    """Two people give the good team 5 and the bad one 1; twenty rate the good one alone, and no mean goes beyond the scale."""
    person, team = np.array([0, 0, 1, 1, *range(2, 22)]), np.array([0, 1, 0, 1, *[0] * 20])

    fair = fair_means(person, team, np.where(team == 0, 5, 1), 2)

    assert fair.mean == pytest.approx([5, 1])


@given(rows, st.randoms(), st.integers(-3, 3))
def test_order_and_scale_and_everybodys_zero_have_no_effect(found, random, shift):
    person, team, rating = columns(found)
    if len(set(team.tolist())) < 3:
        return
    try:
        fair = fair_means(person, team, rating, 3)
    except Disconnected:
        return
    random.shuffle(found)
    shuffled = fair_means(*columns(found), 3)
    own = np.random.default_rng(0).normal(0, 2, 9)
    moved = fair_means(person, team, 2 * rating + shift + own[person], 3)

    assert shuffled.mean == pytest.approx(fair.mean, abs=1e-9)
    differences = np.diff(fair.mean)
    assert np.diff(moved.mean) == pytest.approx(2 * differences, abs=1e-8)
    assert shuffled.covariance == pytest.approx(fair.covariance, abs=1e-9, nan_ok=True)


def test_the_interval_is_that_of_the_clustered_sandwich():
    rng = np.random.default_rng(5)
    person, team = rng.integers(0, 40, 300), rng.integers(0, 3, 300)
    rating = rng.integers(1, 6, 300)
    fair = fair_means(person, team, rating, 3)

    design = np.zeros((300, 42))  # teams against the first two, and every person
    design[np.arange(300), team] += 1
    design[:, 2] -= 0
    dummies = np.zeros((300, 43))
    dummies[np.arange(300), team] = 1
    dummies[np.arange(300), 3 + person] = 1
    inverse = np.linalg.pinv(dummies.T @ dummies)
    left = rating - dummies @ (inverse @ dummies.T @ rating)
    scores = np.zeros((40, 43))
    np.add.at(scores, person, dummies * left[:, None])
    covariance = inverse @ scores.T @ scores @ inverse * fair.people / (fair.people - 1)
    contrast = np.zeros(43)
    contrast[0], contrast[1] = 1, -1
    expected = contrast @ covariance @ contrast
    found = fair.covariance[0, 0] + fair.covariance[1, 1] - 2 * fair.covariance[0, 1]

    assert found == pytest.approx(expected, rel=1e-6)


def test_teams_nobody_rated_together_are_not_compared():
    with pytest.raises(Disconnected) as refused:
        fair_means(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4]), 4)

    assert refused.value.components == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    ("team", "teams", "why"), [([0, 0], 2, "no rating"), ([0, 2], 2, "not between"), ([-1, 0], 2, "not between")]
)
def test_ratings_that_cannot_be_are_refused(team, teams, why):
    with pytest.raises(ValueError, match=why):
        fair_means(np.array([0, 1]), np.array(team), np.array([1, 2]), teams)
    with pytest.raises(ValueError, match="no rating"):
        fair_means(np.array([], int), np.array([], int), np.array([], int), 2)


def test_plain_means_with_errors_by_person():
    person, team, rating = np.array([0, 0, 1, 1]), np.array([0, 0, 0, 0]), np.array([5, 5, 1, 1])
    mean, se = clustered_means(person, team, rating, 2)

    # Two people, one always 5 and one always 1: (2·2)² + (−2·2)² = 32, of two people instead of one 64, √64/4 = 2.
    assert mean[0] == 3.0
    assert se[0] == pytest.approx(2)
    assert np.isnan(mean[1])
    assert np.isnan(se[1])


def test_a_block_of_people_at_a_time_gives_the_same(monkeypatch):
    rng = np.random.default_rng(1)
    person, team, rating = rng.integers(0, 50, 400), rng.integers(0, 3, 400), rng.integers(1, 6, 400)
    whole = fair_means(person, team, rating, 3)
    monkeypatch.setattr("evaluations.scoring.ratings.BLOCK", 21)
    parts = fair_means(person, team, rating, 3)

    assert parts.mean == pytest.approx(whole.mean)
    assert parts.covariance == pytest.approx(whole.covariance)


def test_people_who_rated_a_team_are_counted_once():
    found = raters(np.array([0, 0, 7, 7, 7]), np.array([0, 1, 1, 1, 1]), 3)

    assert found.tolist() == [1, 2, 0]
    assert raters(np.array([], np.int64), np.array([], np.int64), 2).tolist() == [0, 0]


def test_one_person_alone_has_no_error():
    """She rated both teams, and the first twice; the second team has another rater."""
    person, team, rating = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), np.array([5, 3, 2, 4])
    mean, se = clustered_means(person, team, rating, 3)
    fair = fair_means(person, team, rating, 2)

    assert mean.tolist()[:2] == [4.0, 3.0]
    assert np.isnan(mean).tolist() == [False, False, True]
    assert np.isnan(se).tolist() == [True, False, True]
    assert se[1] == pytest.approx(1.0)
    # One person compared the two teams: how far apart others would see them nobody knows.
    assert (fair.people, fair.mean[0] - fair.mean[1]) == (1, pytest.approx(2.0))
    assert np.isnan(fair.covariance).all()
    assert np.isnan(fair.se).all()
    assert np.isnan(fair.intervals()).all()


def test_one_team_has_nothing_to_be_compared_with():
    with pytest.raises(ValueError, match="two teams or more"):
        fair_means(np.array([0, 1]), np.array([0, 0]), np.array([5, 4]), 1)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint64])
def test_raters_are_told_apart_whatever_their_numbers_are(dtype):
    """As far apart as the kind of number allows: a key of team and person together must not wrap around."""
    lowest, highest = np.iinfo(dtype).min, np.iinfo(dtype).max
    person = np.array([lowest, highest, highest, lowest, 1, 1], dtype)

    assert raters(person, np.array([0, 0, 0, 2, 2, 1]), 4).tolist() == [2, 1, 2, 0]
    assert raters(person[:0], np.zeros(0, int), 2).tolist() == [0, 0]


def test_intervals_of_fair_means_go_by_the_people_who_compare():
    person, team, rating = (
        np.array([0, 0, 1, 1, 2, 2, 3]),
        np.array([0, 1, 0, 1, 0, 1, 1]),
        np.array([5, 3, 4, 1, 4, 4, 5]),
    )
    fair = fair_means(person, team, rating, 2)
    found = fair.intervals(0.9)

    assert found.mean(axis=1) == pytest.approx(fair.mean)
    assert np.diff(found)[:, 0] / 2 == pytest.approx(t_quantile(0.95, 2) * fair.se)
    with pytest.raises(ValueError, match="a level between 0 and 1"):
        fair.intervals(1.0)
