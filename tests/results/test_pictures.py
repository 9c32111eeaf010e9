"""The pictures of estimates, whatever there is too little of: nobody voted, two never met, one team, one panelist."""

import json
from dataclasses import replace

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.programme.phases import Phase
from evaluations.results import jobs
from evaluations.results.pictures import blocks
from evaluations.results.pictures.reader import as_chance
from evaluations.scoring import Choices, Evidence, Rules, count
from evaluations.scoring.blinding import Answer, Blinding
from evaluations.scoring.estimates import estimate
from evaluations.scoring.people import people_from
from evaluations.scoring.style import Style
from evaluations.scoring.tallies import CHOICES
from tests.factories import accounts, programme, results, scoring
from tests.scoring.strategies import QUESTIONS, evidences, stages

STRATA = [
    {"key": "age", "name": {"ko": "나이"}, "categories": [{"key": key, "ko": key, "share": "0.5"} for key in "ab"]}
]


@st.composite
def small_votes(draw, slugs):
    """Few people, few prompts, and choices that may all be one and the same."""
    people = st.sampled_from([f"h{number}" for number in range(draw(st.integers(1, 5)))])
    size = len(slugs)
    few = draw(st.sampled_from([0, 1, 5, 20]))
    pairs = st.permutations(range(size)).map(lambda places: places[:2])
    choices = st.integers(0, 4) if draw(st.booleans()) else st.just(draw(st.integers(0, 4)))
    said = st.tuples(people, st.sampled_from(["p1", "p2"]), pairs, choices)
    compared = draw(st.lists(said, min_size=few, max_size=3 * few)) if size > 1 else []
    rated = draw(
        st.lists(st.tuples(people, st.integers(0, size - 1), st.integers(0, 1), st.integers(1, 5)), max_size=20)
    )
    return [(who, prompt, *pair, choice) for who, prompt, pair, choice in compared], rated


@st.composite
def small_stages(draw):
    """(configuration, evidence, people) that belong together, with hardly anything in them."""
    config = draw(stages(fewest=1))
    traits = draw(st.booleans())
    if traits:
        config["users"]["strata"] = STRATA
    rules = Rules.from_config(config)
    compared, rated = draw(small_votes(rules.slugs))
    ratings: dict = {}
    comparisons: dict = {}
    for _who, team, question, stars in rated:
        ratings.setdefault((rules.slugs[team], QUESTIONS[question]), [0] * 5)[stars - 1] += 1
    for _who, _prompt, left, right, choice in compared:
        pair = (rules.slugs[left], rules.slugs[right])
        comparisons[pair] = comparisons.get(pair, Choices()) + Choices(**{CHOICES[choice]: 1})
    evidence = draw(evidences(config, gaps=draw(st.booleans())))
    if draw(st.booleans()):
        evidence = replace(evidence, sheets={seat: marks for seat, marks in evidence.sheets.items() if seat[0] == "p0"})
    tallied = {pair: tuple(counts) for pair, counts in ratings.items()}
    evidence = replace(evidence, ratings=tallied, comparisons=comparisons)
    spoke = sorted({row[0] for row in (*compared, *rated)})
    strata = {who: f"age={draw(st.sampled_from('ab'))}" if traits else "" for who in spoke}
    few = st.integers(0, 3)
    texts = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(["p1", "p2"]), st.sampled_from(rules.slugs)),
            st.lists(st.builds(Style, st.sampled_from([10, 20, 30]), few, few, few, few), min_size=1, max_size=2),
        )
    )
    people = people_from(rules.slugs, rules.questions, compared, rated, strata, texts)
    return config, evidence, people, draw(small_blindings(rules.slugs))


@st.composite
def small_blindings(draw, slugs):
    """Few answers or none, whoever may not judge whom."""
    words, team = st.sampled_from(["no", "maybe", "yes"]), st.sampled_from(slugs)
    panelist = st.sampled_from([f"p{number}" for number in range(draw(st.integers(1, 6)))])
    answers = st.lists(
        st.builds(Answer, panelist, team, words, st.sampled_from(["", *slugs])),
        unique_by=lambda one: one[:2],
        max_size=12,
    )
    barred = st.dictionaries(panelist, st.frozensets(team), max_size=2)
    readers = st.dictionaries(st.sampled_from([(1, 0), (2, 1), (5, 5)]), st.integers(1, 6), max_size=2)
    return Blinding(draw(answers), draw(barred), draw(readers))


@settings(max_examples=60, deadline=None)
@given(small_stages())
def test_whatever_is_missing_every_picture_can_be_drawn(stage):
    config, evidence, people, blinding = stage
    rules = Rules.from_config(config)
    told = estimate(rules, evidence, count(rules, evidence), people, blinding, seed=1)

    for office in (False, True):
        drawn = blocks(told, config, office=office)
        assert all(block.title and (block.sentences or block.chart or block.table) for block in drawn)
        assert all((block.kind == "") is (block.chart is None) for block in drawn)


