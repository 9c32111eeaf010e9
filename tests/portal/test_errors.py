"""Whatever goes wrong, the reader gets a page of ours: in Korean, in the frame, without a secret, with a way on."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests.factories.accounts import a_citizen, sign_in
from tests.portal.broken_urls import SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.broken_urls")]

ERRORS = Path(settings.BASE_DIR) / "templates" / "errors"


def too_often(client: Client):
    """As many sign-ins as it takes until the limit answers."""
    for _ in range(40):
        answer = client.post("/accounts/login/", {"login": "nobody@example.kr", "password": "틀린 비밀번호"})
        if answer.status_code == 429:
            cache.clear()
            return answer
    raise AssertionError("the sign-in has no limit")


def with_an_unknown_parameter(client: Client):
    return sign_in(client, a_citizen()).get("/accounts/me/", {"nobody": "asked"})


def without_token(client: Client):
    return Client(enforce_csrf_checks=True).post("/display/", {"mode": "high-contrast"})


ANSWERS = {
    "an unknown parameter": (400, with_an_unknown_parameter),
    "a suspicious request": (400, lambda client: client.get("/suspicious/")),
    "a wrong host": (400, lambda client: client.get("/", headers={"host": "evil.example"})),
    "a forbidden page": (403, lambda client: client.get("/forbidden/")),
    "a form without its token": (403, without_token),
    "an unknown page": (404, lambda client: client.get("/nowhere/")),
    "a wrong method": (405, lambda client: client.get("/display/")),
    "a stale window": (409, lambda client: client.get("/stale/")),
    "too many attempts": (429, too_often),
    "a database that somebody else holds": (
        503,
        lambda client: client.post("/locked/", {"text": "as typed"}),
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_every_error_has_a_korean_page_in_the_frame_with_a_way_on(client, case):
    status, ask = ANSWERS[case]

    answer = ask(client)

    html = answer.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert answer.status_code == status
    assert '<html lang="ko">' in html
    assert re.fullmatch("[가-힣 ·]+", re.search(r"<h1>([^<]+)</h1>", main)[1])
    assert {"/", "/help/"} <= set(re.findall(r'<a href="([^"]+)"', main))
    assert "<footer" in html
    assert SECRET not in html


# Not among them: a stale window, whose sentence comes from the verb, and a missing token, whose visitor is another one.
IN_ENGLISH = ANSWERS.keys() - {"a stale window", "a form without its token"}


@pytest.mark.parametrize("case", sorted(IN_ENGLISH))
def test_every_error_page_has_its_english(client, case):
    _status, ask = ANSWERS[case]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    html = ask(client).content.decode()

    assert '<html lang="en">' in html
    assert re.findall("[가-힣]+", html[html.index("<main") : html.index("</main>")]) == []


def test_a_database_that_somebody_else_holds_loses_nothing_typed(client):
    page = client.post("/locked/", {"text": "적은 것은 그대로입니다"})
    script = client.post("/locked/", {"text": "적은 것"}, headers={"X-Requested-With": "autosave"})

    assert '<input type="hidden" name="text" value="적은 것은 그대로입니다">' in page.content.decode()
    assert (page["Retry-After"], script["Retry-After"], script.status_code) == ("10", "10", 503)
    assert "곧 다시 저장합니다" in script.json()["message"]


def test_a_wrong_method_is_told_which_are_right(client):
    assert client.get("/display/")["Allow"] == "POST"
    assert client.post("/help/")["Allow"] == "GET, HEAD"


def test_a_broken_view_shows_the_static_page_and_nothing_else():
    answer = Client(raise_request_exception=False).get("/broken/")

    assert answer.status_code == 500
    assert answer.content.decode() == (ERRORS / "500.html").read_text(encoding="utf-8")
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("page", ["500.html", "503.html"])
def test_the_pages_for_a_broken_site_ask_nothing_of_it(page):
    html = (ERRORS / page).read_text(encoding="utf-8")

    assert re.search(r"<h1>[가-힣 ]+</h1>", html)
    assert '<a href="/">' in html
    assert re.findall(r"\{[{%]|src=|style|<script|https?:", html) == []


def test_the_proxy_serves_the_page_for_a_site_that_is_away():
    proxy = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")

    assert "error_page 502 503 504 /503.html;" in proxy
    assert "root /srv/portal/templates/errors;" in proxy
