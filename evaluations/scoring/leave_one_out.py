"""The count with one thing left out, for everything that could be: whose absence would change what.

Exact, by the same rules as the count itself, and no part of the result. A panelist leaves with all sheets, findings and
votes; an item or criterion leaves with its points, so that the totals are out of fewer points and every team loses what it had
there. Sheets are not scored again when a panelist leaves: their totals are what they were.

    Marks 10, 8, 7, 3 of ten, highest and lowest dropped: 7.5. Without the 10 it is 7, without the 3 it is 8.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from evaluations.scoring.amending import amended_rules
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.parts import Part
from evaluations.scoring.points import PartScores, add, panel_score
from evaluations.scoring.rules import Rules
from evaluations.scoring.sheets import in_order, panel_of, weigh_sheet
from evaluations.scoring.tables import PartScore, Result, TeamResult
from evaluations.scoring.teams import Said, line_up, said_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a team gets by counting. None is absent, or open.

    parts   part → exact points
    rank    only where it is counted: a rank taken over from elsewhere would not change with anything
    """

    parts: Mapping[str, Fraction | None]
    total: Fraction | None
    rank: int | None
    advances: bool | None


@dataclass(frozen=True, slots=True)
class Without:
    """All teams without one thing: `kind` is panelist, item or criterion, `key` its name in evidence or result."""

    kind: str
    key: str
    teams: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """The whole count, and the count without each thing in turn, in the order of seats and of the rules."""

    whole: Mapping[str, Outcome]
    panelists: tuple[Without, ...]
    items: tuple[Without, ...]

    def changing_rank(self, team: str) -> list[Without]:
        """What would have to be absent for the team to have another rank, or none. Empty where it has none to change."""
        rank = self.whole[team].rank
        return [] if rank is None else [one for one in self.all() if one.teams[team].rank != rank]

    def changing_advance(self, team: str) -> list[Without]:
        """What would have to be absent for another answer to whether the team advances; open is an answer too."""
        return [one for one in self.all() if one.teams[team].advances != self.whole[team].advances]

    def all(self) -> Iterator[Without]:
        yield from self.panelists
        yield from self.items


def leave_one_out(rules: Rules, evidence: Evidence, result: Result) -> LeaveOneOut:
    """Every panelist, every item and every criterion in turn. `result` is the count of these rules and this evidence.

    A part given as a whole counts as an item. What is alone in the stage cannot be left out: nothing would remain.
    """
    parts = {part.key: {team.team: team.part(part.key) for team in result.teams} for part in rules.parts}
    return LeaveOneOut(
        whole=outcomes(result.teams),
        panelists=tuple(_without_panelist(rules, evidence, parts, panelist) for panelist in evidence.panelists()),
        items=tuple(
            without
            for kind, key in _items(rules)
            if (without := _without_item(rules, evidence, parts, kind, key)) is not None
        ),
    )


def outcomes(teams: tuple[TeamResult, ...]) -> dict[str, Outcome]:
    """What the lines of a count say, without what was taken over from elsewhere."""
    return {
        team.team: Outcome(
            parts={score.part.key: score.points.value for score in team.parts},
            total=team.total.value,
            rank=team.rank if team.rank_basis == "counted" else None,
            advances=team.advances if team.advances_basis == "counted" else None,
        )
        for team in teams
    }


# --- Panelists


def _without_panelist(rules: Rules, evidence: Evidence, parts: PartScores, panelist: str) -> Without:
    left = {
        part.key: {team: _without(rules, part, score, panelist) for team, score in parts[part.key].items()}
        if part.criteria
        else parts[part.key]
        for part in rules.parts
    }
    said = _said(rules, evidence.with_void(panelist))
    return Without("panelist", panelist, outcomes(line_up(rules, left, said)))


def _without(rules: Rules, part: Part, score: PartScore, panelist: str) -> PartScore:
    sheets = [sheet for sheet in score.sheets if sheet.panelist != panelist]
    if len(sheets) == len(score.sheets):
        return score
    return panel_score(rules, part, panel_of(part, sheets, score.empty, _decisive(rules, part)))


def _decisive(rules: Rules, part: Part) -> frozenset[str]:
    """The criteria of a part whose own points decide something: a floor, or a tie."""
    keys = (*rules.tie_break, *rules.floors())
    return frozenset(key.removeprefix(f"{part.key}.") for key in keys if key.startswith(f"{part.key}."))


def _said(rules: Rules, evidence: Evidence) -> dict[str, Said]:
    """Gate and votes. Where neither findings nor votes decide, they are not read again for every panelist."""
    majority = rules.advance.by == "majority" or (rules.gate is not None and rules.gate.decided_by == "majority")
    return said_of(rules, evidence if majority else replace(evidence, findings={}, recognitions={}))


# --- Items and criteria


def _items(rules: Rules) -> list[tuple[str, str]]:
    """(kind, key) of everything that has points of its own."""
    found = []
    for part in rules.parts:
        found += [("item", part.key)] if part.given else []
        found += [("item", f"{part.key}.{item.key}") for item in part.items]
        found += [("criterion", f"{part.key}.{criterion.path}") for criterion in part.all_criteria()]
    return found


def _without_item(rules: Rules, evidence: Evidence, parts: PartScores, kind: str, key: str) -> Without | None:
    """None when nothing would be left to count."""
    left_rules = amended_rules(rules, key, 0)
    if not left_rules.parts:
        return None
    part_key, _, item_key = key.partition(".")
    left = {}
    for part in left_rules.parts:
        if part.key != part_key:
            left[part.key] = parts[part.key]
        elif kind == "item":
            left[part.key] = {
                team: _without_points(left_rules, part, score, item_key) for team, score in parts[part.key].items()
            }
        else:
            left[part.key] = {team: _weighed_again(left_rules, part, score) for team, score in parts[part.key].items()}
    return Without(kind, key, outcomes(line_up(left_rules, left, _said(rules, evidence))))


def _weighed_again(rules: Rules, part: Part, score: PartScore) -> PartScore:
    """The same sheets under fewer criteria: shares stay, totals and which sheets leave are found anew."""
    scored = [weigh_sheet(part, sheet.panelist, sheet.marks, sheet.shares) for sheet in score.sheets]
    present = in_order(sheet for sheet in scored if sheet is not None)
    return panel_score(rules, part, panel_of(part, present, score.empty, _decisive(rules, part)))


def _without_points(rules: Rules, part: Part, score: PartScore, key: str) -> PartScore:
    items = tuple(item for item in score.items if item.item.key != key)
    return replace(
        score, part=part, items=items, points=add(rules, {one.item.key: one.points for one in items}, "part")
    )
