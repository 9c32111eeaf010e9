"""Words in the reader's language, for what a configuration says twice."""

import re
from collections.abc import Mapping

from django import template
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

register = template.Library()

HANGUL = re.compile("[가-힣ㄱ-ㆎ]")


@register.filter
def said(words: Mapping[str, str] | None) -> str:
    """The English words when English is asked for and there are some; the Korean ones otherwise."""
    if not words:
        return ""
    english = words.get("en") or ""
    return english if english and (get_language() or "ko").startswith("en") else words.get("ko", "")


@register.filter
def lang(words: str) -> str:
    """An attribute that marks Korean words in a page of another language; nothing in a Korean page, and for other words."""
    korean = not (get_language() or "ko").startswith("ko") and HANGUL.search(words or "")
    # Safe: a constant of ours, nothing of `words` is in it.
    return mark_safe(' lang="ko"') if korean else ""


@register.filter
def of(mapping: Mapping[str, object] | None, key: str) -> object:
    """The value at a key that only the data knows; None where there is none."""
    return (mapping or {}).get(key)
