"""The verb that amends frozen rules: what it asks, what it refuses, and that the rows then say what the new edition says."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from evaluations.panels.actions import detect_everywhere
from evaluations.panels.models import Panelist
from evaluations.programme.amendments import (
    EVIDENCE_IS_IN,
    JUDGING,
    NOT_PAST,
    ROWS_STAY,
    Path,
    Sort,
    changes,
    sort_of,
    sorts_in,
)
from evaluations.programme.models import Configuration, Member, Stage
from evaluations.programme.phases import ORDER, Phase
from evaluations.results.compute import configuration_of
from evaluations.rubrics.models import Anchor, Criterion, Item, Part
from evaluations.scoring.canonical import digest
from evaluations.stagefile import rewrite
from evaluations.stagefile.amend import FROM_ELSEWHERE, CannotAmend, amend
from evaluations.stagefile.configuration import as_written, normal_form
from evaluations.stagefile.export import configuration, standing_configuration
from evaluations.stagefile.schema import STAGE, Field, Kind
from portal.accounts.seconding import SecondNeeded
from portal.audit.models import Event
from portal.audit.record import record
from portal.http import Refusal
from tests.committed import trigger_aside
from tests.factories import accounts, panels, programme
from tests.factories.proceedings import another_officer
from tests.factories.stagefile import a_frozen_stage, put

pytestmark = pytest.mark.django_db

CLOSES = ("timetable", "closes")
PUBLISHED = ("timetable", "published")
EXTENSION = (CLOSES, "2090-08-16T18:00:00+09:00"), (PUBLISHED, "2090-08-30T10:00:00+09:00")
"""Later than any clock these tests run by."""

ONE_OF_EACH = (
    (("programme", "ko"), "고친 사업"),
    (("name",), {"ko": "고친 단계"}),
    (("note", "en"), "A note"),
    *EXTENSION,
    (("advance", "quota"), 2),
    (("rounding", "item"), 2),
    (("tie_break",), ["expert"]),
    (("objection", "days"), 14),
    (("parts", 0, "items", 0, "points"), 12),
    (("parts", 0, "items", 1, "points"), 18),
    (("parts", 0, "items", 2, "targets", "na"), "70.5"),
    (("parts", 0, "items", 2, "direction"), "lower"),
    (("parts", 1, "floor"), None),
    (("parts", 1, "aggregate"), "trimmed_criteria"),
    (("parts", 1, "criteria", 0, "guide", "ko"), "설계를 봅니다."),
    (("parts", 1, "criteria", 0, "comment"), "optional"),
    (("parts", 1, "criteria", 1, "criteria", 1, "levels"), 6),
    (("parts", 1, "criteria", 1, "criteria", 1, "anchors", 0, "ko"), "기록이 모두 있다"),
    (("parts", 2, "items", 0, "prior"), "20"),
    (("rounds", 0, "name", "en"), "Documents"),
    (("gate", "decided_by"), "majority"),
    (("gate", "sides", 0, "name", "ko"), "기술 측면"),
    (("gate", "components", 0, "name", "ko"), "주된 모형"),
    (("gate", "items", 0, "text", "ko"), "처음부터 학습하였다."),
    (("users", "purpose", "ko"), "좋은 답변을 묻습니다."),
    (("users", "comparisons_per_person"), 6),
    (("users", "questions", 0, "text", "ko"), "도움이 됩니까?"),
    (("users", "strata", 0, "name", "ko"), "나이"),
    (("users", "strata", 0, "categories", 0, "quota"), 70),
    (("release", "minimum_n"), 6),
)
"""A value of every table that an amendment may write."""


@pytest.fixture
def officer():
    return accounts.an_officer()


@pytest.fixture
def stage(tmp_path) -> Stage:
    return a_frozen_stage(tmp_path)


def together(stage: Stage, *changed, reason: str = "전산 장애", config=None) -> Configuration:
    """Two officers amend the rules that hold in these places."""
    officer = accounts.User.objects.filter(email="officer@example.kr").first() or accounts.an_officer()
    amended = put(standing_configuration(stage), *changed) if config is None else config
    return amend(stage=stage, config=amended, by=officer, reason=reason, second=another_officer())


def why(stage: Stage, *changed, **more) -> list[str]:
    with pytest.raises(CannotAmend) as refusal:
        together(stage, *changed, **more)
    return refusal.value.lines


def test_a_deadline_is_not_moved_where_what_people_said_was_imported(tmp_path):
    """Held elsewhere, the stage came with its ballots; those of this site would be counted beside them."""
    stage = a_frozen_stage(tmp_path, Phase.OPEN, sample=False)
    record("stage loaded", stage=stage.slug, data={"config_digest": "", "files": {"ratings.csv": "0" * 64}})

    assert why(stage, *EXTENSION) == [FROM_ELSEWHERE]
    assert together(stage, EXTENSION[1]).version == 2


def test_a_plan_that_asks_nobody_is_refused_when_it_is_proposed(stage, officer):
    amended = put(
        standing_configuration(stage), (("users", "comparisons_per_person"), 0), (("users", "ratings_per_person"), 0)
    )

    with pytest.raises(CannotAmend) as refusal:
        amend(stage=stage, config=amended, by=officer, reason="전산 장애")

    assert any("모두 0입니다" in line for line in refusal.value.lines)
    assert Configuration.objects.count() == 1


def test_another_first_day_asks_anew_who_is_free_of_conflicts(stage, officer):
    """Whoever left three years and two days before the first day was free; with an earlier first day she is not."""
    member = Member.objects.filter(team__stage=stage).first()
    seat = panels.a_panelist(stage, accounts.an_expert())
    opens = timezone.localtime(stage.opens_at)
    left = opens.replace(year=opens.year - 3).date() - timedelta(days=2)
    seat.invitation.affiliations.all().delete()
    seat.invitation.affiliations.create(organisation=member.organisation, unit=member.unit, until=left)
    assert detect_everywhere(stage=stage, by=officer) == []

    together(stage, (("timetable", "opens"), (opens - timedelta(days=3)).isoformat()))

    assert [conflict.team for conflict in seat.conflicts.all()] == [member.team]


def test_reviewers_who_had_signed_are_asked_by_mail_to_sign_again(
    stage, mailoutbox, django_capture_on_commit_callbacks
):
    signed, gone = accounts.an_expert(), accounts.a_stranger()
    panels.a_panelist(stage, signed)
    left = panels.a_panelist(stage, gone)
    panels.a_panelist(stage, accounts.a_stranger("never@example.kr"), pledged=False)
    panels.a_panelist(stage, accounts.a_stranger("closed@example.kr", is_active=False))
    Panelist.objects.filter(pk=left.pk).update(replaced_by=panels.a_panelist(stage))

    with django_capture_on_commit_callbacks(execute=True):
        together(stage, *EXTENSION)

    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([signed.email], f"[{stage.programme_ko}] 평가 기준 정정 안내")
    ]
    stage.refresh_from_db()
    assert f"{timezone.localtime(stage.closes_at):%Y-%m-%d %H:%M}(한국시간)" in mailoutbox[0].body
    assert "/sheets/" in mailoutbox[0].body
    assert signed.name not in mailoutbox[0].body


def test_one_officer_says_what_would_change_and_changes_nothing(stage, officer):
    before, amended = standing_configuration(stage), put(standing_configuration(stage), *EXTENSION)

    with pytest.raises(SecondNeeded) as needed:
        amend(stage=stage, config=amended, by=officer, reason=" 전산 장애 ")

    asked = needed.value
    assert (asked.act, asked.subject, asked.stage_id, asked.reason) == ("amend", stage.pk, stage.pk, "전산 장애")
    assert asked.told == f"2판, 바뀌는 곳 2군데, 설정 지문 {digest(amended)[:16]}…"
    assert json.loads(asked.ground) == {"digest": digest(before), "phase": "frozen"}
    assert json.loads(asked.arguments) == {"config": amended}
    assert (configuration(stage), stage.configurations.count()) == (before, 1)


def test_all_that_may_be_amended_is_taken_up_by_the_rows(stage):
    before = standing_configuration(stage)

    made = together(stage, *ONE_OF_EACH)

    stage.refresh_from_db()
    amended = put(before, *ONE_OF_EACH)
    assert (made.version, made.digest, made.reason, stage.edition) == (2, digest(amended), "전산 장애", 2)
    assert configuration(stage) == configuration_of(stage) == amended
    assert stage.name_en == ""
    assert Stage.objects.get().quota == 2


def test_an_amendment_is_on_record_with_both_officers(stage):
    before = standing_configuration(stage)

    made = together(stage, *EXTENSION)

    event = Event.objects.get(kind="configuration amended")
    assert (made.event, event.reason, made.created_at) == (event, "전산 장애", event.at)
    assert json.loads(event.body)["data"] == {
        "version": 2, "digest": made.digest, "before": digest(before),
        "changed": ["timetable.closes", "timetable.published"], "second": another_officer().pk,
    }  # fmt: skip


def test_the_rows_are_frozen_again_afterwards(stage):
    together(stage, *EXTENSION)

    for row in (
        Stage.objects.get(),
        Part.objects.first(),
        Item.objects.first(),
        Criterion.objects.first(),
        Anchor.objects.first(),
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            row.save()


def test_amended_once_more_it_is_the_next_edition(stage):
    together(stage, *EXTENSION)
    together(stage, (("objection", "days"), 14))

    assert list(stage.configurations.values_list("version", flat=True)) == [1, 2, 3]
    assert Stage.objects.get().edition == 3
    assert configuration(Stage.objects.get())["objection"]["days"] == 14


def other(field: Field, value: Any) -> Any:
    """Another value that the field takes."""
    match field.kind:
        case Kind.WHOLE:
            return value + 1
        case Kind.FLAG:
            return not value
        case Kind.CHOICE:
            return field.choices[(field.choices.index(value) + 1) % len(field.choices)]
        case Kind.MOMENT:
            return (datetime.fromisoformat(value) + timedelta(minutes=1)).isoformat()
        case Kind.LINES | Kind.CHOICES | Kind.DECIMALS:
            return value[:-1]
        case Kind.PER_TEAM:
            return {team: f"{number}1" for team, number in value.items()}
    return f"{value}1"


def changed_all_over(field: Field, value: Any, sorts: frozenset[Sort], path: Path = ()) -> Any:
    """A configuration in which every value of these sorts is another; keys and marks name the rows."""
    if field.kind is Kind.ROWS:
        of_rows = replace(field, kind=Kind.TABLE)
        return [changed_all_over(of_rows, row, sorts, (*path, place)) for place, row in enumerate(value)]
    if field.kind is Kind.TABLE:
        return {name: changed_all_over(field.field(name), one, sorts, (*path, name)) for name, one in value.items()}
    kept = sort_of(path) not in sorts or path[-1] in ("key", "mark")
    return value if kept else other(field, value)


@pytest.mark.parametrize("phase", [Phase.FROZEN, Phase.OPEN, Phase.CLOSED, Phase.COUNTED])
def test_every_value_that_may_be_amended_in_a_phase_can_be_written_in_it(stage, phase):
    """The table of what may change, the columns that are written and those the triggers open say the same."""
    programme.in_phase(stage, phase)
    before = standing_configuration(stage)
    raw = changed_all_over(STAGE, before, sorts_in(phase, evidence=False))
    amended, _problems = normal_form(as_written(raw))
    assert {sort_of(change.path) for change in changes(before, amended)} == sorts_in(phase, evidence=False)
    programme.a_configuration(stage, version=2, taken_up=False)

    rewrite.rewrite_stage(stage, amended)

    assert configuration(Stage.objects.get()) == amended


def test_only_rows_that_say_something_else_are_written(stage, django_assert_num_queries):
    amended = put(standing_configuration(stage), (("rounds", 0, "name", "ko"), "서면"))
    programme.a_configuration(stage, version=2, taken_up=False)

    with django_assert_num_queries(12):  # one for every table but that of the stage, and one row written
        rewrite.rewrite_stage(stage, amended)


# ---------------------------------------------------------------- what is refused


def test_the_new_rules_are_held_against_all_that_a_file_is_held_against(stage):
    told = why(
        stage,
        (("parts", 0, "items", 0, "points"), 11),
        ((*CLOSES,), "2026-08-01T00:00:00+09:00"),
        (("advance", "quota"), 5),
        (("colour",), "red"),
    )

    assert [line.split(":")[0] for line in told] == [
        "colour",
        "일정 – 평가 마감",
        "진출 – 진출 팀 수",
        "평가 부문 ‘벤치마크’ – 배점",
    ]
    assert stage.configurations.count() == 1


@pytest.mark.parametrize(
    "config", [None, [], "", 7, {}, {"schema": 1}, {"timetable": {"closes": "morning"}}, {"teams": None}]
)
def test_what_is_no_configuration_is_refused(stage, config):
    with pytest.raises(CannotAmend):
        together(stage, config=config or [])


def test_every_place_that_must_stay_is_named_with_its_reason(stage):
    told = why(
        stage,
        (("slug",), "other"),
        (("teams", 0, "name", "ko"), "새 연구소"),
        (("parts", 0, "items", 1, "values"), ["math"]),
        (("users", "questions"), [{"key": "better", "text": {"ko": "낫습니까?"}}]),
    )

    assert told == [
        "식별자: 기록과 주소가 이 식별자로 단계를 찾습니다.",
        "새 연구소 › 이름(한국어): 이해관계 신고와 이름 노출 검사를 이 팀 이름과 구성 기관으로 마쳤습니다.",
        "벤치마크 › 공통 벤치마크 › 값의 키: 측정값이 이 키로 들어옵니다.",
        f"별점 물음: {ROWS_STAY}",
    ]


def test_nothing_new_is_no_amendment(stage):
    assert why(stage) == ["지금 기준과 다른 곳이 없습니다."]
    together(stage, *EXTENSION)
    assert why(stage, *EXTENSION) == ["지금 기준과 다른 곳이 없습니다."]


def test_while_people_judge_only_dates_and_words_change(stage):
    programme.in_phase(stage, Phase.OPEN)

    assert why(stage, (("objection", "days"), 14)) == [f"이의신청 기간(일): {JUDGING}"]
    words = ("parts", 1, "criteria", 0, "guide", "ko"), "설계를 봅니다."
    assert together(stage, *EXTENSION, words).version == 2
    assert Stage.objects.get().closes_at.year == 2090


def test_a_deadline_is_held_against_the_clock_of_the_database(stage):
    """The example's deadline is long past, as after an outage nobody noticed."""
    programme.in_phase(stage, Phase.OPEN)
    past = (timezone.now() - timedelta(minutes=1)).isoformat()
    soon = (timezone.now() + timedelta(minutes=5)).isoformat()

    assert why(stage, (CLOSES, past), EXTENSION[1]) == [f"평가 마감: {NOT_PAST}"]
    assert together(stage, (CLOSES, soon), EXTENSION[1]).version == 2


