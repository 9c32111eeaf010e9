"""Casting through the page: where it leads, and what it leaves behind."""

import pytest
from django.contrib.sessions.models import Session

from evaluations.ratings.models import Ballot
from tests.factories import accounts, ratings

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(client):
    """Four papers of a citizen who is signed in, by position."""
    citizen = accounts.a_citizen()
    issued = ratings.issued(ratings.a_rated_stage(plan={"comparisons_per_person": 4, "ratings_per_person": 0}), citizen)
    accounts.sign_in(client, citizen)
    return {paper.position: paper for paper in issued}


def cast(client, position: int):
    path = f"/take-part/stage-2/papers/{position}/cast/"
    return client.post(path, {"choice": "a", "recognised": "", "revision": "1"})


def test_an_answer_leads_to_the_next_open_paper_then_to_those_before_then_to_the_end(client, papers):
    led_to = [cast(client, position)["Location"] for position in (3, 4, 1, 2)]

    assert led_to == [
        "/take-part/stage-2/papers/4/",
        "/take-part/stage-2/papers/1/",
        "/take-part/stage-2/papers/2/",
        "/take-part/stage-2/progress/",
    ]


def test_the_next_page_tells_the_receipt_once(client, papers):
    answer = cast(client, 1)

    receipt = Ballot.objects.get().event.receipt[:9]
    assert receipt in client.get(answer["Location"]).content.decode()
    assert receipt not in client.get(answer["Location"]).content.decode()


def test_the_session_of_an_account_knows_nothing_of_its_ballots(client, papers):
    before = Session.objects.get().session_data

    client.get(cast(client, 1)["Location"])

    assert Session.objects.get().session_data == before
