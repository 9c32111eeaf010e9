"""An expert's whole way, from the link in her mail to the receipt, as she walks it herself."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from evaluations.panels import actions as panels
from evaluations.panels.models import Conflict, Panelist, Pledge
from evaluations.reviews.models import Confirmation, Draft, Sheet
from tests.factories import accounts, programme, reviews
from tests.factories.accounts import PASSWORD, totp_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = pytest.mark.parametrize("size", ["desktop", "phone"])
DESKTOP = pytest.mark.parametrize("size", ["desktop"])
SAVED = "[data-save-state][data-state=saved]"


@pytest.fixture
def stage():
    """Open, with a file of every team."""
    stage = reviews.an_open_stage()
    for team in stage.teams.all():
        programme.a_blind_copy(programme.a_submission(team, stage.rounds.first()))
    return stage


@pytest.fixture
def officer():
    return accounts.an_officer()


@pytest.fixture
def link(stage, officer) -> str:
    """What the mail leads to, on the server of this test."""
    (seat,) = panels.create_seats(stage=stage, number=1, by=officer)
    invited = panels.invite(panelist=seat, email="kim@example.kr", name="김평가", by=officer)
    return re.search("/panel/.*", invited.link)[0]


def assign(stage, officer) -> None:
    panels.assign(panelist=Panelist.objects.get(), round=stage.rounds.first(), by=officer)


def choose(page, name: str, value: str) -> None:
    """A mark or an answer, where a finger or a mouse would meet it: at its label."""
    button = page.locator(f'input[name="{name}"][value="{value}"]')
    page.locator(f'label[for="{button.get_attribute("id")}"]').click()


def write(page, name: str, text: str) -> None:
    page.locator(f'[name="{name}"]').fill(text)


def refused(expert, status: int) -> None:
    """Something was refused with this status just now, and the browser's console has nothing else to tell."""
    while not expert.said:
        expert.page.wait_for_event("console")
    assert [line for line in expert.said if f"status of {status} " not in line] == []
    expert.said.clear()


def touching(page) -> list[str]:
    """What stands directly below a box without any air between."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main :is(.alert, .error-summary, .sample-banner)')].flatMap(box => {
            let next = box.nextElementSibling;
            while (next && !next.checkVisibility()) next = next.nextElementSibling;
            const air = next ? next.getBoundingClientRect().top - box.getBoundingClientRect().bottom : 8;
            return air < 8 ? [next.textContent.trim()] : [];
        })"""
    )


def stands(page, points: str, filled: str) -> None:
    """How far her sheet is, as the guide beside it tells."""
    expect(page.locator(".sheet-guide .running")).to_have_text(points)
    expect(page.locator(".sheet-guide .filled")).to_have_text(filled)


def take_the_seat(expert, link: str) -> str:
    """From the invitation to the affiliations; returns the secret of the app."""
    page = expert.page
    expert.open(link)
    expert.look("expert-invitation")
    write(page, "password", PASSWORD)
    write(page, "again", PASSWORD)
    page.get_by_role("button", name="수락하고 시작하기").click()
    expert.look("expert-second-factor")
    secret = page.locator("code.receipt-code").inner_text()
    write(page, "code", totp_code(secret))
    page.get_by_role("button", name="등록").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    expert.look("expert-recovery-codes")
    page.get_by_role("link", name="적어 두었습니다. 계속하기").click()
    return secret


def declare_and_pledge(expert) -> None:
    page = expert.page
    expert.look("expert-interests")
    write(page, "form-0-organisation", "한국대학교")
    write(page, "form-0-unit", "철학과")
    page.select_option('[name="team-motif"]', "relative")
    page.get_by_role("button", name="신고하고 서약으로").click()
    expert.look("expert-interests-certain")
    page.get_by_role("button", name="이대로 신고합니다").click()
    expert.look("expert-pledge")
    page.get_by_role("button", name="위와 같이 서약합니다").click()
    expect(page.get_by_text("아직 배정된 평가가 없습니다")).to_be_visible()


def fill(page, without: tuple[str, ...] = ()) -> None:
    """Everything the sheet asks, but for what is named."""
    for name, value in reviews.COMPLETE.items():
        if name in without:
            continue
        if name.startswith(("comment-", "reason-", "mark-expert.technology")):
            write(page, name, value)
        else:
            choose(page, name, value)


