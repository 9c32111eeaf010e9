"""Panels of experts: fair means and severity, Rasch measures, resampled totals and ranks; and which of them finds the truth."""

from fractions import Fraction

import numpy as np

from evaluations.scoring.comparisons import Floats
from evaluations.scoring.designs import NotEstimable
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.pairwise_ranks import pairwise_ranks
from evaluations.scoring.rank_chances import rank_ranges
from evaluations.scoring.rasch import many_facet_rasch
from evaluations.scoring.severity import additive_model
from evaluations.scoring.stability import draw_panels, expanded_level, resample_means, resample_trimmed, t_limits
from evaluations.scoring.standardised import standardise
from script.studies.records import Hits, Picture, Study, between, coverage, held, rmse

TEAMS = np.array([3.0, 1.5, 0.0, -1.0, -3.5])
"""Distance of each team from the mean of all, in points."""
LEVEL, SEVERITY, NOISE = 70.0, 4.0, 5.0
DRAWS = 2000
THRESHOLDS = np.array([-1.5, -0.5, 0.5, 1.5])


def design(reviewers: int, teams: int, each: int) -> tuple[np.ndarray, np.ndarray]:
    """Who judges whom: every team by `each` reviewers in a circle, so that all are joined."""
    team = np.repeat(np.arange(teams), each)
    start = np.arange(teams) * reviewers // teams
    return (start[team] + np.tile(np.arange(each), teams)) % reviewers, team


def severity(rng: np.random.Generator, replications: int) -> Study:
    found = []
    for data, each in (("위원 10, 모두 봄", 10), ("위원 10, 팀마다 5", 5)):
        reviewer, team = design(10, len(TEAMS), each)
        kinds = [Hits("보정 평균 t", data), Hits("위원 효과 t", data), Hits("새 평가위원단", data, contrast=True)]
        for _ in range(replications):
            own = rng.normal(0, SEVERITY, 10)
            fit = additive_model(LEVEL + TEAMS[team] + own[reviewer] + rng.normal(0, NOISE, len(team)), reviewer, team)
            intervals = fit.fair_intervals()
            kinds[0].add(between(LEVEL + TEAMS + own.mean(), *intervals.T))
            kinds[1].add(held(own - own.mean(), fit.reviewer_effects, fit.effect_errors, t_quantile(0.975, fit.df)))
            kinds[2].add(between(LEVEL + TEAMS, *intervals.T))
        found += kinds
    return coverage("엄격함의 보정(additive)", found)


def steps(s: Floats, rng: np.random.Generator) -> Floats:
    """Marks 0 … 4 by the rating scale model at the log-odds s."""
    log = np.concatenate([np.zeros((1, len(s))), np.cumsum(s - THRESHOLDS[:, None], axis=0)])
    share = np.exp(log - log.max(axis=0))
    return (rng.random(len(s)) > (share / share.sum(axis=0)).cumsum(axis=0)[:-1]).sum(axis=0)


def rasch(rng: np.random.Generator, replications: int) -> Study:
    found = []
    for data, each, criteria in (
        ("위원 10, 항목 2", 10, 2),
        ("위원 10, 항목 5", 10, 5),
        ("위원 10, 항목 20", 10, 20),
        ("팀마다 5, 항목 5", 5, 5),
        ("팀마다 3, 항목 5", 3, 5),
    ):
        reviewer, team = design(10, len(TEAMS), each)
        reviewer, team, criterion = (
            np.repeat(reviewer, criteria),
            np.repeat(team, criteria),
            np.tile(np.arange(criteria), len(team)),
        )
        kinds = [Hits("팀 θ", data), Hits("위원 λ", data)]
        theta = TEAMS / 4
        ease = np.linspace(-0.5, 0.5, criteria)
        for _ in range(replications):
            own = rng.normal(0, 0.6, 10)
            own -= own.mean()
            marks = steps(theta[team] - own[reviewer] - ease[criterion], rng)
            try:
                fit = many_facet_rasch(marks, reviewer, team, criterion)
            except NotEstimable:
                for kind in kinds:
                    kind.none += 1
                continue
            kinds[0].add(held(theta, fit.measures, fit.measure_errors))
            kinds[1].add(held(own, fit.severities, fit.severity_errors))
        found += kinds
    return coverage("다국면 Rasch, 공동 최대가능도(JML)", found)


