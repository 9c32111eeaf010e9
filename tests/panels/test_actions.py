"""From an empty seat to an assignment, and out of it again."""

import json
from datetime import date, timedelta
from itertools import islice

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.panels import actions, pledge
from evaluations.panels.conflicts import Post
from evaluations.panels.models import Assignment, Conflict, Invitation, Panelist, Pledge, Recusal
from evaluations.programme.models import Round
from evaluations.programme.phases import ORDER, Phase
from portal.audit.models import AccessRecord, Event
from portal.http import Refusal, Stale
from tests.factories import accounts, panels, programme

pytestmark = pytest.mark.django_db

HOME = [Post("멀리대학교", "통계학과")]


@pytest.fixture
def officer():
    return accounts.an_officer()


@pytest.fixture
def expert():
    return accounts.an_expert()


@pytest.fixture
def stage():
    """Frozen, with one round; nobody on the panel yet."""
    stage = programme.a_stage()
    programme.a_round(stage)
    programme.a_configuration(stage)
    return programme.in_phase(stage, Phase.FROZEN)


@pytest.fixture
def seat(stage, expert):
    """Her seat, with where she works and the pledge signed."""
    return panels.a_panelist(stage, expert)


def in_phase(seat: Panelist, phase: Phase) -> Panelist:
    programme.in_phase(seat.stage, phase)
    return Panelist.objects.select_related("stage").get(pk=seat.pk)


def kinds() -> list[str]:
    return list(Event.objects.in_order().values_list("kind", flat=True))


# ---------------------------------------------------------------- seats


def test_seats_are_numbered_on_from_those_there_are(stage, officer):
    actions.create_seats(stage=stage, number=2, by=officer)
    panels.a_panelist(stage, label="위원 04")

    made = actions.create_seats(stage=stage, number=2, by=officer)

    assert [seat.label for seat in made] == ["위원 03", "위원 05"]
    assert kinds()[-2:] == ["seat created", "seat created"]


@pytest.mark.parametrize("number", [0, -1, 201])
def test_no_or_too_many_seats_are_refused(stage, officer, number):
    with pytest.raises(Refusal, match="1개부터 200개"):
        actions.create_seats(stage=stage, number=number, by=officer)


def test_every_verb_of_the_office_is_for_officers(seat, expert):
    team, round = seat.stage.teams.first(), seat.stage.rounds.first()
    assignment = panels.an_assignment(seat, team, round)
    conflict = panels.a_conflict(seat, seat.stage.teams.last())
    empty = panels.a_panelist(seat.stage)
    invitation = panels.an_invitation(empty)
    auditor, before = accounts.an_auditor(), Event.objects.count()

    for verb in (
        lambda by: actions.create_seats(stage=seat.stage, number=1, by=by),
        lambda by: actions.invite(panelist=empty, email="a@example.kr", name="가", by=by),
        lambda by: actions.reinvite(invitation=invitation, by=by),
        lambda by: actions.reveal_person(panelist=seat, by=by, reason="알고 싶다"),
        lambda by: actions.note_conflict(panelist=seat, team=team, ground="other", by=by, note="들었다"),
        lambda by: actions.detect_conflicts(panelist=seat, by=by),
        lambda by: actions.waive(conflict=conflict, by=by, reason="없다"),
        lambda by: actions.assign(panelist=seat, round=round, by=by),
        lambda by: actions.replace(panelist=seat, by=by, reason="바쁘다"),
    ):
        for by in (expert, auditor):
            with pytest.raises(Refusal, match="담당자만"):
                verb(by)
    with pytest.raises(Refusal, match="자신의 자리에서만"):
        actions.recuse(assignment=assignment, reason="아니다", by=accounts.a_stranger())
    assert Event.objects.count() == before


