"""Explanations say what was counted, can be recomputed from their own text, and name whose absence would change what."""

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings

from evaluations.scoring import Choices, Evidence, LineDecision, Rules, count, explain, explain_all
from evaluations.scoring.explain import WHOLE
from evaluations.scoring.wording import ABSENCES, FLAGS, REASONS
from tests.factories.scoring import (
    an_example,
    asking,
    config,
    experts,
    gate,
    measured,
    named,
    scores,
    users,
)
from tests.factories.scoring import given as a_given
from tests.scoring.strategies import counts


def told(configuration, evidence, team="ga"):
    rules = Rules.from_config(configuration)
    return explain(rules, evidence, count(rules, evidence), team)


def example(slug, team, *voids):
    rules, evidence = an_example(slug)
    for void in voids:
        evidence = evidence.with_void(*void)
    return explain(rules, evidence, count(rules, evidence), team)


def every(steps):
    for step in steps:
        yield step
        yield from every(step.steps)


def find(steps, *titles):
    """The step with these titles on the way to it; a title may be cut off with …"""
    for title in titles:
        step = next(
            step for step in steps if step.title == title or (title[-1] == "…" and step.title.startswith(title[:-1]))
        )
        steps = step.steps
    return step


def lines(steps):
    return [(step.title, step.shown) for step in steps]


# --- The arithmetic is true


def holds(formula):
    """Does what stands left give what stands right? Exactly, unless a number says that it is about so much."""
    about = bool(re.search(r"(?<!\d\()약 ", formula))
    plain = re.sub(r"(?<=\d)\(약 [^)]*\)", "", formula).replace("약 ", "")
    for sign, held in (("<", "__lt__"), ("≥", "__ge__")):
        if sign in plain:
            return getattr(counted(plain.split(sign)[0]), held)(counted(plain.split(sign)[1]))
    left, _, right = plain.rpartition(" = ")
    return abs(counted(left) - counted(right)) <= (Fraction(1, 1000) if about else 0)


def counted(text):
    """Whole numbers and decimals become fractions, so that nothing is rounded on the way."""
    code = text.replace("×", "*").replace("÷", "/").replace("−", "-")
    return eval(re.sub(r"\d+(\.\d+)?", r"Fraction('\g<0>')", code), {"Fraction": Fraction, "min": min})  # noqa: S307 – our own formulas, and nothing but two names to call


@pytest.mark.parametrize("slug", ["stage-1", "stage-2"])
def test_every_line_of_arithmetic_of_the_examples_is_true(slug):
    rules, evidence = an_example(slug)
    result = count(rules, evidence)

    formulas = [
        step.formula for team in rules.slugs for step in every(explain(rules, evidence, result, team)) if step.formula
    ]

    assert [formula for formula in formulas if not holds(formula)] == []
    assert len(formulas) == {"stage-1": 4, "stage-2": 168}[slug]


@given(counts())
@settings(max_examples=60)
def test_every_line_of_arithmetic_is_true_whatever_the_rules(drawn):
    configuration, evidence = drawn
    rules = Rules.from_config(configuration)
    result = count(rules, evidence)

    steps = [step for team in rules.slugs for step in every(explain(rules, evidence, result, team))]

    assert [step.formula for step in steps if step.formula and not holds(step.formula)] == []
    levels = {"total", "parts", "items", "criteria", "rank", "gate", "advances", "line_reason", "sheets", "margin"}
    assert {step.level for step in steps} <= levels


@given(counts())
@settings(max_examples=30)
def test_what_is_told_to_all_names_no_panelist(drawn):
    """Only steps of the level `sheets` may say anything about a single panelist."""
    configuration, evidence = drawn
    rules = Rules.from_config(configuration)
    result = count(rules, evidence)

    for team in rules.slugs:
        for step in every(explain(rules, evidence, result, team)):
            if step.level != "sheets":
                assert not re.search(r"\bp\d\b", f"{step.title} {step.shown} {step.sentence} {step.formula}")


def test_all_teams_are_told_what_one_is():
    rules, evidence = an_example("stage-2")
    result = count(rules, evidence)

    everything = explain_all(rules, evidence, result)

    assert list(everything) == [*rules.slugs, WHOLE]
    assert everything["skt"] == [step.to_json() for step in explain(rules, evidence, result, "skt")]


def test_a_team_that_is_not_there():
    with pytest.raises(KeyError):
        told(config(a_given("all", 10)), Evidence(), "ra")


# --- Items, rule by rule


ITEM = {
    "share": (
        named("x", points=10, rule="share", maximum="80"), scores(ga={"x": "60"}, na={"x": "40"}),
        "측정값은 60, 만점은 80입니다. 만점에 대한 비율만큼 받습니다.", "10 × 60 ÷ 80 = 7.5",
    ),
    "mean": (
        named("x", points=20, rule="mean"), scores(ga={"x": "72.03"}, na={"x": "40"}),
        "값의 평균은 72.03입니다. 100점 만점으로 보고 그 비율만큼 받습니다.", "20 × 72.03 ÷ 100 = 14.406",
    ),
    "ratio_to_target": (
        named("x", points=10, rule="ratio_to_target", target="69.37"), scores(ga={"x": "72.03"}, na={"x": "40"}),
        "측정값은 72.03, 목표는 69.37입니다. 목표에 대한 비율만큼 받되, 목표를 넘어도 배점까지만 받습니다.", "10 × min(1, 72.03 ÷ 69.37) = 10",
    ),
    "lower": (
        named("x", points=10, rule="ratio_to_target", target="5", direction="lower"), scores(ga={"x": "20"}, na={"x": "4"}),
        "측정값은 20, 목표는 5입니다. 목표에 대한 비율만큼 받되, 목표를 넘어도 배점까지만 받습니다. 낮을수록 좋은 값이므로 거꾸로 나눕니다.",
        "10 × min(1, 5 ÷ 20) = 2.5",
    ),
    "ratio_to_best": (
        named("x", points=10, rule="ratio_to_best"), scores(ga={"x": "60"}, na={"x": "90"}),
        "이 팀의 값은 60, 가장 좋은 팀의 값은 90입니다. 그 비율만큼 받습니다.", "10 × 60 ÷ 90 = 20/3(약 6.6667)",
    ),
    "given": (named("x", points=10, rule="given"), scores(ga={"x": "9.2"}, na={"x": "4"}), "발표된 점수를 그대로 옮겼습니다.", ""),
}  # fmt: skip


