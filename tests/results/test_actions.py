"""What the office may do with a count, when, and what is on record after it."""

import json
from datetime import UTC, datetime

import pytest

from evaluations.programme.phases import ORDER, Phase
from evaluations.results import actions, queries, tasks
from evaluations.results.models import CountJob, GateDecision, LineDecision, Publication, ScoreRun
from portal.audit.models import Event
from portal.http import Refusal, Stale
from tests.factories import benchmarks, programme, results

pytestmark = pytest.mark.django_db


def counted(phase: Phase = Phase.CONFIRMED, **more):
    stage = results.a_stage_to_count(**more)
    tasks.count(results.a_job(stage).pk)
    return programme.in_phase(stage, phase)


def test_a_count_is_requested_on_record(django_capture_on_commit_callbacks):
    stage = results.a_stage_to_count(evidence=False)
    with django_capture_on_commit_callbacks() as after_commit:
        job = actions.request_count(stage=stage, by="officer-1")
    assert (job.state, job.requested_by, job.attempts) == ("queued", "officer-1", 0)
    assert Event.objects.get(kind="count requested").actor == "officer-1"
    assert [call.args for call in after_commit] == [(job.pk,)]


@pytest.mark.parametrize("phase", [phase for phase in ORDER if phase not in (Phase.CLOSED, Phase.COUNTED)])
def test_a_count_in_another_phase_is_refused(phase):
    stage = results.a_stage_to_count(phase, evidence=False)
    with pytest.raises(Refusal, match="집계는 평가 마감 뒤, 결과 확정 전에만 할 수 있습니다"):
        actions.request_count(stage=stage, by="officer-1")
    assert CountJob.objects.count() == 0


def test_a_second_count_waits_for_the_first():
    stage = results.a_stage_to_count(evidence=False)
    actions.request_count(stage=stage, by="officer-1")
    with pytest.raises(Stale, match="이미 진행 중인 집계가 있습니다"):
        actions.request_count(stage=stage, by="officer-2")


def test_a_decision_on_the_gate_is_a_new_revision_and_makes_the_count_stale():
    stage = counted(Phase.COUNTED)
    run, lg = queries.latest_run(stage), stage.teams.get(slug="lg")
    assert not queries.is_stale(run)
    first = actions.decide_gate(
        team=lg, decision="not_met", reason="가중치를 옮겨 왔다", by="officer-1", second="officer-2"
    )
    second = actions.decide_gate(
        team=lg, decision="met", reason="소명을 들었다", by="officer-1", second="officer-2", source="3차 회의록"
    )
    assert [(d.revision, d.decision, d.source) for d in (first, second)] == [
        (1, "not_met", ""),
        (2, "met", "3차 회의록"),
    ]
    assert GateDecision.objects.effective().get().pk == second.pk
    assert second.event.subject_id == lg.pk
    assert (second.event.reason, json.loads(second.event.body)["data"]["reason"]) == ("", "소명을 들었다")
    assert queries.is_stale(run)
    tasks.count(results.a_job(stage).pk)
    assert not queries.is_stale(queries.latest_run(stage))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"decision": "maybe"}, "충족과 미충족 가운데 하나를 골라 주세요."),
        ({"reason": " \n"}, "결정의 이유를 적어 주세요."),
    ],
)
def test_a_decision_needs_its_words(fields, sentence):
    stage = results.a_stage_to_count(Phase.COUNTED, evidence=False)
    told = {"team": stage.teams.first(), "decision": "met", "reason": "이유", "by": "officer-1"} | fields
    with pytest.raises(Refusal) as refused:
        actions.decide_gate(**told)
    assert str(refused.value) == sentence


def test_a_decision_waits_for_the_phase_in_which_the_committee_sits():
    stage = results.a_stage_to_count(Phase.CLOSED, evidence=False)
    with pytest.raises(Refusal, match="집계·심의 국면에서만"):
        actions.decide_gate(team=stage.teams.first(), decision="met", reason="이유", by="officer-1")


def test_a_stage_without_a_gate_has_nothing_to_decide():
    stage = programme.a_stage(phase=Phase.COUNTED)
    with pytest.raises(Refusal, match="독자성 관문이 없습니다"):
        actions.decide_gate(team=stage.teams.first(), decision="met", reason="이유", by="officer-1")


