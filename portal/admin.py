"""The office: Django admin with its sections in the order of the procedure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, wraps
from hashlib import sha256
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import BaseModelAdmin, get_content_type_for_model
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import PROTECT, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import linebreaksbr
from django.urls import get_script_prefix, path, reverse
from django.utils import translation
from django.utils.html import format_html_join

from evaluations.panels.models import Panelist
from evaluations.programme.visibility import Thing, phases_in_which, who_is
from portal.accounts.roles import OFFICE, Role
from portal.accounts.seconding import SecondNeeded
from portal.forms import LinesField
from portal.http import Refusal, Stale
from portal.unseen import is_blank, turning_fault

SECTIONS = [
    "proceedings", "programme", "rubrics", "panels", "reviews", "ratings", "benchmarks", "results", "hearings", "accounts",
    "audit",
]  # fmt: skip
ELSEWHERE = {"login", "logout", "password_change", "password_change_done"}
"""Addresses with which Django's admin would open a second way in, out and to a new password."""
UNUSED = {"autocomplete", "view_on_site"}
"""Addresses that no page of ours leads to: the first searches the rows of any list through any column that refers to them – names of
panelists without a word in the access records – and the second tells whether a row of any kind exists."""
READING = ("GET", "HEAD", "OPTIONS")


class PortalAdminSite(admin.AdminSite):
    site_title = "평가 운영"
    site_header = "독자 AI 파운데이션 모델 평가 운영"
    index_title = "평가 운영"
    index_template = "admin/office.html"
    enable_nav_sidebar = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._app_lists: dict[tuple, list[dict]] = {}

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only what we made for the office. The packages for sign-in would add forms on which the second factor and the address of
        anybody, an expert as well, can be read and replaced."""
        if admin_class is not None and issubclass(admin_class, OfficeAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self):
        kept = [one for one in super().get_urls() if getattr(one, "name", None) not in ELSEWHERE | UNUSED]
        return [path("login/", self.login, name="login"), *kept]

    @login_not_required
    def login(self, request, extra_context=None):
        """Django sends whoever is not in here; there is one way in for everybody."""
        return redirect_to_login(request.GET.get("next", ""), settings.LOGIN_URL)

    def has_permission(self, request) -> bool:
        """Officers and auditors; that they signed in with a second factor is the sign-in's business."""
        user = request.user
        return user.is_active and getattr(user, "role", None) in OFFICE

    def admin_view(self, view, cacheable=False):
        """For somebody who is in and does not work here the office is not there, and an auditor sends nothing to any page of it. It works
        in Korean, whatever language its reader has chosen for the public pages."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def office(request, *args, **kwargs):
            if not self.has_permission(request):
                raise Http404
            if request.method not in READING and request.user.role != Role.OFFICER:
                raise PermissionDenied
            with translation.override("ko"):
                response = guarded(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response

        return office

    def index(self, request, extra_context=None):
        context = dict(extra_context or {})
        for office in self._registry.values():
            context |= office.index_context(request)
        return super().index(request, context)

    def propose(self, request, needed: SecondNeeded) -> str:
        """Keep what one officer may not do alone for another; the sentence that says so. The section that keeps it lies above this file."""
        return next(said for office in self._registry.values() if (said := office.propose(request, needed)))

    def get_app_list(self, request, app_label=None):
        """Sections and what is in them as the procedure runs, not by the alphabet.

        What of them may be opened depends on the role alone. Every page shows the list, so it is put together once for each role.
        """
        key = (request.user.role, app_label, get_script_prefix())
        if key not in self._app_lists:
            self._app_lists[key] = self._in_order(super().get_app_list(request, app_label))
        return [{**section, "models": [dict(row) for row in section["models"]]} for section in self._app_lists[key]]

    def _in_order(self, sections: list[dict]) -> list[dict]:
        models = list(self._registry)
        for section in sections:
            section["models"].sort(key=lambda row: models.index(row["model"]))
        return sorted(sections, key=lambda section: SECTIONS.index(section["app_label"]))


def client_address(request: HttpRequest) -> str:
    """From where the request came, past the proxies that are ours; the law asks for it in access records."""
    return get_adapter().get_client_ip(request)


class VerbForm(forms.Form):
    """What a verb asks; `row` is what it is about. Without fields the button is the question."""

    def __init__(self, *args, row=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.row = row

    def clean(self):
        """What is typed goes on record, and some of it in public: it must be there to see, and read as it was written."""
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and value:
                fault = "보이는 글자가 없습니다." if is_blank(value) else turning_fault(value)
                if fault:
                    self.add_error(name, fault)
        return self.cleaned_data


class ReasonForm(VerbForm):
    reason = forms.CharField(label="사유", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


def says(*sentences: str) -> Callable[[Any], list[str]]:
    """What a verb will do, where it does the same to every row."""
    return lambda row: list(sentences)


@dataclass(frozen=True)
class Verb:
    """An act of the office on one row: a page that asks, then calls the verb of the room.

    `act(row, by, **cleaned form)` returns the sentence that says it is done, or several; a `Refusal` is shown on the page.
    `means(row)` says before that what will be done to how many, and what of it cannot be undone. `offered(row)` says whether the list
    shows the link; the verb itself decides whether it may be done. A verb that shows who somebody is is told in `source` from where it
    was asked. `together(row)` says whether the page announces that another officer has to agree.
    """

    name: str
    title: str
    act: Callable[..., str | list[str]]
    form: type[VerbForm] = ReasonForm
    means: Callable[[Any], list[str]] = field(kw_only=True)
    about: Callable[[Any], dict[str, Any]] | None = None
    template: str = "admin/verb.html"
    offered: Callable[[Any], bool] = lambda row: True
    personal: bool = False
    together: Callable[[Any], bool] = lambda row: False


class MomentInput(forms.DateTimeInput):
    """Date and time in one control of the browser's own, to the second, so that saving a page changes no deadline."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs={"step": "1", **(attrs or {})}, format="%Y-%m-%dT%H:%M:%S")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class OfficeAdmin(admin.ModelAdmin):
    """Rows the office may edit; an auditor only reads them.

    `verbs` are asked of one row, `stage_verbs` of a stage, for instance to make many rows of it.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    change_form_template = "admin/row.html"
    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": MomentInput},
        models.DateField: {"widget": DayInput},
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 4, "cols": 80})},
    }
    verbs: tuple[Verb, ...] = ()
    stage_verbs: tuple[Verb, ...] = ()
    stage_model: type[models.Model] | None = None

    def index_context(self, request: HttpRequest) -> dict[str, Any]:
        """What this section adds to the first page of the office."""
        return {}

    def propose(self, request: HttpRequest, needed: SecondNeeded) -> str:
        """Empty, but in the section that keeps what waits for a second officer."""
        return ""

    def _name(self, *words: str) -> str:
        return "_".join([self.opts.app_label, self.opts.model_name, *words])

    def get_urls(self):
        wrap = self.admin_site.admin_view
        pages = [
            path(f"<id:pk>/{verb.name}/", wrap(partial(self.verb_view, verb=verb)), name=self._name(verb.name))
            for verb in self.verbs
        ]
        pages += [
            path(
                f"stages/<id:pk>/{verb.name}/",
                wrap(partial(self.stage_verb_view, verb=verb)),
                name=self._name("stage", verb.name),
            )
            for verb in self.stage_verbs
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
            (reverse(f"admin:{self._name(verb.name)}", args=[row.pk]), verb.title)
            for verb in self.verbs
            if verb.offered(row)
        ]
        return format_html_join(" ", '<a class="office-act" href="{}">{}</a>', offered) or "–"

    def back_to(self, row) -> str:
        """Where the office goes on after a verb on this row."""
        return reverse(f"admin:{self._name('changelist')}")

    def back_to_stage(self, stage) -> str:
        return self.back_to(None)

    def verb_view(self, request: HttpRequest, pk: str, verb: Verb) -> HttpResponse:
        self._officers_only(request)
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        return self._ask(request, verb, row, self.back_to(row))

    def stage_verb_view(self, request: HttpRequest, pk: str, verb: Verb) -> HttpResponse:
        self._officers_only(request)
        stage = get_object_or_404(self.stage_model, pk=pk)
        return self._ask(request, verb, stage, self.back_to_stage(stage))

    def _officers_only(self, request: HttpRequest) -> None:
        if request.user.role != Role.OFFICER:
            raise PermissionDenied

    def _ask(self, request: HttpRequest, verb: Verb, row, back: str) -> HttpResponse:
        form = verb.form(request.POST if request.method == "POST" else None, request.FILES or None, row=row)
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                source = {"source": client_address(request)} if verb.personal else {}
                try:
                    done = verb.act(row, request.user, **source, **form.cleaned_data)
                except SecondNeeded as needed:
                    messages.success(request, self.admin_site.propose(request, needed))
                    return redirect(back)
                except Refusal as refusal:
                    for line in refusal.lines:
                        form.add_error(None, line)
                    status = refusal.status
                else:
                    for sentence in [done] if isinstance(done, str) else done:
                        messages.success(request, sentence)
                    return redirect(back)
        context = {
            **self.admin_site.each_context(request), "title": verb.title, "opts": self.opts, "row": row, "form": form,
            "back": back, "means": verb.means(row), "together": verb.together(row),
            **(verb.about(row) if verb.about else {}),
        }  # fmt: skip
        return render(request, verb.template, context, status=status)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {"title": self.opts.verbose_name, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def lookup_allowed(self, lookup, value, request=None):
        """Only what the list offers as a filter; anything else is answered with 400. Django would let every column of the row be asked, also
        those that are not shown: `?body__contains=…` reads an event letter by letter."""
        return any(lookup in _parameters(offered) for offered in self.get_list_filter(request))

    def get_deleted_objects(self, objs, request):
        """That something stands in the way is told, not what: a list of it would name papers, sheets and votes."""
        in_the_way = [
            found.related_model._base_manager.filter(**{f"{found.field.name}__in": objs}).exists()
            for found in self.opts.related_objects
            if found.on_delete is PROTECT
        ]
        if any(in_the_way):
            return [], {}, set(), ["이것에 딸린 자료가 있어 지울 수 없습니다."]
        return super().get_deleted_objects(objs, request)

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


class RulePage(BaseModelAdmin):
    """What pages of rules and lines on them have in common: plain choices, and for whoever may only read, lists kept as JSON are told as
    the form would show them."""

    def __init__(self, *args):
        super().__init__(*args)
        self._lists = [name for name, field in self.form.base_fields.items() if isinstance(field, LinesField)]
        for name in self._lists:
            setattr(self, f"{name}_told", _told(name, self.form.base_fields[name]))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without the small windows in which Django would let other rows be made and changed on the side."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def _only_told(self, request, obj) -> bool:
        return obj is not None and not self.has_change_permission(request, obj)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not self._only_told(request, obj):
            return fieldsets
        return [
            (
                title,
                {**options, "fields": [f"{name}_told" if name in self._lists else name for name in options["fields"]]},
            )
            for title, options in fieldsets
        ]

    def get_fields(self, request, obj=None):
        return [name for name in super().get_fields(request, obj) if name not in {f"{one}_told" for one in self._lists}]

    def get_readonly_fields(self, request, obj=None):
        told = [f"{name}_told" for name in self._lists] if self._only_told(request, obj) else []
        return [*super().get_readonly_fields(request, obj), *told]


def _told(name: str, field: forms.Field):
    @admin.display(description=field.label)
    def told(row):
        return linebreaksbr(field.prepare_value(getattr(row, name)) or "–", autoescape=True)

    return told


def _parameters(offered) -> set[str]:
    """The query parameters of one entry of `list_filter`."""
    if isinstance(offered, type):
        return {offered.parameter_name}
    name = offered[0] if isinstance(offered, tuple) else offered
    return {name, f"{name}__exact", f"{name}__id__exact", f"{name}__isnull"}


class _Careful:
    """Before a form of the rules: it is held against what was saved since its page was made."""

    page: "RuleAdmin"
    request: HttpRequest

    def clean(self):
        cleaned = super().clean()
        self.page.refuse_unseen(self.request, self.instance)
        return cleaned


class RuleAdmin(RulePage, OfficeAdmin):
    """Rules of a stage: editable while the stage is being prepared, read-only from the freeze on.

    `stage_path` is the lookup from the row to its stage. The database refuses late changes anyway;
    this only keeps the form from offering them. `belongs_to` is what a row hangs on: chosen once, never changed.
    """

    stage_path = "stage"
    belongs_to = "stage"

    def stage_of(self, obj):
        for step in self.stage_path.split("__") if self.stage_path else ():
            obj = getattr(obj, step)
        return obj

    def _preparing(self, obj) -> bool:
        return self.stage_of(obj).phase == "preparing"

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self._preparing(obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or self._preparing(obj))

    def get_readonly_fields(self, request, obj=None):
        fixed = [self.belongs_to] if obj and self.belongs_to else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_fields(self, request, obj=None):
        fields = list(super().get_fields(request, obj))
        first = [self.belongs_to] if self.belongs_to in fields else []
        return first + [name for name in fields if name != self.belongs_to]

    def get_inlines(self, request, obj):
        """What belongs to a row is chosen among the things of its stage, so the row comes first."""
        return super().get_inlines(request, obj) if obj or not self.belongs_to else []

    def limited(self, name: str, obj) -> models.QuerySet | None:
        """The rows that `obj` may refer to in the field `name`, where that is fewer than all rows of stages in preparation."""
        return None

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Only rows of stages that are still being prepared may be chosen."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        path = PATH_TO_PHASE.get(db_field.remote_field.model._meta.label)
        obj = self.shown(request)
        limited = self.limited(db_field.name, obj) if obj else None
        if field is not None and limited is not None:
            field.queryset = limited
        elif field is not None and path:
            field.queryset = field.queryset.filter(**{path: "preparing"})
        return field

    def shown(self, request):
        """The row whose page this is; none while it is being added."""
        pk = request.resolver_match.kwargs.get("object_id")
        return self.model.objects.filter(pk=pk).first() if pk else None

    def response_add(self, request, obj, post_url_continue=None):
        """A new row with more to fill in opens again."""
        if not (self.inlines and self.belongs_to) or "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, f"‘{obj}’을(를) 만들었습니다. 이어서 딸린 것을 적어 주세요.")
        return redirect(f"admin:{self._name('change')}", obj.pk)

    def save_model(self, request, obj, form, change):
        self._hold(obj)
        super().save_model(request, obj, form, change)

    def delete_model(self, request, obj):
        self._hold(obj)
        super().delete_model(request, obj)

    def _hold(self, obj) -> None:
        """Keeps the stage from being frozen while a page of rules is saved: what is frozen would else not be what is in the rows."""
        stage = self.stage_of(obj)
        if stage._state.adding:
            return
        held = type(stage).objects.select_for_update().get(pk=stage.pk)
        if held.phase != "preparing":
            raise Stale("그 사이 평가 기준이 확정되어 고칠 수 없습니다. 저장한 것은 없습니다.")

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Of a row that is there, a form that refuses to write over what somebody else saved while the page was open."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form)(form.__name__, (_Careful, form), {"page": self, "request": request}) if change else form

    def last_change(self, obj) -> LogEntry | None:
        """What the office did last on the page of this row, and on the lines of it."""
        return (
            LogEntry.objects.filter(content_type=get_content_type_for_model(obj), object_id=obj.pk)
            .select_related("user")
            .order_by("-pk")
            .first()
        )

    def refuse_unseen(self, request, obj) -> None:
        """Raises ValidationError where the page was made before somebody else saved it."""
        self._hold(obj)
        last = self.last_change(obj)
        if request.POST.get("seen", "") != _mark_of(last):
            who = f"{last.user} 담당자" if last else "다른 담당자"
            raise forms.ValidationError(
                f"이 화면을 연 뒤에 {who}가 이것을 고쳤습니다. 저장하지 않았습니다. "
                "새 창에서 지금의 내용을 확인해 주세요. 그래도 아래 적은 대로 바꾸려면 다시 저장합니다."
            )

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["its_stage"] = self.stage_of(obj) if obj else None
        context["seen"] = _mark_of(self.last_change(obj)) if obj else ""
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_actions(self, request):
        """Rows are deleted one by one, each after its own check."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


