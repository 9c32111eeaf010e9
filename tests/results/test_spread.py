"""How severe each expert is stays in the office; the public is told how far the panel is apart."""

import json
import re
from statistics import pstdev

import pytest

from evaluations.programme.phases import Phase
from evaluations.results import jobs
from tests.factories import accounts, programme, results

pytestmark = pytest.mark.django_db

SHOWN = ["total", "rank", "estimates"]
POLICY = {"public": SHOWN, "own": SHOWN, "teams": "all", "minimum_n": 1}


def published(experts: int):
    stage = results.a_stage_to_count(evidence=False, config={"release": POLICY})
    results.complete_evidence(stage, panelists=experts)
    programme.in_phase(stage, Phase.CLOSED)
    run = jobs.carry_out(jobs.claim(results.a_job(stage).pk))
    results.a_publication(run)
    programme.in_phase(stage, Phase.PUBLISHED)
    return run


def effects_of(run) -> list[str]:
    told = json.loads(run.estimates.get().body)["sections"]["severity.expert"]["panelists"]
    return [one["effect"] for one in told]


def severity_in(page: str) -> str:
    """The text of the block about severity; empty where there is none."""
    found = re.search(r'id="severity-expert-heading".*?</div>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[0]) if found else ""


def test_the_public_reads_the_spread_and_nobody_s_own_value(client):
    run = published(experts=5)
    effects = effects_of(run)

    block = severity_in(client.get(f"/results/{run.stage.slug}/").content.decode())

    assert re.findall(r"-?\d+\.\d+", block) == [f"{pstdev(map(float, effects)):.1f}"]
    assert "위원 0" not in block


def test_of_fewer_than_five_experts_not_even_the_spread_is_told(client):
    run = published(experts=4)

    assert severity_in(client.get(f"/results/{run.stage.slug}/").content.decode()) == ""


def test_the_office_reads_seat_by_seat(client):
    run = published(experts=5)
    accounts.sign_in(client, accounts.an_officer())

    block = severity_in(client.get(f"/admin/results/scorerun/{run.pk}/change/").content.decode())

    assert "위원 05" in block
