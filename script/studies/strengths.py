"""Intervals of strengths: do they hold the truth with independent votes, and with people and prompts that lean?"""

from dataclasses import dataclass

import numpy as np

from evaluations.scoring.clusters import Votes, bootstrap, clustered, fold_groups, two_way
from evaluations.scoring.comparisons import Cells, Floats, Strengths, bradley_terry, fit_cells
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.tallies import BOTH_GOOD, A, B, fold_comparisons
from script.studies.records import Hits, Picture, Study, between, coverage, held, rmse

MODELS = ("m1", "m2", "m3", "m4")
BETA = np.array([0.5, 0.2, -0.1, -0.6])
SIDE = 0.2
TIE = 0.8
BOOTSTRAP_DRAWS = 300
CODES = np.array([A, B, BOTH_GOOD], np.intp)


def chances(s: Floats) -> Floats:
    """Left wins, right wins, tie by Davidson; shape (3, …)."""
    left, right = np.exp(s / 2), np.exp(-s / 2)
    return np.stack([left, right, np.full_like(s, TIE)]) / (left + right + TIE)


@dataclass(frozen=True)
class Crowd:
    """Who votes: so many people with so many votes each on so many prompts, and how far each leans (log-odds, sd, per model)."""

    people: int
    each: int
    prompts: int
    person_sd: float = 0.0
    prompt_sd: float = 0.0

    def truth(self) -> tuple[Floats, float]:
        """β and γ that the model has where it meets the average of all possible people and prompts: fitted to exact chances."""
        left, right = np.nonzero(~np.eye(len(MODELS), dtype=bool))
        nodes, weights = np.polynomial.hermite_e.hermegauss(40)
        spread = np.sqrt(2 * (self.person_sd**2 + self.prompt_sd**2))
        s = (BETA[left] - BETA[right] + SIDE)[:, None] + spread * nodes
        expected = 1e6 * (chances(s) @ weights) / weights.sum()
        fit = fit_cells(MODELS, Cells(left, right, expected, np.zeros((len(left), 0))))
        return fit.beta, float(fit.side or 0)

    def votes(self, rng: np.random.Generator, side: float = SIDE, sloppy: float = 0.0, beta: Floats = BETA) -> Votes:
        size, number = len(beta), self.people * self.each
        person = np.repeat(np.arange(self.people), self.each)
        prompt = rng.integers(0, self.prompts, number)
        left = rng.integers(0, size, number)
        right = (left + 1 + rng.integers(0, size - 1, number)) % size
        own = beta + rng.normal(0, self.person_sd, (self.people, size))
        of_prompt = rng.normal(0, self.prompt_sd, (self.prompts, size))
        s = own[person, left] - own[person, right] + of_prompt[prompt, left] - of_prompt[prompt, right] + side
        chance = chances(s)
        careless = (rng.random(self.people) < sloppy)[person]
        chance = np.where(careless, 1 / 3, chance)
        outcome = (rng.random(number) > chance.cumsum(axis=0)[:2]).sum(axis=0)
        return Votes(left, right, CODES[outcome], person, prompt)


def fitted(votes: Votes, *, side: bool = True) -> Strengths:
    return bradley_terry(fold_comparisons(votes.left, votes.right, votes.choice, MODELS), side=side)


def independent(rng: np.random.Generator, replications: int) -> Study:
    found = []
    for number in (200, 1000):
        data = f"{number:,}표"
        kinds = [Hits("강도 β, sandwich", data), Hits("강도 β, Fisher", data), Hits("왼쪽 γ, sandwich", data)]
        crowd = Crowd(number, 1, 1)
        for _ in range(replications):
            fit = fitted(crowd.votes(rng))
            kinds[0].add(held(BETA, fit.beta, fit.se()))
            kinds[1].add(held(BETA, fit.beta, fit.se(fit.fisher)))
            kinds[2].add([abs((fit.side or 0) - SIDE) <= 1.959964 * np.sqrt(fit.robust[4, 4])])
        found += kinds
    return coverage("비교의 강도, 서로 독립인 표", found)


