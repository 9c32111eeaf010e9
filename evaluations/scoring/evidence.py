"""What was said and measured: the second input of a count.

A record, not a table of rows: the order in which rows arrive is lost on the way in, so it cannot matter. People are
random seats (`panelist`); citizens appear only as tallies. A thing nobody said is absent, never zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Any, TypeVar

from evaluations.scoring.canonical import digest
from evaluations.scoring.decimals import exact, fraction, from_exact
from evaluations.scoring.parts import Criterion, Item
from evaluations.scoring.places import Fault, Faults
from evaluations.scoring.rules import Rules

FINDINGS = ("met", "not_met", "cannot_judge")
VOTES = ("yes", "no", "abstain")
DECISIONS = ("met", "not_met")
PLACES = ("in", "out")
_V = TypeVar("_V")


class EvidenceError(Faults):
    """The evidence does not fit the rules. `str()` is `where: why`, one fault a line; `.faults` has them apart."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number measured elsewhere, and where it comes from."""

    score: Fraction
    source: str = ""

    @classmethod
    def of(cls, text: str, source: str = "") -> "Measurement":
        """From a plain decimal; ValueError for any other text."""
        return cls(fraction(text), source)


@dataclass(frozen=True, slots=True)
class Choices:
    """How often citizens who saw one team on the left (a) and one on the right (b) chose what."""

    a: int = 0
    b: int = 0
    both_good: int = 0
    both_bad: int = 0
    skip: int = 0

    def __add__(self, other: "Choices") -> "Choices":
        return Choices(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def ties(self) -> int:
        return self.both_good + self.both_bad

    @property
    def compared(self) -> int:
        """Comparisons made; `skip` is none."""
        return self.a + self.b + self.ties


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What the committee decided of a team that is level on the line: in | out, between which teams, and why.

    `among` are the teams that were level there, the team itself one of them; none where it was not written down, and then the decision counts
    in no tie. The reason is empty where nobody wrote one down.
    """

    decision: str
    among: frozenset[str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a count reads.

    measurements   (team, address) → Measurement; `address` as in benchmarks.csv: item, item.value, or part
    sheets         (panelist, team) → {criterion path: mark, or None for "cannot judge"}; sheets that count, complete
    voids          (panelist, team) whose sheet, findings and vote leave the set; (panelist, None) for all of theirs
    findings       (panelist, team, component, item) → met | not_met | cannot_judge
    recognitions   (panelist, team) → yes | no | abstain
    ratings        (team, question) → how many gave 1, 2, 3, 4, 5
    comparisons    (team on the left, team on the right) → Choices
    decisions      team → met | not_met: the committee's decision on the gate
    line_decisions team → LineDecision: the committee's decision where teams are level on the line
    """

    measurements: Mapping[tuple[str, str], Measurement] = field(default_factory=dict)
    sheets: Mapping[tuple[str, str], Mapping[str, int | None]] = field(default_factory=dict)
    voids: frozenset[tuple[str, str | None]] = frozenset()
    findings: Mapping[tuple[str, str, str, str], str] = field(default_factory=dict)
    recognitions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    ratings: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    comparisons: Mapping[tuple[str, str], Choices] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    line_decisions: Mapping[str, LineDecision] = field(default_factory=dict)

    def is_void(self, panelist: str, team: str) -> bool:
        return (panelist, team) in self.voids or (panelist, None) in self.voids

    def sheets_of(self, team: str) -> dict[str, Mapping[str, int | None]]:
        """The sheets about a team that are not void, by panelist in sorted order."""
        return {
            panelist: marks
            for (panelist, about), marks in sorted(self.sheets.items())
            if about == team and not self.is_void(panelist, about)
        }

    def panelists(self) -> tuple[str, ...]:
        """Everybody of whom something counts: marks, findings or a vote that is not void. Sorted."""
        said = [*self.sheets, *((key[0], key[1]) for key in self.findings), *self.recognitions]
        return tuple(sorted({panelist for panelist, team in said if not self.is_void(panelist, team)}))

    def with_void(self, panelist: str, team: str | None = None) -> "Evidence":
        return replace(self, voids=self.voids | {(panelist, team)})

    def with_measurement(self, team: str, address: str, measurement: Measurement) -> "Evidence":
        return replace(self, measurements={**self.measurements, (team, address): measurement})

    def with_mark(self, panelist: str, team: str, criterion: str, mark: int | None) -> "Evidence":
        marks = {**self.sheets[panelist, team], criterion: mark}
        return replace(self, sheets={**self.sheets, (panelist, team): marks})

    def digest(self) -> str:
        """SHA-256 of the canonical JSON: the same for the same evidence, whatever the order of rows."""
        return digest(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Plain lists sorted by their keys; measured numbers as decimal text. `from_json` reads it back.

        Decisions at the line came later than the rest: where there are none they are not named, so that older evidence keeps its digest.
        """
        line = [
            {"team": team, "decision": found.decision, "among": sorted(found.among), "reason": found.reason}
            for team, found in _sorted(self.line_decisions)
        ]
        told = {
            "measurements": [
                {"team": team, "item": address, "score": exact(found.score), "source": found.source}
                for (team, address), found in _sorted(self.measurements)
            ],
            "sheets": [
                {"panelist": panelist, "team": team, "marks": dict(sorted(marks.items()))}
                for (panelist, team), marks in _sorted(self.sheets)
            ],
            "voids": [
                {"panelist": panelist, "team": team}
                for panelist, team in sorted(self.voids, key=lambda void: (void[0], void[1] or ""))
            ],
            "findings": [
                {"panelist": key[0], "team": key[1], "component": key[2], "item": key[3], "finding": finding}
                for key, finding in _sorted(self.findings)
            ],
            "recognitions": [
                {"panelist": panelist, "team": team, "recognised": vote}
                for (panelist, team), vote in _sorted(self.recognitions)
            ],
            "ratings": [
                {"team": team, "question": question, "counts": list(counts)}
                for (team, question), counts in _sorted(self.ratings)
            ],
            "comparisons": [
                {"left": left, "right": right, **{f.name: getattr(choices, f.name) for f in fields(choices)}}
                for (left, right), choices in _sorted(self.comparisons)
            ],
            "decisions": [{"team": team, "decision": decision} for team, decision in _sorted(self.decisions)],
        }
        return told | {"line_decisions": line} if line else told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Evidence":
        """The evidence whose `to_json()` this is. Raises EvidenceError when it is not of that shape."""
        try:
            return _read(data)
        except EvidenceError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EvidenceError([Fault("근거 자료", f"형식이 다릅니다 ({type(error).__name__}: {error}).")]) from None

    def check(self, rules: Rules) -> None:
        """Raises EvidenceError with every place where this evidence does not fit `rules`; absence is no fault.

        What is void is not looked at: it counts for nothing, and it may have been said under rules amended since.
        """
        found = list(_faults(self, rules))
        if found:
            raise EvidenceError(found)


def _sorted(mapping: Mapping[Any, _V]) -> list[tuple[Any, _V]]:
    return sorted(mapping.items(), key=lambda pair: pair[0])


_KEYS = {
    "measurements": ("team", "item"),
    "sheets": ("panelist", "team"),
    "findings": ("panelist", "team", "component", "item"),
    "recognitions": ("panelist", "team"),
    "ratings": ("team", "question"),
    "comparisons": ("left", "right"),
    "decisions": ("team",),
    "line_decisions": ("team",),
}
"""What tells the rows of a list apart: of two with the same, which one counts would depend on their order."""


def _refuse_twice(data: Mapping[str, Any]) -> None:
    for name, columns in _KEYS.items():
        seen = set()
        for row in data.get(name, []):
            key = tuple(row[column] for column in columns)
            if key in seen:
                raise EvidenceError([Fault(f"{name} {', '.join(map(str, key))}", "같은 것이 두 번 있습니다.")])
            seen.add(key)


def _read(data: Mapping[str, Any]) -> Evidence:
    _refuse_twice(data)
    return Evidence(
        measurements={
            (row["team"], row["item"]): Measurement(from_exact(row["score"]), row["source"])
            for row in data["measurements"]
        },
        sheets={(row["panelist"], row["team"]): dict(row["marks"]) for row in data["sheets"]},
        voids=frozenset((row["panelist"], row["team"]) for row in data["voids"]),
        findings={
            (row["panelist"], row["team"], row["component"], row["item"]): row["finding"] for row in data["findings"]
        },
        recognitions={(row["panelist"], row["team"]): row["recognised"] for row in data["recognitions"]},
        ratings={(row["team"], row["question"]): tuple(row["counts"]) for row in data["ratings"]},
        comparisons={
            (row["left"], row["right"]): Choices(**{f.name: row[f.name] for f in fields(Choices)})
            for row in data["comparisons"]
        },
        decisions={row["team"]: row["decision"] for row in data["decisions"]},
        line_decisions={
            row["team"]: LineDecision(row["decision"], frozenset(row.get("among", ())), row["reason"])
            for row in data.get("line_decisions", [])
        },
    )


# --- What one row may say. A loader asks row by row and adds file and line; None means nothing is wrong.


def measurement_fault(rules: Rules, *, team: str, address: str, score: Fraction) -> str | None:
    """Why this number cannot be counted: unknown team or address, out of range, or points already given."""
    if team not in rules.slugs:
        return "이 단계에 없는 팀입니다."
    found = rules.measurable().get(address)
    if found is None:
        return "이 단계에 없는 측정 항목입니다."
    if isinstance(found, Item) and found.given_to(team) is not None:
        return "이 팀의 점수는 설정에 이미 주어져 있습니다(given)."
    return _score_fault(found, score) if isinstance(found, Item) else _given_fault(found.points, score)


def _score_fault(item: Item, score: Fraction) -> str | None:
    if item.rule == "given":
        return _given_fault(item.points, score)
    if item.lower and score <= 0:
        return "낮을수록 좋은 값은 0보다 커야 합니다."
    if score < 0:
        return "0보다 작을 수 없습니다."
    highest = item.maximum if item.rule == "share" else Fraction(100) if item.rule == "mean" else None
    if highest is not None and score > highest:
        return f"만점({exact(highest)})보다 클 수 없습니다."
    return None


def _given_fault(points: int | Fraction, score: Fraction) -> str | None:
    return None if 0 <= score <= points else f"0 이상 {points} 이하의 점수여야 합니다."


def among_fault(rules: Rules, team: str, among: frozenset[str]) -> str | None:
    """Why these are not the teams between which the committee decided on `team`; that they are not written down is no fault."""
    if not among <= set(rules.slugs):
        return "결정한 팀들 가운데 이 단계에 없는 팀이 있습니다."
    return "결정한 팀들 가운데 이 팀이 없습니다." if among and team not in among else None


def mark_fault(rules: Rules, *, criterion: str, mark: int | None) -> str | None:
    """Why this mark cannot stand on a sheet: unknown criterion, out of range, or judging may not be refused."""
    return _mark_fault(_scales(rules).get(criterion), mark)


def _scales(rules: Rules) -> dict[str, tuple[Criterion, bool]]:
    """Criterion path → the criterion, and whether judging it may be refused."""
    return {leaf.path: (leaf, part.cannot_judge != "refuse") for part in rules.parts for leaf in part.leaves()}


def _mark_fault(scale: tuple[Criterion, bool] | None, mark: int | None) -> str | None:
    if scale is None:
        return "평점을 매기는 항목이 아닙니다."
    leaf, may_refuse = scale
    if mark is None:
        return None if may_refuse else "이 부문에서는 '판단 불가'를 고를 수 없습니다."
    if isinstance(mark, bool) or not isinstance(mark, int) or not leaf.lowest <= mark <= leaf.highest:
        return f"{leaf.lowest} 이상 {leaf.highest} 이하의 정수여야 합니다."
    return None


# --- The whole.


def _faults(evidence: Evidence, rules: Rules) -> Iterable[Fault]:
    for (team, address), found in _sorted(evidence.measurements):
        why = measurement_fault(rules, team=team, address=address, score=found.score)
        yield from _fault(f"측정값({team}, {address})", why)
    yield from _sheet_faults(evidence, rules)
    cells = set(rules.gate.cells()) if rules.gate else set()
    for (panelist, team, component, item), finding in _sorted(evidence.findings):
        if evidence.is_void(panelist, team):
            continue
        where = f"판단({panelist}, {team}, {component}, {item})"
        yield from _fault(where, _team_fault(rules, team) or _choice_fault(finding, FINDINGS))
        yield from _fault(where, None if (component, item) in cells else "관문에 없는 구성요소와 항목입니다.")
    for (panelist, team), vote in _sorted(evidence.recognitions):
        if evidence.is_void(panelist, team):
            continue
        why = _team_fault(rules, team) or _choice_fault(vote, VOTES)
        if rules.advance.by != "majority":
            why = "과반 인정으로 정하는 단계가 아닙니다."
        yield from _fault(f"인정({panelist}, {team})", why)
    for team, decision in _sorted(evidence.decisions):
        why = _team_fault(rules, team) or _choice_fault(decision, DECISIONS)
        yield from _fault(f"관문 결정({team})", why if rules.gate else "이 단계에는 관문이 없습니다.")
    for team, line in _sorted(evidence.line_decisions):
        why = _team_fault(rules, team) or _choice_fault(line.decision, PLACES) or among_fault(rules, team, line.among)
        yield from _fault(f"경계선 결정({team})", why)
    for panelist, about in evidence.voids:
        yield from _fault(f"무효({panelist})", None if about is None else _team_fault(rules, about))
    yield from _tally_faults(evidence, rules)


def _sheet_faults(evidence: Evidence, rules: Rules) -> Iterable[Fault]:
    scales = _scales(rules)
    for (panelist, team), marks in _sorted(evidence.sheets):
        if evidence.is_void(panelist, team):
            continue
        where = f"평가표({panelist}, {team})"
        yield from _fault(where, _team_fault(rules, team))
        for criterion, mark in _sorted(marks):
            yield from _fault(f"{where} {criterion}", _mark_fault(scales.get(criterion), mark))
        for criterion in scales:
            if criterion not in marks:
                yield Fault(f"{where} {criterion}", "평점이 없습니다.")


def _tally_faults(evidence: Evidence, rules: Rules) -> Iterable[Fault]:
    for (team, question), counts in _sorted(evidence.ratings):
        where = f"별점({team}, {question})"
        yield from _fault(where, _team_fault(rules, team))
        yield from _fault(where, None if question in rules.questions else "이 단계에 없는 질문입니다.")
        if len(counts) != 5 or not all(_is_count(count) for count in counts):
            yield Fault(where, "1점부터 5점까지 0 이상의 정수 다섯 개여야 합니다.")
    for (left, right), choices in _sorted(evidence.comparisons):
        where = f"비교({left}, {right})"
        yield from _fault(where, _team_fault(rules, left) or _team_fault(rules, right))
        yield from _fault(where, "같은 팀끼리 비교할 수 없습니다." if left == right else None)
        if not all(_is_count(getattr(choices, f.name)) for f in fields(choices)):
            yield Fault(where, "0 이상의 정수여야 합니다.")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _fault(where: str, why: str | None) -> Iterable[Fault]:
    return [Fault(where, why)] if why else []


def _team_fault(rules: Rules, team: str) -> str | None:
    return None if team in rules.slugs else "이 단계에 없는 팀입니다."


def _choice_fault(value: str, choices: tuple[str, ...]) -> str | None:
    return None if value in choices else f"{', '.join(choices)} 가운데 하나여야 합니다."
