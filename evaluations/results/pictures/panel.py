"""The panel: how severe each one is, how much they agree, and patterns to look at."""

from collections.abc import Iterator
from decimal import Decimal
from statistics import pstdev

from django.utils.translation import gettext as _

from evaluations.results.pictures.reader import Block, Json, Reader, around, as_decimal, as_small_chance, drawn
from evaluations.results.wording import why_no_interval
from portal.charts import Table, intervals

NORMAL_REACH = "1.96"
"""Standard errors to each side in estimates from before version 5, which had no reach of their own."""


def severity(reader: Reader, part: str) -> Iterator[Block]:
    title = _("평가위원은 얼마나 후하거나 박했나 – %(part)s") % {"part": reader.parts[part]}
    section, absent = reader.section(f"severity.{part}", title)
    yield from absent
    if section is None:
        return
    found = [one for one in section["panelists"] if one["se"] is not None]
    if not found:
        return
    if not reader.office:
        if reader.may_tell_of(len(found)):
            yield from _spread(part, title, section, found)
        return
    rows = []
    for one in found:
        effect, half = Decimal(one["effect"]), Decimal(one["se"]) * Decimal(section.get("reach", NORMAL_REACH))
        rows.append((one["panelist"], *(as_decimal(str(value), 1) for value in (effect - half, effect, effect + half))))
    low, high = around(["0", *(value for _label, *values in rows for value in values)], 2)
    sentences = [_("0보다 오른쪽이면 다른 평가위원보다 후하게, 왼쪽이면 박하게 매겼습니다. 단위는 점입니다.")]
    sentences += _why_not_corrected(section)
    yield Block(
        f"severity-{part}", title, tuple(sentences), "intervals",
        intervals(rows, low, high, cut=(0, _("점선: 평균과 같음(0)")), head=(_("평가위원"), _("후함(점)"), _("낮은 끝"), _("높은 끝"))),
        notes=(
            _("가산 모형(최소제곱)과 95%% 구간. 평가위원이 다르다는 검정의 p값: %(p)s.") % {"p": as_small_chance(section["differ_p"])},
            _("공식 점수는 이 값으로 고치지 않습니다."),
        ),
    )  # fmt: skip
    yield from _rasch(reader, part)


def _spread(part: str, title: str, section: Json, found: list[Json]) -> Iterator[Block]:
    """How far the panel is apart, in one number. Where everybody judged every team, one's severity is the mean of all she gave."""
    spread = pstdev(Decimal(one["effect"]) for one in found)
    sentences = [
        _("평가위원 %(number)s명의 후하고 박함은 표준편차로 %(spread)s점만큼 흩어져 있습니다.")
        % {"number": len(found), "spread": as_decimal(str(spread), 1)}
    ]
    sentences += _why_not_corrected(section)
    notes = (_("가산 모형(최소제곱). 한 사람의 값은 그 사람이 준 점수를 알려 주므로 밝히지 않습니다."), _("공식 점수는 이 값으로 고치지 않습니다."))  # fmt: skip
    yield Block(f"severity-{part}", title, tuple(sentences), notes=notes)


def _why_not_corrected(section: Json) -> list[str]:
    said = {
        "nothing_to_correct": _("모두가 모든 팀을 평가했으므로 후하고 박함은 팀 사이의 순서에 영향을 주지 않습니다."),
        "no_severity_seen": _("평가위원 사이의 차이는 우연으로 볼 수 있는 만큼입니다."),
    }
    return [sentence for code, sentence in said.items() if code in section["against"]]


def _rasch(reader: Reader, part: str) -> Iterator[Block]:
    title = _("다국면 라쉬 모형 – %(part)s") % {"part": reader.parts[part]}
    section, absent = reader.section(f"rasch.{part}", title)
    yield from absent
    if section is None:
        return
    rows = tuple(
        (one["panelist"], *(as_decimal(one[key], 2) for key in ("severity", "se", "infit", "outfit")))
        for one in section["panelists"]
    )
    sentences = [
        _(
            "박함은 로짓 단위이며 0보다 크면 박합니다. 인핏과 아웃핏은 1이 보통이고, 1.5보다 크면 들쭉날쭉, 0.5보다 작으면 지나치게 고릅니다."
        )
    ]
    if section["disordered"]:
        sentences.append(_("단계의 문턱이 순서대로가 아닙니다. 어떤 단계는 어디에서도 가장 그럴듯한 단계가 아닙니다."))
    if "thin_steps" in section["against"]:
        sentences.append(_("열 번도 쓰이지 않은 단계가 있어 이 모형의 값은 조심해서 보아야 합니다."))
    if section.get("unjudged"):
        names = ", ".join(reader.criteria[f"{part}.{path}"] for path in section["unjudged"])
        sentences.append(_("아무도 판단하지 못한 항목은 빠졌습니다: %(criteria)s.") % {"criteria": names})
    table = Table((_("평가위원"), _("박함"), _("표준오차"), _("인핏"), _("아웃핏")), rows)
    yield Block(
        f"rasch-{part}",
        title,
        tuple(sentences),
        table=table,
        notes=(_("같은 단계로 매긴 항목만으로 추정했습니다."),),
    )


