"""Both factors, in this session, before any room opens; and setting the second one up."""

import re
import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client

from portal.accounts.models import User
from portal.accounts.roles import SECOND_FACTOR, Role
from tests.factories import accounts, programme
from tests.factories.accounts import PASSWORD, totp_code

pytestmark = pytest.mark.django_db

ROOMS = {
    Role.EXPERT: "/sheets/",
    Role.OFFICER: "/admin/",
    Role.AUDITOR: "/admin/",
    Role.TEAM: "/results/own/",
    Role.CITIZEN: "/take-part/",
}


def a_person(role: Role, factor: bool = True) -> User:
    team = programme.a_stage().teams.first().id if role is Role.TEAM else ""
    return accounts.a_user(role, "person@example.kr", factor=factor, team=team)


def with_methods(client: Client, user: User, *methods: str, of: User | None = None) -> Client:
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": method, "at": time.time()} for method in methods]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = (of or user).id
    session.save()
    return client


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
@pytest.mark.parametrize(
    ("factor", "methods", "sent_to"),
    [
        (True, ("password",), "/accounts/2fa/reauthenticate/?next="),
        (False, ("password",), "/accounts/2fa/totp/?next="),
        (True, (), "/accounts/login/"),
        (True, ("code",), "/accounts/login/"),
        (True, ("code", "mfa"), "/accounts/login/"),
        (True, ("password_reset",), "/accounts/login/"),
    ],
)
def test_no_room_opens_with_one_factor(client, role, factor, methods, sent_to):
    with_methods(client, a_person(role, factor), *methods)

    answer = client.get(ROOMS[role])

    assert answer.status_code == 302
    assert answer["Location"] == sent_to + (ROOMS[role] if sent_to.endswith("=") else "")


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
def test_the_room_opens_with_both(client, role):
    with_methods(client, a_person(role), "password", "mfa")

    assert client.get(ROOMS[role], follow=True).redirect_chain in ([], [("/results/own/stage-2/", 302)])


def test_factors_somebody_else_used_in_this_browser_do_not_count(client):
    expert = a_person(Role.EXPERT)
    with_methods(client, expert, "password", "mfa", of=accounts.an_officer())

    assert client.get("/sheets/")["Location"] == "/accounts/login/"


def test_a_citizen_needs_one_factor(client):
    with_methods(client, a_person(Role.CITIZEN), "code")

    assert client.get("/take-part/").status_code == 200


def test_one_factor_is_enough_to_leave(client):
    with_methods(client, a_person(Role.EXPERT), "password")

    assert client.post("/accounts/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_code_that_ran_out_while_it_was_typed_is_taken_and_an_older_one_is_not(client, monkeypatch):
    """The code of the period before, asked for in the middle of one."""
    expert, began = accounts.an_expert(), time.time() // 30 * 30 + 15
    codes = {}
    for ago in (31, 95):
        monkeypatch.setattr(time, "time", lambda ago=ago: began - ago)
        codes[ago] = totp_code()
    monkeypatch.setattr(time, "time", lambda: began)
    first = client.post("/accounts/login/", {"login": expert.email, "password": PASSWORD})

    assert client.post(first["Location"], {"code": codes[95]}).status_code == 200
    assert client.post(first["Location"], {"code": codes[31]}).status_code == 302


def the_secret_on(page) -> str:
    return re.search(r'<code class="receipt-code"[^>]*>([A-Z2-7]+)</code>', page.content.decode())[1]


def test_who_has_no_factor_yet_sets_one_up_without_typing_the_password_twice(client):
    expert = accounts.an_expert(factor=False)
    client.post("/accounts/login/", {"login": expert.email, "password": PASSWORD})

    sent = client.get("/sheets/")
    page = client.get(sent["Location"])
    secret = the_secret_on(page)
    assert the_secret_on(client.get(sent["Location"])) == secret
    wrong = client.post("/accounts/2fa/totp/", {"code": "000000", "next": "/sheets/"})
    assert the_secret_on(wrong) == secret
    right = client.post("/accounts/2fa/totp/", {"code": totp_code(secret), "next": "/sheets/"})

    assert right["Location"] == "/accounts/2fa/recovery-codes/?next=/sheets/"
    codes = client.get(right["Location"]).content.decode()
    assert len(re.findall("<li><code>[0-9]+</code>", codes)) == 10
    assert 'href="/sheets/">적어 두었습니다. 계속하기' in codes
    assert client.get("/sheets/").status_code == 200


def test_the_way_on_never_leads_to_another_site(client):
    expert = accounts.an_expert(factor=False)
    with_methods(client, expert, "password")

    page = client.get("/accounts/2fa/totp/?next=https://example.org/")

    assert "example.org" not in page.content.decode().split("<main")[1].split("</main>")[0]


def test_an_old_sign_in_types_the_password_again_before_a_factor_is_added(client):
    with_methods(client, accounts.an_expert(factor=False), "password")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - 301}]
    session.save()

    answer = client.get("/accounts/2fa/totp/")

    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2F"


def test_a_second_app_is_not_added_beside_the_first(client):
    expert = accounts.an_expert()
    with_methods(client, expert, "password", "mfa")

    assert client.get("/accounts/2fa/totp/")["Location"] == "/accounts/me/"
    assert client.post("/accounts/2fa/totp/", {"code": totp_code()})["Location"] == "/accounts/me/"
    assert Authenticator.objects.filter(user=expert, type="totp").count() == 1