@pytest.mark.parametrize("rule", ITEM)
def test_an_item_says_its_rule_with_the_teams_own_numbers(rule):
    item, measurements, sentence, formula = ITEM[rule]

    step = find(told(config(measured(item)), Evidence(measurements)), "benchmark (…", "x (…")

    assert (step.level, step.sentence, step.formula) == ("items", sentence, formula)


def test_the_values_behind_a_mean_are_named():
    item = named("x", points=20, rule="mean", values=["math", "code"])

    step = find(
        told(config(measured(item)), Evidence(scores(ga={"x.math": "70", "x.code": "74.06"}))),
        "benchmark (…",
        "x (…",
        "값 2개의 평균",
    )

    assert (step.shown, step.sentence, step.formula) == ("72.03", "math 70, code 74.06.", "(70 + 74.06) ÷ 2 = 72.03")


def test_stars_are_told_question_by_question():
    """Grand mean (4 + 5 + 2 + 2 + 2)/5 = 3, k = 3: (9 + 9)/5 = 3.6."""
    item = named("x", points=20, rule="share_of_scale", source="ratings", prior="3")
    evidence = Evidence(ratings={("ga", "good"): (0, 0, 0, 1, 1), ("na", "good"): (0, 3, 0, 0, 0)})

    step = find(told(config(users(item), users=asking("good")), evidence), "user (…", "x (…")

    assert (step.sentence, step.formula) == (
        "별점의 평균은 3.6입니다. 1점이면 0점, 5점이면 만점이 되도록 옮깁니다.", "20 × (3.6 − 1) ÷ 4 = 13",
    )  # fmt: skip
    assert [(one.level, one.title, one.sentence, one.formula) for one in step.steps] == [(
        "sheets", "good",
        "별점 2개: 1점 0개, 2점 0개, 3점 0개, 4점 1개, 5점 1개. 적은 별점에 흔들리지 않도록, 모든 팀의 평균(3)인 별점이 3개 더 있는 것으로 봅니다.",
        "(3 × 3 + 9) ÷ (3 + 2) = 3.6",
    )]  # fmt: skip


def test_wins_are_told_rival_by_rival():
    item = named("x", points=10, rule="expected_win_share", source="comparisons")
    evidence = Evidence(comparisons={("ga", "na"): Choices(a=2, b=1, both_bad=1)})

    step = find(told(config(users(item)), evidence), "user (…", "x (…")

    assert step.formula == "10 × 0.625 = 6.25"
    rival = find(step.steps, "상대별 이긴 비율", "na에 대하여")
    assert (rival.sentence, rival.formula) == ("이김 2번, 짐 1번, 비김 1번.", "(2 + 1 ÷ 2) ÷ 4 = 0.625")


def test_points_by_rank_are_told_with_those_who_share_it():
    item = named("x", points=10, rule="rank_points", source="ratings", prior="0", table=["10", "6", "3"])
    stars = {"ga": (0, 0, 1, 0, 0), "na": (0, 0, 1, 0, 0), "da": (0, 0, 0, 0, 1)}
    evidence = Evidence(ratings={(team, "good"): counts for team, counts in stars.items()})
    stage = config(users(item), teams=3, users=asking("good"))

    shared, alone = (find(told(stage, evidence, team), "user (…", "x (…") for team in ("ga", "da"))

    assert (shared.sentence, shared.formula) == (
        "값이 3팀 가운데 2위여서 그 순위에 정해진 점수를 받습니다. 값이 같은 2팀이 2위부터 2자리의 점수를 똑같이 나눕니다.", "(6 + 3) ÷ 2 = 4.5",
    )  # fmt: skip
    assert (alone.sentence, alone.formula) == ("값이 3팀 가운데 1위여서 그 순위에 정해진 점수를 받습니다.", "")


# --- Panels


def panel(*marks, **more):
    part = experts(named("tech", points=10), **{"aggregate": "drop_high_low", **more})
    return config(part), Evidence(sheets={(f"p{n}", "ga"): {"tech": mark} for n, mark in enumerate(marks)})


@pytest.mark.parametrize(
    ("marks", "more", "sentence"),
    [
        ([10, 8, 7, 3], {}, "평가표 4장을 셉니다. 합계가 가장 높은 한 장과 가장 낮은 한 장을 빼고(같은 합계가 여럿이어도 한 장씩), 남은 2장의 합계를 평균합니다."),
        ([10, 8, 7], {}, "평가표 3장을 셉니다. 합계가 가장 높은 한 장과 가장 낮은 한 장을 빼고(같은 합계가 여럿이어도 한 장씩), 남은 한 장의 합계를 그대로 씁니다."),
        ([8], {}, "평가표 1장을 셉니다. 3장보다 적어 아무것도 빼지 않고 합계를 그대로 썼습니다."),
        ([8], {"aggregate": "mean"}, "평가표 1장을 셉니다. 그 합계를 그대로 씁니다."),
        ([10, 8], {}, "평가표 2장을 셉니다. 3장보다 적어 아무것도 빼지 않고 합계를 평균했습니다."),
        ([10, 8], {"aggregate": "mean"}, "평가표 2장을 셉니다. 평가표마다 낸 합계를 평균합니다."),
        ([10, 8, None], {"aggregate": "mean"}, "평가표 2장을 셉니다. 평가표마다 낸 합계를 평균합니다. 아무것도 판단하지 않은 평가표 1장은 세지 않습니다."),
        ([10, 8, 7, 3], {"aggregate": "trimmed_criteria"},
         "평가표 4장을 셉니다. 항목마다 가장 높은 평점과 가장 낮은 평점을 하나씩 빼고 평균한 뒤, 항목의 점수를 더합니다."),
        ([10, 8], {"aggregate": "trimmed_criteria"},
         "평가표 2장을 셉니다. 항목마다 평점을 평균한 뒤 더합니다. 평점이 3개보다 적은 항목에서는 아무것도 빼지 않았습니다."),
        ([10, 8], {"small_panel": "refuse"}, "평가표가 3장보다 적어, 정한 대로 점수를 내지 않습니다."),
        ([], {}, "셀 수 있는 평가표가 없습니다."),
    ],
)  # fmt: skip
def test_a_panel_says_how_it_was_counted(marks, more, sentence):
    assert find(told(*panel(*marks, **more)), "expert (…").sentence == sentence


