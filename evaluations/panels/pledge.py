"""The pledge: its wording, the fingerprint of the wording, and whether it still holds."""

import hashlib
import json
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery

from evaluations.panels.models import Panelist, Pledge
from evaluations.programme.differences import Difference, differences
from evaluations.programme.models import Configuration, Stage
from evaluations.programme.phases import ORDER, Phase, at_least

TEXT = (
    "평가 대상과 저 사이에 신고한 것 외의 이해관계가 없으며, 뒤늦게 알게 되면 곧바로 신고하고 물러나겠습니다.",
    "미리 확정하여 공개한 평가 기준에 따라, 받은 자료만을 근거로 공정하고 성실하게 평가하겠습니다.",
    "가려진 모델이 어느 팀의 것인지 알아내려 하지 않고, 짐작하게 되더라도 평가에 반영하지 않겠습니다.",
    "평가 자료와 평가 내용, 함께 평가한 사람에 관한 것을 평가 중에도, 끝난 뒤에도 누설하지 않겠습니다.",
    "평가와 관련하여 금품이나 청탁을 받지 않겠으며, 받게 되면 곧바로 알리겠습니다. 평가위원은 형법 제129조부터 "
    "제132조까지를 적용할 때 공무원으로 본다는 것(국가연구개발혁신법)을 알고 있습니다.",
)

AFTER_THE_CLOSE = [phase for phase in ORDER if at_least(phase, Phase.CLOSED)]
TEXT_DIGEST = hashlib.sha256("\n".join(TEXT).encode()).hexdigest()


def current_configuration(stage: Stage) -> Configuration | None:
    """The rules that are in force, once the stage has been frozen."""
    return Configuration.objects.filter(stage=stage).order_by("version").last()


def pledged(panelist: Panelist) -> bool:
    """`holds` for a seat at hand."""
    return Panelist.objects.filter(holds("pk"), pk=panelist.pk).exists()


def holds(panelist: str) -> Exists:
    """For a query in which the seat stands under this name: did it sign against the configuration as it is now? Once all is closed nobody
    can sign, and nothing that a reviewer goes by is amended any more: then what she signed before holds."""
    rules = Configuration.objects.filter(stage=OuterRef("panelist__stage")).order_by("-version")
    current = Q(config_digest=Subquery(rules.values("digest")[:1]))
    return Exists(
        Pledge.objects.filter(current | Q(panelist__stage__phase__in=AFTER_THE_CLOSE), panelist=OuterRef(panelist))
    )


def signed_ever(panelist: str) -> Exists:
    """Likewise: did it sign against any configuration?"""
    return Exists(Pledge.objects.filter(panelist=OuterRef(panelist)))


@dataclass(frozen=True)
class Amended:
    """What was amended since the rules a seat signed last: every edition that came after, and all in which the last one differs."""

    editions: list[Configuration]
    differences: list[Difference]


def amended_since(editions: list[Configuration], signed: set[str]) -> Amended | None:
    """`editions` are those of the stage in their order, `signed` the digests she signed. None where she signed the last, or none at all."""
    known = [place for place, edition in enumerate(editions) if edition.digest in signed]
    if not known or known[-1] == len(editions) - 1:
        return None
    before, after = editions[known[-1]], editions[-1]
    return Amended(editions[known[-1] + 1 :], differences(json.loads(before.body), json.loads(after.body)))
