"""From marks to a panel's points: one sheet's total, which sheets count, and their mean."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from evaluations.scoring.averages import mean, total, trimmed, trimmed_mean, weighted_mean
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
    share = weighted_mean(pairs)
    judged = {leaf.path: marks[leaf.path] for leaf in part.leaves()}
    if share is None or all(mark is None for mark in judged.values()):
        return None
    return SheetScore(panelist=panelist, marks=judged, shares=shares, total=part.points * share)


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
    return panel_of(part, present, empty)


def panel_of(
    part: Part, ordered: Sequence[SheetScore], empty: tuple[str, ...], paths: Container[str] | None = None
) -> Panel:
    """A panel's points from sheets already scored, in the order `score_panel` puts them. `ordered` may lack some of a
    panel's sheets: that is how it is counted without them.

    paths   the criteria whose points are wanted; None for all. Points of the part never depend on it.
    """
    sheets = [sheet if sheet.use == "counted" else replace(sheet, use="counted") for sheet in ordered]
    wanted = [criterion for criterion in part.all_criteria() if paths is None or criterion.path in paths]
    if part.aggregate == "drop_high_low_per_criterion":
        return _trim_each_criterion(part, sheets, empty, wanted)
    used = _mark_use(sheets) if part.aggregate == "drop_high_low" else sheets
    counted = [sheet for sheet in used if sheet.use == "counted"]
    small = part.aggregate == "drop_high_low" and 0 < len(sheets) < 3
    points: Fraction | Absent
    if not counted:
        points = Absent("no_sheets")
    elif small and part.small_panel == "refuse":
        points = Absent("small_panel")
    else:
        points = mean(sheet.total for sheet in counted)
    criteria = {criterion.path: _points(criterion, counted, mean) for criterion in wanted}
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


def _trim_each_criterion(
    part: Part, sheets: Sequence[SheetScore], empty: tuple[str, ...], wanted: Sequence[Criterion]
) -> Panel:
    """The other method: every criterion loses its own highest and lowest, the part is the sum of its criteria."""
    tops = {criterion.path: _points(criterion, sheets, trimmed_mean) for criterion in part.criteria}
    judged = [sum(sheet.shares[criterion.path] is not None for sheet in sheets) for criterion in part.criteria]
    small = bool(sheets) and min(judged) < 3
    missing = tuple(path for path, points in tops.items() if points is None)
    points: Fraction | Absent
    if not sheets:
        points = Absent("no_sheets")
    elif missing:
        points = Absent("incomplete", missing)
    elif small and part.small_panel == "refuse":
        points = Absent("small_panel")
    else:
        points = total(top for top in tops.values() if top is not None)
    criteria = {criterion.path: _points(criterion, sheets, trimmed_mean) for criterion in wanted}
    return Panel(points, criteria, tuple(sheets), empty, small)


def _points(criterion: Criterion, sheets: Sequence[SheetScore], average: Average) -> Fraction | None:
    """A criterion's points over the sheets that judged it; None when none did."""
    present = [share for sheet in sheets if (share := sheet.shares[criterion.path]) is not None]
    return criterion.points * average(present) if present else None
