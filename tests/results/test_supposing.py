"""What would be different, if: asked by the office when it weighs an objection, stored nowhere."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.proceedings.actions import advance_phase
from evaluations.programme.phases import ORDER, Phase
from evaluations.results import queries, tasks
from evaluations.results.models import ScoreRun
from evaluations.results.supposing import WhatIfForm, suppose
from evaluations.reviews.models import Sheet, Void
from evaluations.scoring import Evidence, Rules
from evaluations.stagefile.load import load_directory
from portal.audit.models import Event
from portal.audit.record import record
from tests.factories import accounts, programme, results
from tests.factories.proceedings import another_officer
from tests.factories.scoring import config

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    stage = results.a_stage_to_count()
    tasks.count(results.a_job(stage).pk)
    return programme.in_phase(stage, Phase.COUNTED)


@pytest.fixture
def officer(client):
    return accounts.sign_in(client, accounts.an_officer())


def an_example(name: str):
    """One of the examples, counted."""
    stage = load_directory(settings.BASE_DIR / "examples" / name, by="officer").stage
    officer = another_officer()
    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        stage = advance_phase(stage=stage, to=to, by=officer)
    tasks.count(results.a_job(stage).pk)
    return programme.in_phase(stage, Phase.COUNTED)


def page_of(stage) -> str:
    return reverse("admin:results_scorerun_what_if", args=[queries.latest_run(stage).pk])


def words(page) -> str:
    source = page.content.decode()
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", source[source.index('<div id="content"') :])))


def test_the_page_of_a_run_leads_to_it_and_it_begins_empty(officer, stage):
    run = queries.latest_run(stage)
    assert page_of(stage) in officer.get(reverse("admin:results_scorerun_change", args=[run.pk])).content.decode()

    page = officer.get(page_of(stage))

    assert (page.status_code, page.context["found"]) == (200, None)
    assert list(dict(page.context["form"].fields["void_seat"].choices)) == ["", *(f"위원 0{n}" for n in range(1, 6))]


def test_a_void_sheet_is_told_in_words_as_a_table_and_as_a_picture(officer, stage):
    page = officer.get(page_of(stage), {"void_seat": "위원 01", "void_team": "lg"})

    told = words(page)
    assert page.status_code == 200
    assert "위원 01 · 엘지팀 평가표 → 무효" in told
    assert "공식 결과는 바뀌지 않습니다." in told
    lg = next(row for row in page.context["found"].rows if row.team == "엘지팀")
    before, after = lg.pairs[0]
    assert before != after
    assert f"{before} → {after}" in told
    assert [row.place.label for row in page.context["found"].picture.rows] == [
        row.team for row in page.context["found"].rows
    ]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            {"mark_seat": "위원 02", "mark_team": "lg", "mark_criterion": "technology", "mark": "15"},
            "위원 02 · 엘지팀 · 기술력 평점 → 15",
        ),
        (
            {"mark_seat": "위원 02", "mark_team": "lg", "mark_criterion": "technology", "mark": "판단 불가"},
            "위원 02 · 엘지팀 · 기술력 평점 → 판단 불가",
        ),
        ({"value_team": "motif", "value_item": "nia", "value": "99.5"}, "모티프팀 · NIA 벤치마크 값 → 99.5"),
        ({"points_key": "expert", "points": "40"}, "전문가 배점 → 40점 (그 안의 배점은 같은 비율로)"),
        ({"void_seat": "위원 05"}, "위원 05 · 모든 평가표 → 무효"),
    ],
)
def test_each_kind_is_supposed_and_several_together(officer, stage, asked, told):
    more = asked | {"value_team": "skt", "value_item": "nia", "value": "1"} if "value_team" not in asked else asked

    assert told in words(officer.get(page_of(stage), asked))
    assert told in words(officer.get(page_of(stage), more))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"mark": ""}, "무엇이 달랐다면 어떨지 하나는 적어 주세요."),
        ({"void_team": "lg"}, "이 칸도 채워 주세요."),
        ({"mark_seat": "위원 01", "mark_team": "lg", "mark": "3"}, "이 칸도 채워 주세요."),
        (
            {"mark_seat": "위원 01", "mark_team": "lg", "mark_criterion": "technology", "mark": "많이"},
            "정수나 ‘판단 불가’를 적어 주세요.",
        ),
        (
            {"mark_seat": "위원 01", "mark_team": "lg", "mark_criterion": "technology", "mark": "16"},
            "평가표(위원 01, lg)",
        ),
        ({"value_team": "lg", "value_item": "nia", "value": "1e3"}, "수를 적어 주세요."),
        ({"value_team": "lg", "value_item": "nia", "value": "101"}, "nia"),
        ({"points_key": "expert", "points": "-1"}, "배점은 0보다 작을 수 없습니다."),
        ({"void_seat": "위원 99"}, "위원 99"),
    ],
)
def test_what_cannot_be_supposed_is_refused_with_everything_that_was_asked(officer, stage, asked, sentence):
    page = officer.get(page_of(stage), asked)

    assert (page.status_code, sentence in words(page)) == (422, True)
    for name in ("mark", "value", "points"):
        if asked.get(name):
            assert f'name="{name}" value="{asked[name]}"' in page.content.decode()


def test_nothing_is_written_and_nothing_else_is_understood(officer, stage):
    before = (ScoreRun.objects.count(), Event.objects.count(), queries.latest_run(stage).body)

    officer.get(page_of(stage), {"void_seat": "위원 01"})

    assert (ScoreRun.objects.count(), Event.objects.count(), queries.latest_run(stage).body) == before
    assert officer.get(page_of(stage), {"void__seat": "위원 01"}).status_code == 400
    assert officer.post(page_of(stage), {"void_seat": "위원 01"}).status_code == 405


def test_only_who_may_see_the_sheets_may_suppose_and_only_then(client, stage):
    path = page_of(stage)
    for person, status in ((accounts.an_officer(), 200), (accounts.an_auditor(), 200), (accounts.an_expert(), 404)):
        accounts.sign_in(client, person)
        seen = {}
        for phase in ORDER:
            programme.in_phase(stage, phase)
            seen[phase] = client.get(path).status_code
        counted = ORDER.index(Phase.COUNTED)
        assert seen == dict.fromkeys(ORDER[:counted], 404) | dict.fromkeys(ORDER[counted:], status)


def test_a_page_for_later_evidence_says_so(officer, stage):
    path = page_of(stage)
    assert "이 집계 뒤에" not in words(officer.get(path))

    results.a_decision(stage.teams.first(), "not_met")

    assert "이 집계 뒤에 자료나 결정, 세는 방법이 바뀌었거나" in words(officer.get(path))


def test_ballots_of_an_hour_that_nobody_has_folded_are_counted_along(officer, stage):
    path = page_of(stage)
    results.a_rating(stage.teams.first(), "late", {"helpful": 1, "korean": 1}, prompt=stage.prompts.first())

    page = officer.get(path, {"value_team": "lg", "value_item": "nia", "value": "92"})

    assert (page.status_code, page.context["stale"]) == (200, True)


@pytest.mark.parametrize("voters", [2, 20])
def test_it_costs_the_same_however_much_was_said(officer, voters, django_assert_num_queries):
    stage = results.a_stage_to_count(evidence=False)
    results.complete_evidence(stage, panelists=3, voters=voters)
    tasks.count(results.a_job(stage).pk)
    programme.in_phase(stage, Phase.COUNTED)
    path = page_of(stage)
    officer.get(path)

    with django_assert_num_queries(16):
        assert officer.get(path, {"void_seat": "위원 01"}).status_code == 200


def test_what_was_only_published_elsewhere_is_not_taken_over(officer):
    """Of the first stage ranks and advances were published, and only the winner's points: they cannot be counted anew."""
    stage = an_example("stage-1")

    page = officer.get(page_of(stage), {"value_team": "lg", "value_item": "expert", "value": "1"})

    (lg,) = [row for row in page.context["found"].rows if "LG" in row.team]
    assert page.context["found"].columns == ("총점", "순위", "진출")
    assert lg.pairs == (("90.2", "59.6"), ("셀 수 없음", "셀 수 없음"), ("미정", "미정"))


