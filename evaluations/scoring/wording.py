"""The Korean words of an explanation: every code a count can give, as words a layperson can follow, and how numbers stand."""

from fractions import Fraction
from itertools import count

from evaluations.scoring.decimals import Rounding, rounded

ABSENCES = {
    "no_measurement": "측정값이 공개되거나 들어온 적이 없어 점수를 낼 수 없습니다",
    "no_ratings": "별점이 하나도 없어 점수를 낼 수 없습니다",
    "no_comparisons": "비교가 하나도 없어 점수를 낼 수 없습니다",
    "no_sheets": "셀 수 있는 평가표가 없습니다",
    "small_panel": "평가표가 3장보다 적어, 정한 대로 점수를 내지 않습니다",
    "not_judged": "판단한 평가위원이 없습니다",
    "incomplete": "아래의 점수 가운데 없는 것이 있어 더할 수 없습니다",
    "no_points": "점수를 매기지 않는 단계입니다",
    "no_target": "이 팀의 목표가 정해져 있지 않습니다",
    "others_unknown": "다른 팀의 값이 없어 견줄 수 없습니다",
    "best_not_positive": "가장 좋은 값이 0보다 크지 않아 견줄 수 없습니다",
}

REASONS = {
    "seat": "진출할 자리 안에 들었습니다",
    "no_seat": "진출할 자리 안에 들지 못했습니다",
    "gate_not_met": "독자성 관문을 충족하지 못해 진출할 수 없습니다. 점수는 그대로 남습니다",
    "gate_pending": "독자성 관문의 결정을 기다립니다",
    "below_floor": "과락 기준에 이르지 못해 진출할 수 없습니다",
    "floor_open": "과락 여부를 정할 점수가 없습니다",
    "not_recognised": "인정이 불인정보다 많지 않아 인정되지 않았습니다",
    "no_quorum": "투표한 평가위원이 정족수에 이르지 못해 인정되지 않았습니다",
    "no_votes": "인정 여부를 묻는 표가 없습니다",
    "no_rank": "총점이 없는 팀이 있어 순위를 정할 수 없습니다",
    "line_all": "경계선에 있는 팀들을 가를 수 없어, 정한 대로 모두 진출합니다",
    "line_none": "경계선에 있는 팀들을 가를 수 없어, 정한 대로 아무도 진출하지 않습니다",
    "line_tie": "경계선에서 점수가 같아 위원회가 정합니다",
    "line_in": "{level} 위원회가 정했습니다: 이 팀은 진출합니다",
    "line_out": "{level} 위원회가 정했습니다: 이 팀은 진출하지 않습니다",
    "line_full": "{level} 위원회가 정했습니다: 다른 팀이 남은 자리를 모두 얻었습니다",
    "line_overfull": "{level} 위원회가 정하는데, 진출로 정한 팀이 남은 자리보다 많아 아직 정할 수 없습니다",
    "too_many_recognised": "인정된 팀이 자리보다 많은데 가를 점수가 없어 위원회가 정합니다",
    "others_open": "다른 팀의 결정이 남아 있어 아직 정할 수 없습니다",
    "published": "집계로는 정할 수 없어 발표된 결과를 옮겼습니다",
}

LEVEL = {True: "경계선에서 점수가 같아", False: "인정된 팀이 자리보다 많은데 가를 점수가 없어"}
"""Why the committee decides, in a stage with points and in one without."""

FLAGS = {
    "small_panel": "평가표가 3장보다 적어 가장 높은 것과 가장 낮은 것을 빼지 못했습니다",
    "empty_sheet": "아무것도 판단하지 않은 평가표가 있어 세지 않았습니다",
    "no_quorum": "투표한 평가위원이 정족수에 이르지 못했습니다",
    "shared_rank": "끝까지 같아 순위를 나누어 가진 팀이 있습니다",
    "gate_pending": "독자성 관문의 결정이 없습니다",
    "decision_set_aside": "위원회의 관문 결정이 평가위원의 과반과 다릅니다. 과반이 정하는 관문이어서 그 결정은 결과에 쓰지 않았습니다",
    "line_tie": "경계선에서 점수가 같아 위원회가 정해야 합니다",
    "too_many_recognised": "인정된 팀이 자리보다 많은데 가를 점수가 없어 위원회가 정해야 합니다",
    "line_overfull": "경계선에서 위원회가 진출로 정한 팀이 남은 자리보다 많아 정할 수 없습니다",
    "line_decision_set_aside": "위원회가 경계선의 팀으로 보고 정한 것이 있지만, 이 집계에서는 위원회가 정할 팀이 아니거나 그때와 경계선에 있는 팀들이 달라 그 결정은 결과에 쓰지 않았습니다",
    "fact_differs": "발표된 사실이 집계와 다릅니다",
}

