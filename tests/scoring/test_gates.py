"""The gate beside the points: tallies per component and item, and who decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring import Rules
from evaluations.scoring.gates import set_aside, tally, verdict
from tests.factories.scoring import config, gate
from tests.factories.scoring import given as a_given

CELLS = [("model", "weights"), ("encoder", "weights")]
findings = st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(["met", "not_met", "cannot_judge"])))


def the_gate(decided_by="committee"):
    return Rules.from_config(config(a_given("all", 10), gate=gate("model", "encoder", decided_by=decided_by))).gate


def decided(decided_by, *said, decision=None):
    asked = the_gate(decided_by)
    return verdict(asked, tally(asked, [(*cell, finding) for cell, finding in said]), decision)


def everybody(*, model, encoder):
    """Findings from words like `met met not_met`."""
    words = {CELLS[0]: model.split(), CELLS[1]: encoder.split()}
    return [(cell, word) for cell, several in words.items() for word in several]


def test_an_item_may_be_asked_of_some_components_only():
    asked = gate("model", "encoder", items=("weights", "control"))
    asked["items"][1]["components"] = ["model"]

    found = Rules.from_config(config(a_given("all", 10), gate=asked)).gate

    assert found.cells() == [("model", "weights"), ("encoder", "weights"), ("model", "control")]


def test_findings_are_tallied_cell_by_cell():
    said = everybody(model="met met cannot_judge", encoder="not_met")

    assert tally(the_gate(), [(*cell, finding) for cell, finding in said]) == {
        CELLS[0]: {"met": 2, "not_met": 0, "cannot_judge": 1}, CELLS[1]: {"met": 0, "not_met": 1, "cannot_judge": 0},
    }  # fmt: skip


@pytest.mark.parametrize(("decision", "gate"), [(None, "pending"), ("met", "met"), ("not_met", "not_met")])
def test_a_committee_decides_whatever_the_tallies_say(decision, gate):
    assert decided("committee", *everybody(model="not_met", encoder="not_met"), decision=decision) == gate


@pytest.mark.parametrize(
    ("model", "encoder", "gate"),
    [
        ("met met not_met", "met", "met"),
        ("met met", "not_met not_met met", "not_met"),
        ("met not_met", "met", "pending"),
        ("met", "", "pending"),
        ("met", "cannot_judge cannot_judge", "pending"),
        ("met not_met", "not_met", "not_met"),
        ("met cannot_judge cannot_judge cannot_judge", "met", "met"),
    ],
)
def test_a_majority_of_those_who_judged_decides_each_cell(model, encoder, gate):
    assert decided("majority", *everybody(model=model, encoder=encoder)) == gate


@pytest.mark.parametrize("decision", ["met", "not_met"])
def test_the_committee_settles_a_draw(decision):
    assert decided("majority", *everybody(model="met not_met", encoder="met"), decision=decision) == decision


def test_the_committee_does_not_overrule_a_majority():
    assert decided("majority", *everybody(model="met", encoder="met"), decision="not_met") == "met"
    assert decided("majority", *everybody(model="not_met", encoder="met"), decision="met") == "not_met"


@pytest.mark.parametrize(
    ("decided_by", "encoder", "decision", "aside"),
    [
        ("majority", "met", "not_met", True),
        ("majority", "not_met", "met", True),
        ("majority", "met", "met", False),
        ("majority", "met", None, False),
        ("majority", "cannot_judge", "not_met", False),
        ("majority", "met not_met", "not_met", False),
        ("committee", "met", "not_met", False),
    ],
)
def test_a_decision_is_set_aside_where_a_majority_decided_otherwise(decided_by, encoder, decision, aside):
    asked = the_gate(decided_by)
    said = [(*cell, word) for cell, word in everybody(model="met", encoder=encoder)]

    assert set_aside(asked, tally(asked, said), decision) is aside


@given(findings, st.randoms())
def test_the_order_of_findings_does_not_matter(said, random):
    shuffled = random.sample(said, len(said))

    assert decided("majority", *shuffled) == decided("majority", *said)


@given(findings)
def test_one_more_finding_of_met_never_hurts(said):
    order = ["not_met", "pending", "met"]

    for cell in CELLS:
        assert order.index(decided("majority", *said, (cell, "met"))) >= order.index(decided("majority", *said))
