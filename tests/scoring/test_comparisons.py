"""Bradley–Terry: published answers, where no answer exists, and what must not matter."""

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.comparisons import Cells, NoEstimate, both_bad_share, bradley_terry, cells_of, fit_cells
from evaluations.scoring.tallies import PairTally

REFERENCE = Path(__file__).parent / "reference"

rules = st.sampled_from(["davidson", "rao_kupper", "half_win", "none"])


def case(name: str) -> dict:
    return json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


def a_tally(wins, ties=None, both_bad=None, models=None) -> PairTally:
    """From tables of wins (row beats column) and symmetric ties, every comparison with the winner on the left."""
    size = len(wins)
    counts = np.zeros((size, size, 5), np.int64)
    counts[..., 0] = wins
    counts[..., 2] = 0 if ties is None else np.triu(ties)
    counts[..., 3] = 0 if both_bad is None else np.triu(both_bad)
    return PairTally(tuple(models or "ABCDEFGHI"[:size]), counts)


def se_of_differences(covariance, reference: int) -> np.ndarray:
    variance = np.diag(covariance)
    return np.sqrt(np.maximum(0, variance + variance[reference] - 2 * covariance[reference]))


# --- Published.


def test_the_citations_of_statistics_journals():
    known = case("bt-citations")
    expected, tally = known["expected"], a_tally(known["data"]["wins"], models=known["data"]["objects"])
    fit = bradley_terry(tally, side=False)
    reduced = bradley_terry(tally, side=False, prior="firth")

    assert fit.beta == pytest.approx(list(expected["coef_sum_zero"].values()), abs=known["tolerance"])
    assert fit.se(fit.fisher) == pytest.approx(list(expected["se_sum_zero"].values()), abs=known["tolerance"])
    assert fit.beta - fit.beta[0] == pytest.approx(list(expected["coef_ref_first"].values()), abs=known["tolerance"])
    assert se_of_differences(fit.fisher, 0) == pytest.approx(
        list(expected["se_ref_first"].values()), abs=known["tolerance"]
    )
    assert fit.deviance == pytest.approx(expected["residual_deviance"], abs=known["tolerance"])
    assert (reduced.beta - reduced.beta[0])[1:] == pytest.approx(
        list(expected["bias_reduced_coef_ref_first"].values()), abs=known["tolerance"]
    )
    assert (fit.ties, fit.tie, fit.side, fit.prior, reduced.prior) == ("none", None, None, None, "firth")
    published = known["published"]["coef"]
    assert {
        name: float(value) for name, value in zip(fit.models[1:], (fit.beta - fit.beta[0])[1:], strict=True)
    } == pytest.approx(published, abs=known["published_tolerance"])


def test_the_home_side_of_the_american_league():
    """Agresti, Categorical Data Analysis, §10.6: 1987, wins and losses at home of the row against the column."""
    teams = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
    home = ["-- 43 42 43 61 42 60", "33 -- 42 43 60 61 43", "25 43 -- 24 43 42 60", "33 51 25 -- 43 42 61",
            "51 25 33 42 -- 52 60", "25 33 34 43 42 -- 24", "25 15 16 24 16 34 --"]  # fmt: skip
    counts = np.zeros((7, 7, 5), np.int64)
    for row, games in enumerate(home):
        for column, found in enumerate(games.split()):
            if found != "--":
                counts[row, column, :2] = int(found[0]), int(found[1])
    tally = PairTally(teams, counts)
    plain, at_home = bradley_terry(tally, side=False), bradley_terry(tally)

    assert (plain.beta - plain.beta[-1])[:-1] == pytest.approx(
        [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839], abs=5e-5
    )
    assert (at_home.side, at_home.errors(at_home.fisher)[-1]) == (
        pytest.approx(0.3023, abs=5e-5), pytest.approx(0.1309, abs=5e-5)
    )  # fmt: skip
    # Against the games themselves the home side is worth 44.053 − 38.643, whatever each is compared with.
    assert at_home.deviance == pytest.approx(38.643, abs=5e-4)
    assert 2 * (at_home.log_likelihood - plain.log_likelihood) == pytest.approx(44.053 - 38.643, abs=1e-3)


