"""How firm the order is: resampled panels and people, the line of the quota, one reviewer less, other weights, what is visible."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from evaluations.scoring.averages import level_weight
from evaluations.scoring.comparisons import Floats
from evaluations.scoring.estimates_panel import LEVEL, criterion_points, totals
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.intervals import generator
from evaluations.scoring.items import star_means
from evaluations.scoring.leave_one_out import Without, leave_one_out
from evaluations.scoring.pairwise_ranks import pairwise_ranks
from evaluations.scoring.parts import Item, Part
from evaluations.scoring.people import People
from evaluations.scoring.people_draws import (
    fewest_judges,
    fewest_raters,
    star_counts,
    star_draws,
    vote_counts,
    win_draws,
)
from evaluations.scoring.rank_chances import rank_chances, ranks_of
from evaluations.scoring.rules import Rules
from evaluations.scoring.severity import additive_model
from evaluations.scoring.shown import AbsentSection, all_shown, shown
from evaluations.scoring.stability import (
    VARIANCE_FACTOR,
    draw_panels,
    expanded_level,
    line,
    panel_for,
    resample_means,
    resample_trimmed,
    t_limits,
    visible_gap,
    visible_share,
    weight_study,
)
from evaluations.scoring.tables import Result
from evaluations.scoring.tallies import BOTH_BAD, BOTH_GOOD, SKIP

DRAWS = 10_000
GROUPS = 400
"""People are resampled in at most so many random groups."""
FEW = 8
"""Who judged a team. Of fewer, the percentiles of draws end where their marks do: of three they miss the truth in every fourth panel, and
Student's t about the total holds it (docs/scoring-study.md)."""
SPREAD = 0.1
"""Weights up to ten percentage points away from the real ones."""

LEAST = {"panel": 2, "people": 3}
"""Behind what the fewest judged: of fewer nothing is told. Two people give the same star so often that Student's t about their points holds the
truth in 77 to 87 % of simulated stages; of three it holds (docs/scoring-study.md)."""
_TOO_FEW = {"panel": "too_few_sheets", "people": "too_few_people"}

Json = dict[str, Any]
Builders = dict[str, Callable[[], Any]]


def order_sections(rules: Rules, evidence: Evidence, result: Result, people: People, seed: int) -> Builders:
    if not rules.parts:
        return {}
    found: Builders = {
        "order": partial(_order, rules, evidence, result, people, seed),
        "leave_one_out": partial(_leave_one_out, rules, evidence, result),
        "weights": partial(_weights, rules, result, seed),
    }
    if any(part.criteria for part in rules.parts) or people.number:
        found["power"] = partial(_power, rules, result, people)
    return found


# --- Ranks and the line.


@dataclass(frozen=True, slots=True)
class _Draws:
    """Points of one part in resamples, (draws, teams), what was resampled: panel | people | "" (nothing varies), and how many of those stand
    behind what the fewest judged: a team, one criterion of it where each is trimmed by itself, one question about it, a pair of teams."""

    points: Floats
    resampled: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Panel:
    """All experts who judged anything, drawn again once for all parts: `times` is how often each is in each draw, (draws, experts)."""

    experts: tuple[str, ...]
    times: Floats

    @classmethod
    def drawn(cls, rules: Rules, result: Result, rng: np.random.Generator) -> "_Panel":
        judged = [totals(rules, result, part)[0] for part in rules.parts if part.criteria]
        experts = tuple(sorted({panelist for panelists in judged for panelist in panelists}))
        return cls(experts, draw_panels(len(experts), DRAWS, rng) if experts else np.zeros((DRAWS, 0)))

    def of(self, panelists: Sequence[str]) -> Floats:
        """How often each of these is in each draw."""
        return self.times[:, [self.experts.index(panelist) for panelist in panelists]]