def of_votes(votes, teams, stars=(), raters=None):
    """The blocks of a stage with nothing but comparisons and stars, by key; and the sections behind them. Every vote and star is of one
    person, or the stars of so many `raters` in turn."""
    config = scoring.config(scoring.given("all", 10), teams=teams, users={**scoring.asking("good"), "strata": STRATA})
    rules = Rules.from_config(config)
    rows = [(f"h{number}", "p1", *vote) for number, vote in enumerate(votes)]
    rated = [(f"h{number % (raters or len(stars))}", team, 0, rating) for number, (team, rating) in enumerate(stars)]
    strata = {f"h{number}": f"age={'ab'[number % 2]}" for number in range(max(len(rows), len(rated)))}
    people = people_from(rules.slugs, rules.questions, rows, rated, strata)
    told = estimate(rules, Evidence(), count(rules, Evidence()), people, seed=1)
    return {block.key: block for block in blocks(told, config)}, told["sections"]


RING = [(place, (place + 1) % 4, choice) for choice in (0, 1, 2) for place in range(4)]


@pytest.mark.parametrize(("votes", "teams"), [(RING, 4), ([(0, 1, 4)] * 6, 2)], ids=["ring", "skips"])
def test_where_every_team_has_a_rival_it_never_met_no_win_share_is_drawn(votes, teams):
    drawn, sections = of_votes(votes, teams)

    assert {(one["unweighted"], one["weighted"]) for one in sections["population"]["wins"]} == {(None, None)}
    names = ", ".join(scoring.NAMES[:teams])
    assert (drawn["population"].kind, drawn["population"].chart) == ("", None)
    assert drawn["population"].sentences[-1] == f"모든 상대와 비교된 적이 없는 팀은 승률을 낼 수 없습니다: {names}."


def test_a_team_that_met_all_is_drawn_and_the_others_are_named():
    drawn, _sections = of_votes([(0, 1, 0), (0, 2, 0), (1, 0, 0), (2, 0, 1)] * 2, 3)

    assert [row.place.label for row in drawn["population"].chart.rows] == ["ga"]
    assert drawn["population"].sentences[-1] == "모든 상대와 비교된 적이 없는 팀은 승률을 낼 수 없습니다: na, da."


def test_a_team_nobody_rated_has_no_star_mean():
    _drawn, sections = of_votes([], 2, stars=[(0, 4), (0, 2)])

    assert sections["population"]["stars"] == [
        {"team": "ga", "n": 2, "unweighted": "3.0000", "weighted": "3.0000"},
        {"team": "na", "n": 0, "unweighted": None, "weighted": None},
    ]


FEW = "답한 국민이 다섯 명보다 적습니다. 한 사람의 답을 알아낼 수 있으므로 밝히지 않습니다."


@pytest.mark.parametrize("people", [4, 5])
def test_what_fewer_than_five_citizens_said_is_told_to_the_office_alone(people):
    """One of four who knows her own answers could work out the others'."""
    votes = [(number % 2, 1 - number % 2, number % 3) for number in range(12)]
    rows = [(f"h{number % people}", f"p{number % 3}", *vote) for number, vote in enumerate(votes)]
    rated = [(f"h{who}", team, 0, 1 + (who + team) % 5) for who in range(people) for team in range(2)]
    config = scoring.config(scoring.given("all", 10), users={**scoring.asking("good"), "strata": STRATA})
    rules = Rules.from_config(config)
    texts = {(f"p{n}", slug): [Style(10 + 7 * n * m, n * m, 0, 0, 0)] for n in range(3) for m, slug in enumerate(rules.slugs)}  # fmt: skip
    strata = {f"h{number}": f"age={'ab'[number % 2]}" for number in range(people)}
    everybody = people_from(rules.slugs, rules.questions, rows, rated, strata, texts)
    told = estimate(rules, Evidence(), count(rules, Evidence()), everybody, seed=1)
    public, office = ({block.key: block for block in blocks(told, config, office=office)} for office in (False, True))

    assert {"strengths", "length", "stars-1", "population"} <= office.keys()
    assert all(office[key].chart for key in ("strengths", "stars-1", "population"))
    if people == 5:
        assert {key: public[key] for key in office if key in public} == public
        assert {"strengths", "length", "stars-1", "population"} <= public.keys()
    else:
        assert [(block.key, block.sentences) for block in public.values() if block.sentences == (FEW,)] == [
            ("strengths", (FEW,)), ("stars", (FEW,)), ("population", (FEW,)),
        ]  # fmt: skip
        assert public.keys() & {"length", "marks", "stars-1"} == set()


def test_a_team_with_fewer_than_five_stars_is_named_and_not_drawn():
    drawn, _sections = of_votes([], 2, stars=[*((0, 1 + number % 5) for number in range(6)), *[(1, 4)] * 4], raters=6)

    assert [row.place.label for row in drawn["stars-1"].chart.rows] == ["ga (적음)"]
    assert drawn["stars-1"].sentences[1:] == ("별점이 다섯 개보다 적어 밝히지 않는 팀: na.",)


def test_star_means_of_which_nothing_was_taken_out_are_called_plain():
    """Where a team has no stars, the habits of those who gave them cannot be told from what the teams deserve."""
    given = [(0, stars) for stars in (3, 4, 4, 5, 4, 4)]
    plain, _sections = of_votes([], 2, stars=given)
    of_both, _sections = of_votes([], 2, stars=[*given, *((1, 7 - stars) for _, stars in given)], raters=6)

    assert plain["stars-1"].sentences == (
        "별점을 그대로 평균한 것과, 사람으로 묶은 95% 구간입니다. 사람마다 후하고 박한 것은 빼지 않았습니다.",
        "팀들이 평가한 사람을 통해 서로 이어지지 않아 한 축에 놓을 수 없습니다.",
    )
    assert plain["stars-1"].chart.table.rows == (("ga (적음)", "4.00", "3.34", "4.66"),)
    assert of_both["stars-1"].sentences == ("사람마다 후하고 박한 것을 뺀 평균과, 사람으로 묶은 95% 구간입니다.",)
    assert len(of_both["stars-1"].chart.table.rows) == 2


