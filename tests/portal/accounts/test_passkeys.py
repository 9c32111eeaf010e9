"""A passkey: set up, used in place of password and app, named, removed; and what is refused."""

import json
import time
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.conf import settings
from django.core import mail
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256K, RS1, RS256, CoseKey, EdDSA
from fido2.utils import websafe_encode

from portal.accounts import actions
from portal.accounts.forms import LARGEST_ANSWER
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.models import Event
from portal.http import Refusal
from tests.factories import accounts
from tests.factories.accounts import PASSWORD, totp_code
from tests.factories.passkeys import ADD, HOST, SIGN_IN, Device, options_on, register, sign_in_by, sign_in_options
from tests.language import korean_in_main

pytestmark = pytest.mark.django_db

LOGIN, ACCOUNT, AGAIN = "/accounts/login/", "/accounts/me/", "/accounts/2fa/passkeys/reauthenticate/"
NOT_TAKEN = "이 패스키로는 확인하지 못했습니다."
LAST = "마지막 인증 수단은 지울 수 없습니다."


def text(response) -> str:
    return response.content.decode()


def by_password(client: Client, user) -> Client:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    return client


@pytest.fixture
def expert():
    """Somebody with a password who has no second factor yet."""
    return accounts.an_expert(factor=False)


@pytest.fixture
def device(expert) -> Device:
    """The passkey of the expert."""
    made = Device()
    register(by_password(Client(), expert), made, name="내 휴대전화")
    mail.outbox.clear()
    return made


def the_passkey() -> Authenticator:
    return Authenticator.objects.get(type="webauthn")


def name_page(passkey: Authenticator) -> str:
    return f"/accounts/2fa/passkeys/{passkey.pk}/name/"


def remove_page(passkey: Authenticator) -> str:
    return f"/accounts/2fa/passkeys/{passkey.pk}/remove/"


# ---------------------------------------------------------------- set up


def test_who_has_no_factor_yet_sets_up_a_passkey_in_place_of_the_app(client, expert):
    by_password(client, expert)
    sent = client.get("/sheets/")["Location"]
    assert f'href="{ADD}?next=/sheets/"' in text(client.get(sent))

    answer = register(client, Device(), following="/sheets/")

    assert answer["Location"] == "/accounts/2fa/recovery-codes/?next=/sheets/"
    assert 'href="/sheets/">적어 두었습니다. 계속하기' in text(client.get(answer["Location"]))
    assert client.get("/sheets/").status_code == 200
    assert str(the_passkey()) == "패스키 1"
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == (
        [expert.email],
        "[독자 AI 평가 포털] 패스키를 등록했습니다",
    )


def test_a_passkey_is_kept_on_the_device_and_asks_for_its_pin(client, expert):
    options = options_on(by_password(client, expert).get(ADD))["publicKey"]

    assert options["authenticatorSelection"] == {
        "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
    }  # fmt: skip
    assert options["rp"] == {"id": "testserver", "name": "독자 AI 평가 포털"}
    assert options["user"]["displayName"] == expert.name


def test_a_passkey_beside_the_app_leads_back_to_the_account(client):
    expert = accounts.an_expert()
    by_password(client, expert)
    client.post("/accounts/2fa/authenticate/", {"code": totp_code()})
    first, second = register(client, Device()), register(client, Device(), name="사무실", following="/sheets/")

    assert (first["Location"], second["Location"]) == ("/accounts/2fa/recovery-codes/?next=", "/sheets/")
    assert [str(one) for one in Authenticator.objects.filter(type="webauthn").order_by("pk")] == ["패스키 1", "사무실"]


def test_what_somebody_at_work_signs_in_by_is_on_record(client):
    officer = accounts.an_officer()
    by_password(client, officer)
    client.post("/accounts/2fa/authenticate/", {"code": totp_code()})
    register(client, Device())
    client.post(remove_page(the_passkey()))

    events = Event.objects.filter(kind__startswith="factor").in_order()
    assert [(one.kind, one.subject_id, json.loads(one.body)["data"]) for one in events] == [
        ("factor added", officer.id, {"factor": "webauthn"}),
        ("factor added", officer.id, {"factor": "recovery_codes"}),
        ("factor removed", officer.id, {"factor": "webauthn"}),
    ]


