"""The steps about where a team stands: rank, floors, gate, recognition, and whether it advances."""

from evaluations.scoring.advancing import ON_THE_LINE
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.gates import Gate, by_majority, set_aside
from evaluations.scoring.margins import margins
from evaluations.scoring.rules import Rules
from evaluations.scoring.steps import Step
from evaluations.scoring.tables import Recognition, Result, TeamResult
from evaluations.scoring.teams import line_set_aside
from evaluations.scoring.wording import ADVANCES, FINDINGS, GATES, number, reason, signed


def standing_steps(rules: Rules, evidence: Evidence, result: Result, found: TeamResult) -> list[Step]:
    steps = [_rank(rules, result, found)] if rules.parts else []
    if rules.floors():
        steps.append(_floors(rules, found))
    if rules.gate is not None:
        steps.append(_gate(rules.gate, found, evidence.decisions.get(found.team)))
    if found.recognition is not None:
        steps.append(_recognition(rules, found.recognition))
    steps.append(_advance(rules, evidence, result, found))
    return steps


def _rank(rules: Rules, result: Result, found: TeamResult) -> Step:
    missing = "총점이 없는 팀이 있어 순위를 셀 수 없"
    if found.rank is None:
        return Step("rank", "순위", "미공표", f"{missing}고, 발표된 순위도 없습니다.")
    if found.rank_basis == "published":
        return Step("rank", "순위", f"{found.rank}위", f"{missing}으므로 발표된 순위를 옮겼습니다.")
    return Step(
        "rank", "순위", f"{found.rank}위",
        f"{len(result.teams)}팀을 반올림하지 않은 총점으로 견줍니다.{_ties(rules, result, found)}",
    )  # fmt: skip


def _ties(rules: Rules, result: Result, found: TeamResult) -> str:
    """What decided where totals are equal."""
    equals = [team for team in result.teams if team.total.value == found.total.value]
    if len(equals) == 1:
        return ""
    chain = (
        f" 총점이 같은 팀이 있어 {', '.join(map(rules.called, rules.tie_break))} 순으로 견주었습니다."
        if rules.tie_break
        else ""
    )
    shared = sum(team.rank == found.rank for team in equals)
    return f"{chain} 끝까지 같아 {shared}팀이 함께 {found.rank}위입니다." if shared > 1 else chain


def _floors(rules: Rules, found: TeamResult) -> Step:
    """Each floor at the level at which its points may be told."""
    points = found.points()
    below = {one.key for one in found.below}
    steps = []
    for key, floor in rules.floors().items():
        value = points[key].value
        held = "점수가 없어 정할 수 없음" if value is None else "미달" if key in below else "통과"
        formula = (
            "" if value is None else f"{number(value, beside=floor)} {'<' if key in below else '≥'} {number(floor)}"
        )
        level = "criteria" if "." in key else "parts"
        steps.append(Step(level, f"{rules.called(key)}: {number(floor)}점 이상", held, formula=formula))
    shown = {True: "통과", False: "미달", None: "미정"}[found.eligible]
    sentence = (
        "반올림하지 않은 점수로 견주며, 꼭 같으면 통과입니다. 하나라도 미달이면 총점이 높아도 진출할 수 없습니다."
    )
    return Step("advances", "과락 기준", shown, sentence, steps=tuple(steps))


def _gate(gate: Gate, found: TeamResult, decision: str | None) -> Step:
    """The answer and who gave it, and how panelists answered: told where criteria may be told, because few of them may have."""
    texts = {item.key: item.text.ko for item in gate.items}
    asked = tuple(
        Step(
            "criteria", f"{gate.components[component].ko}: {texts[item]}",
            ", ".join(f"{word} {tally[key]}명" for key, word in FINDINGS.items()),
        )
        for (component, item), tally in found.gate_tallies.items()
        if any(tally.values())
    )  # fmt: skip
    return Step("gate", "독자성 관문", GATES[found.gate or "pending"], _who_decided(gate, found, decision), steps=asked)


