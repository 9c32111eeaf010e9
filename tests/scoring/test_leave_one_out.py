"""The count without each panelist and each item: exact, and the same as counting again."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings

from evaluations.scoring import Evidence, LineDecision, Measurement, Rules, count
from evaluations.scoring import leave_one_out as module
from evaluations.scoring.amending import amended
from evaluations.scoring.leave_one_out import Outcome, leave_one_out
from tests.factories.scoring import config, experts, gate, measured, named, scores
from tests.factories.scoring import given as a_given
from tests.scoring.reference_case import CASE
from tests.scoring.strategies import counts

STAGE = config(
    measured(named("nia", points=10, rule="share", maximum="100"), named("own", points=5, rule="given")),
    experts(named("tech", points=6), named("plan", points=4), aggregate="drop_high_low"),
    advance={"by": "points", "quota": 1, "line_ties": "committee"},
)
EVIDENCE = Evidence(
    scores(ga={"nia": "80", "own": "1"}, na={"nia": "83", "own": "0.5"}),
    sheets={
        (f"p{n}", team): {"tech": mark - 4, "plan": 4}
        for team, marks in {"ga": [10, 8, 7, 4], "na": [7, 7, 7, 7]}.items()
        for n, mark in enumerate(marks)
    },
)
"""ga 8.0 + 1 + (8 + 7)/2 = 16.5, na 8.3 + 0.5 + 7 = 15.8"""


def without(configuration, evidence):
    rules = Rules.from_config(configuration)
    return leave_one_out(rules, evidence, count(rules, evidence))


def by_key(several):
    return {
        one.key: {team: (found.total, found.rank, found.advances) for team, found in one.teams.items()}
        for one in several
    }


def test_each_panelist_in_turn():
    """ga keeps 7 of 8, 7, 4; 7 of 10, 7, 4; 8 of 10, 8, 4; 8 of 10, 8, 7."""
    found = without(STAGE, EVIDENCE)

    seven = {"ga": (16, 1, True), "na": (Fraction("15.8"), 2, False)}
    eight = {"ga": (17, 1, True), "na": (Fraction("15.8"), 2, False)}
    assert by_key(found.panelists) == {"p0": seven, "p1": seven, "p2": eight, "p3": eight}
    assert found.whole["ga"] == Outcome({"benchmark": 9, "expert": Fraction("7.5")}, Fraction("16.5"), 1, True)


def test_each_item_and_criterion_in_turn():
    """Without tech only plan is left, 4 for everybody; without plan tech is (4 + 3)/2 and 3."""
    found = without(STAGE, EVIDENCE)

    assert [(one.kind, one.key) for one in found.items] == [
        ("item", "benchmark.nia"), ("item", "benchmark.own"), ("criterion", "expert.tech"), ("criterion", "expert.plan"),
    ]  # fmt: skip
    assert by_key(found.items) == {
        "benchmark.nia": {"ga": (Fraction("8.5"), 1, True), "na": (Fraction("7.5"), 2, False)},
        "benchmark.own": {"ga": (Fraction("15.5"), 1, True), "na": (Fraction("15.3"), 2, False)},
        "expert.tech": {"ga": (13, 1, True), "na": (Fraction("12.8"), 2, False)},
        "expert.plan": {"ga": (Fraction("12.5"), 1, True), "na": (Fraction("11.8"), 2, False)},
    }


def test_what_would_change_rank_and_seat_is_named():
    """ga 16.5 against na 8.3 + 0.9 + 7 = 16.2: ga at 16 falls behind, and without tech it is 13 against 13.2."""
    close = {**EVIDENCE.measurements, ("na", "own"): Measurement.of("0.9")}
    found = without(STAGE, Evidence(close, sheets=EVIDENCE.sheets))

    assert [one.key for one in found.changing_rank("ga")] == ["p0", "p1", "expert.tech"]
    assert [one.key for one in found.changing_advance("na")] == ["p0", "p1", "expert.tech"]


def test_without_the_tie_the_committees_choice_decides_nothing():
    """Both 16.5, na let in; with p0's sheet, or any item, less they are apart again, and the points decide."""
    level = {**EVIDENCE.measurements, ("na", "own"): Measurement.of("1.2")}
    chosen = {team: LineDecision(said, frozenset({"ga", "na"}), "까닭") for team, said in (("ga", "out"), ("na", "in"))}

    found = without(STAGE, Evidence(level, sheets=EVIDENCE.sheets, line_decisions=chosen))

    assert {team: got.advances for team, got in found.whole.items()} == {"ga": False, "na": True}
    assert {
        one.key: [(got.rank, got.advances) for got in one.teams.values()] for one in found.all() if one.key in ("p0", "benchmark.own")
    } == {"p0": [(2, False), (1, True)], "benchmark.own": [(1, True), (2, False)]}  # fmt: skip


