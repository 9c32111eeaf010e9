"""Variance components: the published fit, complete panels by hand, and designs that cannot tell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring.components import variance_components
from evaluations.scoring.designs import NotEstimable, NoVariation
from tests.scoring.published import case, column, places

CONFERENCE = "two-way-conference-reviews"


def conference():
    scores = [float(score) for score in column(CONFERENCE, "score")]
    return scores, places(column(CONFERENCE, "idreviewer")), places(column(CONFERENCE, "idpaper"))


def panel(matrix):
    """The columns of a matrix (teams, reviewers), NaN left out."""
    matrix = np.asarray(matrix, dtype=np.float64)
    teams, reviewers = np.nonzero(~np.isnan(matrix))
    return matrix[teams, reviewers], reviewers, teams


def test_the_conference_of_kuhlisch():
    expected = case(CONFERENCE)["expected"]["random_effects_REML"]

    found = variance_components(*conference())

    assert [found.teams, found.reviewers, found.residual, found.mean] == pytest.approx(
        [expected["var_paper"], expected["var_reviewer"], expected["var_residual"], expected["fixed_mean"]],
        abs=case(CONFERENCE)["reml_tolerance"],
    )
    assert (found.n_marks, found.n_teams, found.n_reviewers) == (128, 57, 20)


def test_the_example_of_the_docstring():
    found = variance_components(*panel([[1, 2], [2, 4], [4, 5]]))

    assert [found.teams, found.reviewers, found.residual] == pytest.approx([13 / 6, 5 / 6, 1 / 6], abs=1e-9)
    assert found.mean == pytest.approx(3)


def deviance(scores, reviewers, teams, variances):
    """−2 log restricted likelihood from the covariance of all marks, as it is defined."""
    t, r, e = variances
    same = np.equal.outer
    covariance = t * same(teams, teams) + r * same(reviewers, reviewers) + e * np.eye(len(scores))
    inverse = np.linalg.inv(covariance)
    ones = np.ones(len(scores))
    weight = ones @ inverse @ ones
    rest = scores - ones @ inverse @ scores / weight
    return np.linalg.slogdet(covariance)[1] + np.log(weight) + rest @ inverse @ rest


marks = st.lists(st.lists(st.integers(1, 9) | st.none(), min_size=4, max_size=4), min_size=4, max_size=7)


@settings(deadline=None, max_examples=60)
@given(rows=marks)
def test_no_variances_nearby_are_more_likely(rows):
    matrix = np.array([[np.nan if mark is None else mark for mark in row] for row in rows])
    matrix = matrix[~np.isnan(matrix).all(axis=1)][:, ~np.isnan(matrix).all(axis=0)]
    if not matrix.size:
        return
    given_columns = panel(matrix)
    try:
        found = variance_components(*given_columns)
    except NotEstimable:
        return
    best = np.array([found.teams, found.reviewers, found.residual])
    there = deviance(*given_columns, best)
    for place in range(3):
        for factor in (0.9, 1.1):
            moved = best.copy()
            moved[place] = moved[place] * factor if moved[place] else 0.05 * best[2]
            assert deviance(*given_columns, moved) >= there - 1e-7


@st.composite
def near_unanimous(draw):
    """Panels whose members agree about every team but for a mark or a few, on any scale, with or without gaps."""
    teams, reviewers = draw(st.integers(2, 14)), draw(st.integers(2, 14))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    matrix = np.full((teams, reviewers), draw(st.sampled_from([0.0, 3.0, 1e3, 1e6])))
    matrix += draw(st.sampled_from([0.0, 1.0, 3.0])) * rng.normal(size=(teams, 1))
    matrix += draw(st.sampled_from([0.0, 1.0, 3.0])) * rng.normal(size=(1, reviewers))
    for _ in range(draw(st.integers(1, 3))):
        matrix[rng.integers(teams), rng.integers(reviewers)] += draw(st.sampled_from([1.0, -1.0, 0.1, 1e-2, 1e-4]))
    matrix[rng.random(matrix.shape) < draw(st.sampled_from([0.0, 0.0, 0.3]))] = np.nan
    return matrix[~np.isnan(matrix).all(axis=1)][:, ~np.isnan(matrix).all(axis=0)]


@settings(deadline=None, max_examples=150)
@given(matrix=near_unanimous())
def test_panels_that_all_but_agree_have_their_variances(matrix):
    try:
        found = variance_components(*panel(matrix))
    except NotEstimable as none:
        assert "settle" not in str(none)
        return
    assert min(found.teams, found.reviewers) >= 0 < found.residual
    assert found.steps < 60


@pytest.mark.parametrize("apart", [1, 1e-2, 1e-4])
def test_of_panels_that_all_but_agree_the_variances_are_those_of_the_mean_squares(apart):
    """One of twelve about one of nine teams; teams 1 apart, and reviewers nothing or a little."""
    for severity in (0.0, 0.3):
        matrix = np.arange(9.0)[:, None] + severity * np.arange(12.0) + np.zeros((9, 12))
        matrix[3, 5] += apart
        off = matrix - matrix.mean()
        of_team, of_reviewer = off.mean(axis=1), off.mean(axis=0)
        rest = ((off - of_team[:, None] - of_reviewer) ** 2).sum() / (8 * 11)
        teams = (12 * (of_team**2).sum() / 8 - rest) / 12
        reviewers = max(0.0, (9 * (of_reviewer**2).sum() / 11 - rest) / 9)

        found = variance_components(*panel(matrix))

        assert [found.teams, found.reviewers, found.residual] == pytest.approx([teams, reviewers, rest], rel=1e-3)


def test_reviewers_who_do_not_differ_have_variance_zero():
    found = variance_components(*panel([[1, 2], [2, 1], [5, 6], [6, 5]]))

    assert (found.reviewers, found.teams > 0) == (0, True)


@settings(deadline=None, max_examples=30)
@given(factor=st.sampled_from([0.01, 3, 1000]), shift=st.sampled_from([-50, 0, 7]))
def test_marks_on_another_scale_scale_the_variances(factor, shift):
    scores, reviewers, teams = panel([[3, 5, 4], [6, 7, 9], [2, 2, 5], [8, 9, np.nan]])
    plain = variance_components(scores, reviewers, teams)

    found = variance_components(factor * scores + shift, reviewers, teams)

    assert [found.teams, found.reviewers, found.residual, found.mean] == pytest.approx(
        [factor**2 * plain.teams, factor**2 * plain.reviewers, factor**2 * plain.residual, factor * plain.mean + shift],
        rel=1e-8,
    )


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 2, 3]],
        [[1], [2], [3]],
        [[1, np.nan], [np.nan, 2]],
        [[1, 2, np.nan, np.nan], [np.nan, np.nan, 3, 5]],
        [[1, np.nan], [2, np.nan], [np.nan, 4], [np.nan, 6]],
    ],
    ids=["one team", "one reviewer", "a mark each", "reviewers with a team each", "teams with a reviewer each"],
)
def test_designs_that_cannot_tell_variances_apart_are_refused(matrix):
    with pytest.raises(NotEstimable, match="one team, one reviewer, or every team with reviewers or marks of its own"):
        variance_components(*panel(matrix))


@pytest.mark.parametrize("matrix", [[[4, 4], [4, 4]], [[1, 2], [3, 4], [5, 6]]], ids=["all equal", "no rest"])
def test_marks_that_leave_nothing_to_explain_are_refused(matrix):
    with pytest.raises(NoVariation, match="all marks are equal, or teams and reviewers explain them without a rest"):
        variance_components(*panel(matrix))
