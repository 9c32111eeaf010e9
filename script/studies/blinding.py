"""Was it blind: do the intervals of the share that recognised and of the index hold the truth, and how often is guessing called knowing?"""

from dataclasses import dataclass

import numpy as np

from evaluations.scoring.blinding import Answer, Blinding, guesses, index, share
from evaluations.scoring.comparisons import Floats
from evaluations.scoring.distributions import t_quantile
from script.studies.records import Hits, Study, coverage

TEAMS = ("ga", "na", "da", "ra", "ma")
TOGETHER = 0.3
"""How far the answers of one person go together (intraclass correlation)."""


@dataclass(frozen=True)
class Panel:
    """Experts who judge all teams, or one each of a team. `named` is how likely they name a team, `right` that it is the right one if
    they do; both are drawn anew for every panel, evenly between the two ends: what is counted in whole numbers is held more often at
    some truths and less often at others, and it is their mean that can be 95 % (Brown, Cai and DasGupta 2001)."""

    experts: int
    named: tuple[float, float]
    right: tuple[float, float]

    def answers(self, teams: int, rng: np.random.Generator) -> tuple[list[Answer], float, float]:
        """Of so many of the teams the answers, and what all experts there are would give: the share that names one, and the index."""
        named, right = rng.uniform(*self.named), rng.uniform(*self.right)
        own = _leaning(named, self.experts, rng) if teams > 1 else np.full(self.experts, named)
        said = []
        for expert, likely in enumerate(own):
            for place in range(teams):
                guess = ""
                if rng.random() < likely:
                    other = (place + int(rng.integers(1, len(TEAMS)))) % len(TEAMS)
                    guess = TEAMS[place if rng.random() < right else other]
                said.append(Answer(f"e{expert:02}", TEAMS[place], "maybe" if guess else "no", guess))
        return said, named, named * (right - (1 - right) / (len(TEAMS) - 1))


def _leaning(mean: float, people: int, rng: np.random.Generator) -> Floats:
    """Shares of so many people about their mean, from a beta of the intraclass correlation TOGETHER."""
    strength = 1 / TOGETHER - 1
    return rng.beta(strength * mean, strength * (1 - mean), people)


LITTLE, SOME, MUCH = ((0.02, 0.3), (0.2, 0.2)), ((0.2, 0.8), (0.2, 0.9)), ((0.7, 0.98), (0.7, 0.98))
"""Hardly any names a team and guesses; some do, and know more or less; nearly all do, and know."""


def blinding(rng: np.random.Generator, replications: int) -> Study:
    found = [*_shares(rng, replications)]
    for level, (named, right) in (("거의 모름", LITTLE), ("어느 만큼 앎", SOME), ("거의 다 앎", MUCH)):
        for experts in (5, 10, 20):
            found += _indices(f"{level}, 위원 {experts}", Panel(experts, named, right), 1, rng, replications)
        found += _indices(f"{level}, 위원 10 × 팀 5", Panel(10, named, right), len(TEAMS), rng, replications)
    return coverage("가림: 알아본 비율과 가림 지수", found)


def _shares(rng: np.random.Generator, replications: int) -> list[Hits]:
    """Of people who answer several times."""
    found = []
    for data, people, most, ends in (
        ("위원 5 × 5장", 5, (5, 5), (0.05, 0.95)),
        ("위원 10 × 5장", 10, (5, 5), (0.05, 0.95)),
        ("위원 20 × 5장", 20, (5, 5), (0.05, 0.95)),
        ("위원 20 × 5장, 드묾", 20, (5, 5), (0.02, 0.2)),
        ("국민 300 × 2–16개, 드묾", 300, (2, 16), (0.01, 0.1)),
    ):
        kinds = [Hits("비율, 답마다 윌슨", data, contrast=True), Hits("비율, 사람 윌슨", data)]
        for _ in range(replications):
            truth = rng.uniform(*ends)
            read = rng.integers(most[0], most[1] + 1, people)
            yes = rng.binomial(read, _leaning(truth, people, rng))
            pairs, times = np.unique(np.stack([read, yes]), axis=1, return_counts=True)
            said = {(int(of), int(some)): int(number) for (of, some), number in zip(pairs.T, times, strict=True)}
            alone = {(1, 1): int(yes.sum()), (1, 0): int((read - yes).sum())}
            for kind, one in zip(kinds, (share(alone), share(said)), strict=True):
                kind.add([one is not None and one.low is not None and one.low <= truth <= (one.high or 0)])
        found += kinds
    return found


def _indices(data: str, panel: Panel, teams: int, rng: np.random.Generator, replications: int) -> list[Hits]:
    kinds = [Hits("지수, 평균 ± t", data, contrast=True), Hits("지수, 점수 구간", data)]
    reach = t_quantile(0.975, panel.experts - 1)
    for _ in range(replications):
        said, _named, truth = panel.answers(teams, rng)
        one = index(Blinding(said), TEAMS)
        if one is None or one.low is None or one.high is None:
            raise AssertionError("several experts were asked")
        if one.se is None:
            kinds[0].none += 1
        else:
            kinds[0].add([abs(one.value - truth) <= reach * one.se])
        kinds[1].add([one.low <= truth <= one.high])
    return kinds


def guessing(rng: np.random.Generator, replications: int) -> Study:
    """How often the exact test says that experts knew: of those who only guess, and of those who know one team in three."""
    rows = []
    for experts in (5, 10, 20):
        for data, own in (
            ("서로 다른 팀을 짚음", _each_once),
            ("아무 팀이나 짚음", _any),
            ("늘 한 팀을 짚음", _always),
        ):
            seen = {
                knows: np.mean([_test(own(experts, knows, rng), experts) < 0.05 for _ in range(replications)])
                for knows in (0.0, 1 / 3)
            }
            rows.append(
                (f"위원 {experts} × 팀 {len(TEAMS)}", data, *(f"{100 * seen[knows]:.1f}" for knows in (0.0, 1 / 3)))
            )
    columns = ("규모", "모를 때", "모두 모를 때 틀림(%)", "셋에 하나를 알 때 앎(%)")
    return Study("가림: 짐작이 우연인가, 5 % 수준", replications, columns, tuple(rows))


def _test(named: np.ndarray, experts: int) -> float:
    said = [
        Answer(f"e{expert:02}", TEAMS[place], "maybe", TEAMS[named[expert, place]])
        for expert in range(experts)
        for place in range(len(TEAMS))
    ]
    return guesses(Blinding(said), TEAMS).p


def _each_once(experts: int, knows: float, rng: np.random.Generator) -> np.ndarray:
    return _knowing(np.array([rng.permutation(len(TEAMS)) for _ in range(experts)]), knows, rng)


def _any(experts: int, knows: float, rng: np.random.Generator) -> np.ndarray:
    return _knowing(rng.integers(0, len(TEAMS), (experts, len(TEAMS))), knows, rng)


def _always(experts: int, knows: float, rng: np.random.Generator) -> np.ndarray:
    return _knowing(np.repeat(rng.integers(0, len(TEAMS), (experts, 1)), len(TEAMS), axis=1), knows, rng)


def _knowing(named: np.ndarray, knows: float, rng: np.random.Generator) -> np.ndarray:
    """Each expert knows a team with this chance and names it there, whatever she would have named."""
    return np.where(rng.random(named.shape) < knows, np.arange(len(TEAMS)), named)
