"""The estimates of a run as blocks people read at a glance: a sentence, a picture with its table, and how it was made.

Everybody gets the same blocks; the office gets some more, and seats by their labels, which nobody outside ever sees. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor
from statistics import pstdev
from typing import Any

from django.utils.translation import gettext as _

from evaluations.results.wording import advance_word, style_word, why_absent, why_no_interval
from portal.charts import Bars, Intervals, Pairs, Table, Twins, bars, intervals, pairs, twins
from portal.templatetags.words import said

Json = dict[str, Any]

NORMAL_REACH = "1.96"
"""Standard errors to each side in estimates from before version 5, which had no reach of their own."""
LEAST_TO_SPREAD = 5
"""Of fewer experts one who knows her own marks could work out the others' from the spread and the published mean."""
LEAST_TO_TELL = 5
"""Of fewer people one who knows her own answer could work out what the others recognised, or guessed."""


@dataclass(frozen=True)
class Block:
    """One thing that was estimated. `kind` names the template of its picture; `notes` says how it came about and what it assumes."""

    key: str
    title: str
    sentences: tuple[str, ...]
    kind: str = ""
    chart: Bars | Intervals | Pairs | Twins | None = None
    table: Table | None = None
    notes: tuple[str, ...] = ()


def blocks(told: Json, config: Json, *, office: bool = False) -> list[Block]:
    """The blocks of the estimates `told`, in the order in which a reader asks: how narrow, by whom, by what weights, what citizens say,
    whether it was blind."""
    reader = _Reader(told, config, office)
    return list(reader.blocks())


def _round(text: str | None, places: int) -> str:
    """A stored number as it is shown, nothing without a sign; what is missing stays missing."""
    if text is None:
        return "–"
    rounded = Decimal(text).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return str(rounded if rounded else abs(rounded))


def _percent(text: str | None) -> str:
    return "–" if text is None else str(int((Decimal(text) * 100).quantize(Decimal(1), ROUND_HALF_UP)))


def _small(text: str | None) -> str:
    """A probability that is not shown as nothing."""
    return _("0.0001보다 작음") if text is not None and Decimal(text) < Decimal("0.0001") else _round(text, 4)


def _of_hundred(effect: str | None) -> str:
    """How often of a hundred decided comparisons the left answer is preferred where it is ahead by so many log-odds."""
    return "–" if effect is None else _percent(str(1 / (1 + (-Decimal(effect)).exp())))


def _ranks(team: Json) -> str:
    best, worst = team["best"], team["worst"]
    return str(best) if best == worst else f"{best}–{worst}"


def _around(values: list[str], step: Fraction | int = 1) -> tuple[Fraction, Fraction]:
    """Whole steps that hold all values."""
    low = floor(min(map(Fraction, values)) / step) * Fraction(step)
    high = ceil(max(map(Fraction, values)) / step) * Fraction(step)
    return low, high if high > low else low + step


