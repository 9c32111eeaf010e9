"""The reader with the stopwatch: how long a page takes, what it weighs, and how many posts a second the site keeps.

Standard library only: the launcher runs this with whatever Python it found.
"""

import http.client
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

ROUNDS = 30
"""How often every page is fetched."""

READERS = 8
"""As many as the threads of the two web processes of script/run."""

TOKEN = "a" * 32
"""Of the form and of the cookie: what counts is that they agree."""


@dataclass(frozen=True)
class Page:
    """What was seen of one page: milliseconds, and the bytes that crossed the line at a first visit, fonts apart."""

    name: str
    questions: int
    cpu: float
    median: float
    p95: float
    html: int
    weight: int


class Unexpected(Exception):
    """The site answered something else than the measurement is about."""


def fetch(door: http.client.HTTPConnection, path: str, cookie: str = "") -> tuple[bytes, str]:
    """The body as it crossed the line, and its encoding."""
    door.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "br, gzip"})
    answer = door.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise Unexpected(f"GET {path}: {answer.status}")
    return body, answer.headers.get("Content-Encoding", "")


def measured(host: str, name: str, path: str, cookie: str, questions: int, cpu: float) -> Page:
    """One page, fetched again and again over one connection after one fetch that is not timed."""
    door = http.client.HTTPConnection(host, timeout=30)
    body, _encoding = fetch(door, path, cookie)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        fetch(door, path, cookie)
        times.append(1000 * (time.perf_counter() - began))
    weight = len(body) + sum(len(fetch(door, asset)[0]) for asset in assets(door, path, cookie))
    door.close()
    return Page(name, questions, cpu, statistics.median(times), percentile(times, 0.95), len(body), weight)


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies, itself one of them."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def assets(door: http.client.HTTPConnection, path: str, cookie: str) -> list[str]:
    """What a browser fetches with this page for the first time: styles, scripts, pictures, what styles name; no fonts."""
    html = plain(door, path, cookie)
    found = [urljoin(path, one) for one in re.findall(r'(?:href|src)="(/static/[^"]+)"', html)]
    for style in [one for one in found if one.endswith(".css")]:
        named = re.findall(r"url\(['\"]?([^'\")]+)", plain(door, style))
        found += [urljoin(style, one) for one in named if not one.startswith("data:")]
    return sorted({one.split("#")[0] for one in found if not one.split("?")[0].endswith(("woff2", "woff"))})


def plain(door: http.client.HTTPConnection, path: str, cookie: str = "") -> str:
    door.request("GET", path, headers={"Cookie": cookie})
    return door.getresponse().read().decode()


# ---------------------------------------------------------------- posts

Post = tuple[str, str]
"""Cookie and path."""


def per_second(host: str, posts: Iterator[Post], seconds: float, fields: dict[str, str], expected: int) -> float:
    """How many posts a second the site answers as expected, from as many readers as it has threads."""
    body = urlencode(fields | {"csrfmiddlewaretoken": TOKEN})
    answered: list[int] = []
    faults: list[BaseException] = []
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def read() -> None:
        door, done = http.client.HTTPConnection(host, timeout=30), 0
        try:
            while time.perf_counter() < until:
                with lock:
                    cookie, path = next(posts, ("", ""))
                if not path:
                    break
                post(door, path, cookie, body, expected)
                done += 1
        except (Unexpected, OSError, http.client.HTTPException) as fault:
            faults.append(fault)
        finally:
            door.close()
            answered.append(done)

    began = time.perf_counter()
    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    if faults:
        raise Unexpected(f"{type(faults[0]).__name__}: {faults[0]}")
    return sum(answered) / (time.perf_counter() - began)


def post(door: http.client.HTTPConnection, path: str, cookie: str, body: str, expected: int) -> None:
    headers = {"Cookie": f"csrf={TOKEN}; {cookie}", "Content-Type": "application/x-www-form-urlencoded"}
    door.request("POST", path, body, headers)
    answer = door.getresponse()
    answer.read()
    if answer.status != expected:
        raise Unexpected(f"POST {path}: {answer.status}")


def in_turn(measures: Sequence[Callable[[], float]], times: int) -> list[list[float]]:
    """All again and again, one after the other, so that whatever else the machine does falls on all; what each found."""
    rounds = [[measure() for measure in measures] for _ in range(times)]
    return [list(found) for found in zip(*rounds, strict=True)]
