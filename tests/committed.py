"""Tests that commit – other processes read what they write – and how the database is emptied after them.

Evidence refuses to be deleted, also by the flush after such a test. So for that one moment the triggers step aside, and come back as they
were: without this the first committing test on PostgreSQL would fail, and on SQLite the first one that wrote evidence.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction


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
