"""How firm is the order? Resampled panels, the line of the quota, one thing left out, votes and weights that would change it, and what a
panel can see.

Everything here is an estimate that advises: the official order is that of `counting` and nothing here moves it. Generators are
the caller's and are seeded; shapes are (…, R reviewers, T teams, C criteria).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, comb, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from evaluations.scoring.averages import level_weight
from evaluations.scoring.clusters import bootstrap, votes_to_flip
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.leave_one_out import leave_one_out
from evaluations.scoring.missing import floats
from evaluations.scoring.pairwise_ranks import pairwise_ranks
from evaluations.scoring.rank_chances import level_within, rank_chances, rank_ranges

__all__ = [
    "Line",
    "WeightStudy",
    "bootstrap",
    "chance_above",
    "decisive_votes",
    "draw_panels",
    "expanded_level",
    "judgments",
    "leave_one_out",
    "left_out",
    "level_weight",
    "line",
    "pairwise_ranks",
    "panel_for",
    "rank_chances",
    "rank_ranges",
    "resample_means",
    "resample_trimmed",
    "t_limits",
    "visible_gap",
    "visible_share",
    "votes_to_flip",
    "weight_study",
]

Floats = npt.NDArray[np.float64]

BLOCK = 1 << 20
"""Numbers of resampled points held at a time (8 MiB)."""
ROUNDS = 64
"""After so many the weights are as good as independent of where they began: of up to forty parts no moment is off by more than its noise."""
NORMAL = NormalDist()
TIES, VARIANCE_FACTOR = 0.38, 2.3
"""Share of comparisons that end level, until some are counted, and how much more a share of wins varies as one person's votes go together."""


def draw_panels(reviewers: int, draws: int, rng: np.random.Generator) -> Floats:
    """Panels of the same size drawn with replacement: how often each reviewer is in each; (draws, R).

    Everything a panel judged is resampled by the same panels: who is drawn twice is so in every part.
    """
    if not reviewers:
        raise ValueError("no reviewer")
    picked = rng.integers(0, reviewers, (draws, reviewers))
    key = picked + np.arange(draws)[:, None] * reviewers
    return np.bincount(key.ravel(), minlength=draws * reviewers).reshape(draws, reviewers).astype(np.float64)


