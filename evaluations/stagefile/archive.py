"""A stage as one ZIP file, for the office."""

import io
import tempfile
import zipfile
from pathlib import Path

from evaluations.programme.models import Stage
from evaluations.programme.visibility import Who
from evaluations.stagefile.export import standing_configuration
from evaluations.stagefile.export_data import told_to, write_data
from evaluations.stagefile.schema import STAGE_FILE
from evaluations.stagefile.write_toml import stage_toml

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the archive: the same stage gives the same bytes."""


def stage_zip(stage: Stage, who: Who) -> io.BytesIO:
    """`stage.toml`, and those data files whose content this role may see now."""
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory(prefix="export-") as folder,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        directory = Path(folder)
        (directory / STAGE_FILE).write_text(stage_toml(standing_configuration(stage)), encoding="utf-8")
        write_data(stage, directory, told_to(who, stage.current_phase))
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(directory)), EARLIEST)
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    packed.seek(0)
    return packed
