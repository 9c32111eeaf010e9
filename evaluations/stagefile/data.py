"""What the data files say, row by row, held against the stage: pure records out, faults by line.

Each file has a reader that takes its rows and returns its records. A row with a fault is left out of the records; nothing is loaded
while there is one fault, so the records are complete where they are used.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from evaluations.scoring.decimals import fraction
from evaluations.scoring.evidence import DECISIONS, FINDINGS, PLACES, VOTES, among_fault, mark_fault, measurement_fault
from evaluations.scoring.rules import Rules
from evaluations.scoring.tallies import CHOICES
from evaluations.stagefile import values
from evaluations.stagefile.configuration import Table
from evaluations.stagefile.consistency import criteria, folded, folded_number
from evaluations.stagefile.csv_rows import Row
from evaluations.stagefile.faults import Faults
from evaluations.stagefile.files import document_fault
from evaluations.stagefile.records import (
    AskedPrompt,
    Compared,
    Data,
    Decided,
    Document,
    FilledSheet,
    GivenAnswer,
    Measured,
    Rated,
)
from evaluations.stagefile.schema import RECOGNISED, RECOGNISED_OF_ONE, RECOGNISED_OF_TWO
from portal.unseen import is_blank

CONFLICT = "conflict"
SAID = ("no", "maybe", "yes", CONFLICT)
CANNOT_JUDGE = "cannot_judge"
LONG = 10_000
LONGEST_ANSWER = 60_000


class Known:
    """What rows may name: the stage's own things, and what was loaded before."""

    def __init__(
        self,
        config: Table,
        prompts: Iterable[str] = (),
        sheets: Iterable[tuple[str, str]] = (),
        seats: Iterable[str] = (),
        stratum_of: Callable[[str], dict[str, str] | None] = lambda _: None,
    ) -> None:
        self.rules = Rules.from_config(config)
        self.teams = frozenset(self.rules.slugs)
        self.leaves = self.rules.leaves()
        self.judged = bool(self.leaves)
        self.cells = frozenset(self.rules.gate.cells()) if self.rules.gate else frozenset()
        self.majority = self.rules.advance.by == "majority"
        self.questions = frozenset(self.rules.questions)
        self.rounds = frozenset(round["key"] for round in config.get("rounds", []))
        self.blind = any(round["blind"] and round["counts"] for round in config.get("rounds", []))
        self.bear_sheets = ("sheets.csv",) if self.judged else ("findings.csv", "recognitions.csv")
        """The files that say which sheets there are."""
        self.asked = "users" in config
        self.comment = _comments(config)
        self.strata = {
            trait["key"]: frozenset(category["key"] for category in trait["categories"])
            for trait in config.get("users", {}).get("strata", [])
        }
        self.opens, self.closes = (datetime.fromisoformat(config["timetable"][name]) for name in ("opens", "closes"))
        self.prompts: set[str] | None = set(prompts)
        self.sheets: set[tuple[str, str]] | None = set(sheets)
        self.spelled = {("panelist", folded(seat)): (seat, "먼저 들여온 자리의") for seat in seats}
        """How each person was written first, by column and folded name, and where."""
        self.citizens: dict[str, dict[str, str]] = {}
        self.stratum_of = stratum_of
        """The stratum of a citizen in the ballots that are there already, empty where they say none; None where there is no such ballot."""


def _comments(config: Table) -> dict[str, str]:
    found: dict[str, str] = {}
    parents: dict[tuple[Any, ...], str] = {}
    for path, criterion in criteria(config):
        parent = parents.get(path[:-2], "")
        parents[path] = f"{parent}.{criterion['key']}" if parent else criterion["key"]
        found[parents[path]] = criterion["comment"]
    return found


