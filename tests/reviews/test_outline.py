import pytest

from evaluations.programme.models import Round, Stage
from evaluations.reviews.outline import CANNOT_JUDGE, Kind, outline_of
from evaluations.rubrics.models import Anchor, Criterion, Part
from tests.factories import programme, rubrics
from tests.factories.reviews import COMPLETE
from tests.reviews.strategies import leaves

pytestmark = pytest.mark.django_db


def an_outline(stage: Stage, **fields):
    return outline_of(stage, programme.a_round(stage, **fields))


@pytest.fixture
def stage():
    stage = programme.a_stage()
    rubrics.a_rubric(stage)
    return stage


@pytest.fixture
def outline(stage):
    return an_outline(stage)


def a_deep_part(stage: Stage) -> Part:
    """One criterion of three levels beside one of one."""
    part = rubrics.a_part(stage, "deep", Part.Kind.EXPERTS, "깊은 부문", 30, cannot_judge=Part.CannotJudge.REFUSE)
    rubrics.a_criterion(part, "plain", 11, name_ko="홑 항목")
    top = rubrics.a_criterion(part, "top", 20, name_ko="위", guide_ko="위를 보는 눈")
    middle = rubrics.a_criterion(part, "top.middle", 12, parent=top, name_ko="가운데")
    rubrics.a_criterion(part, "top.middle.one", 6, parent=middle, name_ko="하나", levels=3)
    rubrics.a_criterion(part, "top.middle.two", 6, parent=middle, name_ko="둘")
    rubrics.a_criterion(part, "top.last", 8, parent=top, name_ko="끝", comment=Criterion.Comment.NONE)
    return part


def test_the_sheet_asks_part_gate_and_whole_in_order(outline):
    assert [section.title for section in outline.sections] == ["전문가", "독자성 관문", "종합 의견과 마무리"]
    assert [question.name for question in outline.questions()] == [
        "mark-expert.technology", "unable-expert.technology", "comment-expert.technology",
        "mark-expert.strategy",
        "mark-expert.independence.architecture", "comment-expert.independence.architecture",
        "mark-expert.independence.weights", "comment-expert.independence.weights",
        "finding-technical.weights.model", "evidence-technical.weights.model", "reason-technical.weights.model",
        "finding-technical.weights.vision_encoder", "evidence-technical.weights.vision_encoder",
        "reason-technical.weights.vision_encoder",
        "finding-policy.control.model", "evidence-policy.control.model", "reason-policy.control.model",
        "finding-ethical.references.model", "evidence-ethical.references.model", "reason-ethical.references.model",
        "opinion", "recognised", "guess",
    ]  # fmt: skip


def test_reading_it_costs_four_queries_however_long_it_is(stage, django_assert_num_queries):
    round = programme.a_round(stage)
    with django_assert_num_queries(4):
        outline_of(stage, round)

    a_deep_part(stage)
    with django_assert_num_queries(4):
        outline_of(stage, round)


def test_a_mark_is_chosen_with_its_words_or_typed_where_there_are_too_many(outline):
    asked = {question.name: question for question in outline.questions()}
    level, few, many = (asked[f"mark-expert.{path}"] for path in ("independence.weights", "strategy", "technology"))

    assert (level.kind, few.kind, many.kind) == (Kind.LEVEL, Kind.LEVEL, Kind.POINTS)
    assert [value for value, _ in level.choices] == ["5", "4", "3", "2", "1", CANNOT_JUDGE]
    assert level.anchors == {"5": "처음부터 스스로 하였고 기록이 모두 있다", "1": "다른 모형의 것을 그대로 썼다"}
    assert [value for value, _ in few.choices] == ["8", "7", "6", "5", "4", "3", "2", "1", "0", CANNOT_JUDGE]
    assert (many.choices, many.highest, many.help) == ((), 15, "설계와 학습의 수준\n0부터 15까지의 정수")


def test_words_of_typed_marks_stand_in_the_help(stage):
    Anchor.objects.create(
        criterion=stage.parts.get(key="expert").criteria.get(path="technology"), mark=15, text_ko="으뜸"
    )

    (question, *_) = an_outline(stage).questions()

    assert question.help == "설계와 학습의 수준\n15점: 으뜸\n0부터 15까지의 정수"


def test_three_levels_become_lines_with_the_trail_above_them(stage):
    a_deep_part(stage)
    section = next(one for one in an_outline(stage).sections if one.key == "deep")

    assert [block.title for block in section.blocks] == ["홑 항목", "위"]
    assert [(block.has_heading, block.guide) for block in section.blocks] == [(False, ""), (True, "위를 보는 눈")]
    assert [(line.name, line.heading) for line in section.lines] == [
        ("deep.plain", ""), ("deep.top.middle.one", "가운데"), ("deep.top.middle.two", "가운데"), ("deep.top.last", ""),
    ]  # fmt: skip
    top = section.blocks[1].node
    assert [node.name for node in top.below] == ["deep.top.middle", "deep.top.last"]
    assert [leaf.points for leaf in leaves(top.below)] == [6, 6, 8]


