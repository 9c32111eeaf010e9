"""Who may do it: one decorator per role, above the name of the view.

Every page needs a sign-in unless `public` says otherwise (`LoginRequiredMiddleware`). A person of
another role is told 404: that a page exists is itself something not everybody may know.
"""

from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.http import Refusal

public = login_not_required


def _only(*roles: Role):
    def guard(view):
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            if request.user.role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        wrapper.roles = roles
        return wrapper

    return guard


class LargeBodyMiddleware:
    """Only officers send files. Of anybody else nothing is read that is longer than the longest form, or does not say how long it is: the
    CSRF check would have all of it parsed, and its files written to disk, before anybody is asked who sent it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        if _may_be_large(request) and getattr(request.user, "role", None) != Role.OFFICER:
            raise RequestDataTooBig("a large body of somebody who sends no files")
        return self.get_response(request)


def _may_be_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    known = length.isdecimal() and "HTTP_TRANSFER_ENCODING" not in request.META
    return not known or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE


experts_only = _only(Role.EXPERT)
citizens_only = _only(Role.CITIZEN)
teams_only = _only(Role.TEAM)
two_factors_only = _only(Role.EXPERT, Role.OFFICER, Role.AUDITOR, Role.TEAM)


def refuse_unless_officer(by: User) -> None:
    """For verbs, whatever page or command calls them."""
    if by.role != Role.OFFICER or not by.is_active:
        raise Refusal("담당자만 할 수 있는 일입니다.")
