"""How far the citizens are, in numbers that say nothing of what anybody chose."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.ratings.models import Ballot
from evaluations.ratings.progress import by_hour, coverage, progress
from tests.factories import accounts
from tests.factories.programme import a_stage
from tests.factories.ratings import a_ballot, a_rated_stage, issued

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return a_rated_stage(prompts=2, quota=100)


@pytest.fixture
def citizen(stage):
    citizen = accounts.a_citizen()
    issued(stage, citizen)
    return citizen


def test_a_stage_without_citizens_has_nothing_to_show():
    stage = a_stage()
    assert (progress(stage), coverage(stage), by_hour(stage)) == ([], [], [])


def test_people_and_first_answers_are_counted_by_trait(stage, citizen):
    a_ballot(stage, citizen, 1)
    a_ballot(stage, citizen, 1, choice="b", revision=2)

    rows = {row.name: (row.enrolled, row.quota, row.cast) for row in progress(stage)}

    assert rows == {
        "모두": (1, None, 1), "연령대: 20대": (1, 100, 1), "연령대: 40대": (0, 100, 0), "연령대: 60대 이상": (0, 100, 0),
    }  # fmt: skip


def test_every_pair_counts_its_papers_whatever_the_side(stage, citizen):
    before = {row.names: (row.issued, row.cast) for row in coverage(stage)}
    a_ballot(stage, citizen, 1)
    a_ballot(stage, citizen, 3)
    after = {row.names: (row.issued, row.cast) for row in coverage(stage)}

    assert sum(papers for papers, _ in before.values()) == 3
    assert sum(cast for _, cast in before.values()) == 0
    assert sum(cast for _, cast in after.values()) == 2
    assert {name: papers for name, (papers, _) in before.items()} == {
        name: papers for name, (papers, _) in after.items()
    }
    assert all(name.count(" · ") in (0, 1) for name in after)


@pytest.mark.parametrize("choice", ["a", "b", "both_good", "both_bad", "skip"])
def test_no_number_depends_on_what_was_chosen(stage, citizen, choice):
    a_ballot(stage, citizen, 1, choice=choice)
    a_ballot(stage, citizen, 3, rating=1 if choice == "a" else 5)

    assert sum(row.cast for row in coverage(stage)) == 2
    assert [(hour.comparisons, hour.ratings) for hour in by_hour(stage)] == [(1, 1)]


def test_hours_come_last_first_and_only_where_somebody_answered(stage, citizen):
    a_ballot(stage, citizen, 1)
    now = Ballot.objects.get()
    earlier = now.cast_at - timedelta(hours=5)
    for number, at in enumerate([earlier, earlier + timedelta(minutes=30)]):
        Ballot.objects.create(
            stage=stage, voter_tag=f"other{number}", thing="x", kind=now.kind, prompt=now.prompt, left_team=now.left_team,
            right_team=now.right_team, choice="a", event=now.event, cast_at=at,
        )  # fmt: skip

    hours = by_hour(stage)

    assert [(hour.comparisons, hour.ratings) for hour in hours] == [(1, 0), (2, 0)]
    assert hours[1].at == timezone.localtime(earlier).replace(minute=0, second=0, microsecond=0)
    assert [hour.comparisons for hour in by_hour(stage, shown=1)] == [1]