def test_every_verb_of_the_panelist_is_for_the_one_who_sits_there(seat, officer):
    team = seat.stage.teams.first()
    before = Event.objects.count()

    for by in (officer, accounts.a_stranger()):
        for verb in (
            lambda by: actions.record_affiliations(panelist=seat, posts=HOME, by=by),
            lambda by: actions.declare_conflict(panelist=seat, team=team, ground="other", by=by),
            lambda by: actions.sign_pledge(panelist=seat, by=by),
        ):
            with pytest.raises(Refusal, match="자신의 자리에서만"):
                verb(by)
    assert Event.objects.count() == before


@pytest.mark.parametrize("phase", [phase for phase in ORDER if ORDER.index(phase) >= ORDER.index(Phase.CLOSED)])
def test_after_the_close_the_panel_does_not_change(seat, expert, officer, phase):
    team, round = seat.stage.teams.first(), seat.stage.rounds.first()
    assignment = panels.an_assignment(seat, team, round)
    empty = panels.a_panelist(seat.stage)
    invitation = panels.an_invitation(panels.a_panelist(seat.stage), email="other@example.kr")
    conflict = panels.a_conflict(seat, seat.stage.teams.last())
    seat, empty = in_phase(seat, phase), in_phase(empty, phase)
    assignment = Assignment.objects.get(pk=assignment.pk)
    conflict = Conflict.objects.get(pk=conflict.pk)
    before = Event.objects.count()

    for verb in (
        lambda: actions.create_seats(stage=seat.stage, number=1, by=officer),
        lambda: actions.invite(panelist=empty, email="a@example.kr", name="가", by=officer),
        lambda: actions.reinvite(invitation=invitation, by=officer),
        lambda: actions.record_affiliations(panelist=seat, posts=HOME, by=expert),
        lambda: actions.declare_conflict(panelist=seat, team=team, ground="other", by=expert),
        lambda: actions.note_conflict(panelist=seat, team=team, ground="other", by=officer, note="들었다"),
        lambda: actions.detect_conflicts(panelist=seat, by=officer),
        lambda: actions.waive(conflict=conflict, by=officer, reason="없다"),
        lambda: actions.sign_pledge(panelist=seat, by=expert),
        lambda: actions.assign(panelist=seat, round=round, by=officer),
        lambda: actions.recuse(assignment=assignment, reason="아니다", by=officer),
        lambda: actions.replace(panelist=seat, by=officer, reason="바쁘다"),
    ):
        with pytest.raises(Refusal, match="마감한 단계"):
            verb()
    assert Event.objects.count() == before


# ---------------------------------------------------------------- invitations


def invite(stage, officer, email="New@Example.kr", name="한초대"):
    return actions.invite(panelist=panels.a_panelist(stage), email=email, name=name, by=officer)


def token_of(invited: actions.Invited) -> str:
    return invited.link.rstrip("/").rsplit("/", 1)[1]


@pytest.mark.parametrize(("closes", "days"), [(30, 14), (3, 3), (-3, 14)])
def test_a_link_outlives_no_evaluation(officer, closes, days):
    now = timezone.now()
    times = {"frozen_at": closes - 3, "opens_at": closes - 2, "closes_at": closes, "published_at": closes + 9}
    stage = programme.a_stage(**{name: now + timedelta(days=day) for name, day in times.items()})

    invitation = actions.invite(
        panelist=panels.a_panelist(stage), email="new@example.kr", name="한초대", by=officer
    ).invitation
    again = actions.reinvite(invitation=invitation, by=officer).invitation

    for one in (invitation, again):
        assert round((one.expires_at - now) / timedelta(days=1)) == days


