"""From the rows of a stage to its data files: what counts of it, in the order of the stage, people by number only.

Citizens come out as `c00001`, `c00002`, … in an order that says nothing, without the moments at which they voted. Loading the files gives
the same input of a count.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from evaluations.benchmarks.models import Measurement
from evaluations.programme.models import Stage, Submission
from evaluations.ratings import things
from evaluations.ratings.models import Answer, Ballot, Kind, Prompt, Star, Stratum
from evaluations.results.models import GateDecision
from evaluations.reviews.models import Finding, Mark, Recognition, Sheet
from evaluations.stagefile.csv_rows import guarded
from evaluations.stagefile.files import document_fault
from evaluations.stagefile.schema import DATA, DOCUMENTS

Cells = Iterator[tuple[str, ...]]
SEAT = ("sheet__assignment__panelist__label", "sheet__assignment__team__slug")
IN_ORDER = ("sheet__assignment__panelist__label", "sheet__assignment__team__position")


def write_data(stage: Stage, directory: Path) -> dict[str, int]:
    """Write every data file that has rows; how many rows each has."""
    export = _Export(stage)
    written = {}
    for name, rows in export.files(directory):
        number = _write(directory / name, name, rows, export.traits if DATA[name].strata else ())
        if number:
            written[name] = number
    return written


def _write(path: Path, name: str, rows: Iterable[tuple[str, ...]], traits: Iterable[str]) -> int:
    """Nothing is written where there is no row."""
    number = 0
    file: TextIO | None = None
    try:
        for row in rows:
            if file is None:
                file = path.open("x", encoding="utf-8", newline="")
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow([*_columns(name), *traits])
            writer.writerow([guarded(cell) for cell in row])
            number += 1
    finally:
        if file is not None:
            file.close()
    return number


def _columns(name: str) -> list[str]:
    return [column for column in (*DATA[name].columns, *DATA[name].optional) if column != "rated_at"]


class _Export:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.traits = list(
            Stratum.objects.filter(stage=stage).order_by("position", "key").values_list("key", flat=True)
        )
        self.sheets = Sheet.objects.of_stage(stage).filter(assignment__round__counts=True).effective()
        self.ballots = Ballot.objects.of_stage(stage).effective()
        self.citizens: dict[str, str] = {}

    def files(self, directory: Path) -> Iterator[tuple[str, Cells]]:
        yield "benchmarks.csv", self.benchmarks()
        yield "documents.csv", self.documents(directory / DOCUMENTS)
        yield "prompts.csv", self.prompts()
        yield "answers.csv", self.answers()
        yield "sheets.csv", self.marks()
        yield "findings.csv", self.findings()
        yield "recognitions.csv", self.recognitions()
        yield "ratings.csv", self.ratings()
        yield "comparisons.csv", self.comparisons()
        yield "decisions.csv", self.decisions()

    def benchmarks(self) -> Cells:
        rows = Measurement.objects.of_stage(self.stage).effective().order_by("team__position", "item")
        for team, item, score, source, on in rows.values_list("team__slug", "item", "score", "source", "measured_on"):
            yield team, item, score, source, on.isoformat() if on else ""

    def documents(self, folder: Path) -> Cells:
        last: dict[tuple[str, str], Submission] = {}
        rows = Submission.objects.filter(team__stage=self.stage).select_related("team", "round")
        for row in rows.order_by("team__position", "round__position", "revision"):
            last[row.team.slug, row.round.key] = row
        taken: set[str] = set()
        for (team, round), row in last.items():
            name = row.file_name
            if document_fault(name) or name in taken:
                name = f"{team}-{round}.md"
            taken.add(name)
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(row.text, encoding="utf-8", newline="")
            yield team, round, row.title, name

    def prompts(self) -> Cells:
        yield from Prompt.objects.filter(stage=self.stage).order_by("key").values_list("key", "category", "text")

    def answers(self) -> Cells:
        rows = Answer.objects.filter(prompt__stage=self.stage).order_by("prompt__key", "team__position", "sample")
        for prompt, team, sample, text in rows.values_list("prompt__key", "team__slug", "sample", "text").iterator():
            yield prompt, team, str(sample), text

    def marks(self) -> Cells:
        rows = Mark.objects.filter(sheet__in=self.sheets).order_by(
            *IN_ORDER, "criterion__part__position", "criterion__position"
        )
        for panelist, team, path, value, comment in rows.values_list(
            *SEAT, "criterion__path", "value", "comment"
        ).iterator():
            yield panelist, team, path, "cannot_judge" if value is None else str(value), comment

    def findings(self) -> Cells:
        rows = Finding.objects.filter(sheet__in=self.sheets).order_by(
            *IN_ORDER, "scope__item__position", "scope__component__position"
        )
        columns = (*SEAT, "scope__component__key", "scope__item__key", "finding", "evidence", "reason")
        yield from rows.values_list(*columns).iterator()

    def recognitions(self) -> Cells:
        rows = Recognition.objects.filter(sheet__in=self.sheets).order_by(*IN_ORDER)
        yield from rows.values_list(*SEAT, "answer", "reason")

    def citizen(self, tag: str) -> str:
        return self.citizens.setdefault(tag, f"c{len(self.citizens) + 1:05}")

    def _stratum(self, text: str) -> tuple[str, ...]:
        found = things.categories(text)
        return tuple(found.get(trait, "") for trait in self.traits)

    def ratings(self) -> Cells:
        rows = Star.objects.filter(ballot__in=self.ballots.filter(kind=Kind.RATE)).order_by(
            "ballot__voter_tag", "ballot__prompt__key", "ballot__left_team__position", "question__position"
        )
        columns = (
            "ballot__voter_tag",
            "ballot__left_team__slug",
            "question__key",
            "rating",
            "ballot__prompt__key",
            "ballot__stratum",
        )
        for tag, team, question, rating, prompt, stratum in rows.values_list(*columns).iterator():
            yield self.citizen(tag), team, question, str(rating), prompt or "", *self._stratum(stratum)

    def comparisons(self) -> Cells:
        rows = self.ballots.filter(kind=Kind.COMPARE).order_by(
            "voter_tag", "prompt__key", "left_team__position", "right_team__position"
        )
        columns = ("voter_tag", "prompt__key", "left_team__slug", "right_team__slug", "choice", "stratum")
        for tag, prompt, left, right, choice, stratum in rows.values_list(*columns).iterator():
            yield self.citizen(tag), prompt, left, right, choice, *self._stratum(stratum)

    def decisions(self) -> Cells:
        rows = GateDecision.objects.effective().filter(team__stage=self.stage).order_by("team__position")
        for team, decision, reason, on, source in rows.values_list(
            "team__slug", "decision", "reason", "decided_on", "source"
        ):
            yield team, decision, reason, on.isoformat() if on else "", source