@pytest.mark.parametrize(
    ("mean", "row"),
    [
        (("-8.7062", "4.0000", "16.7062"), ("ga", "4.00", "1.00", "5.00")),
        (("5.0100", "5.1000", "5.1900"), ("ga", "5.10", "5.01", "5.10")),
        (("2.0000", "3.0000", "4.0000"), ("ga", "3.00", "2.00", "4.00")),
    ],
    ids=["wide", "beyond", "within"],
)
def test_the_interval_of_a_star_mean_ends_where_the_stars_do(mean, row):
    fair = dict(zip(("low", "value", "high"), mean, strict=True))
    team = {"team": "ga", "n": 30, "thin": False, "mean": None, "fair": fair}
    told = {"stars": {"people": 30, "questions": [{"question": "q", "teams": [team]}]}}

    (block,) = blocks({"sections": told}, {"teams": [{"slug": "ga", "name": {"ko": "ga"}}]})

    assert block.chart.table.rows == (row,)


def test_stars_weighted_to_the_population_are_drawn_without_any_comparison():
    """Seven of the thirteen people are of age a, half of the population is: what the six of age b said, two stars more, counts for more.
    A team with one rating is not told of."""
    given = [(0, 2), (0, 4), (1, 3), (1, 5), (0, 2), (0, 4), (0, 2), (0, 4), (1, 3), (1, 5), (1, 3), (1, 5)]
    drawn, sections = of_votes([], 3, stars=[*given, (2, 3)])

    assert sections["population"]["wins"] == []
    assert (drawn["population"].kind, drawn["population"].sentences[0][:8]) == ("", "참여한 13명에")
    assert drawn["population-stars"].chart.table.rows == (("ga", "3.00", "3.08"), ("na", "4.00", "4.08"))


def test_strengths_stored_without_an_interval_are_left_out_of_the_picture():
    """A run counted before may hold them, and is shown as it was made."""
    drawn, sections = of_votes([*RING, (0, 2, 0), (2, 0, 1)], 4)
    config = scoring.config(scoring.given("all", 10), teams=4)
    teams = sections["strengths"]["teams"]
    assert len(drawn["strengths"].chart.rows) == 4

    teams[1] |= {"se": None, "low": None, "high": None}
    del sections["strengths"]["style"]
    (some,) = blocks({"sections": {"strengths": sections["strengths"]}}, config)
    for team in teams:
        team |= {"se": None, "low": None, "high": None}

    assert sorted(row.place.label for row in some.chart.rows) == ["da", "ga", "ra"]
    assert blocks({"sections": {"strengths": sections["strengths"]}}, config) == []


@pytest.mark.django_db
def test_a_published_ring_of_votes_opens_on_every_page(client):
    """Once the public page, the team's own and the office's fell over it, after publication."""
    shown = ["total", "rank", "estimates"]
    policy = {"public": shown, "own": shown, "teams": "all", "minimum_n": 1}
    age = {"key": "age", "name": {"ko": "연령대"}, "categories": [{"key": "20s", "ko": "20대", "share": "1"}]}
    users = {**scoring.asking(*results.QUESTIONS), "strata": [age]}
    stage = results.a_stage_to_count(evidence=False, config={"release": policy, "users": users})
    results.complete_evidence(stage, panelists=1, voters=0)
    teams, prompt = list(stage.teams.all()), stage.prompts.get()
    for number, (left, right, choice) in enumerate(RING):
        results.a_comparison(prompt, teams[left], teams[right], f"h{number}", CHOICES[choice], stratum="age=20s")
    run = jobs.carry_out(jobs.claim(results.a_job(stage).pk))
    programme.in_phase(stage, Phase.PUBLISHED)
    results.a_publication(run)
    wins = json.loads(run.estimates.get().body)["sections"]["population"]["wins"]
    assert {one["unweighted"] for one in wins} == {None}

    told = "모든 상대와 비교된 적이 없는 팀은 승률을 낼 수 없습니다"
    assert told in client.get(f"/results/{stage.slug}/").content.decode()
    accounts.sign_in(client, accounts.a_team_contact(teams[0]))
    assert client.get(reverse("results:own_stage", args=[stage.slug])).status_code == 200
    accounts.sign_in(client, accounts.an_officer())
    assert told in client.get(reverse("admin:results_scorerun_change", args=[run.pk])).content.decode()