def test_an_invitation_is_one_mail_with_a_link_that_is_kept_nowhere(officer, django_capture_on_commit_callbacks):
    seat = panels.a_panelist(programme.a_stage(programme_ko="R&D <평가>"))
    with django_capture_on_commit_callbacks(execute=True):
        invited = actions.invite(panelist=seat, email="New@Example.kr", name="한초대", by=officer)

    (letter,) = mail.outbox
    invitation = invited.invitation
    assert letter.to == ["new@example.kr"]
    assert letter.subject == "[R&D <평가>] 평가위원 위촉 안내"
    assert invited.link in letter.body
    assert letter.body.startswith("R&D <평가> 2차 단계평가의 평가위원으로")
    assert invited.link.startswith("http://127.0.0.1:8000/panel/invitations/")
    assert actions.invitation_of(token_of(invited)) == invitation
    assert invitation.token_digest == actions.digest_of(token_of(invited))
    assert invitation.expires_at - invitation.sent_at == timedelta(days=14)
    assert AccessRecord.objects.get().whose == invitation.id


def test_the_ledger_knows_a_seat_and_never_a_person(stage, officer):
    invite(stage, officer, email="hidden@example.kr", name="숨은이름")

    for body in Event.objects.values_list("body", flat=True):
        assert "숨은이름" not in body and "hidden" not in body


def test_a_seat_is_offered_to_one_person_and_a_person_gets_one_seat(stage, officer):
    invited = invite(stage, officer)

    with pytest.raises(Refusal, match="이미 초대되었습니다"):
        actions.invite(panelist=invited.invitation.panelist, email="b@example.kr", name="나", by=officer)
    with pytest.raises(Refusal, match="다른 자리에 이미"):
        invite(stage, officer, email="new@example.kr")
    with pytest.raises(Refusal, match="들여온 자리"):
        actions.invite(
            panelist=Panelist.objects.create(stage=stage, label="자료", imported=True),
            email="b@example.kr", name="나", by=officer,
        )  # fmt: skip


@pytest.mark.parametrize("make", [accounts.a_citizen, accounts.an_officer, accounts.an_auditor])
def test_an_address_in_use_for_another_role_is_refused(stage, make):
    other = make(email="taken@example.kr")
    officer = accounts.an_officer(email="second@example.kr")

    with pytest.raises(Refusal, match="평가위원이 아닌 계정"):
        invite(stage, officer, email=other.email)


def test_an_address_somebody_typed_into_the_sign_up_page_can_be_invited(stage, officer):
    accounts.an_unproven_citizen("prof@example.kr")

    assert invite(stage, officer, email="prof@example.kr").invitation.email == "prof@example.kr"


def test_a_new_link_ends_the_old_one_and_may_go_to_somebody_else(stage, officer):
    first = invite(stage, officer)

    second = actions.reinvite(invitation=first.invitation, by=officer, email="Other@example.kr", name="다른이")

    assert actions.invitation_of(token_of(first)) is None
    found = actions.invitation_of(token_of(second))
    assert (found.email, found.name) == ("other@example.kr", "다른이")


def test_who_declined_can_be_asked_again(stage, officer):
    first = invite(stage, officer)
    actions.decline(invitation=first.invitation, reason="time")
    assert actions.invitation_of(token_of(first)) is None

    second = actions.reinvite(invitation=first.invitation, by=officer)

    assert actions.invitation_of(token_of(second)).declined_at is None


def test_the_place_of_somebody_who_declined_may_be_offered_her_again_elsewhere(stage, officer):
    first = invite(stage, officer)
    actions.decline(invitation=first.invitation, reason="time")

    invite(stage, officer)
    with pytest.raises(Refusal, match="다른 자리에 이미"):
        actions.reinvite(invitation=first.invitation, by=officer)


def test_accepting_takes_the_seat_once(stage, officer):
    invited = invite(stage, officer, email="expert@example.kr")
    expert = accounts.an_expert()

    seat = actions.accept(invitation=invited.invitation, by=expert)

    assert list(Panelist.objects.of_user(expert)) == [seat]
    assert actions.invitation_of(token_of(invited)) is None
    assert Event.objects.get(kind="invitation accepted").actor == seat.id
    with pytest.raises(Stale, match="이미 답하셨거나"):
        actions.accept(invitation=invited.invitation, by=expert)
    with pytest.raises(Stale, match="이미 답하셨거나"):
        actions.decline(invitation=invited.invitation, reason="time")
    with pytest.raises(Refusal, match="이미 수락한"):
        actions.reinvite(invitation=invited.invitation, by=officer)


