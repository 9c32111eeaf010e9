import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.reviews.points import Node, points_text, running, running_within, scale_text
from evaluations.scoring.parts import Criterion, Part
from evaluations.scoring.places import Name
from evaluations.scoring.sheets import score_sheet
from tests.reviews.strategies import leaves, marks_of, trees


def as_criterion(node: Node) -> Criterion:
    below = tuple(as_criterion(one) for one in node.below)
    lowest, highest = (1, node.levels) if node.levels else (0, node.points)
    return Criterion(node.name, node.name, Name("이름", ""), node.points, lowest, highest, criteria=below)


def as_part(nodes, points: int, zero: bool) -> Part:
    rule = "zero" if zero else "renormalise"
    criteria = tuple(map(as_criterion, nodes))
    return Part("expert", Name("전문가", ""), "experts", points, criteria=criteria, cannot_judge=rule)


@settings(max_examples=60)
@given(st.data(), st.integers(1, 100), st.booleans())
def test_the_running_points_of_a_full_sheet_are_what_the_count_will_use(data, points, zero):
    nodes = data.draw(trees())
    marks = data.draw(marks_of(nodes, gaps=False))

    shown = running(nodes, points, marks, zero)

    counted = score_sheet(as_part(nodes, points, zero), "p", marks)
    assert (shown and shown.points) == (counted and counted.total)
    for node in nodes if counted else ():
        share, within = counted.shares[node.name], running_within(node, marks, zero)
        assert (within and within.points) == (share if share is None else node.points * share)


@pytest.mark.parametrize(
    ("levels", "points", "told"),
    [
        (5, 6, "1 = 0점 · 2 = 1.5점 · 3 = 3점 · 4 = 4.5점 · 5 = 6점"),
        (4, 10, "1 = 0점 · 2 = 3.33점 · 3 = 6.67점 · 4 = 10점"),
        (101, 10, "1 = 0점 · 2 = 0.1점 · … · 101 = 10점"),
        (None, 10, ""),
    ],
)
def test_a_level_is_told_to_be_worth_what_the_count_makes_of_it(levels, points, told):
    node = Node("expert.one", points, levels)
    counted = as_criterion(node)

    assert scale_text(node) == told
    for mark, worth in re.findall(r"(\d+) = ([\d.]+)점", told):
        assert worth == points_text(points * counted.share(int(mark)))


@given(st.data(), st.booleans())
def test_a_sheet_on_which_nothing_was_judged_has_no_points(data, zero):
    nodes = data.draw(trees())
    nothing = dict.fromkeys((leaf.name for leaf in leaves(nodes)), None)
    assert running(nodes, 35, nothing, zero) is None
    assert score_sheet(as_part(nodes, 35, zero), "p", nothing) is None

    waiting = data.draw(st.sampled_from(sorted(nothing)))
    still = running(nodes, 35, {name: mark for name, mark in nothing.items() if name != waiting}, zero)

    assert still is not None and still.points == 0


@settings(max_examples=40)
@given(st.data(), st.booleans())
def test_points_stay_between_nothing_and_all_and_a_better_mark_never_takes(data, zero):
    nodes = data.draw(trees())
    marks = data.draw(marks_of(nodes, gaps=True))
    shown = running(nodes, 35, marks, zero)
    assert shown is None or 0 <= shown.points <= 35

    for leaf in leaves(nodes):
        best = running(nodes, 35, marks | {leaf.name: leaf.levels or leaf.points}, zero)
        if marks.get(leaf.name) is not None:
            assert best.points >= shown.points


def test_what_is_not_marked_yet_gives_nothing_and_what_cannot_be_judged_steps_aside():
    nodes = (Node("a", 15), Node("b", 12, None, (Node("b.x", 6, 5), Node("b.y", 6, 5))))

    assert running(nodes, 27, {}, False).points == 0
    assert running(nodes, 27, {"a": 15}, False).points == 15
    assert running(nodes, 27, {"a": 15, "b.x": 5, "b.y": None}, False).points == 27
    assert running(nodes, 27, {"a": 15, "b.x": 5, "b.y": None}, True).points == 21
    assert running(nodes, 27, {"a": None, "b.x": None, "b.y": None}, False) is None
    assert running(nodes, 27, {"a": None, "b.x": None, "b.y": None}, True) is None
    assert running(nodes, 27, {"a": None, "b.x": None}, False).points == 0
    assert running(nodes, 27, {"a": None, "b.x": 5, "b.y": 5}, False).points == 27
    assert running_within(nodes[1], {"b.x": None, "b.y": None}, False) is None
    assert running_within(nodes[1], {"b.x": None, "b.y": None}, True).points == 0


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(10), "10"),
        (Fraction(100), "100"),
        (Fraction(25, 2), "12.5"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(1, 200), "0.01"),
        (Fraction(1, 201), "0"),
        (Fraction(1005, 1000), "1.01"),
        (Fraction(999, 100), "9.99"),
        (Fraction(1999, 200), "10"),
    ],
)
def test_points_are_told_with_at_most_two_decimals_half_up(points, text):
    assert points_text(points) == text


@given(st.fractions(0, 100, max_denominator=10_000))
def test_no_point_is_rounded_twice(points):
    # Forty digits tell a half from everything else with such a denominator.
    exact = Decimal(points.numerator * 10**40 // points.denominator).scaleb(-40)

    assert Decimal(points_text(points)) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
