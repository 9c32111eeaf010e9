"""Intervals of strengths that allow for people and prompts: votes of one person are not independent, nor are votes on one prompt.

The sandwich sums scores within clusters (Liang and Zeger 1986; two ways: Cameron, Gelbach and Miller 2011). The bootstrap
draws clusters, or random groups of them, and works on their counts: a thousand fits cost a thousand small sums, never a
second look at the votes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from evaluations.scoring.bradley_terry import (
    FAR,
    INSEPARABLE,
    Cells,
    Floats,
    NoEstimate,
    Shape,
    Strengths,
    anchor,
    cells_of,
    expected_information,
    fit_cells,
    gradient,
    ridge,
    rule_at,
)
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.intervals import check_level
from evaluations.scoring.missing import refuse_masked
from evaluations.scoring.tallies import (
    BOTH_BAD,
    BOTH_GOOD,
    SKIP,
    Codes,
    Integers,
    PairTally,
    codes_of,
    fold_columns,
    fold_comparisons,
)

BLOCK = 1 << 20
"""Cells of the score table held at a time (8 MiB)."""
CLOSE = 1e-3
"""A step of a resample's fit that leaves less than a thousandth of what resampling itself moves it by."""
FEW = 400
"""Clusters that are left out one by one. Of more each counts for so little that sums of scores say the same, and cost less."""
LEAST_LEFT = 1e-8
"""Share of what is known about some combination of the parameters that one cluster may not take with it when it is left out."""
APART = 1e-9
"""Log-odds by which one strength is above another and not level with it: far below what one vote of many millions moves."""
WEAK = 10.0
"""Standard deviation of a prior that says which of two models is ahead where votes alone have no finite estimate."""
MOST_FAILURES = 0.05
"""Share of resamples without an estimate that may be left out."""


@dataclass(frozen=True, slots=True)
class Votes:
    """Single comparisons, as far as clusters need them: equally long columns of codes.

    left, right, choice   as in `fold_comparisons`
    person, prompt        any numbers or names; None where they are not known
    x                     covariates, left minus right, shape (n, K), any unit, every one known; None without
    Lists are taken for arrays. ValueError for columns of unequal length or codes that are no whole numbers.
    """

    left: Codes
    right: Codes
    choice: Codes
    person: Codes | None = None
    prompt: Codes | None = None
    x: Floats | None = None

    def __post_init__(self) -> None:
        for name in ("left", "right", "choice"):
            object.__setattr__(self, name, codes_of(getattr(self, name)))
        for name in ("person", "prompt", "x"):
            if getattr(self, name) is not None:
                refuse_masked(getattr(self, name), f"one of the column {name}")
                object.__setattr__(self, name, np.asarray(getattr(self, name)))
        rows = len(self.choice)
        for name in self.__slots__:
            column = getattr(self, name)
            if column is not None and len(column) != rows:
                raise ValueError(f"{rows} choices and a column {name} of the shape {column.shape}")

    def only(self, rows: npt.NDArray[np.integer]) -> "Votes":
        """Some of the votes, by their places."""
        pick = [None if column is None else column[rows] for column in (self.person, self.prompt, self.x)]
        return Votes(self.left[rows], self.right[rows], self.choice[rows], *pick)

    def compared(self) -> "Votes":
        """Without skips."""
        return self.only(np.flatnonzero(self.choice != SKIP))


def fit_votes(
    models: Sequence[str], votes: Votes, *, ties: str = "davidson", side: bool = True, prior: str | float | None = None
) -> Strengths:
    """`bradley_terry` of single votes with the covariates they have; what is raised is told at `fit_cells` and `cells_of_votes`.

    >>> rng = np.random.default_rng(1)
    >>> left, x = rng.integers(0, 2, 4000), rng.choice([-1.0, 0.0, 1.0], 4000)
    >>> won = rng.random(4000) < 1 / (1 + np.exp(-0.5 * x))  # two models as good as each other, and the longer answer wins more often
    >>> fit = fit_votes(("x", "y"), Votes(left, 1 - left, np.where(won, 0, 1), x=x[:, None]), ties="none")
    >>> (fit.beta.round(1) + 0).tolist(), fit.effects.round(1).tolist()
    ([0.0, 0.0], [0.5])
    """
    return fit_cells(models, cells_of_votes(models, votes), ties=ties, side=side, prior=prior)


