"""The panel: seats, who is invited to them, conflicts and assignments. Who sits where is shown only for a reason, on record."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.core.validators import validate_email
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from evaluations.panels import actions, pledge, wording
from evaluations.panels.models import FEW, Assignment, Conflict, Panelist, Pledge
from evaluations.programme.models import Round, Stage, Team
from evaluations.programme.phases import BEFORE_CLOSE
from evaluations.programme.visibility import ALWAYS, Thing, phases_in_which, who_is
from portal.accounts.roles import Role
from portal.admin import EvidenceAdmin, Verb, VerbForm
from portal.forms import LinesField
from portal.http import Refusal

MOST = 200
"""People on one list; more are asked in several."""


class SeatsForm(VerbForm):
    number = forms.IntegerField(label="자리 수", min_value=1, max_value=MOST, initial=1)


class InviteForm(VerbForm):
    email = forms.EmailField(label="이메일", max_length=254)
    name = forms.CharField(label="이름", max_length=100)


class InviteManyForm(VerbForm):
    """A list as it is copied from a letter or a spreadsheet."""

    people = LinesField(
        label="초대할 사람", required=True, widget=forms.Textarea(attrs={"rows": 12, "cols": 60}),
        help_text="한 줄에 한 사람씩 ‘이름, 이메일’. 표에서 그대로 붙여 넣어도 됩니다. 하나라도 틀리면 아무에게도 보내지 않습니다.",
    )  # fmt: skip

    def clean_people(self) -> list[actions.Person]:
        lines = self.cleaned_data["people"]
        if len(lines) > MOST:
            raise forms.ValidationError(f"한 번에 {MOST}명까지 초대할 수 있습니다(지금 {len(lines)}명).")
        found, wrong = [], []
        for number, line in enumerate(lines, 1):
            name, email = _name_and_email(line)
            try:
                validate_email(email)
            except forms.ValidationError:
                wrong.append(f"{number}번째 줄에 이메일 주소가 없습니다: {line[:80]}")
            if not name or len(name) > 100 or len(email) > 254:
                wrong.append(f"{number}번째 줄에 이름을 100자 안으로 적어 주세요: {line[:80]}")
            found.append(actions.Person(name, email))
        if wrong:
            raise forms.ValidationError(wrong)
        return found


def _name_and_email(line: str) -> tuple[str, str]:
    """Name and address in either order, parted by a comma, a tab, a semicolon, brackets or a space before the address."""
    words = line.replace("<", " ").replace(">", " ").replace(",", " ").replace("\t", " ").replace(";", " ").split()
    emails = [word for word in words if "@" in word]
    return " ".join(word for word in words if "@" not in word), emails[0] if len(emails) == 1 else ""


class ReinviteForm(VerbForm):
    email = forms.EmailField(label="이메일", max_length=254, required=False, help_text="비우면 같은 사람에게 보냅니다.")
    name = forms.CharField(label="이름", max_length=100, required=False)

    def clean(self):
        data = super().clean()
        if bool(data.get("email")) != bool(data.get("name")) and not self.errors:
            self.add_error(None, "다른 사람을 초대하려면 이메일과 이름을 모두 적어 주세요.")
        return data


class ConflictForm(VerbForm):
    team = forms.ModelChoiceField(Team.objects.none(), label="팀")
    ground = forms.ChoiceField(label="사유", choices=Conflict.Ground)
    note = forms.CharField(label="어떻게 알게 되었는가", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(stage=self.row.stage_id)


def _link(invited: actions.Invited) -> list[str]:
    """Whoever has the link can take the seat, so only the person gets it, by mail. The demonstration sends no mail."""
    shown = settings.PORTAL_ENV == "demo"
    return [f"시연에서만 보이는 {invited.invitation.name}의 위촉 링크: {invited.link}"] if shown else []


def _invite(panelist, by, email, name, source):
    invited = actions.invite(panelist=panelist, email=email, name=name, by=by, source=source)
    return [f"{panelist} 자리의 위촉 안내를 보냈습니다.", *_link(invited)]


def _invite_many(stage, by, people, source):
    everybody = actions.invite_many(stage=stage, people=people, by=by, source=source)
    links = [line for invited in everybody for line in _link(invited)]
    return [f"{len(everybody)}명에게 위촉 안내를 보냈습니다. 자리는 무작위로 정했습니다.", *sorted(links)]


def _reinvite(panelist, by, email, name, source):
    if not _has_invitation(panelist):  # the list offers no such link; whoever types the address is told why
        raise Refusal("이 자리에는 아직 아무도 초대하지 않았습니다.")
    invited = actions.reinvite(invitation=panelist.invitation, by=by, email=email, name=name, source=source)
    return [f"{panelist} 자리의 위촉 안내를 다시 보냈습니다. 앞의 링크는 쓸 수 없습니다.", *_link(invited)]


def _seats(stage, by, number):
    made = actions.create_seats(stage=stage, number=number, by=by)
    return f"자리 {len(made)}개를 만들었습니다."


def _assign(panelist, by):
    rounds = Round.objects.filter(stage=panelist.stage).exclude(state=Round.State.LOCKED)
    made = sum(len(actions.assign(panelist=panelist, round=round, by=by)) for round in rounds)
    return [f"{panelist}에 새로 {made}건을 배정했습니다.", *_few(Panelist.objects.filter(pk=panelist.pk))]


def _few(seats) -> list[str]:
    """What the office should know of seats for which the blindfold is thin."""
    few = ", ".join(map(str, seats.with_few_teams()))
    return (
        [f"가린 차수에서 맡는 팀이 {FEW}개보다 적어, 한 팀을 알면 나머지도 짐작할 수 있는 자리: {few}"] if few else []
    )


def _assign_everybody(stage, by):
    assigned = actions.assign_everybody(stage=stage, by=by)
    done = [f"새로 {assigned.made}건을 배정했습니다."]
    if assigned.waiting:
        seats = ", ".join(map(str, assigned.waiting))
        done.append(f"이해관계 신고와 서약을 마치지 않아 배정하지 않은 자리: {seats}")
    return done + _few(Panelist.objects.of_stage(stage))


def _detect(stage, by):
    found = actions.detect_everywhere(stage=stage, by=by)
    return f"소속과 구성 기관을 다시 대조했습니다. 새로 찾은 이해충돌은 {len(found)}건입니다."


def _reveal(panelist, by, reason, source):
    try:
        invitation = actions.reveal_person(panelist=panelist, by=by, reason=reason, source=source)
    except ObjectDoesNotExist:
        return f"{panelist} 자리에는 초대한 사람이 없습니다."
    posts = ", ".join(map(str, invitation.affiliations.all())) or "신고 전"
    return f"{panelist}: {invitation.name} <{invitation.email}>, 소속 {posts}. 열람을 기록했습니다."


def _replace(panelist, by, reason):
    new = actions.replace(panelist=panelist, by=by, reason=reason)
    return f"{panelist}의 위촉을 마치고 새 자리 {new}를 만들었습니다. 새 자리에 사람을 초대해 주세요."


def _conflict(panelist, by, team, ground, note):
    actions.note_conflict(panelist=panelist, team=team, ground=ground, by=by, note=note)
    stopped = Panelist.objects.stopped().filter(pk=panelist.pk).exists()
    return [f"{panelist}의 이해충돌을 적었습니다.", *([wording.STOPPED] if stopped else [])]


def _facts(panelist):
    """What the comparison of names shows but the decree leaves to the office."""
    teams = dict(Team.objects.filter(stage=panelist.stage_id).values_list("pk", "name_ko"))
    grounds = dict(Conflict.Ground.choices)
    return {
        "facts": [(teams[fact.team], grounds[fact.ground], fact.organisation) for fact in actions.facts_of(panelist)]
    }


def _has_invitation(panelist):
    return hasattr(panelist, "invitation")


def _unanswered(panelist):
    return _sitting(panelist) and _has_invitation(panelist) and panelist.invitation.accepted_at is None


def _sitting(panelist):
    return not panelist.imported and panelist.replaced_by_id is None and _before_close(panelist)


def _before_close(panelist) -> bool:
    return panelist.stage.current_phase in BEFORE_CLOSE


def _seats_of(stage_pk) -> str:
    return reverse("admin:panels_panelist_changelist") + f"?stage__id__exact={stage_pk}"


@admin.register(Panelist)
class PanelistAdmin(EvidenceAdmin):
    list_display = ["label", "stage", "state", "pledge_state", "assignments_count", "conflicts_count", "verb_links"]
    list_filter = ["stage"]
    list_select_related = ["stage", "invitation", "replaced_by"]
    ordering = ["stage", "label"]
    search_fields = ["label"]
    fields = ["stage", "label", "imported", "replaced_by"]
    change_list_template = "admin/panels/panelists.html"
    verbs = (
        Verb(
            "invite", "초대", _invite, InviteForm, means=wording.invite, personal=True,
            offered=lambda p: _sitting(p) and not _has_invitation(p),
        ),
        Verb("reinvite", "다시 초대", _reinvite, ReinviteForm, means=wording.reinvite, offered=_unanswered, personal=True),
        Verb("assign", "배정", _assign, VerbForm, means=wording.assign, offered=_sitting),
        Verb(
            "conflict", "이해충돌 적기", _conflict, ConflictForm, means=wording.conflict, about=_facts,
            template="admin/panels/conflict.html", offered=_sitting,
        ),
        Verb("person", "사람 보기", _reveal, means=wording.person, offered=_has_invitation, personal=True),
        Verb("replace", "교체", _replace, means=wording.replace, offered=lambda p: _sitting(p) and _has_invitation(p)),
    )  # fmt: skip
    stage_verbs = (
        Verb("seats", "자리 만들기", _seats, SeatsForm, means=wording.seats),
        Verb("invite", "여러 사람 초대", _invite_many, InviteManyForm, means=wording.invite_many, personal=True),
        Verb("assign", "모두 배정", _assign_everybody, VerbForm, means=wording.assign_everybody),
        Verb("detect", "이해충돌 다시 대조", _detect, VerbForm, means=wording.detect),
    )
    stage_model = Stage

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(
            pledged=pledge.holds("pk"),
            pledged_before=pledge.signed_ever("pk"),
            assigned=Count("assignments", filter=Q(assignments__recusal=None), distinct=True),
            conflicted=Count("conflicts", distinct=True),
            stopped=Exists(Panelist.objects.stopped().filter(pk=OuterRef("pk"))),
        )  # fmt: skip

    def back_to(self, row):
        return _seats_of(row.stage_id)

    def back_to_stage(self, stage):
        return _seats_of(stage.pk)

    def changelist_view(self, request, extra_context=None):
        stages = Stage.objects.filter(phase__in=BEFORE_CLOSE).order_by("-opens_at")
        asked = request.GET.get("stage__id__exact")
        context = {
            "stages": [stage for stage in stages if asked in (None, stage.pk)],
            "stage_verbs": [(f"admin:{self._name('stage', verb.name)}", verb.title) for verb in self.stage_verbs],
            "is_officer": request.user.role == Role.OFFICER,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description="위촉")
    def state(self, panelist):
        if panelist.imported:
            return "자료로 들여옴"
        if not _has_invitation(panelist):
            return "초대 전"
        if panelist.replaced_by_id:
            return f"교체({panelist.replaced_by}로)"
        if panelist.invitation.declined_at:
            return "사양"
        if panelist.invitation.accepted_at:
            return "수락 – 멈춤(회피·제척)" if panelist.stopped else "수락"
        return "응답 기다림" if panelist.invitation.expires_at > timezone.now() else "기한 지남"

    @admin.display(description="서약", ordering="pledged")
    def pledge_state(self, panelist):
        if panelist.pledged:
            return "서약"
        return "바뀐 기준에 다시 서약해야 함" if panelist.pledged_before else "–"

    @admin.display(description="배정", ordering="assigned")
    def assignments_count(self, panelist):
        return panelist.assigned

    @admin.display(description="이해충돌", ordering="conflicted")
    def conflicts_count(self, panelist):
        return panelist.conflicted


def _recuse(assignment, by, reason):
    actions.recuse(assignment=assignment, reason=reason, by=by)
    done = "회피·제척을 기록했습니다. 이 배정의 평가표는 집계하지 않습니다."
    return [done, wording.STOPPED] if assignment.round.blind else [done]


@admin.register(Assignment)
class AssignmentAdmin(EvidenceAdmin):
    """A row joins a seat, a team and, in its title, the code name between them."""

    shows, stage_path = Thing.TEAM_BEHIND_ALIAS, "panelist__stage"
    list_display = ["panelist", "team", "round", "recused", "verb_links"]
    list_filter = ["panelist__stage", "round__kind"]
    list_select_related = ["panelist__stage", "team", "round", "recusal"]
    ordering = ["panelist__label", "team__position"]
    fields = ["panelist", "team", "round"]
    verbs = (
        Verb(
            "recuse", "회피·제척", _recuse, means=wording.recuse,
            offered=lambda a: not hasattr(a, "recusal") and _before_close(a.panelist),
        ),
    )  # fmt: skip

    def back_to(self, row):
        return f"{super().back_to(row)}?panelist__stage__id__exact={row.panelist.stage_id}"

    @admin.display(description="회피", boolean=True)
    def recused(self, assignment):
        return hasattr(assignment, "recusal")


def _waive(conflict, by, reason):
    actions.waive(conflict=conflict, by=by, reason=reason)
    return "예외를 인정하고 사유를 기록했습니다."


@admin.register(Conflict)
class ConflictAdmin(EvidenceAdmin):
    """From which team a seat keeps, and why. The note names a place of work: it tells who sits there, and only to those who may know."""

    shows, stage_path = Thing.CONFLICT, "panelist__stage"
    list_display = ["panelist", "team", "ground", "source", "note", "verb_links"]
    fields = ["panelist", "team", "ground", "source", "note"]
    list_filter = ["panelist__stage", "ground", "source"]
    list_select_related = ["panelist__stage", "team", "waiver"]
    ordering = ["panelist__label", "team__position"]
    verbs = (
        Verb(
            "waive", "예외 인정", _waive, means=wording.waive,
            offered=lambda c: not hasattr(c, "waiver") and _before_close(c.panelist),
        ),
    )  # fmt: skip

    def back_to(self, row):
        return f"{super().back_to(row)}?panelist__stage__id__exact={row.panelist.stage_id}"

    def get_list_display(self, request):
        return self._told(request, super().get_list_display(request))

    def get_fields(self, request, obj=None):
        return self._told(request, super().get_fields(request, obj))

    def _told(self, request, columns):
        """A note may belong to a stage in any phase, so it is shown to whoever may always know."""
        knows = phases_in_which(who_is(request.user), Thing.PERSON_BEHIND_SEAT) == ALWAYS
        return [column for column in columns if knows or column != "note"]


@admin.register(Pledge)
class PledgeAdmin(EvidenceAdmin):
    list_display = ["panelist", "config_digest"]
    list_filter = ["panelist__stage"]
    list_select_related = ["panelist__stage"]
