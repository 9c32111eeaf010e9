"""The public result, as a page and as a file."""

import pytest

from evaluations.programme.phases import Phase
from evaluations.results import jobs
from tests.factories import programme, results

pytestmark = pytest.mark.django_db


def test_rules_frozen_twice_without_a_change_are_still_the_rules(client):
    stage = results.a_stage_to_count(slug="stage-2")
    rules = stage.configurations.get()
    programme.a_configuration(stage, version=2, reason="되돌렸다가 그대로 다시 확정", body=rules.body)
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    programme.in_phase(stage, Phase.PUBLISHED)

    statuses = [client.get(f"/results/stage-2/{file}").status_code for file in ("", "result.json")]

    assert statuses == [200, 200]
