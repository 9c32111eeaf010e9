"""What the office does with a count: ask for it, decide on a gate, publish. Each is on record."""

from datetime import date
from functools import partial
from typing import TypeVar

from django.db import transaction

from evaluations.programme.models import Stage, Team
from evaluations.programme.phases import Phase
from evaluations.results import tasks
from evaluations.results.jobs import COUNTABLE
from evaluations.results.models import CountJob, GateDecision, LineDecision, Publication, ScoreRun
from evaluations.results.queries import is_stale, level_teams, line_faults, line_ground
from evaluations.scoring import LineDecision as Decided
from portal.accounts.seconding import need_second, refuse_alone
from portal.audit.record import record
from portal.http import Refusal, Stale

DECIDABLE = (Phase.COUNTED,)
"""While the committee sits."""
Made = TypeVar("Made", GateDecision, LineDecision)
"""What the committee decides of a team: whether it meets the gate, and whether it has a seat on the line."""


@transaction.atomic
def request_count(*, stage: Stage, by: str) -> CountJob:
    """Ask the workers for a count. One at a time; the message goes out when the row is safe."""
    stage = _locked(stage, COUNTABLE, "집계는 평가 마감 뒤, 결과 확정 전에만 할 수 있습니다.")
    if CountJob.objects.of_stage(stage).open().exists():
        raise Stale("이미 진행 중인 집계가 있습니다. 끝난 뒤에 다시 요청해 주세요.")
    event = record("count requested", stage=stage.slug, actor=by, subject="stage", subject_id=stage.pk)
    job = CountJob.objects.create(stage=stage, requested_by=by, requested_at=event.at)
    transaction.on_commit(partial(tasks.send, job.pk))
    return job


@transaction.atomic
def decide_gate(
    *,
    team: Team,
    decision: str,
    reason: str,
    by: str,
    second: str = "",
    source: str = "",
    decided_on: date | None = None,
) -> GateDecision:
    """The committee's decision on a team's independence, as a new revision. The count has to be made again after it. Raises SecondNeeded
    where one officer writes it down alone.

    The ledger is read in every phase, so the reason stands in the body of the event, as the decision does.
    """
    stage = _locked(team.stage, DECIDABLE, "독자성 관문은 집계·심의 국면에서만 결정할 수 있습니다.")
    if not stage.gate_decided_by:
        raise Refusal("이 단계에는 독자성 관문이 없습니다.")
    if decision not in GateDecision.Decision.values:
        raise Refusal("충족과 미충족 가운데 하나를 골라 주세요.")
    if not reason.strip():
        raise Refusal("결정의 이유를 적어 주세요.")
    return _record(
        "gate decided", GateDecision, team, decision, act="gate", stage=stage, reason=reason, by=by, second=second, source=source,
        decided_on=decided_on, told=f"‘{team}’ 팀의 독자성 관문", ground={}, said={},
    )  # fmt: skip


@transaction.atomic
def decide_line(
    *,
    team: Team,
    decision: str,
    reason: str,
    by: str,
    second: str = "",
    source: str = "",
    decided_on: date | None = None,
) -> LineDecision:
    """The committee's decision on a team that is level with others on the line in the last count, between all of these, as a new revision.
    The count has to be made again after it. Raises SecondNeeded where one officer writes it down alone, Refusal where the team is not on
    the line or more teams would be let in than there are seats.

    It is proposed on a count: after another one it has to be proposed anew. The reason stands in the body of the event, as that of a gate.
    """
    stage = _locked(team.stage, DECIDABLE, "경계선의 팀은 집계·심의 국면에서만 결정할 수 있습니다.")
    if decision not in LineDecision.Decision.values:
        raise Refusal("진출과 진출하지 않음 가운데 하나를 골라 주세요.")
    if not reason.strip():
        raise Refusal("결정의 이유를 적어 주세요.")
    among = level_teams(stage)
    if fault := line_faults(stage, {team.slug: Decided(decision, among, reason)}).get(team.slug):
        raise Refusal(fault)
    said = {"among": LineDecision.written(among)}
    return _record(
        "line decided", LineDecision, team, decision, act="line", stage=stage, reason=reason, by=by, second=second, source=source,
        decided_on=decided_on, told=f"경계선의 ‘{team}’ 팀", ground=line_ground(stage), said=said,
    )  # fmt: skip


def _record(
    kind: str, made: type[Made], team: Team, decision: str, *, act: str, stage: Stage, reason: str, by: str, second: str, source: str,
    decided_on: date | None, told: str, ground: dict[str, str], said: dict[str, str],
) -> Made:  # fmt: skip
    """What the committee decided of a team, as a new revision, once a second officer agrees on the same ground. `said` are columns of it
    that only one of the two kinds has."""
    revision = made.objects.filter(team=team).count() + 1
    need_second(
        by=by, second=second, reason=reason, act=act, stage_id=stage.pk, subject=team.pk,
        told=f"{told}: {made.Decision(decision).label}",
        arguments={"decision": decision, "source": source, "decided_on": decided_on.isoformat() if decided_on else ""},
        ground={"phase": stage.phase, "revision": revision, **ground},
    )  # fmt: skip
    event = record(
        kind, stage=stage.slug, actor=by, subject="team", subject_id=team.pk,
        data={"decision": decision, "reason": reason, "source": source, "second": second, **said},
    )  # fmt: skip
    return made.objects.create(
        team=team, revision=revision, decision=decision, reason=reason, source=source, decided_on=decided_on, event=event, **said
    )  # fmt: skip


@transaction.atomic
def publish(*, run: ScoreRun | None, by: str, second: str, reason: str = "") -> Publication:
    """Make this run the public result, two officers together. Only the run of the rules, evidence and decisions as they stand can be published."""
    if run is None:
        raise Refusal("공표할 집계 결과가 없습니다.")
    stage = _locked(run.stage, (Phase.CONFIRMED,), "결과는 확정된 뒤에만 공표할 수 있습니다.")
    if CountJob.objects.of_stage(stage).open().exists():
        raise Refusal("집계가 아직 끝나지 않았습니다.")
    if is_stale(run):
        raise Refusal("이 집계 뒤에 기준, 근거 자료나 결정이 바뀌었습니다. 다시 집계한 결과만 공표할 수 있습니다.")
    refuse_alone(by=by, second=second)
    event = record(
        "result published", stage=stage.slug, actor=by, subject="score_run", subject_id=run.pk, reason=reason,
        data={"result_seal": run.seal.result, "config_digest": run.config_digest, "input_seal": run.seal.inputs, "second": second},
    )  # fmt: skip
    return Publication.objects.create(run=run, reason=reason, event=event, published_at=event.at)


def _locked(stage: Stage, phases: tuple[Phase, ...], sentence: str) -> Stage:
    """The stage, held against a move, in one of these phases; a refusal otherwise."""
    locked = Stage.objects.select_for_update().get(pk=stage.pk)
    locked.refuse_outside(phases, sentence)
    return locked
