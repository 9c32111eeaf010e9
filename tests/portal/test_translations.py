"""Every Korean word marked for translation has its English one, and no English word is left of a Korean one that went."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import django
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import admin as contrib_admin
from django.contrib import auth as contrib_auth
from django.utils.translation import gettext, override
from django.utils.translation.template import templatize

from portal.boot.messages import entries

ROOT = settings.BASE_DIR
HANGUL = re.compile("[가-힣]")
CALL = re.compile(r"gettext\((u'(?:[^'\\]|\\.)*'|u\"(?:[^\"\\]|\\.)*\")")
NAMES = {"_", "lazy", "noop", "gettext", "gettext_lazy", "gettext_noop"}


LIBRARIES = [
    Path(package.__file__).parent / folder / "ko/LC_MESSAGES/django.po"
    for package, folder in (
        (django, "conf/locale"),
        (contrib_auth, "locale"),
        (contrib_admin, "locale"),
        (allauth, "locale"),
    )
]


def said_in_templates() -> Iterator[str]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        yield from map(ast.literal_eval, CALL.findall(templatize(path.read_text("utf-8"))))


def said_in_code() -> Iterator[str]:
    for path in [*(ROOT / "portal").rglob("*.py"), *(ROOT / "evaluations").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in NAMES and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def _name(function: ast.expr) -> str:
    return getattr(function, "id", None) or getattr(function, "attr", "")


def test_everything_marked_is_said_in_english_and_nothing_more():
    catalogue = entries((ROOT / "portal/locale/en/LC_MESSAGES/django.po").read_text("utf-8"))
    said = {words for words in [*said_in_templates(), *said_in_code()] if HANGUL.search(words)}

    assert len(said) > 300
    assert sorted(said - set(catalogue)) == []
    assert sorted(set(catalogue) - said - {""}) == []


def test_our_korean_of_the_libraries_is_what_readers_get():
    """A msgid that they no longer use would stand there for nothing."""
    ours = entries((ROOT / "portal/locale/ko/LC_MESSAGES/django.po").read_text("utf-8"))
    libraries = [entries(path.read_text("utf-8")) for path in LIBRARIES]

    assert [words for words in ours if words and not any(words in one for one in libraries)] == []
    with override("ko"):
        assert gettext("The password is too similar to the %(verbose_name)s.") % {"verbose_name": "이메일"} == (
            "비밀번호가 ‘이메일’에 적힌 것과 너무 비슷합니다."
        )
        assert DefaultMFAAdapter.error_messages["incorrect_code"] == "코드가 맞지 않습니다. 다시 확인해 주세요."


def test_no_english_word_is_korean():
    catalogue = entries((ROOT / "portal/locale/en/LC_MESSAGES/django.po").read_text("utf-8"))

    assert [english for english in catalogue.values() if HANGUL.search(english)] == []


def test_both_languages_name_the_same_values():
    catalogue = entries((ROOT / "portal/locale/en/LC_MESSAGES/django.po").read_text("utf-8"))
    value = re.compile(r"%\((\w+)\)s|(%%)|(<[^>]+>)")

    for korean, english in catalogue.items():
        if korean:
            assert sorted(value.findall(korean)) == sorted(value.findall(english)), korean
