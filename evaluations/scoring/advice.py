"""What the office should look at before it relies on a count, in sentences. Advice: nothing is left out or changed by it."""

from collections.abc import Iterator
from fractions import Fraction

from evaluations.scoring.decimals import rounded
from evaluations.scoring.patterns import Deviation, Patterns, SameMarks, SameTotal, StraightLine
from evaluations.scoring.rules import Rules
from evaluations.scoring.tables import Flag, Result
from evaluations.scoring.wording import FLAGS, signed


def advice(rules: Rules, result: Result, patterns: Patterns) -> list[str]:
    """The flags of the count, then the patterns in the marks, each a sentence that says where it holds."""
    return [*_sentences(rules, result, patterns)]


def _sentences(rules: Rules, result: Result, patterns: Patterns) -> Iterator[str]:
    for flag in result.flags:
        yield _flag(rules, flag)
    for pair in patterns.same_marks:
        yield _same_marks(pair)
    for shared in patterns.same_totals:
        yield _same_total(rules, shared)
    for far in patterns.deviations:
        yield _deviation(rules, far)
    for line in patterns.straight_lines:
        yield _straight_line(rules, line)


def _where(rules: Rules, team: str, key: str = "", panelist: str = "") -> str:
    name = rules.team(team).name.ko if team else ""
    return " · ".join(filter(None, (panelist, name, rules.called(key) if key else "")))


def _flag(rules: Rules, flag: Flag) -> str:
    return f"{_where(rules, flag.team, flag.key)}: {FLAGS.get(flag.code, flag.code)}."


def _same_marks(pair: SameMarks) -> str:
    where = f"{pair.one}, {pair.other}: 함께 평가한 {len(pair.teams)}팀의 평점 {pair.common}개"
    return f"{where}가 모두 같습니다." if pair.equal == pair.common else f"{where} 가운데 {pair.equal}개가 같습니다."


def _same_total(rules: Rules, shared: SameTotal) -> str:
    return (
        f"{_where(rules, shared.team, shared.part)}: 평가표 {shared.sheets}장 가운데 {len(shared.panelists)}장의 합계가 "
        f"{_points(rules, shared.total)}점으로 똑같습니다({', '.join(shared.panelists)})."
    )


def _deviation(rules: Rules, far: Deviation) -> str:
    share = rounded(100 * abs(far.deviation) / rules.part(far.part).points, 0, "ROUND_HALF_UP")
    return (
        f"{_where(rules, far.team, far.part, far.panelist)}: 합계 {_points(rules, far.total)}점은 나머지 평가표의 평균 "
        f"{_points(rules, far.others)}점과 {signed(far.deviation, rules.decimals.part)}점 차이로, 배점의 {share}%입니다."
    )


def _straight_line(rules: Rules, line: StraightLine) -> str:
    return (
        f"{_where(rules, line.team, line.part, line.panelist)}: {line.lowest}–{line.highest} 척도의 항목 {line.criteria}개에 "
        f"모두 같은 평점을 주었습니다({line.mark})."
    )


def _points(rules: Rules, value: Fraction) -> str:
    return rounded(value, rules.decimals.part, rules.decimals.rule)
