"""What of a result may be told, and to whom: the release policy of the frozen stage applied to a run. Pure.

`told` cuts the canonical result down to the levels and rows a policy names; pages and downloads print only what it hands them.
What was never published or may not be told is None, never zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

LEVELS = ("total", "parts", "items", "criteria", "rank", "gate", "advances", "line_reason", "means", "estimates")

_FIELDS = {
    "total": ("total",),
    "parts": ("parts",),
    "items": ("items",),
    "criteria": ("criteria",),
    "rank": ("rank", "rank_basis"),
    "gate": ("gate",),
    "advances": ("advances", "advances_basis", "advances_because"),
    "line_reason": ("line_reason",),
}


@dataclass(frozen=True)
class Column:
    """A column of points in a table of teams."""

    key: str
    name: Json
    points: int


def levels_of(policy: Iterable[str], config: Json, panels: int | None) -> frozenset[str]:
    """The levels that may be told. Below the least number of sheets only total, rank, gate and who advances
    are, so that no single sheet can be read off. Why the committee chose is told only beside whom it chose."""
    levels = frozenset(policy) & frozenset(LEVELS)
    if "advances" not in levels:
        levels -= {"line_reason"}
    if not tells_estimates(config["release"]):
        levels -= {"estimates"}
    least = config["release"].get("minimum_n", 0)
    if panels is not None and panels < least:
        levels &= {"total", "rank", "gate", "advances"}
    return levels


def tells_estimates(policy: Json) -> bool:
    """May the public read the estimates? They speak of all teams by their places and of the points between them, so they are told
    only where all of that is told anyway; a team's own page shows them where everybody reads them."""
    return policy.get("teams") == "all" and {"total", "rank", "estimates"} <= set(policy.get("public", []))


def smallest_panel(result: Json) -> int | None:
    """The least number of sheets behind any team's points; None where no sheets were counted."""
    sizes = [size for panel in result["diagnostics"].get("panels", {}).values() for size in _sizes(panel)]
    return min(sizes) if sizes else None


def _sizes(panel: object) -> Iterable[int]:
    if isinstance(panel, dict):
        if isinstance(panel.get("counted"), int):
            yield panel["counted"]
        else:
            for inner in panel.values():
                yield from _sizes(inner)


def told(result: Json, config: Json, levels: frozenset[str], teams: str | Iterable[str]) -> Json:
    """The result cut down to these levels and rows (`all`, `advancing`, `none`, or slugs of teams).

    Without its input digest: whoever knows the rules finds the few votes behind it by trying all of them. And without means where
    one team alone is not told of: it is what the others leave of them.
    """
    chosen = _rows(result["teams"], teams)
    keep = [field for level in LEVELS if level in levels for field in _FIELDS.get(level, ())]
    cut: Json = {key: result[key] for key in ("stage", "config_digest", "method_version")}
    cut["teams"] = [
        {"team": team["team"], **{field: team[field] for field in keep if field in team}} for team in chosen
    ]
    told_teams = {team["team"] for team in chosen}
    if "means" in levels and len(result["teams"]) - len(told_teams) != 1:
        cut["means"], cut["means_basis"] = result["means"], result.get("means_basis", {})
    everybody = len(told_teams) == len(result["teams"])
    cut["published"] = []
    for fact in result.get("published", []):
        level = _level_of(fact, result)
        whose = fact["team"] in told_teams if fact["team"] else everybody or (level == "means" and "means" in cut)
        cut["published"].append(fact if level in levels and whose else {**fact, "counted": None, "verdict": None})
    return cut


def undecided(result: Json) -> bool:
    """Is it still open of some team whether it advances? May be told where all that advance are, and never of whom: a list of them is read
    as saying that the others are out."""
    return any(team["advances"] is None for team in result["teams"])


def _level_of(fact: Json, result: Json) -> str:
    """The level whose number a published fact is about. The fact is public anyway; how it compares with the count is told only where
    the count itself is."""
    if fact["what"] in ("rank", "advances"):
        return fact["what"]
    if fact["what"] == "mean":
        return "means"
    if fact["key"] == "total":
        return "total"
    if any(fact["key"] in team["criteria"] for team in result["teams"]):
        return "criteria"
    return "items" if "." in fact["key"] else "parts"


def _rows(rows: list[Json], teams: str | Iterable[str]) -> list[Json]:
    if teams == "all":
        return rows
    if teams == "advancing":
        return [row for row in rows if row["advances"]]
    if teams == "none":
        return []
    wanted = set(teams)
    return [row for row in rows if row["team"] in wanted]


def columns_of(config: Json, levels: frozenset[str]) -> tuple[list[Column], list[Column]]:
    """The parts, and the items of all of them; none of what may not be told."""
    parts = config.get("parts", [])
    items = [(part["key"], item) for part in parts for item in part.get("items", [])]
    return (
        [Column(part["key"], part["name"], part["points"]) for part in parts if "parts" in levels],
        [Column(f"{key}.{item['key']}", item["name"], item["points"]) for key, item in items if "items" in levels],
    )


def told_steps(steps: list[Json], levels: frozenset[str]) -> list[Json]:
    """The explanation without the steps whose level may not be told: single sheets are told to nobody outside the office.

    A formula goes with what it adds up: that of the total with the parts, that of a part with its items or its sheets.
    """
    return [
        {**step, "steps": told_steps(step["steps"], levels), "formula": _told_formula(step, levels)}
        for step in steps
        if step["level"] in levels
    ]


def _told_formula(step: Json, levels: frozenset[str]) -> str:
    over = {inner["level"] for inner in step["steps"]} & {"items", "sheets"}
    if step["level"] == "total":
        over.add("parts")
    return step["formula"] if over <= levels else ""
