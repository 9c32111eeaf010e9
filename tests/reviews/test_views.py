"""Her pages, as a browser without script meets them."""

import html
import re
import shutil
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from evaluations.panels import actions as panel_actions
from evaluations.programme.actions import release_blind_copy
from evaluations.programme.models import Round
from evaluations.programme.phases import Phase
from evaluations.reviews.forms import MOST_BYTES
from evaluations.reviews.models import Confirmation, Draft, Sheet
from evaluations.reviews.outline import outline_of
from evaluations.stagefile.load import load_directory
from tests.factories import accounts, panels, programme, reviews
from tests.factories.reviews import COMPLETE, NOTHING_JUDGED

pytestmark = pytest.mark.django_db

AUTOSAVE = {"X-Requested-With": "autosave"}
OTHER = COMPLETE | {"opinion": "다시 생각해 보니 이렇다."}


@pytest.fixture
def expert():
    return accounts.an_expert()


@pytest.fixture
def stage():
    return reviews.an_open_stage()


@pytest.fixture
def assignment(stage, expert):
    return reviews.a_desk(stage, expert)[0]


@pytest.fixture
def her(client, expert):
    """Her browser."""
    return accounts.sign_in(client, expert)


def sheet_of(assignment, verb: str = "") -> str:
    return f"/sheets/{assignment.pk}/{verb}"


def main_of(response) -> str:
    return response.content.decode().split("<main")[1].split("</main>")[0]


def in_words(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main_of(response))))


def version_in(response) -> str:
    return re.search(r'name="version" value="([0-9.]+)"', main_of(response))[1]


def was_in(response) -> str:
    return html.unescape(re.search(r'name="was" value="([^"]*)"', main_of(response))[1])


def shown(response, name: str) -> str:
    """What the page shows as typed into this control."""
    source = main_of(response)
    if area := re.search(rf'<textarea name="{re.escape(name)}"[^>]*>\r?\n?(.*?)</textarea>', source, re.DOTALL):
        return html.unescape(area[1])
    chosen = re.search(rf'<input type="radio" name="{re.escape(name)}" value="([^"]*)"[^>]* checked', source)
    typed = re.search(rf'<input type="text" name="{re.escape(name)}" value="([^"]*)"', source)
    return html.unescape((chosen or typed or ["", ""])[1])


# ---------------------------------------------------------------- writing


def test_an_empty_sheet_shows_what_is_asked_the_points_and_the_way(her, assignment):
    page = her.get(sheet_of(assignment))

    words = in_words(page)
    assert page.status_code == 200
    assert "모델 가 평가표" in words
    assert "0 / 35점" in words
    assert "채운 항목 0 / 9" in words
    assert "처음부터 스스로 하였고 기록이 모두 있다" in words
    assert version_in(page) == "0.0"
    assert 'autocomplete="off"' in main_of(page)
    assert "엘지팀" not in words.split("어느 팀이라고 생각하십니까?")[0]


def test_a_draft_with_gaps_is_saved_and_there_when_she_comes_back(her, assignment):
    typed = {"mark-expert.technology": "12", "mark-expert.independence.weights": "5", "opinion": "첫 줄\r\n둘째 줄"}

    answer = her.post(sheet_of(assignment, "save/"), typed | {"version": "0.0"})
    page = her.get(answer["Location"])

    assert answer["Location"] == sheet_of(assignment)
    assert "저장했습니다. 제출하기 전까지는 집계에 들어가지 않습니다." in in_words(page)
    assert [shown(page, name) for name in typed] == ["12", "5", "첫 줄\n둘째 줄"]
    assert "18 / 35점" in in_words(page)
    assert "채운 항목 1 / 9" in in_words(page)
    assert version_in(page) == "0.1"
    assert "error-summary" not in main_of(page)


def test_what_cannot_be_right_is_kept_and_marked_also_in_a_draft(her, assignment):
    her.post(sheet_of(assignment, "save/"), {"mark-expert.technology": "99", "version": "0.0"})

    page = her.get(sheet_of(assignment))

    assert shown(page, "mark-expert.technology") == "99"
    assert "‘99’은(는) 평점이 아닙니다" in in_words(page)
    assert "0 / 35점" in in_words(page)


def test_a_submission_with_gaps_leads_to_each_of_them_and_keeps_everything(her, assignment):
    typed = {name: text for name, text in COMPLETE.items() if name != "comment-expert.technology"}

    page = her.post(sheet_of(assignment, "submit/"), typed | {"version": "0.0"})

    assert page.status_code == 422
    (link,) = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', main_of(page))
    assert link == ("id_comment-expert.technology", "기술력 의견: 의견을 적어 주세요.")
    assert f'id="{link[0]}"' in main_of(page)
    assert [shown(page, name) for name in typed] == list(typed.values())
    assert version_in(page) == "0.1"
    assert Draft.objects.get().body == typed
    assert Sheet.objects.count() == 0


