"""A step of an explanation, and what many of them say in the same way."""

from dataclasses import asdict, dataclass
from typing import Any

from evaluations.scoring.rules import Rules
from evaluations.scoring.tables import Points
from evaluations.scoring.wording import absence


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is about, what came out, why, and the arithmetic.

    All of its own text may be told to whoever may be told its level; inner steps answer for themselves. What only some may know
    stands in a step of its own.
    """

    level: str
    title: str
    shown: str = ""
    sentence: str = ""
    formula: str = ""
    steps: tuple["Step", ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def shown(points: Points) -> str:
    return f"{points.shown}점" if points.shown is not None else "미공표"


def why_absent(rules: Rules, points: Points, inside: str = "", own: str = "") -> str:
    """Why there is no number, as a sentence; nothing where there is one. What is missing is called by its name, unless it
    is just what the step is about (`own`).
    """
    if points.absent is None:
        return ""
    missing = points.absent.missing if points.absent.missing != (own,) else ()
    names = ", ".join(_name(rules, key, inside) for key in missing)
    return f"{absence(points.absent.code)}{f' (없는 것: {names})' if names else ''}."


def _name(rules: Rules, key: str, inside: str) -> str:
    """A team, or the item or criterion of the part `inside`, or what it is called in the files."""
    if key in rules.slugs:
        return rules.team(key).name.ko
    whole = f"{inside}.{key}" if inside and key != inside else key
    called = rules.called(whole)
    return key if called == whole else called.rpartition(" – ")[2]
