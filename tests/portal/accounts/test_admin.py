"""Accounts in the office: opened, reset, closed, on record; citizens are nobody's business here."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from portal.accounts import actions
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.models import AccessRecord, Event
from portal.http import Refusal
from tests.factories import accounts
from tests.factories.proceedings import approved
from tests.factories.programme import a_stage
from tests.office import Page

pytestmark = pytest.mark.django_db

LIST = "admin:accounts_user_changelist"


@pytest.fixture
def officer(client):
    officer = accounts.an_officer()
    accounts.sign_in(client, officer)
    return officer


def shown(client) -> set[str]:
    return {user.email for user in client.get(reverse(LIST)).context["cl"].queryset}


def test_an_officer_sees_who_works_here_and_no_citizen(client, officer):
    accounts.a_citizen()
    accounts.an_expert()
    accounts.a_team_contact(a_stage().teams.first())

    assert shown(client) == {"officer@example.kr", "expert@example.kr", "contact-lg@example.kr"}


def test_an_auditor_sees_who_runs_the_evaluation_only(client):
    expert = accounts.an_expert()
    accounts.an_officer()
    accounts.sign_in(client, accounts.an_auditor())

    assert shown(client) == {"officer@example.kr", "auditor@example.kr"}
    assert client.get(reverse("admin:accounts_user_change", args=[expert.pk])).status_code == 302
    for verb in ("reset", "close"):
        path = reverse(f"admin:accounts_user_{verb}", args=[expert.pk])
        assert (client.get(path).status_code, client.post(path, {"reason": "x"}).status_code) == (403, 403)
    assert client.post(reverse("admin:accounts_user_open"), {}).status_code == 403


def test_looking_at_accounts_is_on_record(client, officer):
    client.get(reverse(LIST))
    client.get(reverse("admin:accounts_user_change", args=[officer.pk]))
    client.get(reverse("admin:accounts_user_change", args=["x" * 300]))

    assert list(AccessRecord.objects.order_by("at").values_list("actor", "action", "whose", "source")) == [
        (officer.pk, "accounts listed", "", "127.0.0.1"),
        (officer.pk, "accounts listed", officer.pk, "127.0.0.1"),
    ]


@pytest.mark.parametrize("page", ["change", "history", "reset", "close"])
def test_every_page_about_one_account_is_on_record(client, officer, page):
    """Each of them shows the name."""
    expert = accounts.an_expert(name="qzx김평가")

    shown = client.get(reverse(f"admin:accounts_user_{page}", args=[expert.pk])).content.decode()

    assert "qzx김평가" in shown
    assert [look.whose for look in AccessRecord.objects.all()] == [expert.pk]


def test_no_secret_is_on_any_page(client, officer):
    pages = [reverse(LIST), reverse("admin:accounts_user_change", args=[officer.pk])]

    for path in pages:
        page = client.get(path).content.decode()
        assert officer.password not in page
        assert accounts.TOTP_SECRET not in page


def test_an_account_is_opened_and_told_by_mail(client, officer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = Page(client, reverse("admin:accounts_user_open")).send(
            email="New@Example.kr", name="새 담당자", role="officer", reason="인사 발령"
        )
    waiting = User.objects.get(email="new@example.kr")
    assert (waiting.is_active, mail.outbox) == (False, [])
    with django_capture_on_commit_callbacks(execute=True):
        approved()

    assert answer.status_code == 302
    opened = User.objects.get(email="new@example.kr")
    assert (opened.role, opened.has_usable_password(), opened.name) == (Role.OFFICER, False, "새 담당자")
    assert opened.is_active
    (told,) = mail.outbox
    assert told.to == ["new@example.kr"]
    assert "/accounts/password/reset/" in told.body
    assert Event.objects.get(kind="account created").actor == officer.pk


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"email": "officer@example.kr", "name": "또", "role": "officer", "reason": "발령"}, 403),
        ({"email": "x@example.kr", "name": "또", "role": "officer", "reason": " "}, 422),
        ({"email": "no address", "name": "또", "role": "officer"}, 422),
        ({"email": "x@example.kr", "name": "", "role": "officer"}, 422),
        ({"email": "x@example.kr", "name": "또", "role": "expert"}, 422),
        ({"email": "x@example.kr", "name": "또", "role": "citizen"}, 422),
    ],
)
def test_a_wrong_account_is_not_opened_and_nothing_typed_is_lost(client, officer, fields, status):
    answer = client.post(reverse("admin:accounts_user_open"), fields)

    assert answer.status_code == status
    assert f'value="{fields["email"]}"' in answer.content.decode()
    assert User.objects.count() == 1


def test_an_officer_at_the_mailbox_of_an_expert_is_refused_and_nothing_typed_is_lost(client, officer):
    accounts.an_expert("kim+x@a.kr")

    fields = {"email": "kim@a.kr", "name": "김겸임", "role": "officer", "reason": "발령"}
    answer = client.post(reverse("admin:accounts_user_open"), fields)

    page = answer.content.decode()
    assert (answer.status_code, User.objects.filter(email="kim@a.kr").exists()) == (403, False)
    assert "평가위원 계정의 이메일과 같은 우편함입니다." in page
    assert all(word in page for word in ('value="kim@a.kr"', 'value="김겸임"', "발령"))


def test_experts_and_citizens_do_not_get_accounts_from_the_office(officer):
    for role in (Role.EXPERT, Role.CITIZEN):
        with pytest.raises(Refusal):
            actions.open_account(email="x@example.kr", role=role, name="이름", by=officer)


def test_a_lost_phone_is_helped_with_and_told(client, officer, django_capture_on_commit_callbacks):
    expert = accounts.an_expert()
    with django_capture_on_commit_callbacks(execute=True):
        answer = Page(client, reverse("admin:accounts_user_reset", args=[expert.pk])).send(reason="전화기를 잃어버림")

    expert.refresh_from_db()
    assert answer.status_code == 302
    assert (expert.has_usable_password(), Authenticator.objects.filter(user=expert).count()) == (False, 0)
    assert mail.outbox[0].to == [expert.email]
    assert AccessRecord.objects.get(action="access reset").source == "127.0.0.1"


def test_an_account_is_closed_for_a_reason_and_not_ones_own(client, officer):
    auditor = accounts.an_auditor()

    Page(client, reverse("admin:accounts_user_close", args=[auditor.pk])).send(reason="자리를 옮김")
    own = client.post(reverse("admin:accounts_user_close", args=[officer.pk]), {"reason": "나"})
    without = client.post(reverse("admin:accounts_user_close", args=[auditor.pk]), {"reason": " "})

    auditor.refresh_from_db()
    officer.refresh_from_db()
    assert (auditor.is_active, officer.is_active) == (False, True)
    assert (own.status_code, without.status_code) == (403, 422)


def test_a_team_gets_its_contact_on_its_own_page(client, officer):
    team = a_stage().teams.get(slug="lg")

    Page(client, reverse("admin:programme_team_contact", args=[team.pk])).send(email="lg@example.kr", name="팀 사람")

    contact = User.objects.get(email="lg@example.kr")
    assert (contact.role, contact.team) == (Role.TEAM, team.pk)
