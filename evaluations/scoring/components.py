"""Variance components of x_rt = μ + θ_t + λ_r + ε with teams and reviewers drawn at random: REML, missing cells allowed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluations.scoring.designs import Floats, NotEstimable, NoVariation, Places, columns, crossed

VERSION = "2"
"""Changes with any digit of any result of this module."""

_STEPS = 200
_HALVINGS = 30
_ROUNDING = 1e-12
"""Of the sum of many logarithms, as a share of them."""
_CORNERS = [np.array(free) for free in ((True, True), (True, False), (False, True), (False, False))]
"""Which of the two ratios are off the edge at the lowest point of a parabola over ratios ≥ 0: it is one of these."""


@dataclass(frozen=True, slots=True)
class Components:
    """Variances in squared marks. One of 0 sits on the edge of what is possible: nothing of it was seen.

    mean        μ, the generalised least squares mean
    steps       Newton steps until the next would change no variance ratio by more than 1e−10 of itself, or by no less than the last did where
                the likelihood no longer tells the two apart: where panels all but agree a ratio of a million is known to fewer places
    """

    teams: float
    reviewers: float
    residual: float
    mean: float
    n_marks: int
    n_teams: int
    n_reviewers: int
    steps: int
    method: str = "reml"
    version: str = VERSION


def variance_components(scores: ArrayLike, reviewers: ArrayLike, teams: ArrayLike) -> Components:
    """REML variances σ²_t, σ²_r, σ²_ε from the columns of `designs`; N marks in any design that tells them apart.

    The ratios a = σ²_t/σ²_ε and b = σ²_r/σ²_ε minimise the profiled deviance log|M| + (N − 1) log Q by Newton with exact
    derivatives, held at ≥ 0; σ²_ε = Q/(N − 1). All sums are over reviewers and teams, none over pairs of marks.
    A complete panel whose estimates are positive gives (BMS − EMS)/k, (JMS − EMS)/n, EMS: for the teams (1, 2), (2, 4),
    (4, 5) of two reviewers 13/6, 5/6, 1/6.

    Raises NoVariation (all marks equal, or nothing left after teams and reviewers) and NotEstimable (each team or each
    reviewer has one mark only, or each reviewer has a team of his own).

    Source: Patterson & Thompson (1971); Bates et al. (2015), J. Stat. Softw. 67(1), for the scaled equations.
    """
    marks, reviewer, team = columns(scores, reviewers, teams)
    equations = _Equations.of(marks, reviewer, team)
    ratios = np.array([0.5, 0.5])
    here = equations.at(ratios)
    steps, last = 0, np.inf
    while True:
        change = here.change(ratios)
        far = float(np.abs(change).max() / (1 + ratios.max()))
        if far <= 1e-10 or (far > last / 2 and here.fall(change) <= here.noise):
            break
        found = _lower(equations, ratios, here, change)
        if found is None:
            break
        ratios, here = found
        steps, last = steps + 1, far
        if steps > _STEPS:
            raise NotEstimable("the variances did not settle")
    residual = here.quadratic / (len(marks) - 1)
    return Components(
        float(ratios[0]) * residual,
        float(ratios[1]) * residual,
        residual,
        float(marks.mean() + here.fixed),
        len(marks),
        equations.teams,
        len(equations.gram) - 1 - equations.teams,
        steps,
    )


def _lower(equations: "_Equations", ratios: Floats, here: "_Point", change: Floats) -> "tuple[Floats, _Point] | None":
    """As far along the change as the deviance does not rise by more than rounding; None where it does so at once."""
    share = 1.0
    for _ in range(_HALVINGS):
        moved = np.maximum(ratios + share * change, 0)
        there = equations.at(moved)
        if there.deviance <= here.deviance + here.noise:
            return moved, there
        share /= 2
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Equations:
    """The centred marks, and cross products of the columns 1 | teams | reviewers among themselves and with them."""

    marks: Floats
    reviewer: Places
    team: Places
    gram: Floats
    right: Floats
    square: float

    @classmethod
    def of(cls, marks: Floats, reviewer: Places, team: Places) -> "_Equations":
        counts = crossed(reviewer, team)
        of_team, of_reviewer = counts.sum(axis=0), counts.sum(axis=1)
        # Were two of V_t, V_r and I equal, or multiples, no data could tell their variances apart.
        products = np.array(
            [
                [(of_team**2).sum(), (counts**2).sum(), len(marks)],
                [(counts**2).sum(), (of_reviewer**2).sum(), len(marks)],
                [len(marks), len(marks), len(marks)],
            ]
        )
        if min(counts.shape) < 2 or np.linalg.matrix_rank(products) < 3:
            raise NotEstimable("one team, one reviewer, or every team with reviewers or marks of its own")
        centred = marks - marks.mean()
        gram = np.block(
            [
                [np.array([[float(len(marks))]]), of_team[None], of_reviewer[None]],
                [of_team[:, None], np.diag(of_team), counts.T],
                [of_reviewer[:, None], counts, np.diag(of_reviewer)],
            ]
        )
        right = _sums(centred, reviewer, team)
        square = float(centred @ centred)
        explained = float(right @ np.linalg.lstsq(gram, right, rcond=None)[0])
        if square == 0 or square - explained <= 1e-12 * square:
            raise NoVariation("all marks are equal, or teams and reviewers explain them without a rest")
        return cls(centred, reviewer, team, gram, right, square)

    @property
    def teams(self) -> int:
        return int(self.team.max()) + 1

    def at(self, ratios: Floats) -> "_Point":
        """The deviance and its derivatives at σ²/σ²_ε = ratios; P̃ = I − W M⁻¹ W', W the columns scaled by √ratio."""
        size = len(self.gram)
        of_teams, of_reviewers = slice(1, 1 + self.teams), slice(1 + self.teams, size)
        scale = np.ones(size)
        scale[of_teams], scale[of_reviewers] = np.sqrt(ratios)
        matrix = scale[:, None] * self.gram * scale
        matrix[np.arange(1, size), np.arange(1, size)] += 1
        factor = np.linalg.cholesky(matrix)
        half = np.linalg.solve(factor, scale[:, None] * np.column_stack([self.gram, self.right]))
        projected = self.gram - half[:, :size].T @ half[:, :size]
        scaled = np.linalg.solve(factor.T, half[:, size])
        effects = scale * scaled
        # What the marks leave over, not their square less what they explain: of marks that all but agree that is mostly rounding.
        left = self.marks - effects[0] - effects[of_teams][self.team] - effects[of_reviewers][self.reviewer]
        seen = _sums(left, self.reviewer, self.team)
        quadratic = float(left @ left + scaled[1:] @ scaled[1:])
        logs = 2 * np.log(np.diag(factor))
        free = len(self.marks) - 1
        explained = free * np.log(quadratic / self.square)
        blocks = (of_teams, of_reviewers)
        traces = np.array([np.trace(projected[block, block]) for block in blocks])
        squares = np.array([[(projected[one, other] ** 2).sum() for other in blocks] for one in blocks])
        lengths = np.array([(seen[block] ** 2).sum() for block in blocks]) / quadratic
        mixed = np.array([[seen[one] @ projected[one, other] @ seen[other] for other in blocks] for one in blocks])
        gradient = traces - free * lengths
        observed = -squares + free * (2 * mixed / quadratic - np.outer(lengths, lengths))
        expected = squares - np.outer(traces, traces) / free
        noise = _ROUNDING * float(np.abs(logs).sum() + abs(explained))
        return _Point(float(logs.sum() + explained), noise, quadratic, float(scaled[0]), gradient, observed, expected)


