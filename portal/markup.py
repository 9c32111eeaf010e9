"""One renderer for every frozen answer and every blind file, so that looks tell nobody whose text it is.

Headings, paragraphs, emphasis, lists, code, tables and quotes. Whatever else a text holds – HTML, links, images, references – is shown as
the characters it was written with: nothing in an answer can load, run or lead anywhere, and none is spelled by its number. Pure, and
linear in the length of the text.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

# Beyond these a text is shown as it stands; the parser needs some microseconds for every sign, and some ten for every mark.
LIMIT = 200_000
MOST_MARKS = 10_000
_MARKS = "\n*_~`|\\>"
DEEPEST = 6
# Controls but tab and line feed; marks that turn or hide the direction of writing; signs without width (the joiner of emoji stays); tags.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """The text without signs that cannot be seen but change what is seen."""
    text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


class _Renderer(RendererHTML):
    """HTML without a style attribute, which the content policy forbids, and with scrolling boxes a keyboard can reach."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        # The language named after the fence would only tell how a model likes to write.
        return f'<pre tabindex="0"><code>{escape(tokens[idx].content)}</code></pre>\n'

    code_block = fence

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="table-scroll" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"


def _without_style(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type in ("th_open", "td_open"):
            token.attrs = {}
        if token.type == "th_open":
            token.attrs = {"scope": "col"}
        if token.type == "ordered_list_open":
            token.attrs = {key: value for key, value in token.attrs.items() if key == "start"}


def _headings_in_order(tokens: Sequence[Token], first: int) -> None:
    """Give headings levels from `first` on, never leaving one out, so that the outline of the page stays whole."""
    ranks = sorted({token.tag for token in tokens if token.type == "heading_open"})
    last = first - 1
    for token in tokens:
        if token.type == "heading_open":
            last = min(first + ranks.index(token.tag), last + 1, DEEPEST)
            token.tag = f"h{last}"
        elif token.type == "heading_close":
            token.tag = f"h{last}"


_PARSER = (
    MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}, renderer_cls=_Renderer)
    .enable(["table", "strikethrough"])
    .disable(["link", "image", "autolink", "html_block", "html_inline", "reference", "entity"])
)


@lru_cache(maxsize=64)
def render(text: str, first_heading: int = 4) -> str:
    """Safe HTML; headings inside the text begin at level `first_heading`."""
    text = visible(text)
    if len(text) > LIMIT or sum(map(text.count, _MARKS)) > MOST_MARKS:
        return f'<pre tabindex="0">{escape(text)}</pre>\n'
    tokens = _PARSER.parse(text)
    _without_style(tokens)
    _headings_in_order(tokens, first_heading)
    return _PARSER.renderer.render(tokens, _PARSER.options, {})


_BREAK = "\0"


class _Words(HTMLParser):
    """Collects what is read on the page: words inside a line run on, blocks and lines stand apart, spaces are one."""

    INLINE = frozenset({"strong", "em", "s", "code"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.INLINE:
            self.pieces.append(_BREAK)

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, [])

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def words(text: str) -> str:
    """What a reader sees of the text once it is rendered, without any markup."""
    reader = _Words()
    reader.feed(render(text))
    reader.close()
    return re.sub(rf"\s*(?:{_BREAK}\s*)+", " \n", re.sub(r"\s+", " ", "".join(reader.pieces))).strip()
