"""Rows to records and back: the only bridge between the database and `scoring`.

`evidence_of` asks a fixed number of questions, however many rows there are, and every answer is keyed: the order in which the
database hands rows over is lost here and cannot reach a digit. It reads without a lock; what was half changed meanwhile gives another
input digest, and a run whose input digest is not that of the evidence at publication cannot be published.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from evaluations.benchmarks.models import Measurement as MeasurementRow
from evaluations.panels.models import Conflict
from evaluations.programme.models import Configuration, Stage
from evaluations.ratings.models import Answer, Ballot, Kind, Star
from evaluations.results.models import GateDecision
from evaluations.results.models import LineDecision as LineDecisionRow
from evaluations.reviews.models import Finding, Mark, Recognition, Sheet
from evaluations.scoring import (
    Choices,
    Evidence,
    LineDecision,
    Measurement,
    Result,
    Rules,
    canonical_bytes,
    count,
    digest,
    explain_all,
)
from evaluations.scoring.blinding import Answer as Recognised
from evaluations.scoring.blinding import Blinding
from evaluations.scoring.estimates import ESTIMATES_VERSION, estimate
from evaluations.scoring.people import People, people_from
from evaluations.scoring.style import Style, style_of
from evaluations.scoring.tallies import CHOICES
from evaluations.tallies import actions as tally
from evaluations.tallies import queries as tallies

ROWS_AT_ONCE = 20_000
TEXTS_AT_ONCE = 500

READING, TALLIES, POINTS, EXPLANATION, WRITING, ESTIMATES = STEPS = (
    "근거 자료를 읽습니다",
    "투표를 표로 모읍니다",
    "공식 점수를 계산합니다",
    "풀이를 적습니다",
    "결과를 기록합니다",
    "추정치를 계산합니다",
)
"""What a count does, in this order; the office watches it."""

Say = Callable[..., None]
"""Called with a step, and where there is more to tell with how far it is."""


def _in_silence(step: str, detail: str = "") -> None:
    """Nobody watches."""


class NoRules(Exception):
    """There are no frozen rules to count by, or they are not what was frozen."""


@dataclass(frozen=True)
class Computed:
    """A count as it is stored. `result` is the record behind `body`."""

    result: Result
    body: str
    explanation: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()

    @property
    def key(self) -> str:
        """Names inputs and method: the same count made twice has the same key."""
        return run_key(self.result.config_digest, self.result.input_digest, self.result.method_version)


def run_key(config_digest: str, input_digest: str, method_version: str) -> str:
    return hashlib.sha256(f"{config_digest}|{input_digest}|{method_version}".encode()).hexdigest()


def compute(config: dict[str, Any], evidence: Evidence, say: Say = _in_silence) -> Computed:
    """The count itself. The same configuration and evidence give the same bytes, on every machine and every engine."""
    say(POINTS)
    rules = Rules.from_config(config)
    result = count(rules, evidence)
    say(EXPLANATION)
    told = explain_all(rules, evidence, result)
    return Computed(result, result.to_bytes().decode(), canonical_bytes(told).decode())


@dataclass(frozen=True)
class Estimated:
    """Estimates as they are stored."""

    body: str
    seed: int
    version: str = ESTIMATES_VERSION

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()


def estimated(
    stage: Stage, config: dict[str, Any], evidence: Evidence, result: Result, people: People, blinding: Blinding
) -> Estimated:
    """What stands beside a result. The seed follows from the rules as they were first frozen, before anybody judged: nobody chooses it, and
    printed in public it says nothing of what was counted. An amendment might be worded for its seed."""
    first = Configuration.objects.filter(stage=stage).earliest("version")
    seed = int(hashlib.sha256(first.digest.encode()).hexdigest()[:8], 16)
    told = estimate(Rules.from_config(config), evidence, result, people, blinding, seed=seed)
    return Estimated(canonical_bytes(told).decode(), seed)


def frozen_configuration(stage: Stage) -> Configuration | None:
    """The configuration that holds: the last amendment, or the freeze; None while the stage is being prepared."""
    return Configuration.objects.filter(stage=stage).order_by("-version").first()


def configuration_of(stage: Stage) -> dict[str, Any]:
    """The frozen rules as the count reads them, checked against their digest. Raises `NoRules`."""
    frozen = frozen_configuration(stage)
    if frozen is None:
        raise NoRules(f"{stage.slug}: 확정된 설정이 없습니다.")
    config: dict[str, Any] = json.loads(frozen.body)
    if digest(config) != frozen.digest:
        raise NoRules(f"{stage.slug}: 확정된 설정 {frozen.version}판이 그 지문과 다릅니다.")
    return config


def fold_ballots(stage: Stage, say: Say = _in_silence, wait: Callable[[float], None] = time.sleep) -> None:
    """Fold every hour of voting nobody has folded yet, beside whoever else is at it, and wait until none is left."""
    total = tallies.pending_hours(stage)
    if total:
        tallies.refresh_statistics()
    while left := tallies.pending_hours(stage):
        say(TALLIES, f"{total - left:,}/{total:,}시간")
        if not tally.fold_next(stage=stage):
            wait(0.2)  # the hours that are left are in other hands


def evidence_of(stage: Stage, say: Say = _in_silence) -> Evidence:
    """All that counts in this stage, in a fixed number of questions. What is folded makes it quick and changes nothing."""
    say(READING)
    sheets = _sheets(stage)
    measurements, marks = _measurements(stage), _marks(sheets)
    findings, recognitions = _findings(sheets), _recognitions(sheets)
    decisions, line_decisions = _decisions(stage), _line_decisions(stage)
    say(TALLIES)
    votes = tallies.tallied(stage)
    return Evidence(
        measurements=measurements,
        sheets=marks,
        voids=_voids(sheets),
        findings=findings,
        recognitions=recognitions,
        ratings=_ratings(votes.ratings),
        comparisons=_comparisons(votes.comparisons),
        decisions=decisions,
        line_decisions=line_decisions,
    )


def people_of(stage: Stage, rules: Rules) -> People:
    """What citizens said person by person, for the estimates. Reads every ballot, so it comes after the official count.

    People are known by their voter tags alone, keyed hashes that the roll does not have. Of one person everything has one stratum; ValueError
    where it has two. A ballot without any, as files could once say beside others that had one, takes that of the others.
    """
    teams = {key: rules.slugs.index(slug) for key, slug in stage.teams.values_list("id", "slug")}
    questions = {key: rules.questions.index(name) for key, name in stage.questions.values_list("id", "key")}
    choices = {choice: code for code, choice in enumerate(CHOICES)}
    strata: dict[str, str] = {}
    ballots = Ballot.objects.of_stage(stage).effective().order_by()
    compared = []
    rows = ballots.filter(kind=Kind.COMPARE).values_list(
        "voter_tag", "stratum", "prompt__key", "left_team_id", "right_team_id", "choice"
    )
    for tag, stratum, prompt, left, right, choice in rows.iterator(chunk_size=ROWS_AT_ONCE):
        _place(strata, tag, stratum)
        compared.append((tag, prompt or "", teams[left], teams[right], choices[choice]))
    rated = []
    stars = Star.objects.filter(ballot__in=ballots.filter(kind=Kind.RATE)).order_by()
    lines = stars.values_list("ballot__voter_tag", "ballot__stratum", "ballot__left_team_id", "question_id", "rating")
    for tag, stratum, team, question, rating in lines.iterator(chunk_size=ROWS_AT_ONCE):
        _place(strata, tag, stratum)
        rated.append((tag, teams[team], questions[question], rating))
    styles = _styles(stage) if compared else {}
    return people_from(rules.slugs, rules.questions, compared, rated, strata, styles)


def _place(strata: dict[str, str], tag: str, stratum: str) -> None:
    """One more ballot says to which stratum somebody belongs, or nothing: in whatever order they come, the same is known at the end."""
    known = strata.setdefault(tag, stratum)
    if known == "":
        strata[tag] = stratum
    elif stratum not in ("", known):
        raise ValueError("a voter belongs to two strata")


def _styles(stage: Stage) -> dict[tuple[str, str], list[Style]]:
    """The styles of the answers of each team to each prompt, whether or not they are shown: what the stage's answers file holds."""
    found: dict[tuple[str, str], list[Style]] = {}
    rows = Answer.objects.filter(prompt__stage=stage).order_by().values_list("prompt__key", "team__slug", "text")
    for prompt, team, text in rows.iterator(chunk_size=TEXTS_AT_ONCE):
        found.setdefault((prompt, team), []).append(style_of(text))
    return found