@pytest.mark.parametrize("phase", [phase for phase in ORDER if phase not in (Phase.FROZEN, Phase.OPEN)])
def test_after_the_close_only_the_day_of_the_result_and_the_note_change(stage, phase):
    programme.in_phase(stage, phase)
    allowed = phase in (Phase.CLOSED, Phase.COUNTED)

    if allowed:
        assert len(why(stage, *EXTENSION)) == 1
        assert together(stage, EXTENSION[1], (("note", "ko"), "다른 안내")).version == 2
    else:
        with pytest.raises(Refusal, match="국면이라 기준을 정정할 수 없습니다"):
            together(stage, EXTENSION[1])


def test_once_something_was_measured_nothing_that_is_scored_changes(tmp_path):
    stage = a_frozen_stage(tmp_path, files=("benchmarks.csv",))

    assert why(stage, (("parts", 1, "floor"), "20")) == [f"전문가 › 과락 기준: {EVIDENCE_IS_IN}"]
    assert together(stage, *EXTENSION).version == 2


@pytest.mark.parametrize("name", ["가나연구소", "Gana  Lab", "가온", "한빛대"])
def test_no_name_comes_into_words_that_judges_read(stage, name):
    guide = ("parts", 1, "criteria", 0, "guide", "ko")

    assert len(why(stage, (guide, f"{name}의 설계를 봅니다."))) == 1
    assert len(why(stage, *EXTENSION, reason=f"{name} 요청으로 늦춥니다.")) == 1
    assert "평가위원이 읽는 글에" in why(stage, (("note", "ko"), f"{name} 안내"))[0]


