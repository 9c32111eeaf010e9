"""The worker's entry point: `celery -A portal worker`.

A task carries the id of a row and nothing else; what it has to do is in the database. Losing all of Redis therefore loses no work, only time:
the sweep, sent by beat, finds what is not done.
"""

import os
import secrets
import time

import redis
from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_SECONDS = 60


def _heartbeat_key(token: str) -> str:
    return f"portal:heartbeat:{token}"


@app.task(name="portal.heartbeat")
def heartbeat(token: str) -> None:
    """Say that a task came through broker and worker. The mark is nobody's evidence and fades by itself."""
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        server.set(_heartbeat_key(token), "1", ex=HEARTBEAT_SECONDS)


def round_trip(timeout: float) -> bool:
    """Send a real task and see whether a worker carries it out in time."""
    token = secrets.token_hex(8)
    heartbeat.apply_async((token,), expires=HEARTBEAT_SECONDS)
    deadline = time.monotonic() + timeout
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        while time.monotonic() < deadline:
            if server.exists(_heartbeat_key(token)):
                return True
            time.sleep(0.05)
    return False
