"""What is missing before each move: every single thing by its own sentence, and nothing where nothing is missing."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from evaluations.panels.models import Panelist
from evaluations.proceedings import actions
from evaluations.proceedings.readiness import CHECKS, missing_before, moves_from
from evaluations.programme.models import Stage
from evaluations.programme.phases import LABELS, MOVES, ORDER, Phase
from evaluations.ratings.models import Answer, Prompt, Question, RatingPlan
from evaluations.results import queries, tasks
from evaluations.rubrics.models import Criterion, GateScope, Item, Part
from evaluations.stagefile.load import load_directory
from portal.http import Refusal, Stale
from tests.factories import accounts, panels, programme, results, rubrics
from tests.factories.proceedings import another_officer
from tests.factories.stagefile import a_directory, a_majority_stage, example_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(tmp_path):
    """The example of docs/stage-file.md without evidence and documents: complete rules, answers, no panel."""
    kept = ("stage.toml", "prompts.csv", "answers.csv")
    none = dict.fromkeys(name for name in example_files() if name not in kept)
    loaded = load_directory(a_directory(tmp_path, none), by="test").stage
    Stage.objects.filter(pk=loaded.pk).update(**programme.around_now())
    loaded.refresh_from_db()
    return loaded


def in_time(stage: Stage) -> Stage:
    """Before the evaluation is to begin."""
    now = timezone.now()
    stage.frozen_at, stage.opens_at = now - timedelta(days=1), now + timedelta(days=1)
    stage.save(update_fields=["frozen_at", "opens_at"])
    return stage


def said(stage, to) -> list[str]:
    return [str(missing) for missing in missing_before(stage, to)]


def test_a_complete_stage_lacks_nothing(stage):
    assert said(in_time(stage), Phase.FROZEN) == []


def test_rules_that_are_frozen_after_the_beginning_are_told_to_the_office(stage):
    (told,) = missing_before(stage, Phase.FROZEN)

    assert (str(told)[:8], told.blocks) == ("평가 시작 시각", False)


def test_another_stage_of_the_same_name_is_told_and_does_not_block(stage):
    programme.a_stage("another", name_ko=stage.name_ko)

    told = missing_before(in_time(stage), Phase.FROZEN)

    assert [("식별자 another" in str(one), one.blocks) for one in told] == [(True, False)]


def test_a_stage_that_says_nothing_of_its_release_can_be_looked_at(client, tmp_path):
    (tmp_path / "stage.toml").write_text(a_majority_stage(gate=False), encoding="utf-8")
    silent = load_directory(tmp_path, by="test").stage
    accounts.sign_in(client, accounts.an_officer())

    assert missing_before(silent, Phase.FROZEN)
    assert client.get(reverse("admin:proceedings_page", args=[silent.pk])).status_code == 200


def test_estimates_that_nobody_would_read_are_told(stage):
    own = [*stage.release["own"], "estimates"]

    def told(**policy) -> list[str]:
        Stage.objects.filter(pk=stage.pk).update(release=stage.release | {"own": own} | policy)
        stage.refresh_from_db()
        return said(in_time(stage), Phase.FROZEN)

    assert told(public=["total", "rank", "estimates"], teams="all") == []
    (sentence,) = told(public=["rank", "estimates"], teams="all")
    assert "추정은 모든 팀의 총점과 순위를" in sentence


def test_a_timetable_that_is_past_or_still_to_come_is_told_and_does_not_block(stage):
    def advised(to: Phase, **days: int) -> list[str]:
        times = {f"{name}_at": timezone.now() + timedelta(days=day) for name, day in days.items()}
        Stage.objects.filter(pk=stage.pk).update(**times)
        stage.refresh_from_db()
        return [one.sentence[:5] for one in missing_before(stage, to) if not one.blocks and "시각(" in one.sentence]

    past = {"opens": -3, "closes": -2, "published": -1}
    assert advised(Phase.FROZEN, **past) == advised(Phase.OPEN, **past) == ["마감 시각"]
    to_come = {"opens": 1, "closes": 2, "published": 3}
    assert (advised(Phase.FROZEN, **to_come), advised(Phase.OPEN, **to_come)) == ([], ["시작 시각"])
    assert advised(Phase.OPEN, opens=-1, closes=1, published=2) == []


@pytest.mark.parametrize("to", [Phase.FROZEN, Phase.OPEN])
def test_imported_evidence_is_not_counted_with_what_people_say_here(tmp_path, to):
    stage = load_directory(a_directory(tmp_path), by="test").stage
    now = timezone.now()
    later = {"frozen_at": 1, "opens_at": 2, "closes_at": 3, "published_at": 4}
    earlier = {"frozen_at": -4, "opens_at": -3, "closes_at": -2, "published_at": -1}

    def mixed(days: dict[str, int], **fields) -> list[str]:
        times = {name: now + timedelta(days=day) for name, day in days.items()}
        Stage.objects.filter(pk=stage.pk).update(**times, **fields)
        stage.refresh_from_db()
        return [sentence for sentence in said(stage, to) if sentence.startswith("들여온")]

    told = mixed(later, sample=False)

    assert [sentence[:10] for sentence in told] == ["들여온 투표가 있습", "들여온 평가표가 있", "들여온 관문 결정이"]
    assert mixed(later, sample=True) == []
    assert mixed(earlier, sample=False) == []


def test_every_move_forward_has_a_check():
    assert set(CHECKS) == set(ORDER) - {Phase.PREPARING}
    assert {to for moves in MOVES.values() for to in moves} == set(CHECKS)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda s: Stage.objects.filter(pk=s.pk).update(quota=9),
            "진출 – 진출 팀 수: 진출 팀 수가 팀 수(2)보다 많습니다.",
        ),
        (
            lambda s: Stage.objects.filter(pk=s.pk).update(time_zone="Mars/North"),
            "시간대: 알 수 없는 시간대입니다(예: Asia/Seoul).",
        ),
        (
            lambda s: [
                s.strata.create(key=f"k{n}", name_ko=f"{n}", position=9 + n, categories=[{"key": "c" * 50, "ko": "가"}])
                for n in range(4)
            ],
            "자를 넘지 않게 키를 줄여 주세요.",
        ),
        (lambda s: Stage.objects.filter(pk=s.pk).update(tie_break=["nothing"]), "동점 처리 순서 1번째: 평가 부문이나"),
        (
            lambda s: Stage.objects.filter(pk=s.pk).update(release={"public": ["total"], "own": ["rank"]}),
            "공개 방침 – 팀에게 알리는 것: 공개하는 것은 팀에게도 알려야 합니다: 총점",
        ),
        (lambda s: s.teams.filter(position=0).update(aliases=[s.teams.get(position=1).name_ko]), "다른 팀"),
        (lambda s: s.rounds.all().delete(), "평가 차수: 평가위원이 판단하는 것이 있으면"),
        (lambda s: s.rounds.update(counts=False), "점수에 반영하는 차수가 하나 있어야 합니다."),
        (
            lambda s: Criterion.objects.filter(part__stage=s, parent=None).update(points=1),
            "평가 부문 ‘전문가’ – 평가 항목 ‘독자성’ – 배점: 배점은",
        ),
        (lambda s: Item.objects.filter(part__stage=s, rule="share").update(maximum="0"), " – 만점: 0보다 커야 합니다."),
        (lambda s: Item.objects.filter(part__stage=s, source="ratings").update(source="opinions"), " – 출처: ratings"),
        (
            lambda s: GateScope.objects.all().delete(),
            "독자성 관문 – 관문 항목 ‘weights’: 묻는 구성요소가 하나도 없습니다.",
        ),
        (
            lambda s: Stage.objects.filter(pk=s.pk).update(gate_decided_by=""),
            "독자성 관문 – 관문 결정: 값이 없습니다.",
        ),
        (lambda s: RatingPlan.objects.all().delete(), "국민 평가를 쓰는 항목이 있는데 국민 평가 계획이 없습니다."),
        (
            lambda s: RatingPlan.objects.update(comparisons_per_person=0),
            "비교를 쓰는 항목이 있는데 한 사람의 비교 수가 0입니다.",
        ),
        (lambda s: Question.objects.all().delete(), "별점을 매길 물음이 없습니다."),
        (lambda s: Answer.objects.filter(team__position=0).delete(), "답변이 없습니다."),
        (lambda s: [Answer.objects.all().delete(), Prompt.objects.all().delete()], "국민에게 보일 질문이 없습니다."),
        (
            lambda s: Answer.objects.filter(team__position=0).update(
                text=s.teams.first().name_ko, hits=[{"name": "x"}]
            ),
            "이름이 발견된",
        ),
    ],
)
def test_each_thing_that_is_missing_before_the_freeze_is_named(stage, change, sentence):
    change(stage)
    stage = Stage.objects.get()

    found = said(stage, Phase.FROZEN)

    assert any(sentence in one for one in found), found
    with pytest.raises(Refusal):
        actions.advance_phase(stage=stage, to=Phase.FROZEN, by=accounts.an_officer())
    assert Stage.objects.get().phase == Phase.PREPARING


def test_a_stage_without_teams_is_named():
    assert "팀: 값이 없습니다." in said(programme.a_stage("empty", teams=[]), Phase.FROZEN)


def test_a_name_added_after_the_answers_came_in_stops_the_freeze(stage):
    """The page did not know of it yet; the move looks once more, and what it found stays to be seen."""
    team = stage.teams.first()
    team.aliases = [Answer.objects.filter(team__position=1).first().text.split()[0]]
    team.save(update_fields=["aliases"])
    assert said(in_time(stage), Phase.FROZEN) == []

    with pytest.raises(Refusal, match="이름이 발견된 답변이"):
        actions.advance_phase(stage=stage, to=Phase.FROZEN, by=accounts.an_officer())

    assert Answer.objects.exclude(hits=[]).exists()
    assert any("이름이 발견된 답변이" in one for one in said(stage, Phase.FROZEN))


def test_a_stage_without_parts_is_named_unless_a_majority_decides():
    empty = programme.a_stage("empty")
    assert "평가 부문이 없습니다." in said(empty, Phase.FROZEN)

    Stage.objects.filter(pk=empty.pk).update(advance_by="majority", quorum=3)
    assert "평가 부문이 없습니다." not in said(Stage.objects.get(), Phase.FROZEN)


@pytest.fixture
def frozen(stage):
    stage.refresh_from_db()
    return actions.advance_phase(stage=stage, to=Phase.FROZEN, by=accounts.an_officer())


def test_a_stage_with_criteria_does_not_open_without_a_panel(frozen):
    assert said(frozen, Phase.OPEN) == ["평가위원이 없습니다."]


def test_seats_that_are_not_ready_are_counted_and_do_not_block(frozen):
    ready = panels.a_panelist(frozen, accounts.an_expert())
    panels.an_assignment(ready, frozen.teams.first(), frozen.rounds.first())
    panels.an_invitation(panels.a_panelist(frozen), email="two@example.kr")
    panels.a_panelist(frozen)
    replaced = panels.a_panelist(frozen)
    Panelist.objects.filter(pk=replaced.pk).update(replaced_by=ready)

    found = missing_before(frozen, Phase.OPEN)

    assert [str(one) for one in found if "자료" not in str(one)] == [
        "위촉을 수락하지 않은 자리가 2개 있습니다.", "서약하지 않은 자리가 2개 있습니다.", "배정이 없는 자리가 2개 있습니다.",
        "가린 차수에서 맡는 팀이 3개보다 적은 자리가 1개 있습니다. 한 팀을 알면 나머지도 짐작할 수 있습니다.",
    ]  # fmt: skip
    assert [one.blocks for one in found] == [False] * len(found)


def test_who_signed_the_rules_before_they_were_amended_has_not_signed_these(frozen):
    panels.a_panelist(frozen, accounts.an_expert())
    assert [one for one in said(frozen, Phase.OPEN) if "서약" in one] == []

    amended = json.loads(frozen.configurations.get().body) | {"note": {"ko": "고친 안내"}}
    programme.a_configuration(frozen, version=2, reason="안내를 고침", body=json.dumps(amended))

    assert [one for one in said(frozen, Phase.OPEN) if "서약" in one] == ["서약하지 않은 자리가 1개 있습니다."]


def of_documents(stage) -> list[str]:
    return [one for one in said(stage, Phase.OPEN) if "자료" in one or "가림본" in one]


def test_a_document_that_panelists_will_not_find_is_named_by_team_and_round(stage):
    talk = programme.a_round(stage, "talk", name_ko="발표평가", kind="presentation", counts=False)
    frozen = actions.advance_phase(stage=stage, to=Phase.FROZEN, by=accounts.an_officer())
    panels.a_panelist(frozen)
    (first, *others), written = frozen.teams.all(), frozen.rounds.get(kind="document")
    assert of_documents(frozen) == [f"‘{team}’ 팀의 ‘{written}’ 자료가 없습니다." for team in (first, *others)]

    for team in (first, *others):
        programme.a_blind_copy(programme.a_submission(team, written))
    assert of_documents(frozen) == []

    programme.a_blind_copy(programme.a_submission(first, written, revision=2), released=False)
    programme.a_blind_copy(programme.a_submission(first, talk))
    assert of_documents(frozen) == [
        f"‘{first}’ 팀의 ‘{written}’ {HELD}",
        *(f"‘{team}’ 팀의 ‘{talk}’ 자료가 없습니다." for team in others),
    ]


HELD = (
    "가림본이 보류되어 있습니다. 차수를 연 뒤에는 자료를 바꿀 수 없으므로, "
    "먼저 발견된 이름을 확인하고 공개하거나 자료를 다시 받아 주세요."
)


def test_a_document_held_back_stands_in_the_way_of_the_round_it_is_read_in(stage):
    """That of a later round does so when the round is opened."""
    talk = programme.a_round(stage, "talk", name_ko="발표평가", kind="presentation", counts=False)
    frozen = actions.advance_phase(stage=stage, to=Phase.FROZEN, by=accounts.an_officer())
    panels.a_panelist(frozen)
    team, written = frozen.teams.first(), frozen.rounds.get(kind="document")
    for round in (written, talk):
        programme.a_blind_copy(programme.a_submission(team, round), released=False)

    held = [(str(one), one.blocks) for one in missing_before(frozen, Phase.OPEN) if "보류" in str(one)]

    assert held == [(f"‘{team}’ 팀의 ‘{round}’ {HELD}", round == written) for round in (written, talk)]


def test_a_stage_without_criteria_opens_without_a_panel():
    bare = programme.a_stage("bare", **programme.around_now())
    Part.objects.create(stage=bare, key="all", kind="measured", name_ko="전체", points=100, given=True)

    assert said(programme.in_phase(bare, Phase.FROZEN), Phase.OPEN) == []


@pytest.mark.parametrize("gate_only", [False, True])
def test_people_who_judge_without_giving_marks_are_missed_as_well(gate_only):
    """By a majority, or on a gate beside measured parts: it may have been judged elsewhere, so nothing stands in the way."""
    majority = {} if gate_only else {"advance_by": "majority", "quorum": 1}
    stage = programme.a_stage("bare", **majority, **programme.around_now())
    if gate_only:
        Part.objects.create(stage=stage, key="all", kind="measured", name_ko="전체", points=100, given=True)
        rubrics.a_gate(stage)
    programme.in_phase(stage, Phase.FROZEN)

    (nobody,) = missing_before(stage, Phase.OPEN)
    assert (str(nobody), nobody.blocks) == ("평가위원이 없습니다.", False)

    panels.a_panelist(stage)
    assert said(stage, Phase.OPEN)[:3] == [
        "위촉을 수락하지 않은 자리가 1개 있습니다.", "서약하지 않은 자리가 1개 있습니다.", "배정이 없는 자리가 1개 있습니다.",
    ]  # fmt: skip


PATH = re.compile(r"[a-z]+(_[a-z]+)*(\.[a-z0-9_]+)*\([가-힣]|stage\.toml|\[[a-z]+\]")


def test_the_office_reads_of_a_stage_it_built_itself_no_path_of_a_file(client):
    """Sentences name the thing in the words of the forms; what was loaded from a file names file and line besides."""
    told = {"public": ["total"], "own": ["rank"]}
    stage = in_time(programme.a_stage("bare", tie_break=["nothing"], release=told, **programme.around_now()))
    Part.objects.create(stage=stage, key="expert", kind="experts", name_ko="전문가", points=100)
    accounts.sign_in(client, accounts.an_officer())

    sentences = said(stage, Phase.FROZEN)
    page = client.get(reverse("admin:proceedings_page", args=[stage.pk])).content.decode()

    assert len(sentences) == 3
    assert [sentence for sentence in sentences if PATH.search(sentence)] == []
    assert all(escape(sentence) in page for sentence in sentences)


def test_the_close_waits_for_the_deadline_and_tells_of_open_sheets():
    now = timezone.now()
    stage = programme.a_stage(
        frozen_at=now - timedelta(days=3), opens_at=now - timedelta(days=2), closes_at=now + timedelta(hours=1),
        published_at=now + timedelta(days=9),
    )  # fmt: skip
    round = programme.a_round(stage)
    panels.an_assignment(panels.a_panelist(stage), stage.teams.first(), round)
    programme.in_phase(stage, Phase.OPEN)

    deadline, sheets = missing_before(stage, Phase.CLOSED)

    local = timezone.localtime(stage.closes_at)
    assert (str(deadline), deadline.blocks) == (f"마감 시각({local:%Y-%m-%d %H:%M} KST)이 지나지 않았습니다.", True)
    assert (str(sheets), sheets.blocks) == ("확인된 평가표가 없는 배정이 1건 있습니다.", False)


def test_counting_waits_for_a_count_that_stands():
    stage = results.a_stage_to_count()
    assert said(stage, Phase.COUNTED) == ["집계 결과가 없습니다. 먼저 집계를 시작해 주세요."]

    job = results.a_job(stage)
    assert said(stage, Phase.COUNTED) == ["집계가 아직 끝나지 않았습니다."]
    tasks.count(job.pk)
    assert said(stage, Phase.COUNTED) == []

    results.a_decision(stage.teams.first())
    assert said(stage, Phase.COUNTED) == ["마지막 집계 뒤에 기준, 근거 자료나 결정이 바뀌었습니다. 다시 집계해 주세요."]
    results.a_job(stage, state="failed", error="부문의 합이 다릅니다.")
    assert said(stage, Phase.COUNTED) == ["마지막 집계가 실패했습니다. 부문의 합이 다릅니다."]


def test_confirming_waits_for_every_decision():
    stage = results.a_stage_to_count()
    tasks.count(results.a_job(stage).pk)
    programme.in_phase(stage, Phase.COUNTED)

    assert said(stage, Phase.CONFIRMED) == [
        f"‘{team.name_ko}’ 팀의 독자성 관문 결정이 없습니다." for team in stage.teams.all()
    ]
    assert [(one.where, one.what) for one in missing_before(stage, Phase.CONFIRMED)] == [
        (reverse("admin:results_gateteam_decide", args=[team.pk]), "관문 결정") for team in stage.teams.all()
    ]

    for team in stage.teams.all():
        results.a_decision(team)
    tasks.count(results.a_job(stage).pk)
    assert said(stage, Phase.CONFIRMED) == []
    assert said(programme.in_phase(stage, Phase.CONFIRMED), Phase.PUBLISHED) == []


def test_confirming_waits_until_it_is_said_of_every_team_whether_it_advances():
    stage = results.a_stage_on_the_line()

    waiting = [
        f"‘{name}’ 팀의 진출 여부가 정해지지 않았습니다: 경계선에서 점수가 같아 위원회가 정합니다."
        for name in ("에스케이팀", "업스테이지팀")
    ]
    assert said(stage, Phase.CONFIRMED) == waiting
    assert [(one.where, one.what) for one in missing_before(stage, Phase.CONFIRMED)] == [
        (reverse("admin:results_lineteam_decide", args=[stage.teams.get(slug=team).pk]), "경계선 결정")
        for team in ("skt", "upstage")
    ]
    results.a_line_decision(stage.teams.get(slug="skt"))
    results.a_line_decision(stage.teams.get(slug="upstage"), "out")
    assert said(stage, Phase.CONFIRMED) == [
        "마지막 집계 뒤에 기준, 근거 자료나 결정이 바뀌었습니다. 다시 집계해 주세요."
    ]
    results.count_again(stage)
    assert said(stage, Phase.CONFIRMED) == []
    results.a_line_decision(stage.teams.get(slug="skt"), "out", revision=2)
    results.count_again(stage)
    assert said(stage, Phase.CONFIRMED) == []


def test_a_seat_that_the_committee_leaves_empty_is_asked_about_again():
    stage = results.a_stage_on_the_line()
    results.a_line_decision(stage.teams.get(slug="skt"), "out")
    results.count_again(stage)

    assert said(stage, Phase.CONFIRMED) == [
        "‘업스테이지팀’ 팀의 진출 여부가 정해지지 않았습니다: 경계선에서 점수가 같아 위원회가 정합니다."
    ]


def test_a_confirmed_stage_that_leaves_a_team_undecided_is_not_published():
    """It was confirmed before this was asked; it goes back, to where it can be decided."""
    stage = results.a_stage_on_the_line()

    (skt, _upstage) = missing_before(programme.in_phase(stage, Phase.CONFIRMED), Phase.PUBLISHED)

    assert (skt.blocks, skt.where) == (True, "")
    assert "‘에스케이팀’ 팀의 진출 여부가 정해지지 않았습니다" in str(skt)


def test_the_end_waits_for_the_objection_period():
    stage = results.a_stage_to_count(Phase.CONFIRMED)
    tasks.count(results.a_job(programme.in_phase(stage, Phase.CLOSED)).pk)
    results.a_publication(queries.latest_run(stage))
    programme.in_phase(stage, Phase.PUBLISHED)

    (waiting,) = missing_before(stage, Phase.FINAL)

    last = timezone.localtime(queries.objection_deadline(stage)) - timedelta(days=1)
    assert (str(waiting), waiting.blocks) == (
        f"이의신청 기간({last:%Y-%m-%d} 24:00까지, 한국시간)이 끝나지 않았습니다.", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("phase", "back"),
    [(Phase.COUNTED, Phase.CLOSED), (Phase.CONFIRMED, Phase.COUNTED), (Phase.PUBLISHED, Phase.COUNTED)],
)
def test_a_step_back_lacks_nothing_but_a_reason(phase, back):
    stage = programme.in_phase(programme.a_stage(), phase)
    officer = accounts.an_officer()
    assert missing_before(stage, back) == []

    with pytest.raises(Refusal, match="사유"):
        actions.advance_phase(stage=stage, to=back, by=officer, reason="  ")
    moved = actions.advance_phase(stage=stage, to=back, by=officer, reason="근거 자료의 오류", second=another_officer())
    assert moved.phase == back


def test_only_the_moves_of_the_table_are_made():
    officer = accounts.an_officer()
    stage = programme.a_stage()
    for phase in ORDER:
        for to in ORDER:
            programme.in_phase(stage, phase)
            if to in MOVES[phase]:
                continue
            with pytest.raises(Refusal, match="옮길 수 없습니다"):
                actions.advance_phase(stage=stage, to=to, by=officer, reason="까닭")
            assert Stage.objects.get().phase == phase
    assert [list(moves_from(phase)) for phase in ORDER] == [list(MOVES[phase]) for phase in ORDER]


def test_a_page_from_before_the_last_move_moves_nothing():
    stage = programme.in_phase(programme.a_stage(), Phase.COUNTED)
    seen = Stage.objects.get()
    programme.in_phase(stage, Phase.CONFIRMED)

    with pytest.raises(Stale, match=LABELS[Phase.CONFIRMED]):
        actions.advance_phase(stage=seen, to=Phase.CLOSED, by=accounts.an_officer(), reason="까닭")
