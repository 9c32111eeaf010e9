"""The tree of what earns points, walked and addressed."""

from fractions import Fraction

import pytest

from evaluations.scoring import Rules
from evaluations.scoring.parts import MEASURED_RULES, USER_RULES
from tests.factories.scoring import asking, config, experts, given, measured, named, users


def part_of(part, **more):
    return Rules.from_config(config(part, **more)).parts[0]


def test_a_tree_is_walked_from_the_top():
    part = part_of(
        experts(named("a", points=2), named("b", points=3, criteria=[named("c", points=1), named("d", points=2)]))
    )

    assert [criterion.path for criterion in part.all_criteria()] == ["a", "b", "b.c", "b.d"]
    assert [leaf.path for leaf in part.leaves()] == ["a", "b.c", "b.d"]


def test_a_part_is_given_when_it_has_nothing_inside():
    assert part_of(given("all", 10)).given is True
    assert part_of(measured(named("nia", points=10, rule="given"))).given is False


@pytest.mark.parametrize("lowest_to_highest", [(None, 0, 4), (2, 1, 2), (101, 1, 101)])
def test_a_scale_runs_from_nothing_to_everything(lowest_to_highest):
    levels, lowest, highest = lowest_to_highest
    leaf = next(part_of(experts(named("a", points=4, **({"levels": levels} if levels else {})))).leaves())

    assert (leaf.lowest, leaf.highest, leaf.share(lowest), leaf.share(highest)) == (lowest, highest, 0, 1)


@pytest.mark.parametrize("rule", MEASURED_RULES)
def test_every_measured_rule_can_be_written(rule):
    needs = {"share": {"maximum": "100"}, "ratio_to_target": {"target": "70"}}
    item = part_of(measured(named("x", points=10, rule=rule, **needs.get(rule, {})))).items[0]

    assert (item.rule, item.addresses(), item.lower) == (rule, ("x",), False)


@pytest.mark.parametrize("rule", USER_RULES)
@pytest.mark.parametrize("source", ["ratings", "comparisons"])
def test_every_users_rule_takes_the_source_that_fits_it(rule, source):
    allowed = {"share_of_scale": "ratings", "expected_win_share": "comparisons"}.get(rule, source)
    needs = {"rank_points": {"table": ["10", "5"]}, "given": {}}.get(rule, {})
    written = {} if rule == "given" else {"source": allowed}
    item = part_of(users(named("x", points=10, rule=rule, **written, **needs)), users=asking("good")).items[0]

    assert item.questions == (("good",) if item.source == "ratings" else ())
    assert item.addresses() == (("x",) if rule == "given" else ())


def test_a_prior_of_stars_is_fifteen_unless_said_otherwise():
    stars = named("x", points=10, rule="share_of_scale", source="ratings")

    assert part_of(users(stars), users=asking("good")).items[0].prior == 15
    assert part_of(users(stars | {"prior": "2.5"}), users=asking("good")).items[0].prior == Fraction(5, 2)
