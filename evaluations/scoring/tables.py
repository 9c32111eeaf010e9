"""The result of a count: frozen records, exact inside, decimal text outside.

`None` is absent – not measured, not judged, not decided – and always has a reason beside it. It is never zero.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from evaluations.scoring.canonical import canonical_bytes
from evaluations.scoring.decimals import exact, rounded
from evaluations.scoring.gates import Tallies
from evaluations.scoring.parts import Item, Part


@dataclass(frozen=True, slots=True)
class Absent:
    """Why there is no number: a word from ABSENCES in wording.py, and what was missing."""

    code: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """A number of points: exact, as shown, or absent with the reason."""

    value: Fraction | None
    shown: str | None
    absent: Absent | None = None


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item of one team. `value` is what was measured or counted, `reference` what it was held against."""

    item: Item
    points: Points
    basis: str
    value: Fraction | None = None
    reference: Fraction | None = None


@dataclass(frozen=True, slots=True)
class SheetScore:
    """One panelist's sheet about one team in one part.

    shares   criterion path → share of full marks 0…1, None where nothing was judged; sub-criteria included
    total    points of the part this sheet gives
    use      counted | highest | lowest (the last two: left out by the rule)
    weight   how much of it is in the means of the criteria: 1, 0 of one left out, and of k sheets with the total of the one left out
             (k − 1)/k of each, as nothing says which of them it is
    """

    panelist: str
    marks: Mapping[str, int | None]
    shares: Mapping[str, Fraction | None]
    total: Fraction
    use: str = "counted"
    weight: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class PartScore:
    """One part of one team. `empty` are panelists whose sheet judged nothing in this part: no sheet."""

    part: Part
    points: Points
    items: tuple[ItemScore, ...] = ()
    criteria: Mapping[str, Points] | None = None
    sheets: tuple[SheetScore, ...] = ()
    empty: tuple[str, ...] = ()
    small: bool = False


@dataclass(frozen=True, slots=True)
class Below:
    """A floor that was not reached, compared unrounded."""

    key: str
    floor: Fraction
    value: Fraction


@dataclass(frozen=True, slots=True)
class Recognition:
    """The vote of a selection by majority. `recognised` is None when nobody voted."""

    yes: int
    no: int
    abstain: int
    quorate: bool
    recognised: bool | None


@dataclass(frozen=True, slots=True)
class TeamResult:
    """All that came out for a team.

    rank        1 is best, shared where nothing separates; `rank_basis`: counted | published | None
    gate        met | not_met | pending | None (the stage has no gate)
    eligible    reached every floor; None when a number needed is absent
    advances    None: open; `advances_because` says why in one word (REASONS in wording.py)
    line_seats  of a team level with others on the line, on which the committee decides: how many seats are left there
    line_reason why the committee decided so of it; None where no decision of it was used
    """

    team: str
    parts: tuple[PartScore, ...]
    total: Points
    rank: int | None
    rank_basis: str | None
    gate: str | None
    gate_tallies: Tallies
    below: tuple[Below, ...]
    eligible: bool | None
    recognition: Recognition | None
    advances: bool | None
    advances_basis: str | None
    advances_because: str
    line_seats: int | None = None
    line_reason: str | None = None

    def part(self, key: str) -> PartScore:
        return next(score for score in self.parts if score.part.key == key)

    def points(self) -> dict[str, Points]:
        """Every number of this team by its key (`part`, `part.item`, `part.criterion`, `total`)."""
        found: dict[str, Points] = {}
        for score in self.parts:
            found[score.part.key] = score.points
            found.update({f"{score.part.key}.{item.item.key}": item.points for item in score.items})
            found.update({f"{score.part.key}.{path}": points for path, points in (score.criteria or {}).items()})
        found["total"] = self.total
        return found

    def to_json(self) -> dict[str, Any]:
        points = self.points()
        return {
            "team": self.team,
            "parts": {score.part.key: score.points.shown for score in self.parts},
            "items": {
                f"{score.part.key}.{item.item.key}": item.points.shown for score in self.parts for item in score.items
            },
            "criteria": {
                f"{score.part.key}.{path}": found.shown
                for score in self.parts
                for path, found in (score.criteria or {}).items()
            },
            "total": self.total.shown,
            "unrounded": {key: str(found.value) for key, found in points.items() if found.value is not None},
            "rank": self.rank,
            "rank_basis": self.rank_basis,
            "gate": self.gate,
            "eligible": self.eligible,
            "advances": self.advances,
            "advances_basis": self.advances_basis,
            "advances_because": self.advances_because,
            "line_reason": self.line_reason,
        }


