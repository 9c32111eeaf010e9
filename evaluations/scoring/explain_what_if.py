"""The words of a simulation: what was supposed, and what would be different for each team. For the office alone."""

from evaluations.scoring.rules import Rules
from evaluations.scoring.steps import Step
from evaluations.scoring.what_if import Change, Difference, OtherMark, OtherValue, WhatIf, WithoutSheet
from evaluations.scoring.wording import ADVANCES, GATES, number, signed

ELIGIBLE = {"true": "통과", "false": "미달", None: "미정"}
ADVANCING = {"true": ADVANCES[True], "false": ADVANCES[False], None: ADVANCES[None]}


def what_if_steps(rules: Rules, found: WhatIf) -> list[Step]:
    """`rules` are those of the official count, by whose names everything is called."""
    supposed = tuple(Step("sheets", _change(rules, change)) for change in found.changes)
    differences = found.differences()
    told = [
        Step("sheets", team.name.ko, sentence=f"{', '.join(several)}.")
        for team in rules.teams
        if (several := [_difference(rules, one) for one in differences if one.team == team.slug])
    ]
    shown = "" if told else "달라지는 것이 없습니다."
    official = "공식 결과는 바뀌지 않습니다."
    return [
        Step("sheets", "이렇게 본다면", steps=supposed),
        Step("sheets", "달라지는 것", sentence=f"{official} {shown}".strip(), steps=tuple(told)),
    ]


def _change(rules: Rules, change: Change) -> str:
    names = {team.slug: team.name.ko for team in rules.teams}
    if isinstance(change, WithoutSheet):
        about = f"{names.get(change.team, change.team)} 평가표" if change.team else "모든 평가표"
        return f"{change.panelist} · {about} → 무효"
    if isinstance(change, OtherMark):
        leaf = rules.leaves().get(change.criterion)
        name = leaf.name.ko if leaf else change.criterion
        mark = "판단 불가" if change.mark is None else str(change.mark)
        return f"{change.panelist} · {names.get(change.team, change.team)} · {name} 평점 → {mark}"
    if isinstance(change, OtherValue):
        found = rules.measurable().get(change.address)
        inside = change.address.partition(".")[2]
        name = f"{found.name.ko}{f' ({inside})' if inside else ''}" if found else change.address
        return f"{names.get(change.team, change.team)} · {name} 값 → {number(change.score)}"
    return f"{rules.called(change.key)} 배점 → {number(change.points)}점 (그 안의 배점은 같은 비율로)"


def _difference(rules: Rules, one: Difference) -> str:
    if one.what == "points":
        before, after = (f"{shown}점" if shown is not None else "없음" for shown in (one.before, one.after))
        moved = "" if one.moved is None else f"({signed(one.moved, rules.decimals.part + 1)}점)"
        return f"{rules.called(one.key)} {before} → {after}{moved}"
    if one.what == "rank":
        before, after = (f"{rank}위" if rank else "셀 수 없음" for rank in (one.before, one.after))
        return f"순위 {before} → {after}"
    if one.what == "gate":
        return f"독자성 관문 {GATES.get(one.before or '', '–')} → {GATES.get(one.after or '', '–')}"
    words, name = (ELIGIBLE, "과락 기준") if one.what == "eligible" else (ADVANCING, "진출 여부")
    return f"{name} {words[one.before]} → {words[one.after]}"
