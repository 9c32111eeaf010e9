"""From a configuration to the rows of a stage's rules: the reverse of `export.configuration`."""

from datetime import date, datetime

from evaluations.programme.models import Member, Round, Stage, Team
from evaluations.ratings.models import Question, RatingPlan, Stratum
from evaluations.rubrics.models import Anchor, Criterion, GateComponent, GateItem, GateScope, GateSide, Item, Part
from evaluations.stagefile.configuration import Table


def build_stage(config: Table) -> Stage:
    """All rules of a new stage, in the phase `preparing`. The configuration has been checked."""
    stage = _stage(config)
    _teams(stage, config["teams"])
    Round.objects.bulk_create(
        Round(
            stage=stage,
            key=row["key"],
            kind=row["kind"],
            blind=row["blind"],
            counts=row["counts"],
            position=n,
            **_named(row),
        )
        for n, row in enumerate(config.get("rounds", []))
    )
    for position, part in enumerate(config.get("parts", [])):
        _part(stage, part, position)
    if "gate" in config:
        _gate(stage, config["gate"])
    if "users" in config:
        _users(stage, config["users"])
    return stage


def _words(table: Table, name: str) -> dict[str, str]:
    """`name = { ko, en }` as the columns `name_ko` and `name_en`."""
    words = table.get(name, {})
    return {f"{name}_ko": words.get("ko", ""), f"{name}_en": words.get("en", "")}


def _named(row: Table) -> dict[str, str]:
    return _words(row, "name")


def _stage(config: Table) -> Stage:
    times = {name: datetime.fromisoformat(value) for name, value in config["timetable"].items()}
    advance, rounding, objection = config["advance"], config["rounding"], config["objection"]
    return Stage.objects.create(
        slug=config["slug"],
        **_words(config, "programme"),
        **_words(config, "name"),
        **_words(config, "note"),
        sample=config["sample"],
        time_zone=config["time_zone"],
        frozen_at=times["frozen"],
        opens_at=times["opens"],
        closes_at=times["closes"],
        published_at=times["published"],
        advance_by=advance["by"],
        quota=advance["quota"],
        line_ties=advance["line_ties"],
        quorum=advance.get("quorum"),
        pass_on_seats=advance["pass_on_seats"],
        rounding_rule=rounding["rule"],
        item_decimals=rounding["item"],
        part_decimals=rounding["part"],
        total_decimals=rounding["total"],
        mean_decimals=rounding["mean"],
        tie_break=config.get("tie_break", []),
        objection_days=objection["days"],
        answer_days=objection["answer_days"],
        gate_decided_by=config.get("gate", {}).get("decided_by", ""),
        release=config["release"],
        published_facts=config.get("published", []),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _teams(stage: Stage, rows: list[Table]) -> None:
    teams = Team.objects.bulk_create(
        Team(
            stage=stage, slug=row["slug"], model_name=row.get("model_name", ""), aliases=row.get("aliases", []),
            position=n, **_named(row),
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


def _part(stage: Stage, row: Table, position: int) -> None:
    part = Part.objects.create(
        stage=stage, key=row["key"], kind=row["kind"], points=row["points"], floor=row.get("floor", ""),
        given=row.get("rule") == "given", aggregate=row.get("aggregate", ""), small_panel=row.get("small_panel", ""),
        cannot_judge=row.get("cannot_judge", ""), position=position, **_named(row),
    )  # fmt: skip
    Item.objects.bulk_create(
        Item(
            part=part, key=item["key"], points=item["points"], rule=item["rule"], maximum=item.get("maximum", ""),
            target=item.get("target", ""), targets=item.get("targets", {}), given=item.get("given", {}),
            values=item.get("values", []), direction=item.get("direction", "higher"), source=item.get("source", ""),
            prior=item.get("prior", ""), table=item.get("table", []), position=n, **_named(item),
        )
        for n, item in enumerate(row.get("items", []))
    )  # fmt: skip
    _criteria(part, row.get("criteria", []))


def _criteria(part: Part, rows: list[Table]) -> None:
    """Positions run through the whole part, a criterion before those below it."""
    found: list[tuple[Criterion, Table]] = []

    def add(row: Table, parent: Criterion | None) -> None:
        path = f"{parent.path}.{row['key']}" if parent else row["key"]
        criterion = Criterion(
            part=part, parent=parent, path=path, points=row["points"], levels=row.get("levels"), comment=row["comment"],
            floor=row.get("floor", ""), position=len(found), **_named(row), **_words(row, "guide"),
        )  # fmt: skip
        found.append((criterion, row))
        for below in row.get("criteria", []):
            add(below, criterion)

    for row in rows:
        add(row, None)
    Criterion.objects.bulk_create(criterion for criterion, _ in found)
    Anchor.objects.bulk_create(
        Anchor(criterion=criterion, mark=anchor["mark"], text_ko=anchor["ko"], text_en=anchor.get("en", ""))
        for criterion, row in found
        for anchor in row.get("anchors", [])
    )


def _gate(stage: Stage, gate: Table) -> None:
    sides = {
        row["key"]: GateSide(stage=stage, key=row["key"], position=n, **_named(row))
        for n, row in enumerate(gate["sides"])
    }
    components = {
        row["key"]: GateComponent(stage=stage, key=row["key"], position=n, **_named(row))
        for n, row in enumerate(gate["components"])
    }
    items = [
        GateItem(side=sides[row["side"]], key=row["key"], position=n, **_words(row, "text"))
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


def _users(stage: Stage, users: Table) -> None:
    RatingPlan.objects.create(
        stage=stage, comparisons_per_person=users["comparisons_per_person"], ratings_per_person=users["ratings_per_person"],
        **_words(users, "purpose"),
    )  # fmt: skip
    Question.objects.bulk_create(
        Question(stage=stage, key=row["key"], position=n, **_words(row, "text"))
        for n, row in enumerate(users.get("questions", []))
    )
    Stratum.objects.bulk_create(
        Stratum(stage=stage, key=row["key"], categories=row["categories"], position=n, **_named(row))
        for n, row in enumerate(users.get("strata", []))
    )
