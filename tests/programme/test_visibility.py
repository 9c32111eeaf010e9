"""Who may see what in which phase: the whole table, written down a second time."""

import pytest
from django.contrib.auth.models import AnonymousUser

from evaluations.programme.phases import ORDER
from evaluations.programme.visibility import (
    TABLE,
    Thing,
    Viewer,
    Who,
    commands_may_show,
    may_see,
    phases_in_which,
    who_is,
)
from portal.accounts.models import User
from portal.accounts.roles import Role

EXPECTED = """
                    public    citizen   expert    team      officer   auditor
own_account         oooooooo  oooooooo  oooooooo  oooooooo  oooooooo  oooooooo
method              .xxxxxxx  .xxxxxxx  .xxxxxxx  .xxxxxxx  xxxxxxxx  xxxxxxxx
measurement         ........  ........  ........  ........  xxxxxxxx  ...xxxxx
original            ........  ........  ........  ........  xxxxxxxx  ...xxxxx
own_invitation      ooo.....  ooo.....  ooo.....  ooo.....  ooo.....  ooo.....
own_interests       ........  ........  oooooooo  ........  ........  ........
own_desk            ........  ........  .ooooooo  ........  ........  ........
blind_file          ........  ........  ..oooooo  ........  xxxxxxxx  ...xxxxx
own_sheet           ........  ........  ..oooooo  ........  ........  ........
team_behind_alias   ........  ........  ........  ........  xxxxxxxx  ...xxxxx
other_sheet         ........  ........  ........  ........  ....xxxx  ....xxxx
person_behind_seat  ........  ........  ........  ........  xxxxxxxx  ........
conflict            ........  ........  ........  ........  xxxxxxxx  xxxxxxxx
progress            ........  ........  ........  ........  xxxxxxxx  xxxxxxxx
paper               ........  ..oooooo  ........  ........  ........  ........
team_behind_answer  ........  ........  ........  ........  xxxxxxxx  ...xxxxx
own_ballot          ........  ..oooooo  ........  ........  ........  ........
other_ballot        ........  ........  ........  ........  ....xxxx  ....xxxx
count               ........  ........  ........  ........  ....xxxx  ....xxxx
result              ......xx  ......xx  ......xx  ......xx  ......xx  ......xx
publication         ...xxxxx  ...xxxxx  ...xxxxx  ...xxxxx  ...xxxxx  ...xxxxx
own_result          ........  ........  ........  ......oo  ........  ........
hearing             ........  ........  ........  ...ooooo  ...xxxxx  ...xxxxx
ledger              ........  ........  ........  ........  xxxxxxxx  xxxxxxxx
"""
"""A letter per phase, from preparing to final: x sees it, o sees it where it is her own, a dot does not see it."""


def table() -> dict[tuple[str, str], str]:
    head, *lines = EXPECTED.strip("\n").splitlines()
    return {
        (thing, role): letters
        for thing, *columns in map(str.split, lines)
        for role, letters in zip(head.split(), columns, strict=True)
    }


def test_the_table_names_everything_and_everybody():
    assert set(table()) == {(thing.value, who.value) for thing in Thing for who in Who}
    assert set(TABLE) == set(Thing)


@pytest.mark.parametrize("who", Who)
@pytest.mark.parametrize("thing", Thing)
def test_who_sees_what_in_which_phase(thing, who):
    def letter(phase) -> str:
        if may_see(Viewer(who), thing, phase):
            return "x"
        return "o" if may_see(Viewer(who, owns=True), thing, phase) else "."

    assert "".join(map(letter, ORDER)) == table()[thing.value, who.value]


@pytest.mark.parametrize("who", Who)
@pytest.mark.parametrize("thing", Thing)
def test_a_list_is_filtered_by_the_same_phases(thing, who):
    letters = table()[thing.value, who.value]

    assert phases_in_which(who, thing) == {phase for phase, letter in zip(ORDER, letters, strict=True) if letter != "."}


@pytest.mark.parametrize(
    ("thing", "letters"),
    [
        (Thing.COUNT, "x...xxxx"),
        (Thing.OTHER_BALLOT, "x...xxxx"),
        (Thing.MEASUREMENT, "xxxxxxxx"),
        (Thing.PAPER, "x......."),
    ],
)
def test_a_command_shows_what_an_officer_sees_and_what_was_loaded_from_files(thing, letters):
    assert "".join("x" if commands_may_show(thing, phase) else "." for phase in ORDER) == letters


def test_every_role_is_a_viewer_and_no_account_is_the_public():
    assert {who_is(User(role=role)) for role in Role} == {who_is(User(role=role.value)) for role in Role}
    assert {who_is(User(role=role)) for role in Role} == set(Who) - {Who.PUBLIC}
    assert who_is(AnonymousUser()) is Who.PUBLIC