def test_a_sheet_on_which_nothing_was_judged_is_told_not_to_count_before_she_confirms(her, assignment):
    empty, typed = in_words(her.get(sheet_of(assignment))), COMPLETE | NOTHING_JUDGED
    saved = her.post(sheet_of(assignment, "save/"), typed | {"version": "0.0"})
    sheet = her.get(saved["Location"])
    review = in_words(her.get(her.post(sheet_of(assignment, "submit/"), typed | {"version": "0.1"})["Location"]))

    assert "0 / 35점" in empty
    assert "– / 35점" in in_words(sheet) and "– / 12점" in in_words(sheet) and "0 / 35점" not in in_words(sheet)
    assert '<p class="small" aria-live="polite" data-left-out="expert">판단한 항목이 없어' in main_of(sheet)
    assert "‘전문가’에 판단한 항목이 하나도 없어, 이 평가표는 그 점수를 낼 때 세지 않습니다." in review
    assert "합계" not in review and "/ 35점" not in review


def test_from_submission_over_review_and_confirmation_to_the_receipt(her, assignment):
    submitted = her.post(sheet_of(assignment, "submit/"), COMPLETE | {"version": "0.0"})
    review = her.get(submitted["Location"])
    sheet = Sheet.objects.get()
    assert submitted["Location"] == f"/sheets/submitted/{sheet.pk}/"
    assert "합계 28.5 점" in in_words(review)
    assert "아직 접수되지 않았습니다" in in_words(review)
    for told in (
        "12 / 15",
        "학습 기록이 잘 남아 있다.",
        "미충족",
        "인코더의 가중치를 가져다 썼다.",
        "알아볼 수 없었다",
    ):
        assert told in in_words(review)
    assert her.get(f"/sheets/submitted/{sheet.pk}/receipt/")["Location"] == submitted["Location"]

    confirmed = her.post(f"/sheets/submitted/{sheet.pk}/confirm/")
    receipt = her.get(confirmed["Location"])

    code = Confirmation.objects.get().event.receipt
    assert f'<code class="receipt-code" id="receipt-code" translate="no">{code}</code>' in main_of(receipt)
    assert her.post(f"/sheets/submitted/{sheet.pk}/confirm/")["Location"] == confirmed["Location"]
    assert code in main_of(her.get(confirmed["Location"]))
    assert code in main_of(her.get("/sheets/"))


def test_what_an_answer_makes_necessary_is_not_called_optional(her, assignment):
    words = in_words(her.get(sheet_of(assignment)))

    assert re.search(r"이유 \(미충족이면 필수\)", words)
    assert "어느 팀이라고 생각하십니까? (알아보았거나 짐작이 갔으면 필수)" in words
    assert "이유 (선택 항목)" not in words


def test_a_second_click_on_submit_is_the_same_sheet(her, assignment):
    posts = [her.post(sheet_of(assignment, "submit/"), COMPLETE | {"version": "0.0"}) for _ in range(2)]

    assert {post["Location"] for post in posts} == {f"/sheets/submitted/{Sheet.objects.get().pk}/"}


def test_a_revision_shows_what_changed_since_the_one_that_counts(her, assignment, expert):
    first = reviews.confirm(assignment, expert).sheet
    page = her.get(sheet_of(assignment))
    assert (shown(page, "mark-expert.technology"), version_in(page)) == ("12", "1.0")

    changed = COMPLETE | {"mark-expert.technology": "9"}
    answer = her.post(sheet_of(assignment, "submit/"), changed | {"version": "1.0"})
    review = her.get(answer["Location"])

    assert "앞서 확인한 것과 달라진 곳 전문가 – 기술력 (15점) 12 / 15 → 9 / 15" in in_words(review)
    assert f'href="/sheets/submitted/{first.pk}/"' in main_of(review)
    assert "더 나중에 낸 평가표가 있습니다" in in_words(her.get(f"/sheets/submitted/{first.pk}/"))


def test_the_sheet_says_which_text_counts_while_she_changes_it(her, assignment, expert):
    unconfirmed = reviews.submit(assignment, expert)
    waiting = in_words(her.get(sheet_of(assignment)))
    reviews.actions.confirm(sheet=unconfirmed, by=expert)

    page = her.get(sheet_of(assignment))

    assert "아직 확인하지 않은 평가표입니다" in waiting
    assert "확인하신 평가표입니다" not in waiting
    assert "다시 제출하고 확인하실 때까지는 이것을 셉니다" in in_words(page)
    assert f'href="/sheets/submitted/{unconfirmed.pk}/receipt/"' in main_of(page)


def test_the_review_says_that_she_went_on_writing(her, assignment, expert):
    sheet = reviews.submit(assignment, expert)
    her.post(sheet_of(assignment, "save/"), OTHER | {"version": "1.0"})

    assert "고치던 내용이 따로 있습니다" in in_words(her.get(f"/sheets/submitted/{sheet.pk}/"))


