"""The gate beside the points: what is asked of each component, and who decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluations.scoring.places import Name, Place, refuse_twins

Tallies = dict[tuple[str, str], dict[str, int]]


@dataclass(frozen=True, slots=True)
class GateItem:
    key: str
    side: str
    text: Name
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    decided_by: str
    sides: Mapping[str, Name]
    components: Mapping[str, Name]
    items: tuple[GateItem, ...]

    def cells(self) -> list[tuple[str, str]]:
        """(component, item) in the order of the file: by item, then component."""
        return [(component, item.key) for item in self.items for component in item.components]


def read_gate(place: Place) -> Gate:
    place.table("decided_by", "name", "guide", "sides", "items", "components")
    sides = _named(place.get("sides"))
    components = _named(place.get("components"))
    rows = place.get("items").rows()
    items = tuple(_gate_item(row, sides, components) for row in rows)
    refuse_twins(rows, [item.key for item in items])
    if not items:
        place.get("items").fault("관문 항목이 하나도 없습니다.")
    return Gate(place.get("decided_by").one_of("committee", "majority"), sides, components, items)


def _named(place: Place) -> dict[str, Name]:
    rows = place.rows()
    keys = [row.table("key", "name", "guide").get("key").key() for row in rows]
    refuse_twins(rows, keys)
    if not rows:
        place.fault("하나도 없습니다.")
    return {key: row.get("name").name() for key, row in zip(keys, rows, strict=True)}


def _gate_item(place: Place, sides: Mapping[str, Name], components: Mapping[str, Name]) -> GateItem:
    place.table("key", "side", "text", "guide", "components")
    key = place.get("key").key()
    chosen = place.get("components").keys() if place.get("components").given else tuple(components)
    for component in chosen:
        if component not in components:
            place.get("components").fault(f"관문 구성요소(gate.components)에 없습니다: {component}")
    side = place.get("side").key()
    if side not in sides:
        place.get("side").fault("관문 측면(gate.sides)에 없습니다.")
    return GateItem(key, side, place.get("text").name(), chosen)


def tally(gate: Gate, findings: Iterable[tuple[str, str, str]]) -> Tallies:
    """How many found each (component, item) met, not met, or could not judge, from (component, item, finding)."""
    counts = {cell: {"met": 0, "not_met": 0, "cannot_judge": 0} for cell in gate.cells()}
    for component, item, finding in findings:
        counts[component, item][finding] += 1
    return counts


def verdict(gate: Gate, tallies: Tallies, decision: str | None) -> str:
    """met | not_met | pending.

    By committee: its decision, pending without one. By majority: a cell is met or not by the greater number of those
    who judged; one cell not met fails the gate, all met pass it; a draw, or a cell nobody judged, leaves it pending
    unless the committee decided.
    """
    return by_majority(gate, tallies) or decision or "pending"


def by_majority(gate: Gate, tallies: Tallies) -> str | None:
    """met | not_met as the panel decided it; None where it leaves that to the committee, or the rules do."""
    if gate.decided_by == "committee":
        return None
    cells = [counts["met"] - counts["not_met"] for counts in tallies.values()]
    if min(cells) < 0:
        return "not_met"
    return "met" if min(cells) > 0 else None


def set_aside(gate: Gate, tallies: Tallies, decision: str | None) -> bool:
    """Did the committee decide otherwise than the majority? Then its decision changes nothing."""
    return decision is not None and by_majority(gate, tallies) not in (None, decision)
