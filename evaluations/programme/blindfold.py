"""Names in a Markdown text, however a reader may come to read it. Pure.

Markup can tear a name apart for the search and join it again on the page, and a text can be opened with another program than ours.
"""

import re
from collections.abc import Iterable

from evaluations.programme.blind_text import rebuild
from evaluations.programme.leaks import Hit, scan
from portal.markup import words

_MARKS = re.compile(r"[*_~`\\]{2,}")
"""Emphasis that begins or ends beside a sign is no emphasis, and is shown as it stands."""


def look_through(text: str, names: Iterable[str]) -> list[Hit]:
    """Every name in the text as it is written, and those that only come to light on the page or once its references, tags and links are
    resolved. The places of the latter are places in what is read there."""
    names = list(names)
    hits = scan(text, names)
    unpacked = words(rebuild(text))
    for reading in dict.fromkeys((words(text), unpacked, _MARKS.sub("", unpacked))):
        hits += _new(scan(reading, names), hits)
    return hits


def _new(found: list[Hit], known: list[Hit]) -> list[Hit]:
    """Hits of names that are met oftener here than before."""

    def times(hits: list[Hit], name: str) -> int:
        return sum(hit.name == name for hit in hits)

    oftener = {hit.name for hit in found if times(found, hit.name) > times(known, hit.name)}
    return [hit for hit in found if hit.name in oftener]
