"""The rubric: parts with their items and criteria, level descriptors, and the gate."""

from django.contrib import admin

from evaluations.rubrics.models import Anchor, Criterion, GateComponent, GateItem, GateScope, GateSide, Item, Part
from portal.admin import RuleAdmin, RuleInline


class ItemInline(RuleInline):
    model = Item
    fields = ["position", "key", "name_ko", "points", "rule"]


class CriterionInline(RuleInline):
    model = Criterion
    fields = ["position", "path", "parent", "name_ko", "points", "levels", "comment"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A criterion's parent is a criterion of the same part."""
        if db_field.name == "parent":
            kwargs["queryset"] = Criterion.objects.filter(part=request.resolver_match.kwargs.get("object_id"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AnchorInline(RuleInline):
    model = Anchor
    fields = ["mark", "text_ko", "text_en"]


class ScopeInline(RuleInline):
    model = GateScope
    fields = ["component"]


@admin.register(Part)
class PartAdmin(RuleAdmin):
    list_display = ["name_ko", "stage", "key", "kind", "points", "position"]
    list_filter = ["stage", "kind"]
    list_select_related = ["stage"]
    inlines = [ItemInline, CriterionInline]


@admin.register(Item)
class ItemAdmin(RuleAdmin):
    stage_path = "part__stage"
    list_display = ["name_ko", "part", "key", "points", "rule"]
    list_filter = ["part__stage"]
    list_select_related = ["part__stage"]


@admin.register(Criterion)
class CriterionAdmin(RuleAdmin):
    stage_path = "part__stage"
    list_display = ["name_ko", "part", "path", "points", "levels", "comment"]
    list_filter = ["part__stage"]
    list_select_related = ["part__stage"]
    inlines = [AnchorInline]


@admin.register(GateSide)
class GateSideAdmin(RuleAdmin):
    list_display = ["name_ko", "stage", "key", "position"]
    list_filter = ["stage"]
    list_select_related = ["stage"]


@admin.register(GateComponent)
class GateComponentAdmin(RuleAdmin):
    list_display = ["name_ko", "stage", "key", "position"]
    list_filter = ["stage"]
    list_select_related = ["stage"]


@admin.register(GateItem)
class GateItemAdmin(RuleAdmin):
    stage_path = "side__stage"
    list_display = ["text_ko", "side", "key", "position"]
    list_filter = ["side__stage"]
    list_select_related = ["side__stage"]
    inlines = [ScopeInline]
