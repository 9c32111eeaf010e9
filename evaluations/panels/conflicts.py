"""Grounds for keeping a panelist from a team, as rules over facts. Pure.

The grounds follow Article 27(3) of the Enforcement Decree of the National R&D Innovation Act. Where
somebody works is compared by name, so names are first brought to one form: 엘지 and LG, ㈜ and
주식회사, 대학교 and 대 are the same; everything else needs an alias.
"""

import re
import unicodedata
from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from evaluations.programme.names import LEGAL_FORMS, SPELLED


class Ground(StrEnum):
    RESEARCHER = "researcher"
    RELATIVE = "relative"
    MUTUAL = "mutual"
    SAME_UNIT = "same_unit"
    UNIT_UNKNOWN = "unit_unknown"
    SAME_ORGANISATION = "same_organisation"
    OFFICIAL = "official"
    OTHER = "other"


NEVER_WAIVED = frozenset({Ground.RESEARCHER})
"""Article 27(4) lets every other ground be lifted where no other expert can be found."""


@dataclass(frozen=True)
class Policy:
    """Which grounds exclude, and how long a former post still counts.

    The decree asks for the lowest unit only; where it is not known, it cannot be ruled out. `authorities` are the ministry and the agencies that run the programme.
    """

    excluding: frozenset[Ground]
    lookback_years: int
    authorities: tuple[str, ...]


AUTHORITIES = (
    "과학기술정보통신부", "과기정통부", "정보통신산업진흥원", "NIPA", "정보통신기획평가원", "IITP",
    "한국지능정보사회진흥원", "NIA", "한국정보통신기술협회", "TTA",
)  # fmt: skip

DECREE = Policy(frozenset(Ground) - {Ground.SAME_ORGANISATION}, lookback_years=3, authorities=AUTHORITIES)


@dataclass(frozen=True)
class Post:
    """Where a panelist works or worked."""

    organisation: str
    unit: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Membership:
    """An organisation that is part of a team, under all its names."""

    team: str
    names: tuple[str, ...]
    unit: str = ""
    since: date | None = None
    until: date | None = None


class Silent(StrEnum):
    """Who did not name the unit that would rule a conflict out."""

    POST = "post"
    MEMBER = "member"


@dataclass(frozen=True)
class Finding:
    """A ground that the facts give, the organisation it rests on, and for `UNIT_UNKNOWN` whose unit is not known."""

    team: str
    ground: Ground
    organisation: str = ""
    silent: Silent | None = None


def one_form(name: str) -> str:
    """The form in which spellings of one organisation meet."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"[\W_]+", "", LEGAL_FORMS.sub(" ", text))
    text = "".join(SPELLED.get(letter, letter) for letter in text).replace("씨", "시").replace("알", "아르")
    return re.sub(r"대학교$", "대", text) or re.sub(r"\s+", "", name)


def _years_after(day: date, years: int) -> date:
    """The same day years later; where there is none, the last of the month (Civil Act, Article 160(3))."""
    leaps = (day.month, day.day) == (2, 29) and not isleap(day.year + years)
    return day.replace(year=day.year + years, day=28 if leaps else day.day)


def _lasts(one: Post | Membership, on: date) -> bool:
    """The last day is still a day on which somebody works there, or an organisation belongs to the team."""
    return one.until is None or one.until >= on


def _still_counts(post: Post, on: date, lookback_years: int) -> bool:
    return _lasts(post, on) or _years_after(post.until, lookback_years) >= on


def _by_post(post: Post, membership: Membership) -> Finding | None:
    """A member named without a unit takes part as a whole; a post without one cannot rule the unit out."""
    if one_form(post.organisation) not in {one_form(name) for name in membership.names}:
        return None
    team, name = membership.team, membership.names[0]
    if not membership.unit.strip():
        return Finding(team, Ground.UNIT_UNKNOWN, name, Silent.MEMBER)
    if not post.unit.strip():
        return Finding(team, Ground.UNIT_UNKNOWN, name, Silent.POST)
    same = one_form(post.unit) == one_form(membership.unit)
    return Finding(team, Ground.SAME_UNIT if same else Ground.SAME_ORGANISATION, name)


def findings(
    posts: Iterable[Post], memberships: Iterable[Membership], *, on: date, policy: Policy = DECREE,
    researcher_of: frozenset[str] = frozenset(), teams: Iterable[str] = (),
) -> list[Finding]:  # fmt: skip
    """Every ground that the facts give for each team, excluding or not, without doubles.

    `researcher_of` names the teams the person said she does research for: such a person judges no
    other team of the same evaluation either.
    """
    posts = [post for post in posts if _still_counts(post, on, policy.lookback_years)]
    memberships = list(memberships)
    every_team = list(dict.fromkeys([*teams, *(m.team for m in memberships)]))
    found: list[Finding] = []
    for membership in memberships:
        if not _lasts(membership, on):
            continue
        for post in posts:
            if finding := _by_post(post, membership):
                found.append(finding)
    authorities = {one_form(name) for name in policy.authorities}
    if any(one_form(post.organisation) in authorities and _lasts(post, on) for post in posts):
        found += [Finding(team, Ground.OFFICIAL) for team in every_team]
    for team in every_team if researcher_of else ():
        found.append(Finding(team, Ground.RESEARCHER if team in researcher_of else Ground.MUTUAL))
    return list({(f.team, f.ground): f for f in found}.values())


def excluding(found: Iterable[Finding], policy: Policy = DECREE) -> list[Finding]:
    """Those that keep the person away; the rest is told to the office and decided there."""
    return [finding for finding in found if finding.ground in policy.excluding]
