"""The office amends the rules: what it is asked, what it is shown before it proposes, and what becomes of it."""

import json

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evaluations.panels.models import Pledge
from evaluations.proceedings import proposals
from evaluations.proceedings.models import Proposal, Resolution
from evaluations.programme.models import Configuration, Stage
from evaluations.programme.phases import ORDER, Phase
from evaluations.results import tasks
from evaluations.results.queries import is_stale, latest_run
from evaluations.stagefile.export import configuration, standing_configuration
from evaluations.stagefile.write_toml import stage_toml
from portal.audit.models import Event
from portal.http import Stale
from tests.factories import accounts, panels, programme, results
from tests.factories.proceedings import another_officer, approved
from tests.factories.stagefile import a_frozen_stage, example_files, put
from tests.office import Page
from tests.stagefile.test_amend import EXTENSION, together

pytestmark = pytest.mark.django_db

REASON = "전산 장애로 마감을 늦춥니다."
CLOSES, PUBLISHED = "2090-08-16T18:00:00", "2090-08-30T10:00:00"
TIMETABLE = {
    "step": "timetable", "frozen": "2026-07-20T09:00:00", "opens": "2026-08-03T09:00:00", "closes": CLOSES,
    "published": PUBLISHED, "reason": REASON,
}  # fmt: skip


@pytest.fixture
def officer(client):
    return accounts.sign_in(client, accounts.an_officer()) and accounts.User.objects.get(email="officer@example.kr")


@pytest.fixture
def stage(tmp_path) -> Stage:
    return a_frozen_stage(tmp_path, Phase.OPEN)


def amend_path(stage: Stage) -> str:
    return reverse("admin:proceedings_amend", args=[stage.pk])


def text(answer) -> str:
    return answer.content.decode()


def previewed(client, stage: Stage, **sent) -> dict[str, str]:
    """What the page that shows an amendment would send to propose it."""
    shown = client.post(amend_path(stage), {**TIMETABLE, **sent})
    assert shown.status_code == 200, text(shown)
    form = shown.context["form"]
    return {"step": "propose", "amended": form["amended"].value(), "reason": form["reason"].value()}


def test_a_deadline_is_extended_by_two_officers(client, officer, stage):
    seat = panels.a_panelist(stage, accounts.an_expert())
    assert 'href="' + amend_path(stage) in text(client.get(reverse("admin:proceedings_page", args=[stage.pk])))
    page = Page(client, amend_path(stage))

    shown = client.post(amend_path(stage), {**TIMETABLE, "frozen": "2026-01-01T00:00:00"})

    assert page.values["closes"] == ["2026-08-14T18:00:00"]
    assert "frozen" not in page.values
    for words in (
        "평가 마감",
        "2026-08-14 18:00",
        "2090-08-16 18:00",
        "기준이 2판이 되고",
        "평가위원 1명은",
        REASON,
        "기준 정정 제안",
    ):
        assert words in text(shown)
    assert (Proposal.objects.count(), Configuration.objects.count()) == (0, 1)

    answer = client.post(amend_path(stage), previewed(client, stage), follow=True)
    assert "제안했습니다. 아직 이루어지지 않았습니다." in text(answer)
    assert Stage.objects.get().closes_at.year == 2026

    accounts.sign_in(client, another_officer())
    approve = reverse("admin:proceedings_proposal_approve", args=[Proposal.objects.get().pk])
    assert all(
        words in text(client.get(approve)) for words in ("바뀌는 곳", "2090-08-16 18:00", "평가위원 1명은", REASON)
    )
    done = client.post(approve, follow=True)

    assert "기준을 정정했습니다." in text(done)
    moved = Stage.objects.get()
    assert (moved.closes_at.year, moved.edition) == (2090, 2)
    assert configuration(moved) == standing_configuration(moved)
    assert not Pledge.objects.filter(
        panelist=seat, config_digest=Configuration.objects.latest("version").digest
    ).exists()
    assert "2판" in text(client.get(reverse("admin:proceedings_page", args=[stage.pk])))


