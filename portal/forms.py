"""Form controls Django does not have."""

from collections.abc import Mapping

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
