"""Evidence that the database itself refuses to change.

A migration lists `AppendOnly("ballot", unique=[("paper_id", "revision")])`; from then on UPDATE,
DELETE and TRUNCATE of that table fail on SQLite and on PostgreSQL. On SQLite `INSERT OR REPLACE`
would delete without firing a delete trigger, so an insert that meets an existing key is refused too.
`Frozen` does the same for rules of a stage once that stage has left the phase `preparing`.
"""

from collections.abc import Iterable

from django.db.migrations.operations.base import Operation

PG_FUNCTION = """
CREATE OR REPLACE FUNCTION evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def append_only_sql(vendor: str, table: str, unique: Iterable[tuple[str, ...]]) -> list[str]:
    """The statements that make `table` append-only on `vendor`."""
    if vendor == "postgresql":
        return [
            PG_FUNCTION,
            f'CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION evidence_is_append_only()",
            f'CREATE TRIGGER append_only_all BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION evidence_is_append_only()",
            f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER append_only_row',
            f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER append_only_all',
        ]
    keys = [("id",), *unique]
    same = " OR ".join("(" + " AND ".join(f'"{c}" = NEW."{c}"' for c in key) + ")" for key in keys)
    refuse = "BEGIN SELECT RAISE(ABORT, 'append-only: {0} on {1}'); END"
    return [
        f'CREATE TRIGGER "{table}_append_only_{verb.lower()}" BEFORE {verb} ON "{table}" '
        + (f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same}) ' if verb == "INSERT" else "")
        + refuse.format(verb, table)
        for verb in ("UPDATE", "DELETE", "INSERT")
    ]


def drop_append_only_sql(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [f'DROP TRIGGER IF EXISTS append_only_{part} ON "{table}"' for part in ("row", "all")]
    return [f'DROP TRIGGER IF EXISTS "{table}_append_only_{verb}"' for verb in ("update", "delete", "insert")]


PHASE = "coalesce((SELECT phase FROM programme_stage WHERE id = {stage}), 'preparing')"


def frozen_sql(vendor: str, table: str, stage: str, free: Iterable[str], columns: Iterable[str]) -> list[str]:
    """The statements that freeze `table` with its stage.

    `stage` is SQL for the stage's id with {row} for the row; `free` names the columns that may still
    change (the phase itself), out of all `columns`.
    """
    statements = []
    # An update looks at both stages: a row may neither leave frozen rules nor be moved into them.
    for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        late = " OR ".join(f"{PHASE.format(stage=stage.format(row=row))} <> 'preparing'" for row in rows)
        name = f"{table}_frozen_{verb.lower()}"
        if verb == "UPDATE" and free:
            verb += " OF " + ", ".join(f'"{c}"' for c in columns if c not in free)
        message = f"frozen: {table}"
        if vendor == "postgresql":
            result = "OLD" if verb == "DELETE" else "NEW"
            statements += [
                f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n'
                f"  IF {late} THEN\n"
                f"    RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation';\n"
                f"  END IF;\n  RETURN {result};\nEND $$",
                f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()',
            ]
        else:
            statements.append(
                f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" '
                f"WHEN {late} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
    return statements


def drop_frozen_sql(vendor: str, table: str) -> list[str]:
    names = [f"{table}_frozen_{verb}" for verb in ("insert", "update", "delete")]
    if vendor == "postgresql":
        return [f'DROP FUNCTION IF EXISTS "{name}"() CASCADE' for name in names]
    return [f'DROP TRIGGER IF EXISTS "{name}"' for name in names]


REGISTERED: dict[str, tuple[tuple[str, ...], ...]] = {}
"""Append-only tables by name with their unique keys, as the migrations declared them."""


class _TriggerOperation(Operation):
    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label, state):
        pass

    def _execute(self, schema_editor, statements):
        for statement in statements:
            schema_editor.execute(statement, params=None)


class AppendOnly(_TriggerOperation):
    """Migration operation: the table of `model_name` never changes or loses a row again."""

    def __init__(self, model_name: str, unique: list[tuple[str, ...]] | None = None):
        self.model_name = model_name
        self.unique = [tuple(key) for key in unique or []]

    def _table(self, app_label, state):
        table = state.apps.get_model(app_label, self.model_name)._meta.db_table
        REGISTERED[table] = tuple(self.unique)
        return table

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = self._table(app_label, to_state)
        self._execute(schema_editor, append_only_sql(schema_editor.connection.vendor, table, self.unique))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = self._table(app_label, from_state)
        self._execute(schema_editor, drop_append_only_sql(schema_editor.connection.vendor, table))

    def describe(self):
        return f"Make {self.model_name} append-only"


class NoLongerAppendOnly(AppendOnly):
    """Migration operation: take `AppendOnly` back before its table is dropped. Going back makes the table append-only again."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        super().database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Let {self.model_name} be dropped"


class Frozen(_TriggerOperation):
    """Migration operation: rows of `model_name` change only while their stage is being prepared."""

    def __init__(self, model_name: str, stage: str = "{row}.stage_id", free: tuple[str, ...] = ()):
        self.model_name = model_name
        self.stage = stage
        self.free = free

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        meta = to_state.apps.get_model(app_label, self.model_name)._meta
        columns = [field.column for field in meta.concrete_fields]
        vendor = schema_editor.connection.vendor
        self._execute(schema_editor, frozen_sql(vendor, meta.db_table, self.stage, self.free, columns))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        self._execute(schema_editor, drop_frozen_sql(schema_editor.connection.vendor, table))

    def describe(self):
        return f"Freeze {self.model_name} with its stage"
