"""The public result, as a page and as a file."""

import pytest

from evaluations.programme.phases import Phase
from evaluations.results import jobs
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
