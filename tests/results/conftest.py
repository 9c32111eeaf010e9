"""Workers that can be killed, on the test database and a broker of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.db import connection

from tests.committed import let_evidence_be_flushed

ROOT = Path(__file__).resolve().parents[2]

let_evidence_be_flushed()


def until(found: Callable[[], object], seconds: float, pause: float = 0.05) -> object:
    """What `found` returns as soon as it is true; the test fails when that takes longer."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(pause)
    return result


class Plant:
    """The site's own processes, on the test database and a real broker."""

    def __init__(self, broker_url: str, folder: Path) -> None:
        self.log = (folder / "log").open("ab")
        self.running: list[subprocess.Popen] = []
        self.broker = redis.Redis.from_url(broker_url)
        settings = connection.settings_dict
        database = f"sqlite:///{settings['NAME']}"
        if connection.vendor == "postgresql":
            database = "postgres://{USER}:{PASSWORD}@:{PORT}/{NAME}?host={HOST}".format(**settings)
        self.env = {
            "PATH": os.environ["PATH"],
            "PORTAL_ENV": "test",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "REDIS_URL": broker_url,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }

    def start(self, *words: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.env,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def worker(self) -> subprocess.Popen:
        return self.start("-m", "celery", "-A", "portal", "worker", "--concurrency=1", "--without-gossip")

    def manage(self, *words: str) -> subprocess.Popen:
        return self.start("manage.py", *words)

    def kill(self, process: subprocess.Popen) -> None:
        """-9 for the process and all its children, in the middle of whatever they do."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.running.remove(process)

    def stop(self) -> None:
        for process in [process for process in self.running if process.poll() is None]:
            self.kill(process)
        self.broker.flushall()
        self.broker.close()
        self.log.close()


@pytest.fixture
def plant(transactional_db, embedded_broker: str, tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(embedded_broker, tmp_path)
    try:
        yield plant
    finally:
        plant.stop()