def clusters(rng: np.random.Generator, replications: int) -> Study:
    crowds = [
        ("사람 150 × 8표", Crowd(150, 8, 60, 1.0)),
        ("사람 30 × 8표", Crowd(30, 8, 60, 1.0)),
        ("사람 150, 문항 60", Crowd(150, 8, 60, 0.7, 0.7)),
        ("사람 150, 문항 15", Crowd(150, 8, 15, 0.7, 0.7)),
        ("사람 150, 문항 6", Crowd(150, 8, 6, 0.7, 0.7)),
    ]
    found = []
    for data, crowd in crowds:
        beta, _ = crowd.truth()
        kinds = [
            Hits(name, data, contrast=name != "사람+문항 t")
            for name in ("표마다", "사람", "사람+문항", "사람+문항 t", "bootstrap")
        ]
        reach = t_quantile(0.975, min(crowd.people, crowd.prompts) - 1)
        for _ in range(replications):
            votes = crowd.votes(rng)
            fit = fitted(votes)
            kinds[0].add(held(beta, fit.beta, fit.se()))
            kinds[1].add(held(beta, fit.beta, fit.se(clustered(fit, votes, votes.person))))
            both = fit.se(two_way(fit, votes))
            kinds[2].add(held(beta, fit.beta, both))
            kinds[3].add(held(beta, fit.beta, both, reach))
            groups = fold_groups(votes, votes.person, crowd.people, MODELS)
            drawn = bootstrap(MODELS, groups, draws=BOOTSTRAP_DRAWS, rng=rng).beta
            kinds[4].add(between(beta, *np.quantile(drawn, [0.025, 0.975], axis=0)))
        found += kinds
    return coverage("비교의 강도, 사람과 문항에 묶인 표", found)


def recovery(rng: np.random.Generator, replications: int) -> Study:
    """Strengths when the left side helps and when some people vote at random: error, how far they shrink, and the order."""
    crowd, rows, drawn = Crowd(250, 8, 60), [], []
    cases = [("왼쪽 γ = 0", 0.0, 0.0, False), ("왼쪽 γ = 0.3", 0.3, 0.0, False), ("왼쪽 γ = 0.6", 0.6, 0.0, False)]
    cases += [("γ = 0.6, 자리도 치우침", 0.6, 0.0, True)]
    cases += [(f"아무렇게나 {share:.0%}", 0.2, share, False) for share in (0.01, 0.05, 0.10)]
    for label, side, sloppy, uneven in cases:
        for asked in (True, False):
            errors, slopes, right = [], [], []
            for _ in range(replications):
                fit = fitted(
                    _uneven(crowd.votes(rng, side, sloppy), rng) if uneven else crowd.votes(rng, side, sloppy),
                    side=asked,
                )
                errors.append(fit.beta - BETA)
                slopes.append(float(fit.beta @ BETA / (BETA @ BETA)))
                right.append(bool((np.diff(fit.beta) < 0).all()))
            slope, spread = float(np.mean(slopes)), float(np.std(slopes))
            how = "γ를 둠" if asked else "γ를 안 둠"
            bias = np.mean(errors, axis=0)
            rows.append(
                (
                    label,
                    how,
                    f"{rmse(errors):.3f}",
                    f"{np.abs(bias).max():.3f}",
                    f"{slope:.2f}",
                    f"{100 * np.mean(right):.0f}",
                )
            )
            if asked:
                low, high = max(0.0, slope - 2 * spread), min(2.0, slope + 2 * spread)
                drawn.append((label, f"{low:.2f}", f"{slope:.2f}", f"{high:.2f}"))
    columns = ("자료(2,000표)", "모형", "β의 RMSE", "가장 큰 치우침", "기울기", "순서가 맞음(%)")
    picture = Picture("참 강도 1에 대한 추정 강도의 기울기", tuple(drawn), "0", "2", "1")
    return Study("강도의 회복: 자리와 아무렇게나 누른 표", replications, columns, tuple(rows), picture)


def _uneven(votes: Votes, rng: np.random.Generator) -> Votes:
    """The first model stands on the left in most of its comparisons: of those with it on the right, two thirds are gone."""
    kept = np.flatnonzero((votes.right != 0) | (rng.random(len(votes.right)) < 1 / 3))
    return Votes(votes.left[kept], votes.right[kept], votes.choice[kept])
