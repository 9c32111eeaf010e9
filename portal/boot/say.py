"""What the launcher tells the person at the keyboard: Korean first, a few words of English after."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(Exception):
    """The launcher cannot go on. The text is what the person is told; there is no traceback."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def prepare_output() -> None:
    """Korean must not crash a terminal of another encoding, and lines must come when they are written."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)  # type: ignore[union-attr]  # a real stream; only TextIO is promised


def say(line: str) -> None:
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        pass  # nobody reads any more; what was started must still be stopped in order


@contextmanager
def step(number: int, total: int, title: str) -> Iterator[None]:
    """One line when a step begins, one with its duration when it is done."""
    say(f"[{number}/{total}] {title}")
    began = time.monotonic()
    yield
    say(f"      … {time.monotonic() - began:.1f}초")
