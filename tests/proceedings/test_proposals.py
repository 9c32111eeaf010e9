"""What no officer does alone: one proposes, another agrees, and only then it is done."""

import json
import secrets

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from evaluations.benchmarks.models import Measurement
from evaluations.hearings.models import Ruling
from evaluations.proceedings import actions, proposals
from evaluations.proceedings.models import Proposal, Resolution
from evaluations.programme.models import Stage
from evaluations.programme.phases import MOVES, Phase, needs_two
from evaluations.results import tasks
from evaluations.results.models import GateDecision, LineDecision, Publication
from evaluations.results.queries import latest_run
from evaluations.reviews.models import Sheet, Void
from evaluations.stagefile.load import load_directory
from portal.accounts.actions import admit, close_account, open_account
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.seconding import SecondNeeded
from portal.audit.models import Event
from portal.audit.record import record
from portal.http import Refusal, Stale
from tests.factories import accounts, hearings, programme, results
from tests.factories.proceedings import a_proposal, another_officer, approved, seen
from tests.factories.stagefile import a_directory

pytestmark = pytest.mark.django_db

CSV = b"team,item,score\nga,nia,99\n"


@pytest.fixture
def officer(client):
    officer = accounts.an_officer()
    accounts.sign_in(client, officer)
    return officer


@pytest.fixture
def counted() -> Stage:
    stage = results.a_stage_to_count()
    tasks.count(results.a_job(stage).pk)
    return programme.in_phase(stage, Phase.COUNTED)


@pytest.fixture
def closed(tmp_path) -> Stage:
    """The example of docs/stage-file.md with all its data."""
    return programme.in_phase(load_directory(a_directory(tmp_path), by="test").stage, Phase.CLOSED)


def decided(stage: Stage) -> Stage:
    """The committee has decided on everybody, and it was counted again."""
    for team in stage.teams.all():
        results.a_decision(team)
    programme.in_phase(stage, Phase.CLOSED)
    tasks.count(results.a_job(stage).pk)
    return programme.in_phase(stage, Phase.COUNTED)


def move(client, stage: Stage, to: Phase, reason: str = "위원회 의결"):
    stage.refresh_from_db()
    path = reverse("admin:proceedings_move", args=[stage.pk])
    return client.post(path, {"to": to.value, **seen(stage), "reason": reason})


def data_of(kind: str) -> list[dict]:
    return [
        json.loads(body)["data"] for body in Event.objects.filter(kind=kind).in_order().values_list("body", flat=True)
    ]


# ---------------------------------------------------------------- each act


def test_the_moves_that_need_two():
    two = [(phase, to) for phase in Phase for to in MOVES[phase] if needs_two(phase, to)]

    assert two == [
        (Phase.COUNTED, Phase.CONFIRMED), (Phase.COUNTED, Phase.CLOSED), (Phase.CONFIRMED, Phase.PUBLISHED),
        (Phase.CONFIRMED, Phase.COUNTED), (Phase.PUBLISHED, Phase.COUNTED),
    ]  # fmt: skip


def test_confirming_publishing_and_withdrawing_take_two(client, officer, counted):
    stage = decided(counted)
    for to in (Phase.CONFIRMED, Phase.PUBLISHED, Phase.COUNTED):
        before = Stage.objects.get(pk=stage.pk).phase
        assert move(client, stage, to).status_code == 302
        assert Stage.objects.get(pk=stage.pk).phase == before
        approved()
        assert Stage.objects.get(pk=stage.pk).phase == to

    second = another_officer().pk
    assert {event["second"] for event in data_of("phase moved")} == {second}
    assert data_of("result published")[0]["second"] == second
    assert Publication.objects.get().reason == "위원회 의결"
    assert Event.objects.get(kind="result published").actor == officer.pk
    assert Event.objects.filter(kind="proposal approved", actor=second).count() == 3


