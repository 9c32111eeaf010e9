"""What came out, and who was told. Everything but the job row is frozen."""

import json
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from evaluations.programme.models import Stage, Team
from evaluations.scoring import SALT_BYTES, sealed
from evaluations.scoring.advancing import ON_THE_LINE
from portal.audit.models import Event
from portal.ids import RandomIdField, short


class ScoreRunQuerySet(models.QuerySet):
    def of_stage(self, stage):
        return self.filter(stage=stage)

    def with_last_of_stage(self):
        """Each with `last_of_stage`, the id of the run of the last count of its stage."""
        last = CountJob.objects.filter(stage=OuterRef("stage")).counted().values("run")[:1]
        return self.annotate(last_of_stage=Subquery(last))

    def of_last_counts(self):
        return self.with_last_of_stage().filter(pk=F("last_of_stage"))


class ScoreRun(models.Model):
    """One count: a pure function of configuration and evidence. Append-only.

    `key` names inputs and method, so the same count made twice is the same row: which run was counted last is told by the jobs,
    never by `counted_at`. `body` is the canonical JSON of the result and `explanation` the steps behind it.
    """

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="score_runs", verbose_name="단계")
    key = models.CharField("키", max_length=64, unique=True)
    config_digest = models.CharField("설정 지문", max_length=64)
    input_digest = models.CharField("입력 지문", max_length=64)
    method_version = models.CharField("방법 판", max_length=16)
    body = models.TextField("결과(정규 JSON)")
    explanation = models.TextField("풀이(정규 JSON)")
    digest = models.CharField("결과 지문", max_length=64)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    counted_at = models.DateTimeField("집계 시각")

    objects = ScoreRunQuerySet.as_manager()

    class Meta:
        verbose_name = "집계 결과"
        verbose_name_plural = "집계 결과"
        ordering = ["stage", "-counted_at", "id"]

    def __str__(self):
        return f"{self.stage} 집계 {short(self.id)}"

    @property
    def holds(self) -> bool:
        """Is it the run of the last count? Of rows read with `with_last_of_stage`."""
        return self.pk == self.last_of_stage

    @property
    def on_the_line(self) -> tuple[str, ...]:
        """The slugs of the teams that are level on the line, on which the committee decides or has decided."""
        return tuple(team["team"] for team in json.loads(self.body)["teams"] if team["advances_because"] in ON_THE_LINE)


class Seal(models.Model):
    """What stands in public for the digests of a run: the same digests under a secret salt. Append-only.

    A plain digest of a few votes tells them all to whoever tries every possibility; a seal tells nothing, and cannot be opened to
    anything else once the salt is handed out together with the evidence.
    """

    id = RandomIdField()
    run = models.OneToOneField(ScoreRun, models.PROTECT, related_name="seal", verbose_name="집계")
    salt = models.BinaryField("임의값", max_length=SALT_BYTES)

    class Meta:
        verbose_name = "봉인"
        verbose_name_plural = "봉인"

    def __str__(self):
        return f"{self.run} 봉인"

    @property
    def inputs(self) -> str:
        return self.over("input", self.run.input_digest)

    @property
    def result(self) -> str:
        return self.over("result", self.run.digest)

    def over(self, what: str, plain: str) -> str:
        """The seal of another digest under the same salt."""
        return sealed(bytes(self.salt), what, plain)

    @property
    def opening(self) -> str:
        """The salt as it is handed out with the evidence."""
        return bytes(self.salt).hex()


class Estimates(models.Model):
    """What is estimated beside a run, never inside it: how firm the order is, who is severe, how strong each model. Append-only.

    `body` is canonical JSON with every number as text, rounded; `seed` and `version` let anybody draw the same again.
    """

    id = RandomIdField()
    run = models.ForeignKey(ScoreRun, models.PROTECT, related_name="estimates", verbose_name="집계")
    version = models.CharField("방법 판", max_length=16)
    seed = models.BigIntegerField("난수 시드")
    body = models.TextField("추정(정규 JSON)")
    digest = models.CharField("지문", max_length=64)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    made_at = models.DateTimeField("계산 시각")

    class Meta:
        verbose_name = "추정"
        verbose_name_plural = "추정"
        constraints = [models.UniqueConstraint(fields=["run", "version"], name="estimates_once_per_version")]

    def __str__(self):
        return f"{self.run} 추정 {self.version}"


