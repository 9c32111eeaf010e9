"""A citizen opens an account and comes back: a code by mail, the same answer for everybody who asks."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from portal.accounts.actions import create_account, purge_unproven
from portal.accounts.models import Consent, User
from portal.accounts.roles import Role
from portal.accounts.tasks import purge
from portal.audit.models import Event
from portal.celery import app
from portal.http import Refusal
from tests.factories.accounts import a_citizen
from tests.language import HANGUL, korean_in_main
from tests.page import Page

pytestmark = pytest.mark.django_db

SIGN_UP, CONFIRM = "/accounts/signup/", "/accounts/confirm-email/"
SIGN_IN, SIGN_IN_CONFIRM = "/accounts/login/code/", "/accounts/login/code/confirm/"
ADDRESS, WAY = "new@example.kr", "/take-part/stage-2/enrol/"
AND_ON = "next=%2Ftake-part%2Fstage-2%2Fenrol%2F"


@pytest.fixture(autouse=True)
def no_attempt_is_remembered():
    cache.clear()


@pytest.fixture
def pass_time(monkeypatch) -> Callable[[int], None]:
    """All that happens from now on happens so many minutes after the test began."""
    begun = time.time()
    return lambda minutes: monkeypatch.setattr("time.time", lambda: begun + minutes * 60)


def code() -> str:
    return re.search(r"^([A-Z]{4}-[A-Z]{4})$", mail.outbox[-1].body, re.MULTILINE)[1]


def sign_up(client: Client, email: str = ADDRESS, **fields):
    return client.post(SIGN_UP, {"email": email, "consent": "on"} | fields)


def begin(client: Client, path: str, email: str = ADDRESS) -> str:
    """Ask for a code on the way to somewhere; the address of the page for it."""
    if path == SIGN_IN and not User.objects.filter(email=email).exists():
        a_citizen(email)
    return client.post(path, {"email": email, "consent": "on", "next": WAY})["Location"]


def get_a_new_one(client: Client, page):
    """Press the button of the page on which a code has ended, and enter the code that comes."""
    form = Page(page.content.decode()).forms[-1]
    assert form.action == SIGN_IN
    asked = client.post(SIGN_IN, form.data() | ({} if form.data()["email"] != [""] else {"email": ADDRESS}))
    assert asked["Location"] == f"{SIGN_IN_CONFIRM}?{AND_ON}"
    return client.post(asked["Location"], {"code": code(), "next": WAY})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def told(response) -> str:
    """The page without what differs from one visit to the next."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_a_new_account_opens_with_the_code_from_the_mail(client):
    answer = sign_up(client, next="/take-part/stage-2/enrol/")
    assert answer["Location"] == f"{CONFIRM}?{AND_ON}"
    assert not is_signed_in(client)

    answer = client.post(CONFIRM, {"code": code()})

    assert answer["Location"] == "/take-part/stage-2/enrol/"
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.email, user.role, user.has_usable_password()) == (ADDRESS, Role.CITIZEN, False)
    assert EmailAddress.objects.get().verified
    assert Consent.objects.get().purpose == "account"


def test_an_account_needs_an_address_and_consent(client):
    answer = client.post(SIGN_UP, {"email": "not an address"})

    page = answer.content.decode()
    assert "이메일: 올바른 이메일 주소를 입력하세요." in page
    assert "이메일 주소의 수집·이용에 동의합니다: 동의하셔야 가입할 수 있습니다." in page
    assert 'value="not an address"' in page
    assert User.objects.count() == len(mail.outbox) == 0


def test_the_page_says_what_is_kept_why_and_for_how_long(client):
    page = re.sub(r"<[^>]+>", " ", client.get(SIGN_UP).content.decode())

    assert [word for word in ("목적", "항목", "기간", "거부할 권리", "계정을 지울 때까지") if word not in page] == []


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN])
def test_known_and_unknown_addresses_are_answered_alike(path):
    """To the last try, and whatever else is opened on the way."""
    a_citizen("known@example.kr")
    answers = []
    for email in ("known@example.kr", "never@example.kr"):
        client = Client()
        first = client.post(path, {"email": email, "consent": "on", "next": WAY})
        here = first["Location"]
        asked = [first, client.get(here), client.post(here, {"code": "ABCD-EFGH", "next": WAY})]
        asked += [client.get(other) for other in (SIGN_UP, SIGN_IN, "/accounts/login/")]
        for _ in range(3):
            asked += [client.post(here, {"action": "resend", "next": WAY}), client.get(here)]
        asked += [client.post(here, {"code": "ABCD-EFGH", "next": WAY}) for _ in range(3)]
        asked += [client.get(here)]
        answers.append([(one.status_code, one.get("Location"), told(one).replace(email, "")) for one in asked])

    assert answers[0] == answers[1]
    assert [message.to for message in mail.outbox] == [["known@example.kr"]] * 3 + [["never@example.kr"]] * 3


