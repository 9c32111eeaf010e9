"""Facts published elsewhere, held against the count and taken over where it cannot know."""

import pytest

from evaluations.scoring import Evidence
from tests.factories.scoring import config, counted, given, totals


def stage(*facts, teams=2, **more):
    return config(given("all", 100), teams=teams, published=[{"source": "보도", **fact} for fact in facts], **more)


def verdict(fact, evidence, **more):
    found = counted(stage(fact, **more), evidence).facts[0]
    return found.counted, found.verdict


ALL = totals(ga="90.206", na="80.25")


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"what": "points", "key": "all", "team": "ga", "value": "90.2"}, ("90.2", "match")),
        ({"what": "points", "key": "total", "team": "na", "value": "80.3"}, ("80.3", "match")),
        ({"what": "points", "key": "all", "team": "na", "value": "80.25"}, ("80.25", "match")),
        ({"what": "points", "key": "all", "team": "na", "value": "80"}, ("80", "match")),
        ({"what": "points", "key": "all", "team": "ga", "value": "90.3"}, ("90.2", "differs")),
        ({"what": "points", "key": "all", "team": "ga", "value": 90}, ("90", "match")),
        ({"what": "mean", "key": "total", "value": "85.228"}, ("85.228", "match")),
        ({"what": "best", "key": "all", "value": "90.21"}, ("90.21", "match")),
        ({"what": "rank", "team": "ga", "value": 1}, ("1", "match")),
        ({"what": "rank", "team": "ga", "value": "2"}, ("1", "differs")),
        ({"what": "advances", "team": "na", "value": True}, ("true", "match")),
        ({"what": "advances", "team": "na", "value": "false"}, ("true", "differs")),
    ],
)
def test_a_fact_is_compared_at_the_precision_at_which_it_was_published(fact, said):
    assert verdict(fact, ALL) == said


@pytest.mark.parametrize(
    "fact",
    [
        {"what": "points", "key": "all", "team": "na", "value": "80"},
        {"what": "mean", "key": "all", "value": "80"},
        {"what": "best", "key": "all", "value": "80"},
        {"what": "rank", "team": "ga", "value": 1},
    ],
)
def test_what_cannot_be_computed_is_said_to_be_so(fact):
    assert verdict(fact, totals(ga="90.2")) == (None, "not_computable")


def test_the_rule_of_rounding_is_that_of_the_stage():
    fact = {"what": "points", "key": "all", "team": "na", "value": "80.2"}

    assert verdict(fact, ALL) == ("80.3", "differs")
    assert verdict(fact, ALL, rounding={"rule": "ROUND_HALF_EVEN"}) == ("80.2", "match")


def test_ranks_seats_and_means_are_taken_over_where_the_count_has_none():
    result = counted(
        stage(
            {"what": "rank", "team": "na", "value": 2},
            {"what": "advances", "team": "na", "value": False},
            {"what": "mean", "key": "all", "value": "79.72"},
            advance={"by": "points", "quota": 1, "line_ties": "committee"},
        ),
        totals(ga="90.2"),
    )

    na = result.team("na")
    assert (na.rank, na.rank_basis) == (2, "published")
    assert (na.advances, na.advances_basis, na.advances_because) == (False, "published", "published")
    assert (result.means["all"].points.shown, result.means["all"].basis) == ("79.72", "published")
    assert (result.team("ga").rank, result.team("ga").advances) == (None, None)


def test_what_the_count_knows_is_never_replaced():
    result = counted(
        stage({"what": "rank", "team": "ga", "value": 2}, {"what": "mean", "key": "all", "value": "1"}), ALL
    )

    assert (result.team("ga").rank, result.team("ga").rank_basis) == (1, "counted")
    assert (result.means["all"].points.shown, result.means["all"].basis) == ("85.23", "counted")
    assert [(flag.code, flag.team, flag.key) for flag in result.flags] == [
        ("fact_differs", "ga", "rank"), ("fact_differs", "", "all"),
    ]  # fmt: skip


def test_without_facts_nothing_is_checked():
    assert counted(stage(), Evidence()).facts == ()
