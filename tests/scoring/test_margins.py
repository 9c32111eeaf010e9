"""Points between a team and the line of the quota."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from evaluations.scoring import Evidence, Rules, count
from evaluations.scoring.margins import margins
from tests.factories.scoring import config, gate, scores, totals
from tests.factories.scoring import given as a_given
from tests.scoring.strategies import counts


def of(evidence, quota=2, part=None, teams=3, **more):
    advance = {"by": "points", "quota": quota, "line_ties": "committee", **more.pop("advance", {})}
    rules = Rules.from_config(config(part or a_given("all", 100), teams=teams, advance=advance, **more))
    return margins(rules, count(rules, evidence))


def test_above_and_below_the_line():
    assert of(totals(ga="90", na="85", da="80")) == {"ga": 10, "na": 5, "da": -5}
    assert of(totals(ga="90", na="85", da="80"), quota=1) == {"ga": 5, "na": -5, "da": -10}


def test_on_the_line_it_is_nothing():
    assert of(totals(ga="90", na="80.004", da="80.004")) == {"ga": Fraction("9.996"), "na": 0, "da": 0}


@pytest.mark.parametrize("quota", [3, 4])
def test_with_seats_for_all_there_is_no_line(quota):
    assert of(totals(ga="90", na="85", da="80"), quota=quota) == {"ga": None, "na": None, "da": None}


def test_a_missing_total_leaves_the_line_unknown():
    assert of(totals(ga="90", na="85")) == {"ga": None, "na": None, "da": None}


@pytest.mark.parametrize(
    ("pass_on", "expected"),
    [(False, {"ga": 10, "na": 5, "da": -5, "ra": -15}), (True, {"ga": 20, "na": None, "da": 10, "ra": -10})],
)
def test_a_team_stopped_by_the_gate_holds_its_place_unless_seats_are_passed_on(pass_on, expected):
    evidence = Evidence(
        totals(ga="90", na="85", da="80", ra="70").measurements, decisions={"na": "not_met", "ga": "met"}
    )

    assert of(evidence, teams=4, gate=gate("model"), advance={"pass_on_seats": pass_on}) == expected


def test_a_team_below_a_floor_holds_its_place_too():
    evidence = Evidence(scores(ga={"all": "90"}, na={"all": "50"}, da={"all": "40"}))

    assert of(evidence, part=a_given("all", 100, floor="60")) == {"ga": 50, "na": 10, "da": -10}


def test_only_recognised_teams_compete():
    evidence = Evidence(
        totals(ga="90", na="85", da="80").measurements,
        recognitions={("p", "ga"): "no", ("p", "na"): "yes", ("p", "da"): "yes"},
    )

    assert of(evidence, quota=1, advance={"by": "majority"}) == {"ga": None, "na": 5, "da": -5}


@given(counts())
@settings(max_examples=60)
def test_the_sign_says_who_has_a_seat(drawn):
    configuration, evidence = drawn
    rules = Rules.from_config(configuration)
    result = count(rules, evidence)

    for team, margin in margins(rules, result).items():
        if margin and result.team(team).advances is not None:
            assert margin > 0 or result.team(team).advances is False
            assert result.team(team).advances_because != "no_seat" or margin < 0