LEVELS = "수준을 고르는 항목은 가장 낮은 수준이 0점, 가장 높은 수준이 배점이고, 그 사이는 고르게 나눕니다."
PLAIN = "수준이 없는 항목은 고르거나 적은 수가 그대로 점수입니다."
EMPTY = "모두 ‘판단 불가’이면 이 평가표는 여기서 점수를 낼 때 세지 않습니다."


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (
            Part.CannotJudge.RENORMALISE,
            ["판단 불가로 답한 항목은 빼고, 같은 상위 항목 안의 나머지로 그 배점을 채웁니다.", EMPTY],
        ),
        (Part.CannotJudge.ZERO, ["판단 불가로 답한 항목은 0점으로 셉니다.", EMPTY]),
        (Part.CannotJudge.REFUSE, ["모든 항목에 평점을 매겨야 합니다."]),
    ],
)
def test_each_part_says_by_its_own_rules_what_a_choice_is_worth(stage, rule, told):
    stage.parts.filter(key="expert").update(cannot_judge=rule)
    outline = an_outline(stage)
    level = next(one for one in outline.questions() if one.name == "mark-expert.independence.weights")

    assert list(outline.sections[0].rules) == [LEVELS, PLAIN, *told]
    assert level.help == "1 = 0점 · 2 = 1.5점 · 3 = 3점 · 4 = 4.5점 · 5 = 6점"


def test_a_part_does_not_speak_of_what_it_has_not(stage):
    stage.parts.get(key="expert").criteria.filter(children=None).update(levels=5)

    assert PLAIN not in an_outline(stage).sections[0].rules


@pytest.mark.parametrize(
    ("decided_by", "told"),
    [
        (Stage.Gate.COMMITTEE, "점수에는 들어가지 않습니다. 위원회가 평가위원들의 판단을 듣고 정합니다."),
        (
            Stage.Gate.MAJORITY,
            "점수에는 들어가지 않습니다. 항목마다 판단한 평가위원의 과반을 따르며, ‘판단 불가’는 세지 않습니다.",
        ),
    ],
)
def test_the_gate_says_who_decides_by_its_findings(stage, decided_by, told):
    stage.gate_decided_by = decided_by

    assert [section.rules for section in an_outline(stage).sections if section.key == "gate"] == [(told,)]


def test_a_part_that_refuses_cannot_judge_does_not_offer_it(stage):
    a_deep_part(stage)
    asked = [
        question for question in an_outline(stage).questions() if ".top" in question.name or "plain" in question.name
    ]

    assert not any(question.kind is Kind.UNABLE for question in asked)
    assert CANNOT_JUDGE not in [value for question in asked for value, _ in question.choices]


def test_only_a_blind_round_asks_whether_she_recognised_the_team(stage):
    names = [question.name for question in an_outline(stage, key="presentation", blind=False).questions()]
    blind = an_outline(stage, counts=False)

    assert names[-1] == "opinion"
    guess = list(blind.questions())[-1]
    assert [value for value, _ in guess.choices] == ["", "lg", "skt", "upstage", "motif"]


def test_a_stage_decided_by_majority_asks_yes_or_no():
    stage = programme.a_stage(advance_by=Stage.Advance.MAJORITY, quorum=3)
    outline = an_outline(stage)

    assert [section.key for section in outline.sections] == ["recognition", "whole"]
    assert [value for value, _ in outline.lines[0].questions[0].choices] == ["yes", "no", "abstain"]


def test_marks_are_read_from_what_was_typed_and_nothing_is_guessed(outline):
    typed = {
        "mark-expert.technology": "16",
        "unable-expert.technology": "on",
        "mark-expert.strategy": "08",
        "mark-expert.independence.architecture": "0",
        "mark-expert.independence.weights": CANNOT_JUDGE,
        "mark-technical.weights.model": "3",
    }

    assert outline.marks(typed) == {"expert.independence.weights": None}
    assert outline.marks({"unable-expert.technology": "on"}) == {"expert.technology": None}
    assert outline.marks({"unable-expert.technology": "on", "mark-expert.technology": "3"}) == {"expert.technology": 3}


@pytest.mark.parametrize(
    ("left_out", "added", "done"),
    [
        ([], {}, 9),
        (["mark-expert.technology"], {}, 8),
        (["comment-expert.technology"], {}, 8),
        (["mark-expert.technology"], {"unable-expert.technology": "on"}, 9),
        (["comment-expert.technology"], {"comment-expert.technology": "  "}, 8),
        (["reason-technical.weights.vision_encoder"], {}, 8),
        (["recognised"], {}, 8),
        (["recognised"], {"recognised": "yes"}, 8),
        (["recognised"], {"recognised": "yes", "guess": "lg"}, 9),
        ([], {"opinion": "좋다", "evidence-policy.control.model": "3쪽"}, 9),
        (list(COMPLETE), {}, 0),
    ],
)
def test_progress_counts_the_lines_a_submission_would_accept(outline, left_out, added, done):
    typed = {name: text for name, text in COMPLETE.items() if name not in left_out} | added

    assert outline.progress(typed) == (done, 9)


def test_running_points_of_a_block_and_its_part(outline):
    section = outline.sections[0]
    marks = outline.marks(COMPLETE)

    assert section.running(marks).text == "28.5"
    assert [block.running(marks, False) and block.running(marks, False).text for block in section.blocks] == [
        None, None, "10.5",
    ]  # fmt: skip
    assert outline.sections[1].running(marks) is None


def test_a_round_of_another_kind_asks_the_same_criteria(stage):
    shown = an_outline(stage, kind=Round.Kind.PRESENTATION, blind=False)

    assert [line.name for line in shown.sections[0].lines] == [
        "expert.technology", "expert.strategy", "expert.independence.architecture", "expert.independence.weights",
    ]  # fmt: skip
