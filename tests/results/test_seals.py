"""What the public is shown of a run binds the office to it and tells no vote, however few there are to try."""

import hashlib
import json
from collections.abc import Iterator
from itertools import product

import pytest

from evaluations.programme.phases import Phase
from evaluations.results import compute, jobs, queries
from evaluations.results.models import ScoreRun
from evaluations.scoring import Evidence, canonical_bytes, sealed
from portal.audit.models import Event
from tests.factories import accounts, panels, programme, results

pytestmark = pytest.mark.django_db

VOTES = ("yes", "no", "abstain")
SEATS = ("위원 01", "위원 02", "위원 03")
CAST = {
    ("위원 01", "ga"): "yes", ("위원 01", "na"): "no", ("위원 02", "ga"): "abstain", ("위원 02", "na"): "no",
    ("위원 03", "ga"): "yes", ("위원 03", "na"): "yes",
}  # fmt: skip


@pytest.fixture
def run() -> ScoreRun:
    """Three experts recognise two teams or not; only who goes on is public, and what was estimated."""
    stage = programme.a_stage("majority", teams=(("ga", "가팀"), ("na", "나팀")), quota=2)
    programme.a_round(stage, counts=True)
    config = results.a_configuration_body(stage) | {
        "advance": {"by": "majority", "quota": 2, "line_ties": "committee"}, "tie_break": [],
        "release": {"public": ["advances", "estimates"], "own": ["advances"], "teams": "all", "minimum_n": 1},
    }  # fmt: skip
    for absent in ("parts", "gate", "users"):
        del config[absent]
    results.freeze(stage, config)
    seats = {label: panels.a_panelist(stage, label=label) for label in SEATS}
    for (label, slug), vote in CAST.items():
        given = panels.an_assignment(seats[label], stage.teams.get(slug=slug), stage.rounds.get())
        results.a_sheet(given, recognised=vote)
    programme.in_phase(stage, Phase.CLOSED)
    run = jobs.carry_out(jobs.claim(results.a_job(stage).pk))
    results.a_publication(run)
    programme.in_phase(stage, Phase.PUBLISHED)
    return run


def shown_to(client, run: ScoreRun) -> str:
    """All that the public is shown of the run, or a team of its own."""
    paths = [f"/results/{run.stage.slug}/", f"/results/{run.stage.slug}/result.json"]
    page = "".join(client.get(path).content.decode() for path in paths)
    accounts.sign_in(client, accounts.a_team_contact(run.stage.teams.get(slug="ga")))
    return page + client.get(f"/results/own/{run.stage.slug}/").content.decode()


def tried(run: ScoreRun) -> Iterator[tuple[dict, compute.Computed]]:
    """Every way in which the seats could have voted, counted."""
    config = json.loads(run.stage.configurations.get().body)
    for votes in product(VOTES, repeat=len(CAST)):
        cast = dict(zip(CAST, votes, strict=True))
        yield cast, compute.compute(config, Evidence(recognitions=cast))


def seed_of(config_digest: str, digest: str) -> str:
    return str(int(hashlib.sha256(f"{config_digest}|{digest}".encode()).hexdigest()[:8], 16))


def test_trying_all_votes_against_the_public_pages_finds_none(client, run):
    page = shown_to(client, run)

    found = [
        cast
        for cast, counted in tried(run)
        for plain in (counted.result.input_digest, counted.digest, counted.key)
        if plain[:8] in page or seed_of(run.config_digest, plain) in page
    ]

    assert found == []


def test_with_the_salt_the_votes_are_found_and_no_others(client, run):
    page, salt = shown_to(client, run), bytes.fromhex(run.seal.opening)

    by_input = [cast for cast, counted in tried(run) if sealed(salt, "input", counted.result.input_digest) in page]
    by_result = [cast for cast, counted in tried(run) if sealed(salt, "result", counted.digest) in page]

    assert (by_input, by_result) == ([CAST], [CAST])


def test_the_salt_is_nowhere_in_public(client, run):
    assert run.seal.opening not in shown_to(client, run)
    assert run.seal.opening not in "".join(Event.objects.values_list("body", flat=True))


def test_no_event_keeps_a_digest_that_can_be_tried(run):
    bodies = "".join(Event.objects.values_list("body", flat=True))

    assert [plain for plain in (run.input_digest, run.digest, run.key) if plain in bodies] == []
    assert run.seal.inputs in bodies
    assert run.seal.result in bodies


def test_counting_again_finds_the_run_and_its_seal(run):
    programme.in_phase(run.stage, Phase.CLOSED)

    again = jobs.carry_out(jobs.claim(results.a_job(run.stage).pk))

    assert (again, again.seal.inputs, queries.latest_run(run.stage)) == (run, run.seal.inputs, run)


def test_the_seal_is_the_hash_that_the_documents_say(run):
    salt = bytes.fromhex(run.seal.opening)
    plain = hashlib.sha256(canonical_bytes(Evidence(recognitions=CAST).to_json())).hexdigest()

    assert run.seal.inputs == hashlib.sha256(b"input\x00" + salt + plain.encode()).hexdigest()
    assert run.seal.result == hashlib.sha256(b"result\x00" + salt + run.digest.encode()).hexdigest()


def test_two_runs_have_two_salts():
    stages = [results.a_stage_to_count(slug=slug, evidence=False) for slug in ("one", "two")]
    runs = [jobs.carry_out(jobs.claim(results.a_job(stage).pk)) for stage in stages]

    assert len({run.seal.opening for run in runs}) == 2
