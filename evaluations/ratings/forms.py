"""What a citizen fills in. Forms translate; the verbs write."""

import re
from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from evaluations.ratings.actions import Reply
from evaluations.ratings.models import Ballot, Question, Stratum
from portal.forms import RatingScale
from portal.templatetags.words import said

CHOICES = [
    (Ballot.Choice.LEFT.value, lazy("A가 더 낫다")),
    (Ballot.Choice.RIGHT.value, lazy("B가 더 낫다")),
    (Ballot.Choice.BOTH_GOOD.value, lazy("둘 다 좋다")),
    (Ballot.Choice.BOTH_BAD.value, lazy("둘 다 나쁘다")),
    (Ballot.Choice.SKIP.value, lazy("판단하기 어렵다")),
]
RECOGNISED_PAIR = [
    ("", lazy("없었다")),
    ("left", lazy("A를 알아보았다")),
    ("right", lazy("B를 알아보았다")),
    ("both", lazy("둘 다 알아보았다")),
]
RECOGNISED_ONE = [("", lazy("아니요")), ("left", lazy("예"))]
REVISION = re.compile(r"\A[1-9][0-9]?\Z", re.ASCII)


class EnrolForm(forms.Form):
    """The traits of the stage, a question about interests, and the consent to keep the traits."""

    def __init__(self, *args, strata: list[Stratum], **kwargs):
        super().__init__(*args, **kwargs)
        self.strata = strata
        for stratum in strata:
            self.fields[f"trait-{stratum.key}"] = forms.ChoiceField(
                label=stratum.name,
                choices=[(category["key"], said(category)) for category in stratum.categories],
                widget=forms.RadioSelect,
                error_messages={"required": _("하나를 골라 주세요.")},
            )
        self.fields["interest"] = forms.ChoiceField(
            label=_("평가받는 팀이나 그 구성 기관에서 일하고 있습니까?"),
            choices=[("no", _("아니요")), ("yes", _("예"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("하나를 골라 주세요.")},
        )
        if strata:
            self.fields["consent"] = forms.BooleanField(
                label=_("특성 정보의 수집·이용에 동의합니다"),
                error_messages={"required": _("동의하셔야 참여할 수 있습니다.")},
            )

    def categories(self) -> dict[str, str]:
        return {stratum.key: self.cleaned_data[f"trait-{stratum.key}"] for stratum in self.strata}


class AnswerForm(forms.Form):
    """`revision` is the one this page offers: 1 for a first answer."""

    revision = forms.RegexField(REVISION, widget=forms.HiddenInput)

    def clean_revision(self) -> int:
        return int(self.cleaned_data["revision"])

    @property
    def is_empty(self) -> bool:
        """Was nothing chosen at all?"""
        return not any(self.data.get(name) for name in self.fields if name != "revision")


class CompareForm(AnswerForm):
    choice = forms.ChoiceField(
        label=lazy("어느 답변이 더 낫습니까?"),
        choices=lambda: CHOICES,
        widget=RatingScale,
        error_messages={"required": lazy("하나를 골라 주세요.")},
    )
    recognised = forms.ChoiceField(
        label=lazy("어느 모델의 답변인지 알아본 것이 있었습니까?"), choices=lambda: RECOGNISED_PAIR, required=False
    )

    field_order = ("choice", "recognised", "revision")

    def reply(self) -> Reply:
        return Reply(choice=self.cleaned_data["choice"], recognised=self.cleaned_data["recognised"])


class RateForm(AnswerForm):
    def __init__(self, *args, questions: list[Question], **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions
        ends = {1: _("전혀 아니다"), 5: _("매우 그렇다")}
        for question in questions:
            self.fields[f"star-{question.key}"] = forms.ChoiceField(
                label=question.text,
                choices=[(str(n), str(n)) for n in range(1, 6)],
                widget=RatingScale(anchors=ends),
                error_messages={"required": _("1부터 5까지 가운데 하나를 골라 주세요.")},
            )
        self.fields["recognised"] = forms.ChoiceField(
            label=_("어느 모델의 답변인지 알아보았습니까?"), choices=lambda: RECOGNISED_ONE, required=False
        )

    def reply(self) -> Reply:
        stars = {question.key: int(self.cleaned_data[f"star-{question.key}"]) for question in self.questions}
        return Reply(recognised=self.cleaned_data["recognised"], stars=stars)


def form_for(kind: str, questions: list[Question], *args, **kwargs) -> AnswerForm:
    return RateForm(*args, questions=questions, **kwargs) if kind == "rate" else CompareForm(*args, **kwargs)


def odd_fields(data: QueryDict, form: forms.Form) -> list[str]:
    """Fields the page did not ask for or asked for once, by name: which of two answers is meant is not for us to guess."""
    unknown = set(data) - set(form.fields) - {"csrfmiddlewaretoken", "stop"}
    return sorted(unknown | {name for name in data if len(data.getlist(name)) > 1})


def in_words(ballot: Ballot, questions: list[Question], stars: Mapping[str, int]) -> str:
    """What a stored ballot says, in the words of its form."""
    if ballot.choice:
        return str(dict(CHOICES)[ballot.choice])
    return " · ".join(f"{question.text} {stars[question.key]}" for question in questions if question.key in stars)
