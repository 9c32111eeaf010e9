"""A count on the pages of the office: closed until the committee sits, then with every step, every change, every finding."""

import json

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.panels.models import Recusal
from evaluations.proceedings.actions import advance_phase
from evaluations.programme.phases import ORDER, Phase
from evaluations.results import queries, tasks
from evaluations.results.findings import findings_on
from evaluations.results.models import GateDecision, LineDecision, ScoreRun
from evaluations.reviews.actions import void_sheet
from evaluations.reviews.models import Sheet, Void
from evaluations.reviews.progress import by_seat
from evaluations.stagefile.load import load_directory
from portal.audit.models import Event
from portal.audit.record import record
from portal.http import Refusal
from tests.factories import accounts, benchmarks, panels, programme, results
from tests.factories.proceedings import approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    officer = accounts.an_officer()
    accounts.sign_in(client, officer)
    return officer


def counted(phase: Phase = Phase.COUNTED, **more):
    stage = results.a_stage_to_count(**more)
    tasks.count(results.a_job(stage).pk)
    return programme.in_phase(stage, phase)


def again(stage):
    tasks.count(results.a_job(stage).pk)
    return queries.latest_run(stage)


def of_run(run) -> str:
    return reverse("admin:results_scorerun_change", args=[run.pk])


def decide(team) -> str:
    return reverse("admin:results_gateteam_decide", args=[team.pk])


@pytest.mark.parametrize("person", [accounts.an_officer, accounts.an_auditor])
def test_a_count_is_seen_from_the_phase_on_in_which_it_may_be(client, person):
    accounts.sign_in(client, person())
    stage = counted()
    run = queries.latest_run(stage)
    seen = {}
    for phase in ORDER:
        programme.in_phase(stage, phase)
        lists = [reverse(f"admin:results_{name}_changelist") for name in ("scorerun", "gateteam")]
        seen[phase] = (
            client.get(of_run(run)).status_code, *(client.get(path).context["cl"].result_count for path in lists),
        )  # fmt: skip

    counted_at = ORDER.index(Phase.COUNTED)
    assert seen == dict.fromkeys(ORDER[:counted_at], (302, 0, 0)) | dict.fromkeys(ORDER[counted_at:], (200, 1, 4))


def test_the_page_of_a_run_tells_each_teams_points_step_by_step(client, officer):
    stage = counted()
    run = queries.latest_run(stage)

    page = client.get(of_run(run))

    told = json.loads(run.body)
    assert [name for name, _ in page.context["explained"]] == [
        "모든 팀",
        "엘지팀",
        "에스케이팀",
        "업스테이지팀",
        "모티프팀",
    ]
    assert all(steps for _, steps in page.context["explained"])
    assert [row["total"] for row in page.context["rows"]] == sorted(
        (team["total"] for team in told["teams"]), reverse=True
    )
    assert [team.name_ko for team in page.context["pending"]] == ["엘지팀", "에스케이팀", "업스테이지팀", "모티프팀"]
    assert page.context["stale"] is False
    assert "평가표별 합계" in page.content.decode()


def test_a_recount_says_what_has_changed_in_words(client, officer):
    stage = counted()
    first = queries.latest_run(stage)
    results.a_decision(stage.teams.get(slug="lg"), "not_met")
    assert client.get(of_run(first)).context["stale"] is True

    second = again(stage)

    page = client.get(of_run(second))
    assert page.context["before"] == first
    assert ("엘지팀", "독자성 관문", "결정 전", "미충족") in page.context["changes"]
    assert ("엘지팀", "진출", "미정", "탈락") in page.context["changes"]
    assert not any(word in str(page.context["changes"]) for word in ("gate", "advances", "True", "None", "pending"))


def test_a_run_counted_again_is_the_one_that_holds_on_every_page(client, officer):
    stage = counted()
    lg = stage.teams.get(slug="lg")
    first, second = (
        (results.a_decision(lg, decision, revision=revision), again(stage))[1]
        for revision, decision in enumerate(("met", "not_met"), start=1)
    )
    results.a_decision(lg, "met", revision=3)
    assert again(stage) == first

    page = client.get(of_run(first))
    listed = client.get(reverse("admin:results_scorerun_changelist"))

    assert (page.context["stale"], page.context["before"]) == (False, second)
    assert ("엘지팀", "독자성 관문", "미충족", "충족") in page.context["changes"]
    assert [run.holds for run in listed.context["cl"].result_list] == [False, True, False]
    assert of_run(first) in client.get(reverse("admin:proceedings_page", args=[stage.pk])).content.decode()


