"""The count as a whole: worked examples, and what a result says about itself."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from evaluations.scoring import METHOD_VERSION, Evidence, EvidenceError, LineDecision, Rules, count, digest
from evaluations.scoring.decimals import rounded
from tests.factories.scoring import config, counted, experts, gate, given, measured, named, scores, totals
from tests.scoring.reference_case import CASE, exactly

FORTY = measured(
    named("nia", points=10, rule="given"),
    named("common", points=20, rule="mean"),
    named("own", points=10, rule="ratio_to_target", target="69.37"),
)
COMPOSITE = config(FORTY, given("expert", 35), given("user", 25))
ROW = {"nia": "9.2", "common": "72.03", "own": "72.03", "expert": "31.6", "user": "25.0"}


def test_the_worked_check_of_the_composite():
    """9.2 + 0.2·72.03 + 10·min(1, 72.03/69.37) = 33.606, + 31.6 + 25 = 90.206."""
    line = counted(COMPOSITE, Evidence(scores(ga=ROW, na=ROW))).team("ga")

    assert {score.part.key: score.points.shown for score in line.parts} == {
        "benchmark": "33.6", "expert": "31.6", "user": "25.0",
    }  # fmt: skip
    assert (line.part("benchmark").points.value, line.total.value) == (Fraction("33.606"), Fraction("90.206"))
    assert line.total.shown == "90.2"


@pytest.mark.parametrize("row", CASE["composite_and_pass_line"]["rows"], ids=lambda row: str(row["expected"]["value"]))
def test_the_published_pass_line(row):
    """Points of 100 each, weighted 40 : 35 : 25, held against 80 before any rounding."""
    case = CASE["composite_and_pass_line"]
    weights = dict(zip(("benchmark", "expert", "user"), case["weights"], strict=True))
    stage = config(
        *(measured(named(f"{key}_score", points=weight, rule="share", maximum="100"), key=key) for key, weight in weights.items()),
        teams=1,
    )  # fmt: skip
    line = counted(stage, Evidence(scores(ga={f"{key}_score": str(row[key]) for key in weights}))).team("ga")

    assert line.total.value == exactly(row["expected"])
    assert rounded(line.total.value, 2, "ROUND_HALF_UP") == row["shown_with_2_decimals"]
    assert (line.total.value >= case["pass_line"]) is row["passes_80"]


@pytest.mark.parametrize("row", CASE["composite_and_pass_line"]["rows"], ids=lambda row: str(row["expected"]["value"]))
def test_the_published_pass_line_as_a_floor(row):
    value = exactly(row["expected"])
    line = counted(config(given("all", 100, floor="80"), teams=1), totals(ga=str(row["expected"]["value"]))).team("ga")

    assert line.total.value == value
    assert line.eligible is row["passes_80"]


def test_means_are_over_all_teams_and_rounded_once():
    result = counted(config(given("a", 50), given("b", 50), teams=3), Evidence(
        scores(ga={"a": "1", "b": "1"}, na={"a": "1", "b": "2"}, da={"a": "0", "b": "2"})
    ))  # fmt: skip

    assert {key: mean.points.shown for key, mean in result.means.items()} == {"a": "0.67", "b": "1.67", "total": "2.33"}
    assert {mean.basis for mean in result.means.values()} == {"counted"}


def test_a_mean_needs_every_team():
    result = counted(config(given("all", 100), teams=3), totals(ga="1", na="2"))

    assert result.means["all"].points.absent.missing == ("da",)
    assert (result.means["all"].points.shown, result.means["all"].basis) == (None, None)


def test_a_stage_without_points_has_no_means():
    assert counted(config(advance={"by": "majority", "quota": 1})).means == {}


def test_evidence_that_does_not_fit_is_never_counted():
    with pytest.raises(EvidenceError, match="측정값"):
        counted(config(given("all", 10)), totals(ga="11"))


def test_nothing_at_all_is_a_result_with_reasons():
    result = counted(config(FORTY, experts(named("tech", points=5)), gate=gate("model")))

    line = result.team("ga")
    assert (line.total.value, line.rank, line.gate, line.advances) == (None, None, "pending", None)
    assert result.to_json()["diagnostics"]["absent"]["ga"] == {
        "benchmark": {"code": "incomplete", "missing": ("nia", "common", "own")},
        "benchmark.nia": {"code": "no_measurement", "missing": ("nia",)},
        "benchmark.common": {"code": "no_measurement", "missing": ("common",)},
        "benchmark.own": {"code": "no_measurement", "missing": ("own",)},
        "expert": {"code": "no_sheets", "missing": ()},
        "expert.tech": {"code": "not_judged", "missing": ()},
        "total": {"code": "incomplete", "missing": ("benchmark", "expert")},
    }


def test_the_office_is_told_what_to_look_at():
    part = experts(named("tech", points=10), aggregate="drop_high_low")
    stage = config(
        part, teams=3, gate=gate("model"), advance={"by": "points", "quota": 1, "line_ties": "committee"},
        published=[{"what": "points", "key": "expert", "team": "ga", "value": "9.9"}],
    )  # fmt: skip
    sheets = {("p0", team): {"tech": mark} for team, mark in (("ga", 8), ("na", 8), ("da", 7))}
    sheets |= {("p1", "ga"): {"tech": None}}

    flags = counted(stage, Evidence(sheets=sheets, decisions={"ga": "met", "na": "met"})).flags

    assert [(flag.code, flag.team, flag.key) for flag in flags] == [
        ("small_panel", "ga", "expert"), ("empty_sheet", "ga", "expert"), ("shared_rank", "ga", ""), ("line_tie", "ga", ""),
        ("small_panel", "na", "expert"), ("shared_rank", "na", ""), ("line_tie", "na", ""),
        ("small_panel", "da", "expert"), ("gate_pending", "da", ""),
        ("fact_differs", "ga", "expert"),
    ]  # fmt: skip


def test_a_decision_beside_a_majority_that_decided_otherwise_is_told_and_changes_nothing():
    """ga and na were decided by the panel, da by nobody but the committee, ra as the committee says too."""
    stage = config(given("all", 10), teams=4, gate=gate("model", decided_by="majority"))
    said = {"ga": "met", "na": "not_met", "da": "cannot_judge", "ra": "met"}
    decisions = {"ga": "not_met", "na": "met", "da": "not_met", "ra": "met"}
    evidence = Evidence(findings={("p0", team, "model", "weights"): word for team, word in said.items()})

    without, beside = counted(stage, evidence), counted(stage, replace(evidence, decisions=decisions))

    assert [team.gate for team in without.teams] == ["met", "not_met", "pending", "met"]
    assert [team.gate for team in beside.teams] == ["met", "not_met", "not_met", "met"]
    flags = [(flag.code, flag.team) for flag in beside.flags]
    assert flags == [("decision_set_aside", "ga"), ("decision_set_aside", "na")]


BOTH, THREE = frozenset({"ga", "na"}), frozenset({"na", "da", "ra"})


def test_the_committee_chooses_among_the_teams_level_on_the_line():
    """ga is ahead; na, da and ra are level for the one seat that is left."""
    stage = config(given("all", 100), teams=4, advance={"by": "points", "quota": 2, "line_ties": "committee"})
    evidence = totals(ga="90", na="80", da="80", ra="80")
    chosen = {
        "na": LineDecision("out", THREE, "보고서가 얇다."), "da": LineDecision("in", THREE, "실험이 더 많다."),
    }  # fmt: skip

    before, after = counted(stage, evidence), counted(stage, replace(evidence, line_decisions=chosen))

    assert [(team.advances, team.advances_because, team.line_seats) for team in before.teams] == [
        (True, "seat", None), (None, "line_tie", 1), (None, "line_tie", 1), (None, "line_tie", 1),
    ]  # fmt: skip
    assert [(team.advances, team.advances_because, team.line_reason) for team in after.teams] == [
        (True, "seat", None), (False, "line_out", "보고서가 얇다."), (True, "line_in", "실험이 더 많다."), (False, "line_full", None),
    ]  # fmt: skip
    assert after.to_json()["diagnostics"]["line"] == {"na": 1, "da": 1, "ra": 1}
    assert [team.points() for team in after.teams] == [team.points() for team in before.teams]
    assert [flag.code for flag in after.flags] == ["shared_rank"] * 3


def test_a_decision_on_a_tie_that_is_gone_changes_nothing_and_is_told():
    stage = config(given("all", 100), teams=3, advance={"by": "points", "quota": 1, "line_ties": "committee"})
    chosen = {"ga": LineDecision("out", BOTH, "까닭"), "na": LineDecision("in", BOTH, "까닭")}
    evidence = totals(ga="90", na="80", da="70")

    without, beside = counted(stage, evidence), counted(stage, replace(evidence, line_decisions=chosen))

    assert beside.teams == without.teams
    flags = [(flag.code, flag.team) for flag in beside.flags]
    assert flags == [("line_decision_set_aside", "ga"), ("line_decision_set_aside", "na")]


def test_a_tie_of_other_teams_is_decided_anew():
    """ga and na were decided on; then da has as many points as they have, or na's gate takes it out and ra is level instead."""
    stage = config(given("all", 100), teams=3, advance={"by": "points", "quota": 1, "line_ties": "committee"})
    chosen = {"ga": LineDecision("out", BOTH, "까닭"), "na": LineDecision("in", BOTH, "까닭")}

    as_decided = counted(stage, replace(totals(ga="90", na="90", da="70"), line_decisions=chosen))
    of_three = counted(stage, replace(totals(ga="90", na="90", da="90"), line_decisions=chosen))
    of_others = counted(stage, replace(totals(ga="90", na="80", da="90"), line_decisions=chosen))

    assert [team.advances_because for team in as_decided.teams] == ["line_out", "line_in", "no_seat"]
    assert [team.advances_because for team in of_three.teams] == ["line_tie"] * 3
    assert [team.advances_because for team in of_others.teams] == ["line_tie", "no_seat", "line_tie"]
    for result in (of_three, of_others):
        aside = [flag.team for flag in result.flags if flag.code == "line_decision_set_aside"]
        assert aside == ["ga", "na"]


