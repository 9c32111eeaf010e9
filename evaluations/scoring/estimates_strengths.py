"""Strengths from comparisons: intervals that know people and prompts, ranks as ranges, what would turn the order around, and how
they stand with the style of the answers taken into account."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from evaluations.scoring.comparisons import (
    INSEPARABLE,
    Cells,
    Intervals,
    NoEstimate,
    PairTally,
    Strengths,
    Votes,
    both_bad_share,
    bradley_terry,
    cells_of,
    cells_of_votes,
    fit_votes,
    fold_comparisons,
    intervals,
    votes_to_flip,
)
from evaluations.scoring.pairwise_ranks import pairwise_ranks
from evaluations.scoring.people import People
from evaluations.scoring.shown import AbsentSection, interval, shown
from evaluations.scoring.style import MEASURES, style_differences
from evaluations.scoring.tallies import SKIP

Json = dict[str, Any]


def strengths(people: People) -> Json:
    votes = people.votes
    assert votes.person is not None  # noqa: S101 – people always have a number
    tally = fold_comparisons(votes.left, votes.right, votes.choice, people.teams)
    fit = bradley_terry(tally)
    known = intervals(fit, votes)
    bad, compared = both_bad_share(tally)
    teams = _teams(fit, known)
    others = {ties: _order_by(tally, ties) for ties in ("rao_kupper", "half_win", "none")}
    skipped = int(tally.counts[..., SKIP].sum())
    return {
        "method": f"bradley-terry/{fit.ties}",
        "version": "6",
        "clusters": known.clusters,
        "degrees": known.degrees,
        "votes": tally.compared,
        "skipped": skipped,
        "people": len(np.unique(votes.person)),
        "side": interval(fit.side or 0.0, float(fit.errors(known.covariance)[fit.size]), known.reach),
        "tie": shown(fit.tie),
        "teams": [
            {
                **team,
                "both_bad": shown(share),
                "compared": int(number),
            }
            for team, share, number in zip(teams, bad, compared, strict=True)
        ],
        "flips": _flips(cells_of(tally, side=True), fit),
        "orders": others,
        "style": _style(people, fit, teams),
    }


def _teams(fit: Strengths, known: Intervals) -> list[Json]:
    """Of each model its strength with interval, the share of wins to be expected, and its ranks."""
    ranges = pairwise_ranks(fit.beta, known.covariance[: fit.size, : fit.size], known.degrees)
    return [
        {"team": team, **interval(beta, se, known.reach), "win_share": shown(win), "best": one.best, "worst": one.worst}
        for team, beta, se, win, one in zip(
            fit.models, fit.beta, fit.se(known.covariance), fit.win_share(), ranges, strict=True
        )
    ]


def _flips(cells: Cells, fit: Strengths) -> list[Json]:
    return [
        {"above": flip.above, "below": flip.below, "votes": flip.votes, "of": flip.of}
        for flip in votes_to_flip(cells, fit)
    ]


def _order_by(tally: PairTally, ties: str) -> list[str] | None:
    """The models from strongest to weakest under another treatment of ties; None where that one has no estimate."""
    try:
        beta = bradley_terry(tally, ties=ties).beta
    except NoEstimate:
        return None
    return [tally.models[place] for place in np.argsort(-beta, kind="stable")]


# --- With the style of the answers taken into account.


def _style(people: People, whole: Strengths, teams: list[Json]) -> Json:
    """Strengths without style, with the length, and with everything that is measured of it, all from the votes on answers whose texts
    are known; or why there is nothing of the kind. `whole` is the fit without style of all votes, `teams` what is told of it."""
    votes = people.votes.compared()
    assert votes.prompt is not None  # noqa: S101 – people always have both
    x = style_differences(people.styles, votes.prompt, votes.left, votes.right)
    known = np.flatnonzero(~np.isnan(x).any(axis=1))
    told: Json = {"votes": len(known), "without_text": len(x) - len(known)}
    if not len(known):
        return {**told, "absent": "no_texts"}
    plain = whole
    if len(known) < len(x):
        votes, x = votes.only(known), x[known]
        try:
            plain = fit_votes(people.teams, votes)
        except NoEstimate as none:
            return {**told, "absent": "no_estimate", "detail": none.why}
        teams = _teams(plain, intervals(plain, votes))
    length = [MEASURES.index("length")]
    differing = [place for place in range(len(MEASURES)) if x[:, place].any()]
    sets = [length, *([differing] if differing not in ([], length) else [])]
    return {
        **told,
        "plain": teams,
        "fits": [_with_style(plain, replace(votes, x=x[:, places]), places) for places in sets],
    }


def _with_style(plain: Strengths, votes: Votes, places: Sequence[int]) -> Json:
    """The fit with some measures beside the one without, or why the votes have none."""
    told: Json = {"with": [MEASURES[place] for place in places]}
    try:
        fit, known = _fitted_with_style(plain.models, votes)
    except AbsentSection as absent:
        return {**told, "absent": absent.code, "detail": absent.detail}
    errors = fit.errors(known.covariance)[-len(places) :]
    order = np.argsort(-plain.beta, kind="stable")
    return {
        **told,
        "clusters": known.clusters,
        "degrees": known.degrees,
        "effects": [
            {"measure": MEASURES[place], **interval(effect, se, known.reach)}
            for place, effect, se in zip(places, fit.effects, errors, strict=True)
        ],
        "teams": _teams(fit, known),
        "swapped": [
            [fit.models[above], fit.models[below]]
            for above, below in combinations(order.tolist(), 2)
            if fit.beta[above] < fit.beta[below]
        ],
        "flips": _flips(cells_of_votes(fit.models, votes), fit),
    }


def _fitted_with_style(models: Sequence[str], votes: Votes) -> tuple[Strengths, Intervals]:
    assert votes.x is not None  # noqa: S101 – the caller has put them there
    if not votes.x.any():
        raise AbsentSection("same_style")
    try:
        fit = fit_votes(models, votes)
        return fit, intervals(fit, votes)
    except NoEstimate as none:
        raise AbsentSection("style_is_team" if none.why == INSEPARABLE else "no_estimate", none.why) from None
