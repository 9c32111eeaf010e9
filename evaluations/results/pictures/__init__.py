"""The estimates of a run as blocks people read at a glance: a sentence, a picture with its table, and how it was made.

Everybody gets the same blocks; the office gets some more, and seats by their labels, which nobody outside ever sees. Pure.
"""

from collections.abc import Iterator

from evaluations.results.pictures import blinding, citizens, order, panel
from evaluations.results.pictures.reader import Block, Json, Reader

__all__ = ["Block", "blocks"]


def blocks(told: Json, config: Json, *, office: bool = False) -> list[Block]:
    """The blocks of the estimates `told`, in the order in which a reader asks: how narrow, by whom, by what weights, what citizens say,
    whether it was blind."""
    return list(_blocks(Reader(told, config, office)))


def _blocks(reader: Reader) -> Iterator[Block]:
    yield from order.order(reader)
    yield from order.leave_one_out(reader)
    yield from order.weights(reader)
    for part in reader.parts:
        yield from panel.severity(reader, part)
        yield from panel.agreement(reader, part)
    if reader.office:
        yield from panel.patterns(reader)
    yield from citizens.strengths(reader)
    yield from citizens.length(reader)
    yield from citizens.marks(reader)
    yield from citizens.stars(reader)
    yield from citizens.population(reader)
    yield from blinding.blinding(reader)
    if reader.office:
        yield from order.power(reader)