@pytest.mark.parametrize("make", [accounts.a_stranger, lambda: accounts.a_citizen(email="expert@example.kr")])
def test_only_the_invited_expert_accepts(stage, officer, make):
    invited = invite(stage, officer, email="expert@example.kr")

    with pytest.raises(Refusal, match="초대받은 이메일"):
        actions.accept(invitation=invited.invitation, by=make())


def test_who_runs_the_evaluation_by_now_cannot_accept(stage, officer):
    invited = invite(stage, officer, email="kim+x@a.kr")
    accounts.an_auditor("kim@a.kr")

    with pytest.raises(Refusal, match="수락하실 수 없습니다"):
        actions.accept(invitation=invited.invitation, by=accounts.an_expert("kim+x@a.kr"))

    assert Invitation.objects.get().accepted_at is None


def test_a_link_ends_with_its_time_and_with_the_evaluation(stage, officer):
    invited = invite(stage, officer)
    Invitation.objects.update(expires_at=timezone.now())
    assert actions.invitation_of(token_of(invited)) is None

    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert actions.invitation_of(token_of(invited)) is not None
    programme.in_phase(stage, Phase.CLOSED)
    assert actions.invitation_of(token_of(invited)) is None


def test_looking_who_sits_there_needs_a_reason_and_is_on_record(seat, officer):
    with pytest.raises(Refusal, match="사유"):
        actions.reveal_person(panelist=seat, by=officer, reason="  ")
    assert AccessRecord.objects.count() == 0

    shown = actions.reveal_person(panelist=seat, by=officer, reason="사례금 지급", source="192.0.2.1")

    record = AccessRecord.objects.get()
    assert shown.name == "김평가"
    assert (record.actor, record.action, record.whose, record.reason, record.source) == (
        officer.id, "person behind seat", shown.id, "사례금 지급", "192.0.2.1",
    )  # fmt: skip


# ---------------------------------------------------------------- affiliations and conflicts


def test_affiliations_take_the_place_of_those_before_and_show_conflicts(seat, expert):
    lg = seat.stage.teams.first()

    found = actions.record_affiliations(
        panelist=seat, posts=[Post("엘지팀", "연구소"), Post("한국대학교", "철학과", date(2020, 3, 1))], by=expert
    )

    assert [(one.team, one.ground, one.source, one.note) for one in found] == [
        (lg, "unit_unknown", "rule", "엘지팀: 팀이 부서를 정하지 않고 기관 전체로 참여")
    ]
    assert list(seat.invitation.affiliations.order_by("organisation").values_list("organisation", "unit")) == [
        ("엘지팀", "연구소"),
        ("한국대학교", "철학과"),
    ]
    assert json.loads(Event.objects.get(kind="affiliations recorded").body)["data"] == {"posts": 2}
    assert "엘지" not in Event.objects.get(kind="affiliations recorded").body
    again = actions.record_affiliations(panelist=seat, posts=[Post("엘지팀", "연구소")], by=expert)
    assert again == []
    assert seat.invitation.affiliations.count() == 1


def test_no_affiliation_at_all_is_asked_for_again(seat, expert):
    with pytest.raises(Refusal, match="무소속"):
        actions.record_affiliations(panelist=seat, posts=[], by=expert)

    assert seat.invitation.affiliations.count() == 1


def test_a_declared_conflict_takes_her_out_at_once(seat, expert, officer):
    actions.assign(panelist=seat, round=seat.stage.rounds.first(), by=officer)
    lg = seat.stage.teams.first()

    conflict = actions.declare_conflict(panelist=seat, team=lg, ground="relative", by=expert)

    assert (conflict.source, conflict.get_ground_display()) == ("declared", "연구자의 친족")
    assert [one.team_id for one in Assignment.objects.exclude(recusal=None)] == [lg.id]
    assert Recusal.objects.get().reason == "이해충돌: 연구자의 친족"
    assert actions.declare_conflict(panelist=seat, team=lg, ground="relative", by=expert) == conflict
    assert Recusal.objects.count() == 1