def decided(stage, team: str, decision: str, **more):
    told = {"reason": "실험이 더 많다", "by": "officer-1", "second": "officer-2"} | more
    return actions.decide_line(team=stage.teams.get(slug=team), decision=decision, **told)


def places(stage) -> list[tuple[str, bool | None, str]]:
    body = json.loads(queries.latest_run(stage).body)
    return [(team["team"], team["advances"], team["advances_because"]) for team in body["teams"]]


def test_the_committee_decides_between_teams_level_on_the_line():
    stage = results.a_stage_on_the_line()
    run = queries.latest_run(stage)
    assert [team for team, advances, _why in places(stage) if advances is None] == ["skt", "upstage"]

    made = decided(stage, "upstage", "in", source="3차 회의록")

    assert (made.revision, made.decision, made.source, made.event.kind) == (1, "in", "3차 회의록", "line decided")
    assert (made.event.subject_id, made.event.reason) == (made.team_id, "")
    assert json.loads(made.event.body)["data"]["reason"] == "실험이 더 많다"
    assert queries.is_stale(run)
    results.count_again(stage)
    assert places(stage) == [
        ("lg", True, "seat"), ("skt", False, "line_full"), ("upstage", True, "line_in"), ("motif", False, "no_seat"),
    ]  # fmt: skip
    assert list(queries.undecided_places(stage)) == []


def test_the_committee_may_correct_its_decision():
    stage = results.a_stage_on_the_line()
    decided(stage, "skt", "in")
    results.count_again(stage)

    decided(stage, "skt", "out", reason="회의록을 잘못 옮겼다")
    decided(stage, "upstage", "in")
    results.count_again(stage)

    assert [(one.team.slug, one.revision, one.decision) for one in LineDecision.objects.effective().order_by("team")] == [
        ("skt", 2, "out"), ("upstage", 1, "in"),
    ]  # fmt: skip
    assert places(stage)[1:3] == [("skt", False, "line_out"), ("upstage", True, "line_in")]


def test_no_more_teams_are_let_in_than_there_are_seats():
    stage = results.a_stage_on_the_line()
    decided(stage, "skt", "in")

    with pytest.raises(Refusal, match="남은 자리보다 많아집니다"):
        decided(stage, "upstage", "in")

    assert LineDecision.objects.count() == 1


@pytest.mark.parametrize("team", ["lg", "motif"])
def test_only_a_team_level_on_the_line_is_decided_on(team):
    stage = results.a_stage_on_the_line()
    with pytest.raises(Refusal, match="마지막 집계에서 경계선에 있는 팀이 아니어서"):
        decided(stage, team, "in")


def test_a_tie_that_is_gone_since_the_count_is_not_decided_on():
    stage = results.a_stage_on_the_line()
    benchmarks.a_measurement(stage.teams.get(slug="skt"), "all", "81", revision=2)
    with pytest.raises(Refusal, match="지금 다시 세면 경계선에 있는 팀들이 달라집니다"):
        decided(stage, "upstage", "out")


def test_a_tie_that_another_team_has_joined_since_is_not_decided_on():
    stage = results.a_stage_on_the_line()
    benchmarks.a_measurement(stage.teams.get(slug="motif"), "all", "80", revision=2)
    with pytest.raises(Refusal, match="먼저 다시 집계해"):
        decided(stage, "upstage", "in")


def test_a_decision_settles_no_tie_the_committee_has_not_seen():
    """skt and upstage were level; then motif has as many points as they have."""
    stage = results.a_stage_on_the_line()
    made = decided(stage, "upstage", "in")
    results.count_again(stage)
    benchmarks.a_measurement(stage.teams.get(slug="motif"), "all", "80", revision=2)
    results.count_again(stage)

    assert (made.among, json.loads(made.event.body)["data"]["among"]) == ("skt upstage", "skt upstage")
    assert places(stage)[1:] == [(team, None, "line_tie") for team in ("skt", "upstage", "motif")]
    assert [team.slug for team, _because, _why in queries.undecided_places(stage)] == ["skt", "upstage", "motif"]

    anew = decided(stage, "upstage", "in", reason="셋을 견주었다")
    results.count_again(stage)

    assert (anew.revision, anew.among) == (2, "motif skt upstage")
    assert [why for _team, _advances, why in places(stage)[1:]] == ["line_full", "line_in", "line_full"]


