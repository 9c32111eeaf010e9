"""Every page needs a sign-in unless its view says otherwise; and nobody loses a text because her session ended while she wrote it."""

from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from portal.http import is_autosave, words_in

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
        context = {"words": words_in(request), "login_url": f"{resolve_url(login)}?{query.urlencode(safe='/')}"}
        return render(request, "errors/signed_out.html", context, status=403)


def _page_of_the_form(request: HttpRequest) -> str:
    """The page the form was on; the address it was sent to answers no GET."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return "/"
    return urlsplit(came_from).path
