"""How a site that holds nobody gets its first officer."""

import json
import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.accounts.models import User
from portal.audit.models import Event
from tests.factories import accounts

pytestmark = pytest.mark.django_db


def first_officer(email="officer@example.kr", name="이담당"):
    told = StringIO()
    call_command("first_officer", email, name=name, stdout=told)
    return told.getvalue()


def test_the_first_officer_sets_her_own_password_and_then_her_second_factor(client):
    told = first_officer()
    client.post("/accounts/password/reset/", {"email": "officer@example.kr"})
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    assert link is not None
    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": accounts.PASSWORD, "password2": accounts.PASSWORD})
    client.post("/accounts/login/", {"login": "officer@example.kr", "password": accounts.PASSWORD})

    assert told.startswith("officer@example.kr: 담당자 계정을 만들었습니다. ")
    assert client.get("/admin/")["Location"] == "/accounts/2fa/totp/?next=/admin/"
    body = json.loads(Event.objects.get(kind="account created").body)
    assert body["data"] == {"role": "officer"}


def test_there_are_two_first_officers_and_no_third():
    accounts.an_officer()
    first_officer("second@example.kr")

    with pytest.raises(CommandError, match="담당자가 이미 두 사람 있습니다"):
        first_officer("third@example.kr")

    assert User.objects.filter(is_active=True).count() == 2


@pytest.mark.parametrize("email", ["nobody", "a@", "a b@example.kr"])
def test_an_address_that_is_none_is_refused(email):
    with pytest.raises(CommandError, match="전자우편 주소가 아닙니다"):
        first_officer(email)

    assert User.objects.count() == 0


def test_the_address_of_somebody_else_is_refused():
    accounts.a_citizen("taken@example.kr")

    with pytest.raises(CommandError, match="같은 이메일"):
        first_officer("Taken@example.kr")