def blinding_of(stage: Stage) -> Blinding:
    """What those who judged said of whom they recognised, in three questions: of counting sheets and effective ballots, those that asked.

    Citizens come as numbers, summed by the database. It is no evidence and enters no digest of it.
    """
    sheets = counting_sheets(stage).exclude(recognised="").order_by()
    rows = sheets.values_list("assignment__panelist__label", "assignment__team__slug", "recognised", "guess")
    barred: dict[str, set[str]] = {}
    conflicts = Conflict.objects.standing().filter(panelist__stage=stage).order_by()
    for panelist, team in conflicts.values_list("panelist__label", "team__slug"):
        barred.setdefault(panelist, set()).add(team)
    return Blinding(
        answers=[Recognised(*row) for row in rows],
        barred={panelist: frozenset(teams) for panelist, teams in barred.items()},
        readers=Ballot.objects.of_stage(stage).effective().how_many_recognised(),
    )


def _sheets(stage: Stage) -> QuerySet[Sheet]:
    """The last sheets of the one round that counts. Also those set aside, so that it can be told what they would change."""
    return Sheet.objects.of_stage(stage).filter(assignment__round__counts=True).last_confirmed()


def _voids(sheets: QuerySet[Sheet]) -> frozenset[tuple[str, str | None]]:
    return frozenset(sheets.set_aside().values_list("assignment__panelist__label", "assignment__team__slug").order_by())


