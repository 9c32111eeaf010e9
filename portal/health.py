"""Two addresses for the machines that watch the site. They tell whether it works and nothing about it."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
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
        executor = MigrationExecutor(connection)
        ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        ready = False
    return HttpResponse("ok\n" if ready else "wait\n", content_type="text/plain", status=200 if ready else 503)
