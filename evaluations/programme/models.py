"""What is evaluated, and when."""

from collections.abc import Collection
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language

from evaluations.programme import phases
from evaluations.programme.amendments import may_amend
from evaluations.programme.visibility import Thing, Viewer, Who, may_see, phases_in_which
from evaluations.programme.zones import UNKNOWN, zone_of
from portal.audit.models import Event
from portal.http import Refusal
from portal.ids import RandomIdField, short

slug_validator = RegexValidator(r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", "영문 소문자, 숫자와 붙임표(-)만 쓸 수 있습니다.")
key_validator = RegexValidator(r"\A[a-z0-9]+(_[a-z0-9]+)*\Z", "영문 소문자, 숫자와 밑줄(_)만 쓸 수 있습니다.")
decimal_validator = RegexValidator(r"\A-?[0-9]{1,12}(\.[0-9]{1,9})?\Z", "숫자로 적어 주세요(예: 72.03).")


def validate_time_zone(name: str) -> None:
    if zone_of(name) is None:
        raise ValidationError(UNKNOWN)


def in_language(ko: str, en: str) -> str:
    """The English text when English is asked for and there is one; Korean otherwise."""
    return en if en and (get_language() or "ko").startswith("en") else ko


def clock_sql(vendor: str) -> str:
    """The database's own clock, at this moment and not at the start of the transaction.

    SQLite tells it as text in UTC, in the form in which it keeps times, so that the two compare.
    """
    return "clock_timestamp()" if vendor == "postgresql" else "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"


def read_clock(told: datetime | str) -> datetime:
    """What `clock_sql` answered, as a moment."""
    return told if isinstance(told, datetime) else datetime.fromisoformat(told).replace(tzinfo=UTC)


class StageQuerySet(models.QuerySet):
    def visible_to(self, who: Who, thing: Thing = Thing.METHOD):
        """The stages of which this role may see the thing now."""
        return self.filter(phase__in=phases_in_which(who, thing))

    def for_public(self):
        return self.visible_to(Who.PUBLIC).order_by("-opens_at", "slug")

    def locked_for_evidence(self, stage_id: str) -> "Stage":
        """The stage, held against a move while a sheet or ballot is written (in a transaction).

        PostgreSQL: FOR SHARE, so ballots do not wait for each other, only for a move of the phase. SQLite: its immediate
        transactions are the lock. `clock` is the moment by the database's own clock, read once the stage is held.
        """
        # Raw: the ORM can neither lock in one step and read the clock in the next, nor ask for FOR SHARE. The id is a parameter.
        sql = f"WITH {held_sql(connection.vendor, 'id')} SELECT * FROM stage"  # noqa: S608 – our own words
        stage = next(iter(self.raw(sql, [stage_id])))
        stage.clock = read_clock(stage.clock)
        return stage


def held_sql(vendor: str, key: str, columns: str = "*") -> str:
    """What follows WITH to have one stage, found by its `key`, held as `stage`, with these columns and the clock it was held at.

    Two steps: whoever waits for the row has read what stands beside it in the same SELECT before the waiting, and would
    take the moment she came for the moment she went on.
    """
    share = "FOR SHARE" if vendor == "postgresql" else ""
    return f"""
        held AS MATERIALIZED (SELECT {columns} FROM programme_stage WHERE {key} = %s {share}),
        stage AS MATERIALIZED (SELECT held.*, {clock_sql(vendor)} AS clock FROM held)"""  # noqa: S608 – our own words


class Stage(models.Model):
    class Advance(models.TextChoices):
        POINTS = "points", "점수 순"
        MAJORITY = "majority", "과반 인정"

    class LineTies(models.TextChoices):
        ALL = "all", "모두 진출"
        NONE = "none", "모두 탈락"
        COMMITTEE = "committee", "위원회 결정"

    class Rounding(models.TextChoices):
        HALF_UP = "ROUND_HALF_UP", "반올림(0.5는 올림)"
        HALF_EVEN = "ROUND_HALF_EVEN", "반올림(0.5는 짝수로)"

    class Gate(models.TextChoices):
        COMMITTEE = "committee", "위원회가 결정"
        MAJORITY = "majority", "평가위원 과반"

    id = RandomIdField()
    slug = models.CharField("식별자", max_length=50, unique=True, validators=[slug_validator])
    programme_ko = models.CharField("사업명", max_length=200)
    programme_en = models.CharField("사업명(영문)", max_length=200, blank=True)
    name_ko = models.CharField("단계명", max_length=200)
    name_en = models.CharField("단계명(영문)", max_length=200, blank=True)
    note_ko = models.TextField("안내", blank=True)
    note_en = models.TextField("안내(영문)", blank=True)
    sample = models.BooleanField("표본 자료", default=False, help_text="켜면 보이는 곳마다 표본임을 밝힙니다.")
    time_zone = models.CharField("시간대", max_length=64, default="Asia/Seoul", validators=[validate_time_zone])
    phase = models.CharField(
        "국면", max_length=16, choices=[(p.value, phases.LABELS[p]) for p in phases.ORDER],
        default=phases.Phase.PREPARING.value, editable=False,
    )  # fmt: skip
    frozen_at = models.DateTimeField("기준 확정 예정")
    opens_at = models.DateTimeField("평가 시작")
    closes_at = models.DateTimeField("평가 마감")
    published_at = models.DateTimeField("공표 예정")
    advance_by = models.CharField("진출 방식", max_length=16, choices=Advance, default=Advance.POINTS)
    quota = models.PositiveSmallIntegerField("진출 팀 수", validators=[MinValueValidator(1)])
    line_ties = models.CharField("경계선 동점", max_length=16, choices=LineTies, default=LineTies.COMMITTEE)
    quorum = models.PositiveSmallIntegerField("정족수", null=True, blank=True, help_text="과반 인정일 때만")
    pass_on_seats = models.BooleanField("자리 승계", default=False, help_text="탈락한 팀의 자리를 다음 순위가 잇는다")
    rounding_rule = models.CharField("반올림 규칙", max_length=20, choices=Rounding, default=Rounding.HALF_UP)
    item_decimals = models.PositiveSmallIntegerField("항목 소수 자릿수", default=1)
    part_decimals = models.PositiveSmallIntegerField("부문 소수 자릿수", default=1)
    total_decimals = models.PositiveSmallIntegerField("총점 소수 자릿수", default=1)
    mean_decimals = models.PositiveSmallIntegerField("평균 소수 자릿수", default=2)
    tie_break = models.JSONField("동점 처리 순서", default=list, blank=True)
    objection_days = models.PositiveSmallIntegerField("이의신청 기간(일)", default=10)
    answer_days = models.PositiveSmallIntegerField("답변 기간(일)", default=30)
    gate_decided_by = models.CharField("독자성 관문 결정", max_length=16, choices=Gate, blank=True)
    release = models.JSONField("공개 방침", default=dict, blank=True)
    published_facts = models.JSONField("공표된 사실", default=list, blank=True)
    edition = models.PositiveSmallIntegerField(
        "판", default=0, db_default=0, editable=False,
        help_text="이 행들이 담은 확정된 설정의 판. 준비하는 동안은 0",
    )  # fmt: skip

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = "단계"
        verbose_name_plural = "단계"
        constraints = [
            models.CheckConstraint(
                condition=Q(frozen_at__lt=F("opens_at"), opens_at__lt=F("closes_at"), closes_at__lt=F("published_at")),
                name="stage_timetable_in_order",
                violation_error_message="일정은 기준 확정 → 시작 → 마감 → 공표 순서여야 합니다.",
            ),
            models.CheckConstraint(condition=Q(quota__gte=1), name="stage_quota_positive"),
            models.CheckConstraint(condition=Q(phase__in=[p.value for p in phases.ORDER]), name="stage_phase_known"),
        ]

    def __str__(self):
        return self.name_ko

    @property
    def name(self) -> str:
        return in_language(self.name_ko, self.name_en)

    @property
    def programme(self) -> str:
        return in_language(self.programme_ko, self.programme_en)

    @property
    def note(self) -> str:
        return in_language(self.note_ko, self.note_en)

    @property
    def current_phase(self) -> phases.Phase:
        return phases.phase_of(self.phase)

    def refuse_outside(self, allowed: Collection[phases.Phase], sentence: str) -> None:
        """Raises a Refusal with the sentence and the phase it is in, unless that is one of those allowed. The row must be held."""
        if self.current_phase not in allowed:
            raise Refusal(f"{sentence} 지금은 ‘{phases.LABELS[self.current_phase]}’ 국면입니다.")

    @property
    def was_held_elsewhere(self) -> bool:
        """Or it shows how one is held. What was said of any other stage is said here: imported, it would pass for that."""
        return self.sample or self.closes_at <= timezone.now()

    @property
    def phase_name(self) -> str:
        return in_language(phases.LABELS[self.current_phase], phases.LABELS_EN[self.current_phase])

    @property
    def may_be_amended(self) -> bool:
        """Pages of the office lead to the amendment of the rules only while anything of them may be amended."""
        return may_amend(self.current_phase)

    @property
    def result_is_public(self) -> bool:
        """Pages link to the result only when everybody may read it."""
        return may_see(Viewer(Who.PUBLIC), Thing.RESULT, self.current_phase)


class Team(models.Model):
    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="teams", verbose_name="단계")
    slug = models.CharField("식별자", max_length=50, validators=[slug_validator])
    name_ko = models.CharField("팀 이름", max_length=200)
    name_en = models.CharField("팀 이름(영문)", max_length=200, blank=True)
    model_name = models.CharField("모델 이름", max_length=200, blank=True)
    aliases = models.JSONField(
        "다른 이름", default=list, blank=True, help_text="이해충돌 확인과 이름 노출 검사에 씁니다."
    )
    position = models.PositiveSmallIntegerField("순서", default=0)

    class Meta:
        verbose_name = "팀"
        verbose_name_plural = "팀"
        ordering = ["stage", "position", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "slug"], name="team_once_per_stage",
                violation_error_message="이 단계에 같은 식별자의 팀이 이미 있습니다.",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name_ko

    @property
    def name(self) -> str:
        return in_language(self.name_ko, self.name_en)