def test_more_teams_than_seats_are_not_let_in():
    stage = config(given("all", 100), advance={"by": "points", "quota": 1, "line_ties": "committee"})
    chosen = dict.fromkeys(BOTH, LineDecision("in", BOTH))

    result = counted(stage, replace(totals(ga="80", na="80"), line_decisions=chosen))

    assert [(team.advances, team.line_reason) for team in result.teams] == [(None, None), (None, None)]
    assert [(flag.code, flag.team) for flag in result.flags] == [
        ("shared_rank", "ga"), ("line_overfull", "ga"), ("shared_rank", "na"), ("line_overfull", "na"),
    ]  # fmt: skip


def test_a_missing_quorum_is_told():
    stage = config(advance={"by": "majority", "quota": 1, "quorum": 2})

    flags = counted(stage, Evidence(recognitions={("p0", "ga"): "yes"})).flags

    assert [(flag.code, flag.team) for flag in flags] == [("no_quorum", "ga")]


def test_too_many_recognised_teams_are_left_to_the_committee_in_words_that_need_no_points():
    stage = config(advance={"by": "majority", "quota": 1})

    result = counted(stage, Evidence(recognitions={("p0", "ga"): "yes", ("p0", "na"): "yes"}))

    assert [team.advances for team in result.teams] == [None, None]
    assert [(flag.code, flag.team) for flag in result.flags] == [
        ("too_many_recognised", "ga"),
        ("too_many_recognised", "na"),
    ]


