"""What the workers do. A message carries the id of a row; no rule lives here."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from evaluations.programme.models import Stage
from evaluations.results import jobs
from evaluations.tallies.actions import AT_ONCE, fold_next
from evaluations.tallies.queries import pending_hours

MOST_HANDS = 8
"""Workers called to fold hours beside the one that counts."""

log = logging.getLogger(__name__)


@shared_task
def count(job_id: str) -> None:
    job = jobs.claim(job_id)
    if job is not None:
        for _ in range(min((pending_hours(job.stage) - 1) // AT_ONCE, MOST_HANDS)):
            _send(tally, job.stage_id)
        jobs.carry_out(job)


@shared_task
def tally(stage_id: str) -> None:
    """Fold hours of a stage until none is left to take. Whoever comes too late has nothing to do."""
    stage = Stage.objects.get(pk=stage_id)
    while fold_next(stage=stage):
        pass


@shared_task
def sweep() -> None:
    """Send again what is not done and in nobody's hands. Two sweeps at once only send twice."""
    for job_id in jobs.waiting_ids():
        send(job_id)


def send(job_id: str) -> None:
    """Hand a job to a worker. A broker that is away is no reason to fail: the row is there, the sweep sends it later."""
    _send(count, job_id)


def _send(task, row_id: str) -> None:
    """A message nobody took within a lease is worth nothing, because the sweep has sent another one since."""
    try:
        task.apply_async((row_id,), expires=jobs.LEASE.total_seconds())
    except OperationalError as fault:
        log.warning("%s %s waits for the broker: %s", task.name, row_id, fault)
