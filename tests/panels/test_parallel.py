"""The panel while somebody else is at it too, on the real database with its own locks."""

import pytest
from django.db import transaction

from evaluations.panels import actions
from evaluations.panels.conflicts import Post
from evaluations.panels.models import Assignment, Conflict, Invitation, Panelist, Pledge, Recusal, Waiver
from evaluations.programme.models import Round, Stage
from evaluations.programme.phases import Phase
from portal.audit.models import Event
from portal.http import Refusal
from tests.committed import at_once, let_evidence_be_flushed, while_another
from tests.factories import accounts, panels, programme

pytestmark = pytest.mark.django_db(transaction=True)
let_evidence_be_flushed()


@pytest.fixture
def officer():
    return accounts.an_officer()


@pytest.fixture
def expert():
    return accounts.an_expert()


@pytest.fixture
def stage():
    """Frozen, with one round."""
    stage = programme.a_stage()
    programme.a_round(stage)
    programme.a_configuration(stage)
    return programme.in_phase(stage, Phase.FROZEN)


def verbs_on(seat: Panelist, officer, expert) -> dict:
    """Every verb of the panel, about rows that were read before the close."""
    stage = seat.stage
    lg, skt, upstage, _ = stage.teams.all()
    round, empty = stage.rounds.get(), panels.a_panelist(stage)
    asked = panels.an_invitation(panels.a_panelist(stage), email="asked@example.kr")
    unsigned = panels.a_panelist(stage, accounts.a_stranger(), pledged=False)
    given, conflict = panels.an_assignment(seat, lg, round), panels.a_conflict(seat, skt)
    return {
        "create_seats": lambda: actions.create_seats(stage=stage, number=1, by=officer),
        "invite": lambda: actions.invite(panelist=empty, email="a@example.kr", name="가", by=officer),
        "invite_many": lambda: actions.invite_many(
            stage=stage, people=[actions.Person("가", "a@example.kr")], by=officer
        ),
        "reinvite": lambda: actions.reinvite(invitation=asked, by=officer),
        "decline": lambda: actions.decline(invitation=asked, reason="time"),
        "record_affiliations": lambda: actions.record_affiliations(
            panelist=seat, posts=[Post("멀리대학교", "통계학과")], by=expert
        ),
        "declare_conflict": lambda: actions.declare_conflict(panelist=seat, team=upstage, ground="other", by=expert),
        "note_conflict": lambda: actions.note_conflict(
            panelist=seat, team=upstage, ground="other", by=officer, note="들었다"
        ),
        "detect_everywhere": lambda: actions.detect_everywhere(stage=stage, by=officer),
        "waive": lambda: actions.waive(conflict=conflict, by=officer, reason="없다"),
        "sign_pledge": lambda: actions.sign_pledge(
            panelist=unsigned, by=Invitation.objects.get(panelist=unsigned).user
        ),
        "assign": lambda: actions.assign(panelist=seat, round=round, by=officer),
        "assign_everybody": lambda: actions.assign_everybody(stage=stage, by=officer),
        "recuse": lambda: actions.recuse(assignment=given, reason="아니다", by=officer),
        "replace": lambda: actions.replace(panelist=seat, by=officer, reason="바쁘다"),
    }


@pytest.mark.parametrize(
    "verb",
    [
        "create_seats", "invite", "invite_many", "reinvite", "decline", "record_affiliations", "declare_conflict",
        "note_conflict", "detect_everywhere", "waive", "sign_pledge", "assign", "assign_everybody", "recuse", "replace",
    ],
)  # fmt: skip
def test_who_waited_while_another_officer_closed_the_stage_changes_nothing(stage, officer, expert, verb):
    seat = panels.a_panelist(stage, expert)
    act, before = verbs_on(seat, officer, expert)[verb], Event.objects.count()

    answer = while_another(lambda: programme.in_phase(Stage.objects.get(), Phase.CLOSED), act)

    assert isinstance(answer, Refusal)
    assert Event.objects.count() == before
    assert not Recusal.objects.exists() and not Waiver.objects.exists()


