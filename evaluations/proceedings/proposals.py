"""What two officers do together: one proposes, another agrees, and the act is done by its own verb in the transaction of the consent."""

import json
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from evaluations.hearings.actions import rule
from evaluations.hearings.models import Objection
from evaluations.panels.models import Assignment
from evaluations.proceedings.actions import advance_phase
from evaluations.proceedings.models import Proposal, Resolution
from evaluations.programme.models import Stage, Team
from evaluations.programme.phases import Phase
from evaluations.results.actions import decide_gate, decide_line
from evaluations.reviews.actions import void_sheet
from evaluations.stagefile.amend import amend
from evaluations.stagefile.faults import StageFileError
from evaluations.stagefile.load import import_csv
from portal.accounts.actions import admit
from portal.accounts.guards import refuse_unless_officer
from portal.accounts.models import User
from portal.accounts.seconding import ALONE, SecondNeeded
from portal.audit.models import Event
from portal.audit.record import record
from portal.http import Refusal, Stale

CHANGED = "제안한 뒤에 근거가 바뀌어 승인할 수 없습니다. 반려하고, 필요하면 지금의 것으로 다시 제안해 주세요."


@transaction.atomic
def propose(*, needed: SecondNeeded, by: User) -> Proposal:
    """Keep what a verb would have done, for another officer to look at. Asked twice, it is one proposal.

    The ledger is read in every phase, so what may be about the count, the reason as well, stands in the body of the event.
    """
    refuse_unless_officer(by)
    stage = Stage.objects.select_for_update().get(pk=needed.stage_id) if needed.stage_id else None
    if stage is None:
        User.objects.select_for_update().get(pk=by.pk)  # no stage holds a second click back, so the proposer does
    same = Proposal.objects.waiting().filter(digest=needed.digest, proposer=by).first()
    if same:
        return same
    proposal = Proposal(
        act=needed.act, stage=stage, subject=needed.subject, told=needed.told, reason=needed.reason,
        arguments=needed.arguments, ground=needed.ground, digest=needed.digest, proposer=by,
    )  # fmt: skip
    proposal.event = record(
        "proposal made", stage=stage.slug if stage else "", actor=by.id, subject="proposal", subject_id=proposal.id,
        data={"act": needed.act, "about": needed.subject, "reason": needed.reason, "digest": needed.digest},
    )  # fmt: skip
    proposal.proposed_at = proposal.event.at
    proposal.save(force_insert=True)
    return proposal


@transaction.atomic
def approve(*, proposal: Proposal, by: User) -> Resolution:
    """Agree, and do it. Everything is asked again under the stage's lock; on other ground than it was proposed on it is not done."""
    refuse_unless_officer(by)
    if proposal.proposer_id == by.id:
        raise Refusal("제안한 담당자는 스스로 승인할 수 없습니다. 다른 담당자가 승인해야 합니다.")
    if proposal.stage_id:
        Stage.objects.select_for_update().get(pk=proposal.stage_id)
    resolution = _resolve(proposal, by, record("proposal approved", **_said(proposal, by)), approved=True)
    _refuse_on_other_ground(proposal)
    _perform(proposal, second=by)
    return resolution


def stands_in_the_way(proposal: Proposal) -> str:
    """Why this could not be agreed to now, in a sentence; empty where it could. Nothing is changed.

    The verb itself is asked, under the lock of the stage, and what it writes to try an amendment out is taken back: fit for the page of one
    proposal, too dear for every row of a list.
    """
    try:
        with transaction.atomic():
            _refuse_on_other_ground(proposal)
            transaction.set_rollback(True)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _refuse_on_other_ground(proposal: Proposal) -> None:
    """Would the verb, asked again, propose the very same to the two? Called in a transaction, which it leaves spoiled by a Refusal."""
    if not proposal.proposer.is_active:
        raise Refusal("제안한 담당자의 계정이 닫혔습니다. 반려하고 다시 제안해 주세요.")
    try:
        _perform(proposal, second=None)
    except SecondNeeded as needed:
        if needed.digest != proposal.digest:
            raise Stale(CHANGED) from None
    except StageFileError as error:
        raise Stale(" ".join([CHANGED, *error.faults.lines()])) from None
    else:
        raise Stale(CHANGED)


