"""Who judges whom.

A `Panelist` is a seat: everything that is judged hangs on it. Who sits there is kept in
`Invitation` and its affiliations, and nowhere else.
"""

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from evaluations.programme.models import Round, Stage, Team
from evaluations.programme.visibility import Thing, Who, phases_in_which
from portal.audit.models import Event
from portal.ids import RandomIdField

FEW = 3


class PanelistQuerySet(models.QuerySet):
    def of_user(self, user):
        """The seats this person accepted."""
        return self.filter(invitation__user=user)

    def of_stage(self, stage):
        return self.filter(stage=stage)

    def sitting(self):
        """Seats for people, without those somebody was taken off."""
        return self.filter(imported=False, replaced_by=None)

    def stopped(self):
        """Seats whose blind round shows nothing any more, because a code name was taken out of it."""
        taken = Recusal.objects.filter(assignment__panelist=OuterRef("pk"), assignment__round__blind=True)
        return self.sitting().filter(Exists(taken))

    def with_few_teams(self):
        """Seats that judge so few teams in a blind round that who knows one of them may tell the others."""
        given = Assignment.objects.standing().filter(panelist=OuterRef("pk"), round__blind=True).order_by()
        few = given.values("round").annotate(teams=Count("pk")).filter(teams__lt=FEW)
        return self.sitting().filter(Exists(few))


class Panelist(models.Model):
    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="panelists", verbose_name="단계")
    label = models.CharField("자리", max_length=50, help_text="사람을 알 수 없는 이름. 예: 위원 01")
    imported = models.BooleanField("자료로 들여옴", default=False)
    replaced_by = models.OneToOneField(
        "self",
        models.PROTECT,
        related_name="replaces",
        null=True,
        blank=True,
        editable=False,
        verbose_name="이어받은 자리",
    )

    objects = PanelistQuerySet.as_manager()

    class Meta:
        verbose_name = "평가위원 자리"
        verbose_name_plural = "평가위원 자리"
        ordering = ["stage", "label"]
        constraints = [models.UniqueConstraint(fields=["stage", "label"], name="panelist_label_once")]

    def __str__(self):
        return self.label


class InvitationQuerySet(models.QuerySet):
    def standing(self, now):
        """Invitations that can still be answered."""
        return self.filter(
            accepted_at=None, declined_at=None, expires_at__gt=now, panelist__replaced_by=None,
            panelist__stage__phase__in=phases_in_which(Who.PUBLIC, Thing.OWN_INVITATION),
        )  # fmt: skip


class Invitation(models.Model):
    """The person behind a seat. The link's secret is kept as a digest and works once.

    `stage` is that of the seat, written here as well so that the database can keep one person to one seat of it; `ended_at` is when the
    seat was replaced, from when on it holds nobody.
    """

    id = RandomIdField()
    panelist = models.OneToOneField(Panelist, models.PROTECT, related_name="invitation", verbose_name="자리")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", verbose_name="단계")
    email = models.EmailField("이메일")
    name = models.CharField("이름", max_length=100)
    token_digest = models.CharField("링크 지문", max_length=64, unique=True)
    sent_at = models.DateTimeField("보낸 시각")
    expires_at = models.DateTimeField("유효 기한")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="invitations", null=True, blank=True, verbose_name="계정"
    )
    accepted_at = models.DateTimeField("수락 시각", null=True, blank=True)
    declined_at = models.DateTimeField("사양 시각", null=True, blank=True)
    ended_at = models.DateTimeField("마친 시각", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "위촉(사람과 자리)"
        verbose_name_plural = "위촉(사람과 자리)"
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, user=None) | Q(accepted_at__isnull=False, user__isnull=False),
                name="invitation_accepted_at_and_user",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(declined_at=None), name="invitation_accepted_or_declined"
            ),
            models.UniqueConstraint(
                fields=["stage", "email"],
                condition=Q(declined_at=None, ended_at=None),
                name="invitation_address_once",
            ),
            models.UniqueConstraint(
                fields=["stage", "user"],
                condition=Q(user__isnull=False, ended_at=None),
                name="invitation_user_once",
            ),
        ]

    def __str__(self):
        return f"{self.panelist} 위촉"


class Affiliation(models.Model):
    """Where the person works or worked; belongs to the identity side."""

    id = RandomIdField()
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="affiliations", verbose_name="위촉")
    organisation = models.CharField("기관", max_length=200)
    unit = models.CharField("최하위 부서", max_length=200, blank=True)
    since = models.DateField("시작일", null=True, blank=True)
    until = models.DateField("종료일", null=True, blank=True)

    class Meta:
        verbose_name = "소속"
        verbose_name_plural = "소속"

    def __str__(self):
        return f"{self.organisation} {self.unit}".strip()


