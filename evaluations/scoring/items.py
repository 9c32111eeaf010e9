"""Points of items: what was measured or counted for each team, held against the item's rule.

All teams of an item are computed together, because some rules look at the best of them. Where such a rule misses one
team's value it gives no points to anybody: who the best is would be a guess.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from evaluations.scoring.averages import grand_mean, mean, ratio_to_target, ratios_to_best, shrunk_mean
from evaluations.scoring.duels import duels, expected_win_share
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.parts import Item
from evaluations.scoring.ranking import points_by_rank, ranks
from evaluations.scoring.tables import Absent, ItemScore, Points

Show = Callable[[Fraction], Points]
Score = Callable[[Item, str, Fraction, Show], ItemScore]


@dataclass(frozen=True, slots=True)
class StarMean:
    """The shrunk mean of one team on one question, and what it was shrunk to."""

    question: str
    counts: tuple[int, ...]
    grand: Fraction
    shrunk: Fraction


def score_item(item: Item, evidence: Evidence, teams: tuple[str, ...], show: Show) -> dict[str, ItemScore]:
    """Every team's points for one item, absent ones with the reason."""
    found = {team: _value(item, evidence, team, teams) for team in teams if item.given_to(team) is None}
    values = {team: value for team, value in found.items() if isinstance(value, Fraction)}
    absent = {team: value for team, value in found.items() if isinstance(value, Absent)}
    score = _own_score if item.rule not in ("ratio_to_best", "rank_points") else _relative_scores(item, values, absent)
    scores = {}
    for team in teams:
        given = item.given_to(team)
        if given is not None:
            scores[team] = ItemScore(item, show(given), "given")
        elif team in absent:
            scores[team] = ItemScore(item, Points(None, None, absent[team]), "counted")
        else:
            scores[team] = score(item, team, values[team], show)
    return scores


def _value(item: Item, evidence: Evidence, team: str, teams: tuple[str, ...]) -> Fraction | Absent:
    """What was measured or counted for a team."""
    if item.source == "ratings":
        return _stars(item, evidence, team, teams)
    if item.source == "comparisons":
        return _wins(evidence, team, teams)
    missing = tuple(address for address in item.addresses() if (team, address) not in evidence.measurements)
    if missing:
        return Absent("no_measurement", missing)
    return mean(evidence.measurements[team, address].score for address in item.addresses())


def _stars(item: Item, evidence: Evidence, team: str, teams: tuple[str, ...]) -> Fraction | Absent:
    """Mean over the item's questions of the shrunk means; every question needs at least one star for the team."""
    missing = tuple(question for question in item.questions if not sum(evidence.ratings.get((team, question), ())))
    if missing:
        return Absent("no_ratings", missing)
    return mean(star.shrunk for star in star_means(item, evidence, team, teams))


def star_means(item: Item, evidence: Evidence, team: str, teams: tuple[str, ...]) -> list[StarMean]:
    """A team's shrunk mean per question. The prior is the mean of all stars given on that question to all teams."""
    found = []
    for question in item.questions:
        tallies = [evidence.ratings[other, question] for other in teams if (other, question) in evidence.ratings]
        grand = grand_mean(tallies)
        counts = evidence.ratings[team, question]
        found.append(StarMean(question, counts, grand, shrunk_mean(counts, grand, item.prior)))
    return found


def _wins(evidence: Evidence, team: str, teams: tuple[str, ...]) -> Fraction | Absent:
    against = duels(evidence.comparisons, team, [rival for rival in teams if rival != team])
    share = expected_win_share(against)
    if share is None:
        return Absent("no_comparisons", tuple(rival for rival, duel in against.items() if duel.share is None))
    return share


def _own_score(item: Item, team: str, value: Fraction, show: Show) -> ItemScore:
    """Rules that look at this team alone."""
    reference: Fraction | None = None
    if item.rule == "given":
        return ItemScore(item, show(value), "given", value)
    if item.rule == "ratio_to_target":
        reference = item.target_of(team)
        if reference is None:
            return ItemScore(item, Points(None, None, Absent("no_target")), "counted", value)
        share = ratio_to_target(value, reference, lower=item.lower)
    elif item.rule == "share_of_scale":
        share = (value - 1) / 4
    elif item.rule == "expected_win_share":
        share = value
    else:
        reference = Fraction(100) if item.maximum is None else item.maximum
        share = value / reference
    return ItemScore(item, show(item.points * share), "counted", value, reference)


def _relative_scores(item: Item, values: Mapping[str, Fraction], absent: Mapping[str, Absent]) -> Score:
    """Rules that look at all teams: points only when every team has a value and the best one is positive."""
    why = Absent("others_unknown", tuple(absent)) if absent else Absent("best_not_positive")
    best = min(values.values(), default=Fraction(0)) if item.lower else max(values.values(), default=Fraction(0))
    points: dict[str, Fraction] = {}
    if not absent and item.rule == "rank_points":
        points = points_by_rank(ranks(values), item.table)
    elif not absent and best > 0:
        points = {team: item.points * ratio for team, ratio in ratios_to_best(values, lower=item.lower).items()}

    def score(item: Item, team: str, value: Fraction, show: Show) -> ItemScore:
        if not points:
            return ItemScore(item, Points(None, None, why), "counted", value)
        return ItemScore(item, show(points[team]), "counted", value, best)

    return score
