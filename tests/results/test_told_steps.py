"""What a policy lets through, and nothing beside it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.results import release
from evaluations.scoring import count, explain_all
from tests.factories.scoring import an_example


def explained(slug, team):
    rules, evidence = an_example(slug)
    return json.loads(json.dumps(explain_all(rules, evidence, count(rules, evidence))))[team]


def every(steps):
    for step in steps:
        yield step
        yield from every(step["steps"])


LG = explained("stage-2", "lg")
OWN = frozenset({"total", "parts", "items", "criteria", "rank", "gate", "advances"})


def test_a_team_is_told_every_step_but_those_of_single_people():
    told = release.told_steps(LG, OWN)

    assert [step["title"] for step in told] == [
        "벤치마크 평가 (40점 만점)", "전문가 평가 (35점 만점)", "국민·사용자 평가 (25점 만점)", "총점", "순위",
        "과락 기준", "독자성 관문", "진출 여부", "하나가 없었다면",
    ]  # fmt: skip
    expert = told[1]
    assert [step["title"] for step in expert["steps"]] == ["항목별 평균"]
    assert [step["steps"] for step in expert["steps"][0]["steps"]] == [[]] * 14
    assert "위원 0" not in json.dumps(told, ensure_ascii=False)


def test_a_team_learns_how_many_panelists_its_rank_hangs_on_and_not_who_they_are():
    without = release.told_steps(LG, OWN)[-1]

    rank = without["steps"][0]
    assert rank["sentence"].startswith("평가위원 10명 가운데 5명은 그 사람이 없었다면 순위가 달라집니다.")
    assert {step["level"] for step in rank["steps"]} == {"items", "criteria"}


def test_below_the_least_number_of_sheets_nothing_is_told_of_single_answers():
    told = release.told_steps(LG, frozenset({"total", "rank", "gate", "advances"}))

    assert [(step["title"], step["steps"]) for step in told] == [
        ("총점", []), ("순위", []), ("과락 기준", []), ("독자성 관문", []), ("진출 여부", []),
    ]  # fmt: skip


@given(st.sets(st.sampled_from(release.LEVELS)))
@settings(deadline=None)
def test_no_policy_lets_a_single_sheet_or_the_line_through(levels):
    told = list(every(release.told_steps(LG, frozenset(levels))))

    assert {step["level"] for step in told} <= levels
    assert not any("위원 0" in json.dumps(step, ensure_ascii=False) for step in told)
    assert not any(step["title"] == "경계선과의 차이" for step in told)


@pytest.mark.parametrize("level", ["sheets", "margin"])
def test_what_is_the_offices_alone_is_no_level_of_a_policy(level):
    config = {"release": {"minimum_n": 1}}

    assert level not in release.LEVELS
    assert release.levels_of(["total", level], config, None) == {"total"}
