"""The rubric on the pages of the office: a tree by keys, and nothing of another stage."""

import pytest
from django.contrib import admin
from django.urls import reverse

from evaluations.programme.phases import Phase
from evaluations.rubrics import actions
from evaluations.rubrics.models import Criterion, GateComponent, GateItem, GateScope, Part
from portal.http import Stale
from tests.factories import accounts
from tests.factories.programme import a_stage, in_phase
from tests.factories.rubrics import a_criterion, a_part, a_rubric
from tests.office import Page, faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def rubric():
    return a_rubric(a_stage())


@pytest.fixture
def office(client):
    return accounts.sign_in(client, accounts.an_officer())


def page(client, row) -> Page:
    return Page(client, reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]))


def paths(part: Part) -> list[tuple[str, int]]:
    return list(Criterion.objects.filter(part=part).order_by("position").values_list("path", "position"))


def test_saving_a_page_as_it_stands_changes_nothing(office, rubric):
    before = paths(rubric.expert)

    for row in (
        rubric.expert,
        rubric.criterion("independence.weights"),
        rubric.item("common"),
        GateItem.objects.first(),
    ):
        answer = page(office, row).send()
        assert answer.status_code == 302, faults(answer)

    assert paths(rubric.expert) == before
    assert rubric.item("common").values == ["mmlu", "gpqa"]


def test_renaming_a_criterion_takes_those_below_along(office, rubric):
    answer = page(office, rubric.criterion("independence")).send(key="sovereignty")

    assert answer.status_code == 302, faults(answer)
    assert paths(rubric.expert) == [
        ("technology", 0), ("strategy", 1), ("sovereignty", 2), ("sovereignty.architecture", 3), ("sovereignty.weights", 4),
    ]  # fmt: skip


def test_a_criterion_moves_below_another_and_out_again(office, rubric):
    strategy, independence = rubric.criterion("strategy"), rubric.criterion("independence")

    page(office, strategy).send(parent=independence.pk)
    assert [path for path, _ in paths(rubric.expert)] == [
        "technology", "independence", "independence.strategy", "independence.architecture", "independence.weights",
    ]  # fmt: skip
    page(office, Criterion.objects.get(pk=strategy.pk)).send(parent="")

    assert "strategy" in dict(paths(rubric.expert))


@pytest.mark.parametrize(
    ("path", "changes", "said"),
    [
        ("strategy", {"key": "technology"}, "이미 있습니다: technology"),
        ("independence.weights", {"key": "architecture"}, "이미 있습니다: independence.architecture"),
        ("strategy", {"key": "Strategy"}, "영문 소문자"),
        ("strategy", {"points": "0"}, "1 이상의 값을 입력해 주세요."),
        ("strategy", {"points": "많이"}, "정수를 입력하세요"),
        ("independence.weights", {"levels": "1"}, "2 이상의 값을 입력해 주세요."),
    ],
)
def test_what_is_wrong_is_said_and_not_saved(office, rubric, path, changes, said):
    before = list(Criterion.objects.order_by("pk").values())

    answer = page(office, rubric.criterion(path)).send(**changes)

    assert answer.status_code == 200
    assert any(said in fault for fault in faults(answer)), faults(answer)
    assert list(Criterion.objects.order_by("pk").values()) == before


def test_a_tree_has_two_levels(office, rubric):
    answer = page(office, rubric.criterion("independence")).send(parent=rubric.criterion("technology").pk)

    assert "세부 항목이 있는 항목은 다른 항목의 아래로 옮길 수 없습니다." in faults(answer)
    offered = page(office, rubric.criterion("technology")).offered["parent"]
    assert rubric.criterion("independence.weights").pk not in offered
    assert rubric.criterion("technology").pk not in offered


def test_two_new_lines_may_not_be_the_same(office, rubric):
    new = page(office, rubric.expert)
    for position in (7, 8):
        new.line("criteria", position=position, key="twin", name_ko="쌍둥이", points=1, comment="none")
    answer = new.send()

    assert "key: 같은 항목이 두 번 있습니다: twin" in faults(answer)
    assert not Criterion.objects.filter(path="twin").exists()


def test_nothing_of_another_stage_can_be_chosen(office, rubric):
    other = a_stage("other")
    theirs = a_criterion(a_part(other, "expert", Part.Kind.EXPERTS, "전문가", 10), "theirs", 10)
    component = GateComponent.objects.create(stage=other, key="theirs", name_ko="남의 것")
    item = GateItem.objects.get(key="control")

    refused = page(office, rubric.criterion("strategy")).send(parent=theirs.pk)
    also = page(office, item).line("scopes", component=component.pk).send()

    assert (refused.status_code, also.status_code) == (200, 200)
    assert not GateScope.objects.filter(component=component).exists()
    assert rubric.criterion("strategy").parent is None


def test_a_row_stays_with_its_stage(office, rubric):
    """Posting the field that the page does not offer changes nothing."""
    other = a_stage("other")

    answer = page(office, rubric.expert).send(stage=other.pk, key="expert", name_ko="새 이름")

    assert answer.status_code == 302
    rubric.expert.refresh_from_db()
    assert (rubric.expert.stage_id, rubric.expert.name_ko) == (rubric.stage.pk, "새 이름")


def test_targets_and_given_points_are_lines(office, rubric):
    page(office, rubric.item("individual")).send(targets="lg = 70.5\nskt = 68", target="")
    assert rubric.item("individual").targets == {"lg": "70.5", "skt": "68"}

    answer = page(office, rubric.item("individual")).send(given="lg 9.2")
    assert faults(answer) == ["1번째 줄을 ‘이름 = 값’으로 적어 주세요: lg 9.2"]


def test_a_deleted_criterion_takes_no_other_with_it(office, rubric):
    path = reverse("admin:rubrics_criterion_delete", args=[rubric.criterion("independence").pk])

    office.post(path, {"post": "yes"})
    assert "independence" in dict(paths(rubric.expert))

    office.post(reverse("admin:rubrics_criterion_delete", args=[rubric.criterion("strategy").pk]), {"post": "yes"})
    assert "strategy" not in dict(paths(rubric.expert))


def test_frozen_rules_are_told_and_not_asked(office, rubric):
    in_phase(rubric.stage, Phase.FROZEN)

    frozen = page(office, rubric.item("common"))

    assert "points" not in frozen.values
    assert "mmlu<br>gpqa" in frozen.response.content.decode()
    assert frozen.send(points="1").status_code == 403


def test_a_stage_frozen_meanwhile_is_told_and_nothing_is_saved(rubric):
    """The page was sent while its rules could change; before they were saved somebody froze the stage."""
    part = Part.objects.select_related("stage").get(pk=rubric.expert.pk)
    in_phase(rubric.stage, Phase.FROZEN)

    with pytest.raises(Stale, match="그 사이"):
        admin.site.get_model_admin(Part).save_model(None, part, None, change=True)
    with pytest.raises(Stale, match="그 사이"):
        admin.site.get_model_admin(Part).delete_model(None, part)


def test_settling_puts_addresses_and_order_right_in_one_go(rubric):
    weights = rubric.criterion("independence.weights")
    Criterion.objects.filter(pk=weights.pk).update(path="weights", position=0)

    actions.settle(part=rubric.expert)
    actions.settle(part=rubric.expert)

    assert paths(rubric.expert) == [
        ("technology", 0), ("strategy", 1), ("independence", 2), ("independence.weights", 3), ("independence.architecture", 4),
    ]  # fmt: skip
