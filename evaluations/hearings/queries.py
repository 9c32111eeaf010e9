"""Who has not been heard yet, and what has not been answered."""

import json
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from evaluations.hearings.models import Hearing, Objection
from evaluations.programme.models import Stage, Team
from evaluations.results.models import GateDecision
from evaluations.results.queries import latest_run
from portal.templatetags.krds import until


def missing_hearings(stage: Stage) -> Iterator[str]:
    """The teams that the count lets fall on the gate before they could explain themselves, and those that are still being heard: once the
    result is confirmed they could not reply any more. Samples replay what is past."""
    run = latest_run(stage)
    if stage.sample or run is None:
        return
    now = timezone.now()
    fallen = {team["team"] for team in json.loads(run.body)["teams"] if team["gate"] == "not_met"}
    decided = {one.team_id: one.event.at for one in _decisions(stage)}
    frozen_at = stage.configurations.earliest("version").created_at
    for team in stage.teams.filter(slug__in=fallen):
        at = decided.get(team.pk, now)
        # What came in with the stage, before it was frozen, was decided elsewhere: whether the team was heard there nobody here can know.
        if at > frozen_at and not _heard(team, at):
            yield (
                f"‘{team}’ 팀은 독자성 관문을 넘지 못하는데, 그 전에 소명할 기회를 다 갖지 못했습니다. "
                "소명을 요청하고, 소명을 받거나 기한이 지난 뒤에 결정해 주세요."
            )
    for hearing in Hearing.objects.filter(team__stage=stage).waiting(now).select_related("team").order_by("due_at"):
        yield f"‘{hearing.team}’ 팀이 소명할 기한이 남아 있습니다({until(hearing.due_at)}까지, 한국시간)."


def _heard(team: Team, at: datetime) -> bool:
    """Had it been asked by then, and nothing that it had been asked was still to be answered?"""
    asked = Hearing.objects.of_team(team.pk)
    return asked.over(at).exists() and not asked.waiting(at).exists()


def _decisions(stage: Stage):
    return GateDecision.objects.filter(team__stage=stage).effective().select_related("event")


def unanswered_objections(stage: Stage) -> int:
    return Objection.objects.of_stage(stage).unanswered().count()


def progress(stage: Stage) -> dict[str, int]:
    """How much was asked and said, in numbers."""
    asked = Hearing.objects.filter(team__stage=stage).aggregate(
        asked=Count("pk", distinct=True), replied=Count("replies__hearing", distinct=True)
    )
    return asked | Objection.objects.of_stage(stage).aggregate(
        objections=Count("pk"), unanswered=Count("pk") - Count("ruling")
    )
