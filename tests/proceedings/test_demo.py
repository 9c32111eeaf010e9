"""The demonstration as a newcomer finds it: every link on every page leads somewhere, for everybody."""

import re
from collections import deque
from html import unescape

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from portal.accounts.models import User
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


def test_no_link_of_the_public_pages_is_dead(client, demo):
    found = walk(client, "/")

    assert dead(found) == {}
    assert {"/stages/stage-1/", "/stages/extra-selection/", "/stages/stage-2/"} <= set(found)
    assert {"/results/stage-1/", "/results/extra-selection/"} <= set(found)


@pytest.mark.parametrize(
    ("person", "start"),
    [
        ("officer", "/admin/"),
        ("auditor", "/admin/"),
        ("expert", "/sheets/"),
        ("team", "/results/own/"),
        ("citizen", "/take-part/"),
    ],
)
def test_no_link_of_anybody_is_dead(client, demo, person, start):
    sign_in(client, User.objects.get(email=f"{person}@demo.example"))

    found = walk(client, start, "/")

    assert dead(found) == {}
    assert found[start] in (200, 302)


def test_the_demonstration_is_made_once(client, demo):
    before = (demo.read_text(), User.objects.count())

    call_command("seed_demo", verbosity=0)

    assert (demo.read_text(), User.objects.count()) == before


def test_there_is_no_demonstration_on_a_real_site(settings):
    settings.PORTAL_ENV = "production"

    with pytest.raises(CommandError, match="PORTAL_ENV=demo"):
        call_command("seed_demo")

    assert User.objects.count() == 0
