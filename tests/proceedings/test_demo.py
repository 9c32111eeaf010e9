"""The demonstration as a newcomer finds it: every link on every page leads somewhere, for everybody."""

import re
from collections import deque
from datetime import datetime, timedelta
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Max, Min
from django.test import Client
from django.utils import timezone

from evaluations.panels.models import Invitation
from evaluations.proceedings.management.commands import seed_demo
from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
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
    "officer2": "/admin/",
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


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or the machine went off."""


STEPS = (
    (seed_demo, "create_account", 3),
    (seed_demo.jobs, "carry_out", 1),
    (seed_demo, "_seats", 1),
    (seed_demo.panels, "invite", 2),
    (seed_demo, "create_account", 1),
    (seed_demo, "_signins", 1),
    (Path, "replace", 1),
)
"""Where each run of the test stops: at which call of what. Each run comes a step further than the one before."""


def stopping(function, calls: int):
    """The same function, which stops the run instead of its n-th call."""
    left = iter(range(calls - 1, -1, -1))

    def stop_at_last(*arguments, **options):
        if next(left) == 0:
            raise Stopped
        return function(*arguments, **options)

    return stop_at_last


@pytest.mark.slow
def test_a_run_that_was_stopped_is_continued_on_another_day(client, settings, tmp_path, monkeypatch):
    settings.PORTAL_ENV, settings.DATA_DIR = "demo", tmp_path
    for day, (place, name, calls) in enumerate(STEPS):
        with monkeypatch.context() as patched:
            patched.setattr(seed_demo, "datetime", clock(day))
            patched.setattr(place, name, stopping(getattr(place, name), calls))
            with pytest.raises(Stopped):
                call_command("seed_demo", verbosity=0)
        assert not (tmp_path / "demo-signins.txt").exists()

    call_command("seed_demo", verbosity=0)

    assert dict(Stage.objects.values_list("slug", "phase")) == {
        "stage-1": Phase.PUBLISHED, "extra-selection": Phase.PUBLISHED, "rehearsal": Phase.PUBLISHED,
        "stage-2": Phase.OPEN,
    }  # fmt: skip
    assert client.get(invitation_in(tmp_path / "demo-signins.txt")).status_code == 200


def clock(day: int) -> type[datetime]:
    """The class `datetime` of that many days later."""

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=day)

    return Later


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


def test_there_is_no_demonstration_on_a_real_site(settings):
    settings.PORTAL_ENV = "production"

    with pytest.raises(CommandError, match="PORTAL_ENV=demo"):
        call_command("seed_demo")

    assert User.objects.count() == 0
