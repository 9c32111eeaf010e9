"""The web as script/run starts it, on the test database: many posts at once, and kill -9 in the middle of them.

What a citizen was told is kept must be kept, once, whatever two windows, an impatient finger or a dying server do.
"""

import http.client
import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage import default_storage
from django.db import connection
from django.test import Client, RequestFactory

from evaluations.ratings import actions
from evaluations.ratings.models import Ballot, Paper, RollEntry
from portal.accounts.models import Consent, User
from portal.audit.models import Event
from portal.boot import run
from tests.committed import let_evidence_be_flushed
from tests.factories.accounts import a_citizen, sign_in
from tests.factories.ratings import a_rated_stage, issued

pytestmark = pytest.mark.slow

let_evidence_be_flushed()

AT_ONCE = 50
PATIENCE = 60
STAGE = "/take-part/stage-2/"
HERSELF = {"trait-age": "20s", "interest": "no", "consent": "on"}


@dataclass(frozen=True)
class Reply:
    status: int
    location: str
    messages: str
    page: str

    @property
    def receipt(self) -> str:
        """The number in the sentence that the next page will show."""
        request = RequestFactory().get("/", headers={"cookie": f"{settings.MESSAGE_COOKIE_NAME}={self.messages}"})
        request.session = {}
        request._messages = default_storage(request)
        (said,) = get_messages(request)
        return re.search(r"[0-9a-f]{4}(-[0-9a-f]{4}){7}", str(said))[0]


