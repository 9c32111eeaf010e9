"""docs/scoring.md is true: its examples are computed as they stand, one after the other; so are those in the docstrings."""

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import evaluations.scoring

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "scoring.md"
EXAMPLE = re.compile(r"^```python\n(>>>.*?)^```$", re.DOTALL | re.MULTILINE)
MODULES = sorted(path.stem for path in Path(evaluations.scoring.__path__[0]).glob("*.py") if path.stem != "__init__")


def examples():
    return EXAMPLE.findall(DOCUMENT.read_text(encoding="utf-8"))


def test_every_section_of_the_official_part_has_an_example():
    sections = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]

    without = [section.splitlines()[0] for section in sections if not EXAMPLE.search(section)]
    assert without == ["11. 추정"]


def test_the_examples_come_out_as_printed():
    """In one session, as a reader would type them."""
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    session = doctest.DocTestParser().get_doctest("\n".join(examples()), {}, "scoring.md", str(DOCUMENT), 0)

    runner.run(session, out=said.append)

    assert "".join(said) == ""
    assert runner.summarize(verbose=False).attempted > 40


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_come_out_as_printed(name):
    module = importlib.import_module(f"evaluations.scoring.{name}")

    assert doctest.testmod(module, report=False).failed == 0


def test_a_notebook_needs_neither_django_nor_a_database():
    """The whole document runs where Django cannot even be imported."""
    code = "\n".join(re.sub(r"^(>>>|\.\.\.) ?", "", line, flags=re.MULTILINE) for line in _typed())
    program = f"import sys; sys.modules['django'] = None\n{code}\nassert 'django.db' not in sys.modules"

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def _typed():
    return [line for example in examples() for line in example.splitlines() if line.startswith((">>>", "..."))]
