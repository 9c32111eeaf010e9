"""Severity of reviewers: the additive two-way model, its fair means, and what they owe to each single reviewer.

It advises. Official points use it only where the frozen stage says so. The model for marks on a short scale is
many-facet Rasch, which rasch.py fits; docs/scoring/severity.md says when to use which, and when neither.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluations.scoring.designs import (
    Disconnected,
    Floats,
    Island,
    Places,
    TooFewReviewers,
    columns,
    crossed,
    frozen,
    islands,
)
from evaluations.scoring.distributions import f_tail, t_quantile
from evaluations.scoring.intervals import check_level
from evaluations.scoring.rasch import RaschFit, many_facet_rasch

__all__ = [
    "VERSION",
    "AdditiveFit",
    "Advice",
    "Difference",
    "LeftOut",
    "RaschFit",
    "additive_model",
    "advice",
    "leave_one_reviewer_out",
    "many_facet_rasch",
    "shared_ranks",
]

VERSION = "1"
"""Changes with any digit of any result of this module."""


@dataclass(frozen=True, slots=True)
class Difference:
    """F test that all reviewers of an island are equally severe; `p` above 0.05: no severity was seen, correct nothing."""

    f: float
    df_reviewers: int
    df_residual: int
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class AdditiveFit:
    """x_rt = μ + θ_t + λ_r + ε by least squares. Arrays are (teams,) or (reviewers,), in points, and not writable.

    fair_means          μ + θ_t: the mean a team would have had from all reviewers of its island
    raw_means           the mean it had
    reviewer_effects    λ_r, above 0 lenient, below 0 severe; they sum to 0 in each island
    fair_errors, effect_errors      standard errors; None without residual degrees of freedom
    mu                  mean of the fair means; None with several islands, which share no zero
    islands             what marks join. Fair means of two islands cannot be compared: λ is measured inside each
    rss, df, sigma      residual sum of squares, its degrees marks − teams − reviewers + islands, √(rss/df) or None
    differ              whether reviewers differ at all; None with df 0, one reviewer an island, or no residual
    """

    fair_means: Floats
    raw_means: Floats
    reviewer_effects: Floats
    fair_errors: Floats | None
    effect_errors: Floats | None
    mu: float | None
    islands: tuple[Island, ...]
    rss: float
    df: int
    sigma: float | None
    differ: Difference | None
    n_marks: int
    method: str = "additive/least-squares"
    version: str = VERSION

    @property
    def connected(self) -> bool:
        return len(self.islands) == 1

    @property
    def team_effects(self) -> Floats | None:
        """θ_t = fair mean − μ; None with several islands."""
        return None if self.mu is None else self.fair_means - self.mu

    def fair_intervals(self, level: float = 0.95) -> Floats | None:
        """(teams, 2) from Student's t with `df` degrees; None without standard errors."""
        return self._intervals(self.fair_means, self.fair_errors, level)

    def effect_intervals(self, level: float = 0.95) -> Floats | None:
        """(reviewers, 2) in the same way."""
        return self._intervals(self.reviewer_effects, self.effect_errors, level)

    def _intervals(self, values: Floats, errors: Floats | None, level: float) -> Floats | None:
        check_level(level)
        if errors is None:
            return None
        half = t_quantile((1 + level) / 2, self.df) * errors
        return np.column_stack([values - half, values + half])


