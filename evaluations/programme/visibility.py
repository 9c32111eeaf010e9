"""Who may see what in which phase. Pure; everything that shows something asks here.

A `Viewer` is a role and whether the thing is the viewer's own; nobody is entitled to anything that
the table does not name.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evaluations.programme.phases import ORDER, Phase, at_least


class Who(StrEnum):
    PUBLIC = "public"
    CITIZEN = "citizen"
    EXPERT = "expert"
    TEAM = "team"
    OFFICER = "officer"
    AUDITOR = "auditor"


class Thing(StrEnum):
    OWN_ACCOUNT = "own_account"  # the name and address somebody signs in with
    METHOD = "method"  # criteria, weights, teams that take part, timetable, digest
    MEASUREMENT = "measurement"  # a value measured elsewhere and taken over
    ORIGINAL = "original"  # a team's document as it came, and the names found in its copy
    OWN_INVITATION = "own_invitation"  # what the link to a seat shows to whoever holds it
    OWN_INTERESTS = "own_interests"  # all teams by name, and her own posts, to declare conflicts
    OWN_DESK = "own_desk"  # a panelist's assignments under her code names
    BLIND_FILE = "blind_file"  # the rebuilt file under a code name
    OWN_SHEET = "own_sheet"  # her own marks and comments
    TEAM_BEHIND_ALIAS = "team_behind_alias"  # which team her code name stands for
    OTHER_SHEET = "other_sheet"  # marks of another panelist, under a neutral label
    PERSON_BEHIND_SEAT = "person_behind_seat"  # who sits on the panel, and where she works
    CONFLICT = "conflict"  # from which teams a seat must keep, and on what ground
    PROGRESS = "progress"  # how many sheets and ballots are in, never what they say
    PAPER = "paper"  # two answers, or one, shown to this voter
    TEAM_BEHIND_ANSWER = "team_behind_answer"  # whose answers those are
    OWN_BALLOT = "own_ballot"  # what this voter answered
    OTHER_BALLOT = "other_ballot"  # what voters answered, never who they are
    COUNT = "count"  # a score run before it is published
    RESULT = "result"  # what the release policy makes public
    PUBLICATION = "publication"  # that a result was made public or withdrawn, when and why
    OWN_RESULT = "own_result"  # what the release policy tells a team of itself
    HEARING = "hearing"  # what a team was asked to explain, what it said and objected to, and what it was answered
    LEDGER = "ledger"  # events and their digests


@dataclass(frozen=True)
class Viewer:
    """A role, and for things that belong to somebody whether they are the viewer's own."""

    who: Who
    owns: bool = False


def _from(phase: Phase) -> frozenset[Phase]:
    return frozenset(p for p in ORDER if at_least(p, phase))


ALWAYS = frozenset(ORDER)
EVERYONE = tuple(Who)
OFFICE = (Who.OFFICER, Who.AUDITOR)
OFFICER_FIRST = {Who.OFFICER: ALWAYS, Who.AUDITOR: _from(Phase.CLOSED)}
"""What an officer has to handle, and an auditor may check once it can no longer reach a judge."""

TABLE: dict[Thing, dict[Who, frozenset[Phase]]] = {
    Thing.OWN_ACCOUNT: dict.fromkeys(EVERYONE, ALWAYS),
    Thing.METHOD: {
        **dict.fromkeys(EVERYONE, _from(Phase.FROZEN)),
        **dict.fromkeys(OFFICE, ALWAYS),
    },
    Thing.MEASUREMENT: OFFICER_FIRST,
    Thing.ORIGINAL: OFFICER_FIRST,
    Thing.OWN_INVITATION: dict.fromkeys(EVERYONE, ALWAYS - _from(Phase.CLOSED)),
    Thing.OWN_INTERESTS: {Who.EXPERT: ALWAYS},
    Thing.OWN_DESK: {Who.EXPERT: _from(Phase.FROZEN)},
    Thing.BLIND_FILE: {Who.EXPERT: _from(Phase.OPEN), **OFFICER_FIRST},
    Thing.OWN_SHEET: {Who.EXPERT: _from(Phase.OPEN)},
    Thing.TEAM_BEHIND_ALIAS: OFFICER_FIRST,
    Thing.OTHER_SHEET: dict.fromkeys(OFFICE, _from(Phase.COUNTED)),
    Thing.PERSON_BEHIND_SEAT: {Who.OFFICER: ALWAYS},
    Thing.CONFLICT: dict.fromkeys(OFFICE, ALWAYS),
    Thing.PROGRESS: dict.fromkeys(OFFICE, ALWAYS),
    Thing.PAPER: {Who.CITIZEN: _from(Phase.OPEN)},
    Thing.TEAM_BEHIND_ANSWER: OFFICER_FIRST,
    Thing.OWN_BALLOT: {Who.CITIZEN: _from(Phase.OPEN)},
    Thing.OTHER_BALLOT: dict.fromkeys(OFFICE, _from(Phase.COUNTED)),
    Thing.COUNT: dict.fromkeys(OFFICE, _from(Phase.COUNTED)),
    Thing.RESULT: dict.fromkeys(EVERYONE, _from(Phase.PUBLISHED)),
    Thing.PUBLICATION: dict.fromkeys(EVERYONE, _from(Phase.CLOSED)),
    Thing.OWN_RESULT: {Who.TEAM: _from(Phase.PUBLISHED)},
    Thing.HEARING: dict.fromkeys((Who.TEAM, *OFFICE), _from(Phase.CLOSED)),
    Thing.LEDGER: dict.fromkeys(OFFICE, ALWAYS),
}

OWNED: dict[Thing, tuple[Who, ...]] = {
    Thing.OWN_ACCOUNT: EVERYONE,
    Thing.OWN_INVITATION: EVERYONE,
    Thing.OWN_INTERESTS: (Who.EXPERT,),
    Thing.OWN_DESK: (Who.EXPERT,),
    Thing.BLIND_FILE: (Who.EXPERT,),
    Thing.OWN_SHEET: (Who.EXPERT,),
    Thing.PAPER: (Who.CITIZEN,),
    Thing.OWN_BALLOT: (Who.CITIZEN,),
    Thing.OWN_RESULT: (Who.TEAM,),
    Thing.HEARING: (Who.TEAM,),
}
"""Things that belong to somebody, and the roles that are shown only what is their own."""


def may_see(viewer: Viewer, thing: Thing, phase: Phase) -> bool:
    """May this viewer see this thing while the stage is in this phase?"""
    if phase not in TABLE[thing].get(viewer.who, frozenset()):
        return False
    return viewer.owns or viewer.who not in OWNED.get(thing, ())


def phases_in_which(who: Who, thing: Thing) -> frozenset[Phase]:
    """All phases in which the role sees the thing; querysets filter by it."""
    return TABLE[thing].get(who, frozenset())


def who_is(user: Any) -> Who:
    """The viewer that a request's user is; whoever is not signed in is the public."""
    return Who(user.role) if user.is_authenticated else Who.PUBLIC


def commands_may_show(thing: Thing, phase: Phase) -> bool:
    """May a command of the server print it? What an officer sees, and all that a stage holds while it is being prepared:
    nobody has judged in it yet, and whoever runs the commands loaded it from files."""
    return phase is Phase.PREPARING or may_see(Viewer(Who.OFFICER), thing, phase)