def test_she_may_throw_changes_away_and_is_back_at_what_she_submitted(her, assignment, expert):
    reviews.confirm(assignment, expert)
    her.post(sheet_of(assignment, "save/"), OTHER | {"version": "1.0"})
    page = her.get(sheet_of(assignment))
    assert "1번째로 낸 평가표를 고치고 있습니다" in in_words(page)

    stale = her.post(sheet_of(assignment, "discard/"), {"version": "1.0"}, follow=True)
    assert "버리지 않았습니다" in in_words(stale)
    done = her.post(sheet_of(assignment, "discard/"), {"version": version_in(stale)}, follow=True)

    assert "돌아왔습니다" in in_words(done)
    assert shown(done, "opinion") == ""
    assert Draft.objects.count() == 0


# ---------------------------------------------------------------- two windows


def test_a_stale_window_is_refused_with_both_texts_and_she_picks(her, assignment):
    her.post(sheet_of(assignment, "save/"), {"opinion": "먼저 <저장>", "mark-expert.strategy": "3", "version": "0.0"})

    page = her.post(
        sheet_of(assignment, "save/"), {"opinion": "나중", "comment-expert.technology": "나의 말", "version": "0.0"}
    )

    words = in_words(page)
    assert page.status_code == 409
    assert "두 글을 견주어 남길 것을 골라 주세요" in words
    for text in ("먼저 <저장>", "나중", "나의 말"):
        assert text in words
    assert Draft.objects.get().body == {"opinion": "먼저 <저장>", "mark-expert.strategy": "3"}
    hidden = dict(re.findall(r'name="((?:mine-)[^"]+)" value="([^"]*)"', main_of(page)))
    picks = {"pick-opinion": "stored", "pick-mark-expert.strategy": "stored", "pick-comment-expert.technology": "mine"}
    done = her.post(sheet_of(assignment, "merge/"), hidden | picks | {"version": version_in(page)}, follow=True)

    assert "고른 대로 저장했습니다" in in_words(done)
    assert Draft.objects.get().body == {
        "opinion": "먼저 <저장>", "mark-expert.strategy": "3", "comment-expert.technology": "나의 말",
    }  # fmt: skip


def test_what_a_stale_window_left_alone_is_not_offered_as_hers_and_the_newer_mark_stands(her, assignment):
    old = {"mark-expert.strategy": "5", "opinion": "처음"}
    her.post(sheet_of(assignment, "save/"), old | {"version": "0.0", "was": "{}"})
    window = her.get(sheet_of(assignment))
    hidden = {"version": version_in(window), "was": was_in(window)}
    her.post(sheet_of(assignment, "save/"), old | {"mark-expert.strategy": "4"} | hidden)

    page = her.post(sheet_of(assignment, "save/"), old | {"opinion": "고친 말"} | hidden)

    assert re.findall(r'name="pick-([^"]+)"', main_of(page)) == ["opinion", "opinion"]
    mine = dict(re.findall(r'name="(mine-[^"]+)" value="([^"]*)"', main_of(page)))
    her.post(sheet_of(assignment, "merge/"), mine | {"version": version_in(page), "was": was_in(page), "all": "mine"})
    assert Draft.objects.get().body == {"mark-expert.strategy": "4", "opinion": "고친 말"}


def test_a_stale_window_without_a_change_of_its_own_leads_to_what_is_kept(her, assignment):
    her.post(sheet_of(assignment, "save/"), {"opinion": "하나", "version": "0.0"})
    window = her.get(sheet_of(assignment))
    hidden = {"version": version_in(window), "was": was_in(window)}
    her.post(sheet_of(assignment, "save/"), {"opinion": "둘"} | hidden)

    answer = her.post(sheet_of(assignment, "save/"), {"opinion": "하나"} | hidden)

    assert answer["Location"] == sheet_of(assignment)
    assert Draft.objects.get().body == {"opinion": "둘"}


@pytest.mark.parametrize("was", ["[]", "{", '{"opinion": 1}', "[" * 100_000])
def test_a_page_that_says_oddly_what_it_was_built_on_is_refused(her, assignment, was):
    page = her.post(sheet_of(assignment, "save/"), {"opinion": "나의 말", "version": "0.0", "was": was})

    assert page.status_code == 400
    assert "나의 말" in in_words(page)


def test_a_merge_that_became_stale_itself_shows_both_again(her, assignment):
    her.post(sheet_of(assignment, "save/"), {"opinion": "하나", "version": "0.0"})

    page = her.post(sheet_of(assignment, "merge/"), {"mine-opinion": "나의 것", "all": "mine", "version": "0.0"})

    assert page.status_code == 409
    assert "하나" in in_words(page) and "나의 것" in in_words(page)