def test_of_a_stage_without_votes_there_is_nothing_to_suppose_void(officer):
    stage = an_example("extra-selection")

    page = officer.get(page_of(stage))

    assert (page.status_code, page.context["form"].fields["void_seat"].choices) == (200, [("", "고르지 않음")])


def test_where_a_majority_decides_a_vote_may_be_void_and_no_points_are_told():
    rules = Rules.from_config(config(advance={"by": "majority", "quota": 1, "quorum": 2}, teams=("a", "b")))
    votes = {(seat, team): "yes" for seat in ("p1", "p2") for team in ("a", "b")} | {("p2", "b"): "no"}
    evidence = Evidence({}, recognitions=votes)

    form = WhatIfForm({"void_seat": "p1", "void_team": "a"}, rules=rules, evidence=evidence)

    assert form.is_valid(), form.errors
    found = suppose(form, rules, evidence)
    assert (found.columns, found.picture) == (("진출",), None)
    assert [row.team for row in found.rows] == ["a", "b"]


@pytest.mark.parametrize(("points", "status"), [("9" * 30, 200), ("9" * 40, 422), ("0", 200)])
def test_a_weight_is_supposed_or_refused_with_a_sentence(officer, stage, points, status):
    asked = {"value_team": "lg", "value_item": "nia", "value": "100", "points_key": "benchmark.nia", "points": points}

    assert officer.get(page_of(stage), asked).status_code == status


def test_what_no_longer_counts_cannot_be_changed(officer, stage):
    sheet = Sheet.objects.filter(assignment__team__slug="lg").order_by("assignment__panelist__label").first()
    Void.objects.create(assignment=sheet.assignment, reason="까닭", event=record("sheet voided"))
    mark = {"mark_seat": "위원 01", "mark_team": "lg", "mark_criterion": "technology", "mark": "3"}

    for asked in (mark, {"void_seat": "위원 01", "void_team": "lg"}):
        page = officer.get(page_of(stage), asked)
        assert (page.status_code, "이미 세지 않는 평가표입니다." in words(page)) == (422, True)


def test_a_criterion_is_offered_with_what_it_belongs_to_and_its_scale(officer, stage):
    offered = dict(officer.get(page_of(stage)).context["form"].fields["mark_criterion"].choices)

    assert offered["technology"] == "전문가 – 기술력 (0–15)"
    assert offered["independence.weights"] == "전문가 – 독자성 – 가중치 학습 (1–5)"
