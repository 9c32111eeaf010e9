"""What a planned panel and planned comparisons could tell apart, on the office's page before a stage opens."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluations.proceedings import planning
from evaluations.programme.phases import Phase
from evaluations.results.models import Estimates, ScoreRun
from evaluations.scoring.stability import visible_gap
from portal.audit.record import record
from tests.factories import accounts, panels, programme, ratings, rubrics

pytestmark = pytest.mark.django_db


def a_planned_stage(seats: int = 10, quota: int | None = 100, phase: Phase = Phase.PREPARING):
    """Four comparisons a person, three ages, thirty-five points for the experts."""
    stage = ratings.a_rated_stage(quota=quota, plan={"comparisons_per_person": 4}, phase=Phase.PREPARING)
    rubrics.a_part(stage, "expert", "experts", "전문가", 35, aggregate="mean", small_panel="mean")
    for _ in range(seats):
        panels.a_panelist(stage)
    return programme.in_phase(stage, phase)


def a_counted_stage(sigma: str, points: int = 70, phase: Phase = Phase.FINAL):
    stage = programme.a_stage("stage-1", name_ko="1단계")
    rubrics.a_part(stage, "expert", "experts", "전문가", points, aggregate="mean", small_panel="mean")
    now = timezone.now()
    run = ScoreRun.objects.create(
        stage=stage, key="k", config_digest="c", input_digest="i", method_version="2", body="{}", explanation="{}",
        digest="d", event=record("count made"), counted_at=now,
    )  # fmt: skip
    body = json.dumps({"sections": {"severity.expert": {"sigma": sigma}}})
    Estimates.objects.create(
        run=run, version="2", seed=1, body=body, digest="e", event=record("estimates made"), made_at=now
    )
    return programme.in_phase(stage, phase)


def test_a_plan_says_what_it_can_see_by_the_formulas_of_the_study():
    stage = a_planned_stage()
    pairs = stage.teams.count() * (stage.teams.count() - 1) // 2

    found = planning.of_stage(stage)

    (panel,) = found["panels"]
    assert (panel.part, panel.points, panel.reviewers, panel.noise, panel.source) == ("전문가", 35, 10, 3.5, "")
    assert panel.gap == visible_gap(10, 3.5)
    assert panel.for_half == 40
    assert found["votes"] == planning.vote_power(300, 4, stage.teams.count())
    assert found["votes"].a_pair == 1200 // pairs


def test_noise_comes_from_the_newest_count_the_office_may_see_in_points_of_this_part():
    """1.5 of 70 points are 0.75 of 35."""
    a_counted_stage("1.5")

    (panel,) = planning.of_stage(a_planned_stage())["panels"]

    assert (panel.noise, panel.source) == (0.75, "1단계")


@pytest.mark.parametrize(("sigma", "phase"), [("1.5", Phase.CLOSED), ("0.0000", Phase.FINAL), (None, Phase.FINAL)])
def test_a_count_that_is_closed_to_the_office_or_saw_no_noise_is_not_used(sigma, phase):
    a_counted_stage(sigma, phase=phase)

    (panel,) = planning.of_stage(a_planned_stage())["panels"]

    assert (panel.noise, panel.source) == (3.5, "")


def test_without_seats_or_a_quota_nothing_is_promised():
    assert planning.of_stage(a_planned_stage(seats=0, quota=None)) == {}


@pytest.mark.parametrize("phase", [Phase.FROZEN, Phase.OPEN])
def test_once_frozen_there_is_nothing_to_plan(phase):
    assert planning.of_stage(a_planned_stage(phase=phase)) == {}


def test_every_trait_divides_the_same_people():
    ages, sexes = [{"quota": 100}, {"quota": 50}], [{"quota": 60}, {}]

    assert planning.wanted_people([ages, sexes]) == 150
    assert planning.wanted_people([]) == 0


def test_the_plan_that_needs_so_many_people_reaches_the_share():
    needed = planning.vote_power(300, 4, 4).needed_people

    assert planning.vote_power(needed, 4, 4).share == pytest.approx(55, abs=0.05)


def test_the_page_says_it_with_its_assumptions(client):
    stage = a_planned_stage()
    accounts.sign_in(client, accounts.an_officer())

    page = client.get(reverse("admin:proceedings_page", args=[stage.pk])).content.decode()
    words = " ".join(page.split())

    assert "전문가: 평가위원 10명으로는 두 팀의 참 차이가 35점 가운데 <strong>4.4점</strong>은 되어야" in words
    assert "가정: 한 사람의 합계가 배점의 10%, 3.5점쯤 흔들림" in words
    assert "목표 인원 300명이면" in words