def test_it_says_which_sheets_were_left_out():
    sheets = find(told(*panel(10, 8, 7, 3)), "expert (…", "평가표별 합계")

    assert [(sheet.title, sheet.shown, sheet.sentence) for sheet in sheets.steps] == [
        ("p3", "3점", "가장 낮아 제외."), ("p2", "7점", "반영."), ("p1", "8점", "반영."), ("p0", "10점", "가장 높아 제외."),
    ]  # fmt: skip
    assert sheets.formula == "(7 + 8) ÷ 2 = 7.5"


def test_a_sheet_that_is_left_out_in_name_alone_is_said_to_be_one_of_several():
    """One of the two lowest leaves and nothing says which: both count by half in the means of the criteria."""
    sheets = find(told(*panel(3, 3, 7, 10)), "expert (…", "평가표별 합계")

    assert sorted(sheet.sentence for sheet in sheets.steps) == [
        "가장 낮아 제외. 합계가 같은 2장 가운데 하나.", "가장 높아 제외.", "반영.", "반영. 합계가 같은 2장 가운데 하나.",
    ]  # fmt: skip
    all_alike = find(told(*panel(7, 7)), "expert (…", "평가표별 합계")
    assert {sheet.sentence for sheet in all_alike.steps} == {"반영."}


def test_a_sheet_with_gaps_says_what_could_not_be_judged():
    part = experts(
        named("tech", points=6), named("own", points=4, criteria=[named("a", points=2), named("b", points=2)])
    )
    steps = told(config(part), Evidence(sheets={("p0", "ga"): {"tech": 3, "own.a": None, "own.b": None}}))

    sheet = find(steps, "expert (…", "평가표별 합계", "p0")

    assert (sheet.sentence, sheet.formula) == ("반영. 판단 불가: a, b.", "3 × 10 ÷ 6 = 5")


@pytest.mark.parametrize(
    ("criterion", "marks", "formula"),
    [
        (named("tech", points=10), [4, 7], "10 × (4 + 7) ÷ 2 ÷ 10 = 5.5"),
        (named("tech", points=10, levels=5), [2, 5], "10 × ((2 + 5) ÷ 2 − 1) ÷ 4 = 6.25"),
        (named("tech", points=10), [8], "10 × 8 ÷ 10 = 8"),
        (named("tech", points=10, levels=5), [3], "10 × (3 − 1) ÷ 4 = 5"),
    ],
)
def test_a_criterion_shows_the_marks_behind_it(criterion, marks, formula):
    evidence = Evidence(sheets={(f"p{n}", "ga"): {"tech": mark} for n, mark in enumerate(marks)})

    step = find(told(config(experts(criterion)), evidence), "expert (…", "항목별 평균", "tech (…", "평점")

    assert (step.level, step.formula) == ("sheets", formula)


def test_what_is_the_sum_or_mean_of_one_number_is_given_no_arithmetic():
    item = named("x", points=10, rule="expected_win_share", source="comparisons")
    evidence = Evidence(
        scores(ga={"m.only": "50"}),
        sheets={("p0", "ga"): {"tech": 8}},
        ratings={("ga", "good"): (0, 0, 1, 1, 0)},
        comparisons={("ga", "na"): Choices(a=2, b=1)},
    )
    stars = named("s", points=10, rule="share_of_scale", source="ratings", prior="0", questions=["good"])
    one_each = [measured(named("m", points=10, rule="mean", values=["only"])), experts(named("tech", points=10))]
    steps = told(config(*one_each, users(item, key="pairs"), users(stars, key="stars"), users=asking("good")), evidence)

    formulas = [step.formula for step in every(steps) if step.formula]

    assert formulas == [
        "10 × 50 ÷ 100 = 5", "10 × 8 ÷ 10 = 8", "10 × 2/3(약 0.6667) = 20/3(약 6.6667)", "(2 + 0 ÷ 2) ÷ 3 = 2/3(약 0.6667)",
        "10 × (3.5 − 1) ÷ 4 = 6.25", "7 ÷ 2 = 3.5", "5 + 8 + 20/3(약 6.6667) + 6.25 = 311/12(약 25.9167)",
    ]  # fmt: skip


# --- Where a team stands


def test_the_total_says_how_it_is_rounded():
    steps = told(
        config(a_given("a", 50), a_given("b", 50), rounding={"total": 0, "rule": "ROUND_HALF_EVEN"}),
        Evidence(scores(ga={"a": "1.25", "b": "1.25"})),
    )

    total = find(steps, "총점")

    assert (total.shown, total.formula) == ("2점", "1.25 + 1.25 = 2.5")
    assert total.sentence == (
        "부문의 점수를 반올림하지 않고 더한 뒤, 보일 때 한 번만 소수점 아래 0자리로 반올림합니다(꼭 절반이면 짝수 쪽으로)."
    )


