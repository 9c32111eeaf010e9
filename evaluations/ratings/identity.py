"""Who a voter is, twice hashed: once for the roll, once for the ballots.

    e-mail ── PERSON_PEPPER ──► person key (roll) ── VOTER_TAG_KEY ──► voter tag (papers, ballots)
           ── VOTER_TAG_KEY ──► account tag (papers)

Key and voter tag are the same for every spelling of a mailbox, so that nobody takes part twice; the account tag is that of the very address.
Where the operator of a mailbox gives `a+b` to somebody else than `a`, the second is not shown what the first said.

Both keys live outside the database and its backups, and each stage has a key of its own derived from them. No column of the tables tells who
is on the roll or which ballots belong to which line of it; once the keys are destroyed, nobody can compute it. What the order of rows in
the files may still give away is said in docs/decisions/0003 and on the privacy page.
"""

import hashlib
import hmac

from django.conf import settings

from evaluations.programme.models import Stage
from portal.accounts.emails import normalise_email, normalise_person
from portal.accounts.models import User


def _keyed(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


def _stage_key(key: str, purpose: str, slug: str) -> bytes:
    """The key of one stage for one purpose; a stage is known by its slug, which never changes once anybody is on its roll."""
    return _keyed(key.encode(), f"{purpose}|{slug}")


def _tag(slug: str, message: str) -> str:
    return _keyed(_stage_key(settings.VOTER_TAG_KEY, "voter tag", slug), message).hex()


def person_key(stage: Stage, user: User) -> str:
    """What the roll knows a person by: the same for every spelling of her e-mail address, different in every stage."""
    return _person_key(stage.slug, user)


def _person_key(slug: str, user: User) -> str:
    return _keyed(_stage_key(settings.PERSON_PEPPER, "person", slug), f"v1|{normalise_person(user.email)}").hex()


def voter_tag(stage: Stage, person_key: str) -> str:
    """What papers and ballots know a voter by."""
    return _tag(stage.slug, f"person|{person_key}")


def voter_tag_of(slug: str, user: User) -> str:
    """The tag of a signed-in person, without asking the database for the stage: a ballot is cast in few questions."""
    return _tag(slug, f"person|{_person_key(slug, user)}")


def account_tag_of(slug: str, user: User) -> str:
    """What papers know an account by: her very address. Who erases her account and comes back with it has the same."""
    return _tag(slug, f"account|{normalise_email(user.email)}")


def voter_tag_for_import(stage: Stage, citizen: str) -> str:
    """The tag of a line of `ratings.csv` or `comparisons.csv`; never that of a person who votes here."""
    return _tag(stage.slug, f"import|{citizen}")
