"""The same sheet from many windows at once, on the real database with its own locks."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from evaluations.panels import actions as panel_actions
from evaluations.panels.models import Conflict, Pledge
from evaluations.programme.models import Stage
from evaluations.reviews import actions
from evaluations.reviews.models import Confirmation, Draft, Mark, Sheet
from portal.audit.models import Event
from portal.http import Refusal, Stale
from tests.committed import at_once, let_evidence_be_flushed
from tests.factories import accounts, panels, reviews
from tests.factories.reviews import COMPLETE
from tests.held import held_past_its_deadline

pytestmark = pytest.mark.django_db(transaction=True)
let_evidence_be_flushed()

WINDOWS = 20


@pytest.fixture
def expert():
    return accounts.an_expert()


@pytest.fixture
def assignment(expert):
    return reviews.a_desk(reviews.an_open_stage(), expert)[0]


def test_twenty_submissions_of_one_sheet_are_one_revision_with_one_receipt(assignment, expert):
    outline, content = reviews.outline_for(assignment), reviews.content_for(assignment)
    actions.save_draft(assignment=assignment, typed=COMPLETE, token=(0, 0), by=expert)

    def submit():
        return actions.submit(assignment=assignment, outline=outline, content=content, token=(0, 1), by=expert)

    sheets = at_once(*[submit] * WINDOWS)

    assert {sheet.pk for sheet in sheets} == {Sheet.objects.get().pk}
    assert Event.objects.filter(kind="sheet submitted").count() == 1
    assert (Mark.objects.count(), Draft.objects.count()) == (4, 0)


def test_of_twenty_different_submissions_one_is_taken_and_the_others_are_told(assignment, expert):
    outline = reviews.outline_for(assignment)
    contents = [reviews.content_for(assignment, COMPLETE | {"opinion": f"의견 {n}"}) for n in range(WINDOWS)]

    answers = at_once(
        *(
            lambda content=content: actions.submit(
                assignment=assignment, outline=outline, content=content, token=(0, 0), by=expert
            )
            for content in contents
        )
    )

    taken = [answer for answer in answers if isinstance(answer, Sheet)]
    assert [sheet.pk for sheet in taken] == [Sheet.objects.get().pk]
    assert len([answer for answer in answers if isinstance(answer, Stale)]) == WINDOWS - 1
    assert Event.objects.filter(kind="sheet submitted").count() == 1


def test_twenty_confirmations_are_one_receipt(assignment, expert):
    sheet = reviews.submit(assignment, expert)

    done = at_once(*[lambda: actions.confirm(sheet=sheet, by=expert)] * WINDOWS)

    assert {one.event.receipt for one in done} == {Confirmation.objects.get().event.receipt}
    assert Event.objects.filter(kind="sheet confirmed").count() == 1


def test_of_twenty_saves_from_one_version_one_is_kept_and_no_text_is_lost(assignment, expert):
    actions.save_draft(assignment=assignment, typed={"opinion": "처음"}, token=(0, 0), by=expert)

    answers = at_once(
        *(
            lambda n=n: actions.save_draft(assignment=assignment, typed={"opinion": f"창 {n}"}, token=(0, 1), by=expert)
            for n in range(WINDOWS)
        )
    )

    (kept,) = (answer for answer in answers if isinstance(answer, Draft))
    assert kept.version == 2
    assert Draft.objects.get().body == kept.body
    assert len([answer for answer in answers if isinstance(answer, Stale)]) == WINDOWS - 1


def test_two_clicks_on_the_pledge_and_on_a_conflict_are_one_row(expert):
    stage = reviews.an_open_stage()
    seat = panels.a_panelist(stage, expert, pledged=False)
    team = Stage.objects.get(pk=stage.pk).teams.first()

    signed = at_once(*[lambda: panel_actions.sign_pledge(panelist=seat, by=expert)] * 6)
    noted = at_once(*[lambda: panel_actions.declare_conflict(panelist=seat, team=team, ground="other", by=expert)] * 6)

    assert {one.pk for one in signed} == {Pledge.objects.get().pk}
    assert {one.pk for one in noted} == {Conflict.objects.get().pk}


def test_a_sheet_that_waited_past_the_deadline_is_refused(expert):
    stage = reviews.an_open_stage(closes_at=timezone.now() + timedelta(seconds=2))
    assignment = reviews.a_desk(stage, expert)[0]
    outline, content = reviews.outline_for(assignment), reviews.content_for(assignment)

    with held_past_its_deadline(stage), pytest.raises(Refusal, match="마감"):
        actions.submit(assignment=assignment, outline=outline, content=content, token=(0, 0), by=expert)

    assert not Sheet.objects.exists()


def test_the_threads_meet_a_database_on_disk():
    """Otherwise the tests above would prove nothing."""
    assert connection.vendor == "postgresql" or "mode=memory" not in str(connection.settings_dict["NAME"])
