"""The count: rules and evidence in, the official result out. Reads top down like the method page."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from evaluations.scoring.advancing import Standing, decide, recognise
from evaluations.scoring.averages import mean
from evaluations.scoring.decimals import fraction, rounded
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.gates import Tallies, tally, verdict
from evaluations.scoring.items import score_item
from evaluations.scoring.parts import Part
from evaluations.scoring.published import check, fact_about
from evaluations.scoring.ranking import ranks
from evaluations.scoring.rules import Rules
from evaluations.scoring.sheets import score_panel
from evaluations.scoring.tables import (
    Absent,
    Below,
    Flag,
    Mean,
    PartScore,
    Points,
    Recognition,
    Result,
    TeamResult,
    Weight,
)
from evaluations.scoring.weights import weigh

METHOD_VERSION = "1"
"""Changes with every change of this package that could alter a digit of any result."""


def count(rules: Rules, evidence: Evidence) -> Result:
    """The official result. Raises EvidenceError when the evidence does not fit the rules; absence is no error."""
    evidence.check(rules)
    parts = {part.key: _score_part(rules, part, evidence) for part in rules.parts}
    scores = {team: tuple(parts[part.key][team] for part in rules.parts) for team in rules.slugs}
    teams = tuple(_score_team(rules, evidence, team, scores[team]) for team in rules.slugs)
    teams = _advance(rules, _rank(rules, teams))
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
    return _take_over(rules, replace(result, flags=_flags(result)))


def _show(rules: Rules, value: Fraction, level: str) -> Points:
    places: int = getattr(rules.decimals, level)
    return Points(value, rounded(value, places, rules.decimals.rule))


# --- Points


def _score_part(rules: Rules, part: Part, evidence: Evidence) -> dict[str, PartScore]:
    if part.criteria:
        return {team: _panel_part(rules, part, evidence, team) for team in rules.slugs}
    if part.given:
        return {team: _given_part(rules, part, evidence, team) for team in rules.slugs}
    columns = [
        score_item(item, evidence, rules.slugs, lambda value: _show(rules, value, "item")) for item in part.items
    ]
    found = {}
    for team in rules.slugs:
        items = tuple(column[team] for column in columns)
        points = _add(rules, {score.item.key: score.points for score in items}, "part")
        found[team] = PartScore(part, points, items=items)
    return found


def _panel_part(rules: Rules, part: Part, evidence: Evidence, team: str) -> PartScore:
    panel = score_panel(part, evidence.sheets_of(team))
    return PartScore(
        part,
        Points(None, None, panel.points) if isinstance(panel.points, Absent) else _show(rules, panel.points, "part"),
        criteria={
            path: Points(None, None, Absent("not_judged")) if value is None else _show(rules, value, "item")
            for path, value in panel.criteria.items()
        },
        sheets=panel.sheets,
        empty=panel.empty,
        small=panel.small,
    )


def _given_part(rules: Rules, part: Part, evidence: Evidence, team: str) -> PartScore:
    measurement = evidence.measurements.get((team, part.key))
    if measurement is None:
        return PartScore(part, Points(None, None, Absent("no_measurement", (part.key,))))
    return PartScore(part, _show(rules, measurement.score, "part"))


def _add(rules: Rules, children: Mapping[str, Points], level: str) -> Points:
    """The sum of points, absent when one of them is."""
    missing = tuple(key for key, points in children.items() if points.value is None)
    if missing:
        return Points(None, None, Absent("incomplete", missing))
    if not children:
        return Points(None, None, Absent("no_points"))
    return _show(rules, sum((points.value or Fraction(0) for points in children.values()), Fraction(0)), level)


# --- Teams


def _score_team(rules: Rules, evidence: Evidence, team: str, parts: tuple[PartScore, ...]) -> TeamResult:
    gate, tallies = _gate(rules, evidence, team)
    result = TeamResult(
        team=team,
        parts=parts,
        total=_add(rules, {score.part.key: score.points for score in parts}, "total"),
        rank=None,
        rank_basis=None,
        gate=gate,
        gate_tallies=tallies,
        below=(),
        eligible=None,
        recognition=_recognition(rules, evidence, team),
        advances=None,
        advances_basis=None,
        advances_because="",
    )
    return _hold_against_floors(rules, result)


def _gate(rules: Rules, evidence: Evidence, team: str) -> tuple[str | None, Tallies]:
    if rules.gate is None:
        return None, {}
    findings = [
        (component, item, finding)
        for (panelist, about, component, item), finding in evidence.findings.items()
        if about == team and not evidence.is_void(panelist, about)
    ]
    tallies = tally(rules.gate, findings)
    return verdict(rules.gate, tallies, evidence.decisions.get(team)), tallies


def _recognition(rules: Rules, evidence: Evidence, team: str) -> Recognition | None:
    if rules.advance.by != "majority":
        return None
    votes = [
        vote
        for (panelist, about), vote in evidence.recognitions.items()
        if about == team and not evidence.is_void(panelist, about)
    ]
    return recognise(votes, rules.advance.quorum)


def _hold_against_floors(rules: Rules, result: TeamResult) -> TeamResult:
    """Unrounded, and on the line passes. A floor missed decides; a number missing leaves it open."""
    points = result.points()
    floors = rules.floors()
    values = {key: points[key].value for key in floors}
    below = tuple(
        Below(key, floor, value)
        for key, floor in floors.items()
        if (value := values[key]) is not None and value < floor
    )
    eligible = False if below else None if None in values.values() else True
    return replace(result, below=below, eligible=eligible)


def _rank(rules: Rules, teams: tuple[TeamResult, ...]) -> tuple[TeamResult, ...]:
    """Ranks by unrounded totals; none at all when one total is missing, because any place might be that team's."""
    totals = {team.team: team.total.value for team in teams if team.total.value is not None}
    if len(totals) < len(teams):
        return teams
    points = {team.team: team.points() for team in teams}
    chain = [{team: points[team][key].value for team in points} for key in rules.tie_break]
    ranked = ranks(totals, chain)
    return tuple(replace(team, rank=ranked[team.team], rank_basis="counted") for team in teams)


def _advance(rules: Rules, teams: tuple[TeamResult, ...]) -> tuple[TeamResult, ...]:
    standings = {
        team.team: Standing(
            rank=team.rank,
            recognised=True if team.recognition is None else team.recognition.recognised,
            eligible=team.eligible,
            gate=team.gate,
        )
        for team in teams
    }
    decided = decide(rules.advance, standings, scored=bool(rules.parts))
    found = []
    for team in teams:
        advances, because = decided[team.team]
        basis = None if advances is None else "counted"
        found.append(replace(team, advances=advances, advances_basis=basis, advances_because=because))
    return tuple(found)


# --- The stage


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
            found[key] = Mean(_show(rules, mean(values), "mean"), "counted")
    return found


def _weights(rules: Rules, numbers: Mapping[str, Mapping[str, Fraction | None]]) -> dict[str, Weight]:
    return weigh(
        {part.key: part.points for part in rules.parts},
        {part.key: list(numbers[part.key].values()) for part in rules.parts},
    )


def _flags(result: Result) -> tuple[Flag, ...]:
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
        if team.advances_because == "line_tie":
            found.append(Flag("line_tie", team.team))
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
        team = replace(team, advances=answer, advances_basis="published", advances_because="published")
    return team
