"""From marks to a panel's points: one sheet's total, which sheets count, and their mean."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from evaluations.scoring.averages import mean, trimmed, trimmed_mean, weighted_mean
from evaluations.scoring.parts import Criterion, Part
from evaluations.scoring.tables import Absent, SheetScore

Marks = Mapping[str, int | None]
Average = Callable[[list[Fraction]], Fraction]


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel gave one team in one part.

    points     exact, or why there are none
    criteria   criterion path → exact points or None where nobody judged it
    sheets     in the order the rule sees them: ascending total
    empty      panelists whose sheet judged nothing here
    small      high and low could not be dropped, the plain mean was taken
    """

    points: Fraction | Absent
    criteria: Mapping[str, Fraction | None]
    sheets: tuple[SheetScore, ...]
    empty: tuple[str, ...]
    small: bool


def score_sheet(part: Part, panelist: str, marks: Marks) -> SheetScore | None:
    """A sheet's points for a part; None when it judged nothing there. `marks` holds every criterion of the part."""
    shares: dict[str, Fraction | None] = {}
    pairs = [(criterion.points, _share(criterion, marks, part.cannot_judge, shares)) for criterion in part.criteria]
    total = weighted_mean(pairs)
    if total is None or all(marks[leaf.path] is None for leaf in part.leaves()):
        return None
    return SheetScore(
        panelist=panelist,
        marks={leaf.path: marks[leaf.path] for leaf in part.leaves()},
        shares=shares,
        total=part.points * total,
    )


def _share(criterion: Criterion, marks: Marks, cannot_judge: str, found: dict[str, Fraction | None]) -> Fraction | None:
    """Share of full marks of a criterion; sub-criteria are weighted inside it first."""
    share: Fraction | None
    if criterion.criteria:
        share = weighted_mean((sub.points, _share(sub, marks, cannot_judge, found)) for sub in criterion.criteria)
    else:
        mark = marks[criterion.path]
        nothing = Fraction(0) if cannot_judge == "zero" else None
        share = nothing if mark is None else criterion.share(mark)
    found[criterion.path] = share
    return share


def score_panel(part: Part, sheets: Mapping[str, Marks]) -> Panel:
    """A panel's points for one team, from panelist → marks. Rule and edge cases: `aggregate` in docs/scoring.md."""
    scored = {panelist: score_sheet(part, panelist, marks) for panelist, marks in sheets.items()}
    present = sorted((sheet for sheet in scored.values() if sheet is not None), key=_order)
    empty = tuple(sorted(panelist for panelist, sheet in scored.items() if sheet is None))
    if part.aggregate == "drop_high_low_per_criterion":
        return _trim_each_criterion(part, present, empty)
    used = _mark_use(present) if part.aggregate == "drop_high_low" else present
    counted = [sheet for sheet in used if sheet.use == "counted"]
    small = part.aggregate == "drop_high_low" and 0 < len(present) < 3
    criteria = {
        criterion.path: _times(criterion.points, [sheet.shares[criterion.path] for sheet in counted], mean)
        for criterion in part.all_criteria()
    }
    points: Fraction | Absent
    if not counted:
        points = Absent("no_sheets")
    elif small and part.small_panel == "refuse":
        points = Absent("small_panel")
    else:
        points = mean(sheet.total for sheet in counted)
    return Panel(points, criteria, tuple(used), empty, small)


def _order(sheet: SheetScore) -> tuple[Fraction, tuple[Fraction, ...], str]:
    """Ascending total. Which of two equal totals is left out changes no total, but may change the criteria's means:
    the marks themselves decide, never who gave them (the panelist only orders sheets that are alike in every mark).
    """
    return (
        sheet.total,
        tuple(Fraction(-1) if share is None else share for share in sheet.shares.values()),
        sheet.panelist,
    )


def _mark_use(ordered: Sequence[SheetScore]) -> list[SheetScore]:
    lowest, highest, rest = trimmed(ordered)
    if lowest is None or highest is None:
        return list(rest)
    return [replace(lowest, use="lowest"), *rest, replace(highest, use="highest")]


def _trim_each_criterion(part: Part, sheets: Sequence[SheetScore], empty: tuple[str, ...]) -> Panel:
    """The other method: every criterion loses its own highest and lowest, the part is the sum of its criteria."""
    criteria = {
        criterion.path: _times(criterion.points, [sheet.shares[criterion.path] for sheet in sheets], trimmed_mean)
        for criterion in part.all_criteria()
    }
    judged = [sum(sheet.shares[criterion.path] is not None for sheet in sheets) for criterion in part.criteria]
    small = bool(sheets) and min(judged) < 3
    tops = {criterion.path: criteria[criterion.path] for criterion in part.criteria}
    missing = tuple(path for path, points in tops.items() if points is None)
    points: Fraction | Absent
    if not sheets:
        points = Absent("no_sheets")
    elif missing:
        points = Absent("incomplete", missing)
    elif small and part.small_panel == "refuse":
        points = Absent("small_panel")
    else:
        points = sum((top for top in tops.values() if top is not None), Fraction(0))
    return Panel(points, criteria, tuple(sheets), empty, small)


def _times(points: int, shares: Sequence[Fraction | None], average: Average) -> Fraction | None:
    present = [share for share in shares if share is not None]
    return points * average(present) if present else None
