"""How a value becomes points, rule by rule, and what happens where it is missing."""

from fractions import Fraction

import pytest

from evaluations.scoring import Choices, Evidence
from evaluations.scoring.items import star_means
from evaluations.scoring.rules import Rules
from tests.factories.scoring import asking, config, counted, measured, named, scores, users


def points_of(item, evidence, teams=2, **more):
    """Team → exact points of the only item, or the reason why there are none."""
    part = (users if item.get("source") else measured)(item)
    result = counted(config(part, teams=teams, **more), evidence)
    found = {team.team: team.parts[0].items[0].points for team in result.teams}
    return {
        team: points.value if points.absent is None else (points.absent.code, points.absent.missing)
        for team, points in found.items()
    }


def ratings(**by_team):
    return Evidence(ratings={(team, "good"): tuple(counts) for team, counts in by_team.items()})


STARS = named("stars", points=20, rule="share_of_scale", source="ratings")
PAIRS = named("pairs", points=10, rule="expected_win_share", source="comparisons")


# --- Rules that look at one team alone


def test_a_share_of_the_maximum():
    item = named("nia", points=10, rule="share", maximum="80")

    assert points_of(item, Evidence(scores(ga={"nia": "60"}, na={"nia": "0"}))) == {"ga": Fraction(15, 2), "na": 0}


def test_the_mean_of_several_values_of_a_hundred():
    item = named("common", points=20, rule="mean", values=["math", "code"])
    evidence = Evidence(
        scores(ga={"common.math": "70.06", "common.code": "74"}, na={"common.math": "0", "common.code": "100"})
    )

    assert points_of(item, evidence) == {"ga": Fraction("14.406"), "na": 10}


def test_a_mean_that_was_published_as_one_number():
    item = named("common", points=20, rule="mean")

    assert points_of(item, Evidence(scores(ga={"common": "72.03"}, na={"common": "50"})))["ga"] == Fraction("14.406")


def test_a_ratio_to_the_teams_own_target_is_capped():
    item = named("own", points=10, rule="ratio_to_target", target="80", targets={"ga": "69.37"})

    assert points_of(item, Evidence(scores(ga={"own": "72.03"}, na={"own": "60"}))) == {
        "ga": 10, "na": Fraction(15, 2),
    }  # fmt: skip


def test_a_ratio_to_a_target_where_lower_is_better():
    item = named("own", points=10, rule="ratio_to_target", target="5", direction="lower")

    assert points_of(item, Evidence(scores(ga={"own": "4"}, na={"own": "20"}))) == {"ga": 10, "na": Fraction(5, 2)}


def test_without_a_target_there_are_no_points():
    item = named("own", points=10, rule="ratio_to_target", targets={"ga": "80"})

    assert points_of(item, Evidence(scores(ga={"own": "80"}, na={"own": "80"}))) == {"ga": 10, "na": ("no_target", ())}


def test_given_points_are_taken_over():
    item = named("nia", points=10, rule="given")

    assert points_of(item, Evidence(scores(ga={"nia": "9.2"}, na={"nia": "0"}))) == {"ga": Fraction("9.2"), "na": 0}


def test_points_of_a_team_may_be_given_where_its_value_is_unknown():
    item = named("own", points=10, rule="ratio_to_target", target="80", given={"na": "10.0"})
    result = counted(config(measured(item)), Evidence(scores(ga={"own": "40"})))

    own = {team.team: team.parts[0].items[0] for team in result.teams}
    assert [(own[team].points.value, own[team].basis, own[team].value) for team in ("ga", "na")] == [
        (5, "counted", 40), (10, "given", None),
    ]  # fmt: skip


# --- Rules that look at all teams


def test_a_ratio_to_the_best_team():
    item = named("nia", points=10, rule="ratio_to_best")
    evidence = Evidence(scores(ga={"nia": "90"}, na={"nia": "60"}, da={"nia": "0"}))

    assert points_of(item, evidence, teams=3) == {"ga": 10, "na": Fraction(20, 3), "da": 0}


def test_a_ratio_to_the_best_where_lower_is_better():
    item = named("latency", points=10, rule="ratio_to_best", direction="lower")

    assert points_of(item, Evidence(scores(ga={"latency": "3"}, na={"latency": "2"}))) == {
        "ga": Fraction(20, 3), "na": 10,
    }  # fmt: skip


def test_without_one_teams_value_nobody_can_be_compared_with_the_best():
    item = named("nia", points=10, rule="ratio_to_best")

    assert points_of(item, Evidence(scores(ga={"nia": "90"}, na={"nia": "60"})), teams=3) == {
        "ga": ("others_unknown", ("da",)), "na": ("others_unknown", ("da",)), "da": ("no_measurement", ("nia",)),
    }  # fmt: skip


def test_a_best_of_nothing_gives_no_points():
    item = named("nia", points=10, rule="ratio_to_best")

    assert points_of(item, Evidence(scores(ga={"nia": "0"}, na={"nia": "0"}))) == {
        "ga": ("best_not_positive", ()), "na": ("best_not_positive", ()),
    }  # fmt: skip


