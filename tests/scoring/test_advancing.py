"""Who goes on: recognition, floors, the gate and the seats, and what is still open."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.scoring.advancing import Standing, decide, recognise, seats_on_the_line
from evaluations.scoring.rules import Advance
from evaluations.scoring.tables import Recognition


def rule(quota=2, line_ties="committee", pass_on_seats=False, by="points"):
    return Advance(by=by, quota=quota, line_ties=line_ties, quorum=1, pass_on_seats=pass_on_seats)


def standing(rank, recognised=True, eligible=True, gate=None, decision=None, among=""):
    return Standing(rank, recognised, eligible, gate, decision=decision, among=frozenset(among))


def decided(advance, scored=True, **standings):
    return decide(advance, standings, scored=scored)


# --- Recognition by majority


@pytest.mark.parametrize(
    ("votes", "quorum", "recognised", "quorate"),
    [
        ("yes yes no", 3, True, True),
        ("yes no", 2, False, True),
        ("yes no no", 1, False, True),
        ("yes abstain abstain", 3, True, True),
        ("yes yes", 3, False, False),
        ("abstain abstain", 2, False, True),
        ("", 1, None, False),
    ],
)
def test_yes_must_be_more_than_half_of_the_votes_cast(votes, quorum, recognised, quorate):
    found = recognise(votes.split(), quorum)

    assert (found.recognised, found.quorate) == (recognised, quorate)


def test_the_tally_is_told():
    assert recognise(["yes", "no", "yes", "abstain"], 4) == Recognition(2, 1, 1, quorate=True, recognised=True)


def test_a_team_that_was_not_recognised_is_out():
    assert decided(rule(), a=standing(1, recognised=False)) == {"a": (False, "not_recognised")}


def test_a_team_that_too_few_voted_on_is_out_for_that_and_not_for_being_refused():
    assert decided(rule(), a=replace(standing(1, recognised=False), quorate=False)) == {"a": (False, "no_quorum")}


def test_without_votes_it_is_open():
    assert decided(rule(), a=standing(1, recognised=None)) == {"a": (None, "no_votes")}


def test_the_only_recognised_team_takes_the_seat_without_points():
    assert decided(
        rule(1), scored=False, a=standing(None), b=standing(None, recognised=False)
    ) == {"a": (True, "seat"), "b": (False, "not_recognised")}  # fmt: skip


def test_of_too_many_recognised_teams_without_points_the_committee_chooses():
    assert decided(rule(1), scored=False, a=standing(None), b=standing(None)) == {
        "a": (None, "too_many_recognised"), "b": (None, "too_many_recognised"),
    }  # fmt: skip


def test_none_recognised_is_a_result():
    assert decided(rule(1), scored=False, a=standing(None, recognised=False)) == {"a": (False, "not_recognised")}


def test_of_several_recognised_teams_the_points_decide():
    assert decided(rule(1), a=standing(2), b=standing(1)) == {"a": (False, "no_seat"), "b": (True, "seat")}


# --- Seats


def test_seats_go_by_rank():
    assert decided(rule(2), a=standing(3), b=standing(1), c=standing(2)) == {
        "a": (False, "no_seat"), "b": (True, "seat"), "c": (True, "seat"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line_ties", "answer"),
    [("all", (True, "line_all")), ("none", (False, "line_none")), ("committee", (None, "line_tie"))],
)
def test_ties_on_the_line_go_as_the_stage_says(line_ties, answer):
    assert decided(rule(2, line_ties), a=standing(1), b=standing(2), c=standing(2)) == {
        "a": (True, "seat"), "b": answer, "c": answer,
    }  # fmt: skip


def test_who_is_beyond_the_line_is_no_tie_on_it():
    found = decided(rule(1, "none"), a=standing(1), b=standing(2), c=standing(2))

    assert {team: why for team, (_, why) in found.items()} == {"a": "seat", "b": "no_seat", "c": "no_seat"}


def test_a_tie_on_the_line_is_the_reason_only_if_it_is_one_whatever_is_open():
    """b and c tie for the seat if a is not recognised; else they are beyond the line. Neither gets it."""
    found = decided(rule(1, "none"), a=standing(1, recognised=None), b=standing(2), c=standing(2))

    assert found == {"a": (None, "no_votes"), "b": (False, "no_seat"), "c": (False, "no_seat")}


@pytest.mark.parametrize("why", [{"gate": "not_met"}, {"eligible": False}])
@pytest.mark.parametrize(("pass_on_seats", "third"), [(False, (False, "no_seat")), (True, (True, "seat"))])
def test_a_seat_nobody_may_take_is_passed_on_only_where_the_stage_says_so(why, pass_on_seats, third):
    found = decided(rule(2, pass_on_seats=pass_on_seats), a=standing(1), b=standing(2, **why), c=standing(3))

    assert found["c"] == third
    assert found["b"] == (False, "gate_not_met" if "gate" in why else "below_floor")


def test_points_stay_but_a_gate_not_met_ends_it():
    assert decided(rule(), a=standing(1, gate="not_met")) == {"a": (False, "gate_not_met")}


# --- What the committee decides on the line


def on_the_line(*decisions, quota=2, **more):
    """a is ahead; b, c and d are level, the committee decided between them in this order."""
    level = dict(zip("bcd", decisions, strict=True))
    teams = {team: standing(2, decision=decision, among="bcd") for team, decision in level.items()}
    return decided(rule(quota), a=standing(1), **teams | more)


@pytest.mark.parametrize(
    ("decisions", "quota", "answers"),
    [
        (("in", "out", "out"), 2, "line_in line_out line_out"),
        (("in", None, None), 2, "line_in line_full line_full"),
        (("out", None, None), 2, "line_out line_tie line_tie"),
        (("out", "out", "out"), 2, "line_out line_out line_out"),
        (("in", None, None), 3, "line_in line_tie line_tie"),
        (("in", "in", None), 3, "line_in line_in line_full"),
        (("in", "in", "out"), 2, "line_overfull line_overfull line_out"),
        (("in", "in", None), 2, "line_overfull line_overfull line_full"),
    ],
)
def test_the_committee_fills_the_seats_on_the_line_and_no_more(decisions, quota, answers):
    answer = {"line_in": True, "line_out": False, "line_full": False, "line_tie": None, "line_overfull": None}

    found = on_the_line(*decisions, quota=quota)

    assert found == {"a": (True, "seat")} | {
        team: (answer[why], why) for team, why in zip("bcd", answers.split(), strict=True)
    }


def test_a_decision_moves_no_team_that_is_not_level_on_the_line():
    found = decided(rule(1), a=standing(1, decision="out", among="ab"), b=standing(2, decision="in", among="ab"))

    assert found == {"a": (True, "seat"), "b": (False, "no_seat")}


@pytest.mark.parametrize(("line_ties", "answer"), [("all", (True, "line_all")), ("none", (False, "line_none"))])
def test_where_the_rules_decide_the_committee_does_not(line_ties, answer):
    found = decided(
        rule(1, line_ties), a=standing(1, decision="in", among="ab"), b=standing(1, decision="out", among="ab")
    )

    assert found == {"a": answer, "b": answer}


def test_the_committee_chooses_among_the_recognised_too():
    found = decided(rule(1), scored=False, a=standing(None, decision="in", among="ab"), b=standing(None))

    assert found == {"a": (True, "line_in"), "b": (False, "line_full")}


def test_who_falls_elsewhere_keeps_no_seat_that_the_committee_gave_it():
    found = decided(rule(1), a=standing(1, gate="not_met", decision="in", among="abc"), b=standing(1), c=standing(1))

    assert found == {"a": (False, "gate_not_met"), "b": (None, "line_tie"), "c": (None, "line_tie")}


@pytest.mark.parametrize("decision", [None, "in", "out"])
def test_while_it_is_open_who_is_level_on_the_line_the_rest_waits(decision):
    """a was chosen, and its gate is not decided: whatever was decided on b was decided between both."""
    chosen, other = {"decision": "in", "among": "ab"}, {"decision": decision, "among": "ab"}
    found = decided(rule(1), a=standing(1, gate="pending", **chosen), b=standing(1, **other))

    assert found == {"a": (None, "gate_pending"), "b": (None, "others_open")}


@pytest.mark.parametrize("among", ["", "b", "bc", "abcd", "bcde"])
def test_a_decision_counts_between_the_teams_it_was_made_between_and_no_others(among):
    """Fewer, more or other teams level on the line are a tie that nobody has decided."""
    teams = {team: standing(2, decision="in" if team == "b" else "out", among=among) for team in "bcd"}

    found = decided(rule(2), a=standing(1), e=standing(5), **teams)

    assert {team: found[team] for team in "bcd"} == dict.fromkeys("bcd", (None, "line_tie"))


def test_who_cannot_sit_is_not_between_those_who_are_level():
    """d has the same points and fell at the gate: the committee decided between the other two."""
    chosen = {"b": "in", "c": "out"}
    teams = {team: standing(2, decision=decision, among="bc") for team, decision in chosen.items()}

    found = decided(rule(2), a=standing(1), d=standing(2, gate="not_met"), **teams)

    assert [found[team][1] for team in "bcd"] == ["line_in", "line_out", "gate_not_met"]


@pytest.mark.parametrize(
    ("quota", "pass_on_seats", "left"),
    [(1, False, None), (2, False, 1), (3, False, 2), (4, False, None), (2, True, 1), (3, True, None)],
)
def test_how_many_seats_are_left_on_the_line(quota, pass_on_seats, left):
    """Four compete for the seats, or three where those of d, who falls on the gate, are passed on."""
    teams = {"a": standing(1), "b": standing(2), "c": standing(2), "d": standing(2, gate="not_met")}

    assert seats_on_the_line(rule(quota, pass_on_seats=pass_on_seats), teams, "b", scored=True) == left


# --- What is open


def test_an_undecided_gate_leaves_a_seated_team_open():
    assert decided(rule(1), a=standing(1, gate="pending"), b=standing(2, gate="met")) == {
        "a": (None, "gate_pending"), "b": (False, "no_seat"),
    }  # fmt: skip


def test_where_seats_are_passed_on_the_next_one_waits_for_it():
    assert decided(rule(1, pass_on_seats=True), a=standing(1, gate="pending"), b=standing(2, gate="met")) == {
        "a": (None, "gate_pending"), "b": (None, "others_open"),
    }  # fmt: skip


def test_an_answer_that_cannot_change_any_more_is_given():
    """b has a seat whether a passes the gate or not; c has none either way, even if a's seat is passed on."""
    found = decided(
        rule(2, pass_on_seats=True), a=standing(1, gate="pending"), b=standing(2), c=standing(4), d=standing(3)
    )

    assert found == {
        "a": (None, "gate_pending"), "b": (True, "seat"), "c": (False, "no_seat"), "d": (None, "others_open"),
    }  # fmt: skip


