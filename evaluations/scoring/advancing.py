"""Who goes on: recognition by majority, floors, the gate and the seats, put together.

What is still open (a gate nobody decided, a number that is missing) is carried through as open: a team's answer is
given only when it is the same however the open things turn out.
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
    """

    rank: int | None
    recognised: bool | None
    eligible: bool | None
    gate: str | None
    quorate: bool = True

    @property
    def qualified(self) -> bool | None:
        """May take a seat as far as floors and gate are concerned."""
        if self.eligible is False or self.gate == "not_met":
            return False
        return None if self.eligible is None or self.gate == "pending" else True


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
    return None, worst_why if worst is None else "others_open"


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
    places = {key: standings[key].rank if scored else 1 for key in competitors}
    known = [place for place in places.values() if place is not None]
    if len(known) < len(places):
        return None, "no_rank"
    among = {key: 1 + sum(other < place for other in known) for key, place in places.items() if place is not None}
    seat = seats(among, rule.quota, rule.line_ties)[team]
    if among[team] <= rule.quota < among[team] + list(among.values()).count(among[team]) - 1:
        undecided = "line_tie" if scored else "too_many_recognised"
        return seat, {True: "line_all", False: "line_none", None: undecided}[seat]
    return seat, "seat" if seat else "no_seat"
