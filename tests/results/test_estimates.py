"""Estimates are made beside a run, once, and what goes wrong with them takes nothing from it."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from evaluations.results import compute, jobs, tasks
from evaluations.results.models import CountJob, Estimates, ScoreRun
from portal.audit.models import Event
from tests.factories import results

pytestmark = pytest.mark.django_db


def test_a_count_leaves_estimates_beside_its_run():
    stage = results.a_stage_to_count()
    tasks.count(results.a_job(stage).pk)
    made = Estimates.objects.get()
    told = json.loads(made.body)

    assert made.run == ScoreRun.objects.get()
    assert (told["seed"], told["input_digest"]) == (made.seed, made.run.input_digest)
    assert "order" in told["sections"]
    event = Event.objects.get(kind="estimates made")
    assert (event.pk, json.loads(event.body)["data"]["estimates_seal"]) == (
        made.event_id, made.run.seal.over("estimates", made.digest),
    )  # fmt: skip


def test_counting_again_makes_no_second_estimates_and_the_same_seed():
    stage = results.a_stage_to_count()
    for _ in range(2):
        tasks.count(results.a_job(stage).pk)

    assert Estimates.objects.count() == 1
    config, evidence = compute.configuration_of(stage), compute.evidence_of(stage)
    result = compute.compute(config, evidence).result
    people = compute.people_of(stage, compute.Rules.from_config(config))
    again = compute.estimated(stage, config, evidence, result, people)
    assert (again.body, again.seed) == (Estimates.objects.get().body, Estimates.objects.get().seed)


def test_people_are_read_once_whatever_they_revised():
    stage = results.a_stage_to_count(evidence=False)
    prompt = stage.prompts.get()
    lg, skt = stage.teams.filter(slug__in=("lg", "skt")).order_by("slug")
    results.a_comparison(prompt, lg, skt, "voter-1", "a")
    results.a_comparison(prompt, lg, skt, "voter-1", "skip", revision=2)
    results.a_rating(lg, "voter-2", {"helpful": 1})
    results.a_rating(lg, "voter-2", {"helpful": 5}, revision=2)
    people = compute.people_of(stage, compute.Rules.from_config(compute.configuration_of(stage)))

    assert people.votes.choice.tolist() == [4]
    assert people.stars.rating.tolist() == [5]
    assert people.number == 2


def test_a_defect_of_the_estimates_leaves_the_result_standing(monkeypatch):
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    monkeypatch.setattr(compute, "people_of", lambda stage, rules: 1 / 0)

    tasks.count(job.pk)

    job.refresh_from_db()
    assert (job.state, job.run) == ("done", ScoreRun.objects.get())
    assert job.error == "공식 집계는 끝났지만 추정치를 만들지 못했습니다. (ZeroDivisionError)"
    assert Estimates.objects.count() == 0


def test_a_worker_that_dies_between_result_and_estimates_is_followed_by_one_that_makes_them():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    claimed = jobs.claim(job.pk)
    config, evidence = compute.configuration_of(stage), compute.evidence_of(stage)
    run = jobs._write(claimed, compute.compute(config, evidence))
    assert (CountJob.objects.get().state, CountJob.objects.get().run) == ("running", run)

    CountJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    tasks.count(job.pk)

    job.refresh_from_db()
    assert (job.state, job.run, job.attempts, ScoreRun.objects.count(), Estimates.objects.count()) == (
        "done",
        run,
        2,
        1,
        1,
    )


def test_estimates_that_kill_every_worker_do_not_take_the_result_with_them():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    computed = compute.compute(compute.configuration_of(stage), compute.evidence_of(stage))
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs._write(jobs.claim(job.pk), computed)
        CountJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert jobs.claim(job.pk) is None

    job.refresh_from_db()
    assert (job.state, job.run) == ("done", ScoreRun.objects.get())
    assert job.error.startswith("공식 집계는 끝났지만 추정치를 만들지 못했습니다.")


def test_a_late_worker_cannot_write_estimates():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    late = jobs.claim(job.pk)
    config, evidence = compute.configuration_of(stage), compute.evidence_of(stage)
    computed = compute.compute(config, evidence)
    run = jobs._write(late, computed)
    CountJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.claim(job.pk)
    estimated = compute.estimated(
        stage, config, evidence, computed.result, compute.people_of(stage, compute.Rules.from_config(config))
    )

    with pytest.raises(jobs.Superseded):
        jobs._write_estimates(late, run, estimated)
    with pytest.raises(jobs.Superseded):
        jobs._close_done(late, run, "")
    assert Estimates.objects.count() == 0


def test_estimates_never_change():
    stage = results.a_stage_to_count()
    tasks.count(results.a_job(stage).pk)

    for change in (lambda: Estimates.objects.update(body="{}"), lambda: Estimates.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