def _sums(values: Floats, reviewer: Places, team: Places) -> Floats:
    """Products of the columns 1 | teams | reviewers with values (N,)."""
    return np.concatenate([[values.sum()], np.bincount(team, values), np.bincount(reviewer, values)])


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """`deviance` is relative to that of the marks as they are, known up to `noise`, whatever their unit."""

    deviance: float
    noise: float
    quadratic: float
    fixed: float
    gradient: Floats
    observed: Floats
    expected: Floats

    def fall(self, change: Floats) -> float:
        """By how much the slope alone would have the deviance fall on the way."""
        return -float(self.gradient @ change)

    def change(self, ratios: Floats) -> Floats:
        """To the lowest point at ratios ≥ 0 of the parabola that touches here (Fisher's where Newton's opens downwards).

        A ratio at 0 that would rather fall is held there.
        """
        movable = (ratios > 0) | (self.gradient < 0)
        inside = np.ix_(movable, movable)
        upwards = np.linalg.eigvalsh(self.observed[inside]).min(initial=1) > 0
        curvature = self.observed if upwards else self.expected
        best, depth = np.zeros_like(ratios), 0.0
        for free in _CORNERS:
            if (free & ~movable).any():
                continue
            change = np.where(free, 0, -ratios)
            slope = self.gradient[free] + curvature[np.ix_(free, ~free)] @ change[~free]
            change[free] = -np.linalg.solve(curvature[np.ix_(free, free)], slope)
            fall = float(self.gradient @ change + change @ curvature @ change / 2)
            if fall < depth and (ratios + change >= 0).all():
                best, depth = change, fall
        return best