def test_who_does_research_for_one_team_is_out_of_all(seat, expert, officer):
    actions.assign(panelist=seat, round=seat.stage.rounds.first(), by=officer)
    lg, *others = seat.stage.teams.all()

    actions.declare_conflict(panelist=seat, team=lg, ground="researcher", by=expert)

    grounds = {(one.team, one.ground, one.source) for one in Conflict.objects.filter(panelist=seat)}
    assert grounds == {(lg, "researcher", "declared"), *((team, "mutual", "rule") for team in others)}
    assert Assignment.objects.standing().filter(panelist=seat).count() == 0


def test_a_team_of_another_stage_is_no_team_here(seat, expert, officer):
    stranger = programme.a_stage("other").teams.first()

    with pytest.raises(Refusal, match="이 단계의 팀이 아닙니다"):
        actions.declare_conflict(panelist=seat, team=stranger, ground="other", by=expert)
    with pytest.raises(Refusal, match="어떻게 알게"):
        actions.note_conflict(panelist=seat, team=seat.stage.teams.first(), ground="other", by=officer, note=" ")


def test_the_office_looks_again_after_aliases_changed(officer, expert):
    stage = programme.a_stage()
    seat = panels.a_panelist(stage, expert)
    programme.a_configuration(stage)
    assert actions.detect_conflicts(panelist=seat, by=officer) == []
    programme.a_member(stage.teams.last(), "멀리대")

    (found,) = actions.detect_conflicts(panelist=seat, by=officer)

    assert (found.team, found.ground) == (stage.teams.last(), "unit_unknown")
    assert actions.detect_conflicts(panelist=seat, by=officer) == []


def test_what_was_noted_as_the_same_unit_and_waived_does_not_come_back_as_an_unknown_one(officer, expert):
    stage = programme.a_stage()
    seat = panels.a_panelist(stage, expert)
    programme.a_configuration(stage)
    team = stage.teams.last()
    programme.a_member(team, "멀리대")
    actions.waive(conflict=panels.a_conflict(seat, team, "same_unit"), by=officer, reason="다른 전문가가 없다")

    assert actions.detect_conflicts(panelist=seat, by=officer) == []


def test_she_reads_why_she_was_kept_from_a_team_but_not_what_the_office_noted(seat):
    lg, skt, upstage, _ = seat.stage.teams.all()

    told = [
        panels.a_conflict(seat, lg, "unit_unknown", note="한국대: 신고한 소속에 부서가 없음").told,
        panels.a_conflict(seat, skt, "relative", source="officer", note="한제보가 알려 주었다").told,
        panels.a_conflict(seat, upstage, "mutual").told,
    ]

    assert told == [
        "같은 기관이며 같은 부서인지 가릴 수 없음(한국대: 신고한 소속에 부서가 없음)", "연구자의 친족", "상호 평가",
    ]  # fmt: skip


def test_a_conflict_may_be_lifted_for_a_reason_but_never_a_researchers_own(seat, expert, officer):
    lg, skt, *_ = seat.stage.teams.all()
    round = seat.stage.rounds.first()
    kin = actions.declare_conflict(panelist=seat, team=lg, ground="relative", by=expert)
    other = panels.a_panelist(seat.stage)
    own = panels.a_conflict(other, skt, "researcher")

    with pytest.raises(Refusal, match="제27조제4항"):
        actions.waive(conflict=own, by=officer, reason="사람이 없다")
    with pytest.raises(Refusal, match="사유"):
        actions.waive(conflict=kin, by=officer, reason="")
    actions.waive(conflict=kin, by=officer, reason="다른 전문가를 찾을 수 없음")

    with pytest.raises(Stale, match="이미 예외"):
        actions.waive(conflict=kin, by=officer, reason="다시")
    given = actions.assign(panelist=seat, round=round, by=officer)
    assert lg in [one.team for one in given]


