"""What the workers do. A message carries the id of a row; no rule lives here."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from evaluations.results import jobs

log = logging.getLogger(__name__)


@shared_task
def count(job_id: str) -> None:
    job = jobs.claim(job_id)
    if job is not None:
        jobs.carry_out(job)


@shared_task
def sweep() -> None:
    """Send again what is not done and in nobody's hands. Two sweeps at once only send twice."""
    for job_id in jobs.waiting_ids():
        send(job_id)


def send(job_id: str) -> None:
    """Hand a job to a worker. A broker that is away is no reason to fail: the row is there, the sweep sends it later.

    A message nobody took within a lease is worth nothing, because the sweep has sent another one since.
    """
    try:
        count.apply_async((job_id,), expires=jobs.LEASE.total_seconds())
    except OperationalError as fault:
        log.warning("count %s waits for the broker: %s", job_id, fault)