def test_the_rest_is_amended_by_a_file(client, officer, stage):
    amended = put(standing_configuration(stage), (("parts", 1, "criteria", 0, "guide", "ko"), "설계를 봅니다."))
    file = SimpleUploadedFile("stage.toml", stage_toml(amended).encode())

    shown = client.post(amend_path(stage), {"step": "file", "file": file, "reason": REASON})

    assert "전문가 › 기술력 › 평가 관점(한국어)" in text(shown)
    sent = {"step": "propose", "amended": shown.context["form"]["amended"].value(), "reason": "고친 사유"}
    assert client.post(amend_path(stage), sent).status_code == 302
    approved()
    assert configuration(Stage.objects.get()) == amended
    assert Configuration.objects.latest("version").reason == "고친 사유"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "UTF-8"),
        (b"slug = ", "TOML"),
        (b'schema = 1\nslug = "x"', "값이 없습니다."),
        (b"x" * 1024 * 1024 + b"xx", "파일이 너무 큽니다"),
    ],
)
def test_a_file_that_is_wrong_is_told_line_by_line_and_the_reason_stays(client, officer, stage, content, said):
    answer = client.post(
        amend_path(stage), {"step": "file", "file": SimpleUploadedFile("stage.toml", content), "reason": REASON}
    )

    assert (answer.status_code, said in text(answer), REASON in text(answer)) == (422, True, True)


def test_what_may_not_be_amended_is_told_and_nothing_typed_is_lost(client, officer, stage):
    earlier = client.post(amend_path(stage), {**TIMETABLE, "closes": "2026-08-10T18:00:00"})
    named = client.post(amend_path(stage), {**TIMETABLE, "reason": "가나연구소 요청"})
    backwards = client.post(amend_path(stage), {**TIMETABLE, "published": "2090-08-01T10:00:00"})
    wrong = client.post(amend_path(stage), {**TIMETABLE, "closes": "내일"})

    assert (earlier.status_code, "마감은 미룰 수만 있습니다." in text(earlier)) == (409, True)
    assert 'value="2026-08-10T18:00:00"' in text(earlier)
    assert REASON in text(earlier)
    assert (named.status_code, "이름을 빼고 적어 주세요." in text(named)) == (409, True)
    assert (backwards.status_code, "공표 시각은 평가 마감 시각보다 늦어야 합니다." in text(backwards)) == (409, True)
    assert (wrong.status_code, 'value="내일"' in text(wrong), PUBLISHED in text(wrong)) == (422, True, True)
    assert Proposal.objects.count() == 0


def test_what_is_proposed_is_read_anew(client, officer, stage):
    sent = previewed(client, stage)
    amended = put(json.loads(sent["amended"]), (("advance", "quota"), 2))

    other = client.post(amend_path(stage), {**sent, "amended": json.dumps(amended)})
    silent = client.post(amend_path(stage), {**sent, "reason": " "})

    assert (other.status_code, "진출 팀 수" in text(other)) == (409, True)
    assert (silent.status_code, "2090-08-16 18:00" in text(silent)) == (422, True)
    assert silent.context["form"]["amended"].value() == sent["amended"]
    assert Proposal.objects.count() == 0


ODD = [
    "", "{", "7", "null", "[]", "NaN", '"\\ud800"', '{"\\ud800": 1}', '{"slug": null, "teams": [null], "parts": [[]]}',
    "[" * 100_000, "9" * 5_000, '{"timetable": {"closes": "\\u0000", "opens": 1e999}}',
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_nothing_odd_that_comes_back_breaks_the_page(client, officer, stage, odd):
    answer = client.post(amend_path(stage), {"step": "propose", "amended": odd, "reason": REASON})

    assert (answer.status_code in (409, 422), REASON in text(answer), Proposal.objects.count()) == (True, True, 0)


@pytest.mark.parametrize("step", ["", "other"])
def test_a_button_nobody_offered_shows_the_page_again(client, officer, stage, step):
    assert client.post(amend_path(stage), {"step": step}).status_code == 422


@pytest.mark.parametrize("phase", ORDER)
def test_the_page_is_offered_while_anything_may_be_amended(client, officer, stage, phase):
    programme.in_phase(stage, phase)
    allowed = phase in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED, Phase.COUNTED)

    page, answer = client.get(amend_path(stage)), client.post(amend_path(stage), TIMETABLE)

    assert page.status_code == (200 if allowed else 403)
    assert ("국면이라 기준을 정정할 수 없습니다." in text(page)) is not allowed
    assert answer.status_code == (200 if allowed else 403)
    assert (amend_path(stage) in text(client.get(reverse("admin:proceedings_page", args=[stage.pk])))) is allowed