def test_a_name_that_stood_there_before_does_not_stop_other_words(tmp_path):
    stage = a_frozen_stage(tmp_path)
    with trigger_aside("programme_stage", "programme_stage_amended_counted"):
        Stage.objects.filter(pk=stage.pk).update(note_ko="가나연구소가 냅니다")
    stage.refresh_from_db()
    programme.a_configuration(stage, 2, body=json.dumps(configuration(stage), ensure_ascii=False))

    assert together(stage, (("note", "ko"), "가나연구소가 낸 것입니다")).version == 3


def test_rows_that_are_not_what_was_frozen_are_not_written_over(stage):
    with trigger_aside("programme_stage", "programme_stage_amended_frozen"):
        Stage.objects.filter(pk=stage.pk).update(quota=2)

    with pytest.raises(Refusal, match="확정된 기준과 달라"):
        together(stage, *EXTENSION)


def test_only_officers_amend_and_only_with_a_reason(stage, officer):
    amended = put(standing_configuration(stage), *EXTENSION)

    with pytest.raises(Refusal, match="사유를 적어야"):
        amend(stage=stage, config=amended, by=officer, reason=" ", second=another_officer())
    with pytest.raises(Refusal, match="담당자만"):
        amend(stage=stage, config=amended, by=accounts.an_expert(), reason="까닭")
    with pytest.raises(Refusal, match="두 담당자가"):
        amend(stage=stage, config=amended, by=officer, reason="까닭", second=officer)
    assert Stage.objects.get().edition == 1


def test_what_the_rows_cannot_hold_leaves_everything_as_it_was(stage, monkeypatch):
    monkeypatch.setattr("evaluations.stagefile.amend.rewrite_stage", lambda stage, config: None)

    assert why(stage, *EXTENSION) == ["이 정정은 지금 있는 팀, 부문과 항목에 옮겨 적을 수 없습니다."]
    assert (
        Stage.objects.get().edition,
        stage.configurations.count(),
        Event.objects.filter(kind="configuration amended").count(),
    ) == (1, 1, 0)
