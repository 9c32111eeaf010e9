"""Plumbing for all tests: which browser, which broker, and what may be skipped."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.urls import base
from django.utils import timezone
from django.utils.translation import trans_real
from playwright.sync_api import Browser, sync_playwright

from portal.boot import broker
from portal.environment import broker_socket, socket_url

# Playwright's synchronous interface runs an event loop in the test's own thread, where Django would refuse to ask the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# And where Django sees a loop, it gives every callback of it a connection of its own, which sees nothing of the test's transaction and which
# nobody closes. One connection a thread, as on the site.
connections._connections = threading.local()
# What else Django keeps for one task of a loop – language, time zone, the root of addresses – is kept for a thread, too: no task asks for
# it, and every page asks hundreds of times.
for module, name in ((trans_real, "_active"), (timezone, "_active"), (base, "_prefixes"), (base, "_urlconfs")):
    setattr(module, name, threading.local())

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--no-first-run",
]


def browser_path() -> str | None:
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    asked = os.environ.get("BROWSER_PATH")
    return next(filter(None, map(shutil.which, (asked,) if asked else names)), None)


ASKS = {"db", "transactional_db", "live_server", "django_db_setup"}


def differs_by_database(item: pytest.Item, all_names: set[str]) -> bool:
    """Whether a second database could say anything new.

    Not where none is asked (sites that a test starts for itself bring their own SQLite), not in how a page looks, not on a phone what was
    done at a desk, and not where a test only proves that another can fail.
    """
    if item.get_closest_marker("one_database"):
        return False
    asks = item.get_closest_marker("django_db") is not None or not ASKS.isdisjoint(getattr(item, "fixturenames", ()))
    at_a_desk = item.name.replace("[phone", "[desktop")
    return asks and item.path.name != "test_look.py" and (at_a_desk == item.name or at_a_desk not in all_names)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The slow ones first, so that no process waits for another at the end. What a second database cannot change is not run again on it.

    Without a browser its tests are skipped with a reason – or fail, where the machine was meant to have one (CI).
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if os.environ.get("TEST_DATABASE_URL"):
        names = {item.name for item in items}
        left_out = [item for item in items if not differs_by_database(item, names)]
        kept = set(items).difference(left_out)
        items[:] = [item for item in items if item in kept]
        config.hook.pytest_deselected(items=left_out)
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
