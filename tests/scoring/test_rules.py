"""The rules of a stage, and every way in which a configuration cannot be counted by: each names its place."""

from copy import deepcopy
from fractions import Fraction

import pytest

from evaluations.scoring import Rules, RulesError, digest
from evaluations.scoring.places import Fault
from tests.factories.scoring import asking, config, experts, gate, given, measured, named, users

TREE = experts(
    named("tech", points=6, floor="3"),
    named("own", points=4, criteria=[named("data", points=2, levels=5), named("code", points=2, levels=3)]),
    floor="5.5",
    aggregate="drop_high_low",
)
WHOLE = config(
    measured(
        named("nia", points=10, rule="share", maximum="100"),
        named("common", points=20, rule="mean", values=["math", "code"]),
        named("own_target", points=10, rule="ratio_to_target", target="70", targets={"na": "69.37"}, given={"da": "10.0"}),
        named("speed", points=5, rule="ratio_to_best", direction="lower"),
    ),
    TREE,
    given("announced", 5),
    users(
        named("stars", points=15, rule="share_of_scale", source="ratings", questions=["helpful"]),
        named("pairs", points=10, rule="rank_points", source="comparisons", table=["10", "6", "0"]),
    ),
    teams=3,
    users=asking("helpful", "korean"),
    gate=gate("model", "encoder"),
    tie_break=["expert", "expert.own.data", "user.pairs"],
    rounding={"rule": "ROUND_HALF_EVEN", "item": 2, "mean": 3},
    published=[
        {"what": "points", "key": "benchmark.nia", "team": "ga", "value": "9.2", "source": "보도"},
        {"what": "rank", "team": "ga", "value": 1},
        {"what": "advances", "team": "na", "value": False},
        {"what": "best", "key": "total", "value": "90.2"},
    ],
)  # fmt: skip


def whole(**changes):
    """WHOLE with values replaced, by path: `parts.1.floor`."""
    made = deepcopy(WHOLE)
    for path, value in changes.items():
        *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
        inner = made
        for step in way:
            inner = inner[step]
        if value is GONE:
            del inner[last]
        else:
            inner[last] = value
    return made


GONE = object()


def faults_of(configuration):
    with pytest.raises(RulesError) as raised:
        Rules.from_config(configuration)
    return [str(fault) for fault in raised.value.faults]


def test_everything_a_configuration_says_is_read():
    rules = Rules.from_config(WHOLE)

    assert rules.slugs == ("ga", "na", "da")
    assert rules.config_digest == digest(WHOLE)
    assert [(part.key, part.points, part.floor) for part in rules.parts] == [
        ("benchmark", 45, None), ("expert", 10, Fraction("5.5")), ("announced", 5, None), ("user", 25, None),
    ]  # fmt: skip
    own = rules.part("benchmark").items[2]
    assert (own.target_of("ga"), own.target_of("na"), own.given_to("da"), own.given_to("ga")) == (
        70, Fraction("69.37"), 10, None,
    )  # fmt: skip
    assert rules.part("benchmark").items[1].addresses() == ("common.math", "common.code")
    assert rules.part("user").items[0].questions == ("helpful",)
    assert rules.part("user").items[0].prior == 15
    assert (rules.decimals.rule, rules.decimals.item, rules.decimals.part, rules.decimals.mean) == (
        "ROUND_HALF_EVEN", 2, 1, 3,
    )  # fmt: skip
    assert rules.floors() == {"expert": Fraction("5.5"), "expert.tech": 3}
    assert list(rules.leaves()) == ["tech", "own.data", "own.code"]
    assert rules.scored_keys() == (
        "benchmark", "benchmark.nia", "benchmark.common", "benchmark.own_target", "benchmark.speed",
        "expert", "expert.tech", "expert.own", "expert.own.data", "expert.own.code",
        "announced", "user", "user.stars", "user.pairs",
    )  # fmt: skip
    assert list(rules.measurable()) == ["nia", "common.math", "common.code", "own_target", "speed", "announced"]
    assert [(fact.what, fact.value) for fact in rules.facts] == [
        ("points", "9.2"), ("rank", "1"), ("advances", "false"), ("best", "90.2"),
    ]  # fmt: skip