# ---------------------------------------------------------------- the pledge


def test_the_pledge_is_signed_against_the_rules_of_today_once(stage, expert):
    seat = panels.a_panelist(stage, expert, pledged=False)
    digest = stage.configurations.get().digest
    assert not pledge.pledged(seat)

    signed = actions.sign_pledge(panelist=seat, by=expert, config_digest=digest)

    assert (signed.config_digest, signed.text_digest) == (digest, pledge.TEXT_DIGEST)
    assert actions.sign_pledge(panelist=seat, by=expert) == signed
    assert pledge.pledged(seat)
    assert json.loads(Event.objects.get(kind="pledge signed").body)["data"] == {
        "config_digest": digest, "text_digest": pledge.TEXT_DIGEST,
    }  # fmt: skip


def test_a_new_configuration_asks_again(seat, expert):
    old = seat.stage.configurations.get().digest
    programme.a_configuration(seat.stage, version=2, reason="오탈자를 고침")

    assert not pledge.pledged(seat)
    with pytest.raises(Stale, match="기준이 바뀌었습니다"):
        actions.sign_pledge(panelist=seat, by=expert, config_digest=old)
    actions.sign_pledge(panelist=seat, by=expert)

    assert pledge.pledged(seat)
    assert Pledge.objects.filter(panelist=seat).count() == 2


def test_there_is_nothing_to_pledge_before_the_rules_are_frozen_nor_without_affiliations(stage, expert):
    early = panels.a_panelist(programme.a_stage("early"), expert)
    with pytest.raises(Refusal, match="아직 확정하지"):
        actions.sign_pledge(panelist=early, by=expert)
    seat = panels.a_panelist(stage, expert, pledged=False)
    seat.invitation.affiliations.all().delete()

    with pytest.raises(Refusal, match="먼저 신고"):
        actions.sign_pledge(panelist=seat, by=expert)

    assert Pledge.objects.count() == 0


# ---------------------------------------------------------------- assignments


def test_every_team_without_a_conflict_is_given_under_letters_and_places_of_her_own(seat, officer):
    conflicted = seat.stage.teams.last()
    panels.a_conflict(seat, conflicted)

    given = actions.assign(panelist=seat, round=seat.stage.rounds.first(), by=officer)

    assert {one.team for one in given} == set(seat.stage.teams.exclude(pk=conflicted.pk))
    assert sorted(one.alias for one in given) == ["가", "나", "다"]
    assert [one.position for one in given] == [1, 2, 3]
    assert actions.assign(panelist=seat, round=seat.stage.rounds.first(), by=officer) == []


def test_the_code_name_stays_out_of_the_ledger(seat, officer):
    given = actions.assign(panelist=seat, round=seat.stage.rounds.first(), by=officer)

    for one in given:
        assert json.loads(one.event.body)["data"] == {"round": "document", "team": one.team_id}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(teams=st.integers(0, 18), later=st.integers(0, 6))
def test_letters_and_places_are_each_used_once_however_many_teams_come_later(officer, teams, later):
    """Later: those whose conflict was lifted after the first assignment."""
    with transaction.atomic():
        stage = programme.a_stage("many", teams=[(f"t{n}", f"팀 {n}") for n in range(teams + later)])
        round, seat = programme.a_round(stage), panels.a_panelist(stage)
        programme.a_configuration(stage)
        panels.a_pledge(seat)
        programme.in_phase(seat.stage, Phase.OPEN)
        out = [panels.a_conflict(seat, team) for team in stage.teams.all()[:later]]
        first = actions.assign(panelist=seat, round=round, by=officer)
        for conflict in out:
            actions.waive(conflict=conflict, by=officer, reason="사람이 없음")
        second = actions.assign(panelist=seat, round=round, by=officer)

        letters = list(islice(actions.letters(), teams + later))
        assert [one.position for one in first + second] == list(range(1, teams + later + 1))
        assert sorted(one.alias for one in first) == sorted(letters[:teams])
        assert sorted(one.alias for one in second) == sorted(letters[teams:])
        transaction.set_rollback(True)


