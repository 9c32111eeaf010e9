"""The bridge: every row that counts reaches the record, no other does, and the order of rows does not matter."""

import json
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.panels.models import Recusal
from evaluations.programme.phases import Phase
from evaluations.ratings.models import Prompt
from evaluations.results import compute
from evaluations.reviews.models import Void
from evaluations.scoring import METHOD_VERSION, Choices, LineDecision, Measurement, digest
from portal.audit.record import record
from tests.factories import benchmarks, panels, programme, results, rubrics
from tests.factories.programme import in_phase

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return results.a_stage_to_count(evidence=False)


def team(stage, slug="lg"):
    return stage.teams.get(slug=slug)


def test_an_empty_stage_has_no_evidence(stage):
    assert compute.evidence_of(stage).to_json() == {
        "measurements": [], "sheets": [], "voids": [], "findings": [], "recognitions": [], "ratings": [], "comparisons": [], "decisions": [],
    }  # fmt: skip


def test_the_last_revision_of_a_measurement_counts(stage):
    benchmarks.a_measurement(team(stage), "nia", "9.1")
    benchmarks.a_measurement(team(stage), "nia", "92", revision=2, source="정정")
    assert compute.evidence_of(stage).measurements == {("lg", "nia"): Measurement.of("92", "정정")}


def test_the_last_confirmed_sheet_of_the_round_that_counts_is_read(stage):
    document = stage.rounds.get(counts=True)
    assignment = panels.an_assignment(panels.a_panelist(stage, label="위원 07"), team(stage), document)
    results.a_sheet(assignment, {"technology": 3, "strategy": None})
    results.a_sheet(assignment, {"technology": 9, "strategy": None}, revision=2)
    results.a_sheet(assignment, {"technology": 15, "strategy": 8}, revision=3, confirmed=False)
    assert compute.evidence_of(stage).sheets == {("위원 07", "lg"): {"technology": 9, "strategy": None}}


def test_a_round_that_does_not_count_is_not_read():
    stage = programme.a_stage()
    rubrics.a_rubric(stage)
    presentation = programme.a_round(stage, "presentation", counts=False)
    results.a_sheet(
        panels.an_assignment(panels.a_panelist(stage), team(stage), presentation),
        {"technology": 9},
        findings="met",
        recognised="yes",
    )
    evidence = compute.evidence_of(stage)
    assert (evidence.sheets, evidence.findings, evidence.recognitions) == ({}, {}, {})


@pytest.mark.parametrize("leave", [Recusal, Void])
def test_a_recused_or_void_sheet_is_known_and_does_not_count(stage, leave):
    document = stage.rounds.get(counts=True)
    kept, left = (panels.an_assignment(panels.a_panelist(stage), team(stage), document) for _ in range(2))
    for assignment in (kept, left):
        results.a_sheet(assignment, {"technology": 9}, findings="met", recognised="yes")
    leave.objects.create(assignment=left, reason="이해충돌", event=record("left"))
    evidence = compute.evidence_of(stage)
    assert evidence.voids == {("위원 02", "lg")}
    assert evidence.panelists() == ("위원 01",)
    assert list(evidence.sheets_of("lg")) == ["위원 01"]


def test_a_void_sheet_is_told_with_what_it_would_have_changed():
    stage = results.a_stage_to_count(phase=Phase.CLOSED)
    assignment = stage.panelists.get(label="위원 01").assignments.get(team=team(stage))
    Void.objects.create(assignment=assignment, reason="이해충돌", event=record("left"))
    computed = compute.compute(compute.configuration_of(stage), compute.evidence_of(stage))
    told = {step["title"]: step for step in json.loads(computed.explanation)["lg"]}
    assert [step["title"] for step in told["세지 않은 평가표"]["steps"]] == ["위원 01"]
    assert told["세지 않은 평가표"]["steps"][0]["sentence"].startswith("세었다면 전문가 ")
    assert len(told["전문가 (35점 만점)"]["steps"][1]["steps"]) == 4


def test_findings_are_named_by_component_and_item(stage):
    document = stage.rounds.get(counts=True)
    results.a_sheet(panels.an_assignment(panels.a_panelist(stage), team(stage), document), findings="not_met")
    assert compute.evidence_of(stage).findings == {
        ("위원 01", "lg", "model", "weights"): "not_met",
        ("위원 01", "lg", "vision_encoder", "weights"): "not_met",
        ("위원 01", "lg", "model", "control"): "not_met",
        ("위원 01", "lg", "model", "references"): "not_met",
    }


def test_a_sheet_of_findings_only_is_no_sheet_of_marks(stage):
    document = stage.rounds.get(counts=True)
    results.a_sheet(panels.an_assignment(panels.a_panelist(stage), team(stage), document), findings="met")
    assert compute.evidence_of(stage).sheets == {}


