"""What can be done to a sheet. Each verb asks the phase and the deadline itself, under the lock on the stage row."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from evaluations.panels.models import Assignment
from evaluations.programme.models import Configuration, Stage
from evaluations.programme.phases import Phase, at_least
from evaluations.programme.visibility import Thing
from evaluations.reviews.assignments import assignments_of
from evaluations.reviews.content import Content, content_of
from evaluations.reviews.models import Confirmation, Draft, Finding, Mark, Recognition, Sheet, Void
from evaluations.reviews.outline import Outline, Typed
from evaluations.reviews.writing import why_not
from portal.accounts.guards import refuse_unless_officer
from portal.accounts.seconding import need_second
from portal.audit.record import record
from portal.http import Refusal, Stale
from portal.ids import random_id

STALE = "다른 창에서 먼저 저장한 내용이 있습니다. 두 글을 견주어 남길 것을 골라 주세요."
Token = tuple[int, int]


class PledgeNeeded(Refusal):
    """The rules were amended since she signed the pledge: what she types is kept, and handed in once she has signed again."""


@transaction.atomic
def save_draft(*, assignment: Assignment, typed: Typed, token: Token, by) -> Draft:
    """Keep what is typed so far, gaps and all. The same words twice are one save; others' newer words are `Stale`."""
    hold = _hold(assignment, by)
    hold.refuse_if_closed()
    revision, version = token
    if revision == hold.last_revision:
        if version == 0:
            first = Draft(assignment=hold.assignment, version=1, body=typed, saved_at=hold.now)
            Draft.objects.bulk_create([first], ignore_conflicts=True)
        else:
            mine = Draft.objects.filter(assignment=hold.assignment, version=version)
            mine.update(body=typed, version=F("version") + 1, saved_at=hold.now)
    stored = Draft.objects.filter(assignment=hold.assignment).first()
    if stored is None or stored.body != typed:
        raise Stale(STALE)
    return stored


@transaction.atomic
def discard_draft(*, assignment: Assignment, token: Token, by) -> None:
    """Throw away changes that were never submitted and go back to the last submitted sheet."""
    hold = _hold(assignment, by)
    hold.refuse_if_closed()
    revision, version = token
    if hold.last is None:
        raise Refusal("아직 제출한 평가표가 없어 되돌아갈 것이 없습니다.")
    if revision != hold.last_revision:
        raise Stale(STALE)
    _remove_draft(hold.assignment, version)


@transaction.atomic
def submit(*, assignment: Assignment, outline: Outline, content: Content, token: Token, by) -> Sheet:
    """Put a complete sheet into evidence: event, sheet, marks and findings, or nothing. Submitting what was
    submitted last gives that same sheet, however often, however parallel, and even if its answer came too late."""
    hold = _hold(assignment, by)
    revision, version = token
    if hold.last and content_of(hold.last) == content:
        if revision == hold.last_revision:
            # She changed something and changed it back: the draft in between is nothing to go on with.
            Draft.objects.filter(assignment=hold.assignment, version=version).delete()
        return hold.last
    hold.refuse_if_closed()
    hold.refuse_unless_signed_again()
    if revision != hold.last_revision:
        raise Stale(STALE)
    try:
        with transaction.atomic():
            sheet = _write(hold, outline, content)
    except IntegrityError:
        # Another request took this revision while we were writing.
        last = Sheet.objects.last_of(hold.assignment)
        if last and content_of(last) == content:
            return last
        raise Stale(STALE) from None
    _remove_draft(hold.assignment, version, content.typed(outline))
    return sheet


@transaction.atomic
def confirm(*, sheet: Sheet, by) -> Confirmation:
    """She has seen all of it once more: from now on this revision counts. Twice gives the same receipt."""
    hold = _hold(sheet.assignment, by)
    done = Confirmation.objects.filter(sheet=sheet, sheet__assignment=hold.assignment).select_related("event").first()
    if done:
        return done
    hold.refuse_if_closed()
    hold.refuse_unless_signed_again()
    if hold.last is None or hold.last.id != sheet.id:
        raise Stale("그 뒤에 다시 제출한 평가표가 있습니다. 마지막 것을 확인해 주세요.")
    try:
        with transaction.atomic():
            event = record(
                "sheet confirmed", stage=hold.stage.slug, actor=hold.assignment.panelist_id, at=hold.now,
                subject="sheet", subject_id=sheet.id,
                data={"assignment": hold.assignment.id, "revision": sheet.revision, "submitted": hold.last.event.leaf},
            )  # fmt: skip
            return Confirmation.objects.create(sheet=hold.last, event=event, confirmed_at=hold.now)
    except IntegrityError:
        return Confirmation.objects.select_related("event").get(sheet=sheet)


