"""Patterns in the experts' marks that somebody should look at. They inform the office; nothing is left out because of them.

Exact. Every pattern has innocent explanations – panelists agree, a team is outstanding, a rubric is coarse – so that none is a
finding about a person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from evaluations.scoring.averages import mean
from evaluations.scoring.decimals import exact
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.parts import Criterion
from evaluations.scoring.rules import Rules
from evaluations.scoring.tables import PartScore, Result


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a pattern is told. No law or guideline names such numbers: they are the office's, not the stage's.

    common_marks   two panelists are compared when they have at least so many marks in common
    equal_share    and told when at least this share of them is equal
    equal_totals   a total is told when at least so many panelists, and more than half of the panel, gave it
    deviation      a sheet is told when it is further from the mean of the others than this share of the part's points
    line           a sheet is told when at least so many criteria of one scale all have the same mark
    """

    common_marks: int = 10
    equal_share: Fraction = Fraction(1)
    equal_totals: int = 3
    deviation: Fraction = Fraction(1, 5)
    line: int = 5


@dataclass(frozen=True, slots=True)
class SameMarks:
    """Two panelists whose marks are the same, over all teams both judged."""

    one: str
    other: str
    teams: tuple[str, ...]
    common: int
    equal: int


@dataclass(frozen=True, slots=True)
class SameTotal:
    """Several panelists gave a team exactly the same points in a part; `sheets` is how many there are."""

    part: str
    team: str
    total: Fraction
    panelists: tuple[str, ...]
    sheets: int


@dataclass(frozen=True, slots=True)
class Deviation:
    """A sheet far from the others: its points, the mean of all others about this team, and their difference."""

    part: str
    team: str
    panelist: str
    total: Fraction
    others: Fraction
    deviation: Fraction


@dataclass(frozen=True, slots=True)
class StraightLine:
    """A sheet with one and the same mark on all criteria of a scale (non-differentiation, Krosnick 1991)."""

    part: str
    team: str
    panelist: str
    mark: int
    lowest: int
    highest: int
    criteria: int


@dataclass(frozen=True, slots=True)
class Patterns:
    same_marks: tuple[SameMarks, ...]
    same_totals: tuple[SameTotal, ...]
    deviations: tuple[Deviation, ...]
    straight_lines: tuple[StraightLine, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data; exact numbers as decimal text or ratio."""
        return {
            name: [
                {key: exact(value) if isinstance(value, Fraction) else value for key, value in record.items()}
                for record in records
            ]
            for name, records in asdict(self).items()
        }


DEFAULT = Thresholds()


def find_patterns(rules: Rules, evidence: Evidence, result: Result, thresholds: Thresholds = DEFAULT) -> Patterns:
    """All patterns in the sheets that are not void. `result` is the count of these rules and this evidence.

    "Cannot judge" is no mark: it is neither equal to another one nor part of a line.
    """
    panels = [(score, team.team) for team in result.teams for score in team.parts if score.sheets]
    return Patterns(
        same_marks=tuple(_same_marks(evidence, thresholds)),
        same_totals=tuple(found for score, team in panels for found in _same_totals(score, team, thresholds)),
        deviations=tuple(found for score, team in panels for found in _deviations(score, team, thresholds)),
        straight_lines=tuple(found for score, team in panels for found in _straight_lines(score, team, thresholds)),
    )


def _same_marks(evidence: Evidence, thresholds: Thresholds) -> Iterator[SameMarks]:
    given: dict[str, dict[tuple[str, str], int]] = {}
    for (panelist, team), marks in sorted(evidence.sheets.items()):
        if not evidence.is_void(panelist, team):
            judged = {(team, path): mark for path, mark in marks.items() if mark is not None}
            given.setdefault(panelist, {}).update(judged)
    for (one, own), (other, theirs) in combinations(given.items(), 2):
        common = own.keys() & theirs.keys()
        equal = sum(own[cell] == theirs[cell] for cell in common)
        if len(common) >= thresholds.common_marks and equal >= thresholds.equal_share * len(common):
            yield SameMarks(one, other, tuple(sorted({team for team, _ in common})), len(common), equal)


def _same_totals(score: PartScore, team: str, thresholds: Thresholds) -> Iterator[SameTotal]:
    by_total: dict[Fraction, list[str]] = {}
    for sheet in score.sheets:
        by_total.setdefault(sheet.total, []).append(sheet.panelist)
    for total, panelists in by_total.items():
        if len(panelists) >= thresholds.equal_totals and 2 * len(panelists) > len(score.sheets):
            yield SameTotal(score.part.key, team, total, tuple(sorted(panelists)), len(score.sheets))


def _deviations(score: PartScore, team: str, thresholds: Thresholds) -> Iterator[Deviation]:
    """Against the mean of the others: a sheet must not hide in a mean that it has moved itself. With two others at least."""
    if len(score.sheets) < 3:
        return
    for sheet in score.sheets:
        others = mean(other.total for other in score.sheets if other is not sheet)
        deviation = sheet.total - others
        if abs(deviation) > thresholds.deviation * score.part.points:
            yield Deviation(score.part.key, team, sheet.panelist, sheet.total, others, deviation)


def _straight_lines(score: PartScore, team: str, thresholds: Thresholds) -> Iterator[StraightLine]:
    scales: dict[tuple[int, int], list[Criterion]] = {}
    for leaf in score.part.leaves():
        scales.setdefault((leaf.lowest, leaf.highest), []).append(leaf)
    for sheet in score.sheets:
        for (lowest, highest), leaves in scales.items():
            marks = _marks(sheet.marks, leaves)
            if len(marks) >= thresholds.line and len(set(marks)) == 1:
                yield StraightLine(score.part.key, team, sheet.panelist, marks[0], lowest, highest, len(marks))


def _marks(marks: Mapping[str, int | None], leaves: list[Criterion]) -> list[int]:
    return [mark for leaf in leaves if (mark := marks[leaf.path]) is not None]
