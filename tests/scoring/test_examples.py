"""The three stages under examples/, counted from their files: published numbers come out, the sample is recomputed."""

from fractions import Fraction

import pytest

from evaluations.scoring import count
from tests.factories.scoring import EXAMPLES, an_example
from tests.scoring.recomputed import Recomputed, shown


def result_of(slug):
    return count(*an_example(slug))


# --- January 2026: five teams, all points of one of them


def test_the_published_row_of_stage_1():
    lg = result_of("stage-1").team("lg").to_json()

    assert lg["items"] == {"benchmark.nia": "9.2", "benchmark.common": "14.4", "benchmark.individual": "10.0"}
    assert lg["parts"] == {"benchmark": "33.6", "expert": "31.6", "user": "25.0"}
    assert lg["total"] == "90.2"
    assert {key: lg["unrounded"][key] for key in ("benchmark", "total")} == {
        "benchmark": str(Fraction("33.606")), "total": str(Fraction("90.206")),
    }  # fmt: skip
    assert Fraction("9.2") + Fraction("14.406") + 10 == Fraction("33.606")


def test_the_order_and_the_seats_of_stage_1():
    found = {
        team.team: (team.rank, team.rank_basis, team.gate, team.advances, team.advances_basis, team.advances_because)
        for team in result_of("stage-1").teams
    }

    assert found == {
        "lg": (1, "published", "met", True, "published", "published"),
        "naver-cloud": (None, None, "not_met", False, "counted", "gate_not_met"),
        "upstage": (None, None, "met", True, "published", "published"),
        "skt": (None, None, "met", True, "published", "published"),
        "nc-ai": (5, "published", "met", False, "published", "published"),
    }


def test_what_was_withheld_in_stage_1_stays_absent_with_its_reason():
    absent = result_of("stage-1").to_json()["diagnostics"]["absent"]

    assert "lg" not in absent
    assert {team: sorted(found) for team, found in absent.items()} == {
        "naver-cloud": ["benchmark", "benchmark.common", "benchmark.individual", "benchmark.nia", "expert", "total", "user"],
        "upstage": ["benchmark", "benchmark.common", "benchmark.nia", "expert", "total", "user"],
        "skt": ["benchmark", "benchmark.common", "benchmark.individual", "expert", "total", "user"],
        "nc-ai": ["benchmark", "benchmark.common", "benchmark.individual", "benchmark.nia", "expert", "total", "user"],
    }  # fmt: skip
    assert absent["skt"]["benchmark"] == {"code": "incomplete", "missing": ("common", "individual")}
    assert absent["skt"]["expert"] == {"code": "no_measurement", "missing": ("expert",)}


def test_the_published_means_of_stage_1_are_taken_over_and_agree_with_each_other():
    means = result_of("stage-1").means

    assert {key: (mean.points.shown, mean.basis) for key, mean in means.items()} == {
        "benchmark": ("30.40", "published"), "expert": ("28.56", "published"),
        "user": ("20.76", "published"), "total": ("79.7", "published"),
    }  # fmt: skip
    assert shown(sum(means[key].points.value for key in ("benchmark", "expert", "user")), 1) == "79.7"


def test_no_published_fact_of_stage_1_differs():
    facts = result_of("stage-1").facts

    assert {fact.verdict for fact in facts} == {"match", "not_computable"}
    assert sum(fact.verdict == "match" for fact in facts) == 10


# --- February 2026: two teams, a majority of evaluators; votes were not published


def test_the_extra_selection_knows_the_outcome_and_invents_no_votes():
    result = result_of("extra-selection")

    assert [(team.team, team.advances, team.advances_basis, team.recognition.recognised) for team in result.teams] == [
        ("motif", True, "published", None), ("trillion-labs", False, "published", None),
    ]  # fmt: skip
    assert [team.total.absent.code for team in result.teams] == ["no_points", "no_points"]
    assert [(fact.counted, fact.verdict) for fact in result.facts] == [(None, "not_computable")] * 2


# --- August 2026: the sample, every digit recomputed from the files


@pytest.fixture(scope="module")
def recomputed():
    return Recomputed(EXAMPLES / "stage-2")


def test_every_point_of_stage_2_is_recomputed(recomputed):
    result = result_of("stage-2")

    exact = {team.team: {key: points.value for key, points in team.points().items()} for team in result.teams}
    assert exact == recomputed.points
    assert [len(found) for found in exact.values()] == [23] * 4


def test_every_number_shown_of_stage_2_is_recomputed(recomputed):
    for team in result_of("stage-2").teams:
        assert {key: points.shown for key, points in team.points().items()} == {
            key: shown(value, 1) for key, value in recomputed.points[team.team].items()
        }


def test_which_sheets_of_stage_2_leave(recomputed):
    for team in result_of("stage-2").teams:
        left = {sheet.use: sheet.panelist for sheet in team.part("expert").sheets if sheet.use != "counted"}
        assert [left["lowest"], left["highest"]] == recomputed.dropped[team.team]


def test_ranks_and_means_of_stage_2_are_recomputed(recomputed):
    result = result_of("stage-2")

    assert {team.team: team.rank for team in result.teams} == recomputed.ranks()
    assert {key: mean.points.shown for key, mean in result.means.items()} == {
        key: shown(recomputed.mean(key), 2) for key in ("benchmark", "expert", "user", "total")
    }


def test_the_gate_of_stage_2_waits_for_the_committee():
    result = result_of("stage-2")

    last = max(result.teams, key=lambda team: team.rank)
    assert {team.gate for team in result.teams} == {"pending"}
    assert [(team.advances, team.advances_because) for team in result.teams if team is not last] == [
        (None, "gate_pending")
    ] * 3
    assert (last.advances, last.advances_because) == (False, "no_seat")
