"""What earns points: parts, the items measured or counted for them, and the experts' criteria.

Records, and how they are read from the configuration. What each rule means is told in docs/scoring.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from evaluations.scoring.places import Name, Place, refuse_twins

MEASURED_RULES = ("share", "mean", "ratio_to_target", "ratio_to_best", "given")
USER_RULES = ("share_of_scale", "ratio_to_best", "rank_points", "expected_win_share", "given")


@lru_cache(maxsize=4096)
def _ratio(above: int, below: int) -> Fraction:
    """A scale has few marks and a panel gives them thousands of times."""
    return Fraction(above, below)


@dataclass(frozen=True, slots=True)
class Item:
    """A number measured elsewhere, or counted from users, and how it turns into points.

    Only the fields of its rule are set; `source` of a users' item is `ratings` or `comparisons`.
    """

    key: str
    name: Name
    points: int | Fraction
    rule: str
    lower: bool = False
    maximum: Fraction | None = None
    values: tuple[str, ...] = ()
    target: Fraction | None = None
    targets: Mapping[str, Fraction] | None = None
    given: Mapping[str, Fraction] | None = None
    source: str = ""
    prior: Fraction = Fraction(0)
    questions: tuple[str, ...] = ()
    table: tuple[Fraction, ...] = ()

    def target_of(self, team: str) -> Fraction | None:
        return (self.targets or {}).get(team, self.target)

    def given_to(self, team: str) -> Fraction | None:
        return (self.given or {}).get(team)

    def addresses(self) -> tuple[str, ...]:
        """What the `item` column of benchmarks.csv may say for this item."""
        if self.source in ("ratings", "comparisons"):
            return ()
        return tuple(f"{self.key}.{value}" for value in self.values) or (self.key,)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the experts' rubric. `path` addresses it inside its part; a mark runs from `lowest` to `highest`.

    The scale of marks is 0 to the points, or 1 to the number of levels. It is kept apart from the points, because a
    weight may be amended after the marks were given (`amending`), and the marks stay what they are.
    """

    key: str
    path: str
    name: Name
    points: int | Fraction
    lowest: int
    highest: int
    floor: Fraction | None = None
    criteria: tuple["Criterion", ...] = ()

    def share(self, mark: int) -> Fraction:
        """The share of full marks, 0 to 1, that a mark stands for."""
        return _ratio(mark - self.lowest, self.highest - self.lowest)

    def all(self) -> Iterator["Criterion"]:
        """This criterion, then those below it."""
        yield self
        for criterion in self.criteria:
            yield from criterion.all()

    def leaves(self) -> Iterator["Criterion"]:
        """The criteria that are marked."""
        return (criterion for criterion in self.all() if not criterion.criteria)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the hundred points: items, or criteria, or (both empty) points given from elsewhere.

    Points of the frozen rules are whole numbers; they are fractions only where a weight was amended to try it out.
    """

    key: str
    name: Name
    kind: str
    points: int | Fraction
    floor: Fraction | None = None
    items: tuple[Item, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    aggregate: str = "mean"
    small_panel: str = "mean"
    cannot_judge: str = "renormalise"

    @property
    def given(self) -> bool:
        return not self.items and not self.criteria

    def all_criteria(self) -> Iterator[Criterion]:
        for criterion in self.criteria:
            yield from criterion.all()

    def leaves(self) -> Iterator[Criterion]:
        for criterion in self.criteria:
            yield from criterion.leaves()


_PART = (
    "key", "kind", "name", "guide", "points", "floor", "rule", "source", "items", "criteria",
    "aggregate", "small_panel", "cannot_judge",
)  # fmt: skip


def read_part(place: Place, teams: tuple[str, ...], questions: tuple[str, ...]) -> Part:
    before = len(place.faults)
    place.table(*_PART)
    kind = place.get("kind").one_of("measured", "experts", "users")
    points = place.get("points").whole(1)
    item_rows = place.get("items").rows()
    criterion_rows = place.get("criteria").rows()
    part = Part(
        key=place.get("key").key(),
        name=place.get("name").name(),
        kind=kind,
        points=points,
        floor=_floor(place.get("floor"), points),
        items=tuple(_item(row, kind, teams, questions) for row in item_rows),
        criteria=tuple(_criterion(row, "") for row in criterion_rows),
        aggregate=place.get("aggregate").one_of(
            "mean", "drop_high_low", "trimmed_criteria", default=None if criterion_rows else "mean"
        ),
        small_panel=place.get("small_panel").one_of("mean", "refuse", default="mean"),
        cannot_judge=place.get("cannot_judge").one_of("renormalise", "zero", "refuse", default="renormalise"),
    )
    refuse_twins(item_rows, [item.key for item in part.items])
    refuse_twins(criterion_rows, [criterion.key for criterion in part.criteria])
    _check_shape(place, part)
    if len(place.faults) == before and not part.given:
        _check_sum(place, points, part.items or part.criteria)
    return part


def _check_shape(place: Place, part: Part) -> None:
    """A part is items, or criteria, or given: one of them, and the one that fits its kind."""
    rule = place.get("rule")
    if rule.given:
        rule.one_of("given")
    if sum((bool(part.items), bool(part.criteria), rule.given)) != 1:
        place.fault('측정 항목(items), 평가 항목(criteria), 옮긴 점수(rule = "given") 가운데 하나만 있어야 합니다.')
    if part.items and part.kind == "experts":
        place.get("items").fault("전문가 부문에는 측정 항목(items)을 둘 수 없습니다.")
    if part.criteria and part.kind != "experts":
        place.get("criteria").fault("전문가 부문에만 평가 항목(criteria)을 둘 수 있습니다.")
    if not part.criteria:
        for name in ("aggregate", "small_panel", "cannot_judge"):
            if place.get(name).given:
                place.get(name).fault("평가 항목(criteria)이 있는 부문에만 쓸 수 있습니다.")


def _check_sum(place: Place, points: int, children: Iterable[Item | Criterion]) -> None:
    total = sum(child.points for child in children)
    if points != total:
        place.get("points").fault(f"배점은 {points}인데 아래 배점의 합은 {total}입니다.")


def _floor(place: Place, points: int) -> Fraction | None:
    if not place.given:
        return None
    floor = place.number()
    if not 0 <= floor <= points:
        place.fault(f"0 이상 {points} 이하여야 합니다.")
    return floor


_CRITERION = ("key", "name", "points", "guide", "comment", "floor", "levels", "anchors", "criteria")


def _criterion(place: Place, parent: str) -> Criterion:
    before = len(place.faults)
    place.table(*_CRITERION)
    key = place.get("key").key()
    path = f"{parent}.{key}" if parent else key
    points = place.get("points").whole(1)
    rows = place.get("criteria").rows()
    if rows and parent:
        place.get("criteria").fault("세부 항목 아래에는 항목을 더 둘 수 없습니다.")
        rows = []
    levels = place.get("levels")
    criterion = Criterion(
        key=key,
        path=path,
        name=place.get("name").name(),
        points=points,
        lowest=1 if levels.given else 0,
        highest=levels.whole(2, 101) if levels.given else points,
        floor=_floor(place.get("floor"), points),
        criteria=tuple(_criterion(row, path) for row in rows),
    )
    refuse_twins(rows, [child.key for child in criterion.criteria])
    if criterion.criteria and levels.given:
        levels.fault("세부 항목이 있는 항목에는 수준을 둘 수 없습니다.")
    if criterion.criteria and len(place.faults) == before:
        _check_sum(place, points, criterion.criteria)
    return criterion


_ITEM = ("key", "name", "guide", "points", "rule", "source")
_ITEM_OF_RULE = {
    "share": ("maximum", "given"),
    "mean": ("values", "given"),
    "ratio_to_target": ("target", "targets", "direction", "given"),
    "ratio_to_best": ("direction", "prior", "questions"),
    "given": (),
    "share_of_scale": ("prior", "questions"),
    "rank_points": ("table", "prior", "questions"),
    "expected_win_share": (),
}


def _item(place: Place, kind: str, teams: tuple[str, ...], questions: tuple[str, ...]) -> Item:
    users = kind == "users"
    rule = place.get("rule").one_of(*(USER_RULES if users else MEASURED_RULES))
    place.table(*_ITEM, *_ITEM_OF_RULE[rule])
    points = place.get("points").whole(1)
    source = place.get("source").text(default="")
    ratings = users and source == "ratings"
    item = Item(
        key=place.get("key").key(),
        name=place.get("name").name(),
        points=points,
        rule=rule,
        lower=place.get("direction").one_of("higher", "lower", default="higher") == "lower",
        maximum=_positive(place.get("maximum")) if rule == "share" else None,
        values=place.get("values").keys() if rule == "mean" else (),
        target=_positive(place.get("target")) if rule == "ratio_to_target" and place.get("target").given else None,
        targets=_per_team(place.get("targets"), teams),
        given=_per_team(place.get("given"), teams),
        source=source,
        prior=place.get("prior").number(default=Fraction(15)) if ratings else Fraction(0),
        questions=(place.get("questions").keys() or questions) if ratings else (),
        table=tuple(row.number() for row in place.get("table").rows()),
    )
    _check_item(place, item, teams)
    if users and rule != "given":
        _check_users_item(place, item, questions)
    elif source in ("ratings", "comparisons"):
        place.get("source").fault("이용자 부문에만 쓸 수 있습니다.")
    return item


def _positive(place: Place) -> Fraction:
    value = place.number()
    if value <= 0:
        place.fault("0보다 커야 합니다.")
    return value


def _per_team(place: Place, teams: tuple[str, ...]) -> dict[str, Fraction]:
    if not place.given:
        return {}
    found = {}
    for member in place.table().members():
        team = str(member.path[-1])
        if team not in teams:
            member.fault("이 단계에 없는 팀입니다.")
        found[team] = member.number()
    return found


def _check_item(place: Place, item: Item, teams: tuple[str, ...]) -> None:
    for team, target in (item.targets or {}).items():
        if target <= 0:
            place.get("targets").get(team).fault("0보다 커야 합니다.")
    for team, points in (item.given or {}).items():
        if not 0 <= points <= item.points:
            place.get("given").get(team).fault(f"0 이상 {item.points} 이하여야 합니다.")
    if item.rule == "rank_points":
        _check_table(place.get("table"), item, len(teams))


def _check_table(place: Place, item: Item, teams: int) -> None:
    if len(item.table) != teams:
        place.fault(f"팀이 {teams}개이므로 {teams}개의 점수가 있어야 합니다.")
    elif list(item.table) != sorted(item.table, reverse=True):
        place.fault("높은 순위의 점수가 낮은 순위의 점수보다 작을 수 없습니다.")
    elif item.table and (item.table[0] > item.points or item.table[-1] < 0):
        place.fault(f"0 이상 {item.points} 이하여야 합니다.")


def _check_users_item(place: Place, item: Item, questions: tuple[str, ...]) -> None:
    allowed = {"share_of_scale": ("ratings",), "expected_win_share": ("comparisons",)}
    place.get("source").one_of(*allowed.get(item.rule, ("ratings", "comparisons")))
    for name in ("prior", "questions"):
        if item.source != "ratings" and place.get(name).given:
            place.get(name).fault('별점(source = "ratings")일 때만 쓸 수 있습니다.')
    if item.prior < 0:
        place.get("prior").fault("0보다 작을 수 없습니다.")
    if item.source == "ratings" and not questions:
        place.fault("국민 평가의 물음(users.questions)이 없습니다.")
    for question in item.questions:
        if question not in questions:
            place.get("questions").fault(f"국민 평가의 물음(users.questions)에 없습니다: {question}")
