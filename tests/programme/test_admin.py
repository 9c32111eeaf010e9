"""The stage in the office, once its rules stand."""

import pytest
from django.urls import reverse

from evaluations.programme.phases import Phase
from tests.factories import accounts, programme

pytestmark = pytest.mark.django_db


def test_a_frozen_stage_says_in_words_what_will_be_told(client):
    stage = programme.a_stage(release={"public": ["total", "rank"], "own": [], "teams": "all", "minimum_n": 5})
    programme.in_phase(stage, Phase.FROZEN)
    accounts.sign_in(client, accounts.an_officer())

    page = client.get(reverse("admin:programme_stage_change", args=[stage.pk]))

    told = {
        field.field["name"]: field.contents()
        for fieldset in page.context["adminform"]
        for line in fieldset
        for field in line
        if field.field["name"] in ("release_public", "release_own")
    }
    assert told == {"release_public": "총점, 순위", "release_own": "없음"}
