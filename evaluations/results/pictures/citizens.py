"""Citizens: whom they preferred, whether style moved them, their stars, and the population they stand for."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from evaluations.results.pictures.reader import (
    Block,
    Json,
    Reader,
    around,
    as_decimal,
    as_percent,
    as_ranks,
    of_hundred,
)
from evaluations.results.wording import style_word, why_absent
from portal.charts import Pairs, Table, intervals, pairs, twins

FEWEST_STARS, MOST_STARS = 1, 5


def strengths(reader: Reader) -> Iterator[Block]:
    title = _("국민이 나란히 놓고 고른 결과")
    section, absent = reader.section("strengths", title)
    yield from absent
    if section is None:
        return
    if not reader.may_tell_of(section["people"]):
        yield Block("strengths", title, (why_absent("few_people"),))
        return
    teams = sorted(section["teams"], key=lambda team: -Decimal(team["value"]))
    rows = [
        (reader.teams[one["team"]], *(as_decimal(one[key], 2) for key in ("low", "value", "high")))
        for one in teams
        if one["low"] is not None
    ]
    if not rows:
        return
    low, high = around(["0", *(value for _label, *values in rows for value in values)])
    side = section["side"]
    sentences = [
        _(
            "비교 %(votes)s건(%(people)s명)에서 추정한 강도입니다. 구간이 겹치는 팀들 사이의 순서는 말할 수 없습니다."
        )
        % {"votes": f"{section['votes']:,}", "people": f"{section['people']:,}"},
        _("같은 답이라도 왼쪽에 놓이면 100번 가운데 %(share)s번 뽑힙니다(비긴 것은 뺌, 95%% 구간 %(low)s ~ %(high)s번). 강도는 이 이득을 뺀 값입니다.")
        % {"share": of_hundred(side["value"]), "low": of_hundred(side["low"]), "high": of_hundred(side["high"])},
    ]  # fmt: skip
    flips = _flips(reader, section)
    if flips:
        sentences.append(_("아래 표만큼의 투표가 반대였다면 이웃한 두 팀의 순서가 바뀝니다."))
    bad = [
        f"{reader.teams[one['team']]} {as_percent(one['both_bad'])}%"
        for one in teams
        if reader.may_tell_of(one["compared"])
    ]
    if bad:
        sentences.append(_("‘둘 다 나쁘다’고 한 비율: %(bad)s.") % {"bad": ", ".join(bad)})
    clusters = {
        "person+prompt": _("사람과 질문으로 묶은 95% 구간입니다."), "person": _("사람으로 묶은 95% 구간입니다."),
        "prompt": _("질문으로 묶은 95% 구간입니다."),
        "none": _("표 하나하나를 독립으로 본 95% 구간입니다."),
    }[section["clusters"]]  # fmt: skip
    yield Block(
        "strengths", title, tuple(sentences), "intervals",
        intervals(rows, low, high, cut=(0, _("점선: 평균과 같음(0)")), head=(_("팀"), _("강도"), _("낮은 끝"), _("높은 끝"))),
        table=flips,
        notes=(
            _("강도의 단위는 로그 승산입니다. 1만큼 앞선 팀은 비긴 것을 빼고 100번 가운데 73번 뽑힙니다."),
            _("브래들리–테리 모형에 비김(데이비드슨)과 왼쪽의 이득을 더한 것입니다."),
            clusters,
        ),
    )  # fmt: skip


def _flips(reader: Reader, fit: Json) -> Table | None:
    """What would turn neighbours around; nothing of estimates from before version 7 with style taken into account."""
    rows = tuple(
        (f"{reader.teams[one['above']]}, {reader.teams[one['below']]}", f"{one['votes']:,}")
        for one in fit.get("flips", ())
        if one["votes"] is not None
    )
    return Table((_("두 팀"), _("반대였다면 순서를 바꿀 투표")), rows) if rows else None


def _style(reader: Reader, title: str) -> tuple[Json | None, list[Block]]:
    """How strengths stand with style taken into account, or the block that says why nobody knows; neither of estimates from before
    version 6, where there are no strengths, and where so few people compared that these are not told."""
    strengths = reader.sections.get("strengths", {})
    style = strengths.get("style")
    if style is None or not reader.may_tell_of(strengths["people"]):
        return None, []
    if "absent" in style:
        return None, [Block("length", title, (why_absent(style["absent"]),))]
    return style, []


def length(reader: Reader) -> Iterator[Block]:
    title = _("답의 길이가 선택을 움직였나")
    style, absent = _style(reader, title)
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
        (reader.teams[one["team"]], *(tuple(as_decimal(own[key], 2) for key in ("low", "value", "high")) for own in (one, other)))
        for one, other in both
    ]  # fmt: skip
    low, high = around(["0", *(value for _label, *spans in rows for span in spans for value in span)], Fraction(1, 2))
    swapped = ", ".join(f"{reader.teams[above]} ↔ {reader.teams[below]}" for above, below in fit["swapped"])
    sentences = [
        _did_length(effect),
        _("같은 길이로 쓴다고 보면 순서가 바뀌는 팀: %(teams)s. 구간이 겹치는 팀들 사이의 순서는 어느 쪽이든 말할 수 없습니다.")
        % {"teams": swapped}
        if swapped
        else _("같은 길이로 쓴다고 보아도 팀들의 순서는 그대로입니다."),
        _("긴 답에는 내용이 더 많을 수도 있습니다. 그러므로 이 값이 더 옳다는 뜻이 아니라, 길이에 순서가 얼마나 달려 있는지를 보이는 것입니다."),
    ]  # fmt: skip
    flips = _flips(reader, fit)
    if flips:
        sentences.append(_("같은 길이일 때의 순서도, 아래 표만큼의 투표가 반대였다면 바뀝니다."))
    notes = [_("길이는 글자와 숫자의 수이며, 두 답의 길이 비의 로그를 브래들리–테리 모형에 더했습니다. 공식 점수에는 길이가 들어가지 않습니다.")]  # fmt: skip
    if style["without_text"]:
        notes.append(
            _("글이 없는 답에 대한 비교 %(number)s건은 두 값 모두에서 뺐습니다.")
            % {"number": f"{style['without_text']:,}"}
        )
    yield Block(
        "length", title, tuple(sentences), "twins",
        twins(
            rows, low, high, (_("뽑힌 그대로"), _("같은 길이로 쓴다면")), cut=(0, _("점선: 평균과 같음(0)")), head=_("팀"),
            more=[(_("순위"), [as_ranks(one) for one, _other in both]), (_("같은 길이일 때의 순위"), [as_ranks(other) for _one, other in both])],
        ),
        table=flips, notes=tuple(notes),
    )  # fmt: skip


def _did_length(effect: Json) -> str:
    """Whether longer answers were preferred, and how much, as often of a hundred."""
    often = {
        "share": of_hundred(effect["value"]), "low": of_hundred(effect["low"]), "high": of_hundred(effect["high"])
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


def marks(reader: Reader) -> Iterator[Block]:
    """Everything that is measured of style at once, where there is more of it than the length."""
    style, _absent = _style(reader, "")
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
        (style_word(one["measure"]), *(as_decimal(one[key], 2) for key in ("low", "value", "high"))) for one in found
    ]
    low, high = around(["0", *(value for _label, *values in rows for value in values)])
    sure = [style_word(one["measure"]) for one in found if not Decimal(one["low"]) <= 0 <= Decimal(one["high"])]
    sentences = (
        _("다른 것이 모두 같을 때에도 선택을 움직인 것으로 보이는 것: %(measures)s.") % {"measures": ", ".join(sure)}
        if sure
        else _("따로 떼어 놓고 보면 어느 하나가 선택을 움직였다고 말할 수 없습니다."),
        _("한 팀만 즐겨 쓰는 모양은 그 팀의 실력과 가르기 어려워 구간이 넓습니다."),
    )
    yield Block(
        "marks", title, sentences, "intervals",
        intervals(rows, low, high, cut=(0, _("점선: 상관없음(0)")), head=(_("답의 모양"), _("효과"), _("낮은 끝"), _("높은 끝"))),
        notes=(_("단위는 로그 승산입니다. 길이는 두 배일 때, 나머지는 하나를 더한 개수가 두 배일 때의 효과이고, 95%% 구간입니다.") % {},),
    )  # fmt: skip


def stars(reader: Reader) -> Iterator[Block]:
    title = _("별점")
    section, absent = reader.section("stars", title)
    yield from absent
    if section is None:
        return
    if not reader.may_tell_of(section["people"]):
        yield Block("stars", title, (why_absent("few_people"),))
        return
    for number, one in enumerate(section["questions"], start=1):
        rows, few = [], []
        for team in reader.by_rank(one["teams"]):
            shown = team["fair"] or team["mean"]
            if shown["low"] is None:
                continue
            if not reader.may_tell_of(team["n"]):
                few.append(reader.teams[team["team"]])
                continue
            name = reader.teams[team["team"]] + (_(" (적음)") if team["thin"] else "")
            rows.append((name, *_on_the_scale(shown)))
        sentences, chart = [], None
        if rows:
            sentences.append(
                _("사람마다 후하고 박한 것을 뺀 평균과, 사람으로 묶은 95% 구간입니다.")
                if all(team["fair"] for team in one["teams"])
                else _("별점을 그대로 평균한 것과, 사람으로 묶은 95% 구간입니다. 사람마다 후하고 박한 것은 빼지 않았습니다.")
            )  # fmt: skip
            low, high = around([value for _label, *values in rows for value in values])
            chart = intervals(rows, low, high, head=(_("팀"), _("별점"), _("낮은 끝"), _("높은 끝")))
        if rows and one["question"] in section.get("unconnected", ()):
            sentences.append(why_absent("disconnected"))
        if few:
            sentences.append(_("별점이 다섯 개보다 적어 밝히지 않는 팀: %(teams)s.") % {"teams": ", ".join(few)})
        if sentences:
            heading = _("별점 – %(question)s") % {"question": reader.questions.get(one["question"], one["question"])}
            yield Block(f"stars-{number}", heading, tuple(sentences), "intervals" if chart else "", chart)


def _on_the_scale(mean: Json) -> tuple[str, str, str]:
    """A mean with its interval, which ends where the stars do: of few people Student's t reaches far beyond."""
    low, value, high = (Decimal(mean[key]) for key in ("low", "value", "high"))
    low, high = max(low, min(value, Decimal(FEWEST_STARS))), min(high, max(value, Decimal(MOST_STARS)))
    return as_decimal(str(low), 2), as_decimal(str(value), 2), as_decimal(str(high), 2)


