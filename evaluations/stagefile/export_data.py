"""From the rows of a stage to its data files: what counts of it, in the order of the stage, people by number only.

Citizens come out as `c00001`, `c00002`, … in an order that says nothing, without the moments at which they voted. Loading the files gives
the same input of a count.
"""

import csv
import itertools
import unicodedata
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from pathlib import Path

from django.db.models import QuerySet

from evaluations.benchmarks.models import Measurement
from evaluations.panels.models import Conflict
from evaluations.programme.models import Stage, Submission
from evaluations.programme.phases import LABELS, Phase
from evaluations.programme.visibility import Thing, Viewer, Who, may_see
from evaluations.ratings import things
from evaluations.ratings.models import Answer, Ballot, Kind, Prompt, Star, Stratum
from evaluations.results.models import GateDecision, LineDecision
from evaluations.reviews.models import Finding, Mark, Recognition, Sheet
from evaluations.stagefile.csv_rows import guarded
from evaluations.stagefile.data import CONFLICT
from evaluations.stagefile.files import document_fault
from evaluations.stagefile.schema import DATA, DOCUMENTS, RECOGNISED, RECOGNISED_OF_ONE, RECOGNISED_OF_TWO
from evaluations.tallies.queries import refresh_statistics
from portal.http import Refusal

Cells = Iterator[tuple[str, ...]]
SEAT = ("sheet__assignment__panelist__label", "sheet__assignment__team__slug")
# Teams, rounds, criteria in the order of the stage: by a relation its own ordering is meant, which knows no ties.
IN_ORDER = ("sheet__assignment__panelist__label", "sheet__assignment__team")


SHOWS = {
    "benchmarks.csv": Thing.MEASUREMENT,
    "documents.csv": Thing.ORIGINAL,
    "prompts.csv": Thing.METHOD,
    "answers.csv": Thing.TEAM_BEHIND_ANSWER,
    "sheets.csv": Thing.OTHER_SHEET,
    "findings.csv": Thing.OTHER_SHEET,
    "recognitions.csv": Thing.OTHER_SHEET,
    "blinding.csv": Thing.OTHER_SHEET,
    "ratings.csv": Thing.OTHER_BALLOT,
    "comparisons.csv": Thing.OTHER_BALLOT,
    "decisions.csv": Thing.COUNT,
    "line_decisions.csv": Thing.COUNT,
}
"""What each data file tells to whoever opens it."""


def told_to(who: Who, phase: Phase) -> list[str]:
    """The data files whose content this role may see in this phase."""
    return [name for name in DATA if may_see(Viewer(who), SHOWS[name], phase)]


def write_data(stage: Stage, directory: Path, names: Collection[str] = tuple(DATA)) -> dict[str, int]:
    """Write those of the data files that have rows, and the documents; how many rows each has."""
    export = _Export(stage)
    written = {}
    for name in names:
        number = _write(directory / name, export.lines(name))
        if number:
            written[name] = number
    if "documents.csv" in names:
        export.write_documents(directory / DOCUMENTS)
    return written


def _write(path: Path, lines: Iterator[str]) -> int:
    """Nothing is written where there is no row. The number of rows, the header apart."""
    header, first = next(lines), next(lines, None)
    if first is None:
        return 0
    with path.open("x", encoding="utf-8", newline="") as file:
        file.writelines([header, first])
        number = 1
        for line in lines:
            file.write(line)
            number += 1
    return number


def csv_lines(stage: Stage, name: str, who: Who) -> Iterator[str]:
    """One data file line by line, header first, for the office to download; refused while its content must not be seen."""
    if name not in told_to(who, stage.current_phase):
        raise Refusal(f"‘{LABELS[stage.current_phase]}’ 국면에는 {name}을(를) 내보낼 수 없습니다.")
    return _Export(stage).lines(name)


class _Line:
    """A file for `csv` that hands back what was written."""

    def write(self, line: str) -> str:
        return line


BALLOTS = {"ratings.csv": (Kind.RATE, RECOGNISED_OF_ONE), "comparisons.csv": (Kind.COMPARE, RECOGNISED_OF_TWO)}
"""Of each file of ballots their kind, and by which words it says what was recognised."""


