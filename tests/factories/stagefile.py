"""Stage directories on disk, taken from the example in docs/stage-file.md."""

from pathlib import Path

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