def counting_sheets(stage: Stage) -> QuerySet[Sheet]:
    """The effective sheets of the one round that counts."""
    return Sheet.objects.of_stage(stage).filter(assignment__round__counts=True).effective()


def _measurements(stage: Stage) -> dict[tuple[str, str], Measurement]:
    rows = MeasurementRow.objects.of_stage(stage).effective().order_by()
    return {
        (team, item): Measurement.of(score, source)
        for team, item, score, source in rows.values_list("team__slug", "item", "score", "source")
    }


SHEET = ("sheet__assignment__panelist__label", "sheet__assignment__team__slug")


def _marks(sheets: QuerySet[Sheet]) -> dict[tuple[str, str], dict[str, int | None]]:
    found: dict[tuple[str, str], dict[str, int | None]] = {}
    rows = Mark.objects.filter(sheet__in=sheets).order_by()
    for panelist, team, criterion, value in rows.values_list(*SHEET, "criterion__path", "value"):
        found.setdefault((panelist, team), {})[criterion] = value
    return found


def _findings(sheets: QuerySet[Sheet]) -> dict[tuple[str, str, str, str], str]:
    rows = Finding.objects.filter(sheet__in=sheets).order_by()
    return {
        (panelist, team, component, item): finding
        for panelist, team, component, item, finding in rows.values_list(
            *SHEET, "scope__component__key", "scope__item__key", "finding"
        )
    }


def _recognitions(sheets: QuerySet[Sheet]) -> dict[tuple[str, str], str]:
    rows = Recognition.objects.filter(sheet__in=sheets).order_by()
    return {(panelist, team): answer for panelist, team, answer in rows.values_list(*SHEET, "answer")}


def _decisions(stage: Stage) -> dict[str, str]:
    rows = GateDecision.objects.effective().filter(team__stage=stage).order_by()
    return dict(rows.values_list("team__slug", "decision"))


def _line_decisions(stage: Stage) -> dict[str, LineDecision]:
    rows = LineDecisionRow.objects.effective().filter(team__stage=stage).order_by()
    return {
        team: LineDecision(decision, frozenset(among.split()), reason)
        for team, decision, among, reason in rows.values_list("team__slug", "decision", "among", "reason")
    }


def _ratings(by_stratum: Mapping[tuple[str, str, str], tuple[int, ...]]) -> dict[tuple[str, str], tuple[int, ...]]:
    """Stars of all strata together: one row per team and question."""
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for (_stratum, team, question), counts in by_stratum.items():
        before = found.get((team, question), (0, 0, 0, 0, 0))
        found[team, question] = tuple(old + new for old, new in zip(before, counts, strict=True))
    return {key: counts for key, counts in found.items() if any(counts)}


def _comparisons(by_stratum: Mapping[tuple[str, str, str], Mapping[str, int]]) -> dict[tuple[str, str], Choices]:
    """Choices of all strata together: one row per team on the left and team on the right."""
    found: dict[tuple[str, str], Choices] = {}
    for (_stratum, left, right), counts in by_stratum.items():
        found[left, right] = found.get((left, right), Choices()) + Choices(**counts)
    return {pair: choices for pair, choices in found.items() if choices != Choices()}