def test_what_the_committee_has_said_since_the_count_is_not_asked_for():
    stage = results.a_stage_on_the_line()
    decided(stage, "upstage", "out")

    assert [team.slug for team, _because, _why in queries.undecided_places(stage)] == ["skt"]


def test_before_the_count_nobody_is_on_the_line():
    stage = results.a_stage_to_count(Phase.COUNTED, evidence=False)
    with pytest.raises(Refusal, match="경계선에 있는 팀이 아니어서"):
        decided(stage, "lg", "in")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"decision": "met"}, "진출과 진출하지 않음 가운데 하나를 골라 주세요."),
        ({"reason": " \n"}, "결정의 이유를 적어 주세요."),
    ],
)
def test_a_decision_at_the_line_needs_its_words(fields, sentence):
    stage = results.a_stage_on_the_line()
    with pytest.raises(Refusal) as refused:
        decided(stage, "skt", **{"decision": "in"} | fields)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("phase", [phase for phase in ORDER if phase is not Phase.COUNTED])
def test_the_line_is_decided_while_the_committee_sits(phase):
    stage = results.a_stage_on_the_line(phase)
    with pytest.raises(Refusal, match="집계·심의 국면에서만"):
        decided(stage, "skt", "in")


def test_a_decision_on_a_tie_that_a_recount_undid_changes_nothing_and_is_told():
    stage = results.a_stage_on_the_line()
    decided(stage, "upstage", "in")
    benchmarks.a_measurement(stage.teams.get(slug="skt"), "all", "81", revision=2)
    run = results.count_again(stage)

    assert places(stage)[1:3] == [("skt", True, "seat"), ("upstage", False, "no_seat")]
    flags = json.loads(run.body)["diagnostics"]["flags"]
    assert [(flag["code"], flag["team"]) for flag in flags] == [("line_decision_set_aside", "upstage")]


def test_the_current_run_is_published_on_record():
    stage = counted()
    run = queries.latest_run(stage)
    publication = actions.publish(run=run, by="officer-1", second="officer-2", reason="위원회 의결")
    assert queries.latest_publication(stage).run == run
    assert (publication.reason, publication.event.actor, publication.event.kind) == (
        "위원회 의결", "officer-1", "result published",
    )  # fmt: skip


@pytest.mark.parametrize("phase", [phase for phase in ORDER if phase is not Phase.CONFIRMED])
def test_nothing_is_published_before_it_is_confirmed(phase):
    stage = counted(phase)
    with pytest.raises(Refusal, match="결과는 확정된 뒤에만 공표할 수 있습니다"):
        actions.publish(run=queries.latest_run(stage), by="officer-1", second="officer-2")


def test_a_run_of_other_evidence_cannot_be_published():
    stage = counted()
    results.a_decision(stage.teams.first())
    with pytest.raises(Refusal, match="근거 자료나 결정이 바뀌었습니다"):
        actions.publish(run=queries.latest_run(stage), by="officer-1", second="officer-2")
    assert Publication.objects.count() == 0


def test_a_run_of_other_rules_cannot_be_published():
    stage = counted()
    results.freeze(stage, results.a_configuration_body(stage, tie_break=[]), version=2, reason="정정")
    with pytest.raises(Refusal, match="근거 자료나 결정이 바뀌었습니다"):
        actions.publish(run=queries.latest_run(stage), by="officer-1", second="officer-2")


def test_an_older_run_is_not_the_one_that_holds():
    stage = counted(Phase.COUNTED)
    older = queries.latest_run(stage)
    results.a_decision(stage.teams.first())
    tasks.count(results.a_job(stage).pk)
    programme.in_phase(stage, Phase.CONFIRMED)
    with pytest.raises(Refusal):
        actions.publish(run=older, by="officer-1", second="officer-2")
    actions.publish(run=queries.latest_run(stage), by="officer-1", second="officer-2")
    assert ScoreRun.objects.count() == 2


def test_the_run_of_the_last_count_holds_even_where_it_was_counted_before():
    """Back at an earlier decision the same inputs give the same row, which is older than the one in between."""
    stage = counted(Phase.COUNTED)
    lg = stage.teams.get(slug="lg")
    runs = []
    for revision, decision in enumerate(("met", "not_met", "met"), start=1):
        results.a_decision(lg, decision, revision=revision)
        assert list(queries.missing_count(stage)) == [
            "마지막 집계 뒤에 기준, 근거 자료나 결정이 바뀌었습니다. 다시 집계해 주세요."
        ]
        tasks.count(results.a_job(stage).pk)
        runs.append(queries.latest_run(stage))
        assert list(queries.missing_count(stage)) == []

    first, between, last = runs
    assert (first, ScoreRun.objects.count()) == (last, 3)
    assert first != between
    assert [queries.run_before(run) for run in (first, between)] == [between, first]
    programme.in_phase(stage, Phase.CONFIRMED)
    assert actions.publish(run=queries.latest_run(stage), by="officer-1", second="officer-2").run == first


