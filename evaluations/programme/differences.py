"""The differences of two editions of a configuration in the reader's words: what, before, after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from evaluations.programme import wording
from evaluations.programme.amendments import Change, Config, Path, changes, generic
from portal.templatetags.words import said

SHOWN_IN = ZoneInfo("Asia/Seoul")
NOTHING = "–"

LABELS = {
    "schema": lazy("형식 판"),
    "slug": lazy("식별자"),
    "programme": lazy("사업명"),
    "name": lazy("단계명"),
    "note": lazy("안내"),
    "sample": lazy("표본 자료"),
    "time_zone": lazy("시간대"),
    "timetable.frozen": lazy("기준 확정"),
    "timetable.opens": lazy("평가 시작"),
    "timetable.closes": lazy("평가 마감"),
    "timetable.published": lazy("결과 공표"),
    "advance.by": lazy("진출 방식"),
    "advance.quota": lazy("진출 팀 수"),
    "advance.line_ties": lazy("경계선 동점"),
    "advance.quorum": lazy("정족수"),
    "advance.pass_on_seats": lazy("자리 승계"),
    "rounding.rule": lazy("반올림 규칙"),
    "rounding.item": lazy("항목 소수 자릿수"),
    "rounding.part": lazy("부문 소수 자릿수"),
    "rounding.total": lazy("총점 소수 자릿수"),
    "rounding.mean": lazy("평균 소수 자릿수"),
    "tie_break": lazy("동점 처리 순서"),
    "objection.days": lazy("이의신청 기간(일)"),
    "objection.answer_days": lazy("답변 기간(일)"),
    "teams": lazy("팀"),
    "parts": lazy("평가 부문"),
    "parts.kind": lazy("종류"),
    "parts.items": lazy("측정 항목"),
    "parts.criteria": lazy("평가 항목"),
    "rounds": lazy("평가 차수"),
    "rounds.kind": lazy("방식"),
    "rounds.blind": lazy("가림"),
    "rounds.counts": lazy("점수에 반영"),
    "gate.decided_by": lazy("관문 결정"),
    "gate.sides": lazy("관문 측면"),
    "gate.components": lazy("관문 구성요소"),
    "gate.items": lazy("관문 항목"),
    "gate.items.side": lazy("측면"),
    "gate.items.components": lazy("구성요소"),
    "users.purpose": lazy("국민에게 묻는 까닭"),
    "users.comparisons_per_person": lazy("한 사람의 비교 수"),
    "users.ratings_per_person": lazy("한 사람의 별점 수"),
    "users.questions": lazy("별점 물음"),
    "users.strata": lazy("인구 특성"),
    "users.strata.categories": lazy("범주"),
    "users.strata.categories.quota": lazy("할당 인원"),
    "release.public": lazy("공개하는 것"),
    "release.teams": lazy("공개하는 팀"),
    "release.own": lazy("팀에게 알리는 것"),
    "release.minimum_n": lazy("최소 평가표 수"),
    "published": lazy("공표된 사실"),
}
"""What a place is called, by where it stands. What several rows have is in `OF_ROWS`."""

OF_ROWS = {
    "key": lazy("키"),
    "slug": lazy("식별자"),
    "name": lazy("이름"),
    "text": lazy("글"),
    "guide": lazy("평가 관점"),
    "points": lazy("배점"),
    "floor": lazy("과락 기준"),
    "rule": lazy("규칙"),
    "aggregate": lazy("집계"),
    "small_panel": lazy("평가표가 3장보다 적으면"),
    "cannot_judge": lazy("판단 불가"),
    "maximum": lazy("만점"),
    "values": lazy("값의 키"),
    "target": lazy("목표"),
    "targets": lazy("팀별 목표"),
    "direction": lazy("방향"),
    "given": lazy("옮긴 점수"),
    "prior": lazy("축소 상수 k"),
    "table": lazy("순위별 점수"),
    "source": lazy("출처"),
    "comment": lazy("의견"),
    "levels": lazy("단계 수"),
    "anchors": lazy("수준 설명"),
    "mark": lazy("평점"),
    "share": lazy("인구 비율"),
    "model_name": lazy("모델 이름"),
    "aliases": lazy("다른 이름"),
    "members": lazy("구성 기관"),
    "organisation": lazy("기관"),
    "unit": lazy("최하위 부서"),
    "from": lazy("시작일"),
    "to": lazy("종료일"),
    "what": lazy("무엇"),
    "team": lazy("팀"),
    "value": lazy("값"),
}

LEVELS = {level: lazy(name) for level, name in wording.LEVELS.items()} | {"estimates": lazy("추정")}

VALUES = {
    "advance.by": {"points": lazy("점수 순"), "majority": lazy("과반 인정")},
    "advance.line_ties": {"all": lazy("모두 진출"), "none": lazy("모두 탈락"), "committee": lazy("위원회 결정")},
    "rounding.rule": {
        "ROUND_HALF_UP": lazy("반올림(0.5는 올림)"),
        "ROUND_HALF_EVEN": lazy("반올림(0.5는 짝수로)"),
    },
    "parts.aggregate": {
        "mean": lazy("평균"),
        "drop_high_low": lazy("최고·최저 평가표를 하나씩 제외한 평균"),
        "trimmed_criteria": lazy("항목마다 최고·최저 평점을 하나씩 제외한 평균의 합"),
    },
    "parts.small_panel": {"mean": lazy("그대로 평균(표시함)"), "refuse": lazy("계산하지 않음")},
    "parts.cannot_judge": {
        "renormalise": lazy("같은 상위 항목 안에서 다시 나눔"),
        "zero": lazy("0점"),
        "refuse": lazy("받지 않음"),
    },
    "parts.items.rule": {
        "share": lazy("만점 대비 비율"),
        "mean": lazy("여러 값의 평균"),
        "ratio_to_target": lazy("목표 대비 비율(상한 100%)"),
        "ratio_to_best": lazy("최고 대비 비율"),
        "given": lazy("발표된 점수"),
        "share_of_scale": lazy("별점 비율"),
        "expected_win_share": lazy("비교 승률"),
        "rank_points": lazy("순위별 점수"),
    },
    "parts.items.direction": {"higher": lazy("클수록 좋음"), "lower": lazy("작을수록 좋음")},
    "parts.items.source": {"ratings": lazy("국민·사용자의 별점"), "comparisons": lazy("국민·사용자의 비교")},
    "parts.criteria.comment": {"required": lazy("필수"), "optional": lazy("선택"), "none": lazy("없음")},
    "gate.decided_by": {"committee": lazy("위원회 결정"), "majority": lazy("평가위원 과반")},
    "release.teams": {"all": lazy("모든 팀"), "advancing": lazy("진출한 팀"), "none": lazy("공개하지 않음")},
    "release.public": LEVELS,
    "release.own": LEVELS,
}
"""What is kept as a word of the program, as people say it."""


@dataclass(frozen=True)
class Difference:
    """One place that changed: where it stands step by step, and what it says before and after."""

    steps: tuple[str, ...]
    before: str
    after: str


def differences(before: Config, after: Config) -> list[Difference]:
    return [
        Difference(steps_to(change, after), value_words(change, change.before), value_words(change, change.after))
        for change in changes(before, after)
    ]


def steps_to(change: Change, config: Config) -> tuple[str, ...]:
    """Where it stands: the rows by their names, then what of them changed. `config` is either edition; their rows are the same."""
    path, language = _without_language(change.path)
    steps: list[str] = []
    found: Any = config
    for length, step in enumerate(path, start=1):
        found = _inside(found, step)
        if isinstance(step, int):
            steps.append(_row_words(found, path[:length]))
        elif length == len(path):
            steps.append(_label(path, config))
    if language and steps:
        steps[-1] = language % {"what": steps[-1]}
    return tuple(steps)


def _without_language(path: Path) -> tuple[Path, str]:
    """`name.ko` is the name in Korean."""
    if path[-1] not in ("ko", "en") or len(path) < 2:
        return path, ""
    return path[:-1], _("%(what)s(한국어)") if path[-1] == "ko" else _("%(what)s(영문)")


def _inside(found: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return found[step] if isinstance(found, list) and step < len(found) else None
    return found.get(step) if isinstance(found, dict) else None


def _row_words(row: Any, path: Path) -> str:
    """A row by its name, or by what its list is called and by its key."""
    row = row if isinstance(row, dict) else {}
    name = said(row.get("name") or ({"ko": row["ko"], "en": row.get("en", "")} if "key" in row and "ko" in row else {}))
    return name or f"{_place(path[:-1])} {row.get('key', row.get('mark', path[-1]))}"


def _label(path: Path, config: Config) -> str:
    """What the last step of a path is called. A team has its own value under its own name."""
    of_team = len(path) > 1 and path[-2] in ("targets", "given")
    if not of_team:
        return _place(path)
    names = {team.get("slug"): said(team.get("name")) for team in config.get("teams", [])}
    return f"{_place(path[:-1])} {names.get(path[-1]) or path[-1]}"


def _place(path: Path) -> str:
    place = generic(path)
    last = place.rpartition(".")[2]
    return str(LABELS.get(place) or OF_ROWS.get(last) or last)


def value_words(change: Change, value: Any) -> str:
    """What a value says to people: moments in Korean time, choices in words."""
    if value is None or value == [] or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("예") if value else _("아니오")
    if change.of_rows:
        rows = value if isinstance(value, list) else []
        return ", ".join(_row_words(row, (*change.path, place)) for place, row in enumerate(rows)) or NOTHING
    words = VALUES.get(generic(change.path), {})
    if isinstance(value, list):
        return ", ".join(str(words.get(one, one)) for one in value)
    if change.path[0] == "timetable":
        return _moment(value)
    return str(words.get(value, value))


def _moment(value: str) -> str:
    local = datetime.fromisoformat(value).astimezone(SHOWN_IN)
    told = f"{local:%Y-%m-%d %H:%M:%S}" if local.second or local.microsecond else f"{local:%Y-%m-%d %H:%M}"
    return f"{told} {_('한국시간(UTC+9)')}"
