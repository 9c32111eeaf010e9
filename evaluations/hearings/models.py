"""A team is heard: asked before a decision about it (소명), and free to object to a published result (이의신청). All of it append-only."""

import hashlib
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from evaluations.programme.models import Team
from evaluations.results.models import Publication
from portal.audit.models import Event
from portal.ids import RandomIdField, short


def text_digest(text: str) -> str:
    """What tells two texts of a team apart: the same text sent twice is one."""
    return hashlib.sha256(text.encode()).hexdigest()


class HearingQuerySet(QuerySet):
    def of_team(self, team_id: str):
        return self.filter(team=team_id)

    def over(self, moment: datetime):
        """Those in which the team has had its say by then: it replied, or its time was up."""
        replied = Reply.objects.filter(hearing=OuterRef("pk"), replied_at__lte=moment)
        return self.filter(Q(due_at__lte=moment) | Exists(replied))

    def waiting(self, moment: datetime):
        """Those that it had been asked by then and could still answer."""
        return self.filter(asked_at__lte=moment).exclude(pk__in=self.over(moment).values("pk"))


class Hearing(models.Model):
    """What the office asks a team to explain, and until when. Append-only; a longer term is another request."""

    id = RandomIdField()
    team = models.ForeignKey(Team, models.PROTECT, related_name="hearings", verbose_name="팀")
    question = models.TextField("소명할 것")
    due_at = models.DateTimeField("소명 기한")
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    asked_at = models.DateTimeField("요청 시각")

    objects = HearingQuerySet.as_manager()

    class Meta:
        verbose_name = "소명 요청"
        verbose_name_plural = "소명 요청"
        ordering = ["-asked_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="hearing_due_after_asked")]

    def __str__(self):
        return f"{self.team} 소명 요청 {short(self.id)}"


class Reply(models.Model):
    """What the team said to it. A team may add to what it said until the term ends, and never take anything back."""

    id = RandomIdField()
    hearing = models.ForeignKey(Hearing, models.PROTECT, related_name="replies", verbose_name="소명 요청")
    text = models.TextField("소명")
    digest = models.CharField("지문", max_length=64)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    replied_at = models.DateTimeField("낸 시각")

    class Meta:
        verbose_name = "소명"
        verbose_name_plural = "소명"
        ordering = ["replied_at", "id"]
        constraints = [models.UniqueConstraint(fields=["hearing", "digest"], name="reply_text_once")]

    def __str__(self):
        return f"{self.hearing.team} 소명 {short(self.id)}"


class ObjectionQuerySet(QuerySet):
    def of_team(self, team_id: str):
        return self.filter(team=team_id)

    def of_stage(self, stage):
        return self.filter(team__stage=stage)

    def unanswered(self):
        return self.filter(~Exists(Ruling.objects.filter(objection=OuterRef("pk"))))


class Objection(models.Model):
    """A team objects to a publication. Append-only; it may object to more than one thing."""

    id = RandomIdField()
    team = models.ForeignKey(Team, models.PROTECT, related_name="objections", verbose_name="팀")
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="objections", verbose_name="공표")
    text = models.TextField("이의와 이유")
    digest = models.CharField("지문", max_length=64)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    made_at = models.DateTimeField("낸 시각")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "이의신청"
        verbose_name_plural = "이의신청"
        ordering = ["-made_at", "id"]
        constraints = [models.UniqueConstraint(fields=["team", "publication", "digest"], name="objection_text_once")]

    def __str__(self):
        return f"{self.team} 이의신청 {short(self.id)}"


class Ruling(models.Model):
    """What came of an objection, and why. One for each, append-only."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "받아들임"
        PARTLY = "partly", "일부 받아들임"
        DISMISSED = "dismissed", "받아들이지 않음"

    id = RandomIdField()
    objection = models.OneToOneField(Objection, models.PROTECT, related_name="ruling", verbose_name="이의신청")
    outcome = models.CharField("결과", max_length=16, choices=Outcome)
    reason = models.TextField("이유")
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    ruled_at = models.DateTimeField("답한 시각")

    class Meta:
        verbose_name = "이의신청 답"
        verbose_name_plural = "이의신청 답"

    def __str__(self):
        return f"{self.objection} 답"
