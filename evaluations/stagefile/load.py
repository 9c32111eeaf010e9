"""Loading: a directory as a new stage, or one data file into a stage that is being prepared. All or nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from evaluations.panels.models import Panelist
from evaluations.programme.models import Stage
from evaluations.programme.phases import LABELS, Phase, at_least
from evaluations.ratings import things
from evaluations.ratings.identity import voter_tag_for_import
from evaluations.ratings.models import Ballot, Prompt
from evaluations.results.models import GateDecision
from evaluations.results.models import LineDecision as LineDecisionRow
from evaluations.results.queries import line_faults, line_ground
from evaluations.reviews.models import Sheet
from evaluations.scoring import LineDecision
from evaluations.scoring.canonical import digest
from evaluations.stagefile.build import build_stage
from evaluations.stagefile.consistency import folded, folded_number
from evaluations.stagefile.data import Known
from evaluations.stagefile.export import configuration, problems
from evaluations.stagefile.faults import Faults, StageFileError, one_fault
from evaluations.stagefile.files import Content, too_big
from evaluations.stagefile.read import StageFile, read_data, read_directory
from evaluations.stagefile.records import Data
from evaluations.stagefile.schema import DATA, STAGE_FILE
from evaluations.stagefile.take_over import Taking, import_events
from portal.accounts.seconding import need_second
from portal.audit.models import Event
from portal.audit.record import record
from portal.http import Refusal

Say = Callable[[str], None]


def _in_silence(_: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Loaded:
    """The stage, its configuration digest, and whether it was made now or there already with the same content."""

    stage: Stage
    config_digest: str
    created: bool


def load_directory(directory: Path, *, by: str, say: Say = _in_silence) -> Loaded:
    """Load a stage directory. Raises StageFileError with every fault, and then nothing has changed."""
    file = read_directory(directory)
    say(f"{file.slug}: 파일 {1 + len(file.files)}개를 확인하였습니다.")
    with transaction.atomic():
        standing = Stage.objects.filter(slug=file.slug).first()
        if standing is not None:
            _refuse_other_content(standing, file)
            return Loaded(standing, file.digest, created=False)
        return Loaded(_load(file, by=by, say=say), file.digest, created=True)


def _load(file: StageFile, *, by: str, say: Say) -> Stage:
    stage, faults = build_stage(file.config), Faults()
    for name in sorted(file.files):
        if _is_said_here(stage, name):
            faults.add(name, 0, HELD_HERE)
    if faults:
        raise StageFileError(faults)
    record(
        "stage loaded", stage=stage.slug, actor=by, subject="stage", subject_id=stage.id,
        data={"config_digest": file.digest, "files": file.files},
    )  # fmt: skip
    taking = Taking(stage, file.data, import_events(stage, file.files, file.rows, by), say)
    taking.documents(file.documents, by)
    taking.everything()
    return stage


def _is_said_here(stage: Stage, name: str) -> bool:
    """Is it the portal itself that people will tell what this file says? What the committee decides comes once it sits."""
    return name in SAID and stage.current_phase is Phase.PREPARING and not stage.was_held_elsewhere


def _refuse_other_content(stage: Stage, file: StageFile) -> None:
    """Nothing is overwritten: a stage of the same name is the same in everything, or it is a fault."""
    faults = Faults()
    if digest(configuration(stage)) != file.digest:
        faults.add(STAGE_FILE, 0, f"‘{stage.slug}’ 단계가 이미 있고 설정이 다릅니다. 아무것도 덮어쓰지 않았습니다.")
    standing = imported_files(stage)
    for name in sorted(standing.keys() | file.files.keys()):
        if standing.get(name) != file.files.get(name):
            why = (
                "이 파일로도 들여왔는데 지금은 이 파일이 없습니다"
                if name not in file.files
                else "거기에는 이 파일이 없습니다"
                if name not in standing
                else "이 파일의 내용이 다릅니다"
            )
            faults.add(name, 0, f"‘{stage.slug}’ 단계가 이미 있고 {why}. 아무것도 덮어쓰지 않았습니다.")
    if faults:
        raise StageFileError(faults)


def imported_files(stage: Stage) -> dict[str, str]:
    """The SHA-256 of every file this stage was loaded from, by name, as the ledger has them; the last import of a name counts."""
    found: dict[str, str] = {}
    events = Event.objects.of_stage(stage.slug).filter(kind__in=["stage loaded", "data imported"])
    for event in events.in_order():
        data = json.loads(event.body)["data"]
        found |= data.get("files", {}) if event.kind == "stage loaded" else {data["file"]: data["sha256"]}
    return found


# --- One file into a stage that is there.

REVISED = {
    "benchmarks.csv": (Phase.PREPARING, Phase.FROZEN, Phase.OPEN, Phase.CLOSED, Phase.COUNTED),
    "decisions.csv": (Phase.PREPARING, Phase.COUNTED),
    "line_decisions.csv": (Phase.PREPARING, Phase.COUNTED),
}
"""Files of which a later one corrects an earlier one, and in which phases; all others come once, while the stage is prepared."""

COMMITTEE = {"decisions.csv": GateDecision, "line_decisions.csv": LineDecisionRow}
"""The files that say what the committee decided."""

SAID = frozenset(
    ("sheets.csv", "findings.csv", "recognitions.csv", "blinding.csv", "ratings.csv", "comparisons.csv", *COMMITTEE)
)
"""The files in which people judge."""

HELD_HERE = "평가 마감이 지나지 않은 단계입니다. 여기서 하는 평가와 섞어 셀 수 없어, 이미 마감한 평가나 표본 단계(sample = true)에서만 받습니다."

IMPORTABLE = tuple(name for name in DATA if name not in ("documents.csv", "blinding.csv"))
"""What the office may import one by one. Documents need their files beside them; whether a panelist recognised a model stands on her sheet,
which never changes once it is there."""


def importable(stage: Stage) -> tuple[str, ...]:
    """The files that may be imported one by one into this stage now."""
    return tuple(name for name in IMPORTABLE if _comes_in(stage, name) and not _is_said_here(stage, name))


def _comes_in(stage: Stage, name: str) -> bool:
    return stage.current_phase in REVISED.get(name, (Phase.PREPARING,))


def import_csv(
    *, stage: Stage, name: str, content: bytes, by: str, reason: str = "", second: str = "", say: Say = _in_silence
) -> int:
    """Take over one uploaded data file; how many rows it has. Raises StageFileError with every fault, Refusal in the wrong phase,
    SecondNeeded after the close."""
    if name not in IMPORTABLE:
        raise one_fault(name, "들여올 수 있는 자료 파일의 이름이 아닙니다.")
    if len(content) > DATA[name].largest:
        raise one_fault(name, too_big(len(content), DATA[name].largest))
    file = Content.of(content)
    with transaction.atomic():
        locked = Stage.objects.select_for_update().get(pk=stage.pk)
        _refuse_now(locked, name, file.sha256)
        _refuse_unfinished(locked, name)
        data, rows = _checked(locked, name, file)
        if at_least(locked.current_phase, Phase.CLOSED):
            _need_second(locked, name, file, rows, by=by, second=second, reason=reason)
        events = import_events(locked, {name: file.sha256}, {name: rows}, by, reason=reason, second=second)
        Taking(locked, data, events, say).everything()
        return rows


def _need_second(stage: Stage, name: str, content: Content, rows: int, *, by: str, second: str, reason: str) -> None:
    """What is imported after the close moves a count that people may have seen."""
    need_second(
        by=by, second=second, reason=reason, act="import", stage_id=stage.pk, subject=name,
        told=f"{name} {rows:,}행, SHA-256 {content.sha256[:16]}…", arguments={"content": content.data.decode()},
        ground={"phase": stage.phase, "stands": imported_files(stage).get(name, ""), **_committee_ground(stage, name)},
    )  # fmt: skip


def _committee_ground(stage: Stage, name: str) -> dict[str, str]:
    """On what the committee decided: what had been decided before, and at the line which count. A file that waited while something newer was
    decided is proposed anew."""
    if name not in COMMITTEE:
        return {}
    decided = {"decided": str(COMMITTEE[name].objects.filter(team__stage=stage).count())}
    return decided | (line_ground(stage) if name == "line_decisions.csv" else {})


def _refuse_now(stage: Stage, name: str, sha256: str) -> None:
    if not _comes_in(stage, name):
        raise Refusal(f"지금은 ‘{LABELS[stage.current_phase]}’ 국면이라 {name}을(를) 들여올 수 없습니다.")
    if _is_said_here(stage, name):
        raise one_fault(name, HELD_HERE)
    standing = imported_files(stage).get(name)
    if standing == sha256:
        raise one_fault(name, "이미 같은 내용을 들여왔습니다.")
    if standing and name not in REVISED:
        raise one_fault(name, "이미 다른 내용을 들여왔습니다. 근거 자료는 덮어쓰지 않습니다.")


def _refuse_unfinished(stage: Stage, name: str) -> None:
    """Rows are held against the rules of the stage, so these must be complete: built by hand they need not be yet."""
    faults = Faults()
    for problem in problems(stage):
        faults.add(name, 0, f"자료를 들여오기 전에 단계를 고쳐 주세요. {problem.told}")
    if faults:
        raise StageFileError(faults)


def _checked(stage: Stage, name: str, content: Content) -> tuple[Data, int]:
    faults, data = Faults(), Data()
    seats = Sheet.objects.of_stage(stage).filter(assignment__panelist__imported=True)
    known = Known(
        configuration(stage),
        prompts=Prompt.objects.filter(stage=stage).values_list("key", flat=True),
        sheets=seats.values_list("assignment__panelist__label", "assignment__team__slug"),
        seats=Panelist.objects.filter(stage=stage, imported=True).values_list("label", flat=True),
        stratum_of=_strata_of_voters(stage) if DATA[name].strata else lambda _: None,
    )
    rows = read_data(name, content, known, data, faults)
    _refuse_taken_seats(stage, name, data, faults)
    if stage.current_phase is Phase.COUNTED and not faults:
        _refuse_unreasoned(name, data, faults)
        _refuse_off_the_line(stage, name, data, faults)
    if faults:
        raise StageFileError(faults)
    return data, rows


def _refuse_unreasoned(name: str, data: Data, faults: Faults) -> None:
    """While the committee sits its decisions have a reason, whether they come by the office's form or by a file."""
    for row in (*data.decided, *data.on_the_line):
        if not row.reason:
            faults.add(name, row.line, "reason: 결정의 이유를 적어 주세요.")


