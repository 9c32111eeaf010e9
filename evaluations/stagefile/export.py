"""From the rows of a stage to its configuration: what is frozen, shown as a digest, and counted by."""

import json
from collections import defaultdict
from typing import Any

from evaluations.programme.models import Member, Round, Stage, Team
from evaluations.ratings.models import Question, RatingPlan, Stratum
from evaluations.results.compute import frozen_configuration
from evaluations.rubrics.models import Anchor, Criterion, GateComponent, GateItem, GateScope, GateSide, Item, Part
from evaluations.stagefile.configuration import WITH_DIRECTION, Problem, Table, normal_form

SCHEMA = 1


def configuration(stage: Stage) -> Table:
    """What the stage's rows say, in the normal form. A fixed number of queries, whatever the size of the stage."""
    return normal_form(_raw(stage))[0]


def standing_configuration(stage: Stage) -> Table:
    """The configuration that holds: what was frozen or amended last, or what the rows say while the stage is being prepared."""
    frozen = frozen_configuration(stage)
    return json.loads(frozen.body) if frozen else configuration(stage)


def problems(stage: Stage) -> list[Problem]:
    """Everything that keeps the stage's rules, as they stand, from being frozen."""
    empty = GateItem.objects.filter(side__stage=stage, scopes=None)
    unasked = [
        Problem(
            ("gate", "items"), f"gate.items.{item.key}", f"독자성 관문 – 관문 항목 ‘{item.key}’",
            "묻는 구성요소가 하나도 없습니다.",
        )
        for item in empty
    ]  # fmt: skip
    return normal_form(_raw(stage))[1] + unasked


def _words(row: Any, name: str) -> Table:
    ko, en = getattr(row, f"{name}_ko"), getattr(row, f"{name}_en")
    return {key: words for key, words in (("ko", ko), ("en", en)) if words}


def _raw(stage: Stage) -> Table:
    """The table that `stage.toml` would hold. What is empty is left out."""
    return _without_gaps(
        {
            "schema": SCHEMA,
            "slug": stage.slug,
            "programme": _words(stage, "programme"),
            "name": _words(stage, "name"),
            "note": _words(stage, "note"),
            "sample": stage.sample,
            "time_zone": stage.time_zone,
            "timetable": {
                "frozen": stage.frozen_at, "opens": stage.opens_at, "closes": stage.closes_at, "published": stage.published_at,
            },
            "advance": {
                "by": stage.advance_by, "quota": stage.quota, "line_ties": stage.line_ties, "quorum": stage.quorum,
                "pass_on_seats": stage.pass_on_seats,
            },
            "rounding": {
                "rule": stage.rounding_rule, "item": stage.item_decimals, "part": stage.part_decimals,
                "total": stage.total_decimals, "mean": stage.mean_decimals,
            },
            "tie_break": stage.tie_break,
            "objection": {"days": stage.objection_days, "answer_days": stage.answer_days},
            "teams": _teams(stage),
            "parts": _parts(stage),
            "rounds": [
                {"key": row.key, "name": _words(row, "name"), "kind": row.kind, "blind": row.blind, "counts": row.counts}
                for row in Round.objects.filter(stage=stage).order_by("position", "key")
            ],
            "gate": _gate(stage),
            "users": _users(stage),
            "release": stage.release,
            "published": stage.published_facts,
        }
    )  # fmt: skip


def _without_gaps(value: Any) -> Any:
    """The same without empty texts, lists, tables and None; what is said is kept as it is."""
    if isinstance(value, dict):
        return {
            name: kept for name, member in value.items() if (kept := _without_gaps(member)) not in (None, "", [], {})
        }
    if isinstance(value, list):
        return [_without_gaps(member) for member in value]
    return value


