"""What the web server is handed."""

import pytest
from django.test.client import RequestFactory

from portal.wsgi import application

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("method", "there"), [("GET", True), ("HEAD", False)])
def test_a_body_is_handed_over_only_where_it_is_sent(method, there):
    """The headers are the same: how long the page is may be asked."""
    sent = {}
    environ = RequestFactory().generic(method, "/help/", headers={"host": "localhost"}).environ

    body = application(environ, lambda status, headers: sent.update(headers, status=status))

    assert (sent["status"], bool(b"".join(body))) == ("200 OK", there)
    assert int(sent["Content-Length"]) > 1000