@transaction.atomic
def void_sheet(*, assignment: Assignment, reason: str, by, second=None) -> Void:
    """The office decides that what this seat said about this team no longer counts. Twice is once. Raises SecondNeeded after the close."""
    refuse_unless_officer(by)
    if not reason.strip():
        raise Refusal("무효로 하는 사유를 적어 주세요.")
    stage = Stage.objects.select_for_update().get(pk=assignment.panelist.stage_id)
    if at_least(stage.current_phase, Phase.CONFIRMED):
        raise Refusal("결과를 확정한 뒤에는 평가표를 무효로 할 수 없습니다. 먼저 집계·심의로 되돌려 주세요.")
    done = Void.objects.filter(assignment=assignment).first()
    if done:
        return done
    two = at_least(stage.current_phase, Phase.CLOSED)
    if two:
        need_second(
            by=by.id, second=second.id if second else "", reason=reason, act="void", stage_id=stage.id, subject=assignment.id,
            told=f"‘{assignment.panelist}’ 자리가 ‘{assignment.team}’ 팀에 낸 평가표 무효", ground={"phase": stage.phase},
        )  # fmt: skip
    try:
        with transaction.atomic():
            event = record(
                "sheet voided", stage=assignment.panelist.stage.slug, actor=by.id,
                subject="assignment", subject_id=assignment.id, reason=reason.strip(),
                data={"second": second.id} if two and second else {},
            )  # fmt: skip
            return Void.objects.create(assignment=assignment, reason=reason.strip(), event=event)
    except IntegrityError:
        return Void.objects.get(assignment=assignment)


@dataclass(frozen=True)
class _Hold:
    """The stage held against a move, and the assignment as it stands under that lock."""

    stage: Stage
    assignment: Assignment
    now: datetime
    last: Sheet | None

    @property
    def last_revision(self) -> int:
        return self.last.revision if self.last else 0

    def refuse_if_closed(self) -> None:
        reason = why_not(
            phase=self.stage.current_phase, round_state=self.assignment.round.state,
            opens_at=self.stage.opens_at, closes_at=self.stage.closes_at, clock=self.now,
        )  # fmt: skip
        if reason:
            raise Refusal(reason)
        if getattr(self.assignment, "void", None):
            raise Refusal("이 평가표는 무효가 되어 고칠 수 없습니다.")
        if not self.assignment.pledged_before:
            raise Refusal("서약서에 먼저 서명해 주세요.")

    def refuse_unless_signed_again(self) -> None:
        if not self.assignment.pledged:
            raise PledgeNeeded(
                "그 사이 평가 기준이 정정되었습니다. 바뀐 것을 보시고 다시 서약하신 뒤에 제출하고 확인하실 수 있습니다."
            )


def _hold(assignment: Assignment, by) -> _Hold:
    stage = Stage.objects.locked_for_evidence(assignment.panelist.stage_id)
    current = assignments_of(by, Thing.OWN_DESK).filter(id=assignment.id).first()
    if current is None:
        raise Refusal("맡은 평가가 아니거나 회피·제척으로 멈춘 평가입니다. 담당자에게 물어봐 주세요.")
    return _Hold(stage=stage, assignment=current, now=stage.clock, last=Sheet.objects.last_of(current))


def _remove_draft(assignment: Assignment, version: int, said: Typed | None = None) -> None:
    """The draft of this version goes, or one of the very same words: a save that was on its way when she submitted.
    A draft with other words stays and stops whatever was about to happen."""
    draft = Draft.objects.filter(assignment=assignment).first()
    if draft is None:
        return
    same = said is not None and {name: text.strip() for name, text in draft.body.items()} == said
    gone, _ = Draft.objects.filter(pk=draft.pk, version=draft.version if same else version).delete()
    if not gone:
        raise Stale(STALE)


def _write(hold: _Hold, outline: Outline, content: Content) -> Sheet:
    sheet_id, revision = random_id(), hold.last_revision + 1
    config = Configuration.objects.filter(stage=hold.stage).order_by("-version").values_list("digest", flat=True)
    event = record(
        "sheet submitted", stage=hold.stage.slug, actor=hold.assignment.panelist_id, at=hold.now,
        subject="sheet", subject_id=sheet_id,
        data={
            "assignment": hold.assignment.id, "round": hold.assignment.round.key, "revision": revision,
            "config_digest": config.first(), "sheet": content.as_data(),
        },
    )  # fmt: skip
    sheet = Sheet(
        id=sheet_id, assignment=hold.assignment, revision=revision, recognised=content.recognised,
        guess=content.guess, opinion=content.opinion, event=event, submitted_at=hold.now,
    )  # fmt: skip
    sheet.save(force_insert=True)
    lines = {line.name: line for line in outline.lines}
    Mark.objects.bulk_create(
        Mark(sheet=sheet, criterion=lines[name].criterion, value=value, comment=comment)
        for name, (value, comment) in content.marks.items()
    )
    Finding.objects.bulk_create(
        Finding(sheet=sheet, scope=lines[name].scope, finding=finding, evidence=evidence, reason=reason)
        for name, (finding, evidence, reason) in content.findings.items()
    )
    if content.recognition:
        answer, reason = content.recognition
        Recognition.objects.create(sheet=sheet, answer=answer, reason=reason)
    return sheet
