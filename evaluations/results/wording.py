"""The words of a result, in the reader's language."""

from django.utils.translation import gettext as _


def never_published() -> str:
    return _("미공표")


def gate_word(gate: str | None) -> str:
    return {"met": _("충족"), "not_met": _("미충족"), "pending": _("결정 전")}.get(gate or "", "–")


def advance_word(advances: bool | None) -> str:
    return {True: _("진출"), False: _("탈락"), None: _("미정")}[advances]


def line_sentence(because: str, *, scored: bool) -> str:
    """Why a team that was level with others on the line advances or not, in a stage that is `scored` or not; empty of any other team."""
    words = {
        "line_all": _("경계선에 있는 팀들을 가를 수 없어, 미리 정한 대로 모두 진출합니다."),
        "line_none": _("경계선에 있는 팀들을 가를 수 없어, 미리 정한 대로 아무도 진출하지 않습니다."),
    }
    if scored:
        words |= {
            "line_in": _("경계선에서 점수가 같아 위원회가 정했습니다. 이 팀은 진출합니다."),
            "line_out": _("경계선에서 점수가 같아 위원회가 정했습니다. 이 팀은 진출하지 않습니다."),
            "line_full": _("경계선에서 점수가 같아 위원회가 정했습니다. 다른 팀이 남은 자리를 모두 얻었습니다."),
        }
    else:
        words |= {
            "line_in": _("인정된 팀이 자리보다 많아 위원회가 정했습니다. 이 팀은 진출합니다."),
            "line_out": _("인정된 팀이 자리보다 많아 위원회가 정했습니다. 이 팀은 진출하지 않습니다."),
            "line_full": _("인정된 팀이 자리보다 많아 위원회가 정했습니다. 다른 팀이 남은 자리를 모두 얻었습니다."),
        }
    return words.get(because, "")


def verdict_word(code: str) -> str:
    words = {
        "match": _("집계와 같음"), "differs": _("집계와 다름"), "not_computable": _("공개된 자료로는 계산할 수 없음"),
        "points": _("점수"), "mean": _("평균"), "rank": _("순위"), "advances": _("진출 여부"), "best": _("최고점"),
    }  # fmt: skip
    return words[code]


def why_absent(code: str) -> str:
    """Why a section of the estimates tells nothing."""
    words = {
        "no_sheets": _("셀 수 있는 평가표가 없어 추정하지 않았습니다."),
        "too_few_sheets": _("평가표가 너무 적어 추정하지 않았습니다."),
        "too_few_people": _("한 팀을 매기거나 두 팀을 견준 국민이 너무 적어 추정하지 않았습니다."),
        "no_total": _("총점이 없는 팀이 있어 추정하지 않았습니다."),
        "one_part": _("부문이 하나뿐이라 비중을 달리할 수 없습니다."),
        "no_estimate": _(
            "서로 견줄 수 없는 팀이 있거나, 한쪽이 모두 이겼거나, 두 팀이 늘 같은 쪽에 놓여 유한한 추정값이 없습니다."
        ),
        "few_people": _("답한 국민이 다섯 명보다 적습니다. 한 사람의 답을 알아낼 수 있으므로 밝히지 않습니다."),
        "no_traits": _("특성을 알 수 없는 참여자가 있어 가중하지 않았습니다."),
        "infeasible": _("아무도 오지 않은 집단이 있거나 비율을 함께 맞출 수 없어 가중하지 않았습니다."),
        "no_texts": _("비교된 답의 글이 이 누리집에 없어 길이를 헤아릴 수 없습니다."),
        "same_style": _("비교된 두 답의 길이가 늘 같아 길이가 선택을 움직였는지 알 수 없습니다."),
        "style_is_team": _(
            "팀마다 답의 모양이 늘 같거나 한 질문에서만 달라, 뽑힌 까닭이 모양인지 실력인지 가를 수 없습니다."
        ),
        "not_asked": _("알아보았는지를 묻지 않고 모은 자료라서 가림이 지켜졌는지 알 수 없습니다."),
        "disconnected": _("팀들이 평가한 사람을 통해 서로 이어지지 않아 한 축에 놓을 수 없습니다."),
    }
    return words.get(code, _("자료가 모형의 조건에 맞지 않아 추정하지 않았습니다."))


def style_word(measure: str) -> str:
    """What of an answer's style was measured."""
    words = {
        "length": _("길이"), "lists": _("목록"), "headings": _("제목"), "bold": _("굵은 글씨"), "tables": _("표"),
    }  # fmt: skip
    return words[measure]


def why_no_interval(code: str | None) -> str:
    """Why an alpha stands without an interval."""
    words = {
        "few_units": _("팀이 넷보다 적으면 구간이 있을 수 있는 값을 거의 다 품습니다."),
        "one_value": _("평점의 5분의 4 넘게가 한 값이어서, 알파가 몇 안 되는 다른 평점에 달려 있습니다."),
        "few_samples": _("평점과 서로 다른 값이 적어, 나올 수 있는 표본이 200가지가 되지 않습니다."),
        "edge": _("한 팀만 빼도 알파가 정해지지 않거나 맨 끝 값이 되거나, 어느 팀을 빼도 같습니다."),
    }
    return words.get(code or "", _("이 평점으로는 구간을 정할 수 없습니다."))
