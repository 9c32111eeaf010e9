"""What every picture of the estimates is made with: the block, the names of a stage, and numbers as they are shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any

from django.utils.translation import gettext as _

from evaluations.results.wording import why_absent
from portal.charts import Bars, Intervals, Pairs, Table, Twins
from portal.templatetags.words import said

Json = dict[str, Any]

LEAST_TO_TELL = 5
"""Of fewer people one who knows her own answer, vote or mark could work out those of the others."""


@dataclass(frozen=True)
class Block:
    """One thing that was estimated. `kind` names the template of its picture; `notes` says how it came about and what it assumes."""

    key: str
    title: str
    sentences: tuple[str, ...]
    kind: str = ""
    chart: Bars | Intervals | Pairs | Twins | None = None
    table: Table | None = None
    notes: tuple[str, ...] = ()


class Reader:
    """The estimates of a run, and what everything in its stage is called in the language of the page; `office` reads more."""

    def __init__(self, told: Json, config: Json, office: bool) -> None:
        self.sections: Json = told["sections"]
        self.office = office
        self.teams = {team["slug"]: said(team["name"]) for team in config["teams"]}
        self.parts = {part["key"]: said(part["name"]) for part in config.get("parts", [])}
        self.criteria = {
            f"{part['key']}.{path}": name
            for part in config.get("parts", [])
            for path, name in _criteria(part.get("criteria", []))
        }
        self.items = {
            f"{part['key']}.{item['key']}": said(item["name"])
            for part in config.get("parts", [])
            for item in part.get("items", [])
        }
        self.questions = {one["key"]: said(one["text"]) for one in config.get("users", {}).get("questions", [])}
        self.traits = {
            trait["key"]: (said(trait["name"]), {c["key"]: said(c) for c in trait["categories"]})
            for trait in config.get("users", {}).get("strata", [])
        }

    def section(self, name: str, title: str) -> tuple[Json | None, list[Block]]:
        """A section, or the block that says why it is not there; neither where the stage has nothing of the kind."""
        section = self.sections.get(name)
        if section is None:
            return None, []
        if "absent" in section:
            return None, [Block(name.replace(".", "-"), title, (why_absent(section["absent"]),))]
        return section, []

    def may_tell_of(self, people: int) -> bool:
        """Are they so many that nobody's answer can be told from what all of them said? The office reads every answer anyway."""
        return self.office or people >= LEAST_TO_TELL

    @cached_property
    def ranks(self) -> dict[str, int]:
        """The official rank of every team, equals sharing one; none where no points were added up.

        Estimates from before version 7 have totals alone, and no tie-break.
        """
        teams = self.sections.get("order", {}).get("teams", [])
        totals = [Decimal(team["total"]) for team in teams]
        return {
            team["team"]: team.get("rank", 1 + sum(other > total for other in totals))
            for team, total in zip(teams, totals, strict=True)
        }

    def by_rank(self, teams: list[Json]) -> list[Json]:
        """By official rank, teams level in the order of the stage; where no points were added up, all in that of the stage."""
        return sorted(teams, key=lambda one: self.ranks.get(one["team"], 0))


def as_decimal(text: str | None, places: int) -> str:
    """A stored number as it is shown, nothing without a sign; what is missing stays missing."""
    if text is None:
        return "–"
    rounded = Decimal(text).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return str(rounded if rounded else abs(rounded))


def as_percent(text: str | None) -> str:
    return "–" if text is None else str(int((Decimal(text) * 100).quantize(Decimal(1), ROUND_HALF_UP)))


def as_chance(text: str | None) -> str:
    """A share of all draws, in per cent. What happened in some of them is not shown as never, nor what did not in some as always."""
    if text is None or not 0 < Decimal(text) < 1 or as_percent(text) not in ("0", "100"):
        return as_percent(text)
    return str(min(max((Decimal(text) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP), Decimal("0.1")), Decimal("99.9")))


def as_small_chance(text: str | None) -> str:
    """A probability that is not shown as nothing."""
    return _("0.0001보다 작음") if text is not None and Decimal(text) < Decimal("0.0001") else as_decimal(text, 4)


def of_hundred(effect: str | None) -> str:
    """How often of a hundred decided comparisons the left answer is preferred where it is ahead by so many log-odds."""
    return "–" if effect is None else as_percent(str(1 / (1 + (-Decimal(effect)).exp())))


def as_ranks(team: Json) -> str:
    best, worst = team["best"], team["worst"]
    return str(best) if best == worst else f"{best}–{worst}"


def around(values: list[str], step: Fraction | int = 1) -> tuple[Fraction, Fraction]:
    """Whole steps that hold all values."""
    low = floor(min(map(Fraction, values)) / step) * Fraction(step)
    high = ceil(max(map(Fraction, values)) / step) * Fraction(step)
    return low, high if high > low else low + step


def drawn(section: Json) -> str:
    return _("%(draws)s번 다시 뽑았습니다. 난수 시드 %(seed)s.") % {
        "draws": f"{section['draws']:,}",
        "seed": section["seed"],
    }


def _criteria(rows: list[Json], above: str = "") -> Iterator[tuple[str, str]]:
    for row in rows:
        path = f"{above}.{row['key']}" if above else row["key"]
        yield path, said(row["name"])
        yield from _criteria(row.get("criteria", []), path)
