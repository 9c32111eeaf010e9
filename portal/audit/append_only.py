"""Evidence that the database itself refuses to change.

A migration lists `AppendOnly("ballot", unique=[("paper_id", "revision")])`; from then on UPDATE,
DELETE and TRUNCATE of that table fail on SQLite and on PostgreSQL. On SQLite `INSERT OR REPLACE`
would delete without firing a delete trigger, so an insert that meets an existing key is refused too.
`Frozen` does the same for rules of a stage once that stage has left the phase `preparing`, and `FrozenThroughout` closes what it
left open: TRUNCATE, sessions that skip ordinary triggers, and on SQLite a row put in the place of another. `Amendable` lets named columns
of frozen rules change while a new edition of them is recorded and not yet taken up. `Kept` is for rows of which something may still be
filled in, and `Moves` for a column that goes only where its table of moves allows.
"""

from collections.abc import Iterable, Mapping

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


NO_CONDITIONS: Mapping[tuple[str, ...], str] = {}


def refusal_sql(vendor: str, name: str, verb: str, table: str, when: str, message: str) -> list[str]:
    """The statements of one trigger that refuses `verb` on a row of `table` where `when` is true of OLD and NEW. The sessions that
    PostgreSQL lets past ordinary triggers meet it too."""
    if vendor == "postgresql":
        result = "OLD" if verb == "DELETE" else "NEW"
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        return [
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n'
            f"  IF {when} THEN\n"
            f"    RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation';\n"
            f"  END IF;\n  RETURN {result};\nEND $$",
            f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" FOR EACH {each} EXECUTE FUNCTION "{name}"()',
            f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"',
        ]
    return [
        f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" WHEN {when} BEGIN SELECT RAISE(ABORT, \'{message}\'); END'
    ]


def drop_refusal_sql(vendor: str, name: str) -> list[str]:
    if vendor == "postgresql":
        return [f'DROP FUNCTION IF EXISTS "{name}"() CASCADE']
    return [f'DROP TRIGGER IF EXISTS "{name}"']


def _same(keys: Iterable[tuple[str, ...]], row: str, among: Mapping[tuple[str, ...], str] = NO_CONDITIONS) -> str:
    """Does this row meet NEW in one of the keys? A key of `among` holds among the rows of its condition only."""

    def meets(key: tuple[str, ...]) -> str:
        conditions = [among[key].format(row=one) for one in (row, "NEW")] if key in among else []
        return "(" + " AND ".join([*(f'{row}."{c}" = NEW."{c}"' for c in key), *conditions]) + ")"

    return " OR ".join(map(meets, keys))


def frozen_throughout_sql(vendor: str, table: str, stage: str, keys: Iterable[tuple[str, ...]]) -> list[str]:
    """What stands beside `frozen_sql`. PostgreSQL: TRUNCATE is refused, and no session skips the triggers. SQLite: INSERT OR REPLACE and
    UPDATE OR REPLACE delete whatever row has the same key, without asking the trigger that refuses a delete."""
    message = f"frozen: {table}"
    if vendor == "postgresql":
        return [
            *refusal_sql(vendor, f"{table}_frozen_all", "TRUNCATE", table, "true", message),
            *(
                f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{table}_frozen_{verb}"'
                for verb in ("insert", "update", "delete")
            ),
        ]
    late = f"{PHASE.format(stage=stage.format(row='standing'))} <> 'preparing'"
    when = f'EXISTS (SELECT 1 FROM "{table}" AS standing WHERE ({_same(keys, "standing")}) AND {late})'
    return [
        *refusal_sql(vendor, f"{table}_frozen_place_insert", "INSERT", table, when, message),
        *refusal_sql(
            vendor, f"{table}_frozen_place_update", "UPDATE OF " + ", ".join(f'"{c}"' for key in keys for c in key), table, when, message
        ),
    ]  # fmt: skip


def drop_frozen_throughout_sql(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            *drop_refusal_sql(vendor, f"{table}_frozen_all"),
            *(
                f'ALTER TABLE "{table}" ENABLE TRIGGER "{table}_frozen_{verb}"'
                for verb in ("insert", "update", "delete")
            ),
        ]
    return [s for verb in ("insert", "update") for s in drop_refusal_sql(vendor, f"{table}_frozen_place_{verb}")]


UNDER_AMENDMENT = (
    "EXISTS (SELECT 1 FROM programme_stage AS amended JOIN programme_configuration AS edition ON edition.stage_id = amended.id "
    "WHERE amended.id = {stage} AND amended.phase IN ({phases}) AND edition.version > amended.edition)"
)
"""An edition of the rules is recorded that the rows do not hold yet, in a phase in which this may be amended."""


