"""What citizens are asked, and what they answered: plain builders."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from evaluations.programme.models import Stage, Team
from evaluations.programme.phases import Phase
from evaluations.ratings import actions, identity
from evaluations.ratings.models import (
    Answer,
    Ballot,
    HeldPaper,
    Paper,
    Prompt,
    Question,
    RatingPlan,
    RollEntry,
    Stratum,
)
from portal.accounts.models import User
from tests.factories.programme import a_stage, in_phase

AGE = ("age", "연령대", [("20s", "20대", "20s"), ("40s", "40대", "40s"), ("60s", "60대 이상", "60s and over")])


def a_plan(stage: Stage, **fields) -> RatingPlan:
    fields = {
        "purpose_ko": "어느 답변이 실제로 도움이 되는지 알고자 합니다.",
        "purpose_en": "To learn which answers help.",
    } | fields
    return RatingPlan.objects.create(stage=stage, **{"comparisons_per_person": 2, "ratings_per_person": 1} | fields)


def a_question(stage: Stage, key: str = "helpful", text: str = "도움이 되었나요?", **fields) -> Question:
    position = Question.objects.filter(stage=stage).count()
    fields = {"position": position, "text_en": f"Question {key}"} | fields
    return Question.objects.create(stage=stage, key=key, text_ko=text, **fields)


def a_stratum(stage: Stage, trait=AGE, quota: int | None = None, **fields) -> Stratum:
    """A trait with its categories; `quota` bounds each of them."""
    key, name, categories = trait
    rows = [
        {"key": k, "ko": ko, "en": en, "share": "0.33"} | ({"quota": quota} if quota is not None else {})
        for k, ko, en in categories
    ]
    return Stratum.objects.create(stage=stage, key=key, name_ko=name, name_en=key.title(), categories=rows, **fields)


def a_prompt(
    stage: Stage, key: str = "p01", text: str = "종이 없는 사무실을 만드는 방법을 알려 주세요.", **fields
) -> Prompt:
    return Prompt.objects.create(stage=stage, key=key, text=text, **{"category": "생활"} | fields)


def an_answer(prompt: Prompt, team: Team, text: str = "", **fields) -> Answer:
    return Answer.objects.create(prompt=prompt, team=team, text=text or f"{prompt.key}의 답변입니다.", **fields)


def a_rated_stage(
    slug: str = "stage-2", phase: Phase | str = Phase.OPEN, *, prompts: int = 4, questions: int = 2, strata=(AGE,),
    quota: int | None = None, plan: dict | None = None, **fields,
) -> Stage:  # fmt: skip
    """A stage that asks citizens, open now: every team has answered every prompt."""
    now = timezone.now()
    fields = {
        "frozen_at": now - timedelta(days=9), "opens_at": now - timedelta(days=7),
        "closes_at": now + timedelta(days=7), "published_at": now + timedelta(days=21),
    } | fields  # fmt: skip
    stage = a_stage(slug, **fields)
    a_plan(stage, **plan or {})
    for number in range(questions):
        a_question(stage, f"q{number}", f"물음 {number}")
    for position, trait in enumerate(strata):
        a_stratum(stage, trait, quota, position=position)
    for number in range(prompts):
        prompt = a_prompt(stage, f"p{number:02}")
        for team in stage.teams.all():
            an_answer(prompt, team)
    return in_phase(stage, phase)


def enrolled(stage: Stage, user: User, **categories: str) -> RollEntry:
    """The person is on the roll, in her twenties where the stage asks for an age."""
    return actions.enrol(stage=stage, categories=categories or {"age": "20s"}, by=user)


def issued(stage: Stage, user: User, seed: int = 1) -> list[Paper]:
    """Her papers in her order, the same ones for the same seed."""
    enrolled(stage, user)
    actions.issue_papers(stage=stage, by=user, rng=Random(seed))
    return list(Paper.objects.of_voter(stage, identity.voter_tag_of(stage.slug, user)).order_by("position"))


def held(stage: Stage, user: User, position: int = 1) -> HeldPaper:
    found = Paper.objects.held_for_answer(stage.slug, user, position)
    assert found is not None
    return found


def a_ballot(
    stage: Stage, user: User, position: int = 1, *, choice: str = "a", rating: int = 4, revision: int = 1
) -> Ballot:
    """What she says to one of her papers: a choice, or the same star on every question."""
    paper = held(stage, user, position)
    reply = (
        actions.Reply(stars=dict.fromkeys(paper.questions, rating)) if paper.questions else actions.Reply(choice=choice)
    )
    return actions.cast(held=paper, reply=reply, revision=revision)
