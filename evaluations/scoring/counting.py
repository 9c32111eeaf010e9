"""The count: rules and evidence in, the official result out. Reads top down like the method page."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from evaluations.scoring.averages import mean, weigh
from evaluations.scoring.decimals import fraction
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.gates import set_aside
from evaluations.scoring.points import score_parts, show
from evaluations.scoring.published import check, fact_about
from evaluations.scoring.rules import Rules
from evaluations.scoring.tables import Absent, Flag, Mean, Points, Result, TeamResult, Weight
from evaluations.scoring.teams import line_set_aside, line_up, said_of

METHOD_VERSION = "7"
"""Changes with every change of this package that could alter a digit of any result, or a word of its explanation."""


def count(rules: Rules, evidence: Evidence) -> Result:
    """The official result. Raises EvidenceError when the evidence does not fit the rules; absence is no error."""
    evidence.check(rules)
    teams = line_up(rules, score_parts(rules, evidence), said_of(rules, evidence))
    numbers = _numbers(rules, teams)
    facts = check(rules, numbers, {t.team: t.rank for t in teams}, {t.team: t.advances for t in teams})
    result = Result(
        stage=rules.stage,
        config_digest=rules.config_digest,
        input_digest=evidence.digest(),
        method_version=METHOD_VERSION,
        teams=teams,
        means=_means(rules, numbers),
        weights=_weights(rules, numbers),
        facts=facts,
        flags=(),
    )
    return _take_over(rules, replace(result, flags=_flags(rules, evidence, result)))


def _numbers(rules: Rules, teams: tuple[TeamResult, ...]) -> dict[str, dict[str, Fraction | None]]:
    """key → team → exact points."""
    points = {team.team: team.points() for team in teams}
    return {key: {team: points[team][key].value for team in points} for key in (*rules.scored_keys(), "total")}


def _means(rules: Rules, numbers: Mapping[str, Mapping[str, Fraction | None]]) -> dict[str, Mean]:
    """Means over all teams of each part and of the total; absent when one team's number is."""
    found = {}
    for key in (*(part.key for part in rules.parts), *(["total"] if rules.parts else [])):
        values = [value for value in numbers[key].values() if value is not None]
        missing = tuple(team for team, value in numbers[key].items() if value is None)
        if missing:
            found[key] = Mean(Points(None, None, Absent("incomplete", missing)), None)
        else:
            found[key] = Mean(show(rules, mean(values), "mean"), "counted")
    return found


def _weights(rules: Rules, numbers: Mapping[str, Mapping[str, Fraction | None]]) -> dict[str, Weight]:
    return weigh(
        {part.key: part.points for part in rules.parts},
        {part.key: list(numbers[part.key].values()) for part in rules.parts},
    )


def _flags(rules: Rules, evidence: Evidence, result: Result) -> tuple[Flag, ...]:
    found = []
    for team in result.teams:
        found += [Flag("small_panel", team.team, score.part.key) for score in team.parts if score.small]
        found += [Flag("empty_sheet", team.team, score.part.key) for score in team.parts if score.empty]
        if team.recognition is not None and team.recognition.recognised is not None and not team.recognition.quorate:
            found.append(Flag("no_quorum", team.team))
        if team.rank is not None and sum(other.rank == team.rank for other in result.teams) > 1:
            found.append(Flag("shared_rank", team.team))
        if team.gate == "pending":
            found.append(Flag("gate_pending", team.team))
        if rules.gate and set_aside(rules.gate, team.gate_tallies, evidence.decisions.get(team.team)):
            found.append(Flag("decision_set_aside", team.team))
        if team.advances_because == "line_tie":
            found.append(Flag("line_tie", team.team))
        if team.advances_because == "too_many_recognised":
            found.append(Flag("too_many_recognised", team.team))
        if team.advances_because == "line_overfull":
            found.append(Flag("line_overfull", team.team))
        if line_set_aside(evidence, team):
            found.append(Flag("line_decision_set_aside", team.team))
    found += [
        Flag("fact_differs", fact.team, fact.key or fact.what) for fact in result.facts if fact.verdict == "differs"
    ]
    return tuple(found)


def _take_over(rules: Rules, result: Result) -> Result:
    """Published means, ranks and advances where the count has none, each marked as such."""
    means = dict(result.means)
    for key, known in means.items():
        fact = fact_about(rules, "mean", key=key)
        if known.basis is None and fact is not None:
            means[key] = Mean(Points(fraction(fact.value), fact.value), "published")
    teams = tuple(_take_over_team(rules, team) for team in result.teams)
    return replace(result, means=means, teams=teams)


def _take_over_team(rules: Rules, team: TeamResult) -> TeamResult:
    rank = fact_about(rules, "rank", team=team.team)
    if team.rank is None and rank is not None:
        team = replace(team, rank=int(rank.value), rank_basis="published")
    advances = fact_about(rules, "advances", team=team.team)
    if team.advances is None and advances is not None:
        answer = advances.value == "true"
        team = replace(team, advances=answer, advances_basis="published", advances_because="published", line_seats=None)
    return team