def test_ties_by_davidson():
    known = case("bt-ties-springall-1973")
    expected = known["expected"]["davidson"]
    fit = bradley_terry(a_tally(known["data"]["wins"], known["data"]["ties"]), side=False)

    assert fit.beta == pytest.approx(expected["log_strength_sum_zero"], abs=known["tolerance"])
    assert fit.tie == pytest.approx(expected["nu"], abs=known["tolerance"])
    assert fit.se(fit.fisher) == pytest.approx(expected["se_sum_zero"], abs=known["tolerance"])
    assert math.sqrt(fit.fisher[-1, -1]) == pytest.approx(expected["se_log_nu"], abs=known["tolerance"])


def test_ties_by_rao_and_kupper():
    known = case("bt-ties-springall-1973")
    expected = known["expected"]["rao_kupper"]
    fit = bradley_terry(a_tally(known["data"]["wins"], known["data"]["ties"]), ties="rao_kupper", side=False)

    assert fit.beta == pytest.approx(expected["log_strength_sum_zero"], abs=known["tolerance"])
    assert fit.tie == pytest.approx(expected["theta_threshold"], abs=known["tolerance"])


def test_a_tie_as_half_a_win_and_why_its_naive_error_is_too_wide():
    known = case("bt-ties-springall-1973")
    expected = known["expected"]["tie_as_half_win"]
    fit = bradley_terry(a_tally(known["data"]["wins"], known["data"]["ties"]), ties="half_win", side=False)

    assert fit.beta == pytest.approx(expected["log_strength_sum_zero"], abs=known["tolerance"])
    assert fit.se(fit.fisher) == pytest.approx(expected["se_fisher_sum_zero"], abs=known["tolerance"])
    assert fit.se() == pytest.approx(expected["se_sandwich_sum_zero"], abs=known["tolerance"])
    assert (fit.se() < fit.se(fit.fisher)).all()


def test_the_share_of_ties_at_equal_strength():
    """Rao and Kupper with a threshold of ½: σ(½) − σ(−½) = 0.2449, not the 0.2355 of a formula that goes around."""
    counts = np.zeros((2, 2, 5), np.int64)
    counts[0, 1] = [3775407, 3775407, 2449187, 0, 0]
    fit = bradley_terry(PairTally(("x", "y"), counts), ties="rao_kupper", side=False)

    _, _, tie = fit.chances()
    assert math.log(fit.tie) == pytest.approx(0.5, abs=1e-6)
    assert tie[0, 1] == pytest.approx(0.244919, abs=1e-6)


# --- Where there is no answer.


def separation(title: str) -> dict:
    return next(one for one in case("bt-separation")["cases"] if one["title"].startswith(title))


def test_a_model_that_only_won_has_no_finite_strength():
    known = separation("one object")
    tally = a_tally(known["wins"])

    with pytest.raises(NoEstimate) as refused:
        bradley_terry(tally, side=False)
    fit = bradley_terry(tally, side=False, prior="firth")

    assert refused.value.components == (("A",), ("B", "C", "D"))
    expected, place = known["expected"], "ABCD".index
    found = {name: fit.beta[place(name)] - fit.beta[3] for name in expected["firth_log_strength_ref_D"]}
    assert found == pytest.approx(expected["firth_log_strength_ref_D"], abs=known["tolerance"])
    spread = se_of_differences(fit.fisher, 3)
    assert {name: spread[place(name)] for name in expected["firth_se_ref_D"]} == pytest.approx(
        expected["firth_se_ref_D"], abs=known["tolerance"]
    )
    assert np.isfinite(bradley_terry(tally, side=False, prior=1.0).beta).all()


def test_islands_are_not_on_one_scale():
    known = separation("two islands")
    tally, expected = a_tally(known["wins"]), known["expected"]

    with pytest.raises(NoEstimate) as refused:
        bradley_terry(tally, side=False)

    assert [list(part) for part in refused.value.components] == expected["components"]
    for prior in ("firth", 1.0):  # neither makes a scale where no vote has one
        with pytest.raises(NoEstimate, match="never compared") as refused:
            bradley_terry(tally, side=False, prior=prior)
        assert [list(part) for part in refused.value.components] == expected["components"]
    for name, value in expected["within"].items():
        fit = bradley_terry(tally.only(name.split("-")), side=False)
        assert fit.beta[0] - fit.beta[1] == pytest.approx(value, abs=1e-9)


