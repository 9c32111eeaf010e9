"""What the office's lists may be asked, and what they tell whom and when."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.db.models import Model

from evaluations.programme.phases import ORDER, Phase
from evaluations.ratings.models import Answer, Prompt
from evaluations.results.models import ScoreRun
from portal.audit.record import record
from tests.factories import accounts, benchmarks, panels, programme, results

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "query",
    [
        "body__contains=13",
        "body__contains=14",
        "nonce__startswith=a",
        "actor=somebody",
        "leaf__gt=8",
        "stage__contains=s",
        "colour=red",
    ],
)
def test_an_event_cannot_be_read_letter_by_letter(client, query):
    record("sheet submitted", stage="stage-2", data={"mark": 13})
    accounts.sign_in(client, accounts.an_officer())

    assert client.get(f"/admin/audit/event/?{query}").status_code == 400


def test_a_list_is_filtered_by_what_it_offers(client):
    stage = programme.a_stage()
    programme.a_stage("stage-3", teams=[("kt", "케이티팀")])
    record("sheet submitted", stage="stage-2")
    record("sheet confirmed", stage="stage-2")
    accounts.sign_in(client, accounts.an_officer())

    events = client.get("/admin/audit/event/?kind=sheet+confirmed&o=-1&q=")
    teams = client.get(f"/admin/programme/team/?stage__id__exact={stage.id}")

    assert (events.status_code, events.context["cl"].result_count) == (200, 1)
    assert (teams.status_code, teams.context["cl"].result_count) == (200, 4)


def lookups(model: type[Model], depth: int = 2) -> Iterator[str]:
    """Columns of a model, and of the models it refers to or that refer to it, as lookups."""
    for field in model._meta.get_fields():
        yield from (field.name, f"{field.name}__startswith", f"{field.name}__isnull")
        if depth > 1 and field.related_model:
            yield from (f"{field.name}__{inner}" for inner in lookups(field.related_model, depth - 1))


def test_no_list_answers_anything_else(rf):
    request, asked, answered, offered = rf.get("/admin/"), 0, set(), set()
    for model, room in admin.site._registry.items():
        for entry in room.list_filter:
            name = getattr(entry, "parameter_name", entry)
            offered |= {(model, name), (model, f"{name}__isnull")}
        for lookup in lookups(model):
            asked += 1
            if room.lookup_allowed(lookup, "x", request):
                answered.add((model, lookup))

    assert answered <= offered
    assert asked > 5_000


def test_what_stands_in_the_way_of_a_deletion_is_not_told(client):
    """Sheets that were taken over from a file are there while the stage is prepared, and nobody may see their marks yet."""
    stage = results.a_stage_to_count(Phase.PREPARING, evidence=False)
    assignment = panels.an_assignment(panels.a_panelist(stage), stage.teams.first(), stage.rounds.get())
    mark = results.a_sheet(assignment, {"technology": 13}).marks.get()
    accounts.sign_in(client, accounts.an_officer())

    page = client.get(f"/admin/rubrics/criterion/{mark.criterion_id}/delete/")
    done = client.post(f"/admin/rubrics/criterion/{mark.criterion_id}/delete/", {"post": "yes"})

    assert page.context["protected"] == ["이것에 딸린 자료가 있어 지울 수 없습니다."]
    assert (page.context["deleted_objects"], page.context["model_count"]) == ([], {}.items())
    assert done.status_code == 200
    mark.criterion.refresh_from_db()


def test_a_row_of_a_rule_without_anything_behind_it_goes(client):
    stage = programme.a_stage(teams=())
    team = programme.a_team(stage)
    accounts.sign_in(client, accounts.an_officer())

    assert client.post(f"/admin/programme/team/{team.id}/delete/", {"post": "yes"}).status_code == 302
    assert not stage.teams.exists()


@pytest.fixture
def evidence():
    """A stage with one row of each kind of evidence."""
    stage = results.a_stage_to_count(Phase.PREPARING, evidence=False)
    team, round = stage.teams.first(), stage.rounds.get()
    benchmarks.a_measurement(team)
    programme.a_blind_copy(programme.a_submission(team, round))
    results.a_sheet(panels.an_assignment(panels.a_panelist(stage), team, round))
    results.a_decision(team)
    Answer.objects.create(prompt=Prompt.objects.get(), team=team, text="답변")
    event = record("score counted")
    run = ScoreRun.objects.create(stage=stage, key="k", body="{}", explanation="{}", event=event, counted_at=event.at)
    results.a_seal(run)
    results.a_publication(run)
    return stage


@pytest.mark.parametrize(
    ("room", "officer", "auditor"),
    [
        ("benchmarks/measurement", "xxxxxxxx", "...xxxxx"),
        ("programme/submission", "xxxxxxxx", "...xxxxx"),
        ("programme/blindcopy", "xxxxxxxx", "...xxxxx"),
        ("panels/assignment", "xxxxxxxx", "...xxxxx"),
        ("ratings/answer", "xxxxxxxx", "...xxxxx"),
        ("reviews/sheet", "....xxxx", "....xxxx"),
        ("results/scorerun", "....xxxx", "....xxxx"),
        ("results/gatedecision", "....xxxx", "....xxxx"),
        ("results/publication", "....xxxx", "....xxxx"),
    ],
)
def test_evidence_is_there_in_its_phases(client, evidence, room, officer, auditor):
    """A letter per phase, from preparing to final."""
    for person, expected in ((accounts.an_officer(), officer), (accounts.an_auditor(), auditor)):
        accounts.sign_in(client, person)
        seen = ""
        for phase in ORDER:
            programme.in_phase(evidence, phase)
            seen += ".x"[client.get(f"/admin/{room}/").context["cl"].result_count]
        assert seen == expected


def test_the_office_writes_dates_as_every_other_page_does(client):
    event = record("stage loaded", stage="stage-1", at=datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
    accounts.sign_in(client, accounts.an_officer())

    for path in ("/admin/audit/event/", f"/admin/audit/event/{event.pk}/change/"):
        assert "2026-11-23 09:00" in client.get(path).content.decode()