def test_a_correction_after_the_close_takes_two(client, officer, closed):
    path = reverse("admin:proceedings_file", args=[closed.pk, "benchmarks.csv"])
    before = Measurement.objects.count()

    silent = client.post(path, {"file": SimpleUploadedFile("b.csv", CSV)})
    asked = client.post(path, {"file": SimpleUploadedFile("b.csv", CSV), "reason": "측정 기관의 정정"})

    assert (silent.status_code, asked.status_code, Measurement.objects.count()) == (403, 302, before)
    assert "사유를 적어야 합니다" in silent.content.decode()
    page = client.get(reverse("admin:proceedings_proposal_approve", args=[Proposal.objects.get().pk]))
    assert "ga,nia,99" in page.content.decode()
    approved()
    assert Measurement.objects.count() == before + 1
    told = data_of("data imported")[-1]
    assert (told["reason"], told["second"]) == ("측정 기관의 정정", another_officer().pk)


def test_voiding_after_the_close_takes_two(client, officer, counted):
    sheet = Sheet.objects.first()
    path = reverse("admin:reviews_sheet_void", args=[sheet.pk])

    client.post(path, {"reason": "금품을 받은 것이 드러났다"})

    assert Void.objects.count() == 0
    assert str(sheet.assignment.panelist) in Proposal.objects.get().told
    approved()
    assert Void.objects.get().assignment == sheet.assignment


def test_deciding_on_a_gate_takes_two(client, officer, counted):
    team = counted.teams.get(slug="lg")
    sent = {"decision": "not_met", "reason": "가중치를 옮겨 왔다", "decided_on": "2026-08-20", "source": "3차 회의록"}

    client.post(reverse("admin:results_gateteam_decide", args=[team.pk]), sent)

    assert GateDecision.objects.count() == 0
    approved()
    decision = GateDecision.objects.get()
    assert (decision.decision, decision.source, str(decision.decided_on)) == ("not_met", "3차 회의록", "2026-08-20")


def decide_line(client, stage: Stage, slug: str, decision: str = "in", reason: str = "실험이 더 많다"):
    path = reverse("admin:results_lineteam_decide", args=[stage.teams.get(slug=slug).pk])
    return client.post(path, {"decision": decision, "reason": reason})


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("\u200b", "보이는 글자가 없습니다."),
        ("\u3164 \u2800", "보이는 글자가 없습니다."),
        ("낡은 \u202e기준", "글의 방향을 바꾸는 보이지 않는 문자(U+202E)가 있습니다."),
    ],
)
def test_a_reason_can_be_seen_and_reads_as_it_was_written(client, officer, reason, said):
    stage = results.a_stage_on_the_line()

    answer = decide_line(client, stage, "skt", reason=reason)
    moved = move(client, stage, Phase.CLOSED, reason)

    assert (answer.status_code, moved.status_code) == (422, 403)
    assert said in answer.content.decode()
    assert not Proposal.objects.exists()


def test_deciding_on_the_line_takes_two(client, officer):
    stage = results.a_stage_on_the_line()

    decide_line(client, stage, "skt")

    assert LineDecision.objects.count() == 0
    proposal = Proposal.objects.get()
    page = client.get(reverse("admin:proceedings_proposal_approve", args=[proposal.pk])).content.decode()
    assert (proposal.act, proposal.told) == ("line", "경계선의 ‘에스케이팀’ 팀: 진출")
    assert reverse("admin:results_scorerun_change", args=[latest_run(stage).pk]) in page
    approved()
    assert LineDecision.objects.get().team.slug == "skt"
    assert data_of("line decided")[0]["second"] == another_officer().pk
    results.count_again(stage)
    assert move(client, stage, Phase.CONFIRMED).status_code == 302


def test_a_decision_at_the_line_is_agreed_to_on_the_count_it_was_proposed_on(client, officer):
    stage = results.a_stage_on_the_line()
    decide_line(client, stage, "skt")
    decide_line(client, stage, "upstage", "out")
    skt, upstage = (Proposal.objects.get(subject=stage.teams.get(slug=slug).pk) for slug in ("skt", "upstage"))
    proposals.approve(proposal=skt, by=another_officer())
    results.count_again(stage)

    with pytest.raises(Stale, match="근거가 바뀌어"):
        proposals.approve(proposal=upstage, by=another_officer())

    assert [one.team.slug for one in LineDecision.objects.all()] == ["skt"]


