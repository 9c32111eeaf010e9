"""The demonstration as a newcomer finds it: every link on every page leads somewhere, for everybody."""

import re
from collections import deque
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from portal.accounts.models import User
from portal.environment import BASE_DIR
from tests.factories.accounts import sign_in

pytestmark = pytest.mark.django_db

HREF = re.compile(r'href="(/[^"#?]*)')
NAME = re.compile(r"[0-9a-zA-Z_-]{20,}|[0-9]+")
"""What differs between pages of one kind: the ids in their addresses."""
ENOUGH = 3


@pytest.fixture
def demo(settings, tmp_path):
    settings.PORTAL_ENV, settings.DATA_DIR = "demo", tmp_path
    call_command("seed_demo", verbosity=0)
    return tmp_path / "demo-signins.txt"


def walk(client: Client, *start: str) -> dict[str, int]:
    """The status of every page that can be reached by links, a few of each kind."""
    waiting, found, kinds = deque(start), {}, {}
    while waiting:
        path = waiting.popleft()
        kind = NAME.sub("*", path)
        if path in found or path.startswith("/static/") or kinds.get(kind, 0) >= ENOUGH:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = client.get(path)
        found[path] = answer.status_code
        if answer.status_code == 302:
            waiting.append(re.sub(r"[?#].*", "", answer["Location"]))
        elif answer.get("Content-Type", "").startswith("text/html"):
            waiting.extend(unescape(link) for link in HREF.findall(answer.content.decode()))
    return found


def dead(found: dict[str, int]) -> dict[str, int]:
    return {path: status for path, status in found.items() if status not in (200, 302)}


FIRST = {
    "officer": "/admin/",
    "auditor": "/admin/",
    "expert": "/sheets/",
    "team": "/results/own/",
    "citizen": "/take-part/",
}


def test_no_link_is_dead_for_anybody(client, demo):
    found = walk(client, "/")
    assert dead(found) == {}
    assert {"/stages/stage-1/", "/stages/extra-selection/", "/stages/stage-2/"} <= set(found)
    assert {"/results/stage-1/", "/results/extra-selection/"} <= set(found)

    for person, start in FIRST.items():
        own = walk(sign_in(Client(), User.objects.get(email=f"{person}@demo.example")), start, "/")
        assert (person, dead(own)) == (person, {})
        assert own[start] in (200, 302)


PERSON = re.compile(r"(\S+@demo\.example) +비밀번호 (\S+) +(/\S+)$", re.MULTILINE)


def test_everybody_gets_in_with_what_is_printed(client, demo):
    people = PERSON.findall(demo.read_text())
    assert [email.partition("@")[0] for email, _password, _path in people] == ["officer", "expert", "auditor", "team"]
    readme = (BASE_DIR / "README.md").read_text("utf-8")
    assert [email for email, _password, path in people if f"| `{email}` | `{path}` |" not in readme] == []

    for email, password, path in people:
        own, told = Client(), StringIO()
        call_command("totp", email, stdout=told)
        asked = own.post("/accounts/login/", {"login": email, "password": password})
        entered = own.post(asked["Location"], {"code": told.getvalue().strip()})
        page = own.get(path, follow=True)
        assert (asked["Location"], entered.status_code, page.status_code) == ("/accounts/2fa/authenticate/", 302, 200)
        assert page.request["PATH_INFO"].startswith(path)
    invitation = re.search(r"새로 초대받은 평가위원 +(/\S+)$", demo.read_text(), re.MULTILINE)
    assert invitation is not None
    assert client.get(invitation[1]).status_code == 200


def test_the_demonstration_is_made_once(client, demo):
    before = (demo.read_text(), User.objects.count())

    call_command("seed_demo", verbosity=0)

    assert (demo.read_text(), User.objects.count()) == before


def test_there_is_no_demonstration_on_a_real_site(settings):
    settings.PORTAL_ENV = "production"

    with pytest.raises(CommandError, match="PORTAL_ENV=demo"):
        call_command("seed_demo")

    assert User.objects.count() == 0
