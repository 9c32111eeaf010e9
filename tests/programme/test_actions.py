"""A team's document on its way in, and its blind copy on its way out."""

import hashlib

import pytest

from evaluations.programme import actions
from evaluations.programme.models import BlindCopy, Round, Submission
from evaluations.programme.phases import Phase
from portal.audit.models import Event
from portal.http import Refusal, Stale
from tests.factories import accounts
from tests.factories.programme import a_member, a_round, a_stage, in_phase, in_state

pytestmark = pytest.mark.django_db

CLEAN = "# 기술 보고서\n\n우리는 처음부터 학습하였다.\n"
NAMING = "# 기술 보고서\n\n엘지팀은 처음부터 학습하였다.\n"


@pytest.fixture
def stage():
    return a_stage()


@pytest.fixture
def round(stage):
    return a_round(stage)


def take(stage, round, text=CLEAN, slug="lg") -> Submission:
    team = stage.teams.get(slug=slug)
    return actions.take_submission(team=team, round=round, title="보고서", text=text, file_name="a.md", by="officer")


def test_the_original_is_sealed_and_a_copy_without_names_is_released(stage, round):
    taken = take(stage, round, "---\nteam: lg\n---\n" + CLEAN)

    assert taken.digest == hashlib.sha256(taken.text.encode()).hexdigest()
    assert taken.text.startswith("---\nteam: lg")
    assert (taken.blind_copy.text, taken.blind_copy.released_by) == (CLEAN, "system")
    assert [e.kind for e in Event.objects.in_order()] == ["submission taken", "blind copy built", "blind copy released"]


def test_a_name_keeps_the_copy_back_until_an_officer_decides(stage, round):
    copy = take(stage, round, NAMING).blind_copy
    officer = accounts.an_officer()
    assert ([hit["name"] for hit in copy.hits], copy.released_at) == (["엘지팀"], None)

    with pytest.raises(Refusal, match="사유"):
        actions.release_blind_copy(copy=copy, by=officer, reason=" ")
    with pytest.raises(Refusal, match="담당자만"):
        actions.release_blind_copy(copy=copy, by=accounts.an_auditor(), reason="괜찮다")
    actions.release_blind_copy(copy=copy, by=officer, reason="인용한 논문의 이름이다")

    copy.refresh_from_db()
    assert (copy.released_by, copy.reason) == (officer.id, "인용한 논문의 이름이다")
    with pytest.raises(Stale):
        actions.release_blind_copy(copy=copy, by=officer, reason="한 번 더")


@pytest.mark.parametrize(
    ("phase", "state"), [("open", Round.State.LOCKED), ("closed", Round.State.WAITING), ("counted", Round.State.LOCKED)]
)
def test_a_copy_nobody_can_judge_by_any_more_stays_held_back(stage, round, phase, state):
    """It would only tell those who judged whose model it was."""
    copy = take(stage, round, NAMING).blind_copy
    Round.objects.filter(pk=round.pk).update(state=state)
    in_phase(stage, phase)

    with pytest.raises(Refusal, match="마감한 차수의 가림본은"):
        actions.release_blind_copy(copy=copy, by=accounts.an_officer(), reason="괜찮다")

    assert BlindCopy.objects.get().released_at is None


def test_names_of_members_and_their_other_names_are_looked_for(stage, round):
    team = stage.teams.get(slug="skt")
    team.aliases, team.model_name = ["에이닷"], "A.X K1"
    team.save(update_fields=["aliases", "model_name"])
    a_member(team, "크래프톤", aliases=["KRAFTON"])

    copy = take(stage, round, "에이닷, A.X K1, 크래프톤, krafton").blind_copy

    assert [hit["name"] for hit in copy.hits] == ["에이닷", "A.X K1", "크래프톤", "KRAFTON"]


