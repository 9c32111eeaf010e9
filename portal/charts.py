"""From numbers to the geometry of charts. Templates only draw what stands here; they calculate nothing.

A chart is as wide as its place: across, everything is in per cent of the plot, strings with at most two decimals, so that it is the same
text on every machine; down, in pixels. Names and numbers stand above their bars, which keeps both readable on a phone. What a chart says
is always said by a table beside it too; `Table` is made from the same numbers in the same call. Pure: no Django, no database, no floats.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

ROW = 56
BAR = 24
TOP = 8
BASELINE = 15
"""Where in its row the line of words stands."""
BOTTOM = 26
GAP = 4
"""From a line between two rows to the lower one."""
TONES = 5
NARROW, WIDE = 290, 640
"""Pixels across the plot on a phone, and on a screen where it begins to be a desk's."""
APART = 7
"""How far the two lines of a row stand above and below its middle."""
ROOM = 36
"""A printed number needs about this many pixels inside a part."""
MOST_TICKS = 6

Number = str | int | Fraction
Triple = tuple[str, str, str]
"""The lower end of an interval, its value and its upper end, as printed."""
Cut = tuple[Number, str]
"""Where a line is drawn across, and in words what it means."""


@dataclass(frozen=True)
class Tick:
    """A line across and its label, which stays on the paper at both ends."""

    x: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Frame:
    """The paper: how high, where the plot ends, and the lines across it."""

    height: str
    bottom: str
    tick_y: str
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Place:
    """A row: the line of words above, the upper edge of its bar, the middle of that, and the baseline of a number inside.

    `short` is as much of the label as a phone has room for, and empty where that is all of it.
    """

    label: str
    short: str
    text_y: str
    y: str
    middle: str
    inside_y: str
    text: str
    height: str = str(BAR)


@dataclass(frozen=True)
class Segment:
    """`fits` says where the number has room: everywhere, on a wide screen only, or nowhere."""

    tone: int
    x: str
    width: str
    text_x: str
    part: str
    value: str
    fits: str


@dataclass(frozen=True)
class Legend:
    tone: int
    part: str


@dataclass(frozen=True)
class StackedRow:
    place: Place
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Divide:
    """A line along, between two rows, and what it means."""

    y: str
    label: str


@dataclass(frozen=True)
class StackedBars:
    frame: Frame
    legend: tuple[Legend, ...]
    rows: tuple[StackedRow, ...]
    divide: Divide | None
    table: Table


@dataclass(frozen=True)
class BarRow:
    place: Place
    width: str


@dataclass(frozen=True)
class Bars:
    frame: Frame
    rows: tuple[BarRow, ...]
    cut: Tick | None
    table: Table


@dataclass(frozen=True)
class IntervalRow:
    place: Place
    low_x: str
    high_x: str
    dot_x: str


@dataclass(frozen=True)
class Intervals:
    frame: Frame
    rows: tuple[IntervalRow, ...]
    cut: Tick | None
    table: Table


@dataclass(frozen=True)
class PairRow:
    place: Place
    first_x: str
    second_x: str


@dataclass(frozen=True)
class Pairs:
    frame: Frame
    legend: tuple[str, str]
    rows: tuple[PairRow, ...]
    table: Table


@dataclass(frozen=True)
class Span:
    """A dot on its interval, at a height of its own in the row."""

    low_x: str
    high_x: str
    dot_x: str
    y: str


@dataclass(frozen=True)
class TwinRow:
    place: Place
    first: Span
    second: Span


@dataclass(frozen=True)
class Twins:
    frame: Frame
    legend: tuple[str, str]
    rows: tuple[TwinRow, ...]
    cut: Tick | None
    table: Table


def coordinate(value: Fraction | int) -> str:
    """A plain decimal with at most two places, half away from zero."""
    value = Fraction(value)
    hundredths = (abs(value) * 100 + Fraction(1, 2)).__floor__()
    text = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and hundredths else text


def percent(share: Fraction | int) -> str:
    """A length across: the share of the plot."""
    return f"{coordinate(100 * Fraction(share))}%"


def text_width(text: str) -> int:
    """About how many pixels wide a label is: Hangul takes a square, Latin little more than half."""
    return sum(15 if unicodedata.east_asian_width(sign) in "WF" else 9 for sign in text)


