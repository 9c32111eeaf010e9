"""A stage as one ZIP file, for the office."""

import io
import tempfile
import zipfile
from pathlib import Path

from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.stagefile.export import standing_configuration
from evaluations.stagefile.export_data import write_data
from evaluations.stagefile.schema import STAGE_FILE
from evaluations.stagefile.write_toml import stage_toml

SEALED = (Phase.OPEN, Phase.CLOSED)
"""While these last nobody may see what was marked and voted."""


def stage_zip(stage: Stage) -> io.BytesIO:
    """`stage.toml`, and the data files unless what they say is still sealed."""
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory(prefix="export-") as folder,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        directory = Path(folder)
        (directory / STAGE_FILE).write_text(stage_toml(standing_configuration(stage)), encoding="utf-8")
        if stage.current_phase not in SEALED:
            write_data(stage, directory)
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(directory))
    packed.seek(0)
    return packed
