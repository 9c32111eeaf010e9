"""What the office should look at before it relies on a count, in sentences. Advice: nothing is left out or changed by it."""

from collections.abc import Iterator
from fractions import Fraction

from evaluations.scoring.decimals import rounded
from evaluations.scoring.patterns import Deviation, Patterns, SameMarks, SameTotal, StraightLine
from evaluations.scoring.rules import Rules
from evaluations.scoring.steps import Step
from evaluations.scoring.tables import Result
from evaluations.scoring.wording import FLAGS, signed

WHAT = {"rank": "순위", "advances": "진출"}
"""Keys of facts that are no points."""


def advice_steps(rules: Rules, result: Result, patterns: Patterns) -> list[Step]:
    """The flags of the count, then the patterns in the marks: where each holds, and what it is. Nothing, without any."""
    steps = tuple(
        Step("sheets", " · ".join(filter(None, where)), sentence=sentence)
        for where, sentence in _found(rules, result, patterns)
    )
    about = "살펴보시라는 뜻일 뿐, 이 때문에 빠지거나 바뀌는 것은 없습니다. 저마다 까닭이 있을 수 있습니다."
    return [Step("sheets", "살펴볼 것", f"{len(steps)}건", about, steps=steps)] if steps else []


def _found(rules: Rules, result: Result, patterns: Patterns) -> Iterator[tuple[tuple[str, ...], str]]:
    """(where, what) of each."""
    names = {team.slug: team.name.ko for team in rules.teams}
    for flag in result.flags:
        key = flag.key if flag.key in ("", "rank", "advances") else rules.called(flag.key)
        yield (names.get(flag.team, ""), WHAT.get(key, key)), f"{FLAGS.get(flag.code, flag.code)}."
    for pair in patterns.same_marks:
        yield (pair.one, pair.other), _same_marks(pair)
    for shared in patterns.same_totals:
        yield (names[shared.team], rules.called(shared.part)), _same_total(rules, shared)
    for far in patterns.deviations:
        yield (far.panelist, names[far.team], rules.called(far.part)), _deviation(rules, far)
    for line in patterns.straight_lines:
        yield (line.panelist, names[line.team], rules.called(line.part)), _straight_line(line)


def _same_marks(pair: SameMarks) -> str:
    marks = f"함께 평가한 {len(pair.teams)}팀의 평점 {pair.common}개"
    return f"{marks}가 모두 같습니다." if pair.equal == pair.common else f"{marks} 가운데 {pair.equal}개가 같습니다."


def _same_total(rules: Rules, shared: SameTotal) -> str:
    return (
        f"평가표 {shared.sheets}장 가운데 {len(shared.panelists)}장의 합계가 {_points(rules, shared.total)}점으로 "
        f"똑같습니다({', '.join(shared.panelists)})."
    )


def _deviation(rules: Rules, far: Deviation) -> str:
    share = rounded(100 * abs(far.deviation) / rules.part(far.part).points, 0, "ROUND_HALF_UP")
    return (
        f"합계 {_points(rules, far.total)}점은 나머지 평가표의 평균 {_points(rules, far.others)}점과 "
        f"{signed(far.deviation, rules.decimals.part)}점 차이로, 배점의 {share}%입니다."
    )


def _straight_line(line: StraightLine) -> str:
    return f"{line.lowest}–{line.highest} 척도의 항목 {line.criteria}개에 모두 같은 평점({line.mark})을 주었습니다."


def _points(rules: Rules, value: Fraction) -> str:
    return rounded(value, rules.decimals.part, rules.decimals.rule)
