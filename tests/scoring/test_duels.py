"""Wins, losses and ties between two teams, both sides of the screen together."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring import Choices
from evaluations.scoring.duels import Duel, duels, expected_win_share

choices = st.builds(Choices, *[st.integers(0, 9)] * 5)
NAMES = ("ga", "na", "da")
tallies = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1]), choices
)


def test_a_win_on_the_right_is_a_win():
    found = duels(
        {("ga", "na"): Choices(a=3, b=1, both_good=2), ("na", "ga"): Choices(a=4, b=5, both_bad=1, skip=9)},
        "ga",
        ["na"],
    )

    assert found == {"na": Duel(wins=8, losses=5, ties=3)}  # fmt: skip
    assert found["na"].share == Fraction(19, 32)


def test_skips_are_no_comparisons():
    assert Choices(a=1, both_good=1, both_bad=1, skip=5).compared == 3
    assert Duel(0, 0, 0).share is None


def test_choices_add_up():
    assert Choices(1, 2, 3, 4, 5) + Choices(1, 1, 1, 1, 1) == Choices(2, 3, 4, 5, 6)


def test_rivals_weigh_the_same_however_often_they_were_met():
    assert expected_win_share({"na": Duel(1, 0, 0), "da": Duel(0, 99, 0)}) == Fraction(1, 2)
    assert expected_win_share({"na": Duel(1, 0, 0), "da": Duel(0, 0, 0)}) is None
    assert expected_win_share({}) is None


@given(tallies)
def test_the_two_sides_of_a_duel_add_up_to_one(seen):
    own, other = duels(seen, "ga", ["na"])["na"], duels(seen, "na", ["ga"])["ga"]

    assert (own.wins, own.losses, own.ties) == (other.losses, other.wins, other.ties)
    assert own.share is None or own.share + other.share == 1


@given(tallies)
def test_it_does_not_matter_who_stood_on_which_side(seen):
    turned = {(right, left): Choices(c.b, c.a, c.both_good, c.both_bad, c.skip) for (left, right), c in seen.items()}

    assert duels(turned, "ga", ["na", "da"]) == duels(seen, "ga", ["na", "da"])
