"""Tails and quantiles against closed forms, printed tables and each other."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring.distributions import f_quantile, f_tail, t_quantile

degrees = st.floats(0.5, 500)
chances = st.floats(1e-6, 1 - 1e-6)


@settings(deadline=None)
@given(x=st.floats(1e-3, 1e3), denominator=degrees)
def test_with_two_degrees_above_the_tail_is_a_power(x, denominator):
    assert f_tail(x, 2, denominator) == pytest.approx((1 + 2 * x / denominator) ** (-denominator / 2), rel=1e-11)


@settings(deadline=None)
@given(p=chances, numerator=degrees, denominator=degrees)
def test_a_quantile_has_its_tail(p, numerator, denominator):
    assert f_tail(f_quantile(p, numerator, denominator), numerator, denominator) == pytest.approx(1 - p, rel=1e-9)


@settings(deadline=None)
@given(p=chances, numerator=degrees, denominator=degrees)
def test_turned_over_the_ratio_has_the_other_tail(p, numerator, denominator):
    turned = 1 / f_quantile(1 - p, denominator, numerator)

    assert f_quantile(p, numerator, denominator) == pytest.approx(turned, rel=1e-9)


@pytest.mark.parametrize(
    ("p", "numerator", "denominator", "printed"),
    [(0.95, 1, 1, "161.4476"), (0.95, 5, 10, "3.3258"), (0.975, 20, 60, "1.9445"), (0.99, 3, 8, "7.5910")],
)
def test_printed_table_of_f(p, numerator, denominator, printed):
    assert f"{f_quantile(p, numerator, denominator):.4f}" == printed


@pytest.mark.parametrize(
    ("p", "degrees", "printed"),
    [(0.975, 1, "12.706"), (0.975, 5, "2.571"), (0.975, 52, "2.007"), (0.95, 10, "1.812"), (0.025, 5, "-2.571")],
)
def test_printed_table_of_t(p, degrees, printed):
    assert f"{t_quantile(p, degrees):.3f}" == printed


def test_the_median_of_t_is_zero():
    assert t_quantile(0.5, 7) == 0


def test_small_tails_keep_their_digits():
    assert f_quantile(1e-6, 1, 1) == pytest.approx(math.tan(math.pi / 2 * 1e-6) ** 2, rel=1e-12)


def test_many_degrees_still_converge():
    assert f_quantile(0.975, 4999, 4999 * 999) == pytest.approx(1.0396015478352572, rel=1e-9)  # scipy 1.17


def test_everything_lies_above_zero_and_below():
    assert (f_tail(0, 3, 4), f_tail(-1, 3, 4)) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("p", "numerator"), [(0, 2), (1, 2), (-0.1, 2), (1.1, 2), (0.5, 0), (0.5, -1), (0.5, math.inf)]
)
def test_what_is_no_chance_or_no_degree_is_refused(p, numerator):
    with pytest.raises(ValueError, match="expected"):
        f_quantile(p, numerator, 3)
