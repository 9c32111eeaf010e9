"""A document as panelists read it: the words are there, everything else is gone."""

import unicodedata

import pytest

from evaluations.programme.blind_text import NO_ADDRESS, NO_LINK, NO_PICTURE, rebuild


@pytest.mark.parametrize(
    ("original", "rebuilt"),
    [
        ("# 제목\r\n\r\n본문\r\n", "# 제목\n\n본문\n"),
        ("---\nauthor: LG\n---\n본문", "본문\n"),
        ("+++\nauthor = 'LG'\n+++\n본문", "본문\n"),
        ("앞<!-- LG가 썼다 -->뒤", "앞뒤\n"),
        ("앞<!-- 닫지 않은 주석 LG", "앞\n"),
        ("앞&lt;!-- LG --&gt;뒤", "앞뒤\n"),
        ("앞<script>LG</script>뒤", "앞뒤\n"),
        ("앞<svg><title>LG</title></svg>뒤", "앞뒤\n"),
        ("<div data-team='LG'>본문</div>", "본문\n"),
        ("<b>굵은</b> 글", "굵은 글\n"),
        ("![LG 로고](lg.png) 설명", f"{NO_PICTURE} 설명\n"),
        ("![로고][1]", f"{NO_PICTURE}\n"),
        ("[보고서](https://lgresearch.ai/k-exaone)를 보라", "보고서를 보라\n"),
        ("[보고서][lg]\n\n[lg]: https://lgresearch.ai", "보고서\n"),
        ("https://lgresearch.ai/blog 참고", f"{NO_LINK} 참고\n"),
        ("www.upstage.ai에서", f"{NO_LINK}에서\n"),
        ("문의: team@upstage.ai", f"문의: {NO_ADDRESS}\n"),
        ("엑\u200b사\u200b원", "엑사원\n"),
        ("엑\u3164사\u2800원", "엑사원\n"),
        ("가\u202e나", "가나\n"),
        ("가\U000e0041나", "가나\n"),
        ("가\u00a0나\u3000다", "가 나 다\n"),
        ("가\u2028나", "가\n나\n"),
        (unicodedata.normalize("NFD", "엑사원"), "엑사원\n"),
        ("가   \n\n\n\n\n나", "가\n\n나\n"),
        ("각주[^1]가 있다\n\n[^1]: 남는 글", "각주[^1]가 있다\n\n[^1]: 남는 글\n"),
        ("1 < 2 이고 3 > 2", "1 < 2 이고 3 > 2\n"),
        ("`x < y`", "`x < y`\n"),
        ("", "\n"),
    ],
)
def test_only_words_are_left(original, rebuilt):
    assert rebuild(original) == rebuilt


@pytest.mark.parametrize(
    "original", ["# 제목\n\n| 가 | 나 |\n|---|---|\n| 1 | 2 |\n", "- 하나\n- 둘\n\n> 인용\n", "```\ncode\n```\n"]
)
def test_plain_markdown_stays_as_it_is(original):
    assert rebuild(original) == original


def test_rebuilding_twice_changes_nothing_more():
    original = "---\na: 1\n---\n<p>&amp;lt;b&amp;gt;</p> [링크](https://a.example) ![그림](b.png)\n\n\n\n끝"

    once = rebuild(original)

    assert rebuild(once) == once


@pytest.mark.slow
@pytest.mark.parametrize(
    "evil", ["<" * 50_000, "[" * 50_000, "![" * 25_000, "<!--" * 20_000, "a@" * 30_000, "www." * 20_000]
)
def test_no_text_keeps_the_server_busy(evil):
    assert len(rebuild(evil)) < 200_000