def test_of_an_expert_it_is_not_or_it_would_tell_whose_seat_was_taken(client, expert, device):
    sign_in_by(client, device)
    register(client, Device())
    client.post(remove_page(Authenticator.objects.filter(type="webauthn").last()))

    assert not Event.objects.filter(kind__startswith="factor").exists()


def test_a_device_that_has_one_already_is_told_so_by_its_browser(client, expert, device):
    sign_in_by(client, device)

    excluded = options_on(client.get(ADD))["publicKey"]["excludeCredentials"]

    assert [one["id"] for one in excluded] == [websafe_encode(device.id)]


def test_only_what_a_passkey_needs_is_kept(client, expert):
    by_password(client, expert)
    answer = Device().create(options_on(client.get(ADD)))

    client.post(ADD, {"credential": json.dumps(answer | {"clientExtensionResults": {"a": "\0"}, "more": "\ud800"})})

    assert the_passkey().data["credential"] == answer | {"clientExtensionResults": {}}


@pytest.mark.parametrize(
    "made",
    [
        Device(verifies=False),
        Device(origin="https://example.org"),
        Device(public_key=CoseKey({1: 2, 3: -99_999})),  # an algorithm nobody knows
        Device(public_key=RS1.from_cryptography_key(rsa.generate_private_key(65537, 2048).public_key())),  # not offered
        Device(public_key=CoseKey({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})),  # no point of its curve
        Device(public_key=CoseKey({1: 2, 3: -7})),
    ],
    ids=["no PIN", "another site", "unknown algorithm", "not offered", "no key", "no numbers"],
)
def test_a_device_without_a_pin_or_at_another_site_or_with_a_key_of_no_use_is_not_taken(client, expert, made):
    answer = register(by_password(client, expert), made, name="노트북")

    assert answer.status_code == 200
    assert NOT_TAKEN in text(answer)
    assert 'value="노트북"' in text(answer)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "key",
    [
        ES256K.from_cryptography_key(ec.generate_private_key(ec.SECP256K1()).public_key()),
        EdDSA.from_cryptography_key(ed25519.Ed25519PrivateKey.generate().public_key()),
        RS256.from_cryptography_key(rsa.generate_private_key(65537, 2048).public_key()),
    ],
    ids=lambda key: type(key).__name__,
)
def test_a_key_of_each_kind_that_is_offered_is_taken(client, expert, key):
    register(by_password(client, expert), Device(public_key=key))

    assert the_passkey().user == expert


def test_one_factor_alone_adds_no_other_where_there_is_one(client):
    """Else a password would be enough to put one's own passkey beside the app of somebody else."""
    with_app = accounts.an_expert()
    client.force_login(with_app)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 2e9, "reauthenticated": True}]
    session["account_authentication_methods_user"] = with_app.id
    session.save()

    assert client.get(ADD)["Location"] == f"/accounts/2fa/reauthenticate/?next={ADD}"
    assert client.post(ADD, {"credential": "{}"})["Location"] == "/accounts/2fa/reauthenticate/"


def test_who_needs_no_second_factor_has_no_passkeys(client):
    accounts.sign_in(client, accounts.a_citizen())

    assert client.get(ADD).status_code == 404
    assert "패스키" not in text(client.get(ACCOUNT))


# ---------------------------------------------------------------- sign in


@pytest.mark.parametrize(
    ("make", "room"), [(accounts.an_expert, "/sheets/"), (accounts.an_officer, "/admin/"), (accounts.an_auditor, "/admin/")]
)  # fmt: skip
def test_a_passkey_alone_opens_the_room(client, make, room):
    made = Device()
    register(by_password(Client(), make(factor=False)), made)

    answer = sign_in_by(client, made, following=room)

    assert answer["Location"] == room
    assert client.get(room).status_code == 200
    assert settings.DEVICE_COOKIE_NAME in client.cookies


