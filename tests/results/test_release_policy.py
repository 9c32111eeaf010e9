"""The release policy as a property: nothing beyond the named levels and teams appears, on any page, in any file, in any step."""

import json
import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.programme.forms import LEVELS as OFFERED
from evaluations.programme.phases import Phase
from evaluations.results import jobs, queries, release, tasks
from tests.factories import accounts, programme, results

ROWS = {
    "total": {"total"}, "parts": {"parts"}, "items": {"items"}, "criteria": {"criteria"}, "rank": {"rank", "rank_basis"},
    "gate": {"gate"}, "advances": {"advances", "advances_basis", "advances_because"}, "line_reason": {"line_reason"}, "means": set(), "estimates": set(),
}  # fmt: skip
FACTS = [
    {"what": "points", "key": "total", "team": "lg", "value": "1"},
    {"what": "points", "key": "expert", "team": "skt", "value": "2"},
    {"what": "points", "key": "benchmark.nia", "team": "lg", "value": "3"},
    {"what": "points", "key": "expert.technology", "team": "motif", "value": "4"},
    {"what": "mean", "key": "total", "value": "5"},
    {"what": "rank", "key": "", "team": "upstage", "value": "1"},
    {"what": "advances", "key": "", "team": "lg", "value": "true"},
    {"what": "best", "key": "benchmark", "value": "6"},
]
NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")


def test_the_office_the_file_and_the_release_know_the_same_levels():
    assert list(OFFERED) == list(release.LEVELS)
    assert set(ROWS) == set(release.LEVELS)


@pytest.fixture(scope="module")
def counted(django_db_setup, django_db_blocker):
    """One counted stage for all the questions below: (result, explanation, configuration) as plain data."""
    with django_db_blocker.unblock():
        from django.db import transaction  # noqa: PLC0415 – the rows are taken back at once

        with transaction.atomic():
            stage = results.a_stage_to_count(config={"published": FACTS})
            tasks.count(results.a_job(stage).pk)
            run = queries.latest_run(stage)
            found = json.loads(run.body), json.loads(run.explanation), json.loads(stage.configurations.get().body)
            transaction.set_rollback(True)
    return found


def numbers_of(result, level: str) -> set[str]:
    """Every number of a level, over all teams."""
    if level == "means":
        return {value for value in result["means"].values() if value}
    if level == "total":
        return {team["total"] for team in result["teams"]}
    if level in ("parts", "items", "criteria"):
        return {value for team in result["teams"] for value in team[level].values() if value}
    return set()


LEVELS = st.frozensets(st.sampled_from(release.LEVELS))
TEAMS = st.one_of(
    st.sampled_from(["all", "advancing", "none"]), st.lists(st.sampled_from(["lg", "skt", "upstage", "motif"]))
)


@given(levels=LEVELS, teams=TEAMS)
@settings(max_examples=200, deadline=None)
def test_what_is_told_has_these_levels_and_rows_and_no_others(counted, levels, teams):
    result, _, config = counted

    told = release.told(result, config, levels, teams)

    allowed = {"team"}.union(*(ROWS[level] for level in levels))
    assert all(set(row) <= allowed for row in told["teams"])
    rows = (
        {"all": {"lg", "skt", "upstage", "motif"}, "none": set()}.get(teams) if isinstance(teams, str) else set(teams)
    )
    if teams == "advancing":
        rows = {team["team"] for team in result["teams"] if team["advances"]}
    assert {row["team"] for row in told["teams"]} == rows
    assert set(told) <= {
        "stage",
        "config_digest",
        "method_version",
        "teams",
        "means",
        "means_basis",
        "published",
    }
    assert ("means" in told) == ("means" in levels and len(result["teams"]) - len(rows) != 1)
    for fact in told["published"]:
        may = {"points": {"total", "parts", "items", "criteria"}, "mean": {"means"}, "best": {"parts", "items"}}
        if not levels & may.get(fact["what"], {fact["what"]}):
            assert (fact["counted"], fact["verdict"]) == (None, None)
        if fact["team"] and fact["team"] not in rows:
            assert (fact["counted"], fact["verdict"]) == (None, None)


@pytest.mark.parametrize(
    ("place", "level"),
    list(enumerate(["total", "parts", "items", "criteria", "means", "rank", "advances", "parts"])),
)
def test_a_fact_is_compared_only_where_its_level_is_told(counted, place, level):
    result, _, config = counted

    for levels in (frozenset(release.LEVELS) - {level}, frozenset({level})):
        fact = release.told(result, config, levels, "all")["published"][place]
        assert (fact["verdict"] is not None) == (level in levels)


def texts(steps) -> str:
    return " ".join(
        " ".join((step["title"], step["shown"], step["sentence"], step["formula"], texts(step["steps"])))
        for step in steps
    )


