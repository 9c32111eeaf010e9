"""What was said and measured: one record, whatever the order of rows, and every way in which it may not fit."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring import Choices, Evidence, EvidenceError, LineDecision, Measurement, Rules, canonical_bytes
from tests.factories.scoring import asking, config, experts, gate, measured, named, scores, users
from tests.factories.scoring import given as a_given

WHOLE = config(
    measured(
        named("nia", points=10, rule="share", maximum="100"),
        named("common", points=10, rule="mean", values=["math"]),
        named("speed", points=10, rule="ratio_to_best", direction="lower"),
        named("own", points=10, rule="given"),
        named("known", points=10, rule="mean", given={"na": "3"}),
    ),
    experts(named("tech", points=6), named("own_work", points=4, levels=5), cannot_judge="refuse"),
    a_given("announced", 5),
    users(named("stars", points=5, rule="share_of_scale", source="ratings")),
    users=asking("good"),
    gate=gate("model"),
    advance={"by": "majority", "quota": 1},
)
RULES = Rules.from_config(WHOLE)
SHEET = {"tech": 6, "own_work": 1}
COMPLETE = Evidence(
    measurements=scores(ga={"nia": "92", "common.math": "70", "speed": "1.5", "own": "9.2", "announced": "5"}),
    sheets={("p1", "ga"): SHEET, ("p2", "ga"): SHEET, ("p1", "na"): SHEET},
    findings={("p1", "ga", "model", "weights"): "cannot_judge"},
    recognitions={("p1", "ga"): "yes", ("p3", "na"): "abstain"},
    ratings={("ga", "good"): (0, 1, 2, 3, 4)},
    comparisons={("ga", "na"): Choices(1, 2, 3, 4, 5)},
    decisions={"ga": "met"},
    line_decisions={"na": LineDecision("in", frozenset({"ga", "na"}), "까닭"), "ga": LineDecision("out", frozenset())},
)


def faults_of(evidence, rules=RULES):
    try:
        evidence.check(rules)
    except EvidenceError as refused:
        return [str(fault) for fault in refused.faults]
    return []


def test_evidence_without_a_decision_at_the_line_keeps_its_digest():
    """That of the program before there were any."""
    assert "line_decisions" not in Evidence().to_json()
    assert Evidence.from_json(replace(COMPLETE, line_decisions={}).to_json()).line_decisions == {}


@pytest.mark.parametrize(
    ("team", "decision", "among", "said"),
    [
        ("ra", "in", "ra", "경계선 결정(ra): 이 단계에 없는 팀입니다."),
        ("ga", "met", "ga na", "경계선 결정(ga): in, out 가운데 하나여야 합니다."),
        ("ga", "in", "ga ra", "경계선 결정(ga): 결정한 팀들 가운데 이 단계에 없는 팀이 있습니다."),
        ("ga", "in", "na", "경계선 결정(ga): 결정한 팀들 가운데 이 팀이 없습니다."),
    ],
)
def test_a_decision_at_the_line_is_one_of_two_on_a_team_of_the_stage(team, decision, among, said):
    assert faults_of(Evidence(line_decisions={team: LineDecision(decision, frozenset(among.split()))})) == [said]


def test_a_decision_of_which_it_was_not_written_between_whom_is_read():
    """Evidence written down before that was asked."""
    data = COMPLETE.to_json()
    for row in data["line_decisions"]:
        del row["among"]

    assert {one.among for one in Evidence.from_json(data).line_decisions.values()} == {frozenset()}


def test_evidence_that_fits_is_let_pass():
    assert faults_of(COMPLETE) == []
    assert faults_of(Evidence()) == []


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (Evidence(scores(ra={"nia": "1"})), "측정값(ra, nia): 이 단계에 없는 팀입니다."),
        (Evidence(scores(ga={"nib": "1"})), "측정값(ga, nib): 이 단계에 없는 측정 항목입니다."),
        (Evidence(scores(ga={"common": "1"})), "측정값(ga, common): 이 단계에 없는 측정 항목입니다."),
        (Evidence(scores(ga={"stars": "1"})), "측정값(ga, stars): 이 단계에 없는 측정 항목입니다."),
        (Evidence(scores(na={"known": "3"})), "측정값(na, known): 이 팀의 점수는 설정에 이미 주어져 있습니다(given)."),
        (Evidence(scores(ga={"nia": "100.1"})), "측정값(ga, nia): 만점(100)보다 클 수 없습니다."),
        (Evidence(scores(ga={"nia": "-0.1"})), "측정값(ga, nia): 0보다 작을 수 없습니다."),
        (Evidence(scores(ga={"common.math": "101"})), "측정값(ga, common.math): 만점(100)보다 클 수 없습니다."),
        (Evidence(scores(ga={"speed": "0"})), "측정값(ga, speed): 낮을수록 좋은 값은 0보다 커야 합니다."),
        (Evidence(scores(ga={"own": "10.1"})), "측정값(ga, own): 0 이상 10 이하의 점수여야 합니다."),
        (Evidence(scores(ga={"announced": "6"})), "측정값(ga, announced): 0 이상 5 이하의 점수여야 합니다."),
        (Evidence(sheets={("p1", "ra"): SHEET}), "평가표(p1, ra): 이 단계에 없는 팀입니다."),
        (Evidence(sheets={("p1", "ga"): {**SHEET, "tech": 7}}), "평가표(p1, ga) tech: 0 이상 6 이하의 정수여야 합니다."),
        (Evidence(sheets={("p1", "ga"): {**SHEET, "own_work": 0}}), "평가표(p1, ga) own_work: 1 이상 5 이하의 정수여야 합니다."),
        (Evidence(sheets={("p1", "ga"): {**SHEET, "tech": True}}), "평가표(p1, ga) tech: 0 이상 6 이하의 정수여야 합니다."),
        (Evidence(sheets={("p1", "ga"): {**SHEET, "tech": None}}), "평가표(p1, ga) tech: 이 부문에서는 '판단 불가'를 고를 수 없습니다."),
        (Evidence(sheets={("p1", "ga"): {**SHEET, "art": 1}}), "평가표(p1, ga) art: 평점을 매기는 항목이 아닙니다."),
        (Evidence(sheets={("p1", "ga"): {"tech": 6}}), "평가표(p1, ga) own_work: 평점이 없습니다."),
        (Evidence(findings={("p1", "ra", "model", "weights"): "met"}), "판단(p1, ra, model, weights): 이 단계에 없는 팀입니다."),
        (Evidence(findings={("p1", "ga", "code", "weights"): "met"}), "판단(p1, ga, code, weights): 관문에 없는 구성요소와 항목입니다."),
        (Evidence(findings={("p1", "ga", "model", "weights"): "yes"}),
         "판단(p1, ga, model, weights): met, not_met, cannot_judge 가운데 하나여야 합니다."),
        (Evidence(recognitions={("p1", "ga"): "maybe"}), "인정(p1, ga): yes, no, abstain 가운데 하나여야 합니다."),
        (Evidence(recognitions={("p1", "ra"): "yes"}), "인정(p1, ra): 이 단계에 없는 팀입니다."),
        (Evidence(decisions={"ra": "met"}), "관문 결정(ra): 이 단계에 없는 팀입니다."),
        (Evidence(decisions={"ga": "pending"}), "관문 결정(ga): met, not_met 가운데 하나여야 합니다."),
        (Evidence(voids=frozenset({("p1", "ra")})), "무효(p1): 이 단계에 없는 팀입니다."),
        (Evidence(ratings={("ra", "good"): (1, 0, 0, 0, 0)}), "별점(ra, good): 이 단계에 없는 팀입니다."),
        (Evidence(ratings={("ga", "bad"): (1, 0, 0, 0, 0)}), "별점(ga, bad): 이 단계에 없는 질문입니다."),
        (Evidence(ratings={("ga", "good"): (1, 0, 0, 0)}), "별점(ga, good): 1점부터 5점까지 0 이상의 정수 다섯 개여야 합니다."),
        (Evidence(ratings={("ga", "good"): (1, 0, 0, 0, -1)}), "별점(ga, good): 1점부터 5점까지 0 이상의 정수 다섯 개여야 합니다."),
        (Evidence(comparisons={("ga", "ga"): Choices(a=1)}), "비교(ga, ga): 같은 팀끼리 비교할 수 없습니다."),
        (Evidence(comparisons={("ga", "ra"): Choices(a=1)}), "비교(ga, ra): 이 단계에 없는 팀입니다."),
        (Evidence(comparisons={("ga", "na"): Choices(a=-1)}), "비교(ga, na): 0 이상의 정수여야 합니다."),
    ],
)  # fmt: skip
def test_what_does_not_fit_names_its_place(evidence, said):
    assert faults_of(evidence) == [said]


def test_all_faults_are_told_at_once():
    evidence = Evidence(scores(ga={"nia": "101"}), sheets={("p1", "ga"): {"tech": 7}})

    assert faults_of(evidence) == [
        "측정값(ga, nia): 만점(100)보다 클 수 없습니다.",
        "평가표(p1, ga) tech: 0 이상 6 이하의 정수여야 합니다.",
        "평가표(p1, ga) own_work: 평점이 없습니다.",
    ]


def test_a_stage_by_points_asks_for_no_recognition_and_one_without_a_gate_for_no_decision():
    rules = Rules.from_config(config(a_given("all", 10)))

    assert faults_of(Evidence(recognitions={("p1", "ga"): "yes"}, decisions={"ga": "met"}), rules) == [
        "인정(p1, ga): 과반 인정으로 정하는 단계가 아닙니다.",
        "관문 결정(ga): 이 단계에는 관문이 없습니다.",
    ]


def test_what_is_void_may_be_of_rules_amended_since():
    old = Evidence(sheets={("p1", "ga"): {"gone": 3}}, findings={("p1", "ga", "model", "gone"): "met"})

    assert faults_of(old.with_void("p1", "ga")) == []
    assert faults_of(old.with_void("p1")) == []
    assert len(faults_of(old.with_void("p1", "na"))) == 4


# --- Reading it


def test_sheets_of_a_team_without_what_is_void():
    assert list(COMPLETE.sheets_of("ga")) == ["p1", "p2"]
    assert list(COMPLETE.with_void("p1", "ga").sheets_of("ga")) == ["p2"]
    assert list(COMPLETE.with_void("p1").sheets_of("na")) == []


@pytest.mark.parametrize("count", [-1, 1.0, 0.5, True, "1", None, float("nan")], ids=repr)
def test_a_count_is_a_whole_number_and_nothing_like_one(count):
    """A yes is no 1, and of a part of a vote no exact points can be had."""
    stars = Evidence(ratings={("ga", "good"): (1, 0, count, 0, 2)})
    assert faults_of(stars) == ["별점(ga, good): 1점부터 5점까지 0 이상의 정수 다섯 개여야 합니다."]
    for name in ("a", "b", "both_good", "both_bad", "skip"):
        evidence = Evidence(comparisons={("ga", "na"): Choices(**{name: count})})
        assert faults_of(evidence) == ["비교(ga, na): 0 이상의 정수여야 합니다."]


def test_everybody_who_said_anything_is_a_panelist():
    assert COMPLETE.panelists() == ("p1", "p2", "p3")
    assert COMPLETE.with_void("p1", "ga").panelists() == ("p1", "p2", "p3")
    assert COMPLETE.with_void("p1").panelists() == ("p2", "p3")


def test_a_change_leaves_the_evidence_itself_as_it_was():
    before = COMPLETE.digest()

    changed = COMPLETE.with_mark("p1", "ga", "tech", 2).with_measurement("ga", "nia", Measurement.of("1"))

    assert (changed.sheets["p1", "ga"]["tech"], changed.measurements["ga", "nia"].score) == (2, 1)
    assert (COMPLETE.sheets["p1", "ga"]["tech"], COMPLETE.digest()) == (6, before)
    assert changed.digest() != before


# --- As text


def test_it_reads_back_as_it_was_written():
    assert Evidence.from_json(COMPLETE.to_json()) == COMPLETE


@pytest.mark.parametrize("text", ["70", "66.6", "100/3"])
def test_measured_numbers_lose_nothing_on_the_way(text):
    evidence = Evidence({("ga", "nia"): Measurement.of("70")})
    data = evidence.to_json()
    data["measurements"][0]["score"] = text

    assert Evidence.from_json(data).to_json()["measurements"][0]["score"] == text


@pytest.mark.parametrize(
    "data",
    [{}, {"measurements": 3}, {**Evidence().to_json(), "sheets": [{"panelist": "p"}]},
     {**Evidence().to_json(), "measurements": [{"team": "ga", "item": "x", "score": "1e3", "source": ""}]},
     {**Evidence().to_json(), "comparisons": [None]}, {**Evidence().to_json(), "ratings": [{"team": "ga", "question": "q", "counts": 3}]}],
)  # fmt: skip
def test_anything_else_is_refused(data):
    with pytest.raises(EvidenceError, match="근거 자료: 형식이 다릅니다"):
        Evidence.from_json(data)


@pytest.mark.parametrize("name", [name for name, rows in COMPLETE.to_json().items() if rows and name != "voids"])
def test_a_thing_said_twice_is_refused_and_not_decided_by_the_order_of_rows(name):
    data = COMPLETE.to_json()
    data[name] = [*data[name], data[name][0]]

    with pytest.raises(EvidenceError, match=f"^{name} .*: 같은 것이 두 번 있습니다"):
        Evidence.from_json(data)


def test_the_text_behind_the_input_digest():
    """If this changes, digests on record become unreadable: it needs a decision, not a new text here."""
    text = (
        '{"comparisons":[{"a":1,"b":2,"both_bad":4,"both_good":3,"left":"ga","right":"na","skip":5}],'
        '"decisions":[{"decision":"met","team":"ga"}],'
        '"findings":[{"component":"model","finding":"cannot_judge","item":"weights","panelist":"p1","team":"ga"}],'
        '"measurements":[{"item":"nia","score":"92.5","source":"보도","team":"ga"}],'
        '"ratings":[{"counts":[0,1,2,3,4],"question":"good","team":"ga"}],'
        '"recognitions":[{"panelist":"p1","recognised":"yes","team":"ga"}],'
        '"sheets":[{"marks":{"own_work":null,"tech":6},"panelist":"p1","team":"ga"}],'
        '"voids":[{"panelist":"p1","team":null},{"panelist":"p2","team":"na"}]}'
    )
    evidence = Evidence(
        measurements={("ga", "nia"): Measurement.of("92.50", "보도")},
        sheets={("p1", "ga"): {"tech": 6, "own_work": None}},
        voids=frozenset({("p2", "na"), ("p1", None)}),
        findings=COMPLETE.findings,
        recognitions={("p1", "ga"): "yes"},
        ratings=COMPLETE.ratings,
        comparisons=COMPLETE.comparisons,
        decisions=COMPLETE.decisions,
    )

    assert canonical_bytes(evidence.to_json()).decode() == text
    assert evidence.digest() == hashlib.sha256(text.encode()).hexdigest()


@given(st.randoms())
@settings(max_examples=25)
def test_the_order_of_rows_never_reaches_the_digest(random):
    def shuffled(mapping):
        return {key: mapping[key] for key in random.sample(list(mapping), len(mapping))}

    other = Evidence(
        measurements=shuffled(COMPLETE.measurements),
        sheets={key: shuffled(marks) for key, marks in shuffled(COMPLETE.sheets).items()},
        findings=shuffled(COMPLETE.findings),
        recognitions=shuffled(COMPLETE.recognitions),
        ratings=shuffled(COMPLETE.ratings),
        comparisons=shuffled(COMPLETE.comparisons),
        decisions=shuffled(COMPLETE.decisions),
        line_decisions=shuffled(COMPLETE.line_decisions),
    )

    assert other.digest() == COMPLETE.digest()
