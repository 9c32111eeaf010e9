"""Objection simulation: the count once more with something changed, beside the official one and never in its place.

    found = what_if(rules, evidence, WithoutSheet("위원 03", "lg"))
    for difference in found.differences(): ...

Several changes are made together. The evidence and the rules handed in stay as they are; what comes out carries another input
digest, or none for its rules, so that it can never pass for a result of the stage.

    Marks 10, 8, 7, 3 of ten, highest and lowest dropped: 7.5. With the 10 void it is the 7 that stays: −0.5.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from evaluations.scoring.amending import amended
from evaluations.scoring.counting import count
from evaluations.scoring.decimals import exact
from evaluations.scoring.evidence import Evidence, Measurement
from evaluations.scoring.places import Fault, Faults
from evaluations.scoring.rules import Rules
from evaluations.scoring.tables import Result, TeamResult


class ChangeError(Faults):
    """What should be changed is not there. `str()` is `where: why`, one fault a line; `.faults` has them apart."""


@dataclass(frozen=True, slots=True)
class WithoutSheet:
    """One panelist's sheet about one team void, with its findings and vote; without a team, everything of the panelist."""

    panelist: str
    team: str | None = None


@dataclass(frozen=True, slots=True)
class OtherMark:
    """One criterion of one sheet marked differently; None is "cannot judge"."""

    panelist: str
    team: str
    criterion: str
    mark: int | None


@dataclass(frozen=True, slots=True)
class OtherValue:
    """One measured item of one team at another value; `address` as in benchmarks.csv."""

    team: str
    address: str
    score: Fraction


@dataclass(frozen=True, slots=True)
class OtherPoints:
    """One weight amended: `key` as in a result (`part`, `part.item`, `part.criterion`), rule in `amending`."""

    key: str
    points: Fraction


Change = WithoutSheet | OtherMark | OtherValue | OtherPoints


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing about one team that would be different.

    what     points | rank | eligible | gate | advances; `key` says which points
    before   as shown; None is absent or open
    moved    by how many exact points, where both are there
    """

    team: str
    what: str
    key: str
    before: str | None
    after: str | None
    moved: Fraction | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The official count, the simulated one, and what was changed."""

    changes: tuple[Change, ...]
    before: Result
    after: Result

    def differences(self) -> tuple[Difference, ...]:
        """In the order of teams and of the rules; points that differ less than the stage shows are there too."""
        pairs = zip(self.before.teams, self.after.teams, strict=True)
        return tuple(difference for before, after in pairs for difference in _differences(before, after))

    def to_json(self) -> dict[str, Any]:
        """What was changed and what would be different, as plain data; exact points as decimal text or ratio."""
        return {
            "changes": [{"change": type(change).__name__, **_plain(asdict(change))} for change in self.changes],
            "differences": [_plain(asdict(difference)) for difference in self.differences()],
        }


def what_if(rules: Rules, evidence: Evidence, *changes: Change) -> WhatIf:
    """The count with these changes, one after the other. Raises ChangeError for what is not there or no longer counts, EvidenceError
    for a value that does not fit the rules.

    Both counts stand on the evidence alone: a rank that was only published elsewhere would stay whatever is changed.
    """
    rules = replace(rules, facts=())
    before = count(rules, evidence)
    for change in changes:
        rules, evidence = _changed(rules, evidence, change)
    return WhatIf(changes, before, count(rules, evidence))


def _changed(rules: Rules, evidence: Evidence, change: Change) -> tuple[Rules, Evidence]:
    if isinstance(change, WithoutSheet):
        _expect_sheet(evidence, _said(evidence), change.panelist, change.team)
        return rules, evidence.with_void(change.panelist, change.team)
    if isinstance(change, OtherMark):
        _expect_sheet(evidence, set(evidence.sheets), change.panelist, change.team)
        return rules, evidence.with_mark(change.panelist, change.team, change.criterion, change.mark)
    if isinstance(change, OtherValue):
        return rules, evidence.with_measurement(change.team, change.address, Measurement(change.score))
    _expect(change.key in rules.scored_keys(), change.key, "평가 부문이나 항목에 없는 이름입니다.")
    _expect(change.points >= 0, rules.called(change.key), "배점은 0보다 작을 수 없습니다.")
    return amended(rules, evidence, change.key, change.points)


def _expect(condition: bool, where: str, why: str) -> None:
    if not condition:
        raise ChangeError([Fault(where, why)])


def _expect_sheet(evidence: Evidence, there: set[tuple[str, str]], panelist: str, team: str | None) -> None:
    """One of `there` is meant, and it counts."""
    where = f"평가표({panelist}, {team or '모두'})"
    meant = [pair for pair in there if pair[0] == panelist and team in (None, pair[1])]
    _expect(bool(meant), where, "없는 평가표입니다.")
    _expect(not all(evidence.is_void(*pair) for pair in meant), where, "이미 세지 않는 평가표입니다.")


def _said(evidence: Evidence) -> set[tuple[str, str]]:
    """(panelist, team) of everything anybody said."""
    return {*evidence.sheets, *((key[0], key[1]) for key in evidence.findings), *evidence.recognitions}


def _differences(before: TeamResult, after: TeamResult) -> Iterator[Difference]:
    old, new = before.points(), after.points()
    for key, was in old.items():
        now = new.get(key)
        value = now.value if now else None
        if was.value != value:
            moved = None if was.value is None or value is None else value - was.value
            yield Difference(before.team, "points", key, was.shown, now.shown if now else None, moved)
    for what in ("rank", "eligible", "gate", "advances"):
        one, other = getattr(before, what), getattr(after, what)
        if one != other:
            yield Difference(before.team, what, "", _word(one), _word(other))


def _word(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {key: exact(value) if isinstance(value, Fraction) else value for key, value in record.items()}
