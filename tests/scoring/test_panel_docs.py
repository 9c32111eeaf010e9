"""The worked examples of docs/scoring are computed as they stand."""

import doctest
import re
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).resolve().parents[2] / "docs" / "scoring"
EXAMPLE = re.compile(r"^```python\n(>>>.*?)^```$", re.DOTALL | re.MULTILINE)


def examples(name: str) -> list[str]:
    return EXAMPLE.findall((DOCUMENTS / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "number"), [("agreement.md", 5), ("severity.md", 4), ("comparisons.md", 2), ("blinding.md", 2)]
)
def test_every_method_has_an_example(name, number):
    assert len(examples(name)) == number


@pytest.mark.parametrize("name", ["agreement.md", "severity.md", "comparisons.md", "blinding.md"])
def test_examples_come_out_as_printed(name, monkeypatch):
    monkeypatch.chdir(DOCUMENTS.parents[1])  # the examples open files as whoever stands in the checkout would
    runner = doctest.DocTestRunner(verbose=False)
    said: list[str] = []

    for place, example in enumerate(examples(name)):
        runner.run(doctest.DocTestParser().get_doctest(example, {}, f"{name}:{place}", name, 0), out=said.append)

    assert said == []
    assert runner.summarize(verbose=False).attempted > 0