def test_the_same_words_from_two_windows_are_no_conflict(her, assignment):
    for version in ("0.0", "0.0", "0.7"):
        answer = her.post(sheet_of(assignment, "save/"), {"opinion": "같은 말", "version": version})
        assert answer["Location"] == sheet_of(assignment)


def test_a_stale_submission_keeps_the_newer_draft_and_shows_both(her, assignment):
    her.post(sheet_of(assignment, "save/"), {"opinion": "다른 창", "version": "0.0"})

    page = her.post(sheet_of(assignment, "submit/"), COMPLETE | {"version": "0.0"})

    assert page.status_code == 409
    assert "다른 창" in in_words(page)
    assert (Sheet.objects.count(), Draft.objects.get().body) == (0, {"opinion": "다른 창"})


# ---------------------------------------------------------------- what comes from a script, and from elsewhere


def test_autosave_is_answered_in_json(her, assignment):
    saved = her.post(sheet_of(assignment, "save/"), {"opinion": "하나", "version": "0.0"}, headers=AUTOSAVE)
    stale = her.post(sheet_of(assignment, "save/"), {"opinion": "둘", "version": "0.0"}, headers=AUTOSAVE)
    odd = her.post(sheet_of(assignment, "save/"), {"luck": "둘", "version": "0.1"}, headers=AUTOSAVE)
    unstorable = her.post(sheet_of(assignment, "save/"), {"opinion": "둘\x00", "version": "0.1"}, headers=AUTOSAVE)

    assert saved.json() == {
        "version": "0.1", "saved_at": Draft.objects.get().saved_at.isoformat(), "was": was_in(her.get(sheet_of(assignment))),
    }  # fmt: skip
    assert (stale.status_code, list(stale.json())) == (409, ["message"])
    assert (odd.status_code, "luck" in odd.json()["message"]) == (400, True)
    assert (unstorable.status_code, "종합 의견" in unstorable.json()["message"]) == (422, True)
    assert Draft.objects.get().body == {"opinion": "하나"}


@pytest.mark.parametrize("verb", ["save/", "submit/", "discard/"])
@pytest.mark.parametrize(
    "odd", [{"team": "lg"}, {"version": "1"}, {"version": ""}, {"version": ["0.0", "0.0"]}, {"opinion": ["하나", "둘"]}]
)
def test_what_was_not_asked_is_refused_and_the_words_are_shown(her, assignment, verb, odd):
    page = her.post(sheet_of(assignment, verb), {"comment-expert.technology": "나의 말", "version": "0.0"} | odd)

    assert page.status_code == 400
    assert "저장하지 않았습니다" in in_words(page)
    assert "나의 말" in in_words(page)
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("verb", ["save/", "submit/"])
def test_a_sign_no_database_keeps_is_shown_where_it_is(her, assignment, verb):
    page = her.post(sheet_of(assignment, verb), COMPLETE | {"opinion": "앞\x00뒤", "version": "0.0"})

    assert page.status_code == 422
    assert "(종합 의견)" in in_words(page)
    assert shown(page, "opinion") == "앞\N{REPLACEMENT CHARACTER}뒤"
    assert shown(page, "comment-expert.technology") == COMPLETE["comment-expert.technology"]
    assert Draft.objects.count() == 0


def test_such_a_sign_does_not_come_in_by_a_merge_either(her, assignment):
    page = her.post(sheet_of(assignment, "merge/"), {"mine-opinion": "앞\x00뒤", "all": "mine", "version": "0.0"})

    assert page.status_code == 422
    assert Draft.objects.count() == 0


def test_a_very_long_text_comes_back_whole_with_its_length(her, assignment):
    long = "가" * 60_000

    her.post(sheet_of(assignment, "save/"), {"opinion": long, "version": "0.0"})
    page = her.get(sheet_of(assignment))

    assert "10,000자까지 쓸 수 있습니다(지금 60,000자)." in in_words(page)
    assert shown(page, "opinion") == long


def test_too_long_a_text_is_told_while_it_is_written_and_kept_until_it_is_shorter(her, assignment):
    long = {"opinion": "가" * 300_000, "evidence-technical.weights.model": "나" * 501}

    saved = her.post(sheet_of(assignment, "save/"), COMPLETE | long | {"version": "0.0"}, headers=AUTOSAVE).json()
    assert saved["message"] == (
        "너무 길어 이대로는 제출할 수 없는 칸: [본 모형] 가중치를 초기화하고 처음부터 학습하였다 근거 자료(500자까지, 지금 501자) 외 1칸"
    )
    hidden = {"version": saved["version"], "was": saved["was"]}
    page = her.post(sheet_of(assignment, "submit/"), COMPLETE | long | hidden)

    assert page.status_code == 422
    assert "10,000자까지 쓸 수 있습니다(지금 300,000자)." in in_words(page)
    assert shown(page, "opinion") == long["opinion"] == Draft.objects.get().body["opinion"]
    assert len(was_in(page)) < 2_000


