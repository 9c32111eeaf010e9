"""The office: Django admin with its sections in the order of the procedure."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html_join

from portal.accounts.roles import OFFICE, Role
from portal.http import Refusal

SECTIONS = [
    "programme", "rubrics", "panels", "reviews", "ratings", "benchmarks", "results", "proceedings",
    "accounts", "audit",
]  # fmt: skip


class PortalAdminSite(admin.AdminSite):
    site_title = "평가 운영"
    site_header = "독자 AI 파운데이션 모델 평가 운영"
    index_title = "절차"
    enable_nav_sidebar = True

    def has_permission(self, request) -> bool:
        """Officers and auditors; that they signed in with a second factor is the sign-in's business."""
        user = request.user
        return user.is_active and getattr(user, "role", None) in OFFICE

    def get_app_list(self, request, app_label=None):
        """The sections as the procedure runs, not by the alphabet."""
        sections = super().get_app_list(request, app_label)
        known = {label: place for place, label in enumerate(SECTIONS)}
        return sorted(sections, key=lambda section: known.get(section["app_label"], len(known)))


class ReasonForm(forms.Form):
    reason = forms.CharField(label="사유", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True)
class Verb:
    """An act of the office on one row: a page that asks, then calls the verb of the room.

    `act(row, by, **cleaned form)` returns the sentence that says it is done; a `Refusal` is shown on the page.
    `offered(row)` says whether the list shows the link; the verb itself decides whether it may be done.
    """

    name: str
    title: str
    act: Callable[..., str]
    form: type[forms.Form] = ReasonForm
    about: Callable[[Any], dict[str, Any]] | None = None
    template: str = "admin/verb.html"
    offered: Callable[[Any], bool] = lambda row: True


class OfficeAdmin(admin.ModelAdmin):
    """Rows the office may edit; an auditor only reads them."""

    show_full_result_count = False
    list_per_page = 50
    verbs: tuple[Verb, ...] = ()

    def _address(self, verb: Verb) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{verb.name}"

    def get_urls(self):
        pages = [
            path(
                f"<id:pk>/{verb.name}/",
                self.admin_site.admin_view(partial(self.verb_view, verb=verb)),
                name=self._address(verb),
            )
            for verb in self.verbs
        ]
        return [*pages, *super().get_urls()]

    def get_list_display(self, request):
        """An auditor is not offered what only an officer may do."""
        columns = super().get_list_display(request)
        return [name for name in columns if name != "verb_links" or request.user.role == Role.OFFICER]

    @admin.display(description="할 일")
    def verb_links(self, row):
        """The acts offered for a row, for `list_display`."""
        offered = [
            (reverse(f"admin:{self._address(verb)}", args=[row.pk]), verb.title)
            for verb in self.verbs
            if verb.offered(row)
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', offered) or "–"

    def verb_view(self, request: HttpRequest, pk: str, verb: Verb) -> HttpResponse:
        if request.user.role != Role.OFFICER:
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        form = verb.form(request.POST or None)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    sentence = verb.act(row, request.user, **form.cleaned_data)
                except Refusal as refusal:
                    form.add_error(None, str(refusal))
                    status = refusal.status
                else:
                    messages.success(request, sentence)
                    return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        context = {
            **self.admin_site.each_context(request), "title": verb.title, "opts": self.opts, "row": row, "form": form,
            **(verb.about(row) if verb.about else {}),
        }  # fmt: skip
        return render(request, verb.template, context, status=status)

    def has_module_permission(self, request):
        return request.user.is_active and request.user.role in OFFICE

    def has_view_permission(self, request, obj=None):
        return request.user.role in OFFICE

    def has_add_permission(self, request, *args):
        return request.user.role == Role.OFFICER

    def has_change_permission(self, request, obj=None):
        return request.user.role == Role.OFFICER

    def has_delete_permission(self, request, obj=None):
        return request.user.role == Role.OFFICER


class RuleAdmin(OfficeAdmin):
    """Rules of a stage: editable while the stage is being prepared, read-only from the freeze on.

    `stage_path` is the lookup from the row to its stage. The database refuses late changes anyway;
    this only keeps the form from offering them.
    """

    stage_path = "stage"

    def _preparing(self, obj) -> bool:
        for step in self.stage_path.split("__") if self.stage_path else ():
            obj = getattr(obj, step)
        return obj.phase == "preparing"

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self._preparing(obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or self._preparing(obj))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Only rows of stages that are still being prepared may be chosen."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        path = PATH_TO_PHASE.get(db_field.remote_field.model._meta.label)
        if field is not None and path:
            field.queryset = field.queryset.filter(**{path: "preparing"})
        return field

    def get_actions(self, request):
        """Rows are deleted one by one, each after its own check."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


PATH_TO_PHASE = {
    "programme.Stage": "phase",
    "programme.Team": "stage__phase",
    "programme.Round": "stage__phase",
    "rubrics.Part": "stage__phase",
    "rubrics.Criterion": "part__stage__phase",
    "rubrics.GateSide": "stage__phase",
    "rubrics.GateComponent": "stage__phase",
    "rubrics.GateItem": "side__stage__phase",
    "ratings.Prompt": "stage__phase",
}
"""How to get from a row that a rule refers to, to the phase of its stage."""


class RuleInline(admin.TabularInline):
    """Rows of a rule, edited with the rule they belong to and under the same conditions."""

    extra = 0
    show_change_link = True

    def get_queryset(self, request):
        """With the rows they point to, which are shown by name."""
        return super().get_queryset(request).select_related(*[f.name for f in self.opts.fields if f.is_relation])

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Only rows of the same stage may be chosen; they are read once, not once for every row of the form."""
        kwargs.setdefault("queryset", self._may_be_chosen(db_field.remote_field.model, request))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.choices = list(iter(field.choices))  # without `iter`, `list` asks for their number first
        return field

    def _may_be_chosen(self, model, request):
        phase = PATH_TO_PHASE[model._meta.label]
        parent = request.resolver_match.kwargs.get("object_id")
        if parent is None:
            return model.objects.filter(**{phase: "preparing"})
        stage = self.parent_model.objects.filter(pk=parent).values(self._parent_admin().stage_path or "id")
        return model.objects.filter(**{f"{phase.removesuffix('__phase')}__in": stage})

    def _parent_admin(self) -> "RuleAdmin":
        return self.admin_site.get_model_admin(self.parent_model)

    def _may(self, request, obj) -> bool:
        return self._parent_admin().has_change_permission(request, obj)

    def has_view_permission(self, request, obj=None):
        return request.user.role in OFFICE

    def has_add_permission(self, request, obj=None):
        return self._may(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._may(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self._may(request, obj)


class EvidenceAdmin(OfficeAdmin):
    """Evidence: everybody in the office reads, nobody writes."""

    actions = None

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