def test_a_floor_that_cannot_be_checked_is_open():
    assert decided(rule(1), a=standing(1, eligible=None)) == {"a": (None, "floor_open")}


def test_without_ranks_only_places_for_everybody_are_sure():
    assert decided(rule(1), a=standing(None), b=standing(None)) == {"a": (None, "no_rank"), "b": (None, "no_rank")}
    assert decided(rule(2), a=standing(None), b=standing(None)) == {"a": (True, "seat"), "b": (True, "seat")}


def test_a_team_out_of_the_race_needs_no_rank():
    assert decided(rule(1), a=standing(None, gate="not_met"), b=standing(None))["a"] == (False, "gate_not_met")


OPEN = {"recognised": (True, False), "eligible": (True, False), "gate": ("met", "not_met")}
NAMES = ("t0", "t1", "t2", "t3")
LEVEL = frozenset({"whoever is level"})
standings = st.builds(
    Standing,
    rank=st.integers(1, 4),
    recognised=st.sampled_from([True, True, True, False, None]),
    eligible=st.sampled_from([True, True, True, False, None]),
    gate=st.sampled_from(["met", "met", "met", "not_met", "pending"]),
    decision=st.sampled_from([None, "in", "out"]),
    among=st.frozensets(st.sampled_from(NAMES)) | st.just(LEVEL),
)


