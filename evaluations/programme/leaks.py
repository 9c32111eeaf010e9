"""Names in a text that is meant to be blind. Pure, and linear in the length of the text.

A name is looked for in the letters of the text alone: case, width, accents, look-alike letters,
decomposed Hangul, invisible characters and whatever stands between two letters do not hide it. What
stands around and between the letters then decides whether it is the name or an accident: `LG` in
`algorithm`, 노타 in 모노타입.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from evaluations.programme.letterforms import HALF_WIDTH, JAMO, LATIN, syllable
from evaluations.programme.names import LEGAL_FORMS, SPELLED

CONTEXT = 20
WIDEST_GAP = 3

LOOKALIKES = str.maketrans(
    "авекмнорстухіѕјԁɡαβεικνορτυχωᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢı",
    "abekmhopctyxisjdgabeiknoptuxwabcdefghijklmnoprstuvwyzi",
)
FILLERS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u2800"))
"""Letters by their category that show nothing; set between two syllables they would part a name for the search alone."""
DIGITS_FOR_LETTERS = str.maketrans("013457", "oleast")
_PARTICLES = """
    은 는 이 가 을 를 의 에 와 과 로 도 만 나 랑 께 측 팀 사 등 및 란 라 야 며 고 형 용 식 급 판
    제 에서 에게 에는 에도 에만 으로 로서 로써 로부터 이라 이란 이나 이며 이고 부터 까지 마저 조차 처럼 보다
    라는 라고 이라는 이라고 입니다 이다 였다 이었다 에서는 에서도 으로서 으로써 과의 와의 하고 한테 모델 만의
    만이 만을 께서 답게 밖에 대로 마다 커녕 든지 이든
"""
PARTICLES = tuple(_PARTICLES.split())


@dataclass(frozen=True)
class Hit:
    """A name, where it stands in the text, its surroundings, and how it was written."""

    name: str
    start: int
    end: int
    excerpt: str
    how: str


@dataclass(frozen=True)
class _Letters:
    """The letters and digits of a text in one folded form, each with its place in the text."""

    folded: str
    starts: list[int]
    ends: list[int]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Spans that belong together: a character and the marks or Hangul jamo that complete it."""
    start, inner = 0, {place for found in JAMO.finditer(text) for place in range(found.start() + 1, found.end())}
    for place in range(1, len(text) + 1):
        if place < len(text) and (
            place in inner or unicodedata.combining(text[place]) or "\u1160" <= text[place] <= "\u11ff"
        ):
            continue
        yield start, place
        start = place


@lru_cache(maxsize=65_536)
def _fold(cluster: str) -> str:
    cluster = syllable(cluster) if JAMO.fullmatch(cluster) else cluster.translate(LATIN)
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", cluster).translate(FILLERS)).casefold()
    if not all("가" <= c <= "힣" for c in plain):
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
        plain = unicodedata.normalize("NFC", plain).translate(LOOKALIKES)
    return "".join(c for c in plain if c.isalnum())


def _letters(text: str) -> _Letters:
    folded, starts, ends = [], [], []
    text = text.translate(HALF_WIDTH)
    for start, end in _clusters(text):
        for letter in _fold(text[start:end]):
            folded.append(letter)
            starts.append(start)
            ends.append(end)
    return _Letters("".join(folded), starts, ends)


def _is_latin(letter: str) -> bool:
    return "a" <= letter <= "z"


def _is_hangul(letter: str) -> bool:
    return "가" <= letter <= "힣"


@lru_cache(maxsize=4096)
def forms_of(name: str) -> frozenset[str]:
    """How the name may be written, folded: as it stands, without what kind of company it is, and with the Latin letters of an
    acronym spelled out in Hangul."""
    forms: set[str] = set()
    for written in (name, LEGAL_FORMS.sub(" ", unicodedata.normalize("NFC", name))):
        forms |= _spellings(_letters(written).folded)
    return frozenset(forms)


def _spellings(folded: str) -> set[str]:
    forms = {folded} if len(folded) >= 2 else set()
    runs = re.findall(r"[a-z]+", folded)
    if len(folded) >= 2 and runs and all(len(run) <= 4 for run in runs) and not re.search(r"[0-9]", folded):
        spelled = "".join(SPELLED.get(letter, letter) for letter in folded)
        forms |= {spelled, spelled.replace("씨", "시"), spelled.replace("알", "아르")}
    return forms


def _completes(character: str) -> bool:
    """A mark on the letter before it, not a sign of its own."""
    return unicodedata.category(character) in ("Mn", "Me")


