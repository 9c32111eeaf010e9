"""Who has not been heard yet, and what has not been answered."""

import json
from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone

from evaluations.hearings.models import Hearing, Objection
from evaluations.programme.models import Stage
from evaluations.results.models import GateDecision
from evaluations.results.queries import latest_run

IMPORTED = "data imported"
"""The event of a decision that was made elsewhere: whether the team was heard there, this portal cannot know."""


def missing_hearings(stage: Stage) -> Iterator[str]:
    """The teams that the count lets fall on the gate before they could explain themselves. Samples replay what is past."""
    run = latest_run(stage)
    if stage.sample or run is None:
        return
    fallen = {team["team"] for team in json.loads(run.body)["teams"] if team["gate"] == "not_met"}
    decided = {one.team_id: one.event for one in _decisions(stage)}
    for team in stage.teams.filter(slug__in=fallen):
        decision = decided.get(team.pk)
        if decision and decision.kind == IMPORTED:
            continue
        heard = Hearing.objects.of_team(team.pk).over(decision.at if decision else timezone.now())
        if not heard.exists():
            yield (
                f"‘{team}’ 팀은 독자성 관문을 넘지 못하는데, 그 전에 소명할 기회를 다 갖지 못했습니다. "
                "소명을 요청하고, 소명을 받거나 기한이 지난 뒤에 결정해 주세요."
            )


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
