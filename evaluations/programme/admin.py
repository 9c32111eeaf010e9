"""Stages, teams, rounds, documents: built here or loaded from a file, frozen with the stage."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from evaluations.programme import actions
from evaluations.programme.forms import LEVELS, TEAMS, ContactForm, DocumentForm, MemberForm, StageForm, TeamForm
from evaluations.programme.models import BlindCopy, Configuration, Member, Round, Stage, Submission, Team
from evaluations.programme.visibility import Thing
from portal.accounts.actions import open_account
from portal.accounts.roles import Role
from portal.admin import EvidenceAdmin, RuleAdmin, RuleInline, Verb, says


class TeamInline(RuleInline):
    model = Team
    fields = ["position", "slug", "name_ko", "name_en", "model_name"]


class RoundInline(RuleInline):
    model = Round
    fields = ["position", "key", "name_ko", "name_en", "kind", "blind", "counts"]


class MemberInline(RuleInline):
    model = Member
    form = MemberForm
    show_change_link = False


def _levels(stage: Stage, which: str) -> str:
    return ", ".join(label for level, label in LEVELS.items() if level in stage.release.get(which, [])) or "없음"


@admin.register(Stage)
class StageAdmin(RuleAdmin):
    form = StageForm
    stage_path = belongs_to = ""
    list_display = ["name_ko", "slug", "phase", "opens_at", "closes_at", "sample", "procedure"]
    list_filter = ["phase", "sample"]
    search_fields = ["name_ko", "slug"]
    ordering = ["-opens_at", "slug"]
    inlines = [TeamInline, RoundInline]
    fieldsets = [
        (
            None,
            {"fields": ["slug", "programme_ko", "programme_en", "name_ko", "name_en", "note_ko", "note_en", "sample"]},
        ),
        ("일정(한국 표준시)", {"fields": ["time_zone", "frozen_at", "opens_at", "closes_at", "published_at"]}),
        ("진출", {"fields": ["advance_by", "quota", "line_ties", "quorum", "pass_on_seats", "tie_break"]}),
        ("반올림", {"fields": ["rounding_rule", "item_decimals", "part_decimals", "total_decimals", "mean_decimals"]}),
        ("독자성 관문", {"fields": ["gate_decided_by"]}),
        (
            "공개 방침",
            {"fields": ["release_public", "release_teams", "release_own", "release_minimum_n", "published_facts"]},
        ),
        ("이의신청", {"fields": ["objection_days", "answer_days"]}),
    ]

    @admin.display(description="진행")
    def procedure(self, stage):
        return format_html('<a href="{}">진행 화면</a>', reverse("admin:proceedings_page", args=[stage.pk]))

    # What the form asks in several controls, as it is told to whoever may only read.

    @admin.display(description="모두에게 공개하는 것")
    def release_public(self, stage):
        return _levels(stage, "public")

    @admin.display(description="공개하는 팀")
    def release_teams(self, stage):
        return dict(TEAMS)[stage.release.get("teams", "all")]

    @admin.display(description="팀에게 자기 결과로 알리는 것")
    def release_own(self, stage):
        return _levels(stage, "own")

    @admin.display(description="최소 평가표 수")
    def release_minimum_n(self, stage):
        return stage.release.get("minimum_n", 5)

    def response_add(self, request, obj, post_url_continue=None):
        """A new stage opens the page on which the rest of it is built."""
        messages.success(request, f"‘{obj}’ 단계를 만들었습니다. 이어서 부문과 기준을 적어 주세요.")
        return redirect("admin:proceedings_page", obj.pk)


def _contact(team, by, email, name):
    open_account(email=email, name=name, role=Role.TEAM, team=team.pk, by=by)
    return f"‘{team}’ 팀 담당자 {name}의 계정을 만들고, 비밀번호를 정하는 길을 이메일로 알렸습니다."


OPENING = says(
    "비밀번호를 정하는 길을 이 주소로 보냅니다. 이 사람은 이 팀에 온 소명 요청과 이 팀의 결과를 보고, 소명과 이의신청을 낼 수 있습니다. 다른 팀의 것은 보지 못합니다."
)


@admin.register(Team)
class TeamAdmin(RuleAdmin):
    form = TeamForm
    list_display = ["name_ko", "stage", "slug", "model_name", "position", "verb_links"]
    verbs = (Verb("contact", "담당자 계정 만들기", _contact, ContactForm, means=OPENING),)
    list_filter = ["stage"]
    list_select_related = ["stage"]
    search_fields = ["name_ko", "slug", "model_name"]
    inlines = [MemberInline]


@admin.register(Round)
class RoundAdmin(RuleAdmin):
    list_display = ["name_ko", "stage", "kind", "blind", "counts", "state"]
    list_filter = ["stage", "state"]
    list_select_related = ["stage"]


@admin.register(Configuration)
class ConfigurationAdmin(EvidenceAdmin):
    list_display = ["stage", "version", "digest", "created_at"]
    list_filter = ["stage"]
    list_select_related = ["stage"]
    fields = ["stage", "version", "digest", "reason", "created_at", "body"]


def _take(stage, by, team, round, title, file):
    name, text = file
    actions.take_submission(team=team, round=round, title=title, text=text, file_name=name, by=by.id)
    copy = BlindCopy.objects.filter(submission__team=team, submission__round=round).latest("submission__revision")
    if copy.released_at:
        return f"‘{team}’의 자료를 받았습니다. 이름이 발견되지 않아 가림본을 바로 쓸 수 있습니다."
    return (
        f"‘{team}’의 자료를 받았습니다. 이름이 {len(copy.hits)}군데 발견되어, 가림본을 확인해야 평가위원에게 보입니다."
    )


TAKING = says(
    "받은 자료는 그대로 봉인되어 고치거나 지울 수 없습니다. 차수를 열기 전까지는 같은 차수에 같은 팀의 자료를 다시 받을 수 있고, 다음 판이 됩니다.",
    "팀을 알 수 있는 이름을 찾습니다. 이름이 없으면 확인 없이 가림본을 쓰고, 있으면 확인할 때까지 평가위원에게 보이지 않습니다.",
)


@admin.register(Submission)
class SubmissionAdmin(EvidenceAdmin):
    shows, stage_path = Thing.ORIGINAL, "team__stage"
    list_display = ["team", "round", "title", "revision", "digest"]
    list_filter = ["team__stage"]
    list_select_related = ["team__stage", "round"]
    ordering = ["team__stage", "team__position", "round__position", "-revision"]
    fields = ["team", "round", "revision", "title", "file_name", "digest", "text"]
    stage_verbs = (Verb("take", "제출 자료 받기", _take, DocumentForm, means=TAKING),)
    stage_model = Stage

    def back_to_stage(self, stage):
        return reverse("admin:proceedings_page", args=[stage.pk])


def _release(copy, by, reason):
    actions.release_blind_copy(copy=copy, by=by, reason=reason)
    return "가림본을 공개했습니다."


RELEASING = says("이 글을 이 팀에 배정된 평가위원이 읽게 됩니다. 보인 글은 거둘 수 없습니다.")


@admin.register(BlindCopy)
class BlindCopyAdmin(EvidenceAdmin):
    """Names that were found keep a copy back; an officer looks and decides, on record."""

    shows, stage_path = Thing.ORIGINAL, "submission__team__stage"
    list_display = ["submission", "team", "found", "released_at", "verb_links"]
    list_filter = ["submission__team__stage"]
    list_select_related = ["submission__team__stage", "submission__round"]
    ordering = ["submission__team__stage", "submission__team__position"]
    fields = ["submission", "found", "released_at", "released_by", "reason", "digest", "text"]
    readonly_fields = ["found"]
    verbs = (
        Verb(
            "release",
            "확인하고 공개",
            _release,
            means=RELEASING,
            template="admin/programme/release.html",
            offered=lambda copy: not copy.released_at and copy.submission.round.state != Round.State.LOCKED,
        ),
    )

    @admin.display(description="팀")
    def team(self, copy):
        return copy.submission.team

    @admin.display(description="발견된 이름")
    def found(self, copy):
        return len(copy.hits)
