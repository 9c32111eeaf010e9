"""All estimates of one stage together: what each section tells, what it says where it cannot tell, and that it can be told again."""

import csv
import json
import tomllib
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from evaluations.scoring import Choices, Evidence, Measurement, Rules, count
from evaluations.scoring.averages import trimmed_mean
from evaluations.scoring.canonical import canonical_bytes
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.estimates import estimate
from evaluations.scoring.estimates_citizens import citizens_sections
from evaluations.scoring.estimates_order import (
    DRAWS,
    _Panel,
    _part_draws,
    _people_again,
    _points_by_rank,
)
from evaluations.scoring.intervals import generator
from evaluations.scoring.pairwise_ranks import pairwise_ranks
from evaluations.scoring.people import people_from
from evaluations.scoring.ranking import points_by_rank, ranks
from evaluations.scoring.shown import shown
from evaluations.scoring.stability import draw_panels, expanded_level, visible_share
from evaluations.scoring.style import Style, style_of
from evaluations.scoring.tallies import CHOICES, SKIP
from tests.factories import scoring
from tests.factories.scoring import NAMES, experts, named
from tests.factories.scoring import config as scoring_config

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "stage-2"
TRAITS = ("age", "ai_use", "region", "sex")


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((EXAMPLE / name).read_text(encoding="utf-8").splitlines(keepends=True)))


@pytest.fixture(scope="module")
def stage():
    """Rules, evidence, result and people of the second example, read without a database."""
    config = json.loads(json.dumps(tomllib.loads((EXAMPLE / "stage.toml").read_text(encoding="utf-8")), default=str))
    for unknown in ("schema", "programme", "name", "sample", "time_zone", "note", "timetable", "objection", "rounds"):
        config.pop(unknown, None)
    rules = Rules.from_config(config)
    sheets: dict = {}
    for row in rows("sheets.csv"):
        mark = None if row["mark"] == "cannot_judge" else int(row["mark"])
        sheets.setdefault((row["panelist"], row["team"]), {})[row["criterion"]] = mark
    ratings: dict = {}
    comparisons: dict = {}
    compared, rated, strata = [], [], {}
    for row in rows("ratings.csv"):
        counts = ratings.setdefault((row["team"], row["question"]), [0] * 5)
        counts[int(row["rating"]) - 1] += 1
        strata[row["citizen"]] = ";".join(f"{trait}={row[trait]}" for trait in TRAITS)
        place = rules.questions.index(row["question"])
        rated.append((row["citizen"], rules.slugs.index(row["team"]), place, int(row["rating"])))
    for row in rows("comparisons.csv"):
        counts = comparisons.setdefault((row["team_a"], row["team_b"]), dict.fromkeys(CHOICES, 0))
        counts[row["choice"]] += 1
        strata[row["citizen"]] = ";".join(f"{trait}={row[trait]}" for trait in TRAITS)
        sides = (rules.slugs.index(row["team_a"]), rules.slugs.index(row["team_b"]))
        compared.append((row["citizen"], row["prompt"], *sides, CHOICES.index(row["choice"])))
    evidence = Evidence.from_json(
        {
            "measurements": [
                {"team": row["team"], "item": row["item"], "score": row["score"], "source": ""} for row in rows("benchmarks.csv")
            ],
            "sheets": [{"panelist": panelist, "team": team, "marks": marks} for (panelist, team), marks in sheets.items()],
            "voids": [], "findings": [], "recognitions": [], "decisions": [],
            "ratings": [{"team": team, "question": question, "counts": n} for (team, question), n in ratings.items()],
            "comparisons": [{"left": left, "right": right, **n} for (left, right), n in comparisons.items()],
        }
    )  # fmt: skip
    people = people_from(rules.slugs, rules.questions, compared, rated, strata, styles())
    return rules, evidence, count(rules, evidence), people


def styles() -> dict[tuple[str, str], list[Style]]:
    found: dict[tuple[str, str], list[Style]] = {}
    for row in rows("answers.csv"):
        found.setdefault((row["prompt"], row["team"]), []).append(style_of(row["text"]))
    return found


@pytest.fixture(scope="module")
def told(stage):
    return estimate(*stage, seed=7)


def test_every_section_is_told(told):
    assert sorted(told["sections"]) == [
        "agreement.expert", "blinding", "leave_one_out", "order", "patterns", "population", "power", "rasch.expert", "severity.expert",
        "stars", "strengths", "weights",
    ]  # fmt: skip
    assert [name for name, section in told["sections"].items() if "absent" in section] == [
        "blinding"
    ]  # files do not say who was recognised
    assert (told["seed"], told["estimates_version"]) == (7, "10")


def test_the_same_seed_gives_the_same_bytes_and_no_float_is_in_them(stage, told):
    assert canonical_bytes(estimate(*stage, seed=7)) == canonical_bytes(told)
    assert canonical_bytes(estimate(*stage, seed=8)) != canonical_bytes(told)


