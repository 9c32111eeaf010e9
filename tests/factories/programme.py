"""Stages, teams, members, rounds, submissions: plain builders with names a reader recognises."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from evaluations.programme.models import BlindCopy, Configuration, Member, Round, Stage, Submission, Team
from evaluations.programme.phases import MOVES, Phase
from portal.audit.record import record
from tests.committed import trigger_aside

TEAMS = (("lg", "엘지팀"), ("skt", "에스케이팀"), ("upstage", "업스테이지팀"), ("motif", "모티프팀"))


def a_stage(slug: str = "stage-2", phase: Phase | str = Phase.PREPARING, teams=TEAMS, **fields) -> Stage:
    """A stage with teams. Build its rules before moving it: the database refuses them later."""
    fields = {
        "programme_ko": "독자 AI 파운데이션 모델",
        "programme_en": "Sovereign AI Foundation Model",
        "name_ko": "2차 단계평가",
        "name_en": "Stage 2 evaluation",
        "frozen_at": datetime(2026, 7, 20, 0, tzinfo=UTC),
        "opens_at": datetime(2026, 8, 3, 0, tzinfo=UTC),
        "closes_at": datetime(2026, 8, 14, 9, tzinfo=UTC),
        "published_at": datetime(2026, 8, 28, 1, tzinfo=UTC),
        "quota": 3,
        "tie_break": [],
        "release": {"public": ["total", "parts", "rank", "gate", "advances", "means"], "teams": "all",
                    "own": ["total", "parts", "items", "criteria", "rank", "gate", "advances"], "minimum_n": 5},
    } | fields  # fmt: skip
    stage = Stage.objects.create(slug=slug, **fields)
    for position, (team, name) in enumerate(teams):
        Team.objects.create(stage=stage, slug=team, name_ko=name, position=position)
    return in_phase(stage, phase)


def around_now() -> dict[str, datetime]:
    """A timetable in which the evaluation is under way."""
    now = timezone.now()
    return {
        "frozen_at": now - timedelta(days=9), "opens_at": now - timedelta(days=7),
        "closes_at": now + timedelta(days=7), "published_at": now + timedelta(days=21),
    }  # fmt: skip


def in_phase(stage: Stage, phase: Phase | str) -> Stage:
    """Put the stage into any phase without asking anybody, also where no move leads."""
    _moved(stage, "phase", Phase(phase).value, MOVES, "programme_stage", "programme_stage_phase_moves")
    return stage


def _moved(row: Stage | Round, field: str, to: str, moves: Mapping, table: str, trigger: str) -> None:
    """Step by step where moves lead there. The trigger is put aside only where none do: after a change of the schema SQLite reads all of it
    again at every savepoint that is rolled back, for as long as the transaction lasts, and a test is one transaction."""
    rows = type(row)._base_manager.filter(pk=row.pk)
    way = _way(str(rows.values_list(field, flat=True).get()), to, moves)
    if way is None:
        with trigger_aside(table, trigger):
            rows.update(**{field: to})
    else:
        for step in way:
            rows.update(**{field: step})
    setattr(row, field, to)


def _way(current: str, to: str, moves: Mapping) -> list[str] | None:
    """The shortest way by allowed moves; None where there is none."""
    ways: list[list[str]] = [[]]
    met = {current}
    for way in ways:
        here = way[-1] if way else current
        if here == to:
            return way
        further = [str(step) for step in moves.get(here, ()) if str(step) not in met]
        met.update(further)
        ways += [[*way, step] for step in further]
    return None


def a_team(stage: Stage, slug: str = "naver", name: str = "네이버팀", **fields) -> Team:
    return Team.objects.create(stage=stage, slug=slug, name_ko=name, **{"position": stage.teams.count()} | fields)


def a_member(team: Team, organisation: str = "한국대학교", unit: str = "", **fields) -> Member:
    return Member.objects.create(team=team, organisation=organisation, unit=unit, **fields)


def a_round(stage: Stage, key: str = "document", **fields) -> Round:
    fields = {"name_ko": "서면평가", "kind": Round.Kind.DOCUMENT, "position": stage.rounds.count()} | fields
    return Round.objects.create(stage=stage, key=key, **fields)


STATES = {"waiting": ("open", "locked"), "open": ("locked",)}


def in_state(round: Round, state: Round.State | str) -> Round:
    """Put a round into any state without asking anybody."""
    _moved(round, "state", Round.State(state).value, STATES, "programme_round", "programme_round_state_moves")
    return round


def a_configuration(
    stage: Stage, version: int = 1, reason: str = "", body: str | None = None, taken_up: bool = True
) -> Configuration:
    """The stage as frozen, with the event of the freeze; its rows are said to hold it, unless it is not `taken_up`."""
    body = body or f'{{"slug":"{stage.slug}","version":{version}}}'
    digest = hashlib.sha256(body.encode()).hexdigest()
    event = record("stage frozen", stage=stage.slug, reason=reason, data={"digest": digest})
    frozen = Configuration.objects.create(
        stage=stage, version=version, body=body, digest=digest, reason=reason, event=event, created_at=timezone.now()
    )
    if taken_up:
        Stage.objects.filter(pk=stage.pk).update(edition=version)
        stage.edition = version
    return frozen


def a_submission(team: Team, round: Round, text: str = "# 기술 보고서\n\n본문입니다.\n", **fields) -> Submission:
    """A team's document as it came, sealed."""
    event = record("submission taken", stage=team.stage.slug, subject="team", subject_id=team.id)
    fields = {"title": "기술 보고서", "file_name": "report.md", "revision": 1} | fields
    return Submission.objects.create(
        team=team, round=round, text=text, digest=hashlib.sha256(text.encode()).hexdigest(), event=event, **fields
    )


def a_blind_copy(submission: Submission, released: bool = True, **fields) -> BlindCopy:
    """The copy panelists read; released unless the test is about one that is held back."""
    fields = {"text": submission.text, "digest": submission.digest} | fields
    if released:
        fields = {"released_at": timezone.now(), "released_by": "officer"} | fields
    return BlindCopy.objects.create(submission=submission, **fields)
