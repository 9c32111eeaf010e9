"""The additive model: the published fit, hand-worked designs, dense algebra as a second opinion, and what must not matter."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring.agreement import mid_ranks
from evaluations.scoring.designs import Disconnected, Island, TooFewMarks, TooFewReviewers
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.severity import additive_model, advice, leave_one_reviewer_out, shared_ranks
from evaluations.scoring.wording import SEVERITY
from tests.scoring.published import case, column, places

CONFERENCE = "two-way-conference-reviews"
CHAIN = ([4, 6, 4, 5], [0, 0, 1, 1], [0, 1, 1, 2])
"""The example of the docstring: two reviewers, three teams, one team in common."""


def conference():
    scores = [float(score) for score in column(CONFERENCE, "score")]
    return scores, places(column(CONFERENCE, "idreviewer")), places(column(CONFERENCE, "idpaper"))


def by_label(expected, heading):
    """Published values, keyed by the labels of the file, in the order of `places`."""
    return [expected[label] for label in dict.fromkeys(column(CONFERENCE, heading))]


def panel(matrix):
    """The columns of a matrix (reviewers, teams), NaN left out."""
    matrix = np.asarray(matrix, dtype=np.float64)
    reviewers, teams = np.nonzero(~np.isnan(matrix))
    return matrix[reviewers, teams], reviewers, teams


# --- Published, and by hand.


def test_the_conference_of_kuhlisch():
    published = case(CONFERENCE)
    expected, close = published["expected"]["ols"], {"abs": published["tolerance"]}

    fit = additive_model(*conference())

    assert fit.fair_means == pytest.approx(by_label(expected["paper_adjusted_mean"], "idpaper"), **close)
    effects = by_label(expected["reviewer_effect_sum_zero (positive = lenient)"], "idreviewer")
    assert fit.reviewer_effects == pytest.approx(effects, **close)
    assert fit.raw_means == pytest.approx(by_label(published["expected"]["raw_paper_mean"], "idpaper"), **close)
    assert (fit.mu, fit.rss, fit.sigma) == pytest.approx(
        (expected["intercept_sum_zero"], expected["rss"], expected["sigma"]), **close
    )
    assert (fit.df, fit.n_marks, fit.connected) == (expected["df"], 128, True)
    assert fit.team_effects.sum() == pytest.approx(0, abs=1e-12)


def test_raw_and_fair_means_of_the_conference_order_papers_as_published():
    """Papers with the same reviewers and marks differ by rounding in the published order; their raw means are equal."""
    fit = additive_model(*conference())
    raw, fair = mid_ranks(fit.raw_means), fit.fair_means.argsort().argsort() + 1.0

    spearman = np.corrcoef(raw, fair)[0, 1]

    assert spearman == pytest.approx(case(CONFERENCE)["expected"]["spearman_raw_vs_adjusted"], abs=1e-8)


def test_leaving_out_each_reviewer_of_the_conference():
    papers = list(dict.fromkeys(column(CONFERENCE, "idpaper")))
    reviewers = list(dict.fromkeys(column(CONFERENCE, "idreviewer")))
    published = {str(drop["dropped_reviewer"]): drop for drop in case(CONFERENCE)["expected"]["leave_one_reviewer_out"]}

    drops = leave_one_reviewer_out(*conference())

    assert [drop.reviewer for drop in drops] == list(range(20))
    for drop, reviewer in zip(drops, reviewers, strict=True):
        expected = published[reviewer]
        top = [papers.index(str(paper)) for paper in expected["top5_papers"]]
        assert drop.estimable == expected["estimable"]
        # Within rounding the five are in the published order, and nobody else is above the last of them.
        assert (np.diff(drop.fair_means[top]) <= 1e-9).all()
        assert np.delete(drop.fair_means, top).max() <= drop.fair_means[top[-1]] + 1e-9


def test_the_example_of_the_docstring():
    fit = additive_model(*CHAIN)

    assert fit.fair_means == pytest.approx([3, 5, 6])
    assert fit.raw_means == pytest.approx([4, 5, 5])
    assert fit.reviewer_effects == pytest.approx([1, -1])
    assert (fit.df, fit.rss, fit.sigma, fit.fair_errors, fit.effect_errors, fit.differ) == (
        0,
        0,
        None,
        None,
        None,
        None,
    )
    assert (fit.fair_intervals(), fit.effect_intervals()) == (None, None)


def test_a_full_panel_by_hand():
    """Rows (1, 3), (2, 6): means 2 and 4 of reviewers, 1.5 and 4.5 of teams, all 3; residuals ±0.5, so rss 1 and df 1."""
    fit = additive_model(*panel([[1, 3], [2, 6]]))

    assert fit.fair_means == pytest.approx([1.5, 4.5])
    assert fit.reviewer_effects == pytest.approx([-1, 1])
    assert (fit.rss, fit.df, fit.sigma) == pytest.approx((1, 1, 1))
    assert fit.fair_errors == pytest.approx([np.sqrt(1 / 2)] * 2)
    assert fit.effect_errors == pytest.approx([1 / 2] * 2)
    assert (fit.differ.f, fit.differ.df_reviewers, fit.differ.df_residual) == (pytest.approx(4), 1, 1)
    # F with one and one degree is the square of a Cauchy variable: P(|C| > 2) = 1 − 2/π · arctan 2.
    assert fit.differ.p == pytest.approx(1 - 2 / np.pi * np.arctan(2))
    assert fit.fair_intervals(0.5)[0] == pytest.approx([1.5 - np.sqrt(1 / 2), 1.5 + np.sqrt(1 / 2)])
    effects = fit.effect_intervals()
    assert effects.mean(axis=1) == pytest.approx(fit.reviewer_effects)
    assert np.diff(effects)[:, 0] / 2 == pytest.approx(t_quantile(0.975, fit.df) * fit.effect_errors)
    with pytest.raises(ValueError, match="a level between 0 and 1"):
        fit.effect_intervals(95)


# --- A second opinion: the normal equations as they stand.


def dense(scores, reviewers, teams):
    """Fair means, effects and their errors by pseudo-inverse of one column per reviewer and team."""
    r, t = reviewers.max() + 1, teams.max() + 1
    design = np.zeros((len(scores), r + t))
    design[np.arange(len(scores)), reviewers] = 1
    design[np.arange(len(scores)), r + teams] = 1
    inverse = np.linalg.pinv(design.T @ design)
    found = inverse @ design.T @ scores
    fair = np.hstack([np.full((t, r), 1 / r), np.eye(t)])
    effects = np.hstack([np.eye(r) - 1 / r, np.zeros((r, t))])
    df = len(scores) - r - t + 1
    sigma = np.sqrt(((scores - design @ found) ** 2).sum() / df)
    errors = [sigma * np.sqrt(np.diag(rows @ inverse @ rows.T)) for rows in (fair, effects)]
    return fair @ found, effects @ found, *errors


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["more teams", "more reviewers"])
def test_eliminating_either_side_gives_what_all_columns_give(order):
    scores, *sides = conference()
    sides = [sides[place] for place in order]

    fit = additive_model(scores, *sides)

    for found, expected in zip(
        (fit.fair_means, fit.reviewer_effects, fit.fair_errors, fit.effect_errors),
        dense(np.array(scores), *sides),
        strict=True,
    ):
        assert found == pytest.approx(expected, abs=1e-10)


def test_several_marks_of_a_reviewer_about_a_team_count_each():
    matrix = np.array([[3, 5, 4], [6, 7, 9], [2, 2, 5]], dtype=float)
    scores, reviewers, teams = (np.concatenate([column, column[:4]]) for column in panel(matrix))
    scores[-4:] += [1, 0, -1, 2]

    fit = additive_model(scores, reviewers, teams)

    assert fit.fair_means == pytest.approx(dense(scores, reviewers, teams)[0])
    assert fit.fair_errors == pytest.approx(dense(scores, reviewers, teams)[2])


# --- Properties.


@st.composite
def designs(draw):
    """One island with holes: each reviewer and each team is joined to one before, and any further marks."""
    r, t = draw(st.integers(2, 5)), draw(st.integers(2, 6))
    pairs = {(0, 0)} | draw(st.sets(st.tuples(st.integers(0, r - 1), st.integers(0, t - 1))))
    pairs |= {(place, draw(st.integers(0, min(place, t) - 1))) for place in range(1, r)}
    pairs |= {(draw(st.integers(0, min(place, r) - 1)), place) for place in range(1, t)}
    scores = draw(st.lists(st.integers(0, 20), min_size=len(pairs), max_size=len(pairs)))
    return np.array(scores, dtype=float) / 2, *np.array(sorted(pairs)).T


@settings(deadline=None)
@given(design=designs(), data=st.data())
def test_order_and_names_do_not_matter(design, data):
    scores, reviewers, teams = design
    rows = data.draw(st.permutations(range(len(scores))))
    new_reviewer = np.array(data.draw(st.permutations(range(reviewers.max() + 1))))
    new_team = np.array(data.draw(st.permutations(range(teams.max() + 1))))
    plain = additive_model(*design)

    fit = additive_model(scores[rows], new_reviewer[reviewers[rows]], new_team[teams[rows]])

    assert fit.fair_means[new_team] == pytest.approx(plain.fair_means, abs=1e-9)
    assert fit.reviewer_effects[new_reviewer] == pytest.approx(plain.reviewer_effects, abs=1e-9)
    assert (fit.df, fit.n_marks, fit.connected) == (plain.df, plain.n_marks, True)


@settings(deadline=None)
@given(design=designs(), factor=st.sampled_from([-2, 0.1, 1, 1000]), shift=st.sampled_from([-7, 0, 100]))
def test_another_scale_scales_and_shifts(design, factor, shift):
    scores, reviewers, teams = design
    plain = additive_model(*design)

    fit = additive_model(factor * scores + shift, reviewers, teams)

    size = abs(factor) * 10 + abs(shift)
    assert fit.fair_means == pytest.approx(factor * plain.fair_means + shift, abs=1e-9 * size)
    assert fit.reviewer_effects == pytest.approx(factor * plain.reviewer_effects, abs=1e-9 * size)
    assert fit.rss == pytest.approx(factor**2 * plain.rss, abs=1e-9 * size**2)


@settings(deadline=None)
@given(design=designs(), bonus=st.integers(-5, 5))
def test_a_reviewer_who_adds_the_same_to_every_mark_moves_only_himself(design, bonus):
    scores, reviewers, teams = design
    r = reviewers.max() + 1
    plain = additive_model(*design)

    fit = additive_model(scores + bonus * (reviewers == 0), reviewers, teams)

    assert np.diff(fit.fair_means) == pytest.approx(np.diff(plain.fair_means), abs=1e-9)
    assert fit.reviewer_effects[0] - plain.reviewer_effects[0] == pytest.approx(bonus * (1 - 1 / r), abs=1e-9)


@settings(deadline=None)
@given(design=designs())
def test_everything_twice_is_the_same_with_smaller_errors(design):
    plain = additive_model(*design)

    twice = additive_model(*(np.concatenate([column, column]) for column in design))

    assert twice.fair_means == pytest.approx(plain.fair_means, abs=1e-9)
    assert twice.rss == pytest.approx(2 * plain.rss, abs=1e-9)
    if plain.df and plain.rss:
        ratio = np.sqrt(plain.df / twice.df)
        assert twice.fair_errors == pytest.approx(plain.fair_errors * ratio, abs=1e-9)


@settings(deadline=None)
@given(design=designs(), data=st.data())
def test_a_mark_the_model_foresaw_changes_no_estimate(design, data):
    plain = additive_model(*design)
    reviewer = data.draw(st.integers(0, design[1].max()))
    team = data.draw(st.integers(0, design[2].max()))
    foreseen = plain.fair_means[team] + plain.reviewer_effects[reviewer]

    fit = additive_model(
        *(np.append(column, value) for column, value in zip(design, (foreseen, reviewer, team), strict=True))
    )

    assert fit.fair_means == pytest.approx(plain.fair_means, abs=1e-9)
    assert fit.rss == pytest.approx(plain.rss, abs=1e-9)


@settings(deadline=None)
@given(rows=st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=5))
def test_where_everybody_judged_everything_fair_means_are_raw_means(rows):
    fit = additive_model(*panel(rows))

    assert fit.fair_means == pytest.approx(np.mean(rows, axis=0))
    assert fit.fair_means == pytest.approx(fit.raw_means)


# --- Edges.


def test_islands_are_reported_and_adjusted_inside_only():
    scores, reviewers, teams = panel([[1, 3, np.nan, np.nan], [2, 6, np.nan, np.nan], [np.nan, np.nan, 9, 7]])

    fit = additive_model(scores, reviewers, teams)

    assert fit.islands == (Island((0, 1), (0, 1)), Island((2,), (2, 3)))
    assert (fit.connected, fit.mu, fit.team_effects) == (False, None, None)
    assert fit.fair_means == pytest.approx([1.5, 4.5, 9, 7])
    assert fit.reviewer_effects == pytest.approx([-1, 1, 0])
    assert fit.df == 6 - 4 - 3 + 2


def test_one_reviewer_has_no_severity():
    fit = additive_model([3, 5], [0, 0], [0, 1])

    assert (fit.fair_means.tolist(), fit.reviewer_effects.tolist(), fit.differ) == ([3, 5], [0], None)


def test_marks_that_are_all_equal_leave_no_error_and_no_test():
    fit = additive_model(*panel(np.full((3, 4), 0.7)))

    assert fit.fair_means == pytest.approx([0.7] * 4)
    assert (fit.rss, fit.sigma, fit.differ) == (0, 0, None)
    assert fit.fair_errors == pytest.approx([0] * 4)


def test_a_team_without_a_mark_is_refused():
    with pytest.raises(TooFewMarks, match="no mark of teams 1"):
        additive_model([1, 2], [0, 1], [0, 2])


def test_a_fit_is_not_written_to():
    fit = additive_model(*CHAIN)

    with pytest.raises(ValueError, match="read-only"):
        fit.fair_means[0] = 9


def test_drops_that_cannot_be_compared_say_why():
    """Reviewer 0 alone judged team 0; reviewer 2 alone joins reviewer 0's teams to reviewer 1's."""
    design = panel([[1, 2, np.nan, np.nan], [np.nan, np.nan, 3, 5], [np.nan, 4, 6, np.nan], [np.nan, np.nan, 2, 2]])

    drops = leave_one_reviewer_out(*design)

    assert [drop.because for drop in drops] == ["unrated_team", None, "splits_design", None]
    assert [drop.estimable for drop in drops] == [False, True, False, True]
    assert (drops[0].fair_means, drops[0].ranks) == (None, None)


def test_a_drop_is_the_model_without_the_reviewer():
    scores, reviewers, teams = conference()
    rest = reviewers != 0
    alone = additive_model(np.array(scores)[rest], reviewers[rest] - 1, teams[rest])

    drop = leave_one_reviewer_out(scores, reviewers, teams)[0]

    assert drop.fair_means == pytest.approx(alone.fair_means)
    assert (drop.ranks == shared_ranks(alone.fair_means)).all()


def test_islands_and_single_reviewers_have_nobody_to_leave_out():
    with pytest.raises(Disconnected, match="2 islands") as raised:
        leave_one_reviewer_out([1, 2], [0, 1], [0, 1])
    assert raised.value.islands == (Island((0,), (0,)), Island((1,), (1,)))

    with pytest.raises(TooFewReviewers, match="nobody can be left out"):
        leave_one_reviewer_out([1, 2], [0, 0], [0, 1])


@pytest.mark.parametrize(
    ("values", "ranks"),
    [([7, 9, 7, 2], [2, 1, 2, 4]), ([1, 1 + 1e-12, 2], [2, 2, 1]), ([0.0, 0.0], [1, 1]), ([], [])],
)
def test_ranks_are_shared_within_rounding(values, ranks):
    assert shared_ranks(np.array(values, dtype=float)).tolist() == ranks


# --- When to use neither.


SEVERE = np.array([[0, 1, 2, 3, 4, 5], [2, 3, 3, 5, 6, 8], [4, 6, 5, 7, 9, 9]]) % 10
"""Three reviewers who clearly differ."""


def advised(matrix, copies=1):
    return advice(*(np.tile(column, copies) for column in panel(matrix)))


def holed(matrix, *cells):
    matrix = np.array(matrix, dtype=float)
    for cell in cells:
        matrix[cell] = np.nan
    return matrix


@pytest.mark.parametrize(
    ("matrix", "copies", "additive", "rasch"),
    [
        (holed(SEVERE, (0, 0)), 20, (), ()),
        (SEVERE, 20, ("nothing_to_correct",), ()),
        (holed(SEVERE, (0, 0)), 1, (), ("thin_steps",)),
        (holed(SEVERE / 2, (0, 0)), 20, (), ("not_steps",)),
        (holed(SEVERE, (0, 0), (1, 0)), 20, (), ("one_reviewer_a_team",)),
        ([[1, 2, 3, 4]], 20, ("one_reviewer",), ("one_reviewer", "one_reviewer_a_team")),
        (
            [[1, 2, np.nan, np.nan], [2, 1, np.nan, np.nan], [np.nan, np.nan, 1, 2], [np.nan, np.nan, 2, 1]],
            20,
            ("disconnected", "no_severity_seen"),
            ("disconnected", "no_severity_seen"),
        ),
        ([[1, 2, 3], [2, 3, 1], [3, 1, 2]], 20, ("no_severity_seen", "nothing_to_correct"), ("no_severity_seen",)),
        ([[4, 6, np.nan], [np.nan, 4, 5]], 1, ("too_few_marks",), ("one_reviewer_a_team", "thin_steps")),
    ],
    ids=[
        "either", "full panel", "few marks", "half points", "a team with one reviewer", "one reviewer", "islands",
        "no severity", "chain",
    ],
)  # fmt: skip
def test_what_speaks_against_the_models(matrix, copies, additive, rasch):
    found = advised(matrix, copies)

    assert (found.additive, found.rasch) == (additive, rasch)
    assert found.neither == bool(additive and rasch)


def test_every_word_of_advice_has_a_sentence():
    matrices = [
        (SEVERE, 20), (SEVERE / 2, 1), ([[1, 2]], 1), ([[1, np.nan], [np.nan, 2]], 1), ([[1, 2, 3], [3, 2, 1]], 9),
        ([[4, 6, np.nan], [np.nan, 4, 5]], 1),
    ]  # fmt: skip
    words = set(
        itertools.chain.from_iterable(found.additive + found.rasch for found in itertools.starmap(advised, matrices))
    )

    assert words == SEVERITY.keys()