def test_points_by_rank_are_shared_by_those_who_share_it():
    item = named("stars", points=10, rule="rank_points", source="ratings", prior="0", table=["10", "6", "3", "0"])
    evidence = ratings(ga=[0, 0, 0, 0, 1], na=[0, 0, 1, 0, 0], da=[0, 0, 1, 0, 0], ra=[1, 0, 0, 0, 0])

    assert points_of(item, evidence, teams=4, users=asking("good")) == {
        "ga": 10, "na": Fraction(9, 2), "da": Fraction(9, 2), "ra": 0,
    }  # fmt: skip


# --- Stars


def test_the_share_of_the_scale_of_the_plain_mean():
    """Means 4.5 and 2 of five stars: (4.5 − 1)/4 and (2 − 1)/4 of 20 points."""
    evidence = ratings(ga=[0, 0, 0, 1, 1], na=[0, 3, 0, 0, 0])

    assert points_of(STARS | {"prior": "0"}, evidence, users=asking("good")) == {"ga": Fraction(35, 2), "na": 5}


def test_a_prior_pulls_towards_the_mean_of_all_stars():
    """Grand mean (4 + 5 + 2 + 2 + 2)/5 = 3; with k = 3 the means are (9 + 9)/5 = 3.6 and (9 + 6)/6 = 2.5."""
    evidence = ratings(ga=[0, 0, 0, 1, 1], na=[0, 3, 0, 0, 0])

    assert points_of(STARS | {"prior": "3"}, evidence, users=asking("good")) == {"ga": 13, "na": Fraction(15, 2)}


def test_the_pull_is_told():
    rules = Rules.from_config(config(users(STARS | {"prior": "3"}), users=asking("good")))
    evidence = ratings(ga=[0, 0, 0, 1, 1], na=[0, 3, 0, 0, 0])

    star = star_means(rules.parts[0].items[0], evidence, "ga", rules.slugs)[0]

    assert (star.question, star.counts, star.grand, star.shrunk) == ("good", (0, 0, 0, 1, 1), 3, Fraction(18, 5))


def test_every_question_weighs_the_same_however_many_answered_it():
    evidence = Evidence(
        ratings={
            ("ga", "good"): (0, 0, 0, 0, 9), ("ga", "clear"): (1, 0, 0, 0, 0),
            ("na", "good"): (0, 0, 1, 0, 0), ("na", "clear"): (0, 0, 1, 0, 0),
        }
    )  # fmt: skip

    assert points_of(STARS | {"prior": "0"}, evidence, users=asking("good", "clear")) == {"ga": 10, "na": 10}


def test_a_question_without_stars_is_named():
    assert points_of(STARS, ratings(ga=[0, 0, 0, 1, 1]), users=asking("good"))["na"] == ("no_ratings", ("good",))
    assert points_of(STARS, ratings(ga=[0] * 5, na=[1] * 5), users=asking("good"))["ga"] == ("no_ratings", ("good",))


# --- Comparisons


def test_the_expected_win_share_is_the_mean_over_rivals():
    """Against na 3 of 4, against da 1 win and 1 tie of 2: (3/4 + 3/4)/2."""
    evidence = Evidence(
        comparisons={
            ("ga", "na"): Choices(a=2, b=1), ("na", "ga"): Choices(b=1),
            ("da", "ga"): Choices(b=1, both_bad=1, skip=7), ("na", "da"): Choices(both_good=2),
        }
    )  # fmt: skip

    assert points_of(PAIRS, evidence, teams=3) == {
        "ga": Fraction(15, 2), "na": 10 * (Fraction(1, 4) + Fraction(1, 2)) / 2, "da": 10 * (Fraction(1, 4) + Fraction(1, 2)) / 2,
    }  # fmt: skip


def test_a_rival_never_met_is_named():
    evidence = Evidence(comparisons={("ga", "na"): Choices(a=1), ("ga", "da"): Choices(skip=3)})

    assert points_of(PAIRS, evidence, teams=3) == {
        "ga": ("no_comparisons", ("da",)), "na": ("no_comparisons", ("da",)), "da": ("no_comparisons", ("ga", "na")),
    }  # fmt: skip


def test_a_team_alone_has_nobody_to_win_against():
    assert points_of(PAIRS, Evidence(), teams=1) == {"ga": ("no_comparisons", ())}


# --- Absence


@pytest.mark.parametrize("rule", ["share", "mean", "ratio_to_target", "given"])
def test_what_was_not_measured_is_absent_and_never_zero(rule):
    needs = {"share": {"maximum": "100"}, "ratio_to_target": {"target": "70"}}
    item = named("x", points=10, rule=rule, **needs.get(rule, {}))

    assert points_of(item, Evidence(scores(ga={"x": "7"})))["na"] == ("no_measurement", ("x",))


def test_of_several_values_the_missing_ones_are_named():
    item = named("common", points=20, rule="mean", values=["math", "code", "law"])

    assert points_of(item, Evidence(scores(ga={"common.code": "50"})))["ga"] == (
        "no_measurement", ("common.math", "common.law"),
    )  # fmt: skip