def test_what_was_left_out_is_called_by_its_name():
    """A part whose points are given is left out as a whole; anything else is an item or a criterion of one."""
    named = {"ko": "국민 평가"}
    criterion = {"key": "data", "name": {"ko": "데이터"}, "points": 5}
    parts = [
        {"key": "user", "name": named, "points": 25, "items": [{"key": "stars", "name": {"ko": "별점"}, "points": 15}]},
        {"key": "expert", "name": {"ko": "전문가"}, "points": 35, "criteria": [criterion]},
    ]
    moved = {"team": "ga", "rank": [1, 2], "advances": [True, False]}
    absent = [("panelist", "위원 03"), ("item", "user.stars"), ("item", "user"), ("criterion", "expert.data")]
    told = {"panelists": 5, "changes": [{**moved, "kind": kind, "key": key} for kind, key in absent]}

    (block,) = blocks(
        {"sections": {"leave_one_out": told}},
        {"teams": [{"slug": "ga", "name": {"ko": "가팀"}}], "parts": parts},
        office=True,
    )

    assert [row[1] for row in block.table.rows] == ["위원 03", "별점", "국민 평가", "데이터"]


def estimated(config, evidence):
    """Result and estimates of a stage in which no citizen spoke."""
    rules = Rules.from_config(config)
    result = count(rules, evidence)
    return result, estimate(rules, evidence, result, people_from(rules.slugs, rules.questions, [], [], {}), seed=1)


def ranks_drawn(block):
    """Team → where its dot stands."""
    return {name: int(rank) for name, rank, *_range in block.chart.table.rows}


@st.composite
def ties(draw):
    """Stages of so few points that teams are level more often than not, with ties set apart by a part, or not at all."""
    teams = draw(st.integers(2, 5))
    chain = draw(st.sampled_from([[], ["q"], ["p"]]))
    parts = [scoring.given("p", 3), scoring.given("q", 3), scoring.experts(scoring.named("c", points=2))]
    quota = draw(st.integers(1, teams))
    advance = {"by": "points", "quota": quota, "line_ties": draw(st.sampled_from(["all", "none", "committee"]))}
    config = scoring.config(*parts, teams=teams, tie_break=chain, advance=advance)
    slugs, few = scoring.NAMES[:teams], st.integers(0, 2)
    measurements = scoring.scores(**{slug: {key: str(draw(few)) for key in "pq"} for slug in slugs})
    sheets = {(f"p{number}", slug): {"c": draw(few)} for number in range(3) for slug in slugs}
    return config, Evidence(measurements=measurements, sheets=sheets)


@settings(max_examples=40, deadline=None)
@given(ties())
def test_the_dot_of_every_team_stands_at_its_official_rank(stage):
    config, evidence = stage
    result, told = estimated(config, evidence)
    drawn = {block.key: block for block in blocks(told, config)}
    official = {team.team: team.rank for team in result.teams}

    assert ranks_drawn(drawn["ranks"]) == official
    assert list(ranks_drawn(drawn["ranks"])) == sorted(official, key=official.get)
    assert all(int(best) <= rank <= int(worst) for (_, _, best, worst), rank in zip(drawn["ranks"].chart.table.rows, sorted(official.values()), strict=True))  # fmt: skip
    line = " ".join(drawn["line"].sentences) if "line" in drawn else ""
    quota, placed = config["advance"]["quota"], sorted(official.values())
    level = quota < len(placed) and placed[quota - 1] == placed[quota]
    assert ("진출선이" in line) is level
    assert ("지금과 똑같은 팀들이" in line) is (quota < len(placed) and not level)


def level_teams(**more):
    """Three teams with 80, 80 and 20 points, of which the second has more of `q`; one seat."""
    parts = [scoring.given("p", 50), scoring.given("q", 50)]
    advance = {"by": "points", "quota": 1, "line_ties": "committee"}
    config = scoring.config(*parts, teams=3, advance=advance, **more)
    points = {"ga": {"p": "50", "q": "30"}, "na": {"p": "40", "q": "40"}, "da": {"p": "10", "q": "10"}}
    result, told = estimated(config, Evidence(measurements=scoring.scores(**points)))
    return result, told, {block.key: block for block in blocks(told, config)}


def test_teams_set_apart_by_the_tie_break_are_named_in_the_order_it_gives_them():
    result, _told, drawn = level_teams(tie_break=["q"])

    assert {team.team: team.rank for team in result.teams} == {"ga": 2, "na": 1, "da": 3}
    assert ranks_drawn(drawn["ranks"]) == {"na": 1, "ga": 2, "da": 3}
    assert drawn["line"].sentences[1] == "1위 na, 2위 ga의 총점이 같아 동점 처리 순서가 순위를 갈랐습니다."


def test_teams_that_nothing_sets_apart_share_their_rank_and_the_line_is_not_drawn_between_them():
    _result, _told, drawn = level_teams()

    assert ranks_drawn(drawn["ranks"]) == {"ga": 1, "na": 1, "da": 3}
    assert drawn["line"].sentences == ("진출선이 1위를 나눕니다. 총점도, 동점을 가르는 점수도 같은 팀: ga, na.",)


def weighed(advance, **more):
    """The blocks of two teams, the first a point ahead of the second, in two parts of which none changes that."""
    parts = [scoring.given("p", 50), scoring.given("q", 50)]
    points = {"ga": {"p": "40", "q": "30"}, "na": {"p": "40", "q": "29"}}
    config = scoring.config(*parts, teams=2, advance={"quota": 1, "line_ties": "committee", **advance}, **more)
    evidence = Evidence(measurements=scoring.scores(**points), decisions={"ga": "not_met"} if "gate" in more else {})
    result, told = estimated(config, evidence)
    return result, {block.key: block for block in blocks(told, config)}


