"""From numbers to the geometry of charts. Templates only draw what stands here; they calculate nothing.

Coordinates are strings with at most two decimals, so that a chart is the same text on every machine. What a chart says is always said by a
table beside it too; `Table` is made from the same numbers in the same call. Pure: no Django, no database, no floats.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

WIDTH = 760
ROW = 44
BAR = 26
TOP = 12
BOTTOM = 34
RIGHT = 64
LABEL_MIN = 80
LABEL_MAX = 240
TONES = 5
# A printed number needs about this much room inside a part.
ROOM = 34

Number = str | int | Fraction


@dataclass(frozen=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Frame:
    """The paper: size, where the plot begins and ends, and the lines across it."""

    width: str
    height: str
    left: str
    right: str
    bottom: str
    tick_y: str
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Segment:
    tone: int
    x: str
    y: str
    width: str
    height: str
    part: str
    value: str
    text_x: str
    fits: bool


@dataclass(frozen=True)
class Legend:
    tone: int
    part: str


@dataclass(frozen=True)
class StackedRow:
    label: str
    y: str
    text_y: str
    total: str
    total_x: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class StackedBars:
    frame: Frame
    legend: tuple[Legend, ...]
    rows: tuple[StackedRow, ...]
    table: Table


@dataclass(frozen=True)
class BarRow:
    label: str
    text_y: str
    x: str
    y: str
    width: str
    height: str
    value: str
    value_x: str


@dataclass(frozen=True)
class Bars:
    frame: Frame
    rows: tuple[BarRow, ...]
    cut: Tick | None
    table: Table


@dataclass(frozen=True)
class IntervalRow:
    label: str
    text_y: str
    y: str
    low_x: str
    high_x: str
    dot_x: str
    text: str
    text_x: str


@dataclass(frozen=True)
class Intervals:
    frame: Frame
    rows: tuple[IntervalRow, ...]
    cut: Tick | None
    table: Table


@dataclass(frozen=True)
class PairRow:
    label: str
    text_y: str
    y: str
    first_x: str
    second_x: str
    text: str
    text_x: str


@dataclass(frozen=True)
class Pairs:
    frame: Frame
    legend: tuple[str, str]
    rows: tuple[PairRow, ...]
    table: Table


def coordinate(value: Fraction | int) -> str:
    """A plain decimal with at most two places, half away from zero."""
    value = Fraction(value)
    hundredths = (abs(value) * 100 + Fraction(1, 2)).__floor__()
    text = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and hundredths else text


def text_width(text: str) -> int:
    """About how wide a label is at 14 units: Hangul takes a square, Latin about half."""
    return sum(14 if unicodedata.east_asian_width(sign) in "WF" else 8 for sign in text)


def fitted(text: str, room: int) -> str:
    """The text, or as much of it as fits with an ellipsis; the table has it in full."""
    if text_width(text) <= room:
        return text
    while text and text_width(text) + 14 > room:
        text = text[:-1]
    return text + "…"


def _label_room(labels: Sequence[str]) -> int:
    widest = max((text_width(label) for label in labels), default=0)
    return min(max(widest + 20, LABEL_MIN), LABEL_MAX)


@dataclass(frozen=True)
class _Scale:
    low: Fraction
    high: Fraction
    left: int
    right: int

    def x(self, value: Number) -> Fraction:
        number = Fraction(value)
        if not self.low <= number <= self.high:
            raise ValueError(f"{value} is not between {self.low} and {self.high}")
        return self.left + (number - self.low) * (self.right - self.left) / (self.high - self.low)


def _frame(rows: int, scale: _Scale, ticks: Sequence[Fraction]) -> Frame:
    bottom = TOP + ROW * rows
    return Frame(
        width=str(WIDTH),
        height=str(bottom + BOTTOM),
        left=str(scale.left),
        right=str(scale.right),
        bottom=str(bottom),
        tick_y=str(bottom + 20),
        ticks=tuple(Tick(coordinate(scale.x(tick)), coordinate(tick)) for tick in ticks),
    )


def _fifths(low: Fraction, high: Fraction) -> list[Fraction]:
    return [low + (high - low) * step / 5 for step in range(6)]


def _row(index: int) -> tuple[int, int]:
    """Upper edge of the bar and baseline of the label in a row."""
    top = TOP + ROW * index + (ROW - BAR) // 2
    return top, top + BAR // 2 + 5


def stacked_bars(
    rows: Sequence[tuple[str, Sequence[str | None], str]],
    parts: Sequence[str],
    maximum: Number = 100,
    withheld: str = "–",
    head: Sequence[str] = ("", ""),
) -> StackedBars:
    """One bar a row, made of its parts in order: (label, value of each part or None if withheld, total as printed).

    `head` names the first and the last column of the table.
    """
    room = _label_room([label for label, _, _ in rows])
    scale = _Scale(Fraction(0), Fraction(maximum), room, WIDTH - RIGHT)
    drawn = []
    for index, (label, values, total) in enumerate(rows):
        if len(values) != len(parts):
            raise ValueError(f"{label}: {len(values)} values for {len(parts)} parts")
        y, text_y = _row(index)
        edge, segments = Fraction(0), []
        for number, (part, value) in enumerate(zip(parts, values, strict=True)):
            if value is None:
                continue
            begin, end = scale.x(edge), scale.x(edge + Fraction(value))
            edge += Fraction(value)
            segments.append(
                Segment(
                    tone=number % TONES, x=coordinate(begin), y=str(y), width=coordinate(end - begin), height=str(BAR), part=part, value=value,
                    text_x=coordinate((begin + end) / 2), fits=end - begin >= ROOM,
                )
            )  # fmt: skip
        drawn.append(
            StackedRow(
                fitted(label, room - 12), str(y), str(text_y), total, coordinate(scale.x(edge) + 8), tuple(segments)
            )
        )
    return StackedBars(
        frame=_frame(len(rows), scale, _fifths(scale.low, scale.high)),
        legend=tuple(Legend(number % TONES, part) for number, part in enumerate(parts)),
        rows=tuple(drawn),
        table=Table(
            columns=(head[0], *parts, head[1]),
            rows=tuple(
                (label, *(withheld if value is None else value for value in values), total)
                for label, values, total in rows
            ),
        ),
    )


def bars(
    rows: Sequence[tuple[str, str]], maximum: Number = 100, cut: str | None = None, head: Sequence[str] = ("", "")
) -> Bars:
    """One bar a row: (label, value). `cut` draws a line across at that value."""
    room = _label_room([label for label, _ in rows])
    scale = _Scale(Fraction(0), Fraction(maximum), room, WIDTH - RIGHT)
    drawn = []
    for index, (label, value) in enumerate(rows):
        y, text_y = _row(index)
        end = scale.x(value)
        drawn.append(
            BarRow(
                label=fitted(label, room - 12), text_y=str(text_y), x=str(room), y=str(y), width=coordinate(end - room), height=str(BAR),
                value=value, value_x=coordinate(end + 8),
            )
        )  # fmt: skip
    return Bars(
        frame=_frame(len(rows), scale, _fifths(scale.low, scale.high)),
        rows=tuple(drawn),
        cut=None if cut is None else Tick(coordinate(scale.x(cut)), cut),
        table=Table(columns=(head[0], head[1]), rows=tuple(rows)),
    )


def intervals(
    rows: Sequence[tuple[str, str, str, str]],
    minimum: Number,
    maximum: Number,
    ticks: Sequence[Number] | None = None,
    cut: str | None = None,
    head: Sequence[str] = ("", "", "", ""),
) -> Intervals:
    """A dot on its interval a row: (label, low, value, high). For ranks give every rank as a tick."""
    room = _label_room([label for label, *_ in rows])
    # The plot keeps clear of the labels at its left and leaves room for the printed interval at its right.
    scale = _Scale(Fraction(minimum), Fraction(maximum), room + 12, WIDTH - 2 * RIGHT - 20)
    drawn = []
    for index, (label, low, value, high) in enumerate(rows):
        if not Fraction(low) <= Fraction(value) <= Fraction(high):
            raise ValueError(f"{label}: {value} is not between {low} and {high}")
        y, text_y = _row(index)
        drawn.append(
            IntervalRow(
                label=fitted(label, room - 12), text_y=str(text_y), y=str(y + BAR // 2), low_x=coordinate(scale.x(low)),
                high_x=coordinate(scale.x(high)), dot_x=coordinate(scale.x(value)), text=f"{value} ({low}–{high})", text_x=str(WIDTH - 2 * RIGHT),
            )
        )  # fmt: skip
    steps = _fifths(scale.low, scale.high) if ticks is None else [Fraction(tick) for tick in ticks]
    return Intervals(
        frame=_frame(len(rows), scale, steps),
        rows=tuple(drawn),
        cut=None if cut is None else Tick(coordinate(scale.x(cut)), cut),
        table=Table(columns=tuple(head), rows=tuple((label, value, low, high) for label, low, value, high in rows)),
    )


def pairs(
    rows: Sequence[tuple[str, str, str]], minimum: Number, maximum: Number, legend: tuple[str, str], head: str = ""
) -> Pairs:
    """Two numbers of one thing a row: (label, first, second), an open mark and a full one joined by a line."""
    room = _label_room([label for label, *_ in rows])
    scale = _Scale(Fraction(minimum), Fraction(maximum), room + 12, WIDTH - 2 * RIGHT - 20)
    drawn = []
    for index, (label, first, second) in enumerate(rows):
        y, text_y = _row(index)
        drawn.append(
            PairRow(
                label=fitted(label, room - 12), text_y=str(text_y), y=str(y + BAR // 2), first_x=coordinate(scale.x(first)),
                second_x=coordinate(scale.x(second)), text=f"{first} → {second}", text_x=str(WIDTH - 2 * RIGHT),
            )
        )  # fmt: skip
    return Pairs(
        frame=_frame(len(rows), scale, _fifths(scale.low, scale.high)),
        legend=legend,
        rows=tuple(drawn),
        table=Table(columns=(head, *legend), rows=tuple(rows)),
    )
