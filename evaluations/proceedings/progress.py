"""What the office's page of a stage shows: states and counts, never what anybody said."""

from typing import Any

from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.programme.visibility import Thing, Who, phases_in_which
from evaluations.ratings.progress import progress as citizens_of
from evaluations.results.models import CountJob
from evaluations.results.queries import latest_publication
from evaluations.reviews.progress import progress as panel_of
from portal.audit.models import Event


def of_stage(stage: Stage) -> dict[str, Any]:
    phase = stage.current_phase
    return {
        "rounds": panel_of(stage),
        "citizens": citizens_of(stage),
        "jobs": list(CountJob.objects.filter(stage=stage)[:10]),
        "can_count": phase in (Phase.CLOSED, Phase.COUNTED),
        "shows_count": phase in phases_in_which(Who.OFFICER, Thing.COUNT),
        "published": latest_publication(stage) if phase in phases_in_which(Who.PUBLIC, Thing.RESULT) else None,
        "events": list(Event.objects.of_stage(stage.slug).order_by("-at", "id")[:20]),
    }
