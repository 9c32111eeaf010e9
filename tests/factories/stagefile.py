"""Stage directories on disk, taken from the example in docs/stage-file.md."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from evaluations.programme.amendments import Path as Place
from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.stagefile.export import configuration
from evaluations.stagefile.load import load_directory
from tests.factories import programme, results

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "stage-file.md"


def example_files() -> dict[str, str]:
    """The files of the example by name: the first code block below a heading that begins with a file's name."""
    found: dict[str, str] = {}
    name, block = "", None
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines(keepends=True):
        if block is None and line.startswith("#"):
            name = line.split("`")[1] if "# `" in line else ""
        elif line.startswith("```"):
            if block is not None and name:
                found[name], name = "".join(block), ""
            block = [] if block is None else None
        elif block is not None:
            block.append(line)
    return found


def a_directory(into: Path, changes: dict[str, str | bytes | None] | None = None) -> Path:
    """The example on disk. `changes` gives the content of files by name; None leaves a file out."""
    for name, content in (example_files() | (changes or {})).items():
        if content is None:
            continue
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return into


def edited(name: str, before: str, after: str) -> dict[str, str]:
    """The example's file with one place changed; the place must be there."""
    content = example_files()[name]
    assert before in content, f"{name}: {before!r}"
    return {name: content.replace(before, after, 1)}


def a_majority_stage(slug: str = "majority", gate: bool = True) -> str:
    """The `stage.toml` of a stage without criteria: people recognise teams and, with a gate, judge what it asks."""
    head = f"""
schema = 1
slug = "{slug}"
programme = {{ ko = "사업" }}
name = {{ ko = "추가 선정" }}
timetable = {{ frozen = 2026-01-05T09:00:00+09:00, opens = 2026-02-02T09:00:00+09:00, closes = 2026-02-06T18:00:00+09:00, published = 2026-02-20T10:00:00+09:00 }}
advance = {{ by = "majority", quota = 1, quorum = 1 }}
teams = [{{ slug = "a", name = {{ ko = "하나" }} }}, {{ slug = "b", name = {{ ko = "둘" }} }}, {{ slug = "c", name = {{ ko = "셋" }} }}]
rounds = [{{ key = "talk", name = {{ ko = "발표" }}, blind = false, counts = true }}]
"""
    asked = """
[gate]
decided_by = "committee"
sides = [{ key = "process", name = { ko = "개발 과정" } }]
components = [{ key = "weights", name = { ko = "가중치" } }]
items = [{ key = "own", side = "process", text = { ko = "스스로 만들었는가?" }, components = ["weights"] }]
"""
    return head + asked if gate else head


def a_frozen_stage(
    into: Path, phase: Phase = Phase.FROZEN, files: tuple[str, ...] = (), *, sample: bool = True
) -> Stage:
    """The rules of the example as they are frozen, without its data but for these files."""
    without = dict.fromkeys(set(example_files()) - {"stage.toml", *files})
    rules = {} if sample else edited("stage.toml", "sample = true", "sample = false")
    stage = load_directory(a_directory(into, without | rules), by="test").stage
    results.freeze(stage, configuration(stage))
    return programme.in_phase(stage, phase)


def put(config: dict[str, Any], *changes: tuple[Place, Any]) -> dict[str, Any]:
    """A copy of a configuration that says something else at these places; None takes a value away."""
    changed = deepcopy(config)
    for path, value in changes:
        *way, last = path
        found: Any = changed
        for step in way:
            found = found[step]
        if value is None:
            del found[last]
        else:
            found[last] = value
    return changed
