"""What the frame of every page needs: name, menu, language, display, and how long the session still lasts.

Asks the database nothing beyond the visitor's own session and account, so that it adds no query to a page that knows its visitor.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from portal.accounts.roles import Role

DISPLAY_COOKIE = "display"
HIGH_CONTRAST = "high-contrast"
EXTENDED_AT = "extended_at"
# What officers, experts and teams read exists in Korean only; half a page in another language is worse than none.
KOREAN_ONLY = frozenset({"reviews", "panels", "hearings", "proceedings", "admin"})


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    current: bool = False
    post: bool = False


def page_language(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    if match and KOREAN_ONLY.intersection(match.app_names):
        return "ko"
    return (translation.get_language() or "ko").split("-")[0]


def _item(request: HttpRequest, label: str, name: str, post: bool = False) -> MenuItem | None:
    try:
        url = reverse(name)
    except NoReverseMatch:
        return None
    return MenuItem(label, url, current=request.path == url or (url != "/" and request.path.startswith(url)), post=post)


def main_menu(request: HttpRequest) -> list[MenuItem]:
    user = getattr(request, "user", None)
    role = getattr(user, "role", None)
    items = [
        _item(request, gettext("평가 기준"), "pages:criteria"),
        _item(request, gettext("결과"), "pages:results"),
    ]
    if role in (None, Role.CITIZEN):
        items.append(_item(request, gettext("참여하기"), "ratings:home"))
    if role == Role.EXPERT:
        items.append(_item(request, gettext("나의 평가"), "reviews:desk"))
    if role == Role.TEAM:
        items.append(_item(request, gettext("우리 팀"), "results:own"))
        items.append(_item(request, gettext("소명과 이의신청"), "hearings:home"))
    if getattr(user, "is_staff", False):
        items.append(_item(request, gettext("업무 화면"), "admin:index"))
    return [item for item in items if item]


def account_menu(request: HttpRequest) -> list[MenuItem]:
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        items = [
            _item(request, gettext("내 계정"), "account_email"),
            _item(request, gettext("로그아웃"), "account_logout", post=True),
        ]
    else:
        items = [_item(request, gettext("로그인"), "account_login")]
    return [item for item in items if item]


def session_seconds(request: HttpRequest) -> int | None:
    """How long the sign-in lasts at least; the session may live longer, never shorter."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.last_login is None:
        return None
    since = max(user.last_login.timestamp(), request.session.get(EXTENDED_AT, 0))
    return max(0, int(since + settings.SESSION_COOKIE_AGE - timezone.now().timestamp()))


def _page_again(request: HttpRequest) -> str:
    """This page, or where the form it answers was sent from; the front page where that can only be sent to."""
    if request.method != "POST":
        return request.get_full_path()
    try:
        sent_from = urlsplit(request.headers.get("Referer", ""))
        view = resolve(sent_from.path).func
    except (ValueError, Resolver404):
        return reverse("pages:home")
    if getattr(view, "kind", "") == "writes":
        return reverse("pages:home")
    return urlunsplit(("", "", sent_from.path, sent_from.query, ""))


def site(request: HttpRequest) -> dict[str, object]:
    language = page_language(request)
    match = getattr(request, "resolver_match", None)
    with translation.override(language):
        return {
            "service_name": gettext("독자 AI 파운데이션 모델 평가 포털"),
            "contact_email": settings.CONTACT_EMAIL,
            "official_masthead": settings.OFFICIAL_MASTHEAD,
            "page_language": language,
            # A page that answers a POST may hold unsaved text: no switch that would leave it without asking.
            "may_leave": request.method != "POST",
            "switch_next": _page_again(request),
            # Said where somebody who chose English meets a page that has none.
            "only_korean": language == "ko" and getattr(request, "LANGUAGE_CODE", "ko") != "ko",
            "bilingual": not (match and KOREAN_ONLY.intersection(match.app_names)),
            "display_mode": HIGH_CONTRAST if request.COOKIES.get(DISPLAY_COOKIE) == HIGH_CONTRAST else "",
            "main_menu": main_menu(request),
            "account_menu": account_menu(request),
            "session_seconds": session_seconds(request),
        }
