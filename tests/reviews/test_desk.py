import pytest
from django.utils import timezone

from evaluations.panels import actions as panel_actions
from evaluations.programme.models import Round
from evaluations.programme.phases import Phase
from evaluations.reviews import actions
from evaluations.reviews.desk import desks_of
from evaluations.reviews.models import Sheet
from evaluations.reviews.outline import outline_of
from tests.factories import accounts, panels, programme, reviews, rubrics
from tests.factories.reviews import COMPLETE

pytestmark = pytest.mark.django_db


@pytest.fixture
def expert():
    return accounts.an_expert()


@pytest.fixture
def stage():
    return reviews.an_open_stage(rounds=2)


@pytest.fixture
def given(stage, expert):
    return reviews.a_desk(stage, expert)


def tasks(expert):
    (desk,) = desks_of(expert)
    return [task for part in desk.rounds for task in part.tasks]


def states(expert) -> list[tuple[str, str]]:
    return [(task.state, task.next_step) for task in tasks(expert)]


def test_a_sheet_goes_from_untouched_to_confirmed_and_may_be_revised(given, expert):
    _one, two, three, four = given
    actions.save_draft(assignment=two, typed={"opinion": "초안"}, token=(0, 0), by=expert)
    reviews.submit(three, expert)
    reviews.confirm(four, expert)

    assert states(expert) == [
        ("untouched", "평가 시작"),
        ("drafted", "이어서 쓰기"),
        ("submitted", "확인하기"),
        ("confirmed", "고쳐 쓰기"),
    ]
    actions.save_draft(assignment=four, typed={"opinion": "다시"}, token=(1, 0), by=expert)
    assert states(expert)[3] == ("revising", "이어서 고치기")


def test_the_round_counts_what_is_confirmed_and_only_that(given, expert):
    one, two, three, _four = given
    reviews.confirm(one, expert)
    reviews.submit(two, expert)
    actions.save_draft(assignment=two, typed={"opinion": "다시"}, token=(1, 0), by=expert)
    reviews.confirm(three, expert)
    reviews.submit(three, expert, COMPLETE | {"opinion": "또"}, (1, 0))

    (desk,) = desks_of(expert)

    assert desk.rounds[0].confirmed == 2
    assert [(task.state, task.counted is not None) for task in desk.rounds[0].tasks] == [
        ("confirmed", True), ("revising", False), ("submitted", True), ("untouched", False),
    ]  # fmt: skip


def test_what_waits_for_her_eyes_is_the_last_one_and_what_counts_is_the_confirmed_one(given, expert):
    first = reviews.confirm(given[0], expert).sheet
    second = reviews.submit(given[0], expert, COMPLETE | {"opinion": "또"}, (1, 0))

    task = tasks(expert)[0]

    assert (task.state, task.last, task.counted) == ("submitted", second, first)


def test_progress_is_that_of_the_draft(given, expert):
    actions.save_draft(assignment=given[0], typed=COMPLETE, token=(0, 0), by=expert)
    actions.save_draft(assignment=given[1], typed={"mark-expert.strategy": "3"}, token=(0, 0), by=expert)

    assert [(task.done, task.asked) for task in tasks(expert)] == [(9, 9), (1, 9), (0, 0), (0, 0)]


def test_tasks_lie_in_the_order_drawn_for_her(stage, expert):
    seat = panels.a_panelist(stage, expert)
    panel_actions.assign(panelist=seat, round=stage.rounds.first(), by=accounts.an_officer())

    assert [task.assignment.position for task in tasks(expert)] == [1, 2, 3, 4]


def test_nothing_of_anybody_else_lies_on_her_desk(stage, given, expert):
    other = accounts.a_stranger()
    theirs = reviews.a_desk(stage, other)
    reviews.confirm(theirs[0], other)

    assert {task.assignment.id for task in tasks(expert)} == {assignment.id for assignment in given}
    assert [task.counted for task in tasks(expert)] == [None] * 4
    assert desks_of(accounts.an_officer()) == []


