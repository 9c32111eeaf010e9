"""How firm the order is: ranks and the line, one thing left out, other weights, and what a panel of this size can see."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from evaluations.results.pictures.reader import Block, Json, Reader, as_chance, as_decimal, as_percent, drawn
from evaluations.results.wording import advance_word
from portal.charts import Table, bars, intervals


def order(reader: Reader) -> Iterator[Block]:
    title = _("순위는 얼마나 단단한가")
    section, absent = reader.section("order", title)
    yield from absent
    if section is None:
        return
    teams = reader.by_rank(section["teams"])
    size = len(teams)
    if size < 2:
        return
    rows = [
        (
            reader.teams[team["team"]],
            str(min(team["best"], reader.ranks[team["team"]])),
            str(reader.ranks[team["team"]]),
            str(max(team["worst"], reader.ranks[team["team"]])),
        )
        for team in teams
    ]
    yield Block(
        "ranks", title,
        (_ranks_are(section),),
        "intervals",
        intervals(rows, 1, size, ticks=range(1, size + 1), head=(_("팀"), _("공식 순위"), _("가장 높은 순위"), _("가장 낮은 순위"))),
        notes=(drawn(section), _("벤치마크처럼 한 번 잰 값은 흔들리지 않는 것으로 봅니다. 순위는 규칙이 정하며, 이 그림은 순위를 바꾸지 않습니다.")),
    )  # fmt: skip
    if section["line"]:
        yield _line(reader, section, teams)


def _ranks_are(section: Json) -> str:
    if section.get("version") in (None, "1", "2", "3"):  # before version 8 of the estimates
        return _("같은 크기의 평가위원단과 국민 평가단을 거듭 다시 뽑아 같은 규칙으로 셌습니다. 선은 그 가운데 95%%의 순위가 놓인 범위이고, 점은 공식 순위입니다.") % {}  # fmt: skip
    return _("같은 크기의 평가위원단과 국민 평가단을 거듭 다시 뽑아, 두 팀씩 점수의 차이가 얼마나 흔들리는지 보았습니다. 점은 공식 순위이고, 선은 확실히 앞선 팀과 확실히 뒤진 팀을 뺀 나머지 순위입니다. 올 수 있었던 모두가 정했을 그 팀의 순위를 적어도 95%%는 품습니다(팀마다).") % {}  # fmt: skip


def _line(reader: Reader, section: Json, teams: list[Json]) -> Block:
    line = section["line"]
    quota = line["quota"]
    last, first = (reader.ranks[team["team"]] for team in teams[quota - 1 : quota + 1])
    if last == first:
        sentences = [
            _("진출선이 %(rank)s위를 나눕니다. 총점도, 동점을 가르는 점수도 같은 팀: %(teams)s.")
            % {"rank": last, "teams": _at(reader, teams, last)}
        ]
    else:
        between = {"quota": last, "above": _at(reader, teams, last), "next": first, "below": _at(reader, teams, first)}
        sentences = [
            _("같은 크기의 평가위원단과 국민 평가단을 다시 뽑으면, 점수만으로는 %(same)s%%에서 지금과 똑같은 팀들이 진출선 위에 놓입니다.")
            % {"same": as_chance(line["same"])},
            _("%(quota)s위 %(above)s, %(next)s위 %(below)s의 총점이 같아 동점 처리 순서가 순위를 갈랐습니다.") % between
            if line.get("tied")
            else _("%(quota)s위 %(above)s, %(next)s위 %(below)s의 차이는 %(gap)s점입니다.")
            % {**between, "gap": as_decimal(line["gap"], 2)},
        ]  # fmt: skip
    rows = [(reader.teams[team["team"]], as_chance(line["advances"][team["team"]])) for team in teams]
    chart = bars(rows, maximum=100, cut=(50, _("점선: 반반(50%%)") % {}), head=(_("팀"), _("진출할 확률(%)")))
    notes = (_("독자성 관문과 과락은 헤아리지 않은, 점수만의 확률입니다."),)
    return Block("line", _("진출선은 얼마나 아슬아슬했나"), tuple(sentences), "bars", chart, notes=notes)


def _at(reader: Reader, teams: list[Json], rank: int) -> str:
    return ", ".join(reader.teams[team["team"]] for team in teams if reader.ranks[team["team"]] == rank)


def leave_one_out(reader: Reader) -> Iterator[Block]:
    title = _("하나가 없었다면")
    section, absent = reader.section("leave_one_out", title)
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
    if reader.office and moved:
        rows = tuple(
            (
                reader.teams[one["team"]], _named(reader, one), " → ".join(str(rank or "–") for rank in one["rank"]),
                " → ".join(advance_word(answer) for answer in one["advances"]),
            )
            for one in moved
        )  # fmt: skip
        table = Table((_("팀"), _("없는 것"), _("순위"), _("진출")), rows)
    yield Block(
        "without", title, sentences, table=table, notes=(_("어림이 아니라 공식 규칙 그대로 다시 센 것입니다."),)
    )


def _named(reader: Reader, one: Json) -> str:
    if one["kind"] == "panelist":
        return str(one["key"])
    return reader.criteria.get(one["key"]) or reader.items.get(one["key"]) or reader.parts[one["key"]]


def weights(reader: Reader) -> Iterator[Block]:
    title = _("배점이 달랐다면")
    section, absent = reader.section("weights", title)
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
                    reader.parts[one["part"]], *(as_decimal(str(Decimal(one[key]) * 100), 1) for key in ("now", "weight")),
                    f"{reader.teams[one['above']]}, {reader.teams[one['below']]}",
                )
                for one in near
            ),
        )  # fmt: skip
        sentences.append(_("아래 표의 비중이었다면 이웃한 두 팀의 점수가 같아집니다."))
    else:
        sentences.append(_("부문의 비중이 10%포인트씩 달랐더라도 이웃한 두 팀의 순서는 바뀌지 않습니다."))
    chart = None
    notes = [drawn(section)]
    if "teams" in section:
        if section["same"] is not None:
            sentences.insert(
                0,
                _("비중을 부문마다 전체의 10분의 1까지 달리한 모든 경우 가운데, 점수만으로는 %(same)s%%에서 지금과 똑같은 팀들이 진출선 위에 놓입니다.")
                % {"same": as_chance(section["same"])},
            )  # fmt: skip
        rows = [(reader.teams[one["team"]], as_chance(one["advances"])) for one in reader.by_rank(section["teams"])]
        chart = bars(rows, maximum=100, head=(_("팀"), _("진출선 위에 놓이는 비중의 비율(%)")))
        notes.insert(0, _("독자성 관문과 과락은 헤아리지 않은, 점수만의 비율입니다."))
    yield Block("weights", title, tuple(sentences), "bars" if chart else "", chart, table, notes=tuple(notes))


def power(reader: Reader) -> Iterator[Block]:
    title = _("이 규모로 볼 수 있는 차이")
    section, absent = reader.section("power", title)
    yield from absent
    if section is None:
        return
    sentences = [
        _(
            "%(part)s: 평가위원 %(size)s명으로는 두 팀의 %(gap)s점 차이를 열에 여덟 번 알아봅니다. 그 절반을 알아보려면 %(more)s명이 있어야 합니다."
        )
        % {
            "part": reader.parts[one["part"]],
            "size": one["reviewers"],
            "gap": as_decimal(one["gap"], 1),
            "more": one["for_half"] or "–",
        }
        for one in section["panels"]
    ]
    notes = [_("유의수준 5%, 검정력 80%. 다음 평가의 규모를 정할 때 씁니다.")]
    if section["comparisons"]:
        sentences.append(
            _("비교: 두 팀마다 %(number)s건으로는 승률 %(share)s%%와 50%%를 가를 수 있습니다.")
            % {
                "number": f"{section['comparisons']['a_pair']:,}",
                "share": as_percent(section["comparisons"]["share"]),
            }
        )
        if "ties" in section["comparisons"]:  # before version 7 of the estimates it was assumed
            notes.append(
                _("비긴 것은 센 대로 %(ties)s%%이고, 한 사람의 여러 답이 함께 움직이는 몫은 %(factor)s배로 보았습니다.")
                % {
                    "ties": as_percent(section["comparisons"]["ties"]),
                    "factor": as_decimal(section["comparisons"]["variance_factor"], 1),
                }
            )
    if sentences:
        yield Block("power", title, tuple(sentences), notes=tuple(notes))
