"""Taking measurements over. What was measured elsewhere is never changed here: a correction is a new revision beside the old one."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from evaluations.benchmarks.models import Measurement
from evaluations.programme.models import Stage, Team
from portal.audit.models import Event


class Measured(NamedTuple):
    """One value of one team. `item` is an address: an item, `item.value`, or a part whose points are given."""

    team: Team
    item: str
    score: str
    source: str
    measured_on: date | None


def take_over(*, stage: Stage, values: Iterable[Measured], event: Event) -> list[Measurement]:
    """Write the values as the next revision of each, on the event that says where they came from. Whoever calls has checked them."""
    revisions = Counter(Measurement.objects.of_stage(stage).values_list("team_id", "item"))
    rows = []
    for value in values:
        revisions[value.team.id, value.item] += 1
        rows.append(
            Measurement(
                stage=stage, team=value.team, item=value.item, revision=revisions[value.team.id, value.item],
                score=value.score, source=value.source, measured_on=value.measured_on, event=event,
            )
        )  # fmt: skip
    return Measurement.objects.bulk_create(rows)
