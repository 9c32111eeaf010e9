"""What a team writes to the office."""

from django import forms
from django.core.validators import MaxLengthValidator

LONGEST = 20_000


class TextForm(forms.Form):
    """One text that stays as it is sent."""

    # No `max_length`: browsers cut what is pasted at it without a word.
    text = forms.CharField(
        validators=[MaxLengthValidator(LONGEST)],
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="2만 자까지. 보낸 글은 고치거나 거둘 수 없고, 기한까지 더 보낼 수 있습니다. 평가위원이 누구인지 묻거나 짐작하는 말은 적지 마세요.",
    )

    def __init__(self, *args, label: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].error_messages["required"] = "내용을 적어 주세요."
