"""Tests that commit – other processes read what they write – and how the database is emptied after them.

Evidence refuses to be deleted, also by the flush after such a test. So for that one moment the triggers step aside, and come back as they
were: without this the first committing test on PostgreSQL would fail, and on SQLite the first one that wrote evidence.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from time import sleep

from django.db import connection, connections, transaction

from portal.http import Refusal

LONG_ENOUGH_TO_WAIT_FOR_A_LOCK = 0.3


@contextmanager
def trigger_aside(table: str, name: str) -> Iterator[None]:
    """Inside, this one trigger does not stand."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # a table of which something is still to be checked cannot be altered
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
            yield
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"')
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [name])
            (sql,) = cursor.fetchone()
            cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            cursor.execute(sql)


def let_evidence_be_flushed() -> None:
    """From now on a flush of the test database goes past the triggers. Calling it twice does no harm."""
    if not hasattr(connection.ops, "flush_behind_triggers"):
        connection.ops.flush_behind_triggers = connection.ops.execute_sql_flush
        connection.ops.execute_sql_flush = _flush


def _flush(statements: list[str]) -> None:
    flush: Callable[[list[str]], None] = connection.ops.flush_behind_triggers
    aside = _postgresql_triggers_aside if connection.vendor == "postgresql" else _sqlite_triggers_aside
    with transaction.atomic(), aside():
        flush(statements)


@contextmanager
def _postgresql_triggers_aside() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal")
        triggers = cursor.fetchall()
        for table, name, _ in triggers:
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
        yield
        for table, name, enabled in triggers:
            cursor.execute(f'ALTER TABLE {table} ENABLE {"ALWAYS " if enabled == "A" else ""}TRIGGER "{name}"')


@contextmanager
def _sqlite_triggers_aside() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            cursor.execute(sql)


def _answer(act: Callable):
    """What the act returns, over a connection of its own; a refusal is an answer too."""
    try:
        return act()
    except Refusal as refusal:
        return refusal
    finally:
        connections["default"].close()


def at_once(*acts: Callable) -> list:
    """Each act in a thread and with a connection of its own, all let go at the same moment."""
    start = Barrier(len(acts))

    def run(act: Callable):
        start.wait(timeout=30)
        return _answer(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def while_another(first: Callable, second: Callable):
    """What the second says when it comes while the first has written and not yet committed."""
    written = Event()

    def run():
        written.wait(timeout=30)
        return _answer(second)

    with ThreadPoolExecutor(1) as pool:
        answer: Future = pool.submit(run)
        with transaction.atomic():
            first()
            written.set()
            sleep(LONG_ENOUGH_TO_WAIT_FOR_A_LOCK)
        return answer.result(timeout=60)