@SIZES
def test_from_the_link_in_the_mail_to_the_receipt(visitor, stage, officer, link, size):
    expert = visitor()
    page = expert.page

    take_the_seat(expert, link)
    declare_and_pledge(expert)
    assert Pledge.objects.count() == 1
    assert Conflict.objects.get().team.slug == "motif"
    assign(stage, officer)
    page.reload()
    expert.look("expert-desk")
    assert sorted(page.locator(".task h4").all_inner_texts()) == ["모델 가", "모델 나", "모델 다"]

    # She reads the file and begins.
    page.get_by_role("link", name="자료 읽기").first.click()
    expert.look("expert-file")
    page.get_by_role("link", name="평가표 쓰기").click()
    expert.look("expert-sheet")
    stands(page, "0 / 35점", "채운 항목 0 / 9")

    # Points and progress go along; the draft keeps itself, gaps and all.
    write(page, "mark-expert.technology", "12")
    write(page, "comment-expert.technology", "기록이 잘 남아 있다.")
    page.locator('[name="mark-expert.strategy"]').first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    stands(page, "18 / 35점", "채운 항목 2 / 9")
    page.locator(SAVED).wait_for()
    expert.look("expert-sheet-draft")
    assert Draft.objects.get().body == {
        "mark-expert.technology": "12",
        "comment-expert.technology": "기록이 잘 남아 있다.",
        "mark-expert.strategy": "6",
    }

    # She leaves and comes back to what she wrote.
    page.get_by_role("navigation", name="현재 경로").get_by_role("link", name="나의 평가").click()
    expect(page.locator(".task", has_text="작성 중").get_by_text("2 / 9")).to_be_visible()
    page.get_by_role("link", name="이어서 쓰기").click()
    assert page.locator('[name="comment-expert.technology"]').input_value() == "기록이 잘 남아 있다."
    stands(page, "18 / 35점", "채운 항목 2 / 9")

    # She submits without a comment that is required: told where, led there, nothing lost.
    fill(page, without=("comment-expert.technology",))
    write(page, "comment-expert.technology", "")
    stands(page, "28.5 / 35점", "채운 항목 8 / 9")
    page.get_by_role("button", name="제출하기").click()
    page.locator("[data-error-summary]").wait_for()
    refused(expert, 422)
    expert.look("expert-sheet-gap")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')") is True
    assert touching(page) == []
    page.get_by_role("link", name="기술력 의견: 의견을 적어 주세요.").click()
    assert page.evaluate("document.activeElement.name") == "comment-expert.technology"
    page.keyboard.type("기록이 잘 남아 있다.")
    page.get_by_role("button", name="제출하기").click()

    # She sees all of it once more, confirms, and has a receipt.
    expert.look("expert-review")
    expect(page.get_by_text("아직 접수되지 않았습니다")).to_be_visible()
    expect(page.locator(".page-head .lead")).to_have_text(re.compile(r"합계 28\.5점$"))
    page.get_by_role("button", name="위의 내용이 맞음을 확인합니다").click()
    expert.look("expert-receipt")
    receipt = Confirmation.objects.get().event.receipt
    expect(page.locator("#receipt-code")).to_have_text(receipt)
    page.get_by_role("link", name="나의 평가로").click()
    expert.look("expert-desk-done")
    expect(page.locator(".task", has_text="확인 완료").get_by_text(receipt)).to_be_visible()
    assert (Sheet.objects.count(), Draft.objects.count()) == (1, 0)


@DESKTOP
def test_the_whole_way_without_a_script(visitor, stage, officer, link, size):
    expert = visitor(script=False)
    page = expert.page
    take_the_seat(expert, link)
    declare_and_pledge(expert)
    assign(stage, officer)
    page.reload()
    page.get_by_role("link", name="평가 시작").first.click()

    write(page, "mark-expert.technology", "12")
    page.get_by_role("button", name="임시 저장").first.click()
    expect(page.get_by_text("저장했습니다. 제출하기 전까지는")).to_be_visible()
    stands(page, "12 / 35점", "채운 항목 0 / 9")
    expert.look("expert-no-script-draft")
    expert.open("/sheets/")
    page.get_by_role("link", name="이어서 쓰기").click()
    fill(page, without=("comment-expert.technology",))
    page.get_by_role("button", name="제출하기").click()
    refused(expert, 422)
    stands(page, "28.5 / 35점", "채운 항목 8 / 9")
    assert (
        page.get_by_role("link", name="기술력 의견: 의견을 적어 주세요.").get_attribute("href")
        == "#id_comment-expert.technology"
    )
    write(page, "comment-expert.technology", "기록이 잘 남아 있다.")
    page.get_by_role("button", name="제출하기").click()
    page.get_by_role("button", name="위의 내용이 맞음을 확인합니다").click()

    expert.look("expert-no-script-receipt")
    expect(page.locator("#receipt-code")).to_have_text(Confirmation.objects.get().event.receipt)


