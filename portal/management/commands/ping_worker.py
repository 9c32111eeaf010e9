from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.celery import round_trip


class Command(BaseCommand):
    help = "작업 하나가 중개자와 일꾼을 거쳐 돌아오는지 봅니다. (sends a real task and waits for it)"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--timeout", type=float, default=10.0, help="기다리는 초 (seconds)")

    def handle(self, *args: Any, timeout: float, **options: Any) -> None:
        if not round_trip(timeout):
            raise CommandError("작업이 돌아오지 않았습니다. (no task came back)")
        self.stdout.write("작업이 돌아왔습니다. (a task came back)")
