"""Make the sample data of a stage directory from its stage.toml and a seed."""

from pathlib import Path

from django.core.management.base import BaseCommand

from evaluations.stagefile.faults import Faults, StageFileError
from evaluations.stagefile.files import take
from evaluations.stagefile.read import read_stage
from evaluations.stagefile.samples.make import sample_files
from evaluations.stagefile.schema import STAGE_FILE, STAGE_FILE_LARGEST


class Command(BaseCommand):
    help = "표본 단계의 자료 파일을 만듭니다. 같은 seed는 같은 파일을 만듭니다. stage.toml에 sample = true가 있어야 합니다."

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path, help="stage.toml이 있는 디렉터리")
        parser.add_argument("--seed", type=int, required=True, help="0 이상의 정수")
        parser.add_argument("--blinding", action="store_true", help="누구의 모델인지 알아보았는지의 답도 지어냅니다")

    def handle(self, *, directory: Path, seed: int, blinding: bool, **options):
        try:
            config = _configuration(directory)
        except StageFileError as error:
            self.stderr.write("\n".join(error.faults.lines()))
            raise SystemExit(1) from None
        if not config["sample"]:
            self.stderr.write(f"{STAGE_FILE}: sample = true가 아닌 단계의 자료는 지어내지 않습니다.")
            raise SystemExit(1)
        if seed < 0:
            self.stderr.write("--seed: 0 이상이어야 합니다.")
            raise SystemExit(1)
        for name, text in sample_files(config, seed, blinding=blinding).items():
            path = directory / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            self.stdout.write(f"{name} {len(text.encode()):,}바이트")


def _configuration(directory: Path):
    faults = Faults()
    content = take(directory, STAGE_FILE, STAGE_FILE_LARGEST, faults)
    config = read_stage(content, faults) if content else None
    if config is None:
        raise StageFileError(faults)
    return config