def _teams(stage: Stage) -> list[Table]:
    members = defaultdict(list)
    for row in Member.objects.filter(team__stage=stage).order_by("position", "organisation", "id"):
        members[row.team_id].append(
            {
                "organisation": row.organisation,
                "unit": row.unit,
                "aliases": row.aliases,
                "from": row.since,
                "to": row.until,
            }
        )
    return [
        {
            "slug": row.slug,
            "name": _words(row, "name"),
            "model_name": row.model_name,
            "aliases": row.aliases,
            "members": members[row.id],
        }
        for row in Team.objects.filter(stage=stage).order_by("position", "slug")
    ]


def _parts(stage: Stage) -> list[Table]:
    items, criteria = defaultdict(list), _criteria(stage)
    for row in Item.objects.filter(part__stage=stage).order_by("position", "key"):
        items[row.part_id].append(_item(row))
    return [
        {
            "key": row.key, "kind": row.kind, "name": _words(row, "name"), "points": row.points, "floor": row.floor,
            "rule": "given" if row.given else "", "items": items[row.id], "criteria": criteria[row.id],
        }
        | ({name: getattr(row, name) for name in ("aggregate", "small_panel", "cannot_judge")} if criteria[row.id] else {})
        for row in Part.objects.filter(stage=stage).order_by("position", "key")
    ]  # fmt: skip


def _item(row: Item) -> Table:
    return {
        "key": row.key, "name": _words(row, "name"), "points": row.points, "rule": row.rule, "maximum": row.maximum,
        "values": row.values, "target": row.target, "targets": row.targets, "given": row.given, "prior": row.prior,
        "table": row.table, "source": row.source,
        "direction": row.direction if row.rule in WITH_DIRECTION else "",
    }  # fmt: skip


def _criteria(stage: Stage) -> dict[str, list[Table]]:
    """Top criteria by part, each with those below it."""
    anchors, below, top = defaultdict(list), defaultdict(list), defaultdict(list)
    for anchor in Anchor.objects.filter(criterion__part__stage=stage).order_by("-mark"):
        anchors[anchor.criterion_id].append({"mark": anchor.mark, "ko": anchor.text_ko, "en": anchor.text_en})
    for row in Criterion.objects.filter(part__stage=stage).order_by("position", "path"):
        table = {
            "key": row.key, "name": _words(row, "name"), "points": row.points, "guide": _words(row, "guide"),
            "comment": row.comment, "floor": row.floor, "levels": row.levels, "anchors": anchors[row.id], "criteria": below[row.id],
        }  # fmt: skip
        if row.parent_id:
            below[row.parent_id].append(table)
        else:
            top[row.part_id].append(table)
    return top


def _gate(stage: Stage) -> Table:
    sides = list(GateSide.objects.filter(stage=stage).order_by("position", "key"))
    components = list(GateComponent.objects.filter(stage=stage).order_by("position", "key"))
    scopes = defaultdict(list)
    for item, key in GateScope.objects.filter(component__stage=stage).values_list("item_id", "component__key"):
        scopes[item].append(key)
    items = [
        {"key": row.key, "side": row.side.key, "text": _words(row, "text"), "components": sorted(scopes[row.id])}
        for row in GateItem.objects.filter(side__stage=stage).select_related("side").order_by("position", "key")
    ]
    named = {
        "sides": [{"key": row.key, "name": _words(row, "name")} for row in sides],
        "components": [{"key": row.key, "name": _words(row, "name")} for row in components],
    }
    return {"decided_by": stage.gate_decided_by, **named, "items": items}


def _users(stage: Stage) -> Table:
    plan = RatingPlan.objects.filter(stage=stage).first()
    questions = [
        {"key": row.key, "text": _words(row, "text")}
        for row in Question.objects.filter(stage=stage).order_by("position", "key")
    ]
    strata = [
        {"key": row.key, "name": _words(row, "name"), "categories": row.categories}
        for row in Stratum.objects.filter(stage=stage).order_by("position", "key")
    ]
    asked = {
        "purpose": _words(plan, "purpose"), "comparisons_per_person": plan.comparisons_per_person,
        "ratings_per_person": plan.ratings_per_person,
    } if plan else {}  # fmt: skip
    return asked | {"questions": questions, "strata": strata}
