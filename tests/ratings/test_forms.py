"""What the citizen's forms understand, and in which words."""

import pytest
from django.http import QueryDict
from django.utils import translation

from evaluations.ratings import forms
from evaluations.ratings.actions import Reply
from evaluations.ratings.models import Ballot, Question, Stratum

QUESTIONS = [
    Question(key="helpful", text_ko="도움이 되었나요?", text_en="Did it help?"),
    Question(key="clear", text_ko="읽기 쉬웠나요?", text_en="Was it easy to read?"),
]
AGE = Stratum(key="age", name_ko="연령대", name_en="Age", categories=[
    {"key": "20s", "ko": "20대", "en": "20s", "share": "0.5"}, {"key": "40s", "ko": "40대", "en": "", "share": "0.5"},
])  # fmt: skip
STARS = {"star-helpful": "5", "star-clear": "1"}


def compare(**fields: str) -> forms.CompareForm:
    return forms.CompareForm({"choice": "a", "recognised": "", "revision": "1"} | fields)


def rate(**fields: str) -> forms.RateForm:
    return forms.RateForm({**STARS, "recognised": "", "revision": "1"} | fields, questions=QUESTIONS)


def test_a_comparison_becomes_a_choice():
    form = compare(choice="both_bad", recognised="right", revision="7")

    assert form.is_valid()
    assert form.reply() == Reply(choice="both_bad", recognised="right")
    assert form.cleaned_data["revision"] == 7


def test_a_rating_becomes_a_star_for_every_question():
    form = rate(recognised="left")

    assert form.is_valid()
    assert form.reply() == Reply(recognised="left", stars={"helpful": 5, "clear": 1})


def test_the_form_offers_what_a_ballot_may_say_and_nothing_else():
    assert [value for value, _ in forms.CHOICES] == Ballot.Choice.values
    longest = Ballot._meta.get_field("recognised").max_length
    assert all(len(value) <= longest for value, _ in forms.RECOGNISED_PAIR + forms.RECOGNISED_ONE)


@pytest.mark.parametrize("revision", ["1", "9", "10", "99"])
def test_a_revision_is_a_plain_number(revision):
    assert compare(revision=revision).is_valid()


@pytest.mark.parametrize("revision", ["", "0", "00", "01", "100", "1.0", "-1", "+1", "1 1", "１", "1\n2", "x"])
def test_anything_else_is_no_revision(revision):
    assert list(compare(revision=revision).errors) == ["revision"]


def test_every_gap_is_named():
    form = forms.RateForm({"revision": "1"}, questions=QUESTIONS)

    assert form.errors == {key: ["1부터 5까지 가운데 하나를 골라 주세요."] for key in STARS}
    assert forms.CompareForm({"revision": "1"}).errors == {"choice": ["하나를 골라 주세요."]}


def test_a_form_speaks_the_language_of_its_reader():
    korean, english = rate(), None
    with translation.override("en"):
        english = rate()
        choices = [str(word) for _, word in compare().fields["choice"].choices]

    assert [korean.fields[name].label for name in STARS] == ["도움이 되었나요?", "읽기 쉬웠나요?"]
    assert [english.fields[name].label for name in STARS] == ["Did it help?", "Was it easy to read?"]
    assert choices == ["A is better", "B is better", "Both good", "Both bad", "Cannot judge"]


def test_traits_become_categories_by_key():
    form = forms.EnrolForm({"trait-age": "40s", "interest": "no", "consent": "on"}, strata=[AGE])

    assert form.is_valid()
    assert form.categories() == {"age": "40s"}


def test_a_category_without_english_words_is_said_in_korean():
    with translation.override("en"):
        form = forms.EnrolForm(strata=[AGE])

    assert form.fields["trait-age"].label == "Age"
    assert form.fields["trait-age"].choices == [("20s", "20s"), ("40s", "40대")]


def test_nobody_is_asked_for_consent_where_no_trait_is_kept():
    assert list(forms.EnrolForm(strata=[]).fields) == ["interest"]


def test_odd_fields_are_the_unknown_and_the_repeated():
    data = QueryDict("choice=a&choice=b&revision=1&csrfmiddlewaretoken=x&recognised=&weight=2")

    assert forms.odd_fields(data, compare()) == ["choice", "weight"]
    assert forms.odd_fields(QueryDict("choice=a&revision=1&csrfmiddlewaretoken=x"), compare()) == []


def test_a_stored_ballot_is_told_in_the_words_of_its_form():
    assert forms.in_words(Ballot(choice="b"), [], {}) == "B가 더 낫다"
    assert (
        forms.in_words(Ballot(choice=""), QUESTIONS, {"helpful": 4, "clear": 2})
        == "도움이 되었나요? 4 · 읽기 쉬웠나요? 2"
    )
