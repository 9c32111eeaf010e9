"""The site and, beside it, the least that a request that keeps something can be: one row, and no question before it; and the same for
somebody who is signed in, whose session and account are read first."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import urls
from portal.accounts.guards import public
from portal.ids import random_id
from portal.urls import handler400, handler403, handler404, handler429, handler500

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

TABLE = "CREATE TABLE bench_row (id varchar(26) PRIMARY KEY, said varchar(16) NOT NULL)"


def own_row(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (id, said) VALUES (%s, %s)", [random_id(), "a"])
    return HttpResponse(status=204)


@public
def one_row(request: HttpRequest) -> HttpResponse:
    return own_row(request)


urlpatterns = [*urls.urlpatterns, path("bench/row/", one_row), path("bench/own-row/", own_row)]