def test_two_proposals_for_one_seat_let_one_team_in(client, officer):
    stage = results.a_stage_on_the_line()
    decide_line(client, stage, "skt")
    decide_line(client, stage, "upstage")
    skt, upstage = (Proposal.objects.get(subject=stage.teams.get(slug=slug).pk) for slug in ("skt", "upstage"))
    proposals.approve(proposal=skt, by=another_officer())

    with pytest.raises(Refusal, match="남은 자리보다 많아집니다"):
        proposals.approve(proposal=upstage, by=another_officer())

    assert LineDecision.objects.count() == 1


@pytest.mark.parametrize(("phase", "seen"), [(Phase.CLOSED, 0), (Phase.COUNTED, 1)])
def test_what_is_proposed_of_the_line_is_closed_again_with_the_count(client, officer, phase, seen):
    stage = results.a_stage_on_the_line()
    decide_line(client, stage, "skt")
    programme.in_phase(stage, phase)

    assert client.get(reverse("admin:proceedings_proposal_changelist")).context["cl"].result_count == seen


def test_an_objection_is_answered_by_two(client, officer, counted):
    results.a_publication(latest_run(counted))
    stage = programme.in_phase(counted, Phase.PUBLISHED)
    objection = hearings.an_objection(stage.teams.first(), "배점을 잘못 읽었습니다.")
    path = reverse("admin:hearings_objection_rule", args=[objection.pk])

    client.post(path, {"outcome": "dismissed", "reason": "점수표를 다시 보았습니다."})

    assert Ruling.objects.count() == 0
    page = client.get(reverse("admin:proceedings_proposal_approve", args=[Proposal.objects.get().pk])).content.decode()
    assert all(word in page for word in ("배점을 잘못 읽었습니다.", "받아들이지 않음", "점수표를 다시 보았습니다."))
    approved()
    ruling = Ruling.objects.get()
    assert (ruling.outcome, ruling.reason) == ("dismissed", "점수표를 다시 보았습니다.")
    assert data_of("objection answered")[0]["second"] == another_officer().pk


def test_an_officer_is_admitted_by_two(client, officer):
    another_officer()
    sent = {"email": "new@example.kr", "name": "새 담당자", "role": "officer", "reason": "인사 발령"}
    client.post(reverse("admin:accounts_user_open"), sent)
    new = User.objects.get(email="new@example.kr")

    with pytest.raises(Refusal, match="담당자만"):
        proposals.approve(proposal=Proposal.objects.get(), by=new)
    assert new.is_active is False
    page = client.get(reverse("admin:proceedings_proposal_approve", args=[Proposal.objects.get().pk])).content.decode()
    assert "new@example.kr" in page
    assert "new@example.kr" not in Proposal.objects.get().told + Proposal.objects.get().arguments
    approved()
    assert User.objects.get(pk=new.pk).is_active
    assert data_of("officer admitted") == [{"second": another_officer().pk}]


@pytest.mark.parametrize("role", [Role.AUDITOR])
def test_other_accounts_are_opened_by_one(officer, role):
    assert open_account(email="x@example.kr", role=role, name="새 사람", by=officer).is_active


# ---------------------------------------------------------------- two


def test_nobody_agrees_with_herself(client, officer, counted):
    move(client, counted, Phase.CLOSED)
    proposal = Proposal.objects.get()

    answer = client.post(reverse("admin:proceedings_proposal_approve", args=[proposal.pk]), {})

    assert answer.status_code == 403
    assert "제안한 담당자는 스스로 승인할 수 없습니다" in answer.content.decode()
    assert (Resolution.objects.count(), Stage.objects.get().phase) == (0, Phase.COUNTED)


@pytest.mark.parametrize("who", ["proposer", "auditor", "closed"])
def test_the_database_knows_who_may_agree(counted, who):
    officer = accounts.an_officer()
    person = {
        "proposer": lambda: officer,
        "auditor": accounts.an_auditor,
        "closed": lambda: accounts.an_officer("gone@example.kr", is_active=False),
    }[who]()
    proposal = a_proposal(officer, counted)
    event = record("proposal approved")

    with pytest.raises(DatabaseError, match="alone"), transaction.atomic():
        Resolution.objects.create(proposal=proposal, approved=True, by=person, event=event, resolved_at=event.at)


