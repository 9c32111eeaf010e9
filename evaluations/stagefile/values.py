"""One value of a stage file: is it of its kind, and how is it written in the normal form. Pure.

Every function returns the normal value or raises `Wrong` with the sentence for the officer.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from evaluations.programme.moments import OTHER_YEARS, YEARS
from evaluations.stagefile.schema import Field, Kind
from portal.unseen import TURNING, UNSEEN, is_blank, turning_fault

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
KEY = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*", re.ASCII)
DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", re.ASCII)
WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
MANY = 1000
"""More elements than any list of a stage file needs."""


Day = TypeVar("Day", bound=date)


class Wrong(ValueError):
    """A value that cannot be taken; the text is the reason, a Korean sentence."""


def text_fault(text: str, longest: int, *, breaks: bool) -> str | None:
    """Why this text cannot be kept: too long, or signs that nobody sees."""
    if len(text) > longest:
        return f"{longest:,}자보다 깁니다({len(text):,}자)."
    if text.isprintable() and (breaks or UNSEEN.isdisjoint(text)):
        return None
    for sign in text:
        category = unicodedata.category(sign)
        if category == "Cs":
            return "깨진 글자(짝이 없는 대리 부호)가 있습니다."
        if category == "Cc" and not (breaks and sign in "\n\t\r"):
            return (
                f"쓸 수 없는 제어 문자(U+{ord(sign):04X})가 있습니다."
                if sign not in "\n\r"
                else "한 줄로 적어야 합니다."
            )
        if sign in TURNING:
            return turning_fault(sign)
        if not breaks and (category in ("Cf", "Zl", "Zp") or sign in UNSEEN):
            # In a name it would keep two spellings apart that look the same; in running text it joins emoji.
            return f"보이지 않는 문자(U+{ord(sign):04X})가 있습니다."
    return None


def decimal(text: str) -> str:
    """A number in plain digits, kept exactly as written."""
    if DECIMAL.fullmatch(text):
        return text
    if re.fullmatch(r"-?[0-9]{13,}(\.[0-9]*)?|-?[0-9]+\.[0-9]{10,}", text, re.ASCII):
        raise Wrong("자릿수가 너무 많습니다(소수점 앞 12자리, 뒤 9자리까지).")
    raise Wrong(f"숫자가 아닙니다: {shown(text)} (0–9와 소수점만, 예: 72.03)")


def whole(text: str) -> int:
    """A whole number in plain digits."""
    if not WHOLE.fullmatch(text):
        raise Wrong(f"정수가 아닙니다: {shown(text)} (0–9만, 예: 4)")
    return int(text)


def day(text: str) -> date:
    """A day written 2026-08-04."""
    if not DAY.fullmatch(text):
        raise Wrong(f"날짜가 아닙니다: {shown(text)} (예: 2026-08-04)")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Wrong(f"달력에 없는 날짜입니다: {text}") from None
    return in_years(found)


def moment(text: str) -> datetime:
    """A date, time and offset written 2026-08-04T10:30:00+09:00."""
    try:
        found = datetime.fromisoformat(text) if MOMENT.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise Wrong(f"시각이 아닙니다: {shown(text)} (예: 2026-08-04T10:30:00+09:00)")
    return in_years(_aware(found))


def shown(value: object) -> str:
    """A wrong value as a sentence may quote it: short, and without signs that nobody sees."""
    text = value if isinstance(value, str) else _written(value)
    quoted = "".join(sign if sign.isprintable() else "�" for sign in text[:40])
    return f"‘{quoted}…’" if len(text) > 40 else f"‘{quoted}’"


def _written(value: object) -> str:
    huge = "아주 큰 수"
    if isinstance(value, int) and value.bit_length() >= 200:
        return huge
    try:
        return str(value)
    except ValueError:  # a list or a table with a number of more digits than Python writes
        return huge


def _aware(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise Wrong("시간대 표시가 없습니다(예: 2026-08-03T09:00:00+09:00).")
    return value


def in_years(value: Day) -> Day:
    """The day or moment, when it lies in the years an evaluation can."""
    if value.year not in YEARS:
        raise Wrong(OTHER_YEARS)
    return value


# --- Kinds of values in stage.toml.


def _line(value: object, field: Field) -> str:
    if not isinstance(value, str):
        raise Wrong("글자가 아닙니다(따옴표로 묶어 주세요).")
    fault = text_fault(value, field.longest, breaks=field.kind is Kind.TEXT)
    if fault:
        raise Wrong(fault)
    if field.kind is not Kind.TEXT and value != value.strip():
        raise Wrong("앞뒤의 빈칸을 지워 주세요.")
    if is_blank(value) and (field.required or value):
        raise Wrong("값이 비어 있습니다.")
    return value


def _slug(value: object, field: Field) -> str:
    text = _line(value, field)
    if text and not SLUG.fullmatch(text):
        raise Wrong(f"영문 소문자, 숫자와 붙임표(-)만 쓸 수 있습니다: {shown(text)}")
    return text


def _key(value: object, field: Field) -> str:
    text = _line(value, field)
    if text and not KEY.fullmatch(text):
        raise Wrong(f"영문 소문자, 숫자와 밑줄(_)만 쓸 수 있습니다: {shown(text)}")
    return text


def _whole(value: object, field: Field) -> int:
    if isinstance(value, str):
        raise Wrong(f"정수가 아니라 따옴표로 묶은 글자입니다: {shown(value)} (따옴표 없이 적어 주세요)")
    if not isinstance(value, int) or isinstance(value, bool):
        raise Wrong(f"정수가 아닙니다: {shown(value)}")
    if not field.low <= value <= field.high:
        raise Wrong(f"{field.low} 이상 {field.high} 이하여야 합니다: {shown(value)}")
    return value


def _decimal(value: object, field: Field) -> str:
    if isinstance(value, float):
        raise Wrong('소수는 따옴표로 묶은 글자로 적어 주세요(예: "72.03").')
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12:
        return str(value)
    if not isinstance(value, str):
        raise Wrong("숫자가 아닙니다.")
    return decimal(value)


def _fact(value: object, field: Field) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if value in ("true", "false") else _decimal(value, field)  # type: ignore[return-value]  # one of the two words


def _flag(value: object, field: Field) -> bool:
    if not isinstance(value, bool):
        raise Wrong("true 또는 false여야 합니다.")
    return value


def _moment(value: object, field: Field) -> datetime:
    if not isinstance(value, datetime):
        raise Wrong("날짜와 시각이 아닙니다(따옴표 없이, 예: 2026-08-03T09:00:00+09:00).")
    return _aware(value)


def _day(value: object, field: Field) -> str:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Wrong("날짜가 아닙니다(따옴표 없이, 예: 2026-08-04).")
    return in_years(value).isoformat()


def _choice(value: object, field: Field) -> str:
    if value not in field.choices:
        raise Wrong(f"{', '.join(field.choices)} 가운데 하나여야 합니다: {shown(value)}")
    return str(value)


def _list_of(one: Callable[[object, Field], str]) -> Callable[[object, Field], list[str]]:
    def read(value: object, field: Field) -> list[str]:
        if not isinstance(value, list):
            raise Wrong('목록이 아닙니다(예: ["하나", "둘"]).')
        if len(value) > MANY:
            raise Wrong(f"{MANY}개보다 많습니다.")
        found = [one(member, field) for member in value]
        if not all(found):
            raise Wrong("목록에 빈 값이 있습니다.")
        return found

    return read


def _distinct(read: Callable[[object, Field], list[str]]) -> Callable[[object, Field], list[str]]:
    def once(value: object, field: Field) -> list[str]:
        found = read(value, field)
        twins = sorted(member for member, times in Counter(found).items() if times > 1)
        if twins:
            raise Wrong(f"같은 것이 두 번 있습니다: {', '.join(twins)}")
        return found

    return once


def _per_team(value: object, field: Field) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Wrong('표가 아닙니다(예: { 팀 = "9.2" }).')
    found = {}
    for team, number in value.items():
        try:
            found[team] = _decimal(number, field)
        except Wrong as wrong:
            raise Wrong(f"{shown(team)}: {wrong}") from None
    return found


READ: dict[Kind, Callable[[object, Field], object]] = {
    Kind.LINE: _line,
    Kind.TEXT: _line,
    Kind.SLUG: _slug,
    Kind.KEY: _key,
    Kind.WHOLE: _whole,
    Kind.DECIMAL: _decimal,
    Kind.FACT: _fact,
    Kind.FLAG: _flag,
    Kind.MOMENT: _moment,
    Kind.DAY: _day,
    Kind.CHOICE: _choice,
    Kind.LINES: _distinct(_list_of(_line)),
    Kind.KEYS: _distinct(_list_of(_key)),
    Kind.CHOICES: _distinct(_list_of(_choice)),
    Kind.DECIMALS: _list_of(_decimal),
    Kind.PER_TEAM: _per_team,
}
