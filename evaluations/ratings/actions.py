"""What a citizen does: enrol, receive her papers, answer them. The deadline is read under a lock, by the database's clock."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from random import Random, SystemRandom

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.ratings import things
from evaluations.ratings.identity import account_tag_of, person_key, voter_tag
from evaluations.ratings.models import Answer, Ballot, HeldPaper, Kind, Paper, RatingPlan, RollEntry, Star, Stratum
from evaluations.ratings.plan import Cell, Comparison, Exposure, Planned, Rating, plan
from portal.accounts.actions import give_consent
from portal.accounts.models import Consent, User
from portal.accounts.roles import Role
from portal.audit.insert import insert_unless_there
from portal.audit.record import record
from portal.http import Refusal, Stale
from portal.ids import random_id

MOST_REVISIONS = 50
"""As often as anybody changes her mind; beyond that it is a script."""


@dataclass(frozen=True)
class Reply:
    """What a voter says: a choice between two answers, or stars by question key."""

    choice: str = ""
    recognised: str = ""
    stars: Mapping[str, int] = field(default_factory=dict)


class NotEnrolled(Refusal):
    """Papers go to people on the roll."""


class MailboxTaken(Refusal):
    """Somebody takes part with another address of the same mailbox."""


class GroupFull(Refusal):
    """As many people of this group as the stage asked for have enrolled."""


class AlreadyAnswered(Stale):
    """Another answer to this paper is stored than the one that came now, or none where the page thought there was one."""

    def __init__(self, stored: Ballot | None):
        super().__init__(
            _("이 질문에는 이미 다른 답이 저장되어 있습니다.")
            if stored
            else _("화면이 낡았습니다. 고른 답을 확인하고 다시 저장해 주세요.")
        )
        self.stored = stored


# ---------------------------------------------------------------- when


def refuse_unless_open(*, phase: Phase, in_time: bool) -> None:
    """Answers are taken while the stage is open and before its deadline, not a moment longer."""
    if phase in (Phase.PREPARING, Phase.FROZEN):
        raise Refusal(_("아직 평가가 시작되지 않았습니다."))
    if phase != Phase.OPEN or not in_time:
        raise Refusal(_("평가가 마감되어 더는 답을 받을 수 없습니다. 마감 전에 저장된 답은 그대로 셉니다."))


def _held(stage: Stage) -> tuple[Stage, datetime]:
    """The stage held against a move, and the database's clock."""
    current = Stage.objects.locked_for_evidence(stage.id)
    refuse_unless_open(phase=current.current_phase, in_time=current.opens_at <= current.clock < current.closes_at)
    return current, current.clock


def _day(clock: datetime) -> datetime:
    """The start of this day in Korea: enough to know, too little to join a line of the roll with an hour of signing in."""
    return timezone.make_aware(datetime.combine(timezone.localdate(clock), time.min))


# ---------------------------------------------------------------- the roll