def test_where_the_gate_decided_other_weights_are_said_to_speak_of_points_alone():
    result, drawn = weighed({"by": "points"}, gate=scoring.gate("model"))
    block = drawn["weights"]

    assert result.team("ga").advances is False
    assert block.sentences[0] == (
        "비중을 부문마다 전체의 10분의 1까지 달리한 모든 경우 가운데, 점수만으로는 100%에서 지금과 똑같은 팀들이 진출선 위에 놓입니다."
    )
    assert block.notes[0] == "독자성 관문과 과락은 헤아리지 않은, 점수만의 비율입니다."
    assert block.chart.table.rows == (("ga", "100"), ("na", "0"))


def test_where_a_majority_decides_no_weights_do():
    _result, drawn = weighed({"by": "majority"})

    assert (drawn["weights"].chart, len(drawn["weights"].sentences)) == (None, 1)


def test_where_nothing_sets_the_teams_on_the_line_apart_no_weights_keep_the_same():
    _result, _told, drawn = level_teams()

    assert "지금과 똑같은" not in " ".join(drawn["weights"].sentences)
    assert len(drawn["weights"].chart.rows) == 3


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("1.0000", "100"), ("0.0000", "0"), ("0.9975", "99.8"), ("0.9999", "99.9"), ("0.0024", "0.2"), ("0.0001", "0.1"),
        ("0.9949", "99"), ("0.0050", "1"), (None, "–"),
    ],
)  # fmt: skip
def test_what_happened_in_some_draws_is_not_told_as_never_or_always(stored, told):
    assert as_chance(stored) == told


def test_estimates_stored_before_they_knew_ranks_are_read_by_their_totals():
    _result, told, _drawn = level_teams(tie_break=["q"])
    for team in told["sections"]["order"]["teams"]:
        del team["rank"]

    config = {"teams": [{"slug": slug, "name": {"ko": slug}} for slug in ("ga", "na", "da")]}
    (ranks, *_others) = blocks({"sections": {"order": told["sections"]["order"]}}, config)
    assert ranks_drawn(ranks) == {"ga": 1, "na": 1, "da": 3}


def test_every_picture_shows_the_teams_by_their_official_ranks():
    order = {
        "teams": [{"team": "ga", "rank": 2, "total": "60"}, {"team": "na", "rank": 1, "total": "60"}], "draws": 1, "seed": 1,
    }  # fmt: skip
    stars = {"n": 30, "thin": False, "mean": None}
    fair = {"low": "3.1", "value": "3.2", "high": "3.3"}
    told = {
        "order": {**order, "line": None},
        "stars": {
            "people": 30,
            "questions": [{"question": "q", "teams": [{**stars, "team": t, "fair": fair} for t in ("ga", "na")]}],
        },
    }
    for team in order["teams"]:
        team |= {"best": 1, "worst": 2}

    drawn = blocks({"sections": told}, {"teams": [{"slug": slug, "name": {"ko": slug}} for slug in ("ga", "na")]})

    assert [[row.place.label for row in block.chart.rows] for block in drawn] == [["na", "ga"]] * 2


@pytest.mark.parametrize(
    ("version", "word"), [("3", "그 가운데 95%의 순위가 놓인"), ("4", "적어도 95%는 품습니다(팀마다)")]
)
def test_ranges_of_ranks_say_what_they_meant_when_they_were_made(version, word):
    teams = [{"team": slug, "total": total, "best": 1, "worst": 2} for slug, total in (("ga", "60"), ("na", "50"))]
    told = {"order": {"version": version, "teams": teams, "line": None, "draws": 1, "seed": 1}}

    (block,) = blocks({"sections": told}, {"teams": [{"slug": slug, "name": {"ko": slug}} for slug in ("ga", "na")]})

    assert word in block.sentences[0]


@pytest.mark.parametrize(("code", "word"), [("too_few_sheets", "평가표가"), ("too_few_people", "국민이")])
def test_too_few_of_citizens_is_not_said_of_sheets(code, word):
    (block,) = blocks({"sections": {"order": {"absent": code, "detail": ""}}}, {"teams": []})

    assert word in block.sentences[0]


def agreement_of(*criteria):
    """The block of one part, whose criteria have these (alpha, low, high, no_interval)."""
    keys = ("alpha", "low", "high", "no_interval")
    found = [
        {"criterion": f"c{n}", **dict(zip(keys, criterion, strict=True))} for n, criterion in enumerate(criteria, 1)
    ]
    section = {"criteria": found, "total": {"alpha": None}}
    leaves = [{"key": f"c{n}", "name": {"ko": f"항목 {n}"}, "points": 5} for n in range(1, len(found) + 1)]
    part = {"key": "expert", "name": {"ko": "전문가"}, "criteria": leaves}
    return blocks({"sections": {"agreement.expert": section}}, {"teams": [], "parts": [part]})


