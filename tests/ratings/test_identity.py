"""Who a voter is: one key per person and stage, one tag per key, and nothing in between without the server's keys."""

import pytest

from evaluations.programme.models import Stage
from evaluations.ratings import identity
from portal.accounts.models import User


@pytest.fixture(autouse=True)
def keys(settings):
    settings.PERSON_PEPPER = "pepper of the test"
    settings.VOTER_TAG_KEY = "tag key of the test"


STAGE = Stage(slug="stage-2")
CITIZEN = User(email="citizen@example.kr")

SPELLINGS = [
    "citizen@example.kr", "Citizen@Example.KR", " citizen@example.kr ", "citizen+vote@example.kr", "citizen+a+b@example.kr",
    "ｃｉｔｉｚｅｎ@example.kr", "citizen@example.kr.",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_mailbox_is_one_person_however_it_is_spelt(spelling):
    assert identity.person_key(STAGE, User(email=spelling)) == identity.person_key(STAGE, CITIZEN)


@pytest.mark.parametrize(
    ("spelling", "same"),
    [("Citizen@Example.KR", True), (" citizen@example.kr ", True), ("citizen+vote@example.kr", False)],
)
def test_one_address_is_one_account_and_a_tag_behind_a_plus_is_another(spelling, same):
    assert (
        identity.account_tag_of("stage-2", User(email=spelling)) == identity.account_tag_of("stage-2", CITIZEN)
    ) is same


def test_the_tag_of_an_account_is_another_in_every_stage_and_not_that_of_the_voter():
    tags = {identity.account_tag_of(slug, CITIZEN) for slug in ("stage-2", "stage-3")}

    assert len(tags | {identity.voter_tag_of("stage-2", CITIZEN)}) == 3


def test_key_and_tag_are_fixed_by_keys_stage_and_person():
    key = identity.person_key(STAGE, CITIZEN)

    assert key == "c79fc9e65cef011b8ef6b10cd40bac9b7cbc95d71c9c971b2107ad267e6223e5"
    assert identity.voter_tag(STAGE, key) == "bdf92ae2f90c28346f7dd94870035bb581b86c5b8188d194d4241cb1d395e9a4"


def test_another_stage_knows_the_same_person_by_another_key_and_tag():
    other = Stage(slug="stage-3")
    key, other_key = identity.person_key(STAGE, CITIZEN), identity.person_key(other, CITIZEN)

    assert key != other_key
    assert identity.voter_tag(STAGE, key) != identity.voter_tag(other, key)


def test_the_short_way_gives_the_same_tag():
    assert identity.voter_tag_of("stage-2", CITIZEN) == identity.voter_tag(STAGE, identity.person_key(STAGE, CITIZEN))


def test_key_and_tag_depend_on_their_own_secret_only(settings):
    key = identity.person_key(STAGE, CITIZEN)
    tag = identity.voter_tag(STAGE, key)

    settings.VOTER_TAG_KEY = "another tag key"
    assert identity.person_key(STAGE, CITIZEN) == key
    assert identity.voter_tag(STAGE, key) != tag

    settings.PERSON_PEPPER = "another pepper"
    assert identity.person_key(STAGE, CITIZEN) != key


def test_an_imported_citizen_is_never_somebody_who_votes_here():
    tags = {
        identity.voter_tag_for_import(STAGE, name)
        for name in ("c1", "c2", "citizen@example.kr", identity.person_key(STAGE, CITIZEN))
    }

    assert len(tags) == 4
    assert identity.voter_tag_of("stage-2", CITIZEN) not in tags
    assert identity.voter_tag_for_import(STAGE, "c1") == identity.voter_tag_for_import(STAGE, "c1")


def test_neither_key_nor_tag_holds_what_it_was_made_from():
    key = identity.person_key(STAGE, CITIZEN)

    assert {len(key), len(identity.voter_tag(STAGE, key))} == {64}
    assert "citizen" not in key + identity.voter_tag(STAGE, key)
