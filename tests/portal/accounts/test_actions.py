import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from portal.accounts import actions
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.seconding import SecondNeeded
from portal.audit.models import AccessRecord, Event
from portal.http import Refusal
from tests.factories import accounts, programme
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db


def an_account(**fields) -> User:
    given = {"email": "New@Example.kr ", "role": Role.AUDITOR, "name": "김감사", "password": PASSWORD, "by": None}
    return actions.create_account(**given | fields)


def test_an_account_is_made_with_a_verified_address_and_goes_on_record_without_a_name():
    user = an_account()

    event = Event.objects.get(kind="account created")
    assert (user.email, user.role, user.check_password(PASSWORD)) == ("new@example.kr", Role.AUDITOR, True)
    assert EmailAddress.objects.get(user=user, verified=True, primary=True).email == "new@example.kr"
    assert (event.actor, event.subject_id, json.loads(event.body)["data"]) == ("", user.id, {"role": "auditor"})
    assert "김감사" not in event.body and "example.kr" not in event.body


def test_no_event_has_the_account_of_an_expert():
    """It would stand beside the acceptance of her seat."""
    an_account(role=Role.EXPERT)

    assert Event.objects.count() == 0


def test_one_address_one_account():
    an_account()

    with pytest.raises(Refusal, match="같은 이메일"):
        an_account(email="NEW@example.kr", role=Role.CITIZEN, password=None)

    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["짧은열자아님", "1234567890", "password12", "new@example.kr"])
def test_a_weak_password_is_refused(password):
    with pytest.raises(ValidationError):
        an_account(password=password)

    assert User.objects.count() == 0


def test_only_an_officer_opens_an_account_for_somebody_else():
    with pytest.raises(Refusal, match="담당자만"):
        an_account(by=accounts.an_auditor())

    assert an_account(by=accounts.an_officer()).email == "new@example.kr"


def test_a_team_contact_belongs_to_a_team_and_nobody_else_does():
    with pytest.raises(Refusal, match="맞지 않는 역할"):
        an_account(role=Role.TEAM)
    with pytest.raises(Refusal, match="맞지 않는 역할"):
        an_account(team="a" * 26)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.TEAM])
@pytest.mark.parametrize("email", ["kim@a.kr", "Kim@A.kr.", "kim+2@a.kr"])
def test_who_judges_gets_no_account_of_the_office_or_a_team(role, email):
    accounts.an_expert("kim+x@a.kr")

    with pytest.raises(Refusal, match="평가위원 계정의 이메일과 같은 우편함"):
        an_account(email=email, role=role, team="a" * 26 if role == Role.TEAM else "")

    assert User.objects.count() == 1
    assert an_account(email="kim@b.kr").role == Role.AUDITOR


def test_an_officer_who_judges_by_now_is_not_admitted():
    first, second = accounts.an_officer(), accounts.an_officer("second@example.kr")
    waiting = accounts.an_officer("kim@a.kr", is_active=False)
    accounts.an_expert("kim+x@a.kr")

    with pytest.raises(Refusal, match="같은 우편함"):
        actions.admit(user=waiting, by=first, reason="발령", second=second)

    waiting.refresh_from_db()
    assert not waiting.is_active


def test_the_database_keeps_addresses_in_lower_case():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Big@example.kr")


def test_a_reset_takes_factors_password_and_sessions_and_tells_the_person(django_capture_on_commit_callbacks):
    officer, expert = accounts.an_officer(), accounts.an_expert()
    browser = accounts.sign_in(Client(), expert)
    assert browser.get("/sheets/").status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        actions.reset_access(user=expert, by=officer, reason="휴대전화 분실")

    expert.refresh_from_db()
    (letter,) = mail.outbox
    assert not expert.has_usable_password()
    assert not Authenticator.objects.filter(user=expert).exists()
    assert browser.get("/sheets/").status_code == 302
    assert letter.to == [expert.email]
    assert letter.subject == "[독자 AI 평가 포털] 인증 수단을 초기화하였습니다"
    assert "http://127.0.0.1:8000/accounts/password/reset/" in letter.body
    assert Event.objects.get(kind="access reset").reason == "휴대전화 분실"
    assert AccessRecord.objects.get(action="access reset").whose == expert.id


