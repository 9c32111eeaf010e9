"""Means and ratios, small enough to check by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.averages import (
    grand_mean,
    mean,
    ratio_to_target,
    ratios_to_best,
    shrunk_mean,
    total,
    trimmed,
    trimmed_mean,
    weighted_mean,
)
from tests.scoring.reference_case import CASE, exactly, number

fractions = st.fractions(min_value=-100, max_value=100, max_denominator=60)
several = st.lists(fractions, min_size=1, max_size=12)


@given(st.lists(fractions, max_size=12))
def test_a_total_is_the_sum(values):
    assert total(values) == sum(values, Fraction(0))


@given(several, st.randoms())
def test_the_order_of_values_does_not_matter(values, random):
    shuffled = random.sample(values, len(values))

    assert (mean(shuffled), trimmed_mean(shuffled)) == (mean(values), trimmed_mean(values))


@pytest.mark.parametrize("average", [mean, trimmed_mean])
def test_no_value_has_no_mean(average):
    with pytest.raises(ValueError, match="no value"):
        average([])


@pytest.mark.parametrize("case", CASE["drop_rule_small"], ids=lambda case: case["title"])
def test_the_published_cases_of_dropping_high_and_low(case):
    present = [number(score) for score in case["scores"] if score is not None]

    if case["expected"] is None:
        with pytest.raises(ValueError, match="no value"):
            trimmed_mean(present)
    else:
        assert trimmed_mean(present) == exactly(case["expected"])


def test_one_copy_each_leaves_also_among_equals():
    assert trimmed([1, 1, 2, 3, 3]) == (1, 3, [1, 2, 3])
    assert trimmed([2, 2, 2]) == (2, 2, [2])


@pytest.mark.parametrize("values", [[], [1], [1, 2]])
def test_with_fewer_than_three_nothing_leaves(values):
    assert trimmed(values) == (None, None, values)


@given(several)
def test_dropping_takes_the_extremes_away_and_nothing_else(values):
    lowest, highest, rest = trimmed(sorted(values))

    taken = [] if lowest is None else [lowest, highest]
    assert sorted([*rest, *taken]) == sorted(values)
    assert taken in ([], [min(values), max(values)])


@pytest.mark.parametrize("case", CASE["missing"], ids=lambda case: str(case["scores"]))
def test_the_published_cases_of_missing_scores(case):
    pairs = zip(map(number, case["weights"]), map(number, case["scores"]), strict=True)

    assert weighted_mean(pairs) == exactly(case["expected"])


def test_nothing_present_is_no_weighted_mean():
    assert weighted_mean([]) is None
    assert weighted_mean([(3, None)]) is None


@given(st.lists(st.tuples(st.integers(1, 9), fractions | st.none()), max_size=8), st.integers(1, 5))
def test_a_common_factor_of_the_weights_falls_out(pairs, factor):
    assert weighted_mean([(factor * weight, value) for weight, value in pairs]) == weighted_mean(pairs)


@pytest.mark.parametrize("case", CASE["shrunk_star_mean"], ids=lambda case: str(case["counts_1_to_5"]))
def test_the_published_cases_of_shrunk_stars(case):
    shrunk = shrunk_mean(case["counts_1_to_5"], number(case["prior_mean"]), number(case["prior_strength"]))

    assert shrunk == exactly(case["expected"])


def test_without_a_prior_it_is_the_plain_mean():
    assert shrunk_mean([1, 0, 0, 0, 3], Fraction(2), Fraction(0)) == 4


def test_without_stars_and_prior_there_is_no_mean():
    with pytest.raises(ValueError, match="no value"):
        shrunk_mean([0, 0, 0, 0, 0], Fraction(3), Fraction(0))


def test_the_grand_mean_is_over_stars_and_not_over_teams():
    assert grand_mean([(0, 0, 0, 0, 3), (1, 0, 0, 0, 0)]) == 4


def test_a_ratio_to_the_target_is_capped():
    assert ratio_to_target(Fraction("72.03"), Fraction("69.37")) == 1
    assert ratio_to_target(Fraction(60), Fraction(80)) == Fraction(3, 4)
    assert ratio_to_target(Fraction(0), Fraction(80)) == 0


def test_where_lower_is_better_the_ratio_is_turned():
    assert ratio_to_target(Fraction(10), Fraction(5), lower=True) == Fraction(1, 2)
    assert ratio_to_target(Fraction(4), Fraction(5), lower=True) == 1


def test_ratios_to_the_best():
    values = {"ga": Fraction(90), "na": Fraction(60), "da": Fraction(0)}

    assert ratios_to_best(values) == {"ga": 1, "na": Fraction(2, 3), "da": 0}
    assert ratios_to_best({"ga": Fraction(2), "na": Fraction(3)}, lower=True) == {"ga": 1, "na": Fraction(2, 3)}


def test_a_best_that_is_not_positive_is_no_measure():
    with pytest.raises(ValueError, match="the best value is not positive"):
        ratios_to_best({"ga": Fraction(0), "na": Fraction(0)})