def test_the_sign_in_page_never_leads_to_another_site(client, device):
    assert sign_in_by(client, device, following="https://example.org/")["Location"] == "/"


def test_what_the_button_asks_is_the_same_for_everybody(client, device):
    def asked() -> dict:
        return {name: value for name, value in sign_in_options(Client())["publicKey"].items() if name != "challenge"}

    with_one = asked()
    Authenticator.objects.all().delete()

    assert with_one == asked() == {"rpId": "testserver", "allowCredentials": [], "userVerification": "required"}


def not_verified(device: Device) -> None:
    device.flags = 0x01


def elsewhere(device: Device) -> None:
    device.origin = "https://example.org"


def of_nobody(device: Device) -> None:
    device.handle = b"a" * 26


def of_somebody_else(device: Device) -> None:
    device.handle = accounts.an_officer().id.encode()


def unreadable(device: Device) -> None:
    device.handle = b"\xff\0"


def with_a_nul(device: Device) -> None:
    device.handle = b"a\0"


def another_key(device: Device) -> None:
    device.key = Device().key


def removed(device: Device) -> None:
    Authenticator.objects.all().delete()


@pytest.mark.parametrize(
    "wrong", [not_verified, elsewhere, of_nobody, of_somebody_else, unreadable, with_a_nul, another_key, removed]
)
def test_every_wrong_passkey_is_told_the_same_and_keeps_the_way(client, device, wrong):
    wrong(device)

    answer = sign_in_by(client, device, following="/sheets/")

    assert answer["Location"] == "/accounts/login/?next=/sheets/"
    page = text(client.get(answer["Location"]))
    assert page.count(NOT_TAKEN) == 1
    assert 'name="next" value="/sheets/"' in page
    assert client.get("/sheets/").status_code == 302


def test_an_answer_is_good_once_and_in_its_own_browser(client, device):
    answer = {"credential": json.dumps(device.get(sign_in_options(client)))}
    client.get(SIGN_IN, headers={"accept": "application/json"})
    elsewhere = Client()

    assert elsewhere.post(SIGN_IN, answer)["Location"].startswith(LOGIN)
    assert client.post(SIGN_IN, answer)["Location"].startswith(LOGIN)


def test_a_closed_account_stays_closed(client, expert, device):
    actions.close_account(user=expert, by=accounts.an_officer(), reason="임기가 끝남")

    assert sign_in_by(client, device)["Location"] == "/accounts/inactive/"
    assert client.get("/sheets/").status_code == 302


def test_after_the_office_reset_the_account_the_passkey_opens_nothing(client, expert, device):
    actions.reset_access(user=expert, by=accounts.an_officer(), reason="기기를 잃어버림")

    assert not Authenticator.objects.filter(user=expert).exists()
    assert sign_in_by(client, device)["Location"].startswith(LOGIN)


def test_a_form_with_an_answer_is_not_handed_back(client, expert):
    answer = client.post(ADD, {"credential": '{"id": "words-of-the-device"}'})

    assert answer.status_code == 403
    assert "words-of-the-device" not in text(answer)


# ---------------------------------------------------------------- after the password, and again


