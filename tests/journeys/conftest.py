"""A person, a browser and a real server: what is written is committed, what is shown came over HTTP."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from portal.accounts.models import User
from tests.browser import faults, wider_than_the_screen
from tests.committed import let_evidence_be_flushed
from tests.factories.accounts import sign_in

let_evidence_be_flushed()

WIDTHS = {"desktop": (1280, 900), "phone": (360, 740)}
ON_A_SECOND_DATABASE = bool(os.environ.get("TEST_DATABASE_URL"))
"""How a page looks was seen on the first."""
PATIENCE = 30_000
"""Milliseconds: two busy cores are slow, and a journey is not about speed."""
expect.set_options(timeout=PATIENCE)


class Visitor:
    """One person in one browser. Every page she opens is looked at: console, other hosts; on the first database also axe and width."""

    def __init__(self, browser: Browser, site: str, size: str, *, script: bool = True) -> None:
        width, height = WIDTHS[size]
        self.context = browser.new_context(
            base_url=site, viewport={"width": width, "height": height}, java_script_enabled=script,
            locale="ko-KR", timezone_id="Asia/Seoul",
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.site, self.size, self.script = site, size, script
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def sign_in(self, user: User) -> None:
        """Signed in as the sign-in page leaves it; the journeys that are about signing in do it by hand."""
        cookie = sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME]
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.site}])

    def open(self, path: str) -> None:
        self.page.goto(path)

    def look(self, name: str, *, but: str = "") -> None:
        """Check the page she is on. With SCREENSHOTS=folder it is also kept as a picture. `but` is a rule of axe that the caller has a
        reason to pass over."""
        # A press returns as soon as the next page has an address; its words come after that.
        self.page.wait_for_load_state()
        if folder := os.environ.get("SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}-{self.size}.png", full_page=True)
        assert self.page.locator("h1").count() == 1, name
        assert [url for url in self.asked if not url.startswith((self.site, "data:"))] == [], name
        assert self.said == [], name
        if not ON_A_SECOND_DATABASE:
            self._measure(name, but)

    def _measure(self, name: str, but: str) -> None:
        assert wider_than_the_screen(self.page) == 0, name
        if self.script:
            assert [fault for fault in faults(self.page) if not but or not fault.startswith(f"{but}:")] == [], name
            # axe sets styles of its own, which the content policy refuses and the console tells.
            self.said.clear()

    def code_from_mail(self) -> str:
        """The code in the last mail to anybody."""
        found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mail.outbox[-1].body, re.MULTILINE)
        assert found, mail.outbox[-1].body
        return found[1]


@pytest.fixture
def visitor(browser: Browser, live_server, size: str) -> Iterator[Callable[..., Visitor]]:
    """A maker of visitors; tests name the `size`s they run in with `pytest.mark.parametrize`."""
    cache.clear()  # how often others signed in from here, and how many codes were sent to whom
    came: list[Visitor] = []

    def comes(**options) -> Visitor:
        came.append(Visitor(browser, live_server.url, size, **options))
        return came[-1]

    yield comes
    for one in came:
        one.context.close()
