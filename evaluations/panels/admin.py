"""The panel: seats, who is invited to them, conflicts and assignments. Who sits where is shown only for a reason, on record."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import path

from evaluations.panels import actions
from evaluations.panels.models import Assignment, Conflict, Panelist, Pledge
from evaluations.programme.models import Round, Stage, Team
from portal.accounts.roles import Role
from portal.admin import EvidenceAdmin, ReasonForm, Verb
from portal.http import Refusal


class SeatsForm(forms.Form):
    number = forms.IntegerField(label="자리 수", min_value=1, max_value=200)


class InviteForm(forms.Form):
    email = forms.EmailField(label="이메일", max_length=254)
    name = forms.CharField(label="이름", max_length=100)


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the question."""


class ConflictForm(forms.Form):
    team = forms.CharField(label="팀 식별자", max_length=50)
    ground = forms.ChoiceField(label="사유", choices=Conflict.Ground)
    note = forms.CharField(label="어떻게 알게 되었는가", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


def _invite(panelist, by, email, name):
    invited = actions.invite(panelist=panelist, email=email, name=name, by=by)
    return f"위촉 안내를 보냈습니다. 링크는 지금만 볼 수 있습니다: {invited.link}"


def _reinvite(panelist, by):
    invited = actions.reinvite(invitation=panelist.invitation, by=by)
    return f"위촉 안내를 다시 보냈습니다. 앞의 링크는 쓸 수 없습니다. 새 링크: {invited.link}"


def _assign(panelist, by):
    rounds = Round.objects.filter(stage=panelist.stage).exclude(state=Round.State.LOCKED)
    made = sum(len(actions.assign(panelist=panelist, round=round, by=by)) for round in rounds)
    return f"{panelist}에 새로 {made}건을 배정했습니다."


def _reveal(panelist, by, reason):
    invitation = actions.reveal_person(panelist=panelist, by=by, reason=reason)
    return f"{panelist}: {invitation.name} <{invitation.email}>. 열람을 기록했습니다."


def _replace(panelist, by, reason):
    return (
        f"{panelist}의 위촉을 마치고 새 자리 {actions.replace(panelist=panelist, by=by, reason=reason)}를 만들었습니다."
    )


def _conflict(panelist, by, team, ground, note):
    found = Team.objects.filter(stage=panelist.stage, slug=team).first()
    if found is None:
        raise Refusal("이 단계에 그런 팀이 없습니다.")
    actions.note_conflict(panelist=panelist, team=found, ground=ground, by=by, note=note)
    return f"{panelist}의 이해충돌을 적었습니다."


def _teams(panelist):
    return {"teams": Team.objects.filter(stage=panelist.stage)}


def _has_invitation(panelist):
    return hasattr(panelist, "invitation")


def _unanswered(panelist):
    return _has_invitation(panelist) and panelist.invitation.accepted_at is None


@admin.register(Panelist)
class PanelistAdmin(EvidenceAdmin):
    list_display = ["label", "stage", "state", "pledges_count", "assignments_count", "conflicts_count", "verb_links"]
    list_filter = ["stage"]
    list_select_related = ["stage", "invitation"]
    ordering = ["stage", "label"]
    search_fields = ["label"]
    fields = ["stage", "label", "imported"]
    change_list_template = "admin/panels/panelists.html"
    verbs = (
        Verb("invite", "초대", _invite, InviteForm, offered=lambda p: not p.imported and not _has_invitation(p)),
        Verb("reinvite", "다시 초대", _reinvite, ConfirmForm, offered=_unanswered),
        Verb("assign", "배정", _assign, ConfirmForm, offered=lambda p: not p.imported),
        Verb("conflict", "이해충돌 적기", _conflict, ConflictForm, about=_teams, template="admin/panels/conflict.html"),
        Verb("person", "사람 보기", _reveal, ReasonForm, offered=_has_invitation),
        Verb("replace", "교체", _replace, ReasonForm, offered=_has_invitation),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(
            pledged=Count("pledges", distinct=True),
            assigned=Count("assignments", filter=Q(assignments__recusal=None), distinct=True),
            conflicted=Count("conflicts", distinct=True),
        )  # fmt: skip

    def get_urls(self):
        seats = self.admin_site.admin_view(self.seats_view)
        return [path("seats/<id:stage_pk>/", seats, name="panels_panelist_seats"), *super().get_urls()]

    def seats_view(self, request, stage_pk):
        """Make so many empty seats in a stage."""
        if request.user.role != Role.OFFICER or request.method != "POST":
            raise PermissionDenied
        form = SeatsForm(request.POST)
        try:
            if not form.is_valid():
                raise Refusal("자리 수는 1부터 200까지의 숫자로 적어 주세요.")
            made = actions.create_seats(
                stage=get_object_or_404(Stage, pk=stage_pk), number=form.cleaned_data["number"], by=request.user
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"자리 {len(made)}개를 만들었습니다.")
        return redirect("admin:panels_panelist_changelist")

    def changelist_view(self, request, extra_context=None):
        preparing = Stage.objects.filter(phase__in=["preparing", "frozen", "open"]).order_by("-opens_at")
        return super().changelist_view(request, {"stages": preparing, **(extra_context or {})})

    @admin.display(description="위촉")
    def state(self, panelist):
        if panelist.imported:
            return "자료로 들여옴"
        if not _has_invitation(panelist):
            return "초대 전"
        if panelist.invitation.declined_at:
            return "사양"
        return "수락" if panelist.invitation.accepted_at else "응답 기다림"

    @admin.display(description="서약", ordering="pledged")
    def pledges_count(self, panelist):
        return panelist.pledged

    @admin.display(description="배정", ordering="assigned")
    def assignments_count(self, panelist):
        return panelist.assigned

    @admin.display(description="이해충돌", ordering="conflicted")
    def conflicts_count(self, panelist):
        return panelist.conflicted


def _recuse(assignment, by, reason):
    actions.recuse(assignment=assignment, reason=reason, by=by)
    return "회피·제척을 기록했습니다. 이 배정의 평가표는 집계하지 않습니다."


@admin.register(Assignment)
class AssignmentAdmin(EvidenceAdmin):
    list_display = ["panelist", "team", "round", "recused", "verb_links"]
    list_filter = ["panelist__stage", "round__kind"]
    list_select_related = ["panelist__stage", "team", "round", "recusal"]
    ordering = ["panelist__label", "team__position"]
    fields = ["panelist", "team", "round"]
    verbs = (Verb("recuse", "회피·제척", _recuse, ReasonForm, offered=lambda a: not hasattr(a, "recusal")),)

    @admin.display(description="회피", boolean=True)
    def recused(self, assignment):
        return hasattr(assignment, "recusal")


def _waive(conflict, by, reason):
    actions.waive(conflict=conflict, by=by, reason=reason)
    return "예외를 인정하고 사유를 기록했습니다."


@admin.register(Conflict)
class ConflictAdmin(EvidenceAdmin):
    list_display = ["panelist", "team", "ground", "source", "note", "verb_links"]
    list_filter = ["panelist__stage", "ground", "source"]
    list_select_related = ["panelist__stage", "team", "waiver"]
    ordering = ["panelist__label", "team__position"]
    verbs = (Verb("waive", "예외 인정", _waive, ReasonForm, offered=lambda c: not hasattr(c, "waiver")),)


@admin.register(Pledge)
class PledgeAdmin(EvidenceAdmin):
    list_display = ["panelist", "config_digest"]
    list_filter = ["panelist__stage"]
    list_select_related = ["panelist__stage"]
