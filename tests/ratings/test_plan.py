"""The plan of papers: balanced over pairs, prompts, sides and strata; nothing twice; random where it may be."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.ratings.plan import Comparison, Exposure, Rating, comparisons, plan, ratings

TEAMS = ("lg", "motif", "skt", "upstage")


def a_pool(prompts: int = 24, teams=TEAMS, samples: int = 2):
    return {
        f"p{number:02}": {team: [f"p{number:02}-{team}-{sample}" for sample in range(samples)] for team in teams}
        for number in range(prompts)
    }


def team_of(answer: str) -> str:
    return answer.split("-")[1]


def issue(voters: int, strata=("",), pool=None, wanted=(8, 4), seed: int = 1):
    """What so many voters in a row get, each planned on what those before her got."""
    pool, rng = a_pool() if pool is None else pool, Random(seed)
    overall, by_stratum, papers = Exposure(), {stratum: Exposure() for stratum in strata}, []
    for number in range(voters):
        stratum = strata[number % len(strata)]
        hers = plan(
            pool=pool, comparisons_wanted=wanted[0], ratings_wanted=wanted[1],
            overall=overall, stratum=by_stratum[stratum], rng=rng,
        )  # fmt: skip
        for paper in hers:
            for exposure in (overall, by_stratum[stratum]):
                exposure.add(paper.cell, team_of(paper.left))
        papers.append((stratum, hers))
    return papers


def compared(papers, stratum=None):
    return [
        paper for theirs, hers in papers for paper in hers if paper.right and (stratum is None or stratum == theirs)
    ]


def rated(papers):
    return [paper for _, hers in papers for paper in hers if not paper.right]


@pytest.fixture(scope="module")
def five_hundred():
    return issue(500, strata=("age=20s", "age=40s", "age=60s"))


def test_cells_name_every_pair_and_team_of_every_prompt_once():
    pool = a_pool(prompts=2, teams=("b", "a", "c"))

    assert comparisons(pool) == [
        Comparison(prompt, pair) for prompt in ("p00", "p01") for pair in (("a", "b"), ("a", "c"), ("b", "c"))
    ]
    assert ratings(pool) == [Rating(prompt, (team,)) for prompt in ("p00", "p01") for team in ("a", "b", "c")]


def test_each_voter_gets_what_the_stage_asks_and_no_prompt_twice(five_hundred):
    for _, papers in five_hundred:
        assert [paper.right is not None for paper in papers] == [True] * 8 + [False] * 4
        assert len({paper.cell.prompt for paper in papers}) == 12


def test_pairs_are_equally_frequent(five_hundred):
    counts = Counter(paper.cell.teams for paper in compared(five_hundred))

    assert len(counts) == 6
    assert sum(counts.values()) == 4000
    assert max(counts.values()) - min(counts.values()) <= 3


def test_pairs_are_equally_frequent_within_each_stratum(five_hundred):
    for stratum in ("age=20s", "age=40s", "age=60s"):
        counts = Counter(paper.cell.teams for paper in compared(five_hundred, stratum))
        assert max(counts.values()) - min(counts.values()) <= 1


def test_every_pair_meets_every_prompt_equally_often(five_hundred):
    counts = Counter(paper.cell for paper in compared(five_hundred))

    assert len(counts) == 6 * 24  # 4000 papers in 144 cells: 27.8 each
    assert min(counts.values()) >= 24
    assert max(counts.values()) <= 32


def test_every_team_is_rated_equally_often_on_every_prompt(five_hundred):
    teams = Counter(paper.cell.teams for paper in rated(five_hundred))
    cells = Counter(paper.cell for paper in rated(five_hundred))

    assert set(teams.values()) == {500}
    assert len(cells) == 4 * 24  # 2000 papers in 96 cells: 20.8 each
    assert min(cells.values()) >= 18
    assert max(cells.values()) <= 24


def test_sides_are_even_for_every_pair_and_prompt(five_hundred):
    left = Counter((paper.cell, team_of(paper.left)) for paper in compared(five_hundred))

    for cell in {paper.cell for paper in compared(five_hundred)}:
        first, second = cell.teams
        assert abs(left[cell, first] - left[cell, second]) <= 3


def side_gaps(papers) -> list[int]:
    """For each pair of teams: how much more often one of them stood on the left."""
    left = Counter((paper.cell.teams, team_of(paper.left)) for paper in papers)
    return [abs(left[pair, pair[0]] - left[pair, pair[1]]) for pair in {paper.cell.teams for paper in papers}]


def test_sides_are_even_for_every_pair_within_each_stratum(five_hundred):
    for stratum in ("age=20s", "age=40s", "age=60s"):
        assert len(side_gaps(compared(five_hundred, stratum))) == 6
        assert max(side_gaps(compared(five_hundred, stratum))) <= 3  # of 222 papers


def test_one_voter_does_not_meet_a_team_on_one_side_only():
    papers = issue(6, pool=a_pool(8, ("a", "b")), wanted=(8, 0))

    for _, hers in papers:
        assert Counter(team_of(paper.left) for paper in hers)["a"] in (3, 4, 5)


def chi_squared(counts: Counter, categories: int) -> float:
    expected = sum(counts.values()) / categories
    return sum((count - expected) ** 2 / expected for count in counts.values())


def test_sides_say_nothing_about_teams(five_hundred):
    left = Counter(team_of(paper.left) for paper in compared(five_hundred))

    assert chi_squared(left, 4) < 7.81  # 95 % of χ² with three degrees of freedom


def test_order_says_nothing_about_teams(five_hundred):
    first = Counter(hers[0].cell.teams for _, hers in five_hundred)

    assert chi_squared(first, 6) < 15.09  # 99 % of χ² with five degrees of freedom


def test_the_first_voter_of_all_gets_random_sides():
    left = Counter()
    for seed in range(2000):
        for paper in compared(issue(1, pool=a_pool(1, ("a", "b")), wanted=(1, 0), seed=seed)):
            left[team_of(paper.left)] += 1

    assert chi_squared(left, 2) < 6.63  # 99 % of χ² with one degree of freedom


def test_all_samples_of_an_answer_are_shown(five_hundred):
    shown = {answer for _, hers in five_hundred for paper in hers for answer in (paper.left, paper.right) if answer}

    assert len(shown) == 24 * 4 * 2


def test_a_small_pool_repeats_prompts_but_never_a_thing():
    [(_, papers)] = issue(1, pool=a_pool(prompts=2), wanted=(8, 4))

    assert len({paper.cell for paper in papers}) == 12
    assert Counter(paper.cell.prompt for paper in papers) == {"p00": 6, "p01": 6}


def test_an_exhausted_pool_gives_fewer_papers():
    [(_, papers)] = issue(1, pool=a_pool(prompts=1, teams=("a", "b")), wanted=(8, 4))

    assert len(papers) == 3


def test_a_prompt_one_team_did_not_answer_is_used_for_the_others():
    pool = {"p": {"a": ["p-a-1"], "b": ["p-b-1"]}, "q": {"a": ["q-a-1"]}}

    assert comparisons(pool) == [Comparison("p", ("a", "b"))]
    assert len(ratings(pool)) == 3


def test_the_same_seed_gives_the_same_papers():
    assert issue(5, seed=7) == issue(5, seed=7) != issue(5, seed=8)


def test_planning_does_not_change_what_was_issued():
    overall, stratum = Exposure(), Exposure()
    plan(pool=a_pool(), comparisons_wanted=3, ratings_wanted=3, overall=overall, stratum=stratum, rng=Random(1))

    assert overall == stratum == Exposure()


@given(
    prompts=st.integers(0, 6), teams=st.integers(0, 5), samples=st.integers(1, 3),
    wanted=st.tuples(st.integers(0, 12), st.integers(0, 12)), seed=st.integers(0, 2**32),
)  # fmt: skip
def test_any_pool_gives_as_many_different_things_as_it_can(prompts, teams, samples, wanted, seed):
    pool = a_pool(prompts, tuple("abcde")[:teams], samples)
    [(_, papers)] = issue(1, pool=pool, wanted=wanted, seed=seed)

    assert len(compared([("", papers)])) == min(wanted[0], prompts * teams * (teams - 1) // 2)
    assert len(rated([("", papers)])) == min(wanted[1], prompts * teams)
    assert len({paper.cell for paper in papers}) == len(papers)
    for paper in papers:
        sides = [team_of(answer) for answer in (paper.left, paper.right) if answer]
        assert sorted(sides) == list(paper.cell.teams)


@settings(max_examples=40, deadline=None)
@given(
    strata=st.lists(st.sampled_from(("age=20s", "age=40s", "age=60s", "")), min_size=1, max_size=40),
    prompts=st.integers(1, 8), teams=st.integers(2, 5), wanted=st.tuples(st.integers(0, 9), st.integers(0, 4)),
    seed=st.integers(0, 2**32),
)  # fmt: skip
def test_exposure_is_near_equal_whoever_comes_when(strata, prompts, teams, wanted, seed):
    names = tuple("abcde")[:teams]
    papers = issue(len(strata), strata, a_pool(prompts, names, samples=1), wanted, seed)

    for stratum in {None, *strata}:
        theirs = compared(papers, stratum)
        pairs = Counter(paper.cell.teams for paper in theirs)
        shown = [pairs[pair] for pair in combinations(names, 2)]
        assert max(shown) - min(shown) <= 3
        assert max(side_gaps(theirs), default=0) <= 6
    for _, hers in papers:
        met = Counter(paper.cell.prompt for paper in hers)
        times = [met[f"p{number:02}"] for number in range(prompts)]
        assert max(times) - min(times) <= 1  # a prompt comes again only when all others have come