def test_a_result_names_its_rules_its_evidence_and_its_method():
    rules, evidence = Rules.from_config(COMPOSITE), Evidence(scores(ga=ROW, na=ROW))

    said = json.loads(count(rules, evidence).to_bytes())

    assert (said["stage"], said["config_digest"], said["input_digest"], said["method_version"]) == (
        "test-stage", digest(COMPOSITE), evidence.digest(), METHOD_VERSION,
    )  # fmt: skip


def test_a_line_of_the_result_as_text():
    line = json.loads(counted(COMPOSITE, Evidence(scores(ga=ROW, na={"nia": "1"}))).to_bytes())["teams"]

    assert line[0] == {
        "team": "ga",
        "parts": {"benchmark": "33.6", "expert": "31.6", "user": "25.0"},
        "items": {"benchmark.nia": "9.2", "benchmark.common": "14.4", "benchmark.own": "10.0"},
        "criteria": {},
        "total": "90.2",
        "unrounded": {
            "benchmark": "16803/500", "benchmark.nia": "46/5", "benchmark.common": "7203/500", "benchmark.own": "10",
            "expert": "158/5", "user": "25", "total": "45103/500",
        },
        "rank": None, "rank_basis": None, "gate": None, "eligible": True,
        "advances": True, "advances_basis": "counted", "advances_because": "seat", "line_reason": None,
    }  # fmt: skip
    assert (line[1]["parts"], line[1]["total"]) == ({"benchmark": None, "expert": None, "user": None}, None)


def test_counting_again_gives_the_same_bytes():
    rules, evidence = Rules.from_config(COMPOSITE), Evidence(scores(ga=ROW, na=ROW))
    again = Evidence.from_json(json.loads(json.dumps(evidence.to_json())))

    assert (
        count(Rules.from_config(json.loads(json.dumps(COMPOSITE))), again).to_bytes()
        == count(rules, evidence).to_bytes()
    )
