"""docs/stage-file.md is true: its example loads, its tables follow from the schema, its faults are those that are told."""

import pytest

from evaluations.results.compute import compute, evidence_of
from evaluations.stagefile.export import configuration
from evaluations.stagefile.faults import StageFileError
from evaluations.stagefile.load import load_directory
from evaluations.stagefile.read import read_directory
from evaluations.stagefile.schema import DATA
from tests.factories.stagefile import DOCUMENT, a_directory, edited, example_files
from tests.stagefile import reference


def told_faults():
    """The rows of the document's last table: file, before, after, what is said."""
    text = DOCUMENT.read_text(encoding="utf-8").split("## 잘못된 곳은 이렇게 말합니다")[1]
    rows = [line[2:-2].split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return [[_plain(cell) for cell in row[:3]] + [row[3].split("<br>")] for row in rows]


def _plain(cell):
    return "" if cell == "(지움)" else cell.strip("`").replace("↵", "\n").replace("\\u0007", "\u0007")


def test_the_example_has_every_file():
    assert example_files().keys() == {"stage.toml", "documents/report-1.md", "documents/report-2.md", *DATA} - {
        "recognitions.csv",
        "line_decisions.csv",
    }


@pytest.mark.django_db
def test_the_example_loads_and_can_be_counted(tmp_path):
    stage = load_directory(a_directory(tmp_path), by="test").stage

    teams = compute(configuration(stage), evidence_of(stage)).result.to_json()["teams"]

    assert [(team["team"], team["rank"], team["gate"]) for team in teams] == [("ga", 1, "met"), ("na", 2, "met")]


@pytest.mark.parametrize(
    "table",
    [reference.fields, reference.takers, reference.columns, reference.sizes],
    ids=["fields", "takers", "columns", "sizes"],
)
def test_the_tables_follow_from_the_schema(table):
    assert table() in DOCUMENT.read_text(encoding="utf-8")


def test_the_document_tells_many_faults():
    assert len(told_faults()) >= 45


@pytest.mark.parametrize(("name", "before", "after", "said"), told_faults())
def test_a_fault_is_told_as_the_document_says(tmp_path, name, before, after, said):
    directory = a_directory(tmp_path, edited(name, before, after))

    with pytest.raises(StageFileError) as raised:
        read_directory(directory)

    assert raised.value.faults.lines() == said
