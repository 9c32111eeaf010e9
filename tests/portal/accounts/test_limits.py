"""Whoever tries an address for ever keeps nobody out of it, and still does not get in himself."""

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from portal.accounts import limits
from tests.factories import accounts
from tests.factories.accounts import PASSWORD, totp_code
from tests.portal.accounts.test_sign_in import mailed_code

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
RESET = "/accounts/password/reset/"
SIGN_UP = "/accounts/signup/"
FACTOR = "/accounts/2fa/authenticate/"
WRONG = "틀린 비밀번호 하나"


def at(place: str) -> Client:
    return Client(REMOTE_ADDR=place)


def enters(client: Client, email: str, password: str = PASSWORD) -> bool:
    """Is the password taken?"""
    return client.post(LOGIN, {"login": email, "password": password}).status_code == 302


def places(number: int) -> list[str]:
    return [f"198.51.100.{last}" for last in range(1, number + 1)]


def attack(email: str, number: int, tries: int = 6) -> None:
    """Wrong passwords from so many places, as many from each as are tried there and one more."""
    for place in places(number):
        stranger = at(place)
        for _ in range(tries):
            enters(stranger, email, WRONG)


def a_known_device(place: str, email: str) -> Client:
    owner = at(place)
    owner.post(LOGIN, {"login": email, "password": PASSWORD})
    owner.post(FACTOR, {"code": totp_code()})
    owner.post("/accounts/logout/")
    return owner


def test_wrong_passwords_from_one_place_do_not_keep_the_owner_out_elsewhere():
    expert = accounts.an_expert()
    attack(expert.email, 1)

    assert not enters(at(places(1)[0]), expert.email)
    assert enters(at("203.0.113.7"), expert.email)


def test_wrong_passwords_from_many_places_stop_at_a_bound_and_a_known_device_still_gets_in():
    expert = accounts.an_expert()
    owner = a_known_device("203.0.113.7", expert.email)
    attack(expert.email, 21)

    assert not enters(at("192.0.2.1"), expert.email)
    assert enters(owner, expert.email)


def test_a_known_device_is_known_wherever_it_is():
    expert = accounts.an_expert()
    owner = a_known_device("203.0.113.7", expert.email)
    attack(expert.email, 21)
    owner.defaults["REMOTE_ADDR"] = places(1)[0]

    assert enters(owner, expert.email)


def test_guessing_on_a_known_device_has_the_bound_of_one_place():
    expert = accounts.an_expert()
    thief = a_known_device("203.0.113.7", expert.email)

    for _ in range(5):
        assert not enters(thief, expert.email, WRONG)

    assert not enters(thief, expert.email)


def test_a_device_known_for_one_address_is_unknown_for_another_and_cannot_be_made_up():
    other, expert = accounts.an_expert("other@example.kr"), accounts.an_expert()
    thief = a_known_device("203.0.113.7", other.email)
    forger = at("203.0.113.8")
    forger.cookies["device"] = thief.cookies["device"].value[:-1] + "g"
    attack(expert.email, 21)

    assert [enters(one, expert.email) for one in (thief, forger)] == [False, False]


@pytest.mark.parametrize("cookie", ["", ".", "x", "é.é", "a" * 5000, "a.b.c"])
def test_an_odd_cookie_is_no_device(cookie):
    expert = accounts.an_expert()
    browser = at("203.0.113.8")
    browser.cookies["device"] = cookie

    assert enters(browser, expert.email)


def test_the_cookie_of_a_device_names_nobody():
    expert = accounts.an_expert()
    cookie = a_known_device("203.0.113.7", expert.email).cookies["device"]
    again = HttpResponse()
    limits.remember_device(again, expert.email)

    assert expert.id not in cookie.value
    assert cookie.value.partition(".")[2] != again.cookies["device"].value.partition(".")[2]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_right_passwords_are_not_counted():
    expert = accounts.an_expert()

    assert all(enters(at("203.0.113.7"), expert.email) for _ in range(8))


@pytest.mark.parametrize("make", [accounts.a_citizen, lambda: None])
def test_asking_for_codes_at_one_place_leaves_the_citizen_hers(make):
    make()
    email = "citizen@example.kr"
    asked = [at(places(1)[0]).post(CODE, {"email": email}).status_code for _ in range(4)]
    mail.outbox.clear()

    answer = at("203.0.113.7").post(CODE, {"email": email})

    assert asked == [302, 302, 302, 200]
    assert (answer.status_code, [one.to for one in mail.outbox]) == (302, [[email]])


def test_asking_for_codes_at_many_places_stops_at_a_bound_and_a_known_device_gets_hers():
    citizen = accounts.a_citizen()
    owner = at("203.0.113.7")
    signed_in_by_code(owner, citizen.email)
    mail.outbox.clear()
    for place in places(20):
        for _ in range(3):
            at(place).post(CODE, {"email": citizen.email})

    assert len(mail.outbox) == 50 - 1
    assert owner.post(CODE, {"email": citizen.email}).status_code == 302
    assert len(mail.outbox) == 50


def signed_in_by_code(client: Client, email: str) -> None:
    asked = client.post(CODE, {"email": email})
    client.post(asked["Location"], {"code": mailed_code()})
    client.post("/accounts/logout/")


def test_asking_for_a_new_password_at_one_place_leaves_the_owner_hers():
    expert = accounts.an_expert()
    stranger = at(places(1)[0])
    asked = [stranger.post(RESET, {"email": expert.email}).status_code for _ in range(6)]
    mail.outbox.clear()

    answer = at("203.0.113.7").post(RESET, {"email": expert.email})

    assert asked == [302, 302, 302, 200, 200, 200]
    assert (answer.status_code, [one.to for one in mail.outbox]) == (302, [[expert.email]])


def test_signing_somebody_up_again_and_again_leaves_her_own_sign_up():
    stranger, email = at(places(1)[0]), "new@example.kr"
    for _ in range(4):
        stranger.post(SIGN_UP, {"email": email, "consent": "on"})
        stranger.cookies.clear()
    mail.outbox.clear()

    answer = at("203.0.113.7").post(SIGN_UP, {"email": email, "consent": "on"})

    assert (answer.status_code, [one.to for one in mail.outbox]) == (302, [[email]])


def test_codes_of_the_app_are_bound_to_the_person_wherever_they_are_typed():
    """Whoever gets this far knows her password: six digits would not stand a limit of each place."""
    expert = accounts.an_expert()
    for place in places(5):
        stranger = at(place)
        stranger.post(LOGIN, {"login": expert.email, "password": PASSWORD})
        stranger.post(FACTOR, {"code": "000000"})
    one_more = at("192.0.2.1")
    one_more.post(LOGIN, {"login": expert.email, "password": PASSWORD})

    assert one_more.post(FACTOR, {"code": totp_code()}).status_code == 200