def test_only_ties_say_nothing_about_strength_but_half_wins_put_all_level():
    known = separation("all ties")
    tally = a_tally(known["wins"], known["ties"])

    for ties in ("davidson", "rao_kupper", "none"):
        for prior in (None, 1.0):  # a prior on strengths says nothing about ties, and ν is as far off
            with pytest.raises(NoEstimate, match="no decided vote: all are level") as refused:
                bradley_terry(tally, ties=ties, side=False, prior=prior)
            assert refused.value.components == (("A", "B", "C"),)
    assert bradley_terry(tally, ties="half_win", side=False).beta == pytest.approx(
        known["expected"]["tie_as_half_win_log_strength"]
    )
    assert bradley_terry(tally, side=False, prior="firth").beta == pytest.approx([0, 0, 0])


def test_only_both_bad_says_nothing_about_strength():
    known = separation("only")
    tally = a_tally(known["wins"], known["ties"], known["both_bad"])

    with pytest.raises(NoEstimate, match="no decided vote"):
        bradley_terry(tally, side=False)
    share, number = both_bad_share(tally)
    assert (share.tolist(), number.tolist()) == ([1.0, 1.0], [9.0, 9.0])


@pytest.mark.parametrize(("models", "why"), [(1, "fewer than two models"), (3, "never compared")])
def test_nothing_compared_is_no_estimate(models, why):
    with pytest.raises(NoEstimate, match=why):
        bradley_terry(a_tally(np.zeros((models, models), int)))


def test_only_the_left_side_won():
    tally = a_tally([[0, 5, 5], [5, 0, 5], [5, 5, 0]])

    with pytest.raises(NoEstimate, match="only one side"):
        bradley_terry(tally, side=True)


def test_a_side_that_models_never_change_cannot_be_told_from_strength():
    """A always stood left of B, and B of C: what they won there may be the side's doing."""
    tally = a_tally(np.zeros((3, 3), int))
    tally.counts[0, 1, :2] = tally.counts[1, 2, :2] = (6, 4)

    with pytest.raises(NoEstimate, match="same sides"):
        bradley_terry(tally)
    assert bradley_terry(tally, side=False).beta == pytest.approx([math.log(1.5), 0, -math.log(1.5)])
    tally.counts[2, 1, :2] = 1
    assert np.isfinite(bradley_terry(tally).se()).all()


def test_strengths_and_side_that_run_away_together_are_no_estimate():
    """Every vote follows from who is better and what the left side gives, so both may grow for ever."""
    tally = a_tally(np.zeros((2, 2), int))
    tally.counts[0, 1, 0], tally.counts[1, 0, :2] = 3, (2, 2)

    with pytest.raises(NoEstimate):
        bradley_terry(tally)


def met(*pairs) -> PairTally:
    """From (left, right, left won, right won, ties)."""
    tally = a_tally(np.zeros((1 + max(max(pair[:2]) for pair in pairs),) * 2, int))
    for left, right, *votes in pairs:
        tally.counts[left, right, :3] = votes
    return tally


@pytest.mark.parametrize("ties", ["davidson", "rao_kupper"])
@pytest.mark.parametrize(
    "pairs",
    [
        [(0, 1, 100, 0, 40)],
        [(0, 1, 3, 0, 1)],
        [(0, 1, 20, 0, 5)],
        [(0, 1, 5, 0, 3)],
        [(0, 1, 10**7, 0, 1)],
        [(0, 1, 10, 0, 5), (1, 2, 8, 0, 3), (2, 3, 4, 0, 9)],
    ],
)
def test_strengths_and_ties_that_run_away_together_are_no_estimate(ties, pairs):
    """Nobody lost, so strengths may grow for ever while ν grows with them and keeps the share of ties as it is."""
    with pytest.raises(NoEstimate, match="run away"):
        bradley_terry(met(*pairs), ties=ties, side=False)


@pytest.mark.parametrize("ties", ["davidson", "rao_kupper"])
def test_strengths_side_and_ties_that_run_away_together_are_no_estimate(ties):
    with pytest.raises(NoEstimate, match="run away"):
        bradley_terry(met((0, 1, 62, 0, 122), (1, 0, 0, 68, 14)), ties=ties)


