"""Turn the translations (.po) into what Python reads (.mo), without the gettext programs.

Both files are committed, so that a server needs no extra step; a test says that they belong together.
"""

import ast
import struct
from pathlib import Path

from portal.boot.say import Stop, say
from portal.environment import BASE_DIR

USAGE = "사용법: script/messages – 고친 번역(.po)을 .mo로 옮깁니다. (compiles the translations)"
LOCALE = BASE_DIR / "portal" / "locale"
FIELDS = ("msgctxt", "msgid_plural", "msgid", "msgstr")


def entries(text: str) -> dict[str, str]:
    """Translated messages of a .po file, as the .mo format keys them. Fuzzy and empty ones are left out."""
    found: dict[str, str] = {}
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields: dict[str, list[str]] = {}
        current = ""
        for line in block.splitlines():
            line = line.strip()
            if line.startswith("#") or not line:
                continue
            if not line.startswith('"'):
                current, _, line = line.partition(" ")
            fields.setdefault(current, []).append(ast.literal_eval(line))
        if "msgid" not in fields or "\n#, fuzzy" in f"\n{block}":
            continue
        joined = {name: "".join(parts) for name, parts in fields.items()}
        unknown = {name for name in joined if not name.startswith(FIELDS)}
        if unknown:
            raise ValueError(f"unknown keyword in .po file: {sorted(unknown)}")
        key = joined["msgid"]
        if "msgctxt" in joined:
            key = f"{joined['msgctxt']}\x04{key}"
        if "msgid_plural" in joined:
            key = f"{key}\0{joined['msgid_plural']}"
        value = "\0".join(joined[name] for name in sorted(joined) if name.startswith("msgstr"))
        if value.strip("\0"):
            found[key] = value
    return found


def compiled(text: str) -> bytes:
    """The .mo file: a header, two tables of (length, offset), then the strings; keys sorted, no hash table."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries(text).items())
    header_size, table_size = 7 * 4, 8 * len(pairs)
    tables = strings = b""
    for column in zip(*pairs, strict=True):
        for string in column:
            tables += struct.pack("<II", len(string), header_size + 2 * table_size + len(strings))
            strings += string + b"\0"
    header = struct.pack("<IIIIIII", 0x950412DE, 0, len(pairs), header_size, header_size + table_size, 0, 0)
    return header + tables + strings


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def main(args: list[str]) -> int:
    if args:
        raise Stop(USAGE, status=0 if args in (["-h"], ["--help"]) else 2)
    for source in catalogues():
        target = source.with_suffix(".mo")
        target.write_bytes(compiled(source.read_text("utf-8")))
        say(str(target.relative_to(BASE_DIR)))
    return 0
