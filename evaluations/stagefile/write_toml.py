"""A configuration as `stage.toml`: the same configuration always gives the same text, and reading the text gives the configuration. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any

from evaluations.stagefile.configuration import Table
from evaluations.stagefile.schema import STAGE, Field, Kind

BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
INLINE_ROWS = ("members", "anchors", "categories")
"""Lists of small tables, one line each inside the table they belong to."""


def stage_toml(config: Table) -> str:
    """The text of the file, in the order of the schema."""
    return "\n".join(_table(STAGE, config, "")).strip("\n") + "\n"


def _table(field: Field, table: Table, name: str) -> Iterator[str]:
    """First the values, then the tables below: what follows a header belongs to it."""
    below = []
    for member in field.fields:
        if member.name not in table:
            continue
        value = table[member.name]
        if _has_header(member):
            below.append((member, value))
        else:
            yield f"{member.name} = {_value(member, value)}"
    for member, value in below:
        full = f"{name}.{member.name}" if name else member.name
        for row in value if member.kind is Kind.ROWS else [value]:
            yield ""
            yield f"[[{full}]]" if member.kind is Kind.ROWS else f"[{full}]"
            yield from _table(member, row, full)


def _has_header(field: Field) -> bool:
    if field.kind is Kind.ROWS:
        return field.name not in INLINE_ROWS
    return field.kind is Kind.TABLE and {member.name for member in field.fields} != {"ko", "en"}


def _value(field: Field, value: Any) -> str:
    if field.kind is Kind.ROWS:
        return "[\n" + "".join(f"  {_inline(field, row)},\n" for row in value) + "]"
    if field.kind is Kind.TABLE:
        return _inline(field, value)
    if field.kind is Kind.PER_TEAM:
        return "{ " + ", ".join(f"{_bare(team)} = {_text(number)}" for team, number in sorted(value.items())) + " }"
    if field.kind in (Kind.MOMENT, Kind.DAY):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_text(member) for member in value) + "]"
    return str(value) if isinstance(value, int) else _text(value)


def _inline(field: Field, table: Table) -> str:
    pairs = (f"{member.name} = {_value(member, table[member.name])}" for member in field.fields if member.name in table)
    return "{ " + ", ".join(pairs) + " }"


def _bare(key: str) -> str:
    return key if BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    """A JSON string is a TOML basic string; the one sign JSON leaves bare and TOML refuses is DEL, which no text of ours has."""
    return json.dumps(text, ensure_ascii=False)
