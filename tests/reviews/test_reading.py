import pytest

from evaluations.reviews.outline import CANNOT_JUDGE, outline_of
from evaluations.reviews.reading import Change, ToldLine, changes, fingerprints, rebased, stored_of, told, total_text
from tests.factories import accounts, programme, reviews, rubrics
from tests.factories.reviews import COMPLETE
from tests.reviews.test_outline import a_deep_part

pytestmark = pytest.mark.django_db


@pytest.fixture
def outline():
    stage = programme.a_stage()
    rubrics.a_rubric(stage)
    return outline_of(stage, programme.a_round(stage))


def test_everything_is_told_in_words(outline):
    expert, gate, whole = told(
        outline, COMPLETE | {"evidence-policy.control.model": "12쪽", "opinion": "좋다.\n그러나."}
    )

    assert expert.lines == (
        ToldLine("기술력 (15점)", "12 / 15", (("의견", "학습 기록이 잘 남아 있다."),)),
        ToldLine("개발 전략 (8점)", "6 / 8", ()),
        ToldLine("독자성 › 구조 설계 (6점)", "4 / 5", ()),
        ToldLine("독자성 › 가중치 학습 (6점)", "5 / 5 – 처음부터 스스로 하였고 기록이 모두 있다", ()),
    )
    assert gate.lines[1] == ToldLine(
        "기술 › [비전 인코더] 가중치를 초기화하고 처음부터 학습하였다",
        "미충족",
        (("이유", "인코더의 가중치를 가져다 썼다."),),
    )
    assert gate.lines[2].notes == (("근거 자료", "12쪽"),)
    assert whole.lines == (
        ToldLine("종합 의견", "좋다.\n그러나.", ()),
        ToldLine("어느 팀의 모델인지 알아볼 수 있었습니까?", "알아볼 수 없었다", ()),
    )
    assert (expert.running.text, gate.running, total_text([expert, gate, whole])) == ("28.5", None, "28.5")


def test_what_could_not_be_judged_is_told_so(outline):
    typed = {"unable-expert.technology": "on", "mark-expert.strategy": CANNOT_JUDGE}

    assert [line.answer for line in told(outline, typed)[0].lines] == ["판단 불가", "판단 불가", "", ""]


def test_a_part_in_which_nothing_was_judged_has_no_points_and_says_so(outline):
    typed = COMPLETE | reviews.NOTHING_JUDGED

    expert, gate, whole = told(outline, typed)

    assert (expert.running, total_text([expert, gate, whole])) == (None, "")
    assert [section.is_left_out for section in (expert, gate, whole)] == [True, False, False]


def test_a_line_far_down_says_what_it_is_under():
    stage = programme.a_stage()
    a_deep_part(stage)
    outline = outline_of(stage, programme.a_round(stage))

    labels = [line.label for line in told(outline, {})[0].lines]

    assert labels == ["홑 항목 (11점)", "위 › 가운데 › 하나 (6점)", "위 › 가운데 › 둘 (6점)", "위 › 끝 (8점)"]


def test_where_two_texts_differ_both_are_told_and_nothing_else(outline):
    mine = COMPLETE | {"mark-expert.technology": "13", "recognised": "yes", "guess": "lg"}

    assert changes(outline, COMPLETE, COMPLETE) == []
    assert changes(outline, COMPLETE, mine) == [
        Change("mark-expert.technology", "전문가", "기술력 (15점)", "12 / 15", "13 / 15"),
        Change(
            "recognised",
            "종합 의견과 마무리",
            "어느 팀의 모델인지 알아볼 수 있었습니까?",
            "알아볼 수 없었다",
            "알아보았다",
        ),
        Change("guess", "어느 팀의 모델인지 알아볼 수 있었습니까?", "어느 팀이라고 생각하십니까?", "", "엘지팀"),
    ]


@pytest.mark.parametrize(("before", "after", "mine"), [("먼저", "나중", True), ("먼저", "", False), ("", "나중", True)])
def test_her_newer_words_are_picked_but_never_nothing_for_something(outline, before, after, mine):
    (change,) = changes(outline, {"opinion": before}, {"opinion": after})

    assert change.keeps_mine is mine


def test_her_changes_go_onto_what_is_kept_and_nothing_else_of_her_window_does(outline):
    name = "comment-expert.technology"
    was = {"mark-expert.strategy": "5", "opinion": "처음", name: "지울 말"}
    mine = {"mark-expert.strategy": "5", "opinion": "고친 말"}
    kept = {"mark-expert.strategy": "4", "opinion": "남의 말", name: "지울 말", "guess": "lg"}

    assert rebased(outline, fingerprints(was), mine, kept) == {
        "mark-expert.strategy": "4",
        "opinion": "고친 말",
        "guess": "lg",
    }


def test_a_control_beside_another_is_named_once(outline):
    (change,) = changes(outline, {}, {"comment-expert.technology": "말"})

    assert (change.place, change.label) == ("기술력 (15점)", "의견")


def test_what_is_stored_is_the_draft_or_else_the_last_sheet_or_nothing():
    expert = accounts.an_expert()
    (assignment, *_) = reviews.a_desk(reviews.an_open_stage(), expert)
    outline = reviews.outline_for(assignment)

    def stored(last):
        return stored_of(reviews.as_she_sees_it(assignment, expert), outline, last)

    nothing = stored(None)
    sheet = reviews.submit(assignment, expert)
    submitted = stored(sheet)
    reviews.actions.save_draft(assignment=assignment, typed={"opinion": "둘"}, token=(1, 0), by=expert)
    drafted = stored(sheet)

    assert (nothing.typed, nothing.token) == ({}, "0.0")
    assert (submitted.typed, submitted.token) == (COMPLETE, "1.0")
    assert (drafted.typed, drafted.token) == ({"opinion": "둘"}, "1.1")
