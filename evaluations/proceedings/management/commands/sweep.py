"""Send again what a lost message or a dead worker left undone."""

from django.core.management.base import BaseCommand

from evaluations.results import jobs, tasks


class Command(BaseCommand):
    help = "끝나지 않은 집계를 다시 보냅니다. 몇 번을 해도 한 번만 끝납니다."

    def handle(self, **options):
        waiting = jobs.waiting_ids()
        for job_id in waiting:
            tasks.send(job_id)
        self.stdout.write(f"다시 보낸 집계: {len(waiting)}건")
