"""Count a stage as it stands, or as it would be, without storing anything."""

import json

from django.core.management.base import BaseCommand, CommandError

from evaluations.programme.models import Stage
from evaluations.programme.phases import LABELS
from evaluations.programme.visibility import Thing, commands_may_show
from evaluations.results import compute
from evaluations.scoring import SALT_BYTES, EvidenceError, Rules, RulesError, sealed
from evaluations.scoring.decimals import fraction
from evaluations.scoring.explain import WHOLE
from evaluations.scoring.explain_what_if import what_if_steps
from evaluations.scoring.what_if import (
    Change,
    ChangeError,
    OtherMark,
    OtherPoints,
    OtherValue,
    WithoutSheet,
    what_if,
)
from evaluations.stagefile.export import configuration

WITHHELD = "미공표"
NOTHING_TO_LOOK_AT = "살펴볼 것이 없습니다."

SHOWS = (Thing.COUNT, Thing.OTHER_SHEET)
"""What the command tells. A rehearsal on sample data has nothing to hide."""

WHAT_IF = {
    "without": ("위원 03,lg", "평가표 한 장이 무효라면. 팀을 적지 않으면 그 평가위원의 모든 평가표"),
    "mark": ("위원 03,lg,technology,5", "평점 하나가 달랐다면. 판단 불가는 cannot_judge"),
    "value": ("lg,nia,92.5", "측정값 하나가 달랐다면"),
    "points": ("expert,40", "배점 하나가 달랐다면"),
}
"""Options that ask what would be: an example of each, and what it asks."""


class Command(BaseCommand):
    help = "단계의 점수를 지금의 설정과 자료로 계산해 보입니다. 아무것도 저장하지 않습니다."

    def add_arguments(self, parser):
        parser.add_argument("stage", help="단계 식별자, 예: stage-1")
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--json", action="store_true", help="결과를 JSON으로")
        shape.add_argument("--explain", metavar="TEAM", help="한 팀의 점수가 나온 과정을 말로")
        shape.add_argument("--salt", help="이 임의값으로 봉인한 자료와 결과. 공표된 봉인과 견줍니다")
        shape.add_argument("--advice", action="store_true", help="담당자가 살펴볼 것과, 하나가 없었다면 달라지는 것")
        supposed = parser.add_argument_group("이의 검토: 공식 결과는 그대로 두고, 이렇게 본다면 무엇이 달라지는가")
        for option, (example, about) in WHAT_IF.items():
            supposed.add_argument(f"--{option}", action="append", default=[], metavar=f"'{example}'", help=about)

    def handle(self, *, stage: str, json: bool, explain: str | None, salt: str | None, advice: bool, **options):
        found = Stage.objects.filter(slug=stage).first()
        if found is None:
            raise CommandError(f"‘{stage}’ 단계가 없습니다.")
        if explain and not found.teams.filter(slug=explain).exists():
            raise CommandError(f"‘{stage}’ 단계에 ‘{explain}’ 팀이 없습니다.")
        seen = all(commands_may_show(thing, found.current_phase) for thing in SHOWS)
        if not seen and not found.sample:
            raise CommandError(
                f"‘{stage}’ 단계는 ‘{LABELS[found.current_phase]}’ 국면입니다. 집계하기 전에는 누구에게도 점수를 보이지 않습니다."
            )
        changes = [_change(option, text) for option in WHAT_IF for text in options[option]]
        try:
            if changes:
                self.stdout.write("\n".join(_told(_supposed(found, changes))))
                return
            computed = compute.compute(_rules(found), compute.evidence_of(found))
        except (RulesError, EvidenceError, ChangeError, compute.NoRules) as fault:
            raise CommandError(str(fault)) from None
        if json:
            self.stdout.write(_pretty(computed.body))
        elif salt is not None:
            self.stdout.write("\n".join(_seals(computed, salt)))
        elif explain or advice:
            told = _told(_steps(computed, explain or WHOLE))
            self.stdout.write("\n".join(told or [NOTHING_TO_LOOK_AT]))
        else:
            self.stdout.write("\n".join(_table(computed)))


def _rules(stage: Stage) -> dict:
    """The frozen rules; of a stage that is still being prepared, the rules as they stand."""
    if compute.frozen_configuration(stage) is None:
        return configuration(stage)
    return compute.configuration_of(stage)


def _change(option: str, text: str) -> Change:
    """What an option supposes. Seats may be called by anything but a comma."""
    words = [word.strip() for word in text.split(",")]
    try:
        if option == "without":
            panelist, *team = words
            return WithoutSheet(panelist, *team)
        if option == "mark":
            panelist, team_slug, criterion, mark = words
            return OtherMark(panelist, team_slug, criterion, None if mark == "cannot_judge" else int(mark))
        if option == "value":
            team_slug, address, score = words
            return OtherValue(team_slug, address, fraction(score))
        key, points = words
        return OtherPoints(key, fraction(points))
    except (TypeError, ValueError):
        example = WHAT_IF[option][0]
        raise CommandError(f"--{option}: ‘{text}’을(를) 읽을 수 없습니다. 이렇게 적어 주세요: '{example}'") from None


def _supposed(stage: Stage, changes: list[Change]) -> list[dict]:
    rules = Rules.from_config(_rules(stage))
    return [step.to_json() for step in what_if_steps(rules, what_if(rules, compute.evidence_of(stage), *changes))]


def _seals(computed: compute.Computed, salt: str) -> list[str]:
    try:
        seals = [
            sealed(bytes.fromhex(salt), what, plain)
            for what, plain in (("input", computed.result.input_digest), ("result", computed.digest))
        ]
    except ValueError:
        raise CommandError(f"--salt: ‘{salt}’은(는) 16진수 {2 * SALT_BYTES}자리의 임의값이 아닙니다.") from None
    return [f"자료 봉인 {seals[0]}", f"결과 봉인 {seals[1]}"]


def _pretty(body: str) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)


def _steps(computed: compute.Computed, team: str) -> list[dict]:
    return json.loads(computed.explanation)[team]


def _told(steps: list[dict], depth: int = 0) -> list[str]:
    lines = []
    for step in steps:
        indent = "  " * depth
        value = f": {step['shown']}" if step.get("shown") else ""
        lines.append(f"{indent}{step['title']}{value}")
        lines += [f"{indent}  {step[part]}" for part in ("sentence", "formula") if step.get(part)]
        lines += _told(step.get("steps", []), depth + 1)
    return lines


def _table(computed: compute.Computed) -> list[str]:
    result = json.loads(computed.body)
    keys = [*(key for key in result["means"] if key != "total"), "total"]
    lines = ["\t".join(["팀", *keys, "순위", "관문", "진출"])]
    for team in result["teams"]:
        points = {**team["parts"], "total": team["total"]}
        lines.append(
            "\t".join(
                [
                    team["team"],
                    *(points.get(key) or WITHHELD for key in keys),
                    str(team["rank"] or WITHHELD),
                    team["gate"] or "-",
                    {True: "진출", False: "탈락", None: "미정"}[team["advances"]],
                ]
            )
        )
    lines.append("\t".join(["평균", *(result["means"][key] or WITHHELD for key in keys)]))
    return lines
