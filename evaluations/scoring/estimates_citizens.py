"""What citizens prefer: strengths from comparisons, stars with habits removed, the population's view beside the panel's."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from evaluations.scoring.comparisons import Floats
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.estimates_strengths import strengths
from evaluations.scoring.people import People
from evaluations.scoring.raking import Margin, Raked, cells_of, rake
from evaluations.scoring.ratings import Disconnected, FairMeans, clustered_means, fair_means, raters, star_table
from evaluations.scoring.rules import Rules
from evaluations.scoring.shown import AbsentSection, all_shown, interval, shown
from evaluations.scoring.tallies import SKIP, A, B, Codes, fold_ratings

LEAST = 30
"""Ratings below which a cell is thin."""

Json = dict[str, Any]
Builders = dict[str, Callable[[], Any]]


def citizens_sections(rules: Rules, people: People) -> Builders:
    found: Builders = {}
    if len(people.votes.left):
        found["strengths"] = partial(strengths, people)
    if len(people.stars.rating):
        found["stars"] = partial(_stars, people)
    if people.number and rules.margins:
        found["population"] = partial(_population, rules, people)
    return found


# --- Stars.


def _stars(people: People) -> Json:
    stars, size = people.stars, len(people.teams)
    counts = fold_ratings(
        stars.team, stars.question, np.zeros_like(stars.team), stars.rating, (size, len(people.questions), 1)
    )
    questions, apart = [], []
    for place, question in enumerate(people.questions):
        own = stars.question == place
        if not own.any():
            continue
        table = star_table(counts[:, place, 0], k=None, least=LEAST)
        columns = (stars.person[own], stars.team[own], stars.rating[own])
        mean, se = clustered_means(*columns, size)
        people_of = raters(*columns[:2], size)
        fair = _fair(columns, size)
        if fair is None and size > 1:
            apart.append(question)
        questions.append(
            {
                "question": question,
                "k": shown(table.k),
                "teams": [
                    {
                        "team": team,
                        "n": int(table.n[row]),
                        "thin": bool(table.thin[row]),
                        "mean": interval(mean[row], se[row], _reach(int(people_of[row]))),
                        "shrunk": shown(table.shrunk[row]),
                        "fair": interval(fair.mean[row], fair.se[row], _reach(fair.people)) if fair else None,
                    }
                    for row, team in enumerate(people.teams)
                ],
            }
        )
    return {
        "method": "stars/shrunk+two-way",
        "version": "5",
        "ratings": len(stars.rating),
        "people": len(np.unique(stars.person)),
        "questions": questions,
        "unconnected": apart,
    }


def _fair(columns: tuple[Codes, Codes, Codes], teams: int) -> FairMeans | None:
    """None where nobody's stars put the teams on one scale: some were rated by nobody who rated another, or there is no other."""
    try:
        return fair_means(*columns, teams) if len(np.unique(columns[1])) == teams > 1 else None
    except Disconnected:
        return None


def _reach(people: int) -> float:
    """Standard errors to each side, clustered by so many people: Student's t, as of strengths. NaN of one alone."""
    return t_quantile(0.975, people - 1) if people > 1 else np.nan


# --- The population.


def _population(rules: Rules, people: People) -> Json:
    """Every trait's targets against who came, and what citizens said with weights that make up for it."""
    margins = [Margin(name, dict(targets)) for name, targets in rules.margins.items()]
    traits = [dict(pair.split("=", 1) for pair in stratum.split(";") if pair) for stratum in people.strata]
    # A trait may be asked for its quotas alone; it has no shares to be raked to.
    if any(not set(rules.margins) <= set(trait) for trait in traits):
        raise AbsentSection("no_traits")
    categories = [[traits[stratum][margin.name] for margin in margins] for stratum in people.stratum.tolist()]
    cells = cells_of(categories, margins)
    raked = rake(cells, margins)
    places = [{name: place for place, name in enumerate(margin.targets)} for margin in margins]
    weight = np.array(
        [raked.weights[tuple(place[name] for place, name in zip(places, person, strict=True))] for person in categories]
    )
    weight = weight / weight.mean()
    return {
        "method": "raking",
        "version": "2",
        "people": raked.people,
        "design_effect": shown(raked.design_effect),
        "effective_n": shown(raked.effective_n, 1),
        "largest": shown(raked.largest),
        "trimmed": raked.trimmed,
        "margin_error": shown(raked.margin_error, 6),
        "margins": [
            {
                "trait": margin.name,
                "categories": [
                    {"category": name, "target": shown(target), "came": shown(_came(cells, axis, place))}
                    for place, (name, target) in enumerate(margin.targets.items())
                ],
            }
            for axis, margin in enumerate(margins)
        ],
        **_both(people, weight, raked),
    }


