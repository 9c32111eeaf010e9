"""The citizens' blind ratings.

Identity apart from the ballot: `RollEntry` says that a person may take part and is written when she
enrols; `Paper` and `Ballot` carry a `voter_tag` that only the server's key can derive. Nothing is
written to the roll when a ballot is cast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models import Avg, Case, Count, Exists, OuterRef, Q, Sum, When
from django.db.models.functions import Length

from evaluations.programme.models import Stage, Team, held_sql, in_language, key_validator, read_clock
from evaluations.programme.phases import Phase, phase_of
from evaluations.ratings import identity
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.models import Event
from portal.ids import RandomIdField, short


class RatingPlanQuerySet(models.QuerySet):
    def asking_now(self, now: datetime):
        """Of stages that take answers at this moment, the one that closes first above."""
        taking = self.filter(stage__phase=Phase.OPEN, stage__opens_at__lte=now, stage__closes_at__gt=now)
        return taking.order_by("stage__closes_at", "stage__slug")


class RatingPlan(models.Model):
    """What is asked of one person, and why."""

    id = RandomIdField()
    stage = models.OneToOneField(Stage, models.PROTECT, related_name="rating_plan", verbose_name="단계")
    purpose_ko = models.TextField("묻는 까닭")
    purpose_en = models.TextField("묻는 까닭(영문)", blank=True)
    comparisons_per_person = models.PositiveSmallIntegerField("한 사람의 비교 수", default=8)
    ratings_per_person = models.PositiveSmallIntegerField("한 사람의 별점 수", default=4)

    objects = RatingPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "국민 평가 계획"
        verbose_name_plural = "국민 평가 계획"

    def __str__(self):
        return f"{self.stage} 국민 평가"

    @property
    def purpose(self) -> str:
        return in_language(self.purpose_ko, self.purpose_en)


class Question(models.Model):
    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="questions", verbose_name="단계")
    key = models.CharField("키", max_length=50, validators=[key_validator])
    text_ko = models.TextField("물음")
    text_en = models.TextField("물음(영문)", blank=True)
    position = models.PositiveSmallIntegerField("순서", default=0)

    class Meta:
        verbose_name = "별점 물음"
        verbose_name_plural = "별점 물음"
        ordering = ["stage", "position", "key"]
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="question_once_per_stage")]

    def __str__(self):
        return self.text_ko

    @property
    def text(self) -> str:
        return in_language(self.text_ko, self.text_en)


class Stratum(models.Model):
    """A trait by which the panel is balanced, with its categories and their share of the people."""

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="strata", verbose_name="단계")
    key = models.CharField("키", max_length=50, validators=[key_validator])
    name_ko = models.CharField("이름", max_length=100)
    name_en = models.CharField("이름(영문)", max_length=100, blank=True)
    categories = models.JSONField("범주", default=list)
    position = models.PositiveSmallIntegerField("순서", default=0)

    class Meta:
        verbose_name = "인구 특성"
        verbose_name_plural = "인구 특성"
        ordering = ["stage", "position", "key"]
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="stratum_once_per_stage")]

    def __str__(self):
        return self.name_ko

    @property
    def name(self) -> str:
        return in_language(self.name_ko, self.name_en)


class Prompt(models.Model):
    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="prompts", verbose_name="단계")
    key = models.CharField("키", max_length=50)
    category = models.CharField("분야", max_length=100, blank=True)
    text = models.TextField("질문")

    class Meta:
        verbose_name = "질문"
        verbose_name_plural = "질문"
        ordering = ["stage", "key"]
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="prompt_once_per_stage")]

    def __str__(self):
        return self.text[:60]


class AnswerQuerySet(models.QuerySet):
    def shown_in(self, stage):
        """What may be put before citizens: an answer in which a name was found is not."""
        return self.filter(prompt__stage=stage, hits=[])

    def mean_length(self) -> float:
        """In signs; 0 where there is no answer."""
        return self.aggregate(mean=Avg(Length("text")))["mean"] or 0


class Answer(models.Model):
    """A frozen answer of a model to a prompt."""

    id = RandomIdField()
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="answers", verbose_name="질문")
    team = models.ForeignKey(Team, models.PROTECT, related_name="answers", verbose_name="팀")
    sample = models.PositiveSmallIntegerField("표본 번호", default=1)
    text = models.TextField("답변")
    hits = models.JSONField("발견된 이름", default=list, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "답변"
        verbose_name_plural = "답변"
        constraints = [models.UniqueConstraint(fields=["prompt", "team", "sample"], name="answer_once")]

    def __str__(self):
        return f"답변 {short(self.id)}"


class RollEntry(models.Model):
    """A person may take part. `person_key` is a keyed hash; the date is a day, never a time."""

    class Tier(models.TextChoices):
        EMAIL = "email", "이메일 확인(시범)"
        ORGANISATION = "organisation", "기관 계정"
        PERSON = "person", "본인 확인"

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="roll", verbose_name="단계")
    person_key = models.CharField("사람 키", max_length=64)
    tier = models.CharField("확인 수준", max_length=16, choices=Tier, default=Tier.EMAIL)
    stratum = models.CharField("특성", max_length=200, blank=True)
    enrolled_on = models.DateField("등록일")

    class Meta:
        verbose_name = "참여자 명부"
        verbose_name_plural = "참여자 명부"
        constraints = [models.UniqueConstraint(fields=["stage", "person_key"], name="roll_once_per_person")]

    def __str__(self):
        return f"{self.stage} 참여자"


class Kind(models.TextChoices):
    COMPARE = "compare", "비교"
    RATE = "rate", "별점"


@dataclass(frozen=True)
class HeldPaper:
    """A paper and all that decides about an answer to it, read in one question while its stage is held against a move."""

    id: str
    stage_id: str
    stage_slug: str
    voter_tag: str
    position: int
    kind: Kind
    thing: str
    stratum: str
    prompt_id: str
    left_id: str
    left_team_id: str
    right_id: str | None
    right_team_id: str | None
    phase: Phase
    in_time: bool
    clock: datetime
    last_revision: int
    next_position: int | None
    """Her next paper without an answer: behind this one, else the first; None where this is the last."""
    questions: Mapping[str, str]
    """Key → id of what a rated answer is asked, in order; nothing for a comparison."""


def _said() -> Exists:
    """Of a paper: its voter has said something about its thing."""
    return Exists(
        Ballot.objects.filter(stage=OuterRef("stage"), voter_tag=OuterRef("voter_tag"), thing=OuterRef("thing"))
    )


class PaperQuerySet(models.QuerySet):
    def of_voter(self, stage, voter_tag: str):
        return self.filter(stage=stage, voter_tag=voter_tag)

    def held_by(self, slug: str, user: User):
        """The papers of this very account: another address of the same mailbox is shown none. Papers from before accounts were told apart
        have no account tag."""
        return self.filter(
            stage__slug=slug,
            voter_tag=identity.voter_tag_of(slug, user),
            account_tag__in=("", identity.account_tag_of(slug, user)),
        )

    def unanswered(self):
        """Papers whose thing their voter has said nothing about."""
        return self.exclude(_said())

    def how_far(self) -> dict[str, int]:
        """How many papers there are, and how many of them were answered."""
        return self.order_by().aggregate(papers=Count("id"), done=Count("id", filter=_said()))

    def finished_by(self, user: User | AnonymousUser, stages: Sequence[Stage]) -> set[str]:
        """The stages, of these, in which this citizen has answered all her papers."""
        if not stages or getattr(user, "role", None) != Role.CITIZEN:
            return set()
        slugs = [stage.slug for stage in stages]
        hers = self.filter(
            stage__in=stages,
            voter_tag__in=[identity.voter_tag_of(slug, user) for slug in slugs],
            account_tag__in=["", *(identity.account_tag_of(slug, user) for slug in slugs)],
        )
        counts = hers.order_by().values_list("stage").annotate(papers=Count("id"), done=Count("id", filter=_said()))
        return {stage for stage, papers, done in counts if papers == done}

    def issued(self):
        """How often each pair of answers was put on paper in each stratum: (left, right, stratum, times)."""
        return self.order_by().values_list("left_id", "right_id", "stratum").annotate(times=Count("id"))

    def held_for_answer(self, stage_slug: str, user: User, position: int) -> HeldPaper | None:
        """The paper of this account, with its stage held as `Stage.objects.locked_for_evidence` holds it (in a transaction).

        One question instead of four, since every citizen's answer waits for it. Whether the deadline has passed is decided
        by the database's own clock.
        """
        voter_tag, account_tag = identity.voter_tag_of(stage_slug, user), identity.account_tag_of(stage_slug, user)
        with connection.cursor() as cursor:
            cursor.execute(_held_sql(connection.vendor), [stage_slug, position, position, position, voter_tag])
            papers = [_HerPaper(*row) for row in cursor.fetchall()]
        asked = [paper for paper in papers if paper.position == position]
        if not asked or asked[0].account_tag not in ("", account_tag):
            return None
        paper = asked[0]
        unsaid = sorted(one.position for one in papers if one.position != position and not one.last_revision)
        return HeldPaper(
            id=paper.id, stage_id=paper.stage_id, stage_slug=stage_slug, voter_tag=voter_tag, position=position,
            kind=Kind(paper.kind), thing=paper.thing, stratum=paper.stratum, prompt_id=paper.prompt_id,
            left_id=paper.left_id, left_team_id=paper.left_team_id, right_id=paper.right_id, right_team_id=paper.right_team_id,
            phase=phase_of(paper.phase), in_time=bool(paper.in_time), clock=read_clock(paper.clock),
            last_revision=paper.last_revision,
            next_position=next((one for one in unsaid if one > position), unsaid[0] if unsaid else None),
            questions={one.question_key: one.question_id for one in asked if one.question_id},
        )  # fmt: skip


class _HerPaper(NamedTuple):
    """A line of `_held_sql`: a paper of the voter; what comes after `last_revision` is told of the asked one only, and that once for every
    question it has."""

    position: int
    id: str
    stage_id: str
    account_tag: str
    kind: str
    thing: str
    stratum: str
    phase: str
    in_time: bool | int
    clock: datetime | str
    last_revision: int
    prompt_id: str
    left_id: str
    left_team_id: str
    right_id: str | None
    right_team_id: str | None
    question_id: str | None
    question_key: str


def _held_sql(vendor: str) -> str:
    """All papers of a voter: to plan one simple question takes the database less than to find the next paper in it."""
    return f"""
        WITH {held_sql(vendor, "slug", "id, phase, opens_at, closes_at")}
        SELECT paper.position, paper.id, paper.stage_id, paper.account_tag, paper.kind, paper.thing, paper.stratum,
               stage.phase, stage.opens_at <= stage.clock AND stage.clock < stage.closes_at, stage.clock,
               coalesce((SELECT max(ballot.revision) FROM ratings_ballot ballot WHERE ballot.stage_id = paper.stage_id
                         AND ballot.voter_tag = paper.voter_tag AND ballot.thing = paper.thing), 0),
               shown.prompt_id, shown.id, shown.team_id, other.id, other.team_id, question.id, question.key
        FROM stage
        JOIN ratings_paper paper ON paper.stage_id = stage.id
        LEFT JOIN ratings_answer shown ON shown.id = paper.left_id AND paper.position = %s
        LEFT JOIN ratings_answer other ON other.id = paper.right_id AND paper.position = %s
        LEFT JOIN ratings_question question ON question.stage_id = stage.id AND paper.kind = '{Kind.RATE}' AND paper.position = %s
        WHERE paper.voter_tag = %s
        ORDER BY question.position, question.key"""  # noqa: S608 – words of ours only


class Paper(models.Model):
    """What was put before one voter, stored before she may answer. Append-only.

    `thing` names what is judged whatever the sides; one voter meets a thing once, whichever of her addresses she comes with, and only the
    address of `account_tag` is shown it. `issued_at` is the start of a day and
    `Ballot.cast_at` that of an hour: accounts keep the times of signing in, and exact times on both sides would join the two.
    """

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="papers", verbose_name="단계")
    voter_tag = models.CharField("투표자 표식", max_length=64)
    account_tag = models.CharField("계정 표식", max_length=64, blank=True, default="")
    kind = models.CharField("종류", max_length=8, choices=Kind)
    thing = models.CharField("대상", max_length=120)
    left = models.ForeignKey(Answer, models.PROTECT, related_name="+", verbose_name="왼쪽 답변")
    right = models.ForeignKey(Answer, models.PROTECT, related_name="+", null=True, verbose_name="오른쪽 답변")
    position = models.PositiveSmallIntegerField("차례")
    stratum = models.CharField("특성", max_length=200, blank=True, default="")
    issued_at = models.DateTimeField("나온 시각")

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = "투표지"
        verbose_name_plural = "투표지"
        ordering = ["stage", "voter_tag", "position"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "voter_tag", "thing"], name="paper_thing_once_per_voter"),
            models.UniqueConstraint(fields=["stage", "voter_tag", "position"], name="paper_position_once"),
            models.CheckConstraint(
                condition=Q(kind="compare", right__isnull=False) | Q(kind="rate", right=None), name="paper_sides"
            ),
        ]

    def __str__(self):
        return f"투표지 {short(self.id)}"


class BallotQuerySet(models.QuerySet):
    def effective(self):
        """One ballot per voter and thing: the last revision."""
        same = {name: OuterRef(name) for name in ("stage", "voter_tag", "thing")}
        return self.filter(~Exists(Ballot.objects.filter(**same, revision__gt=OuterRef("revision"))))

    def of_stage(self, stage):
        return self.filter(stage=stage)

    def asked(self):
        """Ballots whose voter was asked whether she recognised a model: every paper asks, and of a ballot without one its file may say it."""
        return self.exclude(paper=None, recognised="")

    def how_many_recognised(self) -> dict[tuple[int, int], int]:
        """(answers read, of them recognised) → how many voters. One question, summed by the database: a row for each number, never for a voter.

        Only ballots that were asked. Who found it hard to judge has read both answers and counts like everybody.
        """
        read = Case(When(kind=Kind.COMPARE, then=2), default=1)
        known = Case(When(recognised__in=["", Ballot.NONE], then=0), When(recognised="both", then=2), default=1)
        each = self.asked().order_by().values("voter_tag").annotate(seen=Sum(read), known=Sum(known))
        one_each, values = each.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT seen, known, COUNT(*) FROM ({one_each}) AS voter GROUP BY seen, known",  # noqa: S608 – words of ours only
                values,
            )
            return {(int(seen), int(known)): int(voters) for seen, known, voters in cursor.fetchall()}

    def of_voter(self, stage, voter_tag: str):
        return self.filter(stage=stage, voter_tag=voter_tag)

    def last_of(self, paper: HeldPaper) -> "Ballot | None":
        """What this voter last said about this thing."""
        said = self.filter(stage=paper.stage_id, voter_tag=paper.voter_tag, thing=paper.thing)
        return said.select_related("event").order_by("-revision").first()


class Ballot(models.Model):
    """What one voter answered. Append-only; a changed mind is a new revision, the last one counts.

    `recognised` is "left", "right", "both" or "none" of the answers she read; on a paper nothing chosen means none, and without a paper
    "" means that nobody asked.
    """

    NONE = "none"

    class Choice(models.TextChoices):
        LEFT = "a", "왼쪽이 낫다"
        RIGHT = "b", "오른쪽이 낫다"
        BOTH_GOOD = "both_good", "둘 다 좋다"
        BOTH_BAD = "both_bad", "둘 다 나쁘다"
        SKIP = "skip", "판단하기 어렵다"

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="ballots", verbose_name="단계", db_index=False)
    voter_tag = models.CharField("투표자 표식", max_length=64)
    thing = models.CharField("대상", max_length=120)
    revision = models.PositiveSmallIntegerField("차례", default=1)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="ballots", null=True, verbose_name="투표지")
    kind = models.CharField("종류", max_length=8, choices=Kind)
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="+", null=True, verbose_name="질문")
    left_team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="왼쪽 팀")
    right_team = models.ForeignKey(Team, models.PROTECT, related_name="+", null=True, verbose_name="오른쪽 팀")
    choice = models.CharField("선택", max_length=16, choices=Choice, blank=True)
    recognised = models.CharField("알아보았는가", max_length=8, blank=True)
    stratum = models.CharField("특성", max_length=200, blank=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name="사건")
    cast_at = models.DateTimeField("투표 시각")

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = "투표"
        verbose_name_plural = "투표"
        # No index but `ballot_once` begins with the stage: while PostgreSQL has counted few ballots it takes any such index to look for
        # a revision, and reads the whole stage for every ballot.
        indexes = [models.Index(fields=["cast_at", "stage"], name="ballot_hour")]
        constraints = [
            models.UniqueConstraint(fields=["stage", "voter_tag", "thing", "revision"], name="ballot_once"),
            models.CheckConstraint(
                condition=Q(kind="compare", right_team__isnull=False) & ~Q(choice="")
                | Q(kind="rate", right_team=None, choice=""),
                name="ballot_answers_its_kind",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"투표 {short(self.id)}"


class Star(models.Model):
    """One rating from 1 to 5 on one question. Append-only with its ballot."""

    id = RandomIdField()
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="stars", verbose_name="투표")
    question = models.ForeignKey(Question, models.PROTECT, related_name="stars", verbose_name="물음")
    rating = models.PositiveSmallIntegerField("별점")

    class Meta:
        verbose_name = "별점"
        verbose_name_plural = "별점"
        constraints = [
            models.UniqueConstraint(fields=["ballot", "question"], name="star_once"),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="star_one_to_five"),
        ]

    def __str__(self):
        return f"별점 {short(self.id)}"
