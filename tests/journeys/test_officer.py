"""An officer takes a stage from its file to its published result, and looks at every page on the way."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from evaluations.panels import actions as panels
from evaluations.panels.conflicts import Post
from evaluations.panels.models import Invitation, Panelist
from evaluations.proceedings.management.commands import seed_demo
from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.results import jobs, tasks
from evaluations.results.models import CountJob
from evaluations.results.queries import latest_run
from evaluations.stagefile.load import load_directory
from tests.factories import accounts, results
from tests.factories.proceedings import a_proposal, another_officer
from tests.factories.programme import in_phase
from tests.proceedings.test_story import decide, move

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EXAMPLES = settings.BASE_DIR / "examples"
LINES = "empty-table-header"
"""Django's table of further lines has an empty heading over the column that holds a line's name; it is minor, and the template is Django's."""


def the_deadline_passes(stage: Stage) -> None:
    """What a week does; the row is frozen, so it is lifted for the moment."""
    in_phase(stage, Phase.PREPARING)
    Stage.objects.filter(pk=stage.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    in_phase(stage, Phase.OPEN)


def everybody_accepts(stage: Stage) -> None:
    """What the invited do; their own way is another journey."""
    for invitation in Invitation.objects.filter(panelist__stage=stage).select_related("panelist__stage"):
        expert = accounts.an_expert(invitation.email, invitation.name)
        panels.accept(invitation=invitation, by=expert)
        seat = Panelist.objects.select_related("stage").get(pk=invitation.panelist_id)
        panels.record_affiliations(panelist=seat, posts=[Post("한국대학교", "통계학과")], by=expert)
        panels.sign_pledge(panelist=seat, by=expert)


def signs_in(visitor, officer) -> None:
    page = visitor.page
    visitor.open(reverse("admin:index"))
    page.get_by_label("이메일").fill(officer.email)
    page.get_by_label("비밀번호").fill(accounts.PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.locator("input[name=code]").fill(accounts.totp_code())
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/admin/")


def presses(page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follows(page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).first.click()


def moves(page, to: str, reason: str = "") -> None:
    form = page.locator(f"section[aria-labelledby=to-{to}]")
    if reason:
        form.locator("textarea").fill(reason)
    with page.expect_navigation():
        form.locator("button[type=submit]").click()


def agrees(other, name: str = "") -> None:
    """Another officer finds on her first page what waits for her, looks at it and agrees."""
    page = other.page
    other.open(reverse("admin:index"))
    if name:
        other.look(f"{name}-waits")
    with page.expect_navigation():
        page.get_by_role("link", name="살펴보고 승인").first.click()
    if name:
        other.look(f"{name}-approve")
    presses(page, "승인")
    page.get_by_text("승인했습니다.").wait_for()


def was_refused(visitor, status: int) -> None:
    """The browser tells every answer that is an error; here it was to be one, and only one."""
    told, visitor.said = visitor.said, []
    assert [f"status of {status}" in line for line in told] == [True], told


def looks_while_it_stands_still(visitor, name: str) -> None:
    """The page as it is, without the header that would renew it under the eyes of the checks."""

    def without_refresh(route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, headers={key: value for key, value in answer.headers.items() if key != "refresh"}
        )

    visitor.page.route("**/jobs/**", without_refresh)
    visitor.page.reload()
    visitor.look(name)
    visitor.page.unroute("**/jobs/**")
    visitor.page.reload()


def watches_a_count(officer) -> None:
    """The page renews itself; meanwhile a worker – here the test – does what workers do."""
    page = officer.page
    page.get_by_role("heading", name="대기").wait_for()
    jobs.carry_out(jobs.claim(CountJob.objects.filter(state="queued").get().pk))
    page.get_by_role("heading", name="완료").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("size", ["desktop"])
def test_from_the_file_to_the_published_result(visitor, size, tmp_path):
    folder = seed_demo.around_today(EXAMPLES / "stage-2", tmp_path)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip at all")
    one = visitor()
    page = one.page
    signs_in(one, accounts.an_officer())
    one.look("office-empty")
    other = visitor()
    other.sign_in(another_officer())

    # A file that is none, a stage that is.
    follows(page, "단계 파일 올리기")
    page.locator("input[type=file]").set_input_files(broken)
    presses(page, "확인하고 들이기")
    page.get_by_text("ZIP 파일을 읽을 수 없습니다").wait_for()
    was_refused(one, 422)
    one.look("load-refused")
    page.locator("input[type=file]").set_input_files(sorted(path for path in folder.rglob("*") if path.is_file()))
    presses(page, "확인하고 들이기")
    page.get_by_text("들여왔습니다").wait_for()
    stage = Stage.objects.get()
    base = reverse("admin:proceedings_page", args=[stage.pk])
    one.look("preparing")

    # What the stage is made of.
    for name, path in (
        ("stage", reverse("admin:programme_stage_change", args=[stage.pk])),
        ("team", reverse("admin:programme_team_change", args=[stage.teams.first().pk])),
        ("part", reverse("admin:rubrics_part_change", args=[stage.parts.get(key="expert").pk])),
        ("prompt", reverse("admin:ratings_prompt_change", args=[stage.prompts.first().pk])),
    ):
        one.open(path)
        one.look(f"build-{name}", but=LINES)
    one.open(reverse("admin:proceedings_data", args=[stage.pk]))
    one.look("data-files")

    # The panel: a pasted list, everybody or nobody.
    one.open(base)
    moves(page, "frozen", "기준을 확정합니다.")
    page.get_by_text("‘기준 확정’ 국면으로 옮겼습니다.").wait_for()
    one.look("frozen")
    follows(page, "여러 사람 초대")
    page.get_by_label("초대할 사람").fill("홍길동, hong@example.kr\n김하나")
    presses(page, "여러 사람 초대")
    page.get_by_text("2번째 줄에 이메일 주소가 없습니다").wait_for()
    was_refused(one, 422)
    one.look("invite-refused")
    assert page.get_by_label("초대할 사람").input_value() == "홍길동, hong@example.kr\n김하나"
    page.get_by_label("초대할 사람").fill("홍길동, hong@example.kr\n김하나 <kim@example.kr>")
    presses(page, "여러 사람 초대")
    page.get_by_text("2명에게 위촉 안내를 보냈습니다.").wait_for()
    one.look("seats")
    assert sorted(message.to[0] for message in mail.outbox) == ["hong@example.kr", "kim@example.kr"]
    everybody_accepts(stage)
    follows(page, "모두 배정")
    presses(page, "모두 배정")
    page.get_by_text("새로 16건을 배정했습니다.").wait_for()
    one.look("assigned")

    # Open, watch, lock.
    one.open(base)
    moves(page, "open")
    page.get_by_text("‘평가 진행’ 국면으로 옮겼습니다.").wait_for()
    one.look("open")
    follows(page, "자리별·특성별·시간별로 보기")
    one.look("progress")
    one.open(base)
    presses(page, "서면평가(가림) 차수 잠그기")
    presses(page, "발표평가 차수 열기")
    page.get_by_text("차수를 열었습니다.").wait_for()
    expect(page.get_by_text("지나지 않았습니다.")).to_be_visible()

    # Close, count, look, decide, count again.
    the_deadline_passes(stage)
    one.open(base)
    moves(page, "closed")
    page.get_by_text("‘평가 마감’ 국면으로 옮겼습니다.").wait_for()
    one.look("closed")
    presses(page, "집계 시작")
    looks_while_it_stands_still(one, "count-waiting")
    watches_a_count(one)
    one.look("count-done")
    one.open(base)
    moves(page, "counted")
    page.get_by_text("‘집계·심의’ 국면으로 옮겼습니다.").wait_for()
    one.look("counted")
    follows(page, "마지막 집계 결과 보기")
    page.locator("details summary").first.click()
    one.look("run")
    one.open(base)
    for number, team in enumerate(stage.teams.all()):
        follows(page, f"{team.name_ko} 관문 결정")
        if number == 0:
            one.look("decide")
        page.get_by_label("미충족" if team.slug == "skt" else "충족", exact=True).check()
        page.get_by_label("이유").fill("소명을 듣고 위원회가 의결하였다.")
        presses(page, "관문 결정 제안")
        page.get_by_text("다른 담당자가 승인하면 이루어집니다.").wait_for()
        agrees(other, "decision" if number == 0 else "")
    one.open(base)
    presses(page, "다시 집계")
    watches_a_count(one)
    follows(page, "집계 결과 보기")
    page.get_by_role("heading", name="바로 앞 집계와의 차이").wait_for()
    one.look("run-again")

    # Confirm, publish, and what the public sees.
    one.open(base)
    moves(page, "confirmed", "위원회가 확정하였다.")
    page.get_by_text("다른 담당자가 승인하면 이루어집니다.").wait_for()
    one.look("confirming")
    agrees(other)
    one.open(base)
    one.look("confirmed")
    moves(page, "published", "위원회가 확정한 결과를 공표합니다.")
    agrees(other, "publication")
    one.open(base)
    one.look("published")
    reader = visitor()
    reader.open(f"/results/{stage.slug}/")
    reader.look("public-result")
    told = reader.page.locator("table").first.inner_text()
    assert "미충족" in told

    # Back, with a reason; what was public is public no longer.
    moves(page, "counted", "근거 자료의 오류를 다시 봅니다.")
    agrees(other)
    reader.open(f"/results/{stage.slug}/")
    reader.page.get_by_text("공표를 거두고 다시 심의하고 있습니다.").wait_for()
    expect(reader.page.get_by_text("근거 자료의 오류를 다시 봅니다.").first).to_be_visible()
    assert "미충족" not in reader.page.locator("main").inner_text()
    reader.look("public-withdrawn")
    one.open(reverse("admin:audit_event_changelist") + f"?stage={stage.slug}")
    one.look("ledger")


@pytest.mark.parametrize("size", ["desktop"])
def test_a_stage_is_begun_by_hand(visitor, size):
    one = visitor()
    page = one.page
    one.sign_in(accounts.an_officer())
    one.open(reverse("admin:index"))
    follows(page, "단계 직접 만들기")
    one.look("new-stage", but=LINES)
    for label, text in (
        ("식별자", "by-hand"),
        ("사업명", "손으로 만든 사업"),
        ("단계명", "손으로 만든 단계"),
        ("진출 팀 수", "1"),
    ):
        page.get_by_label(label, exact=False).first.fill(text)
    for name, day in (("frozen_at", "01"), ("opens_at", "02"), ("closes_at", "03"), ("published_at", "04")):
        page.locator(f"input[name={name}]").fill(f"2027-01-{day}T09:00:00")
    page.get_by_label("총점", exact=True).first.check()
    page.locator("#teams-group .add-row a").click()
    page.locator("input[name=teams-0-slug]").fill("alpha")
    page.locator("input[name=teams-0-name_ko]").fill("알파연구소")
    presses(page, "저장")
    page.get_by_text("단계를 만들었습니다.").wait_for()
    one.look("new-stage-page")
    assert Stage.objects.get().teams.get().slug == "alpha"

    follows(page, "부문 더하기")
    for name, text in (("key", "expert"), ("name_ko", "전문가"), ("points", "100")):
        page.locator(f"input[name={name}]").fill(text)
    page.locator("select[name=kind]").select_option("experts")
    presses(page, "저장")
    page.get_by_text("이어서 딸린 것을 적어 주세요.").wait_for()
    page.locator("#criteria-group .add-row a").click()
    for name, text in (("key", "technology"), ("name_ko", "기술력"), ("points", "100")):
        page.locator(f"input[name=criteria-0-{name}]").fill(text)
    one.look("new-part", but=LINES)
    presses(page, "저장하고 계속 고치기")
    page.get_by_text("고쳤습니다: ").first.wait_for()
    assert Stage.objects.get().parts.get().criteria.get().path == "technology"


@pytest.mark.parametrize("size", ["phone"])
def test_the_office_fits_a_phone(visitor, size):
    officer = accounts.an_officer()
    stage = results.a_stage_to_count(name_ko="2차 단계평가")
    tasks.count(results.a_job(stage).pk)
    in_phase(stage, Phase.COUNTED)
    decide(stage.teams.first(), "met", officer)
    tasks.count(results.a_job(stage).pk)
    run, level = latest_run(stage), results.a_stage_on_the_line(slug="level", name_ko="동점 단계")
    hers, mine = (a_proposal(by, stage, told="‘집계·심의’ → ‘평가 마감’") for by in (another_officer(), officer))
    one = visitor()
    one.sign_in(officer)

    for name, path in (
        ("office", reverse("admin:index")),
        ("counted", reverse("admin:proceedings_page", args=[stage.pk])),
        ("proposals", reverse("admin:proceedings_proposal_changelist")),
        ("approve", reverse("admin:proceedings_proposal_approve", args=[hers.pk])),
        ("withdraw", reverse("admin:proceedings_proposal_withdraw", args=[mine.pk])),
        ("progress", reverse("admin:proceedings_progress", args=[stage.pk])),
        ("data-files", reverse("admin:proceedings_data", args=[stage.pk])),
        ("run", reverse("admin:results_scorerun_change", args=[run.pk])),
        ("decide", reverse("admin:results_gateteam_decide", args=[stage.teams.last().pk])),
        ("level", reverse("admin:proceedings_page", args=[level.pk])),
        ("decide-line", reverse("admin:results_lineteam_decide", args=[level.teams.get(slug="skt").pk])),
        ("seats", reverse("admin:panels_panelist_changelist") + f"?stage__id__exact={stage.pk}"),
        ("sheets", reverse("admin:reviews_sheet_changelist")),
        ("load", reverse("admin:proceedings_load")),
        ("accounts", reverse("admin:accounts_user_changelist")),
        ("ledger", reverse("admin:audit_event_changelist")),
    ):
        one.open(path)
        one.look(f"phone-{name}")
    # The ledger, last: a list that is pushed sideways has its receipts on one line each.
    tallest = max(
        row["height"] for row in (line.bounding_box() for line in one.page.locator("#result_list tbody tr").all())
    )
    assert tallest < 60
    one.open(reverse("admin:programme_stage_change", args=[stage.pk]))
    one.look("phone-stage", but=LINES)


@pytest.mark.parametrize("size", ["phone"])
def test_a_count_is_watched_without_script(visitor, size):
    officer = accounts.an_officer()
    stage = load_directory(EXAMPLES / "stage-1", by=officer.id).stage
    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        stage = move(stage, to, officer)
    one = visitor(script=False)
    one.sign_in(officer)
    one.open(reverse("admin:proceedings_page", args=[stage.pk]))

    presses(one.page, "집계 시작")
    watches_a_count(one)

    expect(one.page.get_by_text("‘집계·심의’ 국면으로 옮기면 결과가 보입니다.")).to_be_visible()
