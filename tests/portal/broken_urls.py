"""The site with three addresses more, at which it breaks."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import urls
from portal.accounts.guards import public
from portal.http import Stale
from portal.urls import handler400, handler403, handler404, handler429, handler500

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

SECRET = "비밀-7f3a"


def _raising(exception: Exception):
    @public
    def view(request: HttpRequest) -> HttpResponse:
        reviewer = SECRET
        raise exception from KeyError(reviewer)

    return view


urlpatterns = [
    *urls.urlpatterns,
    path("broken/", _raising(RuntimeError(SECRET)), name="broken"),
    path("suspicious/", _raising(SuspiciousOperation(SECRET)), name="suspicious"),
    path("locked/", _raising(OperationalError("database is locked")), name="locked"),
    path("forbidden/", _raising(PermissionDenied(SECRET)), name="forbidden"),
    path("stale/", _raising(Stale("다른 창에서 먼저 저장했습니다.")), name="stale"),
]
