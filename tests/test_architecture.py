"""Imports go down only. Every package has a place; scoring never loads Django."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent

BELOW = {
    "portal.ids": set(),
    "portal.audit": {"portal.ids"},
    "portal.http": {"portal.audit"},
    "portal.accounts": {"portal.http"},
    "evaluations.programme": {"portal.accounts"},
    "evaluations.rubrics": {"evaluations.programme"},
    "evaluations.panels": {"evaluations.programme"},
    "evaluations.reviews": {"evaluations.rubrics", "evaluations.panels"},
    "evaluations.ratings": {"evaluations.rubrics", "evaluations.panels"},
    "evaluations.benchmarks": {"evaluations.rubrics", "evaluations.panels"},
    "evaluations.scoring": set(),
    "evaluations.tallies": {"evaluations.ratings"},
    "evaluations.results": {
        "evaluations.reviews", "evaluations.tallies", "evaluations.benchmarks", "evaluations.scoring",
    },
    "evaluations.hearings": {"evaluations.results"},
    "evaluations.stagefile": {"evaluations.results"},
    "evaluations.proceedings": {"evaluations.stagefile", "evaluations.hearings"},
    "portal.pages": {"evaluations.proceedings"},
    "portal": {"portal.pages"},
}  # fmt: skip
"""Each package and what lies directly below it; what is below that lies below too."""

TOOLS = {"portal.markup", "portal.charts", "portal.templatetags", "portal.forms", "portal.keys", "portal.unseen"}
"""Leaves of the site that any package may use and that import none of them."""

ENTRY = {"portal.settings", "portal.urls", "portal.wsgi", "portal.celery", "portal.admin", "portal.apps"}
"""The site itself; `portal.admin` gives the base classes of every package's admin."""


def all_below(package: str) -> set[str]:
    below = set(BELOW[package])
    for name in BELOW[package]:
        below |= all_below(name)
    return below


def package_of(module: str) -> str | None:
    if module.startswith("portal"):
        for name in sorted(BELOW.keys() | TOOLS | ENTRY, key=len, reverse=True):
            if module == name or module.startswith(f"{name}."):
                return name
    if module.startswith("evaluations."):
        return ".".join(module.split(".")[:2])
    return None


def modules() -> dict[str, Path]:
    found = {}
    for top in ("portal", "evaluations"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_package_has_a_place():
    homeless = {
        ".".join(name.split(".")[:2])
        for name in modules()
        if name.startswith("evaluations.") and ".".join(name.split(".")[:2]) not in BELOW
    }
    assert homeless == set()


def test_imports_go_down_only():
    upward = []
    for name, path in modules().items():
        here = package_of(name)
        if here is None or here in ENTRY or here == "portal" or ".migrations" in name:
            continue
        allowed = all_below(here) | {here, "portal.ids", "portal.audit", "portal.admin"} if here in BELOW else set()
        for imported in imports_of(path):
            there = package_of(imported)
            if there is None or there == here or there in TOOLS or there in allowed:
                continue
            upward.append(f"{name} imports {imported}")
    assert upward == []


def test_scoring_never_loads_django():
    code = "import evaluations.scoring, sys; sys.exit(any(m.split('.')[0] == 'django' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_no_package_is_called_a_drawer():
    drawers = {"common", "core", "utils", "helpers", "services", "signals"}
    assert {name for name in modules() if name.split(".")[-1] in drawers} == set()


def test_the_picture_names_every_table_in_its_room():
    """docs/architecture.md tells what each room holds; the rows of `django.contrib` and allauth are theirs."""
    picture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = dict(re.findall(r"^\| `([a-z.]+)` \| (.+?) \| .*\|$", picture, re.MULTILINE))
    missing = [
        model._meta.label
        for config in apps.get_app_configs()
        if config.name in BELOW
        for model in config.get_models()
        if not model._meta.proxy and f"`{model.__name__}`" not in rooms[config.name.removeprefix("evaluations.")]
    ]

    assert missing == []
