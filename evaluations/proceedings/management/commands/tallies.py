"""Look after what is kept of the ballots: compare it with the ballots themselves, or throw it away."""

from django.core.management.base import BaseCommand, CommandError

from evaluations.programme.models import Stage
from evaluations.programme.phases import LABELS
from evaluations.programme.visibility import Thing, commands_may_show
from evaluations.tallies import actions, queries


class Command(BaseCommand):
    help = "투표를 시간대별로 모아 둔 표를 원래 투표와 견주거나(--verify), 버립니다(--forget). 버려도 다음 집계가 다시 모읍니다."

    def add_arguments(self, parser):
        parser.add_argument("stage", help="단계 식별자, 예: stage-2")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--verify", action="store_true", help="모든 투표를 새로 모아 한 칸씩 견줍니다")
        what.add_argument("--forget", action="store_true", help="모아 둔 표를 버립니다")

    def handle(self, *, stage: str, verify: bool, **options):
        found = Stage.objects.filter(slug=stage).first()
        if found is None:
            raise CommandError(f"‘{stage}’ 단계가 없습니다.")
        if not verify:
            self.stdout.write(f"{actions.forget(stage=found):,}시간의 표를 버렸습니다. 다음 집계가 다시 모읍니다.")
            return
        if not commands_may_show(Thing.OTHER_BALLOT, found.current_phase):
            raise CommandError(
                f"‘{LABELS[found.current_phase]}’ 국면에는 투표를 세어 보이지 않습니다. 집계한 뒤에 할 수 있습니다."
            )
        if wrong := queries.differences(found):
            lines = [f"  {key}: 모아 둔 수 {kept:,}, 다시 센 수 {afresh:,}" for key, kept, afresh in wrong[:20]]
            raise CommandError("\n".join([f"투표와 다른 칸이 {len(wrong):,}개 있습니다.", *lines]))
        self.stdout.write("모아 둔 표가 투표와 한 칸도 다르지 않습니다.")