def frozen_update_sql(vendor: str, table: str, stage: str, columns: Iterable[str]) -> list[str]:
    """The UPDATE of `frozen_sql` alone, for these columns, in every session."""
    late = " OR ".join(f"{PHASE.format(stage=stage.format(row=row))} <> 'preparing'" for row in ("OLD", "NEW"))
    of = ", ".join(f'"{c}"' for c in columns)
    return refusal_sql(vendor, f"{table}_frozen_update", f"UPDATE OF {of}", table, late, f"frozen: {table}")


def amendable_sql(vendor: str, table: str, stage: str, columns: Iterable[str], phases: Iterable[str]) -> list[str]:
    """The statements that let these columns of frozen rows change while the rules are being amended in one of `phases`, whose last gives
    the trigger its name. The row stays in its stage: the column that says so is none of them."""
    stage, phases = stage.format(row="OLD"), list(phases)
    amended = UNDER_AMENDMENT.format(stage=stage, phases=", ".join(f"'{phase}'" for phase in phases))
    when = f"{PHASE.format(stage=stage)} <> 'preparing' AND NOT {amended}"
    of = ", ".join(f'"{c}"' for c in columns)
    return refusal_sql(vendor, f"{table}_amended_{phases[-1]}", f"UPDATE OF {of}", table, when, f"frozen: {table}")


def kept_sql(
    vendor: str,
    table: str,
    columns: Iterable[str],
    keys: Iterable[tuple[str, ...]],
    among: Mapping[tuple[str, ...], str] = NO_CONDITIONS,
) -> list[str]:
    """The statements that keep every row of `table`, and in it what `columns` hold once they hold anything. `among` says for a key
    among which rows it holds, as SQL with {row} for the row."""
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    changed = " OR ".join(
        f'(OLD."{c}" IS NOT NULL AND CAST(OLD."{c}" AS text) <> \'\' AND OLD."{c}" {differs} NEW."{c}")'
        for c in columns
    )
    of = ", ".join(f'"{c}"' for c in columns)
    always = "true" if vendor == "postgresql" else "1"
    message = f"kept: {table}"
    statements = [
        *refusal_sql(vendor, f"{table}_kept_update", f"UPDATE OF {of}", table, changed, message),
        *refusal_sql(vendor, f"{table}_kept_delete", "DELETE", table, always, message),
    ]
    if vendor == "postgresql":
        return [*statements, *refusal_sql(vendor, f"{table}_kept_all", "TRUNCATE", table, always, message)]
    there = f'EXISTS (SELECT 1 FROM "{table}" AS standing WHERE ({_same(keys, "standing", among)})'
    of = ", ".join(f'"{c}"' for key in keys for c in key)
    moves = "UPDATE" if among else f"UPDATE OF {of}"  # a row comes among the others by columns of the condition, too
    return [
        *statements,
        *refusal_sql(vendor, f"{table}_kept_place_insert", "INSERT", table, f"{there})", message),
        *refusal_sql(
            vendor, f"{table}_kept_place_update", moves, table, f"{there} AND standing.id <> OLD.id)", message
        ),
    ]  # fmt: skip


KEPT = {
    "postgresql": ("kept_update", "kept_delete", "kept_all"),
    "sqlite": ("kept_update", "kept_delete", "kept_place_insert", "kept_place_update"),
}


class _TriggerOperation(Operation):
    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label, state):
        pass

    def _execute(self, schema_editor, statements):
        for statement in statements:
            schema_editor.execute(statement, params=None)


class AppendOnly(_TriggerOperation):
    """Migration operation: the table of `model_name` never changes or loses a row again. `app` where the model is another's."""

    def __init__(self, model_name: str, unique: list[tuple[str, ...]] | None = None, app: str = ""):
        self.model_name = model_name
        self.unique = [tuple(key) for key in unique or []]
        self.app = app

    def _table(self, app_label, state):
        return state.apps.get_model(self.app or app_label, self.model_name)._meta.db_table

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


class FrozenThroughout(_TriggerOperation):
    """Migration operation, after `Frozen`: its rows are not truncated, nor replaced by others. `unique` names the keys besides the id by
    which a row of one stage could take the place of a row of another."""

    def __init__(self, model_name: str, stage: str = "{row}.stage_id", unique: tuple[tuple[str, ...], ...] = ()):
        self.model_name = model_name
        self.stage = stage
        self.unique = unique

    def _table(self, app_label, state) -> str:
        return state.apps.get_model(app_label, self.model_name)._meta.db_table

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        keys = [("id",), *self.unique]
        table, vendor = self._table(app_label, to_state), schema_editor.connection.vendor
        self._execute(schema_editor, frozen_throughout_sql(vendor, table, self.stage, keys))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table, vendor = self._table(app_label, from_state), schema_editor.connection.vendor
        self._execute(schema_editor, drop_frozen_throughout_sql(vendor, table))

    def describe(self):
        return f"Freeze {self.model_name} throughout"


