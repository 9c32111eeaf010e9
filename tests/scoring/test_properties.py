"""What must hold whatever the method: stages with every rule at once, whatever was said."""

import json
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring import Evidence, Measurement, Rules, count, explain_all
from tests.scoring.strategies import counts, stages

FEW = settings(max_examples=40)
NAMED_APART = ("input_digest", "config_digest")
KEYED = ("measurements", "sheets", "findings", "recognitions", "ratings", "comparisons", "decisions", "line_decisions")


def counted(configuration, evidence):
    return count(Rules.from_config(configuration), evidence)


def said(result):
    """The result as data, but for the digests of its inputs."""
    return {key: value for key, value in json.loads(result.to_bytes()).items() if key not in NAMED_APART}


def exact(result):
    """team → key → exact points"""
    return {team.team: {key: points.value for key, points in team.points().items()} for team in result.teams}


def fates(result):
    """team → what was decided about it, and why"""
    return {
        team.team: (team.rank, team.gate, team.eligible, team.advances, team.advances_because) for team in result.teams
    }


def rekeyed(evidence, rename):
    """The evidence with every key passed through `rename(name of the table, key)`."""
    made = {name: {rename(name, key): value for key, value in getattr(evidence, name).items()} for name in KEYED}
    return Evidence(**made)


def with_teams(evidence, names):
    """The evidence with the teams called by other names."""

    def rename(table, key):
        if table in ("decisions", "line_decisions"):
            return names[key]
        places = {"measurements": (0,), "ratings": (0,), "comparisons": (0, 1)}.get(table, (1,))
        return tuple(names[part] if place in places else part for place, part in enumerate(key))

    decided = {
        names[team]: replace(line, among=frozenset(names[one] for one in line.among))
        for team, line in evidence.line_decisions.items()
    }
    return replace(rekeyed(evidence, rename), line_decisions=decided)


def with_people(evidence, names):
    def rename(table, key):
        return (names[key[0]], *key[1:]) if table in ("sheets", "findings", "recognitions") else key

    return rekeyed(evidence, rename)


# --- Order and names


@given(counts(), st.randoms())
@FEW
def test_the_order_of_rows_never_changes_a_byte(drawn, random):
    configuration, evidence = drawn

    def shuffled(mapping):
        return {key: mapping[key] for key in random.sample(list(mapping), len(mapping))}

    other = Evidence(**{name: shuffled(getattr(evidence, name)) for name in KEYED})
    other = replace(other, sheets={key: shuffled(marks) for key, marks in other.sheets.items()})
    result, again = counted(configuration, evidence), counted(configuration, other)

    assert again.to_bytes() == result.to_bytes()
    rules = Rules.from_config(configuration)
    assert explain_all(rules, other, again) == explain_all(rules, evidence, result)


@given(counts())
@FEW
def test_computing_again_gives_the_same_digits(drawn):
    configuration, evidence = drawn
    copied = Evidence.from_json(json.loads(json.dumps(evidence.to_json())))

    assert (
        counted(json.loads(json.dumps(configuration)), copied).to_bytes() == counted(configuration, evidence).to_bytes()
    )


@given(counts())
@FEW
def test_other_names_of_teams_change_names_only(drawn):
    configuration, evidence = drawn
    names = {team["slug"]: f"z{9 - n}" for n, team in enumerate(configuration["teams"])}
    result = said(counted(configuration, evidence))

    other = said(counted(relabelled(configuration, names), with_teams(evidence, names)))

    assert other == json.loads(with_words(json.dumps(result), names))


def relabelled(configuration, names):
    made = deepcopy(configuration)
    for team in made["teams"]:
        team["slug"] = names[team["slug"]]
    for part in made["parts"]:
        for item in part.get("items", []):
            for table in ("targets", "given"):
                if table in item:
                    item[table] = {names[team]: value for team, value in item[table].items()}
    return made


def with_words(text, names):
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    return text


@given(counts(), st.data())
@FEW
def test_swapping_two_teams_swaps_their_scores(drawn, data):
    configuration, evidence = drawn
    slugs = [team["slug"] for team in configuration["teams"]]
    one, other = data.draw(st.permutations(slugs))[:2]
    swap = {slug: {one: other, other: one}.get(slug, slug) for slug in slugs}
    swapped = deepcopy(configuration)
    swapped["parts"] = relabelled(configuration, swap)["parts"]

    before, after = counted(configuration, evidence), counted(swapped, with_teams(evidence, swap))

    assert exact(after) == {slug: exact(before)[swap[slug]] for slug in slugs}
    assert fates(after) == {slug: fates(before)[swap[slug]] for slug in slugs}


@given(counts(), st.randoms())
@FEW
def test_who_the_panelists_are_does_not_matter(drawn, random):
    configuration, evidence = drawn
    people = sorted({panelist for panelist, _ in evidence.sheets})
    names = dict(zip(people, random.sample(people, len(people)), strict=True))

    assert said(counted(configuration, with_people(evidence, names))) == said(counted(configuration, evidence))


# --- Weights and marks


