"""The citizen's pages, one by one: what they say, what they refuse, and that nothing chosen is ever lost."""

import re
from datetime import timedelta

import brotli
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.ratings import actions
from evaluations.ratings.models import Answer, Ballot, Paper, RollEntry, Star
from portal.accounts import actions as account_actions
from portal.accounts.models import Consent
from portal.audit.models import Event
from tests.factories.accounts import a_citizen, an_expert, sign_in
from tests.factories.programme import a_stage, in_phase
from tests.factories.ratings import a_ballot, a_rated_stage, enrolled, issued
from tests.language import korean_in_main
from tests.page import Page
from tests.portal.test_look import compressed

pytestmark = pytest.mark.django_db

STAGE = "/take-part/stage-2/"
ENROL, ENROL_DONE, START, PROGRESS = (f"{STAGE}{name}/" for name in ("enrol", "enrol/done", "start", "progress"))
CHECK = "/take-part/receipt/"
HERSELF = {"trait-age": "20s", "interest": "no", "consent": "on"}
CLOSED = "평가가 마감되어 더는 답을 받을 수 없습니다. 마감 전에 저장된 답은 그대로 셉니다."
STALE = "이 질문에는 이미 다른 답이 저장되어 있습니다."
OUTDATED = "화면이 낡았습니다. 고른 답을 확인하고 다시 저장해 주세요."


@pytest.fixture
def stage():
    return a_rated_stage()


@pytest.fixture
def citizen():
    return a_citizen()


@pytest.fixture
def voter(client, stage, citizen) -> Client:
    """A citizen with two comparisons and one rating before her."""
    issued(stage, citizen)
    return sign_in(client, citizen)


def paper_at(position: int) -> str:
    return f"{STAGE}papers/{position}/"


def cast(client, position: int = 1, **fields):
    data = {"choice": "a", "recognised": "", "revision": "1"} if position < 3 else {"recognised": "", "revision": "1"}
    return client.post(f"{paper_at(position)}cast/", data | fields)


def rate(client, q0: str = "4", q1: str = "2", **fields):
    return cast(client, 3, **{"star-q0": q0, "star-q1": q1} | fields)


def words(response) -> str:
    """What the page says in its middle, in one line."""
    html = response.content.decode()
    text = re.sub(r"<[^>]+>", " ", html[html.index("<main") : html.index("</main>")])
    return re.sub(r"\s+", " ", text).strip()


def chosen(response) -> dict[str, str]:
    """The radio buttons that are set on a page, by name."""
    boxes = re.findall(r'<input type="radio"[^>]*>', response.content.decode())
    set_ones = [box for box in boxes if " checked" in box]
    return {re.search('name="([^"]+)"', box)[1]: re.search('value="([^"]+)"', box)[1] for box in set_ones}


FROM_HERE = {"HTTP_ORIGIN": "http://testserver"}


def form_in(page, action: str) -> dict[str, list[str]]:
    return next(form.data() for form in Page(page.content.decode()).forms if form.action == action)


def token_on(page) -> str:
    return Page(page.content.decode()).forms[-1].data()["csrfmiddlewaretoken"][0]


def sign_in_by_code(client: Client, citizen) -> None:
    """By hand, as somebody does in a second window."""
    cache.clear()
    token = token_on(client.get("/accounts/login/code/"))
    asked = client.post(
        "/accounts/login/code/", {"email": citizen.email, "csrfmiddlewaretoken": token}, **FROM_HERE, follow=True
    )
    code = re.search(r"^[A-Z]{4}-[A-Z]{4}$", mail.outbox[-1].body, re.MULTILINE)[0]
    client.post(asked.request["PATH_INFO"], {"code": code, "csrfmiddlewaretoken": token_on(asked)}, **FROM_HERE)


def offered_revision(response) -> str:
    return re.search(r'name="revision" value="(\d*)"', response.content.decode())[1]


def english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


# ---------------------------------------------------------------- what is asked, and why


def test_the_list_shows_stages_that_take_answers_now(client, stage):
    a_rated_stage("closed", phase=Phase.CLOSED)
    a_rated_stage("late", closes_at=timezone.now() - timedelta(seconds=1))
    a_rated_stage("early", opens_at=timezone.now() + timedelta(hours=1))
    dates = {name: getattr(stage, name) for name in ("frozen_at", "opens_at", "closes_at", "published_at")}
    in_phase(a_stage("no-plan", **dates), Phase.OPEN)

    page = client.get("/take-part/").content.decode()

    assert re.findall(r'href="/take-part/([a-z0-9-]+)/"', page) == ["stage-2", "receipt"]


def test_without_a_stage_the_list_says_so(client):
    assert "지금 참여할 수 있는 평가가 없습니다." in words(client.get("/take-part/"))


