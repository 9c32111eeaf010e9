"""A stage that can be counted: the rules of `rubrics.a_rubric` as frozen JSON, and evidence as rows, few lines each."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from evaluations.panels.models import Assignment
from evaluations.programme.models import Configuration, Stage, Team
from evaluations.programme.phases import Phase
from evaluations.ratings import things
from evaluations.ratings.models import Ballot, Kind, Prompt, Question, Star
from evaluations.results import jobs
from evaluations.results.models import CountJob, GateDecision, LineDecision, Publication, ScoreRun, Seal
from evaluations.results.queries import level_teams
from evaluations.reviews.models import Confirmation, Finding, Mark, Recognition, Sheet
from evaluations.rubrics.models import Criterion, GateScope
from evaluations.scoring import canonical_bytes
from portal.audit.record import record
from tests.factories import benchmarks, panels, programme, rubrics

MARKS = {"technology": 12, "strategy": 6, "independence.architecture": 4, "independence.weights": 5}
MEASURED = {"nia": "92", "common.mmlu": "70", "common.gpqa": "74", "individual": "69.37"}
QUESTIONS = ("helpful", "korean")


def both(ko: str, en: str = "") -> dict[str, str]:
    return {"ko": ko, "en": en} if en else {"ko": ko}


def a_configuration_body(stage: Stage, **more: Any) -> dict[str, Any]:
    """What `a_rubric` builds, as the stage file would say it."""
    return {
        "schema": 1,
        "slug": stage.slug,
        "programme": both(stage.programme_ko, stage.programme_en),
        "name": both(stage.name_ko, stage.name_en),
        "sample": stage.sample,
        "time_zone": "Asia/Seoul",
        "timetable": {
            "frozen": "2026-07-20T09:00:00+09:00", "opens": "2026-08-03T09:00:00+09:00",
            "closes": "2026-08-14T18:00:00+09:00", "published": "2026-08-28T10:00:00+09:00",
        },
        "advance": {"by": "points", "quota": stage.quota, "line_ties": stage.line_ties},
        "rounding": {"rule": "ROUND_HALF_UP", "item": 1, "part": 1, "total": 1, "mean": 2},
        "tie_break": ["expert", "expert.technology"],
        "objection": {"days": 10, "answer_days": 30},
        "teams": [
            {"slug": team.slug, "name": both(team.name_ko, team.name_en), "model_name": f"M-{team.slug}"} for team in stage.teams.all()
        ],
        "parts": [_benchmark(), _expert(), _user()],
        "rounds": [{"key": "document", "name": both("서면평가", "Document review"), "kind": "document", "blind": True, "counts": True}],
        "gate": _gate(),
        "users": {
            "purpose": both("국민이 쓰기에 어떤지 알려고 묻습니다."),
            "comparisons_per_person": 8,
            "ratings_per_person": 4,
            "questions": [{"key": "helpful", "text": both("도움이 되었습니까", "Was it helpful?")}, {"key": "korean", "text": both("우리말이 자연스럽습니까")}],
            "strata": [{"key": "age", "name": both("연령대", "Age"), "categories": [{"key": "20s", "ko": "20대", "en": "20s", "share": "0.18", "quota": 100}]}],
        },
        "release": stage.release,
        "published": [],
    } | more  # fmt: skip


def _benchmark() -> dict[str, Any]:
    return {
        "key": "benchmark", "kind": "measured", "name": both("벤치마크", "Benchmarks"), "points": 40, "floor": "24",
        "items": [
            {"key": "nia", "name": both("NIA 벤치마크"), "points": 10, "rule": "share", "maximum": "100"},
            {"key": "common", "name": both("글로벌 공통"), "points": 20, "rule": "mean", "values": ["mmlu", "gpqa"]},
            {"key": "individual", "name": both("글로벌 개별"), "points": 10, "rule": "ratio_to_target", "target": "70"},
        ],
    }  # fmt: skip


def _expert() -> dict[str, Any]:
    anchors = [
        {"mark": 5, "ko": "처음부터 스스로 하였고 기록이 모두 있다"},
        {"mark": 1, "ko": "다른 모형의 것을 그대로 썼다"},
    ]
    level = {"points": 6, "levels": 5, "comment": "optional", "anchors": anchors}
    return {
        "key": "expert", "kind": "experts", "name": both("전문가", "Experts"), "points": 35,
        "aggregate": "drop_high_low", "small_panel": "mean", "cannot_judge": "renormalise",
        "criteria": [
            {"key": "technology", "name": both("기술력", "Technology"), "points": 15, "guide": both("설계와 학습의 수준"), "comment": "required", "floor": "6"},
            {"key": "strategy", "name": both("개발 전략"), "points": 8, "comment": "none"},
            {"key": "independence", "name": both("독자성"), "points": 12, "criteria": [
                {"key": "architecture", "name": both("구조 설계")} | level, {"key": "weights", "name": both("가중치 학습")} | level,
            ]},
        ],
    }  # fmt: skip


def _user() -> dict[str, Any]:
    return {
        "key": "user", "kind": "users", "name": both("사용자", "Users"), "points": 25,
        "items": [
            {"key": "stars", "name": both("별점"), "points": 15, "rule": "share_of_scale", "source": "ratings", "prior": 15},
            {"key": "pairs", "name": both("비교"), "points": 10, "rule": "expected_win_share", "source": "comparisons"},
        ],
    }  # fmt: skip


def _gate() -> dict[str, Any]:
    return {
        "decided_by": "committee",
        "sides": [{"key": key, "name": both(name)} for key, name in (("technical", "기술"), ("policy", "정책"), ("ethical", "윤리"))],
        "components": [{"key": "model", "name": both("본 모형")}, {"key": "vision_encoder", "name": both("비전 인코더")}],
        "items": [
            {"key": "weights", "side": "technical", "text": both("가중치를 초기화하고 처음부터 학습하였다")},
            {"key": "control", "side": "policy", "text": both("언제든지 스스로 개발하고 고칠 수 있다"), "components": ["model"]},
            {"key": "references", "side": "ethical", "text": both("참고한 것을 밝혔다"), "components": ["model"]},
        ],
    }  # fmt: skip


def freeze(stage: Stage, config: dict[str, Any], version: int = 1, reason: str = "") -> Configuration:
    return programme.a_configuration(stage, version=version, reason=reason, body=canonical_bytes(config).decode())


def a_stage_to_count(
    phase: Phase = Phase.CLOSED, *, evidence: bool = True, config: dict[str, Any] | None = None, **fields: Any
) -> Stage:
    """Frozen, and with `evidence` complete: five experts, four citizens, every measurement, no decision on the gate yet."""
    stage = programme.a_stage(**fields)
    rubrics.a_rubric(stage)
    programme.a_round(stage, counts=True)
    for position, key in enumerate(QUESTIONS):
        Question.objects.create(stage=stage, key=key, text_ko=key, position=position)
    Prompt.objects.create(stage=stage, key="p1", text="질문")
    freeze(stage, a_configuration_body(stage, **(config or {})))
    if evidence:
        complete_evidence(stage)
    return programme.in_phase(stage, phase)


def a_stage_on_the_line(
    phase: Phase = Phase.COUNTED, *, quota: int = 2, scores: dict[str, str] | None = None, **fields: Any
) -> Stage:
    """Counted, decided by one number for each team and without a gate: the second and the third of four are level for the last seat."""
    scores = scores or {"lg": "90", "skt": "80", "upstage": "80", "motif": "70"}
    stage = programme.a_stage(**{"quota": quota} | fields)
    whole = {"key": "all", "kind": "measured", "name": both("측정"), "points": 100, "rule": "given"}
    config = a_configuration_body(stage, parts=[whole], tie_break=[])
    freeze(stage, {key: value for key, value in config.items() if key not in ("gate", "users", "rounds")})
    for team in stage.teams.all():
        benchmarks.a_measurement(team, "all", scores[team.slug])
    count_again(programme.in_phase(stage, Phase.COUNTED))
    return programme.in_phase(stage, phase)


def count_again(stage: Stage) -> ScoreRun:
    """As a worker does, in a phase in which it is done."""
    return jobs.carry_out(jobs.claim(a_job(stage).pk))


def complete_evidence(stage: Stage, panelists: int = 5, voters: int = 4) -> None:
    """Teams differ a little in everything, the first one is the best."""
    round = stage.rounds.get(counts=True)
    teams = list(stage.teams.all())
    for place, team in enumerate(teams):
        for item, score in MEASURED.items():
            benchmarks.a_measurement(team, item, f"{float(score) - place:.2f}")
    for seat in range(panelists):
        panelist = panels.a_panelist(stage)
        for place, team in enumerate(teams):
            marks = {path: value - min(place, 2) - (seat % 2 and value > 5) for path, value in MARKS.items()}
            a_sheet(panels.an_assignment(panelist, team, round), marks, findings="met")
    prompt = Prompt.objects.get(stage=stage)
    for voter in range(voters):
        for place, team in enumerate(teams):
            a_rating(team, f"voter-{voter}", dict.fromkeys(QUESTIONS, 5 - min(place, 3)), prompt=prompt)
            for rival in teams[place + 1 :]:
                a_comparison(prompt, team, rival, f"voter-{voter}", "a" if voter else "both_good")


def a_sheet(
    assignment: Assignment, marks: dict[str, int | None] | None = None, *, findings: str = "", recognised: str = "",
    revision: int = 1, confirmed: bool = True, knew: str = "", guess: str = "",
) -> Sheet:  # fmt: skip
    """A submitted sheet; `findings` answers the whole gate with one word, `recognised` is the vote on the team, `knew` and `guess` whose she thought it was."""
    event = record("sheet submitted")
    sheet = Sheet.objects.create(
        assignment=assignment, revision=revision, event=event, submitted_at=event.at, recognised=knew, guess=guess
    )
    stage = assignment.team.stage
    if marks:
        criteria = dict(Criterion.objects.filter(part__stage=stage).values_list("path", "pk"))
        Mark.objects.bulk_create(
            Mark(sheet=sheet, criterion_id=criteria[path], value=value) for path, value in marks.items()
        )
    if findings:
        scopes = GateScope.objects.filter(component__stage=stage)
        Finding.objects.bulk_create(Finding(sheet=sheet, scope=scope, finding=findings) for scope in scopes)
    if recognised:
        Recognition.objects.create(sheet=sheet, answer=recognised)
    if confirmed:
        event = record("sheet confirmed")
        Confirmation.objects.create(sheet=sheet, event=event, confirmed_at=event.at)
    return sheet


def a_rating(
    team: Team, voter: str, stars: dict[str, int], *, prompt: Prompt | None = None, revision: int = 1
) -> Ballot:
    event = record("ballot cast")
    ballot = Ballot.objects.create(
        stage=team.stage, voter_tag=voter, thing=things.rating(prompt.pk if prompt else None, team.pk), revision=revision, kind=Kind.RATE,
        prompt=prompt, left_team=team, event=event, cast_at=event.at,
    )  # fmt: skip
    questions = dict(Question.objects.filter(stage=team.stage_id).values_list("key", "pk"))
    Star.objects.bulk_create(
        Star(ballot=ballot, question_id=questions[key], rating=rating) for key, rating in stars.items()
    )
    return ballot


def a_comparison(
    prompt: Prompt, left: Team, right: Team, voter: str, choice: str, revision: int = 1, stratum: str = ""
) -> Ballot:
    event = record("ballot cast")
    return Ballot.objects.create(
        stage=left.stage, voter_tag=voter, thing=things.comparison(prompt.pk, left.pk, right.pk), revision=revision, kind=Kind.COMPARE,
        prompt=prompt, left_team=left, right_team=right, choice=choice, stratum=stratum, event=event, cast_at=event.at,
    )  # fmt: skip


def a_decision(team: Team, decision: str = "met", revision: int = 1, kind: str = "gate decided") -> GateDecision:
    event = record(kind)
    return GateDecision.objects.create(
        team=team, decision=decision, reason="위원회 의결", revision=revision, event=event
    )


def a_line_decision(team: Team, decision: str = "in", revision: int = 1, reason: str = "위원회 의결") -> LineDecision:
    """Between the teams that are level on the line in the last count."""
    event = record("line decided", stage=team.stage.slug, data={"decision": decision, "reason": reason})
    among = LineDecision.written(level_teams(team.stage))
    return LineDecision.objects.create(
        team=team, decision=decision, among=among, reason=reason, revision=revision, event=event
    )


def a_job(stage: Stage, **fields: Any) -> CountJob:
    return CountJob.objects.create(stage=stage, **{"requested_by": "officer", "requested_at": timezone.now()} | fields)


def a_seal(run: ScoreRun, salt: bytes = b"sixteen bytes   ") -> Seal:
    return Seal.objects.create(run=run, salt=salt)


def a_publication(run: ScoreRun, reason: str = "", published_at: datetime | None = None) -> Publication:
    event = record("result published", stage=run.stage.slug, data={"result_seal": run.seal.result})
    return Publication.objects.create(run=run, reason=reason, event=event, published_at=published_at or event.at)