def test_marks_run_over_the_points_or_the_levels():
    leaves = Rules.from_config(WHOLE).leaves()

    assert {path: (leaf.lowest, leaf.highest) for path, leaf in leaves.items()} == {
        "tech": (0, 6), "own.data": (1, 5), "own.code": (1, 3),
    }  # fmt: skip
    assert [leaves["tech"].share(mark) for mark in (0, 3, 6)] == [0, Fraction(1, 2), 1]
    assert [leaves["own.data"].share(mark) for mark in (1, 2, 5)] == [0, Fraction(1, 4), 1]


def test_a_stage_decided_by_majority_needs_no_parts():
    rules = Rules.from_config(config(advance={"by": "majority", "quota": 1, "quorum": 3}))

    assert (rules.advance.line_ties, rules.advance.quorum, rules.advance.quota) == ("committee", 3, 1)
    assert rules.parts == ()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("slug", GONE, ["slug: 값이 없습니다."]),
        ("advance.by", "lot", ["advance.by: points, majority 가운데 하나여야 합니다."]),
        ("advance.quota", 0, ["advance.quota: 1 이상 1000000 이하의 정수여야 합니다."]),
        ("advance.line_ties", "lot", ["advance.line_ties: all, none, committee 가운데 하나여야 합니다."]),
        ("advance.line_ties", GONE, ["advance.line_ties: 값이 없습니다."]),
        ("advance.quorum", 0, ["advance.quorum: 1 이상 1000000 이하의 정수여야 합니다."]),
        ("advance.pass_on_seats", 1, ["advance.pass_on_seats: true 또는 false여야 합니다."]),
        ("advance.seats", 3, ["advance.seats: 알 수 없는 이름입니다."]),
        ("rounding.rule", "ROUND_UP", ["rounding.rule: ROUND_HALF_UP, ROUND_HALF_EVEN 가운데 하나여야 합니다."]),
        ("rounding.item", 7, ["rounding.item: 0 이상 6 이하의 정수여야 합니다."]),
        ("rounding.digits", 1, ["rounding.digits: 알 수 없는 이름입니다."]),
        ("tie_break.0", "experts", ["tie_break[1]: 평가 부문이나 항목에 없는 이름입니다: experts"]),
        ("parts.0.key", "expert", ["parts.expert: 같은 이름이 두 번 있습니다.",
         "published[1].key: 평가 부문이나 항목에 없는 이름입니다: benchmark.nia"]),
        ("parts.0.kind", "measure", ["parts.benchmark.kind: measured, experts, users 가운데 하나여야 합니다."]),
        ("parts.0.points", 44, ["parts.benchmark.points: 배점은 44인데 아래 배점의 합은 45입니다."]),
        ("parts.0.points", "45", ["parts.benchmark.points: 1 이상 1000000 이하의 정수여야 합니다."]),
        ("parts.0.note", "x", ["parts.benchmark.note: 알 수 없는 이름입니다."]),
        ("parts.0.rule", "given", ['parts.benchmark: 측정 항목(items), 평가 항목(criteria), 옮긴 점수(rule = "given") 가운데 하나만 있어야 합니다.']),
        ("parts.2.rule", "mean", ["parts.announced.rule: given 가운데 하나여야 합니다."]),
        ("parts.2.rule", GONE, ['parts.announced: 측정 항목(items), 평가 항목(criteria), 옮긴 점수(rule = "given") 가운데 하나만 있어야 합니다.']),
        ("parts.2.aggregate", "mean", ["parts.announced.aggregate: 평가 항목(criteria)이 있는 부문에만 쓸 수 있습니다."]),
        ("parts.0.cannot_judge", "zero", ["parts.benchmark.cannot_judge: 평가 항목(criteria)이 있는 부문에만 쓸 수 있습니다."]),
        ("parts.1.kind", "measured", ["parts.expert.criteria: 전문가 부문에만 평가 항목(criteria)을 둘 수 있습니다."]),
        ("parts.1.floor", "10.1", ["parts.expert.floor: 0 이상 10 이하여야 합니다."]),
        ("parts.1.floor", -1, ["parts.expert.floor: 0 이상 10 이하여야 합니다."]),
        ("parts.1.aggregate", "median", ["parts.expert.aggregate: mean, drop_high_low, trimmed_criteria 가운데 하나여야 합니다."]),
        ("parts.1.aggregate", GONE, ["parts.expert.aggregate: 값이 없습니다."]),
        ("parts.1.small_panel", "skip", ["parts.expert.small_panel: mean, refuse 가운데 하나여야 합니다."]),
        ("parts.1.cannot_judge", "skip", ["parts.expert.cannot_judge: renormalise, zero, refuse 가운데 하나여야 합니다."]),
        ("parts.1.criteria.0.floor", "7", ["parts.expert.criteria.tech.floor: 0 이상 6 이하여야 합니다."]),
        ("parts.1.criteria.0.key", "own", ["parts.expert.criteria.own: 같은 이름이 두 번 있습니다."]),
        ("parts.1.criteria.0.weight", 3, ["parts.expert.criteria.tech.weight: 알 수 없는 이름입니다."]),
        ("parts.1.criteria.1.levels", 5, ["parts.expert.criteria.own.levels: 세부 항목이 있는 항목에는 수준을 둘 수 없습니다."]),
        ("parts.1.criteria.1.points", 5, ["parts.expert.criteria.own.points: 배점은 5인데 아래 배점의 합은 4입니다."]),
        ("parts.1.criteria.1.criteria.0.levels", 1, ["parts.expert.criteria.own.criteria.data.levels: 2 이상 101 이하의 정수여야 합니다."]),
        ("parts.1.criteria.1.criteria.0.criteria", [named("x", points=2)],
         ["parts.expert.criteria.own.criteria.data.criteria: 세부 항목 아래에는 항목을 더 둘 수 없습니다."]),
        ("parts.0.items.0.rule", "median", ["parts.benchmark.items.nia.rule: share, mean, ratio_to_target, ratio_to_best, given 가운데 하나여야 합니다."]),
        ("parts.0.items.0.maximum", "0", ["parts.benchmark.items.nia.maximum: 0보다 커야 합니다."]),
        ("parts.0.items.0.maximum", 0.5, ["parts[0].items[0].maximum: 소수는 글자로 적어야 합니다."]),
        ("parts.0.items.0.maximum", GONE, ["parts.benchmark.items.nia.maximum: 값이 없습니다."]),
        ("parts.0.items.0.target", "70", ["parts.benchmark.items.nia.target: 알 수 없는 이름입니다."]),
        ("parts.0.items.0.source", "ratings", ["parts.benchmark.items.nia.source: 이용자 부문에만 쓸 수 있습니다."]),
        ("parts.0.items.1.key", "nia", ["parts.benchmark.items.nia: 같은 이름이 두 번 있습니다."]),
        ("parts.0.items.1.values", ["math", "math"], ["parts.benchmark.items.common.values: 같은 이름이 두 번 있습니다."]),
        ("parts.0.items.2.target", "0", ["parts.benchmark.items.own_target.target: 0보다 커야 합니다."]),
        ("parts.0.items.2.targets", {"na": "-1"}, ["parts.benchmark.items.own_target.targets.na: 0보다 커야 합니다."]),
        ("parts.0.items.2.targets", {"ra": "1"}, ["parts.benchmark.items.own_target.targets.ra: 이 단계에 없는 팀입니다."]),
        ("parts.0.items.2.given", {"ga": "10.1"}, ["parts.benchmark.items.own_target.given.ga: 0 이상 10 이하여야 합니다."]),
        ("parts.0.items.2.given", {"ra": "1"}, ["parts.benchmark.items.own_target.given.ra: 이 단계에 없는 팀입니다."]),
        ("parts.0.items.3.direction", "down", ["parts.benchmark.items.speed.direction: higher, lower 가운데 하나여야 합니다."]),
        ("parts.0.items.3.key", "tech", []),
        ("parts.0.items.3.key", "announced", ["parts.announced: 다른 부문에 같은 이름이 있습니다: announced"]),
        ("parts.3.items.0.source", "comparisons", ["parts.user.items.stars.source: ratings 가운데 하나여야 합니다.",
         'parts.user.items.stars.questions: 별점(source = "ratings")일 때만 쓸 수 있습니다.']),
        ("parts.3.items.0.source", GONE, ["parts.user.items.stars.source: 값이 없습니다.",
         'parts.user.items.stars.questions: 별점(source = "ratings")일 때만 쓸 수 있습니다.']),
        ("parts.3.items.0.prior", "-1", ["parts.user.items.stars.prior: 0보다 작을 수 없습니다."]),
        ("parts.3.items.0.questions", ["polite"], ["parts.user.items.stars.questions: 국민 평가의 물음(users.questions)에 없습니다: polite"]),
        ("parts.3.items.1.table", ["10", "6"], ["parts.user.items.pairs.table: 팀이 3개이므로 3개의 점수가 있어야 합니다."]),
        ("parts.3.items.1.table", ["10", "6", "7"],
         ["parts.user.items.pairs.table: 높은 순위의 점수가 낮은 순위의 점수보다 작을 수 없습니다."]),
        ("parts.3.items.1.table", ["11", "6", "0"], ["parts.user.items.pairs.table: 0 이상 10 이하여야 합니다."]),
        ("parts.3.items.1.prior", "15", ['parts.user.items.pairs.prior: 별점(source = "ratings")일 때만 쓸 수 있습니다.']),
        ("gate.decided_by", "lot", ["gate.decided_by: committee, majority 가운데 하나여야 합니다."]),
        ("gate.items", [], ["gate.items: 관문 항목이 하나도 없습니다."]),
        ("gate.components", [], ["gate.components: 하나도 없습니다."]),
        ("gate.items.0.side", "ethical", ["gate.items.weights.side: 관문 측면(gate.sides)에 없습니다."]),
        ("gate.items.0.components", ["decoder"], ["gate.items.weights.components: 관문 구성요소(gate.components)에 없습니다: decoder"]),
        ("published.0.key", "benchmark.nib", ["published[1].key: 평가 부문이나 항목에 없는 이름입니다: benchmark.nib"]),
        ("published.0.team", "ra", ["published[1].team: 이 단계에 없는 팀입니다."]),
        ("published.0.team", GONE, ["published[1].team: 값이 없습니다."]),
        ("published.0.what", "price", ["published[1].what: points, mean, rank, advances, best 가운데 하나여야 합니다."]),
        ("published.0.value", "많이", ["published[1].value: 숫자가 아닙니다."]),
        ("published.1.value", "1.5", ["published[2].value: 1 이상의 정수여야 합니다."]),
        ("published.2.value", "maybe", ["published[3].value: true, false 가운데 하나여야 합니다."]),
    ],
)  # fmt: skip
def test_every_fault_names_its_place(path, value, said):
    configuration = whole(**{path: value})

    if said:
        assert faults_of(configuration) == said
    else:
        Rules.from_config(configuration)


