"""What script/bench measures opens and is accepted, and its figures are what they are called."""

import pytest
from django.db import connection
from django.test import Client

from evaluations.ratings.models import Ballot
from portal.bench import measure
from portal.bench.seed import Sizes, seed
from portal.bench.urls import one_row, own_row
from portal.boot import bench_pages
from tests.factories.programme import a_stage

SMALL = Sizes(assignments=2, teams=2, criteria=2, citizens=2, papers=2, events=2)


@pytest.mark.django_db
@pytest.mark.urls("portal.bench.urls")
def test_every_page_opens_and_every_ballot_is_taken():
    plan = seed(SMALL)

    opened = [Client(headers={"cookie": one["cookie"]}).get(one["path"]).status_code for one in plan["pages"]]
    cast = [
        Client(headers={"cookie": cookie}).post(path, {"choice": "a", "recognised": "", "revision": "1"}).status_code
        for cookie, path in plan["ballots"]
    ]
    reader = Client(enforce_csrf_checks=True, headers={"cookie": f"csrf={measure.TOKEN}"})
    refused = reader.post(plan["row"]).status_code
    kept = reader.post(plan["row"], {"csrfmiddlewaretoken": measure.TOKEN}).status_code
    own = [Client(headers={"cookie": cookie}).post(path).status_code for cookie, path in plan["own_rows"]]

    assert opened == [200] * 7
    assert [one["questions"] for one in plan["pages"]] == [2, 2, 5, 5, 8, 8, 6]
    assert (cast, Ballot.objects.count()) == ([302, 302], 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_row")
        assert (refused, kept, own, cursor.fetchone()) == (403, 204, [204, 204], (3,))


@pytest.mark.django_db
def test_a_database_that_is_in_use_is_left_alone():
    a_stage()

    with pytest.raises(SystemExit, match="빈 데이터베이스"):
        seed(SMALL)


def test_the_address_more_is_not_one_of_the_sites(client):
    assert client.get("/bench/row/").status_code == 404
    assert client.get("/bench/own-row/").status_code == 404
    assert one_row.login_required is False
    assert not hasattr(own_row, "login_required")


def test_a_percentile_is_one_of_the_values():
    assert measure.percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.5) == 3.0
    assert measure.percentile(list(map(float, range(1, 101))), 0.95) == 96.0
    assert measure.percentile([7.0], 0.95) == 7.0


def test_the_table_tells_what_was_measured_and_what_was_only_read():
    desk = measure.Page("평가위원: 책상(250건)", 8, 50.0, 60.04, 70.0, 12_000, 52_100)

    lines = bench_pages.table([desk], rows=200.0, own_rows=150.0, ballots=120.0, database="SQLite")

    assert lines[3] == (
        "| 평가위원: 책상(250건) | 60.0 | 70.0 | 50.0 | 8 | 12.0 | 52.1 | pretalx 심사 목록 3,800–5,700 ms, 질의 37–80번 |"
    )
    assert "초당 한 행 적기 200 · 로그인한 사람의 한 행 150 · 초당 투표 120 · 비율 60 %" in lines[-1]
