"""Letters in other dress, as the plain ones a reader takes them for. Pure.

What Unicode itself calls compatible (wide, mathematical, circled, superscript) is left to NFKC; here is what it keeps apart.
"""

import re
import unicodedata

_NAMED = re.compile(
    r"(?:LATIN (?:CAPITAL |SMALL )?LETTER|INDICATOR SYMBOL LETTER)(?: SMALL CAPITAL| SCRIPT| DOTLESS)? ([A-Z])(?: WITH .*)?"
)
_BLOCKS = (
    (0xC0, 0x250), (0x250, 0x2B0), (0x1D00, 0x1DC0), (0x1E00, 0x1F00), (0x2C60, 0x2C80), (0xA720, 0xA800), (0xAB30, 0xAB70),
    (0x1F100, 0x1F200),
)  # fmt: skip
_LOOKALIKES = (
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx"),  # Greek capitals; the small ones look like other letters
    ("АВЕКМНОРСТУХЅІЈҮҺԌԚԜӀ", "abekmhopctyxsijyhgqwl"),  # Cyrillic capitals
    ("аеорсухѕіјԁһԛԝүѵӏ", "aeopcyxsijdhqwyvl"),  # Cyrillic small letters
    ("ՕՍՏՐԼօոսհցզ", "ousrlonuhgq"),  # Armenian
    ("ᎪᏴᏟᎠᎬᏀᎻᏆᎫᏦᏞᎷᏢᎡᏚᎢᏙᏔᏃᏳᎩ", "abcdeghijklmprstvwzgy"),  # Cherokee
    ("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "abcdefghijklmnoprstuvwxyz"),  # Lisu
)


def _latin() -> dict[int, str]:
    found = {}
    for first, end in _BLOCKS:
        for place in range(first, end):
            if named := _NAMED.search(unicodedata.name(chr(place), "")):
                found[place] = named[1].lower()
    for written, meant in _LOOKALIKES:
        found |= dict(zip(map(ord, written), meant, strict=True))
    return found


LATIN = _latin()
"""Code point → the small Latin letter it is read as."""

HALF_WIDTH = {
    place: chr(int(parts[1], 16))
    for place in range(0xFFA1, 0xFFDD)
    if len(parts := unicodedata.decomposition(chr(place)).split()) == 2
}
"""Half-width jamo → the jamo itself, one character for one."""

JAMO = re.compile("[ㄱ-ㅎ][ㅏ-ㅣ](?:[ㄱ-ㅎ](?![ㅏ-ㅣ]))?")
"""A syllable typed letter by letter; a consonant before a vowel begins the next one."""
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


def syllable(typed: str) -> str:
    """What `JAMO` found, as one syllable; as it stands where there is none such."""
    open_syllable = unicodedata.normalize("NFKC", typed[:2])
    if len(open_syllable) != 1 or (len(typed) == 3 and typed[2] not in _FINALS):
        return typed
    return chr(ord(open_syllable) + _FINALS.index(typed[2]) + 1) if len(typed) == 3 else open_syllable
