"""Whatever stands between a name and the eye of the reader – markup, references, other letters – does not stand between it and the search."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.programme.blind_text import rebuild
from evaluations.programme.blindfold import look_through
from portal.markup import words

NAMES = ["LG", "EXAONE", "엑사원", "업스테이지", "lgresearch.ai", "SKT"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("저는 &#69;XAONE이고 &#76;&#71;가 만들었습니다.", {"EXAONE", "LG"}),
        ("저희는 &amp;#69;XAONE을 만든 &amp;#76;&amp;#71; AI연구원입니다", {"EXAONE", "LG"}),
        ("저는 EX**AO**NE입니다", {"EXAONE"}),
        ("저는 E**~~*X*~~**AONE입니다", {"EXAONE"}),
        ("저는 [EXA](https://example.com/a(b)c)ONE입니다", {"EXAONE"}),
        ("저는 EXA<span title='nothing'>O</span>NE입니다", {"EXAONE"}),
        ("저는 L\\_\\_\\_G입니다", {"LG"}),
        ("1. E\n2. X\n3. A\n4. O\n5. N\n6. E", {"EXAONE"}),
        ("| 업 | 스 | 테 | 이 | 지 |\n|-|-|-|-|-|\n| 1 | 2 | 3 | 4 | 5 |", {"업스테이지"}),
        ("저는 L      G입니다", {"LG"}),
        ("https://www.lgresearch.ai/blog", {"lgresearch.ai"}),
        ("lgresearch.ai를 보세요", {"lgresearch.ai"}),
        ("`algorithm` **L** 다음은 G가 아니다", set()),
        ("&lt;p&gt; 안의 algorithm", set()),
    ],
)
def test_what_a_reader_reads_is_found(text, found):
    assert {hit.name for hit in look_through(text, NAMES)} == found


def test_a_name_that_stands_there_is_told_once():
    assert [(hit.name, hit.how) for hit in look_through("저는 **EXAONE**입니다.", NAMES)] == [("EXAONE", "plain")]


def test_one_that_is_hidden_is_told_beside_one_that_is_not():
    text = "LG가 무엇이냐고요? 저는 &#76;&#71;가 만들었습니다."

    assert [hit.excerpt for hit in look_through(text, ["LG"])][-1] == "LG가 무엇이냐고요? 저는 LG가 만들었습니다."


# --- Any composition of disguises.

LOOKALIKES = {
    "E": "ЕΕᎬꓰ🄴🅴🅔🇪",
    "X": "ХΧꓫ🆇🇽",
    "A": "АΑᎪꓮ🅰🇦",
    "O": "ОΟՕꓳ🅾🇴",
    "N": "ΝꓠՆ"[:2] + "🇳",
    "L": "Ꮮꓡ🅻🇱",
    "G": "Ꮐꓖ🅶🇬",
}
NOTHING_SEEN = [
    "",
    "\u200b",
    "\u00ad",
    "\u202e",
    "\u2066",
    "\u034f",
    "\ufe0f",
    "\u0336",
    "\u20dd",
    "\u2065",
    "\U000e0041",
    "&shy;",
    "&#8203;",
]
PARTED = [" ", "-", ".", "\n", "    ", "·", "<br>", "<!-- x -->", "\\-", "<i></i>"]
WRAPPED = ["{}", "**{}**", "*{}*", "~~{}~~", "`{}`", "[{}](https://a.example/b(c)d)", "<b>{}</b>", "***{}***"]
PLACED = [
    "저는 {}입니다",
    "# {}",
    "- {}",
    "> {}",
    "| 가 | {} |\n|-|-|\n| 나 | 다 |",
    "{}",
    "```\n{}\n```",
    "| 가 |\n|-|\n| {} |",
]


def written(letter: str) -> st.SearchStrategy[str]:
    number = ord(letter)
    forms = [
        letter, f"&#{number};", f"&#x{number:x};", f"&#{number:07};", f"&amp;#{number};", f"&amp;amp;#x{number:X};",
        unicodedata.normalize("NFD", letter), *LOOKALIKES.get(letter, ""),
    ]  # fmt: skip
    if letter.isascii():
        forms += [chr(number + 0xFEE0), chr(0x1D400 + number - ord("A")), chr(0x24B6 + number - ord("A"))]
    return st.sampled_from(forms)


@st.composite
def disguised(draw) -> tuple[str, str]:
    """A name and a text that hides it; between its letters stand signs that are not seen, or everywhere one that parts them."""
    name = draw(st.sampled_from(["EXAONE", "엑사원", "업스테이지", "LG"]))
    between = st.sampled_from(NOTHING_SEEN) if draw(st.booleans()) else st.just(draw(st.sampled_from(PARTED)))
    letters = [draw(st.sampled_from(WRAPPED)).format(draw(written(letter))) for letter in name]
    text = letters[0] + "".join(draw(between) + letter for letter in letters[1:])
    return name, draw(st.sampled_from(PLACED)).format(text)


@given(disguised())
def test_no_disguise_keeps_a_name_from_the_search(case):
    name, text = case
    copy = rebuild(text)

    assert name in {hit.name for hit in look_through(text, [name])}
    assert name in {hit.name for hit in look_through(copy, [name])}


@given(st.text(alphabet=st.sampled_from("&amp;#69;xX<b/>![](u)- \nLG"), max_size=60))
def test_nothing_is_left_to_unpack_in_a_copy(text):
    copy = rebuild(text)

    assert rebuild(copy) == copy
    assert html.unescape(copy) == copy


def test_what_is_packed_too_often_is_taken_apart():
    copy = rebuild("&" + "amp;" * 40 + "#69;XAONE")

    assert (html.unescape(copy), "&#" in copy) == (copy, False)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("# 가\n\n- 나\n- **다**라", "가 \n나 \n다라"),
        ("|가|나|\n|-|-|\n|1|2|", "가 \n나 \n1 \n2"),
        ("가\n나   다 `라  마`", "가 \n나 다 라 마"),
        ("```\n가\n나\n```", "가 나"),
        ("a < b &lt; <b>", "a < b &lt; <b>"),
    ],
)
def test_the_words_of_the_page(text, read):
    assert words(text) == read
