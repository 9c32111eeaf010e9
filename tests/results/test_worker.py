"""A real worker, killed in the middle; a real broker, emptied. Nothing is lost, and it is counted once."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.ratings.models import Ballot, Kind
from evaluations.results import compute, jobs
from evaluations.results.models import CountJob, ScoreRun
from evaluations.tallies.models import Hour
from evaluations.tallies.queries import differences
from portal.audit.record import record
from tests.factories import results
from tests.results.conftest import until

pytestmark = pytest.mark.slow


def a_stage_that_takes_a_while(ballots: int = 20_000, hours: int = 1):
    stage = results.a_stage_to_count()
    lg, skt = stage.teams.filter(slug__in=("lg", "skt"))
    event = record("ballots imported", stage=stage.slug)
    Ballot.objects.bulk_create(
        Ballot(
            stage=stage, voter_tag=f"crowd-{number}", thing="crowd", kind=Kind.COMPARE, left_team=lg, right_team=skt,
            choice="a" if number % 3 else "b", event=event, cast_at=event.at - timedelta(hours=number % hours),
        )
        for number in range(ballots)
    )  # fmt: skip
    return stage


SLOW_AND_SHORT = """
import sys
import time
from datetime import timedelta

import django

django.setup()
from evaluations.results import compute, jobs

people_of = compute.people_of


def slowly(*asked):
    time.sleep(4)
    return people_of(*asked)


compute.people_of = slowly
jobs.LEASE = timedelta(seconds=1)
jobs.carry_out(jobs.claim(sys.argv[1]))
"""
"""A worker whose lease ends in a second unless it renews it, and which says nothing for four: on any machine, as a large stage would."""


def state(job: CountJob) -> str:
    return CountJob.objects.values_list("state", flat=True).get(pk=job.pk)


def doing(job: CountJob) -> str:
    return CountJob.objects.values_list("doing", flat=True).get(pk=job.pk)


def test_killing_the_worker_and_emptying_the_broker_loses_nothing(plant):
    stage = a_stage_that_takes_a_while()
    job = results.a_job(stage)
    worker = plant.worker()
    plant.manage("sweep")
    until(lambda: state(job) == "running", 60, pause=0.001)
    plant.kill(worker)
    assert (state(job), ScoreRun.objects.count()) == ("running", 0)

    plant.broker.flushall()
    CountJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    plant.worker()
    for sweep in [plant.manage("sweep"), plant.manage("sweep")]:
        assert sweep.wait(60) == 0
    until(lambda: state(job) == "done", 60)

    job.refresh_from_db()
    run = ScoreRun.objects.get()
    computed = compute.compute(compute.configuration_of(stage), compute.evidence_of(stage))
    assert (job.run, job.attempts, job.fence) == (run, 2, 2)
    assert (run.body, run.explanation) == (computed.body, computed.explanation)


def test_a_message_that_was_lost_is_sent_again(plant):
    job = results.a_job(results.a_stage_to_count())
    assert plant.manage("sweep").wait(60) == 0
    plant.broker.flushall()
    plant.worker()
    assert plant.manage("sweep").wait(60) == 0
    until(lambda: state(job) == "done", 60)
    assert (ScoreRun.objects.count(), CountJob.objects.get().attempts) == (1, 1)


def test_two_workers_give_the_bytes_that_one_gives(plant):
    stage = a_stage_that_takes_a_while(2_000, hours=40)
    alone = compute.compute(compute.configuration_of(stage), compute.evidence_of(stage))
    plant.worker()
    plant.worker()
    job = results.a_job(stage)
    assert plant.manage("sweep").wait(60) == 0
    until(lambda: state(job) == "done", 60)

    run = ScoreRun.objects.get()
    assert (run.body, run.explanation) == (alone.body, alone.explanation)
    assert Hour.objects.of_stage(stage).pending().count() == 0
    assert differences(stage) == []


def test_a_count_longer_than_its_lease_stays_with_its_worker(plant):
    job = results.a_job(results.a_stage_to_count())
    worker = plant.start("-c", SLOW_AND_SHORT, job.pk)
    until(lambda: doing(job) == compute.ESTIMATES, 60)

    since, waiting = time.monotonic(), set()
    while doing(job) == compute.ESTIMATES:
        waiting.update(jobs.waiting_ids())
        time.sleep(0.02)
    silent = time.monotonic() - since

    assert worker.wait(60) == 0
    job.refresh_from_db()
    assert (waiting, job.state, job.attempts, job.fence) == (set(), "done", 1, 1)
    assert silent > 3


def test_what_a_killed_worker_held_is_free_when_its_lease_is_over(plant):
    job = results.a_job(results.a_stage_to_count())
    worker = plant.start("-c", SLOW_AND_SHORT, job.pk)
    until(lambda: doing(job) == compute.ESTIMATES, 60)
    assert jobs.claim(job.pk) is None

    plant.kill(worker)
    taken_over = until(lambda: jobs.claim(job.pk), 30)

    assert (taken_over.attempts, taken_over.fence) == (2, 2)
    assert jobs.carry_out(taken_over) == ScoreRun.objects.get()
    assert state(job) == "done"