def test_another_code_tells_nothing_of_the_one_before():
    """The sign-up that was left for it is gone for a known and for an unknown address."""
    a_citizen("known@example.kr")
    answers = []
    for email in ("known@example.kr", "never@example.kr"):
        client = Client()
        sign_up(client, email)
        client.post(SIGN_IN, {"email": "other@example.kr"})
        answers.append(told(client.get(CONFIRM)).replace(email, ""))

    assert answers[0] == answers[1]
    assert "이 브라우저에서 기다리는 코드가 없습니다." in answers[0]


def test_only_the_mail_tells_that_an_address_has_an_account(client):
    a_citizen("known@example.kr")

    sign_up(client, "known@example.kr")

    assert mail.outbox[0].subject == "[독자 AI 평가 포털] 이미 가입된 주소입니다"
    assert "http://testserver/accounts/login/" in mail.outbox[0].body
    assert User.objects.count() == 1


def test_only_the_mail_tells_that_an_address_has_none(client):
    client.post(SIGN_IN, {"email": ADDRESS})

    assert mail.outbox[0].subject == "[독자 AI 평가 포털] 가입되지 않은 주소입니다"
    assert "http://testserver/accounts/signup/" in mail.outbox[0].body


WAYS_IN = [(SIGN_UP, CONFIRM), (SIGN_IN, SIGN_IN_CONFIRM)]


@pytest.mark.parametrize(("path", "confirm"), WAYS_IN)
def test_the_page_says_beforehand_how_long_a_code_lives_and_how_often_it_may_be_tried(client, path, confirm):
    begin(client, path)
    minutes = {CONFIRM: 15, SIGN_IN_CONFIRM: 10}[confirm]

    pages = [client.get(confirm), client.post(confirm, {"code": "WRNG-WRNG"})]

    assert [f"{minutes}분 동안 쓸 수 있습니다. 넣어 볼 수 있는 횟수는 {left}번 남았습니다." for left in (3, 2)] == [
        re.search(r"메일을 보낸 때부터 (\d+분 동안 .+ 남았습니다\.)", told(page))[1] for page in pages
    ]


@pytest.mark.parametrize(("path", "confirm"), WAYS_IN)
@pytest.mark.parametrize("minutes", [16, 40])
def test_a_late_code_is_told_to_be_late_and_a_new_one_leads_to_where_she_was_going(pass_time, path, confirm, minutes):
    client = Client()
    here, right = begin(client, path), code()
    pass_time(minutes)

    late = client.post(here, {"code": right, "next": WAY})

    assert ("시간이 지났습니다." in told(late)) or ("시간이 많이 지났거나" in told(late))
    assert not is_signed_in(client)
    assert get_a_new_one(client, late)["Location"] == WAY
    assert is_signed_in(client)


@pytest.mark.parametrize(("path", "confirm"), WAYS_IN)
def test_a_code_that_is_just_late_keeps_the_address(pass_time, client, path, confirm):
    here = begin(client, path)
    pass_time(16 if path == SIGN_UP else 11)

    late = client.get(here)

    assert "코드를 쓸 수 있는 시간이 지났습니다." in told(late)
    assert f'value="{ADDRESS}"' in told(late)


@pytest.mark.parametrize(("path", "confirm"), WAYS_IN)
def test_a_code_sent_again_has_a_time_and_tries_of_its_own(pass_time, client, path, confirm):
    here = begin(client, path)
    for minutes in (9, 18):
        pass_time(minutes)
        client.post(here, {"code": "WRNG-WRNG", "next": WAY})
        client.post(here, {"action": "resend", "next": WAY})
    pass_time(27)

    assert "3번 남았습니다" in told(client.get(here))
    assert client.post(here, {"code": code(), "next": WAY})["Location"] == WAY


@pytest.mark.parametrize(("path", "confirm"), WAYS_IN)
def test_the_page_says_why_no_more_mail_is_sent(client, path, confirm):
    here = begin(client, path)
    for _ in range(3):
        client.post(here, {"action": "resend"})

    page = told(client.get(here))

    assert len(mail.outbox) == 3
    assert "두 번 다시 보냈으므로 여기서는 더 보내지 않습니다." in page
    assert "다시 보내기" not in page
    assert "3번 남았습니다" in page  # a press on an old page is no try


@pytest.mark.parametrize(("path", "confirm"), WAYS_IN)
def test_no_mail_is_said_to_be_sent_when_none_was(client, path, confirm):
    for _ in range(2):
        begin(Client(), path)
    here = begin(client, path)
    client.get(here)

    page = told(client.post(here, {"action": "resend"}, follow=True))

    assert len(mail.outbox) == 3
    assert "메일을 보내지 않았습니다." in page
    assert "메일을 보냈습니다.</div>" not in page
    assert "다시 보내기" in page


