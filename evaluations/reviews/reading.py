"""A sheet as text to read: what is stored of it now, what it says in words, and how two of them differ."""

from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b

from evaluations.panels.models import Assignment
from evaluations.reviews.content import content_of
from evaluations.reviews.models import Draft, Sheet
from evaluations.reviews.outline import Block, Kind, Line, Outline, Typed
from evaluations.reviews.points import Running, points_text


@dataclass(frozen=True)
class Stored:
    """The draft if there is one, else the last submitted sheet, else nothing – and its version."""

    typed: Typed
    draft: Draft | None
    last: Sheet | None

    @property
    def token(self) -> str:
        """Which revision, which save: a page built on anything else is stale."""
        return f"{self.last.revision if self.last else 0}.{self.draft.version if self.draft else 0}"


def stored_of(assignment: Assignment, outline: Outline, last: Sheet | None) -> Stored:
    """What is stored of this assignment, read with its draft; `last` is its last submitted sheet."""
    draft = getattr(assignment, "draft", None)
    if draft:
        return Stored(draft.body, draft, last)
    return Stored(content_of(last).typed(outline) if last else {}, None, last)


@dataclass(frozen=True)
class ToldLine:
    label: str
    answer: str
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ToldSection:
    title: str
    lines: tuple[ToldLine, ...]
    has_points: bool
    running: Running | None

    @property
    def is_left_out(self) -> bool:
        """Nothing was judged where points are given: the count goes on without this sheet there."""
        return self.has_points and self.running is None


def told(outline: Outline, typed: Typed) -> list[ToldSection]:
    """Everything that was typed, section by section, in words."""
    marks = outline.marks(typed)
    return [
        ToldSection(
            section.title,
            tuple(_told(block, line, typed) for block in section.blocks for line in block.lines),
            section.part is not None,
            section.running(marks),
        )
        for section in outline.sections
    ]


def _told(block: Block, line: Line, typed: Typed) -> ToldLine:
    first, *rest = line.questions
    answer = first.told(typed.get(first.name, ""))
    notes = []
    for question in rest:
        text = question.told(typed.get(question.name, ""))
        if text and question.kind is Kind.UNABLE:
            answer = " · ".join(filter(None, [answer, text]))
        elif text:
            notes.append((question.short or question.label, text))
    trail = (block.title if block.has_heading else "", line.heading, first.label)
    return ToldLine(" › ".join(filter(None, trail)), answer, tuple(notes))


@dataclass(frozen=True)
class Change:
    """One control in which two texts differ."""

    name: str
    place: str
    label: str
    before: str
    after: str

    @property
    def keeps_mine(self) -> bool:
        """What is picked unless she picks otherwise: her newer words, but never nothing in place of something."""
        return bool(self.after) or not self.before


def fingerprints(typed: Typed) -> dict[str, str]:
    """By which a page knows what it was built on, without sending all of it a second time."""
    return {name: blake2b(text.encode(), digest_size=8).hexdigest() for name, text in typed.items()}


def rebased(outline: Outline, was: dict[str, str], mine: Typed, kept: Typed) -> Typed:
    """What she changed since her page was built on texts of these fingerprints, put onto what is kept now: where she changed nothing, the
    kept text stands."""
    names, now = [question.name for question in outline.questions()], fingerprints(mine)
    onto = {name: (mine if now.get(name) != was.get(name) else kept).get(name, "") for name in names}
    return {name: text for name, text in onto.items() if text}


def changes(outline: Outline, before: Typed, after: Typed) -> list[Change]:
    found = []
    for section in outline.sections:
        for line in section.lines:
            for question in line.questions:
                old, new = before.get(question.name, ""), after.get(question.name, "")
                if old != new:
                    first = question is line.questions[0]
                    place = section.title if first else line.questions[0].label
                    label = question.label if first else question.short or question.label
                    found.append(Change(question.name, place, label, question.told(old), question.told(new)))
    return found


def total_text(sections: list[ToldSection]) -> str:
    """The points of all parts together in which something was judged; empty where there is none."""
    counted = [section.running.points for section in sections if section.running]
    return points_text(sum(counted, Fraction(0))) if counted else ""
