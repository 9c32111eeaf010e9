"""Seats, who sits on them, and what they were given to judge."""

import hashlib
from datetime import timedelta
from itertools import islice

from django.utils import timezone

from evaluations.panels.actions import letters
from evaluations.panels.models import Affiliation, Assignment, Conflict, Invitation, Panelist, Pledge
from evaluations.programme.models import Round, Stage, Team
from portal.accounts.models import User
from portal.audit.record import record


def a_panelist(stage: Stage, user: User | None = None, label: str | None = None, pledged: bool = True) -> Panelist:
    """A seat. With a user: invited, accepted, and – where the stage is frozen already – pledged."""
    panelist = Panelist.objects.create(stage=stage, label=label or f"위원 {stage.panelists.count() + 1:02}")
    if user is not None:
        an_invitation(panelist, user=user)
        if pledged and stage.configurations.exists():
            a_pledge(panelist)
    return panelist


def an_invitation(
    panelist: Panelist, user: User | None = None, email: str = "invited@example.kr", token: str = ""
) -> Invitation:
    now = timezone.now()
    invitation = Invitation.objects.create(
        panelist=panelist, stage=panelist.stage, email=user.email if user else email, name=user.name if user else "한초대",
        token_digest=hashlib.sha256((token or panelist.id).encode()).hexdigest(),
        sent_at=now, expires_at=now + timedelta(days=14), user=user, accepted_at=now if user else None,
    )  # fmt: skip
    if user is not None:
        Affiliation.objects.create(invitation=invitation, organisation="멀리대학교", unit="통계학과")
    return invitation


def a_pledge(panelist: Panelist) -> Pledge:
    digest = panelist.stage.configurations.order_by("version").last().digest
    event = record("pledge signed", stage=panelist.stage.slug, actor=panelist.id)
    return Pledge.objects.create(panelist=panelist, config_digest=digest, text_digest="0" * 64, event=event)


def an_assignment(panelist: Panelist, team: Team, round: Round, **fields) -> Assignment:
    """The next free letter and place of this seat in this round."""
    taken = Assignment.objects.filter(panelist=panelist, round=round).count()
    fields = {"alias": next(islice(letters(), taken, None)), "position": taken + 1} | fields
    event = record("assigned", stage=panelist.stage.slug, subject="panelist", subject_id=panelist.id)
    return Assignment.objects.create(panelist=panelist, team=team, round=round, event=event, **fields)


def a_conflict(panelist: Panelist, team: Team, ground: str = Conflict.Ground.SAME_UNIT, **fields) -> Conflict:
    fields = {"source": Conflict.Source.RULE} | fields
    event = record("conflict noted", stage=panelist.stage.slug, subject="panelist", subject_id=panelist.id)
    return Conflict.objects.create(panelist=panelist, team=team, ground=ground, event=event, **fields)
