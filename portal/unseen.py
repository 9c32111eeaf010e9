"""Signs that nobody sees: a text of them alone says nothing, and some turn what stands around them."""

import unicodedata

UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs by their category, blanks to the eye: fillers of Hangul and Khmer, the empty Braille cell, the grapheme joiner."""
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They change the direction in which the text is shown."""


def is_blank(text: str) -> bool:
    """Is there nothing to see in this text?"""
    return all(
        sign.isspace() or sign in UNSEEN or unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in text
    )


def turning_fault(text: str) -> str | None:
    """Why this text is not shown as it was written."""
    found = next((sign for sign in text if sign in TURNING), None)
    return None if found is None else f"글의 방향을 바꾸는 보이지 않는 문자(U+{ord(found):04X})가 있습니다."