@pytest.mark.parametrize(
    ("points", "shown", "sentence"),
    [
        ({"ga": "9 1", "na": "8 1"}, "1위", "2팀을 반올림하지 않은 총점으로 견줍니다."),
        ({"ga": "8 1", "na": "1 8"}, "2위", "2팀을 반올림하지 않은 총점으로 견줍니다. 총점이 같은 팀이 있어 b 순으로 견주었습니다."),
        ({"ga": "8 1", "na": "8 1"}, "1위", "2팀을 반올림하지 않은 총점으로 견줍니다. 총점이 같은 팀이 있어 b 순으로 견주었습니다. 끝까지 같아 2팀이 함께 1위입니다."),
        ({"ga": "8 1"}, "미공표", "총점이 없는 팀이 있어 순위를 셀 수 없고, 발표된 순위도 없습니다."),
    ],
)  # fmt: skip
def test_a_rank_says_what_decided(points, shown, sentence):
    measurements = scores(**{team: dict(zip("ab", both.split(), strict=True)) for team, both in points.items()})

    rank = find(told(config(a_given("a", 10), a_given("b", 10), tie_break=["b"]), Evidence(measurements)), "순위")

    assert (rank.shown, rank.sentence) == (shown, sentence)


def test_floors_are_told_at_the_level_of_their_points():
    part = experts(named("tech", points=6, floor="3"), named("plan", points=4), floor="7.5")
    steps = told(config(part), Evidence(sheets={("p0", "ga"): {"tech": 3, "plan": 4}}))

    floors = find(steps, "과락 기준")

    assert [(one.level, one.title, one.shown, one.formula) for one in floors.steps] == [
        ("parts", "expert: 7.5점 이상", "미달", "7 < 7.5"), ("criteria", "expert – tech: 3점 이상", "통과", "3 ≥ 3"),
    ]  # fmt: skip
    assert find(steps, "진출 여부").sentence == (
        "과락 기준에 이르지 못해 진출할 수 없습니다. 2팀 가운데 2팀까지 진출합니다. expert 점수가 7.5점에 이르지 못했습니다."
    )


@pytest.mark.parametrize(
    ("score", "shown", "formula"),
    [
        ("59.9999999", "미달", "59.9999999 < 60"),
        ("59.999999999", "미달", "59.999999999 < 60"),
        ("60", "통과", "60 ≥ 60"),
        ("60.000000001", "통과", "60.000000001 ≥ 60"),
    ],
)
def test_a_floor_missed_by_a_hair_is_told_to_that_hair(score, shown, formula):
    step = find(told(config(a_given("all", 100, floor="60")), Evidence(scores(ga={"all": score}))), "과락 기준")

    assert [(one.shown, one.formula) for one in step.steps] == [(shown, formula)]


@pytest.mark.parametrize(
    ("score", "formula"),
    [
        ("179.999999999", "약 59.9999999997 < 60"),
        ("180.000000001", "약 60.0000000003 ≥ 60"),
        ("170", "170/3(약 56.6667) < 60"),
    ],
)
def test_a_rounded_number_beside_a_floor_has_the_decimals_that_keep_it_on_its_side(score, formula):
    """The points are a third of what was measured."""
    item = named("x", points=100, rule="share", maximum="300")
    stage = config(measured(item, floor="60"))

    step = find(told(stage, Evidence(scores(ga={"x": score}, na={"x": "1"}))), "과락 기준")

    assert [one.formula for one in step.steps] == [formula]
    assert holds(formula)


def test_the_gate_is_told_by_what_was_asked():
    stage = config(a_given("all", 10), gate=gate("model", "encoder"))
    evidence = Evidence(
        findings={("p0", "ga", "model", "weights"): "met", ("p1", "ga", "model", "weights"): "cannot_judge"},
        decisions={"ga": "not_met"},
    )

    found = find(told(stage, evidence), "독자성 관문")

    assert (found.shown, found.sentence) == (
        "미충족",
        "평가위원의 판단을 보고 위원회가 결정했습니다. 점수와는 따로 봅니다.",
    )
    assert [(one.level, one.title, one.shown) for one in found.steps] == [
        ("criteria", "model: weights", "충족 1명, 미충족 0명, 판단 불가 1명"),
    ]  # fmt: skip


MAJORITY = "물음마다 판단한 평가위원의 과반으로 정하고, 미충족인 물음이 하나라도 있으면 미충족입니다."


@pytest.mark.parametrize(
    ("decided_by", "finding", "decision", "shown", "sentence"),
    [
        ("committee", "met", None, "결정 전", "평가위원의 판단을 보고 위원회가 결정합니다. 아직 결정이 없습니다."),
        ("committee", "met", "not_met", "미충족", "평가위원의 판단을 보고 위원회가 결정했습니다."),
        ("majority", "met", None, "충족", f"{MAJORITY} 이 팀은 평가위원의 과반이 정했습니다."),
        ("majority", "met", "met", "충족", f"{MAJORITY} 이 팀은 평가위원의 과반이 정했습니다."),
        ("majority", "met", "not_met", "충족",
         f"{MAJORITY} 이 팀은 평가위원의 과반이 정했습니다. 위원회의 결정(미충족)이 이와 다르지만, 과반이 정했으므로 결과에 쓰지 않았습니다."),
        ("majority", "not_met", "met", "미충족",
         f"{MAJORITY} 이 팀은 평가위원의 과반이 정했습니다. 위원회의 결정(충족)이 이와 다르지만, 과반이 정했으므로 결과에 쓰지 않았습니다."),
        ("majority", "cannot_judge", "met", "충족", f"{MAJORITY} 미충족인 물음은 없지만 과반이 정하지 못한 물음이 있어 위원회가 결정했습니다."),
        ("majority", "cannot_judge", None, "결정 전",
         f"{MAJORITY} 미충족인 물음은 없지만 과반이 정하지 못한 물음이 있어 위원회가 결정합니다. 아직 결정이 없습니다."),
    ],
)  # fmt: skip
def test_the_gate_says_who_decided(decided_by, finding, decision, shown, sentence):
    evidence = Evidence(
        findings={("p0", "ga", "model", "weights"): finding}, decisions={"ga": decision} if decision else {}
    )

    found = find(told(config(a_given("all", 10), gate=gate("model", decided_by=decided_by)), evidence), "독자성 관문")

    assert (found.level, found.shown, found.sentence) == ("gate", shown, f"{sentence} 점수와는 따로 봅니다.")


