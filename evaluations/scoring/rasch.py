"""Many-facet Rasch, rating scale: log P_k/P_{k−1} = θ_t − λ_r − δ_c − τ_k for steps k of one common scale.

Joint maximum likelihood by Newton on sums. The likelihood is concave in (θ, λ, δ, κ), κ_k = Σ_{j≤k} τ_j, whatever the
order of the thresholds, so disordered ones are found like any others. Marks are folded to sheets (one reviewer about one
team) × criteria; each step needs sums over those cells only, and teams, whose block is diagonal, are eliminated.

It advises, as severity.py does; docs/scoring/severity.md says when neither model should be used.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluations.scoring.designs import (
    Disconnected,
    Floats,
    NotEstimable,
    NoVariation,
    Places,
    TooFewReviewers,
    columns,
    crossed,
    frozen,
    islands,
    positions,
)
from evaluations.scoring.intervals import check_level
from evaluations.scoring.rasch_likelihood import Facets, Point, Table, chances_of, climbed, moments

VERSION = "3"
"""Changes with any digit of any result of this module and of rasch_likelihood.py."""

EXTREME = 0.3
"""Points by which a total of nothing but lowest (highest) marks is raised (lowered) to have a measure at all."""

_FAR = 100.0
_HALVINGS = 60
"""From ±100 logits to less than a float can tell."""


@dataclass(frozen=True, slots=True)
class Extreme:
    """An element all whose marks are lowest, or highest: `facet` team | reviewer | criterion, `end` lowest | highest.

    Its measure is that of a total 0.3 points inside, with everything else held; it took no part in the fit.
    """

    facet: str
    place: int
    end: str


@dataclass(frozen=True, slots=True, eq=False)
class RaschFit:
    """Measures in logits with standard errors. Arrays are not writable.

    measures            θ (teams,), above 0 better · severities λ (reviewers,), above 0 severer · difficulties δ (criteria,)
    …_errors            standard errors, joint and widened for the parameters where fitted, of one total where extreme; NaN
                        where there are no more marks than parameters; λ and δ sum to 0 each
    fair_means          (teams,) points: mean over criteria of the mark expected from a reviewer with λ = 0
    steps               (J,) the steps that occurred, rising; an unused one has probability 0
    thresholds          τ (J − 1,), between one used step and the next; τ_k for neighbours, the mean of those it bridges
                        otherwise; the bridged ones sum to 0. `threshold_errors` likewise
    disordered          positions in `thresholds` below the one before: a middle step is nowhere the most probable
    unused              steps inside the range that nobody gave
    infit, outfit       (reviewers,) mean squares, 1 as the model expects; below 0.5 too uniform, above 1.5 erratic;
                        NaN for an extreme reviewer
    extremes            flagged elements, in the order in which they left
    widening            √(N/(N − p)) of the joint errors, N = `n_fitted`, p parameters; see `many_facet_rasch`
    log_likelihood      of the marks that took part, `n_fitted` of `n_marks`
    newton_steps        until no parameter moved by more than 1e−7; Newton's next step would move it by about its square
    """

    measures: Floats
    measure_errors: Floats
    severities: Floats
    severity_errors: Floats
    difficulties: Floats
    difficulty_errors: Floats
    fair_means: Floats
    steps: Places
    thresholds: Floats
    threshold_errors: Floats
    disordered: tuple[int, ...]
    unused: tuple[int, ...]
    infit: Floats
    outfit: Floats
    extremes: tuple[Extreme, ...]
    widening: float
    log_likelihood: float
    n_marks: int
    n_fitted: int
    newton_steps: int
    extreme_points: float = EXTREME
    method: str = "mfrm/rating-scale/joint-ml"
    version: str = VERSION

    def intervals(self, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Of measures (teams, 2), severities (reviewers, 2) and difficulties (criteria, 2), normal, with the widened errors."""
        check_level(level)
        reach = NormalDist().inv_cdf((1 + level) / 2)
        measures, severities, difficulties = (
            np.column_stack([values - reach * errors, values + reach * errors])
            for values, errors in (
                (self.measures, self.measure_errors),
                (self.severities, self.severity_errors),
                (self.difficulties, self.difficulty_errors),
            )
        )
        return measures, severities, difficulties


