"""A count is taken, worked on and finished once, whatever happens to workers and messages."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from evaluations.programme.phases import LABELS, Phase
from evaluations.results import compute, jobs, tasks
from evaluations.results.models import CountJob, ScoreRun
from portal.audit.models import Event
from tests.factories import programme, results

pytestmark = pytest.mark.django_db


def after_the_lease(job: CountJob) -> None:
    """As if the worker had said nothing for longer than its lease."""
    CountJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_count_is_written_once_with_everything_it_names():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    tasks.count(job.pk)
    job.refresh_from_db()
    run = ScoreRun.objects.get()
    assert (job.state, job.run, job.attempts, job.fence, job.step, job.steps, job.doing, job.error, job.lease_until) == (
        "done", run, 1, 1, 6, 6, "", "", None,
    )  # fmt: skip
    computed = compute.compute(compute.configuration_of(stage), compute.evidence_of(stage))
    assert (run.body, run.explanation, run.key, run.digest) == (
        computed.body, computed.explanation, computed.key, computed.digest,
    )  # fmt: skip
    assert Event.objects.get(kind="score counted").subject_id == run.pk


def test_what_is_absent_stays_empty_and_is_never_zero():
    stage = results.a_stage_to_count(evidence=False)
    tasks.count(results.a_job(stage).pk)
    teams = json.loads(ScoreRun.objects.get().body)["teams"]
    assert {(team["total"], team["rank"], team["advances"]) for team in teams} == {(None, None, None)}
    points = (points for team in teams for level in ("parts", "items", "criteria") for points in team[level].values())
    assert set(points) == {None}


def test_counting_again_gives_the_same_row():
    stage = results.a_stage_to_count()
    first, second = results.a_job(stage), None
    tasks.count(first.pk)
    second = results.a_job(stage)
    tasks.count(second.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.run, ScoreRun.objects.count()) == (second.run, 1)


def test_the_same_inputs_with_other_bytes_stop_the_count_with_an_alarm():
    stage = results.a_stage_to_count()
    computed = compute.compute(compute.configuration_of(stage), compute.evidence_of(stage))
    forged = compute.Computed(computed.result, computed.body.replace('"rank":1', '"rank":2'), computed.explanation)
    run = jobs._insert(results.a_job(stage, state="failed"), forged)
    job = results.a_job(stage)
    tasks.count(job.pk)
    job.refresh_from_db()
    assert (job.state, job.run, ScoreRun.objects.count()) == ("failed", None, 1)
    assert job.error == (
        "경보: 같은 설정과 같은 근거 자료를 같은 방법으로 다시 계산했는데 결과가 전과 다릅니다. "
        f"전의 결과 봉인 {run.seal.result}, 이번 결과 봉인 {run.seal.over('result', computed.digest)}. 공표하지 말고 원인을 찾으십시오."
    )
    assert Event.objects.get(kind="count failed").reason == job.error


def test_one_open_count_per_stage():
    stage = results.a_stage_to_count(evidence=False)
    results.a_job(stage)
    with pytest.raises(IntegrityError):
        results.a_job(stage)


def test_a_job_in_somebody_s_hands_is_left_alone():
    job = results.a_job(results.a_stage_to_count(evidence=False))
    assert jobs.claim(job.pk).fence == 1
    assert jobs.claim(job.pk) is None
    assert jobs.waiting_ids() == []


def test_a_job_whose_lease_is_over_is_taken_over_and_the_late_worker_is_refused():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    late = jobs.claim(job.pk)
    after_the_lease(job)
    assert jobs.waiting_ids() == [job.pk]
    taken_over = jobs.claim(job.pk)
    assert jobs.carry_out(late) is None
    assert ScoreRun.objects.count() == 0
    run = jobs.carry_out(taken_over)
    assert jobs.carry_out(late) is None
    job.refresh_from_db()
    assert (job.state, job.run, job.attempts, ScoreRun.objects.count()) == ("done", run, 2, 1)


def test_a_late_worker_cannot_write_even_at_the_last_step():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    late = jobs.claim(job.pk)
    computed = compute.compute(compute.configuration_of(stage), compute.evidence_of(stage))
    after_the_lease(job)
    jobs.claim(job.pk)
    with pytest.raises(jobs.Superseded):
        jobs._write(late, computed)
    jobs._fail(late, "늦은 소식")
    job.refresh_from_db()
    assert (job.state, job.error, ScoreRun.objects.count()) == ("running", "", 0)


def test_after_three_attempts_the_job_fails_with_the_reason():
    job = results.a_job(results.a_stage_to_count(evidence=False))
    for attempt in range(jobs.MAX_ATTEMPTS):
        assert jobs.claim(job.pk).attempts == attempt + 1
        after_the_lease(job)
    assert jobs.claim(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "3번 시도했지만 끝내지 못했습니다. 작업자가 끝내지 못하고 멈췄습니다.")
    assert job.finished_at is not None
    assert jobs.waiting_ids() == []


def test_a_fault_of_the_machine_gives_the_job_back():
    stage = results.a_stage_to_count(evidence=False)
    job = results.a_job(stage)
    taken = jobs.claim(job.pk)
    taken.stage = None
    with pytest.raises(AttributeError):
        jobs.carry_out(taken)
    job.refresh_from_db()
    assert (job.state, job.lease_until, jobs.waiting_ids()) == ("queued", None, [job.pk])
    assert job.error == (
        "예기치 못한 오류(RelatedObjectDoesNotExist)가 났습니다. 자세한 것은 작업자의 로그에 있습니다."
    )


def test_evidence_that_does_not_fit_the_rules_fails_at_once_and_says_where():
    stage = results.a_stage_to_count(config={"gate": None})
    job = results.a_job(stage)
    tasks.count(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1)
    assert job.error != ""


@pytest.mark.parametrize("phase", [Phase.FROZEN, Phase.OPEN, Phase.CONFIRMED])
def test_a_stage_is_counted_between_its_close_and_the_decision_only(phase):
    stage = results.a_stage_to_count(evidence=False)
    programme.in_phase(stage, phase)
    job = results.a_job(stage)
    tasks.count(job.pk)
    job.refresh_from_db()
    assert (job.state, ScoreRun.objects.count()) == ("failed", 0)
    assert job.error.startswith(f"‘{LABELS[phase]}’ 국면에서는 집계하지 않습니다.")


def test_a_stage_that_moved_while_it_was_counted_gets_no_result():
    stage = results.a_stage_to_count()
    job = jobs.claim(results.a_job(stage).pk)
    programme.in_phase(stage, Phase.CONFIRMED)
    assert jobs.carry_out(job) is None
    job.refresh_from_db()
    assert (job.state, ScoreRun.objects.count()) == ("failed", 0)


def test_a_stage_that_was_never_frozen_cannot_be_counted():
    stage = programme.a_stage(phase=Phase.CLOSED)
    job = results.a_job(stage)
    tasks.count(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "stage-2: 확정된 설정이 없습니다.")


def test_the_office_sees_every_step_outside_the_transaction_of_the_result():
    job = jobs.claim(results.a_job(results.a_stage_to_count(evidence=False)).pk)
    seen = []
    progress = jobs.Progress(job)
    for step in compute.STEPS:
        progress(step)
        seen.append(CountJob.objects.values_list("step", "steps", "doing").get())
    assert seen == [(place, 6, step) for place, step in enumerate(compute.STEPS)]


def test_the_sweep_sends_what_waits_and_two_sweeps_do_no_harm():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    tasks.sweep()
    tasks.sweep()
    assert jobs.waiting_ids() == [job.pk]
    tasks.count(job.pk)
    tasks.count(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, ScoreRun.objects.count()) == ("done", 1, 1)
    assert jobs.waiting_ids() == []


def test_an_unknown_job_is_nobody_s_work():
    tasks.count("a" * 26)
    assert ScoreRun.objects.count() == 0