def test_the_office_is_told_of_a_decision_that_was_set_aside():
    stage = config(a_given("all", 10), gate=gate("model", decided_by="majority"))
    evidence = Evidence(findings={("p0", "ga", "model", "weights"): "met"}, decisions={"ga": "not_met", "na": "met"})

    assert [(step["title"], step["sentence"]) for step in whole(stage, evidence)[0]["steps"]] == [
        ("ga", "위원회의 관문 결정이 평가위원의 과반과 다릅니다. 과반이 정하는 관문이어서 그 결정은 결과에 쓰지 않았습니다.")
    ]  # fmt: skip


def test_votes_are_told_apart_from_what_they_decided():
    stage = config(advance={"by": "majority", "quota": 1, "quorum": 3})
    votes = {("p0", "ga"): "yes", ("p1", "ga"): "abstain"}

    found = find(told(stage, Evidence(recognitions=votes)), "과반 인정")

    assert (found.level, found.shown, found.sentence) == (
        "advances", "정족수 미달", "인정이 불인정보다 많으면 인정합니다. 기권은 정족수(3명)에만 셉니다. 정족수에 이르지 못했습니다.",
    )  # fmt: skip
    assert [(one.level, one.shown) for one in found.steps] == [("criteria", "인정 1표, 불인정 0표, 기권 1표")]


@pytest.mark.parametrize(
    ("votes", "shown", "why"),
    [
        ("yes yes", "정족수 미달", "투표한 평가위원이 정족수에 이르지 못해 인정되지 않았습니다."),
        ("no no", "정족수 미달", "투표한 평가위원이 정족수에 이르지 못해 인정되지 않았습니다."),
        ("yes no abstain", "불인정", "인정이 불인정보다 많지 않아 인정되지 않았습니다."),
        ("no no yes", "불인정", "인정이 불인정보다 많지 않아 인정되지 않았습니다."),
    ],
)
def test_a_team_that_was_not_recognised_is_told_what_it_lacked(votes, shown, why):
    stage = config(advance={"by": "majority", "quota": 1, "quorum": 3})
    evidence = Evidence(recognitions={(f"p{n}", "ga"): vote for n, vote in enumerate(votes.split())})

    steps = told(stage, evidence)

    assert (find(steps, "과반 인정").shown, find(steps, "진출 여부").shown) == (shown, "탈락")
    assert find(steps, "진출 여부").sentence.startswith(why)


@pytest.mark.parametrize(
    ("stopped_by", "pass_on", "sentence"),
    [
        ("gate", False, "진출할 자리 안에 들지 못했습니다. 3팀 가운데 1팀까지 진출합니다. 관문으로 빈 자리가 있어도 다른 팀이 잇지 않습니다."),
        ("floor", False, "진출할 자리 안에 들지 못했습니다. 3팀 가운데 1팀까지 진출합니다. 과락으로 빈 자리가 있어도 다른 팀이 잇지 않습니다."),
        ("gate floor", False, "진출할 자리 안에 들지 못했습니다. 3팀 가운데 1팀까지 진출합니다. 관문이나 과락으로 빈 자리가 있어도 다른 팀이 잇지 않습니다."),
        ("gate", True, "진출할 자리 안에 들었습니다. 3팀 가운데 1팀까지 진출합니다."),
        ("", False, "진출할 자리 안에 들지 못했습니다. 3팀 가운데 1팀까지 진출합니다."),
    ],
)  # fmt: skip
def test_a_team_without_a_seat_is_told_that_none_is_passed_on(stopped_by, pass_on, sentence):
    """ga is first and stopped by the gate, where there is one; na is second."""
    part = a_given("all", 10, **({"floor": "1"} if "floor" in stopped_by else {}))
    decisions = {"ga": "not_met", "na": "met", "da": "met"} if "gate" in stopped_by else {}
    stage = config(
        part, teams=3, advance={"by": "points", "quota": 1, "line_ties": "all", "pass_on_seats": pass_on},
        **({"gate": gate("model")} if decisions else {}),
    )  # fmt: skip
    evidence = Evidence(scores(ga={"all": "9"}, na={"all": "8"}, da={"all": "7"}), decisions=decisions)

    assert find(told(stage, evidence, "na"), "진출 여부").sentence == sentence


def test_how_far_the_line_is():
    """ga 9, na 8.5, da 8 and two seats."""
    stage = config(a_given("all", 10), teams=3, advance={"by": "points", "quota": 2, "line_ties": "all"})
    evidence = Evidence(scores(ga={"all": "9"}, na={"all": "8.5"}, da={"all": "8"}))

    lines_ = {team: find(told(stage, evidence, team), "진출 여부", "경계선과의 차이") for team in ("ga", "na", "da")}

    assert {team: (step.level, step.shown) for team, step in lines_.items()} == {
        "ga": ("margin", "+1.00점"), "na": ("margin", "+0.50점"), "da": ("margin", "−0.50점"),
    }  # fmt: skip
    assert lines_["na"].sentence == "총점이 이만큼 낮아지면 경계선에 있는 팀과 같아집니다."


# --- Whose absence would change what


