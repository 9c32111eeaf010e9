from typing import Any

from django.core.management.base import BaseCommand

from evaluations.results import jobs, tasks


class Command(BaseCommand):
    help = "끝나지 않은 집계를 다시 일꾼에게 보냅니다. (sends again every count that is not done and in nobody's hands)"

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = jobs.waiting_ids()
        tasks.sweep()
        self.stdout.write(f"보낸 집계: {len(waiting)}건")