def _mark_of(last: LogEntry | None) -> str:
    """Tells one entry from another, and not how many there are."""
    return sha256(f"{last.object_id} {last.pk}".encode()).hexdigest()[:16] if last else "none"


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


class LinesFormSet(forms.BaseInlineFormSet):
    """Lines of a table: the heading of a column names its controls for the eye only, so each carries its name itself."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name, control in form.fields.items():
            control.widget.attrs.setdefault("aria-label", "삭제" if name == "DELETE" else control.label)


class RuleInline(RulePage, admin.TabularInline):
    """Rows of a rule, edited with the rule they belong to and under the same conditions."""

    extra = 0
    formset = LinesFormSet
    show_change_link = True
    formfield_overrides = {
        models.DateField: {"widget": DayInput},
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 40})},
    }

    @property
    def _page(self):
        return self.admin_site.get_model_admin(self.parent_model)

    def get_queryset(self, request):
        """With the rows they point to, which are shown by name."""
        return super().get_queryset(request).select_related(*[f.name for f in self.opts.fields if f.is_relation])

    def limited(self, name: str, parent) -> models.QuerySet | None:
        """The rows that a line on the page of `parent` may refer to in the field `name`."""
        return None

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """What may be chosen is read once, not once for every row of the form."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        parent = self._page.shown(request)
        limited = self.limited(db_field.name, parent) if parent else None
        if field is not None and limited is not None:
            field.queryset = limited
            field.choices = list(iter(field.choices))  # without `iter`, `list` asks for their number first
        return field

    def _may(self, request, obj) -> bool:
        return self._page.has_change_permission(request, obj)

    def has_view_permission(self, request, obj=None):
        return request.user.role in OFFICE

    def has_add_permission(self, request, obj=None):
        return self._may(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._may(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self._may(request, obj)


class Named:
    """Ids of people who work here are told by name, those of a seat and of the invitation to it by the seat, read with the row. Everybody
    else stays an id: who sits in a seat or gave an answer is nothing the ledger tells."""

    named: tuple[str, ...] = ()

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(**{f"{column}_name": _name_of(column) for column in self.named})


def _name_of(column: str) -> Coalesce:
    """The name behind the id in this column, null where there is none to tell."""
    staff = get_user_model().objects.filter(role__in=OFFICE, pk=OuterRef(column)).values("name")
    seats = Panelist.objects.annotate(told=Concat("stage__name_ko", Value(" "), "label")).values("told")
    of_seat, of_invitation = seats.filter(pk=OuterRef(column)), seats.filter(invitation=OuterRef(column))
    return Coalesce(Subquery(staff), Subquery(of_seat), Subquery(of_invitation))


class EvidenceAdmin(OfficeAdmin):
    """Evidence: whoever in the office may see it reads, nobody writes.

    `shows` is what a row tells; while the stage at `stage_path` is in a phase in which the reader must not know it, the row is not there.
    """

    actions = None
    shows: Thing | None = None
    stage_path = "stage"

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if self.shows is None:
            return rows
        phases = phases_in_which(who_is(request.user), self.shows)
        return rows.filter(**{f"{self.stage_path}__phase__in": phases})

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
