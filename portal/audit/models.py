"""What happened. Events are the ledger: append-only, hashed, without personal data."""

from django.db import models
from django.utils import timezone

from portal.audit.kinds import access_name, kind_name
from portal.ids import RandomIdField


class EventQuerySet(models.QuerySet):
    def of_stage(self, slug: str):
        return self.filter(stage=slug)

    def in_order(self):
        return self.order_by("at", "id")


class Event(models.Model):
    """One act. `leaf` = SHA-256(0x00 ‖ nonce ‖ body); the other columns only repeat the body.

    `body` is canonical JSON and never names a person: `actor` is the random id of an account or
    seat, and empty where the act is a citizen's ballot.
    """

    id = RandomIdField()
    at = models.DateTimeField("시각")
    stage = models.CharField("단계", max_length=64, blank=True)
    kind = models.CharField("종류", max_length=64)
    actor = models.CharField("행위자", max_length=64, blank=True)
    subject = models.CharField("대상", max_length=64, blank=True)
    subject_id = models.CharField("대상 ID", max_length=64, blank=True)
    reason = models.TextField("사유", blank=True)
    body = models.TextField("본문")
    nonce = models.BinaryField("임의값", max_length=16)
    leaf = models.CharField("지문", max_length=64, unique=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "사건"
        verbose_name_plural = "사건 기록"
        indexes = [models.Index(fields=["stage", "at"], name="event_stage_at")]

    def __str__(self):
        return f"{kind_name(self.kind)} {self.receipt}"

    @property
    def receipt(self) -> str:
        """The first 128 bits of the leaf in groups of four: enough to find it, says no content."""
        return "-".join(self.leaf[i : i + 4] for i in range(0, 32, 4))


class AccessRecord(models.Model):
    """Who handled whose personal data, when, from where, what and why (kept at least two years)."""

    id = RandomIdField()
    at = models.DateTimeField("시각")
    actor = models.CharField("계정", max_length=64)
    source = models.CharField("접속지", max_length=64, blank=True)
    action = models.CharField("행위", max_length=64)
    whose = models.CharField("정보주체", max_length=200, blank=True)
    reason = models.TextField("사유", blank=True)

    class Meta:
        verbose_name = "개인정보 접속기록"
        verbose_name_plural = "개인정보 접속기록"
        indexes = [models.Index(fields=["at"], name="access_at")]

    def __str__(self):
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {access_name(self.action)}"
