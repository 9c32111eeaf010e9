"""Order, ties and the line of the quota."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.ranking import points_by_rank, ranks, seats

fractions = st.fractions(min_value=0, max_value=3, max_denominator=2)
by_team = st.dictionaries(st.sampled_from("abcdefg"), fractions, min_size=1)


def values(**numbers):
    return {team: None if number is None else Fraction(number) for team, number in numbers.items()}


def test_equals_share_a_rank_and_leave_a_gap():
    assert ranks(values(a=80, b=90, c=80, d=70)) == {"a": 2, "b": 1, "c": 2, "d": 4}


def test_the_tie_break_chain_is_asked_one_after_the_other():
    chain = [values(a=30, b=30, c=29), values(a=20, b=25, c=1)]

    assert ranks(values(a=90, b=90, c=90), chain) == {"a": 2, "b": 1, "c": 3}


def test_what_the_chain_cannot_set_apart_stays_equal():
    assert ranks(values(a=90, b=90), [values(a=30, b=30)]) == {"a": 1, "b": 1}


def test_a_tie_break_value_that_is_absent_sets_none_of_the_equals_apart():
    chain = [values(a=30, b=None, c=10, d=1), values(a=1, b=2, c=3, d=1)]

    assert ranks(values(a=90, b=90, c=90, d=80), chain) == {"a": 3, "b": 2, "c": 1, "d": 4}


def test_an_absent_value_hurts_only_the_equals_it_belongs_to():
    chain = [values(a=2, b=1, c=None, d=1)]

    assert ranks(values(a=90, b=90, c=80, d=80), chain) == {"a": 1, "b": 2, "c": 3, "d": 3}


def test_the_first_equals_are_set_apart_before_the_next_value_is_asked():
    chain = [values(a=2, b=2, c=1), values(a=1, b=2, c=3)]

    assert ranks(values(a=90, b=90, c=90), chain) == {"a": 2, "b": 1, "c": 3}


def test_no_team_has_no_rank():
    assert ranks({}) == {}


@given(by_team)
def test_a_rank_is_one_more_than_the_number_of_better_teams(numbers):
    assert ranks(numbers) == {
        team: 1 + sum(other > value for other in numbers.values()) for team, value in numbers.items()
    }


@given(by_team, st.data())
def test_a_tie_break_never_turns_an_order_round(numbers, data):
    chain = [{team: data.draw(st.none() | fractions) for team in numbers} for _ in range(2)]
    plain, broken = ranks(numbers), ranks(numbers, chain)

    assert all(broken[a] < broken[b] for a in numbers for b in numbers if plain[a] < plain[b])
    assert all(broken[team] >= plain[team] for team in numbers)


@pytest.mark.parametrize("how", ["all", "none", "committee"])
@given(numbers=by_team, quota=st.integers(1, 8))
def test_seats_go_by_rank_and_names_do_not_matter(how, numbers, quota):
    ranked = ranks(numbers)
    found = seats(ranked, quota, how)

    assert all(found[a] == found[b] for a in numbers for b in numbers if ranked[a] == ranked[b])
    assert sum(seat is True for seat in found.values()) <= quota or how == "all"
    assert sum(seat is not False for seat in found.values()) >= min(quota, len(numbers)) or how == "none"


@pytest.mark.parametrize(("how", "on_the_line"), [("all", True), ("none", False), ("committee", None)])
def test_who_shares_the_rank_on_the_line(how, on_the_line):
    ranked = {"a": 1, "b": 2, "c": 2, "d": 4}

    assert seats(ranked, 2, how) == {"a": True, "b": on_the_line, "c": on_the_line, "d": False}


def test_a_tie_that_fits_before_the_line_needs_nobody():
    assert seats({"a": 1, "b": 1, "c": 3}, 2, "committee") == {"a": True, "b": True, "c": False}


def test_without_a_quota_everybody_has_a_seat():
    assert seats({"a": 1, "b": 2}, None, "none") == {"a": True, "b": True}


def test_points_by_rank():
    table = [Fraction(10), Fraction(6), Fraction(3), Fraction(0)]

    assert points_by_rank({"a": 1, "b": 2, "c": 2, "d": 4}, table) == {
        "a": 10,
        "b": Fraction(9, 2),
        "c": Fraction(9, 2),
        "d": 0,
    }
    assert points_by_rank({"a": 1, "b": 1, "c": 1, "d": 1}, table) == dict.fromkeys("abcd", Fraction(19, 4))


@given(by_team)
def test_points_by_rank_give_out_the_whole_table(numbers):
    table = [Fraction(10 - place) for place in range(len(numbers))]

    assert sum(points_by_rank(ranks(numbers), table).values()) == sum(table)


def test_who_has_no_value_has_no_rank_and_nobody_has():
    with pytest.raises(ValueError, match="no value, and so no ranks: b, c"):
        ranks(values(a=1, b=None, c=None))
    with pytest.raises(TypeError, match="an exact number was expected"):
        ranks({"a": 0.5, "b": Fraction(1)})
    with pytest.raises(TypeError, match="an exact number was expected"):
        ranks({"a": float("nan"), "b": Fraction(1)})
    assert ranks({"a": Decimal("0.1"), "b": Fraction(1, 10), "c": 1}) == {"a": 2, "b": 2, "c": 1}


def test_a_table_of_too_few_places_is_refused():
    with pytest.raises(ValueError, match="b takes up places 2 to 3 of 2 with points"):
        points_by_rank({"a": 1, "b": 2, "c": 2}, [10, 6])
    with pytest.raises(ValueError, match="a takes up places 0 to 0 of 2"):
        points_by_rank({"a": 0}, [10, 6])


def test_a_rule_of_the_line_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="level on the line are all, none, committee, not everybody"):
        seats({"a": 1, "b": 1}, 1, "everybody")
