"""Whether a seat's pledge holds is one rule, whoever asks: the list of seats, the page of the stage, and the assigning."""

import pytest

from evaluations.panels import actions, pledge
from evaluations.panels.models import Panelist
from evaluations.proceedings import progress
from evaluations.programme.phases import Phase
from tests.factories import accounts, panels, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    """The rules were amended once: 위원 01 never signed, 위원 02 before, 위원 03 after."""
    stage = programme.a_stage()
    programme.a_round(stage)
    programme.in_phase(stage, Phase.FROZEN)
    programme.a_configuration(stage)
    first, second, third = (accounts.an_expert(f"e{number}@example.kr") for number in (1, 2, 3))
    panels.a_panelist(stage, first, pledged=False)
    panels.a_panelist(stage, second)
    programme.a_configuration(stage, version=2, reason="오탈자를 고침")
    panels.a_panelist(stage, third)
    return stage


@pytest.mark.parametrize(
    ("phase", "signed"),
    [
        (Phase.FROZEN, ["위원 03"]),
        (Phase.OPEN, ["위원 03"]),
        (Phase.CLOSED, ["위원 02", "위원 03"]),
        (Phase.PUBLISHED, ["위원 02", "위원 03"]),
    ],
)
def test_everybody_who_asks_whether_a_pledge_holds_hears_the_same(stage, phase, signed):
    """Once all is closed nobody can sign, and what she signed before holds."""
    programme.in_phase(stage, phase)
    seats = Panelist.objects.of_stage(stage)

    assert [str(seat) for seat in seats.filter(pledge.holds("pk"))] == signed
    assert [str(seat) for seat in seats if pledge.pledged(seat)] == signed
    assert progress.panel(stage).pledged == len(signed)
    assert [str(seat) for seat in actions.would_assign(stage=stage, seats=seats)] == signed


def test_before_there_are_rules_nobody_has_pledged():
    stage = programme.a_stage()
    seat = Panelist.objects.create(stage=stage, label="위원 01")

    assert not pledge.pledged(seat)
    assert progress.panel(stage).pledged == 0
    assert actions.would_assign(stage=stage, seats=Panelist.objects.of_stage(stage)) == {}
