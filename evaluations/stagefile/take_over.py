"""From the records of the data files to rows. Every row of a file hangs on the one event that says which file it came from."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice

from evaluations.benchmarks.actions import Measured, take_over
from evaluations.panels.actions import letters
from evaluations.panels.models import Assignment, Conflict, Panelist
from evaluations.programme.actions import names_of, take_submission
from evaluations.programme.blindfold import look_through
from evaluations.programme.models import Round, Stage, Team
from evaluations.ratings import things
from evaluations.ratings.identity import voter_tag_for_import
from evaluations.ratings.models import Answer, Ballot, Kind, Prompt, Question, Star
from evaluations.results.models import GateDecision, LineDecision
from evaluations.reviews.models import Confirmation, Finding, Mark, Recognition, Sheet
from evaluations.rubrics.models import Criterion, GateScope
from evaluations.stagefile.consistency import folded_number
from evaluations.stagefile.faults import one_fault
from evaluations.stagefile.records import Data, Decided
from evaluations.stagefile.schema import DOCUMENTS
from portal.audit.models import Event
from portal.audit.record import record
from portal.http import Refusal

BATCH = 5_000
Say = Callable[[str], None]


class Taking:
    """Takes over the data of one stage. `events` has the import event of each file."""

    def __init__(self, stage: Stage, data: Data, events: dict[str, Event], say: Say) -> None:
        self.stage, self.data, self.events, self.say = stage, data, events, say
        self.teams = {team.slug: team for team in Team.objects.filter(stage=stage)}

    def everything(self) -> None:
        self.measurements()
        self.prompts()
        self.answers()
        self.sheets()
        self.conflicts()
        self.stars()
        self.comparisons()
        self.decisions()
        self.line_decisions()

    def measurements(self) -> None:
        if self.data.measured:
            values = [
                Measured(self.teams[row.team], row.item, row.score, row.source, row.measured_on)
                for row in self.data.measured
            ]
            added = take_over(stage=self.stage, values=values, event=self.events["benchmarks.csv"])
            self.say(f"측정값 {len(added):,}건")

    def prompts(self) -> None:
        self._add(
            Prompt,
            "질문",
            (Prompt(stage=self.stage, key=row.key, category=row.category, text=row.text) for row in self.data.prompts),
        )

    def answers(self) -> None:
        """Each answer with the names found in it: one that names its maker would lift the blindfold."""
        if not self.data.answers:
            return
        names, prompts = names_of(self.stage), self._prompts()
        self._add(
            Answer,
            "답변",
            (
                Answer(
                    prompt_id=prompts[row.prompt], team=self.teams[row.team], sample=row.sample, text=row.text,
                    hits=[asdict(hit) for hit in look_through(row.text, names)],
                )
                for row in self.data.answers
            ),
        )  # fmt: skip

    def _prompts(self) -> dict[str, str]:
        return dict(Prompt.objects.filter(stage=self.stage).values_list("key", "id"))

    # --- Sheets.

    def sheets(self) -> None:
        """One confirmed sheet per panelist and team, with whatever of marks, findings and vote there is."""
        if not self.data.sheets:
            return
        event = next(
            self.events[name] for name in ("sheets.csv", "findings.csv", "recognitions.csv") if name in self.events
        )
        standing = self._standing()
        sheets = standing | self._new_sheets([pair for pair in self.data.sheets if pair not in standing], event)
        self._marks(sheets)
        self._findings(sheets)
        self._add(
            Recognition,
            "인정 여부",
            (
                Recognition(sheet=sheets[pair], answer=filled.recognition[0], reason=filled.recognition[1])
                for pair, filled in self.data.sheets.items()
                if filled.recognition
            ),
        )

    def _standing(self) -> dict[tuple[str, str], Sheet]:
        """Imported sheets that are there already, by panelist and team."""
        found = Sheet.objects.of_stage(self.stage).filter(assignment__panelist__imported=True)
        return {
            (sheet.assignment.panelist.label, sheet.assignment.team.slug): sheet
            for sheet in found.select_related("assignment__panelist", "assignment__team")
        }

    def _new_sheets(self, pairs: list[tuple[str, str]], event: Event) -> dict[tuple[str, str], Sheet]:
        assignments = self._assignments(pairs, event)
        sheets = {
            pair: Sheet(
                assignment=assignments[pair], revision=1, event=event, submitted_at=event.at,
                recognised=self.data.sheets[pair].recognised, guess=self.data.sheets[pair].guess,
            )
            for pair in pairs
        }  # fmt: skip
        self._add(Sheet, "평가표", sheets.values())
        self._add(
            Confirmation,
            "확인",
            (Confirmation(sheet=sheet, event=event, confirmed_at=event.at) for sheet in sheets.values()),
        )
        return sheets

    def _assignments(self, pairs: list[tuple[str, str]], event: Event) -> dict[tuple[str, str], Assignment]:
        """Seats named as in the file, and for each the teams it judged, under code names of its own.

        A seat that an earlier file brought takes the next free names and places.
        """
        round = Round.objects.get(stage=self.stage, counts=True)
        teams, given = defaultdict(list), defaultdict(list)
        for label, team in pairs:
            teams[label].append(team)
        seats = self._seats(teams)
        for assignment in Assignment.objects.filter(round=round, panelist__imported=True):
            given[assignment.panelist_id].append(assignment)
        random, found = secrets.SystemRandom(), {}
        for label, judged in teams.items():
            had = given[seats[label].id]
            used, first = {a.alias for a in had}, max((a.position for a in had), default=0) + 1
            aliases = list(islice((letter for letter in letters() if letter not in used), len(judged)))
            places = list(range(first, first + len(judged)))
            random.shuffle(aliases)
            random.shuffle(places)
            for team, alias, place in zip(judged, aliases, places, strict=True):
                found[label, team] = Assignment(
                    panelist=seats[label], team=self.teams[team], round=round, alias=alias, position=place, event=event
                )
        self._add(Assignment, "배정", found.values())
        return found

    def _seats(self, labels: Iterable[str]) -> dict[str, Panelist]:
        """Imported seats by name; those that are not there yet are made."""
        standing = {seat.label: seat for seat in Panelist.objects.filter(stage=self.stage, imported=True)}
        new = {
            label: Panelist(stage=self.stage, label=label, imported=True) for label in labels if label not in standing
        }
        self._add(Panelist, "평가위원 자리", new.values())
        return standing | new

    def _marks(self, sheets: dict[tuple[str, str], Sheet]) -> None:
        criteria = {row.path: row for row in Criterion.objects.filter(part__stage=self.stage)}
        self._add(
            Mark,
            "평점",
            (
                Mark(sheet=sheets[pair], criterion=criteria[path], value=value, comment=comment)
                for pair, filled in self.data.sheets.items()
                for path, (value, comment) in filled.marks.items()
            ),
        )

    def _findings(self, sheets: dict[tuple[str, str], Sheet]) -> None:
        scopes = {
            (scope.component.key, scope.item.key): scope
            for scope in GateScope.objects.filter(component__stage=self.stage).select_related("component", "item")
        }
        self._add(
            Finding,
            "독자성 판단",
            (
                Finding(sheet=sheets[pair], scope=scopes[cell], finding=finding, evidence=evidence, reason=reason)
                for pair, filled in self.data.sheets.items()
                for cell, (finding, evidence, reason) in filled.findings.items()
            ),
        )

    def conflicts(self) -> None:
        """From whom a seat had to keep, with an event each, as for every conflict. The file does not say on what ground."""
        seats = {seat.label: seat for seat in Panelist.objects.filter(stage=self.stage, imported=True)}
        ground, source = Conflict.Ground.OTHER, Conflict.Source.FILE
        for panelist, slug in self.data.barred:
            seat, team = seats[panelist], self.teams[slug]
            event = record(
                "conflict noted", stage=self.stage.slug, actor=self.events["blinding.csv"].actor, subject="panelist",
                subject_id=seat.id, data={"team": team.id, "ground": ground, "source": source},
            )  # fmt: skip
            Conflict.objects.create(panelist=seat, team=team, ground=ground, source=source, event=event)
        if self.data.barred:
            self.say(f"이해충돌 {len(self.data.barred):,}건")

    # --- Ballots.

    def stars(self) -> None:
        event = self.events.get("ratings.csv")
        prompts, questions = self._prompts(), dict(Question.objects.filter(stage=self.stage).values_list("key", "id"))
        tags = self._tags(citizen for citizen, _, _ in self.data.rated)
        ballots = [
            (
                Ballot(
                    stage_id=self.stage.id, voter_tag=tags[citizen], kind=Kind.RATE, event_id=event.id,
                    thing=things.rating(prompts.get(prompt), self.teams[team].id), prompt_id=prompts.get(prompt),
                    left_team_id=self.teams[team].id, stratum=things.stratum(rated.stratum), recognised=rated.recognised, cast_at=_moment(rated.at, event),
                ),
                rated.stars,
            )
            for (citizen, team, prompt), rated in self.data.rated.items()
        ]  # fmt: skip
        self._add(Ballot, "별점 투표", [ballot for ballot, _ in ballots])
        self._add(
            Star,
            "별점",
            (
                Star(ballot_id=ballot.id, question_id=questions[question], rating=rating)
                for ballot, stars in ballots
                for question, rating in stars.items()
            ),
        )

    def comparisons(self) -> None:
        event, prompts = self.events.get("comparisons.csv"), self._prompts()
        tags = self._tags(row.citizen for row in self.data.compared)
        self._add(
            Ballot,
            "비교 투표",
            (
                Ballot(
                    stage_id=self.stage.id, voter_tag=tags[row.citizen], kind=Kind.COMPARE, event_id=event.id, choice=row.choice,
                    thing=things.comparison(prompts[row.prompt], self.teams[row.left].id, self.teams[row.right].id),
                    prompt_id=prompts[row.prompt], left_team_id=self.teams[row.left].id, right_team_id=self.teams[row.right].id,
                    stratum=things.stratum(row.stratum), recognised=row.recognised, cast_at=_moment(row.at, event),
                )
                for row in self.data.compared
            ),
        )  # fmt: skip

    def _tags(self, citizens: Iterable[str]) -> dict[str, str]:
        """The tag of each citizen: the same for every spelling, since of an earlier file only the tags are left to compare."""
        return {citizen: voter_tag_for_import(self.stage, folded_number(citizen)) for citizen in set(citizens)}

    # --- The rest.

    def decisions(self) -> None:
        self._decisions(GateDecision, "관문 결정", self.data.decided, "decisions.csv", lambda row: {})

    def line_decisions(self) -> None:
        self._decisions(
            LineDecision, "경계선 결정", self.data.on_the_line, "line_decisions.csv",
            lambda row: {"among": LineDecision.written(row.among)},
        )  # fmt: skip

    def _decisions(self, kind, word: str, decided: list[Decided], file: str, own: Callable[[Decided], dict]) -> None:
        """Each as the next revision for its team, with the columns of its `own` that only one kind has."""
        event, taken = self.events.get(file), defaultdict(int)
        for team in kind.objects.filter(team__stage=self.stage).values_list("team_id", flat=True):
            taken[team] += 1
        self._add(
            kind,
            word,
            (
                kind(
                    team=self.teams[row.team], decision=row.decision, reason=row.reason, source=row.source,
                    decided_on=row.decided_on, revision=taken[self.teams[row.team].id] + 1, event=event, **own(row),
                )
                for row in decided
            ),
        )  # fmt: skip

    def documents(self, texts: dict[str, str], by: str) -> None:
        """Sealed originals with their blind copies."""
        rounds = {row.key: row for row in Round.objects.filter(stage=self.stage)}
        for row in self.data.documents:
            try:
                take_submission(
                    team=self.teams[row.team], round=rounds[row.round], title=row.title, text=texts[row.file],
                    file_name=row.file, by=by,
                )  # fmt: skip
            except Refusal as refusal:
                raise one_fault(f"{DOCUMENTS}/{row.file}", str(refusal)) from None
        if self.data.documents:
            self.say(f"제출 자료 {len(self.data.documents):,}건")

    def _add(self, kind, word: str, rows: Iterable) -> None:
        """Insert in batches, so that memory and the officer's patience stay small."""
        remaining, added = iter(rows), 0
        while batch := list(islice(remaining, BATCH)):
            kind.objects.bulk_create(batch)
            added += len(batch)
            if added % (10 * BATCH) == 0:
                self.say(f"{word} {added:,}건 …")
        if added:
            self.say(f"{word} {added:,}건")


def _moment(at: datetime | None, event: Event) -> datetime:
    return at.astimezone(UTC) if at else event.at


def import_events(
    stage: Stage, files: dict[str, str], rows: dict[str, int], by: str, *, reason: str = "", second: str = ""
) -> dict[str, Event]:
    """One event per data file, with its SHA-256: anybody who has the file can tell that it is the one. The ledger is read in every phase,
    so the reason of a late one stands in the body: it may be about the count."""
    return {
        name: record(
            "data imported", stage=stage.slug, actor=by, subject="file",
            data={"file": name, "sha256": files[name], "rows": rows[name]} | ({"reason": reason, "second": second} if second else {}),
        )
        for name in rows
    }  # fmt: skip
