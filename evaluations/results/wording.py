"""The words of a result, in the reader's language."""

from django.utils.translation import gettext as _


def never_published() -> str:
    return _("미공표")


def gate_word(gate: str | None) -> str:
    return {"met": _("충족"), "not_met": _("미충족"), "pending": _("결정 전")}.get(gate or "", "–")


def advance_word(advances: bool | None) -> str:
    return {True: _("진출"), False: _("탈락"), None: _("미정")}[advances]


def verdict_word(code: str) -> str:
    words = {
        "match": _("집계와 같음"), "differs": _("집계와 다름"), "not_computable": _("공개된 자료로는 계산할 수 없음"),
        "points": _("점수"), "mean": _("평균"), "rank": _("순위"), "advances": _("진출 여부"), "best": _("최고점"),
    }  # fmt: skip
    return words[code]
