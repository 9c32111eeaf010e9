"""What the panel and the citizens of a stage will be able to tell apart, while there is time to ask more of them.

An estimate that advises the office. What it assumes it says: how far one panelist's total strays, taken from the newest count the
office may see or, before any, declared; and how many comparisons end level or repeat one person's taste.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from evaluations.panels.models import Panelist
from evaluations.programme.models import Stage, Team
from evaluations.programme.phases import Phase
from evaluations.programme.visibility import Thing, Who, phases_in_which
from evaluations.ratings.models import RatingPlan, Stratum
from evaluations.results.models import Estimates
from evaluations.rubrics.models import Part
from evaluations.scoring.stability import TIES, VARIANCE_FACTOR, judgments, panel_for, visible_gap, visible_share

POWER = 0.8
NOISE = 0.10
"""One panelist's total about the team's mean, severity taken out, as a share of full points: declared until a stage was counted.

A single score of a conference review strays by 17.5 % of its scale (tests/scoring/reference/two-way-conference-reviews); a total of
several criteria by less."""
SHARE = 0.55
"""The share of wins whose price is told."""


@dataclass(frozen=True)
class PanelPower:
    """`gap` points of `points` are seen by `reviewers` in four of five panels; half of it by `for_half` (None: by no panel)."""

    part: str
    points: int
    reviewers: int
    noise: float
    source: str
    gap: float
    for_half: int | None


@dataclass(frozen=True)
class VotePower:
    """`a_pair` comparisons of each pair tell a `share` (per cent) from one half; `needed` would tell 55 % from it."""

    people: int
    a_pair: int
    share: float
    needed: int
    needed_people: int


def panel_power(part: str, points: int, reviewers: int, noise: float, source: str = "") -> PanelPower:
    gap = visible_gap(reviewers, noise, power=POWER)
    return PanelPower(part, points, reviewers, noise, source, gap, panel_for(gap / 2, noise, power=POWER))


def vote_power(people: int, each: int, teams: int) -> VotePower:
    """Of a plan in which so many people make so many comparisons each, spread evenly over the pairs of teams."""
    pairs = teams * (teams - 1) // 2
    a_pair = people * each // pairs
    factors = {"ties": TIES, "variance_factor": VARIANCE_FACTOR, "power": POWER}
    needed = judgments(SHARE, **factors)
    return VotePower(people, a_pair, 100 * visible_share(a_pair, **factors), needed, -(-needed * pairs // each))


def of_stage(stage: Stage) -> dict[str, object]:
    """Nothing once the rules are frozen: then the plan of comparisons is fixed."""
    if stage.current_phase is not Phase.PREPARING:
        return {}
    teams = Team.objects.filter(stage=stage).count()
    votes = _votes(stage, teams) if teams > 1 else None
    panels = _panels(stage) if teams > 1 else []
    return {"panels": panels, "votes": votes} if panels or votes else {}


def _panels(stage: Stage) -> list[PanelPower]:
    seats = Panelist.objects.of_stage(stage).sitting().count()
    parts = list(Part.objects.filter(stage=stage, kind=Part.Kind.EXPERTS, given=False))
    if not seats or not parts:
        return []
    told = _newest(stage)
    return [panel_power(part.name_ko, part.points, seats, *_noise(part, told)) for part in parts]


def _newest(stage: Stage) -> Estimates | None:
    counted = phases_in_which(Who.OFFICER, Thing.COUNT)
    others = Estimates.objects.exclude(run__stage=stage).filter(run__stage__phase__in=counted)
    return others.select_related("run__stage").order_by("-made_at", "id").first()


def _noise(part: Part, told: Estimates | None) -> tuple[float, str]:
    """In points of the part, and the stage it was seen in; the declared share where none was."""
    sections = json.loads(told.body)["sections"] if told else {}
    sigma = sections.get(f"severity.{part.key}", {}).get("sigma")
    if told is None or sigma is None or float(sigma) == 0:
        return NOISE * part.points, ""
    stage = told.run.stage
    full = Part.objects.filter(stage=stage, key=part.key).values_list("points", flat=True).first()
    return float(sigma) * part.points / (full or part.points), stage.name_ko


def _votes(stage: Stage, teams: int) -> VotePower | None:
    plan = RatingPlan.objects.filter(stage=stage).first()
    people = wanted_people(Stratum.objects.filter(stage=stage).values_list("categories", flat=True))
    if plan is None or not plan.comparisons_per_person or not people:
        return None
    return vote_power(people, plan.comparisons_per_person, teams)


def wanted_people(strata: Iterable[list[dict[str, object]]]) -> int:
    """Every trait divides the same people: the most that any of them asks for; 0 without a quota."""
    return max((sum(int(one.get("quota") or 0) for one in categories) for categories in strata), default=0)
