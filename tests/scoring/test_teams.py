"""A team's line: floors, gate, vote, rank and seat."""

from fractions import Fraction

import pytest

from evaluations.scoring import Evidence
from evaluations.scoring.tables import Below
from tests.factories.scoring import config, counted, experts, gate, given, named, scores, totals


def lines(configuration, evidence):
    return {team.team: team for team in counted(configuration, evidence).teams}


@pytest.mark.parametrize(
    ("points", "below"),
    [("60", ()), ("60.01", ()), ("59.99999", (Below("all", Fraction(60), Fraction("59.99999")),))],
)
def test_a_floor_is_compared_unrounded_and_on_the_line_passes(points, below):
    """59.99999 is shown as 60.0 and does not reach 60."""
    line = lines(config(given("all", 100, floor="60")), totals(ga=points, na="70"))["ga"]

    assert (line.below, line.eligible) == (below, not below)
    assert (line.total.shown, line.advances) == ("60.0", not below)


def test_a_criterion_may_have_a_floor_of_its_own():
    """Own work: (1 + 3)/2 is exactly the floor of 2, (1 + 2)/2 is below it, whatever the sum."""
    part = experts(named("tech", points=6), named("own", points=4, floor="2"))
    sheets = {("p0", "ga"): {"tech": 0, "own": 1}, ("p1", "ga"): {"tech": 0, "own": 3}}
    sheets |= {("p0", "na"): {"tech": 6, "own": 1}, ("p1", "na"): {"tech": 6, "own": 2}}

    found = lines(config(part), Evidence(sheets=sheets))

    assert (found["ga"].eligible, found["ga"].advances) == (True, True)
    assert found["na"].below == (Below("expert.own", Fraction(2), Fraction(3, 2)),)
    assert (found["na"].rank, found["na"].advances, found["na"].advances_because) == (1, False, "below_floor")


def test_a_floor_missed_decides_even_if_another_number_is_missing():
    stage = config(given("a", 10, floor="5"), given("b", 10, floor="5"))

    found = lines(stage, Evidence(scores(ga={"a": "4"}, na={"a": "6"})))

    assert (found["ga"].eligible, found["ga"].advances_because) == (False, "below_floor")
    assert (found["na"].eligible, found["na"].advances, found["na"].advances_because) == (None, None, "floor_open")


def test_ranks_come_from_unrounded_totals():
    found = lines(config(given("all", 100), teams=3), totals(ga="80.04", na="79.96", da="80.04"))

    assert [line.total.shown for line in found.values()] == ["80.0", "80.0", "80.0"]
    assert [line.rank for line in found.values()] == [1, 3, 1]


def test_equal_totals_are_set_apart_by_the_stages_chain():
    stage = config(given("a", 50), given("b", 50), tie_break=["b"])

    found = lines(stage, Evidence(scores(ga={"a": "40", "b": "30"}, na={"a": "30", "b": "40"})))

    assert (found["ga"].rank, found["na"].rank) == (2, 1)


def test_one_missing_total_leaves_all_ranks_open():
    found = lines(config(given("all", 100), teams=3), totals(ga="80", na="70"))

    assert [(line.rank, line.rank_basis) for line in found.values()] == [(None, None)] * 3


def test_the_gate_does_not_touch_points_or_rank():
    stage = config(given("all", 100), gate=gate("model"), advance={"by": "points", "quota": 1, "line_ties": "all"})
    evidence = Evidence(totals(ga="90", na="80").measurements, decisions={"ga": "not_met", "na": "met"})

    found = lines(stage, evidence)

    assert (found["ga"].total.shown, found["ga"].rank, found["ga"].gate) == ("90.0", 1, "not_met")
    assert (found["ga"].advances, found["na"].advances, found["na"].advances_because) == (False, False, "no_seat")


def test_findings_and_votes_of_a_void_sheet_leave_with_it():
    stage = config(gate=gate("model", decided_by="majority"), advance={"by": "majority", "quota": 2})
    evidence = Evidence(
        findings={(p, "ga", "model", "weights"): said for p, said in (("p1", "met"), ("p2", "not_met"), ("p3", "not_met"))},
        recognitions={("p1", "ga"): "yes", ("p2", "ga"): "no", ("p3", "ga"): "no"},
    )  # fmt: skip

    whole, without = lines(stage, evidence)["ga"], lines(stage, evidence.with_void("p3").with_void("p2", "ga"))["ga"]

    assert (whole.gate, whole.recognition.recognised) == ("not_met", False)
    assert (without.gate, without.recognition.yes, without.advances) == ("met", 1, True)


def test_a_stage_of_votes_alone_has_no_points():
    votes = {("p1", "ga"): "yes", ("p1", "na"): "no"}
    found = lines(config(advance={"by": "majority", "quota": 1}), Evidence(recognitions=votes))["ga"]

    assert (found.total.absent.code, found.rank, found.advances) == ("no_points", None, True)
