"""Citizens drawn again: each draw is what the rules of the count make of it, in blocks of memory, and the fewest are found."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

from evaluations.scoring import Choices
from evaluations.scoring.averages import shrunk_mean
from evaluations.scoring.duels import duels, expected_win_share
from evaluations.scoring.people_draws import fewest_judges, fewest_raters, star_draws, win_draws


def test_votes_of_thirty_teams_are_drawn_again_in_blocks_of_memory():
    """All at once they took 670 MB; in blocks each draw is what it is alone, digit for digit."""
    rng = np.random.default_rng(1)
    weights = rng.multinomial(400, np.full(400, 1 / 400), size=10_000).astype(np.float64)
    votes, stars = rng.poisson(0.3, (400, 30, 30, 4)).astype(np.float64), rng.poisson(0.3, (400, 30, 9, 5)).astype(np.float64)  # fmt: skip
    tracemalloc.start()
    try:
        won, means = win_draws(votes, weights), star_draws(stars, np.full(9, 3.0), 2.5, weights)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < won.nbytes + means.nbytes + 32e6
    for draw in (0, 290, 291, 9_999):
        alone = weights[draw : draw + 1]
        assert win_draws(votes, alone).tolist() == won[draw : draw + 1].tolist()
        assert star_draws(stars, np.full(9, 3.0), 2.5, alone).tolist() == means[draw : draw + 1].tolist()


def test_a_draw_is_what_the_count_makes_of_whom_it_has():
    rng = np.random.default_rng(2)
    weights = np.vstack([np.ones(5), rng.multinomial(5, np.full(5, 1 / 5), size=20)]).astype(np.float64)
    votes, stars = rng.integers(1, 4, (5, 3, 3, 4)), rng.integers(0, 3, (5, 3, 2, 5))
    votes[:, range(3), range(3)] = 0
    won, means = win_draws(votes.astype(float), weights), star_draws(stars.astype(float), np.array([3.0, 2.5]), 1.5, weights)  # fmt: skip

    for draw, times in enumerate(weights.astype(int)):
        of_pairs, of_stars = np.tensordot(times, votes, 1).tolist(), np.tensordot(times, stars, 1).tolist()
        tallies = {(a, b): Choices(*of_pairs[a][b]) for a in range(3) for b in range(3) if a != b}
        shares = [expected_win_share(duels(tallies, team, {0, 1, 2} - {team})) for team in range(3)]
        shrunk = [sum(shrunk_mean(n, grand, Fraction(3, 2)) for n, grand in zip(counts, (Fraction(3), Fraction(5, 2)), strict=True)) / 2 for counts in of_stars]  # fmt: skip
        assert won[draw].tolist() == pytest.approx([float(share) for share in shares])
        assert means[draw].tolist() == pytest.approx([float(mean) for mean in shrunk])


def test_the_fewest_are_counted_once_however_much_they_said():
    stars, votes = np.zeros((4, 2, 2, 5)), np.zeros((4, 3, 3, 4))
    stars[:, :, :, 2] = 1
    stars[1:, 1, 1] = 0
    stars[0, 1, 1] = [3, 0, 0, 1, 0]
    votes[:, 0, 1, 0] = votes[:, 2, 0, 1] = 1
    votes[0, 1, 2, 0] = votes[0, 2, 1, 3] = votes[3, 2, 1, 2] = 5

    assert (fewest_raters(stars), fewest_judges(votes)) == (1, 2)
    assert fewest_judges(np.zeros((4, 1, 1, 4))) == 0  # one team has no rival