def _order(rules: Rules, evidence: Evidence, result: Result, people: People, seed: int) -> Json:
    exact, ranks = _totals(result), _ranks(result)
    rng = generator(seed)
    panel = _Panel.drawn(rules, result, rng)
    again = _people_again(rules, people, rng)
    parts = {part.key: _part_draws(rules, evidence, result, people, part, panel, again) for part in rules.parts}
    drawn = np.sum([found.points for found in parts.values()], axis=0)
    if np.isnan(drawn).any():
        drawn = drawn[~np.isnan(drawn).any(axis=1)]
        if len(drawn) < DRAWS / 2:
            thinnest = max(parts.values(), key=lambda one: int(np.isnan(one.points).any(axis=1).sum()))
            raise AbsentSection(_TOO_FEW[thinnest.resampled])
    # The smallest set that was drawn again decides: too wide rather than too narrow.
    size = min((one.size for one in parts.values() if one.size), default=None)
    chances = rank_chances(drawn)
    # A resample of n varies by (n − 1)/n of what samples vary by. Where nothing was drawn again there are no errors to be of any degrees.
    degrees = size - 1 if size else 1
    covariance = np.atleast_2d(np.cov(drawn.T)) * (degrees + 1) / degrees
    ranges = pairwise_ranks(exact, covariance, degrees)
    few = size is not None and size < FEW
    level = expanded_level(size) if size else LEVEL
    if size and few:
        full = sum(float(part.points) for part in rules.parts)
        lows, highs = np.clip(t_limits(exact, drawn, size, LEVEL), 0, full)
    else:
        lows, highs = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    found: Json = {
        "method": f"bootstrap/panel+people/{'t' if few else 'expanded-percentile'}+pairwise-ranks",
        "version": "6",
        "percentiles": None if few else shown(level),
        "seed": seed,
        "draws": len(drawn),
        "resampled": {key: one.resampled for key, one in parts.items()},
        "teams": [
            {
                "team": team,
                "rank": rank,
                "total": shown(total),
                "low": shown(low),
                "high": shown(high),
                "best": one.best,
                "worst": one.worst,
                "ranks": all_shown(chance),
            }
            for team, rank, total, low, high, one, chance in zip(
                rules.slugs,
                ranks,
                exact,
                lows,
                highs,
                ranges,
                chances,
                strict=True,
            )
        ],
        "line": None,
    }
    quota = _seats_by_points(rules)
    if quota is not None:
        firm = line(exact, drawn, quota, ranks)
        totals_in_order = sorted((team.total.value or 0 for team in result.teams), reverse=True)
        found["line"] = {
            "quota": quota,
            "gap": shown(firm.gap),
            "tied": totals_in_order[quota - 1] == totals_in_order[quota],
            "same": shown(firm.same),
            "advances": dict(zip(rules.slugs, all_shown(firm.advances), strict=True)),
        }
    return found


def _totals(result: Result) -> Floats:
    if any(team.total.value is None for team in result.teams):
        raise AbsentSection("no_total")
    return np.array([float(team.total.value or 0) for team in result.teams])


def _seats_by_points(rules: Rules) -> int | None:
    """After how many teams points draw a line; None where a majority decides or there is a seat for everybody."""
    quota = rules.advance.quota
    return quota if rules.advance.by == "points" and quota is not None and quota < len(rules.slugs) else None


def _ranks(result: Result) -> list[int]:
    """The official ranks. Where there are all totals, there are all ranks."""
    return [team.rank for team in result.teams if team.rank is not None]


