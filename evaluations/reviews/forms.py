"""From typed text to a sheet, and what is wrong with it where. Saves nothing.

The same form serves a draft and a submission. A draft may have gaps and is kept as typed, what cannot be right is
marked; a submission may have neither.
"""

import json
import re
from collections.abc import Iterator

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property

from evaluations.reviews.content import Content
from evaluations.reviews.models import Sheet
from evaluations.reviews.outline import (
    CANNOT_JUDGE,
    CANNOT_JUDGE_LABEL,
    Block,
    Kind,
    Outline,
    Question,
    Section,
    Typed,
    progress,
)
from portal.forms import RatingScale

TOKEN = re.compile(r"(?P<revision>0|[1-9][0-9]{0,3})\.(?P<version>0|[1-9][0-9]{0,8})", re.ASCII)
CONTROLS = {"csrfmiddlewaretoken", "version", "was"}
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
MOST_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2
"""Of a draft: what is kept can always be sent, with all that a page adds to it."""
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class Unreadable(Exception):
    """The post has fields the sheet does not ask for, or asks for once. `names` are those fields."""

    def __init__(self, names: list[str]):
        super().__init__(", ".join(names))
        self.names = names


def refuse_unknown(post: QueryDict, allowed: set[str]) -> None:
    """Raise Unreadable where the post holds a field that was not asked for, or one twice."""
    odd = sorted(name for name in post if name not in allowed | CONTROLS or len(post.getlist(name)) > 1)
    if odd:
        raise Unreadable(odd)


def typed_in(post: QueryDict, outline: Outline) -> Typed:
    """What was typed, under the names the sheet asks for; raises Unreadable for anything else."""
    refuse_unknown(post, {question.name for question in outline.questions()})
    return known_in(post, outline)


def known_in(post: QueryDict, outline: Outline, prefix: str = "") -> Typed:
    """What was typed under known names, whatever else was sent: nobody's words are dropped with the refusal."""
    names = (question.name for question in outline.questions())
    found = {name: newlines(post[prefix + name]) for name in names if prefix + name in post}
    return {name: text for name, text in found.items() if text.strip()}


def merged_in(post: QueryDict, outline: Outline, stored: Typed) -> Typed:
    """Of two texts the one she picked, control by control; `all` picks one of them everywhere."""
    names = [question.name for question in outline.questions()]
    refuse_unknown(post, {"all", *(f"mine-{name}" for name in names), *(f"pick-{name}" for name in names)})
    mine = known_in(post, outline, prefix="mine-")
    picked = {name: post.get("all") or post.get(f"pick-{name}", "mine") for name in names}
    odd = [f"pick-{name}" for name in names if picked[name] not in ("mine", "stored")]
    if odd:
        raise Unreadable(odd)
    merged = {name: (mine if picked[name] == "mine" else stored).get(name, "") for name in names}
    return {name: text for name, text in merged.items() if text}


def newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def token_in(post: QueryDict) -> tuple[int, int]:
    """The hidden version: which revision the page was built on, and which save of the draft."""
    match = TOKEN.fullmatch(post.get("version", ""))
    if match is None:
        raise Unreadable(["version"])
    return int(match["revision"]), int(match["version"])


def was_in(post: QueryDict) -> dict[str, str]:
    """The fingerprints of what the sheet said when the page was built; none where the page does not tell."""
    try:
        was = json.loads(post.get("was") or "{}")
    except (ValueError, RecursionError):
        was = None
    if not isinstance(was, dict) or not all(isinstance(text, str) for text in was.values()):
        raise Unreadable(["was"])
    return was


def short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"


class MarkField(forms.CharField):
    """A whole number from 0 to `highest` in plain ASCII digits: no sign, no point, no other script's digits."""

    def __init__(self, *, highest: int, **kwargs):
        super().__init__(**kwargs)
        self.highest = highest

    def validate(self, value):
        super().validate(value)
        allowed = value in self.empty_values or value in map(str, range(self.highest + 1))
        if not allowed:
            raise ValidationError(
                f"‘{short(value)}’은(는) 평점이 아닙니다. 0부터 {self.highest}까지의 정수를 숫자로만 적어 주세요.",
                code="invalid",
            )


class AnswerField(forms.ChoiceField):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.error_messages["invalid_choice"] = "‘%(value)s’은(는) 고를 수 있는 답이 아닙니다."

    def to_python(self, value):
        return super().to_python(short(value) if isinstance(value, str) and len(value) > 60 else value)


class LimitedField(forms.CharField):
    """Running text with a limit that is told, not enforced by cutting: a pasted text keeps its end."""

    def __init__(self, *, question: Question, **kwargs):
        super().__init__(**kwargs)
        self.question = question

    def validate(self, value):
        super().validate(value)
        if len(value) > self.question.limit:
            raise ValidationError(f"{self.question.limit_told} 쓸 수 있습니다(지금 {len(value):,}자).", code="too_long")


