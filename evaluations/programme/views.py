"""The public method page: by what a stage is judged, read from its frozen configuration and nothing else."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from evaluations.programme import wording
from evaluations.programme.differences import Difference, differences
from evaluations.programme.models import Configuration, Stage
from evaluations.programme.visibility import Thing, who_is
from portal.accounts.guards import public
from portal.charts import stacked_bars
from portal.http import reads
from portal.templatetags.words import said


@reads()
@public
def stage_list(request: HttpRequest) -> HttpResponse:
    return redirect("pages:criteria", permanent=False)


def _configurations(request: HttpRequest, slug: str) -> list[Configuration]:
    """The versions of a stage this viewer may see, newest first; 404 for all others alike."""
    stage = get_object_or_404(Stage.objects.visible_to(who_is(request.user), Thing.METHOD), slug=slug)
    versions = list(stage.configurations.order_by("-version").select_related("stage", "event"))
    if not versions:
        raise Http404
    return versions


@dataclass(frozen=True)
class Amendment:
    """An edition after the first, and what it changed in the one before."""

    edition: Configuration
    differences: list[Difference]


def _amendments(versions: list[Configuration]) -> list[Amendment]:
    """Newest first, as the versions are."""
    bodies = [json.loads(version.body) for version in versions]
    changed = [differences(before, after) for after, before in pairwise(bodies)]
    return [Amendment(edition, found) for edition, found in zip(versions, changed, strict=False)]


@reads()
@public
def method(request: HttpRequest, slug: str) -> HttpResponse:
    versions = _configurations(request, slug)
    config = json.loads(versions[0].body)
    asked = config.get("parts", [])  # none where a majority decides
    total = sum(part["points"] for part in asked)
    teams = {team["slug"]: said(team["name"]) for team in config["teams"]}
    parts = [(said(part["name"]), str(part["points"])) for part in asked]
    context = {
        "stage": versions[0].stage,
        "config": config,
        "current": versions[0],
        "versions": versions,
        "amendments": _amendments(versions),
        "late": versions[-1].created_at >= versions[0].stage.opens_at,
        "timetable": [(word, datetime.fromisoformat(config["timetable"][key])) for key, word in wording.timetable()],
        "rules": wording.rules_of(config),
        "gate": wording.gate_view(config["gate"]) if config.get("gate") else None,
        "parts": [wording.part_view(part, teams) for part in asked],
        "chart": stacked_bars(
            [(said(config["name"]), [points for _name, points in parts], str(total))],
            [name for name, _points in parts],
            maximum=total,
            head=(_("단계"), _("합계")),
        )
        if parts
        else None,
    }
    return render(request, "programme/method.html", context)


@reads()
@public
def configuration(request: HttpRequest, slug: str) -> HttpResponse:
    """The exact bytes whose SHA-256 is the configuration digest."""
    return _exact(_configurations(request, slug)[0])


@reads()
@public
def edition(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """The same of the rules as they were before, or as they are: this address never changes what it says."""
    found = next((one for one in _configurations(request, slug) if one.version == version), None)
    if found is None:
        raise Http404
    return _exact(found)


def _exact(frozen: Configuration) -> HttpResponse:
    name = f"{frozen.stage.slug}-configuration-{frozen.version}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(frozen.body.encode(), content_type="application/json", headers=headers)
