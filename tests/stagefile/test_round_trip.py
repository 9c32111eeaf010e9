"""File → rows → file: nothing is lost and nothing is added."""

import csv
import io
import tomllib
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.programme.models import Stage, Submission, Team
from evaluations.ratings.models import Ballot, Kind
from evaluations.results.compute import evidence_of, people_of
from evaluations.scoring.canonical import digest
from evaluations.scoring.counting import count
from evaluations.scoring.estimates import estimate
from evaluations.scoring.rules import Rules
from evaluations.stagefile.build import build_stage
from evaluations.stagefile.configuration import as_written, normal_form
from evaluations.stagefile.csv_rows import guarded, unguarded
from evaluations.stagefile.export import configuration, problems
from evaluations.stagefile.export_data import write_data
from evaluations.stagefile.load import load_directory
from evaluations.stagefile.write_toml import stage_toml
from tests.factories import accounts, results, reviews
from tests.factories.benchmarks import a_measurement
from tests.factories.programme import a_round, a_stage, a_submission
from tests.factories.rubrics import a_rubric
from tests.factories.stagefile import a_directory, edited
from tests.stagefile.strategies import stages

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class _BackToEmpty(Exception):
    pass


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(stages())
def test_any_stage_comes_back_from_its_rows(raw):
    config, wrong = normal_form(raw)
    assert [problem.sentence for problem in wrong] == []

    try:
        with transaction.atomic():
            stage = Stage.objects.get(id=build_stage(config).id)
            assert configuration(stage) == config
            assert problems(stage) == []
            raise _BackToEmpty
    except _BackToEmpty:
        pass


@settings(max_examples=60, deadline=None)
@given(stages())
def test_any_stage_comes_back_from_its_file(raw):
    config, _ = normal_form(raw)

    again, wrong = normal_form(tomllib.loads(stage_toml(config)))

    assert (again, wrong) == (config, [])
    assert digest(again) == digest(config)
    assert normal_form(as_written(config)) == (config, [])


@pytest.mark.django_db
def test_a_stage_built_by_hand_can_be_written_and_read():
    stage = a_stage()
    a_rubric(stage)
    a_round(stage)

    config = configuration(stage)

    assert normal_form(tomllib.loads(stage_toml(config)))[0] == config


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["documentation", "stage-1", "stage-2", "extra-selection", "rehearsal"])
def test_exported_data_give_the_same_count(tmp_path, source):
    directory = a_directory(tmp_path / "in") if source == "documentation" else EXAMPLES / source
    before, told = _taken(directory), {}

    try:
        with transaction.atomic():
            stage = load_directory(directory, by="test").stage
            (tmp_path / "out").mkdir()
            (tmp_path / "out" / "stage.toml").write_text(stage_toml(configuration(stage)), encoding="utf-8")
            told = write_data(stage, tmp_path / "out")
            raise _BackToEmpty
    except _BackToEmpty:
        pass

    assert _taken(tmp_path / "out") == before
    assert set(told) == {path.name for path in directory.glob("*.csv")}


def _taken(directory):
    """Configuration, input of a count and documents of a directory, as the database has them."""
    try:
        with transaction.atomic():
            stage = load_directory(directory, by="test").stage
            texts = sorted(Submission.objects.filter(team__stage=stage).values_list("team__slug", "title", "text"))
            found = digest(configuration(stage)), evidence_of(stage).digest(), texts
            raise _BackToEmpty
    except _BackToEmpty:
        return found


@pytest.mark.django_db
def test_exported_data_give_the_same_estimates(tmp_path):
    """Whoever is handed the files can estimate them anew, to the last digit: citizens are drawn again by what they said, not by the
    hashes they go by here, and the texts of the answers are among the files."""
    first = estimates_of(EXAMPLES / "rehearsal", tmp_path)
    again = estimates_of(tmp_path)

    assert {name for name, found in first.items() if again[name] != found} == set()
    assert [fit["with"][0] for fit in first["strengths"]["style"]["fits"]] == ["length", "length"]
    assert first["order"]["teams"]


def estimates_of(directory, out=None):
    """What is estimated of a directory's comparisons once it is in the database; its files are written again where asked for."""
    try:
        with transaction.atomic():
            stage = load_directory(directory, by="test").stage
            if out:
                (out / "stage.toml").write_text(stage_toml(configuration(stage)), encoding="utf-8")
                write_data(stage, out)
            rules, evidence = Rules.from_config(configuration(stage)), evidence_of(stage)
            found = estimate(rules, evidence, count(rules, evidence), people_of(stage, rules), seed=1)["sections"]
            raise _BackToEmpty
    except _BackToEmpty:
        return found


