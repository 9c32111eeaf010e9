"""Stages, teams, rounds, documents: built here or loaded from a file, frozen with the stage."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from evaluations.programme import actions
from evaluations.programme.models import BlindCopy, Configuration, Member, Round, Stage, Submission, Team
from portal.admin import EvidenceAdmin, RuleAdmin, RuleInline, Verb


class TeamInline(RuleInline):
    model = Team
    fields = ["position", "slug", "name_ko", "name_en", "model_name"]


class RoundInline(RuleInline):
    model = Round
    fields = ["position", "key", "name_ko", "name_en", "kind", "blind", "counts"]


class MemberInline(RuleInline):
    model = Member
    fields = ["position", "organisation", "unit", "since", "until"]


@admin.register(Stage)
class StageAdmin(RuleAdmin):
    stage_path = ""
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
        ("공개와 이의신청", {"fields": ["release", "published_facts", "objection_days", "answer_days"]}),
    ]

    @admin.display(description="진행")
    def procedure(self, stage):
        return format_html('<a href="{}">진행 화면</a>', reverse("admin:proceedings_page", args=[stage.pk]))


@admin.register(Team)
class TeamAdmin(RuleAdmin):
    list_display = ["name_ko", "stage", "slug", "model_name", "position"]
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


@admin.register(Submission)
class SubmissionAdmin(EvidenceAdmin):
    list_display = ["team", "round", "title", "revision", "digest"]
    list_filter = ["team__stage"]
    list_select_related = ["team__stage", "round"]


def _release(copy, by, reason):
    actions.release_blind_copy(copy=copy, by=by, reason=reason)
    return "가림본을 공개했습니다."


@admin.register(BlindCopy)
class BlindCopyAdmin(EvidenceAdmin):
    """Names that were found keep a copy back; an officer looks and decides, on record."""

    list_display = ["submission", "team", "found", "released_at", "verb_links"]
    list_filter = ["submission__team__stage"]
    list_select_related = ["submission__team__stage", "submission__round"]
    ordering = ["submission__team__stage", "submission__team__position"]
    verbs = (
        Verb(
            "release",
            "확인하고 공개",
            _release,
            template="admin/programme/release.html",
            offered=lambda copy: not copy.released_at,
        ),
    )

    @admin.display(description="팀")
    def team(self, copy):
        return copy.submission.team

    @admin.display(description="발견된 이름")
    def found(self, copy):
        return len(copy.hits)
