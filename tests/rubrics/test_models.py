"""What the database refuses about a rubric, whoever asks."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from evaluations.programme.models import Member, Round, Team
from evaluations.programme.phases import ORDER, Phase
from evaluations.ratings.models import Answer, Prompt, Question, RatingPlan, Stratum
from evaluations.rubrics.models import Anchor, Criterion, GateComponent, GateItem, GateScope, GateSide, Item, Part
from tests.factories.programme import a_member, a_round, a_stage, in_phase
from tests.factories.rubrics import a_criterion, a_part, a_rubric, an_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    """A stage with one row at least of everything that is frozen with it."""
    stage = a_stage()
    a_rubric(stage)
    a_round(stage)
    a_member(stage.teams.first())
    RatingPlan.objects.create(stage=stage, purpose_ko="묻는 까닭")
    Question.objects.create(stage=stage, key="helpful", text_ko="도움이 되었습니까")
    Stratum.objects.create(stage=stage, key="age", name_ko="연령", categories=[])
    prompt = Prompt.objects.create(stage=stage, key="p1", text="질문")
    Answer.objects.create(prompt=prompt, team=stage.teams.first(), text="답변")
    return stage


FROZEN = [
    Team, Member, Round, Part, Item, Criterion, Anchor, GateSide, GateComponent, GateItem, GateScope, RatingPlan, Question, Stratum,
    Prompt, Answer,
]  # fmt: skip


def a_column(model: type[models.Model]) -> str:
    """A column of the row itself that may be set to what it is: an update, whatever it says, is refused."""
    free = {"id", "state"}
    return next(field.column for field in model._meta.concrete_fields if field.column not in free)


def refuses(statement: str, values: list) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except IntegrityError as fault:
        assert "frozen" in str(fault)
        return True
    return False


@pytest.mark.parametrize("model", FROZEN, ids=lambda model: model.__name__)
def test_a_rule_changes_only_while_its_stage_is_prepared(stage, model):
    table, column = model._meta.db_table, a_column(model)
    row = model.objects.first()
    update = f'UPDATE {table} SET "{column}" = "{column}" WHERE id = %s'
    assert refuses(update, [row.pk]) is False

    for phase in ORDER[1:]:
        in_phase(stage, phase)
        assert refuses(update, [row.pk]) is True, phase
        assert refuses(f"DELETE FROM {table} WHERE id = %s", [row.pk]) is True, phase
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", FROZEN, ids=lambda model: model.__name__)
def test_nothing_is_added_to_frozen_rules(stage, model):
    in_phase(stage, Phase.FROZEN)
    row = model.objects.first()
    row.pk = None
    row._state.adding = True

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        row.save(force_insert=True)


def test_a_row_is_not_moved_into_frozen_rules(stage):
    """From a stage in preparation, where it may change, to one where nothing may be added."""
    draft = a_stage("draft")
    team, part = draft.teams.first(), a_part(draft, "extra", Part.Kind.EXPERTS, "전문가", 10)
    criterion = a_criterion(part, "extra", 10)
    in_phase(stage, Phase.FROZEN)

    assert refuses("UPDATE programme_team SET stage_id = %s, slug = 'new' WHERE id = %s", [stage.pk, team.pk]) is True
    assert refuses("UPDATE rubrics_part SET stage_id = %s WHERE id = %s", [stage.pk, part.pk]) is True
    assert refuses(
        "UPDATE rubrics_criterion SET part_id = %s WHERE id = %s", [stage.parts.get(key="expert").pk, criterion.pk]
    )


def test_the_frozen_tables_are_all_there_are(stage):
    """A rule table nobody froze would be missed here, not on the day it was changed."""
    ruled = {"evaluations.programme", "evaluations.rubrics", "evaluations.ratings"}
    apart = {
        "Stage", "Configuration", "Submission", "BlindCopy",  # frozen column by column, or append-only, or on its own way
        "RollEntry", "Paper", "Ballot", "Star",  # append-only
    }  # fmt: skip
    from django.apps import apps  # noqa: PLC0415 – beside the names it is held against

    found = {
        model.__name__
        for app in ruled
        for model in apps.get_app_config(app.split(".")[1]).get_models()
        if not model._meta.proxy
    }
    assert found - apart == {model.__name__ for model in FROZEN}


def constraint_of(row) -> str:
    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        row.save(force_insert=True)
    return str(fault.value)


@pytest.mark.parametrize(
    "row",
    [
        lambda stage: Part(stage=stage, key="expert", kind="experts", name_ko="또", points=1),
        lambda stage: Item(part=stage.parts.get(key="benchmark"), key="nia", name_ko="또", points=1, rule="share"),
        lambda stage: Criterion(part=stage.parts.get(key="expert"), path="technology", name_ko="또", points=1),
        lambda stage: Anchor(criterion=Anchor.objects.first().criterion, mark=5, text_ko="또"),
        lambda stage: GateSide(stage=stage, key="technical", name_ko="또"),
        lambda stage: GateComponent(stage=stage, key="model", name_ko="또"),
        lambda stage: GateItem(side=stage.gate_sides.get(key="technical"), key="weights", text_ko="또"),
        lambda stage: GateScope(item=GateScope.objects.first().item, component=GateScope.objects.first().component),
    ],
)
def test_nothing_is_there_twice(stage, row):
    assert "UNIQUE" in constraint_of(row(stage)).upper()


@pytest.mark.parametrize("points", [0])
def test_points_are_positive(stage, points):
    expert = stage.parts.get(key="expert")
    rows = [
        Part(stage=stage, key="new", kind="experts", name_ko="새", points=points),
        Item(part=stage.parts.get(key="benchmark"), key="new", name_ko="새", points=points, rule="share"),
        Criterion(part=expert, path="new", name_ko="새", points=points),
    ]
    for row in rows:
        constraint_of(row)


def test_levels_are_two_or_more_and_nobody_is_her_own_parent(stage):
    expert = stage.parts.get(key="expert")
    constraint_of(Criterion(part=expert, path="new", name_ko="새", points=1, levels=1))
    loop = Criterion(part=expert, path="loop", name_ko="새", points=1)
    loop.parent_id = loop.pk
    constraint_of(loop)


@pytest.mark.parametrize("key", ["", "Upper", "with space", "한글", "a__b", "_a", "a-b", "a.b"])
def test_a_key_is_small_letters_digits_and_single_strokes(stage, key):
    with pytest.raises(ValidationError) as fault:
        Part(stage=stage, key=key, kind="experts", name_ko="새", points=1).full_clean()
    assert "key" in fault.value.message_dict


@pytest.mark.parametrize("text", ["1.5e3", "NaN", "１", "1,000", ".5", "1.", "- 1", "1.0000000001"])
def test_a_decimal_is_plain_digits(stage, text):
    with pytest.raises(ValidationError) as fault:
        an_item_of(stage, maximum=text).full_clean()
    assert "maximum" in fault.value.message_dict


def an_item_of(stage, **fields) -> Item:
    return Item(part=stage.parts.get(key="benchmark"), key="fresh", name_ko="새", points=1, rule="share", **fields)


def test_marks_go_from_one_to_the_levels_or_from_zero_to_the_points():
    stage = a_stage("other")
    part = a_part(stage, "expert", Part.Kind.EXPERTS, "전문가", 10)
    by_points, by_levels = a_criterion(part, "a", 6), a_criterion(part, "b", 4, levels=5)

    assert (by_points.lowest_mark, by_points.highest_mark) == (0, 6)
    assert (by_levels.lowest_mark, by_levels.highest_mark) == (1, 5)
    assert an_item(a_part(stage, "m", Part.Kind.MEASURED, "측정", 1), "x", 1, Item.Rule.SHARE).name == "x"