def test_who_waited_while_another_officer_locked_the_round_assigns_nothing(stage, officer, expert):
    seat, round = panels.a_panelist(stage, expert), stage.rounds.get()

    def lock():
        programme.in_phase(Stage.objects.get(), Phase.OPEN)
        programme.in_state(Round.objects.get(), Round.State.LOCKED)

    answer = while_another(lock, lambda: actions.assign(panelist=seat, round=round, by=officer))

    assert isinstance(answer, Refusal) and "잠긴 차수" in str(answer)
    assert Assignment.objects.count() == 0


def test_one_person_is_invited_to_one_seat_by_two_officers_at_once(stage, officer):
    first, second = panels.a_panelist(stage), panels.a_panelist(stage)
    asked = panels.an_invitation(panels.a_panelist(stage), email="asked@example.kr")

    answers = at_once(
        lambda: actions.invite(panelist=first, email="prof@example.kr", name="한초대", by=officer),
        lambda: actions.invite(panelist=second, email="Prof@example.kr", name="한초대", by=officer),
        lambda: actions.reinvite(invitation=asked, by=officer, email="prof@example.kr", name="한초대"),
    )

    refused = [str(answer) for answer in answers if isinstance(answer, Refusal)]
    assert refused == ["이 이메일은 같은 단계의 다른 자리에 이미 초대되었습니다."] * 2
    assert Invitation.objects.filter(email="prof@example.kr").count() == 1


def test_who_was_taken_off_comes_back_to_one_seat_of_those_she_is_asked_for_at_once(stage, officer, expert):
    seat, free = panels.a_panelist(stage, expert), panels.a_panelist(stage)
    new = actions.replace(panelist=seat, by=officer, reason="부호명을 다시 정한다")
    asked = {"email": expert.email, "name": expert.name, "by": officer}

    answers = at_once(
        lambda: actions.invite(panelist=new, **asked),
        lambda: actions.invite(panelist=free, **asked),
        lambda: actions.invite_many(stage=stage, people=[actions.Person(expert.name, expert.email)], by=officer),
    )

    assert sum(isinstance(answer, Refusal) for answer in answers) == 2
    assert Invitation.objects.filter(ended_at=None, email=expert.email).count() == 1


def test_nobody_is_asked_for_another_seat_while_she_is_being_taken_off_one_in_vain(stage, officer, expert):
    """The seat is replaced, the other officer waits, and the act is taken back: she sits where she sat."""
    seat, free = panels.a_panelist(stage, expert), panels.a_panelist(stage)

    def replace_in_vain():
        with transaction.atomic():
            actions.replace(panelist=Panelist.objects.get(pk=seat.pk), by=officer, reason="바쁘다")
            transaction.set_rollback(True)

    answers = at_once(
        replace_in_vain,
        lambda: actions.invite(panelist=free, email=expert.email, name=expert.name, by=officer),
    )

    assert [str(answer) for answer in answers if isinstance(answer, Refusal)] == [
        "이 이메일은 같은 단계의 다른 자리에 이미 초대되었습니다."
    ]
    assert Invitation.objects.get().panelist_id == seat.pk


def test_everybody_at_the_panel_at_once_ends_and_nobody_waits_in_a_circle(stage, officer, expert):
    stranger = accounts.a_stranger()
    one, other = panels.a_panelist(stage, expert), panels.a_panelist(stage, stranger)
    round, team = stage.rounds.get(), stage.teams.first()
    given = panels.an_assignment(one, team, round)

    answers = at_once(
        lambda: actions.replace(panelist=one, by=officer, reason="바쁘다"),
        lambda: actions.recuse(assignment=given, reason="아니다", by=expert),
        lambda: actions.declare_conflict(panelist=other, team=team, ground="other", by=stranger),
        lambda: actions.sign_pledge(panelist=other, by=stranger),
        lambda: actions.invite_many(stage=stage, people=[actions.Person("가", "a@example.kr")], by=officer),
        lambda: actions.create_seats(stage=stage, number=2, by=officer),
        lambda: actions.detect_everywhere(stage=stage, by=officer),
    )

    assert [answer for answer in answers if isinstance(answer, Refusal) and "이미 물러난" not in str(answer)] == []
    assert Recusal.objects.get().assignment == given
    assert (Conflict.objects.count(), Pledge.objects.filter(panelist=other).count()) == (1, 1)
    assert Panelist.objects.get(pk=one.pk).replaced_by is not None