def test_chances_are_chances(stage, told):
    rules = stage[0]
    order = told["sections"]["order"]
    ranks = [[float(chance) for chance in team["ranks"]] for team in order["teams"]]

    assert [sum(row) for row in ranks] == pytest.approx([1] * 4, abs=1e-3)
    assert [sum(column) for column in zip(*ranks, strict=True)] == pytest.approx([1] * 4, abs=1e-3)
    assert sum(float(chance) for chance in order["line"]["advances"].values()) == pytest.approx(
        rules.advance.quota, abs=1e-3
    )
    assert all(float(team["low"]) <= float(team["total"]) <= float(team["high"]) for team in order["teams"])
    assert order["resampled"] == {"benchmark": "", "expert": "panel", "user": "people"}


def test_the_centre_of_the_resamples_is_the_official_total(stage, told):
    """The draws use the rules of the count: without noise they would be the count."""
    for team, found in zip(stage[2].teams, told["sections"]["order"]["teams"], strict=True):
        assert float(found["total"]) == pytest.approx(float(team.total.value), abs=1e-4)
        assert (float(found["low"]) + float(found["high"])) / 2 == pytest.approx(float(team.total.value), abs=0.6)


def test_points_by_rank_are_shared_in_a_resample_as_they_are_in_the_count():
    values, table = np.array([[3.0, 4.0, 3.0], [2.0, 2.0, 2.0], [1.0, np.nan, 2.0]]), [10, 6, 3]
    scored = [{team: Fraction(value) for team, value in zip("abc", row, strict=True)} for row in values[:2].tolist()]
    counted = [points_by_rank(ranks(one), [Fraction(points) for points in table]) for one in scored]

    found = _points_by_rank(values, np.array(table, np.float64))
    assert found[:2].tolist() == [[float(points) for points in one.values()] for one in counted]
    assert np.isnan(found[2]).all()
    turned = _points_by_rank(values[:, ::-1], np.array(table, np.float64))
    assert turned[:2].tolist() == found[:2, ::-1].tolist()


def test_a_criterion_that_is_trimmed_by_itself_is_so_in_every_resample():
    """Against the rule of the count, draw by draw: a panelist drawn twice gives two marks, of which one may leave."""
    name = {"name": {"ko": "이름"}}
    config = {
        "slug": "trimmed",
        "teams": [{"slug": slug, **name} for slug in ("a", "b")],
        "advance": {"by": "points", "quota": 1, "line_ties": "committee"},
        "parts": [{
            "key": "expert", "kind": "experts", "points": 100, "aggregate": "trimmed_criteria", **name,
            "criteria": [{"key": "one", "points": 60, **name}, {"key": "other", "points": 40, **name}],
        }],
    }  # fmt: skip
    marks = {"a": [(60, 0), (50, 40), (0, 30), (40, 20), (45, 10)], "b": [(10, 40), (20, 0), (60, 5), (30, 7), (5, 9)]}
    sheets = {
        (f"{number}", team): {"one": one, "other": other}
        for team, given in marks.items()
        for number, (one, other) in enumerate(given)
    }
    rules, evidence = Rules.from_config(config), Evidence(sheets=sheets)
    result, nobody = count(rules, evidence), people_from(rules.slugs, (), [], [], {})

    (part,) = rules.parts
    rng = np.random.default_rng(5)
    panel = _Panel.drawn(rules, result, rng)
    drawn = _part_draws(rules, evidence, result, nobody, part, panel, rng).points
    times = draw_panels(5, DRAWS, np.random.default_rng(5)).astype(int)
    slow = [
        [sum(trimmed_mean(Fraction(mark) for mark in column) for column in zip(*np.repeat(given, row, axis=0).tolist(), strict=True))
         for given in marks.values()]
        for row in times[:200]
    ]  # fmt: skip
    assert drawn[:200] == pytest.approx(np.array(slow, np.float64))
    assert [float(team.total.value) for team in result.teams] == [65.0, 27.0]


def two_parts(marks, aggregate="mean"):
    """Rules, evidence and result of two teams marked in two parts of one criterion each: team → (one, other) by panelist."""
    parts = [experts(named(f"c{key}", points=20), key=key, aggregate=aggregate) for key in "xy"]
    config = scoring_config(*parts, teams=tuple(marks), advance={"by": "points", "quota": 1, "line_ties": "committee"})
    sheets = {
        (f"p{number}", team): {"cx": one, "cy": other}
        for team, rows in marks.items()
        for number, (one, other) in enumerate(rows)
    }
    rules, evidence = Rules.from_config(config), Evidence(sheets=sheets)
    return rules, evidence, count(rules, evidence), people_from(rules.slugs, (), [], [], {})


def test_a_panel_drawn_again_is_the_same_in_every_part():
    """All five give `a` 20 and `b` 19 in all, however far they are apart in each part: no panel of them changes the order."""
    a = [(20, 0), (0, 20), (15, 5), (6, 14), (10, 10)]
    b = [(1, 18), (18, 1), (4, 15), (12, 7), (9, 10)]
    order = estimate(*two_parts({"a": a, "b": b}), seed=1)["sections"]["order"]

    assert (order["line"]["same"], order["line"]["advances"]) == ("1.0000", {"a": "1.0000", "b": "0.0000"})
    assert [(team["best"], team["worst"], team["low"], team["high"]) for team in order["teams"]] == [
        (1, 1, "20.0000", "20.0000"), (2, 2, "19.0000", "19.0000"),
    ]  # fmt: skip