GATES = {"met": "충족", "not_met": "미충족", "pending": "결정 전"}

FINDINGS = {"met": "충족", "not_met": "미충족", "cannot_judge": "판단 불가"}

USES = {"counted": "반영", "highest": "가장 높아 제외", "lowest": "가장 낮아 제외"}

SEVERITY = {
    "one_reviewer": "평가위원이 한 명이라 엄격한 정도를 견줄 상대가 없습니다",
    "disconnected": "함께 평가한 팀으로 이어지지 않는 평가위원들이 있어 서로 견줄 수 없습니다",
    "no_severity_seen": "평가위원 사이의 차이가 우연과 구별되지 않아, 보정하면 잡음만 더합니다",
    "too_few_marks": "점수가 적어 모형이 어떤 점수에도 들어맞습니다",
    "nothing_to_correct": "모든 위원이 모든 팀을 똑같은 횟수로 평가해 보정할 것이 없습니다",
    "one_reviewer_a_team": "평가위원이 두 명보다 적은 팀이 있습니다",
    "not_steps": "점수가 정수 단계가 아닙니다",
    "thin_steps": "열 번보다 적게 쓰인 점수 단계가 있습니다",
}

ADVANCES = {True: "진출", False: "탈락", None: "미정"}

ROUNDINGS: dict[Rounding, str] = {
    "ROUND_HALF_UP": "꼭 절반이면 올림",
    "ROUND_HALF_EVEN": "꼭 절반이면 짝수 쪽으로",
}


LONG = 10_000
"""A fraction with a denominator like this helps nobody; the exact value stands in the result."""

WRITTEN = 9
"""Decimals that a stage file and its data may write."""


def number(value: Fraction | int, beside: Fraction | None = None) -> str:
    """A number to read: exact when its decimals end within nine places, as all that is written in the files do, or its
    fraction is short, else six decimals. Where it is held against `beside`, it gets as many decimals as it takes to be
    on the same side of that.

    >>> [number(value) for value in (Fraction(29, 4), Fraction(1, 3), 100, Fraction(100003, 30011))]
    ['7.25', '1/3(약 0.3333)', '100', '약 3.332212']
    >>> almost = 60 - Fraction(1, 3 * 10**7)
    >>> number(almost), number(almost, beside=Fraction(60))
    ('약 60.000000', '약 59.99999997')
    """
    exactly = Fraction(value)
    if (exactly * 10**WRITTEN).denominator == 1:
        return rounded(exactly, WRITTEN, "ROUND_HALF_UP").rstrip("0").rstrip(".")
    short = exactly.denominator < LONG
    about = f"약 {rounded(exactly, _enough(exactly, 4 if short else 6, beside), 'ROUND_HALF_UP')}"
    return f"{exactly.numerator}/{exactly.denominator}({about})" if short else about


def _enough(value: Fraction, fewest: int, beside: Fraction | None) -> int:
    """How many decimals, `fewest` at least, keep `value` on its side of `beside`; those of equals need none."""
    if beside is None or value == beside:
        return fewest
    sides = ((n, Fraction(rounded(value, n, "ROUND_HALF_UP"))) for n in count(fewest))
    return next(n for n, about in sides if about != beside and (about < beside) == (value < beside))


def signed(value: Fraction, places: int) -> str:
    """A change to read, `+0.5` or `−0.5`, and `±0` for none. One too small for so many decimals gets as many as it needs.

    >>> signed(Fraction(1, 2), 1), signed(Fraction(-1, 3), 2), signed(Fraction(0), 1), signed(Fraction(1, 300), 1)
    ('+0.5', '−0.33', '±0', '+0.003')
    """
    if not value:
        return "±0"
    enough = next((n for n in range(places, 12) if Fraction(rounded(abs(value), n, "ROUND_HALF_UP"))), 12)
    return f"{'+' if value > 0 else '−'}{rounded(abs(value), enough, 'ROUND_HALF_UP')}"


def reason(code: str, *, scored: bool) -> str:
    """Why a team advances or not, in a stage that is `scored` or not, without the full stop; an unknown code is shown as it is."""
    return REASONS.get(code, code).format(level=LEVEL[scored])


def absence(code: str) -> str:
    """The sentence of a reason why there is no number; a code nobody worded is shown as it is, never hidden."""
    return ABSENCES.get(code, code)
