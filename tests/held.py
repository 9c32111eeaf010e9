"""A stage whose row somebody else holds until its deadline is over: an import, or a move that is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import sleep

from django.db import connections, transaction
from django.utils import timezone

from evaluations.programme.models import Stage


@contextmanager
def held_past_its_deadline(stage: Stage) -> Iterator[None]:
    """Inside, another connection holds the row; it changes nothing and lets go a moment after `closes_at`."""
    held, problems = Event(), []

    def hold() -> None:
        try:
            with transaction.atomic():
                Stage.objects.select_for_update().get(pk=stage.pk)
                held.set()
                sleep(max((stage.closes_at - timezone.now()).total_seconds(), 0) + 0.3)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections["default"].close()

    holder = Thread(target=hold)
    holder.start()
    assert held.wait(10), problems
    assert timezone.now() < stage.closes_at, "the deadline was over before anybody could be late"
    try:
        yield
    finally:
        holder.join()
    assert problems == []
