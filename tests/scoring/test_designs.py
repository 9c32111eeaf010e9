"""Columns of marks: what is refused by name, and which islands they form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring.designs import Island, NotEstimable, TooFewMarks, columns, crossed, frozen, islands


def test_columns_become_arrays_of_numbers_and_positions():
    marks, reviewers, teams = columns([3, 4], [0, 1], [1, 0])

    assert (marks.tolist(), reviewers.tolist(), teams.tolist()) == ([3.0, 4.0], [0, 1], [1, 0])


@pytest.mark.parametrize(
    ("scores", "reviewers", "teams", "said"),
    [
        ([1, np.nan], [0, 1], [0, 0], "a score is missing or infinite; leave its row out"),
        ([1, np.inf], [0, 1], [0, 0], "a score is missing or infinite; leave its row out"),
        ([1, 2], [0], [0, 0], r"columns of equal length were expected: \(2,\) scores, \(1,\) reviewers"),
        ([[1, 2]], [[0, 1]], [[0, 0]], r"columns of equal length were expected: \(1, 2\) scores, \(1, 2\) reviewers"),
        ([1, 2], [0, 1], [0.0, 1.0], "teams are positions: whole numbers from 0"),
        ([1, 2], [-1, 0], [0, 0], "reviewers are positions: whole numbers from 0"),
    ],
)
def test_columns_of_another_form_are_refused(scores, reviewers, teams, said):
    with pytest.raises(ValueError, match=f"^{said}$") as raised:
        columns(scores, reviewers, teams)

    assert not isinstance(raised.value, NotEstimable)


def test_a_position_without_a_mark_is_named():
    with pytest.raises(TooFewMarks, match=r"^no mark of reviewers 0, 2$") as raised:
        columns([1, 2], [1, 3], [0, 1])

    assert (raised.value.where, raised.value.code) == ((0, 2), "too_few_marks")


def test_numbers_that_are_no_positions_take_no_room():
    """A table of a thousand million positions would be made before anybody saw that two have marks."""
    with pytest.raises(TooFewMarks, match=r"^no mark of reviewers 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11$"):
        columns([1, 2], [0, 10**9], [0, 0])


def test_no_mark_at_all_is_named():
    with pytest.raises(TooFewMarks, match=r"^there is no mark$"):
        columns([], [], [])


def test_crossing_counts_and_sums():
    rows, others = np.array([0, 0, 1]), np.array([1, 1, 0])

    assert crossed(rows, others).tolist() == [[0, 2], [1, 0]]
    assert crossed(rows, others, np.array([0.5, 2, 4])).tolist() == [[0, 2.5], [4, 0]]


def test_islands_of_the_docstring():
    assert islands(np.array([[1, 1, 0], [0, 0, 1]])) == (Island((0,), (0, 1)), Island((1,), (2,)))


def test_a_long_chain_is_one_island():
    chain = np.eye(40) + np.eye(40, k=1)

    assert islands(chain) == (Island(tuple(range(40)), tuple(range(40))),)


@pytest.mark.parametrize("turned", [1, -1])
def test_a_chain_of_thousands_is_one_island(turned):
    """Each shares a team with the next. Labels that only go from one to the next would take as many rounds as there are reviewers."""
    size = 3000
    chain = np.eye(size, dtype=np.int8) + np.eye(size, k=1, dtype=np.int8)
    order = np.random.default_rng(1).permutation(size)

    for table in (chain[::turned], chain[order]):
        assert islands(table) == (Island(tuple(range(size)), tuple(range(size))),)


def flooded(counts):
    """The islands by walking from each reviewer, one at a time."""
    found, seen = [], set()
    for first in range(len(counts)):
        if first in seen:
            continue
        reviewers, teams, waiting = set(), set(), [first]
        while waiting:
            reviewer = waiting.pop()
            reviewers.add(reviewer)
            teams |= set(np.flatnonzero(counts[reviewer]).tolist())
            waiting += [r for r in range(len(counts)) if r not in reviewers and counts[r, list(teams)].any()]
        seen |= reviewers
        found.append(Island(tuple(sorted(reviewers)), tuple(sorted(teams))))
    return tuple(found)


@settings(deadline=None)
@given(pairs=st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1))
def test_islands_are_what_a_walk_finds(pairs):
    reviewers, teams = (np.unique([pair[side] for pair in sorted(pairs)], return_inverse=True)[1] for side in (0, 1))
    counts = crossed(reviewers, teams)

    assert islands(counts) == flooded(counts)


def test_a_result_is_not_written_to():
    with pytest.raises(ValueError, match="read-only"):
        frozen(np.zeros(2))[0] = 1
