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

from evaluations.programme.models import Round
from evaluations.programme.phases import Phase
from evaluations.reviews.models import Confirmation, Draft, Sheet
from evaluations.stagefile.load import load_directory
from tests.factories import accounts, panels, programme, reviews
from tests.factories.reviews import COMPLETE

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

    assert saved.json() == {"version": "0.1", "saved_at": Draft.objects.get().saved_at.isoformat()}
    assert (stale.status_code, list(stale.json())) == (409, ["message"])
    assert (odd.status_code, "luck" in odd.json()["message"]) == (400, True)
    assert (unstorable.status_code, "종합 의견" in unstorable.json()["message"]) == (422, True)
    assert Draft.objects.get().body == {"opinion": "하나"}


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


def test_the_last_released_copy_is_shown_and_one_held_back_is_not(her, assignment):
    team, round = assignment.team, assignment.round
    assert "자료를 준비하고 있습니다" in in_words(her.get(sheet_of(assignment, "file/")))
    programme.a_blind_copy(programme.a_submission(team, round, text="첫째"))
    programme.a_blind_copy(programme.a_submission(team, round, text="둘째", revision=2))
    programme.a_blind_copy(programme.a_submission(team, round, text="셋째", revision=3), released=False)

    words = in_words(her.get(sheet_of(assignment, "file/")))

    assert "둘째" in words
    assert "첫째" not in words and "셋째" not in words


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
