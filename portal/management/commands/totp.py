"""The code an authenticator app would show now, for trying the demonstration without a phone."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.second_factor import code_now


class Command(BaseCommand):
    help = "시연 계정의 인증 앱 번호를 보입니다. PORTAL_ENV=demo에서만 됩니다."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email: str, **options):
        if settings.PORTAL_ENV != "demo":
            raise CommandError("시연(PORTAL_ENV=demo)에서만 쓸 수 있습니다.")
        found = Authenticator.objects.filter(user__email=email.lower(), type=Authenticator.Type.TOTP).first()
        if found is None:
            raise CommandError("그 계정에는 인증 앱이 등록되어 있지 않습니다.")
        secret = TOTP(found).instance.data["secret"]
        self.stdout.write(code_now(secret))