def test_ballots_are_folded_and_only_the_last_revision_counts(stage):
    prompt = Prompt.objects.get(stage=stage)
    lg, skt = team(stage), team(stage, "skt")
    results.a_rating(lg, "voter-1", {"helpful": 1, "korean": 5})
    results.a_rating(lg, "voter-1", {"helpful": 4}, revision=2)
    results.a_rating(lg, "voter-2", {"helpful": 4})
    results.a_comparison(prompt, lg, skt, "voter-1", "b")
    results.a_comparison(prompt, lg, skt, "voter-1", "both_bad", revision=2)
    results.a_comparison(prompt, lg, skt, "voter-2", "a")
    results.a_comparison(prompt, skt, lg, "voter-3", "skip")
    evidence = compute.evidence_of(stage)
    assert evidence.ratings == {("lg", "helpful"): (0, 0, 0, 2, 0)}
    assert evidence.comparisons == {("lg", "skt"): Choices(a=1, both_bad=1), ("skt", "lg"): Choices(skip=1)}


def test_the_last_decision_on_the_gate_holds(stage):
    results.a_decision(team(stage), "met")
    results.a_decision(team(stage), "not_met", revision=2)
    assert compute.evidence_of(stage).decisions == {"lg": "not_met"}


def test_the_last_decision_at_the_line_holds_with_its_reason(stage):
    assert "line_decisions" not in compute.evidence_of(stage).to_json()
    results.a_line_decision(team(stage), "in")
    results.a_line_decision(team(stage), "out", revision=2, reason="다시 보았다")
    assert compute.evidence_of(stage).line_decisions == {"lg": LineDecision("out", frozenset(), "다시 보았다")}


def test_other_stages_are_other_evidence(stage):
    other = results.a_stage_to_count(slug="other")
    assert compute.evidence_of(stage).measurements == {}
    assert len(compute.evidence_of(other).sheets) == 5 * 4


@pytest.mark.parametrize("teams", [1, 3])
def test_the_number_of_queries_does_not_grow(teams):
    stage = results.a_stage_to_count(teams=programme.TEAMS[:teams], quota=1)
    with CaptureQueriesContext(connection) as asked:
        compute.evidence_of(stage)
    looks = connection.vendor == "postgresql"  # it is made to look at the ballots first
    assert len(asked) == 12 + looks
    compute.fold_ballots(in_phase(stage, Phase.CLOSED))
    with CaptureQueriesContext(connection) as asked:
        compute.evidence_of(stage)
    assert len(asked) == 11


def test_the_configuration_is_the_last_version_and_checked(stage):
    results.freeze(stage, results.a_configuration_body(stage, tie_break=["user"]), version=2, reason="정정")
    config = compute.configuration_of(stage)
    assert config["tie_break"] == ["user"]
    assert digest(config) == compute.frozen_configuration(stage).digest


def test_before_the_freeze_there_is_no_configuration():
    with pytest.raises(compute.NoRules):
        compute.configuration_of(programme.a_stage())


def test_a_configuration_that_is_not_its_digest_is_refused():
    stage = programme.a_stage()
    programme.a_configuration(stage, body='{"slug": "with a blank, so not canonical"}')
    with pytest.raises(compute.NoRules, match="확정된 설정 1판이 그 지문과 다릅니다"):
        compute.configuration_of(stage)


def test_the_count_is_computed_and_named_by_its_inputs():
    stage = results.a_stage_to_count(phase=Phase.CLOSED)
    config, evidence = compute.configuration_of(stage), compute.evidence_of(stage)
    computed = compute.compute(config, evidence)
    assert computed.key == compute.run_key(digest(config), evidence.digest(), METHOD_VERSION)
    assert [team.rank for team in computed.result.teams] == [1, 2, 3, 4]
    assert compute.compute(config, evidence) == computed


def test_the_order_of_rows_does_not_reach_a_byte():
    """The same judgements written down in another order, by other row ids."""
    bodies = set()
    for seed in range(3):
        stage = results.a_stage_to_count(evidence=False, slug=f"stage-{seed}")
        _write_shuffled(stage, random.Random(seed))
        config = compute.configuration_of(stage) | {"slug": "same"}
        computed = compute.compute(config, compute.evidence_of(stage))
        bodies.add((computed.body, computed.explanation, computed.key))
    assert len(bodies) == 1


def _write_shuffled(stage, chance: random.Random) -> None:
    document = stage.rounds.get(counts=True)
    prompt = Prompt.objects.get(stage=stage)
    teams = list(stage.teams.all())
    seats = [panels.a_panelist(stage) for _ in range(3)]
    acts = [lambda t=t, i=i, s=s: benchmarks.a_measurement(t, i, s) for t in teams for i, s in results.MEASURED.items()]
    acts += [
        lambda p=p, t=t, n=n, k=k: results.a_sheet(
            panels.an_assignment(p, t, document),
            {path: value - (n + k) % 3 for path, value in results.MARKS.items()},
            findings="met",
        )
        for n, p in enumerate(seats)
        for k, t in enumerate(teams)
    ]
    acts += [
        lambda v=v, t=t: results.a_rating(t, f"v{v}", {"helpful": 1 + v, "korean": 4}) for v in range(4) for t in teams
    ]
    acts += [
        lambda v=v, t=t, r=r: results.a_comparison(prompt, t, r, f"v{v}", ("a", "b", "both_good", "skip")[v])
        for v in range(4)
        for t in teams
        for r in teams
        if t.slug < r.slug
    ]
    chance.shuffle(acts)
    for act in acts:
        act()