def agreement(reader: Reader, part: str) -> Iterator[Block]:
    title = _("평가위원은 얼마나 같은 것을 보았나 – %(part)s") % {"part": reader.parts[part]}
    section, absent = reader.section(f"agreement.{part}", title)
    yield from absent
    if section is None:
        return
    found = [one for one in section["criteria"] if one["alpha"] is not None]
    if not found:
        return
    rows = []
    without: dict[str | None, list[str]] = {}
    for one in found:
        name = reader.criteria[f"{part}.{one['criterion']}"]
        if one["low"] is None:
            without.setdefault(one.get("no_interval"), []).append(f"{name} {as_decimal(one['alpha'], 2)}")
            continue
        low, value, high = (Decimal(one[key]) for key in ("low", "alpha", "high"))
        rows.append((name, *(as_decimal(str(number), 2) for number in (min(low, value), value, max(high, value)))))
    total = section["total"]
    sentences = [
        _(
            "크리펜도르프의 알파입니다. 1이면 모두가 같은 것을 보았고, 0이면 우연히 매긴 것과 같습니다. 팀이 적으면 구간이 넓습니다."
        ),
    ]
    if total["alpha"] is not None:
        sentences.append(_("합계의 알파는 %(alpha)s입니다.") % {"alpha": as_decimal(total["alpha"], 2)})
    if total.get("icc"):
        sentences.append(
            _("평가위원단 평균의 신뢰도 ICC(2,k)는 %(icc)s입니다.")
            % {"icc": as_decimal(total["icc"]["ICC(2,k)"]["value"], 2)}
        )
    sentences += [
        _("알파의 구간이 없는 항목: %(criteria)s. %(why)s")
        % {"criteria": ", ".join(named), "why": why_no_interval(code)}
        for code, named in without.items()
    ]
    if not rows:
        yield Block(f"agreement-{part}", title, tuple(sentences))
        return
    if "draws" in section:  # before version 5 of the estimates
        note = drawn(section)
    else:
        note = _("95%% 구간은 팀을 하나씩 빼고 다시 구한 알파에서 나옵니다(잭나이프).") % {}
    yield Block(
        f"agreement-{part}", title, tuple(sentences), "intervals",
        intervals(rows, -1, 1, cut=(0, _("점선: 우연히 매긴 것과 같음(0)")), head=(_("항목"), _("알파"), _("낮은 끝"), _("높은 끝"))), notes=(note,),
    )  # fmt: skip


def patterns(reader: Reader) -> Iterator[Block]:
    found = reader.sections.get("patterns")
    if not found:
        return
    rows = [
        (_("같은 평점"), f"{one['one']}, {one['other']}", f"{one['equal']}/{one['common']}")
        for one in found["same_marks"]
    ]
    rows += [
        (_("같은 합계"), ", ".join(one["panelists"]), f"{reader.teams[one['team']]}: {one['total']}")
        for one in found["same_totals"]
    ]
    rows += [
        (
            _("다른 사람들과 먼 합계"),
            one["panelist"],
            f"{reader.teams[one['team']]}: {as_decimal(one['total'], 1)} ({as_decimal(one['others'], 1)})",
        )
        for one in found["deviations"]
        if _is_decimal(one["total"]) and _is_decimal(one["others"])
    ]
    rows += [
        (_("모두 같은 평점"), one["panelist"], f"{reader.teams[one['team']]}: {one['mark']} × {one['criteria']}")
        for one in found["straight_lines"]
    ]
    sentence = (
        _("살펴볼 만한 모양이 있습니다. 어느 것도 잘못이라는 뜻이 아니며, 이것 때문에 빠지는 평가표는 없습니다.")
        if rows
        else _("살펴볼 만한 모양이 없습니다.")
    )
    table = Table((_("모양"), _("누구"), _("무엇")), tuple(rows)) if rows else None
    yield Block("patterns", _("평점의 모양"), (sentence,), table=table)


def _is_decimal(text: str) -> bool:
    return "/" not in text