@pytest.mark.django_db
def test_citizens_come_out_by_number_and_without_the_hour(tmp_path):
    stage = load_directory(a_directory(tmp_path / "in"), by="test").stage
    (tmp_path / "out").mkdir()

    write_data(stage, tmp_path / "out")

    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / "comparisons.csv").read_text(encoding="utf-8"))))
    assert list(rows[0]) == ["citizen", "prompt", "team_a", "team_b", "choice", "recognised", "age"]
    assert sorted(row["citizen"] for row in rows) == ["c00001", "c00002"]


@pytest.mark.django_db
def test_who_once_kept_silent_about_herself_comes_out_as_she_is_counted(tmp_path):
    """Files could once say a trait of a citizen in one row and nothing in another; what is written out now is taken in again."""
    fewer = edited("comparisons.csv", "c2,p1,na,ga,both_good,,b,old\n", "")
    stage = load_directory(a_directory(tmp_path / "in", fewer), by="test").stage
    ga, na = stage.teams.order_by("slug")
    young, old = (Ballot.objects.get(stratum=f"age={age}", kind=Kind.RATE).voter_tag for age in ("young", "old"))
    results.a_rating(na, young, {"helpful": 3})
    results.a_comparison(stage.prompts.get(), na, ga, old, "a")
    results.a_rating(na, "nobody knows", {"helpful": 4})
    counted = told_of(stage)
    (tmp_path / "out").mkdir()
    write_data(stage, tmp_path / "out")
    (tmp_path / "out" / "stage.toml").write_text(
        stage_toml(configuration(stage)).replace('"pilot"', '"pilot-2"', 1), encoding="utf-8"
    )

    again = load_directory(tmp_path / "out", by="test").stage

    assert told_of(again) == counted
    assert set(Ballot.objects.of_stage(again).values_list("stratum", flat=True)) == {"age=young", "age=old", ""}


def told_of(stage):
    """What a count and the estimates read of a stage's citizens."""
    rules = Rules.from_config(configuration(stage))
    people = people_of(stage, rules)
    return evidence_of(stage).digest(), people.strata, people.stratum.tolist(), people.votes.choice.tolist()


@pytest.mark.django_db
def test_no_document_takes_the_place_of_another_in_an_export(tmp_path):
    """The one is called what the other would be called, as its own name cannot be unpacked everywhere."""
    stage = reviews.a_stage_in_no_order()
    document = stage.rounds.get(key="document")
    a, b = (stage.teams.get(slug=slug) for slug in "ab")
    a_submission(a, document, "# 하나\n", file_name="b-document.md")
    a_submission(b, document, "# 둘\n", file_name="CON.md")

    write_data(stage, tmp_path)

    rows = csv.DictReader(io.StringIO((tmp_path / "documents.csv").read_text(encoding="utf-8")))
    assert {(row["team"], row["file"]): (tmp_path / "documents" / row["file"]).read_text("utf-8") for row in rows} == {
        ("a", "b-document.md"): "# 하나\n",
        ("b", "b-document-2.md"): "# 둘\n",
    }


@pytest.mark.django_db
def test_the_files_have_one_order_also_where_nobody_gave_one(tmp_path):
    expert = accounts.an_expert()
    stage = reviews.a_stage_in_no_order()
    document, talk = stage.rounds.all()
    for team in Team.objects.order_by("-slug"):
        for round in (talk, document):
            a_submission(team, round)
        a_measurement(team, item="nia", score="1")
    for assignment in reversed(reviews.a_desk(stage, expert, document)):
        reviews.confirm(assignment, expert)

    write_data(stage, tmp_path)

    def column(file: str, *names: str) -> list[tuple[str, ...]]:
        rows = csv.DictReader(io.StringIO((tmp_path / file).read_text(encoding="utf-8")))
        return [tuple(row[name] for name in names) for row in rows]

    teams = ["a", "b", "c", "d"]
    assert column("benchmarks.csv", "team") == [(team,) for team in teams]
    assert column("documents.csv", "team", "round") == [(team, key) for team in teams for key in ("document", "talk")]
    marked = ("independence.architecture", "independence.weights", "strategy", "technology")
    assert column("sheets.csv", "team", "criterion") == [(team, path) for team in teams for path in marked]
    asked = [("references", "model"), ("control", "model"), ("weights", "model"), ("weights", "vision_encoder")]
    assert column("findings.csv", "team", "item", "component") == [(team, *scope) for team in teams for scope in asked]


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_opens_again(text):
    assert guarded(text)[:1] not in ("=", "+", "@", "\t", "\r", "＝")
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("'=A1", "''=A1"),
        ("-1.5", "-1.5"),
        ("- 목록", "'- 목록"),
        ("가 = 나", "가 = 나"),
        ("'인용'", "'인용'"),
    ],
)
def test_only_what_a_spreadsheet_would_run_is_guarded(cell, written):
    assert guarded(cell) == written
    assert unguarded(written) == cell
