"""script/bench pages: the real server on data of known size, measured from outside, and gone when it is done.

On a temporary SQLite file, or on the empty database that DATABASE_URL names.
"""

import itertools
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.bench import measure
from portal.boot import install, run
from portal.boot.children import Child, Command, carry_out
from portal.boot.say import Stop, say
from portal.environment import BASE_DIR, VARIABLES

SECONDS, QUICK_SECONDS = 5.0, 0.5
TURNS = 3
PRETALX = {
    "책상": "pretalx 심사 목록 3,800–5,700 ms, 질의 37–80번",
    "평가표": "pretalx 심사 양식 132–154 ms, 질의 45–66번",
}
"""Published figures that the design names; not measured in this run, nor on this machine."""


def main(*, quick: bool) -> int:
    install.ensure(tools=False)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        env = environment(Path(folder))
        say("데이터를 만듭니다 … (seeding)")
        plan = prepare(Path(folder), env, quick)
        with site(Path(folder), env) as host:
            report(plan, host, "PostgreSQL" if env.get("DATABASE_URL", "").startswith("postgres") else "SQLite", quick)
    return 0


def environment(folder: Path) -> dict[str, str]:
    """Nothing of a site that is set up here reaches the measurement, except where its rows are kept."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES or name == "DATABASE_URL"}
    own = {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "portal.bench.settings", "LOG_LEVEL": "ERROR"}
    return kept | own | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def prepare(folder: Path, env: dict[str, str], quick: bool) -> dict[str, Any]:
    (folder / "logs").mkdir(mode=0o700)
    manage: Command = [install.PYTHON, BASE_DIR / "manage.py"]
    carry_out([*manage, "migrate", "--noinput", "--verbosity", "0"], env, BASE_DIR)
    run.collect_static(manage, folder, env)
    told = carry_out([install.PYTHON, "-m", "portal.bench.seed", *(["--quick"] if quick else [])], env, BASE_DIR)
    plan: dict[str, Any] = json.loads(told.splitlines()[-1])
    return plan


@contextmanager
def site(folder: Path, env: dict[str, str]) -> Iterator[str]:
    """The web as script/run starts it, on a free port of this machine alone."""
    with run.listen("127.0.0.1", 0, fixed=True) as door:
        port = door.getsockname()[1]
        server: Child = run.web(door, folder, env | {"PORT": str(port)})
        server.start()
        try:
            deadline = time.monotonic() + run.READY_SECONDS
            while not run.answers(f"http://127.0.0.1:{port}", f"127.0.0.1:{port}"):
                if time.monotonic() > deadline or not server.is_running():
                    raise Stop(f"{server.last_words()}\n웹이 답하지 않습니다. (the web does not answer)")
                time.sleep(0.1)
            yield f"127.0.0.1:{port}"
        finally:
            server.stop()


def report(plan: dict[str, Any], host: str, database: str, quick: bool) -> None:
    try:
        pages = [measure.measured(host, **one) for one in plan["pages"]]
        found = posts(plan, host, QUICK_SECONDS if quick else SECONDS)
    except measure.Unexpected as fault:
        raise Stop(f"잴 수 없습니다: {fault} (unexpected answer)") from None
    for line in table(pages, *map(statistics.median, found), database=database):
        say(line)


def posts(plan: dict[str, Any], host: str, seconds: float) -> list[list[float]]:
    """Rows, rows of people who are signed in, and ballots a second, in turn. Every ballot is cast once, on a paper that has no answer yet."""
    papers = iter([(cookie, path) for cookie, path in plan["ballots"]])
    bare = itertools.repeat(("", plan["row"]))
    own = itertools.cycle([(cookie, path) for cookie, path in plan["own_rows"]])
    reply = {"choice": "a", "recognised": "", "revision": "1"}
    measures = [
        lambda: measure.per_second(host, bare, seconds, {}, 204),
        lambda: measure.per_second(host, own, seconds, {}, 204),
        lambda: measure.per_second(host, papers, seconds, reply, 302),
    ]
    return measure.in_turn(measures, TURNS)


def table(pages: list[measure.Page], rows: float, own_rows: float, ballots: float, *, database: str) -> list[str]:
    """What was measured, as the lines of docs/performance.md."""
    machine = f"{os.cpu_count()} CPU, {platform.machine()}, Python {platform.python_version()}, {database}"
    load = f"부하 {os.getloadavg()[0]:.1f}"
    lines = [
        f"\n{time.strftime('%Y-%m-%d')} · {machine} · {load} · 화면마다 {measure.ROUNDS}번\n",
        "| 화면 | 중앙값 ms | p95 ms | CPU ms | 질의 | HTML KB | 첫 방문 KB | 견줌 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for page in pages:
        compared = next((words for key, words in PRETALX.items() if key in page.name), "")
        lines.append(
            f"| {page.name} | {page.median:.1f} | {page.p95:.1f} | {page.cpu:.1f} | {page.questions} "
            f"| {page.html / 1000:.1f} | {page.weight / 1000:.1f} | {compared} |"
        )
    return [
        *lines,
        f"\n초당 한 행 적기 {rows:.0f} · 로그인한 사람의 한 행 {own_rows:.0f} · 초당 투표 {ballots:.0f} · 비율 {100 * ballots / rows:.0f} % "
        f"(동시에 {measure.READERS}명, 번갈아 {TURNS}번의 중앙값)",
    ]
