"""One way to write a value as bytes, so that everybody computes the same digest.

Canonical JSON here means: UTF-8, keys sorted by Unicode code point, separators `,` and `:`, no white space,
lists in their given order, integers in full, and no floats at all: a float is not one number but a
neighbourhood of numbers, and its text depends on who prints it. Text is kept exactly as written (no Unicode
normalisation), because a digest must answer for what was typed and not for what was meant.
"""

import hashlib
import json

SALT_BYTES = 16


class CanonicalError(ValueError):
    """A value that has no canonical form; the text names the place."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def canonical_bytes(value: object) -> bytes:
    """The canonical JSON of dicts with text keys, lists, tuples, text, integers, booleans and None.

    Raises CanonicalError for anything else: floats, dates, other keys, text that is not Unicode (lone surrogates).
    """
    _check(value, "값")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def sealed(salt: bytes, what: str, plain: str) -> str:
    """SHA-256(`what` ‖ 0x00 ‖ salt ‖ digest) as 64 hexadecimal digits: binds to `plain`, a digest, and tells nothing of it without the salt.

    `what` keeps seals of different things apart; the salt has 16 bytes, the digest its 64 digits as text.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return hashlib.sha256(what.encode() + b"\x00" + salt + plain.encode()).hexdigest()


def _check(value: object, where: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, int):
        if value.bit_length() > 1024:
            raise CanonicalError(where, "정수가 너무 큽니다.")
    elif isinstance(value, float):
        raise CanonicalError(where, "소수는 글자로 적어야 합니다.")
    elif isinstance(value, dict):
        for key, member in value.items():
            if not isinstance(key, str):
                raise CanonicalError(where, "이름은 글자여야 합니다.")
            _check_text(key, where)
            _check(member, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for position, member in enumerate(value):
            _check(member, f"{where}[{position}]")
    else:
        raise CanonicalError(where, f"{type(value).__name__} 값은 쓸 수 없습니다.")


def _check_text(text: str, where: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CanonicalError(where, "글자가 깨져 있습니다.") from None
