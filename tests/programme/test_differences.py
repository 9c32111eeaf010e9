"""Differences as people read them, in both languages."""

import tomllib

import pytest
from django.utils import translation

from evaluations.programme.amendments import Change, generic
from evaluations.programme.differences import LABELS, OF_ROWS, Difference, differences, steps_to
from evaluations.stagefile.configuration import normal_form
from evaluations.stagefile.schema import STAGE, Kind
from tests.factories.stagefile import example_files, put
from tests.language import HANGUL
from tests.programme.test_amendments import leaves


@pytest.fixture(scope="module")
def config():
    return normal_form(tomllib.loads(example_files()["stage.toml"]))[0]


def told(config, *changed) -> list[tuple[str, str, str]]:
    found = differences(config, put(config, *changed))
    return [(" › ".join(one.steps), one.before, one.after) for one in found]


def test_a_place_is_told_by_the_names_on_the_way_to_it(config):
    assert told(config, (("timetable", "closes"), "2026-08-16T18:30:00+09:00")) == [
        ("평가 마감", "2026-08-14 18:00 한국시간(UTC+9)", "2026-08-16 18:30 한국시간(UTC+9)")
    ]
    assert told(config, (("parts", 0, "items", 0, "points"), 11)) == [("벤치마크 › 공공 벤치마크 › 배점", "10", "11")]
    assert told(config, (("parts", 1, "criteria", 1, "criteria", 1, "anchors", 0, "ko"), "모두 있다")) == [
        ("전문가 › 독자성 › 가중치 › 수준 설명 5(한국어)", "처음부터 학습하였고 기록이 모두 있다", "모두 있다")
    ]
    assert told(config, (("name", "ko"), "새 이름")) == [("단계명(한국어)", "시범 단계평가", "새 이름")]
    assert told(config, (("users", "questions", 0, "text", "ko"), "어떻습니까?")) == [
        ("별점 물음 helpful › 글(한국어)", "도움이 되었습니까?", "어떻습니까?")
    ]
    assert told(config, (("users", "strata", 0, "categories", 0, "quota"), 70)) == [
        ("연령대 › 50세 미만 › 할당 인원", "60", "70")
    ]
    assert told(config, (("parts", 0, "items", 2, "targets", "na"), "70")) == [
        ("벤치마크 › 개별 벤치마크 › 팀별 목표 다라기술", "69.37", "70")
    ]


def test_a_value_is_told_as_people_say_it(config):
    assert told(config, (("advance", "line_ties"), "all"), (("advance", "pass_on_seats"), True)) == [
        ("경계선 동점", "위원회 결정", "모두 진출"),
        ("자리 승계", "아니오", "예"),
    ]
    assert told(config, (("parts", 1, "floor"), None), (("release", "own"), ["total", "rank"])) == [
        ("전문가 › 과락 기준", "14", "–"),
        (
            "팀에게 알리는 것",
            "총점, 부문 점수, 측정 항목 점수, 평가 항목 점수, 순위, 독자성 관문, 진출 여부, 전체 평균",
            "총점, 순위",
        ),
    ]
    assert told(config, (("tie_break",), None)) == [("동점 처리 순서", "expert, expert.technology", "–")]


def test_a_moment_is_told_to_the_second_where_it_has_one(config):
    (found,) = told(config, (("timetable", "closes"), "2026-08-16T09:30:05+00:00"))

    assert found[2] == "2026-08-16 18:30:05 한국시간(UTC+9)"


def test_in_english_it_is_told_in_english(config):
    with translation.override("en"):
        assert told(config, (("timetable", "closes"), "2026-08-16T18:30:00+09:00")) == [
            ("Closes", "2026-08-14 18:00 Korean time (UTC+9)", "2026-08-16 18:30 Korean time (UTC+9)")
        ]
        assert told(config, (("parts", 0, "points"), 41)) == [("Benchmarks › Points", "40", "41")]
        assert told(config, (("advance", "line_ties"), "none")) == [
            ("Ties at the line", "Committee decides", "None advances")
        ]


def test_every_place_of_a_stage_file_is_called_something():
    for path in leaves(STAGE):
        place = generic(tuple(step for step in path if step not in ("ko", "en")))
        assert place in LABELS or place.rpartition(".")[2] in OF_ROWS, place


def test_a_place_nobody_knows_is_told_as_it_stands():
    assert differences({"version": 1}, {"version": 2}) == [Difference(("version",), "1", "2")]
    assert steps_to(Change(("parts", 7, "new"), None, 1), {}) == ("평가 부문 7", "new")


def test_english_labels_hold_no_korean():
    with translation.override("en"):
        assert [str(word) for word in (*LABELS.values(), *OF_ROWS.values()) if HANGUL.search(str(word))] == []


def test_the_kinds_of_values_are_known():
    """Days and moments outside the timetable would be told as they are kept."""
    assert {".".join(path) for path in _of_kind(STAGE, Kind.MOMENT)} == {
        "timetable.frozen", "timetable.opens", "timetable.closes", "timetable.published",
    }  # fmt: skip


def _of_kind(field, kind, path=()):
    for member in field.fields:
        if member.kind is kind:
            yield (*path, member.name)
        yield from _of_kind(member, kind, (*path, member.name))
