"""What those who judged said of whom they recognised: which answers count, what it costs to read them, and that no point knows of them."""

import json

import pytest

from evaluations.panels.models import Assignment, Recusal
from evaluations.programme.phases import Phase
from evaluations.ratings.actions import Reply, cast
from evaluations.ratings.models import Ballot
from evaluations.results import compute, tasks
from evaluations.results.models import Estimates, ScoreRun
from evaluations.scoring.blinding import Answer
from portal.audit.record import record
from tests.factories import accounts, panels, programme, ratings, results

pytestmark = pytest.mark.django_db


def a_stage_with_sheets(seats: int = 1, **fields):
    """Without evidence; of each seat the assignments by team."""
    stage = results.a_stage_to_count(Phase.PREPARING, evidence=False, **fields)
    round, rows = stage.rounds.get(counts=True), []
    for _ in range(seats):
        panelist = panels.a_panelist(stage)
        rows.append({team.slug: panels.an_assignment(panelist, team, round) for team in stage.teams.all()})
    return stage, rows


def answers_of(stage) -> set[Answer]:
    return set(compute.blinding_of(stage).answers)


def test_only_sheets_that_count_and_were_asked_are_read():
    stage, (one, other) = a_stage_with_sheets(2)
    results.a_sheet(one["lg"], knew="no")
    results.a_sheet(one["lg"], knew="yes", guess="skt", revision=2)
    results.a_sheet(one["lg"], knew="yes", guess="lg", revision=3, confirmed=False)
    results.a_sheet(one["skt"])  # not asked
    results.a_sheet(other["lg"], knew="maybe", guess="lg")
    results.a_sheet(other["skt"], knew="yes", guess="skt")
    Recusal.objects.create(assignment=other["skt"], event=record("recused"))
    unblinded = programme.a_round(stage, "presentation", kind="presentation", blind=False, counts=False)
    later = panels.an_assignment(one["lg"].panelist, one["lg"].team, unblinded)
    results.a_sheet(later, knew="yes", guess="lg")

    first, second = one["lg"].panelist.label, other["lg"].panelist.label
    assert answers_of(stage) == {Answer(first, "lg", "yes", "skt"), Answer(second, "lg", "maybe", "lg")}


def test_who_declared_a_team_is_known_to_have_known():
    stage, (one,) = a_stage_with_sheets()
    panels.a_conflict(one["lg"].panelist, one["skt"].team, "relative")

    assert compute.blinding_of(stage).barred == {one["lg"].panelist.label: {"skt"}}


def replied(stage, citizen, **fields):
    """She answers her two comparisons and her rating, in the order of her papers, and the words in `fields` are what she recognised."""
    for paper in ratings.issued(stage, citizen):
        held = ratings.held(stage, citizen, paper.position)
        asked = fields.get(f"paper_{paper.position}", "")
        kind = {"stars": dict.fromkeys(held.questions, 4)} if held.questions else {"choice": "skip"}
        cast(held=held, reply=Reply(**kind, recognised=asked), revision=1)


def of_kind(stage, citizen, kind) -> int:
    return next(paper.position for paper in ratings.issued(stage, citizen) if paper.kind == kind)


def test_citizens_are_counted_by_how_many_answers_they_read_and_recognised():
    """Two comparisons and a rating are five answers; who finds it hard to judge has read them all the same."""
    stage = ratings.a_rated_stage()
    first, second, third = (accounts.a_citizen(f"citizen{n}@example.kr") for n in range(3))
    pair, single = of_kind(stage, first, "compare"), of_kind(stage, second, "rate")
    replied(stage, first, **{f"paper_{pair}": "both"})
    replied(stage, second, **{f"paper_{single}": "left"})
    replied(stage, third)

    assert Ballot.objects.effective().how_many_recognised() == {(5, 2): 1, (5, 1): 1, (5, 0): 1}


def test_the_last_word_of_a_citizen_counts():
    stage, citizen = ratings.a_rated_stage(), accounts.a_citizen()
    position = of_kind(stage, citizen, "compare")
    for revision, known in enumerate(("both", "left", "right"), start=1):
        reply = Reply(choice="a", recognised=known)
        cast(held=ratings.held(stage, citizen, position), reply=reply, revision=revision)

    assert compute.blinding_of(stage).readers == {(2, 1): 1}


def test_ballots_from_elsewhere_were_not_asked():
    stage = results.a_stage_to_count()

    assert Ballot.objects.count() > 0
    assert compute.blinding_of(stage).readers == {}


def test_reading_costs_three_questions_whoever_answered(django_assert_num_queries):
    for stage, rows in (a_stage_with_sheets(slug="small"), a_stage_with_sheets(3, slug="large")):
        for row in rows:
            for assignment in row.values():
                results.a_sheet(assignment, knew="maybe", guess="lg")
        with django_assert_num_queries(3):
            found = compute.blinding_of(stage)
        assert len(found.answers) == Assignment.objects.filter(panelist__stage=stage).count()


def counted(guess: str) -> tuple[ScoreRun, dict]:
    """A stage whose five experts all say they recognised LG's model and name this team."""
    stage = results.a_stage_to_count(Phase.OPEN, slug=f"of-{guess}")
    for assignment in Assignment.objects.filter(panelist__stage=stage, team__slug="lg"):
        results.a_sheet(assignment, results.MARKS, findings="met", revision=2, knew="yes", guess=guess)
    tasks.count(results.a_job(programme.in_phase(stage, Phase.CLOSED)).pk)
    run = ScoreRun.objects.get(stage=stage)
    return run, json.loads(Estimates.objects.get(run=run).body)["sections"]["blinding"]


def test_what_was_guessed_stands_in_the_estimates_and_in_nothing_that_is_official():
    (right, told), (wrong, told_wrong) = counted("lg"), counted("skt")

    assert (told["experts"]["guesses"]["right"], told_wrong["experts"]["guesses"]["right"]) == (5, 0)
    assert right.input_digest == wrong.input_digest
    official, other = (json.loads(run.body) | {"stage": "", "config_digest": ""} for run in (right, wrong))
    assert official == other
    assert right.explanation == wrong.explanation