@pytest.fixture
def at_her_desk(stage):
    """An expert with a password and an app, and her first assignment."""
    expert = accounts.an_expert()
    return expert, reviews.a_desk(stage, expert)[0]


@SIZES
def test_a_stale_tab_is_refused_with_both_texts_and_she_picks(visitor, at_her_desk, size):
    user, assignment = at_her_desk
    expert = visitor()
    expert.sign_in(user)
    expert.open(f"/sheets/{assignment.pk}/")
    old, new = expert.page, expert.context.new_page()

    choose(old, "mark-expert.strategy", "5")
    old.locator("[data-save-state][data-state=saved]").wait_for()
    new.goto(f"/sheets/{assignment.pk}/")
    write(new, "opinion", "새 창에서 쓴 의견")
    choose(new, "mark-expert.strategy", "7")
    new.get_by_role("button", name="임시 저장").first.click()
    new.get_by_text("저장했습니다. 제출하기 전까지는").wait_for()
    write(old, "opinion", "오래된 창에서 쓴 의견")
    old.locator("[data-save-state][data-state=conflict]").wait_for()
    refused(expert, 409)
    expert.look("expert-stale")
    assert Draft.objects.get().body == {"opinion": "새 창에서 쓴 의견", "mark-expert.strategy": "7"}
    old.get_by_role("button", name="두 글 견주기").click()
    refused(expert, 409)
    expert.look("expert-conflict")
    expect(old.get_by_text("새 창에서 쓴 의견")).to_be_visible()
    expect(old.get_by_text("오래된 창에서 쓴 의견")).to_be_visible()
    # The old mark stands in this window still; nobody wrote it here since it was kept.
    expect(old.locator(".difference")).to_have_count(1)
    old.get_by_role("button", name="고른 대로 저장").click()

    expect(old.get_by_text("고른 대로 저장했습니다")).to_be_visible()
    assert Draft.objects.get().body == {"opinion": "오래된 창에서 쓴 의견", "mark-expert.strategy": "7"}


@DESKTOP
def test_a_session_that_ends_while_she_writes_costs_no_word(visitor, at_her_desk, size):
    user, assignment = at_her_desk
    expert = visitor()
    expert.sign_in(user)
    page = expert.page
    expert.open(f"/sheets/{assignment.pk}/")

    Session.objects.all().delete()
    write(page, "opinion", "긴 의견")
    state = page.locator("[data-save-state]")
    state.get_by_role("link", name="로그인").wait_for()
    refused(expert, 403)
    assert "로그인이 끝났습니다" in state.inner_text()
    with expert.context.expect_page() as opened:
        state.get_by_role("link", name="로그인").click()
    tab = opened.value
    write(tab, "login", user.email)
    write(tab, "password", PASSWORD)
    tab.get_by_role("button", name="로그인", exact=True).click()
    write(tab, "code", totp_code())
    tab.get_by_role("button", name="로그인", exact=True).click()
    tab.get_by_role("button", name="로그아웃").wait_for()
    tab.close()
    page.bring_to_front()
    page.locator(SAVED).wait_for()

    assert Draft.objects.get().body == {"opinion": "긴 의견"}
    # And the form itself can be sent again.
    page.get_by_role("button", name="임시 저장").first.click()
    expect(page.get_by_text("저장했습니다. 제출하기 전까지는")).to_be_visible()


@SIZES
def test_the_sheet_is_within_reach_of_thumbs_and_keys(visitor, at_her_desk, size):
    user, assignment = at_her_desk
    expert = visitor()
    expert.sign_in(user)
    page = expert.page
    expert.open(f"/sheets/{assignment.pk}/")

    small = page.evaluate(
        """() => [...document.querySelectorAll('form.sheet :is(label[for*="mark-"], label[for*="finding-"], label[for*="recognised"], button, summary, textarea, select, input[type=text])')]
            .filter(one => one.checkVisibility())
            .map(one => [one.textContent.trim().slice(0, 20), one.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44).map(([text, box]) => [text, box.width, box.height])"""
    )
    # Labels of the typed mark and of text fields are words above a field, not buttons.
    assert [one for one in small if not one[0].startswith("기술력")] == []

    # With the Tab key everything that takes the focus is seen, also above the bar of a phone.
    page.locator('[name="mark-expert.technology"]').focus()
    hidden = []
    for _ in range(28):
        page.keyboard.press("Tab")
        hidden += page.evaluate(
            """() => {
                const one = document.activeElement;
                const box = (one.labels?.[0] ?? one).getBoundingClientRect();
                const seen = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
                return seen && (one.parentElement.contains(seen) || one.closest('.form-group, p')?.contains(seen)) ? [] : [one.name || one.textContent];
            }"""
        )
    assert hidden == []


