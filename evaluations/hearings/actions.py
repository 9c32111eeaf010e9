"""What the office asks of a team, what a team says, and what it is answered. Deadlines are the database's, read under the lock of the stage."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from evaluations.hearings.models import Hearing, Objection, Reply, Ruling, text_digest
from evaluations.programme.models import Stage, Team
from evaluations.programme.phases import Phase
from evaluations.results.queries import latest_publication, objection_deadline
from portal.accounts.guards import refuse_unless_officer
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.seconding import need_second
from portal.audit.record import record
from portal.http import Refusal, Stale

BEFORE_DECISION = (Phase.CLOSED, Phase.COUNTED)
"""While the committee has not confirmed the result, a team may be asked and may reply."""

SHORTEST, LONGEST = timedelta(days=1), timedelta(days=30)
"""The term of a request: nobody answers in a minute, and until it is over the result cannot be confirmed."""


@transaction.atomic
def ask(*, team: Team, question: str, due_at: datetime, by: User) -> Hearing:
    """Ask a team to explain something before it is decided, and tell its contacts by mail."""
    refuse_unless_officer(by)
    stage = Stage.objects.select_for_update().get(pk=team.stage_id)
    stage.refuse_outside(BEFORE_DECISION, "소명은 평가 마감 뒤, 결과 확정 전에만 요청할 수 있습니다.")
    now = timezone.now()
    if not SHORTEST <= due_at - now <= LONGEST:
        raise Refusal(
            f"소명 기한은 지금부터 {SHORTEST.days}일 뒤와 {LONGEST.days}일 뒤 사이여야 합니다. 팀이 답할 시간이 있어야 하고, 결과는 그때까지 기다립니다."
        )
    contacts = User.objects.filter(role=Role.TEAM, team=team.pk, is_active=True)
    addresses = list(contacts.order_by("email").values_list("email", flat=True))
    if not addresses:
        raise Refusal(f"‘{team}’ 팀의 담당자 계정이 없어 소명을 낼 사람이 없습니다. 먼저 담당자 계정을 만들어 주세요.")
    event = record(
        "hearing asked", stage=stage.slug, actor=by.id, subject="team", subject_id=team.pk, at=now,
        data={"question": text_digest(question), "due_at": due_at.isoformat()},
    )  # fmt: skip
    hearing = Hearing.objects.create(team=team, question=question, due_at=due_at, event=event, asked_at=now)
    _tell(stage, addresses, due_at)
    return hearing


def _tell(stage: Stage, addresses: list[str], due_at: datetime) -> None:
    """The mail says that something is asked and where to read it, never what."""
    link = f"{settings.SITE_URL}{reverse('hearings:home')}"
    text = render_to_string("hearings/email/asked.txt", {"stage": stage, "due_at": due_at, "link": link})
    subject = f"[{stage.programme_ko}] 소명 요청"
    for address in addresses:
        transaction.on_commit(lambda to=address: send_mail(subject, text, None, [to]), robust=True)


@transaction.atomic
def reply(*, hearing: Hearing, text: str, by: User) -> Reply:
    """Put what the team says on record. The same text twice is one reply, also when the second comes too late."""
    stage = Stage.objects.locked_for_evidence(hearing.team.stage_id)
    _refuse_others(by, hearing.team_id)
    digest = text_digest(text)
    known = Reply.objects.filter(hearing=hearing, digest=digest).first()
    if known:
        return known
    now = stage.clock
    stage.refuse_outside(BEFORE_DECISION, "결과가 확정되어 소명을 더 받지 않습니다.")
    if now >= hearing.due_at:
        raise Refusal("소명 기한이 지났습니다. 담당자에게 알려 주세요.")
    try:
        with transaction.atomic():
            event = record(
                "hearing replied", stage=stage.slug, actor=by.id, subject="team", subject_id=hearing.team_id, at=now,
                data={"hearing": hearing.pk, "text": digest},
            )  # fmt: skip
            return Reply.objects.create(hearing=hearing, text=text, digest=digest, event=event, replied_at=now)
    except IntegrityError:  # the other of two clicks was faster; the stage is held together with it
        return Reply.objects.get(hearing=hearing, digest=digest)


@transaction.atomic
def object_to_result(*, team: Team, text: str, by: User) -> Objection:
    """Put an objection to the result that holds on record. The same text twice is one objection, also when the second comes too late."""
    stage = Stage.objects.locked_for_evidence(team.stage_id)
    _refuse_others(by, team.pk)
    publication, digest = latest_publication(stage), text_digest(text)
    known = Objection.objects.filter(team=team, publication=publication, digest=digest).first()
    if known:
        return known
    now = stage.clock
    stage.refuse_outside((Phase.PUBLISHED,), "이의신청은 결과가 공표된 뒤 정해진 기간에만 낼 수 있습니다.")
    if now >= objection_deadline(stage):
        raise Refusal("이의신청 기간이 지났습니다.")
    try:
        with transaction.atomic():
            event = record(
                "objection made", stage=stage.slug, actor=by.id, subject="team", subject_id=team.pk, at=now,
                data={"publication": publication.pk, "text": digest},
            )  # fmt: skip
            return Objection.objects.create(
                team=team, publication=publication, text=text, digest=digest, event=event, made_at=now
            )
    except IntegrityError:  # as with a reply
        return Objection.objects.get(team=team, publication=publication, digest=digest)


@transaction.atomic
def rule(*, objection: Objection, outcome: str, reason: str, by: User, second: User | None = None) -> Ruling:
    """Answer an objection, once. What follows from it – a new count, another publication – is an act of its own. Raises SecondNeeded
    where one officer answers alone."""
    refuse_unless_officer(by)
    stage = Stage.objects.select_for_update().get(pk=objection.team.stage_id)
    if Ruling.objects.filter(objection=objection).exists():
        raise Stale("이 이의신청에는 이미 답했습니다.")
    if outcome not in Ruling.Outcome.values:
        raise Refusal("결과를 골라 주세요.")
    need_second(
        by=by.id, second=second.id if second else "", reason=reason, act="ruling", stage_id=stage.pk, subject=objection.pk,
        told=f"‘{objection.team}’ 팀의 이의신청에 답: {Ruling.Outcome(outcome).label}", arguments={"outcome": outcome},
    )  # fmt: skip
    now = timezone.now()
    event = record(
        "objection answered", stage=stage.slug, actor=by.id, subject="team", subject_id=objection.team_id, at=now,
        data={
            "objection": objection.pk, "outcome": outcome, "text": text_digest(reason), "second": second.id if second else "",
        },
    )  # fmt: skip
    return Ruling.objects.create(objection=objection, outcome=outcome, reason=reason, event=event, ruled_at=now)


def _refuse_others(by: User, team_id: str) -> None:
    if by.role != Role.TEAM or by.team != team_id:
        raise Refusal("그 팀의 담당자만 낼 수 있습니다.")