def test_verbs_take_no_officer_for_two(counted):
    officer = accounts.an_officer()

    with pytest.raises(Refusal, match="두 담당자가"):
        actions.advance_phase(stage=counted, to=Phase.CLOSED, by=officer, reason="까닭", second=officer)
    with pytest.raises(SecondNeeded):
        actions.advance_phase(stage=counted, to=Phase.CLOSED, by=officer, reason="까닭")
    with pytest.raises(Refusal, match="이미 열려"):
        admit(user=officer, by=officer, reason="까닭")
    assert Stage.objects.get().phase == Phase.COUNTED


def test_a_proposal_is_answered_once_and_a_refusal_says_why(client, officer, counted):
    move(client, counted, Phase.CLOSED)
    move(client, counted, Phase.CLOSED)
    proposal, second = Proposal.objects.get(), another_officer()
    accounts.sign_in(client, second)
    path = reverse("admin:proceedings_proposal_refuse", args=[proposal.pk])

    without = client.post(path, {"reason": " "})
    done = client.post(path, {"reason": "위원회가 의결하지 않았다"})
    again = client.post(path, {"reason": "다시"})

    assert (without.status_code, done.status_code, again.status_code) == (422, 302, 409)
    with pytest.raises(Stale):
        proposals.approve(proposal=proposal, by=second)
    assert (Resolution.objects.get().reason, Stage.objects.get().phase) == ("위원회가 의결하지 않았다", Phase.COUNTED)
    assert data_of("proposal refused")[0]["reason"] == "위원회가 의결하지 않았다"


def test_the_proposer_may_take_it_back(client, officer, counted):
    move(client, counted, Phase.CLOSED)

    refuse, withdraw = (
        reverse(f"admin:proceedings_proposal_{verb}", args=[Proposal.objects.get().pk])
        for verb in ("refuse", "withdraw")
    )
    with pytest.raises(Refusal, match="제안한 담당자만"):
        proposals.withdraw(proposal=Proposal.objects.get(), by=another_officer(), reason="까닭")

    listed = client.get(reverse("admin:proceedings_proposal_changelist")).content.decode()
    answers = [client.post(path, {"reason": "잘못 눌렀다"}).status_code for path in (refuse, withdraw)]

    assert ("/approve/" in listed, refuse in listed, withdraw in listed) == (False, False, True)
    assert answers == [403, 302]
    assert (Resolution.objects.get().by, str(Resolution.objects.get())) == (officer, "거둠")
    assert data_of("proposal withdrawn")[0]["reason"] == "잘못 눌렀다"


TOGETHER = "두 담당자가 함께 하는 일입니다."


def test_every_page_that_only_proposes_says_so_before(client, officer, counted):
    """The button as well: nobody presses ‘관문 결정’ and wonders why nothing is decided."""
    results.a_publication(latest_run(counted))
    objection = hearings.an_objection(counted.teams.first())
    closed_account = accounts.an_officer("gone@example.kr", is_active=False)
    asked = {
        "무효": reverse("admin:reviews_sheet_void", args=[Sheet.objects.first().pk]),
        "관문 결정": reverse("admin:results_gateteam_decide", args=[counted.teams.first().pk]),
        "답하기": reverse("admin:hearings_objection_rule", args=[objection.pk]),
        "계정 열기": reverse("admin:accounts_user_admit", args=[closed_account.pk]),
    }
    for title, path in asked.items():
        page = client.get(path).content.decode()
        assert (title, TOGETHER in page, f">{title} 제안</button>" in page) == (title, True, True)

    alone = client.get(reverse("admin:accounts_user_close", args=[another_officer().pk])).content.decode()
    assert (TOGETHER in alone, ">계정 닫기</button>" in alone) == (False, True)


def test_whoever_agrees_is_told_what_follows(client, officer, counted):
    team = counted.teams.first()
    sent = {"decision": "met", "reason": "심의", "decided_on": "2026-08-20", "source": "3차 회의록"}
    client.post(reverse("admin:results_gateteam_decide", args=[team.pk]), sent)
    accounts.sign_in(client, another_officer())
    path = reverse("admin:proceedings_proposal_approve", args=[Proposal.objects.get().pk])

    page = client.get(path).content.decode()
    done = client.post(path, follow=True).content.decode()

    assert all(word in page for word in ("결정일 2026-08-20", "근거 문서 3차 회의록", "승인하면 곧바로 이루어집니다."))
    assert "독자성 관문을 결정했습니다. 다시 집계해야 결과에 반영됩니다." in done


