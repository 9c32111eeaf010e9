"""From the invitation to the pledge."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from evaluations.panels import actions, pledge
from evaluations.panels.forms import AcceptForm, DeclineForm, InterestsForm, PostFormSet, posts_of
from evaluations.panels.models import Invitation, Panelist
from evaluations.programme.models import Team
from portal.accounts.actions import create_account
from portal.accounts.guards import experts_only, public
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.http import Refusal, reads, writes


def _invitation(token: str) -> Invitation:
    """Wrong, used, expired and withdrawn links are one and the same to whoever holds them."""
    found = actions.invitation_of(token)
    if found is None:
        raise Http404
    return found


def _invitation_page(request: HttpRequest, token: str, found: Invitation, status: int = 200, **forms) -> HttpResponse:
    context = {
        "token": token,
        "stage": found.panelist.stage,
        "invitation": found,
        "accept_form": forms.get("accept") or AcceptForm(),
        "decline_form": forms.get("decline") or DeclineForm(),
    }
    return render(request, "panels/invitation.html", context, status=status)


@reads()
@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    return _invitation_page(request, token, _invitation(token))


@writes
@public
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password and take the seat. Somebody who has an account already signs in with it first."""
    found = _invitation(token)
    if request.user.is_authenticated and request.user.email == found.email:
        panelist = actions.accept(invitation=found, by=request.user)
        return redirect("panels:interests", panelist.pk)
    if User.objects.filter(email=found.email).exists():
        raise Refusal("이 이메일의 계정이 이미 있습니다. 먼저 로그인한 뒤 위촉 링크를 다시 열어 주세요.")
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _invitation_page(request, token, found, status=422, accept=form)
    user = create_account(
        email=found.email, role=Role.EXPERT, name=found.name, password=form.cleaned_data["password"], by=None
    )
    panelist = actions.accept(invitation=found, by=user)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, user, "password", email=user.email)
    return redirect("panels:interests", panelist.pk)


@writes
@public
def decline(request: HttpRequest, token: str) -> HttpResponse:
    found = _invitation(token)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _invitation_page(request, token, found, status=422, decline=form)
    actions.decline(invitation=found, reason=form.cleaned_data["reason"])
    return render(request, "panels/declined.html", {"stage": found.panelist.stage})


def _seat(request: HttpRequest, panelist_id: str) -> Panelist:
    return get_object_or_404(Panelist.objects.of_user(request.user).select_related("stage"), pk=panelist_id)


def _teams(panelist: Panelist):
    return Team.objects.filter(stage=panelist.stage_id).prefetch_related("members")


def _interests_page(request: HttpRequest, panelist: Panelist, posts, form, status: int = 200) -> HttpResponse:
    context = {"panelist": panelist, "stage": panelist.stage, "posts": posts, "form": form}
    return render(request, "panels/interests.html", context, status=status)


@reads()
@experts_only
def interests(request: HttpRequest, panelist_id: str) -> HttpResponse:
    panelist = _seat(request, panelist_id)
    known = panelist.invitation.affiliations.order_by("since", "organisation").values(
        "organisation", "unit", "since", "until"
    )
    return _interests_page(request, panelist, PostFormSet(initial=list(known)), InterestsForm(teams=_teams(panelist)))


@writes
@experts_only
def declare(request: HttpRequest, panelist_id: str) -> HttpResponse:
    panelist = _seat(request, panelist_id)
    posts, form = PostFormSet(request.POST), InterestsForm(request.POST, teams=_teams(panelist))
    if not (posts.is_valid() & form.is_valid()):
        return _interests_page(request, panelist, posts, form, status=422)
    try:
        actions.record_affiliations(panelist=panelist, posts=posts_of(posts), by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _interests_page(request, panelist, posts, form, status=422)
    for team, ground in form.declared():
        actions.declare_conflict(panelist=panelist, team=team, ground=ground, by=request.user)
    return redirect("panels:pledge", panelist.pk)


@reads()
@experts_only
def pledge_page(request: HttpRequest, panelist_id: str) -> HttpResponse:
    panelist = _seat(request, panelist_id)
    context = {
        "panelist": panelist,
        "stage": panelist.stage,
        "text": pledge.TEXT,
        "configuration": pledge.current_configuration(panelist.stage),
        "pledged": pledge.pledged(panelist),
    }
    return render(request, "panels/pledge.html", context)


@writes
@experts_only
def sign(request: HttpRequest, panelist_id: str) -> HttpResponse:
    panelist = _seat(request, panelist_id)
    actions.sign_pledge(panelist=panelist, by=request.user, config_digest=request.POST.get("config_digest", ""))
    return redirect("reviews:desk")
