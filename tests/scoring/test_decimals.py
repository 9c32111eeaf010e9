"""Decimal text to fractions and back, and the one rounding there is."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.decimals import exact, fraction, from_exact, rounded

fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=10_000)
plain = st.decimals(min_value=-1000, max_value=1000, places=4)
RULES = {"ROUND_HALF_UP": ROUND_HALF_UP, "ROUND_HALF_EVEN": ROUND_HALF_EVEN}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("72.03", Fraction(7203, 100)), ("-12.50", Fraction(-25, 2)), ("0", Fraction(0)), ("007", Fraction(7)), ("-0", Fraction(0)),
        ("9" * 30 + "." + "9" * 30, Fraction(10**60 - 1, 10**30)),
    ],
)  # fmt: skip
def test_a_plain_decimal_is_read_exactly(text, value):
    assert fraction(text) == value


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "+3", "1_000", "1e3", "1/3", ".5", "5.", "1.2.3", "--1", "１２", "٣", "nan", "inf", "1,5", "1\n", "9" * 31],
)  # fmt: skip
def test_anything_else_is_no_number(text):
    with pytest.raises(ValueError, match="not a plain decimal number"):
        fraction(text)


@pytest.mark.parametrize(
    ("value", "places", "half_up", "half_even"),
    [
        ("2.675", 2, "2.68", "2.68"),
        ("2.665", 2, "2.67", "2.66"),
        ("-2.675", 2, "-2.68", "-2.68"),
        ("-2.665", 2, "-2.67", "-2.66"),
        ("0.5", 0, "1", "0"),
        ("1.5", 0, "2", "2"),
        ("-0.5", 0, "-1", "0"),
        ("-0.04", 1, "0.0", "0.0"),
        ("-0.05", 1, "-0.1", "0.0"),
        ("90.206", 1, "90.2", "90.2"),
        ("33.25", 1, "33.3", "33.2"),
        ("100", 2, "100.00", "100.00"),
        ("0.0049999", 2, "0.00", "0.00"),
    ],
)
def test_halves_go_where_the_rule_says(value, places, half_up, half_even):
    assert rounded(fraction(value), places, "ROUND_HALF_UP") == half_up
    assert rounded(fraction(value), places, "ROUND_HALF_EVEN") == half_even


def test_what_a_float_would_round_down_is_rounded_up():
    assert f"{round(2.675, 2)}" == "2.67"
    assert rounded(fraction("2.675"), 2, "ROUND_HALF_UP") == "2.68"


@given(plain, st.integers(0, 4), st.sampled_from(sorted(RULES)))
def test_it_rounds_as_the_decimal_module_does(value, places, rule):
    quantised = value.quantize(Decimal(1).scaleb(-places), RULES[rule], Context(prec=50))

    assert Fraction(rounded(Fraction(value), places, rule)) == Fraction(quantised)


@given(fractions, st.integers(0, 6), st.sampled_from(sorted(RULES)))
def test_it_is_never_further_away_than_half_a_step(value, places, rule):
    assert abs(Fraction(rounded(value, places, rule)) - value) * 2 <= Fraction(1, 10**places)


@pytest.mark.parametrize(
    ("value", "text"),
    [("33606/1000", "33.606"), ("100/3", "100/3"), ("-1/8", "-0.125"), ("5", "5"), ("-2/7", "-2/7"), ("1/1024", "0.0009765625")],
)  # fmt: skip
def test_the_shortest_text_that_loses_nothing(value, text):
    assert exact(Fraction(value)) == text


@given(fractions)
def test_exact_text_reads_back(value):
    assert from_exact(exact(value)) == value


@pytest.mark.parametrize("text", ["1/0", "1/-3", "1/3/5", "1.5/2", " 1/3", "1e2", ""])
def test_other_ratios_are_refused(text):
    with pytest.raises(ValueError):
        from_exact(text)


def test_what_cannot_be_rounded_is_refused():
    with pytest.raises(ValueError, match="unknown rule of rounding: ROUND_DOWN"):
        rounded(Fraction(1, 2), 0, "ROUND_DOWN")
    with pytest.raises(ValueError, match="a number of decimals was expected, not -1"):
        rounded(Fraction(15), -1, "ROUND_HALF_UP")
    for number in (2.675, float("nan"), None, "2.675"):
        with pytest.raises(TypeError, match="an exact number was expected"):
            rounded(number, 2, "ROUND_HALF_UP")
    assert [rounded(number, 2, "ROUND_HALF_UP") for number in (Decimal("2.675"), 3)] == ["2.68", "3.00"]
