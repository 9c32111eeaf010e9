"""What must not be told: one name for each way in which two worlds can differ, and who may know it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from evaluations.programme.phases import Phase
from evaluations.programme.visibility import Thing, Viewer, Who, may_see


class Secret(StrEnum):
    RULES = "a criterion before the freeze"
    ORIGINAL = "a team's document as it came"
    HITS = "the names found in a copy that is held back"
    HELD_BACK = "the text of a copy that is held back"
    BLIND_TEXT = "the text of a released copy"
    ALIAS = "which team stands behind a code name"
    SEATED = "who sits on a seat"
    WORKPLACE = "where a panelist works"
    CONFLICT = "a panelist's conflict"
    RECUSED = "whether a panelist stepped back"
    DECLARED = "which of her code names had the team a panelist declared"
    PLEDGED = "whether a panelist pledged"
    DRAFT = "what a panelist has typed so far"
    SUBMITTED = "whether a panelist has submitted"
    CONFIRMED = "whether a panelist has confirmed"
    MARK = "a panelist's mark"
    COMMENT = "a panelist's comment"
    FINDING = "a panelist's finding"
    GUESS = "which team a panelist guessed"
    VOID = "why a sheet no longer counts"
    ANSWER = "whose answer citizens read"
    ENROLLED = "how many citizens enrolled"
    BALLOTS = "how many ballots came in"
    CHOICE = "a citizen's choice"
    STARS = "a citizen's stars"
    VOTER = "which ballots are one person's"
    MEASUREMENT = "a measurement"
    COUNTED = "whether the stage was counted"
    TOTAL = "a team's total"
    CRITERIA = "a team's points per criterion"
    SHEETS = "a single sheet in the steps of a count"
    DECISION = "the committee's decision"
    LINE = "the committee's decision at the line"
    ASKED = "what a team was asked to explain, and said"
    OBJECTED = "what a team objected to, and was answered"
    PROPOSED = "what an officer proposed about the count"
    REASON = "why something was done"
    BODY = "what the body of an event says"
    ACCESS = "who looked at personal data"
    LINK = "the link of an invitation"
    SALT = "what opens the seals of a run"


@dataclass(frozen=True)
class Reader:
    """Somebody with a browser. `name` is that of her account in the world."""

    name: str
    who: Who


READERS = {
    reader.name: reader
    for reader in (
        Reader("public", Who.PUBLIC),
        Reader("invited", Who.PUBLIC),  # has the link to a seat, and no account yet
        Reader("citizen", Who.CITIZEN),
        Reader("neighbour", Who.CITIZEN),
        Reader("first", Who.EXPERT),
        Reader("second", Who.EXPERT),
        Reader("stopped", Who.EXPERT),  # declared a conflict after she was given her code names
        Reader("stranger", Who.EXPERT),  # an expert without a seat
        Reader("contact", Who.TEAM),
        Reader("rival", Who.TEAM),
        Reader("officer", Who.OFFICER),
        Reader("auditor", Who.AUDITOR),
    )
}
"""Experts' secrets are the second one's, except for the code names, which are the first one's; citizens' are the citizen's."""


@dataclass(frozen=True)
class Kept:
    """The things through which a secret may be known, and whose it is."""

    things: frozenset[Thing]
    owners: tuple[str, ...] = ()


def _kept(*things: Thing, owner: str = "") -> Kept:
    return Kept(frozenset(things), tuple(owner.split()))


SHEET = (Thing.OWN_SHEET, Thing.OTHER_SHEET)
PANEL = (Thing.OWN_DESK, Thing.OWN_SHEET, Thing.OTHER_SHEET, Thing.PROGRESS, Thing.LEDGER)

