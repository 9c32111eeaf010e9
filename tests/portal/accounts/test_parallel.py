"""Two at once over one address, on the real database with its own locks."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from portal.accounts.actions import LAST_FACTOR, create_account, remove_passkey
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.http import Refusal
from tests.committed import at_once, let_evidence_be_flushed, while_another
from tests.factories import accounts

pytestmark = pytest.mark.django_db(transaction=True)
let_evidence_be_flushed()

EMAIL = "prof@example.kr"


@pytest.fixture
def typed() -> User:
    return accounts.an_unproven_citizen(EMAIL)


def an_expert() -> User:
    return create_account(email=EMAIL, role=Role.EXPERT, name="김평가", password=None, by=None)


def test_of_many_accounts_for_a_typed_address_one_is_opened(typed):
    answers = at_once(*[an_expert] * 6)

    opened = [answer for answer in answers if isinstance(answer, User)]
    assert opened == [User.objects.get()]
    assert len([answer for answer in answers if isinstance(answer, Refusal)]) == 5
    assert EmailAddress.objects.get().user == opened[0]


def test_whoever_enters_her_code_at_this_moment_keeps_her_account(typed):
    answer = while_another(lambda: EmailAddress.objects.update(verified=True), an_expert)

    assert isinstance(answer, Refusal)
    assert User.objects.get() == typed
    assert EmailAddress.objects.get().verified


def test_of_two_last_passkeys_removed_at_once_one_stays():
    expert = accounts.an_expert(factor=False)
    kept = [Authenticator.objects.create(user=expert, type="webauthn", data={"name": name}) for name in ("하나", "둘")]

    answers = at_once(*[lambda one=one: remove_passkey(passkey=one, by=expert) for one in kept])

    assert [str(answer) for answer in answers if isinstance(answer, Refusal)] == [LAST_FACTOR]
    assert Authenticator.objects.count() == 1
