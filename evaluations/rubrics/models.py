"""By what a stage is judged: parts, measured items, criteria with their anchors, the gate.

All of it may change only while the stage is being prepared; the database refuses anything later.
"""

from django.db import models
from django.db.models import F, Q

from evaluations.programme.models import Stage, decimal_validator, in_language, key_validator
from portal.ids import RandomIdField


def key_field():
    return models.CharField("키", max_length=50, validators=[key_validator])


def name_fields():
    return models.CharField("이름", max_length=200), models.CharField("이름(영문)", max_length=200, blank=True)


def position_field():
    return models.PositiveSmallIntegerField("순서", default=0)


def decimal_text(label: str, help_text: str = ""):
    """An exact decimal kept as text: official numbers never pass through a float."""
    return models.CharField(label, max_length=24, blank=True, validators=[decimal_validator], help_text=help_text)


class Part(models.Model):
    class Kind(models.TextChoices):
        MEASURED = "measured", "측정"
        EXPERTS = "experts", "전문가"
        USERS = "users", "사용자"

    class Aggregate(models.TextChoices):
        MEAN = "mean", "평균"
        DROP_HIGH_LOW = "drop_high_low", "최고·최저 평가표를 하나씩 제외한 평균"
        TRIMMED_CRITERIA = "trimmed_criteria", "항목마다 최고·최저 평점을 하나씩 제외한 평균의 합"

    class SmallPanel(models.TextChoices):
        MEAN = "mean", "그대로 평균(표시함)"
        REFUSE = "refuse", "계산하지 않음"

    class CannotJudge(models.TextChoices):
        RENORMALISE = "renormalise", "같은 상위 항목 안에서 다시 나눔"
        ZERO = "zero", "0점"
        REFUSE = "refuse", "받지 않음"

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="parts", verbose_name="단계")
    key = key_field()
    kind = models.CharField("종류", max_length=16, choices=Kind)
    name_ko, name_en = name_fields()
    points = models.PositiveSmallIntegerField("배점")
    floor = decimal_text("과락 기준", "이보다 낮으면 진출할 수 없습니다. 반올림하기 전의 점수와 비교합니다.")
    given = models.BooleanField("점수를 그대로 옮김", default=False, help_text="항목 없이 발표된 점수를 적는 부문")
    aggregate = models.CharField("집계", max_length=16, choices=Aggregate, blank=True)
    small_panel = models.CharField("평가표가 3장보다 적으면", max_length=16, choices=SmallPanel, blank=True)
    cannot_judge = models.CharField("판단 불가", max_length=16, choices=CannotJudge, blank=True)
    position = position_field()

    class Meta:
        verbose_name = "부문"
        verbose_name_plural = "부문"
        ordering = ["stage", "position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "key"], name="part_once_per_stage"),
            models.CheckConstraint(condition=Q(points__gt=0), name="part_points_positive"),
        ]

    def __str__(self):
        return self.name_ko

    @property
    def name(self) -> str:
        return in_language(self.name_ko, self.name_en)


class Item(models.Model):
    """Something measured, or a user score: a rule that turns values into points."""

    class Rule(models.TextChoices):
        SHARE = "share", "만점 대비 비율"
        MEAN = "mean", "여러 값의 평균"
        RATIO_TO_TARGET = "ratio_to_target", "목표 대비 비율(상한 100%)"
        RATIO_TO_BEST = "ratio_to_best", "최고 대비 비율"
        GIVEN = "given", "발표된 점수"
        SHARE_OF_SCALE = "share_of_scale", "별점 비율"
        EXPECTED_WIN_SHARE = "expected_win_share", "비교 승률"
        RANK_POINTS = "rank_points", "순위별 점수"

    class Direction(models.TextChoices):
        HIGHER = "higher", "클수록 좋음"
        LOWER = "lower", "작을수록 좋음"

    id = RandomIdField()
    part = models.ForeignKey(Part, models.PROTECT, related_name="items", verbose_name="부문")
    key = key_field()
    name_ko, name_en = name_fields()
    points = models.PositiveSmallIntegerField("배점")
    rule = models.CharField("규칙", max_length=24, choices=Rule)
    maximum = decimal_text("만점")
    target = decimal_text("목표")
    targets = models.JSONField("팀별 목표", default=dict, blank=True)
    given = models.JSONField("옮긴 점수", default=dict, blank=True)
    values = models.JSONField("값의 키", default=list, blank=True)
    direction = models.CharField("방향", max_length=8, choices=Direction, default=Direction.HIGHER)
    source = models.CharField("출처", max_length=500, blank=True)
    prior = decimal_text("축소 상수 k")
    table = models.JSONField("순위별 점수", default=list, blank=True)
    position = position_field()

    class Meta:
        verbose_name = "측정 항목"
        verbose_name_plural = "측정 항목"
        ordering = ["part", "position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["part", "key"], name="item_once_per_part"),
            models.CheckConstraint(condition=Q(points__gt=0), name="item_points_positive"),
        ]

    def __str__(self):
        return self.name_ko

    @property
    def name(self) -> str:
        return in_language(self.name_ko, self.name_en)


