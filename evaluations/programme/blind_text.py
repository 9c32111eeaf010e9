"""A document rebuilt so that only its visible words are left. Pure.

Markdown in, Markdown out: no raw HTML, no comments, no front matter, no pictures, no link targets,
no character that cannot be seen.
"""

import html
import re
import unicodedata

NO_PICTURE = "(그림 제외)"
NO_LINK = "(링크 제외)"
NO_ADDRESS = "(이메일 제외)"

FENCES = {"---": ("---", "..."), "+++": ("+++",)}
WITH_CONTENT = ("script", "style", "svg", "iframe", "object", "template", "title")
TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
PICTURE = re.compile(r"!\[[^\[\]\n]{0,500}\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])?")
LINK = re.compile(
    r"\[([^\[\]\n]{0,1000})\](?:\((?:[^()\n]{1,2000}+|\([^()\n]{0,2000}+\)){0,20}+\)|\[[^\[\]\n]{0,200}\])"
)
REFERENCE = re.compile(r"^ {0,3}\[(?!\^)[^\[\]\n]{1,200}\]:[^\n]*$", re.MULTILINE)
ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
URL = re.compile(r"(?:\b[a-zA-Z][a-zA-Z0-9+.-]{0,15}://|\bwww\.)[^\s<>()\[\]가-힣]+")
KEPT_CONTROLS = frozenset("\n\t")
ROUNDS = 10
HIDING = re.compile(r"&(?=[#\w])|<(?=[a-zA-Z/!?])|!?\[|\](?=[(\[])")
"""What a reference, a tag, a picture or a link begins or goes on with."""


def rebuild(text: str) -> str:
    """The words of the document, and nothing that is not words."""
    text = _without_front_matter(_visible(text))
    for _ in range(ROUNDS):
        before, text = text, _without_what_hides(text)
        if text == before:
            break
    else:
        # Nobody writes so; what is still packed into itself is taken apart, so that no program can unpack it.
        text = HIDING.sub(lambda found: f"{found[0]} ", text)
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _without_what_hides(text: str) -> str:
    """One layer less of references, tags and links. What one of them held may be another, so this is done until nothing changes."""
    text = TAG.sub("", _without_elements(_without_comments(html.unescape(text))))
    text = PICTURE.sub(NO_PICTURE, text)
    text = LINK.sub(r"\1", text)
    text = REFERENCE.sub("", text)
    text = URL.sub(NO_LINK, text)
    text = ADDRESS.sub(NO_ADDRESS, text)
    return _visible(text)


def _visible(text: str) -> str:
    """NFC, one kind of line end and of space, and no character that shows nothing."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", "".join(map(_visible_character, text)))


def _visible_character(character: str) -> str:
    if character in KEPT_CONTROLS or " " <= character <= "~":
        return character
    category = unicodedata.category(character)
    if category in ("Zl", "Zp"):
        return "\n"
    if category == "Zs":
        return " "
    hidden = category[0] == "C" or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return "" if hidden or character in "\u115f\u1160\u3164\uffa0\u2800" else character


def _without_front_matter(text: str) -> str:
    text = text.lstrip("\n")
    first, _, rest = text.partition("\n")
    if first.rstrip() not in FENCES:
        return text
    lines = rest.split("\n")
    for place, line in enumerate(lines):
        if line.rstrip() in FENCES[first.rstrip()]:
            return "\n".join(lines[place + 1 :])
    return text


def _cut(text: str, opening: str, closing: str) -> str:
    """The text without every stretch from `opening` to `closing`; one that never closes runs to the end."""
    kept, place, low = [], 0, text.lower()
    while (start := low.find(opening, place)) != -1:
        kept.append(text[place:start])
        end = low.find(closing, start + len(opening))
        if end == -1:
            return "".join(kept)
        place = end + len(closing)
    return "".join([*kept, text[place:]])


def _without_comments(text: str) -> str:
    return _cut(text, "<!--", "-->")


def _without_elements(text: str) -> str:
    for name in WITH_CONTENT:
        if f"</{name}>" in text.lower():
            text = _cut(text, f"<{name}", f"</{name}>")
    return text
