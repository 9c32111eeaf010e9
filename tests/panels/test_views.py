"""The pages from the invitation to the pledge, as the person who was invited meets them."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from evaluations.panels import actions
from evaluations.panels.models import Affiliation, Conflict, Invitation, Pledge
from evaluations.programme.phases import Phase
from portal.accounts.models import User
from tests.factories import accounts, panels, programme
from tests.factories.stagefile import a_frozen_stage
from tests.stagefile.test_amend import EXTENSION, together

pytestmark = pytest.mark.django_db

TOKEN = "t" * 43
LINK = f"/panel/invitations/{TOKEN}/"
PASSWORD = {"password": "긴 비밀번호 하나 7", "again": "긴 비밀번호 하나 7"}
POSTS = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"}
HOME = POSTS | {"form-0-organisation": "멀리대학교", "form-0-unit": "통계학과"}


@pytest.fixture(autouse=True)
def no_attempts_yet():
    cache.clear()


@pytest.fixture
def stage():
    stage = programme.a_stage()
    programme.a_configuration(stage)
    return programme.in_phase(stage, Phase.FROZEN)


@pytest.fixture
def invitation(stage):
    return panels.an_invitation(panels.a_panelist(stage), email="invited@example.kr", token=TOKEN)


@pytest.fixture
def expert():
    return accounts.an_expert()


@pytest.fixture
def seat(stage, expert):
    return panels.a_panelist(stage, expert, pledged=False)


def text(response) -> str:
    return response.content.decode()


def main_of(response) -> str:
    return text(response).split("<main")[1].split("</main>")[0]


def without_tokens(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


# ---------------------------------------------------------------- the link


def test_the_link_shows_who_is_asked_for_what_and_until_when(client, invitation):
    page = client.get(LINK)

    assert page.status_code == 200
    assert "한초대 님을 독자 AI 파운데이션 모델 2차 단계평가의 평가위원으로 모시고자 합니다." in main_of(page)
    assert "invited@example.kr" in main_of(page)
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"


def test_wrong_used_withdrawn_and_expired_links_are_one_page(client, invitation):
    wrong = client.get(f"/panel/invitations/{'w' * 43}/")
    Invitation.objects.update(declined_at=timezone.now())
    used = client.get(LINK)
    Invitation.objects.update(declined_at=None, expires_at=timezone.now() - timedelta(seconds=1))
    expired = client.get(LINK)
    posts = [client.post(f"{LINK}{verb}/", PASSWORD | {"reason": "time"}) for verb in ("accept", "decline")]

    assert [page.status_code for page in (wrong, used, expired, *posts)] == [404] * 5
    assert "위촉 링크는 정해진 기한까지 한 번만 쓸 수 있습니다" in text(wrong)
    assert main_of(wrong) == main_of(used) == main_of(expired)
    assert without_tokens(text(wrong)).replace("w" * 43, TOKEN) == without_tokens(text(used))
    assert User.objects.count() == 0


@pytest.mark.parametrize("token", ["short", "x" * 101, "가" * 30, "a.b/" * 8])
def test_an_address_of_another_shape_is_no_page(client, token):
    assert client.get(f"/panel/invitations/{token}/").status_code == 404


def test_a_new_person_opens_an_account_and_goes_on_to_the_second_factor(client, invitation):
    answer = client.post(f"{LINK}accept/", PASSWORD)

    user = User.objects.get()
    seat = invitation.panelist
    assert (user.email, user.role, user.name) == ("invited@example.kr", "expert", "한초대")
    assert answer["Location"] == f"/panel/{seat.pk}/interests/"
    assert client.get(answer["Location"])["Location"] == f"/accounts/2fa/totp/?next=/panel/{seat.pk}/interests/"
    assert Client().get(LINK).status_code == 404


def test_who_was_signed_up_by_somebody_else_takes_her_seat_like_a_new_person(client, invitation):
    accounts.an_unproven_citizen("invited@example.kr")
    assert 'name="password"' in text(client.get(LINK))

    answer = client.post(f"{LINK}accept/", PASSWORD)

    assert answer["Location"] == f"/panel/{invitation.panelist.pk}/interests/"
    assert User.objects.get().role == "expert"


def test_the_same_link_opens_no_second_account(client, invitation):
    client.post(f"{LINK}accept/", PASSWORD)

    assert Client().post(f"{LINK}accept/", PASSWORD).status_code == 404
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "새 비밀번호: 필수 항목입니다."),
        ({"password": "긴 비밀번호 하나 7", "again": "다른 비밀번호"}, "두 비밀번호가 다릅니다"),
        ({"password": "1234567890", "again": "1234567890"}, "새 비밀번호: "),
        ({"password": "invited@example.kr", "again": "invited@example.kr"}, "새 비밀번호: "),
    ],
)
def test_a_password_that_will_not_do_is_told_beside_the_field(client, invitation, typed, sentence):
    answer = client.post(f"{LINK}accept/", typed)

    assert answer.status_code == 422
    assert sentence in main_of(answer)
    assert "invalid" in main_of(answer)
    assert User.objects.count() == 0


def test_somebody_who_has_an_account_signs_in_and_only_presses_a_button(client, invitation):
    expert = accounts.an_expert(email="invited@example.kr")
    page = client.get(LINK)
    assert f'href="/accounts/login/?next={LINK}"' in main_of(page)
    assert 'type="password"' not in main_of(page)
    refused = client.post(f"{LINK}accept/", PASSWORD)
    assert (refused.status_code, "계정이 이미 있습니다" in text(refused)) == (403, True)

    accounts.sign_in(client, expert)
    assert 'type="password"' not in main_of(client.get(LINK))
    answer = client.post(f"{LINK}accept/")

    assert answer["Location"] == f"/panel/{invitation.panelist_id}/interests/"
    assert Invitation.objects.get().user == expert


@pytest.mark.parametrize("make", [accounts.a_stranger, accounts.an_officer, accounts.a_citizen])
def test_somebody_else_who_is_signed_in_cannot_take_the_seat(client, invitation, make):
    accounts.sign_in(client, make())

    page, answer = client.get(LINK), client.post(f"{LINK}accept/", PASSWORD)

    assert "다른 계정으로 로그인되어 있습니다" in main_of(page)
    assert (answer.status_code, "초대받은 이메일" in text(answer)) == (403, True)
    assert Invitation.objects.get().accepted_at is None


def test_declining_needs_no_account_and_one_of_the_listed_reasons(client, invitation):
    refused = client.post(f"{LINK}decline/", {"reason": "나의 이름은 한초대"})
    assert (refused.status_code, Invitation.objects.get().declined_at) == (422, None)
    assert '<details class="fold" open>' in main_of(refused)

    answer = client.post(f"{LINK}decline/", {"reason": "time"})

    assert "사양하신 것으로 적었습니다" in text(answer)
    assert Invitation.objects.get().declined_at is not None
    assert User.objects.count() == 0


def test_a_get_accepts_and_declines_nothing(client, invitation):
    assert [client.get(f"{LINK}{verb}/").status_code for verb in ("accept", "decline")] == [405, 405]


# ---------------------------------------------------------------- interests and pledge


def test_a_seat_of_somebody_else_is_no_page(seat):
    for maker in (accounts.a_stranger, accounts.an_officer, accounts.a_citizen):
        client = accounts.sign_in(Client(), maker())
        for path in ("interests/", "pledge/"):
            assert client.get(f"/panel/{seat.pk}/{path}").status_code == 404
        for path in ("interests/declare/", "pledge/sign/"):
            assert client.post(f"/panel/{seat.pk}/{path}", HOME).status_code == 404
    assert Client().get(f"/panel/{seat.pk}/pledge/").status_code == 302
    assert (Pledge.objects.count(), Conflict.objects.count()) == (0, 0)


def test_where_she_works_is_kept_and_shown_again(client, seat, expert):
    accounts.sign_in(client, expert)
    typed = HOME | {"form-1-organisation": "한국연구원", "form-1-since": "2020-03-01", "form-1-until": "2025-02-28"}

    answer = client.post(f"/panel/{seat.pk}/interests/declare/", typed)

    assert answer["Location"] == f"/panel/{seat.pk}/pledge/"
    page = main_of(client.get(f"/panel/{seat.pk}/interests/"))
    for value in ("멀리대학교", "통계학과", "한국연구원", "2020-03-01", "2025-02-28"):
        assert f'value="{value}"' in page


def test_a_team_she_names_is_out_and_not_asked_about_again(client, seat, expert):
    accounts.sign_in(client, expert)

    client.post(f"/panel/{seat.pk}/interests/declare/", HOME | {"team-lg": "relative", "certain": "1"})

    page = main_of(client.get(f"/panel/{seat.pk}/interests/"))
    assert "엘지팀: 연구자의 친족" in page
    assert re.findall(r'name="(team-[a-z]+)"', page) == ["team-skt", "team-upstage", "team-motif"]
    assert Conflict.objects.get().source == "declared"


def test_a_team_is_out_only_after_she_saw_it_once_more(client, seat, expert):
    accounts.sign_in(client, expert)
    known = Affiliation.objects.count()

    page = client.post(f"/panel/{seat.pk}/interests/declare/", HOME | {"team-lg": "relative"})

    assert (Conflict.objects.count(), Affiliation.objects.count()) == (0, known)
    assert "되돌릴 수 없습니다" in main_of(page)
    assert "<dt>엘지팀</dt><dd>연구자의 친족</dd>" in main_of(page)
    carried = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', without_tokens(main_of(page))))
    assert carried == HOME | {"team-lg": "relative"}
    back = client.post(f"/panel/{seat.pk}/interests/declare/", carried | {"back": "1"})
    assert 'value="통계학과"' in main_of(back)
    assert '<option value="relative" selected>' in main_of(back)
    client.post(f"/panel/{seat.pk}/interests/declare/", carried | {"certain": "1"})
    assert Conflict.objects.get().team.slug == "lg"


def test_all_teams_she_would_be_out_of_are_shown_not_only_the_one_she_names(client, seat, expert):
    """Whoever works on one of the projects judges none of its rivals."""
    accounts.sign_in(client, expert)

    page = client.post(f"/panel/{seat.pk}/interests/declare/", HOME | {"team-lg": "researcher"})

    out = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", main_of(page))
    assert len(out) == seat.stage.teams.count()
    assert ("엘지팀", "평가 대상 과제의 연구자") in out
    assert {why for team, why in out if team != "엘지팀"} == {"상호 평가"}


def test_posts_that_would_stop_her_are_shown_once_more_too(client, expert):
    """Before she has code names a post only keeps a team from her; after, it stops what she does."""
    stage = programme.a_stage()
    programme.a_member(stage.teams.get(slug="lg"), "멀리대학교", "통계학과")
    programme.a_round(stage, counts=True)
    programme.a_configuration(stage)
    programme.in_phase(stage, Phase.FROZEN)
    seat = panels.a_panelist(stage, expert, pledged=False)
    panels.an_assignment(seat, stage.teams.get(slug="lg"), stage.rounds.get())
    accounts.sign_in(client, expert)
    known = set(Affiliation.objects.values_list("pk", flat=True))

    page = client.post(f"/panel/{seat.pk}/interests/declare/", HOME)

    assert (Conflict.objects.count(), set(Affiliation.objects.values_list("pk", flat=True))) == (0, known)
    assert "<dt>엘지팀</dt><dd>같은 최하위 부서" in main_of(page)
    assert "이 자리의 가린 평가 전체를 멈춥니다" in main_of(page)
    client.post(f"/panel/{seat.pk}/interests/declare/", HOME | {"certain": "1"})
    assert Conflict.objects.get().ground == "same_unit"
    again = client.post(f"/panel/{seat.pk}/interests/declare/", HOME)
    assert again["Location"] == f"/panel/{seat.pk}/pledge/"


def test_she_asks_for_more_rows_until_there_are_ten(client, seat, expert):
    accounts.sign_in(client, expert)
    typed = POSTS | {f"form-{n}-organisation": f"기관 {n}" for n in range(3)} | {"form-0-since": "어제"}

    page = client.post(f"/panel/{seat.pk}/interests/declare/", typed | {"more": "1", "team-lg": "relative"})

    assert page.status_code == 200
    assert re.findall(r'name="form-\d-organisation" value="([^"]*)"', main_of(page)) == ["기관 0", "기관 1", "기관 2"]
    assert main_of(page).count("<legend>소속 ") == 6
    assert 'value="어제"' in main_of(page)
    assert '<option value="relative" selected>' in main_of(page)
    assert "error" not in main_of(page)
    full = {f"form-{n}-organisation": f"기관 {n}" for n in range(10)} | {
        "form-TOTAL_FORMS": "10",
        "form-INITIAL_FORMS": "0",
    }
    last = client.post(f"/panel/{seat.pk}/interests/declare/", full | {"more": "1"})
    assert (main_of(last).count("<legend>소속 "), "소속 더 적기" in main_of(last)) == (10, False)


def test_no_place_at_all_is_told_at_its_field(client, seat, expert):
    accounts.sign_in(client, expert)

    page = main_of(client.post(f"/panel/{seat.pk}/interests/declare/", POSTS))

    assert '<a href="#id_form-0-organisation">소속 1 · 기관: 기관을 적어 주세요.' in page
    assert re.search(r'name="form-0-organisation"[^>]* aria-invalid="true"', page)


def test_she_is_told_which_teams_her_affiliation_rules_out(client, seat, expert):
    accounts.sign_in(client, expert)

    page = client.post(f"/panel/{seat.pk}/interests/declare/", HOME | {"form-1-organisation": "모티프팀"}, follow=True)

    because = "같은 기관이며 같은 부서인지 가릴 수 없음(모티프팀: 팀이 부서를 정하지 않고 기관 전체로 참여)"
    assert f"이해관계가 있어 평가에서 빠진 팀: 모티프팀 – {because}" in text(page)
    again = text(client.get(f"/panel/{seat.pk}/interests/"))
    assert f"모티프팀: {because} <span" in again


def test_that_a_unit_is_not_known_is_no_ground_she_gives_herself(client, seat, expert):
    accounts.sign_in(client, expert)

    assert client.post(f"/panel/{seat.pk}/interests/declare/", HOME | {"team-lg": "unit_unknown"}).status_code == 422


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (POSTS, "소속 1 · 기관: 기관을 적어 주세요. 소속이 없으면"),
        (POSTS | {"form-0-unit": "철학과"}, "소속 1 · 기관: 기관을 적어 주세요. 소속이 없으면"),
        (HOME | {"form-1-unit": "철학과"}, "2 · 기관: 기관 이름을 적어 주세요."),
        (HOME | {"form-0-since": "어제"}, "소속 1 · 시작일: "),
        (HOME | {"team-lg": "because"}, "엘지팀: "),
        (HOME | {"form-TOTAL_FORMS": "99"}, "소속은 10개까지"),
        ({"form-0-organisation": "멀리대학교"}, "화면의 일부가 빠진 채"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(client, seat, expert, typed, sentence):
    accounts.sign_in(client, expert)

    answer = client.post(f"/panel/{seat.pk}/interests/declare/", typed)

    assert answer.status_code == 422
    assert sentence in main_of(answer)
    if "form-TOTAL_FORMS" in typed and "form-0-organisation" in typed:
        assert 'value="멀리대학교"' in main_of(answer)
    assert Affiliation.objects.get(invitation__panelist=seat).organisation == "멀리대학교"
    assert Conflict.objects.count() == 0


def test_after_the_close_the_page_says_so_and_keeps_what_was_typed(client, seat, expert):
    accounts.sign_in(client, expert)
    programme.in_phase(seat.stage, Phase.CLOSED)

    answer = client.post(f"/panel/{seat.pk}/interests/declare/", HOME | {"form-0-unit": "철학과"})

    assert answer.status_code == 422
    assert "마감한 단계" in main_of(answer)
    assert 'value="철학과"' in main_of(answer)


def test_she_signs_what_she_was_shown(client, seat, expert, stage):
    accounts.sign_in(client, expert)
    page = main_of(client.get(f"/panel/{seat.pk}/pledge/"))
    digest = stage.configurations.get().digest
    assert f'name="config_digest" value="{digest}"' in page

    answer = client.post(f"/panel/{seat.pk}/pledge/sign/", {"config_digest": digest})

    assert answer["Location"] == "/sheets/"
    assert Pledge.objects.get().config_digest == digest
    assert "이 기준에 서약하셨습니다" in main_of(client.get(f"/panel/{seat.pk}/pledge/"))


@pytest.mark.parametrize("shown", [{}, {"config_digest": ""}, {"config_digest": "0" * 64}])
def test_what_she_was_not_shown_is_not_signed(client, seat, expert, shown):
    accounts.sign_in(client, expert)

    answer = client.post(f"/panel/{seat.pk}/pledge/sign/", shown)

    assert answer.status_code == 409
    assert "바뀐 기준을 확인하고 다시 서약해" in main_of(answer)
    assert "위와 같이 서약합니다" in main_of(answer)
    assert Pledge.objects.count() == 0


def test_new_rules_are_told_with_their_reason_and_signed_anew(client, seat, expert, stage):
    accounts.sign_in(client, expert)
    actions.sign_pledge(panelist=seat, by=expert)
    assert client.get("/sheets/").status_code == 200
    programme.a_configuration(stage, version=2, reason="항목 설명의 오탈자를 고침")

    desk = main_of(client.get("/sheets/"))
    page = main_of(client.get(f"/panel/{seat.pk}/pledge/"))

    assert "평가 기준이 바뀌었습니다" in desk
    assert "(2판)" in page
    assert "바뀐 까닭: 항목 설명의 오탈자를 고침" in page
    assert "위와 같이 서약합니다" in page


@pytest.fixture
def amended_seat(tmp_path, expert):
    """Her seat in a stage that was amended twice since she signed."""
    stage = a_frozen_stage(tmp_path, Phase.OPEN)
    seat = panels.a_panelist(stage, expert)
    together(stage, *EXTENSION, reason="전산 장애")
    together(stage, (("rounds", 0, "name", "ko"), "서면"), reason="이름을 줄임")
    return seat


def test_all_that_changed_since_she_signed_is_shown_with_every_reason(client, amended_seat, expert):
    accounts.sign_in(client, expert)

    page = main_of(client.get(f"/panel/{amended_seat.pk}/pledge/"))

    told = (
        "바뀐 까닭: 전산 장애",
        "바뀐 까닭: 이름을 줄임",
        "평가 마감",
        "2026-08-14 18:00",
        "2090-08-16 18:00",
        "서면평가",
    )
    assert all(words in page for words in told)
    assert "위와 같이 서약합니다" in page
    digest = amended_seat.stage.configurations.last().digest
    client.post(f"/panel/{amended_seat.pk}/pledge/sign/", {"config_digest": digest})
    signed = main_of(client.get(f"/panel/{amended_seat.pk}/pledge/"))
    assert ("이 기준에 서약하셨습니다" in signed, "서약하신 뒤에 바뀐 것" in signed) == (True, False)


def test_whoever_signs_for_the_first_time_is_shown_the_rules_as_they_are(client, amended_seat):
    other = accounts.a_stranger()
    seat = panels.a_panelist(amended_seat.stage, other, pledged=False)
    accounts.sign_in(client, other)

    page = main_of(client.get(f"/panel/{seat.pk}/pledge/"))

    assert ("(3판)" in page, "서약하신 뒤에 바뀐 것" in page, "위와 같이 서약합니다" in page) == (True, False, True)


def test_after_the_close_nobody_is_asked_to_sign_again(client, amended_seat, expert):
    accounts.sign_in(client, expert)
    programme.in_phase(amended_seat.stage, Phase.CLOSED)

    page = main_of(client.get(f"/panel/{amended_seat.pk}/pledge/"))

    assert ("다시 서약하지 않으셔도 됩니다" in page, "위와 같이 서약합니다" in page) == (True, False)


def test_the_pledge_waits_for_the_affiliations(client, seat, expert):
    accounts.sign_in(client, expert)
    Affiliation.objects.all().delete()

    page = main_of(client.get(f"/panel/{seat.pk}/pledge/"))

    assert "서약에 앞서 소속과 이해관계를 신고해 주세요" in page
    assert "위와 같이 서약합니다" not in page


def test_before_the_rules_are_frozen_there_is_nothing_to_sign(client, expert):
    early = panels.a_panelist(programme.a_stage("early"), expert)
    accounts.sign_in(client, expert)

    assert "아직 확정되지 않았습니다" in main_of(client.get(f"/panel/{early.pk}/pledge/"))
    answer = client.post(f"/panel/{early.pk}/pledge/sign/", {"config_digest": "0" * 64})
    assert (answer.status_code, "아직 확정하지 않았습니다" in main_of(answer)) == (403, True)
