"""What an officer supposes when she weighs an objection – a sheet void, a mark, a value or a weight different – and what would follow.

Nothing is stored: the official result stays, and what is supposed travels in the address of the page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from django import forms

from evaluations.results.wording import advance_word
from evaluations.reviews.outline import CANNOT_JUDGE_LABEL
from evaluations.scoring.decimals import fraction
from evaluations.scoring.evidence import Evidence, EvidenceError
from evaluations.scoring.explain_what_if import what_if_steps
from evaluations.scoring.parts import Criterion, Part
from evaluations.scoring.rules import Rules
from evaluations.scoring.tables import TeamResult
from evaluations.scoring.what_if import (
    Change,
    ChangeError,
    OtherMark,
    OtherPoints,
    OtherValue,
    WithoutSheet,
    what_if,
)
from portal.charts import Pairs, pairs

NOT_COUNTED = "셀 수 없음"
NUMBER = "수를 적어 주세요. 예: 12 또는 92.5"

GROUPS = (
    ("평가표 한 장이 무효라면", ("void_seat", "void_team")),
    ("평점 하나가 달랐다면", ("mark_seat", "mark_team", "mark_criterion", "mark")),
    ("측정값 하나가 달랐다면", ("value_team", "value_item", "value")),
    ("배점 하나가 달랐다면", ("points_key", "points")),
)
MAY_STAY_EMPTY = {"void_team"}


def _choice(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False)


def _text(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=40, help_text=help_text)


class WhatIfForm(forms.Form):
    """One supposition of each kind, or some of them; what is begun has to be whole."""

    void_seat = _choice("평가위원")
    void_team = _choice("팀")
    mark_seat = _choice("평가위원")
    mark_team = _choice("팀")
    mark_criterion = _choice("평가 항목")
    mark = _text("평점", f"정수, 또는 ‘{CANNOT_JUDGE_LABEL}’")
    value_team = _choice("팀")
    value_item = _choice("측정 항목")
    value = _text("값")
    points_key = _choice("부문이나 항목")
    points = _text("배점", "그 안의 배점은 같은 비율로 바뀝니다.")

    def __init__(self, *args, rules: Rules, evidence: Evidence, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        marked = sorted({seat for seat, team in evidence.sheets if not evidence.is_void(seat, team)})
        teams = [(team.slug, team.name.ko) for team in rules.teams]
        offered = {
            "void_seat": [(seat, seat) for seat in evidence.panelists()],
            "mark_seat": [(seat, seat) for seat in marked],
            "mark_criterion": [
                (leaf.path, _marked(rules, part, leaf)) for part in rules.parts for leaf in part.leaves()
            ],
            "value_item": [(address, _measured(rules, address)) for address in rules.measurable()],
            "points_key": [(key, rules.called(key)) for key in rules.scored_keys()],
        }
        for name in ("void_team", "mark_team", "value_team"):
            offered[name] = teams
        for name, choices in offered.items():
            nothing = "모든 팀" if name in MAY_STAY_EMPTY else "고르지 않음"
            self.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]  # a ChoiceField, made above

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """For the page: the fields of one kind under its question."""
        for title, names in GROUPS:
            yield title, [self[name] for name in names]

    def clean_mark(self) -> int | str | None:
        text = self.cleaned_data["mark"].strip()
        if text in ("", CANNOT_JUDGE_LABEL):
            return None if text else ""
        if not (text.isascii() and text.isdecimal()):
            raise forms.ValidationError(f"정수나 ‘{CANNOT_JUDGE_LABEL}’를 적어 주세요.")
        return int(text)

    def clean_value(self) -> Fraction | str:
        return _number(self.cleaned_data["value"])

    def clean_points(self) -> Fraction | str:
        return _number(self.cleaned_data["points"])

    def clean(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if value != ""}
        begun = [names for _title, names in GROUPS if not given.keys().isdisjoint(names)]
        for names in begun:
            for name in names:
                if name not in given and name not in self.errors and name not in MAY_STAY_EMPTY:
                    self.add_error(name, "이 칸도 채워 주세요.")
        if not begun and not self.errors:
            raise forms.ValidationError("무엇이 달랐다면 어떨지 하나는 적어 주세요.")
        return self.cleaned_data

    def changes(self) -> tuple[Change, ...]:
        """What a valid form supposes."""
        said = self.cleaned_data
        found: list[Change] = []
        if said["void_seat"]:
            found.append(WithoutSheet(said["void_seat"], said["void_team"] or None))
        if said["mark_seat"]:
            found.append(OtherMark(said["mark_seat"], said["mark_team"], said["mark_criterion"], said["mark"]))
        if said["value_team"]:
            found.append(OtherValue(said["value_team"], said["value_item"], said["value"]))
        if said["points_key"]:
            found.append(OtherPoints(said["points_key"], said["points"]))
        return tuple(found)


def _marked(rules: Rules, part: Part, leaf: Criterion) -> str:
    return f"{rules.called(f'{part.key}.{leaf.path}')} ({leaf.lowest}–{leaf.highest})"


def _measured(rules: Rules, address: str) -> str:
    inside = address.partition(".")[2]
    return f"{rules.measurable()[address].name.ko}{f' ({inside})' if inside else ''}"


def _number(text: str) -> Fraction | str:
    if not text.strip():
        return ""
    try:
        return fraction(text.strip())
    except ValueError:
        raise forms.ValidationError(NUMBER) from None


@dataclass(frozen=True)
class Row:
    """One team: for each of `Supposed.columns` before and after, as shown."""

    team: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Supposed:
    """What would follow: the suppositions and the differences in words, a table and a picture. No picture where no team has a total;
    where a majority decides, neither totals nor ranks."""

    asked: dict[str, Any]
    told: dict[str, Any]
    columns: tuple[str, ...]
    rows: list[Row]
    picture: Pairs | None


def suppose(form: WhatIfForm, rules: Rules, evidence: Evidence) -> Supposed | None:
    """What would follow from a valid form; None, and an error in the form, where what is supposed does not fit the stage."""
    try:
        found = what_if(rules, evidence, *form.changes())
    except (ChangeError, EvidenceError) as refused:
        for fault in refused.faults:
            form.add_error(None, str(fault))
        return None
    asked, told = (step.to_json() for step in what_if_steps(rules, found))
    names = {team.slug: team.name.ko for team in rules.teams}
    asides = [(names[one.team], one, other) for one, other in zip(found.before.teams, found.after.teams, strict=True)]
    columns = (*((("총점", _total), ("순위", _rank)) if rules.parts else ()), ("진출", _advances))
    rows = [Row(name, tuple((word(one), word(other)) for _title, word in columns)) for name, one, other in asides]
    return Supposed(asked, told, tuple(title for title, _word in columns), rows, _picture(asides))


def _total(team: TeamResult) -> str:
    return team.total.shown or NOT_COUNTED


def _rank(team: TeamResult) -> str:
    return f"{team.rank}위" if team.rank else NOT_COUNTED


def _advances(team: TeamResult) -> str:
    return advance_word(team.advances)


def _picture(asides: list[tuple[str, TeamResult, TeamResult]]) -> Pairs | None:
    drawn = [
        (name, one.total.shown, other.total.shown)
        for name, one, other in asides
        if one.total.shown and other.total.shown
    ]
    if not drawn:
        return None
    ends = [Fraction(total) for _team, *totals in drawn for total in totals]
    return pairs(drawn, floor(min(ends)) - 1, ceil(max(ends)) + 1, ("지금", "이렇게 본다면"), "팀")