def test_a_stage_decided_by_majority_has_a_page_without_parts(client, officer):
    """It has no points and no chart; this page and the public ones once fell over that."""
    stage = load_directory(settings.BASE_DIR / "examples" / "extra-selection", by="test").stage
    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        stage = advance_phase(stage=stage, to=to, by=officer)
    run = again(stage)
    programme.in_phase(stage, Phase.PUBLISHED)
    results.a_publication(run)

    for path in (of_run(run), f"/results/{stage.slug}/", f"/stages/{stage.slug}/"):
        assert client.get(path).status_code == 200, path


def test_the_committee_sees_what_was_found_and_decides(client, officer):
    stage = counted()
    team = stage.teams.get(slug="lg")
    page = client.get(decide(team))
    assert [(q.component, q.met, q.not_met, q.cannot_judge) for q in page.context["questions"]] == [
        ("본 모형", 5, 0, 0), ("비전 인코더", 5, 0, 0), ("본 모형", 5, 0, 0), ("본 모형", 5, 0, 0),
    ]  # fmt: skip

    without = client.post(decide(team), {"decision": "met", "reason": ""})
    odd = client.post(decide(team), {"decision": "perhaps", "reason": "까닭"})
    done = client.post(
        decide(team),
        {"decision": "not_met", "reason": "가중치를 옮겨 왔다", "decided_on": "2026-08-20", "source": "3차 회의록"},
    )

    assert (without.status_code, odd.status_code, done.status_code) == (422, 422, 302)
    assert GateDecision.objects.count() == 0
    approved()
    decision = GateDecision.objects.get()
    assert (decision.decision, decision.source, str(decision.decided_on)) == ("not_met", "3차 회의록", "2026-08-20")
    assert Event.objects.get(kind="gate decided").actor == officer.pk
    assert "가중치를 옮겨 왔다" in client.get(decide(team)).content.decode()


@pytest.mark.parametrize("who", [accounts.an_officer, accounts.an_auditor])
@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.COUNTED])
def test_the_reason_of_a_decision_goes_back_with_the_count(client, phase, who):
    """The ledger is read in every phase; what the committee found is told where the count is."""
    stage = counted()
    client.post(reverse("account_logout"))
    accounts.sign_in(client, accounts.an_officer("decider@example.kr"))
    client.post(decide(stage.teams.get(slug="lg")), {"decision": "not_met", "reason": "가중치를 옮겨 왔다"})
    approved()
    accounts.sign_in(client, who())
    programme.in_phase(stage, phase)

    events = Event.objects.filter(kind__in=["proposal made", "proposal approved", "gate decided"])
    ledger = [reverse("admin:audit_event_change", args=[event.pk]) for event in events]
    ledger.append(reverse("admin:audit_event_changelist"))
    page = client.get(reverse("admin:proceedings_page", args=[stage.pk])).content.decode()

    assert len(ledger) == 4
    assert not any("가중치를 옮겨 왔다" in client.get(path).content.decode() for path in ledger)
    assert ("미충족: 가중치를 옮겨 왔다" in page) is (phase is Phase.COUNTED)


def test_after_the_confirmation_nothing_is_decided(client, officer):
    stage = counted()
    for phase in (Phase.CONFIRMED, Phase.PUBLISHED, Phase.FINAL):
        programme.in_phase(stage, phase)
        answer = client.post(decide(stage.teams.first()), {"decision": "met", "reason": "까닭"})
        listed = client.get(reverse("admin:results_gateteam_changelist")).content.decode()

        assert (phase, answer.status_code, "/decide/" in listed) == (phase, 403, False)
    assert GateDecision.objects.count() == 0


def decide_line(stage, team: str) -> str:
    return reverse("admin:results_lineteam_decide", args=[stage.teams.get(slug=team).pk])


def test_the_committee_sees_who_is_level_on_the_line_and_decides(client, officer):
    stage = results.a_stage_on_the_line()
    path = decide_line(stage, "skt")
    page = client.get(path)
    assert page.context["level"] == [("에스케이팀", "80.0", 2), ("업스테이지팀", "80.0", 2)]
    assert "이 팀들에게 남은 자리는 1개입니다." in page.content.decode()

    without = client.post(path, {"decision": "in", "reason": ""})
    odd = client.post(path, {"decision": "met", "reason": "까닭"})
    done = client.post(
        path, {"decision": "in", "reason": "실험이 더 많다", "decided_on": "2026-08-20", "source": "3차 회의록"}
    )

    assert (without.status_code, odd.status_code, done.status_code) == (422, 422, 302)
    assert LineDecision.objects.count() == 0
    approved()
    decision = LineDecision.objects.get()
    assert (decision.decision, decision.source, str(decision.decided_on)) == ("in", "3차 회의록", "2026-08-20")
    assert Event.objects.get(kind="line decided").actor == officer.pk
    assert "실험이 더 많다" in client.get(path).content.decode()


