"""The office's forms: they translate and check, the verbs act."""

from django import forms

from evaluations.programme.phases import LABELS, ORDER, Phase
from evaluations.stagefile.upload import MAX_FILES


class MoveForm(forms.Form):
    """To which phase, seen from which, and why. `seen` keeps a stale page from moving a stage twice."""

    to = forms.ChoiceField(choices=[(p.value, LABELS[p]) for p in ORDER])
    seen = forms.ChoiceField(choices=[(p.value, LABELS[p]) for p in ORDER])
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
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    files = FilesField(
        label="단계 파일",
        help_text="stage.toml과 CSV 파일, 문서(.md)를 함께 고르거나, 모두 담은 ZIP 파일 하나를 고릅니다.",
    )


class DataForm(forms.Form):
    """One data file. Its name is in the address, so that a file saved under another name is not taken for another."""

    file = forms.FileField(label="CSV 파일")
    reason = forms.CharField(label="사유", max_length=2000, required=False)
