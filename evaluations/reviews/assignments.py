"""The assignments of a panelist, as the pages of this room need them. Whose they are is part of every question here."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from evaluations.panels import pledge
from evaluations.panels.models import Assignment, Conflict, Panelist
from evaluations.programme.models import BlindCopy, Round, Team
from evaluations.programme.visibility import Thing, phases_in_which, who_is
from evaluations.reviews.models import Sheet


def seats_of(user) -> QuerySet[Panelist]:
    """The seats this person sits on or was taken off, those last, in stages whose desk may be seen; with `pledged`,
    `pledged_before`, and `excluded`: she may judge no team of the stage."""
    teams = Team.objects.filter(stage=OuterRef("stage"))
    conflict = Conflict.objects.standing().filter(panelist=OuterRef(OuterRef("id")), team=OuterRef("id"))
    return (
        Panelist.objects.filter(invitation__user=user)
        .filter(stage__phase__in=phases_in_which(who_is(user), Thing.OWN_DESK))
        .select_related("stage")
        .annotate(
            pledged=pledge.holds("id"),
            pledged_before=pledge.signed_ever("id"),
            excluded=Exists(teams) & ~Exists(teams.exclude(Exists(conflict))),
        )
        .order_by("-stage__opens_at", "stage__slug", F("replaced_by").desc(nulls_first=True))
    )


def assignments_of(user, thing: Thing) -> QuerySet[Assignment]:
    """The assignments this person may see in this respect now; none she was recused from, nor the rest of that round where it is
    blind, and in a round that has not begun nothing but that they lie on her desk. Draft and void come along.

    With `pledged`, `pledged_before`, and `file_released`: True where the file she reads is there, False while it is held, None where
    none was handed in.
    """
    waiting = () if thing is Thing.OWN_DESK else (Round.State.WAITING,)
    return (
        Assignment.objects.of_user(user)
        .shown()
        .exclude(round__state__in=waiting)
        .filter(panelist__stage__phase__in=phases_in_which(who_is(user), thing))
        .select_related("panelist__stage", "round", "team", "draft", "void")
        .annotate(
            pledged=pledge.holds("panelist"),
            pledged_before=pledge.signed_ever("panelist"),
            file_released=Subquery(
                _last_copy(OuterRef("team"), OuterRef("round")).values(out=Q(released_at__isnull=False))[:1]
            ),
        )
    )


def given_to(user) -> QuerySet[Assignment]:
    """Every assignment this person was given, whatever became of it since: what she sends for it is not lost, even
    where it may no longer be seen. Draft and void come along."""
    return (
        Assignment.objects.of_user(user)
        .filter(panelist__stage__phase__in=phases_in_which(who_is(user), Thing.OWN_SHEET))
        .select_related("panelist__stage", "round", "team", "draft", "void")
    )


def sheets_of(user) -> QuerySet[Sheet]:
    """The sheets this person submitted and may still read."""
    return Sheet.objects.filter(assignment__in=assignments_of(user, Thing.OWN_SHEET).values("id")).select_related(
        "assignment__panelist__stage", "assignment__round", "assignment__void", "confirmation__event", "recognition",
        "event",
    )  # fmt: skip


def earlier_sheets(assignment: Assignment) -> QuerySet[Sheet]:
    """What she confirmed about the same team in earlier rounds, once those are locked. In a blind round it is nothing:
    it would join the code names of two rounds."""
    if assignment.round.blind:
        return Sheet.objects.none()
    return (
        Sheet.objects.effective()
        .filter(
            assignment__panelist=assignment.panelist_id,
            assignment__team=assignment.team_id,
            assignment__round__in=Round.objects.before(assignment.round).filter(state=Round.State.LOCKED),
        )
        .select_related("assignment__round", "recognition", "confirmation__event")
        .order_by("assignment__round")
    )


def released_copy(assignment: Assignment) -> BlindCopy | None:
    """The file she reads: that of the last document of this team in this round. Nothing while an officer looks through it, not
    even an earlier one that was replaced."""
    return _last_copy(assignment.team_id, assignment.round_id).released().first()


def _last_copy(team, round) -> QuerySet[BlindCopy]:
    return BlindCopy.objects.of_last_submission().filter(submission__team=team, submission__round=round)
