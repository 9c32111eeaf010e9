"""A person's own account: what is kept about her, and how she takes it back."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings

from evaluations.ratings.models import Ballot, Paper, RollEntry
from portal.accounts import actions
from portal.accounts.models import Consent, User
from portal.audit.models import Event
from portal.http import Refusal
from tests.factories.accounts import a_citizen, an_expert, an_officer, sign_in
from tests.factories.ratings import a_ballot, a_rated_stage, issued
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
