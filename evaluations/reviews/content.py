"""What a complete sheet says, in one form for the rows, for the ledger and for comparing two of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from evaluations.reviews.models import Finding, Mark, Sheet
from evaluations.reviews.outline import CANNOT_JUDGE, Kind, Outline, Typed


@dataclass(frozen=True)
class Content:
    """Names are those of the outline's lines. A mark of None could not be judged."""

    marks: dict[str, tuple[int | None, str]]
    findings: dict[str, tuple[str, str, str]]
    recognition: tuple[str, str] | None = None
    recognised: str = ""
    guess: str = ""
    opinion: str = ""

    def as_data(self) -> dict[str, Any]:
        """The canonical form that is hashed into the ledger: everything she said, nothing about who she is."""
        data: dict[str, Any] = {
            "marks": {
                name: {"mark": CANNOT_JUDGE if mark is None else mark, "comment": comment}
                for name, (mark, comment) in self.marks.items()
            },
            "findings": {
                name: {"finding": finding, "evidence": evidence, "reason": reason}
                for name, (finding, evidence, reason) in self.findings.items()
            },
            "recognised": self.recognised,
            "guess": self.guess,
            "opinion": self.opinion,
        }
        if self.recognition:
            data["recognition"] = {"answer": self.recognition[0], "reason": self.recognition[1]}
        return data

    def typed(self, outline: Outline) -> Typed:
        """As if she had typed it into the form again."""
        typed = {"recognised": self.recognised, "guess": self.guess, "opinion": self.opinion}
        for line in outline.lines:
            if line.name in self.marks and line.criterion:
                mark, comment = self.marks[line.name]
                buttons = line.questions[0].kind is Kind.LEVEL
                unable = CANNOT_JUDGE if buttons else ""
                typed[f"mark-{line.name}"] = unable if mark is None else str(mark)
                typed[f"unable-{line.name}"] = "on" if mark is None and not buttons else ""
                typed[f"comment-{line.name}"] = comment
        for name, answers in self.findings.items():
            typed.update(zip((f"finding-{name}", f"evidence-{name}", f"reason-{name}"), answers, strict=True))
        if self.recognition:
            typed["recognition"], typed["recognition-reason"] = self.recognition
        return {name: text for name, text in typed.items() if text}


ROWS = (
    Prefetch("marks", Mark.objects.select_related("criterion__part")),
    Prefetch("findings", Finding.objects.select_related("scope__item__side", "scope__component")),
)


def read_rows(sheets: list[Sheet]) -> None:
    """Read what all these sheets say in two queries."""
    prefetch_related_objects(sheets, *ROWS)


def content_of(sheet: Sheet) -> Content:
    """A submitted sheet, read back from its rows."""
    read_rows([sheet])
    recognition = getattr(sheet, "recognition", None)
    return Content(
        marks={
            f"{mark.criterion.part.key}.{mark.criterion.path}": (mark.value, mark.comment) for mark in sheet.marks.all()
        },
        findings={
            f"{found.scope.item.side.key}.{found.scope.item.key}.{found.scope.component.key}": (
                found.finding,
                found.evidence,
                found.reason,
            )
            for found in sheet.findings.all()
        },
        recognition=(recognition.answer, recognition.reason) if recognition else None,
        recognised=sheet.recognised,
        guess=sheet.guess,
        opinion=sheet.opinion,
    )
