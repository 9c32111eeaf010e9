"""What a stage is made of, in the order in which it is written down: how much is there, and where to add to it."""

from dataclasses import dataclass

from django.db.models import Model

from evaluations.benchmarks.models import Measurement
from evaluations.programme.models import BlindCopy, Member, Round, Stage, Submission, Team
from evaluations.ratings.models import Answer, Prompt, Question, RatingPlan, Stratum
from evaluations.rubrics.models import Anchor, Criterion, GateComponent, GateItem, GateScope, GateSide, Item, Part


@dataclass(frozen=True)
class Kind:
    """Rows of one model; `path` leads from a row to its stage. `shown_on` is the model on whose page they are made."""

    model: type[Model]
    path: str = "stage"
    shown_on: type[Model] | None = None
    hint: str = ""
    by_hand: bool = True


KINDS = (
    Kind(Team, hint="다른 이름은 이해충돌 확인과 이름 노출 검사에 씁니다"),
    Kind(Member, "team__stage", Team),
    Kind(Round, hint="점수에 반영하는 차수는 하나"),
    Kind(Part, hint="배점의 합이 총점입니다"),
    Kind(Item, "part__stage", Part),
    Kind(Criterion, "part__stage", Part),
    Kind(Anchor, "criterion__part__stage", Criterion),
    Kind(GateSide, hint="관문이 있는 단계에만"),
    Kind(GateComponent, hint="관문이 있는 단계에만"),
    Kind(GateItem, "side__stage", GateSide),
    Kind(GateScope, "item__side__stage", GateItem),
    Kind(RatingPlan, hint="국민에게 묻는 단계에만"),
    Kind(Question, hint="별점을 매기는 단계에만"),
    Kind(Stratum, hint="특성별 할당이 있는 단계에만"),
    Kind(Prompt, hint="많으면 prompts.csv로 들여오세요"),
    Kind(Answer, "prompt__stage", Prompt, hint="많으면 answers.csv로 들여오세요"),
    Kind(Measurement, hint="benchmarks.csv로 들여옵니다", by_hand=False),
    Kind(Submission, "team__stage", hint="‘제출 자료 받기’로 한 건씩, 또는 단계 파일로", by_hand=False),
    Kind(BlindCopy, "submission__team__stage", hint="제출 자료에서 저절로 만들어집니다", by_hand=False),
)


@dataclass(frozen=True)
class Contents:
    """How many rows of a kind a stage has; addresses are names for `reverse`, with the lookup of the stage."""

    name: str
    number: int
    hint: str
    list_name: str
    lookup: str
    add_name: str


def contents(stage: Stage) -> list[Contents]:
    return [_contents(kind, stage) for kind in KINDS]


def _contents(kind: Kind, stage: Stage) -> Contents:
    listed = kind.shown_on or kind.model
    path = next(other.path for other in KINDS if other.model is listed)
    made_alone = kind.by_hand and kind.shown_on is None
    hint = f"{kind.shown_on._meta.verbose_name} 화면에서 더합니다" if kind.shown_on else kind.hint
    return Contents(
        name=str(kind.model._meta.verbose_name),
        number=kind.model._default_manager.filter(**{kind.path: stage}).count(),
        hint=hint if not (kind.shown_on and kind.hint) else f"{hint}. {kind.hint}",
        list_name=f"admin:{listed._meta.app_label}_{listed._meta.model_name}_changelist",
        lookup=f"{path}__id__exact",
        add_name=f"admin:{kind.model._meta.app_label}_{kind.model._meta.model_name}_add" if made_alone else "",
    )
