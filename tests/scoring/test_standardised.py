"""z-scores of panelists, against the published case and numpy."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring import Evidence
from evaluations.scoring.standardised import standardise, standardise_part
from tests.factories.scoring import config, counted, experts, named
from tests.scoring.reference_case import CASE, TOLERANCE

Z = CASE["z_scores"]
panels = st.lists(st.lists(st.none() | st.integers(0, 20), min_size=4, max_size=4), min_size=1, max_size=5).filter(
    lambda rows: any(mark is not None for row in rows for mark in row)
)


def seats(rows):
    return {
        (f"p{p}", f"t{t}"): Fraction(score)
        for p, row in enumerate(rows)
        for t, score in enumerate(row)
        if score is not None
    }


def test_the_published_case():
    found = standardise(seats(Z["scores[reviewer][model]"]))

    assert found.pooled_mean == pytest.approx(Z["expected"]["pooled_mean"], abs=TOLERANCE)
    assert found.pooled_sd == pytest.approx(Z["expected"]["pooled_sd"], abs=TOLERANCE)
    expected = seats(Z["expected"]["adjusted"])
    assert found.adjusted.keys() == expected.keys()
    assert all(found.adjusted[seat] == pytest.approx(float(score), abs=TOLERANCE) for seat, score in expected.items())
    assert (found.flat, found.single) == (("p2",), ("p3",))


def test_a_worked_example():
    """Pooled mean 70, sd √(1000/5) = √200; both panelists become 70 − √200, 70, 70 + √200."""
    found = standardise(seats([[70, 80, 90], [50, 60, 70]]))

    assert (found.pooled_mean, found.pooled_sd) == (70.0, 200**0.5)
    assert [found.adjusted[f"p{p}", "t0"] for p in range(2)] == [70 - 200**0.5] * 2
    assert found.team_means() == {"t0": 70 - 200**0.5, "t1": 70.0, "t2": 70 + 200**0.5}


def test_a_single_score_stays_and_has_no_spread():
    found = standardise(seats([[80]]))

    assert (found.pooled_sd, found.adjusted, found.single) == (None, {("p0", "t0"): 80.0}, ("p0",))


def test_when_all_are_equal_everybody_is_flat():
    found = standardise(seats([[5, 5], [5, 5]]))

    assert (found.pooled_sd, set(found.adjusted.values()), found.flat) == (0.0, {5.0}, ("p0", "p1"))


def test_no_score_is_an_error():
    with pytest.raises(ValueError, match="no value"):
        standardise({})


@given(panels)
def test_numpy_says_the_same(rows):
    matrix = np.array([[np.nan if score is None else float(score) for score in row] for row in rows])
    scores = matrix[~np.isnan(matrix)]
    found = standardise(seats(rows))

    for p, row in enumerate(matrix):
        own = row[~np.isnan(row)]
        for t, score in enumerate(row):
            if not np.isnan(score):
                sd = own.std(ddof=1) if len(own) > 1 else None
                z = (score - own.mean()) / sd if sd else 0.0
                expected = score if sd is None else scores.mean() + z * scores.std(ddof=1)
                assert found.adjusted[f"p{p}", f"t{t}"] == pytest.approx(expected, abs=1e-9)


@given(panels, st.integers(1, 5), st.integers(-20, 20))
def test_how_a_panelist_uses_the_scale_falls_out(rows, factor, shift):
    """One panelist's scores stretched and moved: that panelist's z, and so the order it gives, stay."""
    stretched = [[None if score is None else factor * score + shift for score in rows[0]], *rows[1:]]
    before, after = standardise(seats(rows)), standardise(seats(stretched))

    own = [seat for seat in before.adjusted if seat[0] == "p0"]
    if len(own) > 1:
        z = [
            [(found.adjusted[seat] - found.pooled_mean) / (found.pooled_sd or 1) for seat in own]
            for found in (before, after)
        ]
        assert z[0] == pytest.approx(z[1], abs=1e-9)


def test_the_sheets_of_a_part_are_all_in_also_those_that_were_left_out():
    marks = {"ga": [10, 8, 7, 3], "na": [5, 4, 3, 2]}
    sheets = {(f"p{n}", team): {"tech": mark} for team, row in marks.items() for n, mark in enumerate(row)}
    result = counted(config(experts(named("tech", points=10), aggregate="drop_high_low")), Evidence(sheets=sheets))

    assert standardise_part(result, "expert") == standardise(
        {(f"p{n}", team): Fraction(mark) for team, row in marks.items() for n, mark in enumerate(row)}
    )