@transaction.atomic
def enrol(*, stage: Stage, categories: Mapping[str, str], by: User) -> RollEntry:
    """Put a person on the roll under her key; twice is once, and the categories of the first time stay."""
    if by.role != Role.CITIZEN:
        raise Refusal(_("국민·사용자 계정으로만 참여할 수 있습니다."))
    stage, clock = _held(stage)
    key = person_key(stage, by)
    standing = RollEntry.objects.filter(stage=stage, person_key=key).first()
    if standing:
        return standing
    _refuse_if_full(stage, categories)
    if categories:
        give_consent(user=by, purpose=Consent.Purpose.STRATA, at=_day(clock))
    entry = RollEntry(
        stage=stage, person_key=key, stratum=things.stratum(categories), enrolled_on=timezone.localdate(clock)
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:  # the same person in another window was faster
        return RollEntry.objects.get(stage=stage, person_key=key)
    record(
        "person enrolled", stage=stage.slug, subject="roll entry", subject_id=entry.id, at=_day(clock),
        data={"tier": entry.tier, "stratum": entry.stratum},
    )  # fmt: skip
    return entry


def _refuse_if_full(stage: Stage, categories: Mapping[str, str]) -> None:
    """Holding the rows of the traits makes people who enrol at once wait for each other, where anything is limited."""
    quotas = {
        (trait.key, category["key"]): category["quota"]
        for trait in Stratum.objects.select_for_update().filter(stage=stage)
        for category in trait.categories
        if category.get("quota") is not None
    }
    wanted = quotas.keys() & categories.items()
    if not wanted:
        return
    taken: Counter = Counter()
    for stratum, people in _people_by_stratum(stage).items():
        for member in things.categories(stratum).items():
            taken[member] += people
    if any(taken[member] >= quotas[member] for member in wanted):
        raise GroupFull(
            _(
                "이 단계에서 같은 집단의 참여 인원이 모두 찼습니다. 집단별 인원을 미리 정해 두었기 때문이며, 저장된 것은 없습니다."
            )
        )


def _people_by_stratum(stage: Stage) -> Counter:
    return Counter(RollEntry.objects.filter(stage=stage).values_list("stratum", flat=True))


# ---------------------------------------------------------------- papers


@transaction.atomic
def issue_papers(*, stage: Stage, by: User, rng: Random | None = None) -> str:
    """Store all papers of a person before she sees the first, and return her voter tag; twice is once. Whoever else reads the same mailbox
    gets none, as one person takes part once."""
    stage, clock = _held(stage)
    key = person_key(stage, by)
    entry = RollEntry.objects.filter(stage=stage, person_key=key).first()
    if entry is None:
        raise NotEnrolled(_("먼저 참여 등록을 해 주세요."))
    tag, account = voter_tag(stage, key), account_tag_of(stage.slug, by)
    if _have_papers(stage, tag, account):
        return tag
    papers = [
        Paper(
            stage=stage, voter_tag=tag, account_tag=account, position=position, stratum=entry.stratum, issued_at=_day(clock),
            kind=Kind.COMPARE if planned.right else Kind.RATE, thing=_thing(planned.cell),
            left_id=planned.left, right_id=planned.right,
        )
        for position, planned in enumerate(_plan_for(stage, entry.stratum, rng or SystemRandom()), start=1)
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Paper.objects.bulk_create(papers)
    except IntegrityError:  # the same person in another window was faster: those papers are hers
        _have_papers(stage, tag, account)
    return tag


def _have_papers(stage: Stage, tag: str, account: str) -> bool:
    """Whether this voter has her papers; refused where they were issued for another address of the mailbox."""
    issued_for = Paper.objects.of_voter(stage, tag).values_list("account_tag", flat=True).first()
    if issued_for not in (None, "", account):
        raise MailboxTaken(
            _(
                "이 이메일 주소로는 이 단계에 참여할 수 없습니다. 더하기표(+) 뒤나 점만 다른 주소들은 한 사람의 것으로 보며, 한 사람은 한 번만 "
                "참여합니다. 저장된 것은 없습니다."
            )
        )
    return issued_for is not None


def _thing(cell: Cell) -> str:
    return (
        things.comparison(cell.prompt, *cell.teams) if len(cell.teams) == 2 else things.rating(cell.prompt, *cell.teams)
    )


def _plan_for(stage: Stage, stratum: str, rng: Random) -> list[Planned]:
    asked = RatingPlan.objects.get(stage=stage)
    answers = {
        answer: (prompt, team)
        for answer, prompt, team in Answer.objects.shown_in(stage).values_list("id", "prompt_id", "team_id")
    }
    pool: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for answer, (prompt, team) in sorted(answers.items()):
        pool[prompt][team].append(answer)
    overall, own = Exposure(), Exposure()
    for left, right, of_stratum, times in Paper.objects.filter(stage=stage).issued():
        if left in answers:
            cell = cell_of(answers, left, right)
            overall.add(cell, answers[left][1], times)
            if of_stratum == stratum:
                own.add(cell, answers[left][1], times)
    return plan(
        pool=pool, comparisons_wanted=asked.comparisons_per_person, ratings_wanted=asked.ratings_per_person,
        overall=overall, stratum=own, rng=rng,
    )  # fmt: skip


def cell_of(answers: Mapping[str, tuple[str, str]], left: str, right: str | None) -> Cell:
    """What the plan calls a paper with these answers; `answers` tells prompt and team of each."""
    prompt, team = answers[left]
    return Comparison(prompt, tuple(sorted((team, answers[right][1])))) if right else Rating(prompt, (team,))


# ---------------------------------------------------------------- ballots


def cast(*, held: HeldPaper, reply: Reply, revision: int) -> Ballot:
    """Keep what a voter said about one paper and return it with its event, whose leaf is her receipt.

    `revision` is the one her page offered. The same answer again gives what is stored, so a double click, a retry and the back
    button do no harm; another answer at a revision that is taken is `AlreadyAnswered`. Touches the ledger, ballots and stars
    and nothing else: no session, no roll, nothing that knows a person.
    """
    refuse_unless_open(phase=held.phase, in_time=held.in_time)
    if held.last_revision:
        stored = Ballot.objects.last_of(held)
        if says(stored, reply):
            return stored
        if revision != held.last_revision + 1:
            raise AlreadyAnswered(stored)
    elif revision != 1:
        raise AlreadyAnswered(None)
    if revision > MOST_REVISIONS:
        raise Refusal(_("이 질문의 답은 더 고칠 수 없습니다. 마지막으로 저장된 답을 셉니다."))
    ballot = _write(held, reply, revision)
    if ballot is None:  # another window was faster, after this one looked
        ballot = Ballot.objects.last_of(held)
        if ballot is None or not says(ballot, reply):
            raise AlreadyAnswered(ballot)
    return ballot


def says(ballot: Ballot, reply: Reply) -> bool:
    """Is this what the stored ballot says?"""
    if (ballot.choice, ballot.recognised) != (reply.choice, reply.recognised):
        return False
    return ballot.choice != "" or stars_of(ballot) == reply.stars


def stars_of(ballot: Ballot) -> dict[str, int]:
    return dict(ballot.stars.order_by().values_list("question__key", "rating"))


def _write(held: HeldPaper, reply: Reply, revision: int) -> Ballot | None:
    """The ballot, then its event and stars (in a transaction: the ballot names an event that is not there yet); None, and nothing written,
    where there is a ballot of this revision."""
    hour = held.clock.replace(minute=0, second=0, microsecond=0)
    ballot = Ballot(
        stage_id=held.stage_id, voter_tag=held.voter_tag, thing=held.thing, revision=revision, paper_id=held.id,
        kind=held.kind, prompt_id=held.prompt_id, left_team_id=held.left_team_id, right_team_id=held.right_team_id,
        choice=reply.choice, recognised=reply.recognised, stratum=held.stratum, cast_at=hour, event_id=random_id(),
    )  # fmt: skip
    if not insert_unless_there(ballot, ("stage", "voter_tag", "thing", "revision")):
        return None
    # No actor and no voter tag: whoever is shown this body learns what was said, not by whom.
    ballot.event = record(
        "ballot cast", stage=held.stage_slug, subject="ballot", subject_id=ballot.id, at=hour, id=ballot.event_id,
        data={
            "thing": held.thing, "revision": revision, "kind": held.kind.value, "prompt": held.prompt_id,
            "left": held.left_id, "right": held.right_id or "",
            "left_team": held.left_team_id, "right_team": held.right_team_id or "",
            "choice": reply.choice, "recognised": reply.recognised, "stars": dict(reply.stars), "stratum": held.stratum,
        },
    )  # fmt: skip
    if reply.stars:
        Star.objects.bulk_create(
            Star(ballot=ballot, question_id=held.questions[key], rating=rating) for key, rating in reply.stars.items()
        )
    return ballot
