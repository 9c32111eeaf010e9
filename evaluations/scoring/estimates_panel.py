"""What the experts' sheets tell about the experts: severity and fair means, agreement, patterns. One set a part with a rubric."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from evaluations.scoring.agreement import Alpha, icc, kendall_w, krippendorff_alpha, panel_reliability
from evaluations.scoring.designs import Floats, NotEstimable
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.intervals import Interval
from evaluations.scoring.parts import Criterion, Part
from evaluations.scoring.patterns import find_patterns
from evaluations.scoring.rasch import many_facet_rasch
from evaluations.scoring.rules import Rules
from evaluations.scoring.severity import additive_model, advice
from evaluations.scoring.shown import AbsentSection, all_shown, shown
from evaluations.scoring.tables import Result

LEVEL = 0.95
Json = dict[str, Any]
Builders = dict[str, Callable[[], Any]]


def panel_sections(rules: Rules, evidence: Evidence, result: Result) -> Builders:
    found: Builders = {}
    for part in rules.parts:
        if part.criteria:
            found[f"severity.{part.key}"] = partial(_severity, rules, result, part)
            found[f"rasch.{part.key}"] = partial(_rasch, rules, evidence, part)
            found[f"agreement.{part.key}"] = partial(_agreement, rules, evidence, result, part)
    if any(part.criteria for part in rules.parts):
        found["patterns"] = lambda: find_patterns(rules, evidence, result).to_json()
    return found


def totals(rules: Rules, result: Result, part: Part) -> tuple[tuple[str, ...], Floats]:
    """Panelists, and the points each gave each team, (reviewers, teams); NaN is no sheet."""
    given = {
        (sheet.panelist, team.team): float(sheet.total) for team in result.teams for sheet in team.part(part.key).sheets
    }
    panelists = tuple(sorted({panelist for panelist, _ in given}))
    table = [[given.get((panelist, team), np.nan) for team in rules.slugs] for panelist in panelists]
    return panelists, np.array(table, np.float64).reshape(len(panelists), len(rules.slugs))


def criterion_points(rules: Rules, result: Result, part: Part) -> tuple[tuple[str, ...], Floats]:
    """Panelists, and the points each gave each team for each criterion of the first level, (reviewers, teams, criteria); NaN is none."""
    panelists, _ = totals(rules, result, part)
    table = np.full((len(panelists), len(rules.slugs), len(part.criteria)), np.nan)
    for place, team in enumerate(rules.slugs):
        for sheet in result.team(team).part(part.key).sheets:
            shares = [sheet.shares[criterion.path] for criterion in part.criteria]
            table[panelists.index(sheet.panelist), place] = [
                np.nan if share is None else float(criterion.points * share)
                for criterion, share in zip(part.criteria, shares, strict=True)
            ]
    return panelists, table


def _rows(table: Floats) -> tuple[Floats, Any, Any]:
    reviewers, teams = np.nonzero(~np.isnan(table))
    return table[reviewers, teams], reviewers, teams


def _severity(rules: Rules, result: Result, part: Part) -> Json:
    panelists, table = totals(rules, result, part)
    if not len(panelists) or np.isnan(table).all(axis=0).any():
        raise AbsentSection("no_sheets")
    scores, reviewers, teams = _rows(table)
    fit, against = additive_model(scores, reviewers, teams), advice(scores, reviewers, teams)
    effects, errors = fit.reviewer_effects, fit.effect_errors
    return {
        "method": fit.method,
        "version": fit.version,
        "unit": "points",
        "marks": fit.n_marks,
        "against": list(against.additive),
        "islands": [[rules.slugs[team] for team in island.teams] for island in fit.islands],
        "sigma": shown(fit.sigma),
        "degrees": fit.df,
        "reach": shown(t_quantile((1 + LEVEL) / 2, fit.df)) if fit.df else None,
        "differ_p": shown(fit.differ.p) if fit.differ else None,
        "teams": [
            {"team": team, "raw": shown(raw), "fair": shown(fair), "se": shown(se)}
            for team, raw, fair, se in zip(
                rules.slugs, fit.raw_means, fit.fair_means, _or_nan(fit.fair_errors, len(rules.slugs)), strict=True
            )
        ],
        "panelists": [
            {"panelist": panelist, "effect": shown(effect), "se": shown(se), "sheets": int((~np.isnan(row)).sum())}
            for panelist, effect, se, row in zip(
                panelists, effects, _or_nan(errors, len(panelists)), table, strict=True
            )
        ],
    }


def _or_nan(values: Floats | None, size: int) -> Floats:
    return np.full(size, np.nan) if values is None else values


def one_scale(part: Part) -> list[Criterion]:
    """The largest set of criteria that are marked on one and the same scale; the first such set where there are several."""
    scales: dict[tuple[int, int], list[Criterion]] = {}
    for leaf in part.leaves():
        scales.setdefault((leaf.lowest, leaf.highest), []).append(leaf)
    return max(scales.values(), key=len)


def _marks(
    rules: Rules, evidence: Evidence, criteria: list[Criterion]
) -> tuple[tuple[str, ...], list[tuple[int, int, int, int]]]:
    """(mark, reviewer, team, criterion) of every mark on these criteria."""
    places = {team: place for place, team in enumerate(rules.slugs)}
    given = [
        (mark, panelist, places[team], number)
        for (panelist, team), marks in sorted(evidence.sheets.items())
        if not evidence.is_void(panelist, team)
        for number, criterion in enumerate(criteria)
        if (mark := marks[criterion.path]) is not None
    ]
    panelists = tuple(sorted({panelist for _, panelist, _, _ in given}))
    seats = {panelist: place for place, panelist in enumerate(panelists)}
    return panelists, [(mark, seats[panelist], team, number) for mark, panelist, team, number in given]


def _rasch(rules: Rules, evidence: Evidence, part: Part) -> Json:
    asked = one_scale(part)
    panelists, rows = _marks(rules, evidence, asked)
    if not rows:
        raise AbsentSection("no_sheets")
    marks, reviewers, teams, places = (np.array(column) for column in zip(*rows, strict=True))
    # What nobody could judge has no difficulty, and takes nothing from the rest.
    judged, numbers = np.unique(places, return_inverse=True)
    if len(np.unique(teams)) < len(rules.slugs):
        raise AbsentSection("no_sheets")
    fit = many_facet_rasch(marks.astype(np.float64), reviewers, teams, numbers)
    return {
        "method": fit.method,
        "version": fit.version,
        "unit": "logits",
        "marks": fit.n_marks,
        "against": list(advice(marks.astype(np.float64), reviewers, teams).rasch),
        "criteria": [
            {"criterion": criterion.path, "difficulty": shown(delta), "se": shown(se)}
            for criterion, delta, se in zip(
                (asked[place] for place in judged), fit.difficulties, fit.difficulty_errors, strict=True
            )
        ],
        "unjudged": [criterion.path for place, criterion in enumerate(asked) if place not in judged],
        "teams": [
            {"team": team, "measure": shown(theta), "se": shown(se), "fair": shown(fair)}
            for team, theta, se, fair in zip(rules.slugs, fit.measures, fit.measure_errors, fit.fair_means, strict=True)
        ],
        "panelists": [
            {
                "panelist": panelist,
                "severity": shown(value),
                "se": shown(se),
                "infit": shown(infit),
                "outfit": shown(outfit),
            }
            for panelist, value, se, infit, outfit in zip(
                panelists, fit.severities, fit.severity_errors, fit.infit, fit.outfit, strict=True
            )
        ],
        "thresholds": all_shown(fit.thresholds),
        "disordered": list(fit.disordered),
        "extremes": [{"facet": one.facet, "place": one.place, "end": one.end} for one in fit.extremes],
    }


def _agreement(rules: Rules, evidence: Evidence, result: Result, part: Part) -> Json:
    panelists, table = totals(rules, result, part)
    if not len(panelists):
        raise AbsentSection("no_sheets")
    criteria = []
    for criterion in part.leaves():
        _, rows = _marks(rules, evidence, [criterion])
        matrix = np.full((len(panelists), len(rules.slugs)), np.nan)
        for mark, seat, team, _ in rows:
            matrix[seat, team] = mark
        alpha = krippendorff_alpha(matrix, metric="ordinal", level=LEVEL)
        criteria.append({"criterion": criterion.path, **_alpha(alpha)})
    whole = krippendorff_alpha(table, metric="interval", level=LEVEL)
    return {
        "method": whole.method,
        "version": whole.version,
        "panelists": len(panelists),
        "criteria": criteria,
        "total": {**_alpha(whole), **_reliability(table), **_concordance(table)},
    }


def _alpha(alpha: Alpha) -> Json:
    return {
        "alpha": shown(alpha.value),
        "undefined": alpha.undefined,
        "units": alpha.units,
        "no_interval": alpha.no_interval,
        **_interval(alpha.interval),
    }


def _interval(interval: Interval | None) -> Json:
    return {"low": shown(interval.low) if interval else None, "high": shown(interval.high) if interval else None}


def _reliability(table: Floats) -> Json:
    """ICC(2,1) and ICC(2,k) of a full panel; with missing sheets their twins from variance components, under their own names."""
    if not np.isnan(table).any() and min(table.shape) > 1:
        forms = icc(table.T).forms
        return {
            "icc": {
                name: {"value": shown(form.value), "undefined": form.undefined, **_interval(form.interval)}
                for name, form in forms.items()
                if name in ("ICC(2,1)", "ICC(2,k)")
            }
        }
    try:
        found = panel_reliability(table.T)
    except (NotEstimable, ValueError) as none:
        return {"dependability": None, "why": str(none)}
    return {
        "dependability": {"of_one": shown(found.dependability_of_one), "of_mean": shown(found.dependability_of_mean)}
    }


def _concordance(table: Floats) -> Json:
    full = table[~np.isnan(table).any(axis=1)]
    if len(full) < 2 or full.shape[1] < 2:
        return {"w": None}
    found = kendall_w(full)
    return {
        "w": {"value": shown(found.value), "undefined": found.undefined, "judges": found.judges, "p": shown(found.p)}
    }
