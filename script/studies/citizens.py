"""Stars and population weights: intervals clustered by person, and what raking takes away and costs."""

from functools import cache
from statistics import NormalDist

import numpy as np

from evaluations.scoring.comparisons import Floats
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.raking import Margin, rake, weighted_mean
from evaluations.scoring.ratings import clustered_means, fair_means, raters
from script.studies.records import Hits, Study, coverage, held

QUALITY = np.array([3.7, 3.4, 3.0, 2.6])
PERSON_SD, NOISE_SD = 0.7, 0.8
SHOWN = np.array([0.9, 0.7, 0.5, 0.5])
"""How likely a person is to rate each team: they are not rated equally often."""
SHARES = {"여/청": 0.2, "여/중": 0.3, "남/청": 0.25, "남/중": 0.25}
"""The population by sex and age."""
COMES = np.array([[1.0, 0.25], [0.6, 0.15]])
LIKES = np.array([[0.70, 0.45], [0.60, 0.40]])
"""Of each cell: how readily it comes, and its share that likes the answer."""


def stars(rng: np.random.Generator, replications: int) -> Study:
    spread = np.hypot(PERSON_SD, NOISE_SD)
    truth = np.array([sum(1 - NormalDist(q, spread).cdf(edge) for edge in (1.5, 2.5, 3.5, 4.5)) for q in QUALITY]) + 1
    found = []
    for people in (12, 40, 300):
        data = f"사람 {people}명"
        kinds = [
            Hits("별점마다(row-wise)", data, contrast=True),
            Hits("평균, 사람 t", data),
            Hits("공정한 평균, 사람 t", data),
            Hits("공정한 차이, 사람 t", data, contrast=True),
        ]
        for _ in range(replications):
            person, team, rating = _ratings(people, rng)
            of_team = raters(person, team, 4)
            if (of_team < 2).any():
                for kind in kinds:
                    kind.none += 1
                continue
            mean, se = clustered_means(person, team, rating, 4)
            alone, alone_se = clustered_means(np.arange(len(person)), team, rating, 4)
            kinds[0].add(held(truth, alone, alone_se))
            own = np.array([_reach(int(number)) for number in of_team])
            kinds[1].add(held(truth, mean, se, own))
            fair = fair_means(person, team, rating, 4)
            reach = _reach(fair.people)
            kinds[2].add(held(truth, fair.mean, fair.se, reach))
            v = fair.covariance
            apart = np.sqrt(np.diag(v)[1:] + v[0, 0] - 2 * v[0, 1:])
            kinds[3].add(held(truth[1:] - truth[0], fair.mean[1:] - fair.mean[0], apart, reach))
        found += kinds
    return coverage("별점", found)


@cache
def _reach(people: int) -> float:
    return t_quantile(0.975, people - 1)


def _ratings(people: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Whoever rates a team rates two of its answers, and liked or not, both together."""
    person, team = (np.repeat(place, 2) for place in np.nonzero(rng.random((people, 4)) < SHOWN))
    given = QUALITY[team] + rng.normal(0, PERSON_SD, people)[person] + rng.normal(0, NOISE_SD, len(team))
    return person, team, np.clip(np.round(given), 1, 5)


def raking(rng: np.random.Generator, replications: int) -> Study:
    population = np.array(list(SHARES.values())).reshape(2, 2)
    margins = [
        Margin("성", dict(zip(("여", "남"), population.sum(axis=1).tolist(), strict=True))),
        Margin("나이", dict(zip(("청", "중"), population.sum(axis=0).tolist(), strict=True))),
    ]
    truth, comes = float((population * LIKES).sum()), population * COMES / (population * COMES).sum()
    rows = []
    for number in (200, 1000):
        plain, weighted, effective = [], [], []
        for _ in range(replications):
            people = rng.multinomial(number, comes.ravel()).reshape(2, 2)
            raked = rake(people, margins)
            both = weighted_mean(rng.binomial(people, LIKES) / np.maximum(people, 1), people, raked)
            plain.append(100 * (both.unweighted - truth))
            weighted.append(100 * (both.weighted - truth))
            effective.append(raked.effective_n)
        real = 1e4 * truth * (1 - truth) / float(np.var(weighted))
        for name, errors, worth in (
            ("가중 없음", plain, f"{number:,}"),
            ("raking", weighted, f"{np.mean(effective):,.0f} (실제 {real:,.0f})"),
        ):
            bias, sd = float(np.mean(errors)), float(np.std(errors))
            rows.append((name, f"{number:,}명", f"{bias:+.1f}", f"{sd:.1f}", f"{np.hypot(bias, sd):.1f}", worth))
    columns = ("방법", "자료", "치우침(%p)", "흔들림 sd(%p)", "RMSE(%p)", "유효 표본 수")
    return Study(f"인구 가중(raking), 참값 {100 * truth:.1f} %", replications, columns, tuple(rows))