def level_with(one, teams):
    return frozenset(name for name, other in teams.items() if other.rank == one.rank and not other.out)


def settled(one):
    """Every way in which what is open about a team can turn out."""
    recognised = OPEN["recognised"] if one.recognised is None else (one.recognised,)
    eligible = OPEN["eligible"] if one.eligible is None else (one.eligible,)
    gate = OPEN["gate"] if one.gate == "pending" else (one.gate,)
    return [
        replace(one, recognised=how[0], eligible=how[1], gate=how[2]) for how in product(recognised, eligible, gate)
    ]


def waiting(one, teams):
    """Without its decision where it is open who is level with it: then it waits."""
    return replace(one, decision=None) if any(teams[other].open for other in level_with(one, teams)) else one


@given(
    st.lists(standings, min_size=1, max_size=4),
    st.integers(1, 4),
    st.sampled_from(["all", "none", "committee"]),
    st.booleans(),
)
@settings(max_examples=150)
def test_an_answer_is_given_exactly_when_nothing_open_could_change_it(several, quota, line_ties, pass_on_seats):
    """Against trying out everything: an answer given is the answer in every world, and only then is it given."""
    advance = rule(quota, line_ties, pass_on_seats)
    drawn = dict(zip(NAMES, several, strict=False))
    teams = {
        name: replace(one, among=level_with(one, drawn)) if one.among == LEVEL else one for name, one in drawn.items()
    }
    found = decide(advance, teams, scored=True)

    worlds = [
        decide(advance, dict(zip(teams, world, strict=True)), scored=True)
        for world in product(*(settled(waiting(one, teams)) for one in teams.values()))
    ]
    for name in teams:
        answers = {world[name][0] for world in worlds}
        assert found[name][0] == (answers.pop() if len(answers) == 1 else None)