def test_a_waiting_round_is_announced_and_a_recused_team_of_a_round_with_names_is_gone(stage, given, expert):
    programme.in_phase(stage, Phase.PREPARING)
    stage.rounds.filter(key="document").update(blind=False)
    programme.in_phase(stage, Phase.OPEN)
    second = stage.rounds.last()
    for team in stage.teams.all():
        panels.an_assignment(given[0].panelist, team, second)
    panel_actions.recuse(assignment=given[0], reason="건강", by=expert)

    (desk,) = desks_of(expert)

    assert [(part.round.key, part.waits, len(part.tasks)) for part in desk.rounds] == [
        ("document", False, 3), ("round_2", True, 4),
    ]  # fmt: skip
    assert (desk.recused, desk.stopped) == (True, False)
    assert desk.rounds[1].closed == "이 차수는 아직 시작되지 않았습니다."
    assert [task.next_step for task in desk.rounds[1].tasks] == [""] * 4


def test_a_blind_round_out_of_which_a_code_name_was_taken_is_not_shown_any_more(stage, given, expert):
    """Were the others still there, the gap would say which code name the team had."""
    panel_actions.declare_conflict(panelist=given[0].panelist, team=given[1].team, ground="other", by=expert)

    (desk,) = desks_of(expert)

    assert (desk.rounds, desk.recused, desk.stopped) == ((), True, True)


def test_a_seat_she_was_taken_off_says_so_below_the_one_she_came_back_to(stage, given, expert):
    officer, old = accounts.an_officer(), given[0].panelist
    new = panel_actions.replace(panelist=old, by=officer, reason="부호명을 다시 정한다")
    panels.an_invitation(new, expert)

    desks = desks_of(expert)

    assert [(desk.seat, desk.ended, desk.needs_pledge, desk.rounds) for desk in desks] == [
        (new, False, True, ()), (old, True, False, ()),
    ]  # fmt: skip


def test_void_is_void(given, expert):
    reviews.confirm(given[0], expert)
    actions.void_sheet(assignment=given[0], reason="규정 위반", by=accounts.an_officer())

    (desk,) = desks_of(expert)

    assert (desk.rounds[0].tasks[0].state, desk.rounds[0].confirmed) == ("void", 0)
    assert desk.rounds[0].tasks[0].may_write is False


@pytest.mark.parametrize(
    ("phase", "seen", "may_write"),
    [
        (Phase.PREPARING, False, False),
        (Phase.FROZEN, True, False),
        (Phase.OPEN, True, True),
        (Phase.CLOSED, True, False),
        (Phase.PUBLISHED, True, False),
    ],
)
def test_the_phase_says_whether_there_is_a_desk_and_whether_she_may_write(stage, given, expert, phase, seen, may_write):
    programme.in_phase(stage, phase)

    assert bool(desks_of(expert)) is seen
    assert [task.may_write for task in tasks(expert)] == [may_write] * 4 if seen else True


def test_a_file_is_offered_once_it_is_released_and_she_pledged(stage, given, expert):
    team, round = given[0].team, given[0].round
    programme.a_blind_copy(programme.a_submission(team, round))
    programme.a_blind_copy(programme.a_submission(given[1].team, round), released=False)
    programme.a_blind_copy(programme.a_submission(given[2].team, round))
    programme.a_blind_copy(programme.a_submission(given[2].team, round, revision=2), released=False)
    assert [task.has_file for task in tasks(expert)] == [True, False, False, False]
    assert [task.file_held for task in tasks(expert)] == [False, True, True, False]

    programme.a_configuration(stage, version=2, reason="오탈자")

    (desk,) = desks_of(expert)
    assert [task.has_file or task.file_held for task in tasks(expert)] == [False] * 4
    assert (desk.needs_pledge, desk.seat.pledged_before) == (True, True)