@SIZES
def test_while_she_writes_she_sees_what_is_saved_and_what_is_not(visitor, at_her_desk, size):
    user, assignment = at_her_desk
    expert = visitor()
    expert.sign_in(user)
    page = expert.page
    expert.open(f"/sheets/{assignment.pk}/")
    state = page.locator("[data-save-state]")
    expect(state).to_have_text("아직 저장한 것이 없습니다.")

    for name in ("comment-expert.technology", "opinion"):
        write(page, name, "기록이 잘 남아 있다.")
        expect(state).to_have_attribute("data-state", "changed")
        expect(state).to_have_text("아직 저장하지 않았습니다.")
        expect(state).to_be_in_viewport(ratio=1)
        expect(page.locator(".sheet-guide .running")).to_be_in_viewport(ratio=1)
        page.locator(SAVED).wait_for()
        expect(state).to_be_in_viewport(ratio=1)
    saved = state.inner_text()
    write(page, "opinion", "기록")
    write(page, "opinion", "기록이 잘 남아 있다.")
    expect(state).to_have_text(saved)

    write(page, "opinion", "가" * 10_001)
    page.locator("[data-save-state][data-state=long]").wait_for()
    expect(state).to_contain_text("종합 의견(10,000자까지, 지금 10,001자)")
    expect(state).to_be_in_viewport(ratio=1)
    expert.look("expert-sheet-long")
    assert touching(page) == []
    page.get_by_role("button", name="제출하기").click()
    page.locator("[data-error-summary]").wait_for()
    refused(expert, 422)
    assert len(Draft.objects.get().body["opinion"]) == 10_001
    write(page, "opinion", "가" * 350_000)
    page.locator("[data-save-state][data-state=refused]").wait_for()
    refused(expert, 422)
    page.get_by_role("button", name="임시 저장").first.click()
    page.locator("main > .inner > .alert.danger").wait_for()
    refused(expert, 422)
    assert touching(page) == []
    assert len(page.locator('[name="opinion"]').input_value()) == 350_000


@DESKTOP
def test_the_contents_show_where_on_the_sheet_she_is(visitor, at_her_desk, size):
    user, assignment = at_her_desk
    expert = visitor()
    expert.sign_in(user)
    page = expert.page
    expert.open(f"/sheets/{assignment.pk}/")
    here = page.locator(".sheet-contents [aria-current]")
    links = page.locator(".sheet-contents a")
    titles = links.all_inner_texts()
    expect(here).to_have_text(titles[0])

    # A heading that came up to a quarter of the window is what she reads; what is behind it is not.
    for link, title in zip(links.all(), titles, strict=True):
        place = link.get_attribute("href")
        page.evaluate(
            "place => scrollBy(0, document.querySelector(place).getBoundingClientRect().top - innerHeight / 4)", place
        )
        if page.evaluate("document.documentElement.scrollHeight - innerHeight - scrollY > innerHeight"):
            expect(here).to_have_text(title)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(here).to_have_text(titles[-1])

    # What she asked for is where she is, however near the end it lies.
    for link, title in zip(links.all(), titles, strict=True):
        link.click()
        expect(here).to_have_text(title)
    page.evaluate("scrollTo(0, 0)")
    expect(here).to_have_text(titles[0])


@DESKTOP
def test_what_she_submitted_can_be_printed_with_nothing_around_it(visitor, at_her_desk, size):
    user, assignment = at_her_desk
    sheet = reviews.confirm(assignment, user).sheet
    expert = visitor()
    expert.sign_in(user)
    expert.open(f"/sheets/submitted/{sheet.pk}/")

    expert.page.emulate_media(media="print")

    for gone in (".site-header", ".site-footer", ".actions"):
        expect(expert.page.locator(gone).first).to_be_hidden()
    for told in ("모델 가 평가표 보기", "12 / 15", "학습 기록이 잘 남아 있다.", "합계 28.5점"):
        expect(expert.page.get_by_text(told).first).to_be_visible()
