"""What became of each publication: it holds, another took its place, or it was withdrawn, when and why."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.results.models import Publication
from portal.audit.models import Event


@dataclass(frozen=True)
class Published:
    """A publication and its end; without one it holds."""

    publication: Publication
    withdrawn_at: datetime | None
    withdrawn_because: str
    replaced: bool


def history_of(stage: Stage, publications: Sequence[Publication]) -> list[Published]:
    """For publications in the order of `newest_first`. The ledger says when the stage went back, and why."""
    if not publications:
        return []
    # From the first publication on: before it lie the ballots.
    moves = Event.objects.of_stage(stage.slug).filter(kind="phase moved", at__gte=publications[-1].published_at)
    back = [move for move in moves.in_order() if _withdraws(move)]
    found, until = [], None
    for publication in publications:
        ends = [move for move in back if publication.published_at <= move.at and (until is None or move.at < until)]
        end = ends[0] if ends else None
        found.append(Published(publication, end and end.at, end.reason if end else "", replaced=until is not None))
        until = publication.published_at
    return found


def _withdraws(move: Event) -> bool:
    told = json.loads(move.body)["data"]
    return (told["from"], told["to"]) == (Phase.PUBLISHED, Phase.COUNTED)
