"""No room of the office or of the panel opens before both factors were used in this very session.

allauth asks for the second factor of whoever has set one up. What it leaves open – an account without one yet, and a sign-in by
mailed code or reset link instead of the password – ends here.
"""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts.roles import SECOND_FACTOR

OPEN = frozenset(
    {
        "account_logout",
        "mfa_activate_totp",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "language",
        "display",
        "healthz",
        "readyz",
    }
)
"""Addresses that somebody with one factor may reach: to set up the other, to prove it, to leave."""


class SecondFactorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or user.role not in SECOND_FACTOR:
            return None
        used = methods_used(request)
        if {"password", "mfa"} <= used or request.resolver_match.url_name in OPEN:
            return None
        if "password" not in used:
            logout(request)
            messages.error(request, "평가위원과 담당자, 감사자는 비밀번호와 인증 앱으로 로그인해야 합니다.")
            return redirect("account_login")
        return redirect(_and_back(request, "mfa_reauthenticate" if is_mfa_enabled(user) else "mfa_activate_totp"))


def _and_back(request: HttpRequest, name: str) -> str:
    """The address of the page that asks for the factor, which then leads to where the person wanted to go."""
    if request.method not in ("GET", "HEAD"):
        return reverse(name)
    query = QueryDict(mutable=True)
    query["next"] = request.get_full_path()
    return f"{reverse(name)}?{query.urlencode(safe='/')}"


def methods_used(request: HttpRequest) -> set[str]:
    """How this person proved who she is in this session, by allauth's record of it."""
    return {record.get("method", "") for record in get_authentication_records(request, request.user)}


def code_now(secret: str) -> str:
    """What an authenticator app with this secret shows at this moment."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD))