def test_all_faults_are_told_at_once_with_the_way_to_them():
    configuration = whole(**{"parts.0.items.0.maximum": "0", "parts.1.floor": "99"})

    with pytest.raises(RulesError) as raised:
        Rules.from_config(configuration)

    assert raised.value.faults == (
        Fault("parts.benchmark.items.nia.maximum", "0보다 커야 합니다.", ("parts", 0, "items", 0, "maximum")),
        Fault("parts.expert.floor", "0 이상 10 이하여야 합니다.", ("parts", 1, "floor")),
    )


@pytest.mark.parametrize(
    ("slugs", "said"),
    [
        ((), ["teams: 팀이 하나도 없습니다."]),
        (("ga", "ga"), ["teams.ga: 같은 이름이 두 번 있습니다."]),
        (("GA",), ["teams[1].slug: 영문 소문자, 숫자, _, -만 쓸 수 있습니다."]),
        (("ga", ""), ["teams[2].slug: 글자가 아닙니다.", "teams[2].name.ko: 글자가 아닙니다."]),
    ],
)
def test_faults_of_teams(slugs, said):
    configuration = config(given("all", 10), teams=slugs, advance={"by": "points", "quota": 1, "line_ties": "all"})

    assert faults_of(configuration) == said


def test_a_stage_decided_by_points_needs_parts():
    assert faults_of(config()) == ["parts: 점수로 정하는 단계에는 평가 부문이 있어야 합니다."]


def test_stars_need_a_question():
    stage = config(users(named("stars", points=5, rule="share_of_scale", source="ratings")))

    assert faults_of(stage) == ["parts.user.items.stars: 국민 평가의 물음(users.questions)이 없습니다."]


@pytest.mark.parametrize("configuration", [None, [], "stage", 3, {}])
def test_what_is_no_configuration_is_refused(configuration):
    assert faults_of(configuration)[0] in ("설정: 표가 아닙니다.", "teams: 팀이 하나도 없습니다.")


def test_a_table_of_points_for_no_team_is_a_fault_like_any_other():
    item = {
        "key": "duels",
        "name": {"ko": "비교"},
        "points": 10,
        "source": "comparisons",
        "rule": "rank_points",
        "table": [],
    }
    part = {"key": "user", "kind": "users", "name": {"ko": "국민"}, "points": 10, "items": [item]}

    with pytest.raises(RulesError, match="teams"):
        Rules.from_config({"teams": [], "parts": [part]})
