"""What citizens could not be asked with yet. Read before a stage is frozen."""

from collections.abc import Iterator

from django.db.models import Count, Q

from evaluations.programme.models import Stage
from evaluations.ratings.models import Answer, Ballot, Prompt, Question, RatingPlan
from evaluations.rubrics.models import Item

SHOWN = 5
"""Gaps named one by one; beyond that their number says enough."""


def missing(stage: Stage) -> list[str]:
    """Sentences for the officer; none where the stage asks no citizens, or nothing is left to do."""
    sources = set(Item.objects.filter(part__stage=stage).exclude(rule=Item.Rule.GIVEN).values_list("source", flat=True))
    plan = RatingPlan.objects.filter(stage=stage).first()
    imported = Ballot.objects.of_stage(stage).exists()
    return [
        *_no_plan(plan, sources, imported),
        *_no_questions(stage, plan, sources),
        *(_gaps_in_answers(stage) if plan and not imported else ()),
        *_names_in_answers(stage),
    ]


def _no_plan(plan: RatingPlan | None, sources: set[str], imported: bool) -> Iterator[str]:
    if plan is None and not imported and sources & {"ratings", "comparisons"}:
        yield "국민 평가를 쓰는 항목이 있는데 국민 평가 계획이 없습니다."
    if plan and not (plan.comparisons_per_person or plan.ratings_per_person):
        yield "국민 평가 계획에 한 사람의 비교 수와 별점 수가 모두 0입니다."
    if plan and "comparisons" in sources and not plan.comparisons_per_person and not imported:
        yield "비교를 쓰는 항목이 있는데 한 사람의 비교 수가 0입니다."
    if plan and "ratings" in sources and not plan.ratings_per_person and not imported:
        yield "별점을 쓰는 항목이 있는데 한 사람의 별점 수가 0입니다."


def _no_questions(stage: Stage, plan: RatingPlan | None, sources: set[str]) -> Iterator[str]:
    wanted = "ratings" in sources or (plan and plan.ratings_per_person)
    if wanted and not Question.objects.filter(stage=stage).exists():
        yield "별점을 매길 물음이 없습니다."


def _gaps_in_answers(stage: Stage) -> Iterator[str]:
    """Every team answers every prompt, or it would be shown more rarely than the others."""
    prompts = list(Prompt.objects.filter(stage=stage))
    if not prompts:
        yield "국민에게 보일 질문이 없습니다."
        return
    answered = set(Answer.objects.filter(prompt__stage=stage).values_list("prompt_id", "team_id"))
    teams = list(stage.teams.all())
    gaps = [(prompt, team) for prompt in prompts for team in teams if (prompt.id, team.id) not in answered]
    for prompt, team in gaps[:SHOWN]:
        yield f"질문 '{prompt.key}'에 '{team}'의 답변이 없습니다."
    if len(gaps) > SHOWN:
        yield f"그 밖에 답변이 없는 곳이 {len(gaps) - SHOWN}군데 더 있습니다."


def _names_in_answers(stage: Stage) -> Iterator[str]:
    found = Answer.objects.filter(prompt__stage=stage).aggregate(found=Count("id", filter=~Q(hits=[])))["found"]
    if found:
        yield f"팀이나 모델의 이름이 발견된 답변이 {found}개 있습니다. 확인하고 정리해 주세요."
