"""A passkey from the invitation on: made, used in place of password and app, named, removed – with a real browser's authenticator."""

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from evaluations.panels import actions as panels
from tests.factories import accounts, programme
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = pytest.mark.parametrize("size", ["desktop", "phone"])
DESKTOP = pytest.mark.parametrize("size", ["desktop"])
ADD, ACCOUNT = "/accounts/2fa/passkeys/add/", "/accounts/me/"


class Device:
    """What is built into a computer or a phone and asks for a finger; here it needs none."""

    def __init__(self, visitor) -> None:
        self.browser = visitor.context.new_cdp_session(visitor.page)
        self.browser.send("WebAuthn.enable")
        self.id = self._plugged_in()

    def _plugged_in(self) -> str:
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        return self.browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def is_another(self) -> None:
        self.forgets()
        self.browser.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})
        self.id = self._plugged_in()

    def forgets(self) -> None:
        self.browser.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})


def presses(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follows(page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def heading(page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def signs_out(visitor) -> None:
    presses(visitor.page, "로그아웃")
    expect(visitor.page.get_by_text("로그아웃했습니다.")).to_be_visible()
    visitor.said[:] = [line for line in visitor.said if not line.startswith("Clear-Site-Data")]


@SIZES
def test_from_the_invitation_to_the_last_passkey(visitor, size):
    (seat,) = panels.create_seats(stage=programme.a_stage(), number=1, by=(officer := accounts.an_officer()))
    invited = panels.invite(panelist=seat, email="kim@example.kr", name="김평가", by=officer)
    expert = visitor()
    device, page = Device(expert), expert.page

    # She chooses a passkey in place of the app and goes on to where she was going.
    expert.open(re.search("/panel/.*", invited.link)[0])
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator('[name="again"]').fill(PASSWORD)
    presses(page, "수락하고 시작하기")
    heading(page, "인증 앱 등록")
    expert.look("passkey-choice")
    follows(page, "패스키로 등록하기")
    heading(page, "패스키 등록")
    expert.look("passkey-new")
    page.get_by_label("이름").fill("내 휴대전화")
    page.keyboard.press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    follows(page, "적어 두었습니다. 계속하기")
    heading(page, "소속과 이해관계 신고")

    # The next time one button is enough.
    signs_out(expert)
    expert.open("/accounts/login/?next=/sheets/")
    expert.look("passkey-sign-in")
    presses(page, "패스키로 로그인")
    expect(page).to_have_url(f"{expert.site}/sheets/")

    # This device has one; another device may have its own.
    follows(page, "내 계정")
    expect(page.get_by_text("내 휴대전화").first).to_be_visible()
    expect(page.get_by_text("마지막 인증 수단은 지울 수 없습니다.")).to_be_visible()
    expert.look("passkey-account-one")
    follows(page, "패스키 등록")
    presses(page, "패스키 만들기")
    expect(page.get_by_role("alert").get_by_text("이 기기에는 이 계정의 패스키가 이미 있습니다.")).to_be_visible()
    expert.look("passkey-already")
    device.is_another()
    page.get_by_label("이름").fill("사무실 컴퓨터")
    presses(page, "패스키 만들기")
    expect(page.get_by_text("패스키를 등록했습니다.")).to_be_visible()
    expert.look("passkey-account-two")

    # She names one anew and removes one.
    follows(page, "이름 바꾸기 사무실 컴퓨터")
    heading(page, "패스키 이름 바꾸기")
    expert.look("passkey-name")
    page.get_by_label("이름").fill("집 컴퓨터")
    presses(page, "저장")
    expect(page.get_by_text("집 컴퓨터").first).to_be_visible()
    follows(page, "지우기 내 휴대전화")
    heading(page, "패스키 지우기")
    expert.look("passkey-remove")
    presses(page, "패스키 지우기")
    expect(page.get_by_text("패스키를 지웠습니다.")).to_be_visible()
    assert [str(one) for one in Authenticator.objects.filter(type="webauthn")] == ["집 컴퓨터"]

    # After the password the passkey is the second factor.
    signs_out(expert)
    expert.open("/accounts/login/?next=/sheets/")
    page.locator('[name="login"]').fill("kim@example.kr")
    page.locator('[name="password"]').fill(PASSWORD)
    presses(page, "로그인")
    heading(page, "2단계 인증")
    expert.look("passkey-second-factor")
    presses(page, "패스키로 확인")
    expect(page).to_have_url(f"{expert.site}/sheets/")

    # It proves that it is she once more.
    expert.open("/accounts/2fa/passkeys/reauthenticate/?next=/accounts/me/")
    expert.look("passkey-again")
    presses(page, "패스키로 확인")
    heading(page, "내 계정")


@SIZES
def test_a_device_without_a_passkey_is_told_so_on_the_page(visitor, size):
    somebody = visitor()
    Device(somebody)
    page = somebody.page
    somebody.open("/accounts/login/?next=/sheets/")
    page.locator('[name="login"]').fill("kim@example.kr")

    presses(page, "패스키로 로그인")

    expect(page.get_by_role("alert").get_by_text("패스키를 쓰지 못했습니다.")).to_be_visible()
    somebody.look("passkey-none")
    expect(page.locator('[name="login"]')).to_have_value("kim@example.kr")


@DESKTOP
def test_a_passkey_that_was_removed_here_is_told_so_in_a_sentence(visitor, size):
    user = accounts.an_expert()
    expert = visitor()
    Device(expert)
    page = expert.page
    expert.sign_in(user)
    expert.open(ADD)
    presses(page, "패스키 만들기")
    expect(page.get_by_role("heading", level=1)).to_have_text("복구 번호")
    Authenticator.objects.filter(user=user, type="webauthn").delete()
    signs_out(expert)
    expert.open("/accounts/login/?next=/sheets/")

    presses(page, "패스키로 로그인")

    expect(page.get_by_text("이 패스키로는 확인하지 못했습니다.")).to_be_visible()
    expert.look("passkey-refused")
    assert page.url.endswith("/accounts/login/?next=/sheets/")


@DESKTOP
def test_without_a_script_nothing_offers_what_it_could_not_do(visitor, size):
    expert = visitor(script=False)
    expert.open("/accounts/login/")
    expect(expert.page.get_by_role("button", name="로그인", exact=True)).to_be_visible()
    expect(expert.page.get_by_role("button", name="패스키로 로그인")).to_be_hidden()

    expert.sign_in(accounts.an_expert())
    expert.open(ADD)
    expect(expert.page.get_by_text("이 브라우저에서는 패스키를 쓸 수 없습니다.")).to_be_visible()
    expect(expert.page.get_by_role("button", name="패스키 만들기")).to_be_hidden()
    expert.look("passkey-no-script")


@DESKTOP
def test_at_an_address_that_is_a_number_there_are_no_passkeys(visitor, size):
    somebody = visitor()
    somebody.site = somebody.site.replace("localhost", "127.0.0.1")
    somebody.open(f"{somebody.site}/accounts/login/")

    expect(somebody.page.get_by_role("button", name="로그인", exact=True)).to_be_visible()
    expect(somebody.page.get_by_role("button", name="패스키로 로그인")).to_be_hidden()
    somebody.look("passkey-number")
