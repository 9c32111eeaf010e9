"""Strengths with the length of the answers taken into account: do their intervals, and that of the length's effect, hold the truth?"""

from dataclasses import dataclass

import numpy as np

from evaluations.scoring.clusters import Votes, clustered, fit_votes, two_way
from evaluations.scoring.comparisons import Cells, Floats, Strengths, fit_cells
from evaluations.scoring.distributions import t_quantile
from script.studies.records import Hits, Study, coverage, held
from script.studies.strengths import BETA, CODES, MODELS, SIDE, chances

EFFECT = 0.4
"""Log-odds for every doubling of the length."""
LENGTH = np.array([0.5, -0.1, 0.2, -0.6])
"""How much longer than usual each model writes, in doublings; the strongest writes the longest."""
LENGTH_SD = 0.5
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(30)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@dataclass(frozen=True)
class Readers:
    """People with so many votes each on so many prompts. `taste` is how far a person, and a prompt, leans towards a model (log-odds,
    sd); `slope` by how much people differ in what a doubling is worth to them (sd)."""

    people: int
    each: int
    prompts: int
    taste: float = 0.0
    slope: float = 0.0

    def truth(self) -> tuple[Floats, float]:
        """β and δ that the model has where it meets the average of all people, prompts and answers: fitted to exact chances."""
        left, right = np.nonzero(~np.eye(len(MODELS), dtype=bool))
        x = (LENGTH[left] - LENGTH[right])[:, None] + np.sqrt(2) * LENGTH_SD * NODES
        left, right, weight = (np.repeat(one, len(NODES)) for one in (left, right, np.ones(len(left))))
        weight, x = weight * np.tile(WEIGHTS, len(x)), x.ravel()
        spread = np.sqrt(4 * self.taste**2 + (self.slope * x) ** 2)
        s = (BETA[left] - BETA[right] + SIDE + EFFECT * x)[:, None] + spread[:, None] * NODES
        fit = fit_cells(MODELS, Cells(left, right, 1e6 * weight * (chances(s) @ WEIGHTS), x[:, None]))
        return fit.beta, float(fit.effects[0])

    def votes(self, rng: np.random.Generator) -> Votes:
        size, number = len(MODELS), self.people * self.each
        person, prompt = np.repeat(np.arange(self.people), self.each), rng.integers(0, self.prompts, number)
        left = rng.integers(0, size, number)
        right = (left + 1 + rng.integers(0, size - 1, number)) % size
        length = LENGTH + rng.normal(0, LENGTH_SD, (self.prompts, size))
        x = length[prompt, left] - length[prompt, right]
        own = BETA + rng.normal(0, self.taste, (self.people, size))
        of_prompt = rng.normal(0, self.taste, (self.prompts, size))
        effect = EFFECT + rng.normal(0, self.slope, self.people)
        s = own[person, left] - own[person, right] + of_prompt[prompt, left] - of_prompt[prompt, right]
        chance = chances(s + SIDE + effect[person] * x)
        outcome = (rng.random(number) > chance.cumsum(axis=0)[:2]).sum(axis=0)
        return Votes(left, right, CODES[outcome], person, prompt, x[:, None])


def style(rng: np.random.Generator, replications: int) -> Study:
    worlds = [
        ("서로 독립인 1,200표", Readers(1200, 1, 1200)),
        ("사람 150, 문항 60", Readers(150, 8, 60, 0.7, 0.3)),
        ("사람 150, 문항 15", Readers(150, 8, 15, 0.7, 0.3)),
        ("사람 150, 문항 6", Readers(150, 8, 6, 0.7, 0.3)),
    ]
    found = []
    for data, readers in worlds:
        beta, effect = readers.truth()
        kinds = [
            Hits("효과 δ, 표마다", data, contrast=True),
            Hits("효과 δ, 점수의 합 t", data, contrast=True),
            Hits("효과 δ, 하나씩 뺌 t", data),
            Hits("강도 β, 표마다", data, contrast=True),
            Hits("강도 β, 하나씩 뺌 t", data),
        ]
        reach = t_quantile(0.975, min(readers.people, readers.prompts) - 1)
        for _ in range(replications):
            votes = readers.votes(rng)
            fit = fit_votes(MODELS, votes)
            single, both = fit.errors(), fit.errors(two_way(fit, votes))
            kinds[0].add(held(effect, fit.effects, single[-1:]))
            kinds[1].add(held(effect, fit.effects, fit.errors(_sums(fit, votes))[-1:], reach))
            kinds[2].add(held(effect, fit.effects, both[-1:], reach))
            kinds[3].add(held(beta, fit.beta, single[: len(beta)]))
            kinds[4].add(held(beta, fit.beta, both[: len(beta)], reach))
        found += kinds
    return coverage("비교의 강도, 답의 길이를 헤아림", found)


def _sums(fit: Strengths, votes: Votes) -> Floats:
    """Two ways from sums of scores, as without covariates."""
    assert votes.person is not None and votes.prompt is not None  # noqa: S101 – readers always have both
    shared = votes.person * (int(votes.prompt.max()) + 1) + votes.prompt
    ways = (clustered(fit, votes, clusters, leave_out=False) for clusters in (votes.person, votes.prompt, shared))
    by_person, by_prompt, by_both = ways
    return by_person + by_prompt - by_both
