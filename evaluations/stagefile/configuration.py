"""What `stage.toml` says, in its normal form: the configuration that is frozen and counted by. Pure.

The normal form holds integers, text, true/false, lists and tables only. What is left out and has a usual value is written with that
value; what is empty is left out; moments are written in the stage's time zone. So a file, the rows loaded from it and the file exported
from those rows give the same configuration, byte by byte.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from itertools import chain, pairwise
from typing import Any

from evaluations.programme.moments import OTHER_YEARS
from evaluations.programme.zones import UNKNOWN, zone_of
from evaluations.scoring.rules import Rules, RulesError
from evaluations.stagefile import consistency
from evaluations.stagefile.faults import ENOUGH, SHOWN
from evaluations.stagefile.schema import STAGE, TAKEN_BY, Field, Kind
from evaluations.stagefile.toml_lines import Path
from evaluations.stagefile.values import MANY, READ, Wrong, in_years

Table = dict[str, Any]
WITH_DIRECTION = TAKEN_BY["direction"]


@dataclass(frozen=True)
class Problem:
    """Something wrong in a configuration: where it stands, what the file and what the office call that place, and why."""

    path: Path
    place: str
    called: str
    why: str

    @property
    def sentence(self) -> str:
        """For whoever wrote a file."""
        return f"{self.place}: {self.why}"

    @property
    def told(self) -> str:
        """For the office, where a stage may have been built without a file."""
        return f"{self.called}: {self.why}"


def normal_form(raw: Table) -> tuple[Table, list[Problem]]:
    """The configuration that this table (as `tomllib` reads it) stands for, and everything that is wrong with it.

    With problems the configuration has gaps and serves for nothing but further messages. Reading stops at `ENOUGH` of them.
    """
    reading = _Reading(raw)
    config = reading.table(STAGE, raw, ())
    _fill_by_rule(config)
    _in_zone(config, reading)
    for path, why in chain(consistency.faults(config), _uncountable(config)):
        if reading.enough:
            break
        if not reading.knows(path):
            reading.fault(path, why)
    _in_order(config)
    return config, reading.problems


def _uncountable(config: Table) -> Iterator[tuple[Path, str]]:
    """What scoring has against the configuration: points that do not add up, unknown teams, targets that are zero."""
    try:
        Rules.from_config(config)
    except RulesError as error:
        yield from ((fault.path, fault.why) for fault in error.faults)


class _Reading:
    def __init__(self, raw: Table) -> None:
        self.raw = raw
        self.problems: list[Problem] = []
        self._wrong: set[Path] = set()
        self._around: set[Path] = set()

    @property
    def enough(self) -> bool:
        return len(self.problems) >= ENOUGH

    def fault(self, path: Path, why: str) -> None:
        if self.enough:
            return
        self.problems.append(Problem(path, place(self.raw, path), called(self.raw, path), why))
        self._wrong.add(path)
        self._around.update(_prefixes(path))

    def knows(self, path: Path) -> bool:
        """Is something wrong already at this place, around it or inside it? Then more words would only confuse."""
        return path in self._around or not self._wrong.isdisjoint(_prefixes(path))

    def table(self, field: Field, value: object, path: Path) -> Table:
        if not isinstance(value, dict):
            words = {member.name for member in field.fields} == {"ko", "en"}
            example = '{ ko = "…", en = "…" }처럼' if words else f"[{'.'.join(str(step) for step in path)}] 아래에"
            self.fault(path, f"표가 아닙니다. {example} 적어 주세요.")
            return {}
        for name in value:
            if self.enough:
                return {}
            if field.field(name) is None:
                self.fault((*path, name), self.unknown(name, field, path))
        found = {}
        for member in field.fields:
            if member.name in value:
                read = self.one(member, value[member.name], (*path, member.name))
            elif member.required:
                self.fault((*path, member.name), "값이 없습니다.")
                continue
            else:
                read = None
            if read in (None, "", [], {}) and not isinstance(read, bool | int):
                read = self.usual(member, path)
            if read is not None:
                found[member.name] = read
        return found

    def unknown(self, name: str, field: Field, path: Path) -> str:
        if name == "criteria" and path.count(name) == 2:
            return "평가 항목은 두 단계(항목과 세부 항목)까지입니다. 세부 항목 아래에는 둘 수 없습니다."
        return "알 수 없는 이름입니다." + self.meant(name, field)

    def meant(self, name: str, field: Field) -> str:
        """What was probably meant – as long as anybody reads it: the comparison takes its time."""
        if len(self.problems) >= SHOWN:
            return ""
        near = difflib.get_close_matches(name[:100], [member.name for member in field.fields], n=1)
        return f" 혹시 ‘{near[0]}’입니까?" if near else ""

    def usual(self, field: Field, path: Path) -> object:
        if field.default == {}:
            return self.table(field, {}, (*path, field.name))
        return field.default

    def one(self, field: Field, value: object, path: Path) -> object:
        if field.kind is Kind.TABLE:
            return self.table(field, value, path)
        if field.kind is Kind.ROWS:
            return self.rows(field, value, path)
        try:
            return READ[field.kind](value, field)
        except Wrong as wrong:
            self.fault(path, str(wrong))
            return None

    def rows(self, field: Field, value: object, path: Path) -> list[Table]:
        if not isinstance(value, list):
            self.fault(path, f"목록이 아닙니다. [[{path[-1]}]]로 적어 주세요.")
            return []
        if field.required and not value:
            self.fault(path, "하나도 없습니다.")
        if len(value) > MANY:
            self.fault(path, f"{MANY}개보다 많습니다.")
            return []
        return [
            self.table(field, member, (*path, position)) for position, member in enumerate(value) if not self.enough
        ]


def _prefixes(path: Path) -> list[Path]:
    """The path and all it lies in, the whole file first."""
    return [path[:length] for length in range(len(path) + 1)]


def _fill_by_rule(config: Table) -> None:
    """Usual values that hold for some parts and items only, because elsewhere they mean nothing."""
    for part in config.get("parts", []):
        if part.get("criteria"):
            part.setdefault("aggregate", "mean")
            part.setdefault("small_panel", "mean")
            part.setdefault("cannot_judge", "renormalise")
        for item in part.get("items", []):
            if item.get("rule") in WITH_DIRECTION:
                item.setdefault("direction", "higher")
            if (
                part.get("kind") == "users"
                and item.get("source") == "ratings"
                and item.get("rule") in TAKEN_BY["prior"]
            ):
                item.setdefault("prior", "15")
    for item in config.get("gate", {}).get("items", []):
        everything = [component.get("key", "") for component in config["gate"].get("components", [])]
        asked = item.get("components", everything)
        item["components"] = [key for key in everything if key in asked] + [
            key for key in asked if key not in everything
        ]


def _in_order(config: Table) -> None:
    """Anchors from the highest mark down, as they are shown; last, because problems name places of the file."""
    for _, criterion in consistency.criteria(config):
        if "anchors" in criterion:
            criterion["anchors"].sort(key=lambda anchor: -anchor.get("mark", 0))


def _in_zone(config: Table, reading: _Reading) -> None:
    """Moments as text in the stage's own time zone, in which their year counts: so they are the same from a file, a row and an export."""
    zone = zone_of(config.get("time_zone", ""))
    if zone is None:
        reading.fault(("time_zone",), UNKNOWN)
    moments = config.get("timetable", {})
    for name, value in list(moments.items()):
        try:
            moments[name] = in_zone(in_years(value.astimezone(zone or UTC)), zone or UTC)
        except (Wrong, OverflowError):
            reading.fault(("timetable", name), OTHER_YEARS)
            del moments[name]


