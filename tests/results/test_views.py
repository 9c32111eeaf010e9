"""The public result, as a page and as a file."""

import pytest
from django.conf import settings

from evaluations.programme.phases import Phase
from evaluations.results import jobs, queries
from portal.audit.record import record
from tests.factories import accounts, programme, results

pytestmark = pytest.mark.django_db


def test_rules_frozen_twice_without_a_change_are_still_the_rules(client):
    stage = results.a_stage_to_count(slug="stage-2")
    rules = stage.configurations.get()
    programme.a_configuration(stage, version=2, reason="되돌렸다가 그대로 다시 확정", body=rules.body)
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    programme.in_phase(stage, Phase.PUBLISHED)

    statuses = [client.get(f"/results/stage-2/{file}").status_code for file in ("", "result.json")]

    assert statuses == [200, 200]


@pytest.mark.parametrize(
    ("phase", "known"), [(Phase.PREPARING, False), (Phase.FROZEN, True), (Phase.OPEN, True), (Phase.CONFIRMED, True)]
)
def test_a_team_is_told_when_its_result_will_be_there(client, phase, known):
    """The menu leads there in every phase; before the rules are frozen not even the stage is named."""
    stage = programme.a_stage(name_ko="이름 있는 단계", name_en="A stage with a name")
    accounts.sign_in(client, accounts.a_team_contact(stage.teams.first()))
    programme.in_phase(stage, phase)

    page = client.get("/results/own/")
    client.cookies["language"] = "en"
    english = client.get("/results/own/").content.decode()

    assert (page.status_code, page.templates[0].name) == (200, "results/own_later.html")
    words = page.content.decode()
    assert "공표한 뒤에 이곳에서 볼 수 있습니다." in words
    assert ("이름 있는 단계" in words, "2026-08-28" in words) == (known, known)
    assert "once it has been published" in english
    assert ("A stage with a name" in english) is known


def test_after_the_publication_the_menu_leads_to_the_result(client):
    stage = programme.a_stage()
    accounts.sign_in(client, accounts.a_team_contact(stage.teams.first()))
    programme.in_phase(stage, Phase.PUBLISHED)

    assert client.get("/results/own/")["Location"] == f"/results/own/{stage.slug}/"


def withdrawn(stage, reason: str) -> None:
    programme.in_phase(stage, Phase.COUNTED)
    record("phase moved", stage=stage.slug, reason=reason, data={"from": "published", "to": "counted"})


def published(stage, reason: str):
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)), reason)
    return programme.in_phase(stage, Phase.PUBLISHED)


@pytest.mark.parametrize("phase", [Phase.FROZEN, Phase.OPEN, Phase.CLOSED, Phase.COUNTED, Phase.CONFIRMED])
def test_a_stage_everybody_knows_says_that_it_is_not_published_and_when_it_is_due(client, phase):
    programme.a_stage(phase=phase)

    korean = client.get("/results/stage-2/")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = client.get("/results/stage-2/")

    assert (korean.status_code, english.status_code) == (200, 200)
    assert "아직 공표되지 않았습니다." in korean.content.decode()
    assert "2026-08-28 10:00" in korean.content.decode()
    assert "Not published yet." in english.content.decode()
    assert client.get("/results/stage-2/result.json").status_code == 404


def test_what_nobody_knows_stays_unknown(client):
    programme.a_stage()

    unknown, preparing = client.get("/results/nothing/"), client.get("/results/stage-2/")

    assert (unknown.status_code, preparing.status_code) == (404, 404)


def test_a_withdrawn_result_says_so_with_the_reason_and_goes_on_saying_it(client):
    stage = published(results.a_stage_to_count(slug="stage-2"), "첫 공표")
    told = client.get("/results/stage-2/").content.decode()
    assert "공표를 거둠" not in told

    withdrawn(stage, "측정값의 오류")
    meanwhile = client.get("/results/stage-2/").content.decode()
    results.a_decision(stage.teams.first())
    published(stage, "고친 공표")
    after = client.get("/results/stage-2/").content.decode()

    assert "공표를 거두고 다시 심의하고 있습니다." in meanwhile
    assert all(word in meanwhile for word in ("첫 공표", "측정값의 오류"))
    assert "아직 공표되지 않았습니다." not in meanwhile
    assert "<table" not in meanwhile
    assert [word in after for word in ("고친 공표", "첫 공표", "측정값의 오류", "대체됨")] == [True] * 4
    assert after.count("공표를 거둠") == 1
    assert after.index("고친 공표") < after.index("첫 공표") < after.index("측정값의 오류")