class Amendable(_TriggerOperation):
    """Migration operation, after `FrozenThroughout`: `columns` of `model_name` change with a new edition of the rules, all others stay frozen.

    `columns` are by the last phase in which they may, counted from the freeze on along `PHASES`; `free` as in `Frozen`.
    """

    PHASES = ("frozen", "open", "closed", "counted")

    def __init__(
        self,
        model_name: str,
        columns: Mapping[str, tuple[str, ...]],
        stage: str = "{row}.stage_id",
        free: tuple[str, ...] = (),
    ):
        self.model_name = model_name
        self.columns = columns
        self.stage = stage
        self.free = free

    def _frozen_columns(self, meta) -> list[str]:
        amendable = [name for names in self.columns.values() for name in names]
        return [field.column for field in meta.concrete_fields if field.column not in (*self.free, *amendable)]

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        meta, vendor = to_state.apps.get_model(app_label, self.model_name)._meta, schema_editor.connection.vendor
        table = meta.db_table
        self._execute(schema_editor, drop_refusal_sql(vendor, f"{table}_frozen_update"))
        self._execute(schema_editor, frozen_update_sql(vendor, table, self.stage, self._frozen_columns(meta)))
        for last, names in self.columns.items():
            phases = self.PHASES[: self.PHASES.index(last) + 1]
            self._execute(schema_editor, amendable_sql(vendor, table, self.stage, names, phases))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        meta, vendor = from_state.apps.get_model(app_label, self.model_name)._meta, schema_editor.connection.vendor
        table = meta.db_table
        for name in ("frozen_update", *(f"amended_{last}" for last in self.columns)):
            self._execute(schema_editor, drop_refusal_sql(vendor, f"{table}_{name}"))
        columns = [field.column for field in meta.concrete_fields if field.column not in self.free]
        self._execute(schema_editor, frozen_update_sql(vendor, table, self.stage, columns))

    def describe(self):
        return f"Let {self.model_name} be amended"


class Kept(_TriggerOperation):
    """Migration operation: no row of `model_name` is lost, and `columns` keep what they hold; an empty one may be filled, once."""

    def __init__(
        self,
        model_name: str,
        columns: tuple[str, ...],
        unique: tuple[tuple[str, ...], ...] = (),
        among: Mapping[tuple[str, ...], str] = NO_CONDITIONS,
    ):
        self.model_name = model_name
        self.columns = columns
        self.unique = unique
        self.among = among

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        keys = [("id",), *self.unique]
        vendor = schema_editor.connection.vendor
        self._execute(schema_editor, kept_sql(vendor, table, ("id", *self.columns), keys, self.among))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table, vendor = (
            from_state.apps.get_model(app_label, self.model_name)._meta.db_table,
            schema_editor.connection.vendor,
        )
        for name in KEPT[vendor]:
            self._execute(schema_editor, drop_refusal_sql(vendor, f"{table}_{name}"))

    def describe(self):
        return f"Keep the rows of {self.model_name}"


class NoLongerKept(Kept):
    """Migration operation: take `Kept` back before its table or its keys change. Going back keeps the rows again."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        super().database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Let the rows of {self.model_name} change"


class Refused(_TriggerOperation):
    """Migration operation: `verb` on a row of `model_name` is refused where `when` is true of OLD and NEW. `name` is its own."""

    def __init__(self, model_name: str, name: str, verb: str, when: str, message: str):
        self.model_name = model_name
        self.name = name
        self.verb = verb
        self.when = when
        self.message = message

    def _trigger(self, app_label, state) -> tuple[str, str]:
        table = state.apps.get_model(app_label, self.model_name)._meta.db_table
        return table, f"{table}_{self.name}"

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table, name = self._trigger(app_label, to_state)
        vendor = schema_editor.connection.vendor
        self._execute(schema_editor, refusal_sql(vendor, name, self.verb, table, self.when, f"{self.message}: {table}"))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        _, name = self._trigger(app_label, from_state)
        self._execute(schema_editor, drop_refusal_sql(schema_editor.connection.vendor, name))

    def describe(self):
        return f"Refuse {self.name} of {self.model_name}"


class Moves(Refused):
    """Migration operation: `column` of `model_name` goes from one word to another only as `allowed` says."""

    def __init__(self, model_name: str, column: str, allowed: Mapping[str, tuple[str, ...]]):
        old, new = f'OLD."{column}"', f'NEW."{column}"'
        moves = [f"({old} = '{word}' AND {new} = '{to}')" for word, after in allowed.items() for to in after]
        when = f"NOT ({' OR '.join([f'{old} = {new}', *moves])})"
        super().__init__(model_name, f"{column}_moves", f'UPDATE OF "{column}"', when, "no such move")
        self.allowed = allowed
