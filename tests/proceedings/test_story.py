"""One stage from its file to its published result, person by person, through the pages and verbs they use."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from evaluations.panels import actions as panels
from evaluations.panels.conflicts import Post
from evaluations.proceedings import actions, progress
from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase, needs_two
from evaluations.ratings import actions as ratings
from evaluations.ratings.models import Ballot, Paper, Stratum
from evaluations.results import jobs
from evaluations.results.actions import decide_gate
from evaluations.results.models import CountJob, Publication, ScoreRun
from evaluations.results.queries import latest_run
from evaluations.stagefile.load import load_directory
from portal.audit.models import Event
from portal.http import Refusal
from tests.factories import accounts
from tests.factories.proceedings import another_officer

pytestmark = pytest.mark.django_db

EXAMPLES = settings.BASE_DIR / "examples"


def around_now(stage: Stage) -> Stage:
    """The timetable laid around now, while it may still change."""
    now = timezone.now()
    stage.frozen_at, stage.opens_at = now - timedelta(days=9), now - timedelta(days=7)
    stage.closes_at, stage.published_at = now + timedelta(days=7), now + timedelta(days=9)
    stage.save(update_fields=["frozen_at", "opens_at", "closes_at", "published_at"])
    return stage


def move(stage: Stage, to: Phase, officer, reason: str = "") -> Stage:
    """The move; where one officer is not enough, with another who agrees."""
    if not needs_two(stage.current_phase, to):
        return actions.advance_phase(stage=stage, to=to, by=officer, reason=reason)
    reason = reason or "위원회 의결"
    return actions.advance_phase(stage=stage, to=to, by=officer, reason=reason, second=another_officer())


def decide(team, decision: str, officer) -> None:
    decide_gate(team=team, decision=decision, reason="심의 결과", by=officer.id, second=another_officer().id)


def count(stage: Stage, officer) -> ScoreRun:
    job = actions.start_count(stage=stage, by=officer)
    jobs.carry_out(jobs.claim(job.pk))
    return latest_run(stage)


def test_stage_1_from_its_file_to_its_published_result(client):
    officer = accounts.an_officer()
    stage = load_directory(EXAMPLES / "stage-1", by=officer.id).stage
    assert client.get("/stages/stage-1/").status_code == 404

    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        stage = move(stage, to, officer)
    assert client.get("/stages/stage-1/").status_code == 200
    assert "아직 공표되지 않았습니다" in client.get("/results/stage-1/").content.decode()
    run = count(stage, officer)
    for to in (Phase.COUNTED, Phase.CONFIRMED):
        stage = move(stage, to, officer)
        assert "아직 공표되지 않았습니다" in client.get("/results/stage-1/").content.decode()
        assert client.get("/results/stage-1/result.json").status_code == 404
    stage = move(stage, Phase.PUBLISHED, officer, "확정된 결과를 공표합니다.")

    page = client.get("/results/stage-1/")
    told = json.loads(client.get("/results/stage-1/result.json").content)
    lg = told["teams"][0]
    assert page.status_code == 200
    assert (lg["parts"], lg["total"], lg["rank"]) == (
        {"benchmark": "33.6", "expert": "31.6", "user": "25.0"},
        "90.2",
        1,
    )
    assert lg["items"] == {"benchmark.nia": "9.2", "benchmark.common": "14.4", "benchmark.individual": "10.0"}
    assert told["teams"][1]["total"] is None
    assert "미공표" in page.content.decode()
    assert told["means"] == {"benchmark": "30.40", "expert": "28.56", "user": "20.76", "total": "79.7"}
    assert Publication.objects.get().run == run
    moves = Event.objects.filter(kind="phase moved").in_order().values_list("body", flat=True)
    assert [json.loads(body)["data"]["to"] for body in moves] == [
        "frozen",
        "open",
        "closed",
        "counted",
        "confirmed",
        "published",
    ]


@pytest.fixture
def open_stage():
    """Stage 2 with one person on the panel, one citizen and an officer, open."""
    officer, expert, citizen = accounts.an_officer(), accounts.an_expert(), accounts.a_citizen()
    stage = around_now(load_directory(EXAMPLES / "stage-2", by=officer.id).stage)
    (seat,) = panels.create_seats(stage=stage, number=1, by=officer)
    invited = panels.invite(panelist=seat, email=expert.email, name=expert.name, by=officer)
    panels.accept(invitation=invited.invitation, by=expert)
    panels.record_affiliations(panelist=seat, posts=[Post("한국대학교", "철학과")], by=expert)
    stage = move(stage, Phase.FROZEN, officer)
    seat.refresh_from_db()
    seat.stage.refresh_from_db()
    panels.sign_pledge(panelist=seat, by=expert)
    panels.assign(panelist=seat, round=stage.rounds.get(counts=True), by=officer)
    return move(stage, Phase.OPEN, officer), officer, expert, citizen


def test_a_citizen_votes_and_her_vote_is_counted(client, open_stage):
    stage, _officer, _expert, citizen = open_stage
    accounts.sign_in(client, citizen)
    traits = {f"trait-{s.key}": s.categories[0]["key"] for s in Stratum.objects.filter(stage=stage)}

    answer = client.post("/take-part/stage-2/enrol/done/", {**traits, "interest": "no", "consent": "on"})
    assert answer["Location"] == "/take-part/stage-2/papers/1/"
    before = Ballot.objects.count()
    answer = client.post("/take-part/stage-2/papers/1/cast/", {"choice": "a", "recognised": "", "revision": "1"})
    assert answer["Location"] == "/take-part/stage-2/papers/2/"
    again = client.post("/take-part/stage-2/papers/1/cast/", {"choice": "a", "recognised": "", "revision": "1"})

    assert again.status_code == 302
    assert Ballot.objects.count() == before + 1
    other = client.post("/take-part/stage-2/papers/1/cast/", {"choice": "b", "recognised": "", "revision": "1"})
    assert other.status_code == 409
    changed = client.post("/take-part/stage-2/papers/1/cast/", {"choice": "b", "recognised": "", "revision": "2"})
    assert changed.status_code == 302
    assert Ballot.objects.count() == before + 2
    receipt = Ballot.objects.get(paper__isnull=False, revision=2).event.receipt
    assert "기록에 들어 있습니다" in client.get("/take-part/receipt/", {"receipt": receipt}).content.decode()


def test_nothing_is_taken_before_its_time_or_after_it(open_stage):
    stage, officer, _expert, citizen = open_stage
    ratings.enrol(stage=stage, categories={}, by=citizen)
    tag = ratings.issue_papers(stage=stage, by=citizen)

    with pytest.raises(Refusal, match="마감 시각"):
        move(stage, Phase.CLOSED, officer)
    with pytest.raises(Refusal, match="집계는 평가 마감 뒤"):
        actions.start_count(stage=stage, by=officer)
    with pytest.raises(Refusal, match="옮길 수 없습니다"):
        move(stage, Phase.PUBLISHED, officer)
    assert Paper.objects.filter(voter_tag=tag).count() == 12
    assert CountJob.objects.count() == 0


def test_only_an_officer_moves_a_stage(open_stage):
    stage, _officer, expert, _citizen = open_stage

    with pytest.raises(Refusal, match="담당자만"):
        move(stage, Phase.CLOSED, expert)
    with pytest.raises(Refusal, match="담당자만"):
        move(stage, Phase.CLOSED, accounts.an_auditor())


def test_the_committee_decides_and_only_a_fresh_count_is_published():
    officer = accounts.an_officer()
    stage = load_directory(EXAMPLES / "stage-2", by=officer.id).stage
    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        stage = move(stage, to, officer)
    count(stage, officer)
    stage = move(stage, Phase.COUNTED, officer)
    with pytest.raises(Refusal, match="독자성 관문 결정이 없습니다"):
        move(stage, Phase.CONFIRMED, officer)

    for team in stage.teams.all():
        decide(team, "not_met" if team.slug == "skt" else "met", officer)
    with pytest.raises(Refusal):
        move(stage, Phase.CONFIRMED, officer)
    run = count(stage, officer)
    stage = move(stage, Phase.CONFIRMED, officer)
    stage = move(stage, Phase.PUBLISHED, officer)

    told = {team["team"]: team for team in json.loads(run.body)["teams"]}
    assert told["skt"]["gate"] == "not_met"
    assert told["skt"]["advances"] is False
    assert told["skt"]["total"] is not None
    assert [team for team, row in told.items() if row["advances"]] == ["upstage", "motif"]


def test_a_decision_taken_back_twice_is_confirmed_and_published_as_the_committee_saw_it():
    officer = accounts.an_officer()
    stage = load_directory(EXAMPLES / "stage-2", by=officer.id).stage
    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        stage = move(stage, to, officer)
    count(stage, officer)
    stage = move(stage, Phase.COUNTED, officer)
    for team in stage.teams.exclude(slug="skt"):
        decide(team, "met", officer)
    runs = []
    for decision in ("met", "not_met", "met"):
        decide(stage.teams.get(slug="skt"), decision, officer)
        runs.append(count(stage, officer))

    stage = move(stage, Phase.CONFIRMED, officer)
    assert progress.of_stage(stage)["run"] == runs[0] == runs[2]
    stage = move(stage, Phase.PUBLISHED, officer)

    assert Publication.objects.get().run == runs[0]