@pytest.mark.parametrize(("who", "offered"), [(accounts.an_officer, True), (accounts.an_auditor, False)])
def test_the_pages_of_the_stage_lead_to_where_the_line_is_decided(client, who, offered):
    stage = results.a_stage_on_the_line()
    results.a_line_decision(stage.teams.get(slug="upstage"), "out")
    run = results.count_again(stage)
    accounts.sign_in(client, who())

    page = client.get(reverse("admin:proceedings_page", args=[stage.pk])).content.decode()
    of_the_run = client.get(of_run(run)).content.decode()

    waiting, decided = decide_line(stage, "skt"), decide_line(stage, "upstage")
    assert (page.count(waiting), page.count(decided)) == ((2, 1) if offered else (0, 0))
    assert "진출하지 않음" in page
    assert all(words in of_the_run for words in ("에스케이팀</a>(결정 전)", "업스테이지팀</a>(진출하지 않음)"))


def test_the_page_of_an_earlier_count_leads_to_no_decision(client, officer):
    """What the line is decided on is the last count."""
    stage = results.a_stage_on_the_line()
    first = queries.latest_run(stage)
    results.a_line_decision(stage.teams.get(slug="skt"))
    last = results.count_again(stage)

    path = decide_line(stage, "skt")
    assert [path in client.get(of_run(run)).content.decode() for run in (first, last)] == [False, True]


def test_the_committee_sees_between_whom_it_decided(client, officer):
    stage = results.a_stage_on_the_line()
    skt = stage.teams.get(slug="skt")
    results.a_line_decision(skt, "out", reason="둘을 견줌")
    benchmarks.a_measurement(stage.teams.get(slug="motif"), "all", "80", revision=2)
    results.count_again(stage)
    results.a_line_decision(skt, "in", revision=2, reason="셋을 견줌")

    page = client.get(decide_line(stage, "skt")).content.decode()

    assert "셋을 견줌 지금 경계선에 있는 팀들 사이의 결정입니다." in page
    assert "둘을 견줌 다른 팀들(에스케이팀, 업스테이지팀) 사이의 결정이어서 지금은 세지 않습니다." in page


def test_who_is_not_on_the_line_is_not_decided_on(client, officer):
    stage = results.a_stage_on_the_line()

    listed = client.get(reverse("admin:results_lineteam_changelist")).content.decode()

    assert [client.get(decide_line(stage, team)).status_code for team in ("lg", "motif")] == [404, 404]
    assert [decide_line(stage, team) in listed for team in ("lg", "skt", "upstage", "motif")] == [
        False,
        True,
        True,
        False,
    ]


def test_after_the_confirmation_the_line_stands(client, officer):
    stage = results.a_stage_on_the_line()
    for phase in (Phase.CONFIRMED, Phase.PUBLISHED, Phase.FINAL):
        programme.in_phase(stage, phase)
        answer = client.post(decide_line(stage, "skt"), {"decision": "in", "reason": "까닭"})
        listed = client.get(reverse("admin:results_lineteam_changelist")).content.decode()

        assert (phase, answer.status_code, "/decide/" in listed) == (phase, 403, False)
    assert LineDecision.objects.count() == 0


@pytest.mark.parametrize("stages", [1, 3])
def test_the_list_of_teams_on_the_line_asks_the_same_number_of_questions(
    client, officer, django_assert_num_queries, stages
):
    for number in range(stages):
        results.a_stage_on_the_line(slug=f"line-{number}")
    path = reverse("admin:results_lineteam_changelist")
    client.get(path)

    with django_assert_num_queries(6):
        assert client.get(path).context["cl"].result_count == 2 * stages


def test_a_run_of_a_method_that_did_not_count_seats_on_the_line_is_decided_on_too(client, officer):
    stage = results.a_stage_on_the_line()
    run = queries.latest_run(stage)
    body = json.loads(run.body)
    del body["diagnostics"]["line"]
    older = ScoreRun(**{field.attname: getattr(run, field.attname) for field in ScoreRun._meta.fields})
    older.pk, older.key, older.method_version, older.body = None, "0" * 64, "4", json.dumps(body)
    older.event = record("score counted")
    older.save(force_insert=True)
    results.a_job(stage, state="done", run=older)

    page = client.get(decide_line(stage, "skt"))

    assert (page.status_code, page.context["left"], "남은 자리는" in page.content.decode()) == (200, None, False)