@pytest.mark.parametrize(
    ("state", "why"), [(Round.State.OPEN, "평가를 시작한 뒤에는"), (Round.State.LOCKED, "마감한 차수에는")]
)
def test_a_form_that_was_opened_before_the_round_replaces_nothing(stage, round, state, why):
    take(stage, round)
    in_state(Round.objects.get(), state)  # by somebody else; `round` is what the form read

    with pytest.raises(Refusal, match=why):
        take(stage, round, CLEAN + "더 쓴 글\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "내용이 없습니다"),
        (" \n ", "내용이 없습니다"),
        ("가\n나\0다", "2번째 줄"),
        ("가\ud800", "1번째 줄"),
        ("가" * (actions.LONGEST + 1), "넘을 수 없습니다"),
    ],
)
def test_what_is_no_text_is_not_taken(stage, round, text, why):
    with pytest.raises(Refusal, match=why):
        take(stage, round, text)
    assert (Submission.objects.count(), BlindCopy.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_file_name_that_no_column_holds_is_refused(stage, round):
    with pytest.raises(Refusal, match=r"파일 이름은 200자까지 쓸 수 있습니다\(지금 201자\)"):
        actions.take_submission(
            team=stage.teams.first(),
            round=round,
            title="보고서",
            text="본문",
            file_name="가" * 198 + ".md",
            by="officer",
        )
    assert Submission.objects.count() == 0


def test_a_document_may_be_replaced_until_its_round_begins(stage, round):
    take(stage, round)
    assert take(stage, round).revision == 2

    in_phase(stage, Phase.OPEN)
    in_state(round, "open")
    with pytest.raises(Refusal, match="바꿀 수 없습니다"):
        take(stage, round)


@pytest.mark.parametrize(
    ("phase", "state"), [(Phase.CLOSED, "waiting"), (Phase.OPEN, "locked"), (Phase.COUNTED, "open")]
)
def test_nothing_comes_in_after_the_end(stage, round, phase, state):
    in_phase(stage, phase)
    in_state(round, state)
    with pytest.raises(Refusal, match="마감한"):
        take(stage, round)


def test_a_round_of_another_stage_is_refused(stage):
    with pytest.raises(Refusal, match="이 단계의"):
        take(stage, a_round(a_stage("other")))


def test_a_name_added_later_takes_a_released_copy_back(stage, round):
    copy = take(stage, round, "우리는 샛별모델을 학습하였다.").blind_copy
    assert copy.released_by == "system"
    a_member(stage.teams.get(slug="lg"), "샛별모델")

    assert actions.look_for_names(stage=stage) == 1

    copy.refresh_from_db()
    assert ([hit["name"] for hit in copy.hits], copy.released_at, copy.released_by) == (["샛별모델"], None, "")
    assert Event.objects.filter(kind="blind copy held back").count() == 1


def test_a_name_taken_away_lets_the_copy_go(stage, round):
    member = a_member(stage.teams.get(slug="lg"), "샛별모델")
    copy = take(stage, round, "우리는 샛별모델을 학습하였다.").blind_copy
    member.delete()

    assert actions.look_for_names(stage=stage) == 0

    copy.refresh_from_db()
    assert (copy.hits, copy.released_by) == ([], "system")


def test_what_an_officer_released_stays_released(stage, round):
    copy = take(stage, round, NAMING).blind_copy
    officer = accounts.an_officer()
    actions.release_blind_copy(copy=copy, by=officer, reason="괜찮다")

    assert actions.look_for_names(stage=stage) == 0

    copy.refresh_from_db()
    assert (copy.released_by, [hit["name"] for hit in copy.hits]) == (officer.id, ["엘지팀"])


def test_a_name_added_after_an_officer_released_it_asks_her_again(stage, round):
    copy = take(stage, round, "엘지팀은 샛별모델을 학습하였다.").blind_copy
    officer = accounts.an_officer()
    actions.release_blind_copy(copy=copy, by=officer, reason="앞의 이름은 괜찮다")
    a_member(stage.teams.get(slug="lg"), "샛별모델")

    assert actions.look_for_names(stage=stage) == 1

    copy.refresh_from_db()
    assert ([hit["name"] for hit in copy.hits], copy.released_at, copy.released_by) == (["샛별모델"], None, "")
    copy = actions.release_blind_copy(copy=copy, by=officer, reason="뒤의 이름도 괜찮다")
    assert actions.look_for_names(stage=stage) == 0
    copy.refresh_from_db()
    assert copy.released_by == officer.id


def test_what_was_decided_stays_decided_when_a_name_comes_and_goes(stage, round):
    copy = take(stage, round, "엘지팀은 샛별모델을 학습하였다.").blind_copy
    actions.release_blind_copy(copy=copy, by=accounts.an_officer(), reason="앞의 이름은 괜찮다")
    member = a_member(stage.teams.get(slug="lg"), "샛별모델")
    actions.look_for_names(stage=stage)
    member.delete()

    assert actions.look_for_names(stage=stage) == 0

    copy.refresh_from_db()
    assert (copy.hits, copy.released_by) == ([], "system")
