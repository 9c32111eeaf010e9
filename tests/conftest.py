"""Plumbing for all tests: which browser, which broker, and what may be skipped."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from portal.boot import broker
from portal.environment import broker_socket, socket_url

# Playwright's synchronous interface runs an event loop in the test's own thread, where Django would refuse to ask the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# And where Django sees a loop, it gives every callback of it a connection of its own, which sees nothing of the test's transaction and which
# nobody closes. One connection a thread, as on the site.
connections._connections = threading.local()

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--no-first-run",
]


def browser_path() -> str | None:
    names = (os.environ.get("BROWSER_PATH", "chromium"), "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser its tests are skipped with a reason – or fail, where the machine was meant to have one (CI)."""
    if browser_path() is None and os.environ.get("REQUIRE_BROWSER") != "1":
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(
                    pytest.mark.skip(reason="Chromium이 없어 브라우저 시험을 건너뜁니다 (no Chromium found)")
                )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium of the system; tests open a context each."""
    path = browser_path()
    assert path is not None, "Chromium이 없습니다. REQUIRE_BROWSER=1에서는 실패입니다 (no Chromium found)"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def embedded_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real, empty Valkey server of this test process alone."""
    folder: Path = tmp_path_factory.mktemp("broker")
    server = broker.child(folder, os.environ, folder / "log")
    server.start()
    broker.wait(broker_socket(folder))
    yield socket_url(broker_socket(folder))
    server.stop()
    broker.tidy(folder)