def _part_draws(
    rules: Rules,
    evidence: Evidence,
    result: Result,
    people: People,
    part: Part,
    panel: _Panel,
    again: Floats,
) -> _Draws:
    if part.criteria:
        panelists, table = totals(rules, result, part)
        if part.aggregate == "trimmed_criteria":
            # Every criterion of a team is trimmed by itself, from the same drawn panels, and the part is their sum.
            _, table = criterion_points(rules, result, part)
        # A team that few of a large panel judged is known no better than by a panel of those few.
        fewest = int((~np.isnan(table)).sum(axis=0).min()) if len(panelists) else 0
        if fewest < LEAST["panel"]:
            raise AbsentSection(_TOO_FEW["panel"])
        times = panel.of(panelists)
        if part.aggregate == "trimmed_criteria":
            drawn = resample_trimmed(table.reshape(len(panelists), -1), times)
            return _Draws(drawn.reshape(DRAWS, *table.shape[1:]).sum(axis=2), "panel", fewest)
        trim = part.aggregate == "drop_high_low"
        return _Draws((resample_trimmed if trim else resample_means)(table, times), "panel", fewest)
    if not _by_people(part, people):
        fixed = np.array([float(team.part(part.key).points.value or 0) for team in result.teams])
        return _Draws(np.repeat(fixed[None], DRAWS, axis=0), "")
    items = [_item_draws(rules, evidence, result, people, part, item, again) for item in part.items]
    points: Floats = np.sum([one.points for one in items], axis=0)
    sizes = [one.size for one in items if one.resampled]
    return _Draws(points, "people" if sizes else "", min(sizes, default=0))


def _by_people(part: Part, people: People) -> bool:
    return part.kind == "users" and not part.given and bool(people.number)


def _people_again(rules: Rules, people: People, rng: np.random.Generator) -> Floats:
    """Groups of people drawn again, (draws, groups), once for all parts as the panel is: how often each is in each draw."""
    if not any(_by_people(part, people) for part in rules.parts):
        return np.zeros((DRAWS, 0))
    number = int(people.groups(GROUPS).max()) + 1
    return rng.multinomial(number, np.full(number, 1 / number), size=DRAWS).astype(np.float64)


def _item_draws(
    rules: Rules, evidence: Evidence, result: Result, people: People, part: Part, item: Item, weights: Floats
) -> _Draws:
    """Points of one item of the users' part in each resample, by the item's own rule."""
    if item.source not in ("ratings", "comparisons"):
        fixed = np.array([float(_item_points(result, team, part, item)) for team in rules.slugs])
        return _Draws(np.repeat(fixed[None], DRAWS, axis=0), "")
    stars = item.source == "ratings"
    counts = star_counts(people, item, weights.shape[1]) if stars else vote_counts(people, weights.shape[1])
    fewest = fewest_raters(counts) if stars else fewest_judges(counts)
    if fewest < LEAST["people"]:
        raise AbsentSection(_TOO_FEW["people"])
    values = (
        star_draws(counts, _grand(rules, evidence, item), float(item.prior), weights)
        if stars
        else win_draws(counts, weights)
    )
    full = float(item.points)
    if item.rule == "share_of_scale":
        points = full * (values - 1) / 4
    elif item.rule == "expected_win_share":
        points = full * values
    elif item.rule == "ratio_to_best":
        points = full * values / values.max(axis=1, keepdims=True)
    else:
        points = _points_by_rank(values, np.array([float(points) for points in item.table]))
    return _Draws(points, "people", fewest)


def _points_by_rank(values: Floats, table: Floats) -> Floats:
    """`ranking.points_by_rank` of each draw, (draws, teams): who is level shares the mean of the places they take up. NaN for all where
    a team has no value."""
    known = ~np.isnan(values).any(axis=1)
    ranks = ranks_of(values[known])
    upto = np.concatenate([[0.0], table.cumsum()])
    points = np.full(values.shape, np.nan)
    points[known] = (upto[ranks.worst] - upto[ranks.best - 1]) / (ranks.worst - ranks.best + 1)
    return points


def _item_points(result: Result, team: str, part: Part, item: Item) -> float:
    score = next(one for one in result.teams if one.team == team).part(part.key)
    return float(next(one.points.value or 0 for one in score.items if one.item.key == item.key))