def test_alphas_without_an_interval_are_said_with_the_reason():
    (block,) = agreement_of(
        ("0.5", "0.2", "0.8", None), ("0.25", None, None, "one_value"), ("0.1", None, None, "one_value"),
        ("1.0", None, None, "edge"),
    )  # fmt: skip

    assert [row.place.label for row in block.chart.rows] == ["항목 1"]
    assert block.sentences[1:] == (
        "알파의 구간이 없는 항목: 항목 2 0.25, 항목 3 0.10. 평점의 5분의 4 넘게가 한 값이어서, 알파가 몇 안 되는 다른 평점에 달려 있습니다.",
        "알파의 구간이 없는 항목: 항목 4 1.00. 한 팀만 빼도 알파가 정해지지 않거나 맨 끝 값이 되거나, 어느 팀을 빼도 같습니다.",
    )
    assert block.notes == ("95% 구간은 팀을 하나씩 빼고 다시 구한 알파에서 나옵니다(잭나이프).",)


def test_where_no_alpha_has_an_interval_there_is_no_chart():
    (block,) = agreement_of(("0.5", None, None, "few_units"), (None, None, None, None))

    assert (block.kind, block.chart, block.notes) == ("", None, ())
    assert block.sentences[1:] == (
        "알파의 구간이 없는 항목: 항목 1 0.50. 팀이 넷보다 적으면 구간이 있을 수 있는 값을 거의 다 품습니다.",
    )


@pytest.mark.parametrize(
    ("reach", "row"), [("2.2010", ("위원 01", "1.0", "-1.2", "3.2")), (None, ("위원 01", "1.0", "-1.0", "3.0"))]
)
def test_an_expert_s_own_value_reaches_as_far_as_student_s_t(reach, row):
    """Estimates stored before they had a reach are shown as they were."""
    section = {"panelists": [{"panelist": "위원 01", "effect": "1.0", "se": "1.0"}], "against": [], "differ_p": None}
    section |= {"reach": reach} if reach else {}
    told = {"sections": {"severity.expert": section}}

    (block,) = blocks(told, {"teams": [], "parts": [{"key": "expert", "name": {"ko": "전문가"}}]}, office=True)

    assert block.chart.table.rows == (row,)


def test_a_criterion_that_nobody_could_judge_is_named_beside_the_model():
    severity = {"panelists": [{"panelist": "위원 01", "effect": "1.0", "se": "1.0"}], "against": [], "differ_p": None}
    rasch = {"panelists": [], "disordered": [], "against": [], "unjudged": ["data"]}
    part = {"key": "expert", "name": {"ko": "전문가"}, "criteria": [{"key": "data", "name": {"ko": "데이터"}}]}
    told = {"sections": {"severity.expert": severity, "rasch.expert": rasch}}

    _, block = blocks(told, {"teams": [], "parts": [part]}, office=True)

    assert block.sentences[-1] == "아무도 판단하지 못한 항목은 빠졌습니다: 데이터."


# --- Style.


def an_interval(low, value, high, **more):
    return {"low": low, "value": value, "high": high, "se": None if low is None else "0.1", **more}


def a_team(slug, low, value, high, best=1, worst=2):
    return an_interval(low, value, high, team=slug, win_share="0.5", best=best, worst=worst)


def length_of(effect, swapped=(), without_text=0, marks=None, **teams):
    """The blocks of style where a doubling of the length is worth so much."""
    plain = [a_team("ga", "-0.20", "0.10", "0.40"), a_team("na", "-0.40", "-0.10", "0.20", 2, 2)]
    fit = {"with": ["length"], "clusters": "person+prompt", "degrees": 5, "swapped": list(swapped)}
    fit |= {
        "effects": [an_interval(*effect, measure="length")],
        "teams": [a_team("ga", "-0.50", "-0.20", "0.10"), a_team("na", "-0.10", "0.20", "0.50")],
    }
    fits = [fit | teams, *([marks] if marks else [])]
    return style_blocks({"votes": 9, "without_text": without_text, "plain": plain, "fits": fits})


def style_blocks(style):
    teams = [{"slug": slug, "name": {"ko": f"{slug}팀"}} for slug in ("ga", "na")]
    strengths = {
        "teams": [a_team(slug, None, "0.00", None) | {"both_bad": "0"} for slug in ("ga", "na")], "style": style, "people": 5,
    }  # fmt: skip
    return blocks({"sections": {"strengths": strengths}}, {"teams": teams})


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [
        (("0.10", "1.10", "2.00"), "긴 답이 더 자주 뽑혔습니다. 다른 것이 같다면 두 배 긴 답이 100번 가운데 75번 뽑힙니다(비긴 것은 뺌, 95% 구간 52 ~ 88번)"),
        (("-2.00", "-1.10", "-0.10"), "짧은 답이 더 자주 뽑혔습니다. 다른 것이 같다면 두 배 긴 답이 100번 가운데 25번 뽑힙니다(비긴 것은 뺌, 95% 구간 12 ~ 48번)"),
        (("-0.10", "0.00", "0.10"), "길이가 선택을 움직였는지는 이 투표로 말할 수 없습니다. 다른 것이 같다면 두 배 긴 답이 100번 가운데 50번 뽑힙니다"),
        (("-900.00", "40.00", "900.00"), "길이가 선택을 움직였는지는 이 투표로 말할 수 없습니다. 다른 것이 같다면 두 배 긴 답이 100번 가운데 100번 뽑힙니다(비긴 것은 뺌, 95% 구간 0 ~ 100번)"),
    ],
    ids=["long", "short", "unsure", "runaway"],
)  # fmt: skip
def test_whether_long_answers_were_chosen_more_often_is_said_in_so_many_of_a_hundred(effect, verdict):
    (block,) = length_of(effect)

    assert block.sentences[0].startswith(verdict)
    assert block.sentences[1] == "같은 길이로 쓴다고 보아도 팀들의 순서는 그대로입니다."
    assert (block.key, block.kind, len(block.notes)) == ("length", "twins", 1)
    assert block.chart.table.rows == (
        ("ga팀", "0.10 (-0.20 ~ 0.40)", "-0.20 (-0.50 ~ 0.10)", "1–2", "1–2"),
        ("na팀", "-0.10 (-0.40 ~ 0.20)", "0.20 (-0.10 ~ 0.50)", "2", "1–2"),
    )


