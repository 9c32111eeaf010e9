"""No room of the office or of the panel opens before both factors were used in this very session.

Password and app are two; a passkey is both at once, as its device has asked for a PIN, a finger or a face. allauth asks for the second
factor of whoever has set one up. What it leaves open – an account without one yet, and a sign-in by mailed code or reset link instead of
the password – ends here.
"""

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.roles import SECOND_FACTOR

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What may be the second factor; recovery codes stand in for it and are none."""
SET_UP = frozenset({"mfa_activate_totp", "mfa_add_webauthn"})
"""Open to somebody with a password who has no second factor yet; once there is one, it is asked for first."""
OPEN = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "language",
        "display",
        "healthz",
        "readyz",
    }
)
"""Addresses that somebody with one factor may reach: to prove the other, to leave."""


class SecondFactorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or user.role not in SECOND_FACTOR:
            return None
        name = request.resolver_match.url_name
        if name in OPEN or both_used(request):
            return None
        if "password" not in methods_used(request):
            logout(request)
            messages.error(request, _("이 계정은 비밀번호와 인증 앱으로, 또는 패스키로 로그인해야 합니다."))
            return redirect("account_login")
        kinds = set(factors(user).values_list("type", flat=True))
        if not kinds:
            return None if name in SET_UP else redirect(_and_back(request, "mfa_activate_totp"))
        by_passkey = Authenticator.Type.WEBAUTHN in kinds
        return redirect(_and_back(request, "mfa_reauthenticate_webauthn" if by_passkey else "mfa_reauthenticate"))


def factors(user: User | OuterRef) -> QuerySet[Authenticator]:
    """Everything that is a second factor of this person."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).order_by("pk")


def typed_factors(user: User) -> set[str]:
    """What this person could type as her second factor: a code of her app, one of her recovery codes, either, or nothing."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    return set(Authenticator.objects.filter(user=user, type__in=kinds).values_list("type", flat=True))


def asked_for_the_other(request: HttpRequest) -> bool:
    """Has somebody who has a second factor used her password alone? To give it once more would lead back to where she is asked."""
    return not both_used(request) and "password" in methods_used(request) and factors(request.user).exists()


def _and_back(request: HttpRequest, name: str) -> str:
    """The address of the page that asks for the factor, which then leads to where the person wanted to go."""
    if request.method not in ("GET", "HEAD"):
        return reverse(name)
    query = QueryDict(mutable=True)
    query["next"] = request.get_full_path()
    return f"{reverse(name)}?{query.urlencode(safe='/')}"


def proofs(request: HttpRequest) -> list[dict[str, Any]]:
    """How this person proved who she is in this session, by allauth's record of it. What a passkey proved is gone with the passkey."""
    records = get_authentication_records(request, request.user)
    by_passkey = {record.get("id") for record in records if record.get("type") == Authenticator.Type.WEBAUTHN}
    kept = set(factors(request.user).filter(pk__in=by_passkey).values_list("pk", flat=True)) if by_passkey else set()
    return [
        record for record in records if record.get("type") != Authenticator.Type.WEBAUTHN or record.get("id") in kept
    ]


def methods_used(request: HttpRequest) -> set[str]:
    return {record.get("method", "") for record in proofs(request)}


def both_used(request: HttpRequest, *, without: int | None = None) -> bool:
    """Password and app, or a passkey, in this very session? And still so `without` the factor of this number?"""
    found = [record for record in proofs(request) if without is None or record.get("id") != without]
    by_passkey = any(record.get("passwordless") for record in found)
    return by_passkey or {"password", "mfa"} <= {record.get("method") for record in found}


def code_now(secret: str) -> str:
    """What an authenticator app with this secret shows at this moment."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD))
