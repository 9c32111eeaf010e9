"""Stages with every method at once, and evidence that fits them, complete or with gaps."""

from fractions import Fraction

from hypothesis import strategies as st

from evaluations.scoring import Choices, Evidence, LineDecision, Measurement, Rules
from evaluations.scoring.parts import Item
from tests.factories.scoring import NAMES, asking, config, experts, gate, given, measured, named, users

QUESTIONS = ("helpful", "clear")
decimals = st.integers(0, 1000).map(lambda tenths: f"{tenths // 10}.{tenths % 10}")
positive = st.integers(1, 1000).map(lambda tenths: f"{tenths // 10}.{tenths % 10}")
points = st.integers(1, 20)


@st.composite
def measured_items(draw, slugs):
    rule = draw(st.sampled_from(["share", "mean", "ratio_to_target", "ratio_to_best", "given"]))
    item = {"points": draw(points), "rule": rule}
    if rule == "share":
        item["maximum"] = "100"
    if rule == "mean" and draw(st.booleans()):
        item["values"] = ["x", "y"]
    if rule in ("ratio_to_target", "ratio_to_best"):
        item["direction"] = draw(st.sampled_from(["higher", "lower"]))
    if rule == "ratio_to_target":
        item |= {"target": draw(positive), "targets": draw(st.dictionaries(st.sampled_from(slugs), positive))}
    if rule not in ("ratio_to_best", "given") and draw(st.booleans()):
        item["given"] = {draw(st.sampled_from(slugs)): str(draw(st.integers(0, item["points"])))}
    return item


@st.composite
def users_items(draw, slugs):
    source = draw(st.sampled_from(["ratings", "comparisons"]))
    own = "share_of_scale" if source == "ratings" else "expected_win_share"
    rule = draw(st.sampled_from([own, "ratio_to_best", "rank_points"]))
    item = {"points": draw(points), "rule": rule, "source": source}
    if source == "ratings":
        item |= {
            "prior": draw(st.sampled_from(["0", "2.5", "15"])),
            "questions": list(QUESTIONS[: draw(st.integers(1, 2))]),
        }
    if rule == "rank_points":
        item["table"] = sorted(
            draw(st.lists(st.integers(0, item["points"]), min_size=len(slugs), max_size=len(slugs))), reverse=True
        )
    return item


@st.composite
def criteria(draw, key):
    scale = {"levels": draw(st.integers(2, 6))} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        full = draw(st.integers(1, 6))
        floor = {"floor": str(draw(st.integers(0, full)))} if draw(st.integers(0, 3)) == 0 else {}
        return named(key, points=full, **scale, **floor)
    subs = [named(name, points=draw(st.integers(1, 6)), **scale) for name in ("x", "y")]
    return named(key, points=sum(sub["points"] for sub in subs), criteria=subs)


@st.composite
def stages(draw, fewest=2):
    slugs = NAMES[: draw(st.integers(fewest, 4))]
    parts = [
        experts(
            *(draw(criteria(f"c{n}")) for n in range(draw(st.integers(1, 3)))),
            aggregate=draw(st.sampled_from(["mean", "drop_high_low", "trimmed_criteria"])),
            small_panel=draw(st.sampled_from(["mean", "mean", "refuse"])),
            cannot_judge=draw(st.sampled_from(["renormalise", "zero"])),
        )
    ]
    if draw(st.booleans()):
        items = draw(st.lists(measured_items(slugs), min_size=1, max_size=3))
        parts.insert(0, measured(*(named(f"m{n}", **item) for n, item in enumerate(items))))
    if draw(st.booleans()):
        items = draw(st.lists(users_items(slugs), min_size=1, max_size=2))
        parts.append(users(*(named(f"u{n}", **item) for n, item in enumerate(items))))
    if draw(st.booleans()):
        parts.append(given("announced", draw(points)))
    if draw(st.booleans()):
        parts[0]["floor"] = str(Fraction(parts[0]["points"], 2).numerator // 2)
    advance = {
        "by": draw(st.sampled_from(["points", "points", "majority"])), "quota": draw(st.integers(1, 3)), "line_ties": draw(st.sampled_from(["all", "none", "committee"])),
        "quorum": draw(st.integers(1, 3)), "pass_on_seats": draw(st.booleans()),
    }  # fmt: skip
    more = {"gate": gate("model", "encoder", decided_by=draw(st.sampled_from(["committee", "majority"])))}
    return config(
        *parts, teams=slugs, advance=advance, users=asking(*QUESTIONS), tie_break=[parts[0]["key"], "expert.c0"],
        **(more if draw(st.booleans()) else {}),
    )  # fmt: skip


@st.composite
def evidences(draw, configuration, gaps=True):
    """Evidence for a stage; with `gaps` anything may be missing and judging may be refused."""
    rules = Rules.from_config(configuration)
    there = st.sampled_from([True, True, True, False]) if gaps else st.just(True)
    teams = rules.slugs
    panelists = [f"p{n}" for n in range(draw(st.integers(1, 5)))]
    seats = [(panelist, team) for panelist in panelists for team in teams if draw(there)]
    found = {
        "measurements": _measurements(draw, rules, there),
        "sheets": {
            seat: {
                leaf.path: draw(st.integers(leaf.lowest, leaf.highest)) if draw(there) else None
                for leaf in rules.leaves().values()
            }
            for seat in seats
        },
        "ratings": {
            (team, question): tuple(draw(st.lists(st.integers(0, 9), min_size=5, max_size=5)))
            for team in teams
            for question in QUESTIONS
            if draw(there)
        },
        "comparisons": {
            (left, right): Choices(*draw(st.lists(st.integers(0, 9), min_size=5, max_size=5)))
            for left in teams
            for right in teams
            if left != right and draw(there)
        },
    }
    if rules.advance.by == "majority":
        found["recognitions"] = {seat: draw(st.sampled_from(["yes", "yes", "no", "abstain"])) for seat in seats}
    if rules.gate:
        findings = st.sampled_from(["met", "met", "not_met", "cannot_judge"])
        found["findings"] = {(*seat, *cell): draw(findings) for seat in seats for cell in rules.gate.cells()}
        found["decisions"] = {team: draw(st.sampled_from(["met", "not_met"])) for team in teams if draw(there)}
    between = st.just(frozenset(teams)) | st.frozensets(st.sampled_from(teams))
    found["line_decisions"] = {
        team: LineDecision(draw(st.sampled_from(["in", "out"])), draw(between) | {team}, "표본")
        for team in teams
        if draw(st.booleans())
    }
    return Evidence(**found)


def _measurements(draw, rules, there):
    found = {}
    for address, measurable in rules.measurable().items():
        for team in rules.slugs:
            if not draw(there) or (isinstance(measurable, Item) and measurable.given_to(team) is not None):
                continue
            full = not isinstance(measurable, Item) or measurable.rule == "given"
            text = str(draw(st.integers(0, int(measurable.points)))) if full else draw(positive)
            found[team, address] = Measurement.of(text, "표본")
    return found


@st.composite
def counts(draw, gaps=True):
    """(configuration, evidence)"""
    configuration = draw(stages())
    return configuration, draw(evidences(configuration, gaps))
