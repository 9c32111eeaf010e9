"""No team falls on the gate unheard, and no stage ends with an objection nobody answered."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.hearings import queries
from evaluations.proceedings.readiness import missing_before
from evaluations.programme.phases import Phase
from evaluations.results import jobs
from evaluations.results.queries import latest_run
from evaluations.stagefile.export import configuration
from evaluations.stagefile.load import load_directory
from tests.factories import hearings, programme, results
from tests.factories.results import freeze
from tests.factories.stagefile import a_directory, edited

pytestmark = pytest.mark.django_db


def a_stage_on_which_a_team_falls(*, heard=lambda team: None, kind: str = "gate decided", **fields):
    stage = results.a_stage_to_count(Phase.COUNTED, **fields)
    first, *others = stage.teams.all()
    heard(first)
    results.a_decision(first, decision="not_met", kind=kind)
    for team in others:
        results.a_decision(team)
    jobs.carry_out(jobs.claim(results.a_job(stage).pk))
    return stage


def test_a_team_that_falls_unheard_stands_in_the_way_of_the_result():
    stage = a_stage_on_which_a_team_falls()
    (sentence,) = queries.missing_hearings(stage)
    assert sentence.startswith(f"‘{stage.teams.first()}’ 팀은 독자성 관문을 넘지 못하는데")
    assert sentence in [one.sentence for one in missing_before(stage, Phase.CONFIRMED) if one.blocks]


def test_asked_is_not_heard_before_it_replied_or_its_time_is_up():
    waiting = a_stage_on_which_a_team_falls(heard=hearings.a_hearing)

    unheard, still = queries.missing_hearings(waiting)

    assert "소명할 기회를 다 갖지 못했습니다" in unheard
    assert still.startswith(f"‘{waiting.teams.first()}’ 팀이 소명할 기한이 남아 있습니다(")


def test_of_two_requests_both_have_to_be_over():
    """A short one that ran out does not shorten the term of the other."""
    long_ago = timezone.now() - timedelta(days=8)

    def asked_twice(team):
        hearings.a_hearing(team, asked_at=long_ago)
        hearings.a_hearing(team)

    stage = a_stage_on_which_a_team_falls(heard=asked_twice)

    assert ["소명할 기회를 다" in one for one in queries.missing_hearings(stage)] == [True, False]


def test_while_any_team_may_still_reply_the_result_waits():
    """It would be too late for its reply, and what it says may concern more than the gate."""
    stage = a_stage_on_which_a_team_falls(heard=lambda team: hearings.a_reply(hearings.a_hearing(team)))
    last = stage.teams.last()
    asked = hearings.a_hearing(last)

    (sentence,) = queries.missing_hearings(stage)
    assert sentence.startswith(f"‘{last}’ 팀이 소명할 기한이 남아 있습니다(")
    hearings.a_reply(asked)
    assert list(queries.missing_hearings(stage)) == []


def test_a_team_that_replied_before_the_decision_was_heard():
    stage = a_stage_on_which_a_team_falls(heard=lambda team: hearings.a_reply(hearings.a_hearing(team)))
    assert list(queries.missing_hearings(stage)) == []


def test_a_team_whose_time_was_up_before_the_decision_was_heard():
    long_ago = timezone.now() - timedelta(days=8)
    stage = a_stage_on_which_a_team_falls(heard=lambda team: hearings.a_hearing(team, asked_at=long_ago))
    assert list(queries.missing_hearings(stage)) == []


def test_a_reply_after_the_decision_does_not_make_up_for_it():
    stage = a_stage_on_which_a_team_falls()
    hearings.a_reply(hearings.a_hearing(stage.teams.first()))
    assert len(list(queries.missing_hearings(stage))) == 1


def test_a_decision_in_a_file_is_asked_for_as_one_on_the_form():
    """Whether it is typed or uploaded while the committee sits, it is this committee that decides."""
    stage = a_stage_on_which_a_team_falls(kind="data imported")
    assert len(list(queries.missing_hearings(stage))) == 1


def test_what_was_decided_elsewhere_and_samples_are_not_asked_for(tmp_path):
    """What came with a stage that was held elsewhere, before it was frozen here."""
    rules = edited("stage.toml", "sample = true", "sample = false") | {
        "decisions.csv": "team,decision\nga,not_met\nna,met\n"
    }
    stage = load_directory(a_directory(tmp_path, rules), by="test").stage
    freeze(stage, configuration(stage))
    jobs.carry_out(jobs.claim(results.a_job(programme.in_phase(stage, Phase.COUNTED)).pk))

    assert [team["gate"] for team in json.loads(latest_run(stage).body)["teams"]] == ["not_met", "met"]
    assert list(queries.missing_hearings(stage)) == []
    assert list(queries.missing_hearings(a_stage_on_which_a_team_falls(slug="sample", sample=True))) == []


def test_a_stage_does_not_end_before_every_objection_is_answered():
    stage = results.a_stage_to_count()
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    programme.in_phase(stage, Phase.PUBLISHED)
    sentence = "답하지 않은 이의신청이 1건 있습니다."
    hearings.an_objection(stage.teams.first(), rows=2)

    assert sentence in [one.sentence for one in missing_before(stage, Phase.FINAL)]
    assert queries.progress(stage) == {"asked": 0, "replied": 0, "objections": 2, "unanswered": 1}