@transaction.atomic
def refuse(*, proposal: Proposal, by: User, reason: str) -> Resolution:
    """Another officer turns it down."""
    refuse_unless_officer(by)
    if proposal.proposer_id == by.id:
        raise Refusal("자기가 낸 제안은 반려하지 않고 거둡니다.")
    reason = _needed(reason)
    return _resolve(proposal, by, record("proposal refused", **_said(proposal, by, reason)), reason=reason)


@transaction.atomic
def withdraw(*, proposal: Proposal, by: User, reason: str) -> Resolution:
    """The proposer takes it back."""
    if proposal.proposer_id != by.id:
        raise Refusal("제안한 담당자만 거둘 수 있습니다.")
    reason = _needed(reason)
    return _resolve(proposal, by, record("proposal withdrawn", **_said(proposal, by, reason)), reason=reason)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refusal("이유를 적어 주세요.")
    return reason.strip()


def _said(proposal: Proposal, by: User, reason: str = "") -> dict[str, Any]:
    """What the event of a resolution says."""
    return {
        "stage": proposal.stage.slug if proposal.stage else "", "actor": by.id, "subject": "proposal", "subject_id": proposal.id,
        "data": {"act": proposal.act, "reason": reason, "digest": proposal.digest},
    }  # fmt: skip


def _resolve(proposal: Proposal, by: User, event: Event, *, approved: bool = False, reason: str = "") -> Resolution:
    try:
        with transaction.atomic():
            return Resolution.objects.create(
                proposal=proposal, approved=approved, by=by, reason=reason, event=event, resolved_at=event.at
            )
    except IntegrityError:
        if Resolution.objects.filter(proposal=proposal).exists():
            raise Stale("그 사이 이 제안에 답이 있었습니다.") from None
        raise Refusal(ALONE) from None


def _perform(proposal: Proposal, *, second: User | None) -> None:
    """The fixed list of what two officers do together, each by the verb that does it."""
    by, reason, told = proposal.proposer, proposal.reason, json.loads(proposal.arguments)
    stage, other = proposal.stage, second.id if second else ""
    match proposal.act:
        case Proposal.Act.MOVE:
            stage.phase = told["from"]
            advance_phase(stage=stage, to=Phase(told["to"]), by=by, reason=reason, second=second)
        case Proposal.Act.IMPORT:
            content = told["content"].encode()
            import_csv(stage=stage, name=proposal.subject, content=content, by=by.id, reason=reason, second=other)
        case Proposal.Act.VOID:
            assignment = Assignment.objects.select_related("panelist", "team").get(pk=proposal.subject)
            void_sheet(assignment=assignment, by=by, reason=reason, second=second)
        case Proposal.Act.GATE | Proposal.Act.LINE:
            team = Team.objects.select_related("stage").get(pk=proposal.subject)
            day = date.fromisoformat(told["decided_on"]) if told["decided_on"] else None
            decide = decide_gate if proposal.act == Proposal.Act.GATE else decide_line
            decide(
                team=team, decision=told["decision"], source=told["source"], decided_on=day, by=by.id, reason=reason, second=other
            )  # fmt: skip
        case Proposal.Act.RULING:
            objection = Objection.objects.select_related("team").get(pk=proposal.subject)
            rule(objection=objection, outcome=told["outcome"], reason=reason, by=by, second=second)
        case Proposal.Act.OFFICER:
            admit(user=User.objects.get(pk=proposal.subject), by=by, reason=reason, second=second)
        case Proposal.Act.AMEND:
            amend(stage=stage, config=told["config"], by=by, reason=reason, second=second)
