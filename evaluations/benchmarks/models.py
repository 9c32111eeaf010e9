"""Measurements made elsewhere, taken over with their source."""

from django.db import models
from django.db.models import Exists, OuterRef

from evaluations.programme.models import Stage, Team, decimal_validator
from portal.audit.models import Event
from portal.ids import RandomIdField


class MeasurementQuerySet(models.QuerySet):
    def effective(self):
        """One value per team and item: the last revision."""
        same = {name: OuterRef(name) for name in ("team", "item")}
        return self.filter(~Exists(Measurement.objects.filter(**same, revision__gt=OuterRef("revision"))))

    def of_stage(self, stage):
        return self.filter(stage=stage)


class Measurement(models.Model):
    """One value of one team. Append-only; a correction is a new revision."""

    id = RandomIdField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="measurements", verbose_name="단계")
    team = models.ForeignKey(Team, models.PROTECT, related_name="measurements", verbose_name="팀")
    item = models.CharField("항목", max_length=160)
    revision = models.PositiveSmallIntegerField("차례", default=1)
    score = models.CharField("값", max_length=24, validators=[decimal_validator])
    source = models.CharField("출처", max_length=500, blank=True)
    measured_on = models.DateField("측정일", null=True, blank=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name="사건")

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = "측정값"
        verbose_name_plural = "측정값"
        ordering = ["stage", "team", "item", "revision"]
        constraints = [models.UniqueConstraint(fields=["team", "item", "revision"], name="measurement_once")]

    def __str__(self):
        return self.item