@pytest.mark.parametrize("ties", ["davidson", "rao_kupper", "half_win", "none"])
@pytest.mark.parametrize("side", [True, False])
def test_an_estimate_is_given_exactly_where_no_direction_makes_every_vote_more_probable(ties, side):
    """Albert and Anderson (1984): among a fine net of directions of two models none may raise each said outcome over the others."""
    rng = np.random.default_rng(3)
    given = refused = 0
    for _ in range(150):
        votes = rng.integers(0, 4, (2, 3)) * (rng.random((2, 3)) < 0.6)
        tally = met((0, 1, *votes[0]), (1, 0, *votes[1]))
        try:
            fit = bradley_terry(tally, ties=ties, side=side)
        except NoEstimate:
            refused += 1
            told = votes[:, :2] if ties == "none" else votes
            assert _runs_away(ties, side, votes) or not (told.any(axis=1).all() if side else told.any())
            continue
        given += 1
        assert not _runs_away(fit.ties, side, votes)
        assert (np.diag(fit.fisher) > 0).all()
        assert fit.errors(fit.fisher).max() < 20
    assert min(given, refused) > 5


def _runs_away(ties: str, side: bool, votes: np.ndarray) -> bool:
    """Whether in some direction (Δβ, Δγ, Δ log tie) no outcome that was said becomes less probable against another, and one more."""
    steps = np.arange(-4, 5) / 2
    beta, gamma, tie = (axis.ravel() for axis in np.meshgrid(steps, steps if side else [0.0], steps))
    if ties in ("half_win", "none"):
        tie = 0 * tie
    margins = []
    for (won, lost, drawn), s in zip(votes, (beta + gamma, gamma - beta), strict=True):
        if ties == "davidson":
            of = [[s, s / 2 - tie], [-s, -s / 2 - tie], [tie - s / 2, tie + s / 2]]
        elif ties == "rao_kupper":
            of = [[s - tie], [-s - tie], [tie - s, tie + s]]
        else:
            of = [[s], [-s], [s, -s] if ties == "half_win" else [0 * s]]
        margins += [one for number, ones in zip((won, lost, drawn), of, strict=True) if number for one in ones]
    table = np.array(margins)
    return bool(((table >= 0).all(axis=0) & (table > 0).any(axis=0)).any())


@given(st.integers(1, 9), st.integers(0, 8), rules)
def test_many_votes_are_no_separation(exponent, ties, rule):
    """One upset in a thousand million votes, and however many ties: finite, and the error is that of the one upset."""
    fit = bradley_terry(met((0, 1, 10**exponent, 1, ties)), ties=rule, side=False)

    assert fit.beta[0] - fit.beta[1] > 0
    assert fit.errors(fit.fisher)[0] < 1


def test_a_model_that_only_drew_is_on_no_scale_where_ties_are_left_out():
    tally = met((0, 1, 3, 2, 0), (0, 2, 0, 0, 4))

    for prior in (None, 1.0):
        with pytest.raises(NoEstimate, match="no decided vote joins") as refused:
            bradley_terry(tally, ties="none", side=False, prior=prior)
        assert refused.value.components == (("A", "B"), ("C",))


@pytest.mark.parametrize("prior", [np.float32(0.5), np.float64(0.5), Fraction(1, 2)])
def test_a_prior_is_the_same_in_whatever_number_it_is_written(prior):
    tally = a_tally([[0, 5, 5], [0, 0, 3], [0, 2, 0]])
    fit, same = (bradley_terry(tally, side=False, prior=one) for one in (0.5, prior))

    assert (same.prior, same.beta.tolist()) == (0.5, fit.beta.tolist())
    assert same.fisher.tolist() == fit.fisher.tolist()
    assert bradley_terry(tally, side=False, prior=np.int64(1)).se() == pytest.approx(
        bradley_terry(tally, side=False, prior=1).se()
    )


@pytest.mark.parametrize("prior", [True, np.True_, 0, -1.0, math.nan, math.inf, "Firth", "1.0"])
def test_a_prior_that_is_none_is_refused(prior):
    with pytest.raises(ValueError, match="a prior is None, 'firth' or the standard deviation"):
        bradley_terry(a_tally([[0, 3], [1, 0]]), side=False, prior=prior)


def test_a_rule_nobody_knows():
    with pytest.raises(ValueError, match="unknown tie rule"):
        bradley_terry(a_tally([[0, 1], [1, 0]]), ties="elo")
    with pytest.raises(ValueError, match="no bias reduction"):
        bradley_terry(a_tally([[0, 1], [1, 0]], [[0, 1], [1, 0]]), ties="rao_kupper", prior="firth")


