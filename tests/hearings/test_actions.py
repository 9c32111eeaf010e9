"""A team is asked, replies, objects and is answered; each once, in time, on record."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from evaluations.hearings import actions
from evaluations.hearings.models import Hearing, Objection, Reply, Ruling
from evaluations.programme.phases import Phase
from evaluations.results import jobs
from evaluations.results.models import Publication
from portal.audit.models import Event
from portal.http import Refusal, Stale
from tests.factories import accounts, hearings, programme, results
from tests.factories.proceedings import another_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return programme.in_phase(programme.a_stage(), Phase.COUNTED)


@pytest.fixture
def published():
    stage = results.a_stage_to_count()
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    return programme.in_phase(stage, Phase.PUBLISHED)


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


def test_a_team_is_asked_and_its_contacts_are_told_where_to_read_it(stage, django_capture_on_commit_callbacks):
    team = stage.teams.first()
    accounts.a_team_contact(team)
    with django_capture_on_commit_callbacks(execute=True):
        hearing = actions.ask(
            team=team, question="가중치를 설명해 주세요.", due_at=in_days(7), by=accounts.an_officer()
        )

    assert (hearing.question, hearing.event.kind) == ("가중치를 설명해 주세요.", "hearing asked")
    assert [one.to for one in mail.outbox] == [[f"contact-{team.slug}@example.kr"]]
    assert "가중치" not in mail.outbox[0].subject + mail.outbox[0].body
    assert "/hearings/" in mail.outbox[0].body


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in actions.BEFORE_DECISION])
def test_it_is_asked_only_before_the_result_is_confirmed(stage, phase):
    accounts.a_team_contact(stage.teams.first())
    programme.in_phase(stage, phase)
    with pytest.raises(Refusal, match="결과 확정 전에만"):
        actions.ask(team=stage.teams.first(), question="설명", due_at=in_days(7), by=accounts.an_officer())


def test_a_request_nobody_could_answer_is_refused(stage):
    officer, team = accounts.an_officer(), stage.teams.first()
    with pytest.raises(Refusal, match="담당자 계정이 없어"):
        actions.ask(team=team, question="설명", due_at=in_days(7), by=officer)
    accounts.a_team_contact(team)
    for days in (-1, 0.001, 0.99, 30.01, 3000):
        with pytest.raises(Refusal, match="1일 뒤와 30일 뒤 사이"):
            actions.ask(team=team, question="설명", due_at=in_days(days), by=officer)
    with pytest.raises(Refusal, match="담당자만"):
        actions.ask(team=team, question="설명", due_at=in_days(7), by=accounts.an_auditor())
    assert not Hearing.objects.exists()


def test_the_same_reply_twice_is_one_and_more_may_be_said_until_the_term_ends(stage):
    team = stage.teams.first()
    contact, hearing = accounts.a_team_contact(team), hearings.a_hearing(team)

    first, again, more = (actions.reply(hearing=hearing, text=text, by=contact) for text in ("가", "가", "나"))

    assert first == again != more
    assert [one.text for one in hearing.replies.all()] == ["가", "나"]
    assert Event.objects.filter(kind="hearing replied").count() == 2


def test_a_reply_that_comes_too_late_is_refused_and_one_that_came_in_time_is_acknowledged_again(stage):
    team = stage.teams.first()
    contact = accounts.a_team_contact(team)
    over = hearings.a_hearing(team, asked_at=in_days(-8))
    kept = hearings.a_reply(over, "가")

    with pytest.raises(Refusal, match="기한이 지났습니다"):
        actions.reply(hearing=over, text="나", by=contact)
    assert actions.reply(hearing=over, text="가", by=contact) == kept

    running = hearings.a_hearing(team)
    programme.in_phase(stage, Phase.CONFIRMED)
    with pytest.raises(Refusal, match="결과가 확정되어"):
        actions.reply(hearing=running, text="나", by=contact)


def test_nobody_replies_or_objects_for_another_team(published):
    first, second, *_others = published.teams.all()
    rival, hearing = accounts.a_team_contact(second), hearings.a_hearing(first)
    with pytest.raises(Refusal, match="그 팀의 담당자만"):
        actions.reply(hearing=hearing, text="가", by=rival)
    with pytest.raises(Refusal, match="그 팀의 담당자만"):
        actions.object_to_result(team=first, text="가", by=rival)
    assert not Reply.objects.exists() and not Objection.objects.exists()


def test_a_team_objects_once_with_each_text_and_is_answered_once(published):
    team, officer = published.teams.first(), accounts.an_officer()
    contact = accounts.a_team_contact(team)

    first, again = (actions.object_to_result(team=team, text="다시 보아 주세요.", by=contact) for _ in range(2))
    ruling = actions.rule(
        objection=first, outcome="dismissed", reason="이미 본 것입니다.", by=officer, second=another_officer()
    )

    assert first == again
    assert first.publication == Publication.objects.get()
    assert (ruling.outcome, ruling.event.kind) == ("dismissed", "objection answered")
    with pytest.raises(Stale, match="이미 답했습니다"):
        actions.rule(objection=first, outcome="upheld", reason="다시 보니", by=officer, second=another_officer())
    assert Ruling.objects.get() == ruling


def test_an_answer_needs_an_outcome_there_is_and_an_officer(published):
    objection = hearings.an_objection(published.teams.first())
    with pytest.raises(Refusal, match="결과를 골라"):
        actions.rule(objection=objection, outcome="maybe", reason="까닭", by=accounts.an_officer())
    with pytest.raises(Refusal, match="담당자만"):
        actions.rule(objection=objection, outcome="upheld", reason="까닭", by=accounts.an_auditor())


def test_an_objection_outside_its_term_is_refused(published):
    team = published.teams.first()
    contact = accounts.a_team_contact(team)
    programme.in_phase(published, Phase.COUNTED)
    with pytest.raises(Refusal, match="공표된 뒤 정해진 기간"):
        actions.object_to_result(team=team, text="가", by=contact)


def test_an_objection_after_its_last_day_is_refused():
    stage = results.a_stage_to_count(objection_days=0)
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)), published_at=in_days(-1))
    programme.in_phase(stage, Phase.PUBLISHED)
    team = stage.teams.first()
    with pytest.raises(Refusal, match="기간이 지났습니다"):
        actions.object_to_result(team=team, text="가", by=accounts.a_team_contact(team))


@pytest.mark.parametrize("table", ["hearing", "reply", "objection", "ruling"])
def test_the_database_keeps_what_was_said(published, table):
    team = published.teams.first()
    hearings.a_reply(hearings.a_hearing(team))
    objection = hearings.an_objection(team)
    Ruling.objects.create(
        objection=objection, outcome="upheld", reason="까닭", event=Event.objects.latest("at"), ruled_at=timezone.now()
    )
    for statement in (f'UPDATE "hearings_{table}" SET id = id', f'DELETE FROM "hearings_{table}"'):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