def in_zone(value: datetime, zone: tzinfo) -> str:
    return value.astimezone(zone).isoformat()


TELLING = {Kind.MOMENT: datetime.fromisoformat, Kind.DAY: date.fromisoformat}


def as_written(config: object, field: Field = STAGE) -> Any:
    """A configuration as `tomllib` would read it from a file: moments and days, which the normal form keeps as text, are what they are
    again. What is wrong stays as it is, for `normal_form` to say so."""
    if field.kind in TELLING and isinstance(config, str):
        try:
            return TELLING[field.kind](config)
        except ValueError:
            return config
    if field.kind is Kind.ROWS and isinstance(config, list):
        return [as_written(row, replace(field, kind=Kind.TABLE)) for row in config]
    if field.kind is Kind.TABLE and isinstance(config, dict):
        return {
            name: as_written(value, member) if (member := field.field(name)) else value
            for name, value in config.items()
        }
    return config


def place(raw: object, path: Path) -> str:
    """A place for people: keys instead of positions, and the word for the field: `parts.expert.points(배점)`."""
    names: list[str] = []
    field: Field | None = STAGE
    for step in path:
        raw = _inside(raw, step)
        if isinstance(step, int):
            names.append(_key_of(raw) or f"{step + 1}번째")
        else:
            names.append(str(step) if str(step).isprintable() else "�")
            field = field.field(step) if field else None
    label = f"({field.label})" if field and field.label and path and not isinstance(path[-1], int) else ""
    return ".".join(name[:60] for name in names) + label if names else "설정"


def called(raw: object, path: Path) -> str:
    """The same place in words alone: `평가 부문 ‘전문가’ – 배점`."""
    names: list[str] = []
    field: Field | None = STAGE
    for before, step in pairwise((0, *path)):
        raw = _inside(raw, step)
        if isinstance(step, int):
            name = _name_of(raw) or _key_of(raw)
            names[-1] += f" ‘{name[:60]}’" if name else f" {step + 1}번째"
            continue
        field = field.field(step) if field else None
        if field and step in ("ko", "en") and isinstance(before, str):
            names.pop()  # the label of a language says what it is a name of
        names.append(field.label if field else step[:60] if step.isprintable() else "�")
    return " – ".join(names) or "단계"


def _inside(raw: object, step: str | int) -> object:
    if isinstance(step, int):
        return raw[step] if isinstance(raw, list) and step < len(raw) else None
    return raw.get(step) if isinstance(raw, dict) else None


def _name_of(row: object) -> str:
    name = row.get("name") if isinstance(row, dict) else None
    found = name.get("ko") if isinstance(name, dict) else None
    return found if isinstance(found, str) and found.isprintable() else ""


def _key_of(row: object) -> str:
    if not isinstance(row, dict):
        return ""
    found = row.get("key") or row.get("slug") or row.get("organisation")
    return found if isinstance(found, str) and found.isprintable() else ""