def test_after_the_password_the_passkey_is_the_second_factor(client, expert, device):
    by_password(client, expert)
    page = client.get("/accounts/2fa/authenticate/")
    credential = json.dumps(device.get(options_on(page)))

    assert client.get("/sheets/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"credential": credential})["Location"] == "/"
    assert client.get("/sheets/").status_code == 200


def test_after_the_password_a_wrong_passkey_is_told_on_the_page(client, expert, device):
    by_password(client, expert)
    device.key = Device().key
    credential = json.dumps(device.get(options_on(client.get("/accounts/2fa/authenticate/"))))

    answer = client.post("/accounts/2fa/authenticate/", {"credential": credential})

    assert NOT_TAKEN in text(answer)
    assert client.get("/sheets/").status_code == 302


def test_who_has_only_the_app_is_asked_for_no_passkey(client):
    by_password(client, accounts.an_expert())

    page = text(client.get("/accounts/2fa/authenticate/"))

    assert "passkey" not in page
    assert 'name="code"' in page


def test_after_the_password_nobody_is_asked_for_an_app_she_has_not(client, expert, device):
    by_password(client, expert)

    page = text(client.get("/accounts/2fa/authenticate/"))

    assert "복구 번호 하나를 적어 주세요." in page
    assert "인증 앱에" not in page and "인증 앱이나 복구 번호" not in page
    Authenticator.objects.get(type="recovery_codes").delete()
    without = text(client.get("/accounts/2fa/authenticate/"))
    assert ("use-passkey" in without, "data-no-passkey" in without, 'name="code"' in without) == (True, True, False)


def with_the_password_alone(client: Client, user) -> Client:
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1}]
    session["account_authentication_methods_user"] = user.id
    session.save()
    return client