CLOSE = config(
    measured(named("nia", points=10, rule="share", maximum="100"), named("own", points=5, rule="given")),
    experts(named("tech", points=6), named("plan", points=4), aggregate="drop_high_low"),
    advance={"by": "points", "quota": 1, "line_ties": "committee"},
)
CLOSE_EVIDENCE = Evidence(
    scores(ga={"nia": "80", "own": "1"}, na={"nia": "83", "own": "0.9"}),
    sheets={
        (f"p{n}", team): {"tech": mark - 4, "plan": 4}
        for team, marks in {"ga": [10, 8, 7, 4], "na": [7, 7, 7, 7]}.items()
        for n, mark in enumerate(marks)
    },
)
"""ga 8.0 + 1 + (8 + 7)/2 = 16.5 against na 8.3 + 0.9 + 7 = 16.2; ga at 16 falls behind, without tech it is 13 against 13.2"""


def test_whose_absence_would_change_the_rank():
    rank = find(told(CLOSE, CLOSE_EVIDENCE), "하나가 없었다면", "순위")

    assert (rank.shown, rank.sentence) == (
        "1위에서 2위 사이",
        "평가위원 4명 가운데 2명은 그 사람이 없었다면 순위가 달라집니다. 항목 4개 가운데 1개는 그 항목이 없었다면 순위가 달라집니다.",
    )
    assert [(one.level, one.title, one.shown) for one in rank.steps] == [
        ("sheets", "p0 없이", "2위"), ("sheets", "p1 없이", "2위"), ("criteria", "expert – tech 없이", "2위"),
    ]  # fmt: skip


def test_whose_absence_would_change_who_advances():
    advance = find(told(CLOSE, CLOSE_EVIDENCE, "na"), "하나가 없었다면", "진출 여부")

    assert advance.shown == "달라질 수 있음"
    assert lines(advance.steps) == [
        ("p0 없이", "탈락 → 진출"), ("p1 없이", "탈락 → 진출"), ("expert – tech 없이", "탈락 → 진출"),
    ]  # fmt: skip


def test_whose_absence_would_change_the_points():
    points = find(told(CLOSE, CLOSE_EVIDENCE), "하나가 없었다면", "점수")

    assert {step.level for step in (points, *points.steps)} == {"sheets"}
    assert [(step.title, step.sentence) for step in points.steps] == [
        ("p0 없이", "expert 7.5점 → 7.0점(−0.50점), 순위 1위 → 2위, 진출 여부 진출 → 탈락."),
        ("p1 없이", "expert 7.5점 → 7.0점(−0.50점), 순위 1위 → 2위, 진출 여부 진출 → 탈락."),
        ("p2 없이", "expert 7.5점 → 8.0점(+0.50점)."),
        ("p3 없이", "expert 7.5점 → 8.0점(+0.50점)."),
    ]


def test_when_nothing_depends_on_a_single_one_it_says_so():
    evidence = Evidence(
        scores(ga={"nia": "90", "own": "5"}, na={"nia": "10", "own": "0"}), sheets=CLOSE_EVIDENCE.sheets
    )
    without = find(told(CLOSE, evidence), "하나가 없었다면")

    assert lines(without.steps)[:2] == [("순위", "1위"), ("진출 여부", "진출 그대로")]
    assert find(without.steps, "순위").sentence == (
        "평가위원 4명 가운데 누가 없었어도 순위가 같습니다. 항목 4개 가운데 무엇이 없었어도 순위가 같습니다."
    )


def test_without_a_count_there_is_nothing_to_leave_out():
    assert [step.title for step in told(config(a_given("all", 10)), Evidence())] == [
        "all (10점 만점)",
        "총점",
        "순위",
        "진출 여부",
    ]


def test_a_void_sheet_is_told_with_what_it_would_have_changed():
    void = find(told(CLOSE, CLOSE_EVIDENCE.with_void("p0", "ga")), "세지 않은 평가표")

    assert (void.level, void.shown) == ("sheets", "1장")
    assert [(step.title, step.sentence) for step in void.steps] == [
        ("p0", "세었다면 expert 7.0점 → 7.5점(+0.50점), 순위 2위 → 1위, 진출 여부 탈락 → 진출."),
    ]  # fmt: skip


def test_everything_of_a_panelist_may_be_void():
    void = find(told(CLOSE, CLOSE_EVIDENCE.with_void("p2")), "세지 않은 평가표", "p2")

    assert void.sentence == "세었다면 expert 8.0점 → 7.5점(−0.50점)."


def test_a_void_sheet_of_other_rules_is_said_to_be_one():
    old = Evidence(CLOSE_EVIDENCE.measurements, sheets={**CLOSE_EVIDENCE.sheets, ("p9", "ga"): {"gone": 1}})

    void = find(told(CLOSE, old.with_void("p9", "ga")), "세지 않은 평가표", "p9")

    assert void.sentence == "지금의 기준에 맞지 않는 평가표여서, 세었을 때의 점수와 견줄 수 없습니다."


# --- The stage as a whole, for the office


def whole(configuration, evidence):
    rules = Rules.from_config(configuration)
    return explain_all(rules, evidence, count(rules, evidence))[WHOLE]


def test_all_teams_that_one_absence_would_move_are_named_together():
    without = whole(CLOSE, CLOSE_EVIDENCE)[-1]

    assert [(step["title"], step["shown"], step["sentence"]) for step in without["steps"]] == [
        (
            "ga: 순위 1위 → 2위, 진출 여부 진출 → 탈락. na: 순위 2위 → 1위, 진출 여부 탈락 → 진출",
            "3가지",
            "이 가운데 하나가 없었다면: p0, p1, expert – tech.",
        )
    ]


VOTES_ALONE = config(advance={"by": "majority", "quota": 1, "quorum": 2})


def test_a_stage_of_votes_alone_is_told_without_a_word_of_points():
    steps = told(VOTES_ALONE, Evidence(recognitions={("p0", "ga"): "yes", ("p1", "ga"): "yes", ("p0", "na"): "no"}))

    assert [step.title for step in every(steps)] == [
        "과반 인정", "표", "진출 여부", "하나가 없었다면", "진출 여부", "p0 없이", "p1 없이",
    ]  # fmt: skip
    assert find(steps, "하나가 없었다면").sentence == (
        "평가위원 한 사람을 빼고 같은 규칙으로 다시 세어 봅니다. "
        "결과가 어느 하나에 달려 있는지 알려 줄 뿐, 공식 결과는 바뀌지 않습니다."
    )


