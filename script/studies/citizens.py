"""Stars and population weights: intervals clustered by person, and what raking takes away and costs."""

from collections.abc import Callable
from functools import cache, partial
from itertools import combinations
from statistics import NormalDist

import numpy as np

from evaluations.scoring.comparisons import Floats
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.estimates_order import LEAST
from evaluations.scoring.people_draws import star_draws, win_draws
from evaluations.scoring.raking import Margin, rake, weighted_mean
from evaluations.scoring.ratings import clustered_means, fair_means, raters
from evaluations.scoring.stability import expanded_level, t_limits
from evaluations.scoring.tallies import BOTH_GOOD, A, B
from script.studies.records import Hits, Study, between, coverage, held

QUALITY = np.array([3.7, 3.4, 3.0, 2.6])
PERSON_SD, NOISE_SD = 0.7, 0.8
LEVEL = 0.5
"""Answers that are felt to be this close are called level."""
DRAWS = 2000
SHOWN = np.array([0.9, 0.7, 0.5, 0.5])
"""How likely a person is to rate each team: they are not rated equally often."""
SHARES = {"여/청": 0.2, "여/중": 0.3, "남/청": 0.25, "남/중": 0.25}
"""The population by sex and age."""
COMES = np.array([[1.0, 0.25], [0.6, 0.15]])
LIKES = np.array([[0.70, 0.45], [0.60, 0.40]])
"""Of each cell: how readily it comes, and its share that likes the answer."""


def stars(rng: np.random.Generator, replications: int) -> Study:
    truth, found = _expected_stars(), []
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


def _expected_stars() -> Floats:
    """Of each team, over all people and answers."""
    spread = np.hypot(PERSON_SD, NOISE_SD)
    return np.array([sum(1 - NormalDist(q, spread).cdf(edge) for edge in (1.5, 2.5, 3.5, 4.5)) for q in QUALITY]) + 1


@cache
def _reach(people: int) -> float:
    return t_quantile(0.975, people - 1)


def _ratings(people: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Whoever rates a team rates two of its answers, and liked or not, both together."""
    person, team = (np.repeat(place, 2) for place in np.nonzero(rng.random((people, 4)) < SHOWN))
    given = QUALITY[team] + rng.normal(0, PERSON_SD, people)[person] + rng.normal(0, NOISE_SD, len(team))
    return person, team, np.clip(np.round(given), 1, 5)


def few(rng: np.random.Generator, replications: int) -> Study:
    """Points of a citizens' part, people drawn again as the order section does it: of few people, and of many of whom few said something."""
    found = []
    for people, each in ((2, 2), (3, 3), (5, 5), (7, 7), (40, 3), (40, 5)):
        whom = f"{people}명" if people == each else f"{people}명 가운데 {each}명씩"
        for what, world in (
            ("물음 하나", partial(_points_of_stars, 1)),
            ("물음 둘", partial(_points_of_stars, 2)),
            ("비교", _points_of_choices),
        ):
            data, no_page = f"{what}, {whom}", each < LEAST["people"]
            kinds = [Hits("넓힌 백분위", data, contrast=True), Hits("합계 t", data, contrast=no_page)]
            wide = expanded_level(each)
            for _ in range(replications):
                truth, again = world(people, each, rng)
                drawn = again(rng.multinomial(people, np.full(people, 1 / people), size=DRAWS).astype(np.float64))
                drawn, (now,) = drawn[~np.isnan(drawn).any(axis=1)], again(np.ones((1, people)))
                if len(drawn) < DRAWS / 2:
                    for kind in kinds:
                        kind.none += 1
                    continue
                kinds[0].add(between(truth, *np.quantile(drawn, [(1 - wide) / 2, (1 + wide) / 2], axis=0)))
                kinds[1].add(between(truth, *np.clip(t_limits(now, drawn, each), 0, 100)))
            found += kinds
    return coverage("국민 다시 뽑기: 적은 사람", found)


def _points_of_stars(
    questions: int, people: int, each: int, rng: np.random.Generator
) -> tuple[Floats, Callable[[Floats], Floats]]:
    """True points of four teams of 100, each rated by so many of the people on every question; and their points in draws of the people."""
    own, counts = rng.normal(0, PERSON_SD, people), np.zeros((people, len(QUALITY), questions, 5))
    for team, quality in enumerate(QUALITY):
        for person in rng.permutation(people)[:each]:
            given = np.clip(np.round(quality + own[person] + rng.normal(0, NOISE_SD, questions)), 1, 5).astype(int)
            counts[person, team, np.arange(questions), given - 1] = 1

    def again(weights: Floats) -> Floats:
        return 25 * (star_draws(counts, np.zeros(questions), 0.0, weights) - 1)

    return 25 * (_expected_stars() - 1), again


def _points_of_choices(people: int, each: int, rng: np.random.Generator) -> tuple[Floats, Callable[[Floats], Floats]]:
    """The same of comparisons, four by a person of each two teams she is asked about; people have likings of their own."""
    teams = len(QUALITY)
    likes, counts = rng.normal(0, PERSON_SD, (people, teams)), np.zeros((people, teams, teams, 4))
    truth, spread = np.zeros(teams), np.sqrt(2) * np.hypot(PERSON_SD, NOISE_SD)
    for left, right in combinations(range(teams), 2):
        apart = QUALITY[left] - QUALITY[right]
        share = np.mean([NormalDist(apart, spread).cdf(edge) for edge in (-LEVEL, LEVEL)])
        truth[[left, right]] += 1 - share, share
        for person in rng.permutation(people)[:each]:
            felt = apart + likes[person, left] - likes[person, right] + rng.normal(0, np.sqrt(2) * NOISE_SD, 4)
            np.add.at(counts, (person, left, right, np.select([felt > LEVEL, felt < -LEVEL], [A, B], BOTH_GOOD)), 1)
    return 100 * truth / (teams - 1), lambda weights: 100 * win_draws(counts, weights)


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
