"""The rubric: parts with their items and criteria, level descriptors, and the gate."""

from django.contrib import admin

from evaluations.rubrics import actions
from evaluations.rubrics.forms import CriterionForm, CriterionFormSet, ItemForm, PartForm
from evaluations.rubrics.models import Anchor, Criterion, GateComponent, GateItem, GateScope, GateSide, Item, Part
from portal.admin import RuleAdmin, RuleInline


class Keyed:
    """A criterion's key is not a column; whoever may only read sees it all the same."""

    @admin.display(description="키")
    def key(self, criterion):
        return criterion.key


class ItemInline(RuleInline):
    model = Item
    form = ItemForm
    fields = ["position", "key", "name_ko", "points", "rule"]


class CriterionInline(Keyed, RuleInline):
    model = Criterion
    form = CriterionForm
    formset = CriterionFormSet
    fields = ["position", "key", "parent", "name_ko", "points", "levels", "comment"]

    def limited(self, name, parent):
        return Criterion.objects.filter(part=parent, parent=None) if name == "parent" else None


class AnchorInline(RuleInline):
    model = Anchor
    fields = ["mark", "text_ko", "text_en"]
    show_change_link = False


class GateItemInline(RuleInline):
    model = GateItem
    fields = ["position", "key", "text_ko", "text_en"]


class ScopeInline(RuleInline):
    model = GateScope
    fields = ["component"]
    show_change_link = False

    def limited(self, name, parent):
        return GateComponent.objects.filter(stage=parent.side.stage_id) if name == "component" else None


class AddedOnItsPage(RuleAdmin):
    """Rows that are made on the page of what they belong to, where their stage is known; here the rest of each is filled in."""

    def has_add_permission(self, request, *args):
        return False


@admin.register(Part)
class PartAdmin(RuleAdmin):
    form = PartForm
    list_display = ["name_ko", "stage", "key", "kind", "points", "position"]
    list_filter = ["stage", "kind"]
    list_select_related = ["stage"]
    inlines = [ItemInline, CriterionInline]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        actions.settle(part=form.instance)


@admin.register(Item)
class ItemAdmin(AddedOnItsPage):
    form = ItemForm
    stage_path = "part__stage"
    belongs_to = "part"
    list_display = ["name_ko", "part", "key", "points", "rule"]
    list_filter = ["part__stage"]
    list_select_related = ["part__stage"]


@admin.register(Criterion)
class CriterionAdmin(Keyed, AddedOnItsPage):
    form = CriterionForm
    stage_path = "part__stage"
    belongs_to = "part"
    list_display = ["name_ko", "part", "path", "points", "levels", "comment"]
    list_filter = ["part__stage"]
    list_select_related = ["part__stage"]
    inlines = [AnchorInline]

    def limited(self, name, obj):
        return Criterion.objects.filter(part=obj.part_id, parent=None).exclude(pk=obj.pk) if name == "parent" else None

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        actions.settle(part=form.instance.part)


@admin.register(GateSide)
class GateSideAdmin(RuleAdmin):
    list_display = ["name_ko", "stage", "key", "position"]
    list_filter = ["stage"]
    list_select_related = ["stage"]
    inlines = [GateItemInline]


@admin.register(GateComponent)
class GateComponentAdmin(RuleAdmin):
    list_display = ["name_ko", "stage", "key", "position"]
    list_filter = ["stage"]
    list_select_related = ["stage"]


@admin.register(GateItem)
class GateItemAdmin(AddedOnItsPage):
    stage_path = "side__stage"
    belongs_to = "side"
    list_display = ["text_ko", "side", "key", "position"]
    list_filter = ["side__stage"]
    list_select_related = ["side__stage"]
    inlines = [ScopeInline]