def test_a_run_that_fits_again_must_be_counted_again_before_it_holds():
    """What the committee saw last is another run; nothing is confirmed or published behind its back."""
    stage = counted(Phase.COUNTED)
    lg = stage.teams.get(slug="lg")
    for revision, decision in enumerate(("met", "not_met"), start=1):
        results.a_decision(lg, decision, revision=revision)
        tasks.count(results.a_job(stage).pk)
    results.a_decision(lg, "met", revision=3)

    assert list(queries.missing_count(stage)) == [
        "마지막 집계 뒤에 기준, 근거 자료나 결정이 바뀌었습니다. 다시 집계해 주세요."
    ]
    programme.in_phase(stage, Phase.CONFIRMED)
    with pytest.raises(Refusal, match="근거 자료나 결정이 바뀌었습니다"):
        actions.publish(run=queries.latest_run(stage), by="officer-1", second="officer-2")


def test_while_a_count_fails_the_one_before_it_holds():
    stage = counted(Phase.COUNTED)
    run = queries.latest_run(stage)
    results.a_job(stage, state="failed", error="까닭")
    results.a_job(stage)
    assert queries.latest_run(stage) == run


def test_without_a_count_there_is_nothing_to_publish():
    with pytest.raises(Refusal, match="공표할 집계 결과가 없습니다"):
        actions.publish(run=None, by="officer-1", second="officer-2")


def test_while_a_count_runs_nothing_is_published():
    stage = counted()
    results.a_job(stage)
    with pytest.raises(Refusal, match="집계가 아직 끝나지 않았습니다"):
        actions.publish(run=queries.latest_run(stage), by="officer-1", second="officer-2")


def test_what_is_missing_before_a_decision_can_be_made():
    stage = results.a_stage_to_count()
    assert list(queries.missing_count(stage)) == ["집계 결과가 없습니다. 먼저 집계를 시작해 주세요."]
    job = results.a_job(stage)
    assert list(queries.missing_count(stage)) == ["집계가 아직 끝나지 않았습니다."]
    tasks.count(job.pk)
    assert list(queries.missing_count(stage)) == []
    assert list(queries.undecided(stage)) == list(stage.teams.all())
    for team in stage.teams.all():
        results.a_decision(team)
    assert list(queries.missing_count(stage)) == [
        "마지막 집계 뒤에 기준, 근거 자료나 결정이 바뀌었습니다. 다시 집계해 주세요."
    ]
    tasks.count(results.a_job(stage).pk)
    assert list(queries.missing_count(stage)) == list(queries.undecided(stage)) == []


def test_a_failed_count_says_why():
    stage = results.a_stage_to_count(evidence=False)
    results.a_job(stage, state="failed", error="까닭")
    assert list(queries.missing_count(stage)) == ["마지막 집계가 실패했습니다. 까닭"]


@pytest.mark.parametrize(
    ("published", "deadline"),
    [
        ("2026-08-28T01:00", "2026-09-07T15:00"),
        ("2026-08-27T15:00", "2026-09-07T15:00"),
        ("2026-08-27T14:59", "2026-09-06T15:00"),
    ],
)
def test_ten_days_end_at_midnight_in_korea(published, deadline):
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (published, deadline)]
    assert queries.deadline_after(moments[0], 10) == moments[1]


def test_before_publication_there_is_no_deadline():
    assert queries.objection_deadline(programme.a_stage()) is None


def test_a_stage_whose_policy_names_nothing_is_published_without_a_number(client):
    stage = counted(Phase.PUBLISHED, release={"teams": "all", "minimum_n": 5})
    run = queries.latest_run(stage)
    results.a_publication(run)

    page, told = client.get("/results/stage-2/"), client.get("/results/stage-2/result.json").json()

    assert page.status_code == 200
    assert told["teams"] == [{"team": team} for team in ("lg", "skt", "upstage", "motif")]
    assert "means" not in told
