"""What gap can n reviewers or m ballots see: the formulas of the office against studies that are really made."""

import numpy as np

from evaluations.scoring.comparisons import Floats
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.severity import additive_model
from evaluations.scoring.stability import judgments, visible_gap
from script.studies.panels import design
from script.studies.records import Picture, Study

NOISE = 5.0
EACH, TIES, FACTOR = 8, 0.38, 2.3
"""Votes a person, share of ties, and by what the variance of a share grows as one person's votes go together."""


def power(rng: np.random.Generator, replications: int) -> Study:
    rows, drawn = [], []
    for reviewers in (5, 10, 20, 50):
        gap = visible_gap(reviewers, NOISE)
        for teams in (2, 5):
            rows.append(
                (
                    f"위원 {reviewers}명, 팀 {teams}",
                    f"{gap:.1f}점",
                    "80",
                    f"{_seen(reviewers, teams, gap, rng, replications):.1f}",
                    f"{_seen(reviewers, teams, 0.0, rng, replications):.1f}",
                )
            )
            drawn.append((rows[-1][0], float(rows[-1][3])))
    for share in (0.55, 0.60):
        for wanted in (0.5, 0.8):
            number = judgments(share, ties=TIES, variance_factor=FACTOR, power=wanted)
            seen = 100 * float(np.mean(_told_apart(share, number, rng, replications)))
            none = 100 * float(np.mean(_told_apart(0.5, number, rng, replications)))
            rows.append(
                (f"비교 {number:,}건", f"승률 {share:.0%}", f"{100 * wanted:.0f}", f"{seen:.1f}", f"{none:.1f}")
            )
            drawn.append((f"비교 {number:,}건, {share:.0%}", seen))
    error = 196 * np.sqrt(0.2 * 0.8 / replications)
    picture = Picture(
        "차이를 알아본 비율(%): 선은 80 %",
        tuple(
            (label, f"{max(0, seen - error):.1f}", f"{seen:.1f}", f"{min(100, seen + error):.1f}")
            for label, seen in drawn
        ),
        "0",
        "100",
        "80",
    )
    columns = ("규모", "참 차이", "식이 말하는 검정력(%)", "모의의 검정력(%)", "차이가 없을 때 틀림(%)")
    return Study("검정력", replications, columns, tuple(rows), picture)


def _seen(reviewers: int, teams: int, gap: float, rng: np.random.Generator, replications: int) -> float:
    """Per cent of panels whose fair means of the first two teams differ beyond their t interval."""
    reviewer, team = design(reviewers, teams, reviewers)
    true = np.concatenate([[gap], np.zeros(teams - 1)])
    reach = t_quantile(0.975, (reviewers - 1) * (teams - 1)) * np.sqrt(2 / reviewers)
    seen = []
    for _ in range(replications):
        marks = true[team] + rng.normal(0, 4, reviewers)[reviewer] + rng.normal(0, NOISE, len(team))
        fit = additive_model(marks, reviewer, team)
        seen.append(abs(fit.fair_means[0] - fit.fair_means[1]) > reach * (fit.sigma or 0))
    return 100 * float(np.mean(seen))


def _told_apart(share: float, number: int, rng: np.random.Generator, replications: int) -> Floats:
    """Whether the share of wins, with people as clusters, is told apart from one half.

    A person decides 1 − ties of her votes; her own share is drawn from a beta about the true one, so that the variance of the
    share is FACTOR times that of independent votes.
    """
    people = number // EACH
    decided = rng.binomial(EACH, 1 - TIES, (replications, people))
    # Σ d² / Σ d of the decided votes of a person is 1 + (EACH − 1)(1 − TIES): the factor is 1 + ρ (EACH − 1)(1 − TIES).
    rho = (FACTOR - 1) / ((EACH - 1) * (1 - TIES))
    strength = 1 / rho - 1
    won = rng.binomial(decided, rng.beta(strength * share, strength * (1 - share), decided.shape))
    total = decided.sum(axis=1)
    mean = won.sum(axis=1) / total
    rest = won - decided * mean[:, None]
    error = np.sqrt((rest**2).sum(axis=1) * people / (people - 1)) / total
    return np.abs(mean - 0.5) > 1.959964 * error