# --- What must hold.

tallies = st.lists(st.integers(1, 30), min_size=36, max_size=36).map(
    lambda votes: PairTally(("ga", "na", "da"), _ordered_pairs(votes))
)


def _ordered_pairs(votes) -> np.ndarray:
    counts = np.zeros((3, 3, 5), np.int64)
    for place, (left, right) in enumerate((i, j) for i in range(3) for j in range(3) if i != j):
        counts[left, right] = votes[5 * place : 5 * place + 5]
    return counts


@given(tallies, rules, st.permutations(range(3)))
def test_names_have_no_effect(tally, ties, order):
    fit = bradley_terry(tally, ties=ties)
    other = bradley_terry(
        PairTally(tuple(tally.models[i] for i in order), tally.counts[np.ix_(order, order)]), ties=ties
    )

    assert other.beta == pytest.approx(fit.beta[list(order)], abs=1e-6)
    assert other.side == pytest.approx(fit.side, abs=1e-6)
    assert other.se() == pytest.approx(fit.se()[list(order)], abs=1e-6)


@given(tallies, rules)
def test_turning_every_screen_around_turns_the_side_around(tally, ties):
    turned = PairTally(tally.models, tally.counts.transpose(1, 0, 2)[..., [1, 0, 2, 3, 4]])
    fit, other = bradley_terry(tally, ties=ties), bradley_terry(turned, ties=ties)

    assert other.beta == pytest.approx(fit.beta, abs=1e-6)
    assert other.side == pytest.approx(-fit.side, abs=1e-6)
    assert bradley_terry(turned, ties=ties, side=False).beta == pytest.approx(
        bradley_terry(tally, ties=ties, side=False).beta, abs=1e-6
    )


@given(tallies, rules)
def test_calling_the_winner_the_loser_turns_the_scale_around(tally, ties):
    worst = PairTally(tally.models, tally.counts[..., [1, 0, 2, 3, 4]])

    assert bradley_terry(worst, ties=ties).beta == pytest.approx(-bradley_terry(tally, ties=ties).beta, abs=1e-6)


@given(tallies, rules)
def test_every_vote_twice_says_the_same_with_half_the_variance(tally, ties):
    fit, twice = bradley_terry(tally, ties=ties), bradley_terry(tally + tally, ties=ties)

    assert twice.beta == pytest.approx(fit.beta, abs=1e-6)
    assert twice.robust == pytest.approx(fit.robust / 2, abs=1e-6)


@given(tallies, rules)
def test_the_slope_at_the_estimate_is_zero(tally, ties):
    """Expected wins equal observed ones: the likelihood equations, written out for each model."""
    fit = bradley_terry(tally, ties=ties, side=False)
    wins, _, drawn = fit.chances()
    votes = tally.outcomes().astype(float)
    won = votes[..., 0] + votes[..., 1].T
    if ties != "none":
        won = won + (votes[..., 2] + votes[..., 2].T) / 2
    met = won + won.T
    if ties == "rao_kupper":  # its equations weigh ties otherwise; strengths still add up to nothing
        assert fit.beta.sum() == pytest.approx(0, abs=1e-9)
        return
    assert (met * (wins + drawn / 2) * (1 - np.eye(3))).sum(axis=1) == pytest.approx(won.sum(axis=1), abs=1e-4)


def test_skips_change_nothing():
    tally = a_tally([[0, 6, 3], [2, 0, 4], [2, 3, 0]], [[0, 1, 1], [1, 0, 1], [1, 1, 0]])
    skipped = PairTally(tally.models, tally.counts + np.array([0, 0, 0, 0, 7]) * (1 - np.eye(3, dtype=int))[..., None])

    assert bradley_terry(skipped, side=False).beta.tolist() == bradley_terry(tally, side=False).beta.tolist()


def test_chances_add_up_and_the_win_share_is_their_mean():
    fit = bradley_terry(a_tally([[0, 6, 3], [2, 0, 4], [2, 3, 0]], [[0, 4, 1], [4, 0, 1], [1, 1, 0]]), side=False)
    wins, losses, ties = fit.chances()

    assert wins + losses + ties == pytest.approx(np.ones((3, 3)))
    assert fit.win_share()[0] == pytest.approx((wins[0, 1] + wins[0, 2] + (ties[0, 1] + ties[0, 2]) / 2) / 2)
    assert fit.win_share().mean() == pytest.approx(0.5)
    assert fit.win_share(np.stack([fit.beta, -fit.beta])).shape == (2, 3)


