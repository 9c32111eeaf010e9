"""Names in frozen answers: found whoever wrote the answer down, decided on record, found again when a name is added."""

import pytest
from django.urls import reverse

from evaluations.programme.phases import Phase
from evaluations.ratings import answers
from evaluations.ratings.models import Answer, Prompt
from evaluations.ratings.readiness import missing
from portal.audit.models import Event
from portal.http import Refusal, Stale
from tests.factories import accounts
from tests.factories.programme import a_stage, in_phase
from tests.factories.ratings import a_plan, a_prompt, a_question, an_answer
from tests.office import Page

pytestmark = pytest.mark.django_db

NAMING = "저는 엘지팀이 만든 모델입니다."


@pytest.fixture
def stage():
    stage = a_stage()
    a_plan(stage)
    a_question(stage)
    prompt = a_prompt(stage)
    for team in stage.teams.all():
        an_answer(prompt, team)
    return stage


def of(stage, slug="lg") -> Answer:
    return Answer.objects.get(prompt__stage=stage, team__slug=slug)


def naming(stage) -> Answer:
    Answer.objects.filter(pk=of(stage).pk).update(text=NAMING)
    answers.look_for_names(Answer.objects.filter(prompt__stage=stage), stage=stage)
    return of(stage)


def test_an_answer_typed_in_the_office_is_searched_like_a_loaded_one(client, stage):
    accounts.sign_in(client, accounts.an_officer())
    page = Page(client, reverse("admin:ratings_prompt_change", args=[Prompt.objects.get().pk]))
    place = next(name for name, value in page.values.items() if value == [of(stage).pk]).removesuffix("-id")

    answer = page.send(**{f"{place}-text": NAMING})

    assert answer.status_code == 302
    assert [hit["name"] for hit in of(stage).hits] == ["엘지팀"]
    assert "팀이나 모델의 이름이 발견된 답변이 1개 있습니다. 확인하고 정리해 주세요." in missing(stage)


def test_an_officer_reads_what_was_found_and_decides(client, stage):
    officer = accounts.an_officer()
    accounts.sign_in(client, officer)
    waiting = naming(stage)
    path = reverse("admin:ratings_answer_keep", args=[waiting.pk])
    listed = client.get(reverse("admin:ratings_answer_changelist"), {"names": "found"})
    assert [answer.pk for answer in listed.context["cl"].queryset] == [waiting.pk]
    assert NAMING in client.get(path).content.decode()

    without = client.post(path, {"reason": ""})
    kept = client.post(path, {"reason": "질문이 엘지팀에 대해 물었다"})

    assert (without.status_code, kept.status_code) == (422, 302)
    assert of(stage).hits == []
    event = Event.objects.get(kind="answer kept")
    assert (event.actor, event.reason, event.subject_id) == (officer.pk, "질문이 엘지팀에 대해 물었다", waiting.pk)


def test_what_was_let_stand_stays_so_until_the_text_or_a_name_changes(stage):
    officer = accounts.an_officer()
    answers.keep(answer=naming(stage), by=officer, reason="괜찮다")
    everything = Answer.objects.filter(prompt__stage=stage)

    assert answers.look_for_names(everything, stage=stage) == 0

    team = stage.teams.get(slug="lg")
    team.aliases = ["만든 모델"]
    team.save(update_fields=["aliases"])
    assert answers.look_for_names(everything, stage=stage) == 1
    assert [hit["name"] for hit in of(stage).hits] == ["만든 모델"]

    Answer.objects.filter(pk=of(stage).pk).update(text=NAMING + " 정말입니다.")
    answers.look_for_names(everything, stage=stage)
    assert {hit["name"] for hit in of(stage).hits} == {"엘지팀", "만든 모델"}


def test_only_an_officer_decides_and_only_before_the_freeze(stage):
    answer = naming(stage)

    for person in (accounts.an_auditor(), accounts.an_expert(), accounts.a_citizen()):
        with pytest.raises(Refusal, match="담당자만"):
            answers.keep(answer=answer, by=person, reason="괜찮다")
    officer = accounts.an_officer()
    with pytest.raises(Refusal, match="사유"):
        answers.keep(answer=answer, by=officer, reason="  ")
    with pytest.raises(Stale):
        answers.keep(answer=of(stage, "skt"), by=officer, reason="괜찮다")
    in_phase(stage, Phase.FROZEN)
    with pytest.raises(Refusal, match="확정하기 전"):
        answers.keep(answer=answer, by=officer, reason="괜찮다")


def test_a_team_of_another_stage_answers_nothing_here(client, stage):
    accounts.sign_in(client, accounts.an_officer())
    stranger = a_stage("other").teams.first()
    page = Page(client, reverse("admin:ratings_prompt_change", args=[Prompt.objects.get().pk]))

    answer = page.line("answers", team=stranger.pk, sample=1, text="답변").send()

    assert answer.status_code == 200
    assert not Answer.objects.filter(team=stranger).exists()


def test_hits_cannot_be_posted_away(client, stage):
    accounts.sign_in(client, accounts.an_officer())
    naming(stage)
    page = Page(client, reverse("admin:ratings_prompt_change", args=[Prompt.objects.get().pk]))

    page.send(**{f"answers-{n}-hits": "[]" for n in range(4)})

    assert [hit["name"] for hit in of(stage).hits] == ["엘지팀"]
