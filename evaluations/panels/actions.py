"""From an empty seat to an assignment, and out of it again.

The ledger knows a seat by the seat's id. Who sits there is written on the identity side only
(`Invitation`), so that nothing in the ledger joins a person to a seat.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import count, islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from evaluations.panels import conflicts, mail, pledge
from evaluations.panels.models import (
    Affiliation,
    Assignment,
    Conflict,
    Invitation,
    Panelist,
    PanelistQuerySet,
    Pledge,
    Recusal,
    Waiver,
)
from evaluations.programme.models import Member, Round, Stage, Team
from evaluations.programme.phases import BEFORE_CLOSE, Phase
from portal.accounts.emails import normalise_email, normalise_person
from portal.accounts.guards import refuse_unless_officer
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.record import record, record_access
from portal.http import Refusal, Stale

VALID_FOR = timedelta(days=14)
LETTERS = "가나다라마바사아자차카타파하"


class Invited(NamedTuple):
    """The invitation and its link; the link is shown and mailed once and kept nowhere."""

    invitation: Invitation
    link: str


def _own_seat_only(panelist: Panelist, by: User) -> None:
    if not Panelist.objects.of_user(by).filter(pk=panelist.pk).exists():
        raise Refusal("자신의 자리에서만 할 수 있는 일입니다.")


def _refuse_closed(stage: Stage) -> Stage:
    if stage.current_phase not in BEFORE_CLOSE:
        raise Refusal("평가를 마감한 단계의 평가위원은 바꿀 수 없습니다.")
    return stage


def _before_close(stage_id: str) -> Stage:
    """The stage as it stands, held against its close: who waited while another officer closed it is refused."""
    return _refuse_closed(Stage.objects.locked_for_evidence(stage_id))


def _alone_before_close(stage_id: str) -> Stage:
    """The same, held against every other verb of the panel too: whom to ask for which seat is settled by one at a time.

    A verb that needs this takes it first. Two that hold the stage together and then each want it alone wait for ever.
    """
    return _refuse_closed(Stage.objects.select_for_update().get(pk=stage_id))


def _hold(panelist: Panelist, stage: Stage) -> Panelist:
    """The seat as it stands, kept from others until we are done: two clicks at once are one act and one row.

    The stage is held before the seat by everybody, so that no two wait for each other.
    """
    held = Panelist.objects.select_for_update().get(pk=panelist.pk)
    held.stage = stage
    return held


def _refuse_replaced(panelist: Panelist) -> None:
    if panelist.replaced_by_id is not None:
        raise Refusal(f"{panelist.label}은(는) 교체한 자리입니다. 이어받은 자리에서 해 주세요.")


def _record(kind: str, panelist: Panelist, *, actor: str, reason: str = "", data: dict | None = None):
    return record(
        kind, stage=panelist.stage.slug, actor=actor, subject="panelist", subject_id=panelist.id,
        reason=reason, data=data,
    )  # fmt: skip


# ---------------------------------------------------------------- seats and invitations


@transaction.atomic
def create_seats(*, stage: Stage, number: int, by: User) -> list[Panelist]:
    """So many more seats, labelled 위원 01, 위원 02, …"""
    refuse_unless_officer(by)
    stage = _alone_before_close(stage.pk)
    if not 1 <= number <= 200:
        raise Refusal("자리는 한 번에 1개부터 200개까지 만들 수 있습니다.")
    taken = set(stage.panelists.values_list("label", flat=True))
    labels = islice((label for n in count(1) if (label := f"위원 {n:02}") not in taken), number)
    seats = [Panelist.objects.create(stage=stage, label=label) for label in labels]
    for seat in seats:
        _record("seat created", seat, actor=by.id)
    return seats


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _refuse_taken_address(email: str, stage: Stage, besides: Panelist) -> None:
    if User.objects.proven().filter(email=email).exclude(role=Role.EXPERT).exists():
        raise Refusal("이 이메일은 평가위원이 아닌 계정에서 쓰고 있습니다. 다른 이메일로 초대해 주세요.")
    if User.objects.at_work().share_mailbox(email):
        raise Refusal("이 이메일은 담당자나 감사자, 팀 담당자의 이메일과 같은 우편함입니다. 다른 사람을 초대해 주세요.")
    person = normalise_person(email)
    others = Invitation.objects.filter(stage=stage, declined_at=None, ended_at=None).exclude(panelist=besides)
    if any(normalise_person(other) == person for other in others.values_list("email", flat=True)):
        raise Refusal("이 이메일은 같은 단계의 다른 자리에 이미 초대되었습니다.")


@transaction.atomic
def invite(*, panelist: Panelist, email: str, name: str, by: User, source: str = "") -> Invited:
    """Ask a person to take the seat. Her link works once, for two weeks and no longer than there is something to judge."""
    refuse_unless_officer(by)
    panelist = _hold(panelist, _alone_before_close(panelist.stage_id))
    _refuse_replaced(panelist)
    if panelist.imported:
        raise Refusal("자료로 들여온 자리에는 사람을 초대할 수 없습니다.")
    if Invitation.objects.filter(panelist=panelist).exists():
        raise Refusal("이 자리는 이미 초대되었습니다. 다시 보내려면 '다시 초대'를 쓰세요.")
    email = normalise_email(email)
    _refuse_taken_address(email, panelist.stage, panelist)
    token, now = secrets.token_urlsafe(32), timezone.now()
    invitation = Invitation.objects.create(
        panelist=panelist, stage=panelist.stage, email=email, name=name, token_digest=digest_of(token),
        sent_at=now, expires_at=_end_of_link(panelist.stage, now),
    )  # fmt: skip
    _record("panelist invited", panelist, actor=by.id)
    record_access(actor=by.id, action="panelist invited", whose=invitation.id, source=source)
    mail.invite(panelist.stage, invitation.email, mail.link_of(token), invitation.expires_at)
    return Invited(invitation, mail.link_of(token))


class Person(NamedTuple):
    """Whom to ask."""

    name: str
    email: str


class NobodyInvited(Refusal):
    """Something is wrong with some of many people; each argument says what with one of them."""

    status = 422

    def __str__(self):
        return " ".join(self.args)

    @property
    def lines(self) -> list[str]:
        return list(self.args)


@transaction.atomic
def invite_many(*, stage: Stage, people: list[Person], by: User, source: str = "") -> list[Invited]:
    """Ask everybody on a list, or nobody. Empty seats are filled in random order and new ones made for the rest,
    so that the order of the list does not tell who sits where."""
    refuse_unless_officer(by)
    stage = _alone_before_close(stage.pk)
    if not people:
        raise Refusal("초대할 사람을 적어 주세요.")
    free = list(Panelist.objects.of_stage(stage).sitting().filter(invitation=None))
    if len(people) > len(free):
        free += create_seats(stage=stage, number=len(people) - len(free), by=by)
    addresses = [normalise_email(person.email) for person in people]
    chance = secrets.SystemRandom()
    places = chance.sample(range(len(people)), len(people))  # the ledger keeps the order in which seats are asked for
    invited, wrong = [], {}
    for seat, place in zip(chance.sample(free, len(people)), places, strict=True):
        person = people[place]
        try:
            if addresses[place] in addresses[:place]:
                raise Refusal("같은 이메일이 목록에 두 번 있습니다.")
            invited.append(invite(panelist=seat, email=person.email, name=person.name, by=by, source=source))
        except Refusal as refusal:
            wrong[place] = f"{person.email}: {refusal}"
    if wrong:
        raise NobodyInvited(*(wrong[place] for place in sorted(wrong)), "아무에게도 보내지 않았습니다.")
    return invited


def _end_of_link(stage: Stage, now: datetime) -> datetime:
    """A stage that was held elsewhere may be filled with seats after its close; then the close ends nothing."""
    end = now + VALID_FOR
    return min(end, stage.closes_at) if stage.closes_at > now else end


@transaction.atomic
def reinvite(*, invitation: Invitation, by: User, email: str = "", name: str = "", source: str = "") -> Invited:
    """A new link, to the same person or another; the old one stops working."""
    refuse_unless_officer(by)
    panelist = _hold(invitation.panelist, _alone_before_close(invitation.panelist.stage_id))
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    invitation.panelist = panelist
    _refuse_replaced(panelist)
    if invitation.accepted_at is not None:
        raise Refusal("이미 수락한 위촉입니다. 사람을 바꾸려면 '교체'를 쓰세요.")
    token, now = secrets.token_urlsafe(32), timezone.now()
    invitation.email = normalise_email(email) or invitation.email
    invitation.name = name or invitation.name
    _refuse_taken_address(invitation.email, panelist.stage, panelist)
    invitation.token_digest, invitation.sent_at = digest_of(token), now
    invitation.expires_at = _end_of_link(panelist.stage, now)
    invitation.declined_at = None
    invitation.save(update_fields=["email", "name", "token_digest", "sent_at", "expires_at", "declined_at"])
    _record("panelist invited again", panelist, actor=by.id)
    record_access(actor=by.id, action="panelist invited again", whose=invitation.id, source=source)
    mail.invite(panelist.stage, invitation.email, mail.link_of(token), invitation.expires_at)
    return Invited(invitation, mail.link_of(token))


def invitation_of(token: str) -> Invitation | None:
    """The invitation this link stands for, while it can still be answered."""
    standing = Invitation.objects.standing(timezone.now())
    return standing.filter(token_digest=digest_of(token)).select_related("panelist__stage").first()


def _held(invitation: Invitation) -> Invitation:
    """The same invitation under a lock, still unanswered; its stage is held first, like everywhere here."""
    Stage.objects.locked_for_evidence(invitation.panelist.stage_id)
    standing = Invitation.objects.standing(timezone.now())
    held = standing.select_for_update(of=("self",)).select_related("panelist__stage").filter(pk=invitation.pk).first()
    if held is None:
        raise Stale("이 위촉에는 이미 답하셨거나 기한이 지났습니다.")
    return held


@transaction.atomic
def accept(*, invitation: Invitation, by: User) -> Panelist:
    """The person takes the seat; from now on the link is dead and only her account opens it."""
    held = _held(invitation)
    if by.role != Role.EXPERT or by.email != held.email:
        raise Refusal("초대받은 이메일의 평가위원 계정으로만 수락할 수 있습니다.")
    if User.objects.at_work().share_mailbox(held.email):  # an account that was opened since she was invited
        raise Refusal(
            "초대받으신 뒤에 같은 우편함으로 담당자나 감사자, 팀 담당자의 계정이 만들어져 수락하실 수 없습니다. 담당자에게 알려 주세요."
        )
    held.user, held.accepted_at = by, timezone.now()
    held.save(update_fields=["user", "accepted_at"])
    _record("invitation accepted", held.panelist, actor=held.panelist_id)
    _carry_conflicts(held.panelist, by)
    return held.panelist


def _carry_conflicts(panelist: Panelist, by: User) -> None:
    """Whoever comes back on a new seat keeps from the teams she had to keep from on the one she was taken off."""
    before = Panelist.objects.of_user(by).of_stage(panelist.stage).exclude(replaced_by=None)
    for conflict in Conflict.objects.standing().filter(panelist__in=before).select_related("team").order_by("pk"):
        _note(panelist, conflict.team, conflict.ground, conflict.source, actor=panelist.id, note=conflict.note)


@transaction.atomic
def decline(*, invitation: Invitation, reason: str) -> None:
    """The person says no. `reason` is one of the listed ones, so no personal data enters the ledger."""
    held = _held(invitation)
    held.declined_at = timezone.now()
    held.save(update_fields=["declined_at"])
    _record("invitation declined", held.panelist, actor=held.panelist_id, reason=reason)


def reveal_person(*, panelist: Panelist, by: User, reason: str, source: str = "") -> Invitation:
    """Who sits there. Looking is itself on record."""
    refuse_unless_officer(by)
    if not reason.strip():
        raise Refusal("사유를 적어 주세요.")
    invitation = Invitation.objects.select_related("user").prefetch_related("affiliations").get(panelist=panelist)
    record_access(actor=by.id, action="person behind seat", whose=invitation.id, source=source, reason=reason)
    return invitation


# ---------------------------------------------------------------- conflicts and the pledge


@transaction.atomic
def record_affiliations(*, panelist: Panelist, posts: Iterable[conflicts.Post], by: User) -> list[Conflict]:
    """Where the person works and worked, in place of what was there; returns the conflicts it shows."""
    _own_seat_only(panelist, by)
    panelist = _hold(panelist, _before_close(panelist.stage_id))
    _refuse_replaced(panelist)
    posts = list(posts)
    if not posts:
        raise Refusal("지금 소속을 하나 이상 적어 주세요. 소속이 없으면 '무소속'이라고 적습니다.")
    invitation = Invitation.objects.get(panelist=panelist)
    invitation.affiliations.all().delete()
    for post in posts:
        Affiliation.objects.create(
            invitation=invitation, organisation=post.organisation, unit=post.unit, since=post.since, until=post.until
        )
    _record("affiliations recorded", panelist, actor=panelist.id, data={"posts": len(posts)})
    return _note_found(panelist, actor=panelist.id)


@transaction.atomic
def declare_conflict(*, panelist: Panelist, team: Team, ground: str, by: User, note: str = "") -> Conflict:
    """The person names a team she may not judge; she is out of it at once, and the rest of a blind round is shown to her
    no more: the gap would tell which code name it was."""
    _own_seat_only(panelist, by)
    panelist = _hold(panelist, _before_close(panelist.stage_id))
    _refuse_replaced(panelist)
    conflict = _note(panelist, team, ground, Conflict.Source.DECLARED, actor=panelist.id, note=note)
    _note_found(panelist, actor=panelist.id)
    return conflict


@transaction.atomic
def note_conflict(*, panelist: Panelist, team: Team, ground: str, by: User, note: str) -> Conflict:
    """The office learned of a conflict by other ways."""
    refuse_unless_officer(by)
    panelist = _hold(panelist, _before_close(panelist.stage_id))
    _refuse_replaced(panelist)
    if not note.strip():
        raise Refusal("어떻게 알게 된 이해충돌인지 적어 주세요.")
    return _note(panelist, team, ground, Conflict.Source.OFFICER, actor=by.id, note=note)


@transaction.atomic
def detect_conflicts(*, panelist: Panelist, by: User) -> list[Conflict]:
    """Compare once more, after members of a team or aliases changed; returns what is new."""
    refuse_unless_officer(by)
    panelist = _hold(panelist, _before_close(panelist.stage_id))
    return _note_found(panelist, actor=by.id)


@transaction.atomic
def detect_everywhere(*, stage: Stage, by: User) -> list[Conflict]:
    """Compare all seats of a stage once more; returns what is new."""
    refuse_unless_officer(by)
    stage = _before_close(stage.pk)
    seats = Panelist.objects.of_stage(stage).sitting().select_related("stage")
    return [conflict for seat in seats for conflict in detect_conflicts(panelist=seat, by=by)]


@transaction.atomic
def waive(*, conflict: Conflict, by: User, reason: str) -> Waiver:
    """Lift a conflict where no other expert can be found; the person may be assigned afterwards."""
    refuse_unless_officer(by)
    panelist = _hold(conflict.panelist, _before_close(conflict.panelist.stage_id))
    if conflict.ground in conflicts.NEVER_WAIVED:
        raise Refusal("평가 대상 과제의 연구자에게는 예외를 인정할 수 없습니다(시행령 제27조제4항).")
    if not reason.strip():
        raise Refusal("예외를 인정하는 사유를 적어 주세요.")
    if Waiver.objects.filter(conflict=conflict).exists():
        raise Stale("이미 예외로 인정한 이해충돌입니다.")
    event = _record("conflict waived", panelist, actor=by.id, reason=reason, data={"ground": conflict.ground})
    return Waiver.objects.create(conflict=conflict, reason=reason, event=event)


def _day_of(stage: Stage) -> date:
    """The day on which a person must be free of conflicts: the first of the evaluation."""
    return stage.opens_at.astimezone(ZoneInfo(stage.time_zone)).date()


def facts_of(panelist: Panelist) -> list[conflicts.Finding]:
    """Every ground the recorded posts and the members of the teams give, excluding or not."""
    posts = [
        conflicts.Post(a.organisation, a.unit, a.since, a.until)
        for a in Affiliation.objects.filter(invitation__panelist=panelist)
    ]
    teams = list(Team.objects.filter(stage=panelist.stage_id))
    names = {team.id: (team.name_ko, team.name_en, *team.aliases) for team in teams}
    memberships = [conflicts.Membership(team, tuple(name for name in own if name)) for team, own in names.items()] + [
        conflicts.Membership(m.team_id, (m.organisation, *m.aliases), m.unit, m.since, m.until)
        for m in Member.objects.filter(team__stage=panelist.stage_id)
    ]
    declared = Conflict.objects.filter(panelist=panelist, ground=Conflict.Ground.RESEARCHER)
    return conflicts.findings(
        posts, memberships, on=_day_of(panelist.stage),
        researcher_of=frozenset(declared.values_list("team_id", flat=True)), teams=list(names),
    )  # fmt: skip


SILENT = {
    conflicts.Silent.POST: "신고한 소속에 부서가 없음",
    conflicts.Silent.MEMBER: "팀이 부서를 정하지 않고 기관 전체로 참여",
}


def _because(found: conflicts.Finding) -> str:
    """On what a finding rests, in words for the office and for the person herself."""
    return f"{found.organisation}: {SILENT[found.silent]}" if found.silent else found.organisation


def _note_found(panelist: Panelist, *, actor: str) -> list[Conflict]:
    """What was noted as the same unit is not noted once more as an unknown one: it may have been waived."""
    known = set(Conflict.objects.filter(panelist=panelist).values_list("team_id", "ground"))
    known |= {(team, conflicts.Ground.UNIT_UNKNOWN) for team, ground in known if ground == conflicts.Ground.SAME_UNIT}
    teams = {team.id: team for team in Team.objects.filter(stage=panelist.stage_id)}
    return [
        _note(panelist, teams[found.team], found.ground.value, Conflict.Source.RULE, actor=actor, note=_because(found))
        for found in conflicts.excluding(facts_of(panelist))
        if (found.team, found.ground.value) not in known
    ]


def _note(panelist: Panelist, team: Team, ground: str, source: str, *, actor: str, note: str) -> Conflict:
    if team.stage_id != panelist.stage_id:
        raise Refusal("이 단계의 팀이 아닙니다.")
    known = Conflict.objects.filter(panelist=panelist, team=team, ground=ground).first()
    if known is not None:
        return known
    event = _record("conflict noted", panelist, actor=actor, data={"team": team.id, "ground": ground, "source": source})
    conflict = Conflict.objects.create(
        panelist=panelist, team=team, ground=ground, source=source, note=note, event=event
    )
    for assignment in Assignment.objects.standing().filter(panelist=panelist, team=team):
        _recuse(assignment, actor=actor, reason=f"이해충돌: {conflict.get_ground_display()}")
    return conflict


@transaction.atomic
def sign_pledge(*, panelist: Panelist, by: User, config_digest: str = "") -> Pledge:
    """Sign against the rules of today; `config_digest` is what the person was shown."""
    _own_seat_only(panelist, by)
    panelist = _hold(panelist, _before_close(panelist.stage_id))
    _refuse_replaced(panelist)
    configuration = pledge.current_configuration(panelist.stage)
    if configuration is None:
        raise Refusal("평가 기준을 아직 확정하지 않았습니다. 확정되면 서약할 수 있습니다.")
    if config_digest and config_digest != configuration.digest:
        raise Stale("그 사이 평가 기준이 바뀌었습니다. 바뀐 기준을 확인하고 다시 서약해 주세요.")
    if not Affiliation.objects.filter(invitation__panelist=panelist).exists():
        raise Refusal("소속과 이해관계를 먼저 신고해 주세요.")
    signed = Pledge.objects.filter(panelist=panelist, config_digest=configuration.digest).first()
    if signed is not None:
        return signed
    event = _record(
        "pledge signed", panelist, actor=panelist.id,
        data={"config_digest": configuration.digest, "text_digest": pledge.TEXT_DIGEST},
    )  # fmt: skip
    return Pledge.objects.create(
        panelist=panelist, config_digest=configuration.digest, text_digest=pledge.TEXT_DIGEST, event=event
    )


# ---------------------------------------------------------------- assignments


def letters() -> Iterator[str]:
    """가, 나, … 하, then 가2, 나2, …"""
    yield from LETTERS
    for again in count(2):
        yield from (f"{letter}{again}" for letter in LETTERS)


@transaction.atomic
def assign(*, panelist: Panelist, round: Round, by: User) -> list[Assignment]:
    """Give the seat every team of the round it has no conflict with, under code names of its own.

    Letters and places are two independent permutations from the system's random source, drawn anew
    for each seat and round and kept only in these rows: nothing that is shared, computed or stable
    joins one panelist's 모델 가 to another's. A team that comes later takes the next free letter.
    """
    refuse_unless_officer(by)
    stage = _before_close(panelist.stage_id)
    round = Round.objects.get(pk=round.pk)
    if round.stage_id != stage.pk:
        raise Refusal("이 단계의 평가 차수가 아닙니다.")
    if stage.current_phase is Phase.PREPARING:
        raise Refusal("평가 기준을 확정한 뒤에 배정할 수 있습니다.")
    if round.state == Round.State.LOCKED:
        raise Refusal("잠긴 차수에는 배정할 수 없습니다.")
    panelist = _hold(panelist, stage)
    _refuse_replaced(panelist)
    if not panelist.imported and not pledge.pledged(panelist):
        raise Refusal(f"{panelist.label}: 이해관계 신고와 서약을 마친 뒤에 배정할 수 있습니다.")
    given = list(Assignment.objects.filter(panelist=panelist, round=round))
    conflicted = Conflict.objects.standing().filter(panelist=panelist).values("team")
    teams = Team.objects.filter(stage=stage).exclude(pk__in=conflicted).exclude(pk__in=[a.team_id for a in given])
    return _assign_all(panelist, round, list(teams.order_by("pk")), given, actor=by.id)


def would_assign(*, stage: Stage, seats: PanelistQuerySet) -> dict[Panelist, int]:
    """How many assignments each of these seats would be given now, in queries of a fixed number; a seat that has not pledged
    is not among them."""
    ready = seats.filter(pledge.holds("pk"))
    rounds = set(Round.objects.filter(stage=stage).exclude(state=Round.State.LOCKED).values_list("pk", flat=True))
    teams = set(Team.objects.filter(stage=stage).values_list("pk", flat=True))
    kept = set(Conflict.objects.standing().filter(panelist__in=ready).values_list("panelist_id", "team_id"))
    given = set(Assignment.objects.filter(panelist__in=ready).values_list("panelist_id", "round_id", "team_id"))
    new = [(round, team) for round in rounds for team in teams]
    return {
        seat: sum((seat.pk, team) not in kept and (seat.pk, round, team) not in given for round, team in new)
        for seat in ready
    }


class Assigned(NamedTuple):
    """How many assignments are new, and the seats that got none because something is missing."""

    made: int
    waiting: list[Panelist]


@transaction.atomic
def assign_everybody(*, stage: Stage, by: User) -> Assigned:
    """Give every seat that has pledged all it may judge, in every round that is not locked."""
    refuse_unless_officer(by)
    stage = _before_close(stage.pk)
    rounds = list(Round.objects.filter(stage=stage).exclude(state=Round.State.LOCKED))
    seats = list(Panelist.objects.of_stage(stage).sitting().select_related("stage"))
    ready = [seat for seat in seats if pledge.pledged(seat)]
    made = sum(len(assign(panelist=seat, round=round, by=by)) for seat in ready for round in rounds)
    return Assigned(made, [seat for seat in seats if seat not in ready])


def _assign_all(panelist: Panelist, round: Round, teams: list[Team], given: list[Assignment], *, actor: str):
    random = secrets.SystemRandom()
    used, first = {a.alias for a in given}, max((a.position for a in given), default=0) + 1
    aliases = list(islice((letter for letter in letters() if letter not in used), len(teams)))
    positions = list(range(first, first + len(teams)))
    random.shuffle(aliases)
    random.shuffle(positions)
    new = []
    for team, alias, position in zip(teams, aliases, positions, strict=True):
        # The code name stays out of the ledger, which is read by more people than may know it.
        event = _record("assigned", panelist, actor=actor, data={"round": round.key, "team": team.id})
        new.append(
            Assignment.objects.create(
                panelist=panelist, team=team, round=round, alias=alias, position=position, event=event
            )
        )
    return sorted(new, key=lambda assignment: assignment.position)


@transaction.atomic
def recuse(*, assignment: Assignment, reason: str, by: User) -> Recusal:
    """Out of one assignment: by the office, or by the person herself. What was written no longer counts."""
    panelist = assignment.panelist
    if by.role != Role.OFFICER:
        _own_seat_only(panelist, by)
    _hold(panelist, _before_close(panelist.stage_id))
    if not reason.strip():
        raise Refusal("물러나는 사유를 적어 주세요.")
    if Recusal.objects.filter(assignment=assignment).exists():
        raise Stale("이미 물러난 배정입니다.")
    return _recuse(assignment, actor=by.id if by.role == Role.OFFICER else panelist.id, reason=reason)


def _recuse(assignment: Assignment, *, actor: str, reason: str) -> Recusal:
    event = _record("recused", assignment.panelist, actor=actor, reason=reason, data={"assignment": assignment.id})
    return Recusal.objects.create(assignment=assignment, reason=reason, event=event)


@transaction.atomic
def replace(*, panelist: Panelist, by: User, reason: str) -> Panelist:
    """The person leaves the seat: all its assignments end and a new, empty one is made, for another or for her."""
    refuse_unless_officer(by)
    if not reason.strip():
        raise Refusal("교체하는 사유를 적어 주세요.")
    panelist = _hold(panelist, _alone_before_close(panelist.stage_id))
    _refuse_replaced(panelist)
    new = create_seats(stage=panelist.stage, number=1, by=by)[0]
    panelist.replaced_by = new
    panelist.save(update_fields=["replaced_by"])
    Invitation.objects.filter(panelist=panelist).update(ended_at=timezone.now())
    for assignment in Assignment.objects.standing().filter(panelist=panelist):
        _recuse(assignment, actor=by.id, reason=reason)
    _record("panelist replaced", panelist, actor=by.id, reason=reason, data={"by": new.id})
    return new
