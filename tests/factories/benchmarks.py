"""Measurements with their event."""

from evaluations.benchmarks.models import Measurement
from evaluations.programme.models import Team
from portal.audit.record import record


def a_measurement(team: Team, item: str = "nia", score: str = "92", revision: int = 1, **fields) -> Measurement:
    event = record("measurement taken over", stage=team.stage.slug, subject="team", subject_id=team.id)
    fields = {"source": "발표 자료"} | fields
    return Measurement.objects.create(
        stage=team.stage, team=team, item=item, score=score, revision=revision, event=event, **fields
    )
