"""The sizes named in the design: a desk of 250, a sheet of 20 criteria, an office of many rows and lists of 10,000."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from evaluations.panels.models import Assignment
from evaluations.programme.models import Stage, Team
from evaluations.reviews.models import Draft
from portal.audit.models import AccessRecord, Event
from tests import walk
from tests.factories import accounts, panels, programme, rubrics
from tests.factories.site import a_standing_site
from tests.page import form_at

pytestmark = pytest.mark.django_db


def an_expert_with(assignments: int, criteria: int) -> Client:
    """Her client; every assignment has a draft, so that the desk counts what is done in it."""
    stage = programme.a_stage(teams=[(f"team-{n}", f"{n}번 팀") for n in range(assignments)], **programme.around_now())
    part = rubrics.a_part(stage, "expert", "experts", "전문가", 5 * criteria, aggregate="mean", small_panel="mean")
    for number in range(criteria):
        rubrics.a_criterion(part, f"criterion_{number}", 5, levels=5)
    round = programme.a_round(stage, counts=True)
    programme.a_configuration(stage)
    expert = accounts.an_expert()
    seat = panels.a_panelist(stage, expert)
    programme.in_state(round, "open")
    programme.in_phase(stage, "open")
    given = Assignment.objects.bulk_create(
        Assignment(
            panelist=seat, team=team, round=round, alias=f"가{place}", position=place, event=seat.pledges.get().event
        )
        for place, team in enumerate(Team.objects.filter(stage=stage))
    )
    Draft.objects.bulk_create(
        Draft(assignment=one, body={"mark-expert.criterion_0": "3"}, saved_at=stage.opens_at) for one in given
    )
    return accounts.sign_in(Client(), expert)


def test_a_desk_with_250_assignments():
    assert walk.cost(an_expert_with(assignments=250, criteria=20), "/sheets/") == (200, 8)


def test_a_sheet_with_20_criteria():
    client = an_expert_with(assignments=1, criteria=20)
    path = f"/sheets/{Assignment.objects.get().pk}/"

    assert len(form_at(client, path, f"{path}submit/").controls) >= 20
    assert walk.cost(client, path) == (200, 8)


def test_the_long_lists_of_the_office_with_10000_rows():
    at = datetime(2026, 8, 3, tzinfo=UTC)
    Event.objects.bulk_create(
        Event(at=at, stage=f"stage-{n % 3}", kind=f"kind {n % 20}", nonce=b"", leaf=f"{n:064}") for n in range(10_000)
    )
    AccessRecord.objects.bulk_create(
        AccessRecord(at=at, actor="officer", action=f"action {n % 5}") for n in range(10_000)
    )
    client = accounts.sign_in(Client(), accounts.an_officer())

    events, access = "/admin/audit/event/", "/admin/audit/accessrecord/"
    costs = [walk.cost(client, path) for path in (events, f"{events}?q={0:064}", f"{events}?kind=kind+3&p=4", access)]

    assert costs == [(200, 6), (200, 6), (200, 6), (200, 5)]


# ---------------------------------------------------------------- the office

MANY = 12
BEYOND_THE_BAR = {"page preparing", "page open", "page counted", "page published", "page level", "results_scorerun row"}
"""Pages of one thing, never lists. Before a freeze the page of a stage checks every table of the rules, before a decision all evidence;
a run is held against the evidence as it stands and shows the estimates beside it: a question each, however many rows there are."""


def costs_of_the_office(rows: int) -> tuple[dict[str, dict[str, int]], int]:
    """What every page of the office asks, and how many stages are not finished."""
    with a_standing_site(rows) as site:
        pages = walk.office_pages(site)
        costs = {who: walk.costs(walk.entered(site, who), pages) for who in ("officer", "auditor")}
        return costs, Stage.objects.exclude(phase="final").count()


def test_a_page_of_the_office_costs_the_same_with_one_row_and_with_many():
    (few, few_stages), (many, many_stages) = costs_of_the_office(1), costs_of_the_office(MANY)

    # The first page tells of each stage that is not finished what its next step misses: a programme has a handful of them.
    for who in few:
        grown = many[who].pop("index") - few[who].pop("index")
        assert 0 <= grown <= walk.BAR * (many_stages - few_stages)
    assert {who: walk.difference(few[who], many[who]) for who in few} == {"officer": [], "auditor": []}
    assert {name for found in many.values() for name, cost in found.items() if cost > walk.BAR} == BEYOND_THE_BAR
    assert len(many["officer"]) > len(many["auditor"]) > 50