def test_teams_that_change_places_are_named_and_votes_left_out_are_counted():
    (block,) = length_of(("0.10", "1.10", "2.00"), swapped=[["ga", "na"]], without_text=1234)

    assert block.sentences[1].startswith("같은 길이로 쓴다고 보면 순서가 바뀌는 팀: ga팀 ↔ na팀.")
    assert block.notes[1] == "글이 없는 답에 대한 비교 1,234건은 두 값 모두에서 뺐습니다."


def test_votes_that_would_turn_the_order_at_equal_length_are_told():
    flips = [{"above": "na", "below": "ga", "votes": 1234, "of": 9000}]
    (block,) = length_of(("0.10", "1.10", "2.00"), flips=flips)

    assert block.sentences[-1] == "같은 길이일 때의 순서도, 아래 표만큼의 투표가 반대였다면 바뀝니다."
    assert block.table.rows == (("na팀, ga팀", "1,234"),)
    assert length_of(("0.10", "1.10", "2.00"), flips=[flips[0] | {"votes": None}])[0].table is None


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("no_texts", "비교된 답의 글이 이 누리집에 없어 길이를 헤아릴 수 없습니다."),
        ("no_estimate", "서로 견줄 수 없는 팀이 있거나, 한쪽이 모두 이겼거나, 두 팀이 늘 같은 쪽에 놓여 유한한 추정값이 없습니다."),
    ],
)  # fmt: skip
def test_where_nothing_is_known_of_style_it_is_said_why(code, why):
    (block,) = style_blocks({"votes": 0, "without_text": 9, "absent": code})

    assert (block.sentences, block.kind, block.chart) == ((why,), "", None)


def test_a_length_that_cannot_be_told_from_the_team_is_said_to_be():
    marks = {"with": ["length", "bold"], "absent": "style_is_team"}
    drawn = length_of(("0.10", "1.10", "2.00"), marks=marks, absent="same_style")

    assert [(block.key, block.sentences) for block in drawn] == [
        ("length", ("비교된 두 답의 길이가 늘 같아 길이가 선택을 움직였는지 알 수 없습니다.",)),
        ("marks", ("팀마다 답의 모양이 늘 같거나 한 질문에서만 달라, 뽑힌 까닭이 모양인지 실력인지 가를 수 없습니다.",)),
    ]  # fmt: skip


def test_an_effect_without_an_interval_is_not_drawn():
    no_length = length_of((None, "1.10", None), marks={"effects": [an_interval(None, "1", None, measure="bold")]})

    assert [(block.key, block.kind) for block in no_length] == [("length", "")]


@pytest.mark.parametrize(
    ("bold", "said"),
    [
        (("0.10", "0.50", "0.90"), "다른 것이 모두 같을 때에도 선택을 움직인 것으로 보이는 것: 굵은 글씨."),
        (("-0.10", "0.50", "0.90"), "따로 떼어 놓고 보면 어느 하나가 선택을 움직였다고 말할 수 없습니다."),
    ],
)
def test_every_measure_of_style_has_its_effect(bold, said):
    effects = [an_interval("-0.50", "0.20", "0.70", measure="length"), an_interval(*bold, measure="bold")]
    _length, block = length_of(("0.10", "1.10", "2.00"), marks={"with": ["length", "bold"], "effects": effects})

    assert block.sentences[0] == said
    assert [row.place.label for row in block.chart.rows] == ["길이", "굵은 글씨"]


def test_estimates_from_before_style_was_measured_are_shown_as_they_were():
    drawn, sections = of_votes([*RING, (0, 2, 0), (2, 0, 1)], 4)
    config = scoring.config(scoring.given("all", 10), teams=4)
    assert drawn["length"].sentences == ("비교된 답의 글이 이 누리집에 없어 길이를 헤아릴 수 없습니다.",)

    del sections["strengths"]["style"]

    assert [block.key for block in blocks({"sections": {"strengths": sections["strengths"]}}, config)] == ["strengths"]


def test_what_was_assumed_and_what_was_counted_of_comparisons_is_said_to_the_office():
    """Estimates from before version 7 assumed the share of ties too, and are shown as they were."""
    found = {"all": 600, "a_pair": 100, "share": "0.8012"}
    counted = {"ties": "0.7000", "variance_factor": "2.3000"}
    old, new = (
        blocks({"sections": {"power": {"panels": [], "comparisons": one}}}, {"teams": []}, office=True)
        for one in (found, found | counted)
    )

    assert [block.sentences for block in (*old, *new)] == [
        ("비교: 두 팀마다 100건으로는 승률 80%와 50%를 가를 수 있습니다.",)
    ] * 2
    assert old[0].notes == new[0].notes[:1]
    assert new[0].notes[1:] == (
        "비긴 것은 센 대로 70%이고, 한 사람의 여러 답이 함께 움직이는 몫은 2.3배로 보았습니다.",
    )


