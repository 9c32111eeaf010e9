"""Explanations say what was counted, and can be recomputed from their own text."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from evaluations.scoring import Evidence, Measurement, Rules, count, explain
from evaluations.scoring.explain import number
from evaluations.scoring.wording import ABSENCES, REASONS

STAGE = {
    "schema": 1, "slug": "s", "programme": {"ko": "사업"}, "name": {"ko": "단계"}, "time_zone": "Asia/Seoul",
    "timetable": {
        "frozen": "2026-01-01T00:00:00+09:00", "opens": "2026-01-02T00:00:00+09:00",
        "closes": "2026-01-03T00:00:00+09:00", "published": "2026-01-04T00:00:00+09:00",
    },
    "advance": {"by": "points", "quota": 1, "line_ties": "all", "pass_on_seats": False},
    "rounding": {"rule": "ROUND_HALF_UP", "item": 1, "part": 1, "total": 1, "mean": 2},
    "tie_break": [], "objection": {"days": 10, "answer_days": 30},
    "teams": [{"slug": "lg", "name": {"ko": "가팀"}}, {"slug": "skt", "name": {"ko": "나팀"}}],
    "parts": [
        {
            "key": "benchmark", "kind": "measured", "name": {"ko": "벤치마크"}, "points": 30,
            "items": [
                {"key": "common", "name": {"ko": "공통"}, "points": 20, "rule": "mean"},
                {
                    "key": "own", "name": {"ko": "개별"}, "points": 10, "rule": "ratio_to_target",
                    "target": "69.37", "direction": "higher",
                },
            ],
        },
        {
            "key": "expert", "kind": "experts", "name": {"ko": "전문가"}, "points": 10, "aggregate": "drop_high_low",
            "small_panel": "mean", "cannot_judge": "renormalise",
            "criteria": [{"key": "tech", "name": {"ko": "기술"}, "points": 10, "comment": "optional"}],
        },
    ],
    "rounds": [{"key": "r", "name": {"ko": "서면"}, "kind": "document", "blind": True, "counts": True}],
    "release": {"public": ["total"], "teams": "all", "own": ["total"], "minimum_n": 0},
}  # fmt: skip


@pytest.fixture
def told():
    rules = Rules.from_config(STAGE)
    evidence = Evidence(
        measurements={
            ("lg", "common"): Measurement.of("72.03"), ("lg", "own"): Measurement.of("72.03"),
            ("skt", "common"): Measurement.of("60"),
        },
        sheets={(f"p{n}", team): {"tech": mark} for team, marks in {"lg": [10, 8, 7, 3], "skt": [5, 5, 5, 5]}.items()
                for n, mark in enumerate(marks)},
    )  # fmt: skip
    result = count(rules, evidence)
    return {team: explain(rules, evidence, result, team) for team in ("lg", "skt")}


def test_every_line_of_arithmetic_is_true(told):
    """What stands left of the last equals sign gives what stands right of it."""
    checked = 0
    for line in _formulas(told["lg"]):
        left, _, right = line.rpartition(" = ")
        exact = re.sub(r"\(약 [^)]*\)", "", left).replace("×", "*").replace("÷", "/").replace("−", "-")
        # Whole numbers and decimals become fractions, so that nothing is rounded on the way.
        counted = eval(re.sub(r"\d+(\.\d+)?", r"Fraction('\g<0>')", exact), {"Fraction": Fraction, "min": min})  # noqa: S307
        assert counted == Fraction(re.sub(r"\(약 [^)]*\)", "", right))
        checked += 1
    assert checked == 5


def _formulas(steps):
    for step in steps:
        if step.formula:
            yield step.formula
        yield from _formulas(step.steps)


def test_it_says_which_sheets_were_left_out(told):
    panel = told["lg"][1]
    sheets = next(step for step in panel.steps if step.title == "평가표별 합계")

    assert [(sheet.title, sheet.shown, sheet.sentence) for sheet in sheets.steps] == [
        ("p3", "3", "가장 낮아 제외"), ("p2", "7", "반영"), ("p1", "8", "반영"), ("p0", "10", "가장 높아 제외"),
    ]  # fmt: skip
    assert panel.formula == "(7 + 8) ÷ 2 = 7.5"


def test_it_says_what_one_sheet_less_would_change(told):
    without = next(step for step in told["lg"][1].steps if step.title == "평가표 한 장이 없었다면")

    assert [(step.title, step.shown, step.sentence) for step in without.steps] == [
        ("p3 없이", "8.0점", "+0.50점"), ("p2 없이", "8.0점", "+0.50점"), ("p1 없이", "7.0점", "−0.50점"), ("p0 없이", "7.0점", "−0.50점"),
    ]  # fmt: skip


def test_what_is_missing_is_named_and_never_zero(told):
    own = told["skt"][0].steps[1]

    assert (own.shown, own.sentence) == (
        "미공표",
        "측정값이 공개되거나 들어온 적이 없어 점수를 낼 수 없습니다 (없는 것: own).",
    )
    assert told["skt"][0].shown == "미공표"


@pytest.mark.parametrize(
    ("value", "text"), [("1/3", "1/3(약 0.3333)"), ("5/2", "2.5"), ("10", "10"), ("-7/4", "-1.75"), ("100", "100")]
)
def test_numbers_are_exact_or_say_that_they_are_not(value, text):
    assert number(Fraction(value)) == text


def test_every_code_has_words():
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(_package().glob("*.py")))

    assert set(re.findall(r'Absent\(\s*"(\w+)"', source)) <= ABSENCES.keys()
    decided = (_package() / "advancing.py").read_text(encoding="utf-8")
    assert set(re.findall(r'(?:True|False|None), "(\w+)"', decided)) <= REASONS.keys()


def _package():
    return Path(__file__).resolve().parents[2] / "evaluations" / "scoring"
