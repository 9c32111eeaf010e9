"""A citizen: from the first look at home to the receipt of her last answer."""

import re

import pytest
from playwright.sync_api import Page, expect

from evaluations.programme.models import Stage
from evaluations.ratings.models import Answer, Ballot, Prompt
from tests.factories.accounts import a_citizen
from tests.factories.programme import in_phase
from tests.factories.ratings import a_rated_stage, issued
from tests.language import korean_in_main

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = "citizen@example.kr"
QUESTION = "다음 달에 처음으로 전셋집을 얻어 이사합니다. 무엇을 어떤 순서로 챙겨야 하나요?"
LONG = """전세 계약은 보증금이 크기 때문에 **순서**가 중요합니다.

## 계약 전

1. 등기부등본을 떼어 집주인과 근저당을 확인합니다.
2. 빚과 보증금을 더한 금액이 집값의 70%를 넘으면 신중해야 합니다.

| 때 | 할 일 | 걸리는 날 | 드는 돈 | 필요한 서류 | 챙기는 사람 |
|---|---|---|---|---|---|
| 계약 | 특약을 적고 확정일자를 받습니다 | 하루 | 없음 | 신분증과 계약서 | 세입자 |
| 이사 | 전입신고를 합니다 | 하루 | 없음 | 신분증 | 세입자 |

    보증금_비율 = (근저당 + 보증금) / 집값 # 0.7보다 크면 다시 생각해 보아야 하는 아주 긴 줄입니다

> 참고: 대항력은 다음 날 0시부터 생깁니다.

""" + "\n\n".join(
    f"{number}. 빠뜨리는 일이 없도록 순서를 한 장에 적어 두고 하나씩 지워 가면 한결 가벼워집니다."
    for number in range(1, 9)
)
SHORT = "등기부등본을 확인하고, 전입신고를 하고, 확정일자를 받으세요."


@pytest.fixture
def stage(transactional_db) -> Stage:
    """Two comparisons and one rating; whichever pair she draws, one of its answers is long."""
    stage = in_phase(a_rated_stage(), "preparing")
    Prompt.objects.filter(stage=stage).update(text=QUESTION)
    Answer.objects.filter(team__stage=stage).update(text=LONG)
    Answer.objects.filter(team=stage.teams.order_by("position")[1]).update(text=SHORT)
    return in_phase(stage, "open")


def press(page: Page, words: str, link: bool = False) -> None:
    page.locator("main").get_by_role("link" if link else "button", name=words, exact=not link).first.click()


def choose(page: Page, words: str) -> None:
    page.locator("main label").filter(has_text=re.compile(f"^{words}")).click()


def refused(one, status: int) -> None:
    """The browser notes in its console that the page came with this status; nothing else may stand there."""
    one.page.wait_for_load_state()
    assert [f"status of {status}" in text for text in one.said] == [True]
    one.said.clear()


def leave(one, words: str) -> None:
    """The browser also notes what it forgets of us."""
    one.page.get_by_role("button", name=words).click()
    one.page.wait_for_url(f"{one.site}/")
    assert [text for text in one.said if not text.startswith("Clear-Site-Data header on ")] == []
    one.said.clear()


def sign_up(one, page: Page, press_sign_up: str, confirm: str, consent: str) -> None:
    page.get_by_role("textbox").fill(ADDRESS)
    choose(page, consent)
    press(page, press_sign_up)
    page.wait_for_url("**/confirm-email/**")
    one.look("3-code")
    page.get_by_role("textbox").fill(one.code_from_mail())
    press(page, confirm)


