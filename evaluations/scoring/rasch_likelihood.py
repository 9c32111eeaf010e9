"""The likelihood of many-facet Rasch: marks folded to sums, its derivatives from them, and the climb to its maximum.

A sheet is one reviewer about one team. All sums over marks are sums over sheets × criteria, worked on in blocks; teams do
not meet in the information matrix, so they are eliminated and what is solved has the size of reviewers + criteria + steps.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evaluations.scoring.designs import Disconnected, Floats, NoFiniteMaximum, NotEstimable, Places, crossed, islands

_SETTLED = 1e-7
"""Newton's last step in logits; what is left after it is about its square."""
_STEPS = 60
_FURTHEST = 50.0
"""Logits; e⁻⁵⁰ is no chance that marks could have shown."""
_VANISHED = 1e-12
_WORTHLESS = 1e4
"""A variance of squared logits that says nothing, and information as small as that of a measure that ran away."""
_ROUNDING = 1e-9
_BLOCK = 8_192
"""Cells worked on at once: the chances of all their steps stay in the processor's cache."""


class Facets(NamedTuple):
    """Three columns of positions (N,), in the order of the model."""

    team: Places
    reviewer: Places
    criterion: Places

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(int(column.max()) + 1 for column in self)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Marks above the lowest, folded to sheets (S,) × criteria (C,), sheets in the order of teams.

    n, total, squares   (S, C) how many marks a cell has, their sum and sum of squares
    steps, of_step      (J,) the steps that occur, the lowest taken as 0, and how often
    team, reviewer      (S,) whose sheet; `starts` where the sheets of each team begin
    single              every cell has exactly one mark
    """

    n: Floats
    total: Floats
    squares: Floats
    steps: Floats
    of_step: Floats
    lowest: int
    team: Places
    reviewer: Places
    starts: Places
    single: bool

    @classmethod
    def of(cls, marks: Floats, facets: Facets) -> "Table":
        lowest = marks.min()
        above = marks - lowest
        reviewers, criteria = int(facets.reviewer.max()) + 1, int(facets.criterion.max()) + 1
        pair = facets.team * reviewers + facets.reviewer
        pairs = np.flatnonzero(np.bincount(pair))
        sheet_of = np.zeros(int(pairs[-1]) + 1, dtype=np.intp)
        sheet_of[pairs] = np.arange(len(pairs))
        cell = sheet_of[pair] * criteria + facets.criterion
        n, total, squares = (
            np.bincount(cell, weights, len(pairs) * criteria).reshape(-1, criteria).astype(np.float64)
            for weights in (None, above, above**2)
        )
        of_step = np.bincount(above.astype(np.intp))
        steps = np.flatnonzero(of_step)
        team = pairs // reviewers
        table = cls(
            n=n,
            total=total,
            squares=squares,
            steps=steps.astype(np.float64),
            of_step=of_step[steps].astype(np.float64),
            lowest=int(lowest),
            team=team,
            reviewer=pairs % reviewers,
            starts=np.flatnonzero(np.diff(team, prepend=-1)),
            single=bool((n == 1).all()),
        )
        table.refuse_undetermined()
        return table

    @property
    def sizes(self) -> tuple[int, int, int]:
        return len(self.starts), int(self.reviewer.max()) + 1, self.n.shape[1]

    def refuse_undetermined(self) -> None:
        joined = islands(crossed(self.reviewer, self.team))
        if len(joined) > 1:
            raise Disconnected(f"without extreme elements there are {len(joined)} islands", joined)
        of_team, across, among = self.sums(self.n)
        reduced = among - across.T @ (across / of_team[:, None])
        if np.linalg.matrix_rank(reduced, hermitian=True) < len(reduced) - 2:
            raise NotEstimable("reviewers, teams and criteria cannot be told apart: some criteria have their own")

    def sums(self, cells: Floats) -> tuple[Floats, Floats, Floats]:
        """Of cells (S, C): by team (T,), by team × (reviewers | criteria), and among (reviewers | criteria)."""
        _, reviewers, criteria = self.sizes
        by_reviewer = crossed(self.team, self.reviewer, cells.sum(axis=1))
        by_criterion = np.add.reduceat(cells, self.starts, axis=0)
        keys = (self.reviewer[:, None] * criteria + np.arange(criteria)).ravel()
        mixed = np.bincount(keys, cells.ravel(), reviewers * criteria).reshape(reviewers, criteria)
        among = np.block([[np.diag(by_reviewer.sum(axis=0)), mixed], [mixed.T, np.diag(by_criterion.sum(axis=0))]])
        return by_reviewer.sum(axis=1), np.hstack([by_reviewer, by_criterion]), among

    def margins(self, cells: Floats) -> list[Floats]:
        """Sums of cells (S, C) by team, by reviewer and by criterion."""
        of_sheet = cells.sum(axis=1)
        return [np.bincount(self.team, of_sheet), np.bincount(self.reviewer, of_sheet), cells.sum(axis=0)]


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """Natural parameters, all with a plus: η = ability + ease of the reviewer + ease of the criterion, and ζ = −κ (J,).

    ζ of the lowest and the highest step are 0: that is Σ τ = 0.
    """

    facets: tuple[Floats, Floats, Floats]
    zeta: Floats

    @classmethod
    def first(cls, table: Table) -> "Parameters":
        """Log-odds of the marks reached, for each of all the steps between, and the steps as frequent as they were."""
        log_counts = np.log(table.of_step)
        slope = (log_counts[-1] - log_counts[0]) / table.steps[-1]
        facets = []
        for counts, totals in zip(table.margins(table.n), table.margins(table.total), strict=True):
            share = totals / counts / table.steps[-1]
            odds = np.log(share / (1 - share)) / table.steps[-1]
            facets.append(odds - odds.mean())
        return cls((facets[0] + slope, facets[1], facets[2]), log_counts - log_counts[0] - slope * table.steps)

    def moved(self, step: "Parameters", share: float) -> "Parameters":
        ability, reviewer, criterion = (
            here + share * there for here, there in zip(self.facets, step.facets, strict=True)
        )
        return Parameters((ability, reviewer, criterion), self.zeta + share * step.zeta)

    @property
    def furthest(self) -> float:
        return max(float(np.abs(values).max()) for values in (*self.facets, self.zeta))


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Log-likelihood and its derivatives at some parameters; "rest" is reviewers | criteria | inner ζ.

    expected, variance      (S, C) of one mark, of all marks of the cell
    share                   information of team × rest, divided by `of_team`, that of teams
    reduced                 information of the rest with teams eliminated, its two null vectors filled
    """

    parameters: Parameters
    log_likelihood: float
    expected: Floats
    variance: Floats
    of_team: Floats
    share: Floats
    reduced: Floats
    gradients: tuple[Floats, Floats]

    @classmethod
    def at(cls, table: Table, parameters: Parameters) -> "Point":
        sheets, criteria = table.n.shape
        inner = len(table.steps) - 2
        expected, variance = np.empty_like(table.n), np.empty_like(table.n)
        apart_sheet, apart_criterion = np.empty((inner, sheets)), np.zeros((inner, criteria))
        of_inner, products = np.zeros(inner), np.zeros((inner, inner))
        log_likelihood = float(table.of_step @ parameters.zeta)
        ease = parameters.facets[0][table.team] + parameters.facets[1][table.reviewer]
        width = max(1, _BLOCK // criteria)
        for start in range(0, sheets, width):
            block = slice(start, start + width)
            eta = ease[block, None] + parameters.facets[2]
            chances, logs = chances_of(eta, table.steps, parameters.zeta)
            mean, spread = moments(chances, table.steps)
            middle = chances[1:-1]
            weighted = middle if table.single else middle * table.n[block]
            flat = weighted.reshape(inner, eta.size)
            products += middle.reshape(inner, eta.size) @ flat.T
            of_inner += flat.sum(axis=1)
            apart = weighted * (table.steps[1:-1, None, None] - mean)
            apart_sheet[:, block] = apart.sum(axis=2)
            apart_criterion += apart.sum(axis=1)
            expected[block], variance[block] = mean, spread * table.n[block]
            log_likelihood += float((table.total[block] * eta).sum() - (table.n[block] * logs).sum())
        reviewers = table.sizes[1]
        of_team, across, among = table.sums(variance)
        apart_team = np.add.reduceat(apart_sheet, table.starts, axis=1).T
        apart_reviewer = np.array([np.bincount(table.reviewer, row) for row in apart_sheet]).reshape(inner, reviewers)
        beside = np.hstack([apart_reviewer, apart_criterion])
        across = np.hstack([across, apart_team])
        among = np.block([[among, beside.T], [beside, np.diag(of_inner) - products]])
        surplus = table.margins(table.total - table.n * expected)
        rest = np.concatenate([surplus[1], surplus[2], table.of_step[1:-1] - of_inner])
        of_team = np.maximum(of_team, _VANISHED)
        share = across / of_team[:, None]
        reduced = among - across.T @ share
        reduced[:reviewers, :reviewers] += 1
        reduced[reviewers : reviewers + criteria, reviewers : reviewers + criteria] += 1
        return cls(parameters, log_likelihood, expected, variance, of_team, share, reduced, (surplus[0], rest))

    def newton(self) -> Parameters:
        """The step to the maximum of the parabola that touches here; eases keep their sums of 0."""
        if self.of_team.min() <= _VANISHED:
            raise NoFiniteMaximum("the chances of all marks of a team went to 0 or 1")
        of_team, of_rest = self.gradients
        rest = self.inverse() @ (of_rest - self.share.T @ of_team)
        reviewers, criteria = (len(values) for values in self.parameters.facets[1:])
        zeta = np.zeros_like(self.parameters.zeta)
        zeta[1:-1] = rest[reviewers + criteria :]
        abilities = of_team / self.of_team - self.share @ rest
        return Parameters((abilities, rest[:reviewers], rest[reviewers : reviewers + criteria]), zeta)

    def inverse(self) -> Floats:
        try:
            return np.asarray(np.linalg.inv(self.reduced), dtype=np.float64)
        except np.linalg.LinAlgError as error:
            raise NoFiniteMaximum("the information about some elements vanished") from error

    def covariance(self) -> Floats:
        """Of the rest, with both sums of eases held at 0: the fillings of the null vectors are taken out again."""
        covariance = self.inverse()
        start = 0
        for size in (len(values) for values in self.parameters.facets[1:]):
            covariance[start : start + size, start : start + size] -= 1 / size**2
            start += size
        return covariance

    def variances(self) -> tuple[Floats, Floats, Floats]:
        """Of teams, reviewers and criteria; NoFiniteMaximum where the likelihood turned out to be flat."""
        covariance = self.covariance()
        reviewers, criteria = (len(values) for values in self.parameters.facets[1:])
        of_teams = 1 / self.of_team + ((self.share @ covariance) * self.share).sum(axis=1)
        of_rest = np.diag(covariance)
        every = np.concatenate([of_teams, of_rest])
        # A climb without end also stops where the slope is lost in rounding; the information is lost there as well.
        if not (every.min() > -_ROUNDING and every.max() < _WORTHLESS):
            raise NoFiniteMaximum("the marks say nothing about some measures: they could be moved without end")
        of_rest = np.maximum(of_rest, 0)
        return of_teams, of_rest[:reviewers], of_rest[reviewers : reviewers + criteria]


def chances_of(eta: Floats, steps: Floats, zeta: Floats) -> tuple[Floats, Floats]:
    """P(step) (J, …) at η (…), and the logarithm of what they were divided by."""
    shape = (-1,) + (1,) * eta.ndim
    chances = steps.reshape(shape) * eta + zeta.reshape(shape)
    peak = chances.max(axis=0)
    chances -= peak
    np.exp(chances, out=chances)
    total = chances.sum(axis=0)
    chances /= total
    return chances, peak + np.log(total)


def moments(chances: Floats, steps: Floats) -> tuple[Floats, Floats]:
    """Mean and variance (…) of the step under chances (J, …)."""
    flat = chances.reshape(len(steps), -1)
    mean = steps @ flat
    return mean.reshape(chances.shape[1:]), (steps**2 @ flat - mean**2).reshape(chances.shape[1:])


def climbed(table: Table) -> tuple[Point, int]:
    """The maximum of the likelihood, and after how many steps."""
    here = Point.at(table, Parameters.first(table))
    for count in range(1, _STEPS + 1):
        step = here.newton()
        share = 1.0
        there = Point.at(table, here.parameters.moved(step, share))
        # Rounding of the sum of many logarithms is no descent.
        while there.log_likelihood < here.log_likelihood - 1e-12 * abs(here.log_likelihood):
            share /= 2
            there = Point.at(table, here.parameters.moved(step, share))
        here = there
        if share * step.furthest < _SETTLED:
            return here, count
        if max(float(np.abs(values).max()) for values in here.parameters.facets) > _FURTHEST:
            break
    raise NoFiniteMaximum("some measures grow without end: a subset of marks is foreseen with certainty")