def test_seats_and_rounds_do_not_share_an_order(officer):
    """Twelve draws of 8! · 8! orders: that two of them are alike happens once in 25 million runs."""
    stage = programme.a_stage(teams=[(f"t{n}", f"팀 {n}") for n in range(8)])
    rounds = [programme.a_round(stage), programme.a_round(stage, "presentation", counts=False)]
    programme.a_configuration(stage)
    programme.in_phase(stage, Phase.FROZEN)
    drawn = set()
    for _ in range(6):
        seat = panels.a_panelist(stage)
        panels.a_pledge(seat)
        for round in rounds:
            given = actions.assign(panelist=seat, round=round, by=officer)
            drawn.add(tuple((one.alias, one.team.slug) for one in given))

    assert len(drawn) == 12


def test_letters_never_end():
    names = list(islice(actions.letters(), 30))

    assert names[:3] == ["가", "나", "다"]
    assert names[13:16] == ["하", "가2", "나2"]
    assert len(set(names)) == 30


def test_nothing_is_assigned_too_early_too_late_or_without_the_pledge(stage, expert, officer):
    round = stage.rounds.first()
    seat = panels.a_panelist(stage, expert, pledged=False)
    with pytest.raises(Refusal, match="위원 01: 이해관계 신고와 서약을"):
        actions.assign(panelist=seat, round=round, by=officer)
    panels.a_pledge(seat)
    with pytest.raises(Refusal, match="이 단계의 평가 차수가"):
        actions.assign(panelist=seat, round=programme.a_round(programme.a_stage("other")), by=officer)
    with pytest.raises(Refusal, match="확정한 뒤"):
        actions.assign(panelist=in_phase(seat, Phase.PREPARING), round=round, by=officer)
    locked = programme.in_state(round, Round.State.LOCKED)
    with pytest.raises(Refusal, match="잠긴 차수"):
        actions.assign(panelist=in_phase(seat, Phase.OPEN), round=locked, by=officer)

    assert Assignment.objects.count() == 0


# ---------------------------------------------------------------- out again


def test_she_or_the_office_may_step_back_once_and_says_why(seat, expert, officer):
    one, other, *_ = actions.assign(panelist=seat, round=seat.stage.rounds.first(), by=officer)

    actions.recuse(assignment=one, reason="건강", by=expert)
    actions.recuse(assignment=other, reason="민원", by=officer)

    actors = Event.objects.filter(kind="recused").in_order().values_list("actor", flat=True)
    assert list(actors) == [seat.id, officer.id]
    assert Assignment.objects.standing().filter(panelist=seat).count() == 2
    with pytest.raises(Stale, match="이미 물러난"):
        actions.recuse(assignment=one, reason="다시", by=officer)
    with pytest.raises(Refusal, match="사유"):
        actions.recuse(assignment=one, reason=" ", by=officer)