def additive_model(scores: ArrayLike, reviewers: ArrayLike, teams: ArrayLike) -> AdditiveFit:
    """Fit the model to the columns of `designs`; unbalanced designs, several marks a pair and islands allowed.

    Least squares of teams and reviewers after the larger of the two is eliminated: a system of the size of the smaller.
    Raises TooFewMarks where a reviewer or team has no mark, ValueError for columns of another form.

    Reviewer 0 gives team 0 a 4 and team 1 a 6, reviewer 1 gives team 1 a 4 and team 2 a 5: reviewer 1 is 2 below, so
    λ = (1, −1) and the fair means are 3, 5, 6, where the raw means 4, 5, 5 saw teams 1 and 2 level. df is 0.

    Source: two-way analysis of variance without interaction, Searle (1971), Linear Models, ch. 7.
    """
    marks, reviewer, team = columns(scores, reviewers, teams)
    counts = crossed(reviewer, team)
    found = islands(counts)
    level = marks.mean()
    sums = crossed(reviewer, team, marks - level)
    fair, fair_spread = np.empty(counts.shape[1]), np.empty(counts.shape[1])
    effects, effect_spread = np.empty(counts.shape[0]), np.empty(counts.shape[0])
    for island in found:
        rows, places = list(island.reviewers), list(island.teams)
        inside = np.ix_(rows, places)
        fair[places], effects[rows], fair_spread[places], effect_spread[rows] = _solved(counts[inside], sums[inside])
    fair += level
    raw = sums.sum(axis=0) / counts.sum(axis=0) + level
    rss = _rest(marks, fair[team] + effects[reviewer])
    df = len(marks) - sum(counts.shape) + len(found)
    sigma = math.sqrt(rss / df) if df else None
    return AdditiveFit(
        fair_means=frozen(fair),
        raw_means=frozen(raw),
        reviewer_effects=frozen(effects),
        fair_errors=None if sigma is None else frozen(sigma * np.sqrt(fair_spread)),
        effect_errors=None if sigma is None else frozen(sigma * np.sqrt(effect_spread)),
        mu=float(fair.mean()) if len(found) == 1 else None,
        islands=found,
        rss=rss,
        df=df,
        sigma=sigma,
        differ=_difference(_rest(marks, raw[team]), rss, counts.shape[0] - len(found), df),
        n_marks=len(marks),
    )


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """The panel without one reviewer.

    because     None, or why there is nothing to compare: unrated_team (a team keeps no mark), splits_design
    fair_means  (teams,) and their `ranks`, 1 the highest, equal means sharing one; None where not estimable
    """

    reviewer: int
    because: str | None
    fair_means: Floats | None = None
    ranks: Places | None = None

    @property
    def estimable(self) -> bool:
        return self.because is None


def leave_one_reviewer_out(scores: ArrayLike, reviewers: ArrayLike, teams: ArrayLike) -> tuple[LeftOut, ...]:
    """The additive model once without each reviewer, in their order: does any one of them decide the ranks?

    Raises Disconnected when the full design is so already, TooFewReviewers with fewer than two.
    In the example of `additive_model` neither drop is estimable: without reviewer 0 nobody judged team 0.
    """
    marks, reviewer, team = columns(scores, reviewers, teams)
    counts = crossed(reviewer, team)
    whole = islands(counts)
    if len(whole) > 1:
        raise Disconnected(f"reviewers and teams fall into {len(whole)} islands", whole)
    if len(counts) < 2:
        raise TooFewReviewers("with one reviewer nobody can be left out", tuple(range(counts.shape[1])))
    level = marks.mean()
    sums = crossed(reviewer, team, marks - level)
    return tuple(
        _left_out(place, np.delete(counts, place, 0), np.delete(sums, place, 0), level) for place in range(len(counts))
    )


def shared_ranks(values: Floats) -> Places:
    """Rank 1 for the highest of (n,); values closer than 1e−9 of the largest are equal and share the best of their ranks.

    (7, 9, 7, 2) → (2, 1, 2, 4). Estimates of equal teams differ by rounding, which may not decide a rank.
    """
    tolerance = 1e-9 * float(np.abs(values).max(initial=0))
    return 1 + np.count_nonzero(values > values[:, None] + tolerance, axis=1)


@dataclass(frozen=True, slots=True)
class Advice:
    """What speaks against each model, as words of SEVERITY in wording.py; nothing where the tuple is empty."""

    additive: tuple[str, ...]
    rasch: tuple[str, ...]

    @property
    def neither(self) -> bool:
        """Show raw means: no model of severity holds for these marks."""
        return bool(self.additive and self.rasch)


