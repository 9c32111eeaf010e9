"""Somebody who only wants to know: by what is judged, and what came out."""

import pytest
from django.conf import settings

from evaluations.programme.phases import Phase
from evaluations.stagefile.load import load_directory
from tests.factories import accounts
from tests.proceedings.test_story import count, move

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
    assert reader.page.get_by_text("90.2").first.is_visible()
    assert reader.page.locator("svg[role=img]").count() >= 1
