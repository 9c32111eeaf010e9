"""The steps about points: parts, items, criteria and sheets, and their sum."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm

from evaluations.scoring.averages import trimmed
from evaluations.scoring.duels import duels
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.items import star_means
from evaluations.scoring.parts import Criterion, Part
from evaluations.scoring.rules import Rules
from evaluations.scoring.steps import Step, shown, why_absent
from evaluations.scoring.tables import ItemScore, PartScore, Result, SheetScore, TeamResult
from evaluations.scoring.wording import ROUNDINGS, USES, number

TAKEN_OVER = "발표된 점수를 그대로 옮겼습니다."


def total_step(rules: Rules, found: TeamResult) -> Step:
    decimals = rules.decimals
    sentence = why_absent(rules, found.total) or (
        "부문의 점수를 반올림하지 않고 더한 뒤, 보일 때 한 번만 "
        f"소수점 아래 {decimals.total}자리로 반올림합니다({ROUNDINGS[decimals.rule]})."
    )
    formula = _sum([score.points.value for score in found.parts if score.points.value is not None], found.total.value)
    return Step("total", "총점", shown(found.total), sentence, formula)


def part_step(rules: Rules, evidence: Evidence, result: Result, score: PartScore, team: str) -> Step:
    part = score.part
    title = f"{part.name.ko} ({number(part.points)}점 만점)"
    if score.criteria is not None:
        return _panel(rules, score, title)
    missing = why_absent(rules, score.points, part.key, own=part.key)
    if part.given:
        return Step("parts", title, shown(score.points), missing or TAKEN_OVER)
    steps = tuple(_item(rules, evidence, result, part, item, team) for item in score.items)
    adding = [item.points.value for item in score.items if item.points.value is not None]
    sentence = missing or "항목의 점수를 더합니다."
    return Step("parts", title, shown(score.points), sentence, _sum(adding, score.points.value), steps)


def _sum(values: Iterable[Fraction], out: Fraction | None) -> str:
    """The sum and what comes out; nothing where there is only one number, which is what comes out."""
    adding = [number(value) for value in values]
    return "" if out is None or len(adding) == 1 else f"{' + '.join(adding)} = {number(out)}"


def _mean(values: Sequence[Fraction], out: Fraction) -> str:
    """The mean and what comes out; nothing where there is only one number."""
    return f"({' + '.join(map(number, values))}) ÷ {len(values)} = {number(out)}" if len(values) > 1 else ""


# --- Items


def _item(rules: Rules, evidence: Evidence, result: Result, part: Part, score: ItemScore, team: str) -> Step:
    item = score.item
    title = f"{item.name.ko} ({number(item.points)}점 만점)"
    if score.points.value is None:
        return Step("items", title, shown(score.points), why_absent(rules, score.points, part.key, own=item.key))
    if score.basis == "given" or score.value is None:
        return Step("items", title, shown(score.points), TAKEN_OVER)
    sentence, formula = (
        _by_rank(result, part, score, team) if item.rule == "rank_points" else _by_value(score, score.value)
    )
    inner = (
        *_values(evidence, score, team),
        *_stars(rules, evidence, score, team),
        *_duels(rules, evidence, score, team),
    )
    return Step("items", title, shown(score.points), sentence, formula, inner)


def _by_value(score: ItemScore, value: Fraction) -> tuple[str, str]:
    """The sentence and the arithmetic of a rule that needs this team's value and one number to hold it against."""
    item, own, full = score.item, number(value), number(score.item.points)
    against = number(score.reference) if score.reference is not None else ""
    out = "" if score.points.value is None else f" = {number(score.points.value)}"
    above, below = (against, own) if item.lower else (own, against)
    ratio = f"{above} ÷ {f'({below})' if '/' in below else below}"
    lower = " 낮을수록 좋은 값이므로 거꾸로 나눕니다." if item.lower else ""
    if item.rule == "share":
        return (
            f"측정값은 {own}, 만점은 {against}입니다. 만점에 대한 비율만큼 받습니다.",
            f"{full} × {own} ÷ {against}{out}",
        )
    if item.rule == "mean":
        return f"값의 평균은 {own}입니다. 100점 만점으로 보고 그 비율만큼 받습니다.", f"{full} × {own} ÷ 100{out}"
    if item.rule == "ratio_to_target":
        return (
            f"측정값은 {own}, 목표는 {against}입니다. 목표에 대한 비율만큼 받되, 목표를 넘어도 배점까지만 받습니다.{lower}",
            f"{full} × min(1, {ratio}){out}",
        )
    if item.rule == "ratio_to_best":
        return (
            f"이 팀의 값은 {own}, 가장 좋은 팀의 값은 {against}입니다. 그 비율만큼 받습니다.{lower}",
            f"{full} × {ratio}{out}",
        )
    if item.rule == "share_of_scale":
        return (
            f"별점의 평균은 {own}입니다. 1점이면 0점, 5점이면 만점이 되도록 옮깁니다.",
            f"{full} × ({own} − 1) ÷ 4{out}",
        )
    return (
        f"다른 팀 하나하나에 대해 이긴 비율(비기면 절반)을 구해 평균한 것은 {own}입니다. 그 비율만큼 받습니다.",
        f"{full} × {own}{out}",
    )


