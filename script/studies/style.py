"""Strengths with the style of the answers taken into account: do their intervals, and those of the style's effects, hold the truth?"""

from dataclasses import dataclass

import numpy as np

from evaluations.scoring.clusters import Votes, clustered, fit_votes, two_way
from evaluations.scoring.comparisons import Cells, Floats, NoEstimate, Strengths, fit_cells
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.intervals import generator
from script.studies.records import Hits, Study, coverage, held
from script.studies.strengths import BETA, CODES, MODELS, SIDE, chances

EFFECTS = np.array([0.4, 0.25, -0.15, 0.1, 0.0])
"""Log-odds for one more of each measure: the first is the length, one more for every doubling."""
HABITS = np.array(
    [
        [0.5, -0.1, 0.2, -0.6],
        [0.3, 0.2, -0.1, -0.4],
        [-0.2, 0.4, 0.1, -0.3],
        [0.1, -0.3, 0.4, -0.2],
        [0.0, 0.2, -0.3, 0.1],
    ]
).T
"""How much more of each measure than usual each model writes, (models, measures); the strongest writes the longest."""
SPREAD = 0.5
TOGETHER = 0.6
"""Correlation of any two measures of an answer: who writes at length writes lists."""
RARE = 0.5
"""The last of several measures is one that few answers have, one in six or so: there is one where its draw exceeds this, else none."""
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(30)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
DRAWN = 3_000
"""Pairs of answers of each two models over which the truth of several measures is averaged."""


@dataclass(frozen=True)
class Readers:
    """People with so many votes each on so many prompts. `taste` is how far a person, and a prompt, leans towards a model (log-odds,
    sd); `slope` by how much people differ in what one more of a measure is worth to them (sd)."""

    people: int
    each: int
    prompts: int
    taste: float = 0.0
    slope: float = 0.0
    measures: int = 1

    def answers(self, number: int, rng: np.random.Generator) -> Floats:
        """Measures of an answer of every model to so many prompts, (prompts, models, measures)."""
        size = self.measures
        root = np.linalg.cholesky(TOGETHER + (1 - TOGETHER) * np.eye(size))
        found: Floats = HABITS[:, :size] + SPREAD * rng.normal(0, 1, (number, len(MODELS), size)) @ root.T
        if size > 1:
            found[..., -1] = found[..., -1] > RARE
        return found

    def truth(self) -> tuple[Floats, Floats]:
        """β and δ that the model has where it meets the average of all people, prompts and answers: fitted to exact chances."""
        left, right = np.nonzero(~np.eye(len(MODELS), dtype=bool))
        if self.measures == 1:
            x = (HABITS[left, :1] - HABITS[right, :1]) + np.sqrt(2) * SPREAD * NODES
            x, weight = x.reshape(-1, 1), np.tile(WEIGHTS, len(left))
            left, right = (np.repeat(one, len(NODES)) for one in (left, right))
        else:
            answers = self.answers(DRAWN, generator(1))
            x = (answers[:, left] - answers[:, right]).reshape(-1, self.measures)
            weight = np.full(len(x), 1 / DRAWN)
            left, right = (np.tile(one, DRAWN) for one in (left, right))
        spread = np.sqrt(4 * self.taste**2 + self.slope**2 * (x**2).sum(axis=1))
        s = (BETA[left] - BETA[right] + SIDE + x @ EFFECTS[: self.measures])[:, None] + spread[:, None] * NODES
        fit = fit_cells(MODELS, Cells(left, right, 1e6 * weight * (chances(s) @ WEIGHTS), x))
        return fit.beta, fit.effects

    def votes(self, rng: np.random.Generator) -> Votes:
        size, number = len(MODELS), self.people * self.each
        person, prompt = np.repeat(np.arange(self.people), self.each), rng.integers(0, self.prompts, number)
        left = rng.integers(0, size, number)
        right = (left + 1 + rng.integers(0, size - 1, number)) % size
        answers = self.answers(self.prompts, rng)
        x = answers[prompt, left] - answers[prompt, right]
        own = BETA + rng.normal(0, self.taste, (self.people, size))
        of_prompt = rng.normal(0, self.taste, (self.prompts, size))
        effects = EFFECTS[: self.measures] + rng.normal(0, self.slope, (self.people, self.measures))
        s = own[person, left] - own[person, right] + of_prompt[prompt, left] - of_prompt[prompt, right]
        chance = chances(s + SIDE + (effects[person] * x).sum(axis=1))
        outcome = (rng.random(number) > chance.cumsum(axis=0)[:2]).sum(axis=0)
        return Votes(left, right, CODES[outcome], person, prompt, x)


