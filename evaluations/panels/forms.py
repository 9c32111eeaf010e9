"""What a panelist fills in before she may judge: a password, where she works, which teams she must keep from."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import QueryDict

from evaluations.panels.conflicts import Post
from evaluations.panels.models import Conflict

DECLINED = [
    ("time", "일정이 맞지 않습니다"),
    ("interest", "이해관계가 있습니다"),
    ("field", "전문 분야가 다릅니다"),
    ("other", "그 밖의 사정"),
]


class AcceptForm(forms.Form):
    """A password for the account that opens with the seat; `user` is that account before it is saved."""

    password = forms.CharField(
        label="새 비밀번호",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=200,
        help_text="10자 이상. 숫자만으로는 만들 수 없습니다. 붙여 넣어도 됩니다.",
    )
    again = forms.CharField(
        label="새 비밀번호 확인",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=200,
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self):
        data = super().clean()
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", "두 비밀번호가 다릅니다. 다시 적어 주세요.")
        elif data.get("password"):
            try:
                validate_password(data["password"], self.user)
            except forms.ValidationError as fault:
                self.add_error("password", fault)
        return data


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label="사양하는 까닭", choices=DECLINED, widget=forms.RadioSelect)


def _day() -> forms.DateInput:
    # Browsers understand this form only, whatever the language of the page.
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PostForm(forms.Form):
    """One place of work; an empty row is no place."""

    organisation = forms.CharField(
        label="기관", max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    unit = forms.CharField(
        label="최하위 부서(학과·팀)",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since = forms.DateField(label="시작일", required=False, widget=_day())
    until = forms.DateField(label="종료일(지금도 다니면 비움)", required=False, widget=_day())

    def clean(self):
        data = super().clean()
        told = any(data.get(name) for name in ("unit", "since", "until"))
        if told and not data.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", "기관 이름을 적어 주세요.")
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", "종료일은 시작일보다 빠를 수 없습니다.")
        return data


class Posts(forms.BaseFormSet):
    default_error_messages = {
        "too_many_forms": "소속은 %(num)d개까지 적을 수 있습니다.",
        "missing_management_form": "화면의 일부가 빠진 채 도착했습니다. 화면을 새로 고친 뒤 다시 적어 주세요.",
    }

    def add_fields(self, form, index):
        """The first place is the one everybody has."""
        super().add_fields(form, index)
        if index == 0:
            # Django lets an added row be empty as a whole.
            form.empty_permitted = False
            form.fields["organisation"].required = True
            form.fields["organisation"].error_messages["required"] = (
                "기관을 적어 주세요. 소속이 없으면 ‘무소속’이라고 적습니다."
            )


PostFormSet = forms.formset_factory(PostForm, formset=Posts, extra=3, max_num=10, absolute_max=11, validate_max=True)


def longer(data: QueryDict) -> Posts:
    """The rows of the page as they were typed, and empty ones after them."""
    shown = min(PostFormSet(data).total_form_count(), PostFormSet.max_num)
    rows = [{name: data.get(f"form-{number}-{name}", "") for name in PostForm.base_fields} for number in range(shown)]
    return PostFormSet(initial=rows)


def posts_of(formset) -> list[Post]:
    """The places that were filled in."""
    return [
        Post(row["organisation"], row["unit"], row["since"], row["until"])
        for row in formset.cleaned_data
        if row.get("organisation")
    ]


TOLD = [choice for choice in Conflict.Ground.choices if choice[0] != Conflict.Ground.UNIT_UNKNOWN]
"""Grounds a person may give for herself: she knows her unit."""


class InterestsForm(forms.Form):
    """Per team: is there a reason why she may not judge it? Teams in `settled` are out already and not asked about."""

    def __init__(self, *args, teams, settled=frozenset(), **kwargs):
        super().__init__(*args, **kwargs)
        self.teams = [team for team in teams if team.pk not in settled]
        for team in self.teams:
            members = ", ".join(str(member) for member in team.members.all())
            self.fields[f"team-{team.slug}"] = forms.ChoiceField(
                label=team.name_ko,
                choices=[("", "없음"), *TOLD],
                required=False,
                help_text=f"구성 기관: {members}" if members else "",
            )

    def declared(self) -> list[tuple[object, str]]:
        """(team, ground) of every team with a reason."""
        return [
            (team, self.cleaned_data[f"team-{team.slug}"])
            for team in self.teams
            if self.cleaned_data.get(f"team-{team.slug}")
        ]
