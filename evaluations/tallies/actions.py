"""Folding hours. Some hours are one transaction, taken by whoever comes first: one worker or many end with the same rows."""

from django.db import connection, transaction
from django.utils import timezone

from evaluations.programme.models import Stage
from evaluations.programme.phases import LABELS, Phase, at_least
from evaluations.tallies import sql
from evaluations.tallies.models import Cell, Hour
from portal.http import Refusal

AT_ONCE = 24
"""Hours folded in one transaction: a quiet hour costs little more than the transaction around it."""


@transaction.atomic
def fold_next(*, stage: Stage, most: int = AT_ONCE) -> int:
    """Fold the next pending hours that nobody else is folding; how many, 0 when there is none to take.

    Refused before the stage is closed: as long as people vote, no table of ours says how it stands.
    """
    held = Stage.objects.locked_for_evidence(stage.id)
    if not at_least(held.current_phase, Phase.CLOSED):
        raise Refusal(f"‘{LABELS[held.current_phase]}’ 국면에는 투표를 모으지 않습니다. 마감한 뒤에 모읍니다.")
    pending = Hour.objects.of_stage(stage).pending().order_by("since").select_for_update(skip_locked=True)
    hours = [hour.id for hour in pending[:most]]
    if not hours:
        return 0
    Cell.objects.filter(hour__in=hours).delete()
    with connection.cursor() as cursor:
        cursor.execute(sql.keep(len(hours), connection.vendor), hours * 4)
    return Hour.objects.filter(id__in=hours).update(tallied_at=timezone.now())


@transaction.atomic
def forget(*, stage: Stage) -> int:
    """Throw the kept tallies of a stage away, to be folded again; returns how many hours that were."""
    return Hour.objects.of_stage(stage).exclude(tallied_at=None).update(tallied_at=None)
