"""A row put in by `insert` is the row that `save` would have put in."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from portal.audit.insert import insert, insert_unless_there
from portal.audit.models import Event

pytestmark = pytest.mark.django_db


def an_event(leaf: str) -> Event:
    return Event(
        at=datetime(2026, 8, 3, 9, 0, 0, 123456, tzinfo=UTC), kind="시험", body="{}", nonce=b"\x00\xff", leaf=leaf
    )


def test_it_is_what_save_would_have_written():
    inserted, saved = an_event("a"), an_event("b")

    insert(inserted)
    saved.save(force_insert=True)

    first, second = (
        {name: value for name, value in row.items() if name not in ("id", "leaf")}
        for row in Event.objects.order_by("leaf").values()
    )
    assert first == second
    assert Event.objects.get(leaf="a") == inserted
    assert (inserted._state.adding, inserted._state.db) == (saved._state.adding, saved._state.db)


def test_a_key_that_is_taken_is_refused():
    insert(an_event("a"))

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(an_event("a"))
    assert Event.objects.count() == 1


def test_where_a_row_of_the_key_is_there_none_is_written():
    """PostgreSQL says so and goes on; on SQLite the trigger that keeps evidence from being replaced is faster."""
    assert insert_unless_there(an_event("a"), ("leaf",)) is True

    if connection.vendor == "postgresql":
        assert insert_unless_there(an_event("a"), ("leaf",)) is False
    else:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            insert_unless_there(an_event("a"), ("leaf",))
    assert Event.objects.count() == 1