def test_after_the_close_only_the_day_of_the_result_is_asked(client, officer, stage):
    programme.in_phase(stage, Phase.CLOSED)

    page, shown = Page(client, amend_path(stage)), client.post(amend_path(stage), TIMETABLE)

    assert {"published", "closes"} & set(page.values) == {"published"}
    assert "평가위원이 다시 서약하지 않습니다" in text(shown)
    assert "2090-08-16" not in text(shown)


def test_nobody_but_an_officer_amends(client, stage):
    for maker, status in ((accounts.an_auditor, 403), (accounts.an_expert, 404), (accounts.a_citizen, 404)):
        accounts.sign_in(client, maker())
        assert client.get(amend_path(stage)).status_code == status
        assert client.post(amend_path(stage), TIMETABLE).status_code == status


# ---------------------------------------------------------------- the ground


def test_a_proposal_on_an_edition_that_was_amended_since_is_not_done(client, officer, stage):
    client.post(amend_path(stage), previewed(client, stage))
    together(stage, (("rounds", 0, "name", "ko"), "서면"))

    with pytest.raises(Stale, match="근거가 바뀌어"):
        approved()
    assert (Stage.objects.get().edition, Resolution.objects.count()) == (2, 0)


def test_to_look_at_an_amendment_amends_nothing(client, officer, stage, django_capture_on_commit_callbacks):
    """The page tries out whether it could still be agreed to, and that writes a whole edition for a moment."""
    panels.a_panelist(stage, accounts.an_expert())  # who would be asked to sign again
    client.post(amend_path(stage), previewed(client, stage))
    accounts.sign_in(client, another_officer())
    mail.outbox.clear()
    path = reverse("admin:proceedings_proposal_approve", args=[Proposal.objects.get().pk])

    def kept() -> tuple:
        return Configuration.objects.count(), Event.objects.count(), Stage.objects.values().get(), len(mail.outbox)

    before = kept()
    with django_capture_on_commit_callbacks(execute=True):
        page = text(client.get(path))

    assert kept() == before
    assert ("지금은 승인할 수 없는" in page, ">승인</button>" in page) == (False, True)
    together(stage, (("rounds", 0, "name", "ko"), "서면"))
    page = text(client.get(path))
    assert ("지금은 승인할 수 없는" in page, ">승인</button>" in page) == (True, False)


def test_a_proposal_in_a_phase_that_is_over_is_not_done(client, officer, stage):
    programme.in_phase(stage, Phase.FROZEN)
    client.post(amend_path(stage), previewed(client, stage))
    programme.in_phase(stage, Phase.OPEN)

    with pytest.raises(Stale, match="근거가 바뀌어"):
        approved()
    assert Stage.objects.get().edition == 1


def test_the_same_amendment_is_made_once(client, officer, stage):
    sent = previewed(client, stage)
    client.post(amend_path(stage), sent)
    client.post(amend_path(stage), sent)
    proposal = Proposal.objects.get()
    approved()

    with pytest.raises(Stale, match="답이 있었습니다"):
        proposals.approve(proposal=proposal, by=another_officer())
    again = client.post(amend_path(stage), sent)
    assert (again.status_code, "지금 기준과 다른 곳이 없습니다." in text(again)) == (409, True)
    assert Configuration.objects.count() == 2


def test_what_is_counted_goes_by_the_last_edition(tmp_path):
    """Sheets and votes of before count on; a count made before the amendment does not stand."""
    stage = a_frozen_stage(tmp_path, Phase.CLOSED, files=tuple(example_files()))
    tasks.count(results.a_job(stage).pk)
    before = latest_run(stage)

    made = together(stage, (("note", "ko"), "다른 안내"))

    assert is_stale(before)
    tasks.count(results.a_job(stage).pk)
    after = latest_run(stage)
    assert (after.config_digest, is_stale(after)) == (made.digest, False)
    assert after.input_digest == before.input_digest


def test_the_history_of_a_stage_tells_of_it(client, officer, stage):
    made = together(stage, *EXTENSION, reason=REASON)

    page = text(client.get(reverse("admin:proceedings_page", args=[stage.pk])))

    assert all(words in page for words in ("기준 정정", f"2판 {made.digest[:12]}…", REASON))
    assert Event.objects.get(kind="configuration amended").reason == REASON
