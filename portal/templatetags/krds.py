"""What the form templates ask about a field, so that they need no logic of their own."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timeuntil
from django.utils.translation import get_language

register = template.Library()

RANKS = {"primary", "secondary", "tertiary", "text"}
SIZES = {"xsmall", "small", "medium", "large", "xlarge"}


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "krds-form-select"
    return "krds-input"


@register.filter
def kind(field: BoundField) -> str:
    """Which of the templates draws this field."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "scale" if getattr(widget, "is_scale", False) else "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.MultiWidget | forms.SelectDateWidget):
        return "several"
    return "single"


PART_NAMES = {forms.DateInput: "날짜", forms.TimeInput: "시각"}
"""What the parts of a control of several are called for those who do not see them side by side."""


@register.filter
def introducing(label: str) -> str:
    """A label before what is wrong with its field: a question needs no colon."""
    return str(label) if str(label).endswith(("?", ".", "!", ":")) else f"{label}:"


@register.filter
def control(field: BoundField) -> str:
    """The control itself with its KRDS class beside the classes the form gave it."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return field.as_widget()
    if isinstance(widget, forms.MultiWidget):
        for number, part in enumerate(widget.widgets, start=1):
            part.attrs.setdefault("class", _class_of(part))
            part.attrs.setdefault("aria-label", PART_NAMES.get(type(part), f"{field.label} {number}"))
        return field.as_widget()
    return field.as_widget(attrs={"class": f"{widget.attrs.get('class', '')} {_class_of(widget)}".strip()})


@register.filter
def button(choice: BoundWidget) -> SafeString:
    """The radio button or box of one choice. Django would draw each with three templates, and a sheet has hundreds of them."""
    data = choice.data
    value = "" if data["value"] is None else f' value="{escape(data["value"])}"'
    return mark_safe(  # noqa: S308 – safe: every value is escaped right here, and all that flatatt gives is
        f'<input type="{escape(data["type"])}" name="{escape(data["name"])}"{value}{flatatt(data["attrs"])}>'
    )


@register.filter
def first_control(field: BoundField) -> str:
    """The id an entry of the error summary leads to: the control, or the first of a group."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.MultiWidget):
        return f"{field.auto_id}_0"
    return widget.id_for_label(field.auto_id) or field.auto_id


@register.filter
def described_by(field: BoundField) -> str:
    """The ids of help and errors for a group, whose controls do not carry them one by one."""
    return field.aria_describedby or ""


@register.filter
def button_class(button) -> str:
    """KRDS classes of a crispy button: its own if it names a rank or size, else those of its type."""
    own = [name for name in button.field_classes.split() if not name.startswith("btn")]
    rank = [] if RANKS & set(own) else ["primary" if button.input_type == "submit" else "tertiary"]
    size = [] if SIZES & set(own) else ["large"]
    return " ".join(["krds-btn", *rank, *size, *own])


KST = ZoneInfo("Asia/Seoul")


@register.filter
def stamp(at: datetime) -> str:
    """A moment as programs read it, in Korean time."""
    return at.astimezone(KST).isoformat()


@register.filter
def minute(at: datetime) -> str:
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M}"


@register.filter
def until(at: datetime) -> str:
    """The end of something: midnight belongs to the day that ends with it."""
    here = at.astimezone(KST)
    if here.time() == time(0):
        return f"{here - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{here:%Y-%m-%d %H:%M}"


@register.filter
def time_left(at: datetime) -> str:
    """As Django says it; Korean puts no comma between weeks and days."""
    left = timeuntil(at)
    return left.replace(", ", " ") if (get_language() or "ko").startswith("ko") else left


@register.filter
def is_past(at: datetime) -> bool:
    return at <= timezone.now()


@register.filter
def page_links(page: Page) -> list[int]:
    """The numbers worth a link: the ends and the neighbours; 0 stands for a gap."""
    links = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [link if isinstance(link, int) else 0 for link in links]
