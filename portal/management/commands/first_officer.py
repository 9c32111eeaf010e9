"""The first two accounts of a new site: whoever has the server vouches for two officers, and they open all others in the office."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse

from portal.accounts.actions import create_account
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.http import Refusal

TOGETHER = 2
"""As many as it takes to do what no officer does alone, opening the account of another officer among it."""


class Command(BaseCommand):
    help = "담당자가 두 사람이 될 때까지 담당자 계정을 만듭니다. 비밀번호는 본인이 메일로 받은 링크에서 정합니다."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="이름")

    def handle(self, *, email: str, name: str, **options):
        if User.objects.filter(role=Role.OFFICER, is_active=True).count() >= TOGETHER:
            raise CommandError("담당자가 이미 두 사람 있습니다. 다른 계정은 담당자가 관리 화면에서 만듭니다.")
        try:
            validate_email(email)
            officer = create_account(email=email, role=Role.OFFICER, name=name, password=None, by=None)
        except ValidationError:
            raise CommandError("전자우편 주소가 아닙니다.") from None
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"{officer.email}: 담당자 계정을 만들었습니다. {settings.SITE_URL}{reverse('account_reset_password')}에서 "
            "비밀번호를 정하고, 처음 로그인할 때 인증 앱이나 패스키를 등록하세요."
        )
