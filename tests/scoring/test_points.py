"""Points of parts, and how what is missing is carried up."""

from fractions import Fraction

from evaluations.scoring import Evidence, Rules
from evaluations.scoring.points import add, score_parts, show
from evaluations.scoring.tables import Absent, Points
from tests.factories.scoring import config, experts, given, measured, named, scores

RULES = Rules.from_config(
    config(
        measured(named("nia", points=10, rule="given"), named("common", points=20, rule="mean")),
        experts(named("tech", points=5)),
        given("announced", 10),
        rounding={"item": 2, "part": 1, "total": 0},
    )
)


def test_a_part_is_the_unrounded_sum_of_its_items():
    """9.26 + 14.406 = 23.666; of the shown items 9.26 + 14.41 it would be 23.67."""
    evidence = Evidence(scores(ga={"nia": "9.26", "common": "72.03"}))

    part = score_parts(RULES, evidence)["benchmark"]["ga"]

    assert [(score.points.value, score.points.shown) for score in part.items] == [
        (Fraction("9.26"), "9.26"), (Fraction("14.406"), "14.41"),
    ]  # fmt: skip
    assert (part.points.value, part.points.shown) == (Fraction("23.666"), "23.7")


def test_a_part_is_absent_when_one_item_is_and_says_which():
    part = score_parts(RULES, Evidence(scores(ga={"nia": "9.2"})))["benchmark"]["ga"]

    assert part.points == Points(None, None, Absent("incomplete", ("common",)))
    assert part.items[0].points.shown == "9.20"


def test_a_given_part_is_taken_over():
    parts = score_parts(RULES, Evidence(scores(ga={"announced": "9.25"})))["announced"]

    assert parts["ga"].points == Points(Fraction("9.25"), "9.3")
    assert parts["na"].points == Points(None, None, Absent("no_measurement", ("announced",)))


def test_a_panel_is_shown_as_the_stage_rounds():
    sheets = {(f"p{n}", "ga"): {"tech": mark} for n, mark in enumerate([3, 4, 4])}

    part = score_parts(RULES, Evidence(sheets=sheets))["expert"]["ga"]

    assert (part.points.value, part.points.shown) == (Fraction(11, 3), "3.7")
    assert part.criteria == {"tech": Points(Fraction(11, 3), "3.67")}


def test_a_criterion_nobody_judged_says_so():
    rules = Rules.from_config(config(experts(named("a", points=5), named("b", points=5))))
    sheets = {("p0", "ga"): {"a": 5, "b": None}}

    part = score_parts(rules, Evidence(sheets=sheets))["expert"]["ga"]

    assert part.criteria == {"a": Points(Fraction(5), "5.0"), "b": Points(None, None, Absent("not_judged"))}
    assert part.points.value == 10


def test_adding_nothing_is_no_number():
    assert add(RULES, {}, "total") == Points(None, None, Absent("no_points"))


def test_what_is_missing_is_named_in_a_sum():
    children = {"a": Points(Fraction(1), "1.0"), "b": Points(None, None, Absent("no_sheets"))}

    assert add(RULES, children, "total") == Points(None, None, Absent("incomplete", ("b",)))


def test_each_level_has_its_decimals():
    value = Fraction("2.675")

    assert [show(RULES, value, level).shown for level in ("item", "part", "total", "mean")] == [
        "2.68",
        "2.7",
        "3",
        "2.68",
    ]
