"""Objection simulation: what a change would change, beside the official count."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring import Evidence, EvidenceError, LineDecision, Measurement, Rules, count
from evaluations.scoring.what_if import (
    ChangeError,
    Difference,
    OtherMark,
    OtherPoints,
    OtherValue,
    WithoutSheet,
    what_if,
)
from tests.factories.scoring import config, experts, gate, measured, named, scores
from tests.factories.scoring import given as a_given
from tests.scoring.strategies import counts

RULES = Rules.from_config(
    config(
        measured(named("nia", points=10, rule="share", maximum="100")),
        experts(named("tech", points=10), aggregate="drop_high_low"),
        advance={"by": "points", "quota": 1, "line_ties": "committee"},
    )
)
EVIDENCE = Evidence(
    scores(ga={"nia": "80"}, na={"nia": "83"}),
    sheets={
        (f"p{n}", team): {"tech": mark}
        for team, marks in {"ga": [10, 8, 7, 3], "na": [7, 7, 7, 7]}.items()
        for n, mark in enumerate(marks)
    },
)
"""ga 8.0 + (8 + 7)/2 = 15.5, na 8.3 + 7 = 15.3"""


def told(*changes):
    return [
        (one.team, one.what, one.key, one.before, one.after) for one in what_if(RULES, EVIDENCE, *changes).differences()
    ]


def test_one_sheet_void():
    """Without the 10, ga has 8, 7, 3 and the 7 stays: 15.0 is below na's 15.3."""
    assert told(WithoutSheet("p0", "ga")) == [
        ("ga", "points", "expert", "7.5", "7.0"), ("ga", "points", "expert.tech", "7.5", "7.0"), ("ga", "points", "total", "15.5", "15.0"),
        ("ga", "rank", "", "1", "2"), ("ga", "advances", "", "true", "false"),
        ("na", "rank", "", "2", "1"), ("na", "advances", "", "false", "true"),
    ]  # fmt: skip


def test_everything_of_a_panelist_void():
    assert told(WithoutSheet("p0")) == told(WithoutSheet("p0", "ga"), WithoutSheet("p0", "na"))


def test_one_mark_other():
    """p1's 8 becomes a 9: (9 + 7)/2."""
    assert told(OtherMark("p1", "ga", "tech", 9)) == [
        ("ga", "points", "expert", "7.5", "8.0"), ("ga", "points", "expert.tech", "7.5", "8.0"), ("ga", "points", "total", "15.5", "16.0"),
    ]  # fmt: skip


def test_a_mark_taken_back_leaves_the_sheet_empty():
    assert told(OtherMark("p0", "ga", "tech", None)) == told(WithoutSheet("p0", "ga"))


def test_one_item_at_another_value():
    """8.5 + 7 draws level with ga, and the committee must say."""
    assert told(OtherValue("na", "nia", Fraction(85))) == [
        ("ga", "advances", "", "true", None),
        ("na", "points", "benchmark", "8.3", "8.5"), ("na", "points", "benchmark.nia", "8.3", "8.5"), ("na", "points", "total", "15.3", "15.5"),
        ("na", "rank", "", "2", "1"), ("na", "advances", "", "false", None),
    ]  # fmt: skip


def test_a_count_supposed_without_the_tie_does_not_ask_the_committee():
    """na drew level with ga, and the committee let na in."""
    evidence = EVIDENCE.with_measurement("na", "nia", Measurement.of("85"))
    chosen = {team: LineDecision(said, frozenset({"ga", "na"}), "까닭") for team, said in (("ga", "out"), ("na", "in"))}

    found = what_if(RULES, replace(evidence, line_decisions=chosen), OtherValue("na", "nia", Fraction(83)))

    assert [(team.advances, team.advances_because) for team in found.before.teams] == [
        (False, "line_out"),
        (True, "line_in"),
    ]
    assert [(team.advances, team.advances_because) for team in found.after.teams] == [
        (True, "seat"),
        (False, "no_seat"),
    ]


def test_a_change_too_small_to_be_shown_is_told_exactly():
    moved = what_if(RULES, EVIDENCE, OtherValue("na", "nia", Fraction("83.1"))).differences()

    assert moved == (
        Difference("na", "points", "benchmark", "8.3", "8.3", Fraction("0.01")),
        Difference("na", "points", "benchmark.nia", "8.3", "8.3", Fraction("0.01")),
        Difference("na", "points", "total", "15.3", "15.3", Fraction("0.01")),
    )


def test_one_weight_amended():
    """The benchmark at 20 points: 16 + 7.5 against 16.6 + 7."""
    found = what_if(RULES, EVIDENCE, OtherPoints("benchmark", Fraction(20)))

    assert [(team.team, team.total.value, team.rank) for team in found.after.teams] == [
        ("ga", Fraction("23.5"), 2), ("na", Fraction("23.6"), 1),
    ]  # fmt: skip


def test_a_part_that_leaves_has_no_points_after():
    differences = what_if(RULES, EVIDENCE, OtherPoints("benchmark", Fraction(0))).differences()

    assert differences[0] == Difference("ga", "points", "benchmark", "8.0", None)


