"""The database itself refuses to change evidence, whichever door is tried."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from portal.audit.append_only import (
    KEPT,
    Amendable,
    AppendOnly,
    Frozen,
    FrozenThroughout,
    Kept,
    NoLongerAppendOnly,
    NoLongerKept,
    Refused,
)
from portal.audit.models import Event
from portal.audit.record import leaf_of, record

pytestmark = pytest.mark.django_db


def refused(statement: str, params: list | None = None) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
    except DatabaseError:
        return True
    return False


def operations(kind):
    """(table, operation) of all migrations that declare such triggers, of tables that none has dropped since."""
    found = {}
    for (app, _name), migration in sorted(MigrationLoader(connection).disk_migrations.items()):
        for operation in migration.operations:
            here = (getattr(operation, "app", "") or app, getattr(operation, "model_name", ""))
            if isinstance(operation, NoLongerAppendOnly):
                found = {key: one for key, one in found.items() if key[0] != here}
            elif isinstance(operation, NoLongerKept):
                found = {key: one for key, one in found.items() if key[0] != here or kind is not Kept}
            elif isinstance(operation, kind):
                found[here, getattr(operation, "name", "")] = operation
    return [(apps.get_model(*model)._meta.db_table, operation) for (model, _name), operation in found.items()]


def triggers_of(table: str) -> set[str]:
    sql = (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [table])
        return {row[0] for row in cursor.fetchall()}


def test_update_by_row_queryset_and_sql_is_refused():
    event = record("test", stage="s")
    event.kind = "other"

    for attempt in (
        lambda: event.save(),
        lambda: Event.objects.filter(pk=event.pk).update(kind="other"),
        lambda: Event.objects.bulk_update([event], ["kind"]),
        lambda: Event.objects.filter(pk=event.pk).delete(),
        lambda: event.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()

    assert refused("UPDATE audit_event SET kind = 'other' WHERE id = %s", [event.pk])
    assert refused("DELETE FROM audit_event WHERE id = %s", [event.pk])
    assert Event.objects.get(pk=event.pk).kind == "test"


def test_insert_or_replace_and_upsert_are_refused():
    event = record("test", stage="s")
    columns = "id, at, stage, kind, actor, subject, subject_id, reason, body, nonce, leaf"
    copy = f"SELECT id, at, stage, 'other', actor, subject, subject_id, reason, body, nonce, leaf FROM audit_event WHERE id = '{event.pk}'"

    if connection.vendor == "postgresql":
        assert refused(f"INSERT INTO audit_event ({columns}) {copy} ON CONFLICT (id) DO UPDATE SET kind = 'other'")
        assert refused("TRUNCATE audit_event CASCADE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = OFF")
        assert refused(f"INSERT OR REPLACE INTO audit_event ({columns}) {copy}")
        other_key = copy.replace("SELECT id", f"SELECT '{'a' * 26}'")
        assert refused(f"INSERT OR REPLACE INTO audit_event ({columns}) {other_key}")
    assert list(Event.objects.values_list("pk", "kind")) == [(event.pk, "test")]


def test_every_declared_trigger_stands():
    postgres = connection.vendor == "postgresql"
    for table, _operation in operations(AppendOnly):
        wanted = (
            {"append_only_row", "append_only_all"}
            if postgres
            else {f"{table}_append_only_{v}" for v in ("update", "delete", "insert")}
        )
        assert wanted <= triggers_of(table), table
    for table, _operation in operations(Frozen):
        assert {f"{table}_frozen_{verb}" for verb in ("insert", "update", "delete")} <= triggers_of(table), table
    for table, _operation in operations(FrozenThroughout):
        parts = {"frozen_all"} if postgres else {"frozen_place_insert", "frozen_place_update"}
        assert {f"{table}_{part}" for part in parts} <= triggers_of(table), table
    for table, operation in operations(Amendable):
        assert {f"{table}_amended_{last}" for last in operation.columns} <= triggers_of(table), table
    for table, _operation in operations(Kept):
        assert {f"{table}_{part}" for part in KEPT[connection.vendor]} <= triggers_of(table), table
    for table, operation in operations(Refused):
        assert f"{table}_{operation.name}" in triggers_of(table), table


def test_what_is_frozen_is_frozen_throughout():
    frozen = {(table, operation.stage) for table, operation in operations(Frozen)}

    assert frozen == {(table, operation.stage) for table, operation in operations(FrozenThroughout)}


def test_no_session_skips_a_trigger():
    """`hour_of_a_ballot` keeps no evidence."""
    if connection.vendor == "postgresql":  # SQLite has no sessions that could
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'A' AND tgname <> 'hour_of_a_ballot'"
            )
            assert cursor.fetchall() == []


def test_the_guard_of_each_table_knows_all_its_unique_keys():
    """`INSERT OR REPLACE` deletes whichever row is in the way, by whichever unique key."""
    for table, operation in operations(AppendOnly) + operations(Kept):
        model = next(m for m in apps.get_models() if m._meta.db_table == table)
        keys = {
            tuple(model._meta.get_field(name).column for name in c.fields)
            for c in model._meta.constraints
            if hasattr(c, "deferrable")
        }
        keys |= {(field.column,) for field in model._meta.concrete_fields if field.unique and not field.primary_key}
        assert {tuple(sorted(key)) for key in operation.unique} == {tuple(sorted(key)) for key in keys}, table


def test_the_leaf_covers_the_body():
    event = record("test", stage="s", data={"a": 1})

    assert event.leaf == leaf_of(event.nonce, event.body)
    assert event.leaf != leaf_of(event.nonce, event.body.replace("test", "tesu"))
    assert event.receipt.replace("-", "") == event.leaf[:32]


def test_what_has_no_exact_form_has_no_place_in_a_body():
    event = record("test", data={"n": 3, "points": "14.406"})

    assert '"n":3' in event.body
    for inexact in ({"points": 14.406}, {"list": [{"deep": 0.1}]}, {"at": object()}):
        with pytest.raises(TypeError):
            record("test", data=inexact)
