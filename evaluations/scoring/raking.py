"""Population weights by raking (iterative proportional fitting; Deming and Stephan 1940), on cells and not on people.

People who share every trait share a weight. So a panel is its table of cells – the cross of all traits – and a million people
cost no more than the cells they fall into.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluations.scoring.missing import floats
from evaluations.scoring.tallies import Codes, fold_columns

Floats = npt.NDArray[np.float64]

MARGIN_ERROR = 1e-10
MOST_ROUNDS = 10_000
HOPE = 200
"""Rounds in which the error has to fall by a hundredth: it falls by the same share in each, and slower than that it never gets there."""
PATIENCE = 10
"""Rounds without a smaller error after which weights beside trimmed ones are as good as they get."""
TRIM = (0.2, 5.0)
"""Weights outside [1/5, 5] × their mean are cut back: a few people must not speak for many."""


class Infeasible(ValueError):
    """No weights can meet these margins, and why."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How the people are spread over one trait.

    targets   category → share or number of people, 0 or more. Shares of all margins add up to the same.
    """

    name: str
    targets: dict[str, float]


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights per cell.

    weights           shape of the cells; 0 where nobody is. Summed over people they give the total of the margins, and less (or more)
                      than it where trimming leaves a margin unmet
    design_effect     n Σw²/(Σw)² = 1 + CV² of the weights over people (Kish 1965): by what the variance of a mean grows, at most
    effective_n       people / design effect
    largest           the largest weight over the mean of the weights there are
    margin_error      the largest relative distance of a margin from its target; above 1e−10 only where trimming leaves it
    trimmed           people whose weight was cut back or lifted
    """

    weights: Floats
    people: int
    design_effect: float
    effective_n: float
    largest: float
    margin_error: float
    trimmed: int
    rounds: int


def fold_people(traits: Sequence[Codes], sizes: Sequence[int]) -> npt.NDArray[np.int64]:
    """People per cell from one column of category codes a trait; shape `sizes`."""
    return fold_columns(list(zip(traits, sizes, strict=True))).reshape(tuple(sizes))


def cells_of(people: Sequence[Sequence[str]], margins: Sequence[Margin]) -> npt.NDArray[np.int64]:
    """People per cell from their categories by name, one sequence a person in the order of the margins.

    Infeasible for a category no margin has, ValueError for a person without one category a margin.
    """
    places = [{category: place for place, category in enumerate(margin.targets)} for margin in margins]
    cells = np.zeros(tuple(len(place) for place in places), np.int64)
    for person in people:
        if len(person) != len(margins):
            raise ValueError(f"one category a margin was expected ({len(margins)}), not {tuple(person)}")
        for margin, place, category in zip(margins, places, person, strict=True):
            if category not in place:
                raise Infeasible(f"{margin.name}: no target for the category {category!r}")
        cells[tuple(place[category] for place, category in zip(places, person, strict=True))] += 1
    return cells


def rake(cells: npt.ArrayLike, margins: Sequence[Margin], *, trim: tuple[float, float] | None = TRIM) -> Raked:
    """Weights that bring each trait to its target, as close to equal as that allows.

    cells   people per cell, one axis a margin in the order of its targets
    trim    bounds in multiples of the mean weight that meets all margins, or None; after cutting, the others are raked again to make up for it
    Raises Infeasible for margins with different totals, a category with a target and no people, people in a category with
    target 0, or margins the cells cannot meet at once. ValueError for a shape that does not fit, targets or people that are no numbers
    or negative, and bounds that hold no mean between them.

    >>> found = rake([[10], [30]], [Margin("sex", {"f": 0.5, "m": 0.5}), Margin("all", {"x": 1.0})])
    >>> found.weights.ravel().round(6).tolist(), round(found.design_effect, 6)
    ([0.05, 0.016667], 1.333333)
    """
    people = floats(cells)
    targets = [np.array(list(margin.targets.values()), np.float64) for margin in margins]
    if not targets:
        raise ValueError("at least one margin was expected")
    if trim is not None and not 0 <= trim[0] <= 1 <= trim[1]:
        raise ValueError(f"bounds are multiples of the mean weight, one below and one above 1, not {trim}")
    _refuse(people, margins, targets)
    total = float(targets[0].sum())
    weights, rounds = _fit(people, targets, np.where(people > 0, total / people.sum(), 0.0), {})
    weights, trimmed, more = _trimmed(people, targets, weights, trim)
    used = people > 0
    mean = float((people * weights)[used].sum() / people.sum())  # after trimming not always that of the margins
    spread = float((people[used] * (weights[used] / mean - 1) ** 2).sum() / people.sum())
    return Raked(
        weights=np.where(used, weights, 0.0),
        people=int(people.sum()),
        design_effect=1 + spread,
        effective_n=float(people.sum()) / (1 + spread),
        largest=float(weights[used].max() / mean),
        margin_error=_error(people * weights, targets),
        trimmed=trimmed,
        rounds=rounds + more,
    )