def test_side_and_length_are_told_apart_from_strength():
    """Answers of `long` win because they are long: with the length as covariate its strength is that of the others."""
    rng = np.random.default_rng(7)
    left = np.repeat([0, 0, 1, 1, 2, 2], 4000)
    right = np.repeat([1, 2, 0, 2, 0, 1], 4000)
    length = np.array([0.0, 0.0, 1.0])[left] - np.array([0.0, 0.0, 1.0])[right] + rng.normal(0, 0.5, len(left)).round(1)
    s = 0.3 + 0.8 * length
    decided = rng.random(len(left)) < 1 / (1 + np.exp(-s))
    keys, place = np.unique(np.column_stack([left, right, length]), axis=0, return_inverse=True)
    votes = np.zeros((3, len(keys)))
    for outcome, said in enumerate((decided, ~decided)):
        votes[outcome] = np.bincount(place, said, len(keys))
    cells = Cells(keys[:, 0].astype(int), keys[:, 1].astype(int), votes, keys[:, 2:])

    controlled = fit_cells(("short", "plain", "long"), cells)
    naive = fit_cells(("short", "plain", "long"), cells._replace(x=np.zeros((len(keys), 0))))

    spread = np.sqrt(np.diag(controlled.robust))
    assert abs(controlled.effects[0] - 0.8) < 3 * spread[-1]
    assert abs(controlled.side - 0.3) < 3 * spread[3]
    assert abs(controlled.beta[2]) < 3 * spread[2]
    assert naive.beta[2] > 10 * spread[2]


def test_cells_of_the_same_pair_are_one_where_nothing_tells_them_apart():
    counts = np.zeros((3, 3, 5), int)
    counts[0, 1, :3], counts[1, 0, :3], counts[1, 2, :3], counts[2, 0, :3] = (
        (20, 9, 4),
        (13, 8, 6),
        (8, 11, 5),
        (7, 9, 3),
    )
    whole = cells_of(PairTally(("x", "y", "z"), counts), side=True)
    some = np.full((3, len(whole.left)), 3.0)
    places = [np.concatenate([column, column]) for column in (whole.left, whole.right)]
    halves = Cells(*places, np.concatenate([whole.votes - some, some], axis=1), np.zeros((len(places[0]), 0)))

    fit, same = fit_cells(("x", "y", "z"), whole), fit_cells(("x", "y", "z"), halves)

    assert np.allclose(fit.beta, same.beta, atol=1e-12)
    assert np.allclose(fit.robust, same.robust, atol=1e-12)


def test_cells_hold_each_pair_once_per_order_of_sides():
    tally = a_tally([[0, 2], [3, 0]])

    assert cells_of(tally, side=True).votes.tolist() == [[2, 3], [0, 0], [0, 0]]
    assert cells_of(tally, side=False).votes.tolist() == [[2], [3], [0]]


def test_a_pair_that_only_drew_is_nothing_where_ties_are_left_out():
    """x and z met and always drew; the other pairs decide, and the pair is no division by nothing."""
    counts = np.zeros((3, 3, 5), int)
    counts[0, 1, :2], counts[1, 2, :2], counts[0, 2, 2] = (3, 1), (2, 2), 4
    with_pair = bradley_terry(PairTally(("x", "y", "z"), counts), ties="none", side=False)
    counts[0, 2, 2] = 0
    without = bradley_terry(PairTally(("x", "y", "z"), counts), ties="none", side=False)

    assert (with_pair.beta.tolist(), with_pair.deviance) == (without.beta.tolist(), without.deviance)


def test_a_length_that_decides_the_last_votes_is_no_estimate_either():
    """Of the answers twice as long all lost and of the others some won: the likelihood rises without end along the length."""
    cells = Cells(np.zeros(2, int), np.ones(2, int), np.array([[2.0, 0], [8, 2], [0, 0]]), np.array([[1.0], [-1.0]]))

    with pytest.raises(NoEstimate, match="the effects run away"):
        fit_cells(("x", "y"), cells, ties="none", side=False)
