"""The public result of a stage, and a team's own."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from evaluations.programme.models import Stage, Team
from evaluations.programme.visibility import Thing, Viewer, Who, may_see, who_is
from evaluations.results import release
from evaluations.results.headline import headline, last_before_the_line
from evaluations.results.history import history_of
from evaluations.results.models import Publication, ScoreRun
from evaluations.results.pictures import Block, blocks
from evaluations.results.queries import deadline_after
from evaluations.results.wording import advance_word, gate_word, line_sentence, never_published, verdict_word
from portal.accounts.guards import public, teams_only
from portal.charts import StackedBars, stacked_bars
from portal.http import reads
from portal.templatetags.words import said


@dataclass(frozen=True)
class Shown:
    """A published run, its rules, and what of it this reader is told. Are all teams that advance among those told of? Is it open of some
    team, told of or not, whether it does?"""

    run: ScoreRun
    config: dict[str, Any]
    levels: frozenset[str]
    told: dict[str, Any]
    publications: list[Publication]
    all_that_advance: bool
    undecided: bool


def _published(request: HttpRequest, slug: str, thing: Thing) -> tuple[Stage, list[Publication]]:
    stage = get_object_or_404(Stage.objects.visible_to(who_is(request.user), thing), slug=slug)
    publications = _publications(stage)
    if not publications:
        raise Http404
    return stage, publications


def _publications(stage: Stage) -> list[Publication]:
    return list(Publication.objects.of_stage(stage).newest_first().select_related("run__seal"))


def _shown(stage: Stage, publications: list[Publication], policy: str, teams) -> Shown:
    run = publications[0].run
    # Frozen anew without a change, two versions are the same text.
    config = json.loads(stage.configurations.filter(digest=run.config_digest).last().body)
    result = json.loads(run.body)
    levels = release.levels_of(config["release"].get(policy, []), config, release.smallest_panel(result))
    rows = config["release"]["teams"] if teams is None else teams
    told = release.told(result, config, levels, rows)
    all_that_advance = "advances" in levels and rows in ("all", "advancing")
    return Shown(run, config, levels, told, publications, all_that_advance, release.undecided(result))


@reads()
@public
def stage(request: HttpRequest, slug: str) -> HttpResponse:
    """The result; of a stage that everybody knows and whose result is not public, when it is due and what became of it."""
    found = get_object_or_404(Stage.objects.visible_to(Who.PUBLIC, Thing.METHOD), slug=slug)
    known = may_see(Viewer(Who.PUBLIC), Thing.PUBLICATION, found.current_phase)
    publications = _publications(found) if known else []
    if publications and found.result_is_public:
        return render(request, "results/stage.html", page_of(found, _shown(found, publications, "public", None)))
    history = history_of(found, publications)
    return render(
        request, "results/not_public.html", {"stage": found, "history": history, "last": history and history[0]}
    )


@reads()
@public
def download(request: HttpRequest, slug: str) -> HttpResponse:
    """What the page shows, for machines: never more than the release policy allows."""
    found, publications = _published(request, slug, Thing.RESULT)
    shown = _shown(found, publications, "public", None)
    headers = {"Content-Disposition": f'attachment; filename="{found.slug}-result.json"'}
    seals = {"input_seal": shown.run.seal.inputs, "result_seal": shown.run.seal.result}
    return JsonResponse(
        shown.told | seals, headers=headers, json_dumps_params={"ensure_ascii": False, "sort_keys": True}
    )


@reads()
@teams_only
def own_list(request: HttpRequest) -> HttpResponse:
    """Where the menu leads: the result, or when it will be there; of a stage the team may know of by then."""
    stage = get_object_or_404(Team.objects.select_related("stage"), pk=request.user.team).stage
    viewer = Viewer(who_is(request.user), owns=True)
    if may_see(viewer, Thing.OWN_RESULT, stage.current_phase):
        return redirect("results:own_stage", stage.slug)
    known = may_see(viewer, Thing.METHOD, stage.current_phase)
    return render(request, "results/own_later.html", {"stage": stage if known else None})


@reads()
@teams_only
def own_stage(request: HttpRequest, slug: str) -> HttpResponse:
    found, publications = _published(request, slug, Thing.OWN_RESULT)
    team = get_object_or_404(Team, pk=request.user.team, stage=found)
    shown = _shown(found, publications, "own", [team.slug])
    steps = release.told_steps(json.loads(shown.run.explanation)[team.slug], shown.levels)
    context = {**page_of(found, shown), "team": team, "steps": steps, "own": True}
    return render(request, "results/own.html", context)


def page_of(stage: Stage, shown: Shown, *, office: bool = False) -> dict[str, Any]:
    """What the templates of a result print; a run that was not published has no publications and no clock."""
    names = {team["slug"]: said(team["name"]) for team in shown.config["teams"]}
    parts, items = release.columns_of(shown.config, shown.levels)
    told = _by_rank(shown.told["teams"])
    rows = [_row(names, parts, items, shown, team) for team in told]
    means = _means(parts, shown)
    estimated = _blocks(shown, office=office)
    first = shown.publications[0] if shown.publications else None
    return {
        "stage": stage,
        "run": shown.run,
        "levels": shown.levels,
        "parts": parts,
        "items": items,
        "rows": rows,
        "line_notes": _line_notes(names, shown.config, told),
        "means": means,
        "all_that_advance": shown.all_that_advance,
        "undecided": shown.undecided,
        "chart": _chart(names, shown),
        "blocks": estimated,
        "headline": headline(told, names, estimated, shown.config["advance"]["quota"], undecided=shown.undecided)
        if shown.all_that_advance
        else None,
        "facts": [_fact(names, shown.config, fact) for fact in shown.told["published"] if fact["verdict"]],
        "history": history_of(stage, shown.publications),
        "objections_until": first and deadline_after(first.published_at, shown.config["objection"]["days"]),
        "never": never_published(),
        "has_published": any(row["rank_published"] or row["advances_published"] for row in rows)
        or bool(means and means["published"]),
        "has_gaps": _has_gaps(rows, means, shown.levels),
    }


def _has_gaps(rows: list[dict[str, Any]], means: dict[str, Any] | None, levels: frozenset[str]) -> bool:
    """Is there a cell of the tables that says “never published”?"""
    whole = [level for level in ("rank", "total") if level in levels]
    cells = [row[level] for row in rows for level in whole]
    cells += [points for row in rows for points in (*row["parts"], *row["items"])]
    cells += [*means["parts"], *([means["total"]] if "total" in levels else [])] if means else []
    return None in cells


def _blocks(shown: Shown, *, office: bool) -> list[Block]:
    """The estimates beside the run, where they may be told and there are any."""
    if "estimates" not in shown.levels:
        return []
    made = shown.run.estimates.order_by("-made_at").first()
    return blocks(json.loads(made.body), shown.config, office=office) if made else []


def _by_rank(teams: list[dict]) -> list[dict]:
    """By rank where it is told of all. Where it is told of some only, teams that are out come last: the second line would else read as
    the second place. Teams without a rank keep the order of the configuration."""
    last = len(teams) + 1
    whole = all(team.get("rank") for team in teams)
    return sorted(teams, key=lambda team: (not whole and team.get("advances") is False, team.get("rank") or last))


def _row(names, parts, items, shown: Shown, team: dict) -> dict[str, Any]:
    return {
        "name": names[team["team"]],
        "parts": [team["parts"].get(column.key) for column in parts],
        "items": [team["items"].get(column.key) for column in items],
        "total": team.get("total"),
        "rank": team.get("rank"),
        "rank_published": team.get("rank_basis") == "published",
        "gate": gate_word(team.get("gate")),
        "advances": advance_word(team.get("advances")),
        "tone": {True: "success", False: "gray"}.get(team.get("advances"), "warning"),
        "advances_published": team.get("advances_basis") == "published",
    }


def _line_notes(names: dict[str, str], config: dict[str, Any], told: list[dict]) -> list[tuple[str, str, str]]:
    """(team, sentence, the committee's own reason) of the teams told of that were level on the line; the reason is empty where it may not
    be told. None of them where it may not be told who advances."""
    scored = bool(config.get("parts"))
    sentences = [(team, line_sentence(team.get("advances_because", ""), scored=scored)) for team in told]
    return [(names[team["team"]], said, team.get("line_reason") or "") for team, said in sentences if said]


def _means(parts, shown: Shown) -> dict[str, Any] | None:
    if "means" not in shown.told:
        return None
    means, basis = shown.told["means"], shown.told["means_basis"]
    return {
        "parts": [means.get(column.key) for column in parts],
        "total": means.get("total"),
        "published": any(basis.get(key) == "published" for key in means),
    }


def _chart(names, shown: Shown) -> StackedBars | None:
    """Parts of every team stacked to the full points; None where parts may not be told, or a majority decides and there are none."""
    parts = shown.config.get("parts", [])
    if "parts" not in shown.levels or not parts:
        return None
    teams = _by_rank(shown.told["teams"])
    rows = [
        (
            names[team["team"]],
            [team["parts"].get(part["key"]) for part in parts],
            team.get("total") or never_published(),
        )
        for team in teams
    ]
    total = sum(part["points"] for part in parts)
    line = last_before_the_line(teams)
    return stacked_bars(
        rows,
        [said(part["name"]) for part in parts],
        maximum=total,
        withheld=never_published(),
        head=(_("팀"), _("총점")),
        divide=(line, _("점선: 진출선")) if line else None,
    )


def _fact(names, config, fact: dict) -> dict[str, str]:
    return {
        "what": verdict_word(fact["what"]),
        "about": " · ".join(filter(None, [names.get(fact["team"], ""), _key_name(config, fact["key"])])),
        "value": {"true": _("진출"), "false": _("탈락")}.get(fact["value"], fact["value"]),
        "verdict": verdict_word(fact["verdict"]),
        "source": fact["source"],
    }


def _key_name(config, key: str) -> str:
    if key == "total":
        return _("총점")
    part_key, _dot, item_key = key.partition(".")
    part = next((part for part in config.get("parts", []) if part["key"] == part_key), None)
    if part is None:
        return key
    item = next((item for item in part.get("items", []) if item["key"] == item_key), None)
    return said(item["name"]) if item else said(part["name"])
