"""What the officer still has to do before citizens can be asked."""

import pytest

from evaluations.programme.phases import Phase
from evaluations.ratings.readiness import missing
from evaluations.rubrics.models import Item
from tests.factories import ratings, rubrics
from tests.factories.programme import a_stage

pytestmark = pytest.mark.django_db


def a_ready_stage(**options):
    return ratings.a_rated_stage(phase=Phase.PREPARING, **options)


def test_nothing_is_missing_where_everything_is_there():
    stage = a_ready_stage()
    rubrics.a_rubric(stage)

    assert missing(stage) == []


def test_a_stage_that_asks_no_citizens_misses_nothing():
    assert missing(a_stage()) == []


def test_items_that_use_citizens_need_a_plan_and_questions():
    stage = a_stage()
    rubrics.a_rubric(stage)

    assert missing(stage) == [
        "국민 평가를 쓰는 항목이 있는데 국민 평가 계획이 없습니다.",
        "별점을 매길 물음이 없습니다.",
    ]


def test_points_taken_over_as_given_need_none():
    stage = a_stage()
    user = rubrics.a_part(stage, "user", "users", "사용자", 25)
    rubrics.an_item(user, "stars", 25, Item.Rule.GIVEN, name_ko="별점", source="ratings")

    assert missing(stage) == []


def test_a_plan_must_ask_what_the_items_use():
    stage = a_ready_stage(plan={"comparisons_per_person": 0, "ratings_per_person": 0})
    rubrics.a_rubric(stage)

    assert missing(stage) == [
        "국민 평가 계획에 한 사람의 비교 수와 별점 수가 모두 0입니다.",
        "비교를 쓰는 항목이 있는데 한 사람의 비교 수가 0입니다.",
        "별점을 쓰는 항목이 있는데 한 사람의 별점 수가 0입니다.",
    ]


def test_a_plan_needs_prompts():
    assert missing(a_ready_stage(prompts=0)) == ["국민에게 보일 질문이 없습니다."]


def test_every_team_must_have_answered_every_prompt():
    stage = a_ready_stage(prompts=1)
    ratings.a_prompt(stage, "p98")
    prompt = ratings.a_prompt(stage, "p99")
    for team in stage.teams.exclude(slug__in=["lg", "skt"]):
        ratings.an_answer(prompt, team)

    assert missing(stage) == [
        "질문 'p98'에 '엘지팀'의 답변이 없습니다.",
        "질문 'p98'에 '에스케이팀'의 답변이 없습니다.",
        "질문 'p98'에 '업스테이지팀'의 답변이 없습니다.",
        "질문 'p98'에 '모티프팀'의 답변이 없습니다.",
        "질문 'p99'에 '엘지팀'의 답변이 없습니다.",
        "그 밖에 답변이 없는 곳이 1군데 더 있습니다.",
    ]


def test_an_answer_that_names_its_model_is_reported():
    stage = a_ready_stage(prompts=1)
    ratings.an_answer(stage.prompts.get(), stage.teams.first(), "저는 엑사원입니다.", sample=2, hits=["엑사원"])

    assert missing(stage) == ["팀이나 모델의 이름이 발견된 답변이 1개 있습니다. 확인하고 정리해 주세요."]