def rate(page: Page, *stars: int) -> None:
    for number, star in enumerate(stars):
        page.locator(f"label[for=id_star-q{number}_{star - 1}]").click()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_citizen_signs_up_compares_rates_stops_and_comes_back(visitor, stage, size):
    one = visitor()
    page = one.page

    one.open("/")
    one.look("1-home")
    press(page, "알아보고 참여하기", link=True)
    one.look("2-asked")
    press(page, "로그인하고 참여하기", link=True)
    one.look("3-sign-in")
    press(page, "처음 참여합니다", link=True)
    one.look("3-sign-up")
    sign_up(one, page, "확인 코드 받기", "확인", "이메일 주소의 수집·이용에 동의합니다")

    page.wait_for_url("**/enrol/")
    press(page, "등록하고 시작하기")
    page.locator(".error-summary").wait_for()
    refused(one, 422)
    one.look("4-enrol-gaps")
    for words in ("20대", "아니요", "특성 정보의 수집·이용에 동의합니다"):
        choose(page, words)
    press(page, "등록하고 시작하기")

    page.wait_for_url("**/papers/1/")
    one.look("5-compare")
    press(page, "저장하고 다음으로")
    page.locator(".error-summary").wait_for()
    refused(one, 422)
    one.look("5-compare-nothing-chosen")
    choose(page, "둘 다 좋다")
    press(page, "저장하고 다음으로")
    page.wait_for_url("**/papers/2/")
    one.look("6-saved")
    press(page, "저장하고 멈추기")
    expect(page.locator("progress")).to_have_attribute("value", "1")
    one.look("7-progress")

    leave(one, "로그아웃")
    one.open("/take-part/stage-2/progress/")
    press(page, "이메일로 확인 코드 받기", link=True)
    one.look("8-sign-in-by-code")
    page.get_by_role("textbox").fill(ADDRESS)
    press(page, "확인 코드 받기")
    page.wait_for_url("**/confirm/**")
    one.look("8-code")
    page.get_by_role("textbox").fill(one.code_from_mail())
    press(page, "확인")
    page.wait_for_url("**/progress/")
    press(page, "이어서 하기")

    page.wait_for_url("**/papers/2/")
    choose(page, "A가 더 낫다")
    press(page, "저장하고 다음으로")
    page.wait_for_url("**/papers/3/")
    rate(page, 4)
    press(page, "저장하고 다음으로")
    page.locator(".error-summary").wait_for()
    refused(one, 422)
    one.look("9-rate-one-missing")
    rate(page, 4, 2)
    press(page, "저장하고 다음으로")
    page.wait_for_url("**/progress/")
    one.look("10-finished")
    expect(page.locator("h1")).to_have_text("모두 답하셨습니다. 고맙습니다")

    receipts = page.locator("td code").all_inner_texts()
    one.open("/take-part/stage-2/papers/1/")
    one.look("11-change")
    expect(page.get_by_role("radio", name="둘 다 좋다")).to_be_checked()
    one.open("/take-part/receipt/")
    page.get_by_role("textbox").fill(receipts[0])
    press(page, "확인")
    one.look("12-receipt")
    expect(page.get_by_role("status")).to_contain_text("기록에 들어 있습니다")
    one.open("/accounts/me/")
    one.look("13-account")
    assert sorted(receipts) == sorted(ballot.event.receipt for ballot in Ballot.objects.select_related("event"))


@pytest.mark.parametrize("size", ["phone"])
def test_the_whole_way_in_english(visitor, stage, size):
    one = visitor()
    page = one.page

    def look(name: str) -> None:
        one.look(f"en-{name}")
        assert page.locator("html").get_attribute("lang") == "en"
        assert korean_in_main(page.content()) == []

    one.open("/")
    page.get_by_role("button", name="English").click()
    look("home")
    press(page, "Learn more and take part", link=True)
    look("asked")
    press(page, "Sign in and take part", link=True)
    look("sign-in")
    press(page, "This is my first time", link=True)
    look("sign-up")
    sign_up(one, page, "Get a code", "Confirm", "I agree that my e-mail address")
    page.wait_for_url("**/enrol/")
    look("enrol")
    for words in ("20s", "No", "I agree that my characteristics"):
        choose(page, words)
    press(page, "Enrol and start")
    page.wait_for_url("**/papers/1/")
    look("compare")
    assert page.locator(".answer-text").evaluate_all("every => every.map(one => one.lang)") == ["ko", "ko", "ko"]
    choose(page, "Cannot judge")
    press(page, "Save and go on")
    page.wait_for_url("**/papers/2/")
    look("saved")
    choose(page, "B is better")
    press(page, "Save and go on")
    page.wait_for_url("**/papers/3/")
    look("rate")
    rate(page, 5, 1)
    press(page, "Save and go on")
    page.wait_for_url("**/progress/")
    look("finished")
    leave(one, "Sign out")
    look("signed-out")