@pytest.mark.parametrize("passkey", [True, False])
def test_who_has_given_the_password_is_not_asked_for_it_in_place_of_the_other_factor(client, expert, passkey):
    """It would lead her back to the page that asked."""
    if passkey:
        register(by_password(Client(), expert), Device())
    else:
        expert = accounts.an_expert("app@example.kr")
    with_the_password_alone(client, expert)
    asks = client.get("/sheets/")["Location"]

    page = text(client.get(asks))
    typed = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/sheets/"})

    assert "비밀번호로 확인" not in page
    assert typed["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fsheets%2F"
    assert client.get("/sheets/")["Location"] == asks


def test_who_came_with_her_passkey_may_confirm_by_the_password(client, expert, device):
    sign_in_by(client, device)

    assert 'href="/accounts/reauthenticate/">비밀번호로 확인' in text(client.get(AGAIN))


def test_where_a_code_is_asked_for_again_it_is_one_she_has(client, expert, device):
    sign_in_by(client, device)

    page = text(client.get("/accounts/2fa/reauthenticate/"))

    assert "복구 번호 하나를 적어 주세요." in page
    assert "인증 앱" not in page.split("<main")[1]


def test_with_one_factor_used_the_passkey_is_asked_for(client, expert, device):
    with_the_password_alone(client, expert)

    sent = client.get("/sheets/")["Location"]
    page = client.get(sent)
    done = client.post(AGAIN, {"credential": json.dumps(device.get(options_on(page))), "next": "/sheets/"})

    assert sent == f"{AGAIN}?next=/sheets/"
    assert 'href="/accounts/2fa/reauthenticate/?next=%2Fsheets%2F">복구 번호로 확인' in text(page)
    assert done["Location"] == "/sheets/"
    assert client.get("/sheets/").status_code == 200


def test_a_wrong_passkey_is_told_where_it_is_asked_for_again(client, expert, device):
    sign_in_by(client, device)
    options = options_on(client.get(f"{AGAIN}?next=/sheets/"))

    answer = client.post(AGAIN, {"credential": json.dumps(Device().get(options)), "next": "/sheets/"})

    assert answer["Location"] == f"{AGAIN}?next=/sheets/"
    assert NOT_TAKEN in text(client.get(answer["Location"]))


def test_an_old_sign_in_is_asked_again_before_another_passkey_is_added(client, expert, device):
    sign_in_by(client, device)
    assert client.get(ADD).status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()

    assert client.get(ADD)["Location"].startswith("/accounts/reauthenticate/?next=")
    page = text(client.get("/accounts/reauthenticate/"))
    assert f'href="{AGAIN}">패스키로 확인' in page


# ---------------------------------------------------------------- the account


def test_the_account_shows_names_and_removes_passkeys(client, expert, device):
    sign_in_by(client, device)
    register(client, Device(), name="사무실 컴퓨터")
    kept, gone = Authenticator.objects.filter(type="webauthn").order_by("pk")
    page = text(client.get(ACCOUNT))
    assert "내 휴대전화" in page and "사무실 컴퓨터" in page

    client.post(name_page(kept), {"name": "새 휴대전화"})
    answer = client.post(remove_page(gone))
    page = text(client.get(ACCOUNT))

    assert answer["Location"] == ACCOUNT
    assert "새 휴대전화" in page and "사무실 컴퓨터" not in page
    assert "패스키를 지웠습니다." in page
    assert the_passkey() == kept


def test_the_person_is_told_of_a_removed_passkey(client, expert, device, django_capture_on_commit_callbacks):
    sign_in_by(client, device)
    register(client, Device())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(remove_page(Authenticator.objects.filter(type="webauthn").last()))

    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == ([expert.email], "[독자 AI 평가 포털] 패스키를 지웠습니다")


def test_the_last_factor_is_not_removed(client, expert, device):
    sign_in_by(client, device)
    path = remove_page(the_passkey())

    assert path not in text(client.get(ACCOUNT))
    client.get(ADD)  # counts the sign-in just done
    page = client.get(path)
    answer = client.post(path)

    assert LAST in text(page)
    assert (
        page.content.count(b'method="post"') == Client().get("/accounts/inactive/").content.count(b'method="post"') + 1
    )
    assert (answer.status_code, LAST in text(answer)) == (403, True)
    assert the_passkey().user == expert


def test_recovery_codes_are_no_factor_that_could_stay_alone(expert, device):
    assert Authenticator.objects.filter(user=expert, type="recovery_codes").exists()

    with pytest.raises(Refusal, match=LAST):
        actions.remove_passkey(passkey=the_passkey(), by=expert)


def test_a_passkey_goes_where_the_app_stays(client):
    expert, made = accounts.an_expert(), Device()
    by_password(client, expert)
    client.post("/accounts/2fa/authenticate/", {"code": totp_code()})
    register(client, made)

    assert client.post(remove_page(the_passkey()))["Location"] == ACCOUNT
    assert [one.type for one in Authenticator.objects.filter(user=expert).order_by("pk")] == ["totp", "recovery_codes"]


def test_nobody_touches_the_passkey_of_somebody_else(client, device):
    stranger = accounts.a_stranger()
    by_password(client, stranger)
    client.post("/accounts/2fa/authenticate/", {"code": totp_code()})
    client.get(ADD)

    assert [client.post(page(the_passkey()), {"name": "내 것"}).status_code for page in (name_page, remove_page)] == [
        404,
        404,
    ]
    with pytest.raises(Refusal):
        actions.remove_passkey(passkey=the_passkey(), by=accounts.an_auditor(factor=False))
    assert str(the_passkey()) == "내 휴대전화"


def test_a_recovery_code_opens_what_the_lost_passkey_opened(client, expert, device):
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    by_password(client, expert)

    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/"
    assert client.get("/sheets/").status_code == 200


def test_the_list_of_accounts_tells_who_has_a_factor(client, expert, device):
    accounts.sign_in(client, accounts.an_officer())
    row = f"/admin/accounts/user/{expert.pk}/change/"

    with_one = text(client.get(row))
    Authenticator.objects.exclude(type="recovery_codes").filter(user=expert).delete()

    assert "인증 수단" in with_one
    assert with_one.count('alt="True"') == text(client.get(row)).count('alt="True"') + 1


def test_the_pages_of_passkeys_speak_english(client, expert, device):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    found = {LOGIN: korean_in_main(text(client.get(LOGIN)))}
    by_password(client, expert)
    found["after the password"] = korean_in_main(text(client.get("/accounts/2fa/authenticate/")))
    sign_in_by(other := Client(), device)
    other.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for path in (ADD, AGAIN, ACCOUNT, name_page(the_passkey()), remove_page(the_passkey()), "/accounts/2fa/totp/"):
        found[path] = korean_in_main(text(other.get(path)))

    assert {path: words for path, words in found.items() if words} == {}


# ---------------------------------------------------------------- what no browser sends

ODD = ["", "null", "[]", "9" * 5_000, "[" * 100_000, '"\\ud800\\u0000"', '{"id": 1}', '{"response": []}', "a\0b"]


@pytest.mark.parametrize("said", ODD, ids=range(len(ODD)))
def test_an_odd_answer_is_not_taken(client, expert, device, said):
    sign_in_options(client)
    assert client.post(SIGN_IN, {"credential": said})["Location"].startswith(LOGIN)

    sign_in_by(client, device)
    client.get(ADD)
    assert NOT_TAKEN in text(client.post(ADD, {"credential": said}))


def test_bytes_that_are_no_authenticators_are_not_taken(client, expert, device):
    """Cut short, nested too deeply, or of the wrong kind, at each place of the answer."""
    bytes_of = ["", "AA", websafe_encode(b"\x81" * 100_000), websafe_encode(b"\xff" * 40), websafe_encode(b"\xa1" * 9)]
    statuses = set()
    for part in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        for wrong in bytes_of:
            answer = device.get(sign_in_options(client))
            answer["response"][part] = wrong
            statuses.add(client.post(SIGN_IN, {"credential": json.dumps(answer)})["Location"])
    by_password(client, expert)
    for part in ("clientDataJSON", "attestationObject"):
        for wrong in bytes_of:
            answer = Device().create({"publicKey": {"user": {"id": ""}, "rp": {"id": ""}, "challenge": ""}})
            answer["response"][part] = wrong
            statuses.add(client.post("/accounts/2fa/authenticate/", {"credential": json.dumps(answer)}).status_code)

    assert statuses == {"/accounts/login/?next=", 200}


def with_number(answer: dict, place: tuple[str, ...], number: int) -> str:
    """The answer with a number where bytes should be written as text."""
    holder = answer
    for name in place[:-1]:
        holder = holder[name]
    holder[place[-1]] = number
    return json.dumps(answer)


@pytest.mark.parametrize("number", [1_000, 10**12, 10**30, 10**400, -1])
@pytest.mark.parametrize(
    "place",
    [("id",), ("rawId",), *(("response", part) for part in ("clientDataJSON", "authenticatorData", "signature", "userHandle"))],
    ids=lambda place: place[-1],
)  # fmt: skip
def test_a_number_is_not_taken_for_so_many_bytes(client, device, place, number):
    answer = device.get(sign_in_options(client))

    assert client.post(SIGN_IN, {"credential": with_number(answer, place, number)})["Location"].startswith(LOGIN)


def test_nor_is_one_inside_what_is_decoded(client, expert, device):
    client_data = websafe_encode(
        json.dumps({"type": "webauthn.get", "challenge": 10**12, "origin": f"https://{HOST}"}).encode()
    )
    answer = device.get(sign_in_options(client))
    answer["response"]["clientDataJSON"] = client_data
    assert client.post(SIGN_IN, {"credential": json.dumps(answer)})["Location"].startswith(LOGIN)

    sign_in_by(client, device)
    made = Device().create(options_on(client.get(ADD)))
    made["response"]["attestationObject"] = websafe_encode(
        cbor.encode({"fmt": "none", "attStmt": {}, "authData": 10**12})
    )
    assert NOT_TAKEN in text(client.post(ADD, {"credential": json.dumps(made)}))


def test_an_answer_is_no_longer_than_an_authenticators(client, device):
    answer = device.get(sign_in_options(client)) | {"more": "a" * LARGEST_ANSWER}

    assert client.post(SIGN_IN, {"credential": json.dumps(answer)})["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    "origin", [f"https://evil.{HOST}", f"https://{HOST}:8443", f"https://{HOST}.example.org", "null"]
)
def test_a_page_of_another_name_or_port_is_another_site(client, expert, device, origin):
    device.origin = origin

    assert sign_in_by(client, device)["Location"].startswith(LOGIN)


# ---------------------------------------------------------------- whoever knows the password alone


def test_a_request_kept_while_the_password_is_asked_for_again_adds_nothing_beside_a_factor(client, expert):
    """She had the password before there was a factor, and waits with her own until there is one."""
    thief, waiting = by_password(client, expert), Device()
    options = options_on(thief.get(ADD))
    later = time.time() + 3600
    with mock.patch("time.time", return_value=later):
        kept = thief.post(ADD, {"credential": json.dumps(waiting.create(options))})
        assert kept["Location"].startswith("/accounts/reauthenticate/")
        register(by_password(Client(), expert), Device())

        resumed = thief.post(kept["Location"], {"password": PASSWORD, "next": ADD}, follow=True)

        assert Authenticator.objects.filter(type="webauthn").count() == 1
        assert resumed.redirect_chain[-1][0].startswith("/accounts/2fa/")
        assert thief.get("/sheets/").status_code == 302


def test_with_a_removed_passkey_go_the_sessions_it_opened(client, expert, device):
    thief, owner = Client(), Client()
    sign_in_by(thief, device)
    assert thief.get("/sheets/").status_code == 200
    sign_in_by(owner, device)
    other = Device()
    register(owner, other)
    lost = Authenticator.objects.filter(type="webauthn").order_by("pk").first()
    again = Client()
    sign_in_by(again, other)
    again.get(ADD)  # counts the sign-in just done

    assert again.post(f"/accounts/2fa/passkeys/{lost.pk}/remove/")["Location"] == ACCOUNT

    assert thief.get("/sheets/")["Location"].startswith("/accounts/login/")
    assert again.get("/sheets/").status_code == 200


def test_removing_the_passkey_she_came_with_signs_her_out_and_says_so_before(client, expert, device):
    other = Client()
    sign_in_by(other, device)
    register(other, Device())
    sign_in_by(client, device)
    client.get(ADD)  # counts the sign-in just done
    path = remove_page(Authenticator.objects.filter(type="webauthn").order_by("pk").first())

    assert "지우면 로그아웃됩니다." in text(client.get(path))
    answer = client.post(path, follow=True)

    assert answer.redirect_chain[-1][0] == LOGIN
    assert "패스키를 지웠습니다." in text(answer)
    assert client.get("/sheets/").status_code == 302
    assert other.get("/sheets/").status_code == 200  # it made another itself


def test_an_officer_who_is_admitted_again_brings_no_factor_and_no_session_along(client):
    officer, made = accounts.an_officer("again@example.kr", factor=False), Device()
    register(by_password(client, officer), made)
    first, second = accounts.an_officer(), accounts.an_officer("two@example.kr")
    actions.close_account(user=officer, by=first, reason="휴직")

    actions.admit(user=officer, by=first, reason="복직", second=second)

    assert not Authenticator.objects.filter(user=officer).exists()
    assert client.get(ACCOUNT)["Location"].startswith(LOGIN)
    assert sign_in_by(Client(), made)["Location"].startswith(LOGIN)


def test_a_citizen_sets_up_no_factor_by_which_she_would_lock_herself_out(client):
    accounts.sign_in(client, accounts.a_citizen())

    assert client.get("/accounts/2fa/totp/").status_code == 404
    assert client.post("/accounts/2fa/recovery-codes/new/").status_code == 404


def test_a_passkey_of_somebody_who_needs_none_signs_nobody_in(client, expert, device):
    User.objects.filter(pk=expert.pk).update(role=Role.CITIZEN)

    assert sign_in_by(client, device)["Location"].startswith(LOGIN)
    assert client.get(ACCOUNT).status_code == 302


def test_nobody_sets_up_more_than_ten(client, expert, device):
    sign_in_by(client, device)
    for _number in range(9):
        register(client, Device())

    answer = register(client, Device())

    assert "패스키는 열 개까지 등록할 수 있습니다." in text(answer)
    assert Authenticator.objects.filter(type="webauthn").count() == 10


def test_asking_what_to_sign_is_counted(client):
    statuses = [client.get(SIGN_IN, headers={"accept": "application/json"}).status_code for _ in range(61)]

    assert (statuses[0], statuses[-1]) == (200, 429)