def _by_rank(result: Result, part: Part, score: ItemScore, team: str) -> tuple[str, str]:
    values = [_value(line.part(part.key), score.item.key) for line in result.teams]
    rank = 1 + sum(value > score.value for value in values if value is not None and score.value is not None)
    equals = values.count(score.value)
    places = score.item.table[rank - 1 : rank - 1 + equals]
    several = f" 값이 같은 {equals}팀이 {rank}위부터 {equals}자리의 점수를 똑같이 나눕니다." if equals > 1 else ""
    formula = f"({' + '.join(map(number, places))}) ÷ {equals} = {number(sum(places, Fraction(0)) / equals)}"
    return (
        f"값이 {len(values)}팀 가운데 {rank}위여서 그 순위에 정해진 점수를 받습니다.{several}",
        formula if several else "",
    )


def _value(score: PartScore, key: str) -> Fraction | None:
    return next(item.value for item in score.items if item.item.key == key)


def _values(evidence: Evidence, score: ItemScore, team: str) -> tuple[Step, ...]:
    """The values behind a mean of several."""
    item = score.item
    if not item.values or score.value is None:
        return ()
    each = [evidence.measurements[team, address].score for address in item.addresses()]
    names = ", ".join(f"{key} {number(value)}" for key, value in zip(item.values, each, strict=True))
    formula = _mean(each, score.value)
    return (Step("items", f"값 {len(each)}개의 평균", number(score.value), f"{names}.", formula),)


def _stars(rules: Rules, evidence: Evidence, score: ItemScore, team: str) -> tuple[Step, ...]:
    """The mean over the questions, and each question's own."""
    item = score.item
    if item.source != "ratings" or score.value is None:
        return ()
    means = star_means(item, evidence, team, rules.slugs)
    texts = dict(zip(rules.questions, rules.question_texts, strict=True))
    steps = []
    for star in means:
        given, people = sum(n * count for n, count in enumerate(star.counts, start=1)), sum(star.counts)
        counts = ", ".join(f"{n}점 {count}개" for n, count in enumerate(star.counts, start=1))
        prior, grand = number(item.prior), number(star.grand)
        pull = (
            f" 적은 별점에 흔들리지 않도록, 모든 팀의 평균({grand})인 별점이 {prior}개 더 있는 것으로 봅니다."
            if item.prior
            else ""
        )
        formula = f"({prior} × {grand} + {given}) ÷ ({prior} + {people})" if item.prior else f"{given} ÷ {people}"
        steps.append(
            Step(
                "sheets", texts[star.question].ko, number(star.shrunk), f"별점 {people}개: {counts}.{pull}",
                f"{formula} = {number(star.shrunk)}",
            )
        )  # fmt: skip
    if len(means) == 1:
        return tuple(steps)
    whole = _mean([star.shrunk for star in means], score.value)
    return (
        Step("sheets", "물음별 평균", number(score.value), "물음마다 같은 무게로 평균합니다.", whole, tuple(steps)),
    )


