"""From marks to a panel's points."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring import Rules
from evaluations.scoring.sheets import panel_of, score_panel, score_sheet
from evaluations.scoring.tables import Absent
from tests.factories.scoring import config, experts, named
from tests.scoring.reference_case import CASE, exactly

PLAIN = [named("a", points=6), named("b", points=4)]
TREE = [
    named("tech", points=5),
    named("own", points=15, criteria=[named("data", points=10, levels=5), named("code", points=5, levels=3)]),
]


def part_of(criteria=PLAIN, **more):
    return Rules.from_config(config(experts(*criteria, **more))).parts[0]


def sheet_of(part, **marks):
    scored = score_sheet(part, "p", {path.replace("__", "."): mark for path, mark in marks.items()})
    return scored and scored.total


def panel(part, *totals):
    """The panel of one-criterion sheets with these marks, p0, p1 …"""
    key = next(part.leaves()).path
    return score_panel(part, {f"p{n}": {key: mark} for n, mark in enumerate(totals)})


# --- One sheet


def test_a_sheet_is_the_sum_of_its_weighted_shares():
    assert sheet_of(part_of(), a=3, b=4) == 7
    assert sheet_of(part_of(), a=0, b=0) == 0


def test_sub_criteria_are_weighted_inside_their_criterion_first():
    """data 10·(5−1)/4 = 10 and code 5·(2−1)/2 = 2.5 of 15, and 4 of 5."""
    scored = score_sheet(part_of(TREE), "p", {"tech": 4, "own.data": 5, "own.code": 2})

    assert scored.shares == {"tech": Fraction(4, 5), "own.data": 1, "own.code": Fraction(1, 2), "own": Fraction(25, 30)}
    assert scored.total == Fraction("16.5")


def test_cannot_judge_renormalises_within_the_parent():
    """own is judged by code alone: 15·1/2; the part keeps all of its 20 points."""
    assert sheet_of(part_of(TREE), tech=4, own__data=None, own__code=2) == Fraction("11.5")


def test_cannot_judge_a_whole_criterion_renormalises_one_level_up():
    """Only tech is left: 4/5 of 20."""
    assert sheet_of(part_of(TREE), tech=4, own__data=None, own__code=None) == 16


def test_cannot_judge_may_count_as_zero():
    """tech 4, data 10·1/2 = 5, code 0."""
    part = part_of(TREE, cannot_judge="zero")

    assert sheet_of(part, tech=4, own__data=3, own__code=None) == 9
    assert sheet_of(part, tech=None, own__data=5, own__code=None) == 10


@pytest.mark.parametrize("rule", ["renormalise", "zero"])
def test_a_sheet_that_judges_nothing_is_no_sheet(rule):
    assert sheet_of(part_of(TREE, cannot_judge=rule), tech=None, own__data=None, own__code=None) is None


def test_a_sheet_that_gives_nothing_is_a_sheet():
    assert sheet_of(part_of(TREE), tech=0, own__data=1, own__code=1) == 0


# --- The panel


def test_the_plain_mean_of_all_sheets():
    found = panel(part_of([named("a", points=10)]), 4, 7, 10)

    assert (found.points, found.small, [sheet.use for sheet in found.sheets]) == (7, False, ["counted"] * 3)


def test_the_highest_and_the_lowest_sheet_leave():
    found = panel(part_of([named("a", points=10)], aggregate="drop_high_low"), 10, 3, 8, 7)

    assert found.points == Fraction("7.5")
    assert [(sheet.panelist, sheet.use) for sheet in found.sheets] == [
        ("p1", "lowest"), ("p3", "counted"), ("p2", "counted"), ("p0", "highest"),
    ]  # fmt: skip
    assert found.criteria == {"a": Fraction("7.5")}


@pytest.mark.parametrize("case", CASE["drop_rule_small"], ids=lambda case: case["title"])
def test_the_published_cases_of_small_panels(case):
    marks = [score for score in case["scores"] if score is not None]
    found = panel(part_of([named("a", points=100)], aggregate="drop_high_low"), *marks)

    expected = exactly(case["expected"])
    assert found.points == (Absent("no_sheets") if expected is None else expected)
    assert found.small is (case["how"] == "plain mean, flagged")


@pytest.mark.parametrize("aggregate", ["drop_high_low", "trimmed_criteria"])
@pytest.mark.parametrize(("number", "points"), [(0, "no_sheets"), (1, "small_panel"), (2, "small_panel"), (3, 5)])
def test_a_small_panel_may_be_refused(aggregate, number, points):
    part = part_of([named("a", points=10)], aggregate=aggregate, small_panel="refuse")
    found = panel(part, *[5] * number)

    assert found.points == (Absent(points) if isinstance(points, str) else points)
    assert found.small is (number in (1, 2))


def test_a_plain_mean_is_never_small():
    assert panel(part_of([named("a", points=10)]), 5).small is False


def test_empty_sheets_are_named_and_are_not_counted():
    found = panel(part_of([named("a", points=10)], aggregate="drop_high_low"), 4, None, 7, None)

    assert (found.points, found.empty, found.small) == (Fraction("5.5"), ("p1", "p3"), True)


def test_a_criterion_nobody_judged_has_no_points_and_the_panel_has():
    found = score_panel(part_of(), {"p0": {"a": 3, "b": None}, "p1": {"a": 6, "b": None}})

    assert (found.points, found.criteria) == (Fraction("7.5"), {"a": Fraction("4.5"), "b": None})


TIED = [{"a": 2, "b": 4}, {"a": 6, "b": 0}, {"a": 6, "b": 4}, {"a": 5, "b": 2}]
"""Totals 6, 6, 10, 7 of ten points: one of the first two leaves, and nothing says which."""


def test_of_sheets_with_the_total_that_leaves_all_count_alike():
    found = score_panel(part_of(aggregate="drop_high_low"), {f"p{n}": row for n, row in enumerate(TIED)})

    assert {sheet.panelist: sheet.weight for sheet in found.sheets} == {
        "p0": Fraction(1, 2),
        "p1": Fraction(1, 2),
        "p2": 0,
        "p3": 1,
    }
    assert found.criteria == {"a": Fraction(2 + 6 + 2 * 5, 4), "b": Fraction(4 + 0 + 2 * 2, 4)}
    assert found.points == Fraction(6 + 7, 2)


def test_where_all_totals_are_equal_every_sheet_counts_by_the_same_part():
    rows = [{"a": mark, "b": 4 - mark} for mark in (0, 1, 2, 4)]

    found = score_panel(part_of(aggregate="drop_high_low"), {f"p{n}": row for n, row in enumerate(rows)})

    assert {sheet.weight for sheet in found.sheets} == {Fraction(1, 2)}
    assert found.criteria == {"a": Fraction(7, 4), "b": Fraction(9, 4)}


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=7))
def test_neither_people_nor_the_order_of_criteria_decide_which_of_equal_sheets_leaves(given):
    sheets = {f"p{n}": {"a": a, "b": b} for n, (a, b) in enumerate(given)}
    turned = {f"p{9 - n}": {"b": b, "a": a} for n, (a, b) in enumerate(given)}

    one = score_panel(part_of(aggregate="drop_high_low"), sheets)
    other = score_panel(part_of(PLAIN[::-1], aggregate="drop_high_low"), turned)

    assert (one.points, dict(one.criteria)) == (other.points, dict(other.criteria))
    if len(given) >= 3:
        assert sum(one.criteria.values()) == one.points


# --- Dropping per criterion: another method with its own name


def test_each_criterion_loses_its_own_highest_and_lowest():
    """a: 1 2 6 → 2 and b: 0 4 4 → 4, together 6. By totals 5, 2, 10 the first sheet stays: a 1 and b 4, together 5."""
    rows = [{"a": 1, "b": 4}, {"a": 2, "b": 0}, {"a": 6, "b": 4}]
    sheets = {f"p{n}": row for n, row in enumerate(rows)}

    per_criterion = score_panel(part_of(aggregate="trimmed_criteria"), sheets)
    per_sheet = score_panel(part_of(aggregate="drop_high_low"), sheets)

    assert (per_criterion.points, per_criterion.criteria) == (6, {"a": 2, "b": 4})
    assert (per_sheet.points, per_sheet.criteria) == (5, {"a": 1, "b": 4})
    assert {sheet.use for sheet in per_criterion.sheets} == {"counted"}


def test_per_criterion_a_criterion_nobody_judged_leaves_the_sum_open():
    sheets = {f"p{n}": {"a": 3, "b": None} for n in range(4)}

    assert score_panel(part_of(aggregate="trimmed_criteria"), sheets).points == Absent("incomplete", ("b",))


def test_per_criterion_the_criterion_with_fewest_judgements_makes_a_panel_small():
    sheets = {f"p{n}": {"a": 3, "b": 2 if n < 2 else None} for n in range(4)}
    found = score_panel(part_of(aggregate="trimmed_criteria"), sheets)

    assert (found.points, found.small) == (5, True)


# --- The published panel of the reference case: seven reviewers, four models, five criteria


PANEL = CASE["panel"]
WEIGHTS = [30, 25, 20, 15, 10]
MODELS = range(4)


def published(model, aggregate, without=None):
    """Levels 1–101 stand for the case's 0–100."""
    criteria = [named(f"c{n}", points=weight, levels=101) for n, weight in enumerate(WEIGHTS)]
    sheets = {
        f"p{reviewer}": {f"c{n}": mark + 1 for n, mark in enumerate(scores[model])}
        for reviewer, scores in enumerate(PANEL["scores[reviewer][model][criterion]"], start=1)
        if reviewer != without
    }
    return score_panel(part_of(criteria, aggregate=aggregate), sheets).points


