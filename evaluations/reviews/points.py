"""The running points of a sheet that is still being written. Pure and exact; the official count is not done here.

A line not yet marked gives nothing so far; a line that could not be judged leaves its weight to its neighbours or gives
zero, as the part's rule says. For a sheet without gaps this is the total that the count will use, or nothing where the
count leaves the sheet out because it judged nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

MOST_SHOWN = 11


@dataclass(frozen=True)
class Node:
    """A criterion as far as points go; `levels` is None where marks are points themselves."""

    name: str
    points: int
    levels: int | None = None
    below: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Running:
    """What a part, or a criterion in it, has so far, and of how many points."""

    points: Fraction
    of: int

    @property
    def text(self) -> str:
        return points_text(self.points)


def running(nodes: tuple[Node, ...], of: int, marks: Mapping[str, int | None], zero: bool) -> Running | None:
    """The points of a part; None where every line could not be judged, under either rule: such a sheet is not counted.
    `marks` holds None for a line that could not be judged and lacks a line not yet marked."""
    share = _mean([(node.points, _share(node, marks, zero)) for node in nodes])
    if share is None or not any(_may_count(node, marks) for node in nodes):
        return None
    return Running(points=of * share, of=of)


def scale_text(node: Node) -> str:
    """What the levels of a criterion are worth, in words; of very many the first two and the last."""
    last = node.levels or 0
    shown = range(1, last + 1) if last <= MOST_SHOWN else (1, 2, last)
    worth = [f"{mark} = {points_text(node.points * _share_of(node, mark))}점" for mark in shown]
    return " · ".join(worth if last <= MOST_SHOWN else [*worth[:2], "…", worth[2]])


def running_within(node: Node, marks: Mapping[str, int | None], zero: bool) -> Running | None:
    """The points of one criterion in its part; None where its weight went to its neighbours."""
    share = _share(node, marks, zero)
    return None if share is None else Running(points=node.points * share, of=node.points)


def _may_count(node: Node, marks: Mapping[str, int | None]) -> bool:
    """Is there a line that was judged, or that still may be?"""
    if node.below:
        return any(_may_count(below, marks) for below in node.below)
    return node.name not in marks or marks[node.name] is not None


def _share(node: Node, marks: Mapping[str, int | None], zero: bool) -> Fraction | None:
    if node.below:
        return _mean([(below.points, _share(below, marks, zero)) for below in node.below])
    mark = marks.get(node.name, 0 if node.levels is None else 1)
    if mark is None:
        return Fraction(0) if zero else None
    return _share_of(node, mark)


def _share_of(node: Node, mark: int) -> Fraction:
    return Fraction(mark, node.points) if node.levels is None else Fraction(mark - 1, node.levels - 1)


def _mean(pairs: list[tuple[int, Fraction | None]]) -> Fraction | None:
    judged = [(weight, share) for weight, share in pairs if share is not None]
    weight = sum(weight for weight, _ in judged)
    return sum((weight * share for weight, share in judged), Fraction(0)) / weight if weight else None


def points_text(points: Fraction) -> str:
    """At most two decimals, half up, without zeros at the end: 12.5."""
    hundredths = (200 * points.numerator + points.denominator) // (2 * points.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip(".")
