"""Means and ratios, small enough to check by hand."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.averages import (
    below_floors,
    grand_mean,
    level_weight,
    mean,
    ratio_to_target,
    ratios_to_best,
    shrunk_mean,
    total,
    trimmed,
    trimmed_mean,
    weigh,
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


WRITTEN = [
    lambda *numbers: [Fraction(number) for number in numbers],
    lambda *numbers: list(numbers),
    lambda *numbers: [Decimal(number) for number in numbers],
    lambda *numbers: np.array(numbers, np.int64),
    lambda *numbers: np.array(numbers, np.int8),
]


@pytest.mark.parametrize("written", WRITTEN)
def test_exact_numbers_are_the_same_in_whatever_kind_they_come(written):
    one, two, three = written(1, 2, 3)

    found = [
        total(written(100, 100, 100)),  # more than a byte holds
        mean(written(1, 2)),
        weighted_mean([(three, one), (one, two)]),
        trimmed_mean(written(3, 1, 7, 4)),
        shrunk_mean((0, 0, 0, 1, 1), three, three),
        ratio_to_target(*written(72, 73)),
        ratio_to_target(*written(72, 73), lower=True),
        ratios_to_best({"x": two, "y": three})["x"],
        level_weight({"a": three, "b": one}, {"a": two, "b": two}, {"a": one, "b": two}, "a"),
        weigh({"a": two, "b": one}, {"a": written(1, 2, 3), "b": written(2, 2, 5)})["a"].effective,
        below_floors({"a": one}, {"a": two})["a"],
    ]
    assert found == [
        300, Fraction(3, 2), Fraction(5, 4), Fraction(7, 2), Fraction(18, 5), Fraction(72, 73), 1, Fraction(2, 3), Fraction(1, 2),
        Fraction(5, 14), 1,
    ]  # fmt: skip
    assert {type(number) for number in found} == {Fraction}


@pytest.mark.parametrize("number", [0.5, np.float64(2.0), Decimal("NaN"), Decimal("Infinity"), "1", None])
def test_a_float_is_no_exact_number(number):
    for average in (total, mean, trimmed_mean):
        with pytest.raises(TypeError, match="an exact number was expected"):
            average([Fraction(1), number])
    for wrong in (
        lambda: shrunk_mean((1, 0, 0, 0, 0), 3, number),
        lambda: shrunk_mean((1, 0, 0, 0, 0), number, 3),
        lambda: ratio_to_target(number, 1),
        lambda: ratios_to_best({"x": 1, "y": number}),
        lambda: weighted_mean([(number, 1)]),
    ):
        with pytest.raises(TypeError, match="an exact number was expected"):
            wrong()


def test_numbers_of_people_are_whole_and_not_negative():
    with pytest.raises(TypeError, match="integer"):
        shrunk_mean((0.5, 0, 0, 0, 0), 3, 3)
    for counts, prior in (((1, -1, 0, 0, 0), 3), ((1, 0, 0, 0, 0), -1)):
        with pytest.raises(ValueError, match="a number of people is negative"):
            shrunk_mean(counts, 3, prior)


def test_a_divisor_that_is_not_positive_is_named():
    with pytest.raises(ValueError, match="the target is not positive"):
        ratio_to_target(1, 0)
    with pytest.raises(ValueError, match="the value is not positive"):
        ratio_to_target(0, 1, lower=True)
    with pytest.raises(ValueError, match="no value"):
        ratios_to_best({})


def test_on_the_floor_is_not_below_it_and_missing_neither():
    floors = {"a": Fraction(60), "b": Fraction(60), "c": Fraction(60)}

    assert below_floors({"a": Fraction(60), "b": None, "c": Fraction(599999, 10000), "d": Fraction(0)}, floors) == {
        "c": Fraction(599999, 10000)
    }
