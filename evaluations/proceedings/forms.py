"""The office's forms: they translate and check, the verbs act."""

import json
from typing import Any

from django import forms

from evaluations.programme.amendments import SORTS, sorts_in
from evaluations.programme.models import Stage
from evaluations.programme.moments import OTHER_YEARS, YEARS
from evaluations.programme.phases import LABELS, ORDER, Phase
from evaluations.programme.wording import timetable
from evaluations.programme.zones import zone_of
from evaluations.stagefile.configuration import in_zone
from evaluations.stagefile.export import standing_configuration
from evaluations.stagefile.faults import Faults
from evaluations.stagefile.files import Content, printable, too_big
from evaluations.stagefile.read import read_stage
from evaluations.stagefile.schema import STAGE_FILE, STAGE_FILE_LARGEST
from evaluations.stagefile.upload import MAX_FILES
from portal.admin import MomentInput


class MoveForm(forms.Form):
    """To which phase, seen from which, and why. `seen` keeps a stale page from moving a stage twice, `rules`, the digest of the rules as they
    were when the page was made, from freezing others than these."""

    to = forms.ChoiceField(choices=[(p.value, LABELS[p]) for p in ORDER])
    seen = forms.ChoiceField(choices=[(p.value, LABELS[p]) for p in ORDER])
    rules = forms.CharField(max_length=64, required=False)
    reason = forms.CharField(label="사유", max_length=2000, required=False)

    def clean_to(self) -> Phase:
        return Phase(self.cleaned_data["to"])


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; the value is the list of them."""

    widget = FilesInput

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > MAX_FILES:
            raise forms.ValidationError(f"파일은 한 번에 {MAX_FILES}개까지 올릴 수 있습니다.")
        return [self._named(file, initial) for file in files]

    def _named(self, file, initial):
        """Of many files, which one is wrong."""
        try:
            return super().clean(file, initial)
        except forms.ValidationError as wrong:
            if not file:
                raise
            raise forms.ValidationError([f"{printable(file.name)}: {why}" for why in wrong.messages]) from None


class UploadForm(forms.Form):
    files = FilesField(
        label="단계 파일",
        help_text="stage.toml과 CSV 파일, 문서(.md)를 함께 고르거나, 모두 담은 ZIP 파일 하나를 고릅니다.",
    )


class DataForm(forms.Form):
    """One data file. Its name is in the address, so that a file saved under another name is not taken for another."""

    file = forms.FileField(label="CSV 파일")
    reason = forms.CharField(label="사유", max_length=2000, required=False)


# ---------------------------------------------------------------- amending the rules


class AmendmentForm(forms.Form):
    """What the rules of a stage should say, told in one of three ways; `config()` is all of them in full."""

    reason = forms.CharField(
        label="사유", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="누구나 볼 수 있게 공개되고, 다시 서약할 평가위원도 읽습니다. 팀을 알 수 있는 이름은 적지 않습니다.",
    )  # fmt: skip

    def __init__(self, *args, stage: Stage, **kwargs):
        super().__init__(*args, **kwargs)
        self.stage = stage


class TimetableForm(AmendmentForm):
    """The moments that may still change; the others are not asked."""

    field_order = ["closes", "published", "frozen", "opens", "reason"]
    COLUMNS = {"frozen": "frozen_at", "opens": "opens_at", "closes": "closes_at", "published": "published_at"}

    def __init__(self, *args, stage: Stage, **kwargs):
        super().__init__(*args, stage=stage, auto_id="timetable-%s", **kwargs)
        allowed = sorts_in(stage.current_phase, evidence=False)
        for name, label in timetable():
            if SORTS[f"timetable.{name}"] in allowed:
                self.fields[name] = forms.DateTimeField(
                    label=f"{label}(한국 표준시)", widget=MomentInput, initial=getattr(stage, self.COLUMNS[name])
                )
        self.order_fields(self.field_order)

    def clean(self):
        for name in self.COLUMNS:
            moment = self.cleaned_data.get(name)
            if moment and moment.year not in YEARS:
                self.add_error(name, OTHER_YEARS)
        return self.cleaned_data

    def config(self) -> dict[str, Any]:
        """What was left as the page shows it keeps its very moment, which may be finer than a page says."""
        standing = standing_configuration(self.stage)
        zone = zone_of(standing["time_zone"])
        moved = {
            name: in_zone(self.cleaned_data[name], zone)
            for name in self.COLUMNS
            if zone and name in self.changed_data and name in self.cleaned_data
        }
        return standing | {"timetable": standing["timetable"] | moved}


class StageFileForm(AmendmentForm):
    file = forms.FileField(
        label="고친 stage.toml",
        help_text="‘단계 파일로 내려받기’의 stage.toml에서 값만 고친 파일입니다. 다른 파일은 올리지 않습니다.",
    )
    field_order = ["file", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="file-%s", **kwargs)

    def clean_file(self) -> dict[str, Any]:
        """The configuration in the file."""
        file = self.cleaned_data["file"]
        if file.size > STAGE_FILE_LARGEST:
            raise forms.ValidationError(too_big(file.size, STAGE_FILE_LARGEST))
        faults = Faults()
        config = read_stage(Content.of(file.read()), faults)
        if config is None:
            raise forms.ValidationError(faults.lines())
        return config

    def config(self) -> dict[str, Any]:
        return self.cleaned_data["file"]


class LookedAtForm(AmendmentForm):
    """An amendment that was shown in full, to be proposed. What comes back with it is read anew like anything else that is sent."""

    amended = forms.CharField(widget=forms.HiddenInput)
    field_order = ["amended", "reason"]

    def clean_amended(self) -> Any:
        try:
            return json.loads(self.cleaned_data["amended"])
        except (ValueError, RecursionError):
            raise forms.ValidationError(f"정정한 기준을 읽을 수 없습니다. {STAGE_FILE}을 다시 올려 주세요.") from None

    def config(self) -> Any:
        return self.cleaned_data["amended"]

    @property
    def would_be(self) -> Any:
        """What was shown, or what came back of it; None where that cannot be read."""
        return self.cleaned_data.get("amended") if self.is_bound else json.loads(self.initial["amended"])


AMENDMENTS: dict[str, type[AmendmentForm]] = {
    "timetable": TimetableForm,
    "file": StageFileForm,
    "propose": LookedAtForm,
}
"""By the button that sends them."""
