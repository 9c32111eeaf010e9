import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.reviews.content import content_of, read_rows
from evaluations.reviews.forms import SheetForm
from evaluations.reviews.models import Sheet
from evaluations.reviews.outline import CANNOT_JUDGE, Kind, outline_of
from tests.factories import accounts, programme, reviews, rubrics
from tests.factories.reviews import COMPLETE

pytestmark = pytest.mark.django_db


@pytest.fixture
def outline():
    stage = programme.a_stage()
    rubrics.a_rubric(stage)
    return outline_of(stage, programme.a_round(stage))


def answers(outline):
    """Valid answers to everything that is asked."""
    given = {}
    for question in outline.questions():
        if question.kind in (Kind.LEVEL, Kind.CHOICE):
            given[question.name] = st.sampled_from([value for value, _ in question.choices])
        elif question.kind is Kind.POINTS:
            given[question.name] = st.integers(0, question.highest).map(str)
        elif question.kind in (Kind.TEXT, Kind.LINE):
            given[question.name] = st.text("가나다 \n<&'\"한글abc", min_size=1, max_size=20).map(
                lambda text: f"{text.strip()}."
            )
    return st.fixed_dictionaries(given).map(with_a_fitting_guess)


def with_a_fitting_guess(typed):
    return typed if typed.get("recognised") == "no" else typed | {"guess": "lg"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_content_and_typed_text_are_two_forms_of_one_thing(outline, data):
    typed = data.draw(answers(outline))
    form = SheetForm(typed, outline=outline, gaps_allowed=False)
    assert form.is_valid(), form.errors

    content = form.content()

    assert content.typed(outline) == typed
    again = SheetForm(content.typed(outline), outline=outline, gaps_allowed=False)
    assert again.is_valid()
    assert again.content() == content


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mark-expert.independence.weights": CANNOT_JUDGE, "mark-expert.strategy": "0"},
        {"opinion": "첫 줄\n\n셋째 줄 <b>&amp;</b> 한글 é 🙂", "evidence-policy.control.model": "3쪽"},
        {"recognised": "maybe", "guess": "skt"},
    ],
)
def test_what_is_read_back_from_the_rows_is_what_was_submitted(changes):
    expert = accounts.an_expert()
    stage = reviews.an_open_stage()
    (assignment, *_) = reviews.a_desk(stage, expert)
    content = reviews.content_for(assignment, COMPLETE | changes)

    sheet = reviews.submit(assignment, expert, COMPLETE | changes)

    stored = Sheet.objects.get(pk=sheet.pk)
    assert content_of(stored) == content
    assert content_of(stored).typed(reviews.outline_for(assignment)) == COMPLETE | changes
    assert json.loads(sheet.event.body)["data"]["sheet"] == content.as_data()


def test_what_is_hashed_says_everything_and_nothing_about_who_she_is(outline):
    form = SheetForm(COMPLETE | {"mark-expert.strategy": CANNOT_JUDGE}, outline=outline, gaps_allowed=False)
    assert form.is_valid()

    assert form.content().as_data() == {
        "marks": {
            "expert.technology": {"mark": 12, "comment": "학습 기록이 잘 남아 있다."},
            "expert.strategy": {"mark": "cannot_judge", "comment": ""},
            "expert.independence.architecture": {"mark": 4, "comment": ""},
            "expert.independence.weights": {"mark": 5, "comment": ""},
        },
        "findings": {
            "technical.weights.model": {"finding": "met", "evidence": "", "reason": ""},
            "technical.weights.vision_encoder": {
                "finding": "not_met", "evidence": "", "reason": "인코더의 가중치를 가져다 썼다.",
            },
            "policy.control.model": {"finding": "met", "evidence": "", "reason": ""},
            "ethical.references.model": {"finding": "cannot_judge", "evidence": "", "reason": ""},
        },
        "recognised": "no",
        "guess": "",
        "opinion": "",
    }  # fmt: skip


def test_many_sheets_are_read_in_two_queries(django_assert_num_queries):
    expert = accounts.an_expert()
    for assignment in reviews.a_desk(reviews.an_open_stage(), expert):
        reviews.submit(assignment, expert)
    sheets = list(Sheet.objects.select_related("recognition"))

    with django_assert_num_queries(2):
        read_rows(sheets)
        assert len({content_of(sheet).marks["expert.technology"] for sheet in sheets}) == 1
