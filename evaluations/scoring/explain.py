"""How one team's points came about, step by step, in words and numbers that can be recomputed by hand.

    for step in explain(rules, evidence, result, "lg"): ...

Every step names its level, so that whoever shows it can leave out what the reader may not be told:

    total parts items criteria rank gate advances line_reason   what the release policy of a stage may tell
    sheets   single panelists and single tallies of citizens: the office alone
    margin   how far the line is, which gives another team's total away: the office alone

Numbers stand exact where they are short and rounded as the stage rounds.
"""

from typing import Any

from evaluations.scoring.advice import advice_steps
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.explain_absence import absence_steps, one_less_of_all
from evaluations.scoring.explain_points import part_step, total_step
from evaluations.scoring.explain_standing import standing_steps
from evaluations.scoring.leave_one_out import LeaveOneOut, leave_one_out
from evaluations.scoring.patterns import find_patterns
from evaluations.scoring.rules import Rules
from evaluations.scoring.steps import Step
from evaluations.scoring.tables import Result

WHOLE = "*"
"""Stands for all teams together; never the slug of one."""


def explain(rules: Rules, evidence: Evidence, result: Result, team: str) -> list[Step]:
    """All steps behind one team's line of a result. KeyError for a team that is not there."""
    if team not in rules.slugs:
        raise KeyError(team)
    return _explain(rules, evidence, result, team, leave_one_out(rules, evidence, result))


def explain_all(rules: Rules, evidence: Evidence, result: Result) -> dict[str, list[dict[str, Any]]]:
    """Team → steps as plain data, for storing beside a run; under WHOLE what concerns the stage as a whole, for the office."""
    without = leave_one_out(rules, evidence, result)
    steps = {team: _explain(rules, evidence, result, team, without) for team in rules.slugs}
    steps[WHOLE] = [
        *advice_steps(rules, result, find_patterns(rules, evidence, result)),
        *one_less_of_all(rules, without),
    ]
    return {key: [step.to_json() for step in found] for key, found in steps.items()}


def _explain(rules: Rules, evidence: Evidence, result: Result, team: str, without: LeaveOneOut) -> list[Step]:
    found = result.team(team)
    return [
        *(part_step(rules, evidence, result, score, team) for score in found.parts),
        *([total_step(rules, found)] if rules.parts else []),
        *standing_steps(rules, evidence, result, found),
        *absence_steps(rules, evidence, result, team, without),
    ]
