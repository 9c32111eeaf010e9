"""Ballots folded into counts, kept per hour of voting so that a recount costs only the hours that are new.

Nothing here is evidence. Whatever these tables hold follows from the ballots, may be emptied at any time and is folded again.
"""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat

from evaluations.programme.models import Stage, Team
from evaluations.ratings.models import Ballot, Kind, Question


class HourQuerySet(models.QuerySet):
    def of_stage(self, stage):
        return self.filter(stage=stage)

    def pending(self):
        """Hours with ballots that no kept tally knows."""
        return self.filter(tallied_at=None)


class Hour(models.Model):
    """An hour in which ballots were cast. The database itself writes the row when a ballot comes in, and takes `tallied_at`
    back when one comes in later: a kept tally can never miss a ballot."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", verbose_name="단계")
    since = models.DateTimeField("부터")
    until = models.DateTimeField("앞까지")
    tallied_at = models.DateTimeField("모은 시각", null=True, blank=True)

    objects = HourQuerySet.as_manager()

    class Meta:
        verbose_name = "투표 시간대"
        verbose_name_plural = "투표 시간대"
        ordering = ["stage", "since"]
        constraints = [models.UniqueConstraint(fields=["stage", "since"], name="hour_once_per_stage")]

    def __str__(self):
        return f"{self.since:%Y-%m-%d %H}시(UTC)"

    def ballots(self):
        """The ballots cast in this hour, whether or not a later one replaced them."""
        # Asked for the stage itself, SQLite would read all ballots of the stage and look at the hour of each.
        cast = Ballot.objects.alias(of_stage=Concat("stage_id", Value("")))
        return cast.filter(cast_at__gte=self.since, cast_at__lt=self.until, of_stage=self.stage_id)


class Cell(models.Model):
    """How many ballots of an hour say the same: +1 for each, −1 for the one it replaced, wherever that was cast.

    Summed over hours only the last ballot of every voter and thing is left, in whatever order or company the hours were folded.
    `answer` is a choice, or for stars their number, which then belongs to `question`.
    """

    hour = models.ForeignKey(Hour, models.CASCADE, related_name="cells", verbose_name="시간대")
    kind = models.CharField("종류", max_length=8, choices=Kind)
    stratum = models.CharField("특성", max_length=200, blank=True)
    left_team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="왼쪽 팀")
    right_team = models.ForeignKey(Team, models.PROTECT, related_name="+", null=True, verbose_name="오른쪽 팀")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+", null=True, verbose_name="물음")
    answer = models.CharField("답", max_length=16)
    votes = models.IntegerField("수")

    class Meta:
        verbose_name = "투표 표의 칸"
        verbose_name_plural = "투표 표의 칸"
        constraints = [models.CheckConstraint(condition=~Q(votes=0), name="cell_counts_something")]

    def __str__(self):
        return f"{self.left_team_id} {self.answer}: {self.votes}"