@pytest.mark.parametrize("aggregate", ["mean", "drop_high_low", "trimmed_criteria"])
def test_parts_marked_alike_are_drawn_alike(aggregate):
    marks = {team: [(mark, mark) for mark in given] for team, given in (("a", (3, 9, 14, 20)), ("b", (7, 1, 2, 11)))}
    rules, evidence, result, nobody = two_parts(marks, aggregate)
    rng = np.random.default_rng(5)
    panel = _Panel.drawn(rules, result, rng)

    again = _people_again(rules, nobody, rng)
    one, other = (_part_draws(rules, evidence, result, nobody, part, panel, again).points for part in rules.parts)
    assert (one == other).all()
    assert len(np.unique(one)) > 10
    assert panel.of(("p2", "p0")).tolist() == panel.times[:, [2, 0]].tolist()


def test_ten_panelists_drawn_again_are_read_further_out_than_the_middle_95(told):
    order = told["sections"]["order"]

    assert order["percentiles"] == shown(expanded_level(10))


def test_ranks_are_told_apart_where_two_totals_are(stage, told):
    """From the draws of all parts: a difference against its error, with as many degrees as the smallest that was drawn again lets it."""
    rules, evidence, result, people = stage
    rng = generator(7)
    panel = _Panel.drawn(rules, result, rng)
    again = _people_again(rules, people, rng)
    drawn = sum(_part_draws(rules, evidence, result, people, part, panel, again).points for part in rules.parts)
    exact = np.array([float(team.total.value) for team in result.teams])

    ranges = pairwise_ranks(exact, np.cov(drawn.T) * 10 / 9, 9)

    order = told["sections"]["order"]
    assert (order["version"], order["method"]) == ("6", "bootstrap/panel+people/expanded-percentile+pairwise-ranks")
    assert [(one["best"], one["worst"]) for one in order["teams"]] == [(one.best, one.worst) for one in ranges]
    assert any(one.best < one.worst for one in ranges)
    for teams, key in ((order["teams"], "total"), (told["sections"]["strengths"]["teams"], "value")):
        now = {
            team["team"]: place for place, team in enumerate(sorted(teams, key=lambda one: -float(one[key])), start=1)
        }
        assert all(team["best"] <= now[team["team"]] <= team["worst"] for team in teams)


def judged_by(seats):
    """The order of two teams of 20 points for marks by (panelist, team)."""
    part = experts(named("c", points=20))
    rules = Rules.from_config(scoring_config(part, teams=("a", "b")))
    evidence = Evidence(sheets={seat: {"c": mark} for seat, mark in seats.items()})
    people = people_from(rules.slugs, (), [], [], {})
    return estimate(rules, evidence, count(rules, evidence), people, seed=1)["sections"]["order"]


def test_a_team_that_few_judged_is_known_as_by_a_panel_of_those_few():
    """Of twelve panelists three judged each team: Student's t about its total, with the two degrees of three sheets."""
    marks = {(f"p{who:02}", team): mark for team, given in (("a", (9, 12, 15)), ("b", (10, 11, 18)))
             for who, mark in enumerate(given, start=6 * (team == "b"))}  # fmt: skip
    spare = {(f"p{who:02}", "a"): 12 for who in (3, 4, 5, 9, 10, 11)}
    order = judged_by(marks | spare)

    assert (order["method"], order["percentiles"]) == ("bootstrap/panel+people/t+pairwise-ranks", None)
    (_, b) = order["teams"]
    # Draws in which b has one sheet or none vary more than those of exactly three would.
    half = t_quantile(0.975, 2) * np.std([10, 11, 18], ddof=1) / 3**0.5
    assert (b["total"], b["high"]) == ("13.0000", "20.0000")
    assert 0 <= float(b["low"]) < 13 - half


def test_one_sheet_of_a_team_says_nothing_of_how_panels_vary():
    everybody = {(f"p{who}", "a"): 5 + who for who in range(9)}

    assert judged_by(everybody | {("p0", "b"): 7})["absent"] == "too_few_sheets"
    assert "absent" not in judged_by(everybody | {("p0", "b"): 7, ("p1", "b"): 9})


def test_one_mark_of_a_criterion_that_is_trimmed_by_itself_says_nothing_either():
    """Five sheets of each team, and one criterion of `b` that all but one of them could not judge."""

    def order(judges):
        part = experts(named("x", points=10), named("y", points=10), aggregate="trimmed_criteria")
        rules = Rules.from_config(scoring_config(part, teams=("a", "b")))
        sheets = {
            (f"p{who}", team): {"x": 2 + who, "y": 9 - who if team == "a" or who < judges else None}
            for who in range(5)
            for team in ("a", "b")
        }
        evidence, nobody = Evidence(sheets=sheets), people_from(rules.slugs, (), [], [], {})
        return estimate(rules, evidence, count(rules, evidence), nobody, seed=1)["sections"]["order"]

    assert order(1)["absent"] == "too_few_sheets"
    assert order(2)["teams"][1]["high"] == shown(20)  # one degree of Student's t
    assert order(5)["teams"][1]["high"] < shown(20)


