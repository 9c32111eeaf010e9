"""From marks to a panel's points: one sheet's total, which sheets count, and their mean."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from evaluations.scoring.averages import mean, total, trimmed, trimmed_mean, weighted_mean
from evaluations.scoring.parts import Criterion, Part
from evaluations.scoring.tables import Absent, SheetScore

Marks = Mapping[str, int | None]
Shares = Mapping[str, Fraction | None]
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
    nothing = Fraction(0) if part.cannot_judge == "zero" else None
    judged: dict[str, int | None] = {}
    shares: dict[str, Fraction | None] = {}
    for leaf in part.leaves():
        mark = judged[leaf.path] = marks[leaf.path]
        shares[leaf.path] = nothing if mark is None else leaf.share(mark)
    return weigh_sheet(part, panelist, judged, shares)


def weigh_sheet(part: Part, panelist: str, marks: Marks, shares: Shares) -> SheetScore | None:
    """A sheet from the shares of its leaves, sub-criteria weighted inside their criterion first. Both mappings may hold
    more than this part asks for: that is how a sheet is weighed again after a weight was amended.
    """
    found: dict[str, Fraction | None] = {}
    pairs = [(criterion.points, _share(criterion, shares, found)) for criterion in part.criteria]
    share = weighted_mean(pairs)
    if share is None or all(marks[path] is None for path in found if path in marks):
        return None
    return SheetScore(panelist, marks, found, part.points * share)


def _share(criterion: Criterion, shares: Shares, found: dict[str, Fraction | None]) -> Fraction | None:
    if criterion.criteria:
        share = weighted_mean([(sub.points, _share(sub, shares, found)) for sub in criterion.criteria])
    else:
        share = shares[criterion.path]
    found[criterion.path] = share
    return share


def score_panel(part: Part, sheets: Mapping[str, Marks]) -> Panel:
    """A panel's points for one team, from panelist → marks. Rule and edge cases: `aggregate` in docs/scoring.md."""
    scored = {panelist: score_sheet(part, panelist, marks) for panelist, marks in sheets.items()}
    empty = tuple(sorted(panelist for panelist, sheet in scored.items() if sheet is None))
    return panel_of(part, in_order(sheet for sheet in scored.values() if sheet is not None), empty)


def in_order(sheets: Iterable[SheetScore]) -> list[SheetScore]:
    """Sheets by ascending total. Of equal totals the marks decide which is shown as left out, never who gave them (the panelist only
    orders sheets alike in every mark); no number depends on it.
    """
    ordered = []
    for _, equals in groupby(sorted(sheets, key=_total), key=_total):
        ordered += sorted(equals, key=_marks_and_panelist)
    return ordered


def _total(sheet: SheetScore) -> Fraction:
    return sheet.total


def _marks_and_panelist(sheet: SheetScore) -> tuple[tuple[Fraction, ...], str]:
    return tuple(Fraction(-1) if share is None else share for share in sheet.shares.values()), sheet.panelist


def panel_of(
    part: Part, ordered: Sequence[SheetScore], empty: tuple[str, ...], paths: Container[str] | None = None
) -> Panel:
    """A panel's points from sheets already scored, in the order of `in_order`. `ordered` may lack some of a
    panel's sheets: that is how it is counted without them.

    paths   the criteria whose points are wanted; None for all. Points of the part never depend on it.
    """
    sheets = [
        sheet if sheet.use == "counted" and sheet.weight == 1 else replace(sheet, use="counted", weight=Fraction(1))
        for sheet in ordered
    ]
    wanted = [criterion for criterion in part.all_criteria() if paths is None or criterion.path in paths]
    if part.aggregate == "trimmed_criteria":
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
    criteria = {criterion.path: _weighted_points(criterion, used) for criterion in wanted}
    return Panel(points, criteria, tuple(used), empty, small)


def _mark_use(ordered: Sequence[SheetScore]) -> list[SheetScore]:
    lowest, highest, rest = trimmed(ordered)
    if lowest is None or highest is None:
        return list(rest)
    alike = Counter(sheet.total for sheet in ordered)
    left = Counter((lowest.total, highest.total))
    weights = {total: Fraction(alike[total] - left[total], alike[total]) for total in left}
    used = [replace(lowest, use="lowest"), *rest, replace(highest, use="highest")]
    return [replace(sheet, weight=weights[sheet.total]) if sheet.total in weights else sheet for sheet in used]


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


def _weighted_points(criterion: Criterion, sheets: Sequence[SheetScore]) -> Fraction | None:
    """A criterion's points over the sheets that judged it, by their weights; None when none did."""
    share = weighted_mean([(sheet.weight, sheet.shares[criterion.path]) for sheet in sheets if sheet.weight])
    return None if share is None else criterion.points * share


def _points(criterion: Criterion, sheets: Sequence[SheetScore], average: Average) -> Fraction | None:
    """A criterion's points over the sheets that judged it; None when none did."""
    present = [share for sheet in sheets if (share := sheet.shares[criterion.path]) is not None]
    return criterion.points * average(present) if present else None