def test_what_an_officer_proposed_who_is_gone_is_not_done(client, officer, counted):
    move(client, counted, Phase.CLOSED)
    close_account(user=officer, by=another_officer(), reason="자리를 옮김")

    with pytest.raises(Refusal, match="계정이 닫혔습니다"):
        approved()
    assert Stage.objects.get().phase == Phase.COUNTED


# ---------------------------------------------------------------- the ground


def test_other_evidence_than_was_agreed_on_is_not_published(client, officer, counted):
    """Between the proposal and the consent it was decided and counted anew: there is another result now."""
    stage = programme.in_phase(decided(counted), Phase.CONFIRMED)
    move(client, stage, Phase.PUBLISHED)
    agreed = latest_run(stage)
    results.a_decision(stage.teams.first(), "not_met", revision=2)
    programme.in_phase(stage, Phase.CLOSED)
    tasks.count(results.a_job(stage).pk)
    programme.in_phase(stage, Phase.CONFIRMED)
    assert latest_run(stage) != agreed

    with pytest.raises(Stale, match="근거가 바뀌어"):
        approved()
    assert (Publication.objects.count(), Resolution.objects.count()) == (0, 0)


def test_another_phase_than_was_agreed_on_is_refused(client, officer, counted):
    client.post(reverse("admin:reviews_sheet_void", args=[Sheet.objects.first().pk]), {"reason": "까닭"})
    programme.in_phase(counted, Phase.CLOSED)
    with pytest.raises(Stale, match="근거가 바뀌어"):
        approved()
    programme.in_phase(counted, Phase.CONFIRMED)
    with pytest.raises(Refusal, match="확정한 뒤에는"):
        approved()
    assert (Void.objects.count(), Resolution.objects.count()) == (0, 0)


def test_a_stage_that_was_elsewhere_meanwhile_is_not_moved(client, officer, counted):
    """It is in the same phase again, but what the two looked at then may be another publication now."""
    stage = programme.in_phase(decided(counted), Phase.CONFIRMED)
    move(client, stage, Phase.COUNTED)
    for to in (Phase.COUNTED, Phase.CONFIRMED):
        stage.refresh_from_db()
        actions.advance_phase(stage=stage, to=to, by=officer, reason="까닭", second=another_officer())

    with pytest.raises(Stale, match="근거가 바뀌어"):
        approved()
    assert (Stage.objects.get().phase, Resolution.objects.count()) == (Phase.CONFIRMED, 0)


def test_a_file_that_came_in_meanwhile_is_no_longer_what_stands(client, officer, closed):
    path = reverse("admin:proceedings_file", args=[closed.pk, "benchmarks.csv"])
    for score in (b"98", b"97"):
        content = CSV.replace(b"99", score)
        client.post(path, {"file": SimpleUploadedFile("b.csv", content), "reason": "정정"})
    first, other = Proposal.objects.order_by("proposed_at")
    proposals.approve(proposal=first, by=another_officer())

    with pytest.raises(Stale, match="근거가 바뀌어"):
        proposals.approve(proposal=other, by=another_officer())
    assert Measurement.objects.filter(score__in=["97", "98"]).count() == 1


IN_THE_WAY = "지금은 승인할 수 없는 제안입니다."


def test_the_page_says_before_that_the_ground_has_changed(client, officer, counted):
    move(client, counted, Phase.CLOSED)
    approve, refuse, withdraw = (
        reverse(f"admin:proceedings_proposal_{verb}", args=[Proposal.objects.get().pk])
        for verb in ("approve", "refuse", "withdraw")
    )
    accounts.sign_in(client, another_officer())
    before = client.get(approve).content.decode()
    for to in (Phase.CLOSED, Phase.COUNTED):
        counted.refresh_from_db()
        actions.advance_phase(stage=counted, to=to, by=officer, reason="까닭", second=another_officer())

    events = Event.objects.count()
    pages = {path: client.get(path).content.decode() for path in (approve, refuse, withdraw)}
    pressed = client.post(approve).content.decode()

    assert (IN_THE_WAY in before, ">승인</button>" in before) == (False, True)
    assert all(IN_THE_WAY in page and proposals.CHANGED in page for page in pages.values())
    assert (">승인</button>" in pages[approve], f'href="{refuse}">반려</a>' in pages[approve]) == (False, True)
    assert (">반려</button>" in pages[refuse], ">거두기</button>" in pages[withdraw]) == (True, True)
    assert (pressed.count(proposals.CHANGED), IN_THE_WAY in pressed) == (1, False)
    assert (Event.objects.count(), Stage.objects.get().phase) == (events, Phase.COUNTED)


