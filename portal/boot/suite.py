"""script/test: format, lint, types, migrations, then all tests on SQLite and again on PostgreSQL with a real broker."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from portal.boot import broker, install, postgres
from portal.boot.children import Command, guarded
from portal.boot.say import Stop, say
from portal.environment import BASE_DIR, VARIABLES, broker_socket, socket_url

USAGE = """사용법: script/test [--quick] [-- pytest 인자 …]
  --quick   SQLite에서만 시험합니다. (SQLite only)
  --        뒤의 인자는 pytest에 그대로 넘기고, 형식·타입 검사는 건너뜁니다. (arguments for pytest, no static checks)
환경 변수: REQUIRE_BROWSER=1, REQUIRE_POSTGRES=1이면 Chromium이나 PostgreSQL이 없을 때 건너뛰지 않고 실패합니다."""
FOR_TESTS = (
    # To autovacuum a table whose rows were rolled back is an empty one, and a plan made for an empty table reads all of it for every row.
    # On a site rows stay; here every test ends by taking its rows back.
    "autovacuum=off",
    # What waits for a lock or reads without end becomes an error that names the statement.
    "statement_timeout=120s",
)
NOTHING_FOUND = 5
"""How pytest ends when no test was selected."""
CLOSING = re.compile(r"(=+ )?(\d+ (passed|failed|errors?|skipped|deselected)\b.*|no tests ran) in [0-9.]+s.*")


@dataclass
class Report:
    """What was done, how long it took, and pytest's closing lines, which come last."""

    lines: list[str] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    failed: bool = False

    def note(self, title: str, seconds: float, outcome: str) -> None:
        self.failed = self.failed or outcome == "실패"
        self.lines.append(f"{outcome:　<4} {seconds:7.1f}초  {title}")


def options(args: list[str]) -> tuple[bool, list[str]]:
    """Whether only SQLite is wanted, and what goes to pytest."""
    own, passed_on = (args[: args.index("--")], args[args.index("--") + 1 :]) if "--" in args else (args, [])
    if own not in ([], ["--quick"]):
        raise Stop(USAGE, status=0 if own in (["-h"], ["--help"]) else 2)
    return bool(own), passed_on


def static_checks(python: Path) -> list[tuple[str, Command]]:
    return [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy", [python, "-m", "mypy"]),
        ("djlint", [python, "-m", "djlint", "templates", "--lint", "--quiet"]),
        ("makemigrations --check", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ]


def carry_on(report: Report, title: str, command: Command, env: dict[str, str], *, may_be_empty: bool = False) -> None:
    """Run one step, showing what it writes. A failure is noted and the next step runs all the same.

    `may_be_empty`: that pytest found nothing to run is told and is no failure.
    """
    say(f"── {title}")
    began = time.monotonic()
    with subprocess.Popen(
        guarded(command),
        env=env,
        cwd=BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        last = ""
        for line in process.stdout or ():
            say(line.rstrip("\n"))
            if CLOSING.fullmatch(line.strip()):
                last = line.strip()
    if last:
        report.closing.append(last)
    outcome = "통과" if process.returncode == 0 else "실패"
    if may_be_empty and process.returncode == NOTHING_FOUND:
        outcome = "없음"
    report.note(title, time.monotonic() - began, outcome)


def pytest_command(python: Path, passed_on: list[str]) -> Command:
    command: Command = [python, "-m", "pytest", "--durations", "10"]
    if (os.cpu_count() or 1) > 1 and not passed_on:
        command += ["-n", "2", "--dist", "worksteal"]
    return [*command, *passed_on]


def on_postgres(report: Report, command: Command, folder: Path, env: dict[str, str], *, may_be_empty: bool) -> None:
    title = "pytest · PostgreSQL + Valkey"
    began = time.monotonic()
    place = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    try:
        with postgres.server(place, env, FOR_TESTS) as database_url:
            server = broker.child(folder, env, folder / "broker.log")
            server.start()
            try:
                broker.wait(broker_socket(folder))
                redis_url = socket_url(broker_socket(folder))
                env |= {"TEST_DATABASE_URL": database_url, "TEST_REDIS_URL": redis_url}
                carry_on(report, title, command, env, may_be_empty=may_be_empty)
            finally:
                server.stop()
    except Stop as stop:
        say(str(stop))
        required = os.environ.get("REQUIRE_POSTGRES") == "1"
        report.note(
            f"{title}: {str(stop).splitlines()[-1]}", time.monotonic() - began, "실패" if required else "건너뜀"
        )
    finally:
        shutil.rmtree(place, ignore_errors=True)
        place.with_suffix(".log").unlink(missing_ok=True)


def main(args: list[str]) -> int:
    quick, passed_on = options(args)
    began = time.monotonic()
    say("── 꾸러미 확인 (packages)")
    install.ensure(tools=True)
    report = Report()
    report.note("꾸러미 (packages)", time.monotonic() - began, "통과")
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    env = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    env |= {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_RUN_DIR": str(folder),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        # Each test process has a core of its own; numpy's threads would only wait for each other's.
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = pytest_command(install.PYTHON, passed_on)
    try:
        for title, check in [] if passed_on else static_checks(install.PYTHON):
            carry_on(report, title, check, env)
        carry_on(report, "pytest · SQLite", command, env)
        if not quick:
            # Of a few tests asked for by name, all may be such as a second database cannot change.
            on_postgres(report, command, folder, env, may_be_empty=bool(passed_on))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say("\n── 요약 (summary)")
    for line in [*report.lines, f"모두 {time.monotonic() - began:.0f}초 (total)", *report.closing]:
        say(line)
    return 1 if report.failed else 0
