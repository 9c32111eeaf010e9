"""Intervals that allow for people and prompts, ranks as ranges, and how many votes would turn two neighbours around."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from evaluations.scoring.clusters import (
    Votes,
    bootstrap,
    cells_of_votes,
    clustered,
    fit_votes,
    fold_groups,
    intervals,
    two_way,
    votes_to_flip,
)
from evaluations.scoring.comparisons import Cells, NoEstimate, bradley_terry, cells_of, fit_cells
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.tallies import PairTally, fold_comparisons

MODELS = ("ga", "na", "da", "ra")


def some_votes(votes: int = 3000, people: int = 200, prompts: int = 20, taste: float = 0.6, seed: int = 3) -> Votes:
    """People with tastes of their own, prompts that suit some models: what makes votes hang together."""
    rng = np.random.default_rng(seed)
    left = rng.integers(0, 4, votes)
    right = (left + rng.integers(1, 4, votes)) % 4
    person, prompt = rng.integers(0, people, votes), rng.integers(0, prompts, votes)
    strength = np.array([0.5, 0.2, -0.2, -0.5])
    own = rng.normal(0, taste, (people, 4))
    s = strength[left] - strength[right] + own[person, left] - own[person, right] + 0.1
    chance = rng.random(votes) * (np.exp(s / 2) + np.exp(-s / 2) + 0.7)
    choice = np.where(chance < np.exp(s / 2), 0, np.where(chance < np.exp(s / 2) + np.exp(-s / 2), 1, 2))
    choice[rng.random(votes) < 0.05] = 4
    return Votes(left, right, choice, person, prompt)


def fitted(votes: Votes, **options):
    return bradley_terry(fold_comparisons(votes.left, votes.right, votes.choice, MODELS), **options)


@pytest.mark.parametrize("ties", ["davidson", "rao_kupper", "half_win", "none"])
def test_with_one_vote_a_cluster_it_is_the_robust_error(ties):
    votes = some_votes()
    fit = fitted(votes, ties=ties)
    used = int((votes.choice < (2 if ties == "none" else 4)).sum())

    found = clustered(fit, votes, np.arange(len(votes.left)))

    assert found == pytest.approx(fit.robust * used / (used - 1), rel=1e-6, abs=1e-12)


def test_every_vote_given_twice_by_the_same_person_adds_no_evidence():
    votes = some_votes(taste=0.0)
    twice = Votes(*(np.concatenate([column, column]) for column in (votes.left, votes.right, votes.choice)))
    fit = fitted(twice)
    person = np.tile(np.arange(len(votes.left)), 2)

    assert fit.se(clustered(fit, twice, person)) == pytest.approx(fitted(votes).se(), rel=2e-3)
    assert (fit.se() < 0.75 * fitted(votes).se()).all()


def test_tastes_make_the_interval_wider_and_the_bootstrap_agrees():
    votes = some_votes()
    fit = fitted(votes)
    by_person = fit.se(clustered(fit, votes, votes.person))
    groups = fold_groups(votes, votes.person, 200, MODELS)

    drawn = bootstrap(MODELS, groups, draws=800, rng=np.random.default_rng(1))

    assert (by_person > 1.05 * fit.se()).all()
    assert drawn.failed == 0
    assert drawn.beta.std(axis=0) == pytest.approx(by_person, rel=0.12)
    assert drawn.beta.mean(axis=0) == pytest.approx(fit.beta, abs=0.02)


def test_two_ways_at_once_is_person_and_prompt_less_what_both_share():
    votes = some_votes()
    fit = fitted(votes)
    both = votes.person * 100 + votes.prompt

    expected = clustered(fit, votes, votes.person) + clustered(fit, votes, votes.prompt) - clustered(fit, votes, both)

    assert two_way(fit, votes) == pytest.approx(expected)


def test_two_ways_that_give_no_covariance_fall_back_on_the_wider_one():
    votes = some_votes(votes=400, people=3, prompts=3, taste=0.0, seed=5)
    fit = fitted(votes)
    one_way = [clustered(fit, votes, column) for column in (votes.person, votes.prompt)]

    found = two_way(fit, votes)

    assert np.linalg.eigvalsh(found).min() >= -1e-9 * np.trace(found)
    assert any(found is not None and np.allclose(found, covariance) for covariance in one_way)


def test_what_clusters_cannot_do_without():
    votes = some_votes(votes=300)
    fit = fitted(votes)

    with pytest.raises(ValueError, match="at least two clusters"):
        clustered(fit, votes, np.zeros(300, int))
    with pytest.raises(ValueError, match="person and the prompt"):
        two_way(fit, replace(votes, person=None))


def test_intervals_go_by_the_clusters_there_are():
    votes = some_votes(people=30, prompts=8)
    fit = fitted(votes)
    both, by_person, by_prompt, alone = (
        intervals(fit, one)
        for one in (
            votes,
            replace(votes, prompt=None),
            replace(votes, person=0 * votes.person),
            replace(votes, person=None, prompt=0 * votes.prompt),
        )
    )

    assert [(one.clusters, one.degrees) for one in (both, by_person, by_prompt, alone)] == [
        ("person+prompt", 7), ("person", 29), ("prompt", 7), ("none", fit.votes - 1)
    ]  # fmt: skip
    assert both.covariance.tolist() == two_way(fit, votes).tolist()
    assert by_person.covariance.tolist() == clustered(fit, votes, votes.person).tolist()
    assert by_prompt.covariance.tolist() == clustered(fit, votes, votes.prompt).tolist()
    assert alone.covariance.tolist() == fit.robust.tolist()


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_intervals_reach_as_far_as_t_and_so_do_their_draws(level):
    votes = some_votes(people=30, prompts=8)
    fit = fitted(votes)
    found = intervals(fit, votes, level)

    assert found.reach == t_quantile((1 + level) / 2, 7)
    assert (found.low + found.high) / 2 == pytest.approx(fit.parameters())
    assert (found.high - found.low) / 2 == pytest.approx(found.reach * fit.errors(found.covariance))
    draws = fit.draws(40_000, np.random.default_rng(1), found.for_draws)
    inside = ((draws > found.low[:4]) & (draws < found.high[:4])).mean(axis=0)
    assert inside == pytest.approx(np.full(4, level), abs=0.01)
    with pytest.raises(ValueError, match="a level between 0 and 1"):
        intervals(fit, votes, 95)


def test_votes_of_another_fit_are_refused():
    votes = some_votes(votes=300)
    some = votes.only(np.arange(100))

    with pytest.raises(ValueError, match="these are not those it was fitted to"):
        clustered(fitted(some), votes, votes.person)
    with pytest.raises(ValueError, match="a cluster of each of 300 votes was expected"):
        clustered(fitted(votes), votes, votes.person[:100])


def test_clusters_may_have_names_and_numbers_of_any_size():
    votes = some_votes(votes=600)
    fit = fitted(votes)
    names = replace(
        votes,
        person=[f"사람 {number}" for number in votes.person],
        prompt=(votes.prompt - 3) * np.int64(2**57),  # negative, and too far apart for one number of both
    )

    assert two_way(fit, names) == pytest.approx(two_way(fit, votes))
    assert intervals(fit, names).degrees == intervals(fit, votes).degrees


def test_votes_may_come_as_lists_and_are_columns_of_one_length():
    votes = some_votes(votes=300)
    lists = Votes(*(column.tolist() for column in (votes.left, votes.right, votes.choice, votes.person, votes.prompt)))

    assert fit_votes(MODELS, lists).beta.tolist() == fit_votes(MODELS, votes).beta.tolist()
    assert two_way(fitted(votes), lists).tolist() == two_way(fitted(votes), votes).tolist()
    with pytest.raises(ValueError, match=r"3 choices and a column person of the shape \(2,\)"):
        Votes([0, 1, 0], [1, 0, 1], [0, 1, 2], person=[1, 2])
    with pytest.raises(ValueError, match="codes are whole numbers"):
        Votes([0.5, 1], [1, 0], [0, 1])


def test_people_in_groups_are_counted_once():
    votes = some_votes()
    groups = fold_groups(votes, votes.person % 50, 50, MODELS)

    assert (groups.sum(axis=0) == fold_comparisons(votes.left, votes.right, votes.choice, MODELS).counts).all()
    assert groups[7].sum() == (votes.person % 50 == 7).sum()


@pytest.mark.parametrize("ties", ["davidson", "rao_kupper", "half_win", "none"])
@pytest.mark.parametrize("side", [True, False])
def test_a_resample_is_fitted_as_its_own_votes_would_be(ties, side):
    votes = some_votes()
    groups = fold_groups(votes, votes.person % 40, 40, MODELS)
    drawn = bootstrap(MODELS, groups, draws=5, rng=np.random.default_rng(9), ties=ties, side=side)
    weights = np.random.default_rng(9).multinomial(40, np.full(40, 1 / 40), size=5)

    for found, weight in zip(drawn.beta, weights, strict=True):
        tally = PairTally(MODELS, np.tensordot(weight, groups, axes=1))
        assert found == pytest.approx(bradley_terry(tally, ties=ties, side=side).beta, abs=2e-3)


def test_the_same_seed_gives_the_same_draws():
    groups = fold_groups(some_votes(), some_votes().person, 200, MODELS)
    first, second = (bootstrap(MODELS, groups, draws=50, rng=np.random.default_rng(4)).beta for _ in range(2))

    assert first.tobytes() == second.tobytes()


def test_no_draw_and_no_groups_are_refused():
    for draws, groups in ((0, np.zeros((2, 2, 2, 5), int)), (5, [[[0] * 5] * 2] * 2)):
        with pytest.raises(ValueError, match="counts per group and at least one draw"):
            bootstrap(("x", "y"), groups, draws=draws, rng=np.random.default_rng(0))


def test_too_few_votes_for_resampling_are_said_to_be():
    counts = np.zeros((4, 2, 2, 5), np.int64)
    counts[:, 0, 1, 0] = [1, 1, 1, 0]
    counts[3, 0, 1, 1] = 1

    with pytest.raises(NoEstimate, match="resamples have no finite estimate"):
        bootstrap(("x", "y"), counts, draws=200, rng=np.random.default_rng(0), side=False)


def test_draws_have_the_covariance_they_are_drawn_from():
    fit = fitted(some_votes())
    draws = fit.draws(20_000, np.random.default_rng(0))

    assert np.cov(draws.T) == pytest.approx(fit.robust[:4, :4], abs=0.05 * fit.robust[0, 0])
    assert draws.sum(axis=1) == pytest.approx(np.zeros(20_000), abs=1e-6)


# --- Votes to flip.


def test_flipping_so_many_votes_swaps_the_two_and_one_fewer_does_not():
    """Two models, 60 to 40: turning 10 makes them level, 11 puts the other one first."""
    counts = np.zeros((2, 2, 5), np.int64)
    counts[0, 1] = [60, 40, 0, 0, 0]
    tally = PairTally(("x", "y"), counts)

    (flip,) = votes_to_flip(cells_of(tally, side=False), bradley_terry(tally, side=False))

    assert (flip.above, flip.below, flip.votes, flip.of) == ("x", "y", 11, 100)


def test_turned_votes_without_a_finite_estimate_still_tell_who_is_ahead():
    """x beat y, y beat z, z beat x. With the first vote turned y only won: no finite strengths, and y is ahead."""
    counts = np.zeros((3, 3, 5), np.int64)
    counts[[0, 1, 2], [1, 2, 0], 0] = 1
    tally = PairTally(("x", "y", "z"), counts)
    fit = bradley_terry(tally, side=False)
    counts[0, 1, :2] = (0, 1)
    with pytest.raises(NoEstimate):
        bradley_terry(tally, side=False)
    counts[0, 1, :2] = (1, 0)

    assert [flip.votes for flip in votes_to_flip(tally, fit)] == [1, 1]


def test_every_pair_of_neighbours_has_its_number():
    votes = some_votes()
    tally = fold_comparisons(votes.left, votes.right, votes.choice, MODELS)
    fit = bradley_terry(tally)

    flips = votes_to_flip(cells_of(tally, side=True), fit)

    order = np.argsort(-fit.beta)
    assert [(flip.above, flip.below) for flip in flips] == [
        (MODELS[one], MODELS[other]) for one, other in pairwise(order)
    ]
    assert all(0 < flip.votes < 400 for flip in flips)


def test_where_nothing_can_be_turned_there_is_no_number():
    counts = np.zeros((2, 2, 5), np.int64)
    counts[0, 1] = [1, 0, 50, 0, 0]
    tally = PairTally(("x", "y"), counts)
    fit = bradley_terry(tally, side=False, prior=1.0)

    (flip,) = votes_to_flip(cells_of(tally, side=False), fit)

    assert (flip.votes, flip.of) == (1, 51)
    counts[0, 1] = [0, 0, 50, 0, 0]
    (none,) = votes_to_flip(PairTally(("x", "y"), counts), fit)
    assert none.votes is None


def of_two_lengths(first: tuple[int, int], second: tuple[int, int]) -> Cells:
    """Votes on x and y, won and lost by x: first where x wrote one doubling more, then where y did."""
    votes = np.array([[first[0], second[0]], [first[1], second[1]], [0, 0]], float)
    return Cells(np.zeros(2, int), np.ones(2, int), votes, np.array([[1.0], [-1.0]]))


def test_at_equal_style_other_votes_swap_the_two():
    """With the length the difference is the mean of the log-odds of 61 to 19 and of 12 to 8: below 0 where the two shares of x add up to
    less than 1. The eight votes that do it are of the twenty on its shorter answers. Without the length 23 make both level, and 24 swap them."""
    cells = of_two_lengths((61, 19), (12, 8))
    alike, plain = (
        fit_cells(("x", "y"), one, ties="none", side=False) for one in (cells, cells._replace(x=cells.x[:, :0]))
    )

    (flip,) = votes_to_flip(cells, alike)

    assert alike.beta[0] - alike.beta[1] == pytest.approx((np.log(61 / 19) + np.log(12 / 8)) / 2)
    assert (flip.above, flip.below, flip.votes, flip.of) == ("x", "y", 8, 100)
    assert votes_to_flip(cells._replace(x=cells.x[:, :0]), plain)[0].votes == 24


def test_an_effect_that_runs_away_proves_no_swap():
    """With both votes on short answers turned the length explains everything, and nobody can say who would be ahead."""
    cells = of_two_lengths((9, 1), (1, 1))

    (flip,) = votes_to_flip(cells, fit_cells(("x", "y"), cells, ties="none", side=False))

    assert flip.votes is None


def test_the_cells_of_single_votes_are_those_of_their_tally():
    votes = some_votes()
    tally = fold_comparisons(votes.left, votes.right, votes.choice, MODELS)

    for one, other in zip(cells_of_votes(MODELS, votes), cells_of(tally, side=True), strict=True):
        assert one.tolist() == other.tolist()
