"""A moment is told in Korean time, as Django would tell it, whatever zone it came in."""

from datetime import UTC, datetime

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.utils import timezone

DJANGO = (
    """<time class="number" datetime="{{ at|date:'c' }}">{{ at|date:"Y-m-d H:i" }}</time>"""
    """ <span class="quiet small">한국시간(UTC+9)</span>\n"""
)


@pytest.mark.parametrize("elsewhere", ["UTC", "Asia/Seoul", "America/New_York"])
@pytest.mark.parametrize("microsecond", [0, 250_000])
def test_a_moment_is_told_as_django_tells_it(elsewhere, microsecond):
    at = datetime(2026, 12, 31, 15, 4, 59, microsecond, tzinfo=UTC)

    with timezone.override(elsewhere):
        told = render_to_string("components/moment.html", {"at": at})

    assert told == engines["django"].from_string(DJANGO).render({"at": at})
    assert "2027-01-01 00:04<" in told


def test_a_midnight_that_ends_something_belongs_to_the_day_before():
    told = render_to_string("components/moment.html", {"at": datetime(2026, 12, 31, 15, tzinfo=UTC), "ends": True})

    assert 'datetime="2027-01-01T00:00:00+09:00">2026-12-31 24:00<' in told