class Member(models.Model):
    """An organisation that belongs to a team from one day to another."""

    id = RandomIdField()
    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name="팀")
    organisation = models.CharField("기관", max_length=200)
    unit = models.CharField("최하위 부서", max_length=200, blank=True)
    aliases = models.JSONField("다른 이름", default=list, blank=True)
    since = models.DateField("시작일", null=True, blank=True)
    until = models.DateField("종료일", null=True, blank=True)
    position = models.PositiveSmallIntegerField("순서", default=0)

    class Meta:
        verbose_name = "구성 기관"
        verbose_name_plural = "구성 기관"
        ordering = ["team", "position", "organisation"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(since__lte=F("until")), name="member_dates_in_order",
                violation_error_message="시작일은 종료일보다 늦을 수 없습니다.",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.organisation} {self.unit}".strip()


class RoundQuerySet(models.QuerySet):
    def before(self, round: "Round"):
        """The rounds of the same stage that come before this one in its order."""
        earlier = Q(position__lt=round.position) | Q(position=round.position, key__lt=round.key)
        return self.filter(earlier, stage=round.stage_id)


class Round(models.Model):
    """A pass of the experts within the open phase. Exactly one round's sheets count."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", "서면"
        PRESENTATION = "presentation", "발표"

    class State(models.TextChoices):
        WAITING = "waiting", "대기"
        OPEN = "open", "진행"
        LOCKED = "locked", "잠김"

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="rounds", verbose_name="단계")
    key = models.CharField("키", max_length=50, validators=[key_validator])
    name_ko = models.CharField("이름", max_length=200)
    name_en = models.CharField("이름(영문)", max_length=200, blank=True)
    kind = models.CharField("방식", max_length=16, choices=Kind, default=Kind.DOCUMENT)
    blind = models.BooleanField("가림", default=True)
    counts = models.BooleanField("점수에 반영", default=True)
    position = models.PositiveSmallIntegerField("순서", default=0)
    state = models.CharField("상태", max_length=16, choices=State, default=State.WAITING, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "평가 차수"
        verbose_name_plural = "평가 차수"
        ordering = ["stage", "position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "key"], name="round_once_per_stage"),
            models.UniqueConstraint(
                fields=["stage"], condition=Q(counts=True), name="round_that_counts_once",
                violation_error_message="점수에 반영하는 차수는 하나여야 합니다.",
            ),
            models.UniqueConstraint(fields=["stage"], condition=Q(state="open"), name="round_open_once"),
        ]  # fmt: skip

    def __str__(self):
        return self.name_ko

    @property
    def name(self) -> str:
        return in_language(self.name_ko, self.name_en)


class Configuration(models.Model):
    """The frozen form of a stage: canonical JSON and its digest. Version 1 is the freeze; each
    later version is an amendment with its reason. Append-only."""

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="configurations", verbose_name="단계")
    version = models.PositiveSmallIntegerField("판")
    body = models.TextField("정규 JSON")
    digest = models.CharField("설정 지문", max_length=64)
    reason = models.TextField("사유", blank=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    created_at = models.DateTimeField("시각")

    class Meta:
        verbose_name = "확정된 설정"
        verbose_name_plural = "확정된 설정"
        ordering = ["stage", "version"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "version"], name="configuration_version_once"),
        ]

    def __str__(self):
        return f"{self.stage} {self.version}판"


class Submission(models.Model):
    """A team's document as it came, sealed with its hash. Append-only; nobody who judges sees it."""

    id = RandomIdField()
    team = models.ForeignKey(Team, models.PROTECT, related_name="submissions", verbose_name="팀")
    round = models.ForeignKey(Round, models.PROTECT, related_name="submissions", verbose_name="평가 차수")
    revision = models.PositiveSmallIntegerField("차례", default=1)
    title = models.CharField("제목", max_length=200)
    file_name = models.CharField("원본 파일명", max_length=200, blank=True)
    text = models.TextField("원본(마크다운)")
    digest = models.CharField("원본 지문", max_length=64)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name="사건")

    class Meta:
        verbose_name = "제출 자료(원본)"
        verbose_name_plural = "제출 자료(원본)"
        constraints = [
            models.UniqueConstraint(fields=["team", "round", "revision"], name="submission_revision_once"),
        ]

    def __str__(self):
        return f"{self.team} 제출 자료 {self.revision}"