@dataclass(frozen=True, slots=True)
class Weight:
    """What a part weighs: by its points, in the variance of totals, and by how far apart it puts the teams.

    `effective` is None with fewer than three teams, an absent number, or equal totals; `spread` with an absent number.
    """

    nominal: Fraction
    effective: Fraction | None
    spread: Fraction | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A published fact against the count: `verdict` is match | differs | not_computable."""

    what: str
    key: str
    team: str
    value: str
    source: str
    counted: str | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Something the office should look at: a word from FLAGS in wording.py, and where it holds."""

    code: str
    team: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Mean:
    points: Points
    basis: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a count gives. The same rules and evidence give the same bytes, always and everywhere."""

    stage: str
    config_digest: str
    input_digest: str
    method_version: str
    teams: tuple[TeamResult, ...]
    means: Mapping[str, Mean]
    weights: Mapping[str, Weight]
    facts: tuple[Checked, ...]
    flags: tuple[Flag, ...]

    def team(self, slug: str) -> TeamResult:
        return next(team for team in self.teams if team.team == slug)

    def to_bytes(self) -> bytes:
        return canonical_bytes(self.to_json())

    def to_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "config_digest": self.config_digest,
            "input_digest": self.input_digest,
            "method_version": self.method_version,
            "teams": [team.to_json() for team in self.teams],
            "means": {key: mean.points.shown for key, mean in self.means.items()},
            "means_basis": {key: mean.basis for key, mean in self.means.items()},
            "published": [asdict(fact) for fact in self.facts],
            "diagnostics": {
                "weights": {key: _weight(weight) for key, weight in self.weights.items()},
                "panels": _panels(self.teams),
                "gate": {team.team: _gate(team) for team in self.teams if team.gate_tallies},
                "recognition": {team.team: asdict(team.recognition) for team in self.teams if team.recognition},
                "line": {team.team: team.line_seats for team in self.teams if team.line_seats is not None},
                "floors": {team.team: [_below(below) for below in team.below] for team in self.teams if team.below},
                "absent": {team.team: absent for team in self.teams if (absent := _absent(team))},
                "flags": [asdict(flag) for flag in self.flags],
            },
        }


def _weight(weight: Weight) -> dict[str, str | None]:
    """Shares and points with four decimals: statistics about the result, not the result."""
    numbers = {"nominal": weight.nominal, "effective": weight.effective, "spread": weight.spread}
    return {key: None if value is None else rounded(value, 4, "ROUND_HALF_UP") for key, value in numbers.items()}


def _panels(teams: tuple[TeamResult, ...]) -> dict[str, dict[str, dict[str, int | bool]]]:
    """Per part with sheets and team: how many sheets there were, how many counted, whether the panel was small."""
    found: dict[str, dict[str, dict[str, int | bool]]] = {}
    for team in teams:
        for score in team.parts:
            if score.part.criteria:
                counted = sum(sheet.use == "counted" for sheet in score.sheets)
                found.setdefault(score.part.key, {})[team.team] = {
                    "sheets": len(score.sheets),
                    "counted": counted,
                    "empty": len(score.empty),
                    "small": score.small,
                }
    return found


def _gate(team: TeamResult) -> dict[str, dict[str, int]]:
    return {f"{component}.{item}": dict(tally) for (component, item), tally in team.gate_tallies.items()}


def _below(below: Below) -> dict[str, str]:
    return {"key": below.key, "floor": exact(below.floor), "value": exact(below.value)}


def _absent(team: TeamResult) -> dict[str, dict[str, Any]]:
    return {key: asdict(points.absent) for key, points in team.points().items() if points.absent}
