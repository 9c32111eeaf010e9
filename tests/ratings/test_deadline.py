"""A ballot that had to wait for the stage is as late as the moment it went on, not as early as the moment it came."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from evaluations.ratings import actions
from evaluations.ratings.actions import Reply
from evaluations.ratings.models import Ballot, RollEntry
from portal.http import Refusal
from tests.committed import let_evidence_be_flushed
from tests.factories.accounts import a_citizen
from tests.factories.ratings import a_rated_stage, enrolled, held, issued
from tests.held import held_past_its_deadline

pytestmark = pytest.mark.django_db(transaction=True)
let_evidence_be_flushed()

SOON = timedelta(seconds=2)


def test_a_ballot_that_waited_past_the_deadline_is_refused():
    citizen = a_citizen()
    stage = a_rated_stage(strata=(), closes_at=timezone.now() + SOON)
    issued(stage, citizen)

    with held_past_its_deadline(stage), transaction.atomic():
        paper = held(stage, citizen)
        with pytest.raises(Refusal, match="마감"):
            actions.cast(held=paper, reply=Reply(choice="a"), revision=1)

    assert paper.clock > stage.closes_at
    assert not Ballot.objects.exists()


def test_an_enrolment_that_waited_past_the_deadline_is_refused():
    stage = a_rated_stage(strata=(), closes_at=timezone.now() + SOON)

    with held_past_its_deadline(stage), pytest.raises(Refusal, match="마감"):
        enrolled(stage, a_citizen())

    assert not RollEntry.objects.exists()