def cells_of_votes(models: Sequence[str], votes: Votes) -> Cells:
    """The cells of single votes: those on the same two models, on the same sides, with the same covariates, are one.

    A fit costs as much as there are cells. Skips are in none. ValueError for codes that are none, and covariates of another shape.
    """
    size = len(models)
    fold_comparisons(votes.left, votes.right, votes.choice, models)  # refuses codes that are none
    if votes.x is not None and (votes.x.ndim != 2 or len(votes.x) != len(votes.left)):
        raise ValueError(f"covariates of the shape (votes, covariates) were expected, not {votes.x.shape}")
    used = votes.compared()
    x = np.zeros((len(used.left), 0)) if used.x is None else np.asarray(used.x, np.float64)
    key = used.left.astype(np.int64) * size + used.right
    for column in x.T:
        values, code = np.unique(column, return_inverse=True)
        key = np.unique(key * len(values) + code, return_inverse=True)[1]
    _, first, cell = np.unique(key, return_index=True, return_inverse=True)
    number = len(first)
    counts = np.bincount(_outcome(used.choice) * number + cell, minlength=3 * number).reshape(3, number)
    return Cells(
        used.left[first].astype(np.intp), used.right[first].astype(np.intp), counts.astype(np.float64), x[first]
    )


def clustered(fit: Strengths, votes: Votes, clusters: npt.ArrayLike, *, leave_out: bool | None = None) -> Floats:
    """Covariance of the parameters of `fit` with the scores of each cluster summed, shape (P, P).

    clusters    cluster of each vote, shape (n,), numbers or names; with one vote a cluster this is `fit.robust`, up to G/(G − 1)
    leave_out   the jackknife over clusters instead, one Newton step each (Bell and McCaffrey 2002; Cameron and Miller 2015, CR3). Of few
                clusters each bends the effect of a covariate towards itself, and sums of scores, taken after that, are too small: with
                six prompts their interval of the effect of a length holds the truth in 89 % of all cases (docs/scoring-study.md).
                None: for a fit with covariates and at most FEW clusters
    The votes must be those of the fit, with its covariates. ValueError with fewer than two clusters, other votes or other covariates.
    NoEstimate where without one of the clusters, which is left out, the votes cannot tell the parameters apart.
    """
    clusters = np.asarray(clusters)
    if clusters.shape != votes.choice.shape:
        raise ValueError(f"a cluster of each of {len(votes.choice)} votes was expected, not {clusters.shape}")
    used = np.flatnonzero(votes.choice != SKIP)
    outcome = _outcome(votes.choice[used])
    if fit.ties == "none":
        used, outcome = used[outcome < 2], outcome[outcome < 2]
    if len(used) != fit.votes:
        raise ValueError(f"a fit to {fit.votes} votes and {len(used)} votes: these are not those it was fitted to")
    _, group = np.unique(clusters[used], return_inverse=True)
    number = int(group.max()) + 1 if len(group) else 0
    if number < 2:
        raise ValueError("clustered intervals need at least two clusters")
    if leave_out is None:
        leave_out = len(fit.effects) > 0 and number <= FEW
    if leave_out:
        moves = _moves(fit, votes.only(used), outcome, group, number)
        return moves.T @ moves * (number - 1) / number
    filling = _filling(fit, votes.only(used), outcome, group, number)
    return fit.fisher @ (filling * number / (number - 1)) @ fit.fisher


