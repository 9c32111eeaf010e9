"""Pages without a procedure behind them, the reader's own settings, and the answers to errors."""

import time

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.i18n import set_language

from evaluations.programme.models import Stage
from evaluations.ratings.models import Paper, RatingPlan
from portal.accounts import limits
from portal.accounts.guards import public
from portal.http import handed_back, is_autosave, reads, writes
from portal.pages.context import DISPLAY_COOKIE, EXTENDED_AT, HIGH_CONTRAST

LIMIT_SECONDS = 60
"""Over so long counts every limit that is answered by a page of its own."""
YEAR = 365 * 24 * 3600


@reads()
@public
def home(request: HttpRequest) -> HttpResponse:
    plans = list(RatingPlan.objects.asking_now(timezone.now()).select_related("stage"))
    finished = Paper.objects.finished_by(request.user, [plan.stage for plan in plans])
    context = {"stages": Stage.objects.for_public(), "plans": plans, "finished": finished}
    return render(request, "pages/home.html", context)


@reads()
@public
def criteria(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/criteria.html", {"stages": Stage.objects.for_public()})


@reads()
@public
def results(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/results.html", {"stages": Stage.objects.for_public()})


@reads()
@public
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/help.html")


@reads()
@public
def notices(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/notices.html", {"stages": Stage.objects.for_public()})


@reads()
@public
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", {"device_days": limits.DEVICE_KNOWN_FOR.days})


@reads()
@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


@writes
@public
def language(request: HttpRequest) -> HttpResponse:
    return set_language(request)


def _back(request: HttpRequest) -> str:
    """The page the reader came from, if it is one of ours."""
    following = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(
        following, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return following if here and following.startswith("/") else reverse("pages:home")


@writes
@public
def display(request: HttpRequest) -> HttpResponse:
    """The high contrast mode is kept in a cookie of its own, so it needs neither sign-in nor script."""
    response = HttpResponseRedirect(_back(request))
    if request.POST.get("mode") == HIGH_CONTRAST:
        response.set_cookie(
            DISPLAY_COOKIE,
            HIGH_CONTRAST,
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(DISPLAY_COOKIE, samesite="Lax")
    return response


@writes
def session(request: HttpRequest) -> HttpResponse:
    """Keeps a signed-in reader signed in for another full period."""
    request.session[EXTENDED_AT] = int(time.time())
    return JsonResponse({"seconds": settings.SESSION_COOKIE_AGE})


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    too_big = isinstance(exception, RequestDataTooBig)
    if too_big and is_autosave(request):
        return JsonResponse({"message": gettext("내용이 너무 길어 저장하지 못했습니다. 줄여 주세요.")}, status=413)
    return render(request, "errors/400.html", {"too_big": too_big}, status=413 if too_big else 400)


@public
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same words whatever was looked for: whether it exists is not told."""
    return render(request, "errors/404.html", status=404)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token of a form is old after a new sign-in. A form of our own pages is handed back to be sent again.

    Browsers name the origin of every form that is posted; one that comes from elsewhere gets nothing back.
    """
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if is_autosave(request):
        message = gettext("로그인 상태가 바뀌어 저장하지 못했습니다. 다시 저장합니다.")
        return JsonResponse({"message": message, "token": get_token(request) if ours else ""}, status=403)
    return render(request, "errors/csrf.html", handed_back(request) if ours else {}, status=403)


@public
def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Where a limit of the sign-in pages is reached: allauth looks for this handler in `portal.urls`."""
    page = render(request, "errors/429.html", status=429)
    page["Retry-After"] = LIMIT_SECONDS
    return page


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """No context and no base template: whatever broke may be what they need."""
    return HttpResponse(get_template("errors/500.html").render(), status=500)
