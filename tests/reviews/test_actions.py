"""What can be done to a sheet, and what happens when it is done twice, too late, by somebody else or from an old window."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from evaluations.panels import actions as panel_actions
from evaluations.programme.models import Round, Stage
from evaluations.programme.phases import Phase
from evaluations.reviews import actions
from evaluations.reviews.models import Confirmation, Draft, Finding, Mark, Recognition, Sheet, Void
from portal.audit.models import Event
from portal.audit.record import leaf_of
from portal.http import Refusal, Stale
from tests.factories import accounts, panels, programme, reviews
from tests.factories.reviews import COMPLETE

pytestmark = pytest.mark.django_db

OTHER = COMPLETE | {"opinion": "다시 생각해 보니 이렇다."}


@pytest.fixture
def expert():
    return accounts.an_expert()


@pytest.fixture
def stage():
    return reviews.an_open_stage(rounds=2)


@pytest.fixture
def assignment(stage, expert):
    return reviews.a_desk(stage, expert)[0]


def save(assignment, by, typed=None, token=(0, 0)) -> Draft:
    return actions.save_draft(assignment=assignment, typed=typed or {"opinion": "초안"}, token=token, by=by)


def rows() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Draft, Sheet, Mark, Finding, Recognition, Confirmation, Void, Event))


def every_writing_verb(assignment, by):
    yield lambda: save(assignment, by)
    yield lambda: reviews.submit(assignment, by)
    yield lambda: actions.discard_draft(assignment=assignment, token=(0, 0), by=by)


# ---------------------------------------------------------------- drafts


def test_a_draft_is_kept_as_typed_and_each_save_is_a_new_version(assignment, expert):
    first = save(assignment, expert, {"opinion": " 초안 ", "mark-expert.technology": "99"})
    second = save(assignment, expert, {"opinion": "초안 둘"}, (0, 1))

    assert (first.version, second.version) == (1, 2)
    assert first.body == {"opinion": " 초안 ", "mark-expert.technology": "99"}
    assert Draft.objects.get().body == {"opinion": "초안 둘"}
    assert not Event.objects.filter(kind__startswith="sheet").exists()


def test_the_same_words_twice_are_one_save(assignment, expert):
    first = save(assignment, expert)

    assert save(assignment, expert).version == first.version
    assert save(assignment, expert, token=(7, 7)).version == first.version


@pytest.mark.parametrize("token", [(0, 0), (0, 2), (1, 1), (0, 999)])
def test_words_from_a_stale_window_are_refused_and_change_nothing(assignment, expert, token):
    save(assignment, expert, {"opinion": "먼저"})

    with pytest.raises(Stale, match="두 글을 견주어"):
        save(assignment, expert, {"opinion": "나중"}, token)

    assert Draft.objects.get().body == {"opinion": "먼저"}


def test_a_draft_of_another_assignment_is_another_draft(stage, expert):
    one, other, *_ = reviews.a_desk(stage, expert)
    save(one, expert, {"opinion": "하나"})
    save(other, expert, {"opinion": "둘"})

    assert {draft.assignment_id: draft.body["opinion"] for draft in Draft.objects.all()} == {
        one.id: "하나",
        other.id: "둘",
    }


# ---------------------------------------------------------------- submitting


def test_submitting_puts_everything_into_evidence_at_once_and_takes_the_draft_away(assignment, expert):
    draft = save(assignment, expert)

    sheet = reviews.submit(assignment, expert, token=(0, draft.version))

    event = Event.objects.get(kind="sheet submitted")
    body = json.loads(event.body)
    assert (sheet.revision, sheet.event) == (1, event)
    assert (event.actor, event.subject_id, event.stage) == (assignment.panelist_id, sheet.id, "stage-2")
    assert body["data"]["config_digest"] == assignment.panelist.stage.configurations.get().digest
    assert body["data"]["sheet"] == reviews.content_for(assignment).as_data()
    assert event.leaf == leaf_of(event.nonce, event.body)
    assert (Mark.objects.count(), Finding.objects.count(), Draft.objects.count()) == (4, 4, 0)
    assert expert.email not in event.body and expert.name not in event.body and expert.id not in event.body


def test_submitting_the_same_again_is_the_same_sheet(assignment, expert):
    first = reviews.submit(assignment, expert)
    before = rows()

    again = [reviews.submit(assignment, expert, token=token) for token in ((0, 0), (1, 0), (5, 5))]

    assert {sheet.pk for sheet in again} == {first.pk}
    assert rows() == before


def test_another_content_is_another_revision(assignment, expert):
    first = reviews.submit(assignment, expert)

    second = reviews.submit(assignment, expert, OTHER, (1, 0))

    assert (second.revision, second.pk == first.pk) == (2, False)
    assert Mark.objects.count() == 8
    assert Sheet.objects.last_of(assignment) == second


@pytest.mark.parametrize("token", [(0, 0), (2, 0), (0, 1)])
def test_a_submission_from_a_stale_window_is_refused(assignment, expert, token):
    reviews.submit(assignment, expert)

    with pytest.raises(Stale):
        reviews.submit(assignment, expert, OTHER, token)

    assert Sheet.objects.count() == 1


def test_newer_words_in_a_draft_stop_the_submission_and_leave_no_trace(assignment, expert):
    save(assignment, expert, {"opinion": "다른 창에서 적은 것"})
    before = rows()

    with pytest.raises(Stale):
        reviews.submit(assignment, expert, token=(0, 0))

    assert rows() == before


def test_a_save_of_the_same_words_that_arrived_first_does_not_stop_the_submission(assignment, expert):
    save(assignment, expert, COMPLETE | {"comment-expert.technology": COMPLETE["comment-expert.technology"] + "  "})

    sheet = reviews.submit(assignment, expert, token=(0, 0))

    assert (sheet.revision, Draft.objects.count()) == (1, 0)


def test_changing_something_and_changing_it_back_leaves_no_draft(assignment, expert):
    sheet = reviews.submit(assignment, expert)
    draft = save(assignment, expert, OTHER, (1, 0))

    again = reviews.submit(assignment, expert, token=(1, draft.version))

    assert (again, Draft.objects.count()) == (sheet, 0)


def test_an_old_request_that_comes_late_leaves_the_new_draft_alone(assignment, expert):
    reviews.submit(assignment, expert)
    save(assignment, expert, OTHER, (1, 0))

    reviews.submit(assignment, expert, token=(0, 1))

    assert Draft.objects.get().body == OTHER


def test_evidence_cannot_be_changed_or_taken_away(assignment, expert):
    sheet = reviews.confirm(assignment, expert).sheet
    for rows_of in (Sheet.objects, Mark.objects, Finding.objects, Confirmation.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows_of.all().delete()
    for change in (
        lambda: Sheet.objects.update(opinion="고침"),
        lambda: Mark.objects.update(value=1),
        lambda: Finding.objects.update(finding="met"),
        lambda: Confirmation.objects.update(confirmed_at=timezone.now()),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    assert Sheet.objects.get() == sheet


# ---------------------------------------------------------------- confirming


def test_confirming_makes_it_count_and_twice_gives_the_same_receipt(assignment, expert):
    sheet = reviews.submit(assignment, expert)
    assert list(Sheet.objects.effective()) == []

    first, second = (actions.confirm(sheet=sheet, by=expert) for _ in range(2))

    assert list(Sheet.objects.effective()) == [sheet]
    assert first == second
    assert first.event.receipt == second.event.receipt
    assert Event.objects.filter(kind="sheet confirmed").count() == 1
    assert json.loads(first.event.body)["data"] == {
        "assignment": assignment.id, "revision": 1, "submitted": sheet.event.leaf,
    }  # fmt: skip


def test_only_the_last_revision_can_be_confirmed(assignment, expert):
    first = reviews.submit(assignment, expert)
    second = reviews.submit(assignment, expert, OTHER, (1, 0))

    with pytest.raises(Stale, match="마지막 것을"):
        actions.confirm(sheet=first, by=expert)
    actions.confirm(sheet=second, by=expert)

    assert list(Sheet.objects.effective()) == [second]


def test_until_the_new_one_is_confirmed_the_old_one_counts(assignment, expert):
    first = reviews.confirm(assignment, expert).sheet
    second = reviews.submit(assignment, expert, OTHER, (1, 0))
    assert list(Sheet.objects.effective()) == [first]

    actions.confirm(sheet=second, by=expert)

    assert list(Sheet.objects.effective()) == [second]
    assert actions.confirm(sheet=first, by=expert).sheet == first


# ---------------------------------------------------------------- discarding


def test_discarding_goes_back_to_what_was_submitted(assignment, expert):
    with pytest.raises(Refusal, match="아직 제출한 평가표가 없어"):
        actions.discard_draft(assignment=assignment, token=(0, 0), by=expert)
    reviews.submit(assignment, expert)
    save(assignment, expert, OTHER, (1, 0))

    for stale in ((1, 0), (0, 1), (1, 2)):
        with pytest.raises(Stale):
            actions.discard_draft(assignment=assignment, token=stale, by=expert)
    actions.discard_draft(assignment=assignment, token=(1, 1), by=expert)

    assert Draft.objects.count() == 0
    actions.discard_draft(assignment=assignment, token=(1, 1), by=expert)


# ---------------------------------------------------------------- who and when


def test_nobody_else_writes_on_her_sheet(assignment, expert):
    sheet = reviews.submit(assignment, expert)
    before = rows()

    for by in (accounts.a_stranger(), accounts.an_officer(), accounts.a_citizen()):
        for verb in every_writing_verb(assignment, by):
            with pytest.raises(Refusal, match="맡은 평가가 아니거나"):
                verb()
        with pytest.raises(Refusal, match="맡은 평가가 아니거나"):
            actions.confirm(sheet=sheet, by=by)
    assert rows() == before


def test_who_stepped_back_writes_no_more_and_her_sheet_no_longer_counts(assignment, expert):
    sheet = reviews.confirm(assignment, expert).sheet
    assert list(Sheet.objects.effective()) == [sheet]
    panel_actions.recuse(assignment=assignment, reason="건강", by=expert)

    for verb in every_writing_verb(assignment, expert):
        with pytest.raises(Refusal, match="멈춘 평가"):
            verb()
    assert list(Sheet.objects.effective()) == []


def in_another_time(stage: Stage, **hours: int) -> None:
    """The timetable moved; the database refuses that after the freeze, so for this moment it is being prepared."""
    phase = stage.phase
    programme.in_phase(stage, Phase.PREPARING)
    now = timezone.now()
    Stage.objects.filter(pk=stage.pk).update(
        opens_at=now + timedelta(hours=hours["opens"]), closes_at=now + timedelta(hours=hours["closes"])
    )
    programme.in_phase(stage, phase)


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"), [(-9, -1, "마감되어"), (1, 9, "아직 시작되지"), (-1, 1, None)]
)
def test_the_clock_of_the_database_decides(stage, assignment, expert, opens, closes, sentence):
    in_another_time(stage, opens=opens, closes=closes)

    for verb in (lambda: save(assignment, expert), lambda: reviews.submit(assignment, expert, token=(0, 1))):
        if sentence is None:
            verb()
        else:
            with pytest.raises(Refusal, match=sentence):
                verb()
    assert Sheet.objects.count() == (1 if sentence is None else 0)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in (Phase.OPEN, Phase.PREPARING)])
def test_the_phase_decides(stage, assignment, expert, phase):
    sheet = reviews.submit(assignment, expert)
    programme.in_phase(stage, phase)

    for verb in (
        lambda: save(assignment, expert, OTHER, (1, 0)),
        lambda: reviews.submit(assignment, expert, OTHER, (1, 0)),
        lambda: actions.confirm(sheet=sheet, by=expert),
    ):
        with pytest.raises(Refusal):
            verb()
    assert (Sheet.objects.count(), Confirmation.objects.count(), Draft.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize("state", [Round.State.WAITING, Round.State.LOCKED])
def test_the_round_decides(stage, assignment, expert, state):
    programme.in_state(assignment.round, state)

    for verb in every_writing_verb(assignment, expert):
        with pytest.raises(Refusal, match="이 차수는"):
            verb()


def test_an_answer_that_came_too_late_is_the_receipt_all_the_same(stage, assignment, expert):
    done = reviews.confirm(assignment, expert)
    in_another_time(stage, opens=-9, closes=-1)

    assert reviews.submit(assignment, expert) == done.sheet
    assert actions.confirm(sheet=done.sheet, by=expert) == done


def test_without_any_pledge_nothing_is_written(stage):
    stranger = accounts.a_stranger()
    assignment = reviews.a_desk(stage, stranger, pledged=False)[0]

    for verb in (lambda: save(assignment, stranger), lambda: reviews.submit(assignment, stranger)):
        with pytest.raises(Refusal, match="서약서에 먼저"):
            verb()
    assert (Draft.objects.count(), Sheet.objects.count()) == (0, 0)


def test_before_the_amended_rules_are_signed_words_are_kept_and_nothing_is_handed_in(stage, assignment, expert):
    submitted = reviews.submit(assignment, expert)
    programme.a_configuration(stage, version=2, reason="오탈자")
    changed = COMPLETE | {"opinion": "더 적었다."}

    assert save(assignment, expert, changed, token=(1, 0)).version == 1
    with pytest.raises(actions.PledgeNeeded):
        reviews.submit(assignment, expert, changed, token=(1, 1))
    with pytest.raises(actions.PledgeNeeded):
        actions.confirm(sheet=submitted, by=expert)
    assert (Sheet.objects.count(), Confirmation.objects.count()) == (1, 0)
    panels.a_pledge(assignment.panelist)
    assert reviews.confirm(assignment, expert, changed, token=(1, 1)).sheet.revision == 2


# ---------------------------------------------------------------- void


def test_the_office_may_void_a_sheet_with_a_reason_once(assignment, expert):
    officer = accounts.an_officer()
    sheet = reviews.confirm(assignment, expert).sheet
    with pytest.raises(Refusal, match="담당자만"):
        actions.void_sheet(assignment=assignment, reason="규정 위반", by=expert)
    with pytest.raises(Refusal, match="사유"):
        actions.void_sheet(assignment=assignment, reason="  ", by=officer)

    first, second = (actions.void_sheet(assignment=assignment, reason=" 규정 위반 ", by=officer) for _ in range(2))

    assert first == second
    assert (first.reason, Event.objects.get(kind="sheet voided").reason) == ("규정 위반", "규정 위반")
    assert list(Sheet.objects.effective()) == []
    for verb in (
        lambda: save(assignment, expert, OTHER, (1, 0)),
        lambda: reviews.submit(assignment, expert, OTHER, (1, 0)),
    ):
        with pytest.raises(Refusal, match="무효가 되어"):
            verb()
    assert actions.confirm(sheet=sheet, by=expert).sheet == sheet


def test_a_stage_decided_by_majority_keeps_her_yes_or_no(expert):
    stage = reviews.an_open_stage(rubric=lambda stage: None, advance_by=Stage.Advance.MAJORITY, quorum=3)
    (assignment, *_) = reviews.a_desk(stage, expert)
    typed = {"recognition": "no", "recognition-reason": "근거가 없다.", "recognised": "no"}

    reviews.submit(assignment, expert, typed)

    said = Recognition.objects.get()
    assert (said.answer, said.reason) == ("no", "근거가 없다.")
    assert reviews.submit(assignment, expert, typed).pk == said.sheet_id
    reviews.submit(assignment, expert, typed | {"recognition": "yes"}, (1, 0))
    assert Recognition.objects.count() == 2
