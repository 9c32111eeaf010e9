"""No factor of somebody at work comes or goes without its event, seen with real commits: allauth itself tells of most after the commit only."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.db import DatabaseError, connection
from django.test import Client

from portal.audit.models import Event
from tests.committed import let_evidence_be_flushed
from tests.factories import accounts
from tests.factories.accounts import PASSWORD, totp_code
from tests.factories.passkeys import Device, register

pytestmark = pytest.mark.django_db(transaction=True)
let_evidence_be_flushed()

NEW_CODES = "/accounts/2fa/recovery-codes/new/"


def by_password(user, *, code: bool = False) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    if code:
        client.post("/accounts/2fa/authenticate/", {"code": totp_code()})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def set_up_app(client: Client) -> None:
    client.get("/accounts/2fa/totp/")
    client.post("/accounts/2fa/totp/", {"code": totp_code(client.session[SECRET_SESSION_KEY])})


def on_record() -> list[tuple[str, str]]:
    events = Event.objects.filter(kind__startswith="factor").in_order()
    return [(event.kind, json.loads(event.body)["data"]["factor"]) for event in events]


def an_unwritable_ledger(execute, sql, params, many, context):
    if sql.startswith('INSERT INTO "audit_event"'):
        raise DatabaseError("no space left")
    return execute(sql, params, many, context)


def test_the_app_comes_with_its_codes():
    set_up_app(by_password(accounts.an_officer(factor=False)))

    assert on_record() == [("factor added", "totp"), ("factor added", "recovery_codes")]


def test_new_codes_take_the_place_of_those_of_before():
    client = by_password(accounts.an_officer(), code=True)
    client.post(NEW_CODES)
    assert on_record() == [("factor added", "recovery_codes")]

    client.post(NEW_CODES)

    assert on_record()[1:] == [("factor removed", "recovery_codes"), ("factor added", "recovery_codes")]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda: set_up_app(by_password(accounts.an_officer(factor=False))), []),
        (lambda: by_password(accounts.an_officer(), code=True).post(NEW_CODES), ["totp"]),
        (lambda: register(by_password(accounts.an_officer(), code=True), Device()), ["totp"]),
    ],
    ids=["app", "codes", "passkey"],
)
def test_what_cannot_be_put_on_record_does_not_change(change, kept):
    with connection.execute_wrapper(an_unwritable_ledger), pytest.raises(DatabaseError, match="no space"):
        change()

    assert list(Authenticator.objects.values_list("type", flat=True)) == kept
    assert on_record() == []