class Reader:
    """Reads cells of one file and keeps what is wrong; `ok` tells whether this row may be used."""

    def __init__(self, file: str, known: Known, data: Data, faults: Faults) -> None:
        self.file, self.known, self.data, self.faults = file, known, data, faults
        self.row = Row(0, {})
        self.ok = True
        self.seen: dict[Any, int] = {}
        self.before = faults.total

    @property
    def clean(self) -> bool:
        """Was nothing wrong in this file so far?"""
        return self.faults.total == self.before

    def begin(self, row: Row) -> None:
        self.row, self.ok = row, True

    def fault(self, reason: str) -> None:
        self.ok = False
        self.faults.add(self.file, self.row.line, reason)

    def text(self, column: str, longest: int = 200, *, required: bool = False, breaks: bool = False) -> str:
        """The text of a cell; empty where there is nothing to see in it."""
        text = self.row[column]
        why = values.text_fault(text, longest, breaks=breaks) if text else None
        empty = is_blank(text)
        if why is None and empty and required:
            why = "값이 비어 있습니다."
        if why is None and not empty and not breaks and text != text.strip():
            why = "앞뒤의 빈칸을 지워 주세요."
        if why:
            self.fault(f"{column}: {why}")
        return "" if empty else text

    def person(self, column: str, longest: int, fold: Callable[[str], str]) -> str:
        """Who said this. Two spellings of one name would count as two people: the second is a fault."""
        name = self.text(column, longest, required=True)
        if name:
            first, where = self.known.spelled.setdefault((column, fold(name)), (name, f"{self.file}:{self.row.line}의"))
            if first != name:
                self.fault(
                    f"{column}: {values.shown(name)}은(는) {where} {values.shown(first)}과(와) 적은 법만 다른 이름입니다. "
                    "띄어쓰기와 글자(전각, 자모를 나눈 한글)까지 똑같이 적어 주세요."
                )
        return name

    def one_of(self, column: str, choices: Iterable[str], why: str) -> str:
        text = self.row[column]
        if text not in choices:
            self.fault(f"{column}: {why} {values.shown(text)}")
        return text

    def team(self, column: str = "team") -> str:
        return self.one_of(column, self.known.teams, "이 단계에 없는 팀입니다:")

    def choice(self, column: str, choices: tuple[str, ...]) -> str:
        return self.one_of(column, choices, f"{', '.join(choices)} 가운데 하나여야 합니다:")

    def read(self, column: str, read: Callable[[str], Any], *, required: bool = False) -> Any:
        """A number, day or moment; None where it is empty or wrong."""
        text = self.row[column]
        if not text and not required:
            return None
        try:
            return read(text)
        except values.Wrong as wrong:
            self.fault(f"{column}: {wrong}" if text else f"{column}: 값이 비어 있습니다.")
            return None

    def cast_at(self) -> datetime | None:
        """When a vote was cast: only while people could vote. None where nobody noted it."""
        at = self.read("rated_at", values.moment)
        if at and not self.known.opens <= at < self.known.closes:
            self.fault(
                f"rated_at: 평가 기간(시작 {self.known.opens.isoformat()}, 마감 {self.known.closes.isoformat()}) 밖의 시각입니다."
            )
        return at

    def once(self, key: Any, what: str) -> None:
        """A fault when an earlier row says something about the same."""
        first = self.seen.setdefault(key, self.row.line)
        if first != self.row.line:
            self.fault(f"{first}번째 줄과 같은 {what}입니다.")

    def stratum(self, citizen: str) -> dict[str, str]:
        """The traits this row gives the citizen. One person is of one stratum: to say nothing once and something elsewhere is a fault too."""
        found = {}
        for trait, categories in self.known.strata.items():
            category = self.row[trait]
            if category:
                self.one_of(trait, categories, "이 특성에 없는 범주입니다:")
                found[trait] = category
        if self.ok and self.known.strata:
            if citizen not in self.known.citizens:
                standing = self.known.stratum_of(citizen)
                if standing is not None and standing != found:
                    self.fault(f"citizen: 같은 사람의 특성이 먼저 들여온 투표와 다릅니다: {values.shown(citizen)}")
                    return found
                self.known.citizens[citizen] = found
            if self.known.citizens[citizen] != found:
                self.fault(f"citizen: 같은 사람의 특성이 다른 줄과 다릅니다: {values.shown(citizen)}")
        return found


