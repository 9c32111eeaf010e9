"""How far each team is from the line of the quota, in points of the total."""

from collections.abc import Mapping
from fractions import Fraction

from evaluations.scoring.rules import Rules
from evaluations.scoring.tables import Result, TeamResult


def margins(rules: Rules, result: Result) -> dict[str, Fraction | None]:
    """Team → total minus the line: what it could lose before the seat is shared (above 0), or needs for that (below 0).

    The line of a team is the quota-th highest total of the others who compete for seats, so 0 is a tie on the line, which the
    stage's chain may still decide. Who competes is who would in a count: recognised, and, where seats are passed on, neither
    below a floor nor stopped by the gate; what is open is taken as still competing. Everything else stays as it is.

    None where there is no line: no quota, seats for all who compete, a total missing among them, or a team out of the race.

    Totals 90, 85, 80 and two seats: +10, +5, −5. (90 would have to fall below 80, 80 would have to reach 85.)
    """
    competing = {team.team: team.total.value for team in result.teams if _competes(rules, team)}
    quota = rules.advance.quota
    if quota is None or len(competing) <= quota or None in competing.values():
        return dict.fromkeys(rules.slugs)
    totals = {team: total for team, total in competing.items() if total is not None}
    return {team: _margin(totals, team, quota) if team in totals else None for team in rules.slugs}


def _margin(totals: Mapping[str, Fraction], team: str, quota: int) -> Fraction:
    others = sorted((total for other, total in totals.items() if other != team), reverse=True)
    return totals[team] - others[quota - 1]


def _competes(rules: Rules, team: TeamResult) -> bool:
    if team.recognition is not None and team.recognition.recognised is False:
        return False
    return not rules.advance.pass_on_seats or (team.eligible is not False and team.gate != "not_met")
