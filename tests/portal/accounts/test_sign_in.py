"""Signing in as people do it, page by page: with password and app, with a mailed code, after a forgotten password."""

import re

import pytest
from allauth.core.internal import ratelimit
from django.core import mail
from django.test import Client

from portal.pages.views import LIMIT_SECONDS
from tests.factories import accounts
from tests.factories.accounts import PASSWORD, totp_code

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
RESET = "/accounts/password/reset/"


def by_password(client: Client, email: str, password: str = PASSWORD, following: str = ""):
    return client.post(LOGIN, {"login": email, "password": password, "next": following})


CODE_LINE = re.compile(r"^\s*([A-Z0-9]{3,}-[A-Z0-9]{3,})\s*$", re.MULTILINE)


def mailed_code() -> str:
    return CODE_LINE.search(mail.outbox[-1].body)[1]


def text(response) -> str:
    return response.content.decode()


def test_an_expert_signs_in_with_password_and_app_and_is_where_she_wanted_to_be(client):
    expert = accounts.an_expert()
    wanted = client.get("/sheets/")
    assert wanted["Location"] == "/accounts/login/?next=/sheets/"

    first = by_password(client, expert.email, following="/sheets/")
    assert first["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/sheets/")["Location"] == wanted["Location"]
    second = client.post(first["Location"], {"code": totp_code()})

    assert second["Location"] == "/sheets/"
    assert client.get("/sheets/").status_code == 200


def test_a_code_of_the_app_is_good_once(client):
    expert = accounts.an_expert()
    by_password(client, expert.email)
    client.post("/accounts/2fa/authenticate/", {"code": totp_code()})
    other = Client()
    by_password(other, expert.email)

    answer = other.post("/accounts/2fa/authenticate/", {"code": totp_code()})

    assert answer.status_code == 200
    assert "id_code_error" in text(answer)
    assert other.get("/sheets/").status_code == 302


@pytest.mark.parametrize("password", ["", "틀린 비밀번호 하나", PASSWORD + " "])
def test_a_wrong_password_says_the_same_for_known_and_unknown_addresses(client, password):
    accounts.an_expert(email="known@example.kr")

    known = by_password(client, "known@example.kr", password)
    unknown = by_password(Client(), "unkno@example.kr", password)

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert without_tokens(text(known)).replace("known@", "unkno@") == without_tokens(text(unknown))
    assert client.get("/sheets/").status_code == 302


