"""A person's own account: what is kept about her, and how she takes it back."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client

from evaluations.programme.phases import Phase
from evaluations.ratings.models import Ballot, Paper, RollEntry
from portal.accounts import actions
from portal.accounts.models import Consent, User
from portal.audit.models import Event
from portal.http import Refusal
from tests.factories.accounts import a_citizen, an_expert, an_officer, sign_in
from tests.factories.programme import in_phase
from tests.factories.ratings import a_ballot, a_rated_stage, enrolled, issued
from tests.language import korean_in_main

pytestmark = pytest.mark.django_db

ACCOUNT, ERASE = "/accounts/me/", "/accounts/me/erase/"


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_citizen_sees_what_is_kept(client):
    citizen = a_citizen()
    actions.give_consent(user=citizen, purpose=Consent.Purpose.ACCOUNT)
    sign_in(client, citizen)

    said = words(client.get(ACCOUNT))

    assert "이메일 주소 citizen@example.kr 가입한 때" in said
    assert "동의 이메일 주소의 수집·이용" in said
    assert 'href="/accounts/me/"' in client.get("/").content.decode()


def test_erasing_takes_the_account_and_leaves_what_carries_no_name(client):
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    receipt = a_ballot(stage, citizen).event.receipt
    kept = RollEntry.objects.get().person_key
    sign_in(client, citizen)

    answer = client.post(ERASE, {"certain": "on"})

    assert answer["Location"] == "/"
    assert "계정을 지웠습니다." in words(client.get("/"))
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == EmailAddress.objects.count() == Consent.objects.count() == 0
    assert (Ballot.objects.count(), Paper.objects.count(), RollEntry.objects.get().person_key) == (1, 3, kept)
    assert "기록에 들어 있습니다" in words(client.get("/take-part/receipt/", {"receipt": receipt}))
    assert Event.objects.get(kind="account erased").subject_id == citizen.id
    assert citizen.email not in Event.objects.get(kind="account erased").body


def test_somebody_who_comes_back_meets_the_papers_she_had(client):
    stage, citizen = a_rated_stage(), a_citizen()
    papers = issued(stage, citizen)
    actions.erase_account(by=citizen)

    again = a_citizen()

    assert again.id != citizen.id
    assert issued(stage, again, seed=2) == papers
    assert RollEntry.objects.count() == 1


def test_one_press_is_not_enough(client):
    sign_in(client, a_citizen())

    answer = client.post(ERASE)

    assert answer.status_code == 422
    assert "알고 있다고 표시해 주셔야 지울 수 있습니다." in words(answer)
    assert User.objects.count() == 1
    assert client.get(ERASE).status_code == 405


def test_nobody_else_erases_herself(client):
    expert = an_expert()
    sign_in(client, expert)

    assert "계정을 고치거나 닫으려면 담당자에게 알려 주세요." in words(client.get(ACCOUNT))
    assert client.post(ERASE, {"certain": "on"}).status_code == 404
    with pytest.raises(Refusal):
        actions.erase_account(by=an_officer())
    assert User.objects.count() == 2


def test_strangers_are_led_to_sign_in(client):
    assert client.get(ACCOUNT)["Location"] == f"/accounts/login/?next={ACCOUNT}"


def test_the_page_speaks_english(client):
    citizen = a_citizen()
    for purpose in Consent.Purpose:
        actions.give_consent(user=citizen, purpose=purpose)
    sign_in(client, citizen)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    pages = [client.get(ACCOUNT), client.post(ERASE)]

    assert [found for page in pages if (found := korean_in_main(page.content.decode()))] == []


def test_from_her_account_she_finds_what_she_took_part_in(client):
    stage, citizen = a_rated_stage(), a_citizen()
    sign_in(client, citizen)
    link = f'href="/take-part/{stage.slug}/progress/"'
    assert 'href="/take-part/#receipts">나의 참여 기록</a>' in client.get("/accounts/me/").content.decode()
    assert link not in client.get("/take-part/").content.decode()

    enrolled(stage, citizen)
    in_phase(stage, Phase.CLOSED)

    assert link in client.get("/take-part/").content.decode()
    assert link not in Client().get("/take-part/").content.decode()


def test_who_chose_english_is_told_where_there_is_only_korean(client):
    told = "This page is written in Korean only."
    sign_in(client, an_expert())
    assert told not in client.get("/sheets/").content.decode()

    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert told in client.get("/sheets/").content.decode()
    assert told not in client.get("/help/").content.decode()
