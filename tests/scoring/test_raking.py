"""Raking: a published answer, what no weights can do, and what trimming costs."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.raking import Infeasible, Margin, cells_of, collapse, fold_people, rake, weighted_mean

REFERENCE = Path(__file__).parent / "reference"
CASE = json.loads((REFERENCE / "raking-api.json").read_text(encoding="utf-8"))
ROWS = list(csv.DictReader((REFERENCE / CASE["data_file"]).read_text(encoding="utf-8").splitlines()))
SEX, AGE = Margin("sex", {"f": 0.5, "m": 0.5}), Margin("age", {"20s": 0.3, "40s": 0.4, "60s": 0.3})


def test_the_schools_of_california():
    margins = [Margin(name, targets) for name, targets in CASE["margins"].items()]
    cells = cells_of([[row[margin.name] for margin in margins] for row in ROWS], margins)
    found = rake(cells, margins, trim=None)

    weights = {
        f"{one}|{other}": found.weights[i, j]
        for i, one in enumerate(margins[0].targets)
        for j, other in enumerate(margins[1].targets)
    }
    expected, tolerance = CASE["expected"], CASE["tolerance"]
    assert weights == pytest.approx(expected["weight_by_cell"], abs=tolerance)
    assert found.effective_n == pytest.approx(expected["kish_effective_n"], abs=tolerance)
    own = np.array([weights[f"{row['stype']}|{row['sch.wide']}"] for row in ROWS])
    api, enroll = (np.array([float(row[column]) for row in ROWS]) for column in ("api00", "enroll"))
    assert own.sum() == pytest.approx(expected["sum_of_weights"], abs=tolerance)
    assert (own * api).sum() / own.sum() == pytest.approx(expected["weighted_mean_api00"], abs=tolerance)
    assert (own * enroll).sum() == pytest.approx(expected["weighted_total_enroll"], rel=1e-9)
    printed = CASE["output_of_the_help_page_example"]
    assert (own * api).sum() / own.sum() == pytest.approx(printed["mean_api00"], abs=0.005)


def test_one_margin_is_a_ratio():
    found = rake([10, 30], [SEX], trim=None)

    assert found.weights.tolist() == pytest.approx([0.05, 0.5 / 30])
    # Weights 3 and 1 on 10 and 30 people: CV² = 1/3.
    assert found.design_effect == pytest.approx(4 / 3)
    assert found.effective_n == pytest.approx(30)
    assert found.largest == pytest.approx(2)


@given(st.lists(st.integers(1, 50), min_size=6, max_size=6))
def test_every_margin_is_met_and_equal_weights_stay_equal(numbers):
    cells = np.array(numbers).reshape(2, 3)
    found = rake(cells, [SEX, AGE], trim=None)
    weighted = cells * found.weights

    assert weighted.sum(axis=1) == pytest.approx([0.5, 0.5], rel=1e-9)
    assert weighted.sum(axis=0) == pytest.approx([0.3, 0.4, 0.3], rel=1e-9)
    assert found.margin_error < 1e-9
    own = [Margin("sex", dict(zip("fm", cells.sum(axis=1).tolist(), strict=True)))]
    own.append(Margin("age", dict(zip("abc", cells.sum(axis=0).tolist(), strict=True))))
    assert rake(cells, own).weights == pytest.approx(np.ones((2, 3)))


@given(st.lists(st.integers(1, 50), min_size=6, max_size=6))
def test_the_odds_within_the_table_are_kept(numbers):
    """Raking is the weighting closest to what came: it changes no interaction of the traits."""
    weights = rake(np.array(numbers).reshape(2, 3), [SEX, AGE], trim=None).weights

    assert weights[0, 0] * weights[1, 1] == pytest.approx(weights[0, 1] * weights[1, 0], rel=1e-6)


def test_trimmed_weights_stay_within_bounds_and_the_rest_makes_up_for_it():
    cells = np.array([[1, 60, 60], [60, 60, 60]])
    margins = [SEX, Margin("age", {"20s": 0.7, "40s": 0.15, "60s": 0.15})]
    free, trimmed = rake(cells, margins, trim=None), rake(cells, margins, trim=(0.2, 2.0))

    assert free.largest > 2.0
    assert trimmed.weights.max() * cells.sum() == pytest.approx(2.0)  # of the mean that meets all margins
    assert trimmed.trimmed > 0
    assert trimmed.design_effect < free.design_effect
    assert trimmed.margin_error > 1e-6  # some margin has to give way, and it is said


def test_what_trimming_leaves_unmet_is_measured_on_the_weights_there_are():
    """One person for half of the population may speak for five of the hundred: weights 5 and 50/99 and not 50/99 of all."""
    found = rake([1, 99], [SEX])
    one, other = found.weights * 100
    assert (one, other) == (pytest.approx(5), pytest.approx(50 / 99))
    total, squares = one + 99 * other, one**2 + 99 * other**2

    assert found.design_effect == pytest.approx(100 * squares / total**2)
    assert (found.design_effect, found.effective_n) == (pytest.approx(1.661, abs=5e-4), pytest.approx(60.2, abs=0.05))
    assert found.largest == pytest.approx(100 / 11)
    assert found.effective_n == pytest.approx(total**2 / squares)
    assert found.margin_error == pytest.approx(0.9)
    assert (found.weights * [1, 99]).sum() == pytest.approx(0.55)


def test_what_weights_cannot_do_is_refused():
    with pytest.raises(Infeasible, match="nobody is in the category '60s'"):
        rake([[5, 5, 0], [5, 5, 0]], [SEX, AGE])
    with pytest.raises(Infeasible, match="add up to 2"):
        rake([[5, 5], [5, 5]], [SEX, Margin("region", {"a": 1.0, "b": 1.0})])
    with pytest.raises(Infeasible, match="whose target is 0"):
        rake([5, 5], [Margin("sex", {"f": 1.0, "m": 0.0})])
    with pytest.raises(Infeasible, match="is negative"):
        rake([5, 5], [Margin("sex", {"f": 1.5, "m": -0.5})])
    with pytest.raises(Infeasible, match="no people"):
        rake([0, 0], [SEX])
    with pytest.raises(Infeasible, match="no weights of these cells"):
        rake([[5, 0], [0, 5]], [SEX, Margin("region", {"a": 0.2, "b": 0.8})])
    with pytest.raises(ValueError, match="do not fit"):
        rake([5, 5, 5], [SEX])


@pytest.mark.parametrize(
    ("cells", "margins", "options", "why"),
    [
        ([5, 5], [Margin("sex", {"f": np.nan, "m": 0.5})], {}, "sex: the target of 'f' is missing or infinite"),
        ([5, 5], [Margin("sex", {"f": 0.5, "m": np.inf})], {}, "sex: the target of 'm' is missing or infinite"),
        ([5, np.nan], [SEX], {}, "people in a cell is missing, infinite or negative"),
        ([5, -1], [SEX], {}, "people in a cell is missing, infinite or negative"),
        (5, [], {}, "at least one margin"),
        ([5, 5], [SEX], {"trim": (5, 0.2)}, "multiples of the mean weight, one below and one above 1"),
        ([5, 5], [SEX], {"trim": (2, 5)}, "multiples of the mean weight, one below and one above 1"),
    ],
)
def test_what_is_no_number_is_refused(cells, margins, options, why):
    with pytest.raises(ValueError, match=why):
        rake(cells, margins, **options)


def test_margins_that_cannot_be_met_are_given_up_early():
    """Two halves of the table that no trait joins, and targets that fit neither: the error stays what it is."""
    cells = np.ones((2, 3, 4))
    cells[0, 0], cells[1, 1:] = 0, 0
    margins = [SEX, Margin("age", {"a": 0.2, "b": 0.4, "c": 0.4}), Margin("region", dict.fromkeys("wxyz", 0.25))]

    with pytest.raises(Infeasible, match=r"after [2468]00 rounds a margin is still"):
        rake(cells, margins)


def test_weights_beside_trimmed_ones_stay_numbers():
    """Neither row nor column of what is left can be met: each round would drive the weights further away for ever."""
    found = rake([[40, 3], [5, 2]], [Margin("row", {"a": 0.3, "b": 0.7}), Margin("column", {"c": 0.2, "d": 0.8})])

    assert np.isfinite(found.weights).all()
    assert found.weights.max() * 50 <= 5 + 1e-9
    assert found.rounds < 100


def test_a_category_without_a_target_is_refused():
    with pytest.raises(Infeasible, match="no target for the category 'x'"):
        cells_of([["x"]], [SEX])


def test_a_person_without_a_category_is_named():
    with pytest.raises(ValueError, match=r"one category a margin was expected \(2\), not \('f',\)"):
        cells_of([["f", "20s"], ["f"]], [SEX, AGE])


def test_a_declared_collapse_lets_an_empty_category_go():
    merged = collapse(AGE, "60s", into="40s")

    assert merged.targets == {"20s": 0.3, "40s": 0.7}
    assert rake([[5, 5], [5, 5]], [SEX, merged]).margin_error < 1e-9


def test_a_category_that_is_not_there_cannot_be_collapsed():
    for pair in (("80s", "60s"), ("60s", "80s")):
        with pytest.raises(ValueError, match="age: there is no category '80s'"):
            collapse(AGE, *pair)


def test_a_mean_of_other_cells_is_refused():
    raked = rake([10, 30], [SEX])

    with pytest.raises(ValueError, match="of other cells"):
        weighted_mean([4.0, 2.0, 1.0], [10, 30], raked)
    with pytest.raises(ValueError, match="of other cells"):
        weighted_mean([4.0, 2.0], [10, 30, 5], raked)


def test_people_are_folded_to_cells():
    cells = fold_people([np.array([0, 1, 1]), np.array([2, 0, 0])], (2, 3))

    assert cells.tolist() == [[0, 0, 1], [2, 0, 0]]
    assert (cells == cells_of([["f", "60s"], ["m", "20s"], ["m", "20s"]], [SEX, AGE])).all()


def test_the_weighted_mean_stands_beside_the_unweighted_one():
    raked = rake([10, 30], [SEX], trim=None)
    shares = weighted_mean([4.0, 2.0], [10, 30], raked)

    assert (shares.weighted, shares.unweighted) == (pytest.approx(3.0), 2.5)