def test_what_she_handed_in_counts_and_can_be_read_again_whatever_is_amended(stage, given, expert):
    """While it is open once she signed again; after the close without, as nobody can sign then."""
    reviews.confirm(given[0], expert)
    programme.a_configuration(stage, version=2, reason="마감 연장")
    assert [task.may_read for task in tasks(expert)] == [False] * 4
    assert [sheet.assignment for sheet in Sheet.objects.of_stage(stage).effective()] == [given[0]]

    programme.in_phase(stage, Phase.CLOSED)

    (desk,) = desks_of(expert)
    assert [task.may_read for task in tasks(expert)] == [True] * 4
    assert (desk.needs_pledge, desk.rounds[0].confirmed) == (False, 1)


def test_whoever_never_signed_is_shown_nothing_after_the_close_either(stage):
    stranger = accounts.a_stranger()
    reviews.a_desk(stage, stranger, pledged=False)
    programme.in_phase(stage, Phase.CLOSED)

    assert [task.may_read for task in tasks(stranger)] == [False] * 4


def test_after_the_deadline_nothing_is_offered_for_writing(given, expert):
    (desk,) = desks_of(expert, now=timezone.now() + timezone.timedelta(days=8))

    assert desk.rounds[0].closed.startswith("평가가 마감되어")
    assert {task.next_step for task in desk.rounds[0].tasks} == {""}


def test_a_desk_costs_the_same_for_one_assignment_and_for_many(client, expert, django_assert_num_queries):
    stage = reviews.an_open_stage(teams=[(f"t{n}", f"팀 {n}") for n in range(12)])
    seat = panels.a_panelist(stage, expert)
    panels.an_assignment(seat, stage.teams.first(), stage.rounds.first())
    accounts.sign_in(client, expert)
    with django_assert_num_queries(8):
        client.get("/sheets/")

    for team in stage.teams.all()[1:]:
        reviews.submit(panels.an_assignment(seat, team, stage.rounds.first()), expert)

    with django_assert_num_queries(8):
        client.get("/sheets/")


def test_a_person_may_sit_in_two_stages(given, expert):
    other = reviews.an_open_stage(slug="other", teams=[("a", "가팀")])
    reviews.a_desk(other, expert)

    assert sorted(len(part.tasks) for desk in desks_of(expert) for part in desk.rounds) == [1, 4]


def test_the_round_in_which_she_may_write_is_the_open_one(stage, given, expert):
    programme.in_state(stage.rounds.first(), Round.State.LOCKED)
    programme.in_state(stage.rounds.last(), Round.State.OPEN)
    panels.an_assignment(given[0].panelist, given[0].team, stage.rounds.last())

    (desk,) = desks_of(expert)

    assert [[task.may_write for task in part.tasks] for part in desk.rounds] == [[False] * 4, [True]]


def test_every_round_and_every_part_comes_once_where_nobody_gave_an_order(expert):
    stage = reviews.a_stage_in_no_order(
        lambda stage: (rubrics.an_expert_part(stage), rubrics.an_expert_part(stage, "again"), rubrics.a_gate(stage))
    )
    seat = panels.a_panelist(stage, expert)
    for round in stage.rounds.all():
        for team in stage.teams.all():
            panels.an_assignment(seat, team, round)

    (desk,) = desks_of(expert)

    assert [(one.round.key, len(one.tasks)) for one in desk.rounds] == [("document", 4), ("talk", 4)]
    assert stage.rounds.first().key == "document"  # which opens with the stage
    outline = outline_of(stage, stage.rounds.first())
    assert [section.key for section in outline.sections] == ["again", "expert", "gate", "whole"]
    gate = outline.sections[2]
    assert [block.title for block in gate.blocks] == ["윤리", "정책", "기술"]


def test_a_round_knows_which_come_before_it_also_without_an_order():
    stage = reviews.a_stage_in_no_order()
    document, talk = stage.rounds.all()

    assert list(Round.objects.before(talk)) == [document]
    assert list(Round.objects.before(document)) == []