def without_tokens(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


def test_the_sixth_wrong_password_in_a_row_is_not_even_tried(client):
    expert = accounts.an_expert()
    for _ in range(5):
        by_password(client, expert.email, "틀린 비밀번호 하나")

    answer = by_password(Client(), expert.email)

    assert answer.status_code == 200

    assert "너무 많은 로그인 실패가 감지되었습니다" in text(answer)


def test_too_many_requests_are_told_in_words_on_a_page_of_ours(client):
    for _ in range(30):
        client.post(LOGIN, {"login": "", "password": ""})

    answer = client.post(LOGIN, {"login": "", "password": ""})

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "짧은 시간에 너무 많이 시도했습니다" in text(answer)


def test_every_limit_that_has_a_page_is_over_when_the_page_says():
    """Those of the address alone are answered beside the field."""
    ours = (
        "login",
        "signup",
        "confirm_email",
        "request_login_code",
        "reset_password",
        "reset_password_from_key",
        "reauthenticate",
    )
    rates = [rate for action in ours for rate in ratelimit.get_rates(app="allauth.account", action=action)]
    rates += ratelimit.get_rates(app="allauth.mfa", action="webauthn_login")

    assert {rate.duration for rate in rates} == {LIMIT_SECONDS}


def test_a_citizen_signs_in_with_a_mailed_code_and_needs_no_app(client):
    citizen = accounts.a_citizen()

    asked = client.post(CODE, {"email": citizen.email, "next": "/take-part/"})
    code = mailed_code()
    done = client.post(asked["Location"], {"code": code})

    assert mail.outbox[-1].to == [citizen.email]
    assert done["Location"] == "/take-part/"
    assert client.get("/take-part/").status_code == 200


def test_asking_for_a_code_says_the_same_for_known_and_unknown_addresses(client):
    accounts.a_citizen(email="known@example.kr")

    known = client.post(CODE, {"email": "known@example.kr"})
    unknown = Client().post(CODE, {"email": "unkno@example.kr"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [one.to for one in mail.outbox] == [["known@example.kr"], ["unkno@example.kr"]]
    assert CODE_LINE.search(mail.outbox[0].body)
    assert CODE_LINE.search(mail.outbox[1].body) is None


@pytest.mark.parametrize("make", [accounts.an_expert, accounts.an_officer, accounts.an_auditor])
def test_a_mailed_code_opens_no_room_to_those_who_need_two_factors(client, make):
    person = make(factor=False)
    asked = client.post(CODE, {"email": person.email})
    code = mailed_code()
    client.post(asked["Location"], {"code": code})

    page = client.get("/", follow=True)

    assert page.redirect_chain == [(LOGIN, 302)]
    assert "비밀번호와 인증 앱으로, 또는 패스키로 로그인해야 합니다" in text(page)
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_set_anew_through_the_mailed_link_and_the_app_is_still_asked(client):
    expert = accounts.an_expert()
    client.post(RESET, {"email": expert.email})
    link = re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)[1]

    page = client.get(link, follow=True)
    fresh = "새로 정한 비밀번호 12"
    done = client.post(page.redirect_chain[-1][0], {"password1": fresh, "password2": fresh})

    assert done["Location"] == "/accounts/password/reset/key/done/"
    assert client.get("/sheets/").status_code == 302
    assert by_password(client, expert.email).status_code == 200
    assert by_password(client, expert.email, fresh)["Location"] == "/accounts/2fa/authenticate/"
    again = Client().get(link, follow=True)
    assert "쓸 수 없는 링크입니다" in text(again)


def test_asking_for_a_new_password_says_the_same_for_known_and_unknown_addresses(client):
    accounts.an_expert(email="known@example.kr")

    known = client.post(RESET, {"email": "known@example.kr"}, follow=True)
    unknown = Client().post(RESET, {"email": "unkno@example.kr"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert without_tokens(text(known)) == without_tokens(text(unknown))
    assert "/accounts/password/reset/key/" not in mail.outbox[1].body


def test_a_recovery_code_stands_in_for_the_app_once(client):
    expert = accounts.an_expert()
    accounts.sign_in(client, expert)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/recovery-codes/new/")
    code = re.search(r"<li><code>([0-9]+)</code>", text(client.get("/accounts/2fa/recovery-codes/")))[1]

    answers = []
    for _ in range(2):
        browser = Client()
        by_password(browser, expert.email)
        answers.append(browser.post("/accounts/2fa/authenticate/", {"code": code}).status_code)

    assert answers == [302, 200]


def test_signing_out_ends_the_session_and_the_browser_forgets(client):
    accounts.sign_in(client, accounts.an_expert())
    assert client.get("/accounts/logout/").status_code == 405
    assert client.get("/sheets/").status_code == 200

    answer = client.post("/accounts/logout/")

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/sheets/")["Location"] == "/accounts/login/?next=/sheets/"


def test_every_page_of_the_account_opens_for_an_expert(client):
    accounts.sign_in(client, accounts.an_expert())
    pages = {
        "/accounts/me/": 200,
        "/accounts/2fa/": 302,
        "/accounts/2fa/totp/": 302,
        "/accounts/2fa/recovery-codes/": 404,
        "/accounts/2fa/recovery-codes/new/": 302,
        "/accounts/reauthenticate/": 200,
        "/accounts/2fa/reauthenticate/": 200,
        "/accounts/login/": 302,
        "/accounts/password/reset/": 200,
        "/accounts/password/reset/done/": 200,
        "/accounts/password/reset/key/done/": 200,
        "/accounts/inactive/": 200,
    }

    assert {path: client.get(path).status_code for path in pages} == pages


def test_the_way_to_a_new_password_is_one_link(client):
    page = client.get("/accounts/login/").content.decode()

    assert "비밀번호를 잊으셨나요" not in page
    assert page.count('href="/accounts/password/reset/"') == 1
