"""Moving a stage on. Every move locks the stage row, asks what is missing, and is on record."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from evaluations.proceedings import readiness, wording
from evaluations.programme import actions as documents
from evaluations.programme.models import BlindCopy, Configuration, Round, Stage
from evaluations.programme.phases import LABELS, ORDER, Phase, may_move, needs_two
from evaluations.ratings import answers
from evaluations.ratings.models import Answer
from evaluations.results import actions as results
from evaluations.results.models import CountJob
from evaluations.results.queries import latest_run
from evaluations.scoring.canonical import canonical_bytes, digest
from evaluations.stagefile.export import configuration
from portal.accounts.guards import refuse_unless_officer
from portal.accounts.models import User
from portal.accounts.seconding import need_second
from portal.audit.models import Event
from portal.audit.record import record
from portal.http import Refusal, Stale
from portal.unseen import is_blank


class NotReady(Refusal):
    """Something must come first; `missing` names each."""

    status = 409

    def __init__(self, missing: list[readiness.Missing]):
        self.missing = missing
        super().__init__("아직 옮길 수 없습니다. " + " ".join(str(m) for m in missing))

    @property
    def lines(self) -> list[str]:
        return ["아직 옮길 수 없습니다.", *map(str, self.missing)]


@dataclass(frozen=True)
class Move:
    """One of the moves open to a stage, with what stands in its way."""

    to: Phase
    label: str
    missing: list[readiness.Missing]
    advice: list[readiness.Missing]
    back: bool
    two: bool

    @property
    def toward(self) -> str:
        return wording.toward(self.label)

    @property
    def meaning(self) -> str:
        return wording.meaning(self.to, back=self.back)


def moves_of(stage: Stage) -> list[Move]:
    """The allowed moves from the stage's phase, each with what is missing."""
    moves = []
    for to in readiness.moves_from(stage.current_phase):
        found = readiness.missing_before(stage, to)
        back = readiness.is_step_back(stage.current_phase, to)
        two = needs_two(stage.current_phase, to)
        moves.append(
            Move(to, LABELS[to], [m for m in found if m.blocks], [m for m in found if not m.blocks], back, two)
        )
    return moves


@dataclass(frozen=True)
class Card:
    """A stage on the first page of the office: where it stands, and its next step with what is missing."""

    stage: Stage
    step: int
    following: Move | None


def desk(stages: Iterable[Stage]) -> list[Card]:
    cards = []
    for stage in stages:
        forward = next((move for move in moves_of(stage) if not move.back), None)
        cards.append(Card(stage, ORDER.index(stage.current_phase) + 1, forward))
    return cards


def advance_phase(
    *, stage: Stage, to: Phase, by: User, reason: str = "", second: User | None = None, seen_rules: str | None = None
) -> Stage:
    """Move the stage to another phase, or refuse and say what is missing. Raises SecondNeeded where one officer is not enough.

    `seen_rules` is the digest of the rules that a person has before her as she freezes them; None where a program does it.
    """
    refuse_unless_officer(by)
    if to is Phase.FROZEN:
        _look_for_names(stage)
    with transaction.atomic():
        locked = Stage.objects.select_for_update().get(pk=stage.pk)
        if locked.phase != stage.phase:
            raise Stale(f"그 사이 단계가 ‘{LABELS[locked.current_phase]}’ 국면으로 옮겨졌습니다. 다시 확인해 주세요.")
        if not may_move(locked.current_phase, to):
            there = wording.toward(LABELS[to])
            raise Refusal(f"‘{LABELS[locked.current_phase]}’ 국면에서 ‘{there}’ 옮길 수 없습니다.")
        if to is Phase.FROZEN and seen_rules is not None and seen_rules != digest(configuration(locked)):
            raise Stale(
                "이 화면을 연 뒤에 단계의 기준이 바뀌었습니다. 바뀐 기준을 확인하고 다시 확정해 주세요. 아무것도 확정하지 않았습니다."
            )
        if readiness.is_step_back(locked.current_phase, to) and is_blank(reason):
            raise Refusal("앞 국면으로 되돌리려면 사유를 적어야 합니다.")
        missing = [m for m in readiness.missing_before(locked, to) if m.blocks]
        if missing:
            raise NotReady(missing)
        two = needs_two(locked.current_phase, to)
        if two:
            _need_second_to_move(locked, to, by=by, reason=reason, second=second)
        before, locked.phase = locked.phase, to.value
        if to is Phase.FROZEN:
            locked.edition = _freeze(locked, by=by, reason=reason).version
        if to is Phase.CLOSED:
            _lock_rounds(locked, by=by)
        if to is Phase.PUBLISHED:
            results.publish(run=latest_run(locked), by=by.id, second=second.id if second else "", reason=reason)
        locked.save(update_fields=["phase", "edition"])
        if to is Phase.OPEN:
            _open_first_round(locked, by=by)
        record(
            "phase moved", stage=locked.slug, actor=by.id, subject="stage", subject_id=locked.id, reason=reason,
            data={"from": before, "to": to.value} | ({"second": second.id} if two and second else {}),
        )  # fmt: skip
        return locked


