"""Questions about what came out: which run holds, what is public, what is still missing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from evaluations.programme.models import Configuration, Stage, Team
from evaluations.results import compute
from evaluations.results.models import CountJob, Publication, ScoreRun
from evaluations.results.models import LineDecision as LineDecisionRow
from evaluations.scoring import METHOD_VERSION, EvidenceError, LineDecision, Result, Rules, count
from evaluations.scoring.advancing import ASKS
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.teams import USED
from evaluations.scoring.wording import reason

KST = ZoneInfo("Asia/Seoul")
"""Deadlines of the programme are days in Korea, wherever the server stands."""


def latest_run(stage: Stage) -> ScoreRun | None:
    """The run of the last count: the one that holds, whether or not the same had been counted before."""
    job = CountJob.objects.of_stage(stage).counted().select_related("run__stage").first()
    return job.run if job else None


def run_before(run: ScoreRun) -> ScoreRun | None:
    """The other run that was counted last before this one was."""
    counted = CountJob.objects.of_stage(run.stage).counted()
    last = counted.filter(run=run).first()
    before = last and counted.filter(requested_at__lt=last.requested_at).exclude(run=run).select_related("run").first()
    return before.run if before else None


def latest_job(stage: Stage) -> CountJob | None:
    return CountJob.objects.of_stage(stage).first()


def latest_publication(stage: Stage) -> Publication | None:
    return Publication.objects.of_stage(stage).newest_first().select_related("run").first()


def is_stale(run: ScoreRun, frozen: Configuration | None = None, evidence: Evidence | None = None) -> bool:
    """Have rules, evidence or decisions changed since this run was counted? `frozen` and `evidence`, where the caller has read them."""
    frozen = frozen or compute.frozen_configuration(run.stage)
    return frozen is None or _key_of(frozen, evidence or compute.evidence_of(run.stage)) != run.key


def _key_of(frozen: Configuration, evidence: Evidence) -> str:
    """The key that a count by these rules of this evidence would have."""
    return compute.run_key(frozen.digest, evidence.digest(), METHOD_VERSION)


def missing_count(stage: Stage) -> Iterator[str]:
    """Why there is no count that could be looked at and decided on."""
    job = latest_job(stage)
    if job and job.state in (CountJob.State.QUEUED, CountJob.State.RUNNING):
        yield "집계가 아직 끝나지 않았습니다."
    elif job and job.state == CountJob.State.FAILED:
        yield f"마지막 집계가 실패했습니다. {job.error}"
    elif (run := latest_run(stage)) is None:
        yield "집계 결과가 없습니다. 먼저 집계를 시작해 주세요."
    elif is_stale(run):
        yield "마지막 집계 뒤에 기준, 근거 자료나 결정이 바뀌었습니다. 다시 집계해 주세요."


def undecided(stage: Stage) -> QuerySet[Team]:
    """The teams on whose independence the committee has not decided yet, as far as the last count shows it."""
    run = latest_run(stage)
    pending = [] if run is None else [one["team"] for one in json.loads(run.body)["teams"] if one["gate"] == "pending"]
    return stage.teams.filter(slug__in=pending)


def undecided_places(stage: Stage) -> Iterator[tuple[Team, str, str]]:
    """The teams of which the last count does not say whether they advance, each with why in one word and in a sentence without its full
    stop. Those whose gate is not decided are in `undecided`; on those that the committee has decided since, the next count will say it."""
    run = latest_run(stage)
    lines = [] if run is None else json.loads(run.body)["teams"]
    open_lines = {
        one["team"]: one for one in lines if one["advances"] is None and one["advances_because"] != "gate_pending"
    }
    answered = _decided_since(stage, run) if run and open_lines else set()
    for team in stage.teams.filter(slug__in=open_lines.keys() - answered):
        line = open_lines[team.slug]
        yield team, line["advances_because"], reason(line["advances_because"], scored=bool(line["parts"]))


def _decided_since(stage: Stage, run: ScoreRun) -> set[str]:
    """The slugs of the teams level on the line in this run of which it asks what the committee says, and which has said it since."""
    asked = [one["team"] for one in json.loads(run.body)["teams"] if one["advances_because"] in ASKS]
    decided = LineDecisionRow.objects.effective().filter(
        team__stage=stage, team__slug__in=asked, among=LineDecisionRow.written(run.on_the_line)
    )
    return set(decided.values_list("team__slug", flat=True))


NOT_LEVEL = "마지막 집계에서 경계선에 있는 팀이 아니어서 위원회가 정할 수 없습니다."
OTHERS_LEVEL = "마지막 집계에서 경계선에 있는 팀들과 다릅니다."
CHANGED = (
    "마지막 집계 뒤에 자료나 결정이 바뀌어, 지금 다시 세면 경계선에 있는 팀들이 달라집니다. 먼저 다시 집계해 주세요."
)
TOO_MANY = "진출로 정한 팀이 남은 자리보다 많아집니다. 먼저 진출로 정한 다른 팀의 결정을 고쳐 주세요."
UNCOUNTABLE = "지금의 기준과 자료로는 집계할 수 없습니다. 먼저 다시 집계해 주세요."


def line_faults(stage: Stage, decided: Mapping[str, LineDecision]) -> dict[str, str]:
    """Why these decisions, all together, cannot be made at the line, for each team of which that is so.

    They are made between the teams that are level on the line in the last count, and these have to be the same in a count of everything as it
    stands; no more teams than there are seats are let in.
    """
    level = level_teams(stage)
    found = {team: NOT_LEVEL for team in decided if team not in level}
    found |= {team: OTHERS_LEVEL for team, one in decided.items() if team in level and one.among != level}
    if found:
        return found
    try:
        would_be = _counted_with(stage, decided)
    except (compute.NoRules, EvidenceError):
        return dict.fromkeys(decided, UNCOUNTABLE)
    because = {team: would_be.team(team).advances_because for team in decided}
    found = {team: CHANGED for team, why in because.items() if why not in USED}
    return found | {team: TOO_MANY for team, why in because.items() if why == "line_overfull"}


def level_teams(stage: Stage) -> frozenset[str]:
    """The slugs of the teams that are level on the line in the last count."""
    run = latest_run(stage)
    return frozenset(run.on_the_line if run else ())


def line_ground(stage: Stage) -> dict[str, str]:
    """On which count something is decided at the line: after another it is proposed anew."""
    run = latest_run(stage)
    return {"run": run.pk if run else ""}


def _counted_with(stage: Stage, decided: Mapping[str, LineDecision]) -> Result:
    evidence = compute.evidence_of(stage)
    supposed = replace(evidence, line_decisions={**evidence.line_decisions, **decided})
    return count(Rules.from_config(compute.configuration_of(stage)), supposed)


def objection_deadline(stage: Stage) -> datetime | None:
    """The end of the last day for objections: the day of publication is not counted, the last day is, both in Korea."""
    publication = latest_publication(stage)
    return publication and deadline_after(publication.published_at, stage.objection_days)


def deadline_after(moment: datetime, days: int) -> datetime:
    """Midnight at the end of the day `days` days after the day of `moment` in Korea."""
    day = moment.astimezone(KST).date() + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=KST)
