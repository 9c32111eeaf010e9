"""Strengths of models estimated from pairwise comparisons. They stand beside the official points, never inside.

Bradley and Terry (1952) put every model on one scale of log-odds: log-odds(i beats j) = β_i − β_j, with γ added for the side
a model stood on and Σβ = 0. Ties follow Davidson (1970) or Rao and Kupper (1967). All of it works on counts (`PairTally`),
so the cost of a fit depends on the number of models and not on the number of votes.

    tie rule       P(left wins) : P(right wins) : P(tie), with s = β_left − β_right + γ + x·δ
    davidson       e^{s/2} : e^{−s/2} : ν
    rao_kupper     σ(s − c), σ(−s − c), the rest; θ = e^c ≥ 1
    half_win       σ(s) and σ(−s), a tie being half a win for each; only to compare with others
    none           ties are left out
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evaluations.scoring.tallies import BOTH_BAD, SKIP, PairTally

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

TIE_RULES = ("davidson", "rao_kupper", "half_win", "none")
TOLERANCE = 1e-7
"""A Newton step this small leaves an error of its square."""
SMALL = 0.2
"""A Newton step in log-odds that needs no second look."""
LARGE = 10.0
"""The longest step in log-odds that is tried at all."""
MOST_STEPS = 100
FAR = 30.0
"""Log-odds nobody can have from votes: e^30. A fit that goes there is running away."""
LEAST_KNOWN = 1e-6
"""Information about a parameter below which a fit has run away, in votes on an open outcome. Where a finite estimate exists, the rarest
outcome it rests on leaves about 1/100 or more however many votes there are; where none does, as good as nothing is left."""
RUN_AWAY = "the strengths run away: the votes can be told apart perfectly"
EFFECTS_RUN_AWAY = "the effects run away: the votes follow from a covariate perfectly"
UNDECIDED = "no decided vote: all are level, and no strength can be told from another; half wins say so (half_win)"
INSEPARABLE = "the votes cannot tell the parameters apart"
LEAST_OF_ITS_OWN = 1e-9
"""Share of a covariate's mean square that strengths, side and the other covariates may not explain: below it there is nothing of its own."""