def two_way(fit: Strengths, votes: Votes) -> Floats:
    """Covariance clustered by person and by prompt at once: V_person + V_prompt − V_both, shape (P, P), each as of `clustered`.

    Where that is not a covariance (a negative variance, possible with few clusters), the larger one-way variance stands for
    it, which is too wide rather than too narrow.
    """
    if votes.person is None or votes.prompt is None:
        raise ValueError("two-way intervals need the person and the prompt of every vote")
    by_person, by_prompt = clustered(fit, votes, votes.person), clustered(fit, votes, votes.prompt)
    person, prompt = _numbered(votes.person), _numbered(votes.prompt)
    shared = person * (int(prompt.max()) + 1) + prompt
    both = clustered(fit, votes, shared, leave_out=False)  # what is taken away is rather too small than too large
    # Each parameter in a unit of its own: in which unit a covariate came must not decide.
    unit = np.sqrt(np.diag(by_person) + np.diag(by_prompt))
    unit = np.outer(unit, unit) + (np.outer(unit, unit) == 0)
    found = by_person + by_prompt - both
    if np.linalg.eigvalsh(found / unit).min() < -1e-9 * np.trace(found / unit):
        return by_person if np.trace(by_person / unit) >= np.trace(by_prompt / unit) else by_prompt
    return found