def asked(rated=(), compared=(), *, teams=2, questions=("helpful",), prior="0"):
    """The order of a stage that citizens alone decide, by their stars (person, team, question, stars), or by their choices (person, left,
    right, choice)."""
    if rated:
        item = {"rule": "share_of_scale", "source": "ratings", "prior": prior, "questions": list(questions)}
    else:
        item = {"rule": "expected_win_share", "source": "comparisons"}
    part = scoring.users(named("u", points=100, **item))
    rules = Rules.from_config(scoring_config(part, teams=teams, users=scoring.asking(*questions)))
    stars: dict = {}
    for _who, team, question, star in rated:
        stars.setdefault((rules.slugs[team], rules.questions[question]), [0] * 5)[star - 1] += 1
    choices: dict = {}
    for _who, left, right, choice in compared:
        choices.setdefault((rules.slugs[left], rules.slugs[right]), [0] * 5)[choice] += 1
    evidence = Evidence(
        ratings={key: tuple(counts) for key, counts in stars.items()},
        comparisons={key: Choices(*counts) for key, counts in choices.items()},
    )
    votes = [(who, f"p{left}{right}", left, right, choice) for who, left, right, choice in compared]
    people = people_from(rules.slugs, rules.questions, votes, rated, {row[0]: "" for row in (*rated, *compared)})
    return estimate(rules, evidence, count(rules, evidence), people, seed=1)["sections"]["order"]


def stars_of(people, teams=2, questions=1):
    """Stars of so many people, different ones, for every team on every question."""
    return [(f"h{who}", team, question, 1 + (who * (team + 2) + question) % 5)
            for who in range(people) for team in range(teams) for question in range(questions)]  # fmt: skip


@pytest.mark.parametrize("prior", ["0", "15"])
@pytest.mark.parametrize("few", [1, 2])
@pytest.mark.parametrize("where", ["all teams", "one team", "one question about one team"])
def test_what_one_or_two_citizens_said_is_not_told_as_certain(prior, few, where):
    """Two often give the same star, and then it is as if there were no doubt."""
    questions = ("helpful", "clear") if where == "one question about one team" else ("helpful",)
    thin = {"all teams": ((0, 0), (1, 0)), "one team": ((1, 0),), "one question about one team": ((1, 1),)}[where]
    rated = [row for row in stars_of(10, questions=len(questions)) if row[1:3] not in thin or int(row[0][1:]) < few]

    assert asked(rated, prior=prior, questions=questions) == {"absent": "too_few_people", "detail": ""}


def test_points_that_were_given_to_the_citizens_part_do_not_vary_with_them():
    part = scoring.users(named("u", points=10, rule="given"))
    rules = Rules.from_config(scoring_config(part, users=scoring.asking("helpful")))
    evidence = Evidence({(team, "u"): Measurement(Fraction(points)) for team, points in zip(rules.slugs, (5, 7), strict=True)})  # fmt: skip
    people = people_from(rules.slugs, rules.questions, [], stars_of(3), {f"h{who}": "" for who in range(3)})
    order = estimate(rules, evidence, count(rules, evidence), people, seed=1)["sections"]["order"]

    assert order["resampled"] == {"user": ""}
    assert [(one["low"], one["high"]) for one in order["teams"]] == [("5.0000", "5.0000"), ("7.0000", "7.0000")]


def test_three_citizens_are_as_few_as_can_be_told():
    order = asked([("h1", 0, 0, 2), ("h1", 1, 0, 3), ("h2", 0, 0, 3), ("h2", 1, 0, 5), ("h3", 0, 0, 4), ("h3", 1, 0, 1)])  # fmt: skip

    assert (order["method"], order["percentiles"]) == ("bootstrap/panel+people/t+pairwise-ranks", None)
    half = t_quantile(0.975, 2) * 25 / 3**0.5
    assert float(order["teams"][0]["low"]) == pytest.approx(max(0, 50 - half), abs=2)
    assert [(one["best"], one["worst"]) for one in order["teams"]] == [(1, 2)] * 2


def test_few_citizens_of_a_team_have_the_degrees_of_those_few():
    """Of thirty, five rated the second team on one question: what one half of its points rests on."""
    rated = [row for row in stars_of(30, questions=2) if row[1:3] != (1, 1) or int(row[0][1:]) < 5]
    few, all_of_them = asked(rated, questions=("helpful", "clear")), asked(stars_of(30, questions=2), questions=("helpful", "clear"))  # fmt: skip

    assert few["percentiles"] is None
    assert all_of_them["percentiles"] == shown(expanded_level(30))
    own = np.array([row[3] for row in rated if row[1:3] == (1, 1)])
    least = t_quantile(0.975, 4) * np.std(own, ddof=1) / 5**0.5 * 100 / 4 / 2
    assert float(few["teams"][1]["high"]) - float(few["teams"][1]["low"]) > 2 * least


def test_two_teams_that_two_citizens_compared_are_not_told_apart_as_certain():
    pairs = [(a, b) for a in range(3) for b in range(3) if a != b]
    votes = [(f"h{who}", a, b, (who + a) % 4) for who in range(12) for a, b in pairs]
    without = [vote for vote in votes if {1, 2} != {*vote[1:3]}]
    skipped = [(f"h{who}", 1, 2, SKIP) for who in range(12)]

    def few(number):
        return asked(compared=without + skipped + [(f"h{n}", 1 + n % 2, 2 - n % 2, n) for n in range(number)], teams=3)

    assert asked(compared=votes, teams=3)["percentiles"] == shown(expanded_level(12))
    assert few(1)["absent"] == few(2)["absent"] == "too_few_people"
    assert few(3)["percentiles"] is None
    assert float(few(3)["teams"][1]["high"]) - float(few(3)["teams"][1]["low"]) > 50