# --- Was it blind?


def blinding_of(answers, readers=None, *, office=False, teams=3):
    """The blocks of a stage about which nothing is known but who recognised whom, by key."""
    config = scoring.config(scoring.given("all", 10), teams=teams)
    rules = Rules.from_config(config)
    nobody = people_from(rules.slugs, rules.questions, [], [], {})
    told = estimate(
        rules, Evidence(), count(rules, Evidence()), nobody, Blinding(answers, readers=readers or {}), seed=1
    )
    return {
        block.key: block
        for block in blocks({"sections": {"blinding": told["sections"]["blinding"]}}, config, office=office)
    }


def experts(*words, team="ga"):
    """One answer each, as "recognised guess"."""
    return [Answer(f"p{number}", team, *word.split()) for number, word in enumerate(words)]


def test_how_many_recognised_and_how_many_guessed_right_is_told_to_everybody():
    found = blinding_of(experts("yes ga", "yes ga", "maybe ga", "maybe ga", "yes ga", "no"), {(5, 0): 30, (5, 1): 10})
    kept, guessed = found["blinding"], found["guesses"]

    assert kept.sentences[:2] == (
        "평가위원 6명의 평가표 6장 가운데 3장에서 누구의 모델인지 알아보았다고, 2장에서 짐작이 갔다고 했습니다.",
        "국민 40명이 읽은 답변 200개 가운데 10개에서 어느 모델인지 알아보았다고 했습니다. 하나라도 알아보았다고 한 사람은 10명입니다.",
    )
    assert kept.chart.table.rows == (
        ("평가위원단", "83.3", "43.6", "97.0"), ("국민 평가단", "5.0", "2.7", "9.0"),
    )  # fmt: skip
    assert guessed.sentences[0] == (
        "어느 팀이라고 짐작한 평가표 5장 가운데 5장이 맞았습니다. 아무렇게나 짚어도 1.7장쯤은 맞습니다."
    )
    assert guessed.sentences[1].startswith("우연이라고 보기에는 많이 맞았습니다.")
    assert guessed.chart.table.rows == (("맞은 짐작", "5"), ("아무렇게나 짚었다면", "1.7"))
    assert "given-away" not in found


def test_as_many_right_guesses_as_by_chance_are_not_called_many():
    found = blinding_of(experts("yes ga", "yes ga", "maybe na", "maybe na", "yes da"))

    assert found["guesses"].sentences[1] == "우연히 맞은 것과 가를 수 없습니다."


@pytest.mark.parametrize("number", [1, 4])
def test_of_fewer_than_five_people_only_the_office_reads_a_number(number):
    answers, readers = experts(*["yes ga"] * number), {(5, 1): number}
    (kept,) = blinding_of(answers, readers).values()

    assert kept.sentences == (
        "답한 평가위원이 다섯 명보다 적어 몇 명이 알아보았는지 밝히지 않습니다.",
        "답한 국민이 다섯 명보다 적어 몇 명이 알아보았는지 밝히지 않습니다.",
    )
    assert (kept.chart, kept.table, kept.notes) == (None, None, ())
    office = blinding_of(answers, readers, office=True)
    assert office["blinding"].sentences[0].startswith(f"평가위원 {number}명의 평가표 {number}장 가운데 {number}장에서")
    assert set(office) == {"blinding", "guesses", "given-away"}


def test_where_fewer_than_five_experts_named_a_team_it_is_not_told_how_many_were_right():
    answers = experts("yes ga", "yes na", "maybe ga", "maybe ga", "no", "no")
    guessed = blinding_of(answers)["guesses"]

    assert (guessed.chart, guessed.notes) == (None, ())
    assert not any(sign.isdigit() for sentence in guessed.sentences for sign in sentence)
    assert "4장 가운데 3장이 맞았습니다" in blinding_of(answers, office=True)["guesses"].sentences[0]


def test_where_nobody_named_a_team_it_is_said():
    assert blinding_of(experts(*["no"] * 5))["guesses"].sentences == ("어느 팀이라고 짐작한 평가표가 없습니다.",)
    assert set(blinding_of(experts(*["yes ga"] * 5), teams=1)) == {"blinding"}


def test_which_model_gave_itself_away_is_told_to_the_office():
    answers = [*experts("yes ga", "yes ga", "yes na", "no"), *experts("no", "no", "no", "maybe ga", team="na")]
    block = blinding_of(answers, office=True)["given-away"]
    named = [row[0] for row in block.table.rows]

    assert [row[1:] for row in block.table.rows] == [("4", "3", "2", "0.38"), ("4", "1", "0", "-0.13")]
    assert [row[:2] for row in block.chart.table.rows] == list(zip(named, ("0.38", "-0.13"), strict=True))
    assert all(block.key != "given-away" for block in blinding_of(answers).values())


def test_where_nobody_was_asked_it_is_said():
    found = blocks({"sections": {"blinding": {"absent": "not_asked", "detail": ""}}}, {"teams": []})

    assert [(block.key, block.sentences, block.chart) for block in found] == [
        ("blinding", ("알아보았는지를 묻지 않고 모은 자료라서 가림이 지켜졌는지 알 수 없습니다.",), None)
    ]
