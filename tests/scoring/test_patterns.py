"""What is told of the marks, and from where on."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings

from evaluations.scoring import Evidence, Rules, count
from evaluations.scoring.patterns import Deviation, SameMarks, SameTotal, StraightLine, Thresholds, find_patterns
from tests.factories.scoring import config, experts, named
from tests.scoring.strategies import counts

RULES = Rules.from_config(
    config(experts(named("tech", points=10), *(named(f"l{n}", points=2, levels=5) for n in range(5))))
)


def sheet(tech, *levels):
    return {"tech": tech} | {f"l{n}": mark for n, mark in enumerate(levels)}


def of(sheets, **thresholds):
    evidence = Evidence(sheets=sheets)
    return find_patterns(RULES, evidence, count(RULES, evidence), Thresholds(**thresholds))


# --- The same marks


ONE, OTHER = sheet(7, 1, 2, 3, 4, 5), sheet(6, 5, 4, 3, 2, 1)


def test_two_panelists_with_all_marks_the_same_over_all_common_teams():
    found = of({("p1", "ga"): ONE, ("p2", "ga"): ONE, ("p1", "na"): OTHER, ("p2", "na"): OTHER})

    assert found.same_marks == (SameMarks("p1", "p2", ("ga", "na"), common=12, equal=12),)


def test_one_mark_apart_is_not_the_same_unless_a_share_is_asked_for():
    sheets = {("p1", "ga"): ONE, ("p2", "ga"): ONE, ("p1", "na"): OTHER, ("p2", "na"): OTHER | {"tech": 5}}

    assert of(sheets).same_marks == ()
    assert of(sheets, equal_share=Fraction(11, 12)).same_marks == (SameMarks("p1", "p2", ("ga", "na"), 12, 11),)


def test_too_few_marks_in_common_say_nothing():
    sheets = {("p1", "ga"): ONE, ("p2", "ga"): ONE, ("p3", "na"): ONE}

    assert of(sheets).same_marks == ()
    assert of(sheets, common_marks=6).same_marks == (SameMarks("p1", "p2", ("ga",), 6, 6),)


def test_cannot_judge_is_equal_to_nothing():
    silent = sheet(None, None, None, None, None, 5)

    assert of({("p1", "ga"): silent, ("p2", "ga"): silent}, common_marks=2).same_marks == ()


# --- The same total


def test_most_of_a_panel_with_exactly_the_same_total():
    """The same 10 points by three different ways, two others elsewhere."""
    tens = [sheet(10, 1, 1, 1, 1, 1), sheet(8, 5, 1, 1, 1, 1), sheet(0, 5, 5, 5, 5, 5)]
    sheets = {
        (f"p{n}", "ga"): marks for n, marks in enumerate([*tens, sheet(9, 1, 1, 1, 1, 1), sheet(1, 1, 1, 1, 1, 1)])
    }

    assert of(sheets).same_totals == (SameTotal("expert", "ga", Fraction(10), ("p0", "p1", "p2"), sheets=5),)
    assert of({**sheets, ("p5", "ga"): sheet(3, 1, 1, 1, 1, 1)}).same_totals == ()
    assert of(sheets, equal_totals=4).same_totals == ()


# --- Far from the others


def test_a_sheet_far_from_the_mean_of_the_others():
    """Four of 20 points is the line: 1 is 8.25 from the mean of 10, 9, 9, 9; 10 is 3 from that of 9, 9, 9, 1."""
    sheets = {(f"p{n}", "ga"): sheet(mark, *[1] * 5) for n, mark in enumerate([10, 9, 9, 9, 1])}

    assert of(sheets).deviations == (Deviation("expert", "ga", "p4", Fraction(1), Fraction("9.25"), Fraction("-8.25")),)


@pytest.mark.parametrize(("mark", "told"), [(4, False), (5, True)])
def test_exactly_on_the_line_is_not_told(mark, told):
    """The others gave 0: 4 of 20 points is exactly a fifth."""
    sheets = {(f"p{n}", "ga"): sheet(0, *[1] * 5) for n in range(9)} | {("p9", "ga"): sheet(mark, *[1] * 5)}

    assert [found.panelist for found in of(sheets).deviations] == (["p9"] if told else [])


def test_one_other_sheet_is_no_panel_to_deviate_from():
    assert of({("p0", "ga"): sheet(0, *[1] * 5), ("p1", "ga"): sheet(10, *[5] * 5)}).deviations == ()


# --- One mark everywhere


def test_one_mark_on_all_criteria_of_a_scale():
    assert of({("p0", "ga"): sheet(3, 4, 4, 4, 4, 4)}).straight_lines == (
        StraightLine("expert", "ga", "p0", mark=4, lowest=1, highest=5, criteria=5),
    )


@pytest.mark.parametrize("marks", [(4, 4, 4, 4, 5), (4, 4, 4, 4, None)])
def test_one_other_mark_or_one_less_is_no_line(marks):
    assert of({("p0", "ga"): sheet(4, *marks)}).straight_lines == ()


def test_how_long_a_line_must_be_can_be_said():
    assert len(of({("p0", "ga"): sheet(4, 4, 4, 4, 4, None)}, line=4).straight_lines) == 1


# --- As a whole


def test_what_is_void_shows_no_pattern():
    sheets = {(f"p{n}", team): sheet(4, 4, 4, 4, 4, 4) for n in range(3) for team in ("ga", "na")}
    evidence = Evidence(sheets=sheets, voids=frozenset({(f"p{n}", None) for n in range(3)}))

    found = find_patterns(RULES, evidence, count(RULES, evidence))

    assert found.to_json() == {"same_marks": [], "same_totals": [], "deviations": [], "straight_lines": []}


def test_it_reads_as_plain_data():
    sheets = {(f"p{n}", "ga"): sheet(mark, *[1] * 5) for n, mark in enumerate([10, 10, 9, 1])}

    said = json.loads(json.dumps(of(sheets).to_json()))

    assert said["deviations"][0] == {
        "part": "expert", "team": "ga", "panelist": "p3", "total": "1", "others": "29/3", "deviation": "-26/3",
    }  # fmt: skip


@given(counts())
@settings(max_examples=30)
def test_looking_for_patterns_changes_nothing(drawn):
    configuration, evidence = drawn
    rules = Rules.from_config(configuration)
    result = count(rules, evidence)

    find_patterns(rules, evidence, result)

    assert count(rules, evidence).to_bytes() == result.to_bytes()