def resampled(rng: np.random.Generator, replications: int) -> Study:
    """Panels drawn again from themselves, as the order section does it, against all panels that could have come."""
    found = []
    for size in (10, 20, 50):
        for rule, again in (("평균", resample_means), ("양끝 제외", resample_trimmed)):
            kinds = [Hits("보통 백분위", f"{rule}, {size}명", contrast=True), Hits("넓힌 백분위", f"{rule}, {size}명")]
            wide = expanded_level(size)
            for _ in range(replications):
                drawn = again(_panel(TEAMS, size, rng), draw_panels(size, DRAWS, rng))
                kinds[0].add(between(LEVEL + TEAMS, *np.quantile(drawn, [0.025, 0.975], axis=0)))
                kinds[1].add(between(LEVEL + TEAMS, *np.quantile(drawn, [(1 - wide) / 2, (1 + wide) / 2], axis=0)))
            found += kinds
    return coverage("평가위원 다시 뽑기: 합계", found)


def few(rng: np.random.Generator, replications: int) -> Study:
    """The same of panels of few, and of large ones of which few judge each team."""
    found = []
    for size, each in ((3, 3), (5, 5), (7, 7), (12, 3), (12, 5)):
        reviewer, team = design(size, len(TEAMS), each)
        for rule, again in (("평균", resample_means), ("양끝 제외", resample_trimmed)):
            data = f"{rule}, " + (f"{size}명" if size == each else f"{size}명 가운데 {each}명씩")
            kinds = [Hits("넓힌 백분위", data, contrast=True), Hits("합계 t", data)]
            wide = expanded_level(each)
            for _ in range(replications):
                panel = np.full((size, len(TEAMS)), np.nan)
                panel[reviewer, team] = _panel(TEAMS, size, rng)[reviewer, team]
                drawn = again(panel, draw_panels(size, DRAWS, rng))
                drawn = drawn[~np.isnan(drawn).any(axis=1)]
                now = again(panel, np.ones((1, size)))[0]
                kinds[0].add(between(LEVEL + TEAMS, *np.quantile(drawn, [(1 - wide) / 2, (1 + wide) / 2], axis=0)))
                kinds[1].add(between(LEVEL + TEAMS, *t_limits(now, drawn, each)))
            found += kinds
    return coverage("평가위원 다시 뽑기: 적은 평가표", found)


def _panel(teams: Floats, size: int, rng: np.random.Generator) -> Floats:
    return LEVEL + teams + rng.normal(0, SEVERITY, (size, 1)) + rng.normal(0, NOISE, (size, len(teams)))


def ranks(rng: np.random.Generator, replications: int) -> Study:
    """Ranges of ranks where teams are level, near each other, and far apart; levels are a thousandth of a point apart, to have ranks."""
    found = []
    for size in (10, 30):
        for teams, span in ((2, 0.001), (5, 0.001), (5, 6.5), (10, 0.001), (10, 10.0)):
            true = span * np.linspace(0.5, -0.5, teams)
            places = np.arange(1, teams + 1)
            data = f"위원 {size}, 팀 {teams}, " + ("서로 같음" if span < 0.01 else f"{span:g}점 안")
            kinds = [
                Hits("다시 뽑은 순위의 가운데", data, contrast=True),
                Hits("순위 범위", data, at_least=True),
                Hits("순위 범위, 모든 팀이 한꺼번에", data, contrast=True),
            ]
            wide = expanded_level(size)
            for _ in range(replications):
                panel = _panel(true, size, rng)
                drawn = resample_means(panel, draw_panels(size, DRAWS, rng))
                kinds[0].add(
                    [one.best <= rank <= one.worst for rank, one in enumerate(rank_ranges(drawn, wide), start=1)]
                )
                covariance = np.cov(drawn.T) * size / (size - 1)
                ranges = pairwise_ranks(panel.mean(axis=0), covariance, size - 1)
                holds = between(places, *np.array([(one.best, one.worst) for one in ranges]).T)
                kinds[1].add(holds)
                kinds[2].add([holds.all()])
            found += kinds
    return coverage("순위 범위", found)