def _field(question: Question) -> forms.Field:
    told = {"label": question.label, "required": question.required, "help_text": question.help}
    told["error_messages"] = {"required": question.gap}
    if question.kind is Kind.POINTS:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "size": 4}
        return MarkField(highest=question.highest, widget=forms.TextInput(attrs), **told)
    if question.kind is Kind.LEVEL:
        widget = RatingScale(anchors=question.anchors, apart=(CANNOT_JUDGE,))
        return AnswerField(choices=question.choices, widget=widget, **told)
    if question.kind is Kind.UNABLE:
        return forms.BooleanField(label=question.label, required=False)
    if question.kind is Kind.CHOICE:
        return AnswerField(choices=question.choices, widget=forms.RadioSelect, **told)
    if question.kind is Kind.SELECT:
        return AnswerField(choices=question.choices, **told)
    attrs = {"autocomplete": "off"}
    widget = forms.TextInput(attrs) if question.kind is Kind.LINE else forms.Textarea(attrs | {"rows": 2})
    return LimitedField(question=question, widget=widget, **told)


class SheetForm(forms.Form):
    """Built from the outline of a sheet; `data` is what was typed (`Typed`)."""

    use_required_attribute = False

    def __init__(self, data: Typed, *, outline: Outline, gaps_allowed: bool):
        self.outline = outline
        self.gaps_allowed = gaps_allowed
        super().__init__(data)
        self.asked = {question.name: question for question in outline.questions()}
        self.fields = {name: _field(question) for name, question in self.asked.items()}

    @cached_property
    def why_not_kept(self) -> str:
        """The sentence that tells why not even a draft of this can be kept; empty where it can."""
        if odd := [self.asked[name].label for name, text in self.data.items() if UNSTORABLE.search(text)]:
            return (
                f"저장할 수 없는 문자가 들어 있습니다. 아래 칸에서 {REPLACEMENT} 표시를 지우고 다시 저장해 주세요. "
                f"({', '.join(odd[:10])})"
            )
        if sum(len(text.encode()) for text in self.data.values()) > MOST_BYTES:
            return f"내용이 모두 합해 너무 길어 저장하지 않았습니다. 줄여 주세요. {self.too_long}".strip()
        return ""

    @cached_property
    def too_long(self) -> str:
        """The sentence about texts beyond their limits, which are kept in a draft and cannot be submitted; empty without any. It names the
        first: there is little room where it is said, and the page marks them all."""
        texts = [(self.asked[name], len(text)) for name, text in self.data.items()]
        told = [f"{one.label}({one.limit_told}, 지금 {size:,}자)" for one, size in texts if 0 < one.limit < size]
        more = f" 외 {len(told) - 1}칸" if len(told) > 1 else ""
        return f"너무 길어 이대로는 제출할 수 없는 칸: {told[0]}{more}" if told else ""

    def readable(self) -> "SheetForm":
        """The same form with such characters made visible, so that a page can show it."""
        data = {name: UNSTORABLE.sub(REPLACEMENT, text) for name, text in self.data.items()}
        return SheetForm(data, outline=self.outline, gaps_allowed=True)

    def add_error(self, field, error):
        """Leave out gaps where there may be some, and where another field fills them."""
        is_gap = getattr(error, "code", "") == "required"
        if is_gap and (self.gaps_allowed or self._is_unable(field)):
            return
        super().add_error(field, error)

    def _is_unable(self, field: str) -> bool:
        return bool(self.data.get(field.replace("mark-", "unable-", 1))) and field.startswith("mark-")

    def clean(self):
        for name, question in self.asked.items():
            if question.needed_by and question.is_needed(self.data) and not self.data.get(name, "").strip():
                self.add_error(name, ValidationError(question.gap, code="required"))
        for line in self.outline.lines:
            if self.data.get(f"mark-{line.name}") and self.data.get(f"unable-{line.name}"):
                self.add_error(f"mark-{line.name}", f"평점과 ‘{CANNOT_JUDGE_LABEL}’ 가운데 하나만 남겨 주세요.")
        if self.data.get("recognised") == Sheet.Recognised.NO and self.data.get("guess"):
            self.add_error("guess", "알아볼 수 없었다고 하셨습니다. 둘 가운데 하나를 고쳐 주세요.")
        return self.cleaned_data

    def content(self) -> Content:
        """The sheet as it goes into evidence. Only for a form that is valid without gaps."""
        said = self.cleaned_data
        marks, findings = {}, {}
        for line in self.outline.lines:
            name = line.name
            if line.criterion:
                mark = said.get(f"mark-{name}", "")
                judged = None if mark in ("", CANNOT_JUDGE) else int(mark)
                marks[name] = (judged, said.get(f"comment-{name}", ""))
            elif line.scope:
                findings[name] = (said[f"finding-{name}"], said[f"evidence-{name}"], said[f"reason-{name}"])
        recognition = (said["recognition"], said["recognition-reason"]) if "recognition" in said else None
        return Content(marks, findings, recognition, said.get("recognised", ""), said.get("guess", ""), said["opinion"])

    def laid_out(self) -> Iterator[dict]:
        """Sections, blocks and lines with their controls, running points and progress, as the page shows them."""
        marks = self.outline.marks(self.data)
        for section in self.outline.sections:
            done, asked = progress(section.lines, self.data)
            yield {
                "section": section,
                "running": section.running(marks),
                "done": done,
                "asked": asked,
                "blocks": [self._laid_out(block, section, marks) for block in section.blocks],
            }

    def _laid_out(self, block: Block, section: Section, marks) -> dict:
        done, asked = progress(block.lines, self.data)
        lines = [
            {"line": line, "controls": [(question, self[question.name]) for question in line.questions]}
            for line in block.lines
        ]
        return {
            "block": block,
            "running": block.running(marks, section.zero),
            "done": done,
            "asked": asked,
            "lines": lines,
        }