def test_where_most_draws_leave_a_team_without_a_citizen_people_are_said_to_be_too_few():
    """Three, others each time, for each of four questions about each of five teams: all three of some are out of most draws."""
    cells = [(team, question) for team in range(5) for question in range(4)]
    rated = [(f"h{number}-{who}", *cell, 1 + who) for number, cell in enumerate(cells) for who in range(3)]

    assert asked(rated, teams=5, questions=("a", "b", "c", "d"))["absent"] == "too_few_people"
    assert "absent" not in asked([row for row in rated if row[2] == 0], teams=5, questions=("a",))


def test_people_drawn_again_are_the_same_in_every_part():
    """Two items of one part, and a part for each: the same people, and so the same draws of the total."""
    item = {"points": 50, "rule": "share_of_scale", "source": "ratings", "prior": "0"}
    items = [named(key, **item, questions=[key]) for key in ("helpful", "clear")]
    rated = [(f"h{who}", team, question, 1 + (who + team) % 5) for who in range(40) for team in (0, 1) for question in (0, 1)]  # fmt: skip
    stars: dict = {}
    for _who, team, question, rating in rated:
        stars.setdefault((NAMES[team], ("helpful", "clear")[question]), [0] * 5)[rating - 1] += 1
    evidence = Evidence(ratings={key: tuple(counts) for key, counts in stars.items()})

    def order(*parts):
        rules = Rules.from_config(scoring_config(*parts, users=scoring.asking("helpful", "clear")))
        people = people_from(rules.slugs, rules.questions, [], rated, {f"h{who}": "" for who in range(40)})
        return estimate(rules, evidence, count(rules, evidence), people, seed=1)["sections"]["order"]["teams"]

    apart = [scoring.users(one, key=f"user{number}") for number, one in enumerate(items)]
    assert order(scoring.users(*items)) == order(*apart)


def test_a_stage_of_many_small_parts_has_all_its_estimates():
    """Weights near nothing, and twenty of them: evenly drawn ones that fit are found by no chance."""
    for points in ([1000, *[1] * 15], [1] * 20):
        parts = [scoring.given(f"g{number}", full) for number, full in enumerate(points)]
        rules = Rules.from_config(
            scoring_config(*parts, teams=3, advance={"by": "points", "quota": 1, "line_ties": "all"})
        )
        given = {(team, part["key"]): Measurement(Fraction(part["points"], 1 + place)) for place, team in enumerate(rules.slugs) for part in parts}  # fmt: skip
        evidence, nobody = Evidence(given), people_from(rules.slugs, (), [], [], {})

        weights = estimate(rules, evidence, count(rules, evidence), nobody, seed=1)["sections"]["weights"]

        assert weights["teams"][0] == {"team": "ga", "advances": "1.0000", "first": "1.0000"}


def test_where_nothing_is_drawn_again_every_total_has_its_rank():
    config = scoring.config(scoring.given("all", 10), teams=3)
    rules = Rules.from_config(config)
    given = zip(rules.slugs, (5, 7, 7), strict=True)
    evidence = Evidence({(team, "all"): Measurement(Fraction(points)) for team, points in given})
    nobody = people_from(rules.slugs, rules.questions, [], [], {})
    order = estimate(rules, evidence, count(rules, evidence), nobody, seed=1)["sections"]["order"]

    assert [(one["best"], one["worst"]) for one in order["teams"]] == [(3, 3), (1, 2), (1, 2)]


def test_strengths_reach_as_far_as_the_fewer_of_people_and_prompts_lets_them(stage, told):
    strengths, votes = told["sections"]["strengths"], stage[3].votes
    fewer = min(len(np.unique(votes.person)), len(np.unique(votes.prompt)))

    assert (strengths["clusters"], strengths["degrees"]) == ("person+prompt", fewer - 1)
    for team in strengths["teams"]:
        half = (float(team["high"]) - float(team["low"])) / 2
        assert half == pytest.approx(t_quantile(0.975, fewer - 1) * float(team["se"]), abs=3e-4)


def test_stars_reach_as_far_as_the_people_who_gave_them_let_them(stage, told):
    stars = stage[3].stars
    for place, question in enumerate(told["sections"]["stars"]["questions"]):
        own = stars.question == place
        shared = [
            person for person in set(stars.person[own]) if len(set(stars.team[own & (stars.person == person)])) > 1
        ]
        for team, found in enumerate(question["teams"]):
            alone = len(set(stars.person[own & (stars.team == team)]))
            for one, people in ((found["mean"], alone), (found["fair"], len(shared))):
                half = (float(one["high"]) - float(one["low"])) / 2
                assert half == pytest.approx(t_quantile(0.975, people - 1) * float(one["se"]), abs=3e-4)


def test_the_stars_of_one_person_have_no_interval(stage):
    rules, evidence, result, _ = stage
    people = people_from(rules.slugs, rules.questions, [], [("h1", team, 0, 4) for team in range(4)], {"h1": ""})

    stars = estimate(rules, evidence, result, people, seed=1)["sections"]["stars"]

    assert {
        (one["mean"]["value"], one["mean"]["low"], one["fair"]["low"]) for one in stars["questions"][0]["teams"]
    } == {("4.0000", None, None)}


