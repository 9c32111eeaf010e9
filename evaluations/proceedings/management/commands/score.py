"""Count a stage as it stands, without storing anything."""

import json

from django.core.management.base import BaseCommand, CommandError

from evaluations.programme.models import Stage
from evaluations.results import compute
from evaluations.scoring import EvidenceError, RulesError
from evaluations.stagefile.export import configuration

WITHHELD = "미공표"


class Command(BaseCommand):
    help = "단계의 점수를 지금의 설정과 자료로 계산해 보입니다. 아무것도 저장하지 않습니다."

    def add_arguments(self, parser):
        parser.add_argument("stage", help="단계 식별자, 예: stage-1")
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--json", action="store_true", help="결과를 JSON으로")
        shape.add_argument("--explain", metavar="TEAM", help="한 팀의 점수가 나온 과정을 말로")

    def handle(self, *, stage: str, json: bool, explain: str | None, **options):
        found = Stage.objects.filter(slug=stage).first()
        if found is None:
            raise CommandError(f"‘{stage}’ 단계가 없습니다.")
        if explain and not found.teams.filter(slug=explain).exists():
            raise CommandError(f"‘{stage}’ 단계에 ‘{explain}’ 팀이 없습니다.")
        try:
            computed = compute.compute(_rules(found), compute.evidence_of(found))
        except (RulesError, EvidenceError, compute.NoRules) as fault:
            raise CommandError(str(fault)) from None
        if json:
            self.stdout.write(_pretty(computed.body))
        elif explain:
            self.stdout.write("\n".join(_told(_steps(computed, explain))))
        else:
            self.stdout.write("\n".join(_table(computed)))


def _rules(stage: Stage) -> dict:
    """The frozen rules; of a stage that is still being prepared, the rules as they stand."""
    if compute.frozen_configuration(stage) is None:
        return configuration(stage)
    return compute.configuration_of(stage)


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
