"""Which language a page speaks, element by element."""

import re
from html.parser import HTMLParser

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
HANGUL = re.compile("[가-힣]")


class _Main(HTMLParser):
    """What <main> says outside elements that are marked as Korean."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def _is_english(self) -> bool:
        return any(tag == "main" for tag, _ in self.open) and not any(korean for _, korean in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        korean = told.get("lang") == "ko" and tag != "html"
        if self._is_english() and not korean:
            words = [told.get(name) or "" for name in ("aria-label", "placeholder", "title", "alt")]
            self.found += [word for word in words if HANGUL.search(word)]
        if tag not in VOID:
            self.open.append((tag, korean))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_english() and HANGUL.search(data):
            self.found.append(data.strip())


def korean_in_main(html: str) -> list[str]:
    """Korean words that the English page still has, but for those it marks as Korean."""
    parser = _Main()
    parser.feed(html)
    return parser.found