def _gaps(text: str, letters: _Letters, first: int, last: int) -> list[str]:
    """What can be seen between each two letters of a hit."""
    between = (text[letters.ends[i] : letters.starts[i + 1]] for i in range(first, last))
    return [
        "".join(c for c in gap.translate(FILLERS) if unicodedata.category(c)[0] != "C" and not _completes(c))
        for gap in between
    ]


@lru_cache(maxsize=8192)
def _own_gaps(name: str, form: str) -> frozenset[int]:
    """Between which of its letters the name itself has a space or a mark: A.X K1 is written so, and not taken apart."""
    letters = _letters(name)
    if letters.folded != form:
        return frozenset()
    return frozenset(place for place, gap in enumerate(_gaps(name, letters, 0, len(form) - 1)) if gap)


def _free_on_the_left(form: str, letters: _Letters, first: int) -> bool:
    if first == 0 or letters.ends[first - 1] < letters.starts[first]:
        return True
    before = letters.folded[first - 1]
    return not (
        _is_latin(before) if _is_latin(form[0]) else _is_hangul(before) if _is_hangul(form[0]) else before.isdigit()
    )


def _free_on_the_right(form: str, letters: _Letters, last: int) -> bool:
    """Nothing follows, or a Korean particle does."""
    if last + 1 >= len(letters.folded) or letters.ends[last] < letters.starts[last + 1]:
        return True
    after = letters.folded[last + 1]
    if _is_latin(form[-1]):
        return not _is_latin(after)
    if form[-1].isdigit():
        return not after.isdigit()
    return not _is_hangul(after) or letters.folded.startswith(PARTICLES, last + 1)


def _is_long(form: str) -> bool:
    """Long enough that meeting it inside another word is no accident."""
    return len(form) >= (3 if any(map(_is_hangul, form)) else 6)


def _how(form: str, text: str, letters: _Letters, first: int, own: frozenset[int] = frozenset()) -> str | None:
    """How the name is written here, or None where it is an accident."""
    last = first + len(form) - 1
    gaps = _gaps(text, letters, first, last)
    if any(len(gap) > WIDEST_GAP for gap in gaps):
        return None
    if own and own == {place for place, gap in enumerate(gaps) if gap}:
        gaps = []
    free = _free_on_the_left(form, letters, first) and _free_on_the_right(form, letters, last)
    if not any(gaps):
        return "plain" if free or _is_long(form) else None
    if not free:
        return None
    apart = all(gaps)
    if len(form) <= 3 and apart and any(map(_is_latin, form)):
        return "spaced" if not text[letters.starts[first]].islower() or "." in gaps[0] else None
    return "spaced" if apart or _is_long(form) or _gaps_of_the_name(gaps) else None


def _gaps_of_the_name(gaps: list[str]) -> bool:
    """Only marks stand between the letters, as in L-G or S.K.T; words of a sentence are kept apart by spaces."""
    return not any(c.isspace() for gap in gaps for c in gap)


def _find_all(form: str, folded: str) -> Iterator[int]:
    place = folded.find(form)
    while place != -1:
        yield place
        place = folded.find(form, place + len(form))


def scan(text: str, names: Iterable[str]) -> list[Hit]:
    """Every name found in the text, in the order of the text."""
    letters = _letters(text)
    hits: dict[tuple[int, int], Hit] = {}
    disguised = letters.folded.translate(DIGITS_FOR_LETTERS)
    for name in dict.fromkeys(names):
        for form in forms_of(name):
            own = _own_gaps(name, form)
            for first in _find_all(form, letters.folded):
                _add(hits, name, form, text, letters, first, _how(form, text, letters, first, own))
            bare = form.translate(DIGITS_FOR_LETTERS)
            if disguised != letters.folded and len(bare) >= 5 and _is_latin(bare[0]) and bare.isascii():
                for first in _find_all(bare, disguised):
                    if _how(bare, text, letters, first):
                        _add(hits, name, bare, text, letters, first, "lookalike")
    return sorted(hits.values(), key=lambda hit: (hit.start, hit.end, hit.name))


def _add(hits, name: str, form: str, text: str, letters: _Letters, first: int, how: str | None) -> None:
    if how is None:
        return
    start, end = letters.starts[first], letters.ends[first + len(form) - 1]
    excerpt = text[max(0, start - CONTEXT) : end + CONTEXT].replace("\n", " ")
    hits.setdefault((start, end), Hit(name, start, end, excerpt, how))
