"""script/bench tallies: ten million ballots folded, and the recount when ten thousand more have come, on each database there is."""

import json
import os
import platform
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from portal.boot import install, postgres
from portal.boot.children import Command, carry_out
from portal.boot.say import Stop, say
from portal.environment import BASE_DIR, VARIABLES

ROWS, QUICK = 10_000_000, 1_000_000


def main(*, quick: bool) -> int:
    install.ensure(tools=True)
    rows = QUICK if quick else ROWS
    machine = f"{os.cpu_count()} CPU, {platform.machine()}, Python {platform.python_version()}"
    say(f"\n{time.strftime('%Y-%m-%d')} · {machine} · 240시간에 {rows:,}표, 그 뒤 새 시간에 10,000표\n")
    say(
        "| 데이터베이스 | 표 | 넣기 초 | 처음 모으기 초 | 다시 모으기 초 | 비율 | 우리 프로세스의 최대 메모리 MB | 부하 |"
    )
    say("|---|---|---|---|---|---|---|---|")
    say(line("SQLite", on_sqlite(rows)))
    try:
        say(line("PostgreSQL", on_postgres(rows)))
    except Stop as stop:
        say(f"| PostgreSQL | 재지 못함: {str(stop).splitlines()[-1]} | | | | | | |")
    return 0


def on_sqlite(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        return folded(Path(folder), rows, {})


def on_postgres(rows: int) -> dict[str, Any]:
    place = Path(tempfile.mkdtemp(prefix="portal-bench-pg-"))
    env = dict(os.environ)
    try:
        with postgres.server(place, env) as address, tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            # The server was made a moment ago and for this alone, so the database it begins with will do.
            return folded(Path(folder), rows, {"DATABASE_URL": address.replace("/portal?", "/postgres?")})
    finally:
        shutil.rmtree(place, ignore_errors=True)
        place.with_suffix(".log").unlink(missing_ok=True)


def folded(folder: Path, rows: int, database: dict[str, str]) -> dict[str, Any]:
    env = {name: value for name, value in os.environ.items() if name not in VARIABLES} | database
    env |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "portal.settings", "LOG_LEVEL": "ERROR"}
    env |= {"PYTHONUTF8": "1", "PYTHONPATH": str(BASE_DIR)}
    python: Command = [install.PYTHON]
    carry_out([*python, BASE_DIR / "manage.py", "migrate", "--noinput", "--verbosity", "0"], env, BASE_DIR)
    told = carry_out([*python, "-m", "portal.bench.ballots", f"{rows}"], env, BASE_DIR)
    seen: dict[str, Any] = json.loads(told.splitlines()[-1])
    return seen


def line(database: str, seen: dict[str, Any]) -> str:
    return (
        f"| {database} | {seen['rows']:,} | {seen['casting']:.1f} | {seen['first']:.2f} | {seen['again']:.3f} "
        f"| {seen['first'] / seen['again']:.0f} | {seen['peak']:.0f} | {os.getloadavg()[0]:.1f} |"
    )