class Site:
    """A door that stays open, as the launcher holds it, and the web behind it, which may die."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.door = run.listen("127.0.0.1", 0, fixed=True)
        self.port = self.door.getsockname()[1]
        (folder / "logs").mkdir()
        database = connection.settings_dict
        url = f"sqlite:///{database['NAME']}"
        if connection.vendor == "postgresql":
            url = "postgres://{USER}:{PASSWORD}@:{PORT}/{NAME}?host={HOST}".format(**database)
        self.env = {
            "PATH": os.environ["PATH"], "PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_ENV": "test", "DATA_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY,
            "PERSON_PEPPER": settings.PERSON_PEPPER, "VOTER_TAG_KEY": settings.VOTER_TAG_KEY,
        }  # fmt: skip
        (folder / "static").mkdir()
        self.start()

    def start(self) -> None:
        self.web = run.web(self.door, self.folder, self.env)
        self.web.start()
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.web.is_running(), self.web.last_words()
            assert time.monotonic() < deadline, self.web.last_words()
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz").status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """-9 for the master and all its workers, whatever they are doing."""
        os.killpg(self.web.process.pid, signal.SIGKILL)
        self.web.end_session()

    def stop(self) -> None:
        self.web.end_session()
        self.door.close()

    def ask(
        self, verb: str, path: str, cookies: dict[str, str] | None = None, body: dict[str, str] | None = None
    ) -> Reply:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            asked.request(verb, path, urlencode(body) if body is not None else None, headers)
            answer = asked.getresponse()
            page = answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(error) from error
        finally:
            asked.close()
        jar = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or []))
        told = jar[settings.MESSAGE_COOKIE_NAME].value if settings.MESSAGE_COOKIE_NAME in jar else ""
        return Reply(answer.status, answer.headers.get("Location", ""), told, page)


@pytest.fixture(scope="module")
def standing(django_db_setup, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        yield site
    finally:
        site.stop()


@pytest.fixture
def site(transactional_db, standing: Site) -> Site:
    """The site stands for all tests, and up again after one that left it dead; what was written is gone with each."""
    if not standing.web.is_running():
        standing.start()
    return standing


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "SCRIPT-NAME"])
def test_a_visitor_cannot_say_where_the_site_begins(site, name):
    asked = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    asked.request("GET", "/healthz", headers={name: "//evil"})

    assert asked.getresponse().status == 200
    asked.close()


class Voter:
    """A person in a browser without a window."""

    def __init__(self, site: Site, user: User) -> None:
        self.site = site
        token = "t" * 32
        self.cookies = {
            settings.SESSION_COOKIE_NAME: sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value,
            settings.CSRF_COOKIE_NAME: token,
        }
        self.form = {"csrfmiddlewaretoken": token}

    def post(self, path: str, **fields: str) -> Reply:
        return self.site.ask("POST", path, self.cookies, self.form | fields)

    def cast(self, position: int, choice: str) -> Reply:
        return self.post(f"{STAGE}papers/{position}/cast/", choice=choice, recognised="", revision="1")


def at_once(*acts: Callable[[], Reply]) -> list[Reply]:
    """All of them at the same moment, each on a connection of its own."""
    gate = threading.Barrier(len(acts))

    def one(act: Callable[[], Reply]) -> Reply:
        gate.wait(PATIENCE)
        return act()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(one, acts))


def test_fifty_equal_posts_are_one_ballot_and_one_receipt(site):
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    voter = Voter(site, citizen)

    replies = at_once(*[lambda: voter.cast(1, "a")] * AT_ONCE)

    assert Counter((reply.status, reply.location) for reply in replies) == {(302, f"{STAGE}papers/2/"): AT_ONCE}
    ballot = Ballot.objects.select_related("event").get()
    assert {reply.receipt for reply in replies} == {ballot.event.receipt}
    assert Event.objects.filter(kind="ballot cast").count() == 1


def test_fifty_equal_posts_of_stars_are_one_ballot(site):
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    voter = Voter(site, citizen)
    path, stars = f"{STAGE}papers/3/cast/", {"star-q0": "4", "star-q1": "2", "recognised": "", "revision": "1"}

    replies = at_once(*[lambda: voter.post(path, **stars)] * AT_ONCE)

    assert {(reply.status, reply.location) for reply in replies} == {(302, f"{STAGE}papers/1/")}
    ballot = Ballot.objects.select_related("event").get()
    assert {reply.receipt for reply in replies} == {ballot.event.receipt}
    assert actions.stars_of(ballot) == {"q0": 4, "q1": 2}


def test_of_fifty_different_posts_one_counts_and_the_others_are_told(site):
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    voter = Voter(site, citizen)
    choices = Ballot.Choice.values * (AT_ONCE // 5)

    replies = at_once(*[lambda choice=choice: voter.cast(1, choice) for choice in choices])

    ballot = Ballot.objects.select_related("event").get()
    told = {choice: Counter() for choice in Ballot.Choice.values}
    for choice, reply in zip(choices, replies, strict=True):
        told[choice][reply.status] += 1
        if reply.status == 302:
            assert reply.receipt == ballot.event.receipt
        else:
            assert "이미 다른 답이 저장되어 있습니다." in reply.page
            assert re.search(rf'value="{choice}"[^>]* checked', reply.page)
    assert told == {choice: {302 if choice == ballot.choice else 409: AT_ONCE // 5} for choice in Ballot.Choice.values}


def test_twenty_windows_enrol_one_person_once(site):
    a_rated_stage()
    citizen = a_citizen()
    voter = Voter(site, citizen)

    replies = at_once(*[lambda: voter.post(f"{STAGE}enrol/done/", **HERSELF)] * 20)

    assert Counter((reply.status, reply.location) for reply in replies) == {(302, f"{STAGE}papers/1/"): 20}
    assert (RollEntry.objects.count(), Consent.objects.count(), Paper.objects.count()) == (1, 1, 3)


def test_what_was_acknowledged_outlives_kill_9_and_is_acknowledged_alike(site):
    stage = a_rated_stage(prompts=30, plan={"comparisons_per_person": 40, "ratings_per_person": 0})
    voters = []
    for number in range(4):
        citizen = a_citizen(f"citizen{number}@example.kr")
        issued(stage, citizen, seed=number)
        voters.append(Voter(site, citizen))
    asked = [(voter, position, "ab"[position % 2]) for position in range(1, 41) for voter in voters]
    acknowledged: dict[int, Reply] = {}
    lost: list[int] = []
    enough = threading.Event()

    def send(number: int) -> None:
        voter, position, choice = asked[number]
        try:
            acknowledged[number] = voter.cast(position, choice)
        except OSError:
            lost.append(number)
        if len(acknowledged) >= len(asked) // 3:
            enough.set()

    with ThreadPoolExecutor(8) as stream:
        sent = [stream.submit(send, number) for number in range(len(asked))]
        assert enough.wait(PATIENCE)
        site.kill()
        before = dict(acknowledged)  # nobody answers from here on until the web is back
        site.start()
        for one in sent:
            one.result(PATIENCE)

    assert len(asked) // 3 <= len(before) < len(asked)
    assert {reply.status for reply in acknowledged.values()} == {302}
    kept = set(Event.objects.filter(kind="ballot cast").values_list("leaf", flat=True))
    receipts = {number: reply.receipt for number, reply in acknowledged.items()}
    assert {receipt.replace("-", "") for receipt in receipts.values()} <= {leaf[:32] for leaf in kept}

    again = {number: voter.cast(position, choice) for number, (voter, position, choice) in enumerate(asked)}

    assert {reply.status for reply in again.values()} == {302}
    assert {number: again[number].receipt for number in receipts} == receipts
    assert Ballot.objects.count() == Event.objects.filter(kind="ballot cast").count() == len(asked)
    assert sorted(acknowledged) == sorted(set(range(len(asked))) - set(lost))