def _came(cells: Any, axis: int, place: int) -> float:
    sums = cells.sum(axis=tuple(other for other in range(cells.ndim) if other != axis))
    return float(sums[place] / sums.sum())


def _both(people: People, weight: Floats, raked: Raked) -> Json:
    """Win shares and star means per team, weighted by person and not."""
    found: Json = {"wins": [], "stars": []}
    if len(people.votes.left):
        plain, weighted = (_win_shares(people, one) for one in (np.ones_like(weight), weight))
        found["wins"] = _side_by_side(people.teams, plain, weighted)
    if len(people.stars.rating):
        plain, weighted = (_star_means(people, one) for one in (np.ones_like(weight), weight))
        rows = _side_by_side(people.teams, plain, weighted)
        found["stars"] = [row | {"n": n} for row, n in zip(rows, _fewest_stars(people), strict=True)]
    return found


def _side_by_side(teams: tuple[str, ...], plain: Floats, weighted: Floats) -> list[Json]:
    return [
        {"team": team, "unweighted": one, "weighted": other}
        for team, one, other in zip(teams, all_shown(plain), all_shown(weighted), strict=True)
    ]


def _win_shares(people: People, weight: Floats) -> Floats:
    """Mean over rivals of the share won, ties a half, votes weighted by person; shape (teams,).

    NaN for a team never compared with one of its rivals, as in the count: over fewer rivals it would be another number than the
    count's, and not comparable with that of the other teams.
    """
    votes = people.votes
    assert votes.person is not None  # noqa: S101 – people always have a number
    size = len(people.teams)
    own, choice = weight[votes.person], votes.choice
    value = np.select([choice == A, choice == B, choice < SKIP], [1.0, 0.0, 0.5], np.nan)
    used = ~np.isnan(value)
    key = (votes.left * size + votes.right)[used]
    left = np.bincount(key, own[used] * value[used], size * size).reshape(size, size)
    met = np.bincount(key, own[used], size * size).reshape(size, size)
    won = left + (met - left).T
    with np.errstate(invalid="ignore"):
        share = won / (met + met.T)
    np.fill_diagonal(share, 0.0)
    return share.sum(axis=1) / (size - 1)


def _fewest_stars(people: People) -> list[int]:
    """Of each team the number of its ratings on that of its questions on which it has fewest; 0 where it has none at all."""
    stars, size, questions = people.stars, len(people.teams), len(people.questions)
    counts = np.bincount(stars.team * questions + stars.question, minlength=size * questions).reshape(size, questions)
    return [int(row[row > 0].min()) if row.any() else 0 for row in counts]


def _star_means(people: People, weight: Floats) -> Floats:
    """Mean of the weighted means over the questions on which a team has a star; NaN where it has none at all; shape (teams,)."""
    stars, size, questions = people.stars, len(people.teams), len(people.questions)
    key = stars.team * questions + stars.question
    own = weight[stars.person]
    with np.errstate(invalid="ignore"):
        means = np.bincount(key, own * stars.rating, size * questions) / np.bincount(key, own, size * questions)
        means = means.reshape(size, questions)
        return np.nansum(means, axis=1) / (~np.isnan(means)).sum(axis=1)