def advice(scores: ArrayLike, reviewers: ArrayLike, teams: ArrayLike, *, level: float = 0.05) -> Advice:
    """Whether the additive model, Rasch, or neither should be used on the columns of `designs`.

    one_reviewer, disconnected      nothing to compare severity by
    too_few_marks                   (additive) no residual degrees of freedom: the model fits whatever was marked
    nothing_to_correct              (additive) every reviewer judged every team equally often: fair means are raw means
    no_severity_seen                the F test of `AdditiveFit.differ` has p > `level`: a correction would be noise
    one_reviewer_a_team             (Rasch) a team with fewer than two reviewers
    not_steps                       (Rasch) marks that are not whole numbers
    thin_steps                      (Rasch) a step used fewer than ten times, Linacre (2002), J. Appl. Meas. 3, 85–106
    """
    marks, reviewer, team = columns(scores, reviewers, teams)
    counts = crossed(reviewer, team)
    fit = additive_model(marks, reviewer, team)
    shared = [
        ("one_reviewer", len(counts) < 2),
        ("disconnected", not fit.connected),
        ("no_severity_seen", fit.differ is not None and fit.differ.p > level),
    ]
    additive = [
        ("too_few_marks", fit.df == 0),
        ("nothing_to_correct", len(counts) > 1 and bool((counts == counts[0, 0]).all())),
    ]
    steps = np.unique(marks, return_counts=True)[1]
    rasch = [
        ("one_reviewer_a_team", bool((np.count_nonzero(counts, axis=0) < 2).any())),
        ("not_steps", bool((marks != np.floor(marks)).any())),
        ("thin_steps", bool(steps.min() < 10)),
    ]
    against = [tuple(word for word, holds in shared + own if holds) for own in (additive, rasch)]
    return Advice(*against)


def _solved(counts: Floats, sums: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Fair means, effects, and the two diagonals of their covariance over σ², of one island (reviewers, teams)."""
    reviewers, teams = counts.shape
    if reviewers <= teams:
        effects, spread, share, means = _smaller(counts.T, sums.T)
        return means - share @ effects, effects, 1 / counts.sum(axis=0) + _diagonal(share, spread), np.diag(spread)
    small, spread, share, means = _smaller(counts, sums)
    effects = means - share @ small
    level, lean = effects.mean(), share.mean(axis=0)
    alone = 1 / counts.sum(axis=1)
    common = alone.sum() / reviewers**2
    return (
        small + level,
        effects - level,
        _diagonal(np.eye(teams) - lean, spread) + common,
        _diagonal(share - lean, spread) + alone * (1 - 2 / reviewers) + common,
    )


def _smaller(counts: Floats, sums: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Effects of the columns of a connected table (rows, columns), summing to 0, with the rows eliminated.

    Also their covariance over σ², the share of each column in each row, and the mean of each row. The reduced matrix has
    one null vector, all ones; adding its square fixes the sum and is taken out of the inverse again.
    """
    of_row = counts.sum(axis=1)
    share = counts / of_row[:, None]
    means = sums.sum(axis=1) / of_row
    size = counts.shape[1]
    reduced = np.diag(counts.sum(axis=0)) - share.T @ counts
    inverse = np.linalg.inv(reduced + 1)
    effects = inverse @ (sums.sum(axis=0) - counts.T @ means)
    return effects - effects.mean(), inverse - 1 / size**2, share, means


def _diagonal(rows: Floats, spread: Floats) -> Floats:
    """diag(rows · spread · rows')."""
    return ((rows @ spread) * rows).sum(axis=1)


def _rest(marks: Floats, fitted: Floats) -> float:
    """Sum of squares left over; 0 where it is only the rounding of the marks it came from."""
    rest = float(((marks - fitted) ** 2).sum())
    noise = (64 * np.finfo(np.float64).eps * float(np.abs(marks).max())) ** 2 * len(marks)
    return rest if rest > noise else 0.0


def _difference(without: float, rss: float, df_reviewers: int, df: int) -> Difference | None:
    if not (df and df_reviewers and rss):
        return None
    f = max(0.0, (without - rss) / df_reviewers) / (rss / df)
    return Difference(f, df_reviewers, df, f_tail(f, df_reviewers, df))


def _left_out(place: int, counts: Floats, sums: Floats, level: float) -> LeftOut:
    if not counts.any(axis=0).all():
        return LeftOut(place, "unrated_team")
    if len(islands(counts)) > 1:
        return LeftOut(place, "splits_design")
    fair = _solved(counts, sums)[0] + level
    return LeftOut(place, None, frozen(fair), frozen(shared_ranks(fair)))
