"""What she was told is submitted is there, whatever happens to the web process in the next moment."""

import http.client
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from evaluations.reviews.models import Draft, Sheet
from portal.boot import run
from portal.boot.children import Child
from portal.environment import VARIABLES
from tests.committed import let_evidence_be_flushed
from tests.factories import accounts, reviews
from tests.factories.reviews import COMPLETE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
let_evidence_be_flushed()


def environment(folder: Path, port: int) -> dict[str, str]:
    """The site's own settings, on the test database."""
    database = f"sqlite:///{connection.settings_dict['NAME']}"
    if connection.vendor == "postgresql":
        database = "postgres://{USER}:{PASSWORD}@:{PORT}/{NAME}?host={HOST}".format(**connection.settings_dict)
    return {name: value for name, value in os.environ.items() if name not in VARIABLES} | {
        "PORTAL_ENV": "test", "DATA_DIR": str(folder), "DATABASE_URL": database, "PORT": str(port),
        "SECRET_KEY": settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "portal.settings",
    }  # fmt: skip


@contextmanager
def the_web(door, folder: Path) -> Iterator[Child]:
    """The web server as script/run starts it, once it answers."""
    port = door.getsockname()[1]
    (folder / "logs").mkdir(exist_ok=True)
    (folder / "static").mkdir(exist_ok=True)
    child = run.web(door, folder, environment(folder, port))
    child.start()
    try:
        deadline = time.monotonic() + 60
        while not answers(port):
            assert time.monotonic() < deadline
        yield child
    finally:
        child.end_session()


def answers(port: int) -> bool:
    try:
        return Window(port, "").ask("GET", "/healthz")[0] == 200
    except OSError:
        return False


class Window:
    """A browser window of hers: one connection, her session, the token of its form."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session, self.csrf = port, session, ""

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, Location and page; raises where the connection ends without an answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={self.csrf}"
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(link):
            link.request(method, path, urlencode(data) if data else None, headers)
            answer = link.getresponse()
            body = answer.read().decode()
        if found := re.search(rf"{settings.CSRF_COOKIE_NAME}=([^;]+)", answer.getheader("Set-Cookie") or ""):
            self.csrf = found[1]
        return answer.status, answer.getheader("Location") or "", body

    def form(self, path: str) -> dict[str, str]:
        """The form on that page as the page gives it, with everything she fills in."""
        status, _, page = self.ask("GET", path)
        assert status == 200
        return COMPLETE | {
            name: re.search(f'name="{name}" value="([^"]+)"', page.split('class="krds-form sheet"')[1])[1]
            for name in ("csrfmiddlewaretoken", "version")
        }


def test_a_sheet_that_was_acknowledged_survives_kill_9_and_one_that_was_not_is_there_whole_or_not_at_all(tmp_path):
    expert = accounts.an_expert()
    assignments = reviews.a_desk(reviews.an_open_stage(), expert)
    session = accounts.sign_in(Client(), expert).cookies[settings.SESSION_COOKIE_NAME].value
    with run.listen("127.0.0.1", 0, fixed=True) as door:
        port = door.getsockname()[1]
        windows = {one.pk: Window(port, session) for one in assignments}
        with the_web(door, tmp_path) as web:
            forms = {pk: window.form(f"/sheets/{pk}/") for pk, window in windows.items()}
            acknowledged: dict[str, str] = {}

            def submit(pk: str) -> None:
                try:
                    status, location, _ = windows[pk].ask("POST", f"/sheets/{pk}/submit/", forms[pk])
                except (OSError, http.client.HTTPException):
                    return
                assert status == 302
                acknowledged[pk] = location
                web.end_session()  # kill -9 for master and workers, in the middle of the others

            with ThreadPoolExecutor(4) as pool:
                list(pool.map(submit, forms))

        stored = {sheet.assignment_id: sheet for sheet in Sheet.objects.all()}
        assert acknowledged
        assert {pk: f"/sheets/submitted/{stored[pk].pk}/" for pk in acknowledged} == acknowledged
        for sheet in stored.values():
            assert (sheet.marks.count(), sheet.findings.count(), sheet.event.kind) == (4, 4, "sheet submitted")

        # She presses the button again: the same sheets, and those that were lost on the way.
        with the_web(door, tmp_path):
            for pk, window in windows.items():
                status, location, _ = window.ask("POST", f"/sheets/{pk}/submit/", forms[pk])
                assert status == 302
                assert acknowledged.get(pk, location) == location
            receipts = [window.ask("GET", acknowledged[pk])[0] for pk, window in windows.items() if pk in acknowledged]

    assert set(receipts) == {200}
    assert (Sheet.objects.count(), Draft.objects.count()) == (4, 0)
