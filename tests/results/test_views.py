"""The public result, as a page and as a file."""

import pytest
from django.conf import settings

from evaluations.programme.phases import Phase
from evaluations.results import jobs
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
