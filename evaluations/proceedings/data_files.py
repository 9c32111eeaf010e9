"""The data files of a stage as the office sees them: what each is, what came in, what may come in or go out now."""

import json
from dataclasses import dataclass
from datetime import datetime

from evaluations.programme.models import Stage
from evaluations.programme.visibility import Who
from evaluations.stagefile.export_data import told_to
from evaluations.stagefile.load import importable
from evaluations.stagefile.schema import DATA, DataFile
from portal.audit.models import Event


@dataclass(frozen=True)
class Imported:
    """One import: when, how many rows, and by which SHA-256 the file can be told again."""

    at: datetime
    rows: int
    sha256: str


@dataclass(frozen=True)
class Listed:
    """A data file on the office's page of a stage."""

    file: DataFile
    columns: str
    imports: list[Imported]
    may_import: bool
    may_export: bool


def of_stage(stage: Stage, who: Who) -> list[Listed]:
    imports = _imports(stage)
    now = importable(stage)
    told = told_to(who, stage.current_phase)
    return [
        Listed(
            file=file, columns=", ".join([*file.columns, *(f"[{column}]" for column in file.optional)]),
            imports=imports.get(name, []), may_import=name in now, may_export=name in told,
        )
        for name, file in DATA.items()
    ]  # fmt: skip


def _imports(stage: Stage) -> dict[str, list[Imported]]:
    found: dict[str, list[Imported]] = {}
    for event in Event.objects.of_stage(stage.slug).filter(kind="data imported").in_order():
        data = json.loads(event.body)["data"]
        found.setdefault(data["file"], []).append(Imported(event.at, data["rows"], data["sha256"]))
    return found