def test_the_list_costs_the_same_for_one_and_for_three(client, stage, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/take-part/")
    a_rated_stage("stage-3")
    a_rated_stage("stage-4")

    with django_assert_num_queries(1):
        client.get("/take-part/")


def test_a_stage_says_what_is_asked_why_how_long_and_what_becomes_of_it(client, stage):
    said = words(client.get(STAGE))

    assert "어느 답변이 실제로 도움이 되는지 알고자 합니다." in said
    assert "같은 질문에 대한 두 답변을 나란히 읽고 어느 쪽이 나은지 고릅니다. 모두 2번입니다." in said
    assert "답변 1개를 하나씩 읽고 아래 물음에 1점부터 5점까지 매깁니다. 물음 0 물음 1" in said
    assert "모두 5분쯤 걸립니다." in said
    assert "다음을 여쭙고, 집단마다 인원을 정해 둘 수 있습니다: 연령대" in said
    assert "둘을 잇는 열쇠는 데이터베이스 밖에 둡니다." in said


def test_the_time_follows_what_there_is_to_read(client, stage):
    in_phase(stage, Phase.PREPARING)
    Answer.objects.update(text="가" * 3000)
    in_phase(stage, Phase.OPEN)

    assert "모두 30분쯤 걸립니다." in words(client.get(STAGE))  # (2 × 2 + 1) × 3000 signs ÷ 600, and 4 decisions


@pytest.mark.parametrize("path", ["/", "/take-part/", STAGE])
def test_whoever_has_answered_everything_is_thanked_and_asked_no_more(voter, path):
    asked = ("이어서 하기", "알아보고 참여하기")
    cast(voter, 1)
    cast(voter, 2)
    before = words(voter.get(path))
    rate(voter)

    page = voter.get(path)

    assert any(invitation in before for invitation in asked) and "모두 답하셨습니다. 고맙습니다" not in before
    assert not any(invitation in words(page) for invitation in asked)
    assert "모두 답하셨습니다. 고맙습니다" in words(page)
    assert f'href="{PROGRESS}"' in page.content.decode()


def test_thanks_go_to_whom_answered_and_to_nobody_else(voter):
    for position in (1, 2):
        cast(voter, position)
    rate(voter)

    pages = [sign_in(Client(), one).get(STAGE) for one in (a_citizen("other@example.kr"), an_expert())]

    assert [page for page in pages if "고맙습니다" in words(page)] == []


def test_a_visitor_is_led_to_sign_in_and_back(client, stage):
    assert "로그인하고 참여하기" in words(client.get(STAGE))

    answer = client.get(ENROL)

    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={ENROL}")


def test_a_citizen_is_led_to_enrol_and_later_to_go_on(client, stage, citizen):
    sign_in(client, citizen)
    assert f'href="{ENROL}"' in client.get(STAGE).content.decode()

    enrolled(stage, citizen)

    page = client.get(STAGE).content.decode()
    assert f'href="{ENROL}"' not in page
    assert f'action="{START}"' in page


def test_other_people_are_told_that_citizens_are_asked(client, stage):
    sign_in(client, an_expert())

    assert "국민·사용자 계정으로만 참여할 수 있습니다." in words(client.get(STAGE))
    assert [client.get(path).status_code for path in (ENROL, PROGRESS, paper_at(1))] == [404, 404, 404]
    assert [client.post(path).status_code for path in (ENROL_DONE, START, f"{paper_at(1)}cast/")] == [404, 404, 404]


@pytest.mark.parametrize("phase", [Phase.FROZEN, Phase.CLOSED, Phase.PUBLISHED])
def test_outside_its_time_a_stage_only_informs(client, stage, citizen, phase):
    in_phase(stage, phase)
    sign_in(client, citizen)

    page = client.get(STAGE)

    assert "지금은 참여 기간이 아닙니다." in words(page)
    assert ENROL not in page.content.decode()
    assert client.get(ENROL)["Location"] == STAGE


def test_a_stage_in_preparation_or_without_a_plan_is_not_there(client):
    a_rated_stage(phase=Phase.PREPARING)
    in_phase(a_stage("no-plan"), Phase.OPEN)

    assert [client.get(f"/take-part/{slug}/").status_code for slug in ("stage-2", "no-plan", "nothing")] == [
        404,
        404,
        404,
    ]


# ---------------------------------------------------------------- enrolling


def test_enrolling_leads_to_the_first_paper(client, stage, citizen):
    sign_in(client, citizen)

    answer = client.post(ENROL_DONE, HERSELF)

    assert (answer.status_code, answer["Location"]) == (302, paper_at(1))
    assert RollEntry.objects.get().stratum == "age=20s"
    assert Paper.objects.count() == 3


def test_enrolling_leaves_no_time_of_day_beside_the_account(client, stage, citizen):
    sign_in(client, citizen)

    client.post(ENROL_DONE, HERSELF)

    given = timezone.localtime(Consent.objects.get(purpose="strata").given_at)
    assert given.date() == timezone.localdate()
    assert given.time().isoformat() == "00:00:00"


def test_the_form_says_what_becomes_of_the_traits(client, stage, citizen):
    said = words(sign_in(client, citizen).get(ENROL))

    assert "목적 여러 사람의 뜻이 고르게 담겼는지 확인하고 결과를 보정합니다. 수집 항목 연령대 기간" in said
    assert "거부할 권리 동의하지 않으실 수 있습니다." in said


@pytest.mark.parametrize(("missing", "said"), [
    ("trait-age", "연령대: 하나를 골라 주세요."),
    ("interest", "평가받는 팀이나 그 구성 기관에서 일하고 있습니까? 하나를 골라 주세요."),
    ("consent", "특성 정보의 수집·이용에 동의합니다: 동의하셔야 참여할 수 있습니다."),
])  # fmt: skip
def test_a_gap_is_named_and_the_rest_is_kept(client, stage, citizen, missing, said):
    sign_in(client, citizen)
    typed = {name: value for name, value in HERSELF.items() if name != missing}

    answer = client.post(ENROL_DONE, typed)

    assert answer.status_code == 422
    assert said in words(answer)
    assert chosen(answer) == {name: value for name, value in typed.items() if name != "consent"}
    assert RollEntry.objects.count() == Consent.objects.count() == 0


def test_an_unknown_category_is_refused(client, stage, citizen):
    sign_in(client, citizen)

    assert client.post(ENROL_DONE, HERSELF | {"trait-age": "90s"}).status_code == 422
    assert RollEntry.objects.count() == 0


def test_somebody_with_an_interest_is_thanked_and_nothing_is_stored(client, stage, citizen):
    sign_in(client, citizen)

    answer = client.post(ENROL_DONE, HERSELF | {"interest": "yes"})

    assert "이번에는 참여하실 수 없습니다" in words(answer)
    assert RollEntry.objects.count() == Consent.objects.count() == Paper.objects.count() == Event.objects.count() == 0


def test_a_full_group_is_told_politely(client, citizen):
    stage = a_rated_stage(quota=1)
    enrolled(stage, a_citizen("first@example.kr"))
    sign_in(client, citizen)

    answer = client.post(ENROL_DONE, HERSELF)

    assert answer.status_code == 403
    assert "이 단계에서 같은 집단의 참여 인원이 모두 찼습니다." in words(answer)
    assert RollEntry.objects.count() == 1
    assert Consent.objects.filter(user=citizen).count() == 0


def test_nobody_enrols_after_the_close(client, stage, citizen):
    sign_in(client, citizen)
    in_phase(stage, Phase.CLOSED)

    answer = client.post(ENROL_DONE, HERSELF)

    assert answer.status_code == 403
    assert CLOSED in words(answer)
    assert RollEntry.objects.count() == 0


def everything_shown_to(client: Client) -> str:
    """Her pages of this stage, whatever their status, in one text."""
    paths = [STAGE, ENROL, PROGRESS, *(paper_at(position) for position in (1, 2, 3))]
    return " ".join(words(client.get(path, follow=True)) for path in paths)


@pytest.mark.parametrize("erased", [False, True])
def test_another_address_of_the_mailbox_is_turned_away_and_learns_nothing(voter, stage, citizen, erased):
    cast(voter, 1)
    receipt = Ballot.objects.get().event.receipt
    if erased:
        account_actions.erase_account(by=citizen)
    other = sign_in(Client(), a_citizen("citizen+again@example.kr"))

    started = other.post(START)
    answer = other.post(ENROL_DONE, HERSELF)

    assert started["Location"] == ENROL
    assert answer.status_code == 403
    assert "이 이메일 주소로는 이 단계에 참여할 수 없습니다." in words(answer)
    assert [other.get(paper_at(position)).status_code for position in (1, 2, 3)] == [404] * 3
    assert other.post(f"{paper_at(1)}cast/", {"choice": "b", "revision": "2"}).status_code == 404
    assert receipt not in everything_shown_to(other)
    assert (RollEntry.objects.count(), Paper.objects.count(), Ballot.objects.count()) == (1, 3, 1)


def test_whoever_erased_her_account_and_comes_back_with_her_address_goes_on(voter, stage, citizen):
    cast(voter, 1)
    receipt = Ballot.objects.get().event.receipt
    account_actions.erase_account(by=citizen)

    again = sign_in(Client(), a_citizen())

    assert receipt in everything_shown_to(again)
    assert cast(again, 1, choice="b", revision="2").status_code == 302


def test_enrolling_again_leads_on_and_changes_nothing(voter):
    assert voter.get(ENROL)["Location"] == PROGRESS

    assert voter.post(ENROL_DONE, HERSELF | {"trait-age": "60s"})["Location"] == paper_at(1)
    assert RollEntry.objects.get().stratum == "age=20s"
    assert Paper.objects.count() == 3


def test_a_stage_without_traits_asks_about_interests_only(client, citizen):
    a_rated_stage(strata=())
    sign_in(client, citizen)
    assert "consent" not in client.get(ENROL).content.decode()

    assert client.post(ENROL_DONE, {"interest": "no"})["Location"] == paper_at(1)
    assert Consent.objects.count() == 0


# ---------------------------------------------------------------- papers


def test_a_comparison_shows_question_and_both_answers_whole_and_nothing_of_whose_they_are(voter, stage):
    paper = Paper.objects.select_related("left__team", "right__team", "left__prompt").get(position=1)

    page = voter.get(paper_at(1)).content.decode()

    assert page.index(paper.left.prompt.text) < page.index("답변 A") < page.index("답변 B")
    first, second = re.findall(r'<div class="answer-text" lang="ko">(<p>[^<]*답변입니다\.</p>)\s*</div>', page)
    assert first == second == f"<p>{paper.left.text}</p>"
    hidden = [paper.id, paper.voter_tag, paper.thing, paper.stratum, paper.left.prompt_id, paper.left.prompt.key]
    for answer in (paper.left, paper.right):
        hidden += [answer.id, answer.team_id, answer.team.slug, answer.team.name_ko]
    middle = page[page.index("<main") : page.index("</main>")].replace(paper.left.text, "")
    middle = re.sub(
        r'name="csrfmiddlewaretoken" value="[^"]+"', "", middle
    )  # by chance it may hold two letters of a name
    assert [secret for secret in hidden if secret in middle] == []


def test_a_paper_says_where_she_is(voter):
    page = voter.get(paper_at(2))

    assert "<title>두 답변 비교하기 2 / 3 |" in page.content.decode()
    assert '<h1>두 답변 비교하기 <span class="nowrap number">2 / 3</span></h1>' in page.content.decode()
    assert "답한 것 0 / 3" in words(page)
    cast(voter, 1)
    assert "답한 것 1 / 3" in words(voter.get(paper_at(2)))


def test_the_choice_is_a_group_of_labelled_radio_buttons(voter):
    page = voter.get(paper_at(1)).content.decode()

    labels = re.findall(r'<label for="id_choice_\d"><span class="mark">([^<]+)</span>', page)
    assert labels == ["A가 더 낫다", "B가 더 낫다", "둘 다 좋다", "둘 다 나쁘다", "판단하기 어렵다"]
    assert re.findall(r'href="#(answer-[ab])"', page) == ["answer-a", "answer-b"]
    assert {f'id="answer-{side}"' in page for side in "ab"} == {True}


@pytest.mark.parametrize("position", [0, 4, 32767, 32768, 99999999999999])
def test_a_paper_that_is_not_hers_is_not_there(voter, position):
    assert voter.get(paper_at(position)).status_code == 404
    assert cast(voter, position if position < 3 else 1).status_code == (404 if position == 0 else 302)
    assert voter.post(f"{paper_at(position)}cast/", {"choice": "a", "revision": "1"}).status_code == 404


def test_everybody_reads_her_own_papers_under_the_same_address(client, voter, stage):
    other = a_citizen("other@example.kr")
    in_phase(stage, Phase.PREPARING)
    for answer in Answer.objects.all():
        Answer.objects.filter(id=answer.id).update(text=f"답변 {answer.id}입니다.")
    in_phase(stage, Phase.OPEN)
    issued(stage, other, seed=99)
    hers, others = (set(re.findall("답변 ([a-z2-7]{26})입니다", page)) for page in (
        voter.get(paper_at(1)).content.decode(), sign_in(Client(), other).get(paper_at(1)).content.decode(),
    ))  # fmt: skip

    papers = {paper.voter_tag: paper for paper in Paper.objects.filter(position=1)}
    assert len(papers) == 2
    assert sorted(map(sorted, (hers, others))) == sorted(sorted([p.left_id, p.right_id]) for p in papers.values())


def test_somebody_without_papers_has_none_to_answer(client, voter):
    stranger = sign_in(Client(), a_citizen("stranger@example.kr"))

    assert stranger.get(paper_at(1)).status_code == 404
    assert cast(stranger, 1).status_code == 404
    assert Ballot.objects.count() == 0


def test_a_paper_weighs_at_most_sixty_kilobytes(voter):
    html = voter.get(paper_at(1)).content.decode()

    assets = re.findall(r'(?:href|src)="/static/([^"]+)"', html)
    assert len(brotli.compress(html.encode())) + sum(map(compressed, assets)) <= 60_000


def test_papers_cost_the_same_however_many_there_are(client, citizen, django_assert_num_queries):
    stage = a_rated_stage(prompts=30, plan={"comparisons_per_person": 20, "ratings_per_person": 10})
    issued(stage, citizen)
    sign_in(client, citizen)

    with django_assert_num_queries(5):  # session, account, paper, ballot, how far
        client.get(paper_at(1))
    with django_assert_num_queries(6):  # and what a rated answer is asked
        client.get(paper_at(21))
    with django_assert_num_queries(5):  # session, account, stage, papers, ballots
        client.get(PROGRESS)


# ---------------------------------------------------------------- casting


@pytest.mark.parametrize("choice", Ballot.Choice.values)
def test_every_choice_is_kept_and_leads_on(voter, choice):
    answer = cast(voter, 1, choice=choice)

    assert (answer.status_code, answer["Location"]) == (302, paper_at(2))
    assert Ballot.objects.get().choice == choice


@pytest.mark.parametrize("recognised", ["", "left", "right", "both"])
def test_what_she_recognised_is_kept(voter, recognised):
    cast(voter, 1, recognised=recognised)

    assert Ballot.objects.get().recognised == recognised


def test_the_next_page_tells_the_receipt(voter):
    answer = cast(voter, 1)

    receipt = Ballot.objects.get().event.receipt
    assert f"1번 답을 저장했습니다. 접수 번호 {receipt}" in words(voter.get(answer["Location"]))


def test_stars_are_kept_by_question(voter):
    answer = rate(voter, "5", "1", recognised="left")

    assert answer["Location"] == paper_at(1)
    ballot = Ballot.objects.get()
    assert (actions.stars_of(ballot), ballot.recognised) == ({"q0": 5, "q1": 1}, "left")


def test_after_the_last_answer_comes_the_end(voter):
    cast(voter, 1)
    cast(voter, 2)

    answer = rate(voter)

    assert answer["Location"] == PROGRESS
    assert "모두 답하셨습니다. 고맙습니다" in words(voter.get(PROGRESS))


def test_a_double_click_gives_the_same_answer_and_one_ballot(voter):
    first = cast(voter, 1)

    again = cast(voter, 1)

    assert (again.status_code, again["Location"]) == (first.status_code, first["Location"])
    assert Ballot.objects.count() == 1


def test_casting_writes_nothing_that_knows_her(voter, citizen):
    before = Session.objects.values().get()
    citizen.refresh_from_db()
    seen = citizen.last_login

    voter.get(cast(voter, 1)["Location"])

    citizen.refresh_from_db()
    assert Session.objects.values().get() == before
    assert citizen.last_login == seen


def test_nothing_chosen_is_said_where_it_is_missing(voter):
    answer = voter.post(f"{paper_at(1)}cast/", {"recognised": "both", "revision": "1"})

    assert answer.status_code == 422
    assert "어느 답변이 더 낫습니까? 하나를 골라 주세요." in words(answer)
    assert '<option value="both" selected>' in answer.content.decode()
    assert Ballot.objects.count() == 0


def test_missing_stars_are_named_and_the_given_ones_kept(voter):
    answer = voter.post(f"{paper_at(3)}cast/", {"star-q0": "4", "recognised": "left", "revision": "1"})

    assert answer.status_code == 422
    assert "물음 1: 1부터 5까지 가운데 하나를 골라 주세요." in words(answer)
    assert "물음 0: 1부터" not in words(answer)
    assert chosen(answer) == {"star-q0": "4"}
    assert '<option value="left" selected>' in answer.content.decode()
    assert Ballot.objects.count() == Star.objects.count() == 0


@pytest.mark.parametrize(("position", "fields"), [
    (1, {"choice": "left"}), (1, {"choice": "A"}), (1, {"recognised": "maybe"}),
    (3, {"star-q0": "0"}), (3, {"star-q0": "6"}), (3, {"star-q0": "4.5"}), (3, {"star-q0": "５"}), (3, {"recognised": "right"}),
])  # fmt: skip
def test_a_value_the_page_did_not_offer_is_refused(voter, position, fields):
    answer = cast(voter, 1, **fields) if position == 1 else rate(voter, q0="4", **fields)

    assert answer.status_code == 422
    assert Ballot.objects.count() == 0


@pytest.mark.parametrize(("position", "field"), [(1, "weight"), (1, "star-q0"), (3, "choice"), (3, "star-q9")])
def test_a_field_the_page_did_not_have_is_named(voter, position, field):
    answer = cast(voter, 1, **{field: "1"}) if position == 1 else rate(voter, **{field: "1"})

    assert answer.status_code == 400
    assert f"<code>{field}</code>" in answer.content.decode()
    assert Ballot.objects.count() == 0


def test_two_answers_at_once_are_none(voter):
    answer = voter.post(f"{paper_at(1)}cast/", {"choice": ["a", "b"], "recognised": "", "revision": "1"})

    assert answer.status_code == 400
    assert "<code>choice</code>" in answer.content.decode()
    assert Ballot.objects.count() == 0


@pytest.mark.parametrize("revision", ["", "0", "-1", "1.0", "01", "100", "１", "one"])
def test_a_page_without_a_proper_revision_comes_back_with_one(voter, revision):
    answer = cast(voter, 1, choice="both_bad", revision=revision)

    assert answer.status_code == 422
    assert OUTDATED in words(answer)
    assert chosen(answer) == {"choice": "both_bad"}
    assert cast(voter, 1, choice="both_bad", revision=offered_revision(answer)).status_code == 302


def test_a_revision_ahead_of_the_stored_ones_comes_back_with_the_right_one(voter):
    answer = cast(voter, 1, choice="b", revision="3")

    assert answer.status_code == 409
    assert OUTDATED in words(answer)
    assert (chosen(answer), offered_revision(answer)) == ({"choice": "b"}, "1")


def test_another_answer_at_a_taken_revision_shows_what_is_stored_and_keeps_what_was_chosen(voter):
    cast(voter, 1, choice="a")

    answer = cast(voter, 1, choice="both_good")

    assert answer.status_code == 409
    assert f"{STALE} 저장된 답: A가 더 낫다" in words(answer)
    assert (chosen(answer), offered_revision(answer)) == ({"choice": "both_good"}, "2")
    assert [ballot.choice for ballot in Ballot.objects.all()] == ["a"]


def test_stored_stars_are_shown_by_question(voter):
    rate(voter, "5", "3")

    answer = rate(voter, "1", "3")

    assert answer.status_code == 409
    assert "저장된 답: 물음 0 5 · 물음 1 3" in words(answer)
    assert chosen(answer) == {"star-q0": "1", "star-q1": "3"}


def test_a_changed_mind_is_a_new_answer(voter):
    cast(voter, 1, choice="a", recognised="left")
    page = voter.get(paper_at(1))
    assert "이미 저장된 답이 있습니다. 고쳐서 다시 저장하면 새 답을 셉니다." in words(page)
    assert chosen(page) == {"choice": "a"}
    assert '<option value="left" selected>' in page.content.decode()

    answer = cast(voter, 1, choice="b", revision=offered_revision(page))

    assert answer.status_code == 302
    assert [ballot.choice for ballot in Ballot.objects.effective()] == ["b"]


def test_stored_stars_are_set_when_she_comes_back(voter):
    rate(voter, "5", "3")

    assert chosen(voter.get(paper_at(3))) == {"star-q0": "5", "star-q1": "3"}


def test_an_answer_cannot_be_changed_without_end(voter, stage, citizen):
    for revision in range(1, actions.MOST_REVISIONS + 1):
        a_ballot(stage, citizen, choice="ab"[revision % 2], revision=revision)

    answer = cast(voter, 1, choice="skip", revision=offered_revision(voter.get(paper_at(1))))

    assert answer.status_code == 403
    assert "이 질문의 답은 더 고칠 수 없습니다. 마지막으로 저장된 답을 셉니다." in words(answer)


def test_after_the_close_the_answer_is_refused_and_still_on_the_page(voter, stage):
    in_phase(stage, Phase.CLOSED)

    answer = cast(voter, 1, choice="b")

    assert answer.status_code == 403
    assert CLOSED in words(answer)
    assert chosen(answer) == {"choice": "b"}
    assert Ballot.objects.count() == 0
    assert voter.get(paper_at(1))["Location"] == PROGRESS


@pytest.mark.parametrize("phase", [Phase.PREPARING, Phase.FROZEN])
def test_before_the_stage_is_open_a_refused_answer_shows_no_paper(voter, stage, phase):
    in_phase(stage, phase)

    answer = cast(voter, 1)

    assert answer.status_code == 403
    assert Paper.objects.get(position=1).left.text not in answer.content.decode()


def test_the_deadline_counts_before_the_phase_is_moved(voter, stage):
    in_phase(stage, Phase.PREPARING)
    Stage.objects.filter(id=stage.id).update(closes_at=timezone.now() - timedelta(seconds=1))
    in_phase(stage, Phase.OPEN)

    assert cast(voter, 1).status_code == 403
    assert voter.get(paper_at(1))["Location"] == PROGRESS
    assert voter.post(START).status_code == 403


def test_casting_needs_a_form_of_ours(voter, citizen):
    strict = sign_in(Client(enforce_csrf_checks=True), citizen)

    assert cast(strict, 1).status_code == 403
    assert [getattr(voter, verb)(f"{paper_at(1)}cast/").status_code for verb in ("get", "put", "delete")] == [
        405,
        405,
        405,
    ]
    assert Ballot.objects.count() == 0


@pytest.mark.parametrize(("position", "questions"), [(1, 5), (3, 6)])
def test_casting_asks_few_questions(voter, django_assert_max_num_queries, position, questions):
    with django_assert_max_num_queries(questions + 4):  # two savepoints, made and released
        (cast(voter, 1) if position == 1 else rate(voter)).close()


# ---------------------------------------------------------------- stop, go on, see how far


def test_stopping_keeps_what_she_chose(voter):
    answer = cast(voter, stop="1")

    assert answer["Location"] == PROGRESS
    assert Ballot.objects.get().choice == "a"


def test_stopping_without_a_choice_is_only_stopping(voter):
    for position in (1, 3):
        answer = cast(voter, position, choice="", stop="1") if position == 1 else cast(voter, 3, stop="1")
        assert answer["Location"] == PROGRESS
    assert Ballot.objects.count() == 0


def test_stopping_in_the_middle_of_the_stars_says_what_is_missing_and_lets_her_go(voter):
    page = rate(voter, q1="", stop="1")

    assert page.status_code == 422
    assert chosen(page) == {"star-q0": "4"}
    assert f'href="{PROGRESS}">저장하지 않고 멈추기</a>' in page.content.decode()


def test_she_goes_on_where_she_stopped(voter, citizen):
    cast(voter, 1)
    voter.post("/accounts/logout/")
    assert voter.get(PROGRESS).status_code == 302

    sign_in(voter, citizen)

    assert voter.post(START)["Location"] == paper_at(2)
    cast(voter, 2)
    assert voter.post(START)["Location"] == paper_at(3)
    rate(voter)
    assert voter.post(START)["Location"] == PROGRESS


def test_start_leads_to_enrolment_who_is_not_on_the_roll(client, stage, citizen):
    sign_in(client, citizen)

    assert client.post(START)["Location"] == ENROL
    assert client.get(START).status_code == 405


def test_start_issues_papers_to_who_has_none(client, stage, citizen):
    enrolled(stage, citizen)
    sign_in(client, citizen)
    assert "시작하기" in words(client.get(PROGRESS))

    assert client.post(START)["Location"] == paper_at(1)
    assert Paper.objects.count() == 3


def test_progress_lists_her_papers_and_receipts(voter):
    cast(voter, 2)
    receipt = Ballot.objects.get().event.receipt

    page = voter.get(PROGRESS)

    assert "답한 것 1 / 3" in words(page)
    rows = re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", page.content.decode(), re.S)
    assert [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows] == [
        "1 비교 아직 답하지 않음 답하기 – 1",
        f"2 비교 {receipt} 고치기 – 2",
        "3 별점 아직 답하지 않음 답하기 – 3",
    ]


def test_progress_shows_the_receipt_of_the_last_answer(voter):
    cast(voter, 1, choice="a")
    cast(voter, 1, choice="b", revision="2")
    first, second = (ballot.event.receipt for ballot in Ballot.objects.order_by("revision"))

    said = words(voter.get(PROGRESS))

    assert second in said.replace(f"1번 답을 저장했습니다. 접수 번호 {second}", "")
    assert f"{first} 고치기" not in said


def test_after_the_close_progress_only_shows(voter, stage):
    cast(voter, 1)
    in_phase(stage, Phase.CLOSED)

    page = voter.get(PROGRESS)

    assert "참여 기간이 끝나 답을 더 고칠 수 없습니다." in words(page)
    assert paper_at(1) not in page.content.decode()
    assert Ballot.objects.get().event.receipt in words(page)


def test_somebody_who_took_no_part_has_no_progress(client, stage, citizen):
    sign_in(client, citizen)

    assert "이 단계에 참여한 기록이 없습니다." in words(client.get(PROGRESS))


def test_an_answer_sent_after_the_session_ended_is_kept_by_the_first_press_after_signing_in(stage, citizen):
    issued(stage, citizen)
    client = sign_in(Client(enforce_csrf_checks=True), citizen)
    chosen = form_in(client.get(paper_at(1)), f"{paper_at(1)}cast/") | {"choice": "b"}
    client.cookies.pop(settings.SESSION_COOKIE_NAME)

    answer = client.post(f"{paper_at(1)}cast/", chosen, **FROM_HERE)
    again = form_in(answer, f"{paper_at(1)}cast/")
    sign_in_by_code(client, citizen)
    kept = client.post(f"{paper_at(1)}cast/", again, **FROM_HERE)

    assert answer.status_code == 403
    assert "고르신 답은 여기에 따로 보이지 않지만 그대로 다시 보냅니다." in words(answer)
    assert "보내신 내용 보기" not in words(answer)
    assert (kept.status_code, kept["Location"]) == (302, paper_at(2))
    assert Ballot.objects.get().choice == "b"


def test_a_form_of_before_the_sign_in_is_taken_from_this_browser_and_this_site_only(stage, citizen):
    issued(stage, citizen)
    client, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    before = {name: token_on(one.get("/accounts/login/code/")) for name, one in (("hers", client), ("another", other))}
    sign_in_by_code(client, citizen)
    data = {"choice": "a", "recognised": "", "revision": "1"}

    def sent(token: str, **headers: str) -> int:
        return client.post(f"{paper_at(1)}cast/", data | {"csrfmiddlewaretoken": token}, **headers).status_code

    assert sent(before["another"], **FROM_HERE) == sent("", **FROM_HERE) == sent("x" * 64, **FROM_HERE) == 403
    assert sent(before["hers"], HTTP_ORIGIN="https://example.org") == 403
    assert not Ballot.objects.exists()
    assert sent(before["hers"], **FROM_HERE) == 302


# ---------------------------------------------------------------- the receipt


@pytest.mark.parametrize("written", [
    str, str.upper, lambda receipt: receipt.replace("-", ""), lambda receipt: receipt.replace("-", " "), lambda receipt: f"  {receipt}\n",
])  # fmt: skip
def test_a_receipt_is_found_however_it_is_written_and_says_the_day_only(client, stage, citizen, written):
    issued(stage, citizen)
    ballot = a_ballot(stage, citizen)

    said = words(client.get(CHECK, {"receipt": written(ballot.event.receipt)}))

    assert f"기록에 들어 있습니다({timezone.localtime(ballot.cast_at):%Y-%m-%d})." in said
    assert [word for word in ("더 낫다", "2차 단계평가", citizen.email, ballot.thing) if word in said] == []


def test_a_receipt_nobody_was_given_is_not_found(client, voter):
    cast(voter, 1)

    assert "기록에 없는 번호입니다." in words(client.get(CHECK, {"receipt": "0123-" * 7 + "0123"}))


@pytest.mark.parametrize(
    "typed", ["1234", "x" * 32, "g" * 32, "%" * 32, "0" * 31, "0" * 33, "a" * 5000, "<b>", "０" * 32]
)
def test_what_is_no_receipt_is_told_how_one_looks(client, voter, typed):
    cast(voter, 1)

    page = client.get(CHECK, {"receipt": typed})

    assert page.status_code == 200
    assert "접수 번호는 0–9와 a–f로 된 32자리입니다." in words(page)
    assert "<b>" not in page.content.decode()


@pytest.mark.parametrize("typed", ["", "  ", "\t-"])
def test_whoever_asks_with_nothing_typed_is_told_what_to_type(client, typed):
    assert "접수 번호를 적어 주세요." in words(client.get(CHECK, {"receipt": typed}))


def test_a_receipt_with_a_sign_no_database_keeps_is_a_bad_request(client):
    assert client.get(CHECK, {"receipt": "\0"}).status_code == 400


def test_the_page_for_receipts_asks_before_it_tells(client):
    said = words(client.get(CHECK))

    assert "기록" in said
    assert "32자리입니다" not in said


# ---------------------------------------------------------------- in English


def test_every_page_speaks_english_but_for_question_and_answers(voter, stage, citizen):
    english(voter)
    pages = [voter.get(path) for path in ("/take-part/", STAGE, PROGRESS, CHECK, paper_at(1), paper_at(3))]
    pages += [
        voter.post(f"{paper_at(1)}cast/", {"revision": "1"}),
        voter.post(f"{paper_at(3)}cast/", {"revision": "1"}),
    ]
    pages += [
        voter.get(cast(voter, 1)["Location"]),
        cast(voter, 1, choice="b"),
        voter.get(paper_at(1)),
        cast(voter, 1, revision=""),
    ]
    rate(voter)
    pages += [rate(voter, "1"), voter.get(CHECK, {"receipt": "x"}), voter.get(CHECK, {"receipt": "0" * 32})]
    pages += [
        voter.get(CHECK, {"receipt": Event.objects.filter(kind="ballot cast").first().receipt}),
        voter.get(PROGRESS),
    ]
    in_phase(stage, Phase.CLOSED)
    pages += [voter.get(PROGRESS), voter.get(STAGE), cast(voter, 2)]

    assert [found for page in pages if (found := korean_in_main(page.content.decode()))] == []
    assert {page.status_code for page in pages} == {200, 403, 409, 422}


def test_enrolling_speaks_english(client, stage, citizen):
    english(sign_in(client, citizen))
    pages = [
        client.get(STAGE),
        client.get(ENROL),
        client.post(ENROL_DONE, {}),
        client.post(ENROL_DONE, HERSELF | {"interest": "yes"}),
    ]
    in_phase(stage, Phase.CLOSED)
    pages += [client.post(ENROL_DONE, HERSELF), client.get(PROGRESS)]

    assert [found for page in pages if (found := korean_in_main(page.content.decode()))] == []
