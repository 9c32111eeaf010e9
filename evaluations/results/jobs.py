"""The life of a count job: taken, worked on, finished once.

The row is the truth. Whoever takes a job raises its fence and holds a lease, renewed for as long as it works; every later write of that
worker asks for the fence it holds, so a worker that slept through its lease can no longer change anything. Messages may be lost, doubled or late: `waiting()` finds
what is not done, and a job that is taken twice is written once.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from evaluations.programme.models import Stage
from evaluations.programme.phases import LABELS, Phase
from evaluations.results import compute
from evaluations.results.models import CountJob, Estimates, ScoreRun, Seal
from evaluations.scoring import SALT_BYTES, Evidence, EvidenceError, Rules, RulesError
from portal.audit.record import record

LEASE = timedelta(seconds=60)
"""How long a worker may be silent before it is taken for dead."""
MAX_ATTEMPTS = 3

COUNTABLE = (Phase.CLOSED, Phase.COUNTED)
"""While people answer there is nothing to count, and what is confirmed is not counted anew."""

log = logging.getLogger(__name__)


class Superseded(Exception):
    """Another worker has taken this job over; what this one would write is refused."""


class DifferentBytes(Exception):
    """The same inputs and method gave another result than before: never to be overlooked, never to be overwritten."""


class NotNow(Exception):
    """The stage is in a phase in which it is not counted."""


@dataclass
class Progress:
    """Tells the office which step a worker is at, and renews its lease. Each step is committed by itself."""

    job: CountJob

    def __call__(self, step: str, detail: str = "") -> None:
        done = compute.STEPS.index(step)
        doing = f"{step} ({detail})" if detail else step
        if not CountJob.objects.held(self.job).update(step=done, doing=doing, lease_until=timezone.now() + LEASE):
            raise Superseded(self.job.pk)


@contextmanager
def kept(job: CountJob) -> Iterator[None]:
    """Renew the lease while the work goes on, also through a fold or an estimate that takes longer than a lease.

    A thread with a connection of its own does it. It dies with its process, so what a killed worker held is free a lease later; it
    stops where the fence has moved; and a worker that hangs is ended by Celery's time limit.
    """
    over = Event()
    renewing = Thread(target=_renew, args=(job, over), name=f"lease {job.pk}", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def _renew(job: CountJob, over: Event) -> None:
    while not over.wait(LEASE.total_seconds() / 4):
        try:
            if not CountJob.objects.held(job).update(lease_until=timezone.now() + LEASE):
                return
        except DatabaseError as fault:
            # SQLite during a long fold, which nobody could take the job from either; tried again.
            log.warning("count %s: its lease could not be renewed: %s", job.pk, fault)
        finally:
            connection.close()


def claim(job_id: str) -> CountJob | None:
    """Take the job if it is in nobody's hands. A job tried too often fails here, with the reason of its last failure."""
    with transaction.atomic():
        now = timezone.now()
        job = CountJob.objects.waiting(now).select_for_update(skip_locked=True).filter(pk=job_id).first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            why = job.error or "작업자가 끝내지 못하고 멈췄습니다."
            if job.run is not None:
                _close(
                    job,
                    CountJob.State.DONE,
                    error=f"공식 집계는 끝났지만 추정치를 만들지 못했습니다. {why}",
                    run=job.run,
                )
            else:
                _close(job, CountJob.State.FAILED, error=f"{MAX_ATTEMPTS}번 시도했지만 끝내지 못했습니다. {why}")
            return None
        if job.run is None and job.stage.current_phase not in COUNTABLE:
            _close(job, CountJob.State.FAILED, error=not_now(job.stage))
            return None
        job.state = CountJob.State.RUNNING
        job.fence += 1
        job.attempts += 1
        job.lease_until = now + LEASE
        job.step, job.steps, job.doing = 0, len(compute.STEPS), compute.READING
        job.save(update_fields=["state", "fence", "attempts", "lease_until", "step", "steps", "doing"])
        return job


def carry_out(job: CountJob) -> ScoreRun | None:
    """Count and write, then estimate beside it. None when another worker took over, or when the count cannot be made at all.

    The official result is safe before the estimates begin, and what goes wrong with them takes nothing from it.
    """
    say = Progress(job)
    try:
        with kept(job):
            compute.fold_ballots(job.stage, say)
            evidence = compute.evidence_of(job.stage, say)
            config = compute.configuration_of(job.stage)
            computed = compute.compute(config, evidence, say)
            say(compute.WRITING)
            run = _write(job, computed)
            say(compute.ESTIMATES)
            _close_done(job, run, _estimates_beside(job, run, config, evidence, computed))
            return run
    except Superseded:
        log.warning("count %s: another worker has taken it over", job.pk)
    except (RulesError, EvidenceError, DifferentBytes, NotNow, compute.NoRules) as fault:
        log.critical("count %s of %s cannot be finished: %s", job.pk, job.stage.slug, fault)
        _fail(job, str(fault))
    except Exception as fault:
        # The office reads this before the count may be seen, and a database tells in its complaints what it was to write.
        _give_back(job, f"예기치 못한 오류({type(fault).__name__})가 났습니다. 자세한 것은 작업자의 로그에 있습니다.")
        raise
    return None