def resample_means(scores: npt.ArrayLike, panels: Floats) -> Floats:
    """Means over reviewers in drawn panels, as of `draw_panels` (draws, R); (draws, …) for scores of shape (R, …).

    A draw is how often each reviewer is in it, so that ten thousand panels are one product of matrices and no mark is read twice.
    Missing scores are NaN and leave the mean of their cell; a cell nobody in the draw has scored is NaN.

    >>> means = resample_means(np.array([[1.0], [3.0]]), draw_panels(2, 2000, np.random.default_rng(0)))
    >>> sorted(set(means.ravel().tolist()))
    [1.0, 2.0, 3.0]
    """
    scores = floats(scores)
    if not len(scores):
        raise ValueError("no reviewer")
    flat = scores.reshape(len(scores), -1)
    known = ~np.isnan(flat)
    full = bool(known.all())
    filled = flat if full else np.where(known, flat, 0.0)
    found = np.empty((len(panels), flat.shape[1]))
    step = max(1, BLOCK // max(1, flat.shape[1]))
    for first in range(0, len(panels), step):
        times, part = panels[first : first + step], found[first : first + step]
        np.matmul(times, filled, out=part)
        with np.errstate(invalid="ignore"):
            part /= times.sum(axis=1, keepdims=True) if full else times @ known
    return found.reshape(len(panels), *scores.shape[1:])


def resample_trimmed(totals: npt.ArrayLike, panels: Floats) -> Floats:
    """The same for sheet totals (R, T) under `drop_high_low`: from each drawn panel one highest and one lowest total leave.

    A reviewer drawn twice gives two sheets, of which one may leave. Fewer than three sheets of a team are not trimmed. NaN is
    no sheet.
    """
    totals = floats(totals)
    if totals.ndim != 2 or not totals.size:
        raise ValueError(f"totals of the shape (reviewers, teams) were expected, not {totals.shape}")
    draws, teams = len(panels), totals.shape[1]
    found = np.empty((draws, teams))
    for team in range(teams):
        column = totals[:, team]
        order = np.argsort(column)[: int((~np.isnan(column)).sum())]
        values, times = column[order], panels[:, order]
        sheets, sums = times.sum(axis=1), times @ values
        here = times > 0
        low = values[here.argmax(axis=1)] if len(order) else np.zeros(draws)
        high = values[len(order) - 1 - here[:, ::-1].argmax(axis=1)] if len(order) else low
        trim = sheets >= 3
        with np.errstate(invalid="ignore"):
            found[:, team] = np.where(trim, sums - low - high, sums) / np.where(trim, sheets - 2, sheets)
    return found


def expanded_level(size: int, level: float = 0.95) -> float:
    """The level at which to read percentiles of resamples of `size` things, so that they hold the truth at `level`.

    A resample of n varies by (n − 1)/n of what samples vary by, and a normal quantile stands where Student's t belongs: both
    make percentiles too narrow, by a tenth of coverage with five. Source: Hesterberg (2015), Am. Stat. 69, 371–386, §5.3.

    >>> round(expanded_level(10), 4), round(expanded_level(400), 4)
    (0.9829, 0.951)
    """
    if size < 2:
        raise ValueError("one thing cannot be resampled")
    return 2 * NORMAL.cdf(sqrt(size / (size - 1)) * t_quantile((1 + level) / 2, size - 1)) - 1


def t_limits(points: npt.ArrayLike, draws: npt.ArrayLike, size: int, level: float = 0.95) -> tuple[Floats, Floats]:
    """Student's t about points (T,), with the errors of their resamples (draws, T) of `size` things and size − 1 degrees; two of (T,).

    For few: percentiles of draws of three things end where those three do. Errors are √(size/(size − 1)) of the spread of the draws.

    >>> low, high = t_limits([5.0], [[4.0], [6.0]], 2)
    >>> round(float(high[0] - low[0]), 2)
    50.82
    """
    if size < 2:
        raise ValueError("one thing cannot be resampled")
    points = floats(points)
    half = t_quantile((1 + level) / 2, size - 1) * np.std(floats(draws), axis=0, ddof=1) * sqrt(size / (size - 1))
    return points - half, points + half


# --- The line of the quota.


@dataclass(frozen=True, slots=True)
class Line:
    """How firm the line between those who go on and those who do not is.

    advances   P(team goes on) per team, shape (T,)
    same       P(exactly the teams that go on now would), "how narrow was it?"; None where points and ties draw no line now
    gap        points between the last team that goes on and the first that does not; None without both
    """

    advances: Floats
    same: float | None
    gap: float | None


def line(points: npt.ArrayLike, draws: npt.ArrayLike, quota: int, ranks: Sequence[int]) -> Line:
    """From the points as they are, (T,), and as they would be in resamples, (draws, T).

    ranks   official ranks, T of them: who goes on now. They know what sets equal points apart; of a draw nobody knows, and teams level on
            its line are drawn by lot: each counts with its share of the seats that are left.
    ValueError for points that are missing or infinite, for no draw, draws of other teams, or a quota beyond them.
    """
    points, draws = floats(points), floats(draws)
    if points.ndim != 1 or draws.shape[1:] != points.shape or not len(draws):
        raise ValueError(f"draws of the shape (draws, {points.size}) were expected, at least one, not {draws.shape}")
    if not (np.isfinite(points).all() and np.isfinite(draws).all()):
        raise ValueError("points are missing or infinite")
    teams = len(points)
    if not 0 < quota <= teams:
        raise ValueError("the quota is not between 1 and the number of teams")
    share = _seats(draws, quota)
    ordered = np.sort(points)[::-1]
    gap = float(ordered[quota - 1] - ordered[quota]) if quota < teams else None
    return Line(share.mean(axis=0), _same(share, quota, ranks), gap)


def _seats(points: Floats, quota: int) -> Floats:
    """Share of a seat each team has in each row: 1, 0, or equal parts of what is left on the line."""
    on_line = -np.partition(-points, quota - 1, axis=1)[:, quota - 1 : quota]
    near = level_within(points)
    above, level = points > on_line + near, np.abs(points - on_line) <= near
    left = quota - above.sum(axis=1, keepdims=True)
    return above + level * np.minimum(1.0, left / level.sum(axis=1, keepdims=True))


def _same(share: Floats, quota: int, ranks: Sequence[int]) -> float | None:
    """P(those who have a seat now have one), from shares of seats as of `_seats`; None where several share the rank on the line."""
    going = np.array([sum(other <= rank for other in ranks) <= quota for rank in ranks])
    if going.sum() < quota:
        return None
    possible = np.where(going, share > 0, share < 1).all(axis=1)
    by_lot = (share > 0) & (share < 1)
    level, left = by_lot.sum(axis=1).tolist(), (by_lot & going).sum(axis=1).tolist()
    return float((possible / np.array([*map(comb, level, left)])).mean())


def chance_above(score: float, se: float, threshold: float) -> float:
    """P(true score ≥ threshold) for a normal error; without an error 1 or 0.

    >>> round(chance_above(80.4, 0.5, 80), 6)
    0.788145
    """
    if se < 0:
        raise ValueError("a standard error is negative")
    if se == 0:
        return float(score >= threshold)
    return NORMAL.cdf((score - threshold) / se)


# --- Weights.


@dataclass(frozen=True, slots=True)
class WeightStudy:
    """What other weights would have done.

    advances   share of the admissible weights under which each team goes on, shape (T,)
    first      share under which each team is first, shape (T,)
    same       share under which exactly the same teams go on; None where points and ties draw no line now
    """

    advances: Floats
    first: Floats
    same: float | None


def weight_study(
    shares: npt.ArrayLike,
    weights: npt.ArrayLike,
    quota: int,
    ranks: Sequence[int],
    *,
    spread: float,
    draws: int,
    rng: np.random.Generator,
) -> WeightStudy:
    """Draw weights evenly from all whose parts differ from the real ones by at most `spread` of the whole, and count again.

    shares    points of each part as shares of full points, (T, K)
    weights   the real weights, K; `spread` 0.1 means up to 10 percentage points for each part
    ranks     official ranks, T, as of `line`
    """
    shares, centre = floats(shares), floats(weights)
    centre = centre / centre.sum()
    drawn = _near(centre, spread, draws, rng)
    totals = drawn @ shares.T
    share = _seats(totals, quota)
    best = totals >= totals.max(axis=1, keepdims=True) - level_within(totals)
    return WeightStudy(
        share.mean(axis=0),
        (best / best.sum(axis=1, keepdims=True)).mean(axis=0),
        _same(share, quota, ranks),
    )


def _near(centre: Floats, spread: float, draws: int, rng: np.random.Generator) -> Floats:
    """Weights that sum to 1, none negative, each within `spread` of the centre, evenly spread over that set; (draws, parts).

    Gibbs sampling: every draw starts at the centre, and `ROUNDS` times all weights are paired at random and each pair is dealt anew. To draw
    all but one and to keep what fits becomes hopeless with ten parts.
    """
    if spread <= 0 or len(centre) < 2:
        return np.repeat(centre[None], draws, axis=0)
    low, high = np.maximum(0.0, centre - spread), np.minimum(1.0, centre + spread)
    drawn = np.repeat(centre[None], draws, axis=0)
    for _ in range(ROUNDS):
        places = rng.permutation(len(centre))
        one, other = places[: len(centre) // 2], places[len(centre) // 2 :][: len(centre) // 2]
        # Of two weights with this sum the first lies evenly between what its own limits and those of the second leave it.
        both = drawn[:, one] + drawn[:, other]
        least, most = np.maximum(low[one], both - high[other]), np.minimum(high[one], both - low[other])
        drawn[:, one] = np.clip(rng.uniform(least, np.maximum(least, most)), low[one], high[one])
        drawn[:, other] = np.clip(both - drawn[:, one], low[other], high[other])
    return drawn


# --- Power: what can be seen at all?


def decisive_votes(share: float, confidence: float = 0.95, *, power: float = 0.5) -> int:
    """Decided votes on one pair after which a true share of wins is told apart from one half in `power` of all cases.

    With the usual 0.5 the interval about the true share just ends at one half: every other study of that size would miss it.

    >>> decisive_votes(0.55), decisive_votes(0.55, power=0.8)
    (381, 778)
    """
    if share == 0.5:
        raise ValueError("a share of one half is never told apart from one half")
    if not 0 < share < 1:
        raise ValueError(
            f"a share of wins lies between 0 and 1, not at {share}: who wins always or never needs no number of votes"
        )
    z = NORMAL.inv_cdf((1 + confidence) / 2) + NORMAL.inv_cdf(power)
    return ceil(z**2 * share * (1 - share) / (share - 0.5) ** 2)


def judgments(
    share: float,
    *,
    ties: float = TIES,
    variance_factor: float = VARIANCE_FACTOR,
    confidence: float = 0.95,
    power: float = 0.5,
) -> int:
    """Comparisons to ask for so that enough are decided, with votes of one person counting for less than independent ones.

    >>> judgments(0.55)
    1414
    """
    return ceil(decisive_votes(share, confidence, power=power) * variance_factor / (1 - ties))


def visible_share(
    comparisons: int,
    *,
    ties: float = TIES,
    variance_factor: float = VARIANCE_FACTOR,
    confidence: float = 0.95,
    power: float = 0.5,
) -> float:
    """The smallest share of wins above one half that so many comparisons of one pair tell apart from it in `power` of all
    cases; 1 if none."""
    decided = comparisons * (1 - ties) / variance_factor
    z = NORMAL.inv_cdf((1 + confidence) / 2) + NORMAL.inv_cdf(power)
    if decided <= 0:
        return 1.0
    return min(1.0, 0.5 + 0.5 * sqrt(z**2 / (decided + z**2)))


def visible_gap(
    reviewers: int, noise: float, *, confidence: float = 0.95, power: float = 0.8, together: float = 0.0
) -> float:
    """The smallest true difference of two teams' means that a panel of R sees with this power, in points.

    noise      standard deviation of one reviewer's total about the team's mean, after her severity is taken out, in points
    together   correlation of a reviewer's errors on the two teams (she judges both): what they share cancels
    """
    if reviewers < 1 or noise < 0:
        raise ValueError("a panel has reviewers and no negative noise")
    z = NORMAL.inv_cdf((1 + confidence) / 2) + NORMAL.inv_cdf(power)
    return z * noise * sqrt(2 * (1 - together) / reviewers)


def panel_for(
    gap: float, noise: float, *, confidence: float = 0.95, power: float = 0.8, together: float = 0.0, most: int = 10_000
) -> int | None:
    """The smallest panel that sees a true difference of `gap` points; None when `most` reviewers would not."""
    if gap <= 0:
        raise ValueError("a gap is a positive number of points")
    z = NORMAL.inv_cdf((1 + confidence) / 2) + NORMAL.inv_cdf(power)
    # Rounded first: a gap that is exactly that of a panel must not ask for one more by the last digit of a float.
    found = max(1, ceil(round(z**2 * noise**2 * 2 * (1 - together) / gap**2, 9)))
    return found if found <= most else None


def left_out(scores: npt.ArrayLike, combine: Callable[[Floats], Floats]) -> Floats:
    """What `combine` gives of (R, …) without each reviewer in turn; (R, …). The official rule's exact twin is `leave_one_out`."""
    table = floats(scores)
    return np.stack([combine(np.delete(table, reviewer, axis=0)) for reviewer in range(len(table))])
