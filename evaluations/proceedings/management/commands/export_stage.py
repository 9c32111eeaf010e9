"""Write a stage back to a directory that load_stage reads; with --data its data files too."""

from pathlib import Path

from django.core.management.base import BaseCommand

from evaluations.programme.models import Stage
from evaluations.programme.phases import LABELS
from evaluations.programme.visibility import commands_may_show
from evaluations.results.queries import is_stale, latest_run
from evaluations.scoring.canonical import digest
from evaluations.stagefile.export import standing_configuration
from evaluations.stagefile.export_data import SHOWS, write_data
from evaluations.stagefile.schema import STAGE_FILE
from evaluations.stagefile.write_toml import stage_toml
from portal.audit.record import record_access


class Command(BaseCommand):
    help = "단계를 stage.toml로 내보냅니다. --data를 주면 자료 파일도 내보냅니다. 있는 파일은 덮어쓰지 않습니다."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="단계의 식별자")
        parser.add_argument("directory", type=Path, help="새로 만들거나 비어 있는 디렉터리")
        parser.add_argument("--data", action="store_true", help="측정값, 평가표, 투표 같은 자료 파일도 내보냅니다")

    def handle(self, *, slug: str, directory: Path, data: bool, **options):
        stage = Stage.objects.filter(slug=slug).first()
        if stage is None:
            self._refuse(f"그런 단계가 없습니다: {slug[:50]!r}")
        if data and not all(commands_may_show(thing, stage.current_phase) for thing in SHOWS.values()):
            self._refuse(
                f"‘{LABELS[stage.current_phase]}’ 국면에는 자료를 내보낼 수 없습니다. 집계한 뒤에 할 수 있습니다."
            )
        try:
            directory.mkdir(parents=True, exist_ok=True)
            if any(directory.iterdir()):
                self._refuse(f"{directory}: 비어 있지 않은 디렉터리입니다. 있는 파일은 덮어쓰지 않습니다.")
        except (OSError, ValueError):
            self._refuse(f"{directory}: 만들거나 읽을 수 없는 디렉터리입니다.")
        config = standing_configuration(stage)
        (directory / STAGE_FILE).write_text(stage_toml(config), encoding="utf-8", newline="")
        self.stdout.write(f"{STAGE_FILE}\n설정 지문 {digest(config)}")
        if data:
            record_access(actor="command", action="stage data exported", whose=stage.slug)
            for name, number in write_data(stage, directory).items():
                self.stdout.write(f"{name} {number:,}행")
            run = latest_run(stage)
            if run and not is_stale(run):
                self.stdout.write(
                    f"자료 봉인 {run.seal.inputs}\n결과 봉인 {run.seal.result}\n임의값 {run.seal.opening}"
                )

    def _refuse(self, sentence: str):
        self.stderr.write(sentence)
        raise SystemExit(1)