@pytest.mark.parametrize(("path", "confirm"), WAYS_IN)
def test_whoever_waits_for_a_code_can_begin_anew_and_come_back(client, path, confirm):
    here = begin(client, path)

    pages = [client.get(page, {"next": WAY}) for page in (SIGN_UP, SIGN_IN, "/accounts/login/")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    links = [f'href="{confirm}?next={WAY}"' in told(page) for page in pages]
    assert links == [True, True, True]
    page = told(client.get(here))
    assert f'href="{SIGN_UP}?next={WAY}"' in page and f'href="{SIGN_IN}?next={WAY}"' in page
    client.post(SIGN_IN, {"email": a_citizen().email, "next": WAY})
    assert client.post(f"{SIGN_IN_CONFIRM}?next={WAY}", {"code": code()})["Location"] == WAY


def test_somebody_who_comes_back_signs_in_with_a_code(client):
    citizen = a_citizen()

    answer = client.post(f"{SIGN_IN}?next=/take-part/", {"email": "Citizen@Example.kr", "next": "/take-part/"})
    answer = client.post(answer["Location"], {"code": code().lower().replace("-", ""), "next": "/take-part/"})

    assert answer["Location"] == "/take-part/"
    assert client.session["_auth_user_id"] == citizen.id


def test_whoever_never_entered_the_code_can_still_sign_in(client):
    sign_up(client)
    assert not EmailAddress.objects.get().verified

    answer = Client().post(SIGN_IN, {"email": ADDRESS})
    assert answer.status_code == 302
    client = Client()
    client.post(SIGN_IN, {"email": ADDRESS})
    client.post(SIGN_IN_CONFIRM, {"code": code()})

    assert is_signed_in(client)
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize(("path", "confirm"), [(SIGN_UP, CONFIRM), (SIGN_IN, SIGN_IN_CONFIRM)])
def test_three_wrong_codes_end_the_attempt_and_lock_nobody_out(client, path, confirm):
    email = ADDRESS if path == SIGN_UP else a_citizen().email
    client.post(path, {"email": email, "consent": "on"})
    right = code()

    tried = [client.post(confirm, {"code": "WRNG-WRNG", "next": WAY}) for _ in range(3)]
    late = client.post(confirm, {"code": right})

    assert ["코드가 여러 번 맞지 않아" in told(answer) for answer in tried] == [False, False, True]
    assert f'value="{email}"' in told(tried[2])
    assert "이 브라우저에서 기다리는 코드가 없습니다." in told(late)
    assert not is_signed_in(client)
    assert get_a_new_one(client, tried[2])["Location"] == WAY
    assert is_signed_in(client)


@pytest.mark.parametrize(("path", "confirm"), [(SIGN_UP, CONFIRM), (SIGN_IN, SIGN_IN_CONFIRM)])
def test_a_code_can_be_sent_again_and_the_new_one_holds(client, path, confirm):
    email = ADDRESS if path == SIGN_UP else a_citizen().email
    client.post(path, {"email": email, "consent": "on"})
    first = code()
    assert "다시 보내기" in client.get(confirm).content.decode()

    cache.clear()  # ten seconds later
    client.post(confirm, {"action": "resend"})

    assert code() != first
    client.post(confirm, {"code": first})
    assert not is_signed_in(client)
    client.post(confirm, {"code": code()})
    assert is_signed_in(client)


def test_a_code_belongs_to_the_browser_that_asked_for_it(client):
    sign_up(client)

    other = Client()
    answer = other.post(CONFIRM, {"code": code()})

    assert "다른 브라우저에서 시작하셨습니다." in told(answer)
    assert not is_signed_in(other)


def test_one_mailbox_is_one_account_whatever_the_case(client):
    sign_up(client, "New@Example.KR")
    sign_up(Client(), "new@example.kr")

    assert [user.email for user in User.objects.all()] == [ADDRESS]


def test_leaving_is_a_press_on_a_button(client):
    sign_up(client)
    client.post(CONFIRM, {"code": code()})
    assert client.get("/accounts/logout/").status_code == 405

    client.post("/accounts/logout/")

    assert not is_signed_in(client)


def english() -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_pages_speak_english():
    client = english()
    pages = [client.get(path) for path in ("/accounts/login/", SIGN_UP, SIGN_IN)]
    pages += [client.post(SIGN_UP, {"email": "x"}), sign_up(client), client.get(CONFIRM)]
    pages += [client.post(CONFIRM, {"code": "x"}), client.post(CONFIRM, {"action": "resend"}), client.get(CONFIRM)]

    assert [found for page in pages if (found := korean_in_main(page.content.decode()))] == []


def test_mails_speak_english():
    a_citizen()
    sign_up(english())
    sign_up(english(), "citizen@example.kr")
    for email in ("citizen@example.kr", "never@example.kr"):
        english().post(SIGN_IN, {"email": email})

    assert [message.subject for message in mail.outbox] == [
        "[Sovereign AI Evaluation] Your sign-up code",
        "[Sovereign AI Evaluation] This address already has an account",
        "[Sovereign AI Evaluation] Your sign-in code",
        "[Sovereign AI Evaluation] This address has no account",
    ]
    assert [message.body for message in mail.outbox if HANGUL.search(message.body)] == []


def test_mails_are_signed_and_carry_one_code_on_a_line_of_its_own(client):
    sign_up(client)

    assert mail.outbox[0].subject == "[독자 AI 평가 포털] 가입 확인 코드"
    assert mail.outbox[0].body.strip().splitlines() == [
        "이 주소로 가입 신청이 들어왔습니다. 열어 둔 화면에 다음 코드를 넣으면 가입이 끝납니다.",
        "",
        code(),
        "",
        "신청하지 않으셨다면 이 메일을 지우시면 됩니다. 코드를 넣지 않으면 로그인할 수 없는 계정입니다.",
        "",
        "독자 AI 파운데이션 모델 평가 포털",
    ]


# ---------------------------------------------------------------- an address somebody else typed


def test_an_address_that_was_typed_and_never_proven_stands_in_no_officers_way(client):
    sign_up(client, "prof@example.kr")
    typed = User.objects.get()

    user = create_account(email="Prof@example.kr", role=Role.EXPERT, name="김평가", password=None, by=None)

    assert list(User.objects.all()) == [user]
    assert [address.verified for address in EmailAddress.objects.all()] == [True]
    assert Consent.objects.count() == 0
    assert Event.objects.get(kind="account erased").subject_id == typed.pk


@pytest.mark.parametrize("prove", ["code", "signed in", "another role"])
def test_an_account_of_somebody_is_never_replaced(client, prove):
    sign_up(client, "prof@example.kr")
    if prove == "code":
        EmailAddress.objects.update(verified=True)
    elif prove == "signed in":
        User.objects.update(last_login=timezone.now())
    else:
        User.objects.update(role=Role.AUDITOR)

    with pytest.raises(Refusal, match="같은 이메일"):
        create_account(email="prof@example.kr", role=Role.EXPERT, name="김평가", password=None, by=None)

    assert User.objects.count() == EmailAddress.objects.count() == 1


@pytest.mark.parametrize(("path", "confirm"), [(SIGN_UP, CONFIRM), (SIGN_IN, SIGN_IN_CONFIRM)])
def test_the_code_of_an_account_that_made_way_opens_nothing_and_tells_nothing(path, confirm):
    """It is answered like a wrong code for an account that is still there."""
    answers = []
    for email, typed in (("gone@example.kr", None), ("there@example.kr", "ABCD-EFGH")):
        cache.clear()
        client = Client()
        sign_up(client if path == SIGN_UP else Client(), email)
        if path == SIGN_IN:
            client.post(path, {"email": email})
        mailed = typed or code()
        if typed is None:
            create_account(email=email, role=Role.EXPERT, name="김평가", password=None, by=None)
        pages = [client.get(confirm), client.post(confirm, {"code": mailed})]
        answers.append([(page.status_code, told(page).replace(email, "").replace(mailed, "")) for page in pages])
        assert not is_signed_in(client)

    assert [status for status, _ in answers[0]] == [200, 200]
    assert answers[0] == answers[1]


def test_what_was_never_proven_goes_after_a_day_and_nothing_else(client):
    now = timezone.now()
    citizen = a_citizen()
    for email in ("old@example.kr", "new@example.kr"):
        sign_up(Client(), email)
    User.objects.exclude(email="new@example.kr").update(joined_at=now - timedelta(days=2))

    purged = [purge_unproven(now=now), purge_unproven(now=now)]

    assert purged == [1, 0]
    assert set(User.objects.all()) == {citizen, User.objects.get(email="new@example.kr")}
    assert Event.objects.get(kind="accounts purged").subject_id == ""


def test_sessions_that_ended_are_purged_with_them(client):
    sign_up(client)
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(seconds=1))
    User.objects.update(joined_at=timezone.now() - timedelta(days=2))

    purge()

    assert (User.objects.count(), Session.objects.count()) == (0, 1)


def test_everything_that_is_sent_in_time_is_a_task_the_workers_know():
    app.loader.import_default_modules()

    assert {sent["task"] for sent in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
    assert "portal.accounts.tasks.purge" in app.tasks
