"""From points to a team's line: floors, gate, recognition, rank and seat."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evaluations.scoring.advancing import ON_THE_LINE, Standing, decide, recognise, seats_on_the_line
from evaluations.scoring.averages import below_floors
from evaluations.scoring.evidence import Evidence, LineDecision
from evaluations.scoring.gates import Tallies, tally, verdict
from evaluations.scoring.points import PartScores, add
from evaluations.scoring.ranking import ranks
from evaluations.scoring.rules import Rules
from evaluations.scoring.tables import Below, PartScore, Recognition, TeamResult


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a team beside its points."""

    gate: str | None
    tallies: Tallies
    recognition: Recognition | None
    line: LineDecision | None = None


def said_of(rules: Rules, evidence: Evidence) -> dict[str, Said]:
    """Team → its gate, its vote and the committee's decision at the line. What is void is left out."""
    findings: dict[str, list[tuple[str, str, str]]] = {team: [] for team in rules.slugs}
    votes: dict[str, list[str]] = {team: [] for team in rules.slugs}
    for (panelist, team, component, item), finding in evidence.findings.items():
        if not evidence.is_void(panelist, team):
            findings[team].append((component, item, finding))
    for (panelist, team), vote in evidence.recognitions.items():
        if not evidence.is_void(panelist, team):
            votes[team].append(vote)
    majority = rules.advance.by == "majority"
    found = {}
    for team in rules.slugs:
        tallies = tally(rules.gate, findings[team]) if rules.gate else {}
        gate = verdict(rules.gate, tallies, evidence.decisions.get(team)) if rules.gate else None
        recognition = recognise(votes[team], rules.advance.quorum) if majority else None
        found[team] = Said(gate, tallies, recognition, evidence.line_decisions.get(team))
    return found


def line_set_aside(evidence: Evidence, found: TeamResult) -> str | None:
    """in | out where the committee decided on a team at the line and the count does not use it: the team is not on the line, or level there
    with others than those between whom it was decided."""
    line = evidence.line_decisions.get(found.team)
    return None if line is None or found.advances_because in USED else line.decision


USED = ("line_in", "line_out", "line_overfull")
"""The reasons in which the committee's decision on the team itself is told."""


def line_up(rules: Rules, parts: PartScores, said: Mapping[str, Said]) -> tuple[TeamResult, ...]:
    """All teams in the order of the rules, ranked and seated."""
    teams = tuple(
        _line(rules, team, tuple(parts[part.key][team] for part in rules.parts), said[team]) for team in rules.slugs
    )
    return _seat(rules, _rank(rules, teams), said)


def _line(rules: Rules, team: str, parts: tuple[PartScore, ...], said: Said) -> TeamResult:
    result = TeamResult(
        team=team,
        parts=parts,
        total=add(rules, {score.part.key: score.points for score in parts}, "total"),
        rank=None,
        rank_basis=None,
        gate=said.gate,
        gate_tallies=said.tallies,
        below=(),
        eligible=None,
        recognition=said.recognition,
        advances=None,
        advances_basis=None,
        advances_because="",
    )
    return _hold_against_floors(rules, result)


def _hold_against_floors(rules: Rules, result: TeamResult) -> TeamResult:
    """Unrounded, and on the line passes. A floor missed decides; a number missing leaves it open."""
    points = result.points()
    floors = rules.floors()
    values = {key: points[key].value for key in floors}
    below = tuple(Below(key, floors[key], value) for key, value in below_floors(values, floors).items())
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


def _seat(rules: Rules, teams: tuple[TeamResult, ...], said: Mapping[str, Said]) -> tuple[TeamResult, ...]:
    lines = {team: one.line for team, one in said.items()}
    standings = {
        team.team: Standing(
            rank=team.rank,
            recognised=True if team.recognition is None else team.recognition.recognised,
            eligible=team.eligible,
            gate=team.gate,
            quorate=team.recognition is None or team.recognition.quorate,
            decision=line.decision if (line := lines[team.team]) else None,
            among=line.among if line else frozenset(),
        )
        for team in teams
    }
    scored = bool(rules.parts)
    decided = decide(rules.advance, standings, scored=scored)
    found = []
    for team in teams:
        advances, because = decided[team.team]
        basis = None if advances is None else "counted"
        team = replace(team, advances=advances, advances_basis=basis, advances_because=because)
        if because in ON_THE_LINE:
            line, left = lines[team.team], seats_on_the_line(rules.advance, standings, team.team, scored=scored)
            used = line is not None and because in ("line_in", "line_out")
            team = replace(team, line_seats=left, line_reason=line.reason if line and used else None)
        found.append(team)
    return tuple(found)
