"""The pages everybody reads: home, criteria, results, notices, help, privacy, accessibility – in both languages."""

import re

import pytest
from allauth.account import app_settings
from django.conf import settings
from django.utils import timezone

from evaluations.programme.phases import Phase
from evaluations.ratings.models import RatingPlan
from evaluations.stagefile.load import load_directory
from portal.accounts.limits import DEVICE_KNOWN_FOR
from tests.factories.accounts import an_officer
from tests.factories.programme import a_stage, in_phase
from tests.factories.ratings import a_rated_stage
from tests.language import korean_in_main
from tests.proceedings.test_story import count, move

pytestmark = pytest.mark.django_db

LISTS = ("/", "/criteria/", "/results/", "/notices/", "/take-part/")
WORDS = ("/help/", "/privacy/", "/accessibility/")


def english(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def words(response) -> str:
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()


@pytest.fixture
def published():
    """The first stage, from its file to its published result."""
    officer = an_officer()
    stage = load_directory(settings.BASE_DIR / "examples" / "stage-1", by=officer.id).stage
    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        stage = move(stage, to, officer)
    count(stage, officer)
    for to in (Phase.COUNTED, Phase.CONFIRMED, Phase.PUBLISHED):
        stage = move(stage, to, officer, "공표합니다.")
    return stage


@pytest.mark.parametrize("path", LISTS + WORDS)
def test_a_public_page_is_read_and_nothing_else(client, path):
    a_rated_stage()

    assert [getattr(client, verb)(path).status_code for verb in ("get", "head", "post", "delete")] == [
        200,
        200,
        405,
        405,
    ]


@pytest.mark.parametrize("path", LISTS + WORDS)
def test_a_public_page_opens_whatever_somebody_hung_on_its_address(client, path):
    """Whoever passes a link on counts its readers: campaigns, social networks, advertisements, mail programs."""
    a_rated_stage()
    marked = {"utm_source": "mail", "fbclid": "x", "gclid": "x", "n_media": "x", "NaPm": "ct=x", "page": "1"}

    pages = [client.get(path, query) for query in (marked, {})]

    assert [page.status_code for page in pages] == [200, 200]
    assert len({re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()) for page in pages}) == 1


@pytest.mark.parametrize("path", LISTS + WORDS)
def test_a_public_page_is_english_when_english_is_asked_for(client, path):
    a_rated_stage()
    a_stage("next", phase=Phase.FROZEN)

    page = english(client).get(path)

    assert korean_in_main(page.content.decode()) == []
    assert page["Content-Language"] == "en"


def test_criteria_and_result_of_a_published_stage_are_english(client, published):
    korean = client.get("/results/stage-1/")
    english(client)
    criteria, result = client.get("/stages/stage-1/"), client.get("/results/stage-1/")

    assert {page.status_code for page in (criteria, result)} == {200}
    # What a stage file and the office say in Korean only stays Korean, and is marked so: sources and the reason of the publication.
    assert [text for page in (criteria, result) for text in korean_in_main(page.content.decode())] == []
    assert '<span lang="ko">공표합니다.</span>' in result.content.decode()
    assert 'lang="ko"' not in korean.content.decode().split("<main")[1]
    assert "Targets of the teams: LG AI Research 69.37" in words(criteria)
    assert "The 4 teams with the highest totals advance." in words(criteria)
    assert "Points of the teams, and who advances" in words(result)


def test_a_team_that_is_out_does_not_stand_where_the_second_place_would(client, published):
    html = client.get("/results/stage-1/").content.decode()
    table = html[html.index('id="result-caption"') : html.index("</tbody>", html.index('id="result-caption"'))]
    teams = re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', table)

    # Only the first and the fifth place were ever published.
    assert (teams[0], sorted(teams[1:3]), teams[3:]) == (
        "LG AI연구원",
        ["SK텔레콤", "업스테이지"],
        ["NC AI", "네이버클라우드"],
    )


