"""The same text of a team from two clicks at once, on the real database with its own locks."""

import pytest

from evaluations.hearings import actions
from evaluations.hearings.models import Objection, Reply
from evaluations.programme.phases import Phase
from evaluations.results import jobs
from portal.audit.models import Event
from tests.committed import at_once, let_evidence_be_flushed, while_another
from tests.factories import accounts, hearings, programme, results

pytestmark = pytest.mark.django_db(transaction=True)
let_evidence_be_flushed()

CLICKS = 12


def test_clicks_on_one_reply_are_one_row_and_other_words_are_another():
    team = programme.in_phase(programme.a_stage(), Phase.COUNTED).teams.first()
    contact, hearing = accounts.a_team_contact(team), hearings.a_hearing(team)

    def say(text: str):
        return lambda: actions.reply(hearing=hearing, text=text, by=contact)

    made = at_once(*[say("가")] * CLICKS, say("나"))
    while_another(say("다"), say("다"))

    assert len({one.pk for one in made}) == 2
    assert sorted(Reply.objects.values_list("text", flat=True)) == ["가", "나", "다"]
    assert Event.objects.filter(kind="hearing replied").count() == 3


def test_clicks_on_one_objection_are_one_row():
    stage = results.a_stage_to_count()
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    team = programme.in_phase(stage, Phase.PUBLISHED).teams.first()
    contact = accounts.a_team_contact(team)

    def object_():
        return actions.object_to_result(team=team, text="다시 보아 주세요.", by=contact)

    made = [*at_once(*[object_] * CLICKS), while_another(object_, object_)]

    assert {one.pk for one in made} == {Objection.objects.get().pk}
    assert Event.objects.filter(kind="objection made").count() == 1