class NoEstimate(ValueError):
    """There is no finite best estimate, and why. `components` are the models that can be put on one scale with each other."""

    def __init__(self, why: str, components: Sequence[Sequence[str]] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.components = tuple(tuple(component) for component in components)


class Cells(NamedTuple):
    """Comparisons that share their two models and sides (and covariates): C of them.

    left, right   model on each side, shape (C,)
    votes         left won, right won, tie; shape (…, 3, C), leading axes are separate data sets fitted side by side
    x             covariates, left minus right, shape (C, K)
    """

    left: Indices
    right: Indices
    votes: Floats
    x: Floats


@dataclass(frozen=True, slots=True)
class Strengths:
    """A fit of M models.

    beta         log-strengths, shape (M,), summing to 0; a difference of 1 is odds of e ≈ 2.7 to 1
    side         γ, how much the left side helps, in log-odds; None when it was not asked for
    tie          ν of Davidson, θ of Rao and Kupper; None when ties are no outcome of their own
    effects      δ of the covariates, shape (K,)
    fisher       covariance of (beta, side, log tie, effects) if the model is right, shape (P, P)
    robust       the same if only its means are right: the sandwich over single votes
    prior        as it was asked for: with one, the values are finite by assumption and not by evidence alone
    log_likelihood   of the votes, binomial coefficients left out; twice the difference of two fits to the same votes is their likelihood
                 ratio, with and without a side too. Under `half_win` ties are halves of wins, under `none` they are no votes
    deviance     twice the distance of `log_likelihood` to that of the saturated model, which has chances of its own for every cell:
                 each two models on each order of sides; without a side each two models; each of these with each value of the covariates.
                 Deviances of fits with different cells are not comparable, log-likelihoods are
    """

    models: tuple[str, ...]
    ties: str
    beta: Floats
    side: float | None
    tie: float | None
    effects: Floats
    fisher: Floats
    robust: Floats
    prior: str | float | None
    votes: int
    log_likelihood: float
    deviance: float
    steps: int

    @property
    def size(self) -> int:
        return len(self.models)

    def se(self, covariance: Floats | None = None) -> Floats:
        """Standard errors of `beta`, from the robust covariance unless another is handed in; shape (M,)."""
        return self.errors(covariance)[: self.size]

    def errors(self, covariance: Floats | None = None) -> Floats:
        """The same of all `parameters`, shape (P,). A variance a rounding error below nothing is nothing."""
        chosen = self.robust if covariance is None else covariance
        return np.sqrt(np.clip(np.diag(chosen), 0.0, None))

    def parameters(self) -> Floats:
        """(beta, side, log tie, effects) as one vector, in the order of the covariances."""
        more = [] if self.side is None else [self.side]
        more += [] if self.tie is None else [float(np.log(self.tie))]
        return np.concatenate([self.beta, more, self.effects])

    def chances(self, beta: Floats | None = None) -> tuple[Floats, Floats, Floats]:
        """P(i wins), P(j wins), P(tie) without a side, for every pair; three arrays of shape (…, M, M).

        `beta` of shape (…, M) takes the place of the estimate, for draws.
        """
        strength = self.beta if beta is None else beta
        s = strength[..., :, None] - strength[..., None, :]
        return _rule(self.ties, s, 0.0 if self.tie is None else float(np.log(self.tie))).p

    def win_share(self, beta: Floats | None = None) -> Floats:
        """Expected share of a win against a rival picked at random: mean over rivals of P(win) + ½ P(tie); shape (…, M)."""
        wins, _losses, ties = self.chances(beta)
        share = wins + ties / 2
        return (share.sum(axis=-1) - 0.5) / (self.size - 1)  # against itself it would be one half

    def draws(self, number: int, rng: np.random.Generator, covariance: Floats | None = None) -> Floats:
        """`beta` drawn from its joint normal approximation, shape (number, M). The generator is the caller's: seed it."""
        chosen = self.robust if covariance is None else covariance
        values, vectors = np.linalg.eigh(chosen[: self.size, : self.size])
        root = vectors * np.sqrt(np.clip(values, 0.0, None))
        return self.beta + rng.standard_normal((number, self.size)) @ root.T


def bradley_terry(
    tally: PairTally, *, ties: str = "davidson", side: bool = True, prior: str | float | None = None
) -> Strengths:
    """Fit by Newton's method, with standard errors.

    tally   what was said; `skip` is no comparison, `both_good` and `both_bad` are ties
    ties    one of TIE_RULES
    side    estimate γ for the left side; without it both sides of a pair are put together
    prior   None, "firth" (Firth 1993: half the log-determinant of the information added, which takes the first-order bias
            away and is finite wherever all models were compared), or the standard deviation of a normal prior on every β
    Raises NoEstimate when the votes have no finite best estimate: no decided vote, a model that never lost to another part (Ford
    1957), strengths that run away with ties or the side; and models nobody compared, with a prior too: it would put on one scale what
    no vote has. ValueError for an unknown rule or a prior that is none.

    >>> fit = bradley_terry(PairTally(("x", "y"), np.array([[[0] * 5, [30, 10, 0, 0, 0]], [[0] * 5] * 2])), side=False)
    >>> round(float(fit.beta[0] - fit.beta[1]), 6) == round(float(np.log(3)), 6)
    True
    """
    if ties not in TIE_RULES:
        raise ValueError(f"unknown tie rule: {ties}")
    cells = cells_of(tally, side=side)
    return fit_cells(tally.models, cells, ties=ties, side=side, prior=prior)


def cells_of(tally: PairTally, *, side: bool) -> Cells:
    """The pairs that were compared, once per order of sides, or once per pair when sides do not matter."""
    wins, losses, tied = np.moveaxis(tally.outcomes(), -1, 0).astype(np.float64, order="C")
    if not side:
        wins, losses, tied = (np.triu(both, 1) for both in (wins + losses.T, losses + wins.T, tied + tied.T))
    left, right = np.nonzero(wins + losses + tied)
    votes = np.stack([outcome[left, right] for outcome in (wins, losses, tied)])
    return Cells(left, right, votes, np.zeros((len(left), 0)))


def fit_cells(
    models: Sequence[str], cells: Cells, *, ties: str = "davidson", side: bool = True, prior: str | float | None = None
) -> Strengths:
    """`bradley_terry` on cells, the way to covariates: rows with the same two answers are one cell.

    With covariates β is the strength where neither side has more of any of them, and δ the change of the log-odds with one unit more
    on the left. The unit is the caller's: a covariate times c has a δ divided by c, and nothing else changes.
    Raises NoEstimate as `bradley_terry` does; also with INSEPARABLE where a covariate follows from the strengths, the side and the
    other covariates (as when every answer of a model has the same length, or no two answers differ), whatever the prior, which is on
    the strengths alone; and where votes follow from a covariate perfectly. ValueError for a covariate that is not a number.
    """
    size = len(models)
    prior = _prior(prior)
    if not np.isfinite(cells.x).all():
        raise ValueError("a covariate is missing or infinite")
    ties, cells = _tie_rule_that_fits(ties, _each_pair_once(cells, size))
    _refuse_without_estimate(tuple(models), ties, cells, side=side, prior=prior)
    cells, unit = _in_units_of_their_own(cells)
    shape = Shape(size, side, ties in ("davidson", "rao_kupper"), cells.x.shape[1])
    _refuse_inseparable(shape, cells)
    theta, steps = _newton(shape, ties, cells, prior)
    at = rule_at(shape, ties, cells, theta)
    information = expected_information(shape, cells, at)
    if isinstance(prior, float):
        information = information + ridge(shape, prior)
    _refuse_run_away(shape, cells, information)
    fisher = _inverse(shape, information)
    robust = fisher @ meat(shape, cells, at, list(np.moveaxis(cells.votes, -2, 0))) @ fisher
    likelihood = _likelihood(ties, cells, at)
    place = size + side
    back = np.concatenate([np.ones(place + shape.tie), 1 / unit])
    return Strengths(
        models=tuple(models),
        ties=ties,
        beta=theta[:size],
        side=float(theta[size]) if side else None,
        tie=float(np.exp(theta[place])) if shape.tie else None,
        effects=theta[place + shape.tie :] / unit,
        fisher=fisher * np.outer(back, back),
        robust=robust * np.outer(back, back),
        prior=prior,
        votes=int(cells.votes.sum()),
        log_likelihood=likelihood,
        deviance=2 * (_saturated(ties, cells) - likelihood),
        steps=steps,
    )


def both_bad_share(tally: PairTally) -> tuple[Floats, Floats]:
    """Per model: the share of its comparisons in which both answers were called bad, and how many comparisons; both (M,).

    An absolute floor beside relative strengths: the best of bad models wins comparisons too. NaN where a model was never
    compared.
    """
    bad = tally.counts[..., BOTH_BAD].astype(np.float64)
    compared = tally.counts[..., :SKIP].sum(axis=-1).astype(np.float64)
    bad, compared = bad + bad.T, compared + compared.T
    total = compared.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return bad.sum(axis=1) / total, total


# --- Is there an estimate?


def _prior(prior: str | float | None) -> str | float | None:
    """None, "firth", or a standard deviation as a float, whatever kind of number it came as."""
    if prior is None or prior == "firth":
        return prior
    if isinstance(prior, str | bool | np.bool_) or not 0 < float(prior) < np.inf:
        raise ValueError(f"a prior is None, 'firth' or the standard deviation of strengths, above 0, not {prior!r}")
    return float(prior)


def _refuse_without_estimate(
    models: tuple[str, ...], ties: str, cells: Cells, *, side: bool, prior: str | float | None
) -> None:
    """Raises NoEstimate unless votes join all models and, without a prior, every part of the models both won and lost (or drew)
    against every other (Ford 1957)."""
    size = len(models)
    if size < 2:
        raise NoEstimate("fewer than two models")
    _refuse_islands(models, cells, "models that were never compared, directly or through others")
    wins, losses, drawn = _effective(ties, cells.votes)
    # Firth's prior is on the ties as well, a normal one on strengths alone.
    if not (wins.any() or losses.any()) and prior != "firth":
        raise NoEstimate(UNDECIDED, [models])
    said = (wins + losses + drawn) > 0
    used = cells
    if not said.all():
        used = cells._replace(left=cells.left[said], right=cells.right[said], votes=cells.votes[:, said])
        _refuse_islands(models, used, "models that no decided vote joins, where ties are left out")
    if side and not isinstance(prior, float) and _side_is_strength(used, size):
        raise NoEstimate("models that always stood on the same sides of each other", [models])
    if prior is not None:
        return
    if side and not (wins.any() and losses.any()):
        raise NoEstimate("only one side of the screen ever won", [models])
    beats = np.zeros((size, size), bool)
    for one, other, won in ((cells.left, cells.right, wins), (cells.right, cells.left, losses)):
        not_beaten = (won > 0) | (drawn > 0)
        beats[one[not_beaten], other[not_beaten]] = True
    parts = _components(beats)
    if len(parts) > 1:
        raise NoEstimate("a group of models that only won, or only lost, against the rest", _named(models, parts))


def _refuse_islands(models: tuple[str, ...], cells: Cells, why: str) -> None:
    seen = np.zeros((len(models), len(models)), bool)
    seen[cells.left, cells.right] = True
    islands = _components(seen | seen.T)
    if len(islands) > 1:
        raise NoEstimate(why, _named(models, islands))


def _side_is_strength(cells: Cells, size: int) -> bool:
    """Can strengths take the place of the side in every cell? Then nobody knows which of the two won.

    So it is where the models can be given heights of which the left one is exactly one above the right one in every cell. The heights
    that come closest solve the Laplacian of who met whom, of size M × M whatever the number of cells.
    """
    left, right = cells.left, cells.right
    met = np.zeros((size, size))
    met[left, right] = 1.0
    if (met * met.T).any():
        return False
    both = met + met.T
    laplacian = np.diag(both.sum(axis=1)) - both
    heights = np.linalg.lstsq(laplacian, met.sum(axis=1) - met.sum(axis=0), rcond=None)[0]
    return bool(np.allclose(heights[left] - heights[right], 1.0))


def _components(edges: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Strongly connected parts of a directed graph, by squaring its reachability."""
    reach = edges | np.eye(len(edges), dtype=bool)
    while not reach.all():
        further = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
        if (further == reach).all():
            break
        reach = further
    first = (reach & reach.T).argmax(axis=1)  # the first model of the part each model belongs to
    return [np.flatnonzero(first == model).tolist() for model in np.unique(first)]


def _named(models: tuple[str, ...], parts: list[list[int]]) -> list[list[str]]:
    return [[models[model] for model in part] for part in parts]


def _each_pair_once(cells: Cells, size: int) -> Cells:
    """Without covariates nothing tells two cells of the same pair apart, and they are one."""
    pair = cells.left * size + cells.right
    if cells.x.shape[1] or np.bincount(pair).max(initial=0) <= 1:
        return cells
    pairs, place = np.unique(pair, return_inverse=True)
    votes = np.stack([np.bincount(place, row, len(pairs)) for row in cells.votes]).astype(np.float64)
    return Cells(pairs // size, pairs % size, votes, cells.x[: len(pairs)])


def _in_units_of_their_own(cells: Cells) -> tuple[Cells, Floats]:
    """Covariates with a mean square of one over the votes, so that no unit is too large or too small to calculate in, and their units."""
    votes = cells.votes.sum(axis=0)
    unit = np.sqrt(votes @ cells.x**2 / max(float(votes.sum()), 1.0))
    if not unit.all():
        raise NoEstimate(INSEPARABLE)
    return cells._replace(x=cells.x / unit), unit


def _tie_rule_that_fits(ties: str, cells: Cells) -> tuple[str, Cells]:
    """Without a single tie there is nothing to say about ties; with `none` they leave the set."""
    if ties == "none":
        cells = cells._replace(votes=cells.votes * np.array([[1.0], [1.0], [0.0]]))
    return ("none" if not cells.votes[..., 2, :].any() else ties), cells


# --- The likelihood. `s` is the log-odds of a cell, `t` the log of its tie parameter.


class Shape(NamedTuple):
    """Where the parameters lie: models, then side, then tie, then effects."""

    models: int
    side: bool
    tie: bool
    effects: int

    @property
    def parameters(self) -> int:
        return self.models + self.side + self.tie + self.effects

    @property
    def tie_place(self) -> int:
        return self.models + self.side


class _Rule(NamedTuple):
    """Of each outcome (left, right, tie): its probability, and the derivatives of its logarithm by s and by t."""

    p: tuple[Floats, Floats, Floats]
    by_s: tuple[Floats, Floats, Floats]
    by_t: tuple[Floats, Floats, Floats]


def _sigmoids(z: Floats) -> tuple[Floats, Floats]:
    """σ(z) and 1 − σ(z), each to its own last digit: the smaller one is what far strengths are told by."""
    small = np.exp(-np.abs(z))
    large = 1.0 / (1.0 + small)
    small = small * large
    return np.where(z >= 0, large, small), np.where(z >= 0, small, large)


def _rule(ties: str, s: Floats, t: Floats | float) -> _Rule:
    if ties == "davidson":
        # Everything divided by e^{|s|/2}, so that nothing overflows.
        root = np.exp(-0.5 * np.abs(s))
        weak, tie = root * root, np.exp(t) * root
        total = 1.0 / (1.0 + weak + tie)
        strong, weak, tie = total, weak * total, tie * total
        left = np.where(s >= 0, strong, weak)
        right = strong + weak - left
        mean = 0.5 * (left - right)
        return _Rule((left, right, tie), (0.5 - mean, -0.5 - mean, -mean), (-tie, -tie, 1.0 - tie))
    if ties == "rao_kupper":
        (left, not_left), (right, not_right) = _sigmoids(s - t), _sigmoids(-s - t)
        tie = np.expm1(2 * t) * left * right  # 1 − left − right, without its rounding
        # Far from the maximum a tie may have no chance at all.
        spread = np.divide(left * not_left + right * not_right, tie, out=np.zeros_like(tie), where=tie > 0)
        return _Rule((left, right, tie), (not_left, -not_right, right - left), (-not_left, -not_right, spread))
    left, right = _sigmoids(s)
    none = np.zeros_like(left)
    return _Rule((left, right, none), (right, -left, 0.5 - left), (none, none, none))


def _odds(shape: Shape, cells: Cells, theta: Floats) -> tuple[Floats, Floats | float]:
    """s and t of every cell; leading axes of `theta` are kept."""
    s = theta.take(cells.left, axis=-1) - theta.take(cells.right, axis=-1)
    if shape.side:
        s = s + theta[..., shape.models, None]
    if shape.effects:
        s = s + theta[..., -shape.effects :] @ cells.x.T
    return s, (theta[..., shape.tie_place, None] if shape.tie else 0.0)


def rule_at(shape: Shape, ties: str, cells: Cells, theta: Floats) -> _Rule:
    return _rule(ties, *_odds(shape, cells, theta))


def _effective(ties: str, votes: Floats) -> Floats:
    """Half a win for each side instead of a tie, where ties are no outcome."""
    if ties == "half_win":
        half = votes[..., 2, :] / 2
        return np.stack([votes[..., 0, :] + half, votes[..., 1, :] + half, 0 * half], axis=-2)
    return votes


def _likelihood(ties: str, cells: Cells, at: _Rule) -> float:
    found = 0.0
    for votes, p in zip(_effective(ties, cells.votes), at.p, strict=True):
        said = votes > 0
        with np.errstate(divide="ignore"):
            found += float((votes[said] * np.log(p[said])).sum())
    return found


def _saturated(ties: str, cells: Cells) -> float:
    votes = _effective(ties, cells.votes)
    said = votes > 0  # without ties a cell may be left with nothing
    share = np.divide(votes, votes.sum(axis=0), out=np.ones_like(votes), where=said)
    return float((votes[said] * np.log(share[said])).sum())


def _between(shape: Shape, cells: Cells, values: Floats) -> Floats:
    """Values of cells laid out by their two models, shape (…, M, M); cells that differ in covariates only are added up."""
    size, lead = shape.models, values.shape[:-1]
    laid = np.zeros((*lead, size, size))
    if not shape.effects:
        laid[..., cells.left, cells.right] = values
        return laid
    key = cells.left * size + cells.right
    for row, target in zip(values.reshape(-1, values.shape[-1]), laid.reshape(-1, size * size), strict=True):
        target[:] = np.bincount(key, row, size * size)
    return laid


def gradient(shape: Shape, cells: Cells, by_s: Floats, by_t: Floats) -> Floats:
    """Sums over cells of their derivatives by (s, t), told by parameter; shape (…, P)."""
    laid = _between(shape, cells, by_s)
    return _by_parameter(shape, cells, laid.sum(axis=-1) - laid.sum(axis=-2), by_s, by_t)


def _by_parameter(shape: Shape, cells: Cells, by_model: Floats, by_s: Floats, by_t: Floats) -> Floats:
    whole = np.zeros((*by_s.shape[:-1], shape.parameters))
    whole[..., : shape.models] = by_model
    if shape.side:
        whole[..., shape.models] = by_s.sum(axis=-1)
    if shape.tie:
        whole[..., shape.tie_place] = by_t.sum(axis=-1)
    if shape.effects:
        whole[..., -shape.effects :] = by_s @ cells.x
    return whole


def _assemble(shape: Shape, cells: Cells, ss: Floats, st: Floats, tt: Floats) -> Floats:
    """Σ over cells of Zᵀ [[ss, st], [st, tt]] Z, where Z leads from the parameters to a cell's (s, t); shape (…, P, P)."""
    size = shape.models
    laid = _between(shape, cells, ss)
    on_left, on_right = laid.sum(axis=-1), laid.sum(axis=-2)
    whole = np.zeros((*ss.shape[:-1], shape.parameters, shape.parameters))
    whole[..., :size, :size] = -laid - np.swapaxes(laid, -1, -2)
    places = np.arange(size)
    whole[..., places, places] += on_left + on_right
    columns: list[tuple[int, Floats]] = []
    if shape.side:
        columns.append((size, _by_parameter(shape, cells, on_left - on_right, ss, st)))
    for effect in range(shape.effects):
        x = cells.x[:, effect]
        columns.append((shape.parameters - shape.effects + effect, gradient(shape, cells, ss * x, st * x)))
    if shape.tie:
        columns.append((shape.tie_place, gradient(shape, cells, st, tt)))
    for place, column in columns:
        whole[..., :, place] = column
        whole[..., place, :] = column
    return whole


def meat(shape: Shape, cells: Cells, at: _Rule, weights: Sequence[Floats]) -> Floats:
    """Σ over cells and outcomes of weight × score × scoreᵀ; shape (…, P, P).

    With the votes as weights this is what the sandwich over single votes is filled with, with their expectation the information.
    """
    triples = list(zip(weights, at.by_s, at.by_t, strict=True))
    ss = sum(weight * by_s * by_s for weight, by_s, _ in triples)
    st = sum(weight * by_s * by_t for weight, by_s, by_t in triples) if shape.tie else 0.0 * ss
    tt = sum(weight * by_t * by_t for weight, _, by_t in triples) if shape.tie else st
    return _assemble(shape, cells, np.asarray(ss), np.asarray(st), np.asarray(tt))


def expected_information(shape: Shape, cells: Cells, at: _Rule) -> Floats:
    total = cells.votes.sum(axis=-2)
    return meat(shape, cells, at, [total * p for p in at.p])


def anchor(shape: Shape, information: Floats) -> Floats:
    """A weight on Σβ that fixes it at 0 without moving anything else."""
    size = shape.models
    whole = np.zeros_like(information)
    strength = np.trace(information[..., :size, :size], axis1=-2, axis2=-1) / size**2 + 1e-12
    whole[..., :size, :size] = strength[..., None, None]
    return whole


def _inverse(shape: Shape, information: Floats) -> Floats:
    """Covariance of the parameters under Σβ = 0. Raises NoEstimate where the votes tell nothing about some of them."""
    try:
        inverse: Floats = np.asarray(np.linalg.inv(information + anchor(shape, information)), np.float64)
    except np.linalg.LinAlgError:
        raise NoEstimate(INSEPARABLE) from None
    block = inverse[: shape.models]
    inverse[: shape.models] = block - block.mean(axis=0)
    block = inverse[:, : shape.models]
    inverse[:, : shape.models] = block - block.mean(axis=1, keepdims=True)
    return inverse


def _refuse_run_away(shape: Shape, cells: Cells, information: Floats) -> None:
    """Raises NoEstimate where Newton's method stopped for want of a slope and not at a maximum.

    Ford's condition is about strengths alone. Strengths, side, ties and covariates may still grow together for ever, each vote coming
    out more probable: two models, many wins, no loss and some ties. Nothing is known any more about where they are then, which no
    number of votes changes.
    """
    known = information + anchor(shape, information)
    # With covariates nearly told by strengths little may be known rightly: as little as the design lets be known.
    least = _design(shape, cells) if shape.effects else np.eye(shape.parameters)
    try:
        np.linalg.cholesky(known - LEAST_KNOWN * least)
    except np.linalg.LinAlgError:
        where = np.abs(np.linalg.eigh(known)[1][:, 0])
        by_effects = bool(where[shape.parameters - shape.effects :].max(initial=0.0) > 0.01 * where.max())
        raise NoEstimate(EFFECTS_RUN_AWAY if by_effects else RUN_AWAY) from None


def _design(shape: Shape, cells: Cells) -> Floats:
    """What an open vote, picked at random, would tell about the parameters, shape (P, P)."""
    share = cells.votes.sum(axis=0) / cells.votes.sum()
    gram = _assemble(shape, cells, share, 0 * share, share)
    return gram + anchor(shape, gram)


def _refuse_inseparable(shape: Shape, cells: Cells) -> None:
    """Raises NoEstimate unless every covariate has something of its own: a remainder that neither strengths nor the side nor the
    other covariates explain, over the votes there are."""
    if not shape.effects:
        return
    linear = shape._replace(tie=False)
    gram = _design(linear, cells)
    kept = linear.parameters - linear.effects
    base, across, own = gram[:kept, :kept], gram[:kept, kept:], gram[kept:, kept:]
    rest = own - across.T @ np.linalg.lstsq(base, across, rcond=None)[0]
    if np.linalg.eigvalsh(rest).min() < LEAST_OF_ITS_OWN:
        raise NoEstimate(INSEPARABLE)


def ridge(shape: Shape, deviation: float) -> Floats:
    """What a normal prior with this standard deviation on every β adds to the information."""
    whole = np.zeros((shape.parameters, shape.parameters))
    places = np.arange(shape.models)
    whole[places, places] = deviation**-2
    return whole


# --- Newton's method.


def _start(shape: Shape, ties: str, cells: Cells, prior: str | float | None) -> Floats:
    """Where the votes alone decide, the strengths that fit the log-odds of single cells best, half a vote added to each side of a
    cell; else equal strengths. The tie parameter is the one that gives the share of ties there is."""
    theta = np.zeros(shape.parameters)
    wins, losses, tied = votes = _effective(ties, cells.votes)
    if shape.tie:
        share = np.clip(tied.sum() / votes.sum(), 1e-6, 1 - 1e-6)
        odds = 2 * share / (1 - share) if ties == "davidson" else (1 + share) / (1 - share)
        theta[shape.tie_place] = np.log(odds)
    if prior is None and not shape.effects:
        wins, losses = wins + 0.5, losses + 0.5
        # One over the variance of the log-odds.
        certainty = np.where(votes.any(axis=0), wins * losses / (wins + losses), 0.0)
        untied, none = shape._replace(tie=False), np.zeros_like(wins)
        information = _assemble(untied, cells, certainty, none, none)
        slope = gradient(untied, cells, certainty * np.log(wins / losses), none)
        theta[: untied.parameters] = _step(untied, information + anchor(untied, information), slope)
        if ties == "davidson":
            theta[shape.tie_place] = np.log(tied.sum() / np.sqrt(wins * losses).sum())
    return theta


def _newton(shape: Shape, ties: str, cells: Cells, prior: str | float | None) -> tuple[Floats, int]:
    """The maximum; a step that is not small is halved until it leads uphill."""
    theta = _start(shape, ties, cells, prior)
    votes = _effective(ties, cells.votes)
    for step in range(1, MOST_STEPS + 1):
        at = rule_at(shape, ties, cells, theta)
        information = expected_information(shape, cells, at)
        slope = gradient(shape, cells, *(np.asarray(sum(map(np.multiply, votes, by))) for by in (at.by_s, at.by_t)))
        if prior == "firth":
            slope = slope + _firth(shape, ties, cells, at.p, _inverse(shape, information))
        elif isinstance(prior, float):
            information = information + ridge(shape, prior)
            slope[: shape.models] -= theta[: shape.models] * prior**-2
        move = _step(shape, information + anchor(shape, information), slope)
        move[: shape.models] -= move[: shape.models].mean()
        largest = float(np.abs(move).max())
        if largest < SMALL and _possible(shape, ties, theta + move):
            theta = theta + move
        else:
            theta = _uphill(shape, ties, cells, theta, at, move * min(1.0, LARGE / largest), prior)
        plain = shape.parameters - shape.effects
        if np.abs(theta[:plain]).max() > FAR:
            raise NoEstimate(RUN_AWAY)
        if np.abs(theta[plain:]).max(initial=0.0) > FAR:
            raise NoEstimate(EFFECTS_RUN_AWAY)
        if largest < TOLERANCE:
            return theta, step
    _refuse_run_away(shape, cells, information)
    raise NoEstimate(f"no convergence in {MOST_STEPS} steps")


def _step(shape: Shape, information: Floats, slope: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(information, slope), np.float64)
    except np.linalg.LinAlgError:
        raise NoEstimate(EFFECTS_RUN_AWAY if shape.effects else RUN_AWAY) from None


def _uphill(
    shape: Shape, ties: str, cells: Cells, theta: Floats, at: _Rule, move: Floats, prior: str | float | None
) -> Floats:
    if prior == "firth":  # its objective would need a determinant; short steps are enough
        return theta + np.clip(move, -2.0, 2.0)
    before = _objective(shape, ties, cells, theta, at, prior)
    for _ in range(30):
        after = theta + move
        if (
            _possible(shape, ties, after)
            and _objective(shape, ties, cells, after, rule_at(shape, ties, cells, after), prior) >= before
        ):
            break
        move = move / 2
    return theta + move


def _possible(shape: Shape, ties: str, theta: Floats) -> bool:
    """Rao and Kupper's θ is above 1."""
    return ties != "rao_kupper" or not shape.tie or bool(theta[shape.tie_place] > 0)


def _objective(shape: Shape, ties: str, cells: Cells, theta: Floats, at: _Rule, prior: str | float | None) -> float:
    value = _likelihood(ties, cells, at)
    if isinstance(prior, float):
        value -= float((theta[: shape.models] ** 2).sum()) / (2 * prior**2)
    return value


def _firth(shape: Shape, ties: str, cells: Cells, p: Sequence[Floats], covariance: Floats) -> Floats:
    """½ tr(I⁻¹ ∂I/∂θ): for these exponential families from the third central moments of each cell's two statistics."""
    if ties not in ("davidson", "none"):
        raise ValueError(f"no bias reduction for the tie rule {ties}")
    statistics = np.array(
        [[0.5, 0.0], [-0.5, 0.0], [0.0, 1.0]] if ties == "davidson" else [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    )
    share = np.stack(p, axis=-1)
    centred = statistics - (share @ statistics)[..., None, :]
    total = cells.votes.sum(axis=0)
    third = np.einsum("c,co,coa,cob,cod->cabd", total, share, centred, centred, centred)
    lead = np.zeros((len(cells.left), 2, shape.parameters))
    rows = np.arange(len(cells.left))
    lead[rows, 0, cells.left] += 1
    lead[rows, 0, cells.right] -= 1
    if shape.side:
        lead[:, 0, shape.models] = 1
    if shape.effects:
        lead[:, 0, -shape.effects :] = cells.x
    if shape.tie:
        lead[:, 1, shape.tie_place] = 1
    spread = np.einsum("cak,kl,cbl->cab", lead, covariance, lead, optimize=True)
    return 0.5 * np.einsum("cab,cabd,cdk->k", spread, third, lead, optimize=True)