def test_a_question_that_nobody_connects_leaves_the_others_as_they_are(stage):
    """Nobody rated two teams on the second question, and a team has no star on the third: of both only plain means are told."""
    rules = replace(stage[0], questions=("q1", "q2", "q3"))
    rated = [(f"h{who}", team, 0, 1 + (who + team) % 5) for who in range(8) for team in range(4)]
    apart = [(f"h{who}", who % 4, 1, 1 + who % 5) for who in range(8)]
    without = [(f"h{who}", team, 2, 1 + who % 5) for who in range(8) for team in range(3)]

    def stars(given):
        people = people_from(rules.slugs, rules.questions, [], given, {f"h{who}": "" for who in range(8)})
        return citizens_sections(rules, people)["stars"]()

    found, alone = stars(rated + apart + without), stars(rated)

    assert (found["unconnected"], alone["unconnected"]) == (["q2", "q3"], [])
    assert found["questions"][0] == alone["questions"][0]
    assert [[one["fair"] is None for one in question["teams"]] for question in found["questions"]] == [[False] * 4, [True] * 4, [True] * 4]  # fmt: skip
    assert all(one["mean"]["low"] is not None for one in found["questions"][1]["teams"])


def test_severities_reach_as_far_as_the_degrees_of_the_model_let_them(told):
    """Ten panelists and four teams, all cells filled: 40 − 10 − 4 + 1 degrees."""
    severity = told["sections"]["severity.expert"]

    assert severity["degrees"] == severity["marks"] - len(severity["panelists"]) - len(severity["teams"]) + 1
    assert severity["reach"] == shown(t_quantile(0.975, severity["degrees"]))


def test_agreement_has_an_interval_or_says_why_not(told):
    agreement = told["sections"]["agreement.expert"]

    assert agreement["version"] == "6"
    for one in (*agreement["criteria"], agreement["total"]):
        assert (one["low"] is None) is (one["no_interval"] is not None or one["undefined"] is not None)


