"""The page on which a team is asked, replies and objects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from evaluations.hearings import actions
from evaluations.hearings.forms import TextForm
from evaluations.hearings.models import Hearing, Objection
from evaluations.programme.models import Team
from evaluations.programme.phases import Phase
from evaluations.programme.visibility import Thing, Viewer, Who, may_see
from evaluations.results.queries import objection_deadline
from portal.accounts.guards import teams_only
from portal.http import Refusal, reads, writes

REPLY, OBJECTION = "소명", "이의와 그 이유"


@dataclass
class Asked:
    """A request as the page shows it: with what was said, and a form while more may be said."""

    hearing: Hearing
    replies: list = field(default_factory=list)
    form: TextForm | None = None


def _team(request: HttpRequest) -> Team:
    return get_object_or_404(Team.objects.select_related("stage"), pk=request.user.team)


def _may_see(team: Team) -> bool:
    return may_see(Viewer(Who.TEAM, owns=True), Thing.HEARING, team.stage.current_phase)


@reads()
@teams_only
def home(request: HttpRequest) -> HttpResponse:
    return _page(request, _team(request))


@writes
@teams_only
def reply(request: HttpRequest, hearing_id: str) -> HttpResponse:
    team = _team(request)
    shown = Hearing.objects.of_team(team.pk) if _may_see(team) else Hearing.objects.none()
    hearing = get_object_or_404(shown.select_related("team"), pk=hearing_id)
    form = TextForm(request.POST, label=REPLY, auto_id=f"{hearing.pk}-%s")
    return _sent(request, team, form, hearing.pk, "소명을 받았습니다.", partial(actions.reply, hearing=hearing))


@writes
@teams_only
def object_to_result(request: HttpRequest) -> HttpResponse:
    team = _team(request)
    form = TextForm(request.POST, label=OBJECTION, auto_id="objection-%s")
    return _sent(request, team, form, "", "이의신청을 받았습니다.", partial(actions.object_to_result, team=team))


def _sent(request: HttpRequest, team: Team, form: TextForm, about: str, done: str, act: Callable) -> HttpResponse:
    """Carry out what was written, or the page again with it still in the form."""
    if not form.is_valid():
        return _page(request, team, {about: form}, status=422)
    try:
        row = act(text=form.cleaned_data["text"], by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, team, {about: form}, status=refusal.status)
    messages.success(request, f"{done} 접수 번호는 {row.event.receipt}입니다.")
    return redirect("hearings:home")


def _page(
    request: HttpRequest, team: Team, forms: dict[str, TextForm] | None = None, status: int = 200
) -> HttpResponse:
    """`forms` are those that came back with something wrong, by the request they are about; the objection has no id."""
    stage, now, forms = team.stage, timezone.now(), forms or {}
    seen, known = _may_see(team), may_see(Viewer(Who.TEAM, owns=True), Thing.METHOD, stage.current_phase)
    hearings = Hearing.objects.of_team(team.pk).prefetch_related("replies__event") if seen else []
    objections = Objection.objects.of_team(team.pk).select_related("event", "ruling") if seen else []
    until = objection_deadline(stage) if stage.current_phase is Phase.PUBLISHED else None
    may_object = until is not None and now < until
    context = {
        "stage": stage if known else None, "team": team, "asked": [_asked(one, stage, now, forms) for one in hearings],
        "objections": objections, "until": until,
        "form": forms.get("") or (TextForm(label=OBJECTION, auto_id="objection-%s") if may_object else None),
        "faulty": next(iter(forms.values()), None),
    }  # fmt: skip
    return render(request, "hearings/home.html", context, status=status)


def _asked(hearing: Hearing, stage, now, forms: dict[str, TextForm]) -> Asked:
    may_reply = stage.current_phase in actions.BEFORE_DECISION and now < hearing.due_at
    form = forms.get(hearing.pk) or (TextForm(label=REPLY, auto_id=f"{hearing.pk}-%s") if may_reply else None)
    return Asked(hearing, list(hearing.replies.all()), form)