class BlindCopyQuerySet(models.QuerySet):
    def released(self):
        return self.exclude(released_at=None)

    def of_last_submission(self):
        """Those of the last document of each team and round, released or held back. What came before it is read by nobody."""
        later = Submission.objects.filter(
            team=OuterRef("submission__team"), round=OuterRef("submission__round"),
            revision__gt=OuterRef("submission__revision"),
        )  # fmt: skip
        return self.filter(~Exists(later))

    def held_back(self, round: Round):
        """What would not be read in this round: once it is open a document can neither be exchanged nor come in time for everybody."""
        return self.of_last_submission().filter(submission__round=round, released_at=None)


class BlindCopy(models.Model):
    """The rebuilt text a panelist reads. A name found in it keeps it back until an officer decides."""

    id = RandomIdField()
    submission = models.OneToOneField(Submission, models.PROTECT, related_name="blind_copy", verbose_name="원본")
    text = models.TextField("가림본(마크다운)")
    digest = models.CharField("가림본 지문", max_length=64)
    hits = models.JSONField("발견된 이름", default=list, blank=True)
    released_at = models.DateTimeField("공개 시각", null=True, blank=True)
    released_by = models.CharField("공개한 담당자", max_length=64, blank=True)
    reason = models.TextField("공개 사유", blank=True)

    objects = BlindCopyQuerySet.as_manager()

    class Meta:
        verbose_name = "가림본"
        verbose_name_plural = "가림본"
        constraints = [
            models.CheckConstraint(
                condition=Q(released_at=None, released_by="") | Q(released_at__isnull=False) & ~Q(released_by=""),
                name="blind_copy_released_at_and_by",
            ),
        ]

    def __str__(self):
        return f"가림본 {short(self.id)}"
