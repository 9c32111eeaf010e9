"""The steps about what is not there: sheets that do not count, and what one panelist or item less would change."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from evaluations.scoring.counting import count
from evaluations.scoring.decimals import rounded
from evaluations.scoring.evidence import Evidence, EvidenceError
from evaluations.scoring.leave_one_out import LeaveOneOut, Outcome, Without, outcomes
from evaluations.scoring.rules import Rules
from evaluations.scoring.steps import Step
from evaluations.scoring.tables import Result
from evaluations.scoring.wording import ADVANCES, signed

LEVELS = {"panelist": "sheets", "item": "items", "criterion": "criteria"}


def absence_steps(rules: Rules, evidence: Evidence, result: Result, team: str, without: LeaveOneOut) -> list[Step]:
    return [*_void(rules, evidence, result, team), *_one_less(rules, team, without)]


# --- Sheets that do not count: before and after


def _void(rules: Rules, evidence: Evidence, result: Result, team: str) -> list[Step]:
    """Each sheet about the team that is void, and what it would change if it counted."""
    panelists = [panelist for panelist, about in sorted(evidence.sheets) if about == team]
    steps = tuple(
        Step("sheets", panelist, sentence=_if_it_counted(rules, evidence, result, panelist, team))
        for panelist in panelists
        if evidence.is_void(panelist, team)
    )
    sentence = "무효이거나 회피한 평가표입니다. 점수와 순위, 관문의 어디에도 세지 않았습니다."
    return [Step("sheets", "세지 않은 평가표", f"{len(steps)}장", sentence, steps=steps)] if steps else []


def _if_it_counted(rules: Rules, evidence: Evidence, result: Result, panelist: str, team: str) -> str:
    others = {(panelist, other) for other in rules.slugs} if (panelist, None) in evidence.voids else set()
    voids = (evidence.voids | others) - {(panelist, team), (panelist, None)}
    try:
        counted = count(rules, replace(evidence, voids=voids))
    except EvidenceError:
        return "지금의 기준에 맞지 않는 평가표여서, 세었을 때의 점수와 견줄 수 없습니다."
    changes = _changes(rules, outcomes(result.teams)[team], outcomes(counted.teams)[team])
    return f"세었다면 {changes}." if changes else "세었더라도 점수와 순위, 진출은 같습니다."


# --- One less


def one_less_of_all(rules: Rules, without: LeaveOneOut) -> list[Step]:
    """Every change of ranks and seats that a single absence would make, and whose absence would make it."""
    if not any(without.all()) or all(whole.rank is None and whole.advances is None for whole in without.whole.values()):
        return []
    causes: dict[str, list[str]] = {}
    for one in without.all():
        if told := _everybody(rules, without, one):
            causes.setdefault(". ".join(told), []).append(_called(rules, one))
    steps = tuple(
        Step("sheets", told, f"{len(names)}가지", f"이 가운데 하나가 없었다면: {', '.join(names)}.")
        for told, names in causes.items()
    )
    same = "순위와 진출이 같습니다." if rules.parts else "진출 여부가 같습니다."
    sentence = (
        f"{_one_left_out(rules)} 빼고 다시 세면 이렇게 달라집니다. 나머지는 빼도 {same}"
        if steps
        else f"{'누구를, 무엇을' if rules.parts else '누구를'} 빼고 세어도 모든 팀의 {same}"
    )
    return [Step("sheets", "하나가 없었다면", sentence=sentence, steps=steps)]


def _one_left_out(rules: Rules) -> str:
    return "평가위원 한 사람이나 항목 하나를" if rules.parts else "평가위원 한 사람을"


def _everybody(rules: Rules, without: LeaveOneOut, one: Without) -> list[str]:
    told = []
    for team in rules.teams:
        old, new = without.whole[team.slug], one.teams[team.slug]
        changes = _standing(old, new)
        if changes:
            told.append(f"{team.name.ko}: {', '.join(changes)}")
    return told


def _one_less(rules: Rules, team: str, without: LeaveOneOut) -> list[Step]:
    """What depends on a single panelist, item or criterion: rank, seat, points."""
    whole = without.whole[team]
    steps = []
    if whole.rank is not None and any(without.all()):
        steps.append(_rank(rules, team, without))
    if (whole.rank, whole.advances) != (None, None) and any(without.all()):
        steps.append(_advance(rules, team, without))
    steps += _points(rules, team, without)
    if not steps:
        return []
    sentence = (
        f"{_one_left_out(rules)} 빼고 같은 규칙으로 다시 세어 봅니다. "
        "결과가 어느 하나에 달려 있는지 알려 줄 뿐, 공식 결과는 바뀌지 않습니다."
    )
    return [Step("parts", "하나가 없었다면", sentence=sentence, steps=tuple(steps))]


def _rank(rules: Rules, team: str, without: LeaveOneOut) -> Step:
    changing = without.changing_rank(team)
    ranks = [rank for one in (without.whole, *(each.teams for each in without.all())) if (rank := one[team].rank)]
    low, high = min(ranks), max(ranks)
    steps = tuple(_without(rules, one, _place(one.teams[team].rank)) for one in changing)
    shown = f"{low}위" if low == high else f"{low}위에서 {high}위 사이"
    return Step("rank", "순위", shown, _how_many(without, changing, "순위가"), steps=steps)


def _advance(rules: Rules, team: str, without: LeaveOneOut) -> Step:
    changing = without.changing_advance(team)
    now = ADVANCES[without.whole[team].advances]
    steps = tuple(_without(rules, one, f"{now} → {ADVANCES[one.teams[team].advances]}") for one in changing)
    return Step(
        "advances",
        "진출 여부",
        "달라질 수 있음" if changing else f"{now} 그대로",
        _how_many(without, changing, "진출 여부가"),
        steps=steps,
    )


def _without(rules: Rules, one: Without, shown: str) -> Step:
    level = "parts" if one.kind == "item" and "." not in one.key else LEVELS[one.kind]
    return Step(level, f"{_called(rules, one)} 없이", shown)


def _called(rules: Rules, one: Without) -> str:
    return one.key if one.kind == "panelist" else rules.called(one.key)


def _how_many(without: LeaveOneOut, changing: Sequence[Without], what: str) -> str:
    """On how many panelists and items it depends; the numbers alone, whose they are stands below."""
    people = sum(one.kind == "panelist" for one in changing)
    items = len(changing) - people
    told = []
    if without.panelists:
        whom = f"평가위원 {len(without.panelists)}명 가운데"
        told.append(f"{whom} {people}명은 그 사람이 없었다면" if people else f"{whom} 누가 없었어도")
        told[-1] += f" {what} {'달라집니다' if people else '같습니다'}."
    if without.items:
        which = f"항목 {len(without.items)}개 가운데"
        told.append(f"{which} {items}개는 그 항목이 없었다면" if items else f"{which} 무엇이 없었어도")
        told[-1] += f" {what} {'달라집니다' if items else '같습니다'}."
    return " ".join(told)


def _points(rules: Rules, team: str, without: LeaveOneOut) -> list[Step]:
    """The points without each panelist; nothing where no panelist gives any."""
    if not any(part.criteria for part in rules.parts):
        return []
    whole = without.whole[team]
    steps = []
    for one in without.panelists:
        moved = {key for key, value in one.teams[team].parts.items() if value != whole.parts[key]}
        changes = _changes(rules, whole, one.teams[team]) if moved else "점수는 같습니다"
        steps.append(Step("sheets", f"{one.key} 없이", sentence=f"{changes}."))
    return (
        [Step("sheets", "점수", sentence="평가위원 한 사람씩 빼면 이렇게 됩니다.", steps=tuple(steps))] if steps else []
    )


def _changes(rules: Rules, old: Outcome, new: Outcome) -> str:
    """What is different, as words; empty when nothing is."""
    found = []
    for part in rules.parts:
        was, now = old.parts[part.key], new.parts[part.key]
        if was != now:
            moved = "" if was is None or now is None else f"({signed(now - was, rules.decimals.part + 1)}점)"
            found.append(f"{part.name.ko} {_score(rules, was)} → {_score(rules, now)}{moved}")
    return ", ".join([*found, *_standing(old, new)])


def _standing(old: Outcome, new: Outcome) -> list[str]:
    found = []
    if old.rank is not None and old.rank != new.rank:
        found.append(f"순위 {_place(old.rank)} → {_place(new.rank)}")
    if old.advances != new.advances:
        found.append(f"진출 여부 {ADVANCES[old.advances]} → {ADVANCES[new.advances]}")
    return found


def _score(rules: Rules, value: Fraction | None) -> str:
    return "점수 없음" if value is None else f"{rounded(value, rules.decimals.part, rules.decimals.rule)}점"


def _place(rank: int | None) -> str:
    return "셀 수 없음" if rank is None else f"{rank}위"
