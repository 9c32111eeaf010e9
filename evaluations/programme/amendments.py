"""What differs between two editions of a configuration, and what of it may be amended in which phase. Pure.

An amendment changes values and never the rows they stand in: teams, parts, items, criteria, questions and rounds stay as they were frozen.
Who has seen marks may not move what is scored, so the later the phase, the less may change (decision 0019).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from evaluations.programme.phases import Phase

Config = dict[str, Any]
Path = tuple[str | int, ...]

KNOWN_BY = {
    "anchors": ("mark",),
    "members": ("organisation", "unit", "from"),
    "published": ("what", "key", "team"),
    "teams": ("slug",),
}
"""By what a row of these lists is the same row in both editions; the rows of all others have a key."""

WHOLE = ("gate", "users")
"""Tables that are rows of their own: they are there or not, as a row of a list is."""


@dataclass(frozen=True)
class Change:
    """One place that says something else; None where it says nothing. `of_rows`: rows came, went or changed places."""

    path: Path
    before: Any
    after: Any
    of_rows: bool = False


def changes(before: Config, after: Config) -> list[Change]:
    """Every place at which the two differ, in the order in which they stand."""
    return list(_changes(before, after, ()))


def _changes(before: Any, after: Any, path: Path) -> Iterator[Change]:
    if before == after:
        return
    if None in (before, after) and path[-1:] and path[-1] in WHOLE:
        yield Change(path, before, after, of_rows=True)
    elif _is_all(dict, before, after):
        before, after = before or {}, after or {}
        for name in dict.fromkeys((*before, *after)):
            yield from _changes(before.get(name), after.get(name), (*path, name))
    elif _rows(before) or _rows(after):
        if _is_all(list, before, after) and _known(before, path) == _known(after, path):
            for place, (left, right) in enumerate(zip(before, after, strict=True)):
                yield from _changes(left, right, (*path, place))
        else:
            yield Change(path, before, after, of_rows=True)
    else:
        yield Change(path, before, after)


def _is_all(kind: type, *values: Any) -> bool:
    return all(value is None or isinstance(value, kind) for value in values)


def _rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, dict) for row in value)


def _known(rows: list[Config] | None, path: Path) -> list[tuple]:
    names = KNOWN_BY.get(str(path[-1]), ("key",))
    return [tuple(row.get(name) for name in names) for row in rows or []]


def generic(path: Path) -> str:
    """The place without saying in which row: `parts.criteria.points`. Sub-criteria are criteria."""
    return ".".join(str(step) for step in path if isinstance(step, str)).replace("criteria.criteria", "criteria")


# ---------------------------------------------------------------- what may change


class Sort(StrEnum):
    """What sort of thing a value of the configuration is, as far as amending goes."""

    FIXED = "fixed"  # never
    RULE = "rule"  # what is asked, and how it is counted and told
    START = "start"  # when the rules are frozen and judging begins
    CLOSES = "closes"
    PUBLISHED = "published"
    WORDS = "words"  # names, descriptions, level descriptors
    NOTE = "note"


FIXED = {
    "schema": "형식의 판은 바꾸는 값이 아닙니다.",
    "slug": "기록과 주소가 이 식별자로 단계를 찾습니다.",
    "sample": "표본인지 아닌지는 자료의 성격이라 바꿀 수 없습니다.",
    "time_zone": "시간대를 바꾸면 모든 시각의 표기가 달라집니다. 시각을 하나씩 정정해 주세요.",
    "teams": "이해관계 신고와 이름 노출 검사를 이 팀 이름과 구성 기관으로 마쳤습니다.",
    "published": "이미 공표된 사실을 옮긴 것이라 바꿀 수 없습니다.",
    "parts.kind": "부문의 종류가 바뀌면 다른 부문입니다.",
    "parts.rule": "부문의 규칙이 바뀌면 다른 부문입니다.",
    "parts.items.values": "측정값이 이 키로 들어옵니다.",
    "parts.items.given": "다른 곳에서 발표된 점수를 옮긴 것이라 바꿀 수 없습니다.",
    "rounds.kind": "차수의 방식에 따라 배정과 자료를 준비했습니다.",
    "rounds.blind": "가림 여부에 따라 부호명과 가림본을 준비했습니다.",
    "rounds.counts": "점수에 반영하는 차수는 바꿀 수 없습니다.",
    "gate.items.side": "관문 항목이 다른 측면의 것이 됩니다.",
    "gate.items.components": "무엇을 물을지가 달라져, 줄을 더하거나 빼는 것과 같습니다.",
}
"""What no amendment changes, and why; with it all that lies inside."""

SORTS = {
    "timetable.frozen": Sort.START,
    "timetable.opens": Sort.START,
    "timetable.closes": Sort.CLOSES,
    "timetable.published": Sort.PUBLISHED,
    "note": Sort.NOTE,
    "programme": Sort.WORDS,
    "name": Sort.WORDS,
    "parts.name": Sort.WORDS,
    "parts.items.name": Sort.WORDS,
    "parts.criteria.name": Sort.WORDS,
    "parts.criteria.guide": Sort.WORDS,
    "parts.criteria.anchors.ko": Sort.WORDS,
    "parts.criteria.anchors.en": Sort.WORDS,
    "rounds.name": Sort.WORDS,
    "gate.sides.name": Sort.WORDS,
    "gate.components.name": Sort.WORDS,
    "gate.items.text": Sort.WORDS,
}
"""Everything else is a rule: also what citizens are asked, whom nobody could ask to sign again."""

LATER = frozenset({Sort.PUBLISHED, Sort.NOTE})
MEANWHILE = LATER | {Sort.CLOSES, Sort.WORDS}
MAY_CHANGE: dict[Phase, frozenset[Sort]] = {
    Phase.FROZEN: frozenset(Sort) - {Sort.FIXED},
    Phase.OPEN: MEANWHILE,
    Phase.CLOSED: LATER,
    Phase.COUNTED: LATER,
}
"""In which phase what may be amended; in all others nothing."""

ROWS_STAY = "팀, 부문, 항목, 기준, 물음, 차수는 더하거나 빼거나 차례를 바꿀 수 없습니다. 값만 정정할 수 있습니다."
EVIDENCE_IS_IN = (
    "평가나 측정값이 이미 들어와 있어, 무엇을 어떻게 세는지는 바꿀 수 없습니다. 일정과 글만 정정할 수 있습니다."
)
JUDGING = "평가를 시작한 뒤에는 무엇을 묻고 어떻게 세는지 바꿀 수 없습니다. 마감, 공표 시각과 글만 정정할 수 있습니다."
CLOSED = "마감한 뒤에는 공표 시각과 안내만 정정할 수 있습니다."
ONLY_LATER = "마감은 미룰 수만 있습니다. 지금 정해진 마감보다 늦은 시각으로 적어 주세요."
NOT_PAST = "이미 지난 시각입니다. 지금보다 늦은 시각으로 적어 주세요."


def may_amend(phase: Phase) -> bool:
    """Is there anything that may be amended now?"""
    return phase in MAY_CHANGE


def sort_of(path: Path) -> Sort:
    place = generic(path)
    if any(_within(place, fixed) for fixed in FIXED):
        return Sort.FIXED
    return next((sort for name, sort in SORTS.items() if _within(place, name)), Sort.RULE)


def _within(place: str, name: str) -> bool:
    return place == name or place.startswith(f"{name}.")


def sorts_in(phase: Phase, *, evidence: bool) -> frozenset[Sort]:
    """What may change now. With `evidence` somebody may know already what a change of the rules would do."""
    allowed = MAY_CHANGE.get(phase, frozenset())
    return allowed - {Sort.RULE} if evidence else allowed


def refused(found: Iterable[Change], *, phase: Phase, evidence: bool, now: datetime) -> list[tuple[Change, str]]:
    """Each of these changes that may not be made now, and why, as a Korean sentence."""
    allowed = sorts_in(phase, evidence=evidence)
    reasons = [(change, _why_not(change, allowed, phase, now)) for change in found]
    return [(change, why) for change, why in reasons if why]


def _why_not(change: Change, allowed: frozenset[Sort], phase: Phase, now: datetime) -> str:
    sort = sort_of(change.path)
    if sort is Sort.FIXED:
        return next(why for name, why in FIXED.items() if _within(generic(change.path), name))
    if change.of_rows:
        return ROWS_STAY
    if sort in allowed:
        return _early_close(change, now) if sort is Sort.CLOSES and phase is Phase.OPEN else ""
    return {Phase.FROZEN: EVIDENCE_IS_IN, Phase.OPEN: JUDGING}.get(phase, CLOSED)


def _early_close(change: Change, now: datetime) -> str:
    """Work that somebody planned for is not cut off; what was closed a moment ago by an outage may be opened again."""
    before, after = datetime.fromisoformat(change.before), datetime.fromisoformat(change.after)
    if after <= before:
        return ONLY_LATER
    return NOT_PAST if after <= now else ""