def benchmarks(reader: Reader, rows: Iterable[Row]) -> None:
    measurable = reader.known.rules.measurable()
    for row in rows:
        reader.begin(row)
        team, item, score = reader.team(), row["item"], reader.read("score", values.decimal, required=True)
        if item not in measurable:
            reader.fault(f"item: 이 단계에 없는 측정 항목입니다: {values.shown(item)}")
        reader.once((team, item), "팀과 항목")
        source, on = reader.text("source", 500), reader.read("measured_on", values.day)
        if reader.ok:
            why = measurement_fault(reader.known.rules, team=team, address=item, score=fraction(score))
            if why:
                reader.fault(f"score: {why}")
        if reader.ok:
            reader.data.measured.append(Measured(team, item, score, source, on))


def documents(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        team = reader.team()
        round = reader.one_of("round", reader.known.rounds, "이 단계에 없는 차수입니다:")
        title, file = reader.text("title", required=True), row["file"]
        why = document_fault(file)
        if why:
            reader.fault(f"file: {why} {values.shown(file)}")
        reader.once((team, round), "팀과 차수")
        reader.once(file, "파일")
        if reader.ok:
            reader.data.documents.append(Document(row.line, team, round, title, file))


def prompts(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        key = reader.text("prompt", 50, required=True)
        category, text = reader.text("category", 100), reader.text("text", LONG, required=True, breaks=True)
        reader.once(key, "질문")
        if not reader.known.asked:
            reader.fault("이 단계에는 국민 평가([users])가 없습니다.")
        if reader.ok:
            reader.data.prompts.append(AskedPrompt(key, category, text))
    # Where prompts.csv is wrong nobody knows which prompts there are, and a second fault for each answer would tell nothing.
    known = reader.known.prompts or set()
    reader.known.prompts = known | {prompt.key for prompt in reader.data.prompts} if reader.clean else None


def answers(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        prompt, team = _prompt(reader), reader.team()
        sample = reader.read("sample", values.whole, required=True)
        if sample is not None and not 1 <= sample <= 1000:
            reader.fault("sample: 1 이상 1000 이하여야 합니다.")
        text = reader.text("text", LONGEST_ANSWER, required=True, breaks=True)
        reader.once((prompt, team, sample), "질문, 팀과 표본 번호")
        if reader.ok:
            reader.data.answers.append(GivenAnswer(prompt, team, sample, text))


def _prompt(reader: Reader) -> str:
    if reader.known.prompts is None:
        return reader.row["prompt"]
    return reader.one_of("prompt", reader.known.prompts, "이 단계에 없는 질문입니다:")


def _panelist(reader: Reader) -> str:
    return reader.person("panelist", 50, folded)


def _citizen(reader: Reader) -> str:
    return reader.person("citizen", 100, folded_number)


def sheets(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        panelist, team, criterion = _panelist(reader), reader.team(), row["criterion"]
        mark = None if row["mark"] == CANNOT_JUDGE else reader.read("mark", values.whole, required=True)
        comment = reader.text("comment", LONG, breaks=True)
        if criterion not in reader.known.leaves:
            reader.fault(f"criterion: 평점을 매기는 항목이 아닙니다: {values.shown(criterion)}")
        elif reader.ok:
            why = mark_fault(reader.known.rules, criterion=criterion, mark=mark)
            if why:
                reader.fault(f"mark: {why} {values.shown(row['mark'])}")
            _check_comment(reader, reader.known.comment.get(criterion, ""), comment)
        reader.once((panelist, team, criterion), "평가위원, 팀과 항목")
        if reader.ok:
            sheet = reader.data.sheets.setdefault((panelist, team), FilledSheet(row.line))
            sheet.marks[criterion] = (mark, comment)
    if reader.clean:
        _check_complete(reader)
    else:
        reader.known.sheets = None  # as with prompts: which sheets there are is not known


def _check_comment(reader: Reader, rule: str, comment: str) -> None:
    if rule == "required" and not comment:
        reader.fault("comment: 이 항목은 의견을 반드시 적어야 합니다.")
    if rule == "none" and comment:
        reader.fault("comment: 이 항목은 의견을 받지 않습니다.")


def _check_complete(reader: Reader) -> None:
    for (panelist, team), sheet in reader.data.sheets.items():
        missing = [path for path in reader.known.leaves if path not in sheet.marks]
        if missing:
            reader.faults.add(
                reader.file, sheet.line, f"평가표({panelist}, {team})에 평점이 없습니다: {', '.join(missing)}"
            )


def findings(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        panelist, team, cell = _panelist(reader), reader.team(), (row["component"], row["item"])
        finding = reader.choice("finding", FINDINGS)
        if cell not in reader.known.cells:
            reader.fault(f"component, item: 독자성 관문에서 묻지 않는 것입니다: {values.shown('.'.join(cell))}")
        evidence, reason = reader.text("evidence", LONG, breaks=True), reader.text("reason", LONG, breaks=True)
        reader.once((panelist, team, cell), "평가위원, 팀, 구성요소와 항목")
        _has_sheet(reader, panelist, team)
        if reader.ok:
            sheet = reader.data.sheets.setdefault((panelist, team), FilledSheet(row.line))
            sheet.findings[cell] = (finding, evidence, reason)
    _doubt_sheets(reader)


def _doubt_sheets(reader: Reader) -> None:
    if not reader.clean and reader.file in reader.known.bear_sheets:
        reader.known.sheets = None


def _has_sheet(reader: Reader, panelist: str, team: str) -> None:
    """Where there are criteria, findings and votes belong to a sheet with marks."""
    pair = (panelist, team)
    if reader.known.sheets is None:
        return
    if reader.ok and reader.known.judged and pair not in reader.data.sheets and pair not in reader.known.sheets:
        reader.fault(f"이 평가위원의 이 팀 평가표가 sheets.csv에 없습니다: {values.shown(panelist)}, {team}")


def recognitions(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        panelist, team, answer = _panelist(reader), reader.team(), reader.choice("recognised", VOTES)
        reason = reader.text("reason", LONG, breaks=True)
        if not reader.known.majority:
            reader.fault("과반 인정(majority)으로 정하는 단계가 아닙니다.")
        reader.once((panelist, team), "평가위원과 팀")
        _has_sheet(reader, panelist, team)
        if reader.ok:
            sheet = reader.data.sheets.setdefault((panelist, team), FilledSheet(row.line))
            sheet.recognition = (answer, reason)
    _doubt_sheets(reader)


def blinding(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        panelist, team, said = _panelist(reader), reader.team(), reader.choice("recognised", SAID)
        guess = reader.team("guess") if row["guess"] else ""
        if guess and said in ("no", CONFLICT):
            reader.fault(f"guess: recognised가 maybe나 yes일 때만 적습니다: {values.shown(guess)}")
        if not reader.known.blind:
            reader.fault("점수에 반영하는 차수가 가린 차수(blind = true)가 아니므로 알아보았는지 묻지 않습니다.")
        reader.once((panelist, team), "평가위원과 팀")
        _fits_sheets(reader, panelist, team, said)
        if reader.ok and said == CONFLICT:
            reader.data.barred[panelist, team] = row.line
        elif reader.ok:
            sheet = reader.data.sheets.setdefault((panelist, team), FilledSheet(row.line))
            sheet.recognised, sheet.guess = said, guess
    if reader.clean:
        _check_barred(reader)


def _fits_sheets(reader: Reader, panelist: str, team: str, said: str) -> None:
    """She answered on a sheet; a team that she may not judge has none."""
    if not reader.ok or reader.known.sheets is None:
        return
    there = (panelist, team) in reader.data.sheets or (panelist, team) in reader.known.sheets
    if there and said == CONFLICT:
        reader.fault(
            f"recognised: 이해충돌(conflict)로 맡지 않은 팀의 평가표가 있습니다: {values.shown(panelist)}, {team}"
        )
    if not there and said != CONFLICT:
        reader.fault(f"이 평가위원의 이 팀 평가표가 자료에 없습니다: {values.shown(panelist)}, {team}")


def _check_barred(reader: Reader) -> None:
    """From whom a panelist had to keep matters only for what she guessed."""
    answered = {panelist for (panelist, _), sheet in reader.data.sheets.items() if sheet.recognised}
    for (panelist, _team), line in reader.data.barred.items():
        if panelist not in answered:
            reader.faults.add(
                reader.file,
                line,
                f"이 평가위원이 알아보았는지 답한 줄(no, maybe, yes)이 없습니다: {values.shown(panelist)}",
            )


def ratings(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        citizen, team = _citizen(reader), reader.team()
        question = reader.one_of("question", reader.known.questions, "이 단계에 없는 물음입니다:")
        rating = reader.one_of("rating", ("1", "2", "3", "4", "5"), "1부터 5까지의 정수여야 합니다:")
        prompt = _prompt(reader) if row["prompt"] else ""
        at, recognised, stratum = reader.cast_at(), _recognised(reader, RECOGNISED_OF_ONE), reader.stratum(citizen)
        reader.once((citizen, team, prompt, question), "사람, 팀, 질문과 물음")
        if reader.ok:
            said = Rated(row.line, {}, at, recognised, stratum)
            rated = reader.data.rated.setdefault((citizen, team, prompt), said)
            _check_one_ballot(reader, rated, said)
            rated.stars[question] = int(rating)


def _recognised(reader: Reader, words: dict[str, str]) -> str:
    """What the ballot keeps of the answer; empty where nobody asked."""
    return words.get(reader.choice(RECOGNISED, tuple(words)), "") if reader.row[RECOGNISED] else ""


def _check_one_ballot(reader: Reader, rated: Rated, said: Rated) -> None:
    """The rows of one ballot say the same of when it was cast, and of what was recognised, or all say nothing: no row counts
    more than another."""
    if said.at != rated.at:
        reader.fault(f"rated_at: {rated.line}번째 줄과 같은 사람, 팀, 질문의 투표인데 시각이 다릅니다.")
    if said.recognised != rated.recognised:
        reader.fault(f"{RECOGNISED}: {rated.line}번째 줄과 같은 사람, 팀, 질문의 투표인데 알아보았는지가 다릅니다.")


def comparisons(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        citizen, prompt = _citizen(reader), _prompt(reader)
        left, right = reader.team("team_a"), reader.team("team_b")
        if left == right:
            reader.fault("team_a, team_b: 같은 팀끼리 비교할 수 없습니다.")
        choice, at = reader.choice("choice", CHOICES), reader.cast_at()
        recognised, stratum = _recognised(reader, RECOGNISED_OF_TWO), reader.stratum(citizen)
        reader.once((citizen, prompt, min(left, right), max(left, right)), "사람, 질문과 두 팀")
        if reader.ok:
            reader.data.compared.append(Compared(citizen, prompt, left, right, choice, at, recognised, stratum))


def decisions(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        team, decision = reader.team(), reader.choice("decision", DECISIONS)
        reason, source = reader.text("reason", LONG, breaks=True), reader.text("source", 500)
        on = reader.read("decided_on", values.day)
        if reader.known.rules.gate is None:
            reader.fault("이 단계에는 독자성 관문이 없습니다.")
        reader.once(team, "팀")
        if reader.ok:
            reader.data.decided.append(Decided(row.line, team, decision, reason, on, source))


def line_decisions(reader: Reader, rows: Iterable[Row]) -> None:
    for row in rows:
        reader.begin(row)
        team, decision = reader.team(), reader.choice("decision", PLACES)
        reason, source = reader.text("reason", LONG, breaks=True), reader.text("source", 500)
        on = reader.read("decided_on", values.day)
        among = frozenset(row["among"].split())
        if not reader.known.rules.advance.by_committee:
            reader.fault("경계선의 동점을 위원회가 정하는 단계가 아닙니다.")
        if reader.ok and (why := among_fault(reader.known.rules, team, among)):
            reader.fault(f"among: {why} {values.shown(row['among'])}")
        reader.once(team, "팀")
        if reader.ok:
            reader.data.on_the_line.append(Decided(row.line, team, decision, reason, on, source, among))


READERS: dict[str, Callable[[Reader, Iterable[Row]], None]] = {
    "benchmarks.csv": benchmarks,
    "documents.csv": documents,
    "prompts.csv": prompts,
    "answers.csv": answers,
    "sheets.csv": sheets,
    "findings.csv": findings,
    "recognitions.csv": recognitions,
    "blinding.csv": blinding,
    "ratings.csv": ratings,
    "comparisons.csv": comparisons,
    "decisions.csv": decisions,
    "line_decisions.csv": line_decisions,
}