KEPT = {
    Secret.RULES: _kept(Thing.METHOD),
    Secret.ORIGINAL: _kept(Thing.ORIGINAL),
    Secret.HITS: _kept(Thing.ORIGINAL),
    Secret.HELD_BACK: _kept(Thing.ORIGINAL),
    Secret.BLIND_TEXT: _kept(Thing.BLIND_FILE, Thing.ORIGINAL, owner="first second"),
    Secret.ALIAS: _kept(Thing.TEAM_BEHIND_ALIAS),
    Secret.SEATED: _kept(Thing.PERSON_BEHIND_SEAT),
    Secret.WORKPLACE: _kept(Thing.PERSON_BEHIND_SEAT, Thing.OWN_INTERESTS, owner="second"),
    Secret.CONFLICT: _kept(Thing.CONFLICT, Thing.LEDGER),
    Secret.RECUSED: _kept(Thing.TEAM_BEHIND_ALIAS, Thing.BLIND_FILE, *PANEL),
    Secret.DECLARED: _kept(Thing.TEAM_BEHIND_ALIAS, Thing.LEDGER, Thing.PROGRESS),
    Secret.PLEDGED: _kept(Thing.PROGRESS, Thing.LEDGER),
    Secret.DRAFT: _kept(Thing.OWN_SHEET, Thing.OWN_DESK, owner="second"),
    Secret.SUBMITTED: _kept(*PANEL, owner="second"),
    Secret.CONFIRMED: _kept(*PANEL, owner="second"),
    Secret.MARK: _kept(*SHEET, owner="second"),
    Secret.COMMENT: _kept(*SHEET, owner="second"),
    Secret.FINDING: _kept(*SHEET, owner="second"),
    Secret.GUESS: _kept(*SHEET, owner="second"),
    Secret.VOID: _kept(),
    Secret.ANSWER: _kept(Thing.TEAM_BEHIND_ANSWER),
    Secret.ENROLLED: _kept(Thing.PROGRESS, Thing.LEDGER),
    Secret.BALLOTS: _kept(Thing.PROGRESS, Thing.LEDGER, Thing.OTHER_BALLOT),
    Secret.CHOICE: _kept(Thing.OWN_BALLOT, Thing.OTHER_BALLOT, owner="citizen"),
    Secret.STARS: _kept(Thing.OWN_BALLOT, Thing.OTHER_BALLOT, owner="citizen"),
    Secret.VOTER: _kept(Thing.OTHER_BALLOT),
    Secret.MEASUREMENT: _kept(Thing.MEASUREMENT),
    Secret.COUNTED: _kept(
        Thing.PROGRESS,
        Thing.COUNT,
        Thing.RESULT,
        Thing.PUBLICATION,
        Thing.OWN_RESULT,
        Thing.LEDGER,
        Thing.HEARING,
        owner="contact",
    ),
    Secret.TOTAL: _kept(Thing.COUNT, Thing.RESULT, Thing.OWN_RESULT, owner="contact"),
    Secret.CRITERIA: _kept(Thing.COUNT, Thing.OWN_RESULT, owner="contact"),
    Secret.SHEETS: _kept(Thing.COUNT),
    Secret.DECISION: _kept(Thing.COUNT),
    Secret.LINE: _kept(Thing.COUNT),
    Secret.ASKED: _kept(Thing.HEARING, owner="contact"),
    Secret.OBJECTED: _kept(Thing.HEARING, owner="contact"),
    Secret.PROPOSED: _kept(Thing.COUNT),
    Secret.REASON: _kept(Thing.LEDGER),
    Secret.BODY: _kept(),
    Secret.ACCESS: _kept(Thing.LEDGER),
    Secret.LINK: _kept(Thing.OWN_INVITATION, owner="invited"),
    Secret.SALT: _kept(Thing.COUNT),
}


CANARIES = {
    "qzxmethod": _kept(Thing.METHOD, Thing.OWN_INTERESTS, owner="first second stopped"),  # teams, models, members
    "qzxoriginal": _kept(Thing.ORIGINAL),
    "qzxblind": _kept(Thing.BLIND_FILE, Thing.ORIGINAL, owner="first second"),
    "qzxfirst": _kept(Thing.PERSON_BEHIND_SEAT, Thing.OWN_INTERESTS, Thing.OWN_ACCOUNT, owner="first"),
    "qzxsecond": _kept(Thing.PERSON_BEHIND_SEAT, Thing.OWN_INTERESTS, Thing.OWN_ACCOUNT, owner="second"),
    "qzxstopped": _kept(Thing.PERSON_BEHIND_SEAT, Thing.OWN_INTERESTS, Thing.OWN_ACCOUNT, owner="stopped"),
    "qzxinvited": _kept(Thing.PERSON_BEHIND_SEAT, Thing.OWN_INVITATION, owner="invited"),
    "qzxperson": _kept(Thing.PERSON_BEHIND_SEAT),
    "qzxdesk": _kept(*SHEET, owner="first"),
    "qzxsheet": _kept(*SHEET, owner="second"),
    "qzxdraft": _kept(Thing.OWN_SHEET, owner="second"),
    "qzxanswer": _kept(Thing.PAPER, Thing.TEAM_BEHIND_ANSWER, owner="citizen neighbour"),
    "qzxmeasured": _kept(Thing.MEASUREMENT),
    "qzxcount": _kept(Thing.COUNT),
    "qzxown": _kept(Thing.COUNT, Thing.OWN_RESULT, owner="contact"),
    "qzxhearing": _kept(Thing.HEARING, owner="contact"),
    "qzxledger": _kept(Thing.LEDGER),
    "qzxlink": _kept(Thing.OWN_INVITATION, owner="invited"),
    "qzxsalt": _kept(Thing.COUNT),
    "qzxbody": _kept(),
    "qzxtag": _kept(),
}
"""Marker words in everything the world is made of, and the things in which they may be met."""


@cache
def may_know(reader: Reader, kept: Kept, phase: Phase, shows: tuple[Thing, ...]) -> bool:
    """May this reader come to know it now, on a page that shows these things?"""
    viewer = Viewer(reader.who, owns=reader.name in kept.owners)
    return any(may_see(viewer, thing, phase) for thing in kept.things.intersection(shows))


@cache
def hidden_at(reader: Reader, phase: Phase, shows: tuple[Thing, ...]) -> frozenset[Secret]:
    """The secrets that must make no difference to this reader on a page that shows these things."""
    return frozenset(secret for secret, kept in KEPT.items() if not may_know(reader, kept, phase, shows))
