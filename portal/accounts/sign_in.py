"""Every page needs a sign-in unless its view says otherwise; and nobody loses a text because her session ended while she wrote it."""

from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import (
    CsrfViewMiddleware,
    InvalidTokenFormat,
    RejectRequest,
    _check_token_format,
    _does_token_match,
)
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from portal.http import handed_back, is_autosave

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's, but a posted form is not answered by the way to the sign-in page, on which everything typed would be gone."""

    def handle_no_permission(self, request: HttpRequest, view_func) -> HttpResponse:
        if request.method in SAFE:
            return super().handle_no_permission(request, view_func)
        login = self.get_login_url(view_func)
        if is_autosave(request):
            message = gettext("로그인이 끝났습니다. 새 창에서 로그인하시면 이어서 저장합니다.")
            return JsonResponse({"message": message, "login": resolve_url(login)}, status=403)
        query = QueryDict(mutable=True)
        query["next"] = _page_of_the_form(request)
        context = handed_back(request) | {"login_url": f"{resolve_url(login)}?{query.urlencode(safe='/')}"}
        return render(request, "errors/signed_out.html", context, status=403)


BEFORE_SIGN_IN = "form secret before the sign-in"


class FormTokenMiddleware(CsrfViewMiddleware):
    """Django's, but a form that this browser was given before it signed in is taken after it, too: the one that asked for the sign-in. Where
    a form comes from is checked first as ever, and the secret of that time is known to nobody else."""

    def _check_token(self, request: HttpRequest) -> None:
        try:
            super()._check_token(request)
        except RejectRequest:
            if not _is_from_before(request):
                raise


def _is_from_before(request: HttpRequest) -> bool:
    secret, token = request.session.get(BEFORE_SIGN_IN), request.POST.get("csrfmiddlewaretoken", "")
    try:
        _check_token_format(token)
    except InvalidTokenFormat:
        return False
    return secret is not None and _does_token_match(token, secret)


def _page_of_the_form(request: HttpRequest) -> str:
    """The page the form was on; the address it was sent to answers no GET."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return "/"
    return urlsplit(came_from).path
