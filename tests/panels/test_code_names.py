"""Code names and places as a draw: over many seats nothing joins one panelist's to another's, to a team, or to her own next round.

The draws come from a seed, so these tests cannot fail by chance. A chi-square statistic is held against the value that pure chance passes
once in a million, and that it catches what is not chance is shown on draws that are not.
"""

import secrets
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from random import Random

import pytest

from evaluations.panels import actions
from evaluations.panels.models import Assignment
from evaluations.programme.phases import Phase
from tests.factories import accounts, panels, programme

pytestmark = pytest.mark.django_db

SEATS = 200
TEAMS = 4
ONCE_IN_A_MILLION = {3: 30.7, 9: 45.1}
"""By degrees of freedom."""


@pytest.fixture
def draws(monkeypatch) -> list[dict[str, list[tuple[str, int]]]]:
    """Per seat and round the code name and the place of each team, teams in the same order everywhere."""
    seeded = Random("code names")
    monkeypatch.setattr(secrets, "SystemRandom", lambda: seeded)
    stage = programme.a_stage()
    rounds = [programme.a_round(stage, "document"), programme.a_round(stage, "presentation", counts=False)]
    programme.a_configuration(stage)
    programme.in_phase(stage, Phase.FROZEN)
    officer = accounts.an_officer()
    for _number in range(SEATS):
        seat = panels.a_panelist(stage)
        panels.a_pledge(seat)
        for round in rounds:
            actions.assign(panelist=seat, round=round, by=officer)
    found: dict[str, dict[str, list[tuple[str, int]]]] = {}
    for seat, round, alias, place in Assignment.objects.order_by("panelist__label", "team__position").values_list(
        "panelist", "round__key", "alias", "position"
    ):
        found.setdefault(seat, {}).setdefault(round, []).append((alias, place))
    return list(found.values())


def dependence(pairs: Iterable[tuple[object, object]]) -> float:
    """Pearson's chi-square of a table of two variables with four values each: 9 degrees of freedom."""
    cells = Counter(pairs)
    rows, columns = Counter(), Counter()
    for (row, column), number in cells.items():
        rows[row] += number
        columns[column] += number
    total = cells.total()
    expected = {(row, column): rows[row] * columns[column] / total for row in rows for column in columns}
    return sum((cells[cell] - number) ** 2 / number for cell, number in expected.items())


def unevenness(values: Iterable[object]) -> float:
    """Pearson's chi-square of four values against equal shares: 3 degrees of freedom."""
    counts = Counter(values)
    expected = counts.total() / TEAMS
    return sum((number - expected) ** 2 / expected for number in counts.values())


def test_code_names_and_places_are_drawn_anew_for_every_seat_and_round(draws):
    document = [seat["document"] for seat in draws]
    presentation = [seat["presentation"] for seat in draws]

    assert all(sorted(place for _alias, place in seat) == [1, 2, 3, 4] for seat in document + presentation)
    assert all({alias for alias, _place in seat} == set("가나다라") for seat in document + presentation)
    for team in range(TEAMS):
        aliases, places = ([seat[team][what] for seat in document] for what in (0, 1))
        assert unevenness(aliases) < ONCE_IN_A_MILLION[3]
        assert unevenness(places) < ONCE_IN_A_MILLION[3]
        assert dependence(zip(aliases, places, strict=True)) < ONCE_IN_A_MILLION[9]
        assert dependence(pairwise(aliases)) < ONCE_IN_A_MILLION[9]
        assert dependence(pairwise(places)) < ONCE_IN_A_MILLION[9]
        next_round = [seat[team][0] for seat in presentation]
        assert dependence(zip(aliases, next_round, strict=True)) < ONCE_IN_A_MILLION[9]
    for one in range(TEAMS):
        for other in range(TEAMS):
            shared = ((left[one][0], right[other][0]) for left, right in pairwise(document))
            assert dependence(shared) < ONCE_IN_A_MILLION[9]


def test_what_is_not_chance_would_be_seen():
    """A shared permutation, one that is only turned from seat to seat, and one that favours a team's own place."""
    random = Random("not chance")
    alone = [random.choice("가나다라") for _seat in range(SEATS)]
    turned = ["가나다라"[number % TEAMS] for number in range(SEATS)]
    favoured = [letter if random.random() < 0.3 else "가" for letter in alone]

    assert dependence(zip(alone, alone, strict=True)) > ONCE_IN_A_MILLION[9]
    assert dependence(pairwise(turned)) > ONCE_IN_A_MILLION[9]
    assert unevenness(favoured) > ONCE_IN_A_MILLION[3]
    assert dependence(pairwise(alone)) < ONCE_IN_A_MILLION[9]