def _need_second_to_move(stage: Stage, to: Phase, *, by: User, reason: str, second: User | None) -> None:
    """Towards the public, the two agree on one run. A stage that has been elsewhere since is not where they agreed to move it from."""
    run = None if readiness.is_step_back(stage.current_phase, to) else latest_run(stage)
    result = f", 결과 봉인 {run.seal.result[:16]}…" if run else ""
    here_since = Event.objects.of_stage(stage.slug).filter(kind="phase moved").order_by("-at", "id").first()
    need_second(
        by=by.id, second=second.id if second else "", reason=reason, act="move", stage_id=stage.id, subject=stage.id,
        told=f"‘{LABELS[stage.current_phase]}’ → ‘{LABELS[to]}’{result}", arguments={"from": stage.phase, "to": to.value},
        ground={"run": run.pk if run else "", "here_since": here_since.pk if here_since else ""},
    )  # fmt: skip


@transaction.atomic
def _look_for_names(stage: Stage) -> None:
    """Names may have been added to the teams after their answers and documents came in. What is found now stays found
    when the move is refused because of it, so that the office can look at it."""
    locked = Stage.objects.select_for_update().get(pk=stage.pk)
    if locked.current_phase is Phase.PREPARING:
        documents.look_for_names(stage=locked)
        answers.look_for_names(Answer.objects.filter(prompt__stage=locked), stage=locked)


def _freeze(stage: Stage, *, by: User, reason: str) -> Configuration:
    rules = configuration(stage)
    version = stage.configurations.count() + 1
    event = record(
        "configuration frozen", stage=stage.slug, actor=by.id, subject="configuration", reason=reason,
        data={"version": version, "digest": digest(rules)},
    )  # fmt: skip
    return Configuration.objects.create(
        stage=stage, version=version, body=canonical_bytes(rules).decode(), digest=digest(rules), reason=reason,
        event=event, created_at=event.at,
    )  # fmt: skip


def open_round(*, round: Round, by: User) -> Round:
    """Let the experts write in this round. A round that shows names waits until blind ones are locked."""
    refuse_unless_officer(by)
    with transaction.atomic():
        stage = Stage.objects.select_for_update().get(pk=round.stage_id)
        if stage.current_phase is not Phase.OPEN:
            raise Refusal("평가 진행 국면에서만 차수를 열 수 있습니다.")
        rounds = list(stage.rounds.all())
        this = next(r for r in rounds if r.pk == round.pk)
        if this.state != Round.State.WAITING:
            raise Stale(f"이 차수는 이미 '{this.get_state_display()}' 상태입니다.")
        if any(r.state == Round.State.OPEN for r in rounds):
            raise Refusal("다른 차수가 열려 있습니다. 먼저 잠가 주세요.")
        if not this.blind and any(r.blind and r.state != Round.State.LOCKED for r in rounds):
            raise Refusal("이름이 드러나는 차수는 가림 차수를 모두 잠근 뒤에 열 수 있습니다.")
        return _open(this, by=by, slug=stage.slug)


def lock_round(*, round: Round, by: User) -> Round:
    """No sheet of this round may be written any more."""
    refuse_unless_officer(by)
    with transaction.atomic():
        stage = Stage.objects.select_for_update().get(pk=round.stage_id)
        this = stage.rounds.get(pk=round.pk)
        if this.state != Round.State.OPEN:
            raise Stale(f"이 차수는 '{this.get_state_display()}' 상태라 잠글 수 없습니다.")
        return _set_state(this, Round.State.LOCKED, by=by, slug=stage.slug)


def _open_first_round(stage: Stage, *, by: User) -> None:
    first = stage.rounds.filter(state=Round.State.WAITING).first()
    if first and not stage.rounds.exclude(state=Round.State.WAITING).exists():
        _open(first, by=by, slug=stage.slug)


def _open(this: Round, *, by: User, slug: str) -> Round:
    """However a round is opened, from then on its documents cannot be exchanged: none of them may be held back."""
    held = BlindCopy.objects.held_back(this).select_related("submission__team")
    if teams := ", ".join(f"‘{copy.submission.team}’" for copy in held.order_by("submission__team__position")):
        raise Refusal(
            f"가림본이 보류된 팀이 있습니다: {teams}. 차수를 연 뒤에는 자료를 바꿀 수 없습니다. "
            "먼저 발견된 이름을 확인하고 공개하거나 자료를 다시 받아 주세요."
        )
    return _set_state(this, Round.State.OPEN, by=by, slug=slug)


def _lock_rounds(stage: Stage, *, by: User) -> None:
    for this in stage.rounds.exclude(state=Round.State.LOCKED):
        _set_state(this, Round.State.LOCKED, by=by, slug=stage.slug)


def _set_state(this: Round, state: Round.State, *, by: User, slug: str) -> Round:
    before, this.state = this.state, state
    this.save(update_fields=["state"])
    record(
        "round moved", stage=slug, actor=by.id, subject="round", subject_id=this.id,
        data={"round": this.key, "from": before, "to": state.value},
    )  # fmt: skip
    return this


def start_count(*, stage: Stage, by: User) -> CountJob:
    """Ask the workers for a count of the evidence as it stands."""
    refuse_unless_officer(by)
    return results.request_count(stage=stage, by=by.id)