def _refuse_off_the_line(stage: Stage, name: str, data: Data, faults: Faults) -> None:
    """Once there is a count, only what the committee may decide on it comes in; what was decided elsewhere comes before, with the rest."""
    decided = {row.team: LineDecision(row.decision, row.among, row.reason) for row in data.on_the_line}
    why = line_faults(stage, decided) if decided else {}
    for row in data.on_the_line:
        if row.team in why:
            faults.add(name, row.line, why[row.team])


def _strata_of_voters(stage: Stage) -> Callable[[str], dict[str, str] | None]:
    """What earlier files say of a citizen, read once: one person has one stratum, whichever file names it."""
    said = Ballot.objects.of_stage(stage).filter(paper=None).values_list("voter_tag", "stratum").distinct()
    strata = dict(said.order_by("stratum"))  # of who once said nothing and then something, what she said

    def stratum_of(citizen: str) -> dict[str, str] | None:
        stratum = strata.get(voter_tag_for_import(stage, folded_number(citizen))) if strata else None
        return None if stratum is None else things.categories(stratum)

    return stratum_of


def _refuse_taken_seats(stage: Stage, name: str, data: Data, faults: Faults) -> None:
    """A name in a file must not be that of a seat on which somebody sits."""
    named = {folded(panelist) for panelist, _ in data.sheets}
    for label in Panelist.objects.filter(stage=stage, imported=False).values_list("label", flat=True):
        if folded(label) in named:
            faults.add(name, 0, f"이 단계의 평가위원 자리와 이름이 같습니다: {label}")