@pytest.mark.parametrize("verb", ["save/", "submit/"])
def test_what_could_not_be_sent_with_all_that_a_page_adds_is_not_kept_as_a_draft_either(her, assignment, verb):
    huge = COMPLETE | {"opinion": "가" * 350_000, "version": "0.0"}
    sentence = "내용이 모두 합해 너무 길어 저장하지 않았습니다. 줄여 주세요. 너무 길어 이대로는 제출할 수 없는 칸: 종합 의견(10,000자까지, 지금 350,000자)"

    page = her.post(sheet_of(assignment, verb), huge)
    json = her.post(sheet_of(assignment, verb), huge, headers=AUTOSAVE)

    assert (page.status_code, sentence in in_words(page)) == (422, True)
    assert shown(page, "opinion") == huge["opinion"]
    assert (json.status_code, json.json()) == (422, {"message": sentence})
    assert Draft.objects.count() == 0


def test_the_fullest_sheet_is_less_than_a_request_may_hold():
    """In Korean, and once more in the page about a stale window: texts at their limits, on the longest sheet of the examples."""
    longest = load_directory(Path(settings.BASE_DIR) / "examples" / "stage-2", by="test").stage
    limits = sum(question.limit for question in outline_of(longest, longest.rounds.first()).questions())

    assert 3 * limits < MOST_BYTES


def test_every_limit_is_told_before_she_writes(her, assignment):
    words = in_words(her.get(sheet_of(assignment)))

    assert [words.count(f"{limit}자까지") for limit in ("5,000", "500", "10,000")] == [3 + 4, 4, 1]


def test_more_than_a_request_may_hold_is_told_in_words(her, assignment):
    huge = {"opinion": "가" * 1_000_000, "version": "0.0"}

    page = her.post(sheet_of(assignment, "save/"), huge)
    json = her.post(sheet_of(assignment, "save/"), huge, headers=AUTOSAVE)

    assert (page.status_code, "너무 길어 받지 못했습니다" in in_words(page)) == (413, True)
    assert (json.status_code, json.json()) == (413, {"message": "내용이 너무 길어 저장하지 못했습니다. 줄여 주세요."})


def test_what_she_writes_is_text_and_never_markup(her, assignment, expert):
    evil = "<script>alert(1)</script> \"' & {{ 7|add:7 }} {% now %}"
    sheet = reviews.submit(assignment, expert, COMPLETE | {"opinion": evil, "comment-expert.technology": evil})

    for path in (sheet_of(assignment), f"/sheets/submitted/{sheet.pk}/"):
        page = her.get(path)
        assert "<script>alert" not in page.content.decode()
        assert evil in html.unescape(main_of(page))


def test_the_sheet_says_what_a_choice_is_worth_in_the_language_of_the_page(her, assignment):
    her.cookies["language"] = "en"

    words = in_words(her.get(sheet_of(assignment)))

    assert "판단 불가로 답한 항목은 빼고, 같은 상위 항목 안의 나머지로 그 배점을 채웁니다." in words
    assert "1 = 0점 · 2 = 1.5점 · 3 = 3점 · 4 = 4.5점 · 5 = 6점" in words


# ---------------------------------------------------------------- who and when


def paths(assignment, sheet) -> list[str]:
    own = [sheet_of(assignment, verb) for verb in ("", "file/", "file/download/")]
    return own + [f"/sheets/submitted/{sheet.pk}/{verb}" for verb in ("", "receipt/")]


def posts(assignment, sheet) -> list[str]:
    own = [sheet_of(assignment, verb) for verb in ("save/", "submit/", "merge/", "discard/")]
    return [*own, f"/sheets/submitted/{sheet.pk}/confirm/"]


def test_what_is_hers_is_no_page_for_anybody_else(stage, assignment, expert):
    sheet = reviews.confirm(assignment, expert).sheet
    programme.a_blind_copy(programme.a_submission(assignment.team, assignment.round))
    colleague = accounts.an_expert(email="colleague@example.kr")
    reviews.a_desk(stage, colleague)

    for other in (colleague, accounts.a_stranger(), accounts.an_officer(), accounts.an_auditor(), accounts.a_citizen()):
        client = accounts.sign_in(Client(), other)
        assert [client.get(path).status_code for path in paths(assignment, sheet)] == [404] * 5
        assert [client.post(path, OTHER | {"version": "1.0"}).status_code for path in posts(assignment, sheet)] == [
            404
        ] * 5
    assert (Sheet.objects.count(), Draft.objects.count()) == (1, 0)


def test_a_get_writes_nothing_and_a_post_is_no_page(her, assignment, expert):
    sheet = reviews.submit(assignment, expert)

    assert [her.get(path).status_code for path in posts(assignment, sheet)] == [405] * 5
    assert [her.post(path).status_code for path in paths(assignment, sheet)] == [405] * 5
    assert her.get(sheet_of(assignment, "?team=lg")).status_code == 400