def test_findings_and_votes_leave_with_the_panelist():
    stage = config(
        experts(named("tech", points=10)), advance={"by": "majority", "quota": 2, "quorum": 2}, gate=gate("model", decided_by="majority")
    )  # fmt: skip
    evidence = Evidence(
        sheets={("p0", team): {"tech": 5} for team in ("ga", "na")},
        findings={("p0", "ga", "model", "weights"): "met", ("p1", "na", "model", "weights"): "met"},
        recognitions={(p, team): "yes" for p in ("p0", "p1") for team in ("ga", "na")},
    )

    found = without(stage, evidence)

    assert {one.key: {team: got.advances for team, got in one.teams.items()} for one in found.panelists} == {
        "p0": {"ga": False, "na": False}, "p1": {"ga": False, "na": False},
    }  # fmt: skip
    assert {team: got.advances for team, got in found.whole.items()} == {"ga": True, "na": True}


def test_what_is_alone_in_the_stage_is_not_left_out():
    found = without(config(a_given("all", 10)), Evidence(scores(ga={"all": "1"}, na={"all": "2"})))

    assert (found.items, found.panelists) == ((), ())


def test_a_rank_that_was_taken_over_changes_with_nothing():
    stage = STAGE | {"published": [{"what": "rank", "team": "na", "value": 2}]}
    found = without(stage, Evidence(scores(ga={"nia": "80"}), sheets=EVIDENCE.sheets))

    assert [got.rank for got in found.whole.values()] == [None, None]
    assert found.changing_rank("na") == []


@pytest.mark.parametrize(
    "case",
    CASE["panel"]["expected"]["leave_one_reviewer_out (drop on total)"],
    ids=lambda case: f"without {case['dropped']}",
)
def test_the_published_case(case):
    """Seven reviewers, four models, five criteria: all totals and the order best first."""
    found = {one.key: one.teams for one in _published().panelists}[f"p{case['dropped']}"]

    assert [got.total for got in found.values()] == [Fraction(str(total)) for total in case["totals"]]
    assert sorted(found, key=lambda team: found[team].rank) == [f"m{model}" for model in case["order_best_first"]]


def _published():
    weights = [30, 25, 20, 15, 10]
    criteria = [named(f"c{n}", points=weight, levels=101) for n, weight in enumerate(weights)]
    models = tuple(f"m{n}" for n in range(1, 5))
    sheets = {
        (f"p{reviewer}", model): {f"c{n}": mark + 1 for n, mark in enumerate(marks)}
        for reviewer, rows in enumerate(CASE["panel"]["scores[reviewer][model][criterion]"], start=1)
        for model, marks in zip(models, rows, strict=True)
    }
    return without(config(experts(*criteria, aggregate="drop_high_low"), teams=models), Evidence(sheets=sheets))


# --- Whatever the rules


def outcomes(result):
    return {
        team.team: (
            {part.part.key: part.points.value for part in team.parts},
            team.total.value,
            team.rank,
            team.advances,
        )
        for team in result.teams
    }


def as_outcomes(one):
    return {team: (dict(got.parts), got.total, got.rank, got.advances) for team, got in one.teams.items()}


@given(counts())
@settings(max_examples=40)
def test_it_is_the_count_made_again(drawn):
    configuration, evidence = drawn
    rules = Rules.from_config(configuration)

    found = leave_one_out(rules, evidence, count(rules, evidence))

    assert [one.key for one in found.panelists] == list(evidence.panelists())
    for one in found.panelists:
        assert as_outcomes(one) == outcomes(count(rules, evidence.with_void(one.key)))
    for one in found.items:
        assert as_outcomes(one) == outcomes(count(*amended(rules, evidence, one.key, 0)))


def test_without_a_panelist_no_sheet_is_weighed_again(monkeypatch):
    """What fifty panelists, ten teams and twenty criteria cost: a panel for everybody who is left out and every team she judged; sheets
    are weighed again only where a criterion is left out."""
    teams = tuple(f"t{n}" for n in range(10))
    criteria = [named(f"c{n}", points=5, levels=5) for n in range(20)]
    rules = Rules.from_config(config(experts(*criteria, aggregate="drop_high_low"), a_given("x", 5), teams=teams))
    sheets = {
        (f"p{p}", team): {f"c{c}": 1 + (7 * p + 3 * t + c * (p + t)) % 5 for c in range(20)}
        for p in range(50)
        for t, team in enumerate(teams)
    }
    evidence = Evidence({(team, "x"): Measurement.of("3") for team in teams}, sheets=sheets)
    result = count(rules, evidence)
    asked = Counter()

    def counted(name: str):
        verb = getattr(module, name)

        def call(*args):
            asked[name] += 1
            return verb(*args)

        return call

    for name in ("panel_score", "weigh_sheet"):
        monkeypatch.setattr(module, name, counted(name))

    found = leave_one_out(rules, evidence, result)

    assert (len(found.panelists), len(found.items)) == (50, 21)
    assert asked == {"panel_score": 50 * 10 + 20 * 10, "weigh_sheet": 20 * 10 * 50}
