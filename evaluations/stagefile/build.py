"""From a configuration to the rows of a stage's rules: the reverse of `export.configuration`.

The functions ending in `_columns` say what a row of each kind holds; `rewrite` asks them again when the rules are amended.
"""

from datetime import date, datetime
from typing import Any

from evaluations.programme.models import Member, Round, Stage, Team
from evaluations.ratings.models import Question, RatingPlan, Stratum
from evaluations.rubrics.models import Anchor, Criterion, GateComponent, GateItem, GateScope, GateSide, Item, Part
from evaluations.stagefile.configuration import Table

Columns = dict[str, Any]


def build_stage(config: Table) -> Stage:
    """All rules of a new stage, in the phase `preparing`. The configuration has been checked."""
    stage = Stage.objects.create(slug=config["slug"], **stage_columns(config))
    _teams(stage, config["teams"])
    Round.objects.bulk_create(
        Round(stage=stage, key=row["key"], position=n, **round_columns(row))
        for n, row in enumerate(config.get("rounds", []))
    )
    for position, part in enumerate(config.get("parts", [])):
        _part(stage, part, position)
    if "gate" in config:
        _gate(stage, config["gate"])
    if "users" in config:
        _users(stage, config["users"])
    return stage


def words(table: Table, name: str) -> Columns:
    """`name = { ko, en }` as the columns `name_ko` and `name_en`."""
    said = table.get(name, {})
    return {f"{name}_ko": said.get("ko", ""), f"{name}_en": said.get("en", "")}


def named(row: Table) -> Columns:
    return words(row, "name")


def stage_columns(config: Table) -> Columns:
    times = {name: datetime.fromisoformat(value) for name, value in config["timetable"].items()}
    advance, rounding, objection = config["advance"], config["rounding"], config["objection"]
    return {
        **words(config, "programme"),
        **named(config),
        **words(config, "note"),
        "sample": config["sample"],
        "time_zone": config["time_zone"],
        "frozen_at": times["frozen"],
        "opens_at": times["opens"],
        "closes_at": times["closes"],
        "published_at": times["published"],
        "advance_by": advance["by"],
        "quota": advance["quota"],
        "line_ties": advance["line_ties"],
        "quorum": advance.get("quorum"),
        "pass_on_seats": advance["pass_on_seats"],
        "rounding_rule": rounding["rule"],
        "item_decimals": rounding["item"],
        "part_decimals": rounding["part"],
        "total_decimals": rounding["total"],
        "mean_decimals": rounding["mean"],
        "tie_break": config.get("tie_break", []),
        "objection_days": objection["days"],
        "answer_days": objection["answer_days"],
        "gate_decided_by": config.get("gate", {}).get("decided_by", ""),
        "release": config["release"],
        "published_facts": config.get("published", []),
    }


def round_columns(row: Table) -> Columns:
    return {"kind": row["kind"], "blind": row["blind"], "counts": row["counts"], **named(row)}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _teams(stage: Stage, rows: list[Table]) -> None:
    teams = Team.objects.bulk_create(
        Team(
            stage=stage, slug=row["slug"], model_name=row.get("model_name", ""), aliases=row.get("aliases", []),
            position=n, **named(row),
        )
        for n, row in enumerate(rows)
    )  # fmt: skip
    Member.objects.bulk_create(
        Member(
            team=team, organisation=member["organisation"], unit=member.get("unit", ""), aliases=member.get("aliases", []),
            since=_day(member.get("from")), until=_day(member.get("to")), position=n,
        )
        for team, row in zip(teams, rows, strict=True)
        for n, member in enumerate(row.get("members", []))
    )  # fmt: skip


def part_columns(row: Table) -> Columns:
    return {
        "kind": row["kind"], "points": row["points"], "floor": row.get("floor", ""), "given": row.get("rule") == "given",
        "aggregate": row.get("aggregate", ""), "small_panel": row.get("small_panel", ""),
        "cannot_judge": row.get("cannot_judge", ""), **named(row),
    }  # fmt: skip


def item_columns(row: Table) -> Columns:
    return {
        "points": row["points"], "rule": row["rule"], "maximum": row.get("maximum", ""), "target": row.get("target", ""),
        "targets": row.get("targets", {}), "given": row.get("given", {}), "values": row.get("values", []),
        "direction": row.get("direction", "higher"), "source": row.get("source", ""), "prior": row.get("prior", ""),
        "table": row.get("table", []), **named(row),
    }  # fmt: skip


def criterion_columns(row: Table) -> Columns:
    return {
        "points": row["points"], "levels": row.get("levels"), "comment": row["comment"], "floor": row.get("floor", ""),
        **named(row), **words(row, "guide"),
    }  # fmt: skip


def anchor_columns(row: Table) -> Columns:
    return {"text_ko": row["ko"], "text_en": row.get("en", "")}


def _part(stage: Stage, row: Table, position: int) -> None:
    part = Part.objects.create(stage=stage, key=row["key"], position=position, **part_columns(row))
    Item.objects.bulk_create(
        Item(part=part, key=item["key"], position=n, **item_columns(item))
        for n, item in enumerate(row.get("items", []))
    )
    _criteria(part, row.get("criteria", []))


def _criteria(part: Part, rows: list[Table]) -> None:
    """Positions run through the whole part, a criterion before those below it."""
    found: list[tuple[Criterion, Table]] = []

    def add(row: Table, parent: Criterion | None) -> None:
        path = f"{parent.path}.{row['key']}" if parent else row["key"]
        criterion = Criterion(part=part, parent=parent, path=path, position=len(found), **criterion_columns(row))
        found.append((criterion, row))
        for below in row.get("criteria", []):
            add(below, criterion)

    for row in rows:
        add(row, None)
    Criterion.objects.bulk_create(criterion for criterion, _ in found)
    Anchor.objects.bulk_create(
        Anchor(criterion=criterion, mark=anchor["mark"], **anchor_columns(anchor))
        for criterion, row in found
        for anchor in row.get("anchors", [])
    )


def _gate(stage: Stage, gate: Table) -> None:
    sides = {
        row["key"]: GateSide(stage=stage, key=row["key"], position=n, **named(row))
        for n, row in enumerate(gate["sides"])
    }
    components = {
        row["key"]: GateComponent(stage=stage, key=row["key"], position=n, **named(row))
        for n, row in enumerate(gate["components"])
    }
    items = [
        GateItem(side=sides[row["side"]], key=row["key"], position=n, **words(row, "text"))
        for n, row in enumerate(gate["items"])
    ]
    GateSide.objects.bulk_create(sides.values())
    GateComponent.objects.bulk_create(components.values())
    GateItem.objects.bulk_create(items)
    GateScope.objects.bulk_create(
        GateScope(item=item, component=components[key])
        for item, row in zip(items, gate["items"], strict=True)
        for key in row["components"]
    )


def plan_columns(users: Table) -> Columns:
    return {
        "comparisons_per_person": users["comparisons_per_person"], "ratings_per_person": users["ratings_per_person"],
        **words(users, "purpose"),
    }  # fmt: skip


def stratum_columns(row: Table) -> Columns:
    return {"categories": row["categories"], **named(row)}


def _users(stage: Stage, users: Table) -> None:
    RatingPlan.objects.create(stage=stage, **plan_columns(users))
    Question.objects.bulk_create(
        Question(stage=stage, key=row["key"], position=n, **words(row, "text"))
        for n, row in enumerate(users.get("questions", []))
    )
    Stratum.objects.bulk_create(
        Stratum(stage=stage, key=row["key"], position=n, **stratum_columns(row))
        for n, row in enumerate(users.get("strata", []))
    )