@pytest.mark.parametrize(
    ("phase", "state", "sentence"),
    [
        (Phase.CLOSED, Round.State.LOCKED, "평가가 마감되어"),
        (Phase.OPEN, Round.State.LOCKED, "이 차수는 끝나"),
        (Phase.OPEN, Round.State.WAITING, "이 차수는 아직"),
    ],
)
def test_when_writing_has_ended_her_draft_is_read_only_and_a_post_shows_what_was_sent(
    her, stage, assignment, phase, state, sentence
):
    her.post(sheet_of(assignment, "save/"), {"opinion": "초안", "version": "0.0"})
    programme.in_state(assignment.round, state)
    programme.in_phase(stage, phase)

    page = her.get(sheet_of(assignment))
    refused = her.post(sheet_of(assignment, "save/"), {"opinion": "너무 늦은 말", "version": "0.1"})
    json = her.post(sheet_of(assignment, "save/"), {"opinion": "늦다", "version": "0.1"}, headers=AUTOSAVE)

    if state == Round.State.WAITING:
        assert page.status_code == 404
    else:
        assert sentence in in_words(page) and "초안" in in_words(page)
    assert "<textarea" not in main_of(page)
    assert refused.status_code == 403
    assert sentence in in_words(refused) and "너무 늦은 말" in in_words(refused)
    assert (json.status_code, sentence in json.json()["message"]) == (403, True)


def test_without_the_pledge_there_is_only_the_desk(her, stage, assignment):
    programme.a_blind_copy(programme.a_submission(assignment.team, assignment.round))
    programme.a_configuration(stage, version=2, reason="오탈자")

    for path in (sheet_of(assignment), sheet_of(assignment, "file/")):
        assert her.get(path)["Location"] == "/sheets/"
    assert her.get(sheet_of(assignment, "file/download/")).status_code == 404


def test_what_she_typed_while_the_rules_were_amended_waits_for_her_to_sign_again(her, stage, assignment):
    programme.a_configuration(stage, version=2, reason="오탈자")
    pledge = f"/panel/{assignment.panelist_id}/pledge/"

    kept = her.post(sheet_of(assignment, "save/"), {"opinion": "적던 말", "version": "0.0"}, headers=AUTOSAVE)
    assert kept.json()["version"] == "0.1"
    sent = her.post(sheet_of(assignment, "submit/"), COMPLETE | {"opinion": "다 적은 말", "version": "0.1"})

    assert (sent.status_code, sent["Location"]) == (302, pledge)
    assert "쓰신 것은 임시 저장했습니다" in in_words(her.get(pledge))
    assert (Sheet.objects.count(), Draft.objects.get().body["opinion"]) == (0, "다 적은 말")
    panels.a_pledge(assignment.panelist)
    page = her.get(sheet_of(assignment))
    assert shown(page, "opinion") == "다 적은 말"
    again = her.post(sheet_of(assignment, "submit/"), COMPLETE | {"opinion": "다 적은 말", "version": version_in(page)})
    programme.a_configuration(stage, version=3, reason="또 오탈자")

    late = her.post(f"{again['Location']}confirm/")

    assert (late["Location"], Confirmation.objects.count()) == (pledge, 0)


@pytest.mark.parametrize("second_place", [0, 1])
@pytest.mark.parametrize("blind", [False, True])
def test_a_later_round_shows_her_own_earlier_sheet_unless_it_is_blind_too(
    her, stage, assignment, expert, blind, second_place
):
    """Rounds made by hand may share a place; then their keys tell which comes first."""
    other = accounts.a_stranger()
    theirs = reviews.a_desk(stage, other)[0]
    reviews.confirm(theirs, other, COMPLETE | {"opinion": "남의 의견"})
    reviews.confirm(assignment, expert, COMPLETE | {"opinion": "첫 차수의 내 의견"})
    programme.in_phase(stage, Phase.PREPARING)
    second = programme.a_round(
        stage, "presentation", name_ko="발표평가", counts=False, blind=blind, position=second_place
    )
    programme.in_phase(stage, Phase.OPEN)
    later = panels.an_assignment(assignment.panelist, assignment.team, second)
    programme.in_state(assignment.round, Round.State.LOCKED)
    programme.in_state(second, Round.State.OPEN)

    words = in_words(her.get(sheet_of(later)))

    assert ("서면평가에서 내신 평가표" in words) is not blind
    assert ("첫 차수의 내 의견" in words) is not blind
    assert "남의 의견" not in words


