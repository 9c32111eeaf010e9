"""From an amended configuration to the rows that are there already: only what differs is written.

The rows are those of the edition before, found by the keys an amendment never changes.
"""

from collections.abc import Iterator

from django.db.models import Model

from evaluations.programme.models import Round, Stage
from evaluations.ratings.models import Question, RatingPlan, Stratum
from evaluations.rubrics.models import Anchor, Criterion, GateComponent, GateItem, GateSide, Item, Part
from evaluations.stagefile.build import (
    Columns,
    anchor_columns,
    criterion_columns,
    item_columns,
    named,
    part_columns,
    plan_columns,
    round_columns,
    stage_columns,
    stratum_columns,
    words,
)
from evaluations.stagefile.configuration import Table

Row = tuple[Model, Columns]


def rewrite_stage(stage: Stage, config: Table) -> None:
    """Let the rows of the stage say what the configuration says. The database allows it only to the edition just recorded."""
    for row, columns in _rows(stage, config):
        changed = [name for name, value in columns.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, columns[name])
        if changed:
            row.save(update_fields=changed)


def _rows(stage: Stage, config: Table) -> Iterator[Row]:
    yield stage, stage_columns(config)
    rounds = {row.key: row for row in Round.objects.filter(stage=stage)}
    yield from ((rounds[row["key"]], round_columns(row)) for row in config.get("rounds", []))
    yield from _parts(stage, config.get("parts", []))
    yield from _gate(stage, config.get("gate", {}))
    if "users" in config:
        yield from _users(stage, config["users"])


def _parts(stage: Stage, tables: list[Table]) -> Iterator[Row]:
    parts = {row.key: row for row in Part.objects.filter(stage=stage)}
    items = {(row.part_id, row.key): row for row in Item.objects.filter(part__stage=stage)}
    criteria = {(row.part_id, row.path): row for row in Criterion.objects.filter(part__stage=stage)}
    anchors = {(row.criterion_id, row.mark): row for row in Anchor.objects.filter(criterion__part__stage=stage)}
    for table in tables:
        part = parts[table["key"]]
        yield part, part_columns(table)
        for item in table.get("items", []):
            yield items[part.pk, item["key"]], item_columns(item)
        for path, criterion in _below(table):
            row = criteria[part.pk, path]
            yield row, criterion_columns(criterion)
            for anchor in criterion.get("anchors", []):
                yield anchors[row.pk, anchor["mark"]], anchor_columns(anchor)


def _below(table: Table, above: str = "") -> Iterator[tuple[str, Table]]:
    """Every criterion under a part or another criterion, with its path."""
    for criterion in table.get("criteria", []):
        path = f"{above}.{criterion['key']}" if above else criterion["key"]
        yield path, criterion
        yield from _below(criterion, path)


def _gate(stage: Stage, gate: Table) -> Iterator[Row]:
    sides = {row.key: row for row in GateSide.objects.filter(stage=stage)}
    components = {row.key: row for row in GateComponent.objects.filter(stage=stage)}
    items = {(row.side.key, row.key): row for row in GateItem.objects.filter(side__stage=stage).select_related("side")}
    yield from ((sides[row["key"]], named(row)) for row in gate.get("sides", []))
    yield from ((components[row["key"]], named(row)) for row in gate.get("components", []))
    yield from ((items[row["side"], row["key"]], words(row, "text")) for row in gate.get("items", []))


def _users(stage: Stage, users: Table) -> Iterator[Row]:
    questions = {row.key: row for row in Question.objects.filter(stage=stage)}
    strata = {row.key: row for row in Stratum.objects.filter(stage=stage)}
    yield RatingPlan.objects.get(stage=stage), plan_columns(users)
    yield from ((questions[row["key"]], words(row, "text")) for row in users.get("questions", []))
    yield from ((strata[row["key"]], stratum_columns(row)) for row in users.get("strata", []))
