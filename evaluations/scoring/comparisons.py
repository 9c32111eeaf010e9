"""What citizens' comparisons tell, under one name: counts, strengths, intervals that know people and prompts, ranks, votes to flip.

    tally = fold_comparisons(left, right, choice, models)
    fit = bradley_terry(tally)                               # strengths, one scale, ties by Davidson
    known = intervals(fit, votes)                            # clustered by person and by prompt, Student's t
    pairwise_ranks(fit.beta, known.covariance[: fit.size, : fit.size], known.degrees)
    votes_to_flip(tally, fit)

The method in words is docs/scoring/comparisons.md. The work is done in tallies.py (counting), bradley_terry.py (the model and its fit),
clusters.py (intervals, bootstrap, votes to flip), pairwise_ranks.py and rank_chances.py (ranks).
"""

from evaluations.scoring.bradley_terry import (
    EFFECTS_RUN_AWAY,
    INSEPARABLE,
    RUN_AWAY,
    TIE_RULES,
    UNDECIDED,
    Cells,
    Floats,
    NoEstimate,
    Strengths,
    both_bad_share,
    bradley_terry,
    cells_of,
    fit_cells,
)
from evaluations.scoring.clusters import (
    Flip,
    Intervals,
    Resampled,
    Votes,
    bootstrap,
    cells_of_votes,
    clustered,
    fit_votes,
    fold_groups,
    intervals,
    two_way,
    votes_to_flip,
)
from evaluations.scoring.pairwise_ranks import pairwise_ranks
from evaluations.scoring.rank_chances import RankRange, rank_chances, rank_ranges, ranks_of
from evaluations.scoring.tallies import CHOICES, PairTally, fold_comparisons, fold_named

__all__ = [
    "CHOICES",
    "EFFECTS_RUN_AWAY",
    "INSEPARABLE",
    "RUN_AWAY",
    "TIE_RULES",
    "UNDECIDED",
    "Cells",
    "Flip",
    "Floats",
    "Intervals",
    "NoEstimate",
    "PairTally",
    "RankRange",
    "Resampled",
    "Strengths",
    "Votes",
    "bootstrap",
    "both_bad_share",
    "bradley_terry",
    "cells_of",
    "cells_of_votes",
    "clustered",
    "fit_cells",
    "fit_votes",
    "fold_comparisons",
    "fold_groups",
    "fold_named",
    "intervals",
    "pairwise_ranks",
    "rank_chances",
    "rank_ranges",
    "ranks_of",
    "two_way",
    "votes_to_flip",
]
