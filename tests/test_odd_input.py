"""Bytes that no honest reader sends, wherever something can be sent: an answer below 500 for everybody, on both engines.

NUL is what PostgreSQL cannot keep, a lone surrogate what UTF-8 cannot write, a number of 5,000 digits what Python will not read.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from portal.wsgi import application
from tests import walk
from tests.factories.site import Site, a_standing_site
from tests.page import Form, Page

pytestmark = pytest.mark.django_db

ODD = {
    "NUL": b"a\0b",
    "surrogate": b"\xed\xa0\x80",
    "digits": b"9" * 5_000,
    "escapes": rb'["\ud800\u0000"]',
    "direction": "\u202e가\u2066\N{ZERO WIDTH SPACE}".encode() + "Z̸̡̛".encode() * 500,
}
LONG = b"x" * 1_000_000
FORM = "application/x-www-form-urlencoded"
PEOPLE = ["nobody", "citizen", "expert", "team", "officer"]


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), a_standing_site(1) as standing:
        yield standing


def client_of(site: Site, who: str) -> Client:
    client = walk.entered(site, who)
    client.raise_request_exception = False
    return client


def again(client: Client) -> Client:
    """The same reader in another window: what one answer does to her cookies stays with it."""
    other = Client(raise_request_exception=False)
    other.cookies = deepcopy(client.cookies)
    return other


def breaks(ask: Callable[..., HttpResponse], *args, **kwargs) -> bool:
    """Does the site fail? What the request changed is undone, whatever it was."""
    with transaction.atomic():
        status = ask(*args, **kwargs).status_code
        transaction.set_rollback(True)
    return status >= 500


def named() -> list[walk.Address]:
    return [one for one in walk.addresses() if not one.name.endswith(":None")]


def test_in_the_query(site):
    clients = {who: client_of(site, who) for who in PEOPLE}
    found = []
    for one in named():
        path = walk.path_of(one, site)
        for odd, value in ODD.items():
            query = urlencode(dict.fromkeys(("next", "nobody-asked", *getattr(one.view, "parameters", ())), value))
            if breaks(clients[one.reader].get, f"{path}?{query}"):
                found.append(f"{one.name}: {odd}")
    assert found == []


LISTS = {
    "audit_event": ("q", "p", "o", "e", "all", "stage", "stage__in", "kind", "body__contains", "_changelist_filters"),
    "panels_panelist": ("q", "stage__id__exact", "stage__slug"),
    "programme_round": ("state__exact", "stage__id__exact"),
    "programme_stage": ("sample__exact", "phase__exact", "opens_at__gte"),
    "benchmarks_measurement": ("stage__id__exact", "revision"),
}
"""One list of each kind of filter."""


def test_in_the_query_of_a_list(site):
    client = client_of(site, "officer")
    found = []
    for label, names in LISTS.items():
        path = reverse(f"admin:{label}_changelist")
        for name in names:
            found += [f"{label}?{name}={odd}" for odd in ODD if breaks(client.get, f"{path}?{name}={quote(ODD[odd])}")]
    assert found == []


def test_in_the_path(site):
    clients = {who: client_of(site, who) for who in PEOPLE}
    found = []
    for one in named():
        for argument in one.arguments:
            value, path = str(walk.value_of(one.name, argument, site)), walk.path_of(one, site)
            ask = getattr(clients[one.reader], "post" if getattr(one.view, "kind", "") == "writes" else "get")
            for odd, text in {**ODD, "quoted as the admin does": b"_00", "not there": b"a" * 26}.items():
                if breaks(ask, path.replace(value, quote(text), 1)):
                    found.append(f"{one.name} {argument}: {odd}")
    assert found == []


def forms_of(site: Site, who: str) -> Iterator[tuple[str, Form]]:
    """Every form this person can reach, by where it leads; the same fields for the same view are one form."""
    client, seen = client_of(site, who), set()
    for path in walk.pages_of(who, site).values():
        answer = client.get(path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for form in Page(answer.content.decode()).forms:
                names = frozenset(control.name for control in form.controls)
                for action in (form.action or path, *form.other_actions):
                    kind = (resolve(urlsplit(action).path).view_name, names)
                    if form.method == "post" and kind not in seen:
                        seen.add(kind)
                        yield action, form


CHOSEN = {"radio", "checkbox", "select", "file"}


def odd_posts(form: Form) -> Iterator[tuple[str, dict[str, object]]]:
    """The form as it stands, with something odd in all that is typed, in all that is chosen, and in each hidden field."""
    typed = [one.name for one in form.controls if one.kind not in CHOSEN | {"hidden"}]
    chosen = [one.name for one in form.controls if one.kind in CHOSEN]
    hidden = [one.name for one in form.controls if one.kind == "hidden" and one.name != "csrfmiddlewaretoken"]
    for odd, value in ODD.items():
        yield odd, form.data() | dict.fromkeys(typed, value)
    for odd in ("NUL", "digits"):
        yield f"chosen: {odd}", form.data() | dict.fromkeys(chosen, ODD[odd])
    yield "hidden: NUL", form.data() | dict.fromkeys(hidden, ODD["NUL"])
    for name in hidden:
        yield f"{name}: digits", form.data() | {name: ODD["digits"]}
    yield "long", form.data() | dict.fromkeys(typed[:1], LONG)
    yield "empty", {}


@pytest.mark.slow
@pytest.mark.parametrize("who", PEOPLE)
def test_in_a_form(site, who):
    client = client_of(site, who)
    forms = list(forms_of(site, who))
    found = [
        f"{action} {odd}"
        for action, form in forms
        for odd, data in odd_posts(form)
        if breaks(again(client).post, action, urlencode(data, doseq=True), FORM)
    ]
    assert found == []


HEADERS = {
    "no boundary": {"content-type": "multipart/form-data"},
    "cookie": {"cookie": r'session="\000aaaaaaaaa"; csrf="\377"; language="\000"; messages="\000"'},
    "long cookie": {"cookie": "session=" + "9" * 5_000},
    "languages": {"accept-language": "a," * 5_000},
    "host": {"host": "a\0b"},
    "length": {"content-length": "-1"},
    "forwarded": {"x-forwarded-for": "a\0b, ::1%eth0", "x-forwarded-proto": "gopher"},
}


@pytest.mark.parametrize("case", HEADERS)
def test_in_the_headers(site, case):
    found = []
    for who in ("nobody", "citizen", "officer"):
        for path in (
            "/take-part/receipt/?receipt=%5Cud800",
            "/admin/programme/stage/?q=%5Cud800",
            "/accounts/login/?next=/%5Cud800",
        ):
            client = client_of(site, who)
            for ask in (client.get, client.post):
                if breaks(ask, path, headers=HEADERS[case]):
                    found.append(f"{who} {path}")
    assert found == []


@pytest.mark.parametrize("charset", ["hex", "idna", "unicode_escape", "utf-16", "x", "UTF-8"])
def test_in_the_charset(charset):
    """Asked at the door of the server: Django reads the charset before its own error handling begins."""
    environ = (
        RequestFactory()
        .get("/take-part/receipt/?receipt=%5Cud800", content_type=f"text/plain; charset={charset}")
        .environ
    )
    answers = []

    body = b"".join(application(environ, lambda status, headers: answers.append(status)))

    assert answers == ["200 OK"]
    assert b"\\ud800" in body
