"""How one team's points came about, step by step, in words and numbers that can be recomputed by hand.

    for step in explain(rules, evidence, result, "lg"): ...

Every step names its level (`total`, `parts`, `items`, `criteria`, `sheets`, `rank`, `gate`, `advances`), so that whoever shows
it can leave out what the reader may not be told. Numbers stand exact where they are short and rounded as the stage rounds.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from evaluations.scoring.averages import mean, trimmed
from evaluations.scoring.decimals import rounded
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.items import star_means
from evaluations.scoring.rules import Rules
from evaluations.scoring.tables import ItemScore, PartScore, Points, Result, SheetScore, TeamResult
from evaluations.scoring.wording import FINDINGS, GATES, REASONS, USES, absence


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is about, what came out, why, and the arithmetic."""

    level: str
    title: str
    shown: str = ""
    sentence: str = ""
    formula: str = ""
    steps: tuple["Step", ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def explain(rules: Rules, evidence: Evidence, result: Result, team: str) -> list[Step]:
    """All steps behind one team's line of a result. KeyError for a team that is not there."""
    found = {line.team: line for line in result.teams}[team]
    steps = [_part(rules, evidence, score, team) for score in found.parts]
    steps.append(_total(found))
    steps.append(_rank(rules, found, len(result.teams)))
    if rules.gate is not None:
        steps.append(_gate(rules, found))
    if found.recognition is not None:
        steps.append(_recognition(found))
    steps.append(_advance(found))
    return steps


def explain_all(rules: Rules, evidence: Evidence, result: Result) -> dict[str, list[dict[str, Any]]]:
    """Team → steps as plain data, for storing beside a run."""
    return {
        line.team: [step.to_json() for step in explain(rules, evidence, result, line.team)] for line in result.teams
    }


def number(value: Fraction) -> str:
    """A number to read: exact when its decimals end within six places, else the fraction with its value."""
    six = value * 10**6
    if six.denominator == 1:
        return str(rounded(value, 6, "ROUND_HALF_UP")).rstrip("0").rstrip(".")
    return f"{value.numerator}/{value.denominator}(약 {rounded(value, 4, 'ROUND_HALF_UP')})"


def _shown(points: Points) -> str:
    return f"{points.shown}점" if points.shown is not None else "미공표"


def _why_absent(points: Points) -> str:
    if points.absent is None:
        return ""
    missing = f" (없는 것: {', '.join(points.absent.missing)})" if points.absent.missing else ""
    return f"{absence(points.absent.code)}{missing}."


def _part(rules: Rules, evidence: Evidence, score: PartScore, team: str) -> Step:
    part = score.part
    title = f"{part.name.ko} ({part.points}점 만점)"
    if score.criteria is not None:
        return _panel(rules, score, title)
    if part.given:
        sentence = _why_absent(score.points) or "발표된 점수를 그대로 옮겼습니다."
        return Step("parts", title, _shown(score.points), sentence)
    steps = tuple(_item(rules, evidence, item, team) for item in score.items)
    adding = [item.points.value for item in score.items]
    formula = ""
    if score.points.value is not None:
        formula = (
            " + ".join(number(value) for value in adding if value is not None) + f" = {number(score.points.value)}"
        )
    return Step(
        "parts", title, _shown(score.points), _why_absent(score.points) or "항목의 점수를 더합니다.", formula, steps
    )


def _item(rules: Rules, evidence: Evidence, score: ItemScore, team: str) -> Step:
    item = score.item
    title = f"{item.name.ko} ({item.points}점 만점)"
    if score.points.value is None:
        return Step("items", title, _shown(score.points), _why_absent(score.points))
    if score.basis == "given" or score.value is None:
        return Step("items", title, _shown(score.points), "발표된 점수를 그대로 옮겼습니다.")
    sentence, formula = _rule(score)
    inner = _stars(rules, evidence, score, team) if item.source == "ratings" else ()
    return Step("items", title, _shown(score.points), sentence, formula, inner)


def _rule(score: ItemScore) -> tuple[str, str]:
    """The sentence and the arithmetic of an item's rule, with this team's numbers."""
    item, value, reference, points = score.item, score.value, score.reference, score.points.value
    if value is None or points is None:
        return "", ""
    own, full, out = number(value), item.points, number(points)
    against = number(reference) if reference is not None else ""
    if item.rule == "given":
        return "발표된 점수를 그대로 옮겼습니다.", ""
    if item.rule == "share":
        return "만점에 대한 비율만큼 받습니다.", f"{full} × {own} ÷ {number(item.maximum or Fraction(1))} = {out}"
    if item.rule == "mean":
        several = f"값 {len(item.values)}개의 평균은 {own}입니다. " if item.values else ""
        return f"{several}평균을 100으로 나눈 만큼 받습니다.", f"{full} × {own} ÷ 100 = {out}"
    if item.rule == "ratio_to_target":
        ratio = f"{against} ÷ {own}" if item.lower else f"{own} ÷ {against}"
        return "목표에 대한 비율만큼 받으며 100%를 넘지 않습니다.", f"{full} × min(1, {ratio}) = {out}"
    if item.rule == "ratio_to_best":
        ratio = f"{against} ÷ {own}" if item.lower else f"{own} ÷ {against}"
        return "가장 좋은 팀에 대한 비율만큼 받습니다.", f"{full} × {ratio} = {out}"
    if item.rule == "share_of_scale":
        return f"별점 평균 {own}을 1점은 0, 5점은 만점이 되도록 옮깁니다.", f"{full} × ({own} − 1) ÷ 4 = {out}"
    if item.rule == "expected_win_share":
        return f"다른 팀 하나하나와 비교해 이긴 비율(비기면 절반)의 평균은 {own}입니다.", f"{full} × {own} = {out}"
    return f"값 {own}의 순위에 정한 점수를 받습니다.", f"= {out}"


def _stars(rules: Rules, evidence: Evidence, score: ItemScore, team: str) -> tuple[Step, ...]:
    steps = []
    for star in star_means(score.item, evidence, team, rules.slugs):
        given, people = sum((n + 1) * count for n, count in enumerate(star.counts)), sum(star.counts)
        counts = ", ".join(f"{n}점 {count}개" for n, count in enumerate(star.counts, start=1))
        prior = score.item.prior
        formula = (
            f"({number(prior)} × {number(star.grand)} + {given}) ÷ ({number(prior)} + {people}) = {number(star.shrunk)}"
        )
        steps.append(
            Step(
                "sheets", f"물음 ‘{star.question}’",
                sentence=f"별점 {people}개: {counts}. 전체 평균 {number(star.grand)} 쪽으로 {number(prior)}개만큼 당깁니다.",
                formula=formula,
            )
        )  # fmt: skip
    return tuple(steps)


def _panel(rules: Rules, score: PartScore, title: str) -> Step:
    counted = [sheet for sheet in score.sheets if sheet.use == "counted"]
    dropped = len(score.sheets) - len(counted)
    sentence = _why_absent(score.points)
    formula = ""
    if not sentence:
        drop = (
            f"가장 높은 것과 가장 낮은 것을 하나씩 뺀 {len(counted)}장을 평균합니다."
            if dropped
            else f"평가표 {len(counted)}장을 평균합니다."
        )
        small = " 평가표가 3장보다 적어 빼지 않았습니다." if score.small else ""
        sentence = f"평가표 {len(score.sheets)}장이 들어왔습니다. {drop}{small}"
    if score.points.value is not None and score.part.aggregate != "drop_high_low_per_criterion":
        adding = " + ".join(number(sheet.total) for sheet in counted)
        formula = f"({adding}) ÷ {len(counted)} = {number(score.points.value)}"
    sheets = Step(
        "sheets", "평가표별 합계",
        steps=tuple(Step("sheets", sheet.panelist, number(sheet.total), USES[sheet.use]) for sheet in score.sheets),
    )  # fmt: skip
    criteria = Step(
        "criteria", "항목별 평균",
        steps=tuple(_criterion(rules, score, path, points) for path, points in (score.criteria or {}).items()),
    )  # fmt: skip
    return Step("parts", title, _shown(score.points), sentence, formula, (criteria, sheets, _without_one(rules, score)))


def _criterion(rules: Rules, score: PartScore, path: str, points: Points) -> Step:
    found = next(criterion for criterion in score.part.all_criteria() if criterion.path == path)
    return Step("criteria", f"{found.name.ko} ({found.points}점 만점)", _shown(points), _why_absent(points))


def _without_one(rules: Rules, score: PartScore) -> Step:
    """What the part would be without each one of the sheets: the same rule over the rest."""
    steps = []
    if (
        score.part.aggregate != "drop_high_low_per_criterion"
        and score.points.value is not None
        and len(score.sheets) > 1
    ):
        for left_out in score.sheets:
            points = _again(score, [sheet for sheet in score.sheets if sheet is not left_out])
            change = points - score.points.value
            sign = "+" if change > 0 else "−" if change < 0 else "±"
            shown = rounded(points, rules.decimals.part, rules.decimals.rule)
            moved = rounded(abs(change), rules.decimals.part + 1, rules.decimals.rule)
            steps.append(Step("sheets", f"{left_out.panelist} 없이", f"{shown}점", f"{sign}{moved}점"))
    return Step("sheets", "평가표 한 장이 없었다면", sentence="같은 규칙으로 나머지를 다시 셉니다.", steps=tuple(steps))


def _again(score: PartScore, sheets: list[SheetScore]) -> Fraction:
    ordered = sorted(sheets, key=lambda sheet: sheet.total)
    if score.part.aggregate == "drop_high_low" and len(ordered) >= 3:
        ordered = list(trimmed(ordered)[2])
    return mean(sheet.total for sheet in ordered)


def _total(found: TeamResult) -> Step:
    parts = [(score.part.name.ko, score.points.value) for score in found.parts]
    formula = ""
    if found.total.value is not None:
        formula = (
            " + ".join(number(value) for _, value in parts if value is not None) + f" = {number(found.total.value)}"
        )
    sentence = _why_absent(found.total) or "부문의 점수를 반올림하지 않고 더한 뒤, 보일 때 한 번만 반올림합니다."
    return Step("total", "총점", _shown(found.total), sentence, formula)


def _rank(rules: Rules, found: TeamResult, teams: int) -> Step:
    if found.rank is None:
        return Step("rank", "순위", "미공표", "총점이 없는 팀이 있어 순위를 셀 수 없고, 발표된 순위도 없습니다.")
    if found.rank_basis == "published":
        return Step("rank", "순위", f"{found.rank}위", "총점이 없는 팀이 있어 셀 수 없으므로 발표된 순위를 옮겼습니다.")
    chain = f" 총점이 같으면 {', '.join(rules.tie_break)} 순으로 견줍니다." if rules.tie_break else ""
    return Step("rank", "순위", f"{found.rank}위", f"반올림하지 않은 총점으로 {teams}팀을 견줍니다.{chain}")


def _gate(rules: Rules, found: TeamResult) -> Step:
    by = "평가위원 과반의 판단입니다." if rules.gate and rules.gate.decided_by == "majority" else "위원회의 결정입니다."
    asked = tuple(
        Step("gate", f"{component} · {item}", sentence=_votes(tally))
        for (component, item), tally in found.gate_tallies.items()
        if any(tally.values())
    )
    return Step("gate", "독자성 관문", GATES.get(found.gate or "", "–"), by, steps=asked)


def _votes(tally: Mapping[str, int]) -> str:
    return ", ".join(f"{FINDINGS[word]} {tally.get(word, 0)}명" for word in FINDINGS)


def _recognition(found: TeamResult) -> Step:
    vote = found.recognition
    if vote is None or vote.recognised is None:
        return Step("advances", "과반 인정", "미공표", "공개되거나 들어온 표가 없습니다.")
    quorum = "" if vote.quorate else " 정족수에 이르지 못했습니다."
    shown = "인정" if vote.recognised else "불인정"
    return Step(
        "advances", "과반 인정", shown, f"인정 {vote.yes}표, 불인정 {vote.no}표, 기권 {vote.abstain}표입니다.{quorum}"
    )


def _advance(found: TeamResult) -> Step:
    shown = {True: "진출", False: "탈락", None: "미정"}[found.advances]
    below = "".join(f" {one.key}: {number(one.value)} < {number(one.floor)}." for one in found.below)
    return Step("advances", "진출", shown, f"{REASONS.get(found.advances_because, found.advances_because)}.{below}")