def _grand(rules: Rules, evidence: Evidence, item: Item) -> Floats:
    """The prior mean of each question of the item in the count."""
    return np.array([float(star.grand) for star in star_means(item, evidence, rules.slugs[0], rules.slugs)])


# --- One less.


def _leave_one_out(rules: Rules, evidence: Evidence, result: Result) -> Json:
    found = leave_one_out(rules, evidence, result)
    return {
        "method": "leave-one-out/exact",
        "version": "1",
        "panelists": len(found.panelists),
        "items": len(found.items),
        "changes": [
            {"team": team, "kind": one.kind, "key": one.key, **_change(found.whole, one, team)}
            for team in rules.slugs
            for one in {id(o): o for o in (*found.changing_rank(team), *found.changing_advance(team))}.values()
        ],
    }


def _change(whole: Any, one: Without, team: str) -> Json:
    before, after = whole[team], one.teams[team]
    return {"rank": [before.rank, after.rank], "advances": [before.advances, after.advances]}


# --- Other weights.


def _weights(rules: Rules, result: Result, seed: int) -> Json:
    _totals(result)
    if len(rules.parts) < 2:
        raise AbsentSection("one_part")
    full = {part.key: Fraction(part.points) for part in rules.parts}
    shares = [
        {key: (team.part(key).points.value or 0) / points for key, points in full.items()} for team in result.teams
    ]
    ranks = _ranks(result)
    order = sorted(range(len(ranks)), key=ranks.__getitem__)
    swaps = [
        {
            "above": rules.slugs[above],
            "below": rules.slugs[below],
            "part": key,
            "now": shown(points / sum(full.values())),
            "weight": shown(level_weight(shares[above], shares[below], full, key)),
        }
        for above, below in pairwise(order)
        for key, points in full.items()
    ]
    found: Json = {
        "method": "weights/uniform",
        "version": "4",
        "seed": seed,
        "draws": DRAWS,
        "spread": shown(SPREAD),
        "swaps": swaps,
    }
    quota = _seats_by_points(rules)
    if quota is not None:
        table = [[float(share) for share in of_team.values()] for of_team in shares]
        weights = [float(points) for points in full.values()]
        study = weight_study(table, weights, quota, ranks, spread=SPREAD, draws=DRAWS, rng=generator(seed))
        found["same"] = shown(study.same)
        found["teams"] = [
            {"team": team, "advances": shown(advances), "first": shown(first)}
            for team, advances, first in zip(rules.slugs, study.advances, study.first, strict=True)
        ]
    return found


# --- What can be seen at all.


def _power(rules: Rules, result: Result, people: People) -> Json:
    panels = []
    for part in rules.parts:
        if not part.criteria:
            continue
        panelists, table = totals(rules, result, part)
        present = ~np.isnan(table)
        if len(panelists) < 2 or not present.any(axis=0).all():
            continue
        reviewers, teams = np.nonzero(present)
        noise = additive_model(table[reviewers, teams], reviewers, teams).sigma
        if noise is None or not noise:
            continue
        size = int(present.sum(axis=0).min())
        gap = visible_gap(size, noise)
        panels.append(
            {
                "part": part.key,
                "reviewers": size,
                "noise": shown(noise),
                "gap": shown(gap),
                "for_half": panel_for(gap / 2, noise),
            }
        )
    choice = people.votes.choice
    compared, level = int((choice < SKIP).sum()), int(((choice == BOTH_GOOD) | (choice == BOTH_BAD)).sum())
    pairs = len(rules.slugs) * (len(rules.slugs) - 1) // 2
    return {
        "method": "normal/power-0.8",
        "version": "3",
        "panels": panels,
        "comparisons": {
            "all": compared,
            "a_pair": compared // pairs,
            "ties": shown(level / compared),
            "variance_factor": shown(VARIANCE_FACTOR),
            "share": shown(visible_share(compared // pairs, ties=level / compared, power=0.8)),
        }
        if compared and pairs
        else None,
    }