def _who_decided(gate: Gate, found: TeamResult, decision: str | None) -> str:
    apart = "점수와는 따로 봅니다."
    if gate.decided_by == "committee":
        who = "위원회가 결정했습니다." if decision else "위원회가 결정합니다. 아직 결정이 없습니다."
        return f"평가위원의 판단을 보고 {who} {apart}"
    rule = "물음마다 판단한 평가위원의 과반으로 정하고, 미충족인 물음이 하나라도 있으면 미충족입니다."
    if by_majority(gate, found.gate_tallies) is None:
        who = "위원회가 결정했습니다." if decision else "위원회가 결정합니다. 아직 결정이 없습니다."
        return f"{rule} 미충족인 물음은 없지만 과반이 정하지 못한 물음이 있어 {who} {apart}"
    aside = (
        f" 위원회의 결정({GATES[decision]})이 이와 다르지만, 과반이 정했으므로 결과에 쓰지 않았습니다."
        if decision and set_aside(gate, found.gate_tallies, decision)
        else ""
    )
    return f"{rule} 이 팀은 평가위원의 과반이 정했습니다.{aside} {apart}"


def _recognition(rules: Rules, vote: Recognition) -> Step:
    rule = f"인정이 불인정보다 많으면 인정합니다. 기권은 정족수({rules.advance.quorum}명)에만 셉니다."
    if vote.recognised is None:
        return Step("advances", "과반 인정", "미공표", f"{rule} 공개되거나 들어온 표가 없습니다.")
    quorum = "" if vote.quorate else " 정족수에 이르지 못했습니다."
    shown = "인정" if vote.recognised else "불인정" if vote.quorate else "정족수 미달"
    votes = Step("criteria", "표", f"인정 {vote.yes}표, 불인정 {vote.no}표, 기권 {vote.abstain}표")
    return Step("advances", "과반 인정", shown, f"{rule}{quorum}", steps=(votes,))


def _advance(rules: Rules, evidence: Evidence, result: Result, found: TeamResult) -> Step:
    why = reason(found.advances_because, scored=bool(rules.parts))
    below = "".join(
        f" {rules.called(one.key)} 점수가 {number(one.floor)}점에 이르지 못했습니다." for one in found.below
    )
    return Step(
        "advances",
        "진출 여부",
        ADVANCES[found.advances],
        f"{why}.{_seats(rules, found)}{below}{_line_aside(evidence, found)}",
        steps=(*_line_reason(found), *_margin(rules, result, found)),
    )


def _line_reason(found: TeamResult) -> tuple[Step, ...]:
    """What the committee wrote down, at a level of its own: the policy says who reads it."""
    return (Step("line_reason", "위원회가 적은 이유", sentence=found.line_reason),) if found.line_reason else ()


def _line_aside(evidence: Evidence, found: TeamResult) -> str:
    aside = line_set_aside(evidence, found)
    if aside is None:
        return ""
    place = {"in": "‘진출’로", "out": "‘진출하지 않음’으로"}[aside]
    why = (
        "그때와 경계선에 있는 팀들이 달라"
        if found.advances_because in ON_THE_LINE
        else "이 집계에서는 위원회가 정할 팀이 아니어서"
    )
    return f" 위원회가 이 팀을 {place} 정한 것이 있지만, {why} 그 결정은 쓰지 않았습니다."


def _seats(rules: Rules, found: TeamResult) -> str:
    """How many seats there are. To a team without one it is told that none is passed on: the rule, whoever else it met."""
    quota, teams = rules.advance.quota, len(rules.teams)
    if quota is None:
        return ""
    if found.advances_because == "line_all":
        return f" 자리는 {teams}팀 가운데 {quota}팀이지만 그보다 많이 진출할 수 있습니다."
    stops = [name for name, given in (("관문", rules.gate), ("과락", rules.floors())) if given]
    kept = (
        stops
        and not rules.advance.pass_on_seats
        and found.advances_because in ("no_seat", "line_none", "line_out", "line_full")
    )
    rule = f" {'이나 '.join(stops)}으로 빈 자리가 있어도 다른 팀이 잇지 않습니다." if kept else ""
    return f" {teams}팀 가운데 {quota}팀까지 진출합니다.{rule}"


def _margin(rules: Rules, result: Result, found: TeamResult) -> tuple[Step, ...]:
    margin = margins(rules, result)[found.team]
    if margin is None:
        return ()
    how = "낮아지면" if margin > 0 else "높아지면"
    sentence = (
        f"총점이 이만큼 {how} 경계선에 있는 팀과 같아집니다." if margin else "경계선에 있는 팀과 총점이 같습니다."
    )
    return (Step("margin", "경계선과의 차이", f"{signed(margin, rules.decimals.total + 1)}점", sentence),)
