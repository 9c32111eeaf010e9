"""`{{ answer.text|markup:4 }}`: the one way a model answer or a blind file becomes HTML."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from portal.markup import render

register = template.Library()


@register.filter
def markup(text: str, first_heading: int = 4) -> SafeString:
    return mark_safe(render(text, first_heading))  # noqa: S308 - portal.markup escapes everything it did not write
