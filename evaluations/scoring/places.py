"""Reading a nested configuration: every value knows the place it stands at, every fault says where and why.

Reading goes on after a fault with a harmless stand-in, so that an officer sees all faults of a file at once.
The stand-ins never leave this package: whoever reads must raise when there are faults.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from evaluations.scoring.decimals import fraction


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `where` for people, `path` (keys and 0-based positions) to find the line, `why`."""

    where: str
    why: str
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


class Faults(ValueError):
    """At least one fault; the text lists all of them, one a line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Name:
    ko: str
    en: str


class _Missing:
    pass


_MISSING: Final = _Missing()
_KEY_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")


@dataclass(frozen=True, slots=True)
class Place:
    """A value and where it stands. `faults` is shared by all places of one reading and only ever grows."""

    value: object
    where: str = ""
    path: tuple[str | int, ...] = ()
    faults: list[Fault] = field(default_factory=list)

    def fault(self, why: str) -> None:
        self.faults.append(Fault(self.where or "설정", why, self.path))

    @property
    def given(self) -> bool:
        return self.value is not _MISSING

    def get(self, name: str) -> "Place":
        """The member `name` of a table; a place that is not `given` where there is none."""
        table = self.value if isinstance(self.value, dict) else {}
        where = f"{self.where}.{name}" if self.where else name
        return Place(table.get(name, _MISSING), where, (*self.path, name), self.faults)

    def table(self, *known: str) -> "Place":
        """This place, checked to be a table with no other members than `known` (any, when none are named)."""
        if not isinstance(self.value, dict):
            self.fault("표가 아닙니다." if self.given else "값이 없습니다.")
            return self
        for name in self.value if known else ():
            if name not in known:
                self.get(str(name)).fault("알 수 없는 이름입니다.")
        return self

    def members(self) -> list["Place"]:
        """The members of a table, in its order."""
        return [self.get(name) for name in self.value] if isinstance(self.value, dict) else []

    def rows(self, key: str = "key") -> list["Place"]:
        """The elements of a list, called by their `key` where they have one, otherwise by position from 1."""
        if not self.given:
            return []
        if not isinstance(self.value, list | tuple):
            self.fault("목록이 아닙니다.")
            return []
        found = []
        for position, value in enumerate(self.value):
            name = value.get(key) if isinstance(value, dict) else None
            where = f"{self.where}.{name}" if is_key(name) else f"{self.where}[{position + 1}]"
            found.append(Place(value, where, (*self.path, position), self.faults))
        return found

    def text(self, default: str | None = None) -> str:
        if not self.given and default is not None:
            return default
        if isinstance(self.value, str) and self.value:
            return self.value
        self.fault("글자가 아닙니다." if self.given else "값이 없습니다.")
        return ""

    def name(self) -> Name:
        """A name in Korean and, where it is written, in English."""
        ko = self.table().get("ko").text()
        return Name(ko, self.get("en").text(default=ko))

    def key(self) -> str:
        """A short name used by files and addresses: a–z, 0–9, `_`, `-`."""
        value = self.text()
        if value and not is_key(value):
            self.fault("영문 소문자, 숫자, _, -만 쓸 수 있습니다.")
        return value

    def keys(self) -> tuple[str, ...]:
        found = tuple(row.key() for row in self.rows())
        if len(set(found)) != len(found):
            self.fault("같은 이름이 두 번 있습니다.")
        return found

    def one_of(self, *choices: str, default: str | None = None) -> str:
        if not self.given and default is not None:
            return default
        if not self.given:
            self.fault("값이 없습니다.")
        elif self.value not in choices:
            self.fault(f"{', '.join(choices)} 가운데 하나여야 합니다.")
        else:
            return str(self.value)
        return choices[0]

    def flag(self, default: bool) -> bool:
        if not self.given:
            return default
        if not isinstance(self.value, bool):
            self.fault("true 또는 false여야 합니다.")
            return default
        return self.value

    def whole(self, low: int, high: int = 1_000_000, default: int | None = None) -> int:
        if not self.given and default is not None:
            return default
        if isinstance(self.value, int) and not isinstance(self.value, bool) and low <= self.value <= high:
            return self.value
        self.fault(f"{low} 이상 {high} 이하의 정수여야 합니다." if self.given else "값이 없습니다.")
        return low

    def number(self, default: Fraction | None = None) -> Fraction:
        """An integer, or a decimal written as text."""
        if not self.given and default is not None:
            return default
        if isinstance(self.value, int) and not isinstance(self.value, bool) and abs(self.value) < 10**30:
            return Fraction(self.value)
        if isinstance(self.value, str):
            try:
                return fraction(self.value)
            except ValueError:
                pass
        if isinstance(self.value, float):
            self.fault("소수는 따옴표로 묶은 글자로 적어야 합니다.")
        else:
            self.fault("숫자가 아닙니다." if self.given else "값이 없습니다.")
        return Fraction(1)


def is_key(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 80 and set(value) <= _KEY_LETTERS


def refuse_twins(rows: Sequence[Place], keys: Sequence[str]) -> None:
    """A fault at every row whose key an earlier row has."""
    seen: set[str] = set()
    for row, key in zip(rows, keys, strict=True):
        if key in seen:
            row.fault("같은 이름이 두 번 있습니다.")
        seen.add(key)
