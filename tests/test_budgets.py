"""What a page asks the database: the same number of questions for one row and for many, as a literal number.

`tests.factories.site` makes so many of everything there can be many of. Statements that open and close transactions are not counted. A new
page needs a line here.
"""

import pytest
from django.test import Client

from tests import walk
from tests.factories.site import a_standing_site
from tests.page import Form, form_at

pytestmark = pytest.mark.django_db

MANY = 12
"""Enough to see a question asked for every row, and few enough that the site is quickly built."""

KNOWN = 2
"""Session and account."""

FOR_EVERYBODY = {
    "pages:home": 2, "pages:criteria": 1, "pages:results": 1, "pages:help": 0, "pages:notices": 1, "pages:privacy": 0,
    "pages:accessibility": 0, "programme:method": 2, "programme:configuration": 2, "programme:edition": 2, "panels:invitation": 2, "ratings:home": 1,
    "ratings:check": 0, "ratings:stage": 4, "results:stage": 4, "results:download": 3, "healthz": 0, "readyz": 2,
}  # fmt: skip

FOR_ONE = {
    # The way in also tells a citizen what she took part in: the stages that ask, and the roll; and whether she has answered all.
    "citizen": {"pages:home": 5, "ratings:home": 6, "ratings:stage": 8, "ratings:progress": 5, "ratings:paper": 5},
    "expert": {
        "panels:interests": 9, "panels:pledge": 7, "reviews:desk": 8, "reviews:sheet": 8, "reviews:file": 4,
        "reviews:download": 4, "reviews:review": 11, "reviews:receipt": 3,
    },
    "stranger": {"reviews:desk": 5},
    "team": {"results:own_stage": 7, "hearings:home": 6},
}  # fmt: skip


@pytest.fixture(scope="module", params=[1, 3, MANY])
def site(request, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), a_standing_site(request.param) as standing:
        yield standing


def test_a_page_costs_the_same_with_one_row_and_with_many(site):
    pages = {address.name: walk.path_of(address, site) for address in walk.addresses() if address.is_ours}

    costs = {who: walk.costs(walk.entered(site, who), pages) for who in site.people}

    assert walk.difference(costs.pop("nobody"), FOR_EVERYBODY) == []
    known = {name: cost + KNOWN for name, cost in FOR_EVERYBODY.items()}
    assert {who: walk.difference(found, known | FOR_ONE.get(who, {})) for who, found in costs.items()} == {
        who: [] for who in costs
    }


# ---------------------------------------------------------------- what is written


def press(client: Client, path: str, action: str, **answers: str) -> tuple[int, int]:
    """Open a page, answer, send its form to `action`; status and cost of the sending."""
    data = form_at(client, path, action).data() | answers
    return walk.cost_of(lambda: client.post(action, data).status_code)


def test_casting_a_ballot_costs_the_same_with_one_paper_and_with_many(site):
    client, rows = walk.entered(site, "citizen"), site.rows
    compare, rate = f"/take-part/open/papers/{rows + 1}/", f"/take-part/open/papers/{2 * rows + 2}/"
    stars = {f"star-q{number}": "4" for number in range(rows)}

    costs = [
        press(client, compare, f"{compare}cast/", choice="a"),
        press(client, rate, f"{rate}cast/", **stars),
        press(client, compare, f"{compare}cast/", choice="b"),
    ]

    assert costs == [(302, 5), (302, 6), (302, 6)]


def test_writing_a_sheet_costs_the_same_with_few_criteria_and_with_many(site):
    client = walk.entered(site, "expert")
    path, submitted = f"/sheets/{site.drafted.pk}/", f"/sheets/submitted/{site.submitted.pk}/"
    answers = an_answer_to_everything(form_at(client, path, f"{path}submit/"))

    costs = {
        "save": press(client, path, f"{path}save/", opinion="고쳐 씁니다."),
        "gaps": press(client, path, f"{path}submit/"),
        "submit": press(client, path, f"{path}submit/", **answers),
        "confirm": press(client, submitted, f"{submitted}confirm/"),
    }

    assert costs == {"save": (302, 12), "gaps": (422, 12), "submit": (302, 19), "confirm": (302, 9)}


def an_answer_to_everything(form: Form) -> dict[str, str]:
    """The first choice of every question of a sheet, and words where words are asked for."""
    found: dict[str, str] = {}
    for control in form.controls:
        if control.kind == "radio":
            found.setdefault(control.name, control.attrs["value"])
        elif control.name.startswith("mark-"):
            found[control.name] = "1"
        elif control.kind == "textarea":
            found[control.name] = "근거를 적습니다."
    return found
