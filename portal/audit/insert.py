"""Putting one new row into its table, and nothing else."""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

AS_THEY_ARE = (str, int, type(None))
"""What both databases take as Python has it."""


@cache
def _statement(model: type[Model], vendor: str, key: tuple[str, ...] = ()) -> str:
    quote = connection.ops.quote_name
    columns = [quote(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(["%s"] * len(columns))
    taken = ", ".join(quote(model._meta.get_field(name).column) for name in key)  # type: ignore[union-attr]  # keys are columns
    unless = f" ON CONFLICT ({taken}) DO NOTHING" if key else ""
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES ({values}){unless}"  # noqa: S608 – names of our own tables and columns


def _prepared(field: Field, value: Any) -> Any:
    return value if type(value) in AS_THEY_ARE else field.get_db_prep_save(value, connection)


def insert(row: Model) -> None:
    """What `save(force_insert=True)` does for a row of evidence, which has no parents, signals or values of the database, at a quarter of
    its cost. Every citizen's answer waits for two of these."""
    _insert(row, ())


def insert_unless_there(row: Model, key: tuple[str, ...]) -> bool:
    """The same, and on PostgreSQL False where a row with this unique key is there already, waiting for whoever is just writing one: a refused
    INSERT would take the whole transaction with it, and a savepoint against that is two more questions.

    On SQLite the trigger of an append-only table comes before the conflict, and it is an IntegrityError as with `insert`. One transaction
    writes at a time there, so only who did not look in her own meets it.
    """
    return _insert(row, key)


def _insert(row: Model, key: tuple[str, ...]) -> bool:
    values = [_prepared(field, getattr(row, field.attname)) for field in row._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(_statement(type(row), connection.vendor, key), values)
        written = bool(cursor.rowcount == 1)
    row._state.adding, row._state.db = not written, connection.alias
    return written
