"""From what was said and measured to the points of every part, team by team."""

from collections.abc import Mapping
from fractions import Fraction

from evaluations.scoring.averages import total
from evaluations.scoring.decimals import rounded
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.items import score_item
from evaluations.scoring.parts import Part
from evaluations.scoring.rules import Rules
from evaluations.scoring.sheets import Panel, score_panel
from evaluations.scoring.tables import Absent, PartScore, Points

PartScores = Mapping[str, Mapping[str, PartScore]]
"""part → team → score"""


def score_parts(rules: Rules, evidence: Evidence) -> dict[str, dict[str, PartScore]]:
    """Every part of every team, in the order of the rules."""
    return {part.key: score_part(rules, part, evidence) for part in rules.parts}


def score_part(rules: Rules, part: Part, evidence: Evidence) -> dict[str, PartScore]:
    if part.criteria:
        return {team: panel_score(rules, part, score_panel(part, evidence.sheets_of(team))) for team in rules.slugs}
    if part.given:
        return {team: _given_score(rules, part, evidence, team) for team in rules.slugs}
    columns = [score_item(item, evidence, rules.slugs, lambda value: show(rules, value, "item")) for item in part.items]
    found = {}
    for team in rules.slugs:
        items = tuple(column[team] for column in columns)
        points = add(rules, {score.item.key: score.points for score in items}, "part")
        found[team] = PartScore(part, points, items=items)
    return found


def panel_score(rules: Rules, part: Part, panel: Panel) -> PartScore:
    """What a panel gave, as the stage shows it."""
    return PartScore(
        part,
        Points(None, None, panel.points) if isinstance(panel.points, Absent) else show(rules, panel.points, "part"),
        criteria={
            path: Points(None, None, Absent("not_judged")) if value is None else show(rules, value, "item")
            for path, value in panel.criteria.items()
        },
        sheets=panel.sheets,
        empty=panel.empty,
        small=panel.small,
    )


def _given_score(rules: Rules, part: Part, evidence: Evidence, team: str) -> PartScore:
    measurement = evidence.measurements.get((team, part.key))
    if measurement is None:
        return PartScore(part, Points(None, None, Absent("no_measurement", (part.key,))))
    return PartScore(part, show(rules, measurement.score, "part"))


def add(rules: Rules, children: Mapping[str, Points], level: str) -> Points:
    """The sum of points, absent when one of them is. `level` (part, total) says how it is shown."""
    missing = tuple(key for key, points in children.items() if points.value is None)
    if missing:
        return Points(None, None, Absent("incomplete", missing))
    if not children:
        return Points(None, None, Absent("no_points"))
    return show(rules, total(points.value for points in children.values() if points.value is not None), level)


def show(rules: Rules, value: Fraction, level: str) -> Points:
    """A number exact, and as the stage rounds it at this level (item, part, total, mean)."""
    places: int = getattr(rules.decimals, level)
    return Points(value, rounded(value, places, rules.decimals.rule))
