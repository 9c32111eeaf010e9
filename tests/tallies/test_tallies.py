"""Ballots folded by the hour: the same numbers whatever is kept, however the hours were shared out."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.programme.phases import Phase
from evaluations.ratings.models import Ballot, Kind, Question, Star
from evaluations.tallies import actions, queries, sql
from evaluations.tallies.models import Cell, Hour
from portal.audit.record import record
from portal.http import Refusal
from tests.factories.programme import in_phase
from tests.factories.ratings import a_rated_stage

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 8, 3, 3, tzinfo=UTC)


def vote(
    stage, voter: str, pair: str, choice: str, hour: int = 0, revision: int = 1, stratum: str = "age=20s"
) -> Ballot:
    left, right = (stage.teams.get(slug=slug) for slug in pair.split())
    event = record("ballot cast", stage=stage.slug)
    return Ballot.objects.create(
        stage=stage, voter_tag=voter, thing=f"compare:{''.join(sorted((left.id, right.id)))}", revision=revision,
        kind=Kind.COMPARE, left_team=left, right_team=right, choice=choice, stratum=stratum, event=event,
        cast_at=NOON + timedelta(hours=hour, minutes=17),
    )  # fmt: skip


def rate(stage, voter: str, team: str, rating: int, hour: int = 0, revision: int = 1) -> Ballot:
    event = record("ballot cast", stage=stage.slug)
    ballot = Ballot.objects.create(
        stage=stage, voter_tag=voter, thing=f"rate:{team}", revision=revision, kind=Kind.RATE,
        left_team=stage.teams.get(slug=team), stratum="age=20s", event=event, cast_at=NOON + timedelta(hours=hour),
    )  # fmt: skip
    for question in Question.objects.filter(stage=stage):
        Star.objects.create(ballot=ballot, question=question, rating=rating)
    return ballot


@pytest.fixture
def stage():
    return a_rated_stage(phase=Phase.CLOSED, questions=1)


def fold(stage) -> int:
    hours = 0
    while folded := actions.fold_next(stage=stage, most=2):
        hours += folded
    return hours


def told(stage):
    found = queries.tallied(stage)
    return found.comparisons, found.ratings


def test_a_ballot_makes_its_hour_pending(stage):
    vote(stage, "a", "lg skt", "a")
    vote(stage, "b", "lg skt", "a")
    vote(stage, "c", "lg skt", "b", hour=2)

    assert [(hour.since, hour.until, hour.tallied_at) for hour in Hour.objects.all()] == [
        (NOON, NOON + timedelta(hours=1), None),
        (NOON + timedelta(hours=2), NOON + timedelta(hours=3), None),
    ]


def test_folding_changes_no_number(stage):
    vote(stage, "a", "lg skt", "a")
    vote(stage, "b", "skt lg", "both_bad", stratum="age=60s")
    rate(stage, "a", "lg", 4)
    before = told(stage)

    assert fold(stage) == 1
    assert queries.pending_hours(stage) == 0
    assert told(stage) == before == (
        {("age=20s", "lg", "skt"): {"a": 1}, ("age=60s", "skt", "lg"): {"both_bad": 1}},
        {("age=20s", "lg", "q0"): (0, 0, 0, 1, 0)},
    )  # fmt: skip


def test_the_ballots_are_looked_at_anew_before_all_of_them_are_read(stage):
    """By what PostgreSQL last saw – an empty table – each ballot would be met by reading them all. SQLite is not asked to look."""
    queries.refresh_statistics()
    for number in range(30):
        vote(stage, f"{number}", "lg skt", "a")

    with CaptureQueriesContext(connection) as asked:
        queries.cells(stage)

    words = [one["sql"].split()[0] for one in asked if not one["sql"].startswith("SELECT")]
    assert words == (["ANALYZE", "WITH"] if connection.vendor == "postgresql" else ["WITH"])
    assert connection.vendor == "sqlite" or rows_as_planned("ratings_ballot") == 30


EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


def plans(*questions) -> list[str]:
    """How the database would go about each of these, on one line."""
    told = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # of a table with one row it would read the whole, whatever else there is
            cursor.execute("SET LOCAL enable_seqscan = off")
        for statement, parameters in questions:
            cursor.execute(f"{EXPLAIN[connection.vendor]} {statement}", parameters)
            told.append(" | ".join(str(row[-1]).strip() for row in cursor.fetchall()))
    return told


def test_an_hour_is_found_by_its_hour(stage):
    """Found by its stage, each hour would cost all ballots of the stage. Of the fold, PostgreSQL decides by what it last saw, and is made to
    look; SQLite has to be told."""
    vote(stage, "a", "lg skt", "a")
    (hour,) = Hour.objects.all()

    traced, kept, looked = plans(
        hour.ballots().query.sql_with_params(),
        (sql.keep(1, connection.vendor), [hour.id] * 4),
        (sql.look(sql.PENDING, connection.vendor), [stage.id] * 4),
    )

    assert "ballot_hour" in traced
    if connection.vendor == "sqlite":
        for plan in (traced, kept, looked):
            steps = [step for step in plan.split(" | ") if "ballot_hour" in step]
            assert steps and all("(cast_at>? AND cast_at<?)" in step for step in steps), plan
            assert [
                step for step in plan.split(" | ") if "ratings_ballot" in step and step.endswith("(stage_id=?)")
            ] == []


def rows_as_planned(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = %s", [table])
        return cursor.fetchone()[0]


def test_a_changed_mind_takes_the_earlier_answer_back_in_its_own_hour(stage):
    vote(stage, "a", "lg skt", "a")
    rate(stage, "a", "lg", 1)
    fold(stage)
    vote(stage, "a", "lg skt", "b", hour=1, revision=2)
    vote(stage, "a", "lg skt", "skip", hour=2, revision=3)
    rate(stage, "a", "lg", 5, hour=2, revision=2)

    assert told(stage) == ({("age=20s", "lg", "skt"): {"skip": 1}}, {("age=20s", "lg", "q0"): (0, 0, 0, 0, 1)})
    assert fold(stage) == 2
    assert told(stage) == ({("age=20s", "lg", "skt"): {"skip": 1}}, {("age=20s", "lg", "q0"): (0, 0, 0, 0, 1)})
    assert sorted(Cell.objects.filter(hour__since=NOON + timedelta(hours=1)).values_list("answer", "votes")) == [
        ("a", -1), ("b", 1),
    ]  # fmt: skip


def test_a_ballot_in_a_folded_hour_makes_it_pending_again(stage):
    vote(stage, "a", "lg skt", "a")
    fold(stage)

    vote(stage, "b", "lg skt", "a")

    assert queries.pending_hours(stage) == 1
    assert told(stage)[0] == {("age=20s", "lg", "skt"): {"a": 2}}
    assert fold(stage) == 1
    assert told(stage)[0] == {("age=20s", "lg", "skt"): {"a": 2}}
    assert Cell.objects.count() == 1


def test_a_recount_folds_only_what_is_new(stage):
    for hour in range(5):
        vote(stage, f"v{hour}", "lg skt", "a", hour=hour)
    assert fold(stage) == 5
    vote(stage, "late", "lg skt", "b", hour=9)
    assert fold(stage) == 1


def test_nothing_is_kept_as_long_as_people_vote(stage):
    vote(stage, "a", "lg skt", "a")
    for phase in (Phase.PREPARING, Phase.FROZEN, Phase.OPEN):
        with pytest.raises(Refusal, match="투표를 모으지 않습니다"):
            actions.fold_next(stage=in_phase(stage, phase))
    assert Cell.objects.count() == 0


def test_another_stage_is_another_tally(stage):
    vote(stage, "a", "lg skt", "a")
    other = a_rated_stage("other", phase=Phase.CLOSED)
    fold(stage)
    assert told(other) == ({}, {})
    assert fold(other) == 0


@pytest.mark.parametrize("seed", range(5))
def test_the_sum_over_hours_is_the_last_ballot_of_everybody(stage, seed):
    rng = random.Random(seed)
    last: dict[tuple[str, str], str] = {}
    revisions: Counter = Counter()
    for hour in range(4):
        for _ in range(12):
            voter, pair, choice = f"v{rng.randrange(6)}", rng.choice(["lg skt", "lg motif"]), rng.choice("ab")
            revisions[voter, pair] += 1
            vote(stage, voter, pair, choice, hour=hour, revision=revisions[voter, pair])
            last[voter, pair] = choice
        if rng.random() < 0.5:
            fold(stage)
    expected: dict = {}
    for (_voter, pair), choice in last.items():
        cell = expected.setdefault(("age=20s", *pair.split()), {})
        cell[choice] = cell.get(choice, 0) + 1

    assert told(stage)[0] == expected
    assert queries.differences(stage) == []
    fold(stage)
    assert told(stage)[0] == expected
    assert queries.differences(stage) == []


def test_every_cell_leads_to_its_ballots(stage):
    first, other = vote(stage, "a", "lg skt", "a"), vote(stage, "b", "lg skt", "a")
    second = vote(stage, "a", "lg skt", "b", hour=1, revision=2)
    stars = rate(stage, "a", "lg", 3)
    fold(stage)

    def of(hour: int, answer: str) -> tuple[list, list]:
        return queries.ballots_of(Cell.objects.get(hour__since=NOON + timedelta(hours=hour), answer=answer))

    assert of(0, "a") == (sorted([first, other], key=lambda b: b.id), [])
    assert of(1, "b") == ([second], [])
    assert of(1, "a") == ([], [first])
    assert of(0, "3") == ([stars], [])
    for cell in Cell.objects.all():
        counted, taken_back = queries.ballots_of(cell)
        assert len(counted) - len(taken_back) == cell.votes


def test_a_kept_number_that_was_changed_is_found(stage):
    vote(stage, "a", "lg skt", "a")
    fold(stage)
    Cell.objects.update(votes=7)

    ((key, kept, afresh),) = queries.differences(stage)

    assert (key[-1], kept, afresh) == ("a", 7, 1)
    actions.forget(stage=stage)
    assert queries.differences(stage) == []
    fold(stage)
    assert queries.differences(stage) == []


def test_the_office_can_verify_and_forget(stage, capsys):
    vote(stage, "a", "lg skt", "a")
    fold(stage)
    in_phase(stage, Phase.COUNTED)

    call_command("tallies", "stage-2", "--verify")
    assert "한 칸도 다르지 않습니다" in capsys.readouterr().out
    Cell.objects.update(votes=2)
    with pytest.raises(CommandError, match="투표와 다른 칸이 1개 있습니다"):
        call_command("tallies", "stage-2", "--verify")
    call_command("tallies", "stage-2", "--forget")
    assert queries.pending_hours(stage) == 1
    for sealed in (Phase.OPEN, Phase.CLOSED):
        with pytest.raises(CommandError, match="투표를 세어 보이지 않습니다"):
            call_command("tallies", in_phase(stage, sealed).slug, "--verify")


def test_the_office_traces_a_number_to_its_ballots(stage, capsys):
    first, other = vote(stage, "a", "lg skt", "a"), vote(stage, "b", "lg skt", "a")
    vote(stage, "a", "lg skt", "b", hour=1, revision=2)
    stars = rate(stage, "a", "lg", 3)
    fold(stage)
    in_phase(stage, Phase.COUNTED)

    call_command("tallies", "stage-2", "--trace", "lg", "skt", "a")
    told = capsys.readouterr().out.splitlines()
    assert sorted(line for line in told if line.startswith("  ")) == sorted(
        [f"  셈 {first.pk}", f"  셈 {other.pk}", f"  고쳐서 뺌 {first.pk}"]
    )
    assert told[-1] == "‘lg skt a’: 모두 1표입니다."

    question = stars.stars.get().question.key
    call_command("tallies", "stage-2", "--trace", "lg", question, "3")
    assert f"  셈 {stars.pk}" in capsys.readouterr().out
    with pytest.raises(CommandError, match="그런 칸이 없습니다"):
        call_command("tallies", "stage-2", "--trace", "lg", "nobody", "a")
    for sealed in (Phase.OPEN, Phase.CLOSED):
        with pytest.raises(CommandError, match="투표를 세어 보이지 않습니다"):
            call_command("tallies", in_phase(stage, sealed).slug, "--trace", "lg", "skt", "a")


def test_a_cell_leads_to_its_ballots_however_many_were_replaced(stage):
    """One condition for each of them once was more than SQLite takes in one expression."""
    many = 1_100
    for number in range(many):
        vote(stage, f"p{number}", "lg skt", "a")
        vote(stage, f"p{number}", "lg skt", "b", hour=1, revision=2)
    fold(stage)

    counted, taken_back = queries.ballots_of(Cell.objects.get(hour__since=NOON + timedelta(hours=1), answer="a"))

    assert (len(counted), len(taken_back)) == (0, many)