def many_facet_rasch(scores: ArrayLike, reviewers: ArrayLike, teams: ArrayLike, criteria: ArrayLike) -> RaschFit:
    """Fit whole-number marks in the columns of `designs`, with `criteria` (N,) positions on one common scale.

    Missing cells have no row. Every team needs two reviewers, and marks must join all reviewers, teams and criteria, also
    after extreme elements have left; λ, δ and τ sum to 0.

    Raises TooFewReviewers (`where`: teams), Disconnected, NoVariation (one step only), NoFiniteMaximum, NotEstimable
    (reviewers and criteria that cannot be told apart); ValueError for columns of another form.

    Steps 0 and 1, one criterion, four marks a pair; team 0 gets three 1s of each of two reviewers, team 1 gets one of each:
    the reviewers do not differ, λ = (0, 0), and θ = (log 3, −log 3) as P = 3/4 and 1/4. A mark informs by 3/4·1/4, which
    alone gives errors of 1/√(8·3/16) = √(2/3) of θ and 1/√(16·3/16) = √(1/3) of λ.

    Joint maximum likelihood spreads measures by N/(N − p), which is L/(L − 1) of many persons and L items, and their errors by
    its root: in the example two teams and one difference of reviewers were fitted, so the errors are √(16/13) of those.
    Measures stay as the likelihood has them, errors are widened; where N ≤ p there are none.

    Source: Linacre (1989), Many-Facet Rasch Measurement; Andrich (1978), Psychometrika 43, 561–573; of the spread Wright &
    Douglas (1977), Educ. Psychol. Meas. 37, 573–586, and Sur & Candès (2019), PNAS 116, 14516–14525.
    """
    marks, reviewer, team = columns(scores, reviewers, teams)
    criterion = positions(criteria, "criteria", marks)
    if (marks != np.floor(marks)).any():
        raise ValueError("scores are steps of one scale: whole numbers")
    counts = crossed(reviewer, team)
    thin = tuple(int(place) for place in np.flatnonzero(np.count_nonzero(counts, axis=0) < 2))
    if thin:
        raise TooFewReviewers(f"fewer than two reviewers judged teams {', '.join(map(str, thin))}", thin)
    joined = islands(counts)
    if len(joined) > 1:
        raise Disconnected(f"reviewers and teams fall into {len(joined)} islands", joined)
    facets = Facets(team, reviewer, criterion)
    inside, extremes = _without_extremes(marks, facets)
    elements = [np.flatnonzero(np.bincount(column[inside])) for column in facets]
    table = Table.of(marks[inside], Facets(*map(_numbered, elements, (column[inside] for column in facets))))
    point, newton_steps = climbed(table)
    measures = [np.full(size, np.nan) for size in facets.sizes]
    errors = [np.full(size, np.nan) for size in facets.sizes]
    widening = _widening(table)
    for facet, variances in enumerate(point.variances()):
        measures[facet][elements[facet]] = point.parameters.facets[facet]
        errors[facet][elements[facet]] = widening * np.sqrt(variances)
    _place_extremes(extremes, facets, table.steps, point.parameters.zeta, measures, errors)
    for facet in (1, 2):
        # Eases sum to 0 over all elements, also extreme ones; teams gain what they lose, so that no chance changes.
        level = measures[facet].mean()
        measures[facet] -= level
        measures[0] += level
    return _fit(table, point, measures, errors, widening, extremes, newton_steps, len(marks))


def _widening(table: Table) -> float:
    """√(N/(N − p)); p counts teams, differences of reviewers and of criteria, and thresholds. NaN where N ≤ p."""
    marks, parameters = int(table.n.sum()), sum(table.sizes) - 2 + len(table.steps) - 2
    return math.sqrt(marks / (marks - parameters)) if marks > parameters else math.nan


def _numbered(elements: Places, column: Places) -> Places:
    """The column with its elements numbered without gaps."""
    number = np.zeros(int(elements[-1]) + 1, dtype=np.intp)
    number[elements] = np.arange(len(elements))
    return number[column]


def _without_extremes(marks: Floats, facets: Facets) -> tuple[NDArray[np.bool_], list[Extreme]]:
    """Which rows stay when elements with nothing but lowest or highest marks leave, again until none is left."""
    inside = np.ones(len(marks), dtype=bool)
    extremes: list[Extreme] = []
    while True:
        found = marks[inside]
        lowest, highest = (float(found.min()), float(found.max())) if found.size else (0.0, 0.0)
        if lowest == highest:
            raise NoVariation("all marks that could tell anything are equal")
        staying = inside.copy()
        for facet, (column, size) in enumerate(zip(facets, facets.sizes, strict=True)):
            counts = np.bincount(column[inside], minlength=size)
            totals = np.bincount(column[inside], weights=found, minlength=size)
            for end, mark in (("lowest", lowest), ("highest", highest)):
                extreme = (counts > 0) & (totals == counts * mark)
                extremes.extend(Extreme(Facets._fields[facet], int(place), end) for place in np.flatnonzero(extreme))
                staying &= ~extreme[column]
        if (staying == inside).all():
            _refuse_vanished(inside, facets, extremes)
            return inside, extremes
        inside = staying


def _refuse_vanished(inside: NDArray[np.bool_], facets: Facets, extremes: list[Extreme]) -> None:
    """An element of both ends that met only extreme ones has no mark left and no end to be 0.3 points away from."""
    flagged = {(one.facet, one.place) for one in extremes}
    for name, column, size in zip(Facets._fields, facets, facets.sizes, strict=True):
        gone = np.flatnonzero(np.bincount(column[inside], minlength=size) == 0)
        where = tuple(int(place) for place in gone if (name, int(place)) not in flagged)
        if where:
            raise NotEstimable(f"{name} {', '.join(map(str, where))} met only elements with extreme totals", where)