@pytest.mark.parametrize("verb", ["save/", "submit/", "merge/"])
def test_what_is_typed_on_a_sheet_she_was_just_recused_from_is_handed_back(her, assignment, verb):
    path, prefix = sheet_of(assignment, verb), "mine-" if verb == "merge/" else ""
    panel_actions.recuse(assignment=assignment, reason="민원", by=accounts.an_officer())

    refused = her.post(path, {f"{prefix}opinion": "적던 말", "version": "0.0"})
    json = her.post(path, {f"{prefix}opinion": "적던 말", "version": "0.0"}, headers=AUTOSAVE)

    assert (refused.status_code, json.status_code) == (403, 403)
    assert "적던 말" in in_words(refused) and "멈춘 평가입니다" in in_words(refused)
    assert "평가표로 돌아가기" not in in_words(refused)
    assert "멈춘 평가입니다" in json.json()["message"]
    assert not Draft.objects.exists()


def test_declaring_a_conflict_does_not_tell_which_code_name_it_was(her, stage, assignment, expert):
    """Everything she may still ask gives the same answer for the declared team as for every other."""
    seat = assignment.panelist
    others = list(seat.assignments.exclude(pk=assignment.pk))
    confirmed = reviews.confirm(others[0], expert).sheet
    posts = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-organisation": "멀리대학교"}

    posts |= {f"team-{assignment.team.slug}": "other"}
    asked = her.post(f"/panel/{seat.pk}/interests/declare/", posts)
    assert "이 자리의 가린 평가 전체를 멈춥니다" in in_words(asked)

    declared = her.post(f"/panel/{seat.pk}/interests/declare/", posts | {"certain": "1"})

    assert declared.status_code == 302
    desk = in_words(her.get("/sheets/"))
    assert "이 자리의 가린 평가를 멈추었습니다" in desk and "모델 " not in desk.split("어느 부호명")[0]
    for one in (assignment, *others):
        for path in ("", "file/", "file/download/"):
            assert her.get(sheet_of(one, path)).status_code == 404
    typed = {"opinion": "적던 말", "version": "0.0"}
    said = {in_words(her.post(sheet_of(one, "save/"), typed)) for one in (assignment, *others)}
    assert len(said) == 1
    assert list(Sheet.objects.effective()) == [confirmed]


def test_the_seat_she_was_taken_off_is_told_apart_from_the_one_she_came_back_to(her, stage, assignment, expert):
    new = panel_actions.replace(panelist=assignment.panelist, by=accounts.an_officer(), reason="부호명을 다시 정한다")
    panels.an_invitation(new, expert)

    titles = re.findall(r'class="section-title"[^>]*>([^<]*)', her.get("/sheets/").content.decode())

    assert [title.strip() for title in titles] == ["2차 단계평가", "2차 단계평가 – 끝난 자리 위원 01"]


def test_the_desk_leads_to_what_the_pledge_promises_as_long_as_it_may_be_declared(her, stage, assignment):
    link = f'href="/panel/{assignment.panelist_id}/interests/"'
    assert link in main_of(her.get("/sheets/"))
    programme.a_configuration(stage, version=2, reason="오탈자")
    assert link in main_of(her.get("/sheets/"))

    programme.in_phase(stage, Phase.CLOSED)

    assert link not in main_of(her.get("/sheets/"))


def test_who_may_judge_no_team_is_told_why_nothing_lies_on_her_desk(her, stage, expert):
    seat = panels.a_panelist(stage, expert, pledged=False)
    link, waits = f'href="/panel/{seat.pk}/interests/"', "아직 배정된 평가가 없습니다"
    first, *others = stage.teams.all()
    for team in others:
        panels.a_conflict(seat, team)
    assert waits in in_words(her.get("/sheets/"))

    last = panels.a_conflict(seat, first)

    desk = her.get("/sheets/")
    assert "모든 팀이 이해관계 때문에 평가에서 빠져" in in_words(desk) and waits not in in_words(desk)
    assert link in main_of(desk) and "서약" not in in_words(desk)
    assert first.name_ko not in in_words(desk)
    panel_actions.waive(conflict=last, by=accounts.an_officer(), reason="다른 전문가가 없다")
    assert waits in in_words(her.get("/sheets/"))


def test_a_sample_says_so_on_every_page_of_hers(client, expert):
    stage = reviews.an_open_stage(sample=True)
    one, two, *_ = reviews.a_desk(stage, expert)
    her, seat = accounts.sign_in(client, expert), one.panelist
    sheet = reviews.confirm(two, expert).sheet
    pages = [her.get(path) for path in ("/sheets/", *paths(two, sheet)[:2], *paths(two, sheet)[3:])]
    pages += [her.get(f"/panel/{seat.pk}/{path}/") for path in ("interests", "pledge")]
    her.post(sheet_of(one, "save/"), COMPLETE | {"version": "0.0"})
    pages += [her.post(sheet_of(one, f"{verb}/"), OTHER | {"version": "0.0"}) for verb in ("save", "discard")]

    assert [page.status_code for page in pages] == [200] * 7 + [409, 403]
    assert ["실제 평가 결과가 아닙니다" in page.content.decode() for page in pages] == [True] * 9
    programme.in_phase(stage, Phase.CLOSED)
    assert "실제 평가 결과가 아닙니다" in her.get(sheet_of(one)).content.decode()