@given(counts())
@FEW
def test_doubling_all_weights_doubles_all_points_and_changes_no_rank(drawn):
    configuration, evidence = drawn
    before = counted(configuration, evidence)

    after = counted(doubled(configuration), doubled_evidence(configuration, evidence))

    assert exact(after) == {
        team: {key: value and 2 * value for key, value in points.items()} for team, points in exact(before).items()
    }
    assert fates(after) == fates(before)


def doubled(configuration):
    made = deepcopy(configuration)

    def double(node):
        node["points"] *= 2
        if "floor" in node:
            node["floor"] = str(2 * Fraction(node["floor"]))
        if "table" in node:
            node["table"] = [2 * value for value in node["table"]]
        if "given" in node:
            node["given"] = {team: str(2 * Fraction(value)) for team, value in node["given"].items()}
        for below in (*node.get("items", []), *node.get("criteria", [])):
            double(below)

    for part in made["parts"]:
        double(part)
    return made


def doubled_evidence(configuration, evidence):
    """Given points and marks without levels are in points, so they are twice as many."""
    rules = Rules.from_config(configuration)
    in_points = {address for address, found in rules.measurable().items() if getattr(found, "rule", "given") == "given"}
    return replace(
        evidence,
        measurements={
            (team, address): Measurement(found.score * (2 if address in in_points else 1), found.source)
            for (team, address), found in evidence.measurements.items()
        },
        sheets={
            key: {
                path: mark if mark is None or rules.leaves()[path].lowest == 1 else 2 * mark
                for path, mark in marks.items()
            }
            for key, marks in evidence.sheets.items()
        },
    )


@given(counts(gaps=False), st.data())
@FEW
def test_a_mark_more_for_everybody_moves_nobody(drawn, data):
    """Where all are judged and all scales have room, one step more on a criterion is worth the same to every team."""
    configuration, evidence = drawn
    rules = Rules.from_config(configuration)
    path, leaf = data.draw(st.sampled_from(sorted(rules.leaves().items())))
    lower = replace(
        evidence,
        sheets={key: {**marks, path: min(marks[path], leaf.highest - 1)} for key, marks in evidence.sheets.items()},
    )
    higher = replace(lower, sheets={key: {**marks, path: marks[path] + 1} for key, marks in lower.sheets.items()})

    before, after = counted(configuration, lower), counted(configuration, higher)

    step = Fraction(leaf.points) / (leaf.highest - leaf.lowest)
    for team in rules.slugs:
        old, new = (result.team(team).part("expert").points.value for result in (before, after))
        assert (old is None and new is None) or new == old + step
    ranks = [[team.rank for team in result.teams] for result in (before, after)]
    assert ranks[0] == ranks[1]


@given(counts(gaps=False), st.data())
@FEW
def test_a_better_mark_never_costs_its_team_points(drawn, data):
    configuration, evidence = drawn
    leaves = Rules.from_config(configuration).leaves()
    seat = data.draw(st.sampled_from(sorted(evidence.sheets)))
    path = data.draw(st.sampled_from(sorted(leaves)))
    better = data.draw(st.integers(evidence.sheets[seat][path], leaves[path].highest))

    before = counted(configuration, evidence)
    after = counted(configuration, evidence.with_mark(*seat, path, better))

    old, new = (result.team(seat[1]).part("expert").points.value for result in (before, after))
    assert (old is None and new is None) or new >= old


# --- Void


@given(counts(), st.data())
@FEW
def test_a_void_panelist_was_never_there(drawn, data):
    configuration, evidence = drawn
    panelist = data.draw(st.sampled_from([f"p{n}" for n in range(5)]))
    team = data.draw(st.none() | st.sampled_from([team["slug"] for team in configuration["teams"]]))

    def kept(mapping):
        return {key: value for key, value in mapping.items() if key[0] != panelist or team not in (None, key[1])}

    gone = replace(
        evidence,
        sheets=kept(evidence.sheets),
        findings=kept(evidence.findings),
        recognitions=kept(evidence.recognitions),
    )

    assert said(counted(configuration, evidence.with_void(panelist, team))) == said(counted(configuration, gone))


# --- What is absent


@given(counts())
@FEW
def test_what_is_absent_has_a_reason_and_what_is_there_has_none(drawn):
    for team in counted(*drawn).teams:
        for points in team.points().values():
            assert (points.value is None) == (points.shown is None) == (points.absent is not None)


@given(counts())
@FEW
def test_points_stay_between_nothing_and_everything(drawn):
    configuration, evidence = drawn
    rules = Rules.from_config(configuration)
    for team in counted(configuration, evidence).teams:
        for part in team.parts:
            assert part.points.value is None or 0 <= part.points.value <= part.part.points
        assert team.total.value is None or 0 <= team.total.value <= sum(part.points for part in rules.parts)


@given(stages())
@FEW
def test_without_evidence_nothing_is_invented(configuration):
    result = counted(configuration, Evidence())

    given_to = {
        team for part in configuration["parts"] for item in part.get("items", []) for team in item.get("given", {})
    }
    for team in result.teams:
        assert team.total.value is None
        assert team.advances is not False or team.below
        assert team.team in given_to or all(value is None for value in exact(result)[team.team].values())