class _Reader:
    def __init__(self, told: Json, config: Json, office: bool) -> None:
        self.sections: Json = told["sections"]
        self.office = office
        self.teams = {team["slug"]: said(team["name"]) for team in config["teams"]}
        self.parts = {part["key"]: said(part["name"]) for part in config.get("parts", [])}
        self.criteria = {
            f"{part['key']}.{path}": name
            for part in config.get("parts", [])
            for path, name in _criteria(part.get("criteria", []))
        }
        self.items = {
            f"{part['key']}.{item['key']}": said(item["name"])
            for part in config.get("parts", [])
            for item in part.get("items", [])
        }
        self.questions = {one["key"]: said(one["text"]) for one in config.get("users", {}).get("questions", [])}
        self.traits = {
            trait["key"]: (said(trait["name"]), {c["key"]: said(c) for c in trait["categories"]})
            for trait in config.get("users", {}).get("strata", [])
        }

    def blocks(self) -> Iterator[Block]:
        yield from self._order()
        yield from self._leave_one_out()
        yield from self._weights()
        for part in self.parts:
            yield from self._severity(part)
            yield from self._agreement(part)
        if self.office:
            yield from self._patterns()
        yield from self._strengths()
        yield from self._length()
        yield from self._marks()
        yield from self._stars()
        yield from self._population()
        yield from self._blinding()
        if self.office:
            yield from self._power()

    def _section(self, name: str, title: str) -> tuple[Json | None, list[Block]]:
        """A section, or the block that says why it is not there; neither where the stage has nothing of the kind."""
        section = self.sections.get(name)
        if section is None:
            return None, []
        if "absent" in section:
            return None, [Block(name.replace(".", "-"), title, (why_absent(section["absent"]),))]
        return section, []

    def _by_place(self, teams: list[Json]) -> list[Json]:
        """Every picture shows the teams in one order, that of the points; where no points were added up, in that of the stage."""
        order = self.sections.get("order", {}).get("teams", [])
        place = {one["team"]: Decimal(one["total"]) for one in order}
        return sorted(teams, key=lambda one: -place.get(one["team"], Decimal()))

    def _drawn(self, section: Json) -> str:
        return _("%(draws)s번 다시 뽑았습니다. 난수 시드 %(seed)s.") % {
            "draws": f"{section['draws']:,}",
            "seed": section["seed"],
        }

    # --- How narrow was it?

    def _order(self) -> Iterator[Block]:
        title = _("순위는 얼마나 단단한가")
        section, absent = self._section("order", title)
        yield from absent
        if section is None:
            return
        teams = self._by_place(section["teams"])
        size = len(teams)
        if size < 2:
            return
        now = {team["team"]: place for place, team in enumerate(teams, start=1)}
        rows = [
            (
                self.teams[team["team"]],
                str(min(team["best"], now[team["team"]])),
                str(now[team["team"]]),
                str(max(team["worst"], now[team["team"]])),
            )
            for team in teams
        ]
        yield Block(
            "ranks", title,
            (_("같은 크기의 평가위원단과 국민 평가단을 거듭 다시 뽑아 같은 규칙으로 셌습니다. 선은 그 가운데 95%%의 순위가 놓인 범위이고, 점은 공식 순위입니다.") % {},),
            "intervals",
            intervals(rows, 1, size, ticks=range(1, size + 1), head=(_("팀"), _("공식 순위"), _("가장 높은 순위"), _("가장 낮은 순위"))),
            notes=(self._drawn(section), _("벤치마크처럼 한 번 잰 값은 흔들리지 않는 것으로 봅니다. 순위는 규칙이 정하며, 이 그림은 순위를 바꾸지 않습니다.")),
        )  # fmt: skip
        if section["line"]:
            yield self._line(section, teams)

    def _line(self, section: Json, teams: list[Json]) -> Block:
        line = section["line"]
        quota = line["quota"]
        edge = teams[quota - 1 : quota + 1]
        sentences = (
            _("같은 크기의 평가위원단과 국민 평가단을 다시 뽑으면 %(same)s%%에서 지금과 똑같은 팀들이 진출합니다.")
            % {"same": _percent(line["same"])},
            _("%(quota)s위 %(above)s, %(next)s위 %(below)s 두 팀의 차이는 %(gap)s점입니다.")
            % {
                "quota": quota, "above": self.teams[edge[0]["team"]], "next": quota + 1,
                "below": self.teams[edge[1]["team"]], "gap": _round(line["gap"], 2),
            },
        )  # fmt: skip
        rows = [(self.teams[team["team"]], _percent(line["advances"][team["team"]])) for team in teams]
        chart = bars(rows, maximum=100, cut=(50, _("점선: 반반(50%%)") % {}), head=(_("팀"), _("진출할 확률(%)")))
        notes = (_("독자성 관문과 과락은 헤아리지 않은, 점수만의 확률입니다."),)
        return Block("line", _("진출선은 얼마나 아슬아슬했나"), sentences, "bars", chart, notes=notes)

    def _leave_one_out(self) -> Iterator[Block]:
        title = _("하나가 없었다면")
        section, absent = self._section("leave_one_out", title)
        yield from absent
        if section is None:
            return
        moved = [one for one in section["changes"] if one["rank"][0] != one["rank"][1]]
        panelists = {one["key"] for one in moved if one["kind"] == "panelist"}
        sentences = (
            _(
                "평가위원 %(all)s명을 한 사람씩 빼고 다시 세면, 그 가운데 %(some)s명이 없을 때 어느 팀인가의 순위가 달라집니다."
            )
            % {"all": section["panelists"], "some": len(panelists)}
            if section["panelists"]
            else _("평가위원의 평가표가 없어, 한 사람씩 빼고 다시 셀 것이 없습니다."),
        )
        table = None
        if self.office and moved:
            rows = tuple(
                (
                    self.teams[one["team"]], self._named(one), " → ".join(str(rank or "–") for rank in one["rank"]),
                    " → ".join(advance_word(answer) for answer in one["advances"]),
                )
                for one in moved
            )  # fmt: skip
            table = Table((_("팀"), _("없는 것"), _("순위"), _("진출")), rows)
        yield Block(
            "without", title, sentences, table=table, notes=(_("어림이 아니라 공식 규칙 그대로 다시 센 것입니다."),)
        )

    def _named(self, one: Json) -> str:
        if one["kind"] == "panelist":
            return str(one["key"])
        return self.criteria.get(one["key"]) or self.items.get(one["key"]) or self.parts[one["key"]]

    # --- Other weights.

    def _weights(self) -> Iterator[Block]:
        title = _("배점이 달랐다면")
        section, absent = self._section("weights", title)
        yield from absent
        if section is None or not section["swaps"]:
            return
        near = [
            one for one in section["swaps"]
            if one["weight"] is not None and abs(Decimal(one["weight"]) - Decimal(one["now"])) <= Decimal(section["spread"])
        ]  # fmt: skip
        sentences: list[str] = []
        table = None
        if near:
            table = Table(
                (_("부문"), _("지금의 비중(%)"), _("두 팀이 같아지는 비중(%)"), _("두 팀")),
                tuple(
                    (
                        self.parts[one["part"]], *(_round(str(Decimal(one[key]) * 100), 1) for key in ("now", "weight")),
                        f"{self.teams[one['above']]}, {self.teams[one['below']]}",
                    )
                    for one in near
                ),
            )  # fmt: skip
            sentences.append(_("아래 표의 비중이었다면 이웃한 두 팀의 점수가 같아집니다."))
        else:
            sentences.append(_("부문의 비중이 10%포인트씩 달랐더라도 이웃한 두 팀의 순서는 바뀌지 않습니다."))
        chart = None
        if "teams" in section:
            sentences.insert(
                0,
                _(
                    "비중을 부문마다 전체의 10분의 1까지 달리한 모든 경우 가운데 %(same)s%%에서 지금과 똑같은 팀들이 진출합니다."
                )
                % {"same": _percent(section["same"])},
            )
            rows = [(self.teams[one["team"]], _percent(one["advances"])) for one in self._by_place(section["teams"])]
            chart = bars(rows, maximum=100, head=(_("팀"), _("진출하는 비중의 비율(%)")))
        yield Block(
            "weights", title, tuple(sentences), "bars" if chart else "", chart, table, notes=(self._drawn(section),)
        )

    # --- The panel.

    def _severity(self, part: str) -> Iterator[Block]:
        title = _("평가위원은 얼마나 후하거나 박했나 – %(part)s") % {"part": self.parts[part]}
        section, absent = self._section(f"severity.{part}", title)
        yield from absent
        if section is None:
            return
        found = [one for one in section["panelists"] if one["se"] is not None]
        if not found:
            return
        if not self.office:
            yield from self._spread(part, title, section, found)
            return
        rows = []
        for one in found:
            effect, half = Decimal(one["effect"]), Decimal(one["se"]) * Decimal(section.get("reach", NORMAL_REACH))
            rows.append((one["panelist"], *(_round(str(value), 1) for value in (effect - half, effect, effect + half))))
        low, high = _around(["0", *(value for _label, *values in rows for value in values)], 2)
        sentences = [_("0보다 오른쪽이면 다른 평가위원보다 후하게, 왼쪽이면 박하게 매겼습니다. 단위는 점입니다.")]
        if "nothing_to_correct" in section["against"]:
            sentences.append(_("모두가 모든 팀을 평가했으므로 후하고 박함은 팀 사이의 순서에 영향을 주지 않습니다."))
        if "no_severity_seen" in section["against"]:
            sentences.append(_("평가위원 사이의 차이는 우연으로 볼 수 있는 만큼입니다."))
        yield Block(
            f"severity-{part}", title, tuple(sentences), "intervals",
            intervals(rows, low, high, cut=(0, _("점선: 평균과 같음(0)")), head=(_("평가위원"), _("후함(점)"), _("낮은 끝"), _("높은 끝"))),
            notes=(
                _("가산 모형(최소제곱)과 95%% 구간. 평가위원이 다르다는 검정의 p값: %(p)s.") % {"p": _small(section["differ_p"])},
                _("공식 점수는 이 값으로 고치지 않습니다."),
            ),
        )  # fmt: skip
        yield from self._rasch(part)

    def _spread(self, part: str, title: str, section: Json, found: list[Json]) -> Iterator[Block]:
        """How far the panel is apart, in one number. Where everybody judged every team, one's severity is the mean of all she gave."""
        if len(found) < LEAST_TO_SPREAD:
            return
        spread = pstdev(Decimal(one["effect"]) for one in found)
        sentences = [
            _("평가위원 %(number)s명의 후하고 박함은 표준편차로 %(spread)s점만큼 흩어져 있습니다.")
            % {"number": len(found), "spread": _round(str(spread), 1)}
        ]
        if "nothing_to_correct" in section["against"]:
            sentences.append(_("모두가 모든 팀을 평가했으므로 후하고 박함은 팀 사이의 순서에 영향을 주지 않습니다."))
        if "no_severity_seen" in section["against"]:
            sentences.append(_("평가위원 사이의 차이는 우연으로 볼 수 있는 만큼입니다."))
        notes = (_("가산 모형(최소제곱). 한 사람의 값은 그 사람이 준 점수를 알려 주므로 밝히지 않습니다."), _("공식 점수는 이 값으로 고치지 않습니다."))  # fmt: skip
        yield Block(f"severity-{part}", title, tuple(sentences), notes=notes)

    def _rasch(self, part: str) -> Iterator[Block]:
        title = _("다국면 라쉬 모형 – %(part)s") % {"part": self.parts[part]}
        section, absent = self._section(f"rasch.{part}", title)
        yield from absent
        if section is None:
            return
        rows = tuple(
            (one["panelist"], *(_round(one[key], 2) for key in ("severity", "se", "infit", "outfit")))
            for one in section["panelists"]
        )
        sentences = [
            _(
                "박함은 로짓 단위이며 0보다 크면 박합니다. 인핏과 아웃핏은 1이 보통이고, 1.5보다 크면 들쭉날쭉, 0.5보다 작으면 지나치게 고릅니다."
            )
        ]
        if section["disordered"]:
            sentences.append(
                _("단계의 문턱이 순서대로가 아닙니다. 어떤 단계는 어디에서도 가장 그럴듯한 단계가 아닙니다.")
            )
        if "thin_steps" in section["against"]:
            sentences.append(_("열 번도 쓰이지 않은 단계가 있어 이 모형의 값은 조심해서 보아야 합니다."))
        table = Table((_("평가위원"), _("박함"), _("표준오차"), _("인핏"), _("아웃핏")), rows)
        yield Block(
            f"rasch-{part}",
            title,
            tuple(sentences),
            table=table,
            notes=(_("같은 단계로 매긴 항목만으로 추정했습니다."),),
        )

    def _agreement(self, part: str) -> Iterator[Block]:
        title = _("평가위원은 얼마나 같은 것을 보았나 – %(part)s") % {"part": self.parts[part]}
        section, absent = self._section(f"agreement.{part}", title)
        yield from absent
        if section is None:
            return
        found = [one for one in section["criteria"] if one["alpha"] is not None]
        if not found:
            return
        rows = []
        without: dict[str | None, list[str]] = {}
        for one in found:
            name = self.criteria[f"{part}.{one['criterion']}"]
            if one["low"] is None:
                without.setdefault(one.get("no_interval"), []).append(f"{name} {_round(one['alpha'], 2)}")
                continue
            low, value, high = (Decimal(one[key]) for key in ("low", "alpha", "high"))
            rows.append((name, *(_round(str(number), 2) for number in (min(low, value), value, max(high, value)))))
        total = section["total"]
        sentences = [
            _(
                "크리펜도르프의 알파입니다. 1이면 모두가 같은 것을 보았고, 0이면 우연히 매긴 것과 같습니다. 팀이 적으면 구간이 넓습니다."
            ),
        ]
        if total["alpha"] is not None:
            sentences.append(_("합계의 알파는 %(alpha)s입니다.") % {"alpha": _round(total["alpha"], 2)})
        if total.get("icc"):
            sentences.append(
                _("평가위원단 평균의 신뢰도 ICC(2,k)는 %(icc)s입니다.")
                % {"icc": _round(total["icc"]["ICC(2,k)"]["value"], 2)}
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
            note = self._drawn(section)
        else:
            note = _("95%% 구간은 팀을 하나씩 빼고 다시 구한 알파에서 나옵니다(잭나이프).") % {}
        yield Block(
            f"agreement-{part}", title, tuple(sentences), "intervals",
            intervals(rows, -1, 1, cut=(0, _("점선: 우연히 매긴 것과 같음(0)")), head=(_("항목"), _("알파"), _("낮은 끝"), _("높은 끝"))), notes=(note,),
        )  # fmt: skip

    def _patterns(self) -> Iterator[Block]:
        found = self.sections.get("patterns")
        if not found:
            return
        rows = [
            (_("같은 평점"), f"{one['one']}, {one['other']}", f"{one['equal']}/{one['common']}")
            for one in found["same_marks"]
        ]
        rows += [
            (_("같은 합계"), ", ".join(one["panelists"]), f"{self.teams[one['team']]}: {one['total']}")
            for one in found["same_totals"]
        ]
        rows += [
            (
                _("다른 사람들과 먼 합계"),
                one["panelist"],
                f"{self.teams[one['team']]}: {_round(one['total'], 1)} ({_round(one['others'], 1)})",
            )
            for one in found["deviations"]
            if _is_decimal(one["total"]) and _is_decimal(one["others"])
        ]
        rows += [
            (_("모두 같은 평점"), one["panelist"], f"{self.teams[one['team']]}: {one['mark']} × {one['criteria']}")
            for one in found["straight_lines"]
        ]
        sentence = (
            _("살펴볼 만한 모양이 있습니다. 어느 것도 잘못이라는 뜻이 아니며, 이것 때문에 빠지는 평가표는 없습니다.")
            if rows
            else _("살펴볼 만한 모양이 없습니다.")
        )
        table = Table((_("모양"), _("누구"), _("무엇")), tuple(rows)) if rows else None
        yield Block("patterns", _("평점의 모양"), (sentence,), table=table)

    # --- Citizens.

    def _strengths(self) -> Iterator[Block]:
        title = _("국민이 나란히 놓고 고른 결과")
        section, absent = self._section("strengths", title)
        yield from absent
        if section is None:
            return
        teams = sorted(section["teams"], key=lambda team: -Decimal(team["value"]))
        rows = [
            (self.teams[one["team"]], *(_round(one[key], 2) for key in ("low", "value", "high")))
            for one in teams
            if one["low"] is not None
        ]
        if not rows:
            return
        low, high = _around(["0", *(value for _label, *values in rows for value in values)])
        side = section["side"]
        sentences = [
            _(
                "비교 %(votes)s건(%(people)s명)에서 추정한 강도입니다. 구간이 겹치는 팀들 사이의 순서는 말할 수 없습니다."
            )
            % {"votes": f"{section['votes']:,}", "people": f"{section['people']:,}"},
            _("같은 답이라도 왼쪽에 놓이면 100번 가운데 %(share)s번 뽑힙니다(비긴 것은 뺌, 95%% 구간 %(low)s ~ %(high)s번). 강도는 이 이득을 뺀 값입니다.")
            % {"share": _of_hundred(side["value"]), "low": _of_hundred(side["low"]), "high": _of_hundred(side["high"])},
        ]  # fmt: skip
        flips = [
            (f"{self.teams[one['above']]}, {self.teams[one['below']]}", f"{one['votes']:,}")
            for one in section["flips"]
            if one["votes"] is not None
        ]
        if flips:
            sentences.append(_("아래 표만큼의 투표가 반대였다면 이웃한 두 팀의 순서가 바뀝니다."))
        bad = ", ".join(f"{self.teams[one['team']]} {_percent(one['both_bad'])}%" for one in teams)
        sentences.append(_("‘둘 다 나쁘다’고 한 비율: %(bad)s.") % {"bad": bad})
        clusters = {
            "person+prompt": _("사람과 질문으로 묶은 95% 구간입니다."), "person": _("사람으로 묶은 95% 구간입니다."),
            "none": _("표 하나하나를 독립으로 본 95% 구간입니다."),
        }[section["clusters"]]  # fmt: skip
        yield Block(
            "strengths", title, tuple(sentences), "intervals",
            intervals(rows, low, high, cut=(0, _("점선: 평균과 같음(0)")), head=(_("팀"), _("강도"), _("낮은 끝"), _("높은 끝"))),
            table=Table((_("두 팀"), _("반대였다면 순서를 바꿀 투표")), tuple(flips)) if flips else None,
            notes=(
                _("강도의 단위는 로그 승산입니다. 1만큼 앞선 팀은 비긴 것을 빼고 100번 가운데 73번 뽑힙니다."),
                _("브래들리–테리 모형에 비김(데이비드슨)과 왼쪽의 이득을 더한 것입니다."),
                clusters,
            ),
        )  # fmt: skip

    def _style(self, title: str) -> tuple[Json | None, list[Block]]:
        """How strengths stand with style taken into account, or the block that says why nobody knows; neither of estimates from before
        version 6 and where there are no strengths."""
        style = self.sections.get("strengths", {}).get("style")
        if style is None:
            return None, []
        if "absent" in style:
            return None, [Block("length", title, (why_absent(style["absent"]),))]
        return style, []

    def _length(self) -> Iterator[Block]:
        title = _("답의 길이가 선택을 움직였나")
        style, absent = self._style(title)
        yield from absent
        if style is None:
            return
        fit = style["fits"][0]
        if "absent" in fit:
            yield Block("length", title, (why_absent(fit["absent"]),))
            return
        beside = {one["team"]: one for one in fit["teams"]}
        both = [
            (one, beside[one["team"]])
            for one in sorted(style["plain"], key=lambda team: -Decimal(team["value"]))
            if one["low"] is not None and beside[one["team"]]["low"] is not None
        ]
        (effect,) = fit["effects"]
        if not both or effect["low"] is None:
            yield Block("length", title, (why_absent("no_estimate"),))
            return
        rows = [
            (self.teams[one["team"]], *(tuple(_round(own[key], 2) for key in ("low", "value", "high")) for own in (one, other)))
            for one, other in both
        ]  # fmt: skip
        low, high = _around(
            ["0", *(value for _label, *spans in rows for span in spans for value in span)], Fraction(1, 2)
        )
        swapped = ", ".join(f"{self.teams[above]} ↔ {self.teams[below]}" for above, below in fit["swapped"])
        sentences = (
            self._did_length(effect),
            _("같은 길이로 쓴다고 보면 순서가 바뀌는 팀: %(teams)s. 구간이 겹치는 팀들 사이의 순서는 어느 쪽이든 말할 수 없습니다.")
            % {"teams": swapped}
            if swapped
            else _("같은 길이로 쓴다고 보아도 팀들의 순서는 그대로입니다."),
            _("긴 답에는 내용이 더 많을 수도 있습니다. 그러므로 이 값이 더 옳다는 뜻이 아니라, 길이에 순서가 얼마나 달려 있는지를 보이는 것입니다."),
        )  # fmt: skip
        notes = [_("길이는 글자와 숫자의 수이며, 두 답의 길이 비의 로그를 브래들리–테리 모형에 더했습니다. 공식 점수에는 길이가 들어가지 않습니다.")]  # fmt: skip
        if style["without_text"]:
            notes.append(
                _("글이 없는 답에 대한 비교 %(number)s건은 두 값 모두에서 뺐습니다.")
                % {"number": f"{style['without_text']:,}"}
            )
        yield Block(
            "length", title, sentences, "twins",
            twins(
                rows, low, high, (_("뽑힌 그대로"), _("같은 길이로 쓴다면")), cut=(0, _("점선: 평균과 같음(0)")), head=_("팀"),
                more=[(_("순위"), [_ranks(one) for one, _other in both]), (_("같은 길이일 때의 순위"), [_ranks(other) for _one, other in both])],
            ),
            notes=tuple(notes),
        )  # fmt: skip

    def _did_length(self, effect: Json) -> str:
        """Whether longer answers were preferred, and how much, as often of a hundred."""
        often = {
            "share": _of_hundred(effect["value"]), "low": _of_hundred(effect["low"]), "high": _of_hundred(effect["high"])
        }  # fmt: skip
        if Decimal(effect["low"]) > 0:
            first = _("긴 답이 더 자주 뽑혔습니다.")
        elif Decimal(effect["high"]) < 0:
            first = _("짧은 답이 더 자주 뽑혔습니다.")
        else:
            first = _("길이가 선택을 움직였는지는 이 투표로 말할 수 없습니다.")
        then = _(
            "다른 것이 같다면 두 배 긴 답이 100번 가운데 %(share)s번 뽑힙니다(비긴 것은 뺌, 95%% 구간 %(low)s ~ %(high)s번). 길이가 상관없다면 50번입니다."
        )
        return f"{first} {then % often}"

    def _marks(self) -> Iterator[Block]:
        """Everything that is measured of style at once, where there is more of it than the length."""
        style, _absent = self._style("")
        if style is None or len(style["fits"]) < 2:
            return
        title = _("목록, 제목, 굵은 글씨, 표가 선택을 움직였나")
        fit = style["fits"][1]
        if "absent" in fit:
            yield Block("marks", title, (why_absent(fit["absent"]),))
            return
        found = [one for one in fit["effects"] if one["low"] is not None]
        if not found:
            return
        rows = [
            (style_word(one["measure"]), *(_round(one[key], 2) for key in ("low", "value", "high"))) for one in found
        ]
        low, high = _around(["0", *(value for _label, *values in rows for value in values)])
        sure = [style_word(one["measure"]) for one in found if not Decimal(one["low"]) <= 0 <= Decimal(one["high"])]
        sentences = (
            _("다른 것이 모두 같을 때에도 선택을 움직인 것으로 보이는 것: %(measures)s.")
            % {"measures": ", ".join(sure)}
            if sure
            else _("따로 떼어 놓고 보면 어느 하나가 선택을 움직였다고 말할 수 없습니다."),
            _("한 팀만 즐겨 쓰는 모양은 그 팀의 실력과 가르기 어려워 구간이 넓습니다."),
        )
        yield Block(
            "marks", title, sentences, "intervals",
            intervals(rows, low, high, cut=(0, _("점선: 상관없음(0)")), head=(_("답의 모양"), _("효과"), _("낮은 끝"), _("높은 끝"))),
            notes=(_("단위는 로그 승산입니다. 길이는 두 배일 때, 나머지는 하나를 더한 개수가 두 배일 때의 효과이고, 95%% 구간입니다.") % {},),
        )  # fmt: skip

    def _stars(self) -> Iterator[Block]:
        title = _("별점")
        section, absent = self._section("stars", title)
        yield from absent
        if section is None:
            return
        for number, one in enumerate(section["questions"], start=1):
            rows = []
            for team in self._by_place(one["teams"]):
                shown = team["fair"] or team["mean"]
                if shown["low"] is None:
                    continue
                name = self.teams[team["team"]] + (_(" (적음)") if team["thin"] else "")
                rows.append((name, *(_round(shown[key], 2) for key in ("low", "value", "high"))))
            if not rows:
                continue
            low, high = _around([value for _label, *values in rows for value in values])
            heading = _("별점 – %(question)s") % {"question": self.questions.get(one["question"], one["question"])}
            yield Block(
                f"stars-{number}", heading,
                (_("사람마다 후하고 박한 것을 뺀 평균과, 사람으로 묶은 95% 구간입니다."),), "intervals",
                intervals(rows, low, high, head=(_("팀"), _("별점"), _("낮은 끝"), _("높은 끝"))),
            )  # fmt: skip

    def _population(self) -> Iterator[Block]:
        title = _("모집단에 맞추면")
        section, absent = self._section("population", title)
        yield from absent
        if section is None or not section["wins"]:
            return
        rows = [
            (
                self.teams[one["team"]],
                _round(str(Decimal(one["unweighted"]) * 100), 1),
                _round(str(Decimal(one["weighted"]) * 100), 1),
            )
            for one in self._by_place(section["wins"])
            if one["unweighted"] is not None and one["weighted"] is not None
        ]
        sentences = [
            _(
                "참여한 %(people)s명에게 성별·나이·지역 같은 특성의 비율이 모집단과 같아지도록 가중값을 주었습니다. 유효한 사람 수는 %(n)s명입니다."
            )
            % {"people": f"{section['people']:,}", "n": _round(section["effective_n"], 0)},
        ]
        without = [self.teams[one["team"]] for one in section["wins"] if one["unweighted"] is None]
        if without:
            sentences.append(
                _("모든 상대와 비교된 적이 없는 팀은 승률을 낼 수 없습니다: %(teams)s.") % {"teams": ", ".join(without)}
            )
        chart = None
        if rows:
            low, high = _around([value for _label, *values in rows for value in values], 10)
            chart = pairs(rows, low, high, (_("가중하지 않은 승률(%)"), _("가중한 승률(%)")), head=_("팀"))
        yield Block(
            "population", title, tuple(sentences), "pairs" if chart else "", chart,
            notes=(
                _("공식 점수는 가중하지 않은 표로 셉니다. 가중은 알고 있는 특성의 차이만 고칩니다."),
                _("가장 큰 가중값은 평균의 %(largest)s배, 설계효과는 %(effect)s입니다.")
                % {"largest": _round(section["largest"], 2), "effect": _round(section["design_effect"], 2)},
            ),
        )  # fmt: skip

    # --- Was it blind?

    def _blinding(self) -> Iterator[Block]:
        title = _("가림은 지켜졌나")
        section, absent = self._section("blinding", title)
        yield from absent
        if section is None:
            return
        sentences, rows, notes = [], [], []
        experts, citizens = (self._enough(section[who]) for who in ("experts", "citizens"))
        if experts:
            sentences.append(
                _("평가위원 %(people)s명의 평가표 %(of)s장 가운데 %(yes)s장에서 누구의 모델인지 알아보았다고, %(maybe)s장에서 짐작이 갔다고 했습니다.")
                % {key: f"{experts[key]:,}" for key in ("people", "of", "yes", "maybe")}
            )  # fmt: skip
            rows += self._shares(_("평가위원단"), experts)
        elif section["experts"]:
            sentences.append(_("답한 평가위원이 다섯 명보다 적어 몇 명이 알아보았는지 밝히지 않습니다."))
        if citizens:
            sentences.append(
                _("국민 %(people)s명이 읽은 답변 %(of)s개 가운데 %(recognised)s개에서 어느 모델인지 알아보았다고 했습니다. 하나라도 알아보았다고 한 사람은 %(ever)s명입니다.")
                % {key: f"{citizens[key]:,}" for key in ("people", "of", "recognised", "ever")}
            )  # fmt: skip
            rows += self._shares(_("국민 평가단"), citizens)
            notes.append(
                _(
                    "투표지에서 고르지 않은 것은 ‘없었다’로 셉니다. 판단하기 어렵다고 한 투표지도 답변을 읽은 것으로 셉니다."
                )
            )
        elif section["citizens"]:
            sentences.append(_("답한 국민이 다섯 명보다 적어 몇 명이 알아보았는지 밝히지 않습니다."))
        if rows:
            sentences.append(_("알아보았다는 말은 본인의 답이며, 그래서 점수가 달라졌다는 뜻은 아닙니다."))
            notes.insert(
                0, _("비율(%%)과, 한 사람의 답을 함께 묶은 95%% 구간입니다(윌슨). 공식 점수에는 쓰지 않습니다.") % {}
            )
        chart = None
        if rows:
            head = (_("누가"), _("알아보았거나 짐작이 간 비율(%)"), _("낮은 끝"), _("높은 끝"))
            chart = intervals(rows, 0, 100, head=head)
        yield Block("blinding", title, tuple(sentences), "intervals" if chart else "", chart, notes=tuple(notes))
        if experts and experts["index"]:  # with one team there is nothing to guess
            yield from self._guesses(experts["guesses"])
            if self.office:
                yield from self._given_away(experts["teams"])

    def _enough(self, told: Json | None) -> Json | None:
        """What so many people said that nobody's answer can be told from it; the office reads every answer anyway."""
        return told if told and (self.office or told["people"] >= LEAST_TO_TELL) else None

    def _shares(self, label: str, told: Json) -> list[tuple[str, str, str, str]]:
        share = told["share"]
        if share["low"] is None:
            return []
        low, value, high = (_round(str(Decimal(share[key]) * 100), 1) for key in ("low", "value", "high"))
        return [(label, low, value, high)]

    def _guesses(self, told: Json) -> Iterator[Block]:
        title = _("짐작은 맞았나")
        if not told["guessed"]:
            yield Block("guesses", title, (_("어느 팀이라고 짐작한 평가표가 없습니다."),))
            return
        if not self._enough(told):
            yield Block("guesses", title, (_("어느 팀인지 짐작한 평가위원이 다섯 명보다 적어 몇 장이 맞았는지 밝히지 않습니다."),))  # fmt: skip
            return
        expected = _round(told["expected"], 1)
        often = Decimal(told["p"]) < Decimal("0.05")
        sentences = (
            _("어느 팀이라고 짐작한 평가표 %(guessed)s장 가운데 %(right)s장이 맞았습니다. 아무렇게나 짚어도 %(expected)s장쯤은 맞습니다.")
            % {"guessed": f"{told['guessed']:,}", "right": f"{told['right']:,}", "expected": expected},
            _("우연이라고 보기에는 많이 맞았습니다. 평가위원은 누구의 모델인지 어느 만큼 알고 있었습니다.")
            if often
            else _("우연히 맞은 것과 가를 수 없습니다."),
        )  # fmt: skip
        rows = [(_("맞은 짐작"), str(told["right"])), (_("아무렇게나 짚었다면"), expected)]
        yield Block(
            "guesses", title, sentences, "bars",
            bars(rows, maximum=told["guessed"], head=(_("무엇"), _("평가표(장)"))),
            notes=(_("우연히 이만큼 또는 더 많이 맞을 확률: %(p)s(정확한 이항분포). 이해충돌을 신고한 팀은 짚을 팀에서 뺐습니다.") % {"p": _small(told["p"])},),
        )  # fmt: skip

    def _given_away(self, teams: list[Json]) -> Iterator[Block]:
        """Which team's model gave itself away. For the office alone: of one team a single sheet may stand behind a number."""
        told = [(self.teams[one["team"]], one["index"]) for one in self._by_place(teams) if one["index"]]
        if not told:
            return
        rows = [
            (name, *(_round(one[key], 2) for key in ("low", "value", "high")))
            for name, one in told
            if one["low"] is not None
        ]
        columns = (_("팀"), _("물은 평가표"), _("짐작한 평가표"), _("맞은 짐작"), _("지수"))
        table = Table(
            columns,
            tuple((name, *(str(one[key]) for key in ("asked", "guessed", "right")), _round(one["value"], 2)) for name, one in told),
        )  # fmt: skip
        sentences = (
            _("방(Bang)의 가림 지수입니다. 1이면 모두가 그 팀인 줄 알았고, 0이면 아무도 몰랐거나 아무렇게나 짚은 것과 같으며, 0보다 작으면 다른 팀으로 잘못 안 것입니다."),
            _("모두가 늘 같은 팀을 짚으면 그 팀의 지수만 높고 다른 팀은 0보다 작습니다. 그것은 알아본 것이 아니라 버릇일 수 있습니다."),
        )  # fmt: skip
        chart = None
        if rows:
            head = (_("팀"), _("지수"), _("낮은 끝"), _("높은 끝"))
            chart = intervals(rows, -1, 1, cut=(0, _("점선: 아무렇게나 짚은 것과 같음(0)")), head=head)
        yield Block(
            "given-away", _("어느 모델이 알아보였나"), sentences, "intervals" if chart else "", chart, table,
            notes=(_("모두가 똑같이 답한 팀에는 구간이 없어 표에만 있습니다. 이 값은 공개하지 않습니다."),),
        )  # fmt: skip

    def _power(self) -> Iterator[Block]:
        section, absent = self._section("power", _("이 규모로 볼 수 있는 차이"))
        yield from absent
        if section is None:
            return
        sentences = [
            _(
                "%(part)s: 평가위원 %(size)s명으로는 두 팀의 %(gap)s점 차이를 열에 여덟 번 알아봅니다. 그 절반을 알아보려면 %(more)s명이 있어야 합니다."
            )
            % {
                "part": self.parts[one["part"]],
                "size": one["reviewers"],
                "gap": _round(one["gap"], 1),
                "more": one["for_half"] or "–",
            }
            for one in section["panels"]
        ]
        if section["comparisons"]:
            sentences.append(
                _("비교: 두 팀마다 %(number)s건으로는 승률 %(share)s%%와 50%%를 가를 수 있습니다.")
                % {
                    "number": f"{section['comparisons']['a_pair']:,}",
                    "share": _percent(section["comparisons"]["share"]),
                }
            )
        if not sentences:
            return
        yield Block(
            "power",
            _("이 규모로 볼 수 있는 차이"),
            tuple(sentences),
            notes=(_("유의수준 5%, 검정력 80%. 다음 평가의 규모를 정할 때 씁니다."),),
        )


def _is_decimal(text: str) -> bool:
    return "/" not in text


def _criteria(rows: list[Json], above: str = "") -> Iterator[tuple[str, str]]:
    for row in rows:
        path = f"{above}.{row['key']}" if above else row["key"]
        yield path, said(row["name"])
        yield from _criteria(row.get("criteria", []), path)
