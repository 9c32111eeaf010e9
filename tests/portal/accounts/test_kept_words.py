"""A session that ended, a token that is old: what was typed comes back to be sent again, and never to another site."""

import re

import pytest
from django.test import Client

from tests.factories import accounts

pytestmark = pytest.mark.django_db

SAVE = "/sheets/" + "a" * 26 + "/save/"
TYPED = {
    "comment-expert.technology": '길게 적은 의견입니다. <b>"굵게"</b>',
    "version": "0.0",
    "opinion": "둘째 줄\r\n셋째 줄",
}
OURS = {"HTTP_ORIGIN": "http://testserver", "HTTP_REFERER": "http://testserver/sheets/" + "a" * 26 + "/"}


def hidden(response) -> dict[str, str]:
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', main))
    found.pop("csrfmiddlewaretoken", None)
    return found


ESCAPED = {
    "comment-expert.technology": "길게 적은 의견입니다. &lt;b&gt;&quot;굵게&quot;&lt;/b&gt;",
    "version": "0.0",
    "opinion": "둘째 줄\r\n셋째 줄",
}


def test_a_form_posted_after_the_session_ended_is_handed_back_whole(client):
    answer = client.post(SAVE, TYPED, **OURS)

    html = answer.content.decode()
    assert answer.status_code == 403
    assert hidden(answer) == ESCAPED
    assert f'<form method="post" action="{SAVE}" enctype="multipart/form-data">' in html
    assert f'href="/accounts/login/?next=/sheets/{"a" * 26}/" target="_blank"' in html


def test_a_page_asked_for_without_a_session_leads_to_the_sign_in(client):
    assert client.get("/sheets/")["Location"] == "/accounts/login/?next=/sheets/"


def test_where_the_form_came_from_is_believed_of_our_own_site_only(client):
    answer = client.post(SAVE, TYPED, HTTP_REFERER="https://example.org/sheets/")

    assert 'href="/accounts/login/?next=/"' in answer.content.decode()


def test_the_script_that_saves_is_told_in_its_own_language(client):
    answer = client.post(SAVE, TYPED, headers={"X-Requested-With": "autosave"})

    assert answer.status_code == 403
    assert answer.json() == {
        "message": "로그인이 끝났습니다. 새 창에서 로그인하시면 이어서 저장합니다.",
        "login": "/accounts/login/",
    }


def strict() -> Client:
    return accounts.sign_in(Client(enforce_csrf_checks=True), accounts.an_expert())


def test_a_form_with_an_old_token_is_handed_back_with_a_fresh_one():
    client = strict()
    answer = client.post(SAVE, TYPED | {"csrfmiddlewaretoken": "x" * 64}, **OURS)
    token = re.search(
        r'<form method="post" action="/sheets[^>]+>\s*<input[^>]*value="([^"]+)"', answer.content.decode()
    )[1]

    again = client.post(SAVE, TYPED | {"csrfmiddlewaretoken": token}, **OURS)

    assert answer.status_code == 403
    assert hidden(answer) == ESCAPED
    assert again.status_code == 404


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://example.org"}, {"HTTP_ORIGIN": "null"}])
def test_a_form_from_elsewhere_is_not_handed_back(origin):
    answer = strict().post(SAVE, TYPED, **origin)

    assert answer.status_code == 403
    assert hidden(answer) == {}
    assert "길게 적은" not in answer.content.decode()


def test_the_script_that_saves_gets_a_fresh_token_on_our_own_site_only():
    client = strict()
    ask = {"X-Requested-With": "autosave"}

    ours = client.post(SAVE, TYPED, headers=ask, **OURS).json()
    theirs = client.post(SAVE, TYPED, headers=ask, HTTP_ORIGIN="https://example.org").json()
    again = client.post(SAVE, TYPED | {"csrfmiddlewaretoken": ours["token"]}, headers=ask, **OURS)

    assert theirs["token"] == ""
    assert again.status_code == 404


def test_a_form_that_holds_a_password_is_never_shown_again():
    login = {"login": "expert@example.kr", "password": "비밀번호 하나 둘 셋", "csrfmiddlewaretoken": "x" * 64}

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", login, **OURS)

    assert answer.status_code == 403
    assert hidden(answer) == {}
    assert "비밀번호 하나" not in answer.content.decode()