def order(points):
    return sorted((model + 1 for model in MODELS), key=lambda model: -points[model - 1])


@pytest.mark.parametrize(
    ("aggregate", "name"),
    [
        ("mean", "plain_mean"),
        ("drop_high_low", "drop_on_weighted_total"),
        ("trimmed_criteria", "drop_per_criterion"),
    ],
)
def test_the_published_panel(aggregate, name):
    assert PANEL["criterion_weights"] == [weight / 100 for weight in WEIGHTS]
    assert [published(model, aggregate) for model in MODELS] == [exactly(e) for e in PANEL["expected"][name]]


def test_the_published_orders():
    assert order([published(m, "drop_high_low") for m in MODELS]) == PANEL["expected"]["order_by_drop_on_total"]
    assert order([published(m, "trimmed_criteria") for m in MODELS]) == PANEL["expected"]["order_by_drop_per_criterion"]


@pytest.mark.parametrize(
    "case", PANEL["expected"]["leave_one_reviewer_out (drop on total)"], ids=lambda case: f"without {case['dropped']}"
)
def test_the_published_leave_one_reviewer_out(case):
    totals = [published(model, "drop_high_low", without=case["dropped"]) for model in MODELS]

    assert totals == [Fraction(str(total)) for total in case["totals"]]
    assert order(totals) == case["order_best_first"]


