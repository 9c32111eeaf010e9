"""The assignments of a panelist, as the pages of this room need them. Whose they are is part of every question here."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from evaluations.panels.models import Assignment, Panelist, Pledge
from evaluations.programme.models import BlindCopy, Configuration, Round
from evaluations.programme.phases import ORDER, Phase, at_least
from evaluations.programme.visibility import Thing, phases_in_which, who_is
from evaluations.reviews.models import Sheet

AFTER_THE_CLOSE = [phase for phase in ORDER if at_least(phase, Phase.CLOSED)]


def _pledge_that_holds(panelist: str) -> Exists:
    """Did this seat sign the pledge against the configuration as it stands now? Once all is closed nobody can sign, and nothing that a
    reviewer goes by is amended any more: then what she signed before holds."""
    rules = Configuration.objects.filter(stage=OuterRef("panelist__stage")).order_by("-version")
    current = Q(config_digest=Subquery(rules.values("digest")[:1]))
    return Exists(
        Pledge.objects.filter(current | Q(panelist__stage__phase__in=AFTER_THE_CLOSE), panelist=OuterRef(panelist))
    )


def _any_pledge(panelist: str) -> Exists:
    return Exists(Pledge.objects.filter(panelist=OuterRef(panelist)))


def seats_of(user) -> QuerySet[Panelist]:
    """The seats this person sits on or was taken off, those last, with `pledged` and `pledged_before`, in stages whose
    desk may be seen."""
    return (
        Panelist.objects.filter(invitation__user=user)
        .filter(stage__phase__in=phases_in_which(who_is(user), Thing.OWN_DESK))
        .select_related("stage")
        .annotate(
            pledged=_pledge_that_holds("id"),
            pledged_before=_any_pledge("id"),
        )
        .order_by("-stage__opens_at", "stage__slug", F("replaced_by").desc(nulls_first=True))
    )


def assignments_of(user, thing: Thing) -> QuerySet[Assignment]:
    """The assignments this person may see in this respect now, with `pledged`, `pledged_before` and `has_file`; none she was recused
    from, nor the rest of that round where it is blind, and in a round that has not begun nothing but that they lie on
    her desk. Draft and void come along."""
    waiting = () if thing is Thing.OWN_DESK else (Round.State.WAITING,)
    return (
        Assignment.objects.of_user(user)
        .shown()
        .exclude(round__state__in=waiting)
        .filter(panelist__stage__phase__in=phases_in_which(who_is(user), thing))
        .select_related("panelist__stage", "round", "team", "draft", "void")
        .annotate(
            pledged=_pledge_that_holds("panelist"),
            pledged_before=_any_pledge("panelist"),
            has_file=Exists(_released(OuterRef("team"), OuterRef("round"))),
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
    """The file she reads: the last one released of this team in this round."""
    return _released(assignment.team_id, assignment.round_id).order_by("-submission__revision").first()


def _released(team, round) -> QuerySet[BlindCopy]:
    return BlindCopy.objects.released().filter(submission__team=team, submission__round=round)
