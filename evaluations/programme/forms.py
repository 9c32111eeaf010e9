"""What the office fills in about a stage and its teams: lists and choices instead of the JSON they are kept as."""

from datetime import date

from django import forms

from evaluations.programme.addresses import TAKEN, TAKEN_ADDRESSES
from evaluations.programme.models import Member, Round, Stage, Team
from evaluations.programme.moments import OTHER_YEARS, YEARS
from evaluations.programme.wording import LEVELS
from portal.admin import VerbForm
from portal.audit.models import Event
from portal.forms import Column, LinesField, RowsField

TEAMS = [("all", "모든 팀"), ("advancing", "진출한 팀"), ("none", "팀별로는 공개하지 않음")]
FACT = (
    Column("what", "무엇(points·mean·rank·advances·best)", required=True),
    Column("key", "부문이나 항목의 키"),
    Column("team", "팀 식별자"),
    Column("value", "값", required=True),
    Column("source", "출처"),
)


def refuse_other_years(form: forms.BaseForm) -> None:
    """Says of every date and moment of a form that is far off what it should be."""
    for name, value in list(form.cleaned_data.items()):
        if isinstance(value, date) and value.year not in YEARS:
            form.add_error(name, OTHER_YEARS)


class StageForm(forms.ModelForm):
    tie_break = LinesField(
        label="동점 처리 순서",
        help_text="한 줄에 하나씩, 부문이나 항목의 주소를 적습니다. 예: expert 또는 expert.technology",
    )
    published_facts = RowsField(label="공표된 사실", columns=FACT)
    release_public = forms.MultipleChoiceField(
        label="모두에게 공개하는 것", choices=list(LEVELS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    release_teams = forms.ChoiceField(label="공개하는 팀", choices=TEAMS, initial="all")
    release_own = forms.MultipleChoiceField(
        label="팀에게 자기 결과로 알리는 것",
        choices=list(LEVELS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    release_minimum_n = forms.IntegerField(
        label="최소 평가표 수", min_value=1, max_value=10_000, initial=5,
        help_text="평가표가 이보다 적으면 총점·순위·관문·진출만 알립니다. 한 장의 내용이 드러나지 않게 하기 위해서입니다.",
    )  # fmt: skip

    class Meta:
        model = Stage
        fields = [
            "slug", "programme_ko", "programme_en", "name_ko", "name_en", "note_ko", "note_en", "sample", "time_zone",
            "frozen_at", "opens_at", "closes_at", "published_at", "advance_by", "quota", "line_ties", "quorum", "pass_on_seats",
            "tie_break", "rounding_rule", "item_decimals", "part_decimals", "total_decimals", "mean_decimals", "gate_decided_by",
            "published_facts", "objection_days", "answer_days",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, value in self.instance.release.items():
            self.initial.setdefault(f"release_{name}", value)

    def clean_slug(self):
        """Events, and through them imports and the tags of voters, know a stage by its slug alone."""
        slug, before = self.cleaned_data["slug"], self.initial.get("slug")
        if slug in TAKEN_ADDRESSES:
            raise forms.ValidationError(TAKEN)
        if before and slug != before and Event.objects.filter(stage__in=[before, slug]).exists():
            raise forms.ValidationError(
                f"이미 기록에 남은 식별자는 바꿀 수 없습니다. 들여온 자료와 기록이 ‘{before}’(으)로 이 단계를 찾습니다."
            )
        return slug

    def clean(self):
        data = super().clean()
        refuse_other_years(self)
        self.instance.release = {
            name: data[f"release_{name}"]
            for name in ("public", "teams", "own", "minimum_n")
            if f"release_{name}" in data
        }
        return data


class TeamForm(forms.ModelForm):
    aliases = LinesField(
        label="다른 이름",
        help_text="한 줄에 하나씩. 제품, 모델, 상호, 영문 표기, 누리집 주소(도메인) 등. 이해충돌 확인과 이름 노출 검사에 씁니다.",
    )

    class Meta:
        model = Team
        fields = ["stage", "position", "slug", "name_ko", "name_en", "model_name", "aliases"]


class MemberForm(forms.ModelForm):
    aliases = LinesField(label="다른 이름(한 줄에 하나)", widget=forms.Textarea(attrs={"rows": 2, "cols": 24}))

    class Meta:
        model = Member
        fields = ["position", "organisation", "unit", "aliases", "since", "until"]

    def clean(self):
        data = super().clean()
        refuse_other_years(self)
        return data


class ContactForm(VerbForm):
    email = forms.EmailField(label="이메일", max_length=254)
    name = forms.CharField(label="이름", max_length=100)


class DocumentForm(VerbForm):
    team = forms.ModelChoiceField(Team.objects.none(), label="팀")
    round = forms.ModelChoiceField(Round.objects.none(), label="평가 차수")
    title = forms.CharField(label="제목", max_length=200)
    file = forms.FileField(
        label="문서", help_text="마크다운(.md) 파일. 원본은 봉인하고, 평가위원에게는 새로 만든 가림본만 보입니다."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(stage=self.row)
        self.fields["round"].queryset = Round.objects.filter(stage=self.row)

    def clean_file(self):
        """The text of the file, under its name."""
        file = self.cleaned_data["file"]
        if not file.name.endswith((".md", ".markdown")):
            raise forms.ValidationError("마크다운 파일(.md)이어야 합니다.")
        if file.size > LARGEST:
            raise forms.ValidationError(f"문서는 {LARGEST // 1024 // 1024} MB까지 올릴 수 있습니다.")
        try:
            return file.name, file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                "UTF-8로 저장한 글 파일이 아닙니다. 편집기에서 UTF-8로 다시 저장해 주세요."
            ) from None


LARGEST = 4 * 1024 * 1024
"""Bytes of a document, as in the stage file."""
