"""Sample sheets and findings: panelists who differ in severity, teams that differ a little, and a few who cannot judge or know whom."""

from collections.abc import Iterator

from numpy.random import Generator

from evaluations.scoring.gates import Gate
from evaluations.scoring.parts import Criterion
from evaluations.stagefile.samples.answers import one_of

GOOD = (
    "비교 실험의 설계가 꼼꼼하고 결과를 믿을 만하다.",
    "어려운 문제를 단순한 방법으로 풀었고 과정이 기록되어 있다.",
    "실패한 시도까지 적어 판단하기 쉬웠다.",
    "근거 자료가 서로 맞고 빠진 시점이 없다.",
)
FAIR = (
    "방향은 옳으나 근거가 되는 수치가 더 필요하다.",
    "주요 결정의 이유는 적혀 있지만 대안과의 비교가 부족하다.",
    "성과는 분명하나 다시 해 볼 수 있을 만큼 자세하지 않다.",
    "기록이 대체로 있으나 일부 구간의 저장본이 없다.",
)
POOR = (
    "무엇을 스스로 하였는지 구분하기 어렵다.",
    "결과만 있고 과정의 기록이 거의 없다.",
    "인용한 방법과의 차이를 설명하지 않았다.",
    "수치의 단위와 조건이 적혀 있지 않아 판단하기 어렵다.",
)
EVIDENCE = ("보고서 2장과 부록 가", "보고서 4장", "보고서 5장의 저장본 목록", "보고서 9장의 표", "보고서 3장")
DOUBT = ("기록이 없는 구간이 있어 판단할 수 없다.", "제출한 자료만으로는 확인할 수 없다.")
AGAINST = ("초기화 직후의 저장본이 없어 직접 학습하였다고 보기 어렵다.", "이용 조건을 적지 않은 부분이 있다.")

Row = tuple[str, ...]


def panelists(number: int) -> list[str]:
    return [f"위원 {n:02}" for n in range(1, number + 1)]


def sheets(
    leaves: dict[str, Criterion], comments: dict[str, str], strength: dict[str, float], number: int, rng: Generator
) -> Iterator[Row]:
    for panelist in panelists(number):
        severity = float(rng.normal(0, 0.07))
        for team in strength:
            for path, leaf in leaves.items():
                level = 0.68 + 0.09 * strength[team] + severity + float(rng.normal(0, 0.12))
                share = min(1.0, max(0.0, level))
                mark = round(leaf.lowest + share * (leaf.highest - leaf.lowest))
                unable = comments[path] != "required" and rng.random() < 0.012
                yield (
                    panelist,
                    team,
                    path,
                    "cannot_judge" if unable else str(mark),
                    _comment(comments[path], share, rng),
                )


def _comment(rule: str, share: float, rng: Generator) -> str:
    if rule == "none" or (rule == "optional" and rng.random() > 0.3):
        return ""
    return one_of(rng, GOOD if share > 0.78 else FAIR if share > 0.55 else POOR)


def findings(gate: Gate, teams: list[str], number: int, rng: Generator) -> Iterator[Row]:
    """Mostly met; doubts fall on all teams alike, because a sample must not accuse anybody."""
    for panelist in panelists(number):
        for team in teams:
            for component, item in gate.cells():
                chance = rng.random()
                if chance < 0.86:
                    yield panelist, team, component, item, "met", one_of(rng, EVIDENCE), ""
                elif chance < 0.96:
                    yield panelist, team, component, item, "cannot_judge", "", one_of(rng, DOUBT)
                else:
                    yield panelist, team, component, item, "not_met", one_of(rng, EVIDENCE), one_of(rng, AGAINST)


def blinding(teams: list[str], number: int, rng: Generator) -> Iterator[Row]:
    """Models give themselves away more or less and panelists notice more or less: mostly not, sometimes an idea, and not always the right one."""
    open_by = dict(zip(teams, rng.permutation(len(teams)) / max(1, len(teams) - 1), strict=True))
    for panelist in panelists(number):
        notices = 0.05 + 0.3 * float(rng.random())
        for team in teams:
            idea = notices + 0.3 * float(open_by[team])
            chance = float(rng.random())
            said = "no" if chance >= idea else "maybe" if chance >= 0.25 * idea else "yes"
            right = rng.random() < (0.8 if said == "yes" else 0.35)
            others = [other for other in teams if other != team] or [team]
            yield panelist, team, said, "" if said == "no" else team if right else one_of(rng, others)
