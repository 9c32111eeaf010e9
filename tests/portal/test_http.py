"""The two kinds of request."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from portal.accounts.guards import public
from portal.audit.models import AccessRecord
from portal.audit.record import record_access
from portal.http import WroteWhileReading, reads, writes

pytestmark = pytest.mark.django_db


@reads("page")
def reading(request):
    return HttpResponse(str(Session.objects.count()))


@reads()
def cheating(request):
    record_access(actor="a", action="peek")
    return HttpResponse("")


@writes
def failing(request):
    record_access(actor="a", action="peek")
    raise ValueError


def test_a_reader_may_select_and_nothing_else():
    assert reading(RequestFactory().get("/")).status_code == 200
    with pytest.raises(WroteWhileReading), transaction.atomic():
        cheating(RequestFactory().get("/"))
    assert AccessRecord.objects.count() == 0


@reads()
def looking_twice(request, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return HttpResponse(str(cursor.fetchall()))


@pytest.mark.parametrize(
    "sql",
    [
        "WITH gone AS (DELETE FROM audit_accessrecord RETURNING id) SELECT * FROM gone",
        " (\n with gone as (\nupdate audit_accessrecord set action = 'x' returning id) select id from gone)",
        "WITH one AS (SELECT 1) INSERT INTO audit_accessrecord SELECT * FROM one",
        "EXPLAIN ANALYZE DELETE FROM audit_accessrecord",
        "DELETE FROM audit_accessrecord",
    ],
)
def test_a_reader_hides_no_writing_in_a_reading_statement(sql):
    with pytest.raises(WroteWhileReading):
        looking_twice(RequestFactory().get("/"), sql)


def test_a_reader_may_name_what_it_reads_as_it_likes():
    sql = """WITH one AS (SELECT 'delete' AS "update") SELECT "update", 'insert into' FROM one"""

    assert looking_twice(RequestFactory().get("/"), sql).content == b"[('delete', 'insert into')]"


def test_a_reader_answers_get_and_head_only():
    factory = RequestFactory()

    statuses = [
        reading(getattr(factory, verb)("/")).status_code
        for verb in ("get", "head", "post", "put", "patch", "delete", "options")
    ]

    assert statuses == [200, 200, 405, 405, 405, 405, 405]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_other_method_is_spoken_at_any_address(client, method):
    answer = client.generic(method, "/admin/")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


ODD_QUERY = {"page": "1", "reviewer__name__startswith": "김"}


def test_a_query_parameter_nobody_named_is_refused():
    assert reading(RequestFactory().get("/", ODD_QUERY)).status_code == 400


@reads("page")
@public
def telling(request):
    return HttpResponse(f"{request.get_full_path()} {sorted(request.GET)}")


def test_a_public_reader_never_sees_a_query_parameter_it_did_not_name():
    assert telling(RequestFactory().get("/", ODD_QUERY)).content == b"/?page=1 ['page']"
    assert telling(RequestFactory().head("/?fbclid=x&fbclid=y")).content == b"/ []"


def test_a_writer_leaves_nothing_behind_when_it_fails():
    with pytest.raises(ValueError):
        failing(RequestFactory().post("/"))
    assert AccessRecord.objects.filter(at__lte=timezone.now()).count() == 0


def test_a_writer_answers_post_only():
    assert failing(RequestFactory().get("/")).status_code == 405
