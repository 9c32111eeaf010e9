"""The phases of a stage: which moves there are, and that the drawing of them is current."""

import pytest
from django.conf import settings

from evaluations.programme.phases import LABELS, LABELS_EN, MOVES, ORDER, Phase, at_least, diagram, may_move, phase_of

ALLOWED = {
    "preparing": ["frozen"],
    "frozen": ["open"],
    "open": ["closed"],
    "closed": ["counted"],
    "counted": ["confirmed", "closed"],
    "confirmed": ["published", "counted"],
    "published": ["final", "counted"],
    "final": [],
}


def reachable(start: Phase) -> set[Phase]:
    found, new = set(), {start}
    while new:
        new = {to for phase in new for to in MOVES[phase]} - found
        found |= new
    return found


def test_the_moves_are_these_and_no_others():
    allowed = {(here, to) for here, targets in ALLOWED.items() for to in targets}

    assert {(here.value, to.value) for here in Phase for to in Phase if may_move(here, to)} == allowed


def test_phases_stand_in_the_order_of_the_procedure():
    assert [phase.value for phase in ORDER] == list(ALLOWED)
    for place, phase in enumerate(ORDER):
        assert [other for other in ORDER if at_least(other, phase)] == ORDER[place:]


def test_a_move_forward_is_one_step():
    for here, targets in MOVES.items():
        forward = [to for to in targets if at_least(to, here)]
        assert forward == ORDER[ORDER.index(here) + 1 :][:1]


def test_nothing_frozen_melts_and_nothing_closed_opens_again():
    for place, phase in enumerate(ORDER):
        assert Phase.FINAL in reachable(phase) or phase is Phase.FINAL
        assert not reachable(phase) & set(ORDER[: min(place + 1, ORDER.index(Phase.CLOSED))])


@pytest.mark.parametrize("odd", ["", "Open", "heaven", "open "])
def test_an_unknown_word_is_an_error(odd):
    with pytest.raises(ValueError, match="is not a valid Phase"):
        phase_of(odd)


def test_a_stored_word_is_its_phase():
    assert [phase_of(word) for word in ALLOWED] == ORDER


def test_every_phase_has_a_name_in_both_languages():
    assert list(LABELS) == list(LABELS_EN) == ORDER
    assert len(set(LABELS.values())) == len(set(LABELS_EN.values())) == len(ORDER)


def test_the_drawing_in_the_documents_is_current():
    text = (settings.BASE_DIR / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert f"```mermaid\n{diagram()}\n```" in text