def _duels(rules: Rules, evidence: Evidence, score: ItemScore, team: str) -> tuple[Step, ...]:
    """The mean over the rivals, and each rival's own share."""
    if score.item.source != "comparisons" or score.value is None:
        return ()
    steps, shares = [], []
    for rival, duel in duels(evidence.comparisons, team, [one for one in rules.slugs if one != team]).items():
        share = duel.share or Fraction(0)
        shares.append(share)
        counts = f"이김 {duel.wins}번, 짐 {duel.losses}번, 비김 {duel.ties}번."
        formula = f"({duel.wins} + {duel.ties} ÷ 2) ÷ {duel.wins + duel.losses + duel.ties} = {number(share)}"
        steps.append(Step("sheets", f"{rules.team(rival).name.ko}에 대하여", number(share), counts, formula))
    whole = _mean(shares, score.value)
    return (
        Step(
            "sheets", "상대별 이긴 비율", number(score.value), "상대마다 같은 무게로 평균합니다.", whole, tuple(steps)
        ),
    )


# --- Panels


def _panel(rules: Rules, score: PartScore, title: str) -> Step:
    sentence = _how_counted(score)
    if score.points.value is None:
        sentence = why_absent(rules, score.points, score.part.key)
    steps = (_criteria(rules, score), _sheets(score)) if score.sheets else ()
    return Step("parts", title, shown(score.points), sentence, steps=steps)


def _how_counted(score: PartScore) -> str:
    number_of = len(score.sheets)
    if score.part.aggregate == "trimmed_criteria":
        rule = "항목마다 가장 높은 평점과 가장 낮은 평점을 하나씩 빼고 평균한 뒤, 항목의 점수를 더합니다."
        if score.small:
            rule = "항목마다 평점을 평균한 뒤 더합니다. 평점이 3개보다 적은 항목에서는 아무것도 빼지 않았습니다."
    elif score.part.aggregate == "mean":
        rule = "평가표마다 낸 합계를 평균합니다." if number_of > 1 else "그 합계를 그대로 씁니다."
    elif score.small:
        rule = "3장보다 적어 아무것도 빼지 않고 합계를 "
        rule += "평균했습니다." if number_of > 1 else "그대로 썼습니다."
    else:
        rest = (
            "남은 한 장의 합계를 그대로 씁니다." if number_of == 3 else f"남은 {number_of - 2}장의 합계를 평균합니다."
        )
        rule = f"합계가 가장 높은 한 장과 가장 낮은 한 장을 빼고(같은 합계가 여럿이어도 한 장씩), {rest}"
    empty = f" 아무것도 판단하지 않은 평가표 {len(score.empty)}장은 세지 않습니다." if score.empty else ""
    return f"평가표 {number_of}장을 셉니다. {rule}{empty}"


def _criteria(rules: Rules, score: PartScore) -> Step:
    """Points of each criterion over the sheets that count; their sum is the part only where each is trimmed by itself."""
    found = {criterion.path: criterion for criterion in score.part.all_criteria()}
    steps = tuple(
        Step(
            "criteria", f"{'· ' if '.' in path else ''}{found[path].name.ko} ({number(found[path].points)}점 만점)", shown(points),
            why_absent(rules, points), steps=_marks(score, found[path], points.value),
        )
        for path, points in (score.criteria or {}).items()
    )  # fmt: skip
    if score.part.aggregate != "trimmed_criteria":
        return Step("criteria", "항목별 평균", sentence=f"반영한 평가표만 평균합니다.{_alike(score)}", steps=steps)
    tops = [(score.criteria or {})[criterion.path].value for criterion in score.part.criteria]
    formula = _sum([value for value in tops if value is not None], score.points.value)
    return Step(
        "criteria", "항목별 점수", sentence="항목의 점수를 더하면 부문의 점수입니다.", formula=formula, steps=steps
    )


