"""The same rules with one weight amended, to try out what it would change. Marks, stars and measured values stay as they are.

A key is what a result calls a number: `part`, `part.item`, `part.criterion` or `part.criterion.sub`. Whatever is counted in
points scales along: what lies inside, given points, tables of points by rank, and floors (a floor is a share of the
full points). The sums above are made anew; everything else keeps its points, so that ranks are those of any other way to
spread the difference. With 0 points a thing leaves the rules altogether.

    Part of 30 = nia 10 + common 20, floor 15. nia amended to 20: part 40 = nia 20 + common 20, floor 20.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from evaluations.scoring.evidence import Evidence, Measurement
from evaluations.scoring.parts import Criterion, Item, Part
from evaluations.scoring.rules import Rules

_N = TypeVar("_N", Part, Criterion)


def amended(rules: Rules, evidence: Evidence, key: str, points: int | Fraction) -> tuple[Rules, Evidence]:
    """Rules and evidence as if `key` had `points`; errors as of `amended_rules`."""
    made = amended_rules(rules, key, points)
    return made, _in_new_points(rules, made, evidence)


def amended_rules(rules: Rules, key: str, points: int | Fraction) -> Rules:
    """Rules as if `key` had `points`. KeyError for a key that no number of a result has, ValueError below 0.

    They are nobody's configuration, so their digest is empty. Seats and rounding stay; the tie-break chain and the facts
    lose what is no longer there.
    """
    if key not in rules.scored_keys():
        raise KeyError(key)
    if points < 0:
        raise ValueError("points are not negative")
    head, *steps = key.split(".")
    parts = tuple(_amend_part(part, steps, Fraction(points)) if part.key == head else part for part in rules.parts)
    made = replace(rules, config_digest="", parts=tuple(part for part in parts if part.points))
    known = {*made.scored_keys(), "total", ""}
    return replace(
        made,
        tie_break=tuple(name for name in rules.tie_break if name in known),
        facts=tuple(fact for fact in rules.facts if fact.key in known),
    )


def _amend_part(part: Part, steps: list[str], points: Fraction) -> Part:
    if not steps:
        return _scaled_part(part, points / part.points)
    if part.items:
        items = (_scaled_item(item, points / item.points) if item.key == steps[0] else item for item in part.items)
        kept = tuple(item for item in items if item.points)
        return _summed(replace(part, items=kept), part.points, sum(Fraction(item.points) for item in kept))
    return _amend_criteria(part, steps, points)


def _amend_criteria(node: _N, steps: list[str], points: Fraction) -> _N:
    """The node with the criterion that `steps` lead to amended, and its own points summed anew."""
    head, *below = steps
    children = (_amend_criterion(child, below, points) if child.key == head else child for child in node.criteria)
    kept = tuple(child for child in children if child.points)
    return _summed(replace(node, criteria=kept), node.points, sum(Fraction(child.points) for child in kept))


def _amend_criterion(criterion: Criterion, steps: list[str], points: Fraction) -> Criterion:
    return _amend_criteria(criterion, steps, points) if steps else _scaled(criterion, points / criterion.points)


def _summed(node: _N, before: int | Fraction, points: Fraction | int) -> _N:
    floor = None if node.floor is None else node.floor * Fraction(points) / before
    return replace(node, points=Fraction(points), floor=floor)


def _scaled_part(part: Part, factor: Fraction) -> Part:
    return replace(
        _summed(part, part.points, part.points * factor),
        items=tuple(_scaled_item(item, factor) for item in part.items),
        criteria=tuple(_scaled(criterion, factor) for criterion in part.criteria),
    )


def _scaled(criterion: Criterion, factor: Fraction) -> Criterion:
    return replace(
        _summed(criterion, criterion.points, criterion.points * factor),
        criteria=tuple(_scaled(sub, factor) for sub in criterion.criteria),
    )


def _scaled_item(item: Item, factor: Fraction) -> Item:
    return replace(
        item,
        points=item.points * factor,
        given={team: given * factor for team, given in (item.given or {}).items()},
        table=tuple(points * factor for points in item.table),
    )


def _in_new_points(rules: Rules, made: Rules, evidence: Evidence) -> Evidence:
    """Measurements that are points already scale along; those nobody asks for any more leave, as do their marks."""
    old, new = rules.measurable(), made.measurable()
    factors = {
        address: Fraction(new[address].points) / old[address].points if _is_in_points(old[address]) else Fraction(1)
        for address in new
    }
    leaves = made.leaves()
    return replace(
        evidence,
        measurements={
            (team, address): Measurement(found.score * factors[address], found.source)
            for (team, address), found in evidence.measurements.items()
            if address in factors
        },
        sheets={key: _kept(marks, leaves) for key, marks in evidence.sheets.items()},
    )


def _kept(marks: Mapping[str, int | None], leaves: Mapping[str, Criterion]) -> dict[str, int | None]:
    return {path: mark for path, mark in marks.items() if path in leaves}


def _is_in_points(measurable: Part | Item) -> bool:
    return isinstance(measurable, Part) or measurable.rule == "given"