def population(reader: Reader) -> Iterator[Block]:
    title = _("모집단에 맞추면")
    section, absent = reader.section("population", title)
    yield from absent
    if section is None:
        return
    if not reader.may_tell_of(section["people"]):
        yield Block("population", title, (why_absent("few_people"),))
        return
    sentences = [
        _(
            "참여한 %(people)s명에게 성별·나이·지역 같은 특성의 비율이 모집단과 같아지도록 가중값을 주었습니다. 유효한 사람 수는 %(n)s명입니다."
        )
        % {"people": f"{section['people']:,}", "n": as_decimal(section["effective_n"], 0)},
    ]
    without = [reader.teams[one["team"]] for one in section["wins"] if one["unweighted"] is None]
    if without:
        sentences.append(
            _("모든 상대와 비교된 적이 없는 팀은 승률을 낼 수 없습니다: %(teams)s.") % {"teams": ", ".join(without)}
        )
    chart = _in_pairs(_beside(reader, section["wins"], 100, 1), 10, (_("가중하지 않은 승률(%)"), _("가중한 승률(%)")))
    yield Block(
        "population", title, tuple(sentences), "pairs" if chart else "", chart,
        notes=(
            _("공식 점수는 가중하지 않은 표로 셉니다. 가중은 알고 있는 특성의 차이만 고칩니다."),
            _("가장 큰 가중값은 평균의 %(largest)s배, 설계효과는 %(effect)s입니다.")
            % {"largest": as_decimal(section["largest"], 2), "effect": as_decimal(section["design_effect"], 2)},
        ),
    )  # fmt: skip
    # Before version 7 of the estimates nobody knew how many.
    enough = [one for one in section["stars"] if reader.may_tell_of(one.get("n", 0))]
    chart = _in_pairs(_beside(reader, enough, 1, 2), 1, (_("가중하지 않은 별점"), _("가중한 별점")))
    if chart:
        said = (_("물음마다 구한 별점의 평균을 다시 평균한 것입니다."),)
        yield Block("population-stars", _("모집단에 맞추면 – 별점"), said, "pairs", chart)


def _in_pairs(rows: list[tuple[str, str, str]], step: int, legend: tuple[str, str]) -> Pairs | None:
    if not rows:
        return None
    low, high = around([value for _label, *values in rows for value in values], step)
    return pairs(rows, low, high, legend, head=_("팀"))


def _beside(reader: Reader, teams: list[Json], times: int, places: int) -> list[tuple[str, str, str]]:
    """Of each team that has both, what was said of it without weights and with them, so many times as large."""
    return [
        (
            reader.teams[one["team"]],
            *(as_decimal(str(Decimal(one[key]) * times), places) for key in ("unweighted", "weighted")),
        )
        for one in reader.by_rank(teams)
        if one["unweighted"] is not None and one["weighted"] is not None
    ]
