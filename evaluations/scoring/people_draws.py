"""Citizens drawn again: how often each group of them is in each draw, and what their stars and choices come to by the rules of the count.

Groups are G of `People.groups`; `weights` are how often each is in each draw, (draws, G).
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from evaluations.scoring.clusters import fold_groups
from evaluations.scoring.comparisons import Floats
from evaluations.scoring.parts import Item
from evaluations.scoring.people import People
from evaluations.scoring.tallies import BOTH_BAD, BOTH_GOOD, SKIP, A, B, fold_columns

BLOCK = 1 << 20
"""Counts in resamples held at a time (8 MiB)."""


def star_counts(people: People, item: Item, groups: int) -> Floats:
    """How often each of so many groups gave each team each star on each question of the item, (G, teams, questions, 5)."""
    stars, size, questions = people.stars, len(people.teams), len(people.questions)
    own = people.groups(groups)[stars.person]
    columns = [(own, groups), (stars.team, size), (stars.question, questions), (stars.rating, 6)]
    counts = fold_columns(columns).reshape(groups, size, questions, 6)
    return counts[:, :, [people.questions.index(question) for question in item.questions], 1:].astype(np.float64)


def vote_counts(people: People, groups: int) -> Floats:
    """How often each group chose what of each two teams, skips left out, (G, left, right, 4)."""
    counts = fold_groups(people.votes, people.groups(groups)[people.votes.person], groups, people.teams)
    return counts[..., :SKIP].astype(np.float64)


def fewest_raters(counts: Floats) -> int:
    """Of how many groups there are stars for the team and question with the fewest."""
    return int(counts.any(axis=-1).sum(axis=0).min())


def fewest_judges(counts: Floats) -> int:
    """How many groups compared the two teams that the fewest compared, on whichever sides."""
    met = counts.any(axis=-1)
    either: npt.NDArray[np.int64] = np.sum(met | np.swapaxes(met, 1, 2), axis=0)
    others = either[~np.eye(len(either), dtype=bool)]
    return int(others.min()) if others.size else 0


def star_draws(counts: Floats, grand: Floats, prior: float, weights: Floats) -> Floats:
    """Mean over the questions of the shrunk means, with the prior each question has in the count; (draws, teams).

    Memory beside it, here and for `win_draws`: less than 32 MB in blocks of BLOCK. Counts are whole, so that blocks change no digit.
    """
    found = np.empty((len(weights), counts.shape[1]))
    for rows, drawn in _blocks(counts, weights):
        n, sums = drawn.sum(axis=-1), drawn @ np.arange(1.0, 6.0)
        with np.errstate(invalid="ignore"):
            means = (prior * grand + sums) / (prior + n)
        found[rows] = np.mean([means[..., question] for question in range(len(grand))], axis=0)
    return found


def win_draws(counts: Floats, weights: Floats) -> Floats:
    """Mean over rivals of the share won, ties a half, both sides together: `expected_win_share` in each resample; (draws, teams)."""
    teams = counts.shape[1]
    found, places = np.empty((len(weights), teams)), np.arange(teams)
    for rows, drawn in _blocks(counts, weights):
        ties = drawn[..., BOTH_GOOD] + drawn[..., BOTH_BAD]
        won = drawn[..., A] + np.swapaxes(drawn[..., B], 1, 2) + (ties + np.swapaxes(ties, 1, 2)) / 2
        with np.errstate(invalid="ignore"):
            share = won / (won + np.swapaxes(won, 1, 2))
        share[:, places, places] = 0.0
        found[rows] = share.sum(axis=2) / (teams - 1)
    return found


def _blocks(counts: Floats, weights: Floats) -> Iterator[tuple[slice, Floats]]:
    """Some draws at a time: which, and the counts in them, (draws, …) for counts (G, …)."""
    step = max(1, BLOCK // counts[0].size)
    for first in range(0, len(weights), step):
        rows = slice(first, first + step)
        yield rows, np.tensordot(weights[rows], counts, axes=1)
