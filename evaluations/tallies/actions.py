"""Folding hours. Each hour is one transaction, taken by whoever comes first: one worker or many end with the same rows."""

from django.db import connection, transaction
from django.utils import timezone

from evaluations.programme.models import Stage
from evaluations.programme.phases import LABELS, Phase, at_least
from evaluations.tallies import sql
from evaluations.tallies.models import Hour
from portal.http import Refusal


@transaction.atomic
def fold_next(*, stage: Stage) -> Hour | None:
    """Fold one pending hour that nobody else is folding; None when there is none to take.

    Refused before the stage is closed: as long as people vote, no table of ours says how it stands.
    """
    held = Stage.objects.locked_for_evidence(stage.id)
    if not at_least(held.current_phase, Phase.CLOSED):
        raise Refusal(f"‘{LABELS[held.current_phase]}’ 국면에는 투표를 모으지 않습니다. 마감한 뒤에 모읍니다.")
    hour = Hour.objects.of_stage(stage).pending().order_by("since").select_for_update(skip_locked=True).first()
    if hour is None:
        return None
    hour.cells.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(sql.keep(), [hour.id] * 4)
    hour.tallied_at = timezone.now()
    hour.save(update_fields=["tallied_at"])
    return hour


@transaction.atomic
def forget(*, stage: Stage) -> int:
    """Throw the kept tallies of a stage away, to be folded again; returns how many hours that were."""
    return Hour.objects.of_stage(stage).exclude(tallied_at=None).update(tallied_at=None)
