"""z-scores of panelists: a diagnostic that panels know and ask for. It is never official, and never enters a rank.

It sets every panelist to the same mean and the same spread, and so takes away real differences with the apparent ones: who was given
the better teams looks generous and is marked down. The models of severity beside it know which teams a panelist saw.

Floating point, because a standard deviation is a root; means and variances are exact up to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from evaluations.scoring.averages import mean, total
from evaluations.scoring.tables import Result

Seat = tuple[str, str]
"""(panelist, team)"""


@dataclass(frozen=True, slots=True)
class Standardised:
    """Scores on one common scale.

    pooled_mean, pooled_sd   of all scores; the sd with n − 1, None of a single score
    adjusted   (panelist, team) → pooled mean + z · pooled sd
    flat       panelists who gave everybody the same: their z is 0, all their scores become the pooled mean
    single     panelists with one score: it cannot be adjusted and stays as it is
    """

    pooled_mean: float
    pooled_sd: float | None
    adjusted: Mapping[Seat, float]
    flat: tuple[str, ...]
    single: tuple[str, ...]

    def team_means(self) -> dict[str, float]:
        """Team → plain mean of its adjusted scores."""
        found: dict[str, list[float]] = {}
        for (_, team), score in self.adjusted.items():
            found.setdefault(team, []).append(score)
        return {team: sum(scores) / len(scores) for team, scores in found.items()}


def standardise(scores: Mapping[Seat, Fraction]) -> Standardised:
    """z = (x − x̄_r)/s_r per panelist r, with s_r over n_r − 1, mapped to the mean and sd of all scores.

    scores   (panelist, team) → any score on one scale; what is missing is not in the mapping. ValueError when empty.

    Panelist a gave 70, 80, 90 and b 50, 60, 70: pooled mean 70, both become 70 ∓ s and 70 with s = √200 = 14.14….
    """
    by_panelist: dict[str, dict[str, Fraction]] = {}
    for (panelist, team), score in sorted(scores.items()):
        by_panelist.setdefault(panelist, {})[team] = score
    centre = mean(scores.values())
    spread = _sd(list(scores.values()))
    adjusted: dict[Seat, float] = {}
    flat, single = [], []
    for panelist, given in by_panelist.items():
        own, sd = mean(given.values()), _sd(list(given.values()))
        if sd is None:
            single.append(panelist)
        elif sd == 0:
            flat.append(panelist)
        for team, score in given.items():
            z = float(score - own) / sd if sd else 0.0
            adjusted[panelist, team] = float(score) if sd is None else float(centre) + z * (spread or 0.0)
    return Standardised(float(centre), spread, adjusted, tuple(flat), tuple(single))


def standardise_part(result: Result, part: str) -> Standardised:
    """The sheet totals of one part, standardised; sheets that the rule leaves out of the mean are in. ValueError of none."""
    return standardise(
        {(sheet.panelist, team.team): sheet.total for team in result.teams for sheet in team.part(part).sheets}
    )


def _sd(values: list[Fraction]) -> float | None:
    """With n − 1; None of fewer than two."""
    if len(values) < 2:
        return None
    centre = mean(values)
    return sqrt(total((value - centre) ** 2 for value in values) / (len(values) - 1))