def _refuse(people: Floats, margins: Sequence[Margin], targets: Sequence[Floats]) -> None:
    if people.shape != tuple(len(target) for target in targets):
        raise ValueError(
            f"cells of the shape {people.shape} do not fit margins of {[len(t) for t in targets]} categories"
        )
    if not np.isfinite(people).all() or (people < 0).any():
        raise ValueError("the number of people in a cell is missing, infinite or negative")
    if not people.any():
        raise Infeasible("no people")
    _refuse_unknown_targets(margins)
    for axis, (margin, target) in enumerate(zip(margins, targets, strict=True)):
        if abs(target.sum() - targets[0].sum()) > 1e-9 * targets[0].sum():
            raise Infeasible(
                f"{margin.name}: its targets add up to {target.sum():g}, those of {margins[0].name} do not"
            )
        here = _sums(people, axis)
        for category, wanted, present in zip(margin.targets, target, here, strict=True):
            if wanted < 0:
                raise Infeasible(f"{margin.name}: the target of {category!r} is negative")
            if wanted > 0 and present == 0:
                raise Infeasible(f"{margin.name}: nobody is in the category {category!r}, which has a target")
            if wanted == 0 and present > 0:
                raise Infeasible(f"{margin.name}: people are in the category {category!r}, whose target is 0")


def _refuse_unknown_targets(margins: Sequence[Margin]) -> None:
    for margin in margins:
        for category, wanted in margin.targets.items():
            if not np.isfinite(wanted):
                raise ValueError(f"{margin.name}: the target of {category!r} is missing or infinite")


def collapse(margin: Margin, category: str, into: str) -> Margin:
    """A margin with one category added to another, for a category that nobody came for. State it wherever the result shows.

    ValueError for a category the margin has not.
    """
    for name in (category, into):
        if name not in margin.targets:
            raise ValueError(f"{margin.name}: there is no category {name!r}")
    targets = {name: value for name, value in margin.targets.items() if name != category}
    targets[into] += margin.targets[category]
    return Margin(margin.name, targets)


def _sums(table: Floats, axis: int) -> Floats:
    return np.asarray(table.sum(axis=tuple(other for other in range(table.ndim) if other != axis)), np.float64)


def _error(table: Floats, targets: Sequence[Floats]) -> float:
    worst = 0.0
    for axis, target in enumerate(targets):
        used = target > 0
        worst = max(worst, float(np.abs(_sums(table, axis)[used] / target[used] - 1).max()))
    return worst


def _fit(people: Floats, targets: Sequence[Floats], weights: Floats, fixed: dict[str, Floats]) -> tuple[Floats, int]:
    """Multiply each margin up to its target in turn until all are met. Cells in `fixed` keep what they have."""
    held = fixed.get("held", np.zeros(people.shape))
    free = people * (fixed["free"] if fixed else 1.0)
    best, since, hoped = (np.inf, weights), 0, np.inf
    for rounds in range(1, MOST_ROUNDS + 1):
        for axis, target in enumerate(targets):
            wanted, here = target - _sums(held, axis), _sums(free * weights, axis)
            with np.errstate(divide="ignore", invalid="ignore"):
                factor = np.where(here > 0, np.maximum(wanted, 0.0) / here, 1.0)
            shape = [1] * people.ndim
            shape[axis] = -1
            weights = weights * factor.reshape(shape)
        error = _error(held + free * weights, targets)
        if error < MARGIN_ERROR:
            return weights, rounds
        since, best = (0, (error, weights)) if error < best[0] else (since + 1, best)
        if fixed and (since == PATIENCE or rounds == HOPE):
            return best[1], rounds
        if rounds % HOPE == 0:
            if error > 0.99 * hoped:
                break
            hoped = error
    raise Infeasible(
        f"after {rounds} rounds a margin is still {error:.1%} away: no weights of these cells meet them all"
    )


def _trimmed(
    people: Floats, targets: Sequence[Floats], weights: Floats, trim: tuple[float, float] | None
) -> tuple[Floats, int, int]:
    """Cut weights back to the bounds and rake the rest again, until none is outside; who is cut stays cut."""
    if trim is None:
        return weights, 0, 0
    mean = float(targets[0].sum() / people.sum())
    low, high = trim[0] * mean, trim[1] * mean
    cut = np.zeros(people.shape, bool)
    rounds = 0
    for _ in range(50):
        outside = (people > 0) & ~cut & ((weights < low * (1 - 1e-9)) | (weights > high * (1 + 1e-9)))
        if not outside.any():
            break
        cut |= outside
        weights = np.where(cut, np.clip(weights, low, high), weights)
        if not (people * ~cut).any():
            break
        held = {"held": people * np.where(cut, weights, 0.0), "free": (~cut).astype(np.float64)}
        raked, more = _fit(people, targets, weights, held)
        weights = np.where(cut, weights, raked)
        rounds += more
    return np.where(people > 0, np.clip(weights, low, high), weights), int(people[cut].sum()), rounds


@dataclass(frozen=True, slots=True)
class Shares:
    """A mean of something each cell tells, weighted and not, side by side."""

    weighted: float
    unweighted: float


def weighted_mean(values: npt.ArrayLike, people: npt.ArrayLike, raked: Raked) -> Shares:
    """Mean of `values` (one per cell, of the people there) with and without the weights; cells without people are left out.

    ValueError where values, people and weights are not of the same cells.
    """
    value, number = floats(values), floats(people)
    if not value.shape == number.shape == raked.weights.shape:
        raise ValueError(
            f"values of the shape {value.shape}, people of {number.shape} and weights of {raked.weights.shape} are of other cells"
        )
    used = number > 0
    weight = number[used] * raked.weights[used]
    return Shares(
        float((weight * value[used]).sum() / weight.sum()),
        float((number[used] * value[used]).sum() / number[used].sum()),
    )