@pytest.mark.parametrize(
    ("line_ties", "answer", "sentence"),
    [
        (
            "committee",
            "미정",
            "인정된 팀이 자리보다 많은데 가를 점수가 없어 위원회가 정합니다. 2팀 가운데 1팀까지 진출합니다.",
        ),
        (
            "all",
            "진출",
            "경계선에 있는 팀들을 가를 수 없어, 정한 대로 모두 진출합니다. 자리는 2팀 가운데 1팀이지만 그보다 많이 진출할 수 있습니다.",
        ),
        (
            "none",
            "탈락",
            "경계선에 있는 팀들을 가를 수 없어, 정한 대로 아무도 진출하지 않습니다. 2팀 가운데 1팀까지 진출합니다.",
        ),
    ],
)
def test_too_many_recognised_teams_are_told_who_or_what_chooses(line_ties, answer, sentence):
    stage = config(advance={"by": "majority", "quota": 1, "line_ties": line_ties})

    step = find(told(stage, Evidence(recognitions={("p0", "ga"): "yes", ("p0", "na"): "yes"})), "진출 여부")

    assert (step.shown, step.sentence) == (answer, sentence)


LEVEL = config(a_given("all", 10), teams=3, advance={"by": "points", "quota": 1, "line_ties": "committee"})
SEATS = "3팀 가운데 1팀까지 진출합니다."


BOTH = frozenset({"ga", "na"})


@pytest.mark.parametrize(
    ("decisions", "shown", "sentence"),
    [
        ({}, "미정", f"경계선에서 점수가 같아 위원회가 정합니다. {SEATS}"),
        ({"ga": "in"}, "진출", f"경계선에서 점수가 같아 위원회가 정했습니다: 이 팀은 진출합니다. {SEATS}"),
        ({"ga": "out"}, "탈락", f"경계선에서 점수가 같아 위원회가 정했습니다: 이 팀은 진출하지 않습니다. {SEATS}"),
        ({"na": "in"}, "탈락", f"경계선에서 점수가 같아 위원회가 정했습니다: 다른 팀이 남은 자리를 모두 얻었습니다. {SEATS}"),
        ({"ga": "in", "na": "in"}, "미정",
         f"경계선에서 점수가 같아 위원회가 정하는데, 진출로 정한 팀이 남은 자리보다 많아 아직 정할 수 없습니다. {SEATS}"),
    ],
)  # fmt: skip
def test_the_committees_choice_is_told_and_its_reason_at_a_level_of_its_own(decisions, shown, sentence):
    made = {team: LineDecision(decision, BOTH, "실험이 더 많다.") for team, decision in decisions.items()}
    evidence = Evidence(scores(ga={"all": "9"}, na={"all": "9"}, da={"all": "8"}), line_decisions=made)

    step = find(told(LEVEL, evidence), "진출 여부")

    assert (step.level, step.shown, step.sentence) == ("advances", shown, sentence)
    used = "ga" in decisions and shown != "미정"
    reasons = [("line_reason", "위원회가 적은 이유", "실험이 더 많다.")] if used else []
    assert [(one.level, one.title, one.sentence) for one in step.steps if one.level != "margin"] == reasons


def test_a_choice_between_other_teams_is_told_as_set_aside():
    evidence = Evidence(
        scores(ga={"all": "9"}, na={"all": "9"}, da={"all": "9"}),
        line_decisions={"ga": LineDecision("in", BOTH, "까닭")},
    )

    assert find(told(LEVEL, evidence), "진출 여부").sentence == (
        f"경계선에서 점수가 같아 위원회가 정합니다. {SEATS} 위원회가 이 팀을 ‘진출’로 정한 것이 있지만, "
        "그때와 경계선에 있는 팀들이 달라 그 결정은 쓰지 않았습니다."
    )


def test_a_choice_that_was_set_aside_is_told_to_the_team_and_to_the_office():
    made = {"na": LineDecision("in", BOTH, "까닭"), "ga": LineDecision("out", BOTH, "까닭")}
    evidence = Evidence(scores(ga={"all": "9"}, na={"all": "8"}, da={"all": "7"}), line_decisions=made)

    aside = "이 집계에서는 위원회가 정할 팀이 아니어서 그 결정은 쓰지 않았습니다."
    assert [find(told(LEVEL, evidence, team), "진출 여부").sentence for team in ("ga", "na", "da")] == [
        f"진출할 자리 안에 들었습니다. {SEATS} 위원회가 이 팀을 ‘진출하지 않음’으로 정한 것이 있지만, {aside}",
        f"진출할 자리 안에 들지 못했습니다. {SEATS} 위원회가 이 팀을 ‘진출’로 정한 것이 있지만, {aside}",
        f"진출할 자리 안에 들지 못했습니다. {SEATS}",
    ]
    assert {step["title"] for step in whole(LEVEL, evidence)[0]["steps"]} == {"ga", "na"}


def test_among_recognised_teams_no_points_are_spoken_of():
    stage = config(advance={"by": "majority", "quota": 1, "line_ties": "committee"})
    votes = {("p0", "ga"): "yes", ("p0", "na"): "yes"}

    step = find(told(stage, Evidence(recognitions=votes, line_decisions={"ga": LineDecision("in", BOTH)})), "진출 여부")

    assert step.sentence == (
        "인정된 팀이 자리보다 많은데 가를 점수가 없어 위원회가 정했습니다: 이 팀은 진출합니다. 2팀 가운데 1팀까지 진출합니다."
    )
    assert step.steps == ()


