"""The rules of a stage as far as they decide points: read once from the frozen configuration, checked, never changed.

`Rules.from_config` takes the configuration exactly as it is frozen (the stage file as JSON: integers, decimals as
text, lists in the order of the file). What the rules mean is told in docs/scoring.md; this module only says what they
are and refuses what cannot be counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from evaluations.scoring.canonical import CanonicalError, digest
from evaluations.scoring.decimals import Rounding
from evaluations.scoring.gates import Gate, read_gate
from evaluations.scoring.parts import Criterion, Item, Part, read_part
from evaluations.scoring.places import Fault, Faults, Name, Place, refuse_twins


class RulesError(Faults):
    """The configuration cannot be counted by. `str()` is `where: why`, one fault a line; `.faults` has them apart."""


@dataclass(frozen=True, slots=True)
class Team:
    slug: str
    name: Name


@dataclass(frozen=True, slots=True)
class Advance:
    by: str
    quota: int | None
    line_ties: str
    quorum: int
    pass_on_seats: bool

    @property
    def by_committee(self) -> bool:
        """Does the committee decide where more teams are level on the line than there are seats?"""
        return self.quota is not None and self.line_ties == "committee"


@dataclass(frozen=True, slots=True)
class Decimals:
    rule: Rounding
    item: int
    part: int
    total: int
    mean: int


@dataclass(frozen=True, slots=True)
class Fact:
    """Something published elsewhere. `value` as written; `team` is empty for facts about all teams."""

    what: str
    key: str
    team: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Rules:
    stage: str
    config_digest: str
    teams: tuple[Team, ...]
    parts: tuple[Part, ...]
    advance: Advance
    decimals: Decimals
    tie_break: tuple[str, ...]
    gate: Gate | None
    questions: tuple[str, ...]
    margins: Mapping[str, Mapping[str, float]]
    question_texts: tuple[Name, ...]
    facts: tuple[Fact, ...]

    @classmethod
    def from_config(cls, config: object) -> "Rules":
        """The rules a configuration states. Raises RulesError with every fault found, in the order of the file."""
        try:
            config_digest = digest(config)
        except CanonicalError as error:
            raise RulesError([Fault(error.where.removeprefix("값."), error.why)]) from None
        place = Place(config).table()
        rules = _rules(place, config_digest)
        if place.faults:
            raise RulesError(place.faults)
        return rules

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(team.slug for team in self.teams)

    def team(self, slug: str) -> Team:
        return next(team for team in self.teams if team.slug == slug)

    def part(self, key: str) -> Part:
        return next(part for part in self.parts if part.key == key)

    def leaves(self) -> dict[str, Criterion]:
        """Every criterion that is marked on a sheet, by its path; unique across parts."""
        return {leaf.path: leaf for part in self.parts for leaf in part.leaves()}

    def measurable(self) -> dict[str, Part | Item]:
        """What the `item` column of benchmarks.csv may name, and the item, or the part with given points, it is for."""
        found: dict[str, Part | Item] = {}
        for part in self.parts:
            if part.given:
                found[part.key] = part
            for item in part.items:
                found.update(dict.fromkeys(item.addresses(), item))
        return found

    def floors(self) -> dict[str, Fraction]:
        """Key of the result → points below which a team is not eligible."""
        found = {}
        for part in self.parts:
            if part.floor is not None:
                found[part.key] = part.floor
            for criterion in part.all_criteria():
                if criterion.floor is not None:
                    found[f"{part.key}.{criterion.path}"] = criterion.floor
        return found

    def called(self, key: str) -> str:
        """What people call a key of the result: `부문`, `부문 – 항목`, `총점`; the key itself where nobody named it."""
        if key == "total":
            return "총점"
        head, _, rest = key.partition(".")
        part = next((part for part in self.parts if part.key == head), None)
        if part is None or not rest:
            return part.name.ko if part else key
        names = {item.key: item.name.ko for item in part.items}
        for criterion in part.criteria:
            names[criterion.path] = criterion.name.ko
            names |= {sub.path: f"{criterion.name.ko} – {sub.name.ko}" for sub in criterion.criteria}
        return f"{part.name.ko} – {names[rest]}" if rest in names else key

    def scored_keys(self) -> tuple[str, ...]:
        """The keys a number of the result can have: `part`, `part.item`, `part.criterion…`, in file order."""
        found = []
        for part in self.parts:
            found.append(part.key)
            found += [f"{part.key}.{item.key}" for item in part.items]
            found += [f"{part.key}.{criterion.path}" for criterion in part.all_criteria()]
        return tuple(found)


def _rules(place: Place, config_digest: str) -> Rules:
    rows = place.get("teams").rows("slug")
    teams = tuple(Team(row.table().get("slug").key(), row.get("name").name()) for row in rows)
    slugs = tuple(team.slug for team in teams)
    refuse_twins(rows, slugs)
    if not teams:
        place.get("teams").fault("팀이 하나도 없습니다.")
    asked = place.get("users").get("questions").rows()
    questions = tuple(row.table().get("key").key() for row in asked)
    part_rows = place.get("parts").rows()
    parts = tuple(read_part(row, slugs, questions) for row in part_rows)
    refuse_twins(part_rows, [part.key for part in parts])
    advance = _advance(place.get("advance"))
    if not parts and advance.by == "points":
        place.get("parts").fault("점수로 정하는 단계에는 평가 부문이 있어야 합니다.")
    rules = Rules(
        stage=place.get("slug").key(),
        config_digest=config_digest,
        teams=teams,
        parts=parts,
        advance=advance,
        decimals=_decimals(place.get("rounding")),
        tie_break=tuple(row.text() for row in place.get("tie_break").rows()),
        gate=read_gate(place.get("gate")) if place.get("gate").given else None,
        questions=questions,
        margins=_margins(place.get("users").get("strata")),
        question_texts=tuple(row.get("text").name() for row in asked),
        facts=tuple(_fact(row, slugs) for row in place.get("published").rows()),
    )
    _check_addresses(place.get("parts"), parts)
    _check_keys(place, rules)
    return rules


def _advance(place: Place) -> Advance:
    place.table("by", "quota", "line_ties", "quorum", "pass_on_seats")
    by = place.get("by").one_of("points", "majority")
    quota = place.get("quota")
    return Advance(
        by=by,
        quota=quota.whole(1) if quota.given or by == "points" else None,
        line_ties=place.get("line_ties").one_of(
            "all", "none", "committee", default="committee" if by == "majority" else None
        ),
        quorum=place.get("quorum").whole(1, default=1),
        pass_on_seats=place.get("pass_on_seats").flag(default=False),
    )


def _decimals(place: Place) -> Decimals:
    if place.given:
        place.table("rule", "item", "part", "total", "mean")
    rule = place.get("rule").one_of("ROUND_HALF_UP", "ROUND_HALF_EVEN", default="ROUND_HALF_UP")
    return Decimals(
        rule="ROUND_HALF_EVEN" if rule == "ROUND_HALF_EVEN" else "ROUND_HALF_UP",
        item=place.get("item").whole(0, 6, default=1),
        part=place.get("part").whole(0, 6, default=1),
        total=place.get("total").whole(0, 6, default=1),
        mean=place.get("mean").whole(0, 6, default=2),
    )


def _margins(place: Place) -> dict[str, dict[str, float]]:
    """Trait → category → share of the population; traits of which no category has a share are left out."""
    found = {}
    for row in place.rows():
        shares = {
            category.get("key").text(): float(category.get("share").number())
            for category in row.get("categories").rows()
            if category.get("share").given
        }
        if shares:
            found[row.get("key").text()] = shares
    return found


def _fact(place: Place, teams: tuple[str, ...]) -> Fact:
    place.table("what", "key", "team", "value", "source")
    what = place.get("what").one_of("points", "mean", "rank", "advances", "best")
    team = place.get("team").text(default="")
    about_team = what in ("points", "rank", "advances")
    if about_team and not team:
        place.get("team").fault("값이 없습니다.")
    elif team and team not in teams:
        place.get("team").fault("이 단계에 없는 팀입니다.")
    key = "" if what in ("rank", "advances") else place.get("key").text()
    return Fact(what, key, team, _fact_value(place.get("value"), what), place.get("source").text(default=""))


def _fact_value(place: Place, what: str) -> str:
    if what == "advances":
        if isinstance(place.value, bool):
            return "true" if place.value else "false"
        return place.one_of("true", "false")
    if what == "rank" and not isinstance(place.value, str):
        return str(place.whole(1))
    number = place.number()
    if what == "rank" and (number < 1 or number.denominator != 1):
        place.fault("1 이상의 정수여야 합니다.")
    return str(number) if what == "rank" else str(place.value)


def _check_addresses(place: Place, parts: tuple[Part, ...]) -> None:
    """Marks and measurements are addressed without naming their part, so addresses are unique across parts.

    Twins inside a part are faults already, where they stand.
    """
    seen: set[tuple[str, str]] = set()
    for part, row in zip(parts, place.rows(), strict=True):
        addresses = [("mark", leaf.path) for leaf in part.leaves()]
        addresses += [("score", address) for item in part.items for address in item.addresses()]
        addresses += [("score", part.key)] if part.given else []
        for address in dict.fromkeys(addresses):
            if address in seen:
                row.fault(f"다른 부문에 같은 이름이 있습니다: {address[1]}")
            seen.add(address)


def _check_keys(place: Place, rules: Rules) -> None:
    scored = rules.scored_keys()
    for row, key in zip(place.get("tie_break").rows(), rules.tie_break, strict=True):
        if key and key not in scored:
            row.fault(f"평가 부문이나 항목에 없는 이름입니다: {key}")
    for row, fact in zip(place.get("published").rows(), rules.facts, strict=True):
        if fact.key and fact.key not in (*scored, "total"):
            row.get("key").fault(f"평가 부문이나 항목에 없는 이름입니다: {fact.key}")
