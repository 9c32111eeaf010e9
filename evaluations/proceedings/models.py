"""The office's view of a stage, which has no table of its own, and what two officers do together."""

from django.db import models
from django.db.models import Q

from evaluations.proceedings.wording import ACTS
from evaluations.programme.models import Stage
from evaluations.programme.visibility import Thing, Who, phases_in_which
from portal.accounts.models import User
from portal.audit.models import Event
from portal.ids import RandomIdField


class Procedure(Stage):
    class Meta:
        proxy = True
        verbose_name = "단계 진행"
        verbose_name_plural = "단계 진행"


class ProposalQuerySet(models.QuerySet):
    def visible_to(self, who: Who):
        """What a proposal says of a count, or of an objection, is closed again with it, as everything else that was said of it."""
        of_the_count = Q(act__in=[Proposal.Act.VOID, Proposal.Act.GATE, Proposal.Act.LINE])
        of_the_count |= Q(subject__in=["decisions.csv", "line_decisions.csv"])
        of_a_hearing = Q(act=Proposal.Act.RULING)
        return self.filter(
            ~of_the_count | Q(stage__phase__in=phases_in_which(who, Thing.COUNT)),
            ~of_a_hearing | Q(stage__phase__in=phases_in_which(who, Thing.HEARING)),
        )

    def waiting(self):
        return self.filter(resolution=None)

    def of_stage(self, stage):
        return self.filter(stage=stage)

    def told(self):
        """With everything a list of them says, and without the files that wait in their arguments."""
        return self.select_related("stage", "proposer", "resolution__by").defer("arguments")


class Proposal(models.Model):
    """An act one officer has prepared and another has to agree to. Append-only; what became of it is its resolution.

    `arguments` is what the act needs, `ground` on what it was proposed, both canonical JSON; `digest` is over all that is agreed to.
    """

    class Act(models.TextChoices):
        MOVE = "move", ACTS["move"]
        IMPORT = "import", ACTS["import"]
        VOID = "void", ACTS["void"]
        GATE = "gate", ACTS["gate"]
        LINE = "line", ACTS["line"]
        RULING = "ruling", ACTS["ruling"]
        OFFICER = "officer", ACTS["officer"]
        AMEND = "amend", ACTS["amend"]

    id = RandomIdField()
    act = models.CharField("일", max_length=16, choices=Act)
    stage = models.ForeignKey(
        Stage, models.PROTECT, related_name="proposals", null=True, blank=True, verbose_name="단계"
    )
    subject = models.CharField("대상", max_length=64)
    told = models.CharField("내용", max_length=500, blank=True)
    reason = models.TextField("사유")
    arguments = models.TextField("인자(정규 JSON)")
    ground = models.TextField("근거(정규 JSON)")
    digest = models.CharField("지문", max_length=64)
    proposer = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="제안한 담당자")
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    proposed_at = models.DateTimeField("제안 시각")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "제안"
        verbose_name_plural = "두 담당자의 제안과 승인"
        ordering = ["-proposed_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="proposal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(act="officer", stage=None) | ~Q(act="officer") & Q(stage__isnull=False),
                name="proposal_is_of_a_stage",
            ),
        ]

    def __str__(self):
        return f"{self.get_act_display()} 제안"

    @property
    def resolved(self) -> "Resolution | None":
        return getattr(self, "resolution", None)


class Resolution(models.Model):
    """What became of a proposal: another officer agreed or turned it down, or the proposer took it back. Append-only."""

    id = RandomIdField()
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="resolution", verbose_name="제안")
    approved = models.BooleanField("승인")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="답한 담당자")
    reason = models.TextField("이유", blank=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name="사건")
    resolved_at = models.DateTimeField("답한 시각")

    class Meta:
        verbose_name = "제안에 대한 답"
        verbose_name_plural = "제안에 대한 답"
        constraints = [
            models.CheckConstraint(condition=Q(approved=True) | ~Q(reason=""), name="resolution_refuses_with_a_reason"),
        ]

    def __str__(self):
        if self.approved:
            return "승인"
        return "거둠" if self.by_id == self.proposal.proposer_id else "반려"
