"""What a part weighs by its points, and what it weighs in the totals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.averages import level_weight, weigh
from tests.scoring.reference_case import CASE, exactly, number

POINTS = {"benchmark": 40, "expert": 35, "user": 25}
columns = st.integers(3, 6).flatmap(
    lambda teams: st.fixed_dictionaries(
        {key: st.lists(st.fractions(0, points, max_denominator=8), min_size=teams, max_size=teams) for key, points in POINTS.items()}
    )
)  # fmt: skip


def fractions(*values):
    return [None if value is None else Fraction(value) for value in values]


def test_a_part_that_gives_everybody_the_same_decides_nothing():
    found = weigh({"a": 60, "b": 40}, {"a": fractions(50, 50, 50), "b": fractions(10, 20, 30)})

    assert (found["a"].nominal, found["a"].effective, found["a"].spread) == (Fraction(3, 5), 0, 0)
    assert (found["b"].nominal, found["b"].effective, found["b"].spread) == (Fraction(2, 5), 1, 20)


def test_a_worked_example():
    """Totals 12, 15, 21 (mean 16): deviations −4, −1, 5, Σ² = 42. a deviates −1, 0, 1: Σ = 9. b deviates −3, −1, 4: 33."""
    found = weigh({"a": 10, "b": 30}, {"a": fractions(2, 3, 4), "b": fractions(10, 12, 17)})

    assert (found["a"].effective, found["b"].effective) == (Fraction(9, 42), Fraction(33, 42))
    assert (found["a"].spread, found["b"].spread) == (2, 7)


def test_a_part_may_pull_against_the_totals():
    found = weigh({"a": 10, "b": 10}, {"a": fractions(1, 2, 3), "b": fractions(9, 4, 0)})

    assert found["a"].effective < 0 < found["b"].effective


@given(columns)
def test_it_is_the_share_of_covariance_that_numpy_gives(parts):
    found = weigh(POINTS, parts)
    matrix = np.array([[float(value) for value in column] for column in parts.values()])
    totals = matrix.sum(axis=0)

    if found["user"].effective is None:
        assert totals.var() == pytest.approx(0, abs=1e-12)
    else:
        expected = np.cov(np.vstack([matrix, totals]))[-1, :-1] / totals.var(ddof=1)
        assert [float(weight.effective) for weight in found.values()] == pytest.approx(expected.tolist(), abs=1e-9)


@given(columns)
def test_the_shares_add_up_to_one(parts):
    shares = [weight.effective for weight in weigh(POINTS, parts).values()]

    assert shares == [None] * 3 or sum(shares) == 1


@pytest.mark.parametrize(
    ("column", "spread"), [(fractions(1, 2), 1), (fractions(5, 5, 5), 0)], ids=["two teams", "equal totals"]
)
def test_where_there_is_no_variance_to_share(column, spread):
    found = weigh({"a": 10}, {"a": column})

    assert (found["a"].effective, found["a"].spread) == (None, spread)


def test_an_absent_number_leaves_all_shares_open_and_its_own_range():
    found = weigh({"a": 10, "b": 10}, {"a": fractions(1, 2, None), "b": fractions(1, 2, 4)})

    assert [(weight.effective, weight.spread) for weight in found.values()] == [(None, None), (None, 3)]


# --- The weight at which two teams draw level


NAMED = ("benchmark", "expert", "user")


@pytest.mark.parametrize("pair", CASE["weight_sensitivity"]["pairs"], ids=lambda pair: str(pair["b"]))
def test_the_published_pairs(pair):
    one, other = (dict(zip(NAMED, map(number, pair[name]), strict=True)) for name in "ab")

    assert level_weight(one, other, POINTS, "benchmark") == exactly(pair["expected_benchmark_weight"])


shares = st.fixed_dictionaries({name: st.fractions(0, 1, max_denominator=12) for name in NAMED})


@given(shares, shares, st.sampled_from(NAMED))
def test_at_that_weight_they_are_level_and_on_its_two_sides_they_are_not(one, other, key):
    weight = level_weight(one, other, POINTS, key)
    rest = sum(points for name, points in POINTS.items() if name != key)

    def lead(share):
        spread = {name: share if name == key else (1 - share) * points / rest for name, points in POINTS.items()}
        return sum(spread[name] * (one[name] - other[name]) for name in NAMED)

    if weight is None:
        assert lead(Fraction(0)) * lead(Fraction(1)) > 0 or lead(Fraction(0)) == lead(Fraction(1)) == 0
    else:
        assert lead(weight) == 0
        assert lead(Fraction(0)) * lead(Fraction(1)) <= 0


@given(shares, shares)
def test_it_does_not_matter_who_is_asked_first(one, other):
    assert level_weight(one, other, POINTS, "user") == level_weight(other, one, POINTS, "user")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((90, 70, 60), (80, 80, 70), Fraction(1, 2)),
        ((90, 85, 80), (80, 75, 70), None),
        ((1, 1, 1), (1, 1, 1), None),
        ((3, 2, 2), (3, 1, 1), 1),
        ((3, 1, 2), (2, 1, 2), 0),
    ],
    ids=["by hand", "ahead in all", "level in all", "level in the part alone", "level in the rest alone"],
)
def test_the_weight_at_which_two_teams_draw_level(one, other, expected):
    one, other = dict(zip(NAMED, one, strict=True)), dict(zip(NAMED, other, strict=True))
    weights = {"benchmark": 40, "expert": 35, "user": 25}

    assert level_weight(one, other, weights, "benchmark") == expected
    assert level_weight(other, one, weights, "benchmark") == expected