def _place_extremes(
    extremes: list[Extreme], facets: Facets, steps: Floats, zeta: Floats, measures: list[Floats], errors: list[Floats]
) -> None:
    """Fill in elements that left, the last to leave first, each from its marks with elements that have a measure."""
    waiting = extremes[::-1]
    while waiting:
        for extreme in waiting:
            facet = Facets._fields.index(extreme.facet)
            rows = facets[facet] == extreme.place
            others = [other for other in range(len(Facets._fields)) if other != facet]
            known = np.sum([measures[other][facets[other][rows]] for other in others], axis=0)
            known = known[~np.isnan(known)]
            if known.size:
                break
        else:
            raise NotEstimable("some extreme elements met only each other")
        waiting.remove(extreme)
        measures[facet][extreme.place], errors[facet][extreme.place] = _extreme(extreme.end, known, steps, zeta)


def _extreme(end: str, known: Floats, steps: Floats, zeta: Floats) -> tuple[float, float]:
    """The measure whose expected total is 0.3 inside the end, and 1/√ of the information about it."""
    total = EXTREME if end == "lowest" else len(known) * float(steps[-1]) - EXTREME
    low, high = -known.max() - _FAR, -known.min() + _FAR
    for _ in range(_HALVINGS):
        measure = (low + high) / 2
        mean, variance = (float(moment.sum()) for moment in moments(chances_of(measure + known, steps, zeta)[0], steps))
        low, high = (measure, high) if mean < total else (low, measure)
    return measure, 1 / math.sqrt(variance)


def _fit(
    table: Table,
    point: Point,
    measures: list[Floats],
    errors: list[Floats],
    widening: float,
    extremes: list[Extreme],
    newton_steps: int,
    n_marks: int,
) -> RaschFit:
    thresholds, threshold_errors = _thresholds(table, point)
    infit, outfit = (np.full(len(measures[1]), np.nan) for _ in range(2))
    fitted = np.isin(
        np.arange(len(measures[1])), [one.place for one in extremes if one.facet == "reviewer"], invert=True
    )
    infit[fitted], outfit[fitted] = _fit_of_reviewers(table, point)
    eta = measures[0][:, None] + measures[2]
    fair = moments(chances_of(eta, table.steps, point.parameters.zeta)[0], table.steps)[0].mean(axis=1)
    steps = table.steps.astype(np.intp) + table.lowest
    return RaschFit(
        measures=frozen(measures[0]),
        measure_errors=frozen(errors[0]),
        severities=frozen(0.0 - measures[1]),
        severity_errors=frozen(errors[1]),
        difficulties=frozen(0.0 - measures[2]),
        difficulty_errors=frozen(errors[2]),
        fair_means=frozen(fair + table.lowest),
        steps=frozen(steps),
        thresholds=frozen(thresholds),
        threshold_errors=frozen(widening * threshold_errors),
        disordered=tuple(int(place) + 1 for place in np.flatnonzero(np.diff(thresholds) < 0)),
        unused=tuple(sorted(set(range(int(steps[0]), int(steps[-1]))) - set(steps.tolist()))),
        infit=frozen(infit),
        outfit=frozen(outfit),
        extremes=tuple(extremes),
        widening=widening,
        log_likelihood=point.log_likelihood,
        n_marks=n_marks,
        n_fitted=int(table.n.sum()),
        newton_steps=newton_steps,
    )


def _thresholds(table: Table, point: Point) -> tuple[Floats, Floats]:
    """τ = (κ of a step − κ of the step before)/(steps between), and its standard error."""
    inner = len(table.steps) - 2
    of_zeta = np.zeros((inner + 2, inner + 2))
    if inner:
        of_zeta[1:-1, 1:-1] = point.covariance()[-inner:, -inner:]
    bridged = np.diff(table.steps)
    variances = np.diag(of_zeta)[1:] + np.diag(of_zeta)[:-1] - 2 * np.diag(of_zeta, 1)
    return (0.0 - np.diff(point.parameters.zeta)) / bridged, np.sqrt(variances) / bridged


def _fit_of_reviewers(table: Table, point: Point) -> tuple[Floats, Floats]:
    """Infit Σ residual²/Σ variance, outfit mean of residual²/variance, by reviewer."""
    squared = table.squares - 2 * table.total * point.expected + table.n * point.expected**2
    of_one = np.where(table.n > 0, point.variance / np.maximum(table.n, 1), 1)
    residual, variance, standard, n = (
        table.margins(cells)[1] for cells in (squared, point.variance, squared / of_one, table.n)
    )
    return residual / variance, standard / n