def fitted(text: str, room: int) -> str:
    """The text, or as much of it as fits with an ellipsis; the table has it in full."""
    if text_width(text) <= room:
        return text
    while text and text_width(text) + 15 > room:
        text = text[:-1]
    return text + "…"


@dataclass(frozen=True)
class _Scale:
    low: Fraction
    high: Fraction

    def at(self, value: Number) -> Fraction:
        """The share of the plot that lies left of the value."""
        number = Fraction(value)
        if not self.low <= number <= self.high:
            raise ValueError(f"{value} is not between {self.low} and {self.high}")
        return (number - self.low) / (self.high - self.low)

    def tick(self, value: Number, label: str) -> Tick:
        share = self.at(value)
        return Tick(percent(share), label, {0: "start", 1: "end"}.get(share, "middle"))


def round_ticks(low: Fraction, high: Fraction) -> list[Fraction]:
    """At most six round numbers from low to high, one, two or five times a power of ten apart."""
    step = Fraction(1, 10**6)
    while True:
        for times in (1, 2, 5):
            first, last = -(-low // (step * times)), high // (step * times)
            if last - first < MOST_TICKS:
                return [number * step * times for number in range(int(first), int(last) + 1)]
        step *= 10


def _frame(rows: int, scale: _Scale, ticks: Sequence[Number] | None = None) -> Frame:
    bottom = TOP + ROW * rows
    chosen = round_ticks(scale.low, scale.high) if ticks is None else [Fraction(tick) for tick in ticks]
    return Frame(
        height=str(bottom + BOTTOM),
        bottom=str(bottom),
        tick_y=str(bottom + 18),
        ticks=tuple(scale.tick(tick, coordinate(tick)) for tick in chosen),
    )


def _place(index: int, label: str, text: str) -> Place:
    top = TOP + ROW * index
    bar = top + BASELINE + 8
    short = fitted(label, NARROW - text_width(text) - 14)
    return Place(
        label=fitted(label, WIDE - text_width(text) - 14), short="" if short == label else short, text=text, text_y=str(top + BASELINE), y=str(bar),
        middle=str(bar + BAR // 2), inside_y=str(bar + BAR // 2 + 5),
    )  # fmt: skip


def _fits(share: Fraction) -> str:
    if share * NARROW >= ROOM:
        return "everywhere"
    return "wide" if share * WIDE >= ROOM else ""


def _cut(scale: _Scale, cut: Cut | None) -> Tick | None:
    return None if cut is None else scale.tick(*cut)


def stacked_bars(
    rows: Sequence[tuple[str, Sequence[str | None], str]],
    parts: Sequence[str],
    maximum: Number = 100,
    withheld: str = "–",
    head: Sequence[str] = ("", ""),
    divide: tuple[int, str] | None = None,
) -> StackedBars:
    """One bar a row, made of its parts in order: (label, value of each part or None if withheld, total as printed).

    `head` names the first and the last column of the table. `divide` draws a line after so many rows and says what it means.
    """
    if divide and not 0 < divide[0] < len(rows):
        raise ValueError(f"no line can be drawn after row {divide[0]} of {len(rows)}")
    scale = _Scale(Fraction(0), Fraction(maximum))
    drawn = []
    for index, (label, values, total) in enumerate(rows):
        if len(values) != len(parts):
            raise ValueError(f"{label}: {len(values)} values for {len(parts)} parts")
        edge, segments = Fraction(0), []
        for number, (part, value) in enumerate(zip(parts, values, strict=True)):
            if value is None:
                continue
            begin, end = scale.at(edge), scale.at(edge + Fraction(value))
            edge += Fraction(value)
            segments.append(
                Segment(
                    tone=number % TONES, x=percent(begin), width=percent(end - begin), text_x=percent((begin + end) / 2), part=part,
                    value=value, fits=_fits(end - begin),
                )
            )  # fmt: skip
        drawn.append(StackedRow(_place(index, label, total), tuple(segments)))
    return StackedBars(
        frame=_frame(len(rows), scale),
        legend=tuple(Legend(number % TONES, part) for number, part in enumerate(parts)),
        rows=tuple(drawn),
        divide=None if divide is None else Divide(str(TOP + ROW * divide[0] - GAP), divide[1]),
        table=Table(
            columns=(head[0], *parts, head[1]),
            rows=tuple(
                (label, *(withheld if value is None else value for value in values), total)
                for label, values, total in rows
            ),
        ),
    )


def bars(
    rows: Sequence[tuple[str, str]], maximum: Number = 100, cut: Cut | None = None, head: Sequence[str] = ("", "")
) -> Bars:
    """One bar a row: (label, value)."""
    scale = _Scale(Fraction(0), Fraction(maximum))
    return Bars(
        frame=_frame(len(rows), scale),
        rows=tuple(
            BarRow(_place(index, label, value), percent(scale.at(value))) for index, (label, value) in enumerate(rows)
        ),
        cut=_cut(scale, cut),
        table=Table(columns=(head[0], head[1]), rows=tuple(rows)),
    )


def intervals(
    rows: Sequence[tuple[str, str, str, str]],
    minimum: Number,
    maximum: Number,
    ticks: Sequence[Number] | None = None,
    cut: Cut | None = None,
    head: Sequence[str] = ("", "", "", ""),
) -> Intervals:
    """A dot on its interval a row: (label, low, value, high). For ranks give every rank as a tick."""
    scale = _Scale(Fraction(minimum), Fraction(maximum))
    drawn = []
    for index, (label, low, value, high) in enumerate(rows):
        if not Fraction(low) <= Fraction(value) <= Fraction(high):
            raise ValueError(f"{label}: {value} is not between {low} and {high}")
        place = _place(index, label, f"{value} ({low} ~ {high})")
        drawn.append(
            IntervalRow(place, percent(scale.at(low)), percent(scale.at(high)), percent(scale.at(value)))
        )  # fmt: skip
    return Intervals(
        frame=_frame(len(rows), scale, ticks),
        rows=tuple(drawn),
        cut=_cut(scale, cut),
        table=Table(columns=tuple(head), rows=tuple((label, value, low, high) for label, low, value, high in rows)),
    )


def pairs(
    rows: Sequence[tuple[str, str, str]], minimum: Number, maximum: Number, legend: tuple[str, str], head: str = ""
) -> Pairs:
    """Two numbers of one thing a row: (label, first, second), an open mark and a full one joined by a line."""
    scale = _Scale(Fraction(minimum), Fraction(maximum))
    return Pairs(
        frame=_frame(len(rows), scale),
        legend=legend,
        rows=tuple(
            PairRow(_place(index, label, f"{first} → {second}"), percent(scale.at(first)), percent(scale.at(second)))
            for index, (label, first, second) in enumerate(rows)
        ),
        table=Table(columns=(head, *legend), rows=tuple(rows)),
    )


def twins(
    rows: Sequence[tuple[str, Triple, Triple]],
    minimum: Number,
    maximum: Number,
    legend: tuple[str, str],
    cut: Cut | None = None,
    head: str = "",
    more: Sequence[tuple[str, Sequence[str]]] = (),
) -> Twins:
    """Two dots on their intervals a row, one above the other: (label, (low, value, high), (low, value, high)).

    `more` are further columns of the table: (name, the word of each row).
    """
    scale = _Scale(Fraction(minimum), Fraction(maximum))
    drawn = []
    for index, (label, first, second) in enumerate(rows):
        place = _place(index, label, f"{first[1]} → {second[1]}")
        middle = int(place.middle)
        drawn.append(
            TwinRow(place, _span(scale, label, first, middle - APART), _span(scale, label, second, middle + APART))
        )
    return Twins(
        frame=_frame(len(rows), scale),
        legend=legend,
        rows=tuple(drawn),
        cut=_cut(scale, cut),
        table=Table(
            columns=(head, *legend, *(name for name, _words in more)),
            rows=tuple(
                (
                    label,
                    *(f"{value} ({low} ~ {high})" for low, value, high in (first, second)),
                    *(words[index] for _name, words in more),
                )
                for index, (label, first, second) in enumerate(rows)
            ),
        ),
    )


def _span(scale: _Scale, label: str, triple: Triple, y: int) -> Span:
    low, value, high = triple
    if not Fraction(low) <= Fraction(value) <= Fraction(high):
        raise ValueError(f"{label}: {value} is not between {low} and {high}")
    return Span(percent(scale.at(low)), percent(scale.at(high)), percent(scale.at(value)), str(y))