def test_who_was_reset_sets_a_new_password_by_mail_and_a_new_app(client):
    officer, expert = accounts.an_officer(), accounts.an_expert()
    actions.reset_access(user=expert, by=officer, reason="휴대전화 분실")

    client.post("/accounts/password/reset/", {"email": expert.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    page = client.get("/accounts/" + link.split("/accounts/")[1], follow=True)
    fresh = "새로 정한 비밀번호 12"
    client.post(page.redirect_chain[-1][0], {"password1": fresh, "password2": fresh})
    client.post("/accounts/login/", {"login": expert.email, "password": fresh})

    assert client.get("/sheets/")["Location"] == "/accounts/2fa/totp/?next=/sheets/"


@pytest.mark.parametrize(
    ("who", "reason", "sentence"),
    [
        ("herself", "분실", "다른 담당자가"),
        ("citizen", "분실", "초기화할 것이 없습니다"),
        ("expert", " ", "사유를 적어"),
    ],
)
def test_a_reset_is_refused(who, reason, sentence):
    officer = accounts.an_officer()
    people = {"herself": officer, "citizen": accounts.a_citizen(), "expert": accounts.an_expert()}

    with pytest.raises(Refusal, match=sentence):
        actions.reset_access(user=people[who], by=officer, reason=reason)

    assert Event.objects.count() == 0


@pytest.mark.parametrize("who", ["expert", "auditor", "team"])
def test_two_open_again_what_one_has_closed(who):
    """Whoever watches or objects is not shut out for good by one."""
    first, second = accounts.an_officer(), accounts.an_officer("second@example.kr")
    made = {
        "expert": accounts.an_expert,
        "auditor": accounts.an_auditor,
        "team": lambda: accounts.a_team_contact(programme.a_stage().teams.first()),
    }
    user = made[who]()
    actions.close_account(user=user, by=first, reason="잘못 눌렀다")

    with pytest.raises(SecondNeeded):
        actions.admit(user=user, by=first, reason="다시 연다")
    actions.admit(user=user, by=first, reason="다시 연다", second=second)

    user.refresh_from_db()
    assert (user.is_active, user.has_usable_password()) == (True, False)


def test_an_expert_who_runs_it_by_now_is_not_let_in_again():
    first, second = accounts.an_officer(), accounts.an_officer("second@example.kr")
    expert = accounts.an_expert("kim@a.kr")
    actions.close_account(user=expert, by=first, reason="그만둠")
    User.objects.filter(pk=second.pk).update(email="kim+x@a.kr")

    with pytest.raises(Refusal, match="같은 우편함"):
        actions.admit(user=expert, by=first, reason="다시 연다", second=second)


def test_a_closed_account_is_out_at_once_and_stays_out(client, django_capture_on_commit_callbacks):
    officer, expert = accounts.an_officer(), accounts.an_expert()
    accounts.sign_in(client, expert)

    with django_capture_on_commit_callbacks(execute=True):
        actions.close_account(user=expert, by=officer, reason="위촉 해제")

    assert [(one.to, "두 담당자가 함께 다시 열 수 있습니다" in one.body) for one in mail.outbox] == [
        ([expert.email], True)
    ]

    assert client.get("/sheets/").status_code == 302
    again = Client().post("/accounts/login/", {"login": expert.email, "password": PASSWORD})
    assert again.status_code == 302
    assert again["Location"] == "/accounts/inactive/"
    with pytest.raises(Refusal, match="자기 계정"):
        actions.close_account(user=officer, by=officer, reason="그만둠")
    with pytest.raises(Refusal, match="사유"):
        actions.close_account(user=expert, by=officer, reason="")
    with pytest.raises(Refusal, match="담당자만"):
        actions.close_account(user=expert, by=expert, reason="위촉 해제")
