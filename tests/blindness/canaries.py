"""Marker words in answers: as they are, and in the forms in which bytes usually hide."""

import base64
import io
import zipfile
from functools import cache

from tests.blindness.kept import CANARIES

START = "qzx"
"""What all marker words begin with."""


@cache
def forms_of(word: str) -> tuple[bytes, ...]:
    """The word plain, in UTF-16, in hex, and in base64 wherever in a longer text it stands."""
    plain = word.encode()
    return (plain, word.encode("utf-16-le"), plain.hex().encode(), *(_in_base64(plain, shift) for shift in range(3)))


def _in_base64(plain: bytes, shift: int) -> bytes:
    """The letters that this word alone decides when so many bytes stand before it: six bits a letter."""
    encoded = base64.b64encode(b"\0" * shift + plain + b"\0\0")
    return encoded[-(-shift * 8 // 6) : (shift + len(plain)) * 8 // 6]


def unpacked(body: bytes) -> bytes:
    """A ZIP file as the names and contents of what is in it; anything else as it is."""
    if not body.startswith(b"PK\x03\x04"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return b"\n".join(one.encode() + b"\n" + packed.read(one) for one in packed.namelist())


def canaries_in(said: bytes) -> list[str]:
    """The marker words that are in there in any form, whatever the case of the letters."""
    low = said.lower()
    if START.encode() not in low and not any(form in said for form in forms_of(START)):
        return []
    return [word for word in CANARIES if word.encode() in low or any(form in said for form in forms_of(word))]