def test_every_public_stage_of_the_list_leads_to_its_result(client):
    programme.a_stage(phase=Phase.OPEN)

    assert 'href="/results/stage-2/"' in client.get("/results/").content.decode()


def published_with_a_tie(*levels: str, teams: str = "all", **fields):
    """skt and upstage were level for one seat; the committee chose upstage, and said why. `levels` besides who advances are told."""
    policy = {"public": ["advances", *levels], "own": ["advances", *levels], "teams": teams, "minimum_n": 1}
    stage = results.a_stage_on_the_line(slug="stage-2", release=policy, **fields)
    results.a_line_decision(stage.teams.get(slug="upstage"), "in", reason="실험이 더 많다.\n3차 회의")
    run = results.count_again(stage)
    results.a_publication(run)
    return programme.in_phase(stage, Phase.PUBLISHED)


TOLD = ("경계선에서 점수가 같아 위원회가 정했습니다. 이 팀은 진출합니다.", "다른 팀이 남은 자리를 모두 얻었습니다.")


@pytest.mark.parametrize(("levels", "reason"), [((), False), (("line_reason",), True)])
def test_it_is_told_why_a_team_on_the_line_advances_and_the_reason_where_the_policy_says_so(client, levels, reason):
    published_with_a_tie(*levels)

    page = client.get("/results/stage-2/").content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = client.get("/results/stage-2/").content.decode()
    told = {team["team"]: team for team in client.get("/results/stage-2/result.json").json()["teams"]}

    assert all(sentence in page for sentence in TOLD)
    assert "Points were equal at the line, so the committee decided. This team advances." in english
    assert ["실험이 더 많다.<br>3차 회의" in text for text in (page, english)] == [reason] * 2
    assert ('lang="ko">실험이 더 많다.' in english) is reason
    assert {team: one["advances_because"] for team, one in told.items()} == {
        "lg": "seat", "skt": "line_full", "upstage": "line_in", "motif": "no_seat",
    }  # fmt: skip
    assert told["upstage"].get("line_reason") == ("실험이 더 많다.\n3차 회의" if reason else None)


def test_of_teams_that_are_not_told_of_nothing_is_told_of_the_line(client):
    published_with_a_tie("line_reason", teams="advancing")

    page = client.get("/results/stage-2/").content.decode()

    assert [sentence in page for sentence in TOLD] == [True, False]
    assert "에스케이팀" not in page


def test_where_it_is_not_told_who_advances_no_reason_is(client):
    policy = {"public": ["total", "line_reason"], "own": ["total", "line_reason"], "teams": "all", "minimum_n": 1}
    stage = results.a_stage_on_the_line(slug="stage-2", release=policy)
    results.a_line_decision(stage.teams.get(slug="upstage"), reason="실험이 더 많다.")
    results.a_publication(results.count_again(stage))
    programme.in_phase(stage, Phase.PUBLISHED)
    accounts.sign_in(client, accounts.a_team_contact(stage.teams.get(slug="upstage")))

    pages = [
        client.get(path).content.decode()
        for path in ("/results/stage-2/", "/results/own/stage-2/", "/results/stage-2/result.json")
    ]

    assert ["80.0" in page for page in pages] == [True] * 3
    assert not any(word in page for page in pages for word in (TOLD[0], "실험이 더 많다."))


@pytest.mark.parametrize(("levels", "reason"), [((), False), (("line_reason",), True)])
def test_a_team_reads_why_it_was_let_in_and_another_why_not(client, levels, reason):
    stage = published_with_a_tie(*levels)

    def own(team: str) -> str:
        accounts.sign_in(client, accounts.a_team_contact(stage.teams.get(slug=team), f"{team}@example.kr"))
        return client.get("/results/own/stage-2/").content.decode()

    chosen, other = own("upstage"), own("skt")

    assert "경계선에서 점수가 같아 위원회가 정했습니다: 이 팀은 진출합니다. 4팀 가운데 2팀까지 진출합니다." in chosen
    assert "경계선에서 점수가 같아 위원회가 정했습니다: 다른 팀이 남은 자리를 모두 얻었습니다." in other
    assert ("실험이 더 많다." in chosen, "실험이 더 많다." in other) == (reason, False)


def test_rules_that_decide_the_tie_are_told_as_well(client):
    policy = {"public": ["advances"], "own": ["advances"], "teams": "all", "minimum_n": 1}
    stage = results.a_stage_on_the_line(slug="stage-2", release=policy, line_ties="none")
    results.a_publication(queries.latest_run(stage))
    programme.in_phase(stage, Phase.PUBLISHED)

    page = client.get("/results/stage-2/").content.decode()

    assert page.count("미리 정한 대로 아무도 진출하지 않습니다.") == 2
