"""What citizens are asked. Ballots are not listed: the office sees counts, and results when they are counted."""

from django import forms
from django.contrib import admin

from evaluations.programme.models import Team
from evaluations.programme.visibility import Thing, Viewer, may_see, who_is
from evaluations.ratings import answers
from evaluations.ratings.models import Answer, Prompt, Question, RatingPlan, Stratum
from portal.admin import EvidenceAdmin, RuleAdmin, RuleInline, Verb, says
from portal.forms import Column, RowsField

CATEGORY = (
    Column("key", "키", required=True),
    Column("ko", "이름", required=True),
    Column("en", "영문"),
    Column("share", "인구 비율(0.5)"),
    Column("quota", "할당 인원", whole=True),
)


class StratumForm(forms.ModelForm):
    categories = RowsField(label="범주", columns=CATEGORY, required=True)

    class Meta:
        model = Stratum
        fields = ["stage", "position", "key", "name_ko", "name_en", "categories"]


class AnswerInline(RuleInline):
    model = Answer
    fields = ["team", "sample", "text", "found"]
    readonly_fields = ["found"]

    def limited(self, name, parent):
        return Team.objects.filter(stage=parent.stage_id) if name == "team" else None

    @admin.display(description="발견된 이름")
    def found(self, answer):
        return ", ".join(dict.fromkeys(hit["name"] for hit in answer.hits)) or "–"


@admin.register(RatingPlan)
class RatingPlanAdmin(RuleAdmin):
    list_display = ["stage", "comparisons_per_person", "ratings_per_person"]
    list_filter = ["stage"]
    list_select_related = ["stage"]


@admin.register(Question)
class QuestionAdmin(RuleAdmin):
    list_display = ["text_ko", "stage", "key", "position"]
    list_filter = ["stage"]
    list_select_related = ["stage"]


@admin.register(Stratum)
class StratumAdmin(RuleAdmin):
    form = StratumForm
    list_display = ["name_ko", "stage", "key", "position"]
    list_filter = ["stage"]
    list_select_related = ["stage"]


@admin.register(Prompt)
class PromptAdmin(RuleAdmin):
    list_display = ["key", "stage", "category", "text"]
    list_filter = ["stage", "category"]
    list_select_related = ["stage"]
    search_fields = ["key", "text"]
    inlines = [AnswerInline]

    def get_inlines(self, request, obj):
        """Whose the answers are is told to those only who may know it while citizens are still asked."""
        viewer = Viewer(who_is(request.user))
        hidden = obj is not None and not may_see(viewer, Thing.TEAM_BEHIND_ANSWER, obj.stage.current_phase)
        return [] if hidden else super().get_inlines(request, obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        answers.look_for_names(Answer.objects.filter(prompt=form.instance), stage=form.instance.stage)


class NamesFound(admin.SimpleListFilter):
    title = "발견된 이름"
    parameter_name = "names"

    def lookups(self, request, model_admin):
        return [("found", "확인할 답변만")]

    def queryset(self, request, queryset):
        return queryset.exclude(hits=[]) if self.value() == "found" else queryset


def _keep(answer, by, reason):
    answers.keep(answer=answer, by=by, reason=reason)
    return "확인하고 쓰기로 한 답변으로 기록했습니다."


def _undecided(answer) -> bool:
    return bool(answer.hits) and answer.prompt.stage.phase == "preparing"


KEEPING = says(
    "이 답변을 이름이 든 채로 국민에게 보입니다. 사유는 기록에 남습니다. 답변의 글을 바꾸면 다시 확인해야 합니다."
)


@admin.register(Answer)
class AnswerAdmin(EvidenceAdmin):
    """Answers in which a name was found wait here: an officer reads them and decides, on record."""

    shows, stage_path = Thing.TEAM_BEHIND_ANSWER, "prompt__stage"
    list_display = ["prompt", "team", "sample", "found", "verb_links"]
    list_filter = ["prompt__stage", NamesFound]
    list_select_related = ["prompt__stage", "team"]
    ordering = ["prompt__stage", "prompt__key", "team__position", "sample"]
    search_fields = ["prompt__key"]
    fields = ["prompt", "team", "sample", "text", "found"]
    readonly_fields = ["found"]
    verbs = (
        Verb("keep", "확인하고 쓰기", _keep, means=KEEPING, template="admin/ratings/keep.html", offered=_undecided),
    )

    @admin.display(description="발견된 이름")
    def found(self, answer):
        return ", ".join(dict.fromkeys(hit["name"] for hit in answer.hits)) or "–"
