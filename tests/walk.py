"""Every address of the site, with arguments that lead somewhere on `tests.factories.site`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from evaluations.hearings.models import Hearing, Objection
from evaluations.panels.models import Assignment, Panelist
from evaluations.proceedings.models import Procedure
from evaluations.ratings.models import Answer
from evaluations.results.models import CountJob, GateTeam, LineTeam, ScoreRun
from evaluations.reviews.models import Sheet
from portal.accounts.models import User
from portal.admin import OfficeAdmin, RuleAdmin
from tests.factories.accounts import sign_in
from tests.factories.site import TOKEN, Site

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
"""Statements that open and close transactions; budgets are about questions and answers."""


@dataclass(frozen=True)
class Address:
    """One pattern of `portal.urls` with everything before it."""

    name: str
    route: str
    pattern: URLPattern

    @property
    def view(self):
        return self.pattern.callback

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(self.pattern.pattern.regex.groupindex)

    @property
    def reader(self) -> str:
        """Somebody who may open it."""
        return next((role.value for role in getattr(self.view, "roles", ())), "officer" if self.is_admin else "nobody")

    @property
    def is_admin(self) -> bool:
        return self.route.startswith("admin/")

    @property
    def is_ours(self) -> bool:
        """Not one of those that allauth and the admin bring."""
        return not self.route.startswith(("accounts/", "admin/"))


def addresses() -> list[Address]:
    return list(_below(get_resolver(), "", ""))


def _below(resolver: URLResolver, namespace: str, route: str) -> Iterator[Address]:
    for one in resolver.url_patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _below(one, f"{namespace}{one.namespace}:" if one.namespace else namespace, here)
        else:
            yield Address(f"{namespace}{one.name}", here, one)


def path_of(address: Address, site: Site) -> str:
    """The address with arguments of this site; a new kind of argument is added in `value_of`."""
    return reverse(address.name, kwargs={name: value_of(address.name, name, site) for name in address.arguments})


def value_of(name: str, argument: str, site: Site) -> object:
    if argument == "slug":
        return site.published.slug if name.startswith("results:") else site.open.slug
    if name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        return 1
    if argument == "pk" and name.startswith("admin:") and not name.startswith("admin:proceedings_"):
        return row_of(_model_of(name), site).pk
    values = {
        "token": TOKEN, "panelist_id": site.seat.pk, "assignment_id": site.drafted.pk, "position": 1, "version": 1,
        "sheet_id": site.submitted.pk if name == "reviews:confirm" else site.confirmed.pk, "verb": "lock",
        "stage_pk": site.open.pk, "round_pk": site.open.rounds.get(counts=True).pk, "job_pk": site.job.pk,
        "hearing_id": site.hearing.pk, "pk": site.job.stage_id if name == "admin:proceedings_job" else site.open.pk,
        "uidb36": "a", "key": "b-c", "name": "answers.csv", "app_label": "programme", "content_type_id": 1, "object_id": site.open.pk, "url": "nowhere",
    }  # fmt: skip
    return values[argument]


def _model_of(name: str) -> type[Model]:
    """The model behind `admin:panels_panelist_invite`."""
    label, model, *_verb = name.removeprefix("admin:").split("_")
    return next(one for one in admin.site._registry if (one._meta.app_label, one._meta.model_name) == (label, model))


def row_of(model: type[Model], site: Site) -> Model:
    """The row of a model that the site names, a rule of the open stage, or any row."""
    named = {
        Answer: Answer.objects.filter(team__stage=site.published).order_by("pk").first(), Procedure: site.open, Panelist: site.invited, Assignment: site.drafted, Sheet: site.counted_sheet,
        ScoreRun: site.run, CountJob: site.job, GateTeam: site.counted.teams.first(), LineTeam: site.level, Hearing: site.hearing, Objection: site.objection, User: site.people["auditor"],
    }  # fmt: skip
    rules = site.rules_of(site.open)
    return named.get(model) or rules.get(label_of(model)) or _any_row(model, site)


def _any_row(model: type[Model], site: Site) -> Model:
    """Of the published stage if it has one: ids are random, and what is open to whom depends on the phase."""
    rows = model._default_manager.order_by("pk")
    of_stage = getattr(rows, "of_stage", None)
    return (of_stage and of_stage(site.published).first()) or rows.first()


def label_of(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def our_admins() -> dict[type[Model], OfficeAdmin]:
    return {model: options for model, options in admin.site._registry.items() if isinstance(options, OfficeAdmin)}


def office_pages(site: Site) -> dict[str, str]:
    """Every page of the office by name: its lists, a row and an empty form of each model, the verbs, a stage in every phase."""
    pages = {"index": reverse("admin:index")}
    for model, options in our_admins().items():
        label, row = label_of(model), row_of(model, site)
        pages[label] = reverse(f"admin:{label}_changelist")
        if model is not Procedure:
            pages[f"{label} row"] = reverse(f"admin:{label}_change", args=[row.pk])
        if isinstance(options, RuleAdmin):
            pages[f"{label} new"] = reverse(f"admin:{label}_add")
        for verb in options.verbs:
            pages[f"{label} {verb.name}"] = reverse(f"admin:{label}_{verb.name}", args=[row.pk])
    for label, row in site.rules_of(site.preparing).items():
        pages[f"{label} preparing"] = reverse(f"admin:{label}_change", args=[row.pk])
    for stage in (site.preparing, site.open, site.counted, site.published, site.level.stage):
        pages[f"page {stage.slug}"] = reverse("admin:proceedings_page", args=[stage.pk])
    pages["job"] = reverse("admin:proceedings_job", args=[site.job.stage_id, site.job.pk])
    pages["load"] = reverse("admin:proceedings_load")
    pages["amend"] = reverse("admin:proceedings_amend", args=[site.open.pk])
    return pages


def questions(captured: CaptureQueriesContext) -> int:
    """How many statements the database was asked, opening and closing of transactions left out."""
    return sum(not query["sql"].startswith(CONTROL) for query in captured)


def cost_of(act: Callable[[], int]) -> tuple[int, int]:
    """The status that an act answers with, and its number of questions."""
    with CaptureQueriesContext(connection) as captured:
        status = act()
    return status, questions(captured)


def cost(client: Client, path: str) -> tuple[int, int]:
    """Status and number of questions of one page."""
    return cost_of(lambda: client.get(path).status_code)


def costs(client: Client, pages: dict[str, str]) -> dict[str, int]:
    """Questions of every one of these pages that opens for this visitor."""
    found = {name: cost(client, path) for name, path in pages.items()}
    return {name: asked for name, (status, asked) in found.items() if status == 200}


def pages_of(who: str, site: Site) -> dict[str, str]:
    """What this person might open: every address that can be read, and for the office its pages."""
    readable = [one for one in addresses() if not one.is_admin and getattr(one.view, "kind", "reads") == "reads"]
    pages = {one.name: path_of(one, site) for one in readable}
    return pages | office_pages(site) if who in ("officer", "auditor") else pages


BAR = 12
"""A page that asks more questions than this is too slow."""


def entered(site: Site, who: str) -> Client:
    """A client of this person. The content types are read before: Django reads them once per process."""
    ContentType.objects.get_for_models(*apps.get_models(), for_concrete_models=False)
    user = site.people[who]
    return sign_in(Client(), user) if user else Client()


def difference(costs: dict[str, int], budget: dict[str, int]) -> list[tuple[str, int]]:
    """Every page whose cost is not the one written down, with both."""
    return sorted(costs.items() ^ budget.items())
