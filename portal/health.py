"""Two addresses for the machines that watch the site. They tell whether it works and nothing about it."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse

from portal.accounts.guards import public
from portal.http import reads


@reads()
@public
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. A failing database is no reason to restart it."""
    return HttpResponse("ok\n", content_type="text/plain")


@reads()
@public
def readyz(request: HttpRequest) -> HttpResponse:
    """Requests may be sent here: the database answers and has the tables this code needs.

    The broker is not asked: without it every page still works and nothing is lost, only counts wait.
    """
    try:
        ready = _needed() <= MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        ready = False
    return HttpResponse("ok\n" if ready else "wait\n", content_type="text/plain", status=200 if ready else 503)


@cache
def _needed() -> frozenset[tuple[str, str]]:
    """The migrations of this code. Read once: it takes some 20 ms, and a running process does not change its code."""
    return frozenset(MigrationLoader(None).graph.nodes)
