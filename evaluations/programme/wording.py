"""The rules of a configuration in sentences, for the public method page, and what the office calls the levels of a result."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from portal.templatetags.words import said

Config = dict[str, Any]

LEVELS = {
    "total": noop("총점"), "parts": noop("부문 점수"), "items": noop("측정 항목 점수"), "criteria": noop("평가 항목 점수"),
    "rank": noop("순위"), "gate": noop("독자성 관문"), "advances": noop("진출 여부"),
    "line_reason": noop("경계선 결정의 이유"), "means": noop("전체 평균"),
    "estimates": "추정(순위의 폭, 일치도, 강도 등)",
}  # fmt: skip
"""What a release policy may name, as the office calls it; the public reads the same words, but for what estimates are."""


def timetable() -> list[tuple[str, str]]:
    return [
        ("frozen", _("기준 확정")),
        ("opens", _("평가 시작")),
        ("closes", _("평가 마감")),
        ("published", _("결과 공표")),
    ]


def rules_of(config: Config) -> list[tuple[str, str]]:
    """Name and sentence of every rule that holds for the stage as a whole. A stage without points has no rule about points."""
    scored = bool(config.get("parts"))
    objection = config["objection"]
    return [
        *_seats(config, scored=scored),
        *(_points(config) if scored else []),
        (
            _("이의신청"),
            _("공표한 다음 날부터 %(days)s일 안에 신청할 수 있고, 신청한 다음 날부터 %(answer)s일 안에 답합니다.")
            % {"days": objection["days"], "answer": objection["answer_days"]},
        ),
    ]


def _seats(config: Config, *, scored: bool) -> list[tuple[str, str]]:
    """Who advances, what happens where more teams than seats are level, and to the seats of those who fall."""
    advance = config["advance"]
    line: dict[str, str]
    if scored:
        name = _("경계선 동점")
        line = {
            "all": _("경계선에서 점수가 같으면 모두 진출합니다."),
            "none": _("경계선에서 점수가 같으면 그 팀들은 진출하지 못합니다."),
            "committee": _("경계선에서 점수가 같으면 위원회가 정합니다."),
        }
        passed_on = _("독자성 관문이나 과락으로 탈락한 팀의 자리는 다음 순위 팀이 잇습니다.")
        left_empty = _("독자성 관문이나 과락으로 탈락한 팀의 자리는 다른 팀이 잇지 않습니다.")
    else:
        name = _("인정이 더 많을 때")
        line = {
            "all": _("인정된 팀이 자리보다 많으면 모두 진출합니다."),
            "none": _("인정된 팀이 자리보다 많으면 어느 팀도 진출하지 못합니다."),
            "committee": _("인정된 팀이 자리보다 많으면 위원회가 정합니다."),
        }
        passed_on = _("독자성 관문에서 탈락한 팀의 자리는 인정된 다른 팀이 잇습니다.")
        left_empty = _("독자성 관문에서 탈락한 팀의 자리는 다른 팀이 잇지 않습니다.")
    by = (
        _(
            "평가위원의 표에서 인정이 불인정보다 많은 팀 가운데 %(quota)s팀까지 진출합니다. 기권은 어느 쪽으로도 세지 않지만, 기권까지 더해도 %(quorum)s표가 되지 않는 팀은 인정되지 않습니다."
        )
        if advance["by"] == "majority"
        else _("총점이 높은 순서로 %(quota)s팀이 진출합니다.")
    )
    rules = [
        (_("진출"), by % {"quota": advance["quota"], "quorum": advance.get("quorum", "")}),
        (name, line[advance["line_ties"]]),
    ]
    if scored or config.get("gate"):
        rules.append((_("자리"), passed_on if advance.get("pass_on_seats") else left_empty))
    return rules


def _points(config: Config) -> list[tuple[str, str]]:
    """How equal totals are told apart, and where points are rounded."""
    rounding, names = config["rounding"], names_of(config)
    chain = ", ".join(names.get(key, key) for key in config.get("tie_break", []))
    half = _("짝수 쪽으로 반올림합니다.") if rounding["rule"] == "ROUND_HALF_EVEN" else _("반올림합니다(0.5는 올림).")
    return [
        (
            _("동점 처리"),
            _("총점이 같으면 %(chain)s 순으로 비교하고, 그래도 같으면 같은 순위입니다.") % {"chain": chain}
            if chain
            else _("총점이 같으면 같은 순위입니다."),
        ),
        (
            _("반올림"),
            _(
                "분수로 정확히 계산한 뒤 보일 때 한 번만 %(half)s 부문은 소수 %(part)s자리, 평균은 %(mean)s자리까지 보입니다. 순위는 반올림하기 전의 점수로 정합니다."
            )
            % {"half": half, "part": rounding["part"], "mean": rounding["mean"]},
        ),
    ]


def names_of(config: Config) -> dict[str, str]:
    """Key → name of every part and of every criterion and item in it (`part.criterion`)."""
    names: dict[str, str] = {}
    for part in config.get("parts", []):
        names[part["key"]] = said(part["name"])
        for row in [*part.get("items", []), *flat(part.get("criteria", []))]:
            names[f"{part['key']}.{row.get('path', row['key'])}"] = said(row["name"])
    return names


def flat(criteria: list[Config], above: str = "") -> list[Config]:
    """The rubric tree line by line, each with its path and depth."""
    lines = []
    for criterion in criteria:
        path = f"{above}.{criterion['key']}" if above else criterion["key"]
        lines.append({**criterion, "path": path, "depth": path.count("."), "leaf": not criterion.get("criteria")})
        lines += flat(criterion.get("criteria", []), path)
    return lines


def part_view(part: Config, teams: Mapping[str, str] | None = None) -> Config:
    """A part as the page shows it: its rule of aggregation, its items with their rules, its rubric line by line. `teams` are names by
    slug, for targets that every team has of its own."""
    return {
        **part,
        "how": _how(part),
        "items": [_item_view(item, teams or {}) for item in part.get("items", [])],
        "criteria": flat(part.get("criteria", [])),
    }


def _item_view(item: Config, teams: Mapping[str, str]) -> Config:
    targets = [(teams.get(slug, slug), target) for slug, target in item.get("targets", {}).items()]
    source = item.get("source", "")
    citizens = {"ratings": _("국민·사용자의 별점"), "comparisons": _("국민·사용자의 비교")}
    return {
        **item,
        "sentence": item_rule(item),
        "targets_named": targets,
        "source_named": citizens.get(source, source),
    }


def _aggregation(part: Config) -> list[str]:
    """How sheets become points of the part, and what happens to a panel too small for it."""
    refused = part.get("small_panel") == "refuse"
    if part.get("aggregate") == "drop_high_low":
        return [
            _("평가위원마다 낸 합계에서 가장 높은 것과 가장 낮은 것을 하나씩 빼고 나머지를 평균합니다."),
            _("평가표가 3장보다 적으면 계산하지 않습니다.")
            if refused
            else _("평가표가 3장보다 적으면 빼지 않고 평균하며, 그 사실을 밝힙니다."),
        ]
    if part.get("aggregate") == "trimmed_criteria":
        return [
            _("항목마다 가장 높은 평점과 가장 낮은 평점을 하나씩 빼고 평균한 뒤, 항목의 점수를 더합니다."),
            _("평점이 3개보다 적은 항목이 있으면 계산하지 않습니다.")
            if refused
            else _("평점이 3개보다 적은 항목은 빼지 않고 평균하며, 그 사실을 밝힙니다."),
        ]
    return [_("평가위원마다 낸 합계를 평균합니다.")]


def _how(part: Config) -> list[str]:
    if part.get("rule") == "given":
        return [_("발표된 점수를 그대로 옮깁니다.")]
    sentences = []
    if part.get("criteria"):
        sentences += _aggregation(part)
        sentences.append(cannot_judge_rule(part.get("cannot_judge", "")))
    if part.get("floor"):
        sentences.append(_("%(floor)s점보다 낮으면 진출할 수 없습니다.") % {"floor": part["floor"]})
    return sentences


def cannot_judge_rule(rule: str) -> str:
    """What becomes of a criterion that somebody could not judge, in the language of the page that says it."""
    sentences = {
        "zero": lazy("판단 불가로 답한 항목은 0점으로 셉니다."),
        "refuse": lazy("모든 항목에 평점을 매겨야 합니다."),
    }
    return sentences.get(rule, lazy("판단 불가로 답한 항목은 빼고, 같은 상위 항목 안의 나머지로 그 배점을 채웁니다."))


def item_rule(item: Config) -> str:
    """How an item turns a value into points, in a sentence."""
    points = {"points": item["points"], "maximum": item.get("maximum", ""), "prior": item.get("prior", "")}
    lower = item.get("direction") == "lower"
    sentences = {
        "share": _("%(points)s점 × 값 ÷ %(maximum)s"),
        "mean": _("%(points)s점 × 여러 값의 평균 ÷ 100"),
        "ratio_to_target": _("%(points)s점 × 목표 ÷ 값(100%%까지)")
        if lower
        else _("%(points)s점 × 값 ÷ 목표(100%%까지)"),
        "ratio_to_best": _("%(points)s점 × 가장 좋은 값 대비 비율"),
        "given": _("발표된 점수를 그대로 옮깁니다."),
        "share_of_scale": _(
            "%(points)s점 × (m − 1) ÷ 4. m은 물음마다 낸 별점 평균의 평균이며, 물음마다 모든 팀의 평균을 준 별점 %(prior)s개를 보태어 냅니다."
        ),
        "expected_win_share": _("%(points)s점 × 상대마다 이긴 비율(비기면 절반, 건너뛴 것은 세지 않음)의 평균"),
        "rank_points": _("순위에 따라 정한 점수"),
    }
    return sentences[item["rule"]] % points


def gate_view(gate: Config) -> Config:
    """The gate with its items under a name templates can reach, and the components each asks about by name."""
    names = {component["key"]: said(component["name"]) for component in gate["components"]}
    asked = [{**item, "components_named": [names[key] for key in item.get("components", [])]} for item in gate["items"]]
    return {**gate, "asked": asked}
