"""How often an address may be tried, by whom. A stranger who tries it for ever must not keep its owner out.

Every limit is counted for the address together with where the attempt comes from: the network address, or a device on which its owner has
signed in before. A second, wider limit bounds what all unknown places together may do to one address; a known device is never refused by
it. So one place can lock itself out only, many places are still bounded, and whoever has signed in here once always gets in.

The cookie of a known device names nobody: it is a random value with a keyed hash over that value and the address.
"""

import secrets
from datetime import timedelta

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from portal.accounts.emails import normalise_email

DEVICE_KNOWN_FOR = timedelta(days=180)

FROM_HERE = {
    "password": "10/m/ip,5/5m/key,20/h/key",
    "login_code": "20/m/ip,3/m/key,10/h/key",
    "reset_password": "20/m/ip,3/m/key,10/h/key",
    "verification": "20/m/ip,3/m/key,10/h/key",
}
"""What one place or device may do to one address; `/ip` to all addresses together."""

FROM_ANYWHERE = {
    "password": "100/h/key",
    "login_code": "50/h/key",
    "reset_password": "50/h/key",
    "verification": "50/h/key",
}
"""What all places that nobody knows may do to one address together: several times what one place may."""


def use(request: HttpRequest, action: str, email: str) -> ratelimit.RateLimitUsage | None:
    """Count one attempt at this address; None when it must be refused. The usage can be rolled back after a success."""
    email = normalise_email(email)
    device = _device(request, email)
    place = device or ratelimit.get_ip(request)
    here = _consume(request, action, FROM_HERE, f"{email} {place}")
    if here is None or device:
        return here
    anywhere = _consume(request, action, FROM_ANYWHERE, email)
    return anywhere and ratelimit.RateLimitUsage([*here.usage, *anywhere.usage])


def _consume(request: HttpRequest, action: str, rates: dict[str, str], key: str) -> ratelimit.RateLimitUsage | None:
    return ratelimit.consume(request, app="portal.accounts", action=action, config=rates, key=key)


def remember_device(response: HttpResponse, email: str) -> None:
    """Let this browser be known as one on which the owner of the address has signed in."""
    nonce = secrets.token_bytes(16).hex()
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME, f"{nonce}.{_mac(nonce, normalise_email(email))}",
        max_age=DEVICE_KNOWN_FOR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip


def _device(request: HttpRequest, email: str) -> str:
    """The random value of a browser on which this address has signed in; empty for any other."""
    nonce, _dot, mac = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "").partition(".")
    return nonce if nonce and constant_time_compare(mac, _mac(nonce, email)) else ""


def _mac(nonce: str, email: str) -> str:
    return salted_hmac("portal.accounts.limits", f"{nonce} {email}", algorithm="sha256").hexdigest()
