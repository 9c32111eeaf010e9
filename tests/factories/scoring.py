"""Configurations and evidence for the arithmetic, as plain as the tests that read them."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from evaluations.scoring import Choices, Evidence, LineDecision, Measurement, Result, Rules, count
from evaluations.stagefile.read import read_directory

NAMES = ("ga", "na", "da", "ra", "ma")


def config(*parts: dict[str, Any], teams: tuple[str, ...] | int = 2, **more: Any) -> dict[str, Any]:
    """A stage decided by points with as many seats as teams, so that a test says only what it is about."""
    slugs = NAMES[:teams] if isinstance(teams, int) else teams
    made = {
        "slug": "test-stage",
        "teams": [{"slug": slug, "name": {"ko": slug}} for slug in slugs],
        "parts": list(parts),
        "advance": {"by": "points", "quota": len(slugs), "line_ties": "committee"},
    }
    return deepcopy({**made, **more})


def named(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "name": {"ko": key}, **more}


def measured(*items: dict[str, Any], key: str = "benchmark", **more: Any) -> dict[str, Any]:
    return named(key, kind="measured", points=sum(item["points"] for item in items), items=list(items), **more)


def given(key: str, points: int, **more: Any) -> dict[str, Any]:
    return named(key, kind="measured", points=points, rule="given", **more)


def experts(*criteria: dict[str, Any], key: str = "expert", aggregate: str = "mean", **more: Any) -> dict[str, Any]:
    points = sum(criterion["points"] for criterion in criteria)
    return named(key, kind="experts", points=points, criteria=list(criteria), aggregate=aggregate, **more)


def users(*items: dict[str, Any], key: str = "user", **more: Any) -> dict[str, Any]:
    return named(key, kind="users", points=sum(item["points"] for item in items), items=list(items), **more)


def asking(*questions: str) -> dict[str, Any]:
    return {"questions": [{"key": question, "text": {"ko": question}} for question in questions]}


def gate(*components: str, items: tuple[str, ...] = ("weights",), decided_by: str = "committee") -> dict[str, Any]:
    return {
        "decided_by": decided_by,
        "sides": [named("technical")],
        "components": [named(component) for component in components],
        "items": [{"key": item, "side": "technical", "text": {"ko": item}} for item in items],
    }


def scores(**by_team: dict[str, str]) -> dict[tuple[str, str], Measurement]:
    """Measurements from team → {address: decimal}."""
    return {(team, address): Measurement.of(text) for team, found in by_team.items() for address, text in found.items()}


def totals(**by_team: str) -> Evidence:
    """Evidence for a stage whose only part is `given("all", …)`."""
    return Evidence(measurements=scores(**{team: {"all": text} for team, text in by_team.items()}))


def counted(configuration: dict[str, Any], evidence: Evidence | None = None) -> Result:
    return count(Rules.from_config(configuration), evidence or Evidence())


EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@cache
def an_example(slug: str) -> tuple[Rules, Evidence]:
    """Rules and evidence of a directory under examples/, without a database."""
    stage = read_directory(EXAMPLES / slug)
    data = stage.data
    ratings: dict[tuple[str, str], list[int]] = {}
    for (_, team, _), rated in data.rated.items():
        for question, stars in rated.stars.items():
            ratings.setdefault((team, question), [0] * 5)[stars - 1] += 1
    comparisons: dict[tuple[str, str], Choices] = {}
    for row in data.compared:
        seen = comparisons.get((row.left, row.right), Choices())
        comparisons[row.left, row.right] = seen + Choices(**{row.choice: 1})
    evidence = Evidence(
        measurements={(row.team, row.item): Measurement.of(row.score, row.source) for row in data.measured},
        sheets={
            key: {path: mark for path, (mark, _) in sheet.marks.items()}
            for key, sheet in data.sheets.items()
            if sheet.marks
        },
        findings={
            (*key, *cell): finding
            for key, sheet in data.sheets.items()
            for cell, (finding, _, _) in sheet.findings.items()
        },
        recognitions={key: sheet.recognition[0] for key, sheet in data.sheets.items() if sheet.recognition},
        ratings={key: tuple(counts) for key, counts in ratings.items()},
        comparisons=comparisons,
        decisions={row.team: row.decision for row in data.decided},
        line_decisions={row.team: LineDecision(row.decision, row.among, row.reason) for row in data.on_the_line},
    )
    return Rules.from_config(stage.config), evidence