def _numbered(column: Codes) -> npt.NDArray[np.int64]:
    """Numbers of which two can be put together in one: the column's own where they are small enough, else in the order of their size."""
    if column.dtype.kind in "iu" and len(column) and int(column.min()) >= 0 and int(column.max()) < 2**31:
        return column.astype(np.int64)
    return np.unique(column, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """How far the parameters of a fit are known.

    covariance   of all parameters, (P, P), clustered by `clusters`: person+prompt | person | prompt | none (every vote by itself)
    degrees      of freedom of its Student's t: the fewer of the clusters of each way, less one
    low, high    of every parameter, (P,), at `level`: (beta, side, log tie, effects) as in `Strengths.parameters`
    """

    covariance: Floats
    clusters: str
    degrees: int
    level: float
    low: Floats
    high: Floats

    @property
    def reach(self) -> float:
        """Standard errors from the estimate to each end."""
        return t_quantile((1 + self.level) / 2, self.degrees)

    @property
    def for_draws(self) -> Floats:
        """The covariance with which normal draws have `level` of themselves inside the intervals, as t has with the one above."""
        return self.covariance * (self.reach / NormalDist().inv_cdf((1 + self.level) / 2)) ** 2


def intervals(fit: Strengths, votes: Votes, level: float = 0.95) -> Intervals:
    """Intervals of all parameters of a fit to these votes, clustered by person and by prompt as far as there are two of each.

    With the quantile of Student's t for the fewer of people and prompts less one: with six prompts normal intervals hold the truth in
    89 % of all cases, these in 96 (docs/scoring-study.md; Cameron and Miller 2015, J. Human Resources 50, 317–372). Where one way has
    fewer than two clusters, or its column is not known, the other one stands alone; where both have, every vote stands for itself.
    Raises what `clustered` raises; ValueError for a level that is not between 0 and 1.

    >>> left, right, choice = np.array([0, 1] * 20), np.array([1, 0] * 20), np.array([0, 1, 0, 1, 1, 0, 0, 1] * 5)
    >>> votes = Votes(left, right, choice, person=np.arange(40) // 4)
    >>> found = intervals(fit_votes(("x", "y"), votes, side=False), votes)
    >>> found.clusters, found.degrees, round(found.reach, 3)
    ('person', 9, 2.262)
    """
    check_level(level)
    used = votes.choice < (BOTH_GOOD if fit.ties == "none" else SKIP)  # who only skipped is in no fit
    known = (("person", votes.person), ("prompt", votes.prompt))
    columns = {way: column for way, column in known if column is not None}
    numbers = {way: len(np.unique(column[used])) for way, column in columns.items()}
    ways = [way for way, number in numbers.items() if number > 1]
    degrees = max(1, min([numbers[way] for way in ways] or [int(used.sum())]) - 1)
    if len(ways) == 2:
        covariance = two_way(fit, votes)
    elif ways:
        covariance = clustered(fit, votes, columns[ways[0]])
    else:
        covariance = fit.robust
    half = t_quantile((1 + level) / 2, degrees) * fit.errors(covariance)
    centre = fit.parameters()
    return Intervals(covariance, "+".join(ways) or "none", degrees, level, centre - half, centre + half)


def _outcome(choice: Codes) -> npt.NDArray[np.intp]:
    """Left won, right won, tie, from the codes of CHOICES."""
    table = np.array([0, 1, 2, 2, -1], np.intp)
    if (BOTH_GOOD, BOTH_BAD, SKIP) != (2, 3, 4):
        raise AssertionError("the table follows CHOICES")
    return table[choice]


def _filling(
    fit: Strengths, votes: Votes, outcome: npt.NDArray[np.intp], group: npt.NDArray[np.intp], number: int
) -> Floats:
    """Σ over clusters of (Σ scores)(Σ scores)ᵀ, a block of clusters at a time."""
    shape = shape_of(fit)
    by_s, by_t = _scores(fit, votes, outcome)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(number + 1))
    block = max(1, BLOCK // shape.parameters)
    total = np.zeros((shape.parameters, shape.parameters))
    for first in range(0, number, block):
        last = min(number, first + block)
        rows = order[starts[first] : starts[last]]
        place = (group[rows] - first) * shape.parameters
        one, other = votes.left[rows].astype(np.intp), votes.right[rows].astype(np.intp)
        s = by_s[rows]
        size = (last - first) * shape.parameters
        sums = np.bincount(place + one, s, size) - np.bincount(place + other, s, size)
        if shape.side:
            sums += np.bincount(place + shape.models, s, size)
        if shape.tie:
            sums += np.bincount(place + shape.tie_place, by_t[rows], size)
        for effect in range(shape.effects):
            assert votes.x is not None  # noqa: S101 – `_scores` refuses votes without
            sums += np.bincount(place + shape.parameters - shape.effects + effect, s * votes.x[rows, effect], size)
        table = sums.reshape(last - first, shape.parameters)
        total += table.T @ table
    return total


def _moves(
    fit: Strengths, votes: Votes, outcome: npt.NDArray[np.intp], group: npt.NDArray[np.intp], number: int
) -> Floats:
    """How the parameters move when a cluster is left out, by one Newton step from where they are; shape (clusters, P)."""
    shape, theta = shape_of(fit), fit.parameters()
    by_s, by_t = _scores(fit, votes, outcome)
    slopes = np.empty((number, shape.parameters))
    information = np.empty((number, shape.parameters, shape.parameters))
    order = np.argsort(group, kind="stable")
    for cluster, rows in enumerate(np.split(order, np.searchsorted(group[order], np.arange(1, number)))):
        cells, *sums = _one_cluster(fit, votes.only(rows), by_s[rows], by_t[rows])
        slopes[cluster] = gradient(shape, cells, *sums)
        information[cluster] = expected_information(shape, cells, rule_at(shape, fit.ties, cells, theta))
    whole = information.sum(axis=0)
    held = anchor(shape, whole)
    if isinstance(fit.prior, float):
        held = held + ridge(shape, fit.prior)
    root = np.linalg.cholesky(np.linalg.inv(whole + held))
    left = root.T @ (whole + held - information) @ root  # the identity less what the cluster knew
    if np.linalg.eigvalsh(left).min() < LEAST_LEFT:
        raise NoEstimate(INSEPARABLE)
    moves: Floats = np.linalg.solve(left, (slopes @ root)[..., None])[..., 0] @ root.T
    return moves


def _one_cluster(fit: Strengths, votes: Votes, by_s: Floats, by_t: Floats) -> tuple[Cells, Floats, Floats]:
    """The cells of the votes of a cluster, whatever was said, and the sums of their scores: every vote one of its own where it has
    covariates, else one for each pair."""
    left, right = votes.left.astype(np.intp), votes.right.astype(np.intp)
    if votes.x is not None and len(fit.effects):
        return Cells(left, right, np.ones((1, len(left))), votes.x), by_s, by_t
    pair, place = np.unique(left * fit.size + right, return_inverse=True)
    number, *sums = (
        np.bincount(place, column, len(pair)).astype(np.float64) for column in (np.ones(len(left)), by_s, by_t)
    )
    return Cells(pair // fit.size, pair % fit.size, number[None], np.zeros((len(pair), 0))), sums[0], sums[1]


def _scores(fit: Strengths, votes: Votes, outcome: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Score by s and by t of every vote, both (n,): looked up, or a block of votes at a time where each has covariates of its own."""
    shape = shape_of(fit)
    found = 0 if votes.x is None else votes.x.shape[1]
    if found != shape.effects:
        raise ValueError(f"a fit with {shape.effects} covariates and votes with {found}")
    left, right = votes.left.astype(np.intp), votes.right.astype(np.intp)
    if votes.x is None or not shape.effects:
        by_s, by_t = _score_tables(fit)
        return by_s[left, right, outcome], by_t[left, right, outcome]
    theta, none = fit.parameters(), np.zeros((3, 0))
    scores = np.empty((2, len(left)))
    for first in range(0, len(left), BLOCK):
        rows = slice(first, first + BLOCK)
        at = rule_at(shape, fit.ties, Cells(left[rows], right[rows], none, votes.x[rows]), theta)
        for kind, by in enumerate((at.by_s, at.by_t)):
            scores[kind, rows] = np.choose(outcome[rows], by)
    return scores[0], scores[1]


def shape_of(fit: Strengths) -> Shape:
    return Shape(fit.size, fit.side is not None, fit.tie is not None, len(fit.effects))


def _score_tables(fit: Strengths) -> tuple[Floats, Floats]:
    """Score by s and by t of a vote on every ordered pair with every outcome, of a fit without covariates; both (M, M, 3)."""
    size = fit.size
    left, right = (axis.ravel() for axis in np.indices((size, size)))
    cells = Cells(left, right, np.zeros((3, len(left))), np.zeros((len(left), 0)))
    at = rule_at(shape_of(fit), fit.ties, cells, fit.parameters())
    by_s, by_t = (np.stack(by, axis=-1).reshape(size, size, 3) for by in (at.by_s, at.by_t))
    return by_s, by_t


# --- The bootstrap.


@dataclass(frozen=True, slots=True)
class Resampled:
    """Strengths of resamples.

    beta     shape (draws, M), each summing to 0
    failed   resamples that had no finite estimate and are not among them
    """

    beta: Floats
    failed: int


def fold_groups(votes: Votes, groups: npt.ArrayLike, number: int, models: Sequence[str]) -> Integers:
    """Counts per group of people, shape (G, M, M, 5). Random groups of whole clusters keep what clusters are for, and
    make the size of the table a matter of choice: a few hundred are enough."""
    size = len(models)
    columns = [(groups, number), (votes.left, size), (votes.right, size), (votes.choice, SKIP + 1)]
    return fold_columns(columns).reshape(number, size, size, SKIP + 1)


def bootstrap(
    models: Sequence[str],
    groups: npt.ArrayLike,
    *,
    draws: int,
    rng: np.random.Generator,
    ties: str = "davidson",
    side: bool = True,
) -> Resampled:
    """Strengths of `draws` resamples of groups with replacement, each fitted to its own votes.

    groups   counts per group, shape (G, M, M, 5)
    rng      the caller's generator: seed it
    Every fit starts from that of all votes and goes on until its steps are far below the noise of resampling.
    Raises NoEstimate where all votes have none, or more than one resample in twenty has none.
    """
    refuse_masked(groups, "a count")
    groups = np.asarray(groups)
    if draws < 1 or groups.ndim != 4:
        raise ValueError(f"counts per group and at least one draw were expected, not {groups.shape} and {draws}")
    whole = PairTally(tuple(models), groups.sum(axis=0))
    cells, fit, table = _cells_by_group(whole, groups, ties=ties, side=side)
    shape = shape_of(fit)
    number = len(groups)
    step = max(1, BLOCK // (3 * max(1, len(cells.left))))
    found, failed = [], 0
    for first in range(0, draws, step):
        size = min(step, draws - first)
        weights = rng.multinomial(number, np.full(number, 1 / number), size=size).astype(np.float64)
        votes = (weights @ table).reshape(size, 3, len(cells.left))
        beta, fine = _refit(shape, fit, cells._replace(votes=votes))
        found.append(beta[fine])
        failed += int((~fine).sum())
    if failed > MOST_FAILURES * draws:
        raise NoEstimate(f"{failed} of {draws} resamples have no finite estimate")
    return Resampled(np.concatenate(found), failed)


def _cells_by_group(whole: PairTally, groups: Integers, *, ties: str, side: bool) -> tuple[Cells, Strengths, Floats]:
    """The cells of all votes, their fit, and the votes of each group in them, shape (G, 3 C)."""
    outcomes = np.stack(
        [groups[..., 0], groups[..., 1], groups[..., BOTH_GOOD] + groups[..., BOTH_BAD]], axis=1
    ).astype(np.float64)
    if not side:
        turned = outcomes.transpose(0, 1, 3, 2)[:, [1, 0, 2]]
        outcomes = np.triu(np.ones(outcomes.shape[-2:]), 1) * (outcomes + turned)
    if ties == "none":
        outcomes[:, 2] = 0
    total = outcomes.sum(axis=0)
    left, right = np.nonzero(total.sum(axis=0))
    cells = Cells(left, right, total[:, left, right], np.zeros((len(left), 0)))
    fit = fit_cells(whole.models, cells, ties=ties, side=side)
    return cells, fit, outcomes[:, :, left, right].reshape(len(groups), -1)


def _refit(shape: Shape, fit: Strengths, cells: Cells) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Fits of many data sets at once, (B, M) and which of them arrived.

    All start from one common fit and keep the information of their own votes there: with it Newton's method gains about as
    many digits a step as the start has right, and the costly part is done once.
    """
    votes = cells.votes
    if fit.ties == "half_win":
        half = votes[:, 2] / 2
        votes = np.stack([votes[:, 0] + half, votes[:, 1] + half, 0 * half], axis=1)
    theta = np.repeat(fit.parameters()[None], len(votes), axis=0)
    at = rule_at(shape, fit.ties, cells, fit.parameters())
    information = expected_information(shape, cells, at)
    inverse = np.linalg.inv(information + anchor(shape, information))
    for _ in range(12):
        slope = gradient(
            shape, cells, *(np.asarray(sum(votes[:, o] * by[o] for o in range(3))) for by in (at.by_s, at.by_t))
        )
        move = (inverse @ slope[..., None])[..., 0]
        move[:, : shape.models] -= move[:, : shape.models].mean(axis=1, keepdims=True)
        theta = theta + np.clip(move, -2.0, 2.0)
        if np.abs(move).max() < CLOSE:
            break
        at = rule_at(shape, fit.ties, cells, theta)
    fine = (np.abs(move).max(axis=1) < 0.01) & (np.abs(theta).max(axis=1) < FAR / 2)
    return theta[:, : shape.models], fine


# --- How many votes would have to be other ones?


@dataclass(frozen=True, slots=True)
class Flip:
    """`votes` changed votes are enough to put `below` above `above`, level not being enough; fewer may be too, never said to be the
    least."""

    above: str
    below: str
    votes: int | None
    of: int


def votes_to_flip(said: PairTally | Cells, fit: Strengths) -> list[Flip]:
    """For each two neighbours: how many votes, turned to the opposite, swap them – an upper bound, proved by a refit.

    said   all votes: a tally, or the cells of votes as of `cells_of_votes`, with the covariates of the fit
    Swapped is who was below and stands above: of 60 votes to 40 ten make both level, and eleven swap them. The votes that move the
    difference most are turned first, as the influence function ranks them (Hampel 1974). None where turning every vote that speaks for
    the upper one would not be enough. ValueError for other covariates than those of the fit.
    """
    cells = cells_of(said, side=fit.side is not None) if isinstance(said, PairTally) else said
    if cells.x.shape[1] != len(fit.effects):
        raise ValueError(f"a fit with {len(fit.effects)} covariates and cells with {cells.x.shape[1]}")
    order = np.argsort(-fit.beta, kind="stable")
    return [_flip(cells, fit, int(one), int(other)) for one, other in pairwise(order)]


def _flip(cells: Cells, fit: Strengths, above: int, below: int) -> Flip:
    shape = shape_of(fit)
    at = rule_at(shape, fit.ties, cells, fit.parameters())
    contrast = fit.fisher[above] - fit.fisher[below]
    lead = contrast[cells.left] - contrast[cells.right]
    if shape.side:
        lead = lead + contrast[shape.models]
    if shape.effects:
        lead = lead + cells.x @ contrast[-shape.effects :]
    turned = lead * (at.by_s[1] - at.by_s[0])
    if shape.tie:
        turned = turned + contrast[shape.tie_place] * (at.by_t[1] - at.by_t[0])
    # A vote for the left turned to the right changes the difference by `turned`, and the reverse by its opposite.
    moves = np.stack([turned, -turned], axis=-1)
    cell, said = np.unravel_index(np.argsort(moves, axis=None, kind="stable"), moves.shape)
    helps = moves[cell, said] < 0
    cell, said = cell[helps], said[helps]
    room = cells.votes[said, cell].astype(np.int64)
    upto = np.concatenate([[0], np.cumsum(room)])

    def swapped(votes: int) -> bool:
        taken = np.clip(votes - upto[:-1], 0, room)
        counts = cells.votes.copy()
        np.add.at(counts, (said, cell), -taken)
        np.add.at(counts, (1 - said, cell), taken)
        again = _fitted_again(fit, cells._replace(votes=counts))
        return again is not None and bool(again.beta[below] - again.beta[above] > APART)

    gained = np.cumsum(room * -moves[cell, said])
    gap = fit.beta[above] - fit.beta[below]
    place = int(np.searchsorted(gained, gap))
    guess = int(upto[min(place, len(room))])
    found = _least(swapped, guess, int(upto[-1]))
    return Flip(fit.models[above], fit.models[below], found, int(cells.votes.sum()))


def _fitted_again(like: Strengths, cells: Cells) -> Strengths | None:
    """The fit of other votes; where they have become too one-sided to have one, with a prior that only keeps strengths finite. With
    covariates it may be their effects that run away, and then nobody can say who would be ahead."""
    for prior in (like.prior,) if len(like.effects) else (like.prior, WEAK):
        try:
            return fit_cells(like.models, cells, ties=like.ties, side=like.side is not None, prior=prior)
        except NoEstimate:
            continue
    return None


def _least(swapped: Callable[[int], bool], guess: int, most: int) -> int | None:
    """The least number from 1 to `most` that swaps, looked for around a guess; None when not even `most` does."""
    low, high, step = 0, max(1, min(guess, most)), max(1, guess // 16)
    while not swapped(high):
        if high >= most:
            return None
        low, high, step = high, min(most, high + step), 2 * step
    step = max(1, high // 16)
    while high - low > 1:
        middle = max(low + 1, high - step) if low == 0 and high - step > 0 else (low + high) // 2
        low, high = (low, middle) if swapped(middle) else (middle, high)
        step *= 2
    return high