def test_findings_leave_out_what_does_not_count_and_name_nobody():
    stage = counted()
    team = stage.teams.get(slug="lg")
    sheet = Sheet.objects.filter(assignment__team=team).first()
    event = Event.objects.first()
    Void.objects.create(assignment=sheet.assignment, reason="무효", event=event)

    questions = findings_on(team)

    assert [question.met for question in questions] == [4, 4, 4, 4]
    assert not any(sheet.assignment.panelist.label in str(question.reasons) for question in questions)


def test_questions_nobody_answered_are_shown_as_such():
    stage = results.a_stage_to_count(evidence=False)

    assert [(q.met, q.not_met, q.cannot_judge, q.reasons) for q in findings_on(stage.teams.first())] == [
        (0, 0, 0, [])
    ] * 4


def test_a_sheet_is_voided_while_the_committee_sits_and_not_later(client, officer):
    stage = counted()
    run = queries.latest_run(stage)
    sheet = Sheet.objects.first()
    path = reverse("admin:reviews_sheet_void", args=[sheet.pk])
    listed = reverse("admin:reviews_sheet_changelist")
    assert client.get(listed).content.decode().count("/void/") == 20

    assert "세는 평가표는 이 팀에 4장이 남습니다." in client.get(path).content.decode()
    without = client.post(path, {"reason": ""})
    done = client.post(path, {"reason": "금품을 받은 것이 드러났다"})

    assert (without.status_code, done.status_code, Void.objects.count()) == (422, 302, 0)
    approved()
    assert Void.objects.get().assignment == sheet.assignment
    assert client.get(listed).content.decode().count("/void/") == 19
    assert queries.is_stale(run)
    programme.in_phase(stage, Phase.CONFIRMED)
    late = client.post(reverse("admin:reviews_sheet_void", args=[Sheet.objects.last().pk]), {"reason": "늦었다"})
    assert (late.status_code, Void.objects.count()) == (403, 1)


def test_what_voiding_does_is_told_of_sheets_that_count(client, officer):
    stage = counted()
    lg = stage.teams.first()
    recused, other = Sheet.objects.filter(assignment__team=lg).order_by("assignment__panelist__label")[:2]
    Recusal.objects.create(assignment=recused.assignment, reason="친족", event=record("recused"))

    def told(sheet) -> str:
        return " ".join(client.get(reverse("admin:reviews_sheet_void", args=[sheet.pk])).context["means"])

    assert "세는 평가표는 이 팀에 3장이 남습니다." in told(other)
    assert "이미 세지 않는 평가표이므로 집계는 달라지지 않습니다." in told(recused)


def test_sheets_are_closed_until_the_count(client, officer):
    stage = results.a_stage_to_count()
    sheet = Sheet.objects.first()
    for phase in ORDER[: ORDER.index(Phase.COUNTED)]:
        programme.in_phase(stage, phase)

        assert client.get(reverse("admin:reviews_sheet_changelist")).context["cl"].result_count == 0, phase
        assert client.get(reverse("admin:reviews_sheet_change", args=[sheet.pk])).status_code == 302, phase
        assert client.post(reverse("admin:reviews_sheet_void", args=[sheet.pk]), {"reason": "x"}).status_code == 404, (
            phase
        )
    assert Void.objects.count() == 0


def test_a_published_sheet_cannot_be_voided_by_any_other_way():
    stage = counted(Phase.PUBLISHED)
    with pytest.raises(Refusal, match="확정한 뒤에는"):
        void_sheet(assignment=Sheet.objects.first().assignment, reason="x", by=accounts.an_officer())
    assert stage.phase == Phase.PUBLISHED


@pytest.mark.parametrize("runs", [1, 3])
def test_the_list_of_runs_asks_the_same_number_of_questions(client, officer, django_assert_num_queries, runs):
    stage = counted()
    for number in range(runs - 1):
        results.a_decision(stage.teams.first(), "met" if number % 2 else "not_met", revision=number + 1)
        again(stage)
    path = reverse("admin:results_scorerun_changelist") + f"?stage__id__exact={stage.pk}"
    client.get(path)

    with django_assert_num_queries(5):
        assert client.get(path).context["cl"].result_count == runs


def test_progress_by_seat_counts_states(client, officer):
    stage = results.a_stage_to_count(evidence=False)
    document = stage.rounds.get()
    one, other = panels.a_panelist(stage), panels.a_panelist(stage)
    lg, skt, *_ = stage.teams.all()
    results.a_sheet(panels.an_assignment(one, lg, document), {"technology": 3})
    results.a_sheet(panels.an_assignment(one, skt, document), {"technology": 3}, confirmed=False)

    seats = by_seat(stage)

    (first,) = seats[0].rounds
    assert (seats[0].panelist, first.assigned, first.confirmed, first.submitted) == (one, 2, 1, 1)
    assert (seats[1].panelist, seats[1].rounds) == (other, [None])