def style(rng: np.random.Generator, replications: int) -> Study:
    worlds = [
        ("서로 독립인 1,200표", Readers(1200, 1, 1200)),
        ("사람 150, 문항 60", Readers(150, 8, 60, 0.7, 0.3)),
        ("사람 150, 문항 15", Readers(150, 8, 15, 0.7, 0.3)),
        ("사람 150, 문항 6", Readers(150, 8, 6, 0.7, 0.3)),
    ]
    found = [hits for data, readers in worlds for hits in _covered(data, readers, rng, replications)]
    return coverage("비교의 강도, 답의 길이를 헤아림", found)


def styles(rng: np.random.Generator, replications: int) -> Study:
    """Several measures that go together, one of them rare."""
    worlds = [
        ("셋, 서로 독립인 1,200표", Readers(1200, 1, 1200, measures=3)),
        ("셋, 사람 150, 문항 60", Readers(150, 8, 60, 0.7, 0.3, 3)),
        ("셋, 사람 150, 문항 15", Readers(150, 8, 15, 0.7, 0.3, 3)),
        ("셋, 사람 150, 문항 6", Readers(150, 8, 6, 0.7, 0.3, 3)),
        ("다섯, 사람 150, 문항 60", Readers(150, 8, 60, 0.7, 0.3, 5)),
        ("다섯, 사람 150, 문항 15", Readers(150, 8, 15, 0.7, 0.3, 5)),
        ("다섯, 사람 150, 문항 6", Readers(150, 8, 6, 0.7, 0.3, 5)),
    ]
    found = [hits for data, readers in worlds for hits in _covered(data, readers, rng, replications)]
    return coverage("비교의 강도, 답의 모양 여럿을 헤아림", found)


def _covered(data: str, readers: Readers, rng: np.random.Generator, replications: int) -> list[Hits]:
    beta, effects = readers.truth()
    kinds = [
        Hits("효과 δ, 표마다", data, contrast=True),
        Hits("효과 δ, 점수의 합 t", data, contrast=True),
        Hits("효과 δ, 하나씩 뺌 t", data),
        Hits("강도 β, 표마다", data, contrast=True),
        Hits("강도 β, 하나씩 뺌 t", data),
    ]
    reach = t_quantile(0.975, min(readers.people, readers.prompts) - 1)
    size = len(beta)
    for _ in range(replications):
        votes = readers.votes(rng)
        try:
            fit = fit_votes(MODELS, votes)
            both = fit.errors(two_way(fit, votes))
        except NoEstimate:
            for kind in kinds:
                kind.none += 1
            continue
        single, sums = fit.errors(), fit.errors(_sums(fit, votes))
        kinds[0].add(held(effects, fit.effects, single[-len(effects) :]))
        kinds[1].add(held(effects, fit.effects, sums[-len(effects) :], reach))
        kinds[2].add(held(effects, fit.effects, both[-len(effects) :], reach))
        kinds[3].add(held(beta, fit.beta, single[:size]))
        kinds[4].add(held(beta, fit.beta, both[:size], reach))
    return kinds


def _sums(fit: Strengths, votes: Votes) -> Floats:
    """Two ways from sums of scores, as without covariates."""
    assert votes.person is not None and votes.prompt is not None  # noqa: S101 – readers always have both
    shared = votes.person * (int(votes.prompt.max()) + 1) + votes.prompt
    ways = (clustered(fit, votes, clusters, leave_out=False) for clusters in (votes.person, votes.prompt, shared))
    by_person, by_prompt, by_both = ways
    return by_person + by_prompt - by_both
