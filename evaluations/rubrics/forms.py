"""What the office fills in about the rubric: keys instead of addresses, lines instead of JSON."""

from django import forms

from evaluations.programme.models import key_validator
from evaluations.rubrics.models import Criterion, Item, Part
from portal.admin import LinesFormSet
from portal.forms import LinesField, PairsField

MOST = 10_000


def points_field() -> forms.IntegerField:
    return forms.IntegerField(label="배점", min_value=1, max_value=MOST)


class PartForm(forms.ModelForm):
    points = points_field()

    class Meta:
        model = Part
        fields = [
            "stage", "position", "key", "kind", "name_ko", "name_en", "points", "floor", "given", "aggregate", "small_panel",
            "cannot_judge",
        ]  # fmt: skip


class ItemForm(forms.ModelForm):
    points = points_field()
    targets = PairsField(label="팀별 목표", help_text="팀마다 목표가 다를 때, 한 줄에 하나씩 ‘팀 식별자 = 값’.")
    given = PairsField(label="옮긴 점수", help_text="규칙이 ‘발표된 점수’일 때, 한 줄에 하나씩 ‘팀 식별자 = 점수’.")
    values = LinesField(
        label="값의 키",
        help_text="규칙이 ‘여러 값의 평균’일 때, 한 줄에 하나씩. benchmarks.csv에는 ‘항목.키’로 적습니다.",
    )
    table = LinesField(label="순위별 점수", help_text="규칙이 ‘순위별 점수’일 때, 1위부터 한 줄에 하나씩.")

    class Meta:
        model = Item
        fields = [
            "part", "position", "key", "name_ko", "name_en", "points", "rule", "source", "maximum", "target", "targets",
            "direction", "values", "given", "prior", "table",
        ]  # fmt: skip
        help_texts = {
            "source": "사용자 부문에서는 ratings(별점)나 comparisons(비교), 다른 부문에서는 출처.",
            "maximum": "규칙이 ‘만점 대비 비율’일 때",
            "target": "규칙이 ‘목표 대비 비율’일 때",
            "prior": "규칙이 ‘별점 비율’일 때. 비우면 15",
        }


class CriterionForm(forms.ModelForm):
    """A criterion says its key; its address follows from where it hangs."""

    key = forms.CharField(label="키", max_length=50, validators=[key_validator])
    points = points_field()
    levels = forms.IntegerField(
        label="단계 수", min_value=2, max_value=101, required=False, help_text="비우면 0점부터 배점까지"
    )

    class Meta:
        model = Criterion
        fields = [
            "position", "key", "parent", "name_ko", "name_en", "points", "levels", "guide_ko", "guide_en", "comment", "floor",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.path:
            self.initial["key"] = self.instance.key

    def clean(self):
        data = super().clean()
        parent, key = data.get("parent"), data.get("key")
        if parent and parent == self.instance:
            self.add_error("parent", "자기 자신의 아래에 둘 수 없습니다.")
        elif parent and self.instance.children.exists():
            self.add_error("parent", "세부 항목이 있는 항목은 다른 항목의 아래로 옮길 수 없습니다.")
        elif key:
            self.instance.path = f"{parent.key}.{key}" if parent else key
            twins = Criterion.objects.filter(part=self.instance.part_id, path=self.instance.path)
            if twins.exclude(pk=self.instance.pk).exists():
                self.add_error("key", f"이 부문에 같은 항목이 이미 있습니다: {self.instance.path}")
        return data


class CriterionFormSet(LinesFormSet):
    def clean(self):
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            kept = (
                form.is_valid() and form.has_changed() | bool(form.instance.path) and not self._should_delete_form(form)
            )
            if kept and form.instance.path in seen:
                form.add_error("key", f"같은 항목이 두 번 있습니다: {form.instance.path}")
            elif kept:
                seen.add(form.instance.path)
