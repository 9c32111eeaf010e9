"""Somebody who only wants to know: by what is judged, and what came out."""

import os

import pytest
from django.conf import settings
from playwright.sync_api import expect

from evaluations.programme.phases import Phase
from evaluations.stagefile.load import load_directory
from tests.factories import accounts
from tests.proceedings.test_story import count, decide, move

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_public_reads_the_criteria_and_the_result(visitor, size):
    officer = accounts.an_officer()
    stage = load_directory(settings.BASE_DIR / "examples" / "stage-1", by=officer.id).stage
    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        stage = move(stage, to, officer)
    count(stage, officer)
    for to in (Phase.COUNTED, Phase.CONFIRMED, Phase.PUBLISHED):
        stage = move(stage, to, officer, "공표합니다.")
    reader = visitor()

    reader.open("/")
    reader.look("home")
    reader.open("/stages/stage-1/")
    reader.look("method")
    reader.open("/results/stage-1/")
    reader.look("result")
    expect(reader.page.get_by_text("90.2").first).to_be_visible()
    expect(reader.page.locator("svg[role=img]").first).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_public_sees_how_firm_the_result_is(visitor, size):
    officer = accounts.an_officer()
    stage = load_directory(settings.BASE_DIR / "examples" / "stage-2", by=officer.id).stage
    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        stage = move(stage, to, officer)
    count(stage, officer)
    stage = move(stage, Phase.COUNTED, officer)
    for team in stage.teams.all():
        decide(team, "met", officer)
    run = count(stage, officer)
    for to in (Phase.CONFIRMED, Phase.PUBLISHED):
        stage = move(stage, to, officer, "공표합니다.")
    reader = visitor()

    reader.open("/results/stage-2/")
    reader.look("estimates")
    expect(reader.page.get_by_role("heading", name="진출선은 얼마나 아슬아슬했나")).to_be_visible()
    assert reader.page.get_by_text("위원 01").count() == 0
    reader.page.get_by_role("button", name="English").click()
    reader.look("estimates-en")
    expect(reader.page.get_by_role("heading", name="How narrow was the line?")).to_be_visible()

    office = visitor()
    office.sign_in(officer)
    office.open(f"/admin/results/scorerun/{run.pk}/change/")
    office.page.screenshot(
        path=f"{os.environ['SCREENSHOTS']}/run-{size}.png", full_page=True
    ) if "SCREENSHOTS" in os.environ else None
    assert office.page.get_by_text("위원 01").count() > 0