def _alike(score: PartScore) -> str:
    """Why some marks are in the means by a part of themselves only."""
    if all(sheet.weight in (0, 1) for sheet in score.sheets):
        return ""
    return (
        " 빠지는 평가표와 합계가 같은 것이 있습니다. 어느 것이 빠지는지는 정해지지 않으므로, 합계가 같은 k장을 "
        "한 장만 빠질 때 (k − 1)/k씩, 두 장이 빠질 때 (k − 2)/k씩 똑같이 셉니다."
    )


def _marks(score: PartScore, criterion: Criterion, points: Fraction | None) -> tuple[Step, ...]:
    """The marks behind the points of a criterion that is marked."""
    if criterion.criteria or points is None:
        return ()
    nothing = criterion.lowest if score.part.cannot_judge == "zero" else None
    given = [
        (nothing if (mark := sheet.marks[criterion.path]) is None else mark, sheet.weight)
        for sheet in score.sheets
        if sheet.weight
    ]
    marks: Sequence[tuple[int, Fraction]] = sorted((mark, weight) for mark, weight in given if mark is not None)
    if score.part.aggregate == "trimmed_criteria":
        marks = trimmed(marks)[2]
    # Whole numbers in the place of weights: of 1/2, 1/2 and 1 they are 1, 1 and 2.
    whole = lcm(*(weight.denominator for _, weight in marks))
    times = [(mark, int(weight * whole)) for mark, weight in marks]
    adding = " + ".join(str(mark) if number_of == 1 else f"{number_of} × {mark}" for mark, number_of in times)
    mean = str(marks[0][0]) if len(marks) == 1 else f"({adding}) ÷ {sum(number_of for _, number_of in times)}"
    share = f"{mean} ÷ {criterion.highest}" if criterion.lowest == 0 else f"({mean} − 1) ÷ {criterion.highest - 1}"
    return (Step("sheets", "평점", formula=f"{number(criterion.points)} × {share} = {number(points)}"),)


def _sheets(score: PartScore) -> Step:
    counted = [sheet for sheet in score.sheets if sheet.use == "counted"]
    formula = ""
    if score.points.value is not None and score.part.aggregate != "trimmed_criteria":
        formula = _mean([sheet.total for sheet in counted], score.points.value)
    alike = Counter(sheet.total for sheet in score.sheets)
    steps = tuple(_sheet(score.part, sheet, alike[sheet.total]) for sheet in score.sheets)
    return Step("sheets", "평가표별 합계", formula=formula, steps=steps)


def _sheet(part: Part, sheet: SheetScore, alike: int) -> Step:
    """One sheet as the sum of its criteria; what could not be judged left its points to the others. It is one of so many `alike` in total:
    which of them is called left out means nothing where all count by the same part."""
    judged = [criterion for criterion in part.criteria if sheet.shares[criterion.path] is not None]
    points = sum(criterion.points for criterion in judged)
    each = [number(criterion.points * (sheet.shares[criterion.path] or Fraction(0))) for criterion in judged]
    adding = " + ".join(each)
    if points != part.points:
        adding = f"{adding if len(each) == 1 else f'({adding})'} × {number(part.points)} ÷ {number(points)}"
    formula = "" if adding == number(sheet.total) else f"{adding} = {number(sheet.total)}"
    unjudged = [leaf.name.ko for leaf in part.leaves() if sheet.marks[leaf.path] is None]
    note = f" 합계가 같은 {alike}장 가운데 하나." if 0 < sheet.weight < 1 else ""
    note += f" 판단 불가: {', '.join(unjudged)}." if unjudged else ""
    return Step(
        "sheets",
        sheet.panelist,
        f"{number(sheet.total)}점",
        f"{USES[sheet.use]}.{note}",
        formula,
    )
