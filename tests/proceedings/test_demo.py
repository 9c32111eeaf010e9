"""The demonstration as a newcomer finds it: every link on every page leads somewhere, for everybody."""

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Max, Min
from django.test import Client, override_settings
from django.utils import timezone

from evaluations.panels.models import Invitation
from evaluations.proceedings.management.commands import seed_demo
from evaluations.programme.models import Stage
from evaluations.ratings.models import Ballot
from portal.accounts.models import User
from portal.environment import BASE_DIR
from tests.factories import accounts
from tests.factories.accounts import sign_in

pytestmark = pytest.mark.django_db

HREF = re.compile(r'href="(/[^"#?]*)')
NAME = re.compile(r"[0-9a-zA-Z_-]{20,}|[0-9]+")
"""What differs between pages of one kind: the ids in their addresses."""
ENOUGH = 3


@pytest.fixture(scope="module")
def signins(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """Made once: what one test changes is undone, the demonstration is undone after the last."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(), override_settings(PORTAL_ENV="demo", DATA_DIR=folder), transaction.atomic(),
    ):  # fmt: skip
        call_command("seed_demo", verbosity=0)
        yield folder / "demo-signins.txt"
        transaction.set_rollback(True)


@pytest.fixture
def demo(signins, settings) -> Iterator[Path]:
    settings.PORTAL_ENV, settings.DATA_DIR = "demo", signins.parent
    text = signins.read_text("utf-8")
    yield signins
    signins.write_text(text, "utf-8")


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
    assert {"/results/stage-1/", "/results/extra-selection/", "/results/rehearsal/"} <= set(found)

    for person, start in FIRST.items():
        own = walk(sign_in(Client(), User.objects.get(email=f"{person}@demo.example")), start, "/")
        assert (person, dead(own)) == (person, {})
        assert own[start] in (200, 302)


PERSON = re.compile(r"(\S+@demo\.example) +비밀번호 (\S+) +(/\S+)$", re.MULTILINE)


def test_everybody_gets_in_with_what_is_printed(client, demo):
    people = PERSON.findall(demo.read_text())
    assert [email.partition("@")[0] for email, _password, _path in people] == [
        "officer", "officer2", "expert", "auditor", "team",
    ]  # fmt: skip
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
    assert client.get(invitation_in(demo)).status_code == 200


def test_the_votes_of_the_open_stage_lie_between_its_opening_and_now(demo):
    stage = Stage.objects.get(slug="stage-2")

    cast = Ballot.objects.of_stage(stage).aggregate(first=Min("cast_at"), last=Max("cast_at"))

    assert stage.opens_at <= cast["first"] < cast["last"] <= timezone.now() < stage.closes_at


def test_the_demonstration_is_made_once(client, demo):
    before = (demo.read_text(), User.objects.count())

    call_command("seed_demo", verbosity=0)

    assert (demo.read_text(), User.objects.count()) == before


def invitation_in(signins: Path) -> str:
    found = re.search(r"새로 초대받은 평가위원 +(/\S+)$", signins.read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def test_lost_sign_ins_are_written_again_with_a_link_that_works(client, demo):
    lost = invitation_in(demo)
    demo.unlink()

    call_command("seed_demo", verbosity=0)

    assert client.get(lost).status_code == 404
    assert client.get(invitation_in(demo)).status_code == 200

    guest = accounts.an_expert(email=seed_demo.GUEST)
    seed_demo.panels.accept(invitation=Invitation.objects.get(email=seed_demo.GUEST), by=guest)
    demo.unlink()
    call_command("seed_demo", verbosity=0)
    assert "새로 초대받은 평가위원   더 보낼 링크가 없습니다" in demo.read_text()
