"""The office reads a run with the steps behind it, and what concerns all teams first."""

import pytest
from django.urls import reverse

from evaluations.programme.phases import Phase
from evaluations.results import jobs
from evaluations.results.models import ScoreRun
from evaluations.results.pictures import blocks
from tests.factories import accounts, programme, results

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    stage = results.a_stage_to_count(phase=Phase.CLOSED)
    found = jobs.carry_out(jobs.claim(results.a_job(stage).pk))
    programme.in_phase(stage, Phase.COUNTED)
    return found


def test_what_concerns_all_teams_stands_before_each_teams_own(client, run):
    accounts.sign_in(client, accounts.an_officer())

    page = client.get(reverse("admin:results_scorerun_change", args=[run.pk])).content.decode()

    summaries = ["<summary>모든 팀</summary>", "<summary>엘지팀</summary>", "<summary>모티프팀</summary>"]
    places = [page.index(summary) for summary in summaries]
    assert places == sorted(places)
    assert "함께 평가한 4팀의 평점 16개가 모두 같습니다." in page


def test_a_run_counted_before_there_were_such_steps_still_opens(client, run):
    """`explanation` of an older method holds teams only."""
    older = ScoreRun(**{field.attname: getattr(run, field.attname) for field in ScoreRun._meta.fields})
    older.pk, older.key, older.method_version, older.explanation = None, "0" * 64, "1", "{}"
    older.event = results.record("score counted")
    older.save(force_insert=True)
    results.a_seal(older)
    accounts.sign_in(client, accounts.an_officer())

    page = client.get(reverse("admin:results_scorerun_change", args=[older.pk])).content.decode()

    assert "<summary>모든 팀</summary>" not in page
    assert page.count("풀이가 없습니다.") == 4


def test_where_nobody_wrote_a_sheet_nobody_is_left_out():
    estimates = {"sections": {"leave_one_out": {"panelists": 0, "changes": []}}}

    shown = blocks(estimates, {"teams": []}, office=True)

    (without,) = [block for block in shown if block.key == "without"]
    assert without.sentences == ("평가위원의 평가표가 없어, 한 사람씩 빼고 다시 셀 것이 없습니다.",)


@pytest.mark.parametrize(("minimum_n", "told"), [(3, True), (4, False)])
def test_a_team_reads_what_its_rank_hangs_on_where_enough_sheets_count(client, minimum_n, told):
    """Three of five sheets count; with fewer than the least number one answer could be read off."""
    own = ["total", "parts", "items", "criteria", "rank", "gate", "advances"]
    policy = {"public": ["total"], "teams": "all", "own": own, "minimum_n": minimum_n}
    stage = results.a_stage_to_count(phase=Phase.CLOSED, config={"release": policy})
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    programme.in_phase(stage, Phase.PUBLISHED)
    accounts.sign_in(client, accounts.a_team_contact(stage.teams.get(slug="lg")))

    page = client.get(reverse("results:own_stage", args=[stage.slug])).content.decode()

    assert ("하나가 없었다면" in page) is told
    assert "위원 01" not in page
