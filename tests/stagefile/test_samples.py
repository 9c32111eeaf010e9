"""The sample data are made by the command, to the byte, and give nobody away."""

import csv
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from evaluations.programme.models import BlindCopy
from evaluations.ratings.models import Answer, Ballot, Prompt, Star
from evaluations.stagefile.configuration import normal_form
from evaluations.stagefile.load import load_directory
from evaluations.stagefile.samples.make import sample_files

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
STAGE, REHEARSAL = EXAMPLES / "stage-2", EXAMPLES / "rehearsal"


def configuration(directory: Path = STAGE):
    return normal_form(tomllib.loads((directory / "stage.toml").read_text(encoding="utf-8")))[0]


@pytest.mark.parametrize(("directory", "seed", "blinding"), [(STAGE, 2026, False), (REHEARSAL, 2025, True)])
def test_the_committed_files_are_those_of_the_command(directory, seed, blinding):
    made = sample_files(configuration(directory), seed, blinding=blinding)
    committed = {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != "stage.toml"
    }

    assert {name: text.encode() for name, text in made.items()} == committed


def test_who_recognised_whom_is_made_up_beside_everything_else():
    """The other columns and files are those of the same seed without it, and what experts and citizens say is of every kind."""
    config = configuration(REHEARSAL)
    without, made = sample_files(config, 1), sample_files(config, 1, blinding=True)
    said = {}
    for name in ("comparisons.csv", "ratings.csv"):
        rows = list(csv.DictReader(StringIO(made[name])))
        said[name] = {row.pop("recognised") for row in rows}
        assert rows == list(csv.DictReader(StringIO(without[name])))
    said["blinding.csv"] = {row["recognised"] for row in csv.DictReader(StringIO(made["blinding.csv"]))}

    assert {name for name in made if made[name] != without.get(name)} == said.keys()
    assert said == {
        "comparisons.csv": {"none", "a", "b", "both"}, "ratings.csv": {"no", "yes"}, "blinding.csv": {"no", "maybe", "yes"},
    }  # fmt: skip


def test_another_seed_gives_other_files():
    made, other = sample_files(configuration(), 1), sample_files(configuration(), 2)

    assert made.keys() == other.keys()
    assert [name for name in made if made[name] == other[name]] == ["documents.csv", "prompts.csv"]


def test_the_command_writes_the_files(tmp_path):
    (tmp_path / "stage.toml").write_bytes((STAGE / "stage.toml").read_bytes())

    call_command("make_samples", str(tmp_path), "--seed", "2026", stdout=StringIO())

    assert (tmp_path / "ratings.csv").read_bytes() == (STAGE / "ratings.csv").read_bytes()
    assert not (tmp_path / "blinding.csv").exists()

    call_command("make_samples", str(tmp_path), "--seed", "2026", "--blinding", stdout=StringIO())

    assert (tmp_path / "blinding.csv").exists()


def test_data_are_made_up_for_samples_only(tmp_path):
    text = (STAGE / "stage.toml").read_text(encoding="utf-8").replace("sample = true\n", "")
    (tmp_path / "stage.toml").write_text(text, encoding="utf-8")
    said = StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("make_samples", str(tmp_path), "--seed", "1", stderr=said)

    assert stopped.value.code == 1
    assert said.getvalue() == "stage.toml: sample = true가 아닌 단계의 자료는 지어내지 않습니다.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["stage.toml"]


@pytest.mark.django_db
def test_the_sample_stage_loads_and_names_nobody():
    stage = load_directory(STAGE, by="test").stage

    assert (stage.sample, stage.phase) == (True, "preparing")
    assert (Prompt.objects.count(), Answer.objects.count()) == (28, 112)
    assert Prompt.objects.values("category").distinct().count() == 7
    assert (Ballot.objects.filter(kind="compare").count(), Star.objects.count()) == (4000, 6000)
    assert list(Answer.objects.exclude(hits=[])) == []
    assert [copy.hits for copy in BlindCopy.objects.all()] == [[], [], [], []]


def test_the_examples_stay_small():
    assert sum(path.stat().st_size for path in STAGE.parent.rglob("*") if path.is_file()) < 6_000_000
