"""All estimates of one stage together: what each section tells, what it says where it cannot tell, and that it can be told again."""

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from evaluations.scoring import Evidence, Rules, count
from evaluations.scoring.canonical import canonical_bytes
from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.estimates import estimate
from evaluations.scoring.people import people_from
from evaluations.scoring.shown import shown
from evaluations.scoring.stability import expanded_level
from evaluations.scoring.tallies import CHOICES

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "stage-2"
TRAITS = ("age", "ai_use", "region", "sex")


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((EXAMPLE / name).read_text(encoding="utf-8").splitlines()))


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
    people = people_from(rules.slugs, rules.questions, compared, rated, strata)
    return rules, evidence, count(rules, evidence), people


@pytest.fixture(scope="module")
def told(stage):
    return estimate(*stage, seed=7)


def test_every_section_is_told(told):
    assert sorted(told["sections"]) == [
        "agreement.expert", "leave_one_out", "order", "patterns", "population", "power", "rasch.expert", "severity.expert",
        "stars", "strengths", "weights",
    ]  # fmt: skip
    assert [name for name, section in told["sections"].items() if "absent" in section] == []
    assert (told["seed"], told["estimates_version"]) == (7, "5")


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


def test_ten_panelists_drawn_again_are_read_further_out_than_the_middle_95(told):
    order = told["sections"]["order"]

    assert order["percentiles"] == shown(expanded_level(10))


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


def test_severities_reach_as_far_as_the_degrees_of_the_model_let_them(told):
    """Ten panelists and four teams, all cells filled: 40 − 10 − 4 + 1 degrees."""
    severity = told["sections"]["severity.expert"]

    assert severity["degrees"] == severity["marks"] - len(severity["panelists"]) - len(severity["teams"]) + 1
    assert severity["reach"] == shown(t_quantile(0.975, severity["degrees"]))


def test_agreement_has_an_interval_or_says_why_not(told):
    agreement = told["sections"]["agreement.expert"]

    assert agreement["version"] == "3"
    for one in (*agreement["criteria"], agreement["total"]):
        assert (one["low"] is None) is (one["no_interval"] is not None or one["undefined"] is not None)


def test_one_prompt_leaves_people_alone_as_clusters(stage):
    rules, evidence, result, _ = stage
    votes = [(f"h{n % 7}", "p1", n % 4, (n + 1 + n // 4 % 3) % 4, n % 3) for n in range(84)]
    people = people_from(rules.slugs, rules.questions, votes, [], {f"h{n}": "" for n in range(7)})
    strengths = estimate(rules, evidence, result, people, seed=1)["sections"]["strengths"]

    assert (strengths["clusters"], strengths["degrees"]) == ("person", 6)


def test_one_person_alone_does_not_widen_the_percentiles(stage):
    """Nothing can be drawn again from one: the order stands on the panel of ten."""
    rules, evidence, result, _ = stage
    votes = [("h1", f"p{a}{b}", a, b, 2) for a in range(4) for b in range(4) if a != b]
    stars = [("h1", team, question, 4) for team in range(4) for question in range(len(rules.questions))]
    people = people_from(rules.slugs, rules.questions, votes, stars, {"h1": ""})
    order = estimate(rules, evidence, result, people, seed=1)["sections"]["order"]

    assert (order["resampled"]["user"], order["percentiles"]) == ("people", shown(expanded_level(10)))


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

    assert (strengths["clusters"], strengths["degrees"], strengths["skipped"]) == ("none", 83, 1)


def test_a_treatment_of_ties_without_an_estimate_has_no_order(stage):
    """Without the ties, B has beaten nobody."""
    rules, evidence, result, _ = stage
    pairs = [(a, b) for a in range(4) for b in range(4) if a != b]
    votes = [(f"h{n}", "p1", *pair, 2) for n, pair in enumerate(pairs)]
    votes += [(f"h{n}", "p1", a, b, 0 if a < b else 1) for n, (a, b) in enumerate(pairs)]
    people = people_from(rules.slugs, rules.questions, votes, [], {f"h{n}": "" for n in range(12)})
    strengths = estimate(rules, evidence, result, people, seed=1)["sections"]["strengths"]

    assert (strengths["orders"]["none"], strengths["orders"]["half_win"]) == (None, list(rules.slugs))
