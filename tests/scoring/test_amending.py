"""One weight amended: what scales along, what stays."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring import Evidence, Rules, count
from evaluations.scoring.amending import amended, amended_rules
from tests.factories.scoring import config, experts, measured, named, scores, users
from tests.factories.scoring import given as a_given
from tests.scoring.strategies import counts

RULES = Rules.from_config(
    config(
        measured(
            named("nia", points=10, rule="given"), named("common", points=20, rule="mean", given={"na": "12"}), floor="15"
        ),
        experts(
            named("tech", points=6),
            named("own", points=4, floor="2", criteria=[named("data", points=2), named("code", points=2)]),
            floor="5",
        ),
        a_given("announced", 5),
        users(named("pairs", points=10, rule="rank_points", source="comparisons", table=["10", "4"])),
        tie_break=["expert.own.data", "benchmark"],
        published=[{"what": "best", "key": "benchmark.nia", "value": "9"}, {"what": "rank", "team": "ga", "value": 1}],
    )
)  # fmt: skip
EVIDENCE = Evidence(
    scores(ga={"nia": "9", "common": "50", "announced": "4"}, na={"nia": "6"}),
    sheets={("p1", "ga"): {"tech": 3, "own.data": 2, "own.code": 0}},
)


def tree(part):
    return {part.key: (part.points, part.floor)} | {
        criterion.path: (criterion.points, criterion.floor) for criterion in part.all_criteria()
    }


def test_an_items_points_go_into_the_sum_above_and_the_floor_follows():
    """Floor 15 of 30 stays half of the part, now 40."""
    part = amended_rules(RULES, "benchmark.nia", 20).part("benchmark")

    assert [(item.key, item.points) for item in part.items] == [("nia", 20), ("common", 20)]
    assert (part.points, part.floor) == (40, 20)


def test_a_part_takes_everything_inside_along():
    part = amended_rules(RULES, "expert", 15).part("expert")

    assert tree(part) == {
        "expert": (15, Fraction("7.5")), "tech": (9, None), "own": (6, 3), "own.data": (3, None), "own.code": (3, None),
    }  # fmt: skip


def test_a_sub_criterion_goes_into_both_sums_above():
    part = amended_rules(RULES, "expert.own.data", 6).part("expert")

    assert tree(part) == {
        "expert": (14, 7), "tech": (6, None), "own": (8, 4), "own.data": (6, None), "own.code": (2, None),
    }  # fmt: skip


def test_marks_mean_what_they_meant():
    """3 of 6 is half of the criterion, however many points it has now."""
    rules, evidence = amended(RULES, EVIDENCE, "expert.tech", 60)

    line = count(rules, evidence).team("ga")

    assert rules.leaves()["tech"].highest == 6
    assert line.points()["expert.tech"].value == 30


def test_what_is_counted_in_points_scales_along():
    rules, evidence = amended(RULES, EVIDENCE, "benchmark", 60)
    line = count(rules, evidence).team("ga").points()

    assert (line["benchmark.nia"].value, line["benchmark.common"].value) == (18, 20)
    assert rules.part("benchmark").items[1].given_to("na") == 24
    assert amended_rules(RULES, "user", 5).part("user").items[0].table == (5, 2)
    assert amended(RULES, EVIDENCE, "announced", 10)[1].measurements["ga", "announced"].score == 8


def test_without_points_a_thing_leaves_the_rules():
    rules, evidence = amended(RULES, EVIDENCE, "benchmark.nia", 0)

    assert [item.key for item in rules.part("benchmark").items] == ["common"]
    assert ("ga", "nia") not in evidence.measurements
    assert [fact.what for fact in rules.facts] == ["rank"]
    count(rules, evidence)


def test_a_criterion_without_sub_criteria_leaves_as_well():
    rules = amended_rules(amended_rules(RULES, "expert.own.data", 0), "expert.own.code", 0)

    assert tree(rules.part("expert")) == {"expert": (6, 3), "tech": (6, None)}
    assert rules.tie_break == ("benchmark",)


def test_a_part_without_points_leaves_as_a_whole():
    rules, evidence = amended(RULES, EVIDENCE, "expert", 0)

    assert [part.key for part in rules.parts] == ["benchmark", "announced", "user"]
    assert evidence.sheets == {("p1", "ga"): {}}
    assert count(rules, evidence).team("ga").parts[0].points.value == 19


def test_amended_rules_have_no_digest():
    assert amended_rules(RULES, "expert", 15).config_digest == ""


@pytest.mark.parametrize("key", ["total", "expert.art", "", "expert.own.data.x"])
def test_a_key_that_no_number_has(key):
    with pytest.raises(KeyError):
        amended_rules(RULES, key, 5)


def test_points_are_not_negative():
    with pytest.raises(ValueError, match="points are not negative"):
        amended_rules(RULES, "expert", -1)


@given(counts(), st.data())
@settings(max_examples=40)
def test_a_weight_amended_to_what_it_is_changes_nothing(drawn, data):
    configuration, evidence = drawn
    rules = Rules.from_config(configuration)
    key = data.draw(st.sampled_from(rules.scored_keys()))
    points = next(
        node.points
        for part in rules.parts
        for name, node in [
            (part.key, part),
            *((f"{part.key}.{item.key}", item) for item in part.items),
            *((f"{part.key}.{criterion.path}", criterion) for criterion in part.all_criteria()),
        ]
        if name == key
    )

    made, same = amended(rules, evidence, key, points)

    assert (same, made.floors(), made.tie_break) == (evidence, rules.floors(), rules.tie_break)
    assert count(made, same).to_json()["teams"] == count(rules, evidence).to_json()["teams"]


@given(counts(), st.data())
@settings(max_examples=40)
def test_a_part_of_twice_the_points_gives_twice_the_points(drawn, data):
    configuration, evidence = drawn
    rules = Rules.from_config(configuration)
    part = data.draw(st.sampled_from(rules.parts))

    after = count(*amended(rules, evidence, part.key, 2 * part.points))

    for team in count(rules, evidence).teams:
        old, new = team.part(part.key).points.value, after.team(team.team).part(part.key).points.value
        assert new == (old and 2 * old)
        assert team.eligible == after.team(team.team).eligible
