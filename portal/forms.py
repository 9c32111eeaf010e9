"""Form controls Django does not have."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms


class RatingScale(forms.RadioSelect):
    """Radio buttons in a row, each with the words that say what the mark stands for.

    `anchors` maps a choice's value to its descriptor. A choice without one shows its label alone. The descriptor
    is part of the button's label, so it is read out with the mark and tapping it chooses the mark. Values in `apart`
    are answers that are no mark; they stand beside the scale.
    """

    is_scale = True

    def __init__(self, attrs=None, choices=(), anchors: Mapping[object, str] | None = None, apart=()):
        super().__init__(attrs, choices)
        self.apart = apart
        self.anchors = {str(value): text for value, text in (anchors or {}).items()}

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        option["anchor"] = self.anchors.get(str(value), "")
        option["apart"] = str(value) in self.apart
        return option


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 40})

    def __init__(self, **kwargs):
        super().__init__(**{"required": False, **kwargs})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in super().to_python(value).splitlines() if line.strip()]

    def validate(self, value):
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value):
        """Validators of a text do not fit a list."""

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


class PairsField(LinesField):
    """A table of names and values, one `name = value` a line."""

    def prepare_value(self, value):
        return "\n".join(f"{name} = {text}" for name, text in value.items()) if isinstance(value, dict) else value

    def to_python(self, value):
        found: dict[str, str] = {}
        for number, line in enumerate(super().to_python(value), 1):
            name, sign, text = (part.strip() for part in line.partition("="))
            if not (name and sign and text):
                raise forms.ValidationError(f"{number}번째 줄을 ‘이름 = 값’으로 적어 주세요: {line[:60]}")
            if name in found:
                raise forms.ValidationError(f"{number}번째 줄: ‘{name[:60]}’이(가) 두 번 있습니다.")
            found[name] = text
        return found

    def has_changed(self, initial, data):
        try:
            return (initial or {}) != self.to_python(data)
        except forms.ValidationError:
            return True


@dataclass(frozen=True)
class Column:
    """One cell of a line of a `RowsField`."""

    name: str
    label: str
    required: bool = False
    whole: bool = False


class RowsField(LinesField):
    """Small tables, one row a line, cells between upright strokes; a cell left empty is left out."""

    def __init__(self, *, columns: Sequence[Column], **kwargs):
        self.columns = columns
        shape = " | ".join(column.label for column in columns)
        super().__init__(**{"help_text": f"한 줄에 하나씩: {shape}", **kwargs})

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        lines = [" | ".join(str(row.get(column.name, "")) for column in self.columns) for row in value]
        return "\n".join(line.rstrip(" |") for line in lines)

    def to_python(self, value):
        return [self._row(number, line) for number, line in enumerate(super().to_python(value), 1)]

    def _row(self, number: int, line: str) -> dict[str, str | int]:
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > len(self.columns):
            raise forms.ValidationError(f"{number}번째 줄의 칸이 {len(self.columns)}개보다 많습니다: {line[:60]}")
        row: dict[str, str | int] = {}
        for column, cell in zip(self.columns, cells + [""] * len(self.columns), strict=False):
            if not cell and column.required:
                raise forms.ValidationError(f"{number}번째 줄에 ‘{column.label}’ 칸이 비어 있습니다: {line[:60]}")
            if cell and column.whole and not re.fullmatch(r"[0-9]{1,9}", cell, re.ASCII):
                raise forms.ValidationError(f"{number}번째 줄의 ‘{column.label}’은(는) 숫자여야 합니다: {cell[:60]}")
            if cell:
                row[column.name] = int(cell) if column.whole else cell
        return row

    def has_changed(self, initial, data):
        try:
            return (initial or []) != self.to_python(data)
        except forms.ValidationError:
            return True
