"""The experts' sheets. A draft may change and have gaps; a sheet is evidence and never changes."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from evaluations.panels.models import Assignment
from evaluations.rubrics.models import Criterion, GateScope
from portal.audit.models import Event
from portal.ids import RandomIdField, short


class Draft(models.Model):
    """What a panelist has typed so far, as typed. `version` tells a stale window from a fresh one."""

    id = RandomIdField()
    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="draft", verbose_name="배정")
    version = models.PositiveIntegerField("판", default=1)
    body = models.JSONField("적은 것", default=dict)
    saved_at = models.DateTimeField("저장 시각")

    class Meta:
        verbose_name = "작성 중인 평가표"
        verbose_name_plural = "작성 중인 평가표"

    def __str__(self):
        return f"{self.assignment} 초안"


class SheetQuerySet(models.QuerySet):
    def confirmed(self):
        return self.exclude(confirmation=None)

    def last_confirmed(self):
        """Per assignment the last confirmed revision, also where it does not count."""
        later = Sheet.objects.filter(assignment=OuterRef("assignment"), revision__gt=OuterRef("revision")).confirmed()
        return self.confirmed().filter(~Exists(later))

    def effective(self):
        """The sheets that count: per assignment the last confirmed revision, none if recused or void."""
        return self.last_confirmed().filter(assignment__recusal=None, assignment__void=None)

    def set_aside(self):
        """Recused or void."""
        return self.exclude(assignment__recusal=None, assignment__void=None)

    def of_stage(self, stage):
        return self.filter(assignment__panelist__stage=stage)

    def last_of(self, assignment) -> "Sheet | None":
        """The last submitted revision, confirmed or not."""
        own = self.filter(assignment=assignment).select_related("recognition", "confirmation", "event")
        return own.order_by("-revision").first()


class Sheet(models.Model):
    """A submitted sheet: append-only, one row per revision; confirming it makes it count."""

    class Recognised(models.TextChoices):
        NO = "no", "알아볼 수 없었다"
        MAYBE = "maybe", "짐작이 갔다"
        YES = "yes", "알아보았다"

    id = RandomIdField()
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="sheets", verbose_name="배정")
    revision = models.PositiveSmallIntegerField("차례")
    recognised = models.CharField("알아보았는가", max_length=8, choices=Recognised, blank=True)
    guess = models.CharField("어느 팀으로 짐작했는가", max_length=50, blank=True)
    opinion = models.TextField("종합 의견", blank=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name="사건")
    submitted_at = models.DateTimeField("제출 시각")

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = "평가표"
        verbose_name_plural = "평가표"
        ordering = ["assignment", "revision"]
        constraints = [models.UniqueConstraint(fields=["assignment", "revision"], name="sheet_revision_once")]

    def __str__(self):
        return f"{self.assignment} 평가표 {self.revision}"


class Confirmation(models.Model):
    """The panelist saw her submitted sheet once more and signed. Append-only."""

    id = RandomIdField()
    sheet = models.OneToOneField(Sheet, models.PROTECT, related_name="confirmation", verbose_name="평가표")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name="사건")
    confirmed_at = models.DateTimeField("확인 시각")

    class Meta:
        verbose_name = "평가표 확인"
        verbose_name_plural = "평가표 확인"

    def __str__(self):
        return f"{self.sheet} 확인"


class Mark(models.Model):
    """One criterion of one sheet; no mark means that the panelist could not judge. Append-only."""

    id = RandomIdField()
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="marks", verbose_name="평가표")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="marks", verbose_name="평가 항목")
    value = models.PositiveSmallIntegerField("평점", null=True, blank=True)
    comment = models.TextField("의견", blank=True)

    class Meta:
        verbose_name = "평점"
        verbose_name_plural = "평점"
        constraints = [models.UniqueConstraint(fields=["sheet", "criterion"], name="mark_once")]

    def __str__(self):
        return f"{self.criterion} 평점"


class Finding(models.Model):
    """The answer to one question of the independence gate for one component. Append-only."""

    class Answer(models.TextChoices):
        MET = "met", "충족"
        NOT_MET = "not_met", "미충족"
        CANNOT_JUDGE = "cannot_judge", "판단 불가"

    id = RandomIdField()
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="findings", verbose_name="평가표")
    scope = models.ForeignKey(GateScope, models.PROTECT, related_name="findings", verbose_name="관문 물음")
    finding = models.CharField("판단", max_length=16, choices=Answer)
    evidence = models.TextField("근거 자료", blank=True)
    reason = models.TextField("이유", blank=True)

    class Meta:
        verbose_name = "독자성 판단"
        verbose_name_plural = "독자성 판단"
        constraints = [models.UniqueConstraint(fields=["sheet", "scope"], name="finding_once")]

    def __str__(self):
        return f"판단 {short(self.id)}"


class Recognition(models.Model):
    """Yes or no to the team as a whole, where a majority decides. Append-only."""

    class Answer(models.TextChoices):
        YES = "yes", "인정"
        NO = "no", "불인정"
        ABSTAIN = "abstain", "기권"

    id = RandomIdField()
    sheet = models.OneToOneField(Sheet, models.PROTECT, related_name="recognition", verbose_name="평가표")
    answer = models.CharField("인정 여부", max_length=8, choices=Answer)
    reason = models.TextField("이유", blank=True)

    class Meta:
        verbose_name = "인정 여부"
        verbose_name_plural = "인정 여부"

    def __str__(self):
        return f"인정 여부 {short(self.id)}"


class Void(models.Model):
    """A sheet that no longer counts, by decision of the office, with its reason. Append-only."""

    id = RandomIdField()
    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="void", verbose_name="배정")
    reason = models.TextField("사유")
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")

    class Meta:
        verbose_name = "무효"
        verbose_name_plural = "무효"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="void_has_a_reason")]

    def __str__(self):
        return f"{self.assignment} 무효"
