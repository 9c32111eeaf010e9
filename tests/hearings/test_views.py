"""What a team's contact sees and sends."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localtime

from evaluations.hearings.forms import LONGEST
from evaluations.hearings.models import Objection, Reply
from evaluations.programme.phases import Phase
from evaluations.results import jobs
from tests import walk
from tests.factories import accounts, hearings, programme, results
from tests.factories.proceedings import approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return programme.in_phase(programme.a_stage(), Phase.COUNTED)


def contact_of(team) -> Client:
    return accounts.sign_in(Client(), accounts.a_team_contact(team))


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_before_anything_is_asked_the_page_says_so(stage):
    page = text_of(contact_of(stage.teams.first()).get("/hearings/"))
    assert "지금 받은 소명 요청이 없습니다" in page
    assert "<textarea" not in page


def test_a_reply_is_acknowledged_with_its_number_and_shown(stage):
    team = stage.teams.first()
    hearing, client = hearings.a_hearing(team), contact_of(team)

    page = client.post(f"/hearings/{hearing.pk}/reply/", {"text": "처음부터\n학습했습니다."}, follow=True)

    reply = Reply.objects.get()
    assert reply.text == "처음부터\n학습했습니다."
    assert text_of(page).count(reply.event.receipt) == 2  # in the message, and beside the reply


@pytest.mark.parametrize("text", ["", "  \n ", "가" * (LONGEST + 1)])
def test_a_text_that_cannot_be_taken_comes_back_with_the_reason(stage, text):
    team = stage.teams.first()
    hearing, client = hearings.a_hearing(team), contact_of(team)

    page = client.post(f"/hearings/{hearing.pk}/reply/", {"text": text})

    assert page.status_code == 422
    assert f'href="#{hearing.pk}-text"' in page.content.decode()
    assert text.strip()[:100] in page.content.decode()
    assert not Reply.objects.exists()


def test_how_much_may_be_written_is_told_and_nothing_is_cut(stage):
    """A browser cuts a text that is pasted into a field with a `maxlength`."""
    team = stage.teams.first()
    hearing, client = hearings.a_hearing(team), contact_of(team)
    text = "가" * LONGEST + "끝"

    before = client.get("/hearings/").content.decode()
    page = client.post(f"/hearings/{hearing.pk}/reply/", {"text": text}).content.decode()

    assert "2만 자까지." in before and "maxlength" not in before
    assert "20000자까지 적을 수 있는데 20001자입니다. 줄여서 다시 보내 주세요." in page
    assert text in page


def test_what_was_written_too_late_is_handed_back(stage):
    team = stage.teams.first()
    client = contact_of(team)
    hearing = hearings.a_hearing(team)
    programme.in_phase(stage, Phase.CONFIRMED)

    page = client.post(f"/hearings/{hearing.pk}/reply/", {"text": "늦게 쓴 긴 설명"})

    assert page.status_code == 403
    assert "결과가 확정되어" in text_of(page)
    assert "늦게 쓴 긴 설명" in page.content.decode()


def test_another_teams_request_is_not_there(stage):
    first, second, *_others = stage.teams.all()
    hearing, rival = hearings.a_hearing(first), contact_of(second)

    assert "가중치" not in text_of(rival.get("/hearings/"))
    assert rival.post(f"/hearings/{hearing.pk}/reply/", {"text": "가"}).status_code == 404


@pytest.mark.parametrize("who", ["an_expert", "a_citizen", "an_officer", "an_auditor"])
def test_the_page_is_there_for_teams_only(stage, who):
    client = accounts.sign_in(Client(), getattr(accounts, who)())
    assert client.get("/hearings/").status_code == 404
    assert client.post("/hearings/objections/", {"text": "가"}).status_code == 404


def test_an_objection_is_acknowledged_and_its_answer_is_read_on_the_same_page(client):
    stage = results.a_stage_to_count()
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    programme.in_phase(stage, Phase.PUBLISHED)
    team = stage.teams.first()
    contact, officer = contact_of(team), accounts.sign_in(Client(), accounts.an_officer())

    asked = contact.post("/hearings/objections/", {"text": "합계를 다시 보아 주세요."}, follow=True)
    objection = Objection.objects.get()
    answer = officer.post(
        f"/admin/hearings/objection/{objection.pk}/rule/", {"outcome": "upheld", "reason": "합계가 틀렸습니다."}
    )
    waiting = text_of(contact.get("/hearings/"))
    approved()
    read = text_of(contact.get("/hearings/"))

    assert objection.event.receipt in text_of(asked)
    assert answer.status_code == 302
    assert "합계가 틀렸습니다." not in waiting
    assert "답: 받아들임" in read and "합계가 틀렸습니다." in read


def test_an_officer_asks_a_team_of_this_stage_only(stage):
    officer = accounts.sign_in(Client(), accounts.an_officer())
    team = stage.teams.first()
    accounts.a_team_contact(team)
    stranger = programme.a_stage("other").teams.first()
    path = f"/admin/hearings/hearing/stages/{stage.pk}/ask/"
    due_at = localtime(timezone.now() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S")
    form = {"question": "설명해 주세요.", "due_at": due_at}

    assert officer.post(path, {**form, "team": stranger.pk}).status_code == 422
    assert officer.post(path, {**form, "team": team.pk}).status_code == 302
    assert [one.question for one in team.hearings.all()] == ["설명해 주세요."]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_with_one_request_and_with_many(rows):
    stage = results.a_stage_to_count()
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    programme.in_phase(stage, Phase.PUBLISHED)
    team = stage.teams.first()
    for _ in range(rows):
        hearings.a_hearing(team, rows=rows)
    hearings.an_objection(team, rows=rows)

    assert walk.cost(contact_of(team), "/hearings/") == (200, 8)
