"""Many-facet Rasch: the published fit, a case by hand, derivatives by differences, what must not matter, and refusals."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evaluations.scoring import rasch_likelihood
from evaluations.scoring.agreement import mid_ranks
from evaluations.scoring.designs import Disconnected, NoFiniteMaximum, NotEstimable, NoVariation, TooFewReviewers
from evaluations.scoring.rasch import Extreme, many_facet_rasch
from evaluations.scoring.rasch_likelihood import Facets, Parameters, Point, Table
from tests.scoring.published import case, column, places

NAN = math.nan


def panel(cube):
    """The columns of an array (reviewers, teams, criteria), NaN left out."""
    cube = np.asarray(cube, dtype=np.float64)
    reviewers, teams, criteria = np.nonzero(~np.isnan(cube))
    return cube[reviewers, teams, criteria], reviewers, teams, criteria


def a_cube(seed=2, shape=(4, 5, 3), steps=4):
    return np.random.Generator(np.random.PCG64(seed)).integers(0, steps + 1, size=shape).astype(np.float64)


def simulated(thresholds, seed=4, shape=(8, 12, 6)):
    """Marks drawn from the model with these τ, measures spread over two logits to each side."""
    rng = np.random.Generator(np.random.PCG64(seed))
    severity, ability, difficulty = (
        np.linspace(-width, width, size) for width, size in zip((1, 2, 0.5), shape, strict=True)
    )
    eta = ability[None, :, None] - severity[:, None, None] - difficulty
    kappa = np.concatenate([[0], np.cumsum(thresholds)])
    chances = np.exp(np.arange(len(kappa)) * eta[..., None] - kappa)
    chances /= chances.sum(axis=-1, keepdims=True)
    return (chances.cumsum(axis=-1) < rng.random(shape)[..., None]).sum(axis=-1).astype(np.float64)


# --- Published, and by hand.


def test_the_ratings_of_sirt():
    published = case("mfrm-ratings")
    expected, close = published["expected"], {"abs": published["tolerance"]}
    scores = [int(score) for score in column("mfrm-ratings", "score")]
    students, raters, criteria = (places(column("mfrm-ratings", name)) for name in ("student", "rater", "criterion"))

    fit = many_facet_rasch(scores, raters, students, criteria)

    assert fit.measures - fit.measures.mean() == pytest.approx(expected["theta_centred"], **close)
    assert fit.measures.mean() == pytest.approx(expected["theta_mean"], **close)
    assert fit.severities == pytest.approx(expected["rater_severity"], **close)
    assert fit.difficulties == pytest.approx(expected["criterion_difficulty"], **close)
    assert fit.thresholds == pytest.approx(expected["thresholds_tau"], **close)
    assert fit.log_likelihood == pytest.approx(expected["log_likelihood"], **close)
    assert (fit.n_marks, fit.n_fitted, fit.extremes, fit.disordered, fit.unused) == (655, 655, (), (), ())
    assert fit.steps.tolist() == [0, 1, 2, 3]


def by_hand():
    """Four marks a pair: team 0 gets three 1s of each of two reviewers, team 1 one of each."""
    marks = [1, 1, 1, 0] * 2 + [1, 0, 0, 0] * 2
    return marks, [0] * 4 + [1] * 4 + [0] * 4 + [1] * 4, [0] * 8 + [1] * 8, [0] * 16


def test_the_example_of_the_docstring():
    fit = many_facet_rasch(*by_hand())

    assert fit.measures == pytest.approx([math.log(3), -math.log(3)])
    assert fit.measure_errors == pytest.approx([math.sqrt(2 / 3 * 16 / 13)] * 2)
    assert fit.severities == pytest.approx([0, 0], abs=1e-9)
    assert fit.severity_errors == pytest.approx([math.sqrt(1 / 3 * 16 / 13)] * 2)
    assert (fit.difficulties.tolist(), fit.difficulty_errors.tolist()) == ([0], [pytest.approx(0, abs=1e-6)])
    assert (fit.thresholds.tolist(), fit.threshold_errors.tolist()) == ([0], [0])
    assert fit.fair_means == pytest.approx([3 / 4, 1 / 4])
    # Of four marks at 3/4: residuals (1/16 · 3 + 9/16)/(4 · 3/16) = 1; so for each pair, and in- and outfit agree.
    assert fit.infit == pytest.approx([1, 1])
    assert fit.outfit == pytest.approx([1, 1])
    assert fit.log_likelihood == pytest.approx(12 * math.log(3 / 4) + 4 * math.log(1 / 4))


def test_intervals_are_normal_with_the_widened_errors():
    fit = many_facet_rasch(*panel(a_cube()))

    for found, values, errors in zip(
        fit.intervals(0.9),
        (fit.measures, fit.severities, fit.difficulties),
        (fit.measure_errors, fit.severity_errors, fit.difficulty_errors),
        strict=True,
    ):
        assert found.mean(axis=1) == pytest.approx(values)
        assert np.diff(found)[:, 0] / 2 == pytest.approx(1.6448536 * errors)
    with pytest.raises(ValueError, match="a level between 0 and 1"):
        fit.intervals(95)


def test_errors_are_widened_by_what_was_fitted():
    """Six teams, four reviewers and three criteria with steps 0 to 4: 6 + 3 + 2 + 3 parameters of 72 marks."""
    fit = many_facet_rasch(*panel(a_cube(shape=(4, 6, 3))))

    assert (fit.n_fitted, len(fit.steps), fit.widening) == (72, 5, pytest.approx(math.sqrt(72 / (72 - 14))))


def test_as_many_parameters_as_marks_leave_measures_without_errors():
    """Two teams, one difference of reviewers and one threshold: four parameters of four marks."""
    fit = many_facet_rasch(*panel(np.array([[[0.0], [3.0]], [[3.0], [1.0]]])))

    assert np.isfinite(fit.measures).all()
    assert math.isnan(fit.widening)
    assert np.isnan([*fit.measure_errors, *fit.severity_errors, *fit.difficulty_errors, *fit.threshold_errors]).all()


def test_an_extreme_team_gets_a_total_three_tenths_inside():
    """A third team with nothing but 1s: eight marks expect 7.7, so θ = log(7.7/0.3) against reviewers at 0."""
    columns = [list(part) for part in by_hand()]
    for part, extra in zip(columns, ([1] * 8, [0] * 4 + [1] * 4, [2] * 8, [0] * 8), strict=True):
        part += extra
    chance = 7.7 / 8

    fit = many_facet_rasch(*columns)

    assert fit.extremes == (Extreme("team", 2, "highest"),)
    assert fit.measures == pytest.approx([math.log(3), -math.log(3), math.log(7.7 / 0.3)])
    assert fit.measure_errors[2] == pytest.approx(1 / math.sqrt(8 * chance * (1 - chance)))
    assert (fit.n_marks, fit.n_fitted, fit.extreme_points) == (24, 16, 0.3)
    assert fit.infit == pytest.approx([1, 1])


# --- Derivatives and errors against differences.


@pytest.fixture
def table():
    cube = a_cube()
    cube[np.random.Generator(np.random.PCG64(8)).random(cube.shape) < 0.2] = NAN
    marks, reviewers, teams, criteria = (np.concatenate([part, part[:7]]) for part in panel(cube))
    return Table.of(marks, Facets(teams, reviewers, criteria))


def flat(parameters):
    return np.concatenate([*parameters.facets, parameters.zeta[1:-1]])


def raised(values, table):
    teams, reviewers, criteria = table.sizes
    zeta = np.concatenate([[0], values[teams + reviewers + criteria :], [0]])
    facets = np.split(values[: teams + reviewers + criteria], [teams, teams + reviewers])
    return Parameters((facets[0], facets[1], facets[2]), zeta)


def differences(function, values, step=1e-5):
    moves = np.eye(len(values)) * step
    return np.array([(function(values + move) - function(values - move)) / (2 * step) for move in moves])


def test_the_gradient_is_the_slope_of_the_likelihood(table):
    values = flat(Parameters.first(table)) + 0.1

    slopes = differences(lambda moved: Point.at(table, raised(moved, table)).log_likelihood, values)

    assert np.concatenate(Point.at(table, raised(values, table)).gradients) == pytest.approx(slopes, abs=1e-6)


def test_errors_come_from_the_whole_information_under_the_constraints(table):
    point, _ = rasch_likelihood.climbed(table)
    teams, reviewers, criteria = table.sizes
    values = flat(point.parameters)

    information = -differences(lambda moved: np.concatenate(Point.at(table, raised(moved, table)).gradients), values)
    sums = np.zeros((2, len(values)))
    sums[0, teams : teams + reviewers] = 1
    sums[1, teams + reviewers : teams + reviewers + criteria] = 1
    bordered = np.block([[information, sums.T], [sums, np.zeros((2, 2))]])
    covariance = np.linalg.inv(bordered)[: len(values), : len(values)]

    assert np.concatenate(point.variances()) == pytest.approx(
        np.diag(covariance)[: teams + reviewers + criteria], rel=1e-5
    )
    assert point.covariance() == pytest.approx(covariance[teams:, teams:], abs=1e-5)
    # The first threshold is κ of the second step, the last is −κ of the last step but one.
    fit = many_facet_rasch(*unfolded(table))
    assert (fit.threshold_errors[[0, -1]] / fit.widening) ** 2 == pytest.approx(np.diag(covariance)[[-3, -1]], rel=1e-5)


def unfolded(table):
    """Columns that fold to the table again; a cell with two marks is known by their sum and sum of squares."""
    rows = []
    for sheet, criterion in zip(*np.nonzero(table.n), strict=True):
        n, total, squares = (int(part[sheet, criterion]) for part in (table.n, table.total, table.squares))
        spread = math.isqrt(n * squares - total**2)
        marks = [total] if n == 1 else [(total + spread) // 2, (total - spread) // 2]
        rows += [(mark, table.reviewer[sheet], table.team[sheet], criterion) for mark in marks]
    return [np.array(part) for part in zip(*rows, strict=True)]


def test_at_the_maximum_expected_totals_are_the_totals(table):
    point, _ = rasch_likelihood.climbed(table)

    for observed, expected in zip(table.margins(table.total), table.margins(table.n * point.expected), strict=True):
        assert expected == pytest.approx(observed, abs=1e-8)


# --- Thresholds.


def test_ordered_thresholds_are_found_again():
    fit = many_facet_rasch(*panel(simulated([-1.5, 0, 1.5])))

    assert fit.disordered == ()
    assert (np.abs(fit.thresholds - [-1.5, 0, 1.5]) < 3 * fit.threshold_errors).all()


def test_disordered_thresholds_converge_and_are_reported():
    fit = many_facet_rasch(*panel(simulated([1.5, -2, 0.5])))

    assert fit.disordered == (1,)
    assert (np.abs(fit.thresholds - [1.5, -2, 0.5]) < 3 * fit.threshold_errors).all()
    assert fit.thresholds.sum() == pytest.approx(0, abs=1e-9)


def test_a_step_nobody_gave_is_bridged_and_named():
    cube = a_cube(steps=2)
    cube[cube == 2] = 3

    fit = many_facet_rasch(*panel(cube + 1))

    assert (fit.steps.tolist(), fit.unused) == ([1, 2, 4], (3,))
    assert len(fit.thresholds) == 2
    assert fit.thresholds[0] + 2 * fit.thresholds[1] == pytest.approx(0, abs=1e-9)


def test_a_step_that_vanishes_is_the_limit_of_one_that_nobody_gave():
    """With ever fewer 2s the fit goes where it is without any: κ₂ alone runs away."""
    cube = np.tile(a_cube(steps=2), (1, 1, 40))
    cube[cube == 2] = 3
    criteria = np.arange(cube.shape[2]) % 3
    scores, reviewers, teams, columns = panel(cube)
    without = many_facet_rasch(scores, reviewers, teams, criteria[columns])

    scores[0] = 2
    once = many_facet_rasch(scores, reviewers, teams, criteria[columns])

    assert once.measures == pytest.approx(without.measures, abs=0.02)
    assert once.steps.tolist() == [0, 1, 2, 3]


# --- Properties.


@st.composite
def cubes(draw):
    """Panels in which every reviewer judged nearly everything, of marks 0 to 3."""
    shape = draw(st.integers(2, 4)), draw(st.integers(2, 4)), draw(st.integers(1, 3))
    size = shape[0] * shape[1] * shape[2]
    cube = np.array(draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)), dtype=float).reshape(shape)
    for hole in draw(st.sets(st.integers(0, size - 1), max_size=size // 6)):
        cube.flat[hole] = NAN
    return cube


def fitted(columns):
    try:
        return many_facet_rasch(*columns)
    except NotEstimable:
        return None


@settings(deadline=None, max_examples=60)
@given(cube=cubes(), data=st.data())
def test_order_and_names_do_not_matter(cube, data):
    orders = [np.array(data.draw(st.permutations(range(size)))) for size in cube.shape]
    plain = fitted(panel(cube))
    assume(plain is not None)

    other = many_facet_rasch(*panel(cube[np.ix_(*orders)]))

    assert other.measures == pytest.approx(plain.measures[orders[1]], abs=1e-6)
    assert other.severities == pytest.approx(plain.severities[orders[0]], abs=1e-6)
    assert other.difficulties == pytest.approx(plain.difficulties[orders[2]], abs=1e-6)
    assert other.measure_errors == pytest.approx(plain.measure_errors[orders[1]], rel=1e-4, nan_ok=True)
    assert other.thresholds == pytest.approx(plain.thresholds, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(cube=cubes(), lowest=st.integers(-3, 5))
def test_steps_counted_from_elsewhere_change_only_the_points(cube, lowest):
    plain = fitted(panel(cube))
    assume(plain is not None)

    other = many_facet_rasch(*panel(cube + lowest))

    assert (other.measures == plain.measures).all()
    assert other.fair_means == pytest.approx(plain.fair_means + lowest)
    assert (other.steps == plain.steps + lowest).all()


@settings(deadline=None, max_examples=60)
@given(cube=cubes())
def test_a_scale_turned_over_turns_the_measures_over(cube):
    plain = fitted(panel(cube))
    assume(plain is not None)

    other = many_facet_rasch(*panel(3 - cube))

    assert other.measures == pytest.approx(-plain.measures, abs=1e-6)
    assert other.severities == pytest.approx(-plain.severities, abs=1e-6)
    assert other.thresholds == pytest.approx(-plain.thresholds[::-1], abs=1e-6)
    assert other.fair_means == pytest.approx(3 - plain.fair_means, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(cube=cubes())
def test_everything_twice_is_the_same_with_errors_smaller_by_root_two(cube):
    plain = fitted(panel(cube))
    assume(plain is not None and not plain.extremes and math.isfinite(plain.widening))

    twice = many_facet_rasch(*(np.concatenate([part, part]) for part in panel(cube)))

    assert twice.measures == pytest.approx(plain.measures, abs=1e-6)
    assert twice.measure_errors * math.sqrt(2) / twice.widening == pytest.approx(
        plain.measure_errors / plain.widening, rel=1e-5
    )
    assert twice.infit == pytest.approx(plain.infit, abs=1e-5)
    assert twice.outfit == pytest.approx(plain.outfit, abs=1e-5)
    assert twice.log_likelihood == pytest.approx(2 * plain.log_likelihood)


@settings(deadline=None, max_examples=60)
@given(cube=cubes())
def test_severities_difficulties_and_thresholds_sum_to_zero(cube):
    fit = fitted(panel(cube))
    assume(fit is not None)

    bridged = np.diff(fit.steps)
    assert (fit.severities.sum(), fit.difficulties.sum(), bridged @ fit.thresholds) == pytest.approx(
        (0, 0, 0), abs=1e-9
    )
    assert (fit.fair_means >= fit.steps[0]).all()
    assert (fit.fair_means <= fit.steps[-1]).all()


def test_on_a_full_panel_measures_follow_the_totals():
    cube = a_cube(shape=(5, 6, 4))

    fit = many_facet_rasch(*panel(cube))

    for found, totals in (
        (fit.measures, cube.sum(axis=(0, 2))),
        (-fit.severities, cube.sum(axis=(1, 2))),
        (-fit.difficulties, cube.sum(axis=(0, 1))),
    ):
        assert (mid_ranks(found.round(9)) == mid_ranks(totals)).all()


# --- Extreme totals.


def test_an_extreme_reviewer_is_flagged_and_has_no_fit():
    cube = a_cube()
    cube[1] = 4

    fit = many_facet_rasch(*panel(cube))

    assert fit.extremes == (Extreme("reviewer", 1, "highest"),)
    assert np.argmin(fit.severities) == 1
    assert np.isnan(fit.infit).tolist() == [False, True, False, False]
    assert np.isnan(fit.outfit).tolist() == [False, True, False, False]
    assert fit.severities.sum() == pytest.approx(0, abs=1e-9)
    without = many_facet_rasch(*panel(np.delete(cube, 1, axis=0)))
    assert np.diff(fit.measures) == pytest.approx(np.diff(without.measures))
    assert fit.measure_errors == pytest.approx(without.measure_errors)


def test_an_extreme_criterion_is_flagged():
    cube = a_cube()
    cube[:, :, 2] = 0

    fit = many_facet_rasch(*panel(cube))

    assert fit.extremes == (Extreme("criterion", 2, "lowest"),)
    assert np.argmax(fit.difficulties) == 2


def test_elements_that_become_extreme_when_others_leave_follow_them():
    """Reviewer 1 gave lowest marks to all but team 0, and team 0 has highest marks from everybody."""
    cube = a_cube()
    cube[:, 0] = 4
    cube[1, 1:] = 0

    fit = many_facet_rasch(*panel(cube))

    assert fit.extremes == (Extreme("team", 0, "highest"), Extreme("reviewer", 1, "lowest"))
    assert (np.argmax(fit.measures), np.argmax(fit.severities)) == (0, 1)
    assert np.isfinite(fit.measures).all()


def test_one_who_met_only_extreme_elements_is_named():
    """Reviewer 2 judged the team of highest and the team of lowest marks only: no end is his."""
    cube = a_cube(shape=(4, 5, 3))
    cube[:, 0], cube[:, 1] = 4, 0
    cube[2, 2:] = NAN

    with pytest.raises(NotEstimable, match="reviewer 2 met only elements with extreme totals") as raised:
        many_facet_rasch(*panel(cube))

    assert raised.value.where == (2,)


# --- Refusals.


def test_a_team_with_one_reviewer_is_refused_by_name():
    cube = a_cube()
    cube[1:, 3] = NAN

    with pytest.raises(TooFewReviewers, match="fewer than two reviewers judged teams 3") as raised:
        many_facet_rasch(*panel(cube))

    assert raised.value.where == (3,)


def test_islands_are_refused():
    cube = a_cube(shape=(4, 4, 3))
    cube[:2, :2] = NAN
    cube[2:, 2:] = NAN

    with pytest.raises(Disconnected, match="2 islands") as raised:
        many_facet_rasch(*panel(cube))

    assert [island.teams for island in raised.value.islands] == [(2, 3), (0, 1)]


def test_islands_that_extreme_elements_leave_behind_are_refused():
    """Only team 0 joins the two halves, and it has nothing but highest marks."""
    cube = a_cube(shape=(4, 5, 3))
    cube[:, 0] = 4
    cube[:2, 1:3] = NAN
    cube[2:, 3:] = NAN

    with pytest.raises(Disconnected, match="without extreme elements there are 2 islands"):
        many_facet_rasch(*panel(cube))


def test_criteria_with_reviewers_of_their_own_are_refused():
    cube = a_cube(shape=(4, 5, 2))
    cube[:2, :, 0] = NAN
    cube[2:, :, 1] = NAN

    with pytest.raises(NotEstimable, match="reviewers, teams and criteria cannot be told apart"):
        many_facet_rasch(*panel(cube))


def test_marks_that_are_all_equal_are_refused():
    with pytest.raises(NoVariation, match="all marks that could tell anything are equal"):
        many_facet_rasch(*panel(np.full((2, 3, 2), 3.0)))


def test_marks_foreseen_with_certainty_have_no_finite_maximum():
    """Teams 0 and 1 move between the steps 0 and 1, teams 2 and 3 between 2 and 3: how far apart they are nobody knows."""
    cube = [[[0], [1], [2], [3]], [[1], [0], [3], [2]]]

    with pytest.raises(NoFiniteMaximum):
        many_facet_rasch(*panel(cube))


def test_half_points_are_refused():
    with pytest.raises(ValueError, match="scores are steps of one scale: whole numbers"):
        many_facet_rasch([0.5, 1, 2, 1], [0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0])


def test_a_fit_is_not_written_to():
    fit = many_facet_rasch(*by_hand())

    with pytest.raises(ValueError, match="read-only"):
        fit.severities[0] = 0


# --- Long sheets are worked on in blocks.


def test_blocks_do_not_show():
    cube = a_cube(shape=(30, 20, 25))
    scores, reviewers, teams, criteria = panel(cube)
    assert scores.size > rasch_likelihood._BLOCK

    fit = many_facet_rasch(scores, reviewers, teams, criteria)

    eta = fit.measures[teams] - fit.severities[reviewers] - fit.difficulties[criteria]
    chances = np.exp(np.arange(5)[:, None] * eta - np.concatenate([[0], np.cumsum(fit.thresholds)])[:, None])
    chances /= chances.sum(axis=0)
    expected = np.arange(5) @ chances
    variance = np.arange(5) ** 2 @ chances - expected**2
    assert np.bincount(teams, expected) == pytest.approx(np.bincount(teams, scores))
    assert chances.sum(axis=1) == pytest.approx(np.bincount(scores.astype(int)))
    assert np.log(chances[scores.astype(int), np.arange(len(scores))]).sum() == pytest.approx(fit.log_likelihood)
    residual = (scores - expected) ** 2
    assert fit.infit == pytest.approx(np.bincount(reviewers, residual) / np.bincount(reviewers, variance))
    assert fit.outfit == pytest.approx(np.bincount(reviewers, residual / variance) / np.bincount(reviewers))


def spread_over(width: int, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Marks of five teams by six reviewers on three criteria, 0 to `width`, spread over all of it."""
    rng = np.random.default_rng(seed)
    team, reviewer, criterion = (column.ravel() for column in np.meshgrid(range(5), range(6), range(3), indexing="ij"))
    middle = 0.5 + 0.08 * (team - 2) + 0.03 * (reviewer - 2.5) + 0.04 * (criterion - 1)
    marks = np.clip(np.round(width * middle + rng.normal(0, 0.12 * width + 0.3, len(team))), 0, width)
    return marks, reviewer, team, criterion


@settings(deadline=None, max_examples=60)
@given(width=st.integers(1, 1000), seed=st.integers(0, 99))
def test_a_scale_may_be_as_wide_as_it_likes(width, seed):
    """From 0 and 1 to a thousand steps; the start is on the scale of the model, so that nothing overflows (a warning is an error here)."""
    fit = many_facet_rasch(*spread_over(width, seed))

    assert fit.newton_steps <= 12
    assert np.isfinite(fit.measures).all()
    assert ((fit.fair_means >= 0) & (fit.fair_means <= width)).all()


@pytest.mark.parametrize("times", [10, 100, 1000])
def test_a_wider_scale_of_the_same_marks_has_smaller_logits(times):
    marks, *facets = spread_over(3)
    plain, wide = many_facet_rasch(marks, *facets), many_facet_rasch(times * marks, *facets)

    assert wide.measures * times == pytest.approx(plain.measures, abs=1e-7)
    assert wide.fair_means == pytest.approx(times * plain.fair_means)
    assert wide.log_likelihood == pytest.approx(plain.log_likelihood)
