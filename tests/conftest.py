"""Plumbing for all tests: which browser, and what may be skipped."""

import os
import shutil

import pytest

# Playwright's synchronous interface runs an event loop in the test's own thread, where Django would refuse to ask the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def browser_path() -> str | None:
    return (
        shutil.which(os.environ.get("BROWSER_PATH", "chromium"))
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser its tests are skipped with a reason – or fail, where the machine was meant to have one (CI)."""
    if browser_path() is None and os.environ.get("REQUIRE_BROWSER") != "1":
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(
                    pytest.mark.skip(reason="Chromium이 없어 브라우저 시험을 건너뜁니다 (no Chromium found)")
                )


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = browser_path()
    assert path is not None, "Chromium이 없습니다. REQUIRE_BROWSER=1에서는 실패입니다 (no Chromium found)"
    return path