@given(levels=LEVELS)
@settings(max_examples=100, deadline=None)
def test_no_step_of_an_explanation_tells_a_number_of_a_level_that_is_hidden(counted, levels):
    result, explanation, _ = counted
    visible = set().union(*(numbers_of(result, level) for level in levels)) if levels else set()

    for team in result["teams"]:
        said = set(NUMBER.findall(texts(release.told_steps(explanation[team["team"]], levels))))
        for level in ("total", "parts", "items", "criteria"):
            own = {team["total"]} if level == "total" else {value for value in team[level].values() if value}
            if level not in levels:
                assert said & (own - visible) == set(), (team["team"], level)


def test_the_total_does_not_tell_its_parts_nor_a_part_its_items(counted):
    _, explanation, _ = counted

    total = release.told_steps(explanation["lg"], frozenset({"total"}))
    parts = release.told_steps(explanation["lg"], frozenset({"total", "parts"}))

    assert [step["formula"] for step in total if step["title"] == "총점"] == [""]
    assert {step["formula"] for step in parts if step["level"] == "parts"} == {""}
    assert [bool(step["formula"]) for step in parts if step["level"] == "total"] == [True]


def test_below_the_least_number_of_sheets_only_the_total_is_told(counted):
    result, _, config = counted
    config = {**config, "release": config["release"] | {"public": list(release.LEVELS), "teams": "all"}}
    least = config["release"]["minimum_n"]

    enough = release.levels_of(release.LEVELS, config, least)
    few = release.levels_of(release.LEVELS, config, least - 1)

    assert enough == frozenset(release.LEVELS)
    assert few == {"total", "rank", "gate", "advances"}
    assert release.smallest_panel(result) == 3


def test_the_means_do_not_give_away_the_one_team_that_is_withheld(counted):
    result, _, config = counted
    slugs = [team["team"] for team in result["teams"]]

    without = [release.told(result, config, frozenset({"means"}), slugs[:number]) for number in range(len(slugs) + 1)]

    assert ["means" in told for told in without] == [True, True, True, False, True]
    mean = next(place for place, fact in enumerate(FACTS) if fact["what"] == "mean")
    assert [told["published"][mean]["verdict"] is not None for told in without] == ["means" in told for told in without]


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ({"public": ["total", "rank", "estimates"], "teams": "all"}, {"public": True, "own": True}),
        ({"public": ["total", "rank"], "teams": "all"}, {"public": False, "own": False}),
        ({"public": ["total", "estimates"], "teams": "all"}, {"public": False, "own": False}),
        ({"public": ["total", "rank", "estimates"], "teams": "advancing"}, {"public": False, "own": False}),
        ({"public": ["total", "rank", "estimates"], "teams": ["lg"]}, {"public": False, "own": False}),
        ({"public": ["total", "rank", "estimates"], "teams": "all", "own": ["total"]}, {"public": True, "own": False}),
    ],
)
@pytest.mark.django_db
def test_estimates_are_told_only_where_every_place_and_total_is(client, policy, told):
    policy = {"own": ["total", "estimates"], "minimum_n": 1} | policy
    stage = results.a_stage_to_count(config={"release": policy})
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    programme.in_phase(stage, Phase.PUBLISHED)

    public = client.get(f"/results/{stage.slug}/").content.decode()
    accounts.sign_in(client, accounts.a_team_contact(stage.teams.get(slug="lg")))
    own = client.get(f"/results/own/{stage.slug}/").content.decode()

    assert {"public": 'id="estimates"' in public, "own": 'id="estimates"' in own} == told


@pytest.mark.parametrize(
    "policy", [*map(list, combinations(("total", "parts", "items", "gate", "means"), 2)), [], ["rank"], ["criteria"]]
)
@pytest.mark.django_db
def test_pages_and_files_tell_no_more_than_the_policy(client, policy):
    """The numbers of each hidden level are looked for in everything the public and a team can reach."""
    stage = results.a_stage_to_count(
        config={"release": {"public": policy, "own": policy, "teams": "all", "minimum_n": 1}}
    )
    tasks.count(results.a_job(stage).pk)
    run = queries.latest_run(stage)
    programme.in_phase(stage, Phase.PUBLISHED)
    results.a_publication(run)
    result = json.loads(run.body)
    hidden = [level for level in ("total", "parts", "items", "criteria", "means") if level not in policy]
    visible = set().union(*(numbers_of(result, level) for level in policy)) if policy else set()
    secret = set().union(*(numbers_of(result, level) for level in hidden)) - visible

    pages = {
        path: client.get(path).content.decode()
        for path in (f"/results/{stage.slug}/", f"/results/{stage.slug}/result.json")
    }
    accounts.sign_in(client, accounts.a_team_contact(stage.teams.get(slug="lg")))
    pages["own"] = client.get(f"/results/own/{stage.slug}/").content.decode()

    assert len(secret) > 3
    for name, page in pages.items():
        assert set(NUMBER.findall(page)) & secret == set(), name