class Criterion(models.Model):
    """A line of the experts' rubric; a criterion with sub-criteria is the sum of them."""

    class Comment(models.TextChoices):
        REQUIRED = "required", "필수"
        OPTIONAL = "optional", "선택"
        NONE = "none", "없음"

    id = RandomIdField()
    part = models.ForeignKey(Part, models.PROTECT, related_name="criteria", verbose_name="부문")
    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="children", null=True, blank=True, verbose_name="상위 항목"
    )
    path = models.CharField("경로", max_length=160, help_text="부문 안에서의 주소. 예: independence.architecture")
    name_ko, name_en = name_fields()
    points = models.PositiveSmallIntegerField("배점")
    levels = models.PositiveSmallIntegerField("단계 수", null=True, blank=True, help_text="비우면 0점부터 배점까지")
    guide_ko = models.TextField("평가 관점", blank=True)
    guide_en = models.TextField("평가 관점(영문)", blank=True)
    comment = models.CharField("의견", max_length=16, choices=Comment, default=Comment.OPTIONAL)
    floor = decimal_text("과락 기준")
    position = position_field()

    class Meta:
        verbose_name = "평가 항목"
        verbose_name_plural = "평가 항목"
        ordering = ["part", "position", "path"]
        constraints = [
            models.UniqueConstraint(fields=["part", "path"], name="criterion_once_per_part"),
            models.CheckConstraint(condition=Q(points__gt=0), name="criterion_points_positive"),
            models.CheckConstraint(condition=Q(levels=None) | Q(levels__gte=2), name="criterion_levels_two_or_more"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="criterion_not_its_own_parent"),
        ]

    def __str__(self):
        return self.name_ko

    @property
    def key(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def lowest_mark(self) -> int:
        return 1 if self.levels else 0

    @property
    def highest_mark(self) -> int:
        return self.levels or self.points


class Anchor(models.Model):
    """What a mark means, in words, beside the choice."""

    id = RandomIdField()
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="anchors", verbose_name="평가 항목")
    mark = models.PositiveSmallIntegerField("평점")
    text_ko = models.TextField("설명")
    text_en = models.TextField("설명(영문)", blank=True)

    class Meta:
        verbose_name = "수준 설명"
        verbose_name_plural = "수준 설명"
        ordering = ["criterion", "-mark"]
        constraints = [models.UniqueConstraint(fields=["criterion", "mark"], name="anchor_once_per_mark")]

    def __str__(self):
        return f"{self.mark}: {self.text_ko}"


class GateSide(models.Model):
    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="gate_sides", verbose_name="단계")
    key = key_field()
    name_ko, name_en = name_fields()
    position = position_field()

    class Meta:
        verbose_name = "관문 측면"
        verbose_name_plural = "관문 측면"
        ordering = ["stage", "position", "key"]
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="gate_side_once")]

    def __str__(self):
        return self.name_ko


class GateComponent(models.Model):
    """A piece of a model that answers for itself: encoder, tokenizer, weights, code."""

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="gate_components", verbose_name="단계")
    key = key_field()
    name_ko, name_en = name_fields()
    position = position_field()

    class Meta:
        verbose_name = "관문 구성요소"
        verbose_name_plural = "관문 구성요소"
        ordering = ["stage", "position", "key"]
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="gate_component_once")]

    def __str__(self):
        return self.name_ko


class GateItem(models.Model):
    id = RandomIdField()
    side = models.ForeignKey(GateSide, models.PROTECT, related_name="items", verbose_name="측면")
    key = key_field()
    text_ko = models.TextField("물음")
    text_en = models.TextField("물음(영문)", blank=True)
    components = models.ManyToManyField(
        GateComponent, through="GateScope", related_name="items", verbose_name="구성요소", blank=True
    )
    position = position_field()

    class Meta:
        verbose_name = "관문 항목"
        verbose_name_plural = "관문 항목"
        ordering = ["side", "position", "key"]
        constraints = [models.UniqueConstraint(fields=["side", "key"], name="gate_item_once")]

    def __str__(self):
        return self.text_ko


class GateScope(models.Model):
    """One finding that is asked for: this item of this component."""

    id = RandomIdField()
    item = models.ForeignKey(GateItem, models.PROTECT, related_name="scopes", verbose_name="관문 항목")
    component = models.ForeignKey(GateComponent, models.PROTECT, related_name="scopes", verbose_name="구성요소")

    class Meta:
        verbose_name = "관문 물음의 범위"
        verbose_name_plural = "관문 물음의 범위"
        constraints = [models.UniqueConstraint(fields=["item", "component"], name="gate_scope_once")]

    def __str__(self):
        return f"{self.component}: {self.item}"
