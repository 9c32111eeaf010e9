"""The style of an answer in numbers: how long it is, and how much of it is lists, headings, bold words and tables.

Style moves votes beside content, so strengths are told with and without it. A measure is a logarithm to the base 2, and a covariate
the measure of the left answer minus that of the right: for the length the logarithm of the ratio of the two lengths, one more for
every doubling. Such differences add up along chains of answers as strengths do, which the normalised difference (a − b)/(a + b) of
public leaderboards (Li, Angelopoulos and Chiang 2024) does not.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from evaluations.scoring.comparisons import Floats
from evaluations.scoring.tallies import Codes

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\S")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+\S")
_BOLD = re.compile(r"\*\*[^\s*][^*]*\*\*|__[^\s_][^_]*__")
_TABLE_RULE = frozenset("|-: \t")


class Style(NamedTuple):
    """Counts of one answer: whole numbers, 0 for nothing of the kind.

    length     letters and digits: blanks and signs add nothing, the number of a numbered item does
    lists      items of bulleted and numbered lists
    headings   lines that begin with # signs
    bold       stretches between ** or __
    tables     tables with a line of dashes under their head
    """

    length: int
    lists: int
    headings: int
    bold: int
    tables: int

    def logarithms(self) -> tuple[float, ...]:
        """log₂ of the length (of 1 where there is no letter) and log₂(1 + n) of the others, in the order of MEASURES.

        >>> Style(length=8, lists=3, headings=0, bold=1, tables=0).logarithms()
        (3.0, 2.0, 0.0, 1.0, 0.0)
        """
        length, *marks = self
        return tuple(np.log2([max(1, length), *(1 + number for number in marks)]).tolist())


MEASURES = Style._fields


def style_of(text: str) -> Style:
    """The style of an answer in Markdown. Never fails: what is no Markdown is text, and a fenced block of code has a length only.

    Composed and decomposed spellings of a letter count the same (NFC).

    >>> style_of("## 이사 준비\\n\\n1. **계약서** 확인\\n2. 전입 신고\\n\\n| 언제 | 무엇 |\\n|---|---|\\n| 7일 전 | 짐 |")
    Style(length=23, lists=2, headings=1, bold=1, tables=1)
    """
    composed = unicodedata.normalize("NFC", text)
    lines = list(_outside_code(composed.splitlines()))
    return Style(
        length=sum(map(str.isalnum, composed)),
        lists=sum(_ITEM.match(line) is not None for line in lines),
        headings=sum(_HEADING.match(line) is not None for line in lines),
        bold=sum(len(_BOLD.findall(line)) for line in lines),
        tables=sum("|" in head and {"|", "-"} <= set(line) <= _TABLE_RULE for head, line in pairwise(lines)),
    )


def _outside_code(lines: Iterable[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if not fence and mark:
            fence = mark[1]
        elif fence and mark and mark[1].startswith(fence):
            fence = ""
        elif not fence:
            yield line


def style_table(
    answers: Mapping[tuple[str, str], Iterable[Style]], prompts: Iterable[str], models: Iterable[str]
) -> Floats:
    """Measures of the answers of every model to every prompt, shape (prompts, models, MEASURES).

    answers   (prompt, model) → its answers; of several answers the mean of their measures: which one a voter saw is chance, and chance
              around a mean does not bend the effect of the mean (Berkson 1950)
    NaN where there is no answer.

    >>> eight, two = Style(8, 0, 0, 0, 0), Style(2, 1, 0, 0, 0)
    >>> style_table({("p1", "x"): [eight, two]}, ["p1"], ["x", "y"])[0].tolist()
    [[2.0, 0.5, 0.0, 0.0, 0.0], [nan, nan, nan, nan, nan]]
    """
    columns = tuple(models)
    rows = [[_mean(answers.get((prompt, model), ())) for model in columns] for prompt in prompts]
    return np.array(rows, np.float64).reshape(len(rows), len(columns), len(MEASURES))


def _mean(styles: Iterable[Style]) -> Floats:
    logarithms = sorted(style.logarithms() for style in styles)  # in an order of their own, to the last digit
    return np.mean(logarithms, axis=0) if logarithms else np.full(len(MEASURES), np.nan)


def style_differences(table: Floats, prompt: Codes, left: Codes, right: Codes) -> Floats:
    """Covariates of votes, left minus right, shape (n, MEASURES); NaN where a side has no answer. Columns of codes as in `Votes`.

    Rounded to twelve decimals: what is equal but for the order of adding up is equal.
    """
    return np.round(table[prompt, left] - table[prompt, right], 12)
