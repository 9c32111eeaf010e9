"""What the office is told to look at, word by word."""

from fractions import Fraction

from evaluations.scoring import Evidence, Rules, count
from evaluations.scoring.advice import advice_steps
from evaluations.scoring.patterns import Thresholds, find_patterns
from tests.factories.scoring import config, experts, named

RULES = Rules.from_config(
    config(
        experts(named("tech", points=10), *(named(f"l{n}", points=2, levels=5) for n in range(5)), name={"ko": "전문가"}),
        published=[
            {"what": "points", "key": "expert", "team": "ga", "value": "1"},
            {"what": "rank", "team": "na", "value": 1},
        ],
        teams=("ga", "na"),
    )
)  # fmt: skip


def sheet(tech, *levels):
    return {"tech": tech} | {f"l{n}": mark for n, mark in enumerate(levels)}


def told(sheets, **thresholds):
    evidence = Evidence(sheets=sheets)
    result = count(RULES, evidence)
    steps = advice_steps(RULES, result, find_patterns(RULES, evidence, result, Thresholds(**thresholds)))
    return [(step.title, step.sentence) for top in steps for step in top.steps]


def test_flags_of_the_count_come_first():
    assert told({("p0", "ga"): sheet(9, 1, 2, 3, 4, 5), ("p0", "na"): sheet(1, 1, 2, 3, 4, 5)}) == [
        ("ga · 전문가", "발표된 사실이 집계와 다릅니다."),
        ("na · 순위", "발표된 사실이 집계와 다릅니다."),
    ]


def test_every_pattern_is_a_sentence():
    line = sheet(10, 4, 4, 4, 4, 4)
    sheets = {(f"p{n}", team): line for n in range(3) for team in ("ga", "na")} | {
        ("p3", "ga"): sheet(1, 1, 1, 1, 1, 1)
    }
    patterns = told(sheets)

    assert ("p0 · p1", "함께 평가한 2팀의 평점 12개가 모두 같습니다.") in patterns
    assert ("ga · 전문가", "평가표 4장 가운데 3장의 합계가 17.5점으로 똑같습니다(p0, p1, p2).") in patterns
    assert (
        "p3 · ga · 전문가",
        "합계 1.0점은 나머지 평가표의 평균 17.5점과 −16.5점 차이로, 배점의 83%입니다.",
    ) in patterns
    assert patterns[-1] == ("p2 · na · 전문가", "1–5 척도의 항목 5개에 모두 같은 평점(4)을 주었습니다.")


def test_marks_that_are_mostly_the_same_say_how_many():
    sheets = {("p0", "ga"): sheet(3, 1, 2, 3, 4, 5), ("p1", "ga"): sheet(4, 1, 2, 3, 4, 5)}

    assert ("p0 · p1", "함께 평가한 1팀의 평점 6개 가운데 5개가 같습니다.") in told(
        sheets, common_marks=6, equal_share=Fraction(5, 6)
    )


def test_where_there_is_nothing_to_look_at_nothing_is_said():
    rules = Rules.from_config(config(experts(named("tech", points=10))))
    evidence = Evidence(sheets={("p0", "ga"): {"tech": 5}, ("p0", "na"): {"tech": 4}})
    result = count(rules, evidence)

    assert advice_steps(rules, result, find_patterns(rules, evidence, result)) == []
