"""What the panel found on a team's independence, question by question, for the committee that decides on it."""

from collections import Counter
from dataclasses import dataclass, field

from evaluations.programme.models import Team
from evaluations.results.compute import counting_sheets
from evaluations.reviews.models import Finding
from evaluations.rubrics.models import GateScope


@dataclass
class Question:
    """One question of one component: how many answered what, and why. Seats are not named beside their reasons."""

    side: str
    text: str
    component: str
    answers: Counter = field(default_factory=Counter)
    reasons: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def met(self) -> int:
        return self.answers[Finding.Answer.MET]

    @property
    def not_met(self) -> int:
        return self.answers[Finding.Answer.NOT_MET]

    @property
    def cannot_judge(self) -> int:
        return self.answers[Finding.Answer.CANNOT_JUDGE]


def findings_on(team: Team) -> list[Question]:
    """Every question of the gate in order, also those nobody has answered."""
    scopes = GateScope.objects.filter(component__stage=team.stage_id).select_related("item__side", "component")
    asked = {
        scope.pk: Question(scope.item.side.name_ko, scope.item.text_ko, scope.component.name_ko)
        for scope in scopes.order_by("item", "component")
    }
    sheets = counting_sheets(team.stage).filter(assignment__team=team.pk)
    for finding in Finding.objects.filter(sheet__in=sheets).order_by("scope", "reason", "evidence", "id"):
        question = asked[finding.scope_id]
        question.answers[finding.finding] += 1
        if finding.reason or finding.evidence:
            question.reasons.append((finding.get_finding_display(), finding.reason, finding.evidence))
    return list(asked.values())