def test_changes_are_made_together():
    found = what_if(RULES, EVIDENCE, WithoutSheet("p0", "ga"), OtherValue("na", "nia", Fraction(70)))

    assert [(team.total.value, team.rank) for team in found.after.teams] == [(15, 1), (14, 2)]


def test_no_change_is_no_difference():
    assert what_if(RULES, EVIDENCE).differences() == ()


def test_the_gate_and_the_floor_are_decided_again():
    rules = Rules.from_config(
        config(experts(named("tech", points=10), floor="5"), teams=1, gate=gate("model", decided_by="majority"))
    )
    evidence = Evidence(
        sheets={("p0", "ga"): {"tech": 2}, ("p1", "ga"): {"tech": 6}},
        findings={("p0", "ga", "model", "weights"): "not_met", ("p1", "ga", "model", "weights"): "met"},
    )

    differences = what_if(rules, evidence, WithoutSheet("p0", "ga")).differences()

    assert [(one.what, one.before, one.after) for one in differences if one.what != "points"] == [
        ("eligible", "false", "true"), ("gate", "pending", "met"), ("advances", "false", "true"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (WithoutSheet("p9", "ga"), "평가표(p9, ga): 없는 평가표입니다."),
        (WithoutSheet("p9"), "평가표(p9, 모두): 없는 평가표입니다."),
        (OtherMark("p9", "ga", "tech", 3), "평가표(p9, ga): 없는 평가표입니다."),
        (OtherPoints("tech", Fraction(3)), "tech: 평가 부문이나 항목에 없는 이름입니다."),
        (OtherPoints("expert", Fraction(-1)), "expert: 배점은 0보다 작을 수 없습니다."),
    ],
)
def test_what_is_not_there_cannot_be_changed(change, said):
    with pytest.raises(ChangeError) as raised:
        what_if(RULES, EVIDENCE, change)

    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (OtherMark("p0", "ga", "tech", 11), "평가표(p0, ga) tech: 0 이상 10 이하의 정수여야 합니다."),
        (OtherMark("p0", "ga", "art", 1), "평가표(p0, ga) art: 평점을 매기는 항목이 아닙니다."),
        (OtherValue("ga", "nib", Fraction(1)), "측정값(ga, nib): 이 단계에 없는 측정 항목입니다."),
        (OtherValue("ga", "nia", Fraction(101)), "측정값(ga, nia): 만점(100)보다 클 수 없습니다."),
    ],
)
def test_a_value_that_does_not_fit_is_refused_like_any_other(change, said):
    with pytest.raises(EvidenceError) as raised:
        what_if(RULES, EVIDENCE, change)

    assert str(raised.value) == said


def test_it_reads_as_plain_data():
    found = what_if(RULES, EVIDENCE, OtherValue("ga", "nia", Fraction("81.5")), OtherPoints("expert", Fraction(10, 3)))

    said = json.loads(json.dumps(found.to_json()))
    assert said["changes"] == [
        {"change": "OtherValue", "team": "ga", "address": "nia", "score": "81.5"},
        {"change": "OtherPoints", "key": "expert", "points": "10/3"},
    ]
    assert said["differences"][0] == {
        "team": "ga", "what": "points", "key": "benchmark", "before": "8.0", "after": "8.2", "moved": "0.15",
    }  # fmt: skip


def test_the_official_count_stays_and_the_other_cannot_pass_for_it():
    before = (EVIDENCE.digest(), count(RULES, EVIDENCE).to_bytes())

    void, weighed = (
        what_if(RULES, EVIDENCE, change) for change in (WithoutSheet("p0", "ga"), OtherPoints("expert", Fraction(20)))
    )

    assert (EVIDENCE.digest(), count(RULES, EVIDENCE).to_bytes()) == before
    assert void.before.to_bytes() == weighed.before.to_bytes() == before[1]
    assert void.after.input_digest != before[0]
    assert weighed.after.config_digest == ""


def test_a_given_value_of_a_stage_without_marks():
    rules = Rules.from_config(config(a_given("all", 100)))

    found = what_if(rules, Evidence(scores(ga={"all": "90"})), OtherValue("na", "all", Fraction(95)))

    assert [(one.team, one.what, one.key, one.after) for one in found.differences()] == [
        ("ga", "rank", "", "2"), ("na", "points", "all", "95.0"), ("na", "points", "total", "95.0"), ("na", "rank", "", "1"),
    ]  # fmt: skip


@given(counts(), st.data())
@settings(max_examples=30)
def test_a_simulation_is_the_count_of_other_evidence(drawn, data):
    configuration, evidence = drawn
    if not evidence.sheets:
        return
    rules = Rules.from_config(configuration)
    panelist, team = data.draw(st.sampled_from(sorted(evidence.sheets)))

    found = what_if(rules, evidence, WithoutSheet(panelist, team))

    assert found.after == count(rules, evidence.with_void(panelist, team))
    changed = {difference.team for difference in found.differences()}
    same = [team.team for team in found.after.teams if team.team not in changed]
    assert [found.after.team(one).to_json() | {"advances_because": ""} for one in same] == [
        found.before.team(one).to_json() | {"advances_because": ""} for one in same
    ]