def test_the_page_says_why_the_act_itself_would_be_refused(client, officer, counted):
    client.post(reverse("admin:reviews_sheet_void", args=[Sheet.objects.first().pk]), {"reason": "까닭"})
    proposal = Proposal.objects.get()
    assert proposals.stands_in_the_way(proposal) == ""
    assert Void.objects.count() == 0

    programme.in_phase(counted, Phase.CONFIRMED)
    assert proposals.stands_in_the_way(proposal).startswith("결과를 확정한 뒤에는")
    programme.in_phase(counted, Phase.OPEN)  # one officer is enough here, so it is done in asking, and taken back
    assert proposals.stands_in_the_way(Proposal.objects.get()) == proposals.CHANGED
    assert Void.objects.count() == 0

    close_account(user=officer, by=another_officer(), reason="자리를 옮김")
    assert "계정이 닫혔습니다" in proposals.stands_in_the_way(Proposal.objects.get())


def test_a_proposal_that_was_answered_is_not_asked_about(client, officer, counted):
    move(client, counted, Phase.CLOSED)
    proposal = Proposal.objects.get()
    proposals.withdraw(proposal=proposal, by=officer, reason="까닭")

    page = client.get(reverse("admin:proceedings_proposal_approve", args=[proposal.pk])).content.decode()

    assert (IN_THE_WAY in page, ">승인</button>" in page) == (False, True)


# ---------------------------------------------------------------- the pages


def test_the_first_page_tells_what_waits_for_whom(client, officer, counted):
    assert "승인을 기다리는 제안이 없습니다." in client.get(reverse("admin:index")).content.decode()
    move(client, counted, Phase.CLOSED, "자료를 다시 봅니다")
    approve = reverse("admin:proceedings_proposal_approve", args=[Proposal.objects.get().pk])

    mine = client.get(reverse("admin:index")).content.decode()
    accounts.sign_in(client, another_officer())
    hers = client.get(reverse("admin:index")).content.decode()
    staged = client.get(reverse("admin:proceedings_page", args=[counted.pk])).content.decode()
    accounts.sign_in(client, accounts.an_auditor())
    read = client.get(reverse("admin:index")).content.decode()

    assert "내가 제안한 것" in mine
    assert "나의 승인을 기다리는 것" in hers
    assert [approve in page for page in (mine, hers, staged, read)] == [False, True, True, False]
    assert all("자료를 다시 봅니다" in page for page in (mine, hers, staged, read))
    assert client.post(approve, {}).status_code == 403


def test_an_officer_without_another_is_told_so(client, officer, counted):
    answer = client.post(
        reverse("admin:proceedings_move", args=[counted.pk]),
        {"to": "closed", "seen": "counted", "reason": "까닭"}, follow=True,
    )  # fmt: skip

    assert "승인할 다른 담당자가 없습니다" in str(next(iter(answer.context["messages"])))


def test_what_was_said_of_the_count_is_closed_with_it(client, officer, counted):
    team = counted.teams.first()
    client.post(reverse("admin:results_gateteam_decide", args=[team.pk]), {"decision": "met", "reason": "심의"})
    programme.in_phase(counted, Phase.CLOSED)
    path = reverse("admin:proceedings_proposal_approve", args=[Proposal.objects.get().pk])

    assert client.get(reverse("admin:proceedings_proposal_changelist")).context["cl"].result_count == 0
    assert client.get(path).status_code == 404
    assert f"‘{team}’ 팀의 독자성" not in client.get(reverse("admin:index")).content.decode()


def test_evidence_of_two_does_not_change(counted):
    officer = accounts.an_officer()
    proposal = a_proposal(officer, counted)
    resolution = proposals.withdraw(proposal=proposal, by=officer, reason="까닭")

    for row in (proposal, resolution):
        rows = type(row).objects.filter(pk=row.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(reason=secrets.token_hex(4))
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