class CountJobQuerySet(models.QuerySet):
    def of_stage(self, stage):
        return self.filter(stage=stage)

    def counted(self):
        """Those that have come to a result, the last one first; the estimates beside it may still be missing."""
        return self.exclude(run=None).order_by("-requested_at", "id")

    def open(self):
        return self.filter(state__in=[CountJob.State.QUEUED, CountJob.State.RUNNING])

    def waiting(self, now: datetime):
        """Open and in nobody's hands: not taken yet, or taken by a worker whose lease is over."""
        return self.filter(Q(state=CountJob.State.QUEUED) | Q(state=CountJob.State.RUNNING, lease_until__lt=now))

    def held(self, job: "CountJob"):
        """The row of `job`, as long as nobody else has taken the work over since."""
        return self.filter(pk=job.pk, state=CountJob.State.RUNNING, fence=job.fence)


class CountJob(models.Model):
    """A count that somebody asked for. The Celery message carries its id and nothing else.

    `run` is there as soon as the official result is written; what is left to do then are the estimates beside it, whose failure
    is told in `error` and takes nothing from the result.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "대기"
        RUNNING = "running", "집계 중"
        DONE = "done", "완료"
        FAILED = "failed", "실패"

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="count_jobs", verbose_name="단계")
    state = models.CharField("상태", max_length=8, choices=State, default=State.QUEUED)
    fence = models.PositiveIntegerField("차단 번호", default=0)
    lease_until = models.DateTimeField("점유 기한", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("시도", default=0)
    step = models.PositiveSmallIntegerField("진행 단계", default=0)
    steps = models.PositiveSmallIntegerField("전체 단계", default=1)
    doing = models.CharField("하는 일", max_length=200, blank=True)
    error = models.TextField("오류", blank=True)
    requested_by = models.CharField("요청자", max_length=64)
    requested_at = models.DateTimeField("요청 시각")
    finished_at = models.DateTimeField("끝난 시각", null=True, blank=True)
    run = models.ForeignKey(
        ScoreRun, models.PROTECT, related_name="jobs", null=True, blank=True, verbose_name="집계 결과"
    )

    objects = CountJobQuerySet.as_manager()

    class Meta:
        verbose_name = "집계 작업"
        verbose_name_plural = "집계 작업"
        ordering = ["-requested_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage"], condition=Q(state__in=["queued", "running"]), name="count_job_one_open",
                violation_error_message="이미 진행 중인 집계가 있습니다.",
            ),
            models.CheckConstraint(
                condition=~Q(state="done", run=None) & ~Q(state="failed", run__isnull=False), name="count_job_run_when_done"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.stage} {self.get_state_display()}"

    @property
    def waited_seconds(self) -> float:
        return (timezone.now() - self.requested_at).total_seconds()


class GateDecisionQuerySet(models.QuerySet):
    def effective(self):
        """One decision per team: the last revision."""
        later = GateDecision.objects.filter(team=OuterRef("team"), revision__gt=OuterRef("revision"))
        return self.filter(~Exists(later))


class GateDecision(models.Model):
    """The committee's decision on a team's independence. Append-only; the last revision holds."""

    class Decision(models.TextChoices):
        MET = "met", "충족"
        NOT_MET = "not_met", "미충족"

    id = RandomIdField()
    team = models.ForeignKey(Team, models.PROTECT, related_name="gate_decisions", verbose_name="팀")
    revision = models.PositiveSmallIntegerField("차례", default=1)
    decision = models.CharField("결정", max_length=8, choices=Decision)
    reason = models.TextField("이유")
    source = models.CharField("출처", max_length=500, blank=True)
    decided_on = models.DateField("결정일", null=True, blank=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name="사건")

    objects = GateDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "독자성 관문 결정"
        verbose_name_plural = "독자성 관문 결정"
        constraints = [models.UniqueConstraint(fields=["team", "revision"], name="gate_decision_revision_once")]

    def __str__(self):
        return f"{self.team} 관문 결정 {self.revision}"


class GateTeamQuerySet(models.QuerySet):
    def with_last_decision(self, stage):
        """The teams the committee decides on in a stage that has a gate, each with `last`, the decision that holds."""
        return self.filter(stage=stage).exclude(stage__gate_decided_by="").annotated()

    def annotated(self):
        last = GateDecision.objects.filter(team=OuterRef("pk")).order_by("-revision").values("decision")[:1]
        return self.annotate(last=Subquery(last))


class GateTeam(Team):
    """A team before the committee; no table of its own."""

    objects = GateTeamQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = "독자성 관문 심의"
        verbose_name_plural = "독자성 관문 심의"

    @property
    def decided(self) -> str:
        """The decision that holds, in words; of rows read with `annotated`."""
        return dict(GateDecision.Decision.choices).get(self.last, "결정 전")


class LineDecisionQuerySet(models.QuerySet):
    def effective(self):
        """One decision per team: the last revision."""
        later = LineDecision.objects.filter(team=OuterRef("team"), revision__gt=OuterRef("revision"))
        return self.filter(~Exists(later))


class LineDecision(models.Model):
    """The committee's decision on a team that is level with others on the line. Append-only; the last revision holds.

    `among` has the slugs of the teams that were level there, sorted, with spaces between. The decision counts where exactly these are level on
    the line in the count that is made, and changes nothing where they are not.
    """

    class Decision(models.TextChoices):
        IN = "in", "진출"
        OUT = "out", "진출하지 않음"

    id = RandomIdField()
    team = models.ForeignKey(Team, models.PROTECT, related_name="line_decisions", verbose_name="팀")
    revision = models.PositiveSmallIntegerField("차례", default=1)
    decision = models.CharField("결정", max_length=8, choices=Decision)
    among = models.TextField("경계선에 있던 팀들", blank=True, default="")
    reason = models.TextField("이유", blank=True)
    source = models.CharField("출처", max_length=500, blank=True)
    decided_on = models.DateField("결정일", null=True, blank=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name="사건")

    objects = LineDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "경계선 결정"
        verbose_name_plural = "경계선 결정"
        constraints = [
            models.UniqueConstraint(fields=["team", "revision"], name="line_decision_revision_once"),
            models.CheckConstraint(condition=Q(decision__in=["in", "out"]), name="line_decision_known"),
        ]

    def __str__(self):
        return f"{self.team} 경계선 결정 {self.revision}"

    @staticmethod
    def written(teams: Iterable[str]) -> str:
        """Slugs as `among` keeps them."""
        return " ".join(sorted(teams))


class LineTeamQuerySet(models.QuerySet):
    def level_in(self, run: ScoreRun | None):
        """The teams that are level on the line in this run, each with `last`, the decision that holds."""
        found = run.on_the_line if run else ()
        return self.filter(stage=run.stage_id, slug__in=found).annotated() if run and found else self.none()

    def level(self):
        """The same of the last count of every stage these teams are of. Of others not even that they were counted can be told from what is
        asked of the database."""
        runs = ScoreRun.objects.of_last_counts().filter(stage__line_ties=Stage.LineTies.COMMITTEE)
        found = Q(pk__in=[])
        for run in runs.filter(stage__in=self.order_by().values("stage")).only("stage", "body").order_by():
            found |= Q(stage=run.stage_id, slug__in=run.on_the_line)
        return self.filter(found).annotated()

    def annotated(self):
        last = LineDecision.objects.filter(team=OuterRef("pk")).order_by("-revision").values("decision")[:1]
        return self.annotate(last=Subquery(last))


class LineTeam(Team):
    """A team on the line before the committee; no table of its own."""

    objects = LineTeamQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = "경계선 심의"
        verbose_name_plural = "경계선 심의"

    @property
    def decided(self) -> str:
        """The decision that holds, in words; of rows read with `annotated`."""
        return dict(LineDecision.Decision.choices).get(self.last, "결정 전")


class PublicationQuerySet(models.QuerySet):
    def of_stage(self, stage):
        return self.filter(run__stage=stage)

    def newest_first(self):
        return self.order_by("-published_at", "id")


class Publication(models.Model):
    """Which run was made public, by whom, when and why. The latest one holds. Append-only."""

    id = RandomIdField()
    run = models.ForeignKey(ScoreRun, models.PROTECT, related_name="publications", verbose_name="집계")
    reason = models.TextField("사유", blank=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    published_at = models.DateTimeField("공표 시각")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = "공표"
        verbose_name_plural = "공표"
        ordering = ["-published_at", "id"]

    def __str__(self):
        return f"{self.run} 공표"
