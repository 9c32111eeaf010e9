"""Who goes on: recognition by majority, floors, the gate and the seats, put together.

What is still open (a gate nobody decided, a number that is missing) is carried through as open: a team's answer is
given only when it is the same however the open things turn out.

Where teams are level on the line and the rules leave it to the committee, its decisions fill the seats that are left there, and nothing
else: no decision lifts a team over the line, or moves one that is not level with others on it. Each was made between certain teams and
counts between these alone: where others are level, or it is open who is, it is asked again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluations.scoring.ranking import seats
from evaluations.scoring.rules import Advance
from evaluations.scoring.tables import Recognition


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about one team. None is open.

    rank         among all teams; None when it cannot be computed
    recognised   True in a stage decided by points
    quorate      enough votes were cast to recognise it, where that is asked
    decision     in | out: what the committee decided, should it be level with others on the line
    among        the teams between which it decided that, its own among them
    """

    rank: int | None
    recognised: bool | None
    eligible: bool | None
    gate: str | None
    quorate: bool = True
    decision: str | None = None
    among: frozenset[str] = frozenset()

    @property
    def out(self) -> bool:
        """Has no part in a seat, whatever else turns out."""
        return self.recognised is False or self.qualified is False

    @property
    def open(self) -> bool:
        return not self.out and (self.recognised is None or self.qualified is None)

    @property
    def qualified(self) -> bool | None:
        """May take a seat as far as floors and gate are concerned."""
        if self.eligible is False or self.gate == "not_met":
            return False
        return None if self.eligible is None or self.gate == "pending" else True


ON_THE_LINE = frozenset({"line_tie", "too_many_recognised", "line_in", "line_out", "line_full", "line_overfull"})
"""The reasons of teams that are level on the line and that the committee decides on."""

ASKS = frozenset({"line_tie", "too_many_recognised"})
"""Those of them in which it has not decided on the team."""


def recognise(votes: Iterable[str], quorum: int) -> Recognition:
    """Recognised when yes is more than half of yes and no and the quorum is met; abstentions count for the quorum only.

    Without any vote it is open, with fewer votes than the quorum it is not recognised.
    """
    found = list(votes)
    yes, no, abstain = (found.count(vote) for vote in ("yes", "no", "abstain"))
    quorate = len(found) >= quorum
    return Recognition(yes, no, abstain, quorate, (quorate and yes > no) if found else None)


def decide(rule: Advance, standings: Mapping[str, Standing], *, scored: bool) -> dict[str, tuple[bool | None, str]]:
    """(advances, reason) for each team; `scored` is whether the stage has points at all."""
    return {team: _decide_one(rule, standings, team, scored) for team in standings}


def _decide_one(rule: Advance, standings: Mapping[str, Standing], team: str, scored: bool) -> tuple[bool | None, str]:
    own = standings[team]
    if own.recognised is False:
        return (False, "not_recognised") if own.quorate else (False, "no_quorum")
    if own.gate == "not_met":
        return False, "gate_not_met"
    if own.eligible is False:
        return False, "below_floor"
    fewest, most = (_competitors(rule, standings, team, others) for others in (False, True))
    best, why = _seat(rule, standings, team, fewest, scored)
    worst, worst_why = _seat(rule, standings, team, most, scored)
    if best is False:
        return False, why if why == worst_why else "no_seat"
    if own.recognised is None:
        return None, "no_votes"
    if own.qualified is None:
        return None, "gate_pending" if own.gate == "pending" else "floor_open"
    if best == worst:
        return best, why
    return None, "others_open" if worst is False or (best and worst_why == "line_overfull") else worst_why


def _competitors(rule: Advance, standings: Mapping[str, Standing], team: str, others: bool) -> list[str]:
    """Who competes for seats when `team` does and everything open about the others turns out as `others`.

    Seats that are not passed on are competed for by all recognised teams, also those that may not take one.
    """

    def settled(answer: bool | None) -> bool:
        return others if answer is None else answer

    return [
        key
        for key, standing in standings.items()
        if key == team or (settled(standing.recognised) and (not rule.pass_on_seats or settled(standing.qualified)))
    ]


def _seat(
    rule: Advance, standings: Mapping[str, Standing], team: str, competitors: list[str], scored: bool
) -> tuple[bool | None, str]:
    if rule.quota is None or len(competitors) <= rule.quota:
        return True, "seat"
    among = _among(standings, competitors, scored)
    if among is None:
        return None, "no_rank"
    seat = seats(among, rule.quota, rule.line_ties)[team]
    level = [key for key, place in among.items() if place == among[team]]
    if not among[team] <= rule.quota < among[team] + len(level) - 1:
        return seat, "seat" if seat else "no_seat"
    if seat is not None:
        return seat, "line_all" if seat else "line_none"
    return _by_committee(standings, team, rule.quota - among[team] + 1, scored)


def _among(standings: Mapping[str, Standing], competitors: list[str], scored: bool) -> dict[str, int] | None:
    """Rank of each among the competitors, all alike in a stage without points; None where one is missing."""
    places = {key: standings[key].rank if scored else 1 for key in competitors}
    known = [place for place in places.values() if place is not None]
    if len(known) < len(places):
        return None
    return {key: 1 + sum(other < place for other in known) for key, place in places.items() if place is not None}


def _by_committee(standings: Mapping[str, Standing], team: str, left: int, scored: bool) -> tuple[bool | None, str]:
    """Of a team on the line with `left` seats: what the committee decided between exactly those that are level there. More teams let in than
    there are seats decide nothing."""
    level = frozenset(
        key for key, one in standings.items() if not one.out and (not scored or one.rank == standings[team].rank)
    )
    if any(standings[key].open for key in level):
        return None, "others_open"
    decided = {key: standings[key].decision for key in level if standings[key].among == level}
    chosen = list(decided.values()).count("in")
    if decided.get(team) == "out":
        return False, "line_out"
    if decided.get(team) == "in":
        return (True, "line_in") if chosen <= left else (None, "line_overfull")
    if chosen >= left:
        return False, "line_full"
    return None, "line_tie" if scored else "too_many_recognised"


def seats_on_the_line(rule: Advance, standings: Mapping[str, Standing], team: str, *, scored: bool) -> int | None:
    """How many seats are left for those who are level on the line with `team`, should everything open about others turn out against it.

    Seats that nobody may take and that are not passed on are none. None where there is no such line, or a rank is missing.

    Ranks 1, 2, 2, 2 and two seats: one for the three on the line.
    """
    competitors = _competitors(rule, standings, team, others=True)
    among = _among(standings, competitors, scored)
    if rule.quota is None or among is None or not among[team] <= rule.quota < len(competitors):
        return None
    return rule.quota - among[team] + 1
