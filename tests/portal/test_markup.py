"""One renderer for all answers: safe, the same for everybody, and never slow."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.markup import LIMIT, MOST_MARKS, render, visible


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("가나다", "<p>가나다</p>\n"),
        ("한 줄\n두 줄", "<p>한 줄<br />\n두 줄</p>\n"),
        ("**굵게** *기울임* ~~지움~~", "<p><strong>굵게</strong> <em>기울임</em> <s>지움</s></p>\n"),
        ("`a < b`", "<p><code>a &lt; b</code></p>\n"),
        ("- 하나\n- 둘", "<ul>\n<li>하나</li>\n<li>둘</li>\n</ul>\n"),
        ("3. 셋", '<ol start="3">\n<li>셋</li>\n</ol>\n'),
        ("> 인용", "<blockquote>\n<p>인용</p>\n</blockquote>\n"),
        ("```python\nx = '<b>'\n```", '<pre tabindex="0"><code>x = &#x27;&lt;b&gt;&#x27;\n</code></pre>\n'),
        (
            "|가|나|\n|:-:|-:|\n|1|2|",
            '<div class="table-scroll" tabindex="0"><table>\n<thead>\n<tr>\n<th scope="col">가</th>\n<th scope="col">나</th>\n</tr>\n</thead>\n'
            "<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table></div>\n",
        ),
    ],
)
def test_the_subset(text, html):
    assert render(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[여기](javascript:alert(1))", "<p>[여기](javascript:alert(1))</p>\n"),
        ("![그림](https://example.com/a.png)", "<p>![그림](https://example.com/a.png)</p>\n"),
        ("<https://example.com>", "<p>&lt;https://example.com&gt;</p>\n"),
        ("[가]: https://example.com\n\n[가]", "<p>[가]: https://example.com</p>\n<p>[가]</p>\n"),
        ("&lt;b&gt; &#69;&#x58;", "<p>&amp;lt;b&amp;gt; &amp;#69;&amp;#x58;</p>\n"),
    ],
)
def test_what_could_load_or_lead_somewhere_is_only_text(text, html):
    assert render(text) == html


def test_headings_begin_where_the_page_says_and_leave_no_level_out():
    assert render("# 가\n### 나\n# 다", first_heading=4) == "<h4>가</h4>\n<h5>나</h5>\n<h4>다</h4>\n"
    assert render("### 나\n# 가", first_heading=4) == "<h4>나</h4>\n<h4>가</h4>\n"
    assert (
        render("# 가\n## 나\n### 다\n#### 라", first_heading=4)
        == "<h4>가</h4>\n<h5>나</h5>\n<h6>다</h6>\n<h6>라</h6>\n"
    )


def test_signs_that_hide_or_turn_are_gone_and_broken_ones_are_marked():
    assert visible("a\u202eb\u2066c\u200bd\ufeffe\x00f\u00adg") == "abcdefg"
    assert visible("\ud800") == "\ufffd"
    assert visible("한") == "한"
    assert visible("👩\u200d💻") == "👩\u200d💻"
    assert visible("a\r\nb\rc\td") == "a\nb\nc\td"


def test_the_same_text_in_other_signs_looks_the_same():
    assert render("엑사원\u200b입니다") == render("엑사원입니다")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10**6,
        "*a " * 60_000,
        "`a" * 90_000,
        "[" * LIMIT,
        ">" * LIMIT,
        "|a" * 90_000 + "\n" + "|-" * 90_000,
        "\n".join(" " * i + "- a" for i in range(600)),
        "# a\n" * 30_000,
        "|a|b|\n|-|-|\n|1|2|\n\n" * 6_000,
        "|a|\n|-|\n" + "|a|\n" * 30_000,
        "1. a\n   - b\n" * 4_900,
        "> # *a*\n\n" * 2_000,
    ],
)
def test_no_text_keeps_the_server_busy(text):
    before = time.process_time()

    render(text)

    assert time.process_time() - before < 4


def test_a_text_beyond_the_limit_is_shown_as_it_stands():
    assert render("#" * (LIMIT + 1)) == f'<pre tabindex="0">{"#" * (LIMIT + 1)}</pre>\n'
    marked = "# a\n" * (MOST_MARKS + 1)
    assert render(marked) == f'<pre tabindex="0">{marked}</pre>\n'
    assert render("# a\n" * MOST_MARKS).startswith("<h4>a</h4>\n")


@given(st.text(alphabet=st.sampled_from("<>&\"'`*_#|-~[]()!:\\ \n가a1"), max_size=80))
def test_no_text_opens_a_tag_of_its_own(text):
    html = render(text)

    names = {piece.split(">")[0].split()[0].strip("/") for piece in html.split("<")[1:]}
    assert names <= {
        "p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "div", "table", "thead", "tbody", "tr", "th", "td",
        "h4", "h5", "h6",
    }  # fmt: skip
    assert "style=" not in html.replace("&quot;", "")
