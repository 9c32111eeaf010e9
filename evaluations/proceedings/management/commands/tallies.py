"""Look after what is kept of the ballots: compare it with the ballots themselves, trace a number to them, or throw it away."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaluations.programme.models import Stage
from evaluations.programme.phases import LABELS
from evaluations.programme.visibility import Thing, commands_may_show
from evaluations.tallies import actions, queries


class Command(BaseCommand):
    help = "투표를 시간대별로 모아 둔 표를 원래 투표와 견주거나(--verify), 어느 투표에서 온 수인지 찾거나(--trace), 버립니다(--forget). 버려도 다음 집계가 다시 모읍니다."

    def add_arguments(self, parser):
        parser.add_argument("stage", help="단계 식별자, 예: stage-2")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--verify", action="store_true", help="모든 투표를 새로 모아 한 칸씩 견줍니다")
        what.add_argument(
            "--trace",
            nargs=3,
            metavar=("팀", "상대나_물음", "답"),
            help="이 답을 센 투표를 모두 적습니다, 예: lg upstage a 또는 lg helpful 5",
        )
        what.add_argument("--forget", action="store_true", help="모아 둔 표를 버립니다")

    def handle(self, *, stage: str, verify: bool, trace: list[str] | None, **options):
        found = Stage.objects.filter(slug=stage).first()
        if found is None:
            raise CommandError(f"‘{stage}’ 단계가 없습니다.")
        if not verify and not trace:
            self.stdout.write(f"{actions.forget(stage=found):,}시간의 표를 버렸습니다. 다음 집계가 다시 모읍니다.")
            return
        if not commands_may_show(Thing.OTHER_BALLOT, found.current_phase):
            raise CommandError(
                f"‘{LABELS[found.current_phase]}’ 국면에는 투표를 세어 보이지 않습니다. 집계한 뒤에 할 수 있습니다."
            )
        if trace:
            self._trace(found, *trace)
            return
        if wrong := queries.differences(found):
            lines = [f"  {key}: 모아 둔 수 {kept:,}, 다시 센 수 {afresh:,}" for key, kept, afresh in wrong[:20]]
            raise CommandError("\n".join([f"투표와 다른 칸이 {len(wrong):,}개 있습니다.", *lines]))
        self.stdout.write("모아 둔 표가 투표와 한 칸도 다르지 않습니다.")

    def _trace(self, stage: Stage, left: str, other: str, answer: str) -> None:
        votes = None
        for cell, counted, taken_back in queries.traced(stage, left, other, answer):
            votes = (votes or 0) + cell.votes
            at = f"{timezone.localtime(cell.hour.since):%Y-%m-%d %H:%M} {cell.stratum}".rstrip()
            self.stdout.write(f"{at}: {cell.votes:,}표")
            for word, ballots in (("셈", counted), ("고쳐서 뺌", taken_back)):
                for ballot in ballots:
                    self.stdout.write(f"  {word} {ballot.pk}")
        if votes is None:
            raise CommandError(
                f"‘{left} {other} {answer}’: 모아 둔 표에 그런 칸이 없습니다. 팀과 물음은 단계 파일의 식별자로, 답은 a, b, both_good, both_bad, "
                "skip이나 별점 1–5로 적습니다."
            )
        self.stdout.write(f"‘{left} {other} {answer}’: 모두 {votes:,}표입니다.")
