"""Where sign-in differs from allauth's: what is counted against guessing, which devices are known afterwards, and what things are called."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts import limits
from portal.accounts.models import User
from portal.accounts.second_factor import asked_for_the_other, typed_factors
from portal.accounts.sign_in import BEFORE_SIGN_IN

WAYS = {
    "reauthenticate": _("비밀번호로 확인"),
    "mfa_reauthenticate": _("인증 앱이나 복구 번호로 확인"),
    "mfa_reauthenticate:webauthn": _("패스키로 확인"),
}
BY_RECOVERY_CODE = _("복구 번호로 확인")


class AccountAdapter(DefaultAccountAdapter):
    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """allauth counts by the address alone, so that anybody could lock anybody out. It takes the usage back after a success."""
        self._login_failed_rl_usage = limits.use(request, "password", credentials.get("email", ""))
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def login(self, request: HttpRequest, user: User) -> None:
        secret = request.META.get("CSRF_COOKIE")
        super().login(request, user)
        request.session[BEFORE_SIGN_IN] = secret

    def post_login(self, request: HttpRequest, user: User, **hook) -> HttpResponse:
        response = super().post_login(request, user, **hook)
        limits.remember_device(response, user.email)
        return response

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict]:
        """Named by what this person has, and without the password where it is the other factor that is asked for."""
        ways = super().get_reauthentication_methods(user)
        if not ways:
            return []
        told = (
            WAYS if Authenticator.Type.TOTP in typed_factors(user) else WAYS | {"mfa_reauthenticate": BY_RECOVERY_CODE}
        )
        left_out = {"reauthenticate"} if asked_for_the_other(self.request) else set()
        return [way | {"description": told[way["id"]]} for way in ways if way["id"] not in left_out]


class FactorAdapter(DefaultMFAAdapter):
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the host name it was made at; beside it the device shows the name of the site."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a passkey is called until its owner says better."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("패스키 %(number)s") % {"number": number}
