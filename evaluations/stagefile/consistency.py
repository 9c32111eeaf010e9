"""What a configuration must keep beyond the types of its fields and beyond the arithmetic, which `scoring` checks. Pure.

Faults are pairs of path and reason; each function looks at one thing and copes with what is missing.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from evaluations.programme.addresses import TAKEN, TAKEN_ADDRESSES
from evaluations.programme.wording import LEVELS
from evaluations.ratings import things
from evaluations.stagefile.schema import DATA, TAKEN_BY
from evaluations.stagefile.toml_lines import Path
from portal.unseen import UNSEEN

Config = dict[str, Any]
Found = Iterator[tuple[Path, str]]

TIMES = ("frozen", "opens", "closes", "published")
COLUMNS = frozenset(column for file in DATA.values() if file.strata for column in (*file.columns, *file.optional))
WORDS = {"frozen": "기준 확정", "opens": "평가 시작", "closes": "평가 마감", "published": "공표"}


def faults(config: Config) -> Found:
    """Everything this module has against the configuration, for as long as anybody asks."""
    for check in (
        _address,
        _timetable,
        _advance,
        _names,
        _members,
        _twins,
        _criteria,
        _shapes,
        _takers,
        _rounds,
        _strata,
        _facts,
    ):
        yield from check(config)


def folded(name: str) -> str:
    """A name as two spellings of it are compared: without case, width, spaces, signs that nobody sees."""
    return folded_number(name).casefold()


def folded_number(number: str) -> str:
    """The same for what a system may have numbered people by: case is kept, since many such systems mean it."""
    spelled = unicodedata.normalize("NFKC", number)
    return "".join(sign for sign in spelled if not sign.isspace() and sign not in UNSEEN)


def _address(config: Config) -> Found:
    if config.get("slug") in TAKEN_ADDRESSES:
        yield ("slug",), TAKEN


def _timetable(config: Config) -> Found:
    times = config.get("timetable", {})
    known = [name for name in TIMES if name in times]
    for earlier, later in pairwise(known):
        if datetime.fromisoformat(times[earlier]) >= datetime.fromisoformat(times[later]):
            yield ("timetable", later), f"{WORDS[later]} 시각은 {WORDS[earlier]} 시각보다 늦어야 합니다."


def _advance(config: Config) -> Found:
    advance = config.get("advance", {})
    if advance.get("by") == "majority" and "quorum" not in advance:
        yield ("advance", "quorum"), "과반 인정에는 정족수가 있어야 합니다."
    if advance.get("by") == "points" and "quorum" in advance:
        yield ("advance", "quorum"), "정족수는 과반 인정일 때만 씁니다."
    if advance.get("quota", 0) > len(config.get("teams", [])) > 0:
        yield ("advance", "quota"), f"진출 팀 수가 팀 수({len(config['teams'])})보다 많습니다."


def _names(config: Config) -> Found:
    """A name that two teams answer to would hide one of them from the conflict check and the leak scan."""
    owner: dict[str, str] = {}
    for position, team in enumerate(config.get("teams", [])):
        slug = team.get("slug", "")
        path: Path = ("teams", position)
        names = [((*path, "slug"), slug), ((*path, "model_name"), team.get("model_name", ""))]
        names += [((*path, "name", language), name) for language, name in team.get("name", {}).items()]
        names += [((*path, "aliases", n), alias) for n, alias in enumerate(team.get("aliases", []))]
        for where, name in names:
            other = owner.setdefault(folded(name), slug) if name else slug
            if other != slug:
                yield where, f"다른 팀({other})이 쓰는 이름입니다: {name}"


def _members(config: Config) -> Found:
    for position, team in enumerate(config.get("teams", [])):
        for n, member in enumerate(team.get("members", [])):
            if member.get("from", "") > member.get("to", "9999"):
                yield ("teams", position, "members", n, "to"), "종료일은 시작일보다 빠를 수 없습니다."


LISTS = (
    ("rounds",),
    ("users", "questions"),
    ("users", "strata"),
)


def _twins(config: Config) -> Found:
    """Keys that are there twice, in the lists that scoring does not read."""
    lists = [(path, _at(config, path)) for path in LISTS]
    for position, trait in enumerate(_at(config, ("users", "strata"))):
        lists.append((("users", "strata", position, "categories"), trait.get("categories", [])))
    for path, rows in lists:
        seen: set[str] = set()
        for position, row in enumerate(rows):
            key = row.get("key", "")
            if key and key in seen:
                yield (*path, position, "key"), "같은 키가 두 번 있습니다."
            seen.add(key)


def _at(config: Config, path: tuple[str, ...]) -> list[Config]:
    found: Any = config
    for step in path:
        found = found.get(step, {})
    return found or []


def _criteria(config: Config) -> Found:
    """Anchors describe marks that exist; a criterion that is the sum of others is not marked itself."""
    for path, criterion in criteria(config):
        lowest, highest = (1, criterion["levels"]) if "levels" in criterion else (0, criterion.get("points", 0))
        seen: set[int] = set()
        for n, anchor in enumerate(criterion.get("anchors", [])):
            mark = anchor.get("mark", lowest)
            if not lowest <= mark <= highest:
                yield (*path, "anchors", n, "mark"), f"평점은 {lowest}부터 {highest}까지입니다."
            if mark in seen:
                yield (*path, "anchors", n, "mark"), "같은 평점의 설명이 두 번 있습니다."
            seen.add(mark)
        if criterion.get("criteria") and criterion.get("anchors"):
            yield (*path, "anchors"), "세부 항목이 있는 항목은 직접 평점을 매기지 않으므로 수준 설명을 둘 수 없습니다."


def criteria(config: Config) -> Iterator[tuple[Path, Config]]:
    """Every criterion with its path, one before those below it."""
    for n, part in enumerate(config.get("parts", [])):
        for c, criterion in enumerate(part.get("criteria", [])):
            path: Path = ("parts", n, "criteria", c)
            yield path, criterion
            for s, sub in enumerate(criterion.get("criteria", [])):
                yield (*path, "criteria", s), sub


def _shapes(config: Config) -> Found:
    """What only some parts of a stage can have."""
    for n, part in enumerate(config.get("parts", [])):
        sources = {item.get("source") for item in part.get("items", [])} if part.get("kind") == "users" else set()
        if sources & {"ratings", "comparisons"} and "users" not in config:
            yield ("parts", n, "items"), "국민에게 묻는 항목이 있는데 국민 평가가 없습니다."
    release = config.get("release", {})
    hidden = set(release.get("public", [])) - set(release.get("own", []))
    if release.get("teams") != "none" and hidden - {"means"} and release.get("own"):
        yield ("release", "own"), f"공개하는 것은 팀에게도 알려야 합니다: {_words(hidden - {'means'})}"


def _takers(config: Config) -> Found:
    """A field of another rule would be read by nobody."""
    for n, part in enumerate(config.get("parts", [])):
        for i, item in enumerate(part.get("items", [])):
            for name, rules in TAKEN_BY.items():
                if name in item and "rule" in item and item["rule"] not in rules:
                    why = f"규칙 {item['rule']}에는 쓰지 않습니다. 이 칸을 쓰는 규칙: {', '.join(rules)}"
                    yield ("parts", n, "items", i, name), why


def _words(shown: Iterable[str]) -> str:
    return ", ".join(LEVELS.get(level, level) for level in sorted(shown))


def marked(config: Config) -> bool:
    """Do people give marks?"""
    return any(part.get("criteria") for part in config.get("parts", []))


def judged(config: Config) -> bool:
    """Do people judge: give marks, answer a gate, or recognise teams?"""
    return marked(config) or "gate" in config or config.get("advance", {}).get("by") == "majority"


def _rounds(config: Config) -> Found:
    rounds = config.get("rounds", [])
    counting = [n for n, round in enumerate(rounds) if round.get("counts")]
    if judged(config) and not rounds:
        yield ("rounds",), "평가위원이 판단하는 것이 있으면 평가 차수가 있어야 합니다."
    elif rounds and not counting:
        yield ("rounds",), "점수에 반영하는 차수가 하나 있어야 합니다."
    for n in counting[1:]:
        yield ("rounds", n, "counts"), "점수에 반영하는 차수는 하나여야 합니다."


def _strata(config: Config) -> Found:
    for n, trait in enumerate(config.get("users", {}).get("strata", [])):
        path: Path = ("users", "strata", n)
        rows = trait.get("categories", [])
        if trait.get("key") in COLUMNS:
            yield (*path, "key"), f"자료 파일의 열 이름이라 쓸 수 없습니다: {trait['key']}"
        shares = [Fraction(row["share"]) for row in rows if "share" in row]
        for c, row in enumerate(rows):
            if "share" in row and not 0 < Fraction(row["share"]) <= 1:
                yield (*path, "categories", c, "share"), "0보다 크고 1 이하여야 합니다."
        if shares and len(shares) < len(rows):
            yield (*path, "categories"), "인구 비율은 모든 범주에 적거나 하나도 적지 않아야 합니다."
        elif shares and sum(shares) != 1:
            exact = sum(Decimal(row["share"]) for row in rows)
            yield (*path, "categories"), f"인구 비율의 합은 1이어야 합니다(지금 {exact.normalize():f})."
    yield from _long_strata(config)


def _long_strata(config: Config) -> Found:
    """What the columns cannot hold would keep everybody of that stratum from taking part, when no rule can change any more."""
    traits = config.get("users", {}).get("strata", [])
    keys = [(trait.get("key", ""), [row.get("key", "") for row in trait.get("categories", [])]) for trait in traits]
    longest = len(things.longest_stratum(keys))
    if longest > things.LONGEST_STRATUM:
        yield (
            ("users", "strata", len(traits) - 1),
            f"인구 특성과 범주의 키를 모두 이으면 {longest}자까지 됩니다. {things.LONGEST_STRATUM}자를 넘지 않게 키를 줄여 주세요.",
        )


def _facts(config: Config) -> Found:
    seen: set[tuple[str, str, str]] = set()
    for n, fact in enumerate(config.get("published", [])):
        about = (fact.get("what", ""), fact.get("key", ""), fact.get("team", ""))
        if about in seen:
            yield ("published", n), "같은 사실이 두 번 있습니다."
        seen.add(about)
