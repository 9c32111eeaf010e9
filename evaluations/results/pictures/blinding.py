"""Whether it was blind: who recognised a model, and whose guesses were right."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from evaluations.results.pictures.reader import Block, Json, Reader, as_decimal, as_small_chance
from portal.charts import Table, bars, intervals


def blinding(reader: Reader) -> Iterator[Block]:
    title = _("가림은 지켜졌나")
    section, absent = reader.section("blinding", title)
    yield from absent
    if section is None:
        return
    sentences, rows, notes = [], [], []
    experts, citizens = (_enough(reader, section[who]) for who in ("experts", "citizens"))
    if experts:
        sentences.append(
            _("평가위원 %(people)s명의 평가표 %(of)s장 가운데 %(yes)s장에서 누구의 모델인지 알아보았다고, %(maybe)s장에서 짐작이 갔다고 했습니다.")
            % {key: f"{experts[key]:,}" for key in ("people", "of", "yes", "maybe")}
        )  # fmt: skip
        rows += _shares(_("평가위원단"), experts)
    elif section["experts"]:
        sentences.append(_("답한 평가위원이 다섯 명보다 적어 몇 명이 알아보았는지 밝히지 않습니다."))
    if citizens:
        sentences.append(
            _("국민 %(people)s명이 읽은 답변 %(of)s개 가운데 %(recognised)s개에서 어느 모델인지 알아보았다고 했습니다. 하나라도 알아보았다고 한 사람은 %(ever)s명입니다.")
            % {key: f"{citizens[key]:,}" for key in ("people", "of", "recognised", "ever")}
        )  # fmt: skip
        rows += _shares(_("국민 평가단"), citizens)
        notes.append(
            _("투표지에서 고르지 않은 것은 ‘없었다’로 셉니다. 판단하기 어렵다고 한 투표지도 답변을 읽은 것으로 셉니다.")
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
        yield from _guesses(reader, experts["guesses"])
        if reader.office:
            yield from _given_away(reader, experts["teams"])


def _enough(reader: Reader, told: Json | None) -> Json | None:
    """What so many people said that it may be told; None of fewer."""
    return told if told and reader.may_tell_of(told["people"]) else None


def _shares(label: str, told: Json) -> list[tuple[str, str, str, str]]:
    share = told["share"]
    if share["low"] is None:
        return []
    low, value, high = (as_decimal(str(Decimal(share[key]) * 100), 1) for key in ("low", "value", "high"))
    return [(label, low, value, high)]


def _guesses(reader: Reader, told: Json) -> Iterator[Block]:
    title = _("짐작은 맞았나")
    if not told["guessed"]:
        yield Block("guesses", title, (_("어느 팀이라고 짐작한 평가표가 없습니다."),))
        return
    if not _enough(reader, told):
        yield Block("guesses", title, (_("어느 팀인지 짐작한 평가위원이 다섯 명보다 적어 몇 장이 맞았는지 밝히지 않습니다."),))  # fmt: skip
        return
    expected = as_decimal(told["expected"], 1)
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
        notes=(_("우연히 이만큼 또는 더 많이 맞을 확률: %(p)s(정확한 이항분포). 이해충돌을 신고한 팀은 짚을 팀에서 뺐습니다.") % {"p": as_small_chance(told["p"])},),
    )  # fmt: skip


def _given_away(reader: Reader, teams: list[Json]) -> Iterator[Block]:
    """Which team's model gave itself away. For the office alone: of one team a single sheet may stand behind a number."""
    told = [(reader.teams[one["team"]], one["index"]) for one in reader.by_rank(teams) if one["index"]]
    if not told:
        return
    rows = [
        (name, *(as_decimal(one[key], 2) for key in ("low", "value", "high")))
        for name, one in told
        if one["low"] is not None
    ]
    columns = (_("팀"), _("물은 평가표"), _("짐작한 평가표"), _("맞은 짐작"), _("지수"))
    table = Table(
        columns,
        tuple((name, *(str(one[key]) for key in ("asked", "guessed", "right")), as_decimal(one["value"], 2)) for name, one in told),
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
        notes=(_("구간이 없는 팀은 표에만 있습니다. 이 값은 공개하지 않습니다."),),
    )  # fmt: skip
