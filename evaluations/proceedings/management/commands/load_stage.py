"""Load a stage from a directory: everything or nothing, every fault by file, line and reason."""

from pathlib import Path

from django.core.management.base import BaseCommand

from evaluations.stagefile.faults import StageFileError
from evaluations.stagefile.load import load_directory


class Command(BaseCommand):
    help = "단계 디렉터리(stage.toml과 자료 파일)를 들여옵니다. 하나라도 잘못되면 아무것도 바꾸지 않습니다."

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path, help="stage.toml이 있는 디렉터리")

    def handle(self, *, directory: Path, **options):
        try:
            loaded = load_directory(directory, by="command", say=self.stdout.write)
        except StageFileError as error:
            self.stderr.write("\n".join(error.faults.lines()))
            self.stderr.write(
                f"\n잘못된 곳이 {error.faults.total:,}군데{' 이상' if error.faults.enough else ''} 있어 아무것도 들여오지 않았습니다."
            )
            raise SystemExit(1) from None
        done = "들여왔습니다" if loaded.created else "이미 같은 내용이 있습니다"
        self.stdout.write(f"‘{loaded.stage.slug}’ 단계: {done}.\n설정 지문 {loaded.config_digest}")