class _Export:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.traits = list(
            Stratum.objects.filter(stage=stage).order_by("position", "key").values_list("key", flat=True)
        )
        self.standing = Sheet.objects.of_stage(stage).filter(assignment__round__counts=True).effective()

    @cached_property
    def ballots(self) -> QuerySet[Ballot]:
        refresh_statistics()
        return Ballot.objects.of_stage(self.stage).effective()

    def lines(self, name: str) -> Iterator[str]:
        writer = csv.writer(_Line(), lineterminator="\n")
        yield writer.writerow(self.columns(name))
        for row in self.rows(name):
            yield writer.writerow([guarded(cell) for cell in row])

    def columns(self, name: str) -> list[str]:
        """Without the moments of voting, and without what nobody was asked."""
        file = DATA[name]
        asked = name in BALLOTS and name in self.asked
        left_out = {"rated_at"} if asked else {"rated_at", RECOGNISED}
        return [
            *file.columns,
            *(one for one in file.optional if one not in left_out),
            *(self.traits if file.strata else ()),
        ]

    @cached_property
    def asked(self) -> frozenset[str]:
        """The files of ballots in which any voter was asked whether she recognised a model."""
        return frozenset(
            name for name, (kind, _words) in BALLOTS.items() if self.ballots.filter(kind=kind).asked().exists()
        )

    def recognised(self, name: str) -> Callable[[str | None, str], tuple[str, ...]]:
        """From the paper of a ballot and what it keeps to its cell; to none where the file has no such column."""
        _kind, words = BALLOTS[name]
        told = {kept: word for word, kept in words.items()}
        if name not in self.asked:
            return lambda _paper, _kept: ()
        return lambda paper, kept: (told[kept or Ballot.NONE] if paper or kept else "",)

    def rows(self, name: str) -> Cells:
        """The rows of a file: the method is called like the file."""
        return getattr(self, name.removesuffix(".csv"))()

    def benchmarks(self) -> Cells:
        rows = Measurement.objects.of_stage(self.stage).effective().order_by("team", "item")
        for team, item, score, source, on in rows.values_list("team__slug", "item", "score", "source", "measured_on"):
            yield team, item, score, source, on.isoformat() if on else ""

    def submissions(self) -> Iterator[tuple[str, Submission]]:
        """The last document of each team and round, under its own file name where that is free."""
        last: dict[tuple[str, str], Submission] = {}
        rows = Submission.objects.filter(team__stage=self.stage).select_related("team", "round")
        for row in rows.order_by("team", "round", "revision"):
            last[row.team.slug, row.round.key] = row
        taken: set[str] = set()
        for (team, round), row in last.items():
            own = unicodedata.normalize("NFC", row.file_name)  # the one form in which an upload takes it back
            others = (f"{team}-{round}{'' if number == 1 else f'-{number}'}.md" for number in itertools.count(1))
            name = next(
                one for one in itertools.chain([own], others) if document_fault(one) is None and one not in taken
            )
            taken.add(name)
            yield name, row

    def documents(self) -> Cells:
        for name, row in self.submissions():
            yield row.team.slug, row.round.key, row.title, name

    def write_documents(self, folder: Path) -> None:
        for name, row in self.submissions():
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(row.text, encoding="utf-8", newline="")

    def prompts(self) -> Cells:
        yield from Prompt.objects.filter(stage=self.stage).order_by("key").values_list("key", "category", "text")

    def answers(self) -> Cells:
        rows = Answer.objects.filter(prompt__stage=self.stage).order_by("prompt__key", "team", "sample")
        for prompt, team, sample, text in rows.values_list("prompt__key", "team__slug", "sample", "text").iterator():
            yield prompt, team, str(sample), text

    def sheets(self) -> Cells:
        rows = Mark.objects.filter(sheet__in=self.standing).order_by(*IN_ORDER, "criterion")
        for panelist, team, path, value, comment in rows.values_list(
            *SEAT, "criterion__path", "value", "comment"
        ).iterator():
            yield panelist, team, path, "cannot_judge" if value is None else str(value), comment

    def findings(self) -> Cells:
        rows = Finding.objects.filter(sheet__in=self.standing).order_by(*IN_ORDER, "scope__item", "scope__component")
        columns = (*SEAT, "scope__component__key", "scope__item__key", "finding", "evidence", "reason")
        yield from rows.values_list(*columns).iterator()

    def recognitions(self) -> Cells:
        rows = Recognition.objects.filter(sheet__in=self.standing).order_by(*IN_ORDER)
        yield from rows.values_list(*SEAT, "answer", "reason")

    def blinding(self) -> Cells:
        """What panelists answered, and from which teams those who answered had to keep: they could not take a model for theirs."""
        said: dict[str, dict[str, tuple[str, str]]] = {}
        rows = self.standing.exclude(recognised="").order_by("assignment__panelist__label")
        for panelist, *answer, team in rows.values_list(
            "assignment__panelist__label", "recognised", "guess", "assignment__team__slug"
        ):
            said.setdefault(panelist, {})[team] = tuple(answer)
        conflicts = Conflict.objects.standing().filter(panelist__stage=self.stage).order_by()
        for panelist, team in conflicts.values_list("panelist__label", "team__slug"):
            if panelist in said:
                said[panelist].setdefault(team, (CONFLICT, ""))
        teams = list(self.stage.teams.order_by("position", "slug").values_list("slug", flat=True))
        for panelist, answers in said.items():
            yield from ((panelist, team, *answers[team]) for team in teams if team in answers)

    @cached_property
    def citizens(self) -> dict[str, str]:
        """Voter tag → number, the same in every file. Tags are hashes, so their order says nothing."""
        tags = Ballot.objects.of_stage(self.stage).order_by("voter_tag").values_list("voter_tag", flat=True).distinct()
        return {tag: f"c{number:05}" for number, tag in enumerate(tags, 1)}

    @cached_property
    def strata(self) -> dict[str, str]:
        """Voter tag → stratum, of those who say none in some of their ballots and one in others, as files once could: a count takes the one for
        all of them, and a file that says both is not taken in."""
        silent = self.ballots.filter(stratum="").order_by().values("voter_tag")
        said = self.ballots.exclude(stratum="").filter(voter_tag__in=silent).order_by("stratum")
        return dict(said.values_list("voter_tag", "stratum").distinct()) if self.traits else {}

    def _stratum(self, tag: str, text: str) -> tuple[str, ...]:
        found = things.categories(text or self.strata.get(tag, ""))
        return tuple(found.get(trait, "") for trait in self.traits)

    def ratings(self) -> Cells:
        rows = Star.objects.filter(ballot__in=self.ballots.filter(kind=Kind.RATE)).order_by(
            "ballot__voter_tag", "ballot__prompt__key", "ballot__left_team", "question"
        )
        columns = (
            "ballot__voter_tag",
            "ballot__left_team__slug",
            "question__key",
            "rating",
            "ballot__prompt__key",
            "ballot__paper",
            "ballot__recognised",
            "ballot__stratum",
        )
        said = self.recognised("ratings.csv")
        for tag, team, question, rating, prompt, paper, kept, stratum in rows.values_list(*columns).iterator():
            yield (
                self.citizens[tag],
                team,
                question,
                str(rating),
                prompt or "",
                *said(paper, kept),
                *self._stratum(tag, stratum),
            )

    def comparisons(self) -> Cells:
        rows = self.ballots.filter(kind=Kind.COMPARE).order_by("voter_tag", "prompt__key", "left_team", "right_team")
        columns = (
            "voter_tag",
            "prompt__key",
            "left_team__slug",
            "right_team__slug",
            "choice",
            "paper",
            "recognised",
            "stratum",
        )
        said = self.recognised("comparisons.csv")
        for tag, prompt, left, right, choice, paper, kept, stratum in rows.values_list(*columns).iterator():
            yield self.citizens[tag], prompt, left, right, choice, *said(paper, kept), *self._stratum(tag, stratum)

    def decisions(self) -> Cells:
        return self._decided(GateDecision)

    def line_decisions(self) -> Cells:
        return self._decided(LineDecision, "among")

    def _decided(self, kind, *more: str) -> Cells:
        rows = kind.objects.effective().filter(team__stage=self.stage).order_by("team")
        for *said, on, source in rows.values_list("team__slug", "decision", *more, "reason", "decided_on", "source"):
            yield *said, on.isoformat() if on else "", source