def recovery(rng: np.random.Generator, replications: int) -> Study:
    """Twelve reviewers, ten teams, five reviewers a team, five criteria: who is nearest to the marks a fair panel gives?"""
    rows, drawn = [], []
    size, each, criteria = 10, 5, 5
    theta, ease = np.linspace(1.0, -1.0, size), np.linspace(-0.5, 0.5, criteria)
    for label, spread, lucky in (
        ("엄격함이 같음", 0.0, False),
        ("엄격함 sd 0.8", 0.8, False),
        ("후한 위원 쏠림", 0.8, True),
    ):
        errors: dict[str, list[Floats]] = {name: [] for name in ("그대로의 평균", "additive", "Rasch", "z 점수")}
        best: dict[str, list[bool]] = {name: [] for name in errors}
        for _ in range(replications):
            own = rng.normal(0, spread, 12)
            own -= own.mean()
            own = np.sort(own) if lucky else own
            reviewer, team = design(12, size, each)
            shape = (np.repeat(reviewer, criteria), np.repeat(team, criteria), np.tile(np.arange(criteria), len(team)))
            marks = steps(theta[shape[1]] - own[shape[0]] - ease[shape[2]], rng)
            fit = many_facet_rasch(marks, *shape)
            sheets = marks.reshape(-1, criteria).sum(axis=1)
            additive = additive_model(sheets / criteria, reviewer, team)
            scores = {
                (f"{r:02}", f"{t:02}"): Fraction(int(sheet), criteria)
                for r, t, sheet in zip(reviewer, team, sheets, strict=True)
            }
            z = standardise(scores).team_means()
            means = {"그대로의 평균": additive.raw_means, "additive": additive.fair_means, "Rasch": fit.fair_means}
            means["z 점수"] = np.array([z[f"{t:02}"] for t in range(size)])
            for name, mean in means.items():
                errors[name].append(_without_level(mean) - _without_level(expected(theta, own, ease)))
                best[name].append(set(np.argsort(-mean)[:3].tolist()) == {0, 1, 2})
        for name, found in errors.items():
            each_rmse = np.sqrt(np.mean(np.square(found), axis=1))
            rows.append((label, name, f"{rmse(found):.3f}", f"{100 * np.mean(best[name]):.0f}"))
            if spread:
                low, high = np.quantile(each_rmse, [0.1, 0.9])
                drawn.append(
                    (f"{name}, {label}", f"{low:.3f}", f"{min(high, max(low, rmse(found))):.3f}", f"{high:.3f}")
                )
    columns = ("자료", "방법", "팀 평균의 RMSE(0–4점)", "위 세 팀이 맞음(%)")
    picture = Picture("팀 평균의 오차(RMSE, 열에 여덟 번의 폭)", tuple(drawn), "0", "1")
    return Study("엄격함의 회복: 팀마다 12명 가운데 5명", replications, columns, tuple(rows), picture)


def expected(theta: Floats, own: Floats, ease: Floats) -> Floats:
    """The mean mark of each team from all the reviewers, over all criteria."""
    s = theta[:, None, None] - own[None, :, None] - ease[None, None, :]
    log = np.concatenate([np.zeros((1, *s.shape)), np.cumsum(s - THRESHOLDS[:, None, None, None], axis=0)])
    share = np.exp(log)
    return np.tensordot(np.arange(5.0), share / share.sum(axis=0), axes=1).mean(axis=(1, 2))


def _without_level(means: Floats) -> Floats:
    return means - means.mean()