# --- Whatever the marks


@st.composite
def panels(draw):
    aggregate = draw(st.sampled_from(["mean", "drop_high_low", "trimmed_criteria"]))
    part = part_of(TREE, aggregate=aggregate, cannot_judge=draw(st.sampled_from(["renormalise", "zero"])))
    marks = {leaf.path: st.none() | st.integers(leaf.lowest, leaf.highest) for leaf in part.leaves()}
    rows = draw(st.lists(st.fixed_dictionaries(marks), max_size=6))
    return part, {f"p{n}": row for n, row in enumerate(rows)}


@given(panels(), st.randoms())
@settings(max_examples=60)
def test_who_gave_which_sheet_does_not_matter(drawn, random):
    part, sheets = drawn
    people = random.sample(sorted(sheets), len(sheets))
    found, other = score_panel(part, sheets), score_panel(part, dict(zip(people, sheets.values(), strict=True)))

    assert (found.points, found.criteria, found.small) == (other.points, other.criteria, other.small)


@given(panels())
@settings(max_examples=60)
def test_points_stay_between_nothing_and_everything(drawn):
    part, sheets = drawn
    found = score_panel(part, sheets)

    assert isinstance(found.points, Absent) or 0 <= found.points <= part.points
    assert all(points is None or 0 <= points <= 15 for points in found.criteria.values())


@given(panels(), st.data())
@settings(max_examples=60)
def test_counting_the_rest_again_is_counting_without_one(drawn, data):
    """What leave-one-out does with sheets already scored gives what a count without that person gives."""
    part, sheets = drawn
    if not sheets:
        return
    left_out = data.draw(st.sampled_from(sorted(sheets)))
    whole = score_panel(part, sheets)

    again = panel_of(
        part,
        [sheet for sheet in whole.sheets if sheet.panelist != left_out],
        tuple(name for name in whole.empty if name != left_out),
    )

    assert again == score_panel(part, {name: row for name, row in sheets.items() if name != left_out})
    assert panel_of(part, again.sheets, again.empty, paths={"tech"}) == replace(
        again, criteria={path: points for path, points in again.criteria.items() if path == "tech"}
    )
