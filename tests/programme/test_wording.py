"""The rules of a stage in sentences, as its page tells them."""

from datetime import datetime

import pytest
from django.template.loader import render_to_string

from evaluations.programme.wording import part_view, rules_of
from evaluations.results.queries import KST, deadline_after
from evaluations.scoring.advancing import recognise

RULES = {
    "advance": {"by": "majority", "quota": 2, "quorum": 9, "line_ties": "all"},
    "rounding": {"rule": "ROUND_HALF_UP", "part": 1, "mean": 2},
    "objection": {"days": 10, "answer_days": 30},
}
BY_MAJORITY = "구성요소의 항목마다 판단한 평가위원의 과반을 따르며, 판단 불가는 세지 않습니다."
BY_COMMITTEE = "평가위원의 판단을 듣고, 해당 팀의 설명을 들은 뒤 위원회가 결정합니다."


def how(**part):
    return part_view({"key": "expert", "points": 10, "criteria": [{"key": "tech", "points": 10}], **part})["how"]


@pytest.mark.parametrize(
    ("aggregate", "small_panel", "sentences"),
    [
        ("mean", "mean", ["평가위원마다 낸 합계를 평균합니다."]),
        (
            "drop_high_low", "mean",
            ["평가위원마다 낸 합계에서 가장 높은 것과 가장 낮은 것을 하나씩 빼고 나머지를 평균합니다.", "평가표가 3장보다 적으면 빼지 않고 평균하며, 그 사실을 밝힙니다."],
        ),
        (
            "trimmed_criteria", "mean",
            ["항목마다 가장 높은 평점과 가장 낮은 평점을 하나씩 빼고 평균한 뒤, 항목의 점수를 더합니다.", "평점이 3개보다 적은 항목은 빼지 않고 평균하며, 그 사실을 밝힙니다."],
        ),
        (
            "trimmed_criteria", "refuse",
            ["항목마다 가장 높은 평점과 가장 낮은 평점을 하나씩 빼고 평균한 뒤, 항목의 점수를 더합니다.", "평점이 3개보다 적은 항목이 있으면 계산하지 않습니다."],
        ),
    ],
)  # fmt: skip
def test_each_way_to_put_sheets_together_has_its_sentence(aggregate, small_panel, sentences):
    assert how(aggregate=aggregate, small_panel=small_panel, cannot_judge="refuse") == [
        *sentences,
        "모든 항목에 평점을 매겨야 합니다.",
    ]


def test_recognition_is_told_as_it_is_counted():
    """Three for it, two against it and four abstentions make nine votes, and the team is recognised."""
    assert recognise(["yes"] * 3 + ["no"] * 2 + ["abstain"] * 4, quorum=9).recognised

    assert rules_of(RULES)[0] == (
        "진출",
        "평가위원의 표에서 인정이 불인정보다 많은 팀 가운데 2팀까지 진출합니다. 기권은 어느 쪽으로도 세지 않지만, 기권까지 더해도 9표가 되지 않는 팀은 인정되지 않습니다.",
    )


def test_a_stage_without_points_has_no_rule_about_points():
    told = dict(rules_of(RULES))

    assert list(told) == ["진출", "인정이 더 많을 때", "이의신청"]
    assert told["인정이 더 많을 때"] == "인정된 팀이 자리보다 많으면 모두 진출합니다."
    assert [sentence for sentence in told.values() if "점수" in sentence or "총점" in sentence] == []
    assert dict(rules_of({**RULES, "gate": {"items": []}}))["자리"].startswith("독자성 관문에서 탈락한")


def test_a_stage_with_points_tells_of_ties_and_rounding():
    told = dict(rules_of({**RULES, "parts": [{"key": "expert", "name": {"ko": "전문가"}, "points": 10}]}))

    assert list(told) == ["진출", "경계선 동점", "자리", "동점 처리", "반올림", "이의신청"]


def test_a_term_is_counted_from_the_day_after_as_the_deadline_is():
    """Ten days from a publication on the first end with the eleventh: the day itself is not counted."""
    published = datetime(2026, 9, 1, 10, tzinfo=KST)
    assert deadline_after(published, 10) == datetime(2026, 9, 12, tzinfo=KST)

    told = dict(rules_of(RULES))

    assert told["이의신청"] == "공표한 다음 날부터 10일 안에 신청할 수 있고, 신청한 다음 날부터 30일 안에 답합니다."


@pytest.mark.parametrize(("decided_by", "sentence"), [("majority", BY_MAJORITY), ("committee", BY_COMMITTEE)])
def test_the_page_says_who_decides_the_gate_and_how(decided_by, sentence):
    gate = {"decided_by": decided_by, "sides": [], "asked": [], "components": []}
    page = render_to_string("programme/_gate.html", {"gate": gate})

    assert [words for words in (BY_MAJORITY, BY_COMMITTEE) if words in page] == [sentence]