def test_one_prompt_leaves_people_alone_as_clusters(stage):
    rules, evidence, result, _ = stage
    votes = [(f"h{n % 7}", "p1", n % 4, (n + 1 + n // 4 % 3) % 4, n % 3) for n in range(84)]
    people = people_from(rules.slugs, rules.questions, votes, [], {f"h{n}": "" for n in range(7)})
    strengths = estimate(rules, evidence, result, people, seed=1)["sections"]["strengths"]

    assert (strengths["clusters"], strengths["degrees"]) == ("person", 6)


def test_one_person_alone_says_nothing_of_how_people_vary(stage):
    """However many experts there are: what the one citizen said would be told as certain."""
    rules, evidence, result, _ = stage
    votes = [("h1", f"p{a}{b}", a, b, 2) for a in range(4) for b in range(4) if a != b]
    stars = [("h1", team, question, 4) for team in range(4) for question in range(len(rules.questions))]
    people = people_from(rules.slugs, rules.questions, votes, stars, {"h1": ""})
    order = estimate(rules, evidence, result, people, seed=1)["sections"]["order"]

    assert order == {"absent": "too_few_people", "detail": ""}


def test_the_gap_of_the_line_is_the_official_one(stage, told):
    totals = sorted((float(team.total.value) for team in stage[2].teams), reverse=True)

    assert float(told["sections"]["order"]["line"]["gap"]) == pytest.approx(totals[2] - totals[3], abs=1e-4)


def test_the_win_share_of_the_unweighted_panel_is_the_official_one(stage, told):
    exact = {
        team.team: float(score.value)
        for team in stage[2].teams
        for score in team.part("user").items
        if score.item.source == "comparisons"
    }
    found = {row["team"]: float(row["unweighted"]) for row in told["sections"]["population"]["wins"]}

    assert found == pytest.approx(exact, abs=1e-4)


def test_a_trait_that_has_quotas_alone_is_left_out_of_raking(stage):
    rules, evidence, result, people = stage
    without_one = replace(rules, margins={name: shares for name, shares in rules.margins.items() if name != "sex"})

    found = estimate(without_one, evidence, result, people, seed=7)["sections"]["population"]

    assert [one["trait"] for one in found["margins"]] == [name for name in rules.margins if name != "sex"]


def test_panelists_effects_sum_to_nothing_and_full_panels_need_no_correction(told):
    severity = told["sections"]["severity.expert"]

    assert sum(float(one["effect"]) for one in severity["panelists"]) == pytest.approx(0, abs=1e-2)
    assert severity["against"] == ["nothing_to_correct"]
    assert [team["raw"] for team in severity["teams"]] == [team["fair"] for team in severity["teams"]]


def test_who_said_nothing_is_no_section(stage):
    rules, evidence, result, _ = stage
    nobody = people_from(rules.slugs, rules.questions, [], [], {})
    sections = estimate(rules, evidence, result, nobody, seed=1)["sections"]

    assert {"strengths", "stars", "population"} & sections.keys() == set()
    assert sections["order"]["resampled"]["user"] == ""


def test_without_sheets_and_totals_the_reasons_stand(stage):
    rules, evidence, _, people = stage
    bare = Evidence(ratings=evidence.ratings, comparisons=evidence.comparisons)
    sections = estimate(rules, bare, count(rules, bare), people, seed=1)["sections"]

    assert sections["severity.expert"] == {"absent": "no_sheets", "detail": ""}
    assert sections["order"]["absent"] == "no_total"
    assert sections["strengths"]["votes"] == 3933


@pytest.mark.parametrize("place", range(3))
def test_a_criterion_that_nobody_could_judge_leaves_the_rest_as_they_are(place):
    """First, between two others, or last: the model knows the others alone, and says which it does not know."""
    keys = [f"c{number}" for number in range(3)]
    judged = [key for key in keys if key != keys[place]]
    marked = {(f"p{who}", team): 1 + (who + n) % 3 for who in range(4) for n, team in enumerate(NAMES[:3])}

    def rasch(of):
        part = experts(*(named(key, points=4, levels=4) for key in of), cannot_judge="renormalise")
        rules = Rules.from_config(scoring_config(part, teams=3))
        sheets = {
            seat: {key: None if key == keys[place] else mark + (key == judged[0]) for key in of}
            for seat, mark in marked.items()
        }
        evidence = Evidence(sheets=sheets)
        people = people_from(rules.slugs, rules.questions, [], [], {})
        return estimate(rules, evidence, count(rules, evidence), people, seed=1)["sections"]["rasch.expert"]

    assert rasch(keys) == {**rasch(judged), "unjudged": [keys[place]]}
    assert rasch(judged)["unjudged"] == []


def test_votes_without_an_estimate_say_why(stage):
    rules, evidence, result, _ = stage
    one_sided = [("h1", "p1", 0, 1, 0), ("h2", "p1", 1, 0, 1), ("h1", "p2", 2, 3, 0), ("h2", "p2", 3, 2, 0)]
    people = people_from(rules.slugs, rules.questions, one_sided, [], {"h1": "", "h2": ""})
    sections = estimate(rules, evidence, result, people, seed=1)["sections"]

    assert sections["strengths"]["absent"] == "no_estimate"
    assert sections["strengths"]["components"] == [["lg", "upstage"], ["skt", "motif"]]
    assert sections["population"] == {"absent": "no_traits", "detail": ""}


def test_who_only_skipped_is_no_cluster(stage):
    rules, evidence, result, _ = stage
    votes = [("h1", f"p{n % 7}", n % 4, (n + 1 + n // 4 % 3) % 4, n % 3) for n in range(84)] + [("h2", "p8", 0, 1, 4)]
    people = people_from(rules.slugs, rules.questions, votes, [], {"h1": "", "h2": ""})
    strengths = estimate(rules, evidence, result, people, seed=1)["sections"]["strengths"]

    assert (strengths["clusters"], strengths["degrees"], strengths["skipped"]) == ("prompt", 6, 1)


def test_a_treatment_of_ties_without_an_estimate_has_no_order(stage):
    """Without the ties, B has beaten nobody."""
    rules, evidence, result, _ = stage
    pairs = [(a, b) for a in range(4) for b in range(4) if a != b]
    votes = [(f"h{n}", "p1", *pair, 2) for n, pair in enumerate(pairs)]
    votes += [(f"h{n}", "p1", a, b, 0 if a < b else 1) for n, (a, b) in enumerate(pairs)]
    people = people_from(rules.slugs, rules.questions, votes, [], {f"h{n}": "" for n in range(12)})
    strengths = estimate(rules, evidence, result, people, seed=1)["sections"]["strengths"]

    assert (strengths["orders"]["none"], strengths["orders"]["half_win"]) == (None, list(rules.slugs))


def test_what_so_many_comparisons_can_see_is_told_with_the_ties_that_were_counted(stage):
    """Seven of ten end level, skips apart: 30 of each pair are decided, not the 62 that were declared before any were counted."""
    rules, evidence, result, _ = stage
    pairs = [(a, b) for a in range(4) for b in range(a + 1, 4)]
    choices = [0, 1, 0, *[2] * 4, *[3] * 3, 4, 4] * 10
    votes = [(f"h{n}", "p1", *pair, choice) for pair in pairs for n, choice in enumerate(choices)]
    people = people_from(rules.slugs, rules.questions, votes, [], {f"h{n}": "" for n in range(120)})

    told = estimate(rules, evidence, result, people, seed=1)["sections"]["power"]["comparisons"]

    share = visible_share(100, ties=0.7, power=0.8)
    assert told == {"all": 600, "a_pair": 100, "ties": "0.7000", "variance_factor": "2.3000", "share": shown(share)}
    assert share > visible_share(100, power=0.8)


# --- Style.


def with_styles(stage, answers) -> dict:
    """What is told of style where the votes are those of the stage and the answers others."""
    rules, evidence, result, people = stage
    votes, prompts = people.votes, sorted({row["prompt"] for row in rows("comparisons.csv")})
    compared = [
        (f"h{person:05}", prompts[prompt], left, right, choice)
        for person, prompt, left, right, choice in zip(
            *(column.tolist() for column in (votes.person, votes.prompt, votes.left, votes.right, votes.choice)), strict=True
        )
    ]  # fmt: skip
    strata = {f"h{person:05}": "" for person in range(people.number)}
    others = people_from(rules.slugs, rules.questions, compared, [], strata, answers)
    return estimate(rules, evidence, result, others, seed=7)["sections"]["strengths"]["style"]


def test_the_style_of_the_answers_stands_beside_the_strengths(stage, told):
    """The sample voters like answers that make more points, and those are longer: with the length the order changes."""
    strengths = told["sections"]["strengths"]
    style = strengths["style"]
    length, every = style["fits"]
    values = {team["team"]: float(team["value"]) for team in length["teams"]}
    plain = sorted(style["plain"], key=lambda team: -float(team["value"]))

    assert strengths["version"] == "6"
    assert (style["votes"], style["without_text"]) == (3933, 0)
    assert style["plain"] == [{key: team[key] for key in style["plain"][0]} for team in strengths["teams"]]
    assert (length["with"], every["with"]) == (["length"], ["length", "lists", "headings", "bold"])
    assert (length["clusters"], length["degrees"]) == ("person+prompt", strengths["degrees"])
    assert 0 < float(length["effects"][0]["low"]) < 1.2 < float(length["effects"][0]["high"])
    assert sum(values.values()) == pytest.approx(0, abs=1e-3)
    assert length["swapped"] == [
        [above["team"], below["team"]]
        for place, above in enumerate(plain)
        for below in plain[place + 1 :]
        if values[above["team"]] < values[below["team"]]
    ]
    assert ["upstage", "skt"] in length["swapped"]
    order = sorted(values, key=lambda team: -values[team])
    for fit in (length, every):
        assert [flip["of"] for flip in fit["flips"]] == [strengths["votes"]] * 3
        assert all(0 < flip["votes"] < flip["of"] / 2 for flip in fit["flips"])
    assert [(flip["above"], flip["below"]) for flip in length["flips"]] == list(pairwise(order))
    reach = t_quantile(0.975, length["degrees"])
    for one in (*length["teams"], *length["effects"], *every["effects"]):
        assert (float(one["high"]) - float(one["low"])) / 2 == pytest.approx(reach * float(one["se"]), abs=3e-4)


def test_answers_without_texts_are_not_guessed_at(stage):
    assert with_styles(stage, {}) == {"votes": 0, "without_text": 3933, "absent": "no_texts"}


def test_votes_on_answers_without_a_text_leave_both_fits(stage):
    prompt = rows("comparisons.csv")[0]["prompt"]
    known = {key: found for key, found in styles().items() if key != (prompt, "lg")}
    out = [row for row in rows("comparisons.csv") if row["prompt"] == prompt and "lg" in (row["team_a"], row["team_b"])]
    without = len([row for row in out if row["choice"] != "skip"])

    style = with_styles(stage, known)

    assert without > 0
    assert (style["votes"], style["without_text"]) == (3933 - without, without)
    assert style["plain"] != with_styles(stage, styles())["plain"]
    assert style["fits"][0]["effects"][0]["value"] is not None


def test_teams_that_always_write_alike_cannot_be_told_from_their_style(stage):
    slugs = stage[0].slugs
    own = {key: [Style(100 * (1 + slugs.index(key[1])), 0, 0, 0, 0)] for key in styles()}
    alike = {key: [Style(100, 0, 0, 0, 0)] for key in styles()}

    assert [with_styles(stage, one)["fits"] for one in (own, alike)] == [
        [{"with": ["length"], "absent": "style_is_team", "detail": "the votes cannot tell the parameters apart"}],
        [{"with": ["length"], "absent": "same_style", "detail": ""}],
    ]


def test_what_alone_differs_is_told_where_it_is_not_the_length(stage):
    listed = {key: [Style(100, number % 3, 0, 0, 0)] for number, key in enumerate(styles())}

    length, every = with_styles(stage, listed)["fits"]

    assert length["absent"] == "same_style"
    assert [one["measure"] for one in every["effects"]] == every["with"] == ["lists"]
    assert every["effects"][0]["low"] is not None


def test_one_prompt_alone_does_not_tell_style_from_team(stage):
    """Lengths differ from those of the team on one prompt only: an estimate there would rest on that prompt."""
    slugs = stage[0].slugs
    own = {key: [Style(100 * (1 + slugs.index(key[1])), 0, 0, 0, 0)] for key in styles()}
    prompt = next(iter(own))[0]

    style = with_styles(stage, own | {(prompt, "lg"): [Style(777, 0, 0, 0, 0)]})

    assert style["fits"][0]["absent"] == "style_is_team"


def test_votes_without_an_estimate_have_none_with_style_either(stage):
    rules, evidence, result, _ = stage
    prompts = [row["prompt"] for row in rows("prompts.csv")][:2]
    circle = [
        (0, 1, 0),
        (1, 2, 0),
        (2, 3, 0),
        (3, 0, 0),
        (1, 0, 0),
        (0, 3, 1),
        (0, 2, 2),
        (2, 0, 0),
        (1, 3, 2),
        (3, 1, 1),
    ]
    votes = [(f"h{n}", prompts[n % 2], *vote) for n, vote in enumerate(circle)]
    known = {key: found for key, found in styles().items() if "lg" not in key}
    people = people_from(rules.slugs, rules.questions, votes, [], {f"h{n}": "" for n in range(10)}, known)

    style = estimate(rules, evidence, result, people, seed=1)["sections"]["strengths"]["style"]

    assert (style["without_text"], style["absent"]) == (6, "no_estimate")
    assert style["detail"] == "models that were never compared, directly or through others"