class Pledge(models.Model):
    """The signed pledge, against one configuration: a changed rule asks for a new one. Append-only."""

    id = RandomIdField()
    panelist = models.ForeignKey(Panelist, models.PROTECT, related_name="pledges", verbose_name="자리")
    config_digest = models.CharField("설정 지문", max_length=64)
    text_digest = models.CharField("서약문 지문", max_length=64)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")

    class Meta:
        verbose_name = "서약"
        verbose_name_plural = "서약"
        constraints = [models.UniqueConstraint(fields=["panelist", "config_digest"], name="pledge_once")]

    def __str__(self):
        return f"{self.panelist} 서약"


class ConflictQuerySet(models.QuerySet):
    def standing(self):
        """Conflicts that nobody lifted."""
        return self.filter(waiver=None)


class Conflict(models.Model):
    """A reason why this seat may not judge this team. Append-only."""

    class Ground(models.TextChoices):
        RESEARCHER = "researcher", "평가 대상 과제의 연구자"
        RELATIVE = "relative", "연구자의 친족"
        MUTUAL = "mutual", "상호 평가"
        SAME_UNIT = "same_unit", "같은 최하위 부서"
        UNIT_UNKNOWN = "unit_unknown", "같은 기관이며 같은 부서인지 가릴 수 없음"
        SAME_ORGANISATION = "same_organisation", "같은 기관"
        OFFICIAL = "official", "부처·전문기관 소속"
        OTHER = "other", "그 밖의 이해관계"

    class Source(models.TextChoices):
        DECLARED = "declared", "본인 신고"
        RULE = "rule", "소속 대조"
        OFFICER = "officer", "담당자 확인"
        FILE = "file", "단계 파일"

    id = RandomIdField()
    panelist = models.ForeignKey(Panelist, models.PROTECT, related_name="conflicts", verbose_name="자리")
    team = models.ForeignKey(Team, models.PROTECT, related_name="conflicts", verbose_name="팀")
    ground = models.CharField("사유", max_length=24, choices=Ground)
    source = models.CharField("근거", max_length=16, choices=Source)
    note = models.TextField("설명", blank=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = "이해충돌"
        verbose_name_plural = "이해충돌"
        constraints = [models.UniqueConstraint(fields=["panelist", "team", "ground"], name="conflict_once")]

    def __str__(self):
        return f"{self.panelist} {self.get_ground_display()}"

    @property
    def told(self) -> str:
        """The ground as she herself may read it. What the comparison found rests on what she declared; what the office noted
        about her may name who told it."""
        ground = self.get_ground_display()
        return f"{ground}({self.note})" if self.source == self.Source.RULE and self.note else ground


class Waiver(models.Model):
    """A conflict lifted with its reason, where the law allows it (decree 27(4)). Append-only."""

    id = RandomIdField()
    conflict = models.OneToOneField(Conflict, models.PROTECT, related_name="waiver", verbose_name="이해충돌")
    reason = models.TextField("사유")
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")

    class Meta:
        verbose_name = "이해충돌 예외 인정"
        verbose_name_plural = "이해충돌 예외 인정"

    def __str__(self):
        return f"{self.conflict} 예외"


class AssignmentQuerySet(models.QuerySet):
    def standing(self):
        """Assignments nobody was recused from."""
        return self.filter(recusal=None)

    def shown(self):
        """Assignments the seat may be shown. The code names of a blind round are shown all or none: once one is taken
        out, the gap would say which team it was."""
        taken = Recusal.objects.filter(assignment__panelist=OuterRef("panelist"), assignment__round=OuterRef("round"))
        return self.standing().exclude(Exists(taken), round__blind=True)

    def of_user(self, user):
        """The assignments of the seats this person sits on."""
        return self.filter(panelist__invitation__user=user)


class Assignment(models.Model):
    """A seat judges a team in a round, under a code name of that seat's own. Append-only."""

    id = RandomIdField()
    panelist = models.ForeignKey(Panelist, models.PROTECT, related_name="assignments", verbose_name="자리")
    team = models.ForeignKey(Team, models.PROTECT, related_name="assignments", verbose_name="팀")
    round = models.ForeignKey(Round, models.PROTECT, related_name="assignments", verbose_name="평가 차수")
    alias = models.CharField("부호명", max_length=16)
    position = models.PositiveSmallIntegerField("보이는 순서")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name="사건")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "배정"
        verbose_name_plural = "배정"
        ordering = ["panelist", "round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["panelist", "round", "team"], name="assignment_once"),
            models.UniqueConstraint(fields=["panelist", "round", "alias"], name="assignment_alias_once"),
            models.UniqueConstraint(fields=["panelist", "round", "position"], name="assignment_position_once"),
        ]

    def __str__(self):
        return f"모델 {self.alias}"

    @property
    def code_name(self) -> str:
        return f"모델 {self.alias}"


class Recusal(models.Model):
    """The seat steps back from one assignment; what it wrote no longer counts. Append-only."""

    id = RandomIdField()
    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="recusal", verbose_name="배정")
    reason = models.TextField("사유")
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")

    class Meta:
        verbose_name = "회피·제척"
        verbose_name_plural = "회피·제척"

    def __str__(self):
        return f"{self.assignment} 회피"