def test_a_round_that_has_not_begun_has_no_pages(her, stage, assignment):
    programme.a_blind_copy(programme.a_submission(assignment.team, assignment.round))
    programme.in_state(assignment.round, Round.State.WAITING)

    for path in ("", "file/", "file/download/"):
        assert her.get(sheet_of(assignment, path)).status_code == 404
    assert her.get("/sheets/").status_code == 200


# ---------------------------------------------------------------- the blind file


def test_the_file_is_read_and_taken_along_under_its_code_name(her, assignment):
    original = "# 보고서\n\n**굵게** <b>안</b> [링크](https://example.org)\n"
    programme.a_blind_copy(programme.a_submission(assignment.team, assignment.round, text=original))

    page, file = her.get(sheet_of(assignment, "file/")), her.get(sheet_of(assignment, "file/download/"))

    assert "모델 가 자료" in in_words(page)
    assert "<strong>굵게</strong>" in main_of(page)
    assert 'href="https://example.org' not in main_of(page)
    assert file.content.decode() == original
    assert file["Content-Type"] == "text/markdown; charset=utf-8"
    assert file["Content-Disposition"] == "attachment; filename*=utf-8''model-%EA%B0%80.md"
    assert {name.lower() for name in file.headers} & {"last-modified", "etag"} == set()


def test_the_last_document_is_shown_and_nothing_while_it_is_looked_through(her, assignment):
    team, round = assignment.team, assignment.round
    assert "자료를 준비하고 있습니다" in in_words(her.get(sheet_of(assignment, "file/")))
    programme.a_blind_copy(programme.a_submission(team, round, text="첫째"))
    last = programme.a_blind_copy(programme.a_submission(team, round, text="둘째", revision=2), released=False)

    desk, file = in_words(her.get("/sheets/")), in_words(her.get(sheet_of(assignment, "file/")))

    assert "담당자가 자료를 확인하고 있습니다" in desk and "자료 읽기" not in desk
    assert "담당자가 자료를 확인하고 있습니다" in file and "첫째" not in file and "둘째" not in file
    assert her.get(sheet_of(assignment, "file/download/")).status_code == 404

    release_blind_copy(copy=last, by=accounts.an_officer(), reason="인용한 논문의 이름이다")

    desk, file = in_words(her.get("/sheets/")), in_words(her.get(sheet_of(assignment, "file/")))
    assert "자료를 확인하고" not in desk and "자료 읽기" in desk
    assert "둘째" in file and "첫째" not in file


# ---------------------------------------------------------------- budgets


def test_the_sheet_costs_the_same_queries_however_much_is_asked_and_written(
    her, assignment, expert, django_assert_num_queries
):
    with django_assert_num_queries(8):
        her.get(sheet_of(assignment))
    reviews.submit(assignment, expert)
    with django_assert_num_queries(10):
        her.get(sheet_of(assignment))


def test_the_sheet_with_all_it_needs_weighs_no_more_than_sixty_kilobytes(her, expert, tmp_path):
    """The sample of the second stage, 28 lines long, on a first visit, compressed as WhiteNoise and the proxy do it. Web
    fonts have a budget of their own."""
    shutil.copy(settings.BASE_DIR / "examples" / "stage-2" / "stage.toml", tmp_path)
    stage = load_directory(tmp_path, by="officer").stage
    for name, moment in reviews.around_now().items():
        setattr(stage, name, moment)
    stage.save(update_fields=list(reviews.around_now()))
    programme.a_configuration(stage)
    programme.in_state(stage.rounds.first(), Round.State.OPEN)
    (assignment, *_) = reviews.a_desk(programme.in_phase(stage, Phase.OPEN), expert)
    page = her.get(sheet_of(assignment))
    assets = re.findall(r'(?:src|href)="/static/([^"]+)"', page.content.decode())
    images = re.findall(
        r"img/ico_[a-z_]+\.svg", "".join(Path(finders.find(name)).read_text("utf-8") for name in assets)
    )
    files = [
        Path(finders.find(name)).read_bytes() for name in dict.fromkeys([*assets, *(f"krds/{one}" for one in images)])
    ]

    weight = sum(len(brotli.compress(one)) for one in (page.content, *files))

    assert main_of(page).count('class="sheet-line') == 30
    assert weight <= 60_000


def test_the_page_asks_for_nothing_inline_and_from_nobody_else(her, assignment):
    source = her.get(sheet_of(assignment)).content.decode()

    assert re.findall(r'(?:src|href)="(?:https?:)?//', source) == []
    assert re.findall(r"<style|style=|\son[a-z]+=|<script(?![^>]*src=)", source) == []
