"""From the invitation to the pledge."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from evaluations.panels import actions, pledge
from evaluations.panels.conflicts import Post
from evaluations.panels.forms import AcceptForm, DeclineForm, InterestsForm, PostFormSet, longer, posts_of
from evaluations.panels.models import Assignment, Conflict, Invitation, Panelist
from evaluations.programme.models import Team
from evaluations.programme.phases import Phase, at_least
from portal.accounts.actions import create_account
from portal.accounts.guards import experts_only, public
from portal.accounts.limits import remember_device
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.http import Refusal, reads, words_in, writes


def _invitation_page(request: HttpRequest, token: str, found: Invitation, status: int = 200, **forms) -> HttpResponse:
    user = request.user
    context = {
        "token": token,
        "stage": found.panelist.stage,
        "invitation": found,
        "known": User.objects.proven().filter(email=found.email).exists(),
        "signed_in": user.is_authenticated and user.email == found.email,
        "somebody_else": user.is_authenticated and user.email != found.email,
        "accept_form": forms.get("accept") or AcceptForm(user=_account(found)),
        "decline_form": forms.get("decline") or DeclineForm(),
    }
    return render(request, "panels/invitation.html", context, status=status)


def _dead_link(request: HttpRequest) -> HttpResponse:
    """Wrong, used, expired and withdrawn links are one and the same to whoever holds them."""
    return render(request, "panels/dead_link.html", status=404)


def _account(found: Invitation) -> User:
    """The account the invitation would open."""
    return User(email=found.email, name=found.name, role=Role.EXPERT)


@reads()
@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = actions.invitation_of(token)
    return _invitation_page(request, token, found) if found else _dead_link(request)


@writes
@public
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password and take the seat. Somebody who has an account already signs in with it first."""
    found = actions.invitation_of(token)
    if found is None:
        return _dead_link(request)
    if request.user.is_authenticated:
        panelist = actions.accept(invitation=found, by=request.user)
        return redirect("panels:interests", panelist.pk)
    if User.objects.proven().filter(email=found.email).exists():
        raise Refusal("이 이메일의 계정이 이미 있습니다. 먼저 로그인한 뒤 위촉 링크를 다시 열어 주세요.")
    form = AcceptForm(request.POST, user=_account(found))
    if not form.is_valid():
        return _invitation_page(request, token, found, status=422, accept=form)
    user = create_account(
        email=found.email, role=Role.EXPERT, name=found.name, password=form.cleaned_data["password"], by=None
    )
    panelist = actions.accept(invitation=found, by=user)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, user, "password", email=user.email)
    response = redirect("panels:interests", panelist.pk)
    remember_device(response, user.email)
    return response


@writes
@public
def decline(request: HttpRequest, token: str) -> HttpResponse:
    found = actions.invitation_of(token)
    if found is None:
        return _dead_link(request)
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
    context = {
        "panelist": panelist, "stage": panelist.stage, "posts": posts, "form": form, "conflicts": _conflicts(panelist),
    }  # fmt: skip
    return render(request, "panels/interests.html", context, status=status)


def _certain_page(request: HttpRequest, panelist: Panelist, coming: list[tuple[Team, str]]) -> HttpResponse:
    """What cannot be taken back is shown once more before it is done; the page carries every word."""
    stops = Assignment.objects.shown().filter(panelist=panelist, round__blind=True).exists()
    context = {
        "panelist": panelist, "stage": panelist.stage, "declared": coming, "stops": stops, "words": words_in(request),
    }  # fmt: skip
    return render(request, "panels/certain.html", context)


def _say(request: HttpRequest, panelist: Panelist, posts: list[Post], form: InterestsForm) -> None:
    actions.record_affiliations(panelist=panelist, posts=posts, by=request.user)
    for team, ground in form.declared():
        actions.declare_conflict(panelist=panelist, team=team, ground=ground, by=request.user)


def _coming(request: HttpRequest, panelist: Panelist, posts: list[Post], form: InterestsForm) -> list[tuple[Team, str]]:
    """The teams she would be out of by saying this, and why. Posts alone are shown once more only when she has assignments."""
    if not form.declared() and not Assignment.objects.shown().filter(panelist=panelist).exists():
        return []
    known = set(_conflicts(panelist).values_list("pk", flat=True))
    with transaction.atomic():
        _say(request, panelist, posts, form)
        coming = [(conflict.team, conflict.told) for conflict in _conflicts(panelist) if conflict.pk not in known]
        transaction.set_rollback(True)  # only tried out
    return coming


def _conflicts(panelist: Panelist):
    standing = Conflict.objects.standing().filter(panelist=panelist).select_related("team")
    return standing.order_by("team", "ground")


def _interests_form(panelist: Panelist, *data) -> InterestsForm:
    settled = frozenset(conflict.team_id for conflict in _conflicts(panelist))
    return InterestsForm(*data, teams=_teams(panelist), settled=settled)


@reads()
@experts_only
def interests(request: HttpRequest, panelist_id: str) -> HttpResponse:
    panelist = _seat(request, panelist_id)
    known = panelist.invitation.affiliations.order_by("since", "organisation").values(
        "organisation", "unit", "since", "until"
    )
    return _interests_page(request, panelist, PostFormSet(initial=list(known)), _interests_form(panelist))


@writes
@experts_only
def declare(request: HttpRequest, panelist_id: str) -> HttpResponse:
    panelist = _seat(request, panelist_id)
    posts, form = PostFormSet(request.POST), _interests_form(panelist, request.POST)
    if {"more", "back"} & set(request.POST):
        return _interests_page(request, panelist, longer(request.POST), form)
    if not (posts.is_valid() & form.is_valid()):
        return _interests_page(request, panelist, posts, form, status=422)
    try:
        if "certain" not in request.POST and (coming := _coming(request, panelist, posts_of(posts), form)):
            return _certain_page(request, panelist, coming)
        _say(request, panelist, posts_of(posts), form)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _interests_page(request, panelist, posts, form, status=422)
    if out := [f"{conflict.team} – {conflict.told}" for conflict in _conflicts(panelist)]:
        messages.info(request, f"이해관계가 있어 평가에서 빠진 팀: {'; '.join(out)}")
    return redirect("panels:pledge", panelist.pk)


def _pledge_page(request: HttpRequest, panelist: Panelist, message: str = "", status: int = 200) -> HttpResponse:
    editions = list(panelist.stage.configurations.order_by("version"))
    signed = set(panelist.pledges.values_list("config_digest", flat=True))
    current = editions[-1] if editions else None
    context = {
        "panelist": panelist,
        "stage": panelist.stage,
        "text": pledge.TEXT,
        "configuration": current,
        "pledged": current is not None and current.digest in signed,
        "amended": pledge.amended_since(editions, signed),
        "closed": at_least(panelist.stage.current_phase, Phase.CLOSED),
        "declared": panelist.invitation.affiliations.exists(),
        "message": message,
    }
    return render(request, "panels/pledge.html", context, status=status)


@reads()
@experts_only
def pledge_page(request: HttpRequest, panelist_id: str) -> HttpResponse:
    return _pledge_page(request, _seat(request, panelist_id))


@writes
@experts_only
def sign(request: HttpRequest, panelist_id: str) -> HttpResponse:
    panelist = _seat(request, panelist_id)
    shown = request.POST.get("config_digest") or "nothing"
    try:
        actions.sign_pledge(panelist=panelist, by=request.user, config_digest=shown)
    except Refusal as refusal:
        return _pledge_page(request, panelist, str(refusal), refusal.status)
    messages.success(request, "서약하셨습니다.")
    return redirect("reviews:desk")
