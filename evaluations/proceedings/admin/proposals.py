"""The office's pages of what two officers do together: a proposal as it is looked at, agreed to, turned down or taken back."""

import json

from django import forms
from django.contrib import admin
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from evaluations.hearings.models import Objection
from evaluations.proceedings import progress, proposals, wording
from evaluations.proceedings.models import Proposal
from evaluations.proceedings.readiness import is_step_back
from evaluations.programme.differences import differences
from evaluations.programme.models import Configuration
from evaluations.programme.phases import Phase, at_least
from evaluations.programme.visibility import who_is
from evaluations.results.models import ScoreRun
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.admin import EvidenceAdmin, Verb, VerbForm, says


def waiting_for(request: HttpRequest):
    """The proposals without an answer that this reader may see."""
    return Proposal.objects.visible_to(who_is(request.user)).waiting().told()


class ApprovalForm(VerbForm):
    """The button is the question: what she agrees to is on the page."""


class RefusalForm(VerbForm):
    reason = forms.CharField(label="이유", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


def _approve(proposal, by):
    proposals.approve(proposal=proposal, by=by)
    return f"승인했습니다. {wording.DONE[proposal.act]}"


def _refuse(proposal, by, reason):
    proposals.refuse(proposal=proposal, by=by, reason=reason)
    return "반려하고 이유를 기록했습니다."


def _withdraw(proposal, by, reason):
    proposals.withdraw(proposal=proposal, by=by, reason=reason)
    return "제안을 거두고 이유를 기록했습니다."


def what_amending_does(stage) -> list[str]:
    closed = at_least(stage.current_phase, Phase.CLOSED)
    return wording.amending(stage.edition + 1, signed=progress.panel(stage).pledged, closed=closed)


def _changed_by(proposal, told) -> list:
    """The differences an amendment was proposed for, against the edition it was proposed on."""
    ground = json.loads(proposal.ground).get("digest", "")
    before = Configuration.objects.filter(stage=proposal.stage_id, digest=ground).order_by("version").last()
    return differences(json.loads(before.body), told["config"]) if before else []


def _about(proposal):
    """What is agreed to, in full: a file with its content, an account with its owner, an amendment with all it changes."""
    told = json.loads(proposal.arguments)
    answered = Objection.objects.filter(pk=proposal.subject).first() if proposal.act == Proposal.Act.RULING else None
    person = User.objects.filter(pk=proposal.subject).first() if proposal.act == Proposal.Act.OFFICER else None
    run = ScoreRun.objects.filter(pk=json.loads(proposal.ground).get("run", "")).first()
    return {
        "proposal": proposal,
        "content": told.get("content", ""),
        "person": person,
        "run": run,
        "answered": answered,
        "asked": told,
        "differences": _changed_by(proposal, told) if proposal.act == Proposal.Act.AMEND else [],
        "in_the_way": "" if proposal.resolved else proposals.stands_in_the_way(proposal),
    }


def _about_to_agree(proposal):
    """Where it cannot be agreed to any more, another way is offered in place of the button."""
    told = _about(proposal)
    path = reverse("admin:proceedings_proposal_refuse", args=[proposal.pk]) if told["in_the_way"] else ""
    return told | {"rather_refuse": path}


def _what_follows(proposal) -> list[str]:
    moved = json.loads(proposal.arguments) if proposal.act == Proposal.Act.MOVE else None
    back = moved and is_step_back(Phase(moved["from"]), Phase(moved["to"]))
    meaning = [wording.meaning(Phase(moved["to"]), back=back)] if moved else []
    if proposal.act == Proposal.Act.AMEND:
        meaning = what_amending_does(proposal.stage)
    return [*meaning, "승인하면 곧바로 이루어집니다. 제안한 뒤에 근거가 바뀌었으면 이루어지지 않습니다."]


ENDING = says("제안한 것은 이루어지지 않고, 이유와 함께 기록에 남습니다. 같은 것을 다시 제안할 수 있습니다.")


def _waits_for_another(proposal) -> bool:
    return proposal.resolved is None and not proposal.mine


def _waits_of_mine(proposal) -> bool:
    return proposal.resolved is None and proposal.mine


class ProposalAdmin(EvidenceAdmin):
    """What one officer proposed, and what another said to it."""

    list_display = ["proposed_at", "act", "of_stage", "told", "reason", "proposer", "outcome", "verb_links"]
    list_filter = ["act", "stage"]
    list_select_related = ["stage", "proposer", "resolution__by"]
    ordering = ["-proposed_at", "id"]
    fields = ["act", "stage", "told", "reason", "proposer", "proposed_at", "outcome", "outcome_because", "digest"]
    readonly_fields = ["outcome", "outcome_because"]
    verbs = (
        Verb(
            "approve", "승인", _approve, ApprovalForm, means=_what_follows, about=_about_to_agree,
            template="admin/proceedings/proposal.html", offered=_waits_for_another,
        ),
        Verb(
            "refuse", "반려", _refuse, RefusalForm, means=ENDING, about=_about, template="admin/proceedings/proposal.html",
            offered=_waits_for_another,
        ),
        Verb(
            "withdraw", "거두기", _withdraw, RefusalForm, means=ENDING, about=_about, template="admin/proceedings/proposal.html",
            offered=_waits_of_mine,
        ),
    )  # fmt: skip

    def get_queryset(self, request):
        """With `mine`: did this reader propose it herself?"""
        mine = ExpressionWrapper(Q(proposer=request.user.pk), output_field=BooleanField())
        return super().get_queryset(request).visible_to(who_is(request.user)).told().annotate(mine=mine)

    def index_context(self, request):
        waiting = list(waiting_for(request))
        return {
            "to_answer": [one for one in waiting if one.proposer_id != request.user.pk],
            "proposed": [one for one in waiting if one.proposer_id == request.user.pk],
        }

    def propose(self, request, needed):
        proposals.propose(needed=needed, by=request.user)
        others = User.objects.filter(role=Role.OFFICER, is_active=True).exclude(pk=request.user.pk)
        alone = (
            ""
            if others.exists()
            else " 지금은 승인할 다른 담당자가 없습니다. 서버에서 두 번째 담당자 계정을 만들어 주세요."
        )
        return f"제안했습니다. 아직 이루어지지 않았습니다. 다른 담당자가 승인하면 이루어집니다.{alone}"

    def back_to(self, row):
        return reverse("admin:proceedings_page", args=[row.stage_id]) if row and row.stage_id else super().back_to(row)

    @admin.display(description="단계", ordering="stage")
    def of_stage(self, proposal):
        return proposal.stage or "–"

    @admin.display(description="답")
    def outcome(self, proposal):
        found = proposal.resolved
        return f"{found} ({found.by}, {timezone.localtime(found.resolved_at):%Y-%m-%d %H:%M})" if found else "기다림"

    @admin.display(description="답의 이유")
    def outcome_because(self, proposal):
        return (proposal.resolved and proposal.resolved.reason) or "–"
