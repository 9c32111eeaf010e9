"""Rubrics: a small one with every kind of part, and its pieces."""

from dataclasses import dataclass

from evaluations.programme.models import Stage
from evaluations.rubrics.models import (
    Anchor,
    Criterion,
    GateComponent,
    GateItem,
    GateScope,
    GateSide,
    Item,
    Part,
)


@dataclass(frozen=True)
class Rubric:
    """What `a_rubric` made, by name."""

    stage: Stage
    benchmark: Part
    expert: Part
    user: Part

    def criterion(self, path: str) -> Criterion:
        return self.expert.criteria.get(path=path)

    def item(self, key: str) -> Item:
        return Item.objects.get(part__stage=self.stage, key=key)


def a_rubric(stage: Stage) -> Rubric:
    """40 measured, 35 by experts (two criteria and independence in two), 25 by users, and the gate."""
    benchmark = a_part(stage, "benchmark", Part.Kind.MEASURED, "벤치마크", 40)
    an_item(benchmark, "nia", 10, Item.Rule.SHARE, name_ko="NIA 벤치마크", maximum="100")
    an_item(benchmark, "common", 20, Item.Rule.MEAN, name_ko="글로벌 공통", values=["mmlu", "gpqa"])
    an_item(benchmark, "individual", 10, Item.Rule.RATIO_TO_TARGET, name_ko="글로벌 개별", target="70")
    expert = an_expert_part(stage)
    user = a_part(stage, "user", Part.Kind.USERS, "사용자", 25)
    an_item(user, "stars", 15, Item.Rule.SHARE_OF_SCALE, name_ko="별점", source="ratings", prior="15")
    an_item(user, "pairs", 10, Item.Rule.EXPECTED_WIN_SHARE, name_ko="비교", source="comparisons")
    a_gate(stage)
    return Rubric(stage=stage, benchmark=benchmark, expert=expert, user=user)


def an_expert_part(stage: Stage, key: str = "expert", **fields) -> Part:
    """Technology 15 (comment required), strategy 8, independence 12 = architecture 6 + weights 6 on five levels."""
    fields = {
        "aggregate": Part.Aggregate.DROP_HIGH_LOW,
        "small_panel": Part.SmallPanel.MEAN,
        "cannot_judge": Part.CannotJudge.RENORMALISE,
    } | fields
    part = a_part(stage, key, Part.Kind.EXPERTS, "전문가", 35, **fields)
    a_criterion(
        part, "technology", 15, name_ko="기술력", guide_ko="설계와 학습의 수준", comment=Criterion.Comment.REQUIRED
    )
    a_criterion(part, "strategy", 8, name_ko="개발 전략", comment=Criterion.Comment.NONE)
    independence = a_criterion(part, "independence", 12, name_ko="독자성")
    architecture = a_criterion(part, "independence.architecture", 6, parent=independence, name_ko="구조 설계", levels=5)
    weights = a_criterion(part, "independence.weights", 6, parent=independence, name_ko="가중치 학습", levels=5)
    for criterion in (architecture, weights):
        Anchor.objects.create(criterion=criterion, mark=5, text_ko="처음부터 스스로 하였고 기록이 모두 있다")
        Anchor.objects.create(criterion=criterion, mark=1, text_ko="다른 모형의 것을 그대로 썼다")
    return part


def a_gate(stage: Stage) -> None:
    """Three sides, an item each; two components, of which the encoder answers for the weights only."""
    model = GateComponent.objects.create(stage=stage, key="model", name_ko="본 모형", position=0)
    encoder = GateComponent.objects.create(stage=stage, key="vision_encoder", name_ko="비전 인코더", position=1)
    asked = (
        ("technical", "기술", "weights", "가중치를 초기화하고 처음부터 학습하였다", (model, encoder)),
        ("policy", "정책", "control", "언제든지 스스로 개발하고 고칠 수 있다", (model,)),
        ("ethical", "윤리", "references", "참고한 것을 밝혔다", (model,)),
    )
    for position, (side_key, side_name, key, text, components) in enumerate(asked):
        side = GateSide.objects.create(stage=stage, key=side_key, name_ko=side_name, position=position)
        item = GateItem.objects.create(side=side, key=key, text_ko=text, position=position)
        for component in components:
            GateScope.objects.create(item=item, component=component)
    stage.gate_decided_by = Stage.Gate.COMMITTEE
    stage.save(update_fields=["gate_decided_by"])


def a_part(stage: Stage, key: str, kind: Part.Kind, name: str, points: int, **fields) -> Part:
    fields = {"position": stage.parts.count()} | fields
    return Part.objects.create(stage=stage, key=key, kind=kind, name_ko=name, points=points, **fields)


def an_item(part: Part, key: str, points: int, rule: Item.Rule, **fields) -> Item:
    fields = {"name_ko": key, "position": part.items.count()} | fields
    return Item.objects.create(part=part, key=key, points=points, rule=rule, **fields)


def a_criterion(part: Part, path: str, points: int, **fields) -> Criterion:
    """Positions run through the whole part, a criterion before those below it."""
    fields = {"name_ko": path, "position": part.criteria.count()} | fields
    return Criterion.objects.create(part=part, path=path, points=points, **fields)