def test_where_no_panelist_gives_points_none_is_said_to_leave_them_as_they_are():
    stage = config(a_given("all", 10), gate=gate("model", decided_by="majority"))
    evidence = Evidence(scores(ga={"all": "9"}, na={"all": "8"}), findings={("p0", "ga", "model", "weights"): "met"})

    assert [step.title for step in find(told(stage, evidence), "하나가 없었다면").steps] == ["순위", "진출 여부"]


@pytest.mark.parametrize(
    ("votes", "sentence"),
    [
        ({"ga": "yes yes", "na": "no no no"}, "평가위원 한 사람을 빼고 다시 세면 이렇게 달라집니다. 나머지는 빼도 진출 여부가 같습니다."),
        ({"ga": "yes yes yes", "na": "no no no"}, "누구를 빼고 세어도 모든 팀의 진출 여부가 같습니다."),
    ],
)  # fmt: skip
def test_the_office_is_told_on_whom_a_stage_of_votes_hangs(votes, sentence):
    cast = {(f"p{n}", team): vote for team, several in votes.items() for n, vote in enumerate(several.split())}

    assert whole(VOTES_ALONE, Evidence(recognitions=cast))[-1]["sentence"] == sentence


def test_where_no_single_one_moves_anybody_it_says_so():
    stage = config(a_given("a", 10), a_given("b", 10))
    evidence = Evidence(scores(ga={"a": "9", "b": "9"}, na={"a": "1", "b": "1"}))

    assert [(step["title"], step["sentence"]) for step in whole(stage, evidence)] == [
        ("하나가 없었다면", "누구를, 무엇을 빼고 세어도 모든 팀의 순위와 진출이 같습니다."),
    ]  # fmt: skip


def test_without_a_count_the_office_has_nothing_to_read():
    assert whole(config(a_given("all", 10)), Evidence()) == []


# --- End to end


def test_the_first_stage_is_told_from_the_top():
    assert [(step.level, step.title, step.shown) for step in example("stage-1", "lg")] == [
        ("parts", "벤치마크 평가 (40점 만점)", "33.6점"), ("parts", "전문가 평가 (35점 만점)", "31.6점"),
        ("parts", "사용자 평가 (25점 만점)", "25.0점"), ("total", "총점", "90.2점"), ("rank", "순위", "1위"),
        ("gate", "독자성 관문", "충족"), ("advances", "진출 여부", "진출"),
    ]  # fmt: skip
    benchmark = find(example("stage-1", "lg"), "벤치마크 평가 (…")
    assert benchmark.formula == "9.2 + 14.406 + 10 = 33.606"
    assert [step.formula for step in benchmark.steps] == [
        "",
        "20 × 72.03 ÷ 100 = 14.406",
        "10 × min(1, 72.03 ÷ 69.37) = 10",
    ]
    assert find(example("stage-1", "lg"), "총점").formula == "33.606 + 31.6 + 25 = 90.206"


def test_what_was_withheld_is_named_and_never_zero():
    benchmark = find(example("stage-1", "skt"), "벤치마크 평가 (…")

    assert (benchmark.shown, benchmark.sentence) == (
        "미공표",
        "아래의 점수 가운데 없는 것이 있어 더할 수 없습니다 (없는 것: 글로벌 공통 벤치마크, 글로벌 개별 벤치마크).",
    )
    assert [(step.shown, step.sentence) for step in benchmark.steps] == [
        ("9.2점", "발표된 점수를 그대로 옮겼습니다."),
        ("미공표", "측정값이 공개되거나 들어온 적이 없어 점수를 낼 수 없습니다."),
        ("미공표", "측정값이 공개되거나 들어온 적이 없어 점수를 낼 수 없습니다."),
    ]
    assert find(example("stage-1", "naver-cloud"), "진출 여부").sentence == (
        "독자성 관문을 충족하지 못해 진출할 수 없습니다. 점수는 그대로 남습니다. 5팀 가운데 4팀까지 진출합니다."
    )


def test_the_extra_selection_tells_of_no_votes():
    assert [(step.title, step.shown) for step in example("extra-selection", "motif")] == [
        ("과반 인정", "미공표"), ("진출 여부", "진출"),
    ]  # fmt: skip


def test_the_second_stage_names_what_its_last_seat_hangs_on():
    """motif is 0.06 of a hundred points ahead of lg: half of the panel, and many a criterion, could turn it."""
    steps = example("stage-2", "lg")

    assert (find(steps, "총점").shown, find(steps, "순위").shown) == ("67.3점", "4위")
    assert find(steps, "진출 여부", "경계선과의 차이").shown == "−0.06점"
    rank = find(steps, "하나가 없었다면", "순위")
    assert (rank.shown, rank.sentence) == (
        "3위에서 4위 사이",
        "평가위원 10명 가운데 5명은 그 사람이 없었다면 순위가 달라집니다. 항목 19개 가운데 8개는 그 항목이 없었다면 순위가 달라집니다.",
    )
    assert [step.title for step in rank.steps if step.level == "sheets"] == [
        "위원 02 없이", "위원 04 없이", "위원 05 없이", "위원 06 없이", "위원 08 없이",
    ]  # fmt: skip
    first = find(example("stage-2", "upstage"), "하나가 없었다면", "순위")
    assert (first.shown, first.steps) == ("1위", ())


# --- Words


def test_every_code_has_words():
    package = Path(__file__).resolve().parents[2] / "evaluations" / "scoring"
    source = {path.stem: path.read_text(encoding="utf-8") for path in package.glob("*.py")}

    assert set(re.findall(r'Absent\(\s*"(\w+)"', "".join(source.values()))) == ABSENCES.keys()
    decided = source["advancing"]
    assert set(re.findall(r'(?:True|False|None), "(\w+)"', decided)) <= REASONS.keys()
    assert REASONS.keys() <= set(re.findall(r'"(\w+)"', decided)) | {"published"}
    assert set(re.findall(r'Flag\(\s*"(\w+)"', "".join(source.values()))) == FLAGS.keys()
