"""Rows of votes to counts: whatever the order, the types and the cut, the counts are the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from evaluations.scoring.tallies import (
    CHOICES,
    CHUNK,
    PairTally,
    fold_columns,
    fold_comparisons,
    fold_named,
    fold_ratings,
)

MODELS = ("ga", "na", "da")
rows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 4)).filter(lambda row: row[0] != row[1]), max_size=60
)


def columns(found, dtype=np.int64):
    return (np.array(column, dtype) for column in (zip(*found, strict=True) if found else ([], [], [])))


def test_every_row_is_one_vote_in_its_cell():
    tally = fold_comparisons(np.array([0, 0, 1, 2]), np.array([1, 1, 0, 1]), np.array([0, 0, 3, 4]), MODELS)

    assert tally.counts[0, 1].tolist() == [2, 0, 0, 0, 0]
    assert tally.counts[1, 0].tolist() == [0, 0, 0, 1, 0]
    assert tally.counts[2, 1].tolist() == [0, 0, 0, 0, 1]
    assert tally.counts.sum() == 4
    assert (tally.compared, tally.exposure.tolist()) == (3, [3, 4, 1])


def test_ties_of_both_kinds_are_ties_and_skips_are_nothing():
    tally = fold_comparisons(np.zeros(5, int), np.ones(5, int), np.arange(5), MODELS)

    assert tally.outcomes()[0, 1].tolist() == [1, 1, 2]


@given(rows, st.randoms())
def test_order_and_type_have_no_effect(found, random):
    expected = fold_comparisons(*columns(found), MODELS).counts
    random.shuffle(found)
    for dtype in (np.int8, np.uint16, np.int32, np.uint64, ">i4"):
        assert (fold_comparisons(*columns(found, dtype), MODELS).counts == expected).all()


@given(rows, st.integers(0, 60))
def test_tallies_of_parts_add_up_to_that_of_the_whole(found, cut):
    whole = fold_comparisons(*columns(found), MODELS)
    parts = [fold_comparisons(*columns(part), MODELS) for part in (found[:cut], found[cut:])]

    assert ((parts[0] + parts[1]).counts == whole.counts).all()
    assert ((parts[1] + parts[0]).counts == whole.counts).all()


def test_more_rows_than_one_chunk():
    n = 2 * CHUNK + 17
    left = np.arange(n) % 3
    tally = fold_comparisons(left, (left + 1) % 3, np.arange(n) % 5, MODELS)

    assert tally.counts.sum() == n
    assert tally.counts[0, 1].sum() == len(range(0, n, 3))


@pytest.mark.parametrize("sizes", [(1, 65536), (256, 256, 5), (2, 128), (3, 1, 100_000), (70_000, 2)])
def test_keys_wider_than_their_columns(sizes):
    rng = np.random.default_rng(5)
    columns = [rng.integers(0, codes, 1_000).astype(np.min_scalar_type(codes - 1)) for codes in sizes]
    kept = [column.copy() for column in columns]
    key = np.zeros(1_000, np.int64)
    for column, codes in zip(columns, sizes, strict=True):
        key = key * codes + column

    counts = fold_columns(list(zip(columns, sizes, strict=True)))

    assert (counts == np.bincount(key, minlength=len(counts))).all()
    assert all((column == before).all() for column, before in zip(columns, kept, strict=True))


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 65_535, 65_536, 65_537, 2 * CHUNK, 2 * CHUNK + 1])
def test_one_cell_holds_all_rows(rows):
    only = [(np.full(rows, 2, np.int8), 3), (np.full(rows, 1, np.int64), 2)]

    assert fold_columns(only).tolist() == [0, 0, 0, 0, 0, rows]


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, ">u2"])
@pytest.mark.parametrize("step", [3, -1], ids=["every third", "backwards"])
def test_columns_that_skip_through_memory(dtype, step):
    n = 3 * (CHUNK + 5)
    columns = [(np.arange(n) % codes).astype(dtype)[::step] for codes in (7, 5)]
    key = columns[0].astype(np.int64) * 5 + columns[1]

    counts = fold_columns([(columns[0], 7), (columns[1], 5)])

    assert counts.dtype == np.int64
    assert counts.tolist() == np.bincount(key, minlength=35).tolist()


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int64])
@pytest.mark.parametrize("code", [-128, -1, 3, 127])
@pytest.mark.parametrize("place", [0, CHUNK - 1, CHUNK, CHUNK + 2])
def test_a_wrong_code_in_any_chunk_is_refused(dtype, code, place):
    column = np.zeros(CHUNK + 3, dtype)
    column[place] = code

    for columns in ([(column, 3), (np.zeros_like(column), 2)], [(np.zeros_like(column), 2), (column, 3)]):
        with pytest.raises(ValueError, match="a code is not between 0 and 2"):
            fold_columns(columns)


def test_the_models_of_a_part():
    tally = fold_comparisons(np.array([0, 2]), np.array([1, 0]), np.array([0, 1]), MODELS).only(["da", "ga"])

    assert tally.models == ("da", "ga")
    assert tally.counts[0, 1].tolist() == [0, 1, 0, 0, 0]
    assert tally.counts.sum() == 1


@pytest.mark.parametrize(
    ("left", "right", "choice", "why"),
    [
        ([3], [0], [0], "a code is not between 0 and 2"),
        ([-1], [0], [0], "a code is not between 0 and 2"),
        ([0], [1], [5], "a code is not between 0 and 4"),
        ([0, 1], [1], [0], "unequal numbers of rows"),
        ([1], [1], [0], "compared with itself"),
    ],
)
def test_rows_that_cannot_be_are_refused(left, right, choice, why):
    with pytest.raises(ValueError, match=why):
        fold_comparisons(np.array(left), np.array(right), np.array(choice), MODELS)


@pytest.mark.parametrize(
    ("models", "counts", "why"),
    [
        (("ga", "na"), np.zeros((2, 2, 4), int), "need the shape"),
        (("ga", "ga"), np.zeros((2, 2, 5), int), "named twice"),
        (("ga", "na"), np.full((2, 2, 5), -1), "negative"),
        (("ga", "na"), np.full((2, 2, 5), np.nan), "missing or infinite"),
        (("ga", "na"), np.full((2, 2, 5), -np.inf), "missing or infinite"),
        (("ga", "na"), np.full((2, 2, 5), 0.5), "whole numbers of votes; votes with weights"),
        (("ga", "na"), np.full((2, 2, 5), "1"), "whole numbers of votes, not <U1"),
        (("ga", "na"), np.full((2, 2, 5), 2**63, np.uint64), "larger than any number of votes"),
        (("ga", "na"), np.ones((2, 2, 5), int), "ga, na was compared with itself"),
        (("ga", "na"), [[[0] * 5, [1] * 5], [[1] * 5, [0] * 4 + [1]]], "^na was compared with itself"),
    ],
)
def test_counts_that_cannot_be_are_refused(models, counts, why):
    with pytest.raises(ValueError, match=why):
        PairTally(models, counts)
    with pytest.raises(ValueError, match="different models"):
        PairTally(("ga", "na"), np.zeros((2, 2, 5), int)) + PairTally(("na", "ga"), np.zeros((2, 2, 5), int))


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.float32, np.int64, bool])
def test_counts_of_any_kind_are_added_up_without_wrapping_around(dtype):
    counts = np.zeros((2, 2, 5), dtype)
    counts[0, 1, :2] = 1 if dtype is bool else 100
    tally, same = PairTally(("ga", "na"), counts), PairTally(("ga", "na"), counts.astype(int).tolist())

    assert (tally + tally + tally + tally).counts[0, 1].tolist() == (4 * same.counts[0, 1]).tolist()
    assert (tally.counts.dtype, same.counts.dtype) == (np.int64, np.int64)
    assert tally.outcomes().tolist() == same.outcomes().tolist()


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (np.array([0.0, 1.0]), "codes are whole numbers, not float64"),
        ([0.7, 1.2], "codes are whole numbers, not float64"),
        (["0", "1"], "codes are whole numbers, not <U1"),
        ([[0, 1]], r"not an array of the shape \(1, 2\)"),
        ([None, 1], "codes are whole numbers, not object"),
    ],
)
def test_a_column_that_is_none_of_codes_is_refused(column, why):
    with pytest.raises(ValueError, match=why):
        fold_columns([(column, 2)])
    with pytest.raises(ValueError, match=why):
        fold_ratings([0, 0], [0, 0], [0, 0], column, (1, 1, 1))


def test_lists_are_columns_too():
    assert fold_columns([([0, 1, 1], 2), ([True, False, False], 2)]).tolist() == [0, 1, 2, 0]
    assert fold_comparisons([0, 1], [1, 0], [0, 1], ["x", "y"]).counts[0, 1].tolist() == [1, 0, 0, 0, 0]
    assert fold_comparisons([], [], [], ["x", "y"]).compared == 0


def test_more_cells_than_fit_are_refused():
    with pytest.raises(ValueError, match="more than one tally can hold"):
        fold_columns([(np.zeros(1, int), 1 << 16), (np.zeros(1, int), 1 << 16)])


@given(arrays.arrays(np.int64, st.tuples(st.just(4), st.integers(0, 40)), elements=st.integers(0, 1)))
def test_ratings_are_counted_by_team_question_and_stratum(found):
    team, question, stratum, rating = found
    counts = fold_ratings(team, question, stratum, rating + 4, (2, 2, 2))

    assert counts.shape == (2, 2, 2, 5)
    for cell in np.ndindex(2, 2, 2):
        here = (team == cell[0]) & (question == cell[1]) & (stratum == cell[2])
        assert counts[cell].tolist() == [0, 0, 0, int((here & (rating == 0)).sum()), int((here & (rating == 1)).sum())]


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_is_from_one_to_five(rating):
    with pytest.raises(ValueError, match="between 1 and 5"):
        fold_ratings(np.array([0]), np.array([0]), np.array([0]), np.array([rating]), (1, 1, 1))


def test_the_choices_are_those_of_the_data_files():
    assert CHOICES == ("a", "b", "both_good", "both_bad", "skip")


def test_votes_by_name_are_the_votes_by_code():
    left, right, choice = np.array([0, 2, 0, 1, 0]), np.array([1, 1, 1, 2, 2]), np.array([0, 3, 0, 4, 2])
    names = ("z", "x", "y")
    rows = [(names[one], names[other], CHOICES[said]) for one, other, said in zip(left, right, choice, strict=True)]

    found = fold_named(rows, names)

    assert found.models == names
    assert (found.counts == fold_comparisons(left, right, choice, names).counts).all()
    assert (fold_named(reversed(rows), names).counts == found.counts).all()
    assert (fold_named(rows).counts == found.only(("x", "y", "z")).counts).all()
    assert (fold_named(list(map(list, rows)), names).counts == found.counts).all()
    assert fold_named([]).models == ()


@pytest.mark.parametrize(
    ("rows", "models", "why"),
    [
        ([("x", "y", "tie")], None, "neither a model nor a choice: tie"),
        ([("x", "y", "a")], ["x"], "neither a model nor a choice: y"),
        ([("x", "x", "a")], None, r"x was compared with itself: \('x', 'x', 'a'\)"),
        ([("x", "y", None)], None, r"a left model, a right model and a choice, not \('x', 'y', None\)"),
        ([("x", "y", "a"), ("y", 3, "a")], None, r"a choice, not \('y', 3, 'a'\)"),
        ([("x", "y")], None, r"a choice, not \('x', 'y'\)"),
        ([("x", "y", "a")], ["x", "y", "y"], "named twice"),
    ],
)
def test_votes_by_name_that_cannot_be_counted_are_named(rows, models, why):
    with pytest.raises(ValueError, match=why):
        fold_named(rows, models)
