"""The words of a simulation."""

from fractions import Fraction

import pytest

from evaluations.scoring import Evidence, Rules
from evaluations.scoring.explain_what_if import what_if_steps
from evaluations.scoring.what_if import OtherMark, OtherPoints, OtherValue, WithoutSheet, what_if
from tests.factories.scoring import config, experts, gate, measured, named, scores

RULES = Rules.from_config(
    config(
        measured(named("nia", points=10, rule="share", maximum="100"), named("common", points=10, rule="mean", values=["math"])),
        experts(named("tech", points=10), floor="3"),
        gate=gate("model", decided_by="majority"),
        advance={"by": "points", "quota": 1, "line_ties": "all"},
    )
)  # fmt: skip
EVIDENCE = Evidence(
    scores(ga={"nia": "80", "common.math": "50"}, na={"nia": "70", "common.math": "50"}),
    sheets={("p0", "ga"): {"tech": 2}, ("p1", "ga"): {"tech": 4}, ("p0", "na"): {"tech": 3}},
    findings={(p, team, "model", "weights"): "met" for p in ("p0", "p1") for team in ("ga", "na")},
)


def told(*changes):
    supposed, differs = what_if_steps(RULES, what_if(RULES, EVIDENCE, *changes))
    return (
        [step.title for step in supposed.steps],
        differs.sentence,
        [(step.title, step.sentence) for step in differs.steps],
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (WithoutSheet("p1", "ga"), "p1 · ga 평가표 → 무효"),
        (WithoutSheet("p1"), "p1 · 모든 평가표 → 무효"),
        (OtherMark("p1", "ga", "tech", 9), "p1 · ga · tech 평점 → 9"),
        (OtherMark("p1", "ga", "tech", None), "p1 · ga · tech 평점 → 판단 불가"),
        (OtherValue("ga", "nia", Fraction("92.5")), "ga · nia 값 → 92.5"),
        (OtherValue("ga", "common.math", Fraction(1)), "ga · common (math) 값 → 1"),
        (OtherPoints("expert", Fraction(20)), "expert 배점 → 20점 (그 안의 배점은 같은 비율로)"),
    ],
)
def test_what_was_supposed_is_said(change, words):
    assert told(change)[0] == [words]


def test_everything_that_differs_is_said_team_by_team():
    """ga 8 + 5 + 3 = 16 with one sheet of 2 is 15 and below the floor of 3; na 7 + 5 + 3 = 15 draws level."""
    assert told(WithoutSheet("p1", "ga")) == (
        ["p1 · ga 평가표 → 무효"],
        "공식 결과는 바뀌지 않습니다.",
        [
            ("ga", "expert 3.0점 → 2.0점(−1.00점), expert – tech 3.0점 → 2.0점(−1.00점), 총점 16.0점 → 15.0점(−1.00점), "
             "과락 기준 통과 → 미달, 진출 여부 진출 → 탈락."),
            ("na", "순위 2위 → 1위, 진출 여부 탈락 → 진출."),
        ],
    )  # fmt: skip


def test_what_nobody_can_count_any_more_is_said():
    _, _, differs = told(WithoutSheet("p0"))

    assert differs[1] == (
        "na",
        "expert 3.0점 → 없음, expert – tech 3.0점 → 없음, 총점 15.0점 → 없음, 순위 2위 → 셀 수 없음, "
        "과락 기준 통과 → 미정, 진출 여부 탈락 → 미정.",
    )


def test_the_gate_is_called_by_its_words():
    undecided = WithoutSheet("p0", "ga"), WithoutSheet("p1", "ga")

    assert "독자성 관문 충족 → 결정 전" in told(*undecided)[2][0][1]


def test_when_nothing_differs_it_says_so():
    assert told(OtherValue("ga", "nia", Fraction(80)))[1:] == (
        "공식 결과는 바뀌지 않습니다. 달라지는 것이 없습니다.",
        [],
    )