def test_the_criteria_of_a_stage_with_a_rubric_mark_what_is_korean(client):
    officer = an_officer()
    move(load_directory(settings.BASE_DIR / "examples" / "stage-2", by=officer.id).stage, Phase.FROZEN, officer)

    korean = client.get("/stages/stage-2/")
    page = english(client).get("/stages/stage-2/")

    assert korean_in_main(page.content.decode()) == []
    assert "출처: 국민·사용자의 별점" in words(korean)
    assert [word for word in ("ratings", "comparisons") if f"출처: {word}" in words(korean)] == []


@pytest.mark.parametrize("path", LISTS + WORDS)
def test_an_empty_site_says_so_and_does_not_break(client, path):
    assert client.get(path).status_code == 200


def test_home_asks_citizens_while_a_stage_takes_answers(client):
    stage = a_rated_stage()

    page = client.get("/")

    assert "국민 평가에 참여해 주세요: 2차 단계평가" in words(page)
    assert 'href="/take-part/stage-2/"' in page.content.decode()
    in_phase(stage, Phase.CLOSED)
    assert "국민 평가에 참여해 주세요" not in words(client.get("/"))


def test_a_stage_without_a_plan_asks_nobody(client):
    a_stage(phase=Phase.OPEN)

    assert RatingPlan.objects.asking_now(timezone.now()).count() == 0
    assert "국민 평가에 참여해 주세요" not in words(client.get("/"))


def test_home_costs_the_same_for_one_and_for_three(client, django_assert_num_queries):
    a_rated_stage("one")
    with django_assert_num_queries(2):
        client.get("/")
    a_rated_stage("two")
    a_rated_stage("three")

    with django_assert_num_queries(2):
        client.get("/")


@pytest.mark.parametrize("path", WORDS)
def test_the_contact_is_named_where_there_is_one(client, settings, path):
    assert "문의처는 이 누리집을 운영하는 기관이 정해 이 자리에 알립니다." in words(client.get(path))

    settings.CONTACT_EMAIL = "help@example.org"

    assert 'href="mailto:help@example.org"' in client.get(path).content.decode()


@pytest.mark.parametrize("said", [
    f"로그인 상태: {settings.SESSION_COOKIE_AGE // 3600}시간",
    "등록한 날과 특성만 함께 적고, 시각은 적지 않습니다.",
    "투표지에는 날까지, 답에는 시까지만 적습니다.",
    "열쇠와 데이터베이스를 함께 가진 운영자는 둘을 이을 수 있습니다.",
    "줄이 쓰인 차례와 로그인한 때를 견주어 짐작할 수 있습니다.",
    "담당자, 감사자, 팀 담당자: 이름, 역할, 팀 담당자는 맡은 팀",
    "처리 기록: 2년 이상(개인정보의 안전성 확보조치 기준)",
])  # fmt: skip
def test_the_policy_says_what_is_kept_and_what_is_not_prevented(client, said):
    assert said in words(client.get("/privacy/"))


COOKIES = {
    "SESSION_COOKIE_NAME": "로그인", "CSRF_COOKIE_NAME": "보낸 화면의 확인", "MESSAGE_COOKIE_NAME": "한 번 보이는 알림",
    "LANGUAGE_COOKIE_NAME": "화면 언어", "DEVICE_COOKIE_NAME": f"로그인한 기기에는 {DEVICE_KNOWN_FOR.days}일 동안 쿠키를 하나 더 둡니다.",
}  # fmt: skip


def test_the_policy_names_every_cookie(client):
    """Beside these only the one for high contrast, which names itself."""
    assert {name for name in dir(settings) if name.endswith("COOKIE_NAME")} == set(COOKIES)

    said = words(client.get("/privacy/")).split("쿠키", 1)[1]

    assert [purpose for purpose in (*COOKIES.values(), "고대비 화면") if purpose not in said] == []


def test_help_tells_the_lifetimes_the_site_has(client):
    said = words(client.get("/help/"))

    sign_in, sign_up = app_settings.LOGIN_BY_CODE_TIMEOUT // 60, app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT // 60
    assert f"로그인 코드는 {sign_in}분, 가입 코드는 {sign_up}분 동안 쓸 수 있습니다." in said
    assert app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS == app_settings.EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS == 3
    assert "세 번 틀리면 새 코드를 받아야 합니다." in said
