"""What citizens are asked. Ballots are not listed: the office sees counts, and results when they are counted."""

from django.contrib import admin

from evaluations.ratings.models import Answer, Prompt, Question, RatingPlan, Stratum
from portal.admin import RuleAdmin, RuleInline


class AnswerInline(RuleInline):
    model = Answer
    fields = ["team", "sample", "text", "hits"]
    readonly_fields = ["hits"]


@admin.register(RatingPlan)
class RatingPlanAdmin(RuleAdmin):
    list_display = ["stage", "comparisons_per_person", "ratings_per_person"]
    list_select_related = ["stage"]


@admin.register(Question)
class QuestionAdmin(RuleAdmin):
    list_display = ["text_ko", "stage", "key", "position"]
    list_filter = ["stage"]
    list_select_related = ["stage"]


@admin.register(Stratum)
class StratumAdmin(RuleAdmin):
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