def _estimates_beside(
    job: CountJob, run: ScoreRun, config: dict, evidence: Evidence, computed: compute.Computed
) -> str:
    """Make the estimates of this run unless it has them. Returns what went wrong, in one sentence, or nothing."""
    if run.estimates.filter(version=compute.ESTIMATES_VERSION).exists():
        return ""
    try:
        people = compute.people_of(job.stage, Rules.from_config(config))
        blinding = compute.blinding_of(job.stage)
        _write_estimates(job, run, compute.estimated(job.stage, config, evidence, computed.result, people, blinding))
    except (Superseded, SoftTimeLimitExceeded):
        raise
    except Exception as fault:  # an estimate is advice: its defect must not hold up a result
        log.exception("count %s: the estimates could not be made", job.pk)
        return f"공식 집계는 끝났지만 추정치를 만들지 못했습니다. ({type(fault).__name__})"
    return ""


def _write_estimates(job: CountJob, run: ScoreRun, estimated: compute.Estimated) -> None:
    with transaction.atomic():
        if CountJob.objects.held(job).select_for_update().first() is None:
            raise Superseded(job.pk)
        made = Estimates(
            run=run, version=estimated.version, seed=estimated.seed, body=estimated.body, digest=estimated.digest
        )
        made.event = record(
            "estimates made", stage=job.stage.slug, actor=job.requested_by, subject="score_run", subject_id=run.pk,
            data={
                "result_seal": run.seal.result, "estimates_seal": run.seal.over("estimates", made.digest),
                "version": made.version, "seed": str(made.seed),
            },
        )  # fmt: skip
        made.made_at = made.event.at
        made.save(force_insert=True)


def _close_done(job: CountJob, run: ScoreRun, note: str) -> None:
    with transaction.atomic():
        held = CountJob.objects.held(job).select_for_update().first()
        if held is None:
            raise Superseded(job.pk)
        _close(held, CountJob.State.DONE, error=note, run=run)


def waiting_ids() -> list[str]:
    """The jobs somebody should take now."""
    return list(CountJob.objects.waiting(timezone.now()).order_by("requested_at", "id").values_list("pk", flat=True))


def not_now(stage: Stage) -> str:
    return (
        f"‘{LABELS[stage.current_phase]}’ 국면에서는 집계하지 않습니다. 집계는 평가 마감 뒤, 결과 확정 전에만 합니다."
    )


def _write(job: CountJob, computed: compute.Computed) -> ScoreRun:
    """The result in one transaction, the stage held against a move and the job row locked; refused when the fence has moved."""
    with transaction.atomic():
        stage = Stage.objects.locked_for_evidence(job.stage_id)
        if stage.current_phase not in COUNTABLE:
            raise NotNow(not_now(stage))
        held = CountJob.objects.held(job).select_for_update().first()
        if held is None:
            raise Superseded(job.pk)
        run = ScoreRun.objects.filter(key=computed.key).first()
        if run is None:
            run = _insert(held, computed)
        elif (run.body, run.explanation) != (computed.body, computed.explanation):
            again = run.seal.over("result", computed.digest)
            raise DifferentBytes(
                "경보: 같은 설정과 같은 근거 자료를 같은 방법으로 다시 계산했는데 결과가 전과 다릅니다. "
                f"전의 결과 봉인 {run.seal.result}, 이번 결과 봉인 {again}. 공표하지 말고 원인을 찾으십시오."
            )
        held.run = run
        held.save(update_fields=["run"])
        return run


def _insert(job: CountJob, computed: compute.Computed) -> ScoreRun:
    result = computed.result
    run = ScoreRun(
        stage=job.stage, key=computed.key, config_digest=result.config_digest, input_digest=result.input_digest,
        method_version=result.method_version, body=computed.body, explanation=computed.explanation, digest=computed.digest,
    )  # fmt: skip
    seal = Seal(run=run, salt=secrets.token_bytes(SALT_BYTES))
    run.event = record(
        "score counted", stage=job.stage.slug, actor=job.requested_by, subject="score_run", subject_id=run.pk,
        data={
            "config_digest": run.config_digest, "input_seal": seal.inputs,
            "method_version": run.method_version, "result_seal": seal.result,
        },
    )  # fmt: skip
    run.counted_at = run.event.at
    run.save(force_insert=True)
    seal.save(force_insert=True)
    return run


def _close(job: CountJob, state: CountJob.State, *, error: str = "", run: ScoreRun | None = None) -> None:
    job.state, job.error, job.run = state, error, run
    job.step = job.steps if run else job.step
    job.doing = ""
    job.lease_until = None
    job.finished_at = timezone.now()
    job.save(update_fields=["state", "error", "run", "step", "doing", "lease_until", "finished_at"])


def _fail(job: CountJob, error: str) -> None:
    """The end of a job that no further attempt would change; on record, because an alarm must not depend on a log file."""
    with transaction.atomic():
        held = CountJob.objects.held(job).select_for_update().first()
        if held is None:
            return
        _close(held, CountJob.State.FAILED, error=error)
        record(
            "count failed",
            stage=job.stage.slug,
            actor=job.requested_by,
            subject="count_job",
            subject_id=job.pk,
            reason=error,
        )


def _give_back(job: CountJob, error: str) -> None:
    """Something outside the count went wrong: the sweep hands the job to the next worker, as often as attempts allow."""
    CountJob.objects.held(job).update(state=CountJob.State.QUEUED, lease_until=None, error=error)