@pytest.mark.parametrize("size", ["desktop"])
def test_the_whole_way_without_javascript(visitor, stage, size):
    one = visitor(script=False)
    page = one.page

    one.open("/take-part/stage-2/enrol/")
    press(page, "처음 참여합니다", link=True)
    sign_up(one, page, "확인 코드 받기", "확인", "이메일 주소의 수집·이용에 동의합니다")
    page.wait_for_url("**/enrol/")
    for words in ("40대", "아니요", "특성 정보의 수집·이용에 동의합니다"):
        choose(page, words)
    press(page, "등록하고 시작하기")
    page.wait_for_url("**/papers/1/")
    one.look("plain-compare")
    for choice, following in (("B가 더 낫다", "**/papers/2/"), ("둘 다 나쁘다", "**/papers/3/")):
        choose(page, choice)
        press(page, "저장하고 다음으로")
        page.wait_for_url(following)
    rate(page, 1, 5)
    press(page, "저장하고 다음으로")
    page.wait_for_url("**/progress/")
    one.look("plain-finished")

    assert page.locator("td code").count() == Ballot.objects.count() == 3


def on_a_paper(one) -> Page:
    """Signed in, enrolled, before her first comparison."""
    citizen = a_citizen(ADDRESS)
    issued(Stage.objects.get(), citizen)
    one.sign_in(citizen)
    one.open("/take-part/stage-2/papers/1/")
    return one.page


def is_in_view(page: Page, selector: str) -> bool:
    return page.locator(selector).evaluate("""one => {
        const box = one.getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight + 1;
    }""")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_choice_stays_in_reach_and_the_text_where_it_was(visitor, stage, size):
    page = on_a_paper(visitor())
    half = page.evaluate("document.querySelector('.answers').getBoundingClientRect().top + 300")

    for scrolled in (0, half):
        page.evaluate(f"scrollTo(0, {scrolled})")
        assert is_in_view(page, ".choice")
    # A finger, not `click()`: that scrolls by itself when it has to try twice.
    box = page.locator("main label").filter(has_text=re.compile("^판단하기 어렵다")).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    assert page.evaluate("scrollY") == pytest.approx(half, abs=1)
    expect(page.get_by_role("radio", name="판단하기 어렵다")).to_be_checked()
    sizes = page.locator(".choice label").evaluate_all("all => all.map(one => one.getBoundingClientRect())")
    assert min(box["height"] for box in sizes) >= 44
    assert min(box["width"] for box in sizes) >= 44


@pytest.mark.parametrize("size", ["desktop"])
def test_both_answers_stand_beside_each_other_and_look_alike(visitor, stage, size):
    page = on_a_paper(visitor())

    first, second = page.locator(".answer").evaluate_all(
        """both => both.map(one => {
            const box = one.getBoundingClientRect(), text = getComputedStyle(one.querySelector('.answer-text'));
            return {top: box.top, height: box.height, width: box.width, font: text.font, color: text.color, padding: text.padding};
        })"""
    )

    assert first == second


@pytest.mark.parametrize("size", ["phone"])
def test_a_press_leads_from_one_answer_to_the_other(visitor, stage, size):
    page = on_a_paper(visitor())
    choose(page, "A가 더 낫다")

    for name in ("B", "A", "B"):
        page.locator(".jump").get_by_role("link", name=f"{name} – 답변 {name}").click()
        top = page.locator(f"#answer-{name.lower()}").evaluate("one => one.getBoundingClientRect().top")
        assert 0 <= top <= 100
        assert is_in_view(page, ".choice")

    expect(page.get_by_role("radio", name="A가 더 낫다")).to_be_checked()


@pytest.mark.parametrize("size", ["desktop"])
def test_the_keyboard_is_enough_and_what_has_the_focus_is_seen(visitor, stage, size):
    page = on_a_paper(visitor())
    page.locator("main").focus()
    met = []

    for _ in range(12):
        page.keyboard.press("Tab")
        focus = page.evaluate("""() => {
            const one = document.activeElement, box = one.getBoundingClientRect();
            const bar = document.querySelector('.choice-bar'), hidden = !bar.contains(one) && box.top >= bar.getBoundingClientRect().top;
            return [one.name || one.className || one.tagName, hidden];
        }""")
        assert focus[1] is False, focus
        met.append(focus[0])
        if "primary" in focus[0]:
            break
        if focus[0] == "choice":
            page.keyboard.press("Space")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")

    assert [name for name in met if name in ("choice", "recognised")] == ["choice", "recognised"]
    page.keyboard.press("Enter")
    page.wait_for_url("**/papers/2/")
    assert Ballot.objects.get().choice == "both_good"
