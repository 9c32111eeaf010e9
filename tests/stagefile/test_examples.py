"""The stages under examples/ load as they are, and what was published of them comes out again."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluations.programme.actions import names_of
from evaluations.programme.blindfold import look_through
from evaluations.programme.models import Stage
from evaluations.results.compute import compute, evidence_of
from evaluations.scoring.canonical import digest
from evaluations.stagefile.export import configuration
from evaluations.stagefile.load import load_directory

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

pytestmark = pytest.mark.django_db


def result_of(slug):
    stage = load_directory(EXAMPLES / slug, by="test").stage
    return compute(configuration(stage), evidence_of(stage)).result.to_json()


@pytest.mark.parametrize(
    ("slug", "address"),
    [
        ("stage-1", "https://www.lgresearch.ai/blog"), ("stage-1", "navercorp.com"), ("stage-2", "lgresearch.ai에서"),
        ("stage-2", "www.lguplus.com"), ("stage-2", "https://motiftech.io"), ("extra-selection", "motiftech.io"),
    ],
)  # fmt: skip
def test_addresses_of_the_teams_are_among_their_names(slug, address):
    """An answer keeps its addresses, and the short name in one of them is part of a longer word."""
    stage = load_directory(EXAMPLES / slug, by="test").stage

    assert look_through(f"{address} 참고", names_of(stage)) != []


def said_in(part: object) -> Iterator[dict[str, str]]:
    """Everything in a stage file that is said in words."""
    if isinstance(part, dict):
        if "ko" in part:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from said_in(one)


@pytest.mark.parametrize("slug", sorted(path.name for path in EXAMPLES.iterdir()))
def test_an_example_says_everything_in_english_too(slug):
    stage = tomllib.loads((EXAMPLES / slug / "stage.toml").read_text(encoding="utf-8"))

    assert [words["ko"] for words in said_in(stage) if not words.get("en")] == []


def test_stage_1_gives_the_published_numbers():
    result = result_of("stage-1")
    teams = {team["team"]: team for team in result["teams"]}

    assert teams["lg"]["parts"] == {"benchmark": "33.6", "expert": "31.6", "user": "25.0"}
    assert teams["lg"]["items"] == {"benchmark.nia": "9.2", "benchmark.common": "14.4", "benchmark.individual": "10.0"}
    assert teams["lg"]["total"] == "90.2"
    assert teams["lg"]["unrounded"]["total"] == "45103/500"
    assert result["means"] == {"benchmark": "30.40", "expert": "28.56", "user": "20.76", "total": "79.7"}
    assert {slug: (team["rank"], team["gate"], team["advances"]) for slug, team in teams.items()} == {
        "lg": (1, "met", True),
        "naver-cloud": (None, "not_met", False),
        "upstage": (None, "met", True),
        "skt": (None, "met", True),
        "nc-ai": (5, "met", False),
    }


def test_stage_1_does_not_invent_what_was_withheld():
    teams = {team["team"]: team for team in result_of("stage-1")["teams"]}

    assert {slug: team["total"] for slug, team in teams.items() if slug != "lg"} == {
        "naver-cloud": None,
        "upstage": None,
        "skt": None,
        "nc-ai": None,
    }


def test_no_published_fact_differs_from_the_count():
    verdicts = {fact["verdict"] for slug in ("stage-1", "extra-selection") for fact in result_of(slug)["published"]}

    assert verdicts == {"match", "not_computable"}


def test_the_extra_selection_knows_who_advances_and_no_votes():
    teams = result_of("extra-selection")["teams"]

    assert [(team["team"], team["advances"], team["advances_basis"]) for team in teams] == [
        ("motif", True, "published"),
        ("trillion-labs", False, "published"),
    ]


@pytest.mark.parametrize("slug", ["stage-1", "extra-selection"])
def test_loading_twice_changes_nothing(slug):
    first = load_directory(EXAMPLES / slug, by="test")
    again = load_directory(EXAMPLES / slug, by="test")

    assert (first.created, again.created) == (True, False)
    assert first.stage == again.stage == Stage.objects.get()
    assert digest(configuration(again.stage)) == first.config_digest
    assert again.stage.phase == "preparing"