def test_who_was_taken_off_may_come_back_on_the_new_seat_and_her_conflicts_come_along(seat, expert, officer):
    stage, lg = seat.stage, seat.stage.teams.first()
    actions.assign(panelist=seat, round=stage.rounds.first(), by=officer)
    actions.declare_conflict(panelist=seat, team=lg, ground="other", by=expert)
    assert list(Panelist.objects.stopped()) == [seat]
    new = actions.replace(panelist=seat, by=officer, reason="부호명을 다시 정한다")

    invited = actions.invite(panelist=new, email=expert.email, name=expert.name, by=officer)
    back = actions.accept(invitation=invited.invitation, by=expert)

    assert [(one.team, one.ground, one.source) for one in Conflict.objects.filter(panelist=back)] == [
        (lg, "other", "declared")
    ]
    panels.a_pledge(back)
    given = actions.assign(panelist=back, round=stage.rounds.first(), by=officer)
    assert {one.team for one in given} == set(stage.teams.exclude(pk=lg.pk))
    assert sorted(one.alias for one in given) == ["가", "나", "다"]
    assert list(Panelist.objects.stopped()) == []
    old = Panelist.objects.get(pk=seat.pk)
    for act in (
        lambda: actions.declare_conflict(panelist=old, team=lg, ground="other", by=expert),
        lambda: actions.record_affiliations(panelist=old, posts=HOME, by=expert),
        lambda: actions.sign_pledge(panelist=old, by=expert),
        lambda: actions.note_conflict(panelist=old, team=lg, ground="relative", by=officer, note="들었다"),
    ):
        with pytest.raises(Refusal, match="교체한 자리"):
            act()


def test_a_seat_with_fewer_than_three_teams_in_a_blind_round_is_told(seat, expert, officer):
    round = seat.stage.rounds.first()
    given = actions.assign(panelist=seat, round=round, by=officer)
    assert (len(given), list(Panelist.objects.with_few_teams())) == (4, [])

    actions.recuse(assignment=given[0], reason="건강", by=expert)
    assert list(Panelist.objects.with_few_teams()) == []
    actions.recuse(assignment=given[1], reason="건강", by=expert)
    assert list(Panelist.objects.with_few_teams()) == [seat]


def test_replacing_ends_everything_of_the_old_seat_and_makes_an_empty_one(seat, officer):
    actions.assign(panelist=seat, round=seat.stage.rounds.first(), by=officer)

    with pytest.raises(Refusal, match="사유"):
        actions.replace(panelist=seat, by=officer, reason="")
    new = actions.replace(panelist=seat, by=officer, reason="해외 출장")

    assert Assignment.objects.standing().filter(panelist=seat).count() == 0
    assert (new.label, Invitation.objects.filter(panelist=new).exists()) == ("위원 02", False)
    assert json.loads(Event.objects.get(kind="panelist replaced").body)["data"] == {"by": new.id}


@pytest.mark.parametrize("accepted", [True, False])
def test_who_was_taken_off_a_seat_may_be_asked_for_another(stage, officer, expert, accepted):
    seat = actions.create_seats(stage=stage, number=1, by=officer)[0]
    first = actions.invite(panelist=seat, email=expert.email, name=expert.name, by=officer)
    if accepted:
        actions.accept(invitation=first.invitation, by=expert)
    new = actions.replace(panelist=seat, by=officer, reason="부호명을 다시 정한다")

    again = actions.invite(panelist=new, email=expert.email, name=expert.name, by=officer)
    back = actions.accept(invitation=again.invitation, by=expert)

    assert back == new
    assert [one.panelist for one in Invitation.objects.exclude(ended_at=None)] == [seat]
    with pytest.raises(Refusal, match="다른 자리에 이미"):
        actions.invite(panelist=panels.a_panelist(stage), email=expert.email, name=expert.name, by=officer)


@pytest.mark.parametrize("twice", [{"user": None, "email": "expert@example.kr"}, {"email": "other@example.kr"}])
def test_the_database_itself_keeps_a_person_to_one_seat(seat, expert, twice):
    """By her address and by her account; 0007 and 0011 are what stands behind the check in `invite`."""
    first = Invitation.objects.get(panelist=seat)
    fields = {"user": expert, "email": first.email, "stage": seat.stage, "name": "김평가"} | twice
    accepted_at = timezone.now() if fields["user"] else None

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            panelist=panels.a_panelist(seat.stage), token_digest="0" * 64, sent_at=first.sent_at,
            expires_at=first.expires_at, accepted_at=accepted_at, **fields,
        )  # fmt: skip
    panels.a_panelist(programme.a_stage("next"), expert)
    assert Invitation.objects.filter(user=expert).count() == 2
