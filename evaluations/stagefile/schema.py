"""Every table and field of `stage.toml`, and every column of the data files: type, choices, limits, and the word people know it by.

The reader checks by it, the writer orders by it, and the office's pages take their words from it.
"""

from dataclasses import dataclass
from enum import StrEnum

from evaluations.results.release import LEVELS

MEGABYTE = 1024 * 1024


class Kind(StrEnum):
    LINE = "line"  # text on one line
    TEXT = "text"  # text with line breaks
    SLUG = "slug"
    KEY = "key"
    WHOLE = "whole"
    DECIMAL = "decimal"  # exact, as text
    FACT = "fact"  # a number or true/false, as text
    FLAG = "flag"
    MOMENT = "moment"  # date, time and offset
    DAY = "day"
    CHOICE = "choice"
    LINES = "lines"
    KEYS = "keys"
    CHOICES = "choices"
    DECIMALS = "decimals"
    PER_TEAM = "per_team"  # team → decimal
    TABLE = "table"
    ROWS = "rows"


@dataclass(frozen=True)
class Field:
    name: str
    kind: Kind
    label: str
    required: bool = False
    default: object = None
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 1000
    longest: int = 200
    fields: tuple["Field", ...] = ()

    def field(self, name: str) -> "Field | None":
        return next((field for field in self.fields if field.name == name), None)


def _words(name: str, label: str, kind: Kind, longest: int, required: bool) -> Field:
    """A text in Korean and, where it is written, in English."""
    ko = Field("ko", kind, f"{label}(한국어)", required=True, longest=longest)
    en = Field("en", kind, f"{label}(영문)", longest=longest)
    return Field(name, Kind.TABLE, label, required=required, fields=(ko, en))


def _name(label: str, name: str = "name") -> Field:
    return _words(name, label, Kind.LINE, 200, required=True)


def _text(name: str, label: str, *, required: bool = False) -> Field:
    return _words(name, label, Kind.TEXT, 10_000, required=required)


def _key(label: str = "키") -> Field:
    return Field("key", Kind.KEY, label, required=True, longest=50)


def _points() -> Field:
    return Field("points", Kind.WHOLE, "배점", required=True, low=1, high=10_000)


def _floor() -> Field:
    return Field("floor", Kind.DECIMAL, "과락 기준")


SOURCE = Field("source", Kind.LINE, "출처", longest=500)

TIMETABLE = (
    Field("frozen", Kind.MOMENT, "기준 확정", required=True),
    Field("opens", Kind.MOMENT, "평가 시작", required=True),
    Field("closes", Kind.MOMENT, "평가 마감", required=True),
    Field("published", Kind.MOMENT, "공표", required=True),
)

ADVANCE = (
    Field("by", Kind.CHOICE, "진출 방식", required=True, choices=("points", "majority")),
    Field("quota", Kind.WHOLE, "진출 팀 수", required=True, low=1, high=1000),
    Field("line_ties", Kind.CHOICE, "경계선 동점", default="committee", choices=("all", "none", "committee")),
    Field("quorum", Kind.WHOLE, "정족수", low=1, high=10_000),
    Field("pass_on_seats", Kind.FLAG, "자리 승계", default=False),
)

ROUNDING = (
    Field("rule", Kind.CHOICE, "반올림 규칙", default="ROUND_HALF_UP", choices=("ROUND_HALF_UP", "ROUND_HALF_EVEN")),
    Field("item", Kind.WHOLE, "항목 소수 자릿수", default=1, high=6),
    Field("part", Kind.WHOLE, "부문 소수 자릿수", default=1, high=6),
    Field("total", Kind.WHOLE, "총점 소수 자릿수", default=1, high=6),
    Field("mean", Kind.WHOLE, "평균 소수 자릿수", default=2, high=6),
)

OBJECTION = (
    Field("days", Kind.WHOLE, "이의신청 기간(일)", default=10, low=1, high=365),
    Field("answer_days", Kind.WHOLE, "답변 기간(일)", default=30, low=1, high=365),
)

MEMBER = (
    Field("organisation", Kind.LINE, "기관", required=True),
    Field("unit", Kind.LINE, "최하위 부서"),
    Field("aliases", Kind.LINES, "다른 이름"),
    Field("from", Kind.DAY, "시작일"),
    Field("to", Kind.DAY, "종료일"),
)

TEAM = (
    Field("slug", Kind.SLUG, "팀 식별자", required=True, longest=50),
    _name("팀 이름"),
    Field("model_name", Kind.LINE, "모델 이름"),
    Field("aliases", Kind.LINES, "다른 이름"),
    Field("members", Kind.ROWS, "구성 기관", fields=MEMBER),
)

ITEM = (
    _key(),
    _name("항목 이름"),
    _points(),
    Field(
        "rule", Kind.CHOICE, "규칙", required=True,
        choices=("share", "mean", "ratio_to_target", "ratio_to_best", "given", "share_of_scale", "expected_win_share", "rank_points"),
    ),
    Field("maximum", Kind.DECIMAL, "만점"),
    Field("values", Kind.KEYS, "값의 키"),
    Field("target", Kind.DECIMAL, "목표"),
    Field("targets", Kind.PER_TEAM, "팀별 목표"),
    Field("direction", Kind.CHOICE, "방향", choices=("higher", "lower")),
    Field("given", Kind.PER_TEAM, "옮긴 점수"),
    Field("prior", Kind.DECIMAL, "축소 상수 k"),
    Field("table", Kind.DECIMALS, "순위별 점수"),
    SOURCE,
)  # fmt: skip

TAKEN_BY = {
    "maximum": ("share",),
    "values": ("mean",),
    "target": ("ratio_to_target",),
    "targets": ("ratio_to_target",),
    "direction": ("ratio_to_target", "ratio_to_best"),
    "given": ("share", "mean", "ratio_to_target"),
    "prior": ("share_of_scale", "ratio_to_best", "rank_points"),
    "table": ("rank_points",),
}
"""Fields of an item that belong to some rules only."""

ANCHOR = (
    Field("mark", Kind.WHOLE, "평점", required=True, high=10_000),
    Field("ko", Kind.TEXT, "설명(한국어)", required=True, longest=10_000),
    Field("en", Kind.TEXT, "설명(영문)", longest=10_000),
)


def _criterion(below: tuple[Field, ...]) -> tuple[Field, ...]:
    return (
        _key(),
        _name("평가 항목 이름"),
        _points(),
        _text("guide", "평가 관점"),
        Field("comment", Kind.CHOICE, "의견", default="optional", choices=("required", "optional", "none")),
        _floor(),
        Field("levels", Kind.WHOLE, "단계 수", low=2, high=101),
        Field("anchors", Kind.ROWS, "수준 설명", fields=ANCHOR),
        *below,
    )


CRITERION = _criterion((Field("criteria", Kind.ROWS, "세부 항목", fields=_criterion(())),))

PART = (
    _key(),
    Field("kind", Kind.CHOICE, "종류", required=True, choices=("measured", "experts", "users")),
    _name("부문 이름"),
    _points(),
    _floor(),
    Field("rule", Kind.CHOICE, "규칙", choices=("given",)),
    Field("aggregate", Kind.CHOICE, "집계", choices=("mean", "drop_high_low", "trimmed_criteria")),
    Field("small_panel", Kind.CHOICE, "평가표가 3장보다 적으면", choices=("mean", "refuse")),
    Field("cannot_judge", Kind.CHOICE, "판단 불가", choices=("renormalise", "zero", "refuse")),
    Field("items", Kind.ROWS, "측정 항목", fields=ITEM),
    Field("criteria", Kind.ROWS, "평가 항목", fields=CRITERION),
)

ROUND = (
    _key(),
    _name("차수 이름"),
    Field("kind", Kind.CHOICE, "방식", default="document", choices=("document", "presentation")),
    Field("blind", Kind.FLAG, "가림", default=True),
    Field("counts", Kind.FLAG, "점수에 반영", default=True),
)

GATE = (
    Field("decided_by", Kind.CHOICE, "관문 결정", required=True, choices=("committee", "majority")),
    Field("sides", Kind.ROWS, "관문 측면", required=True, fields=(_key(), _name("측면 이름"))),
    Field("components", Kind.ROWS, "관문 구성요소", required=True, fields=(_key(), _name("구성요소 이름"))),
    Field(
        "items", Kind.ROWS, "관문 항목", required=True,
        fields=(
            _key(),
            Field("side", Kind.KEY, "측면", required=True, longest=50),
            _text("text", "물음", required=True),
            Field("components", Kind.KEYS, "구성요소"),
        ),
    ),
)  # fmt: skip

CATEGORY = (
    _key(),
    Field("ko", Kind.LINE, "범주(한국어)", required=True, longest=100),
    Field("en", Kind.LINE, "범주(영문)", longest=100),
    Field("share", Kind.DECIMAL, "인구 비율"),
    Field("quota", Kind.WHOLE, "할당 인원", low=1, high=10_000_000),
)

USERS = (
    _text("purpose", "묻는 까닭", required=True),
    Field("comparisons_per_person", Kind.WHOLE, "한 사람의 비교 수", default=8, high=200),
    Field("ratings_per_person", Kind.WHOLE, "한 사람의 별점 수", default=4, high=200),
    Field("questions", Kind.ROWS, "별점 물음", fields=(_key(), _text("text", "물음", required=True))),
    Field(
        "strata", Kind.ROWS, "인구 특성",
        fields=(
            _key(),
            _words("name", "특성 이름", Kind.LINE, 100, required=True),
            Field("categories", Kind.ROWS, "범주", required=True, fields=CATEGORY),
        ),
    ),
)  # fmt: skip


RELEASE = (
    Field("public", Kind.CHOICES, "공개하는 것", choices=LEVELS),
    Field("teams", Kind.CHOICE, "공개하는 팀", default="all", choices=("all", "advancing", "none")),
    Field("own", Kind.CHOICES, "팀에게 알리는 것", choices=LEVELS),
    Field("minimum_n", Kind.WHOLE, "최소 평가표 수", default=5, low=1, high=10_000),
)

PUBLISHED = (
    Field("what", Kind.CHOICE, "무엇", required=True, choices=("points", "mean", "rank", "advances", "best")),
    Field("key", Kind.LINE, "부문·항목"),
    Field("team", Kind.SLUG, "팀", longest=50),
    Field("value", Kind.FACT, "값", required=True),
    SOURCE,
)

STAGE = Field(
    "", Kind.TABLE, "단계",
    fields=(
        Field("schema", Kind.WHOLE, "형식 판", required=True, low=1, high=1),
        Field("slug", Kind.SLUG, "식별자", required=True, longest=50),
        _name("사업명", "programme"),
        _name("단계명"),
        _text("note", "안내"),
        Field("sample", Kind.FLAG, "표본 자료", default=False),
        Field("time_zone", Kind.LINE, "시간대", default="Asia/Seoul", longest=64),
        Field("timetable", Kind.TABLE, "일정", required=True, fields=TIMETABLE),
        Field("advance", Kind.TABLE, "진출", required=True, fields=ADVANCE),
        Field("rounding", Kind.TABLE, "반올림", default={}, fields=ROUNDING),
        Field("tie_break", Kind.LINES, "동점 처리 순서"),
        Field("objection", Kind.TABLE, "이의신청", default={}, fields=OBJECTION),
        Field("teams", Kind.ROWS, "팀", required=True, fields=TEAM),
        Field("parts", Kind.ROWS, "평가 부문", fields=PART),
        Field("rounds", Kind.ROWS, "평가 차수", fields=ROUND),
        Field("gate", Kind.TABLE, "독자성 관문", fields=GATE),
        Field("users", Kind.TABLE, "국민 평가", fields=USERS),
        Field("release", Kind.TABLE, "공개 방침", default={}, fields=RELEASE),
        Field("published", Kind.ROWS, "공표된 사실", fields=PUBLISHED),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class DataFile:
    """A data file: its columns in order, those that may be missing, and how big it may be."""

    name: str
    label: str
    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()
    strata: bool = False
    largest: int = 64 * MEGABYTE


RECOGNISED = "recognised"
"""The column of a file of ballots that is written only where citizens were asked whether they recognised a model."""
RECOGNISED_OF_TWO = {"none": "none", "a": "left", "b": "right", "both": "both"}
RECOGNISED_OF_ONE = {"no": "none", "yes": "left"}
"""The words of that column, of a comparison and of a rating → what the ballot keeps."""

DATA = {
    file.name: file
    for file in (
        DataFile(
            "benchmarks.csv", "측정값", ("team", "item", "score"), ("source", "measured_on"), largest=4 * MEGABYTE
        ),
        DataFile("documents.csv", "제출 자료", ("team", "round", "title", "file"), largest=MEGABYTE),
        DataFile("prompts.csv", "질문", ("prompt", "category", "text"), largest=16 * MEGABYTE),
        DataFile("answers.csv", "답변", ("prompt", "team", "sample", "text")),
        DataFile("sheets.csv", "평가표", ("panelist", "team", "criterion", "mark"), ("comment",)),
        DataFile(
            "findings.csv", "독자성 판단", ("panelist", "team", "component", "item", "finding"), ("evidence", "reason")
        ),
        DataFile(
            "recognitions.csv", "인정 여부", ("panelist", "team", "recognised"), ("reason",), largest=16 * MEGABYTE
        ),
        DataFile("blinding.csv", "알아보았는지", ("panelist", "team", "recognised"), ("guess",), largest=4 * MEGABYTE),
        DataFile(
            "ratings.csv", "별점", ("citizen", "team", "question", "rating"), ("prompt", "rated_at", RECOGNISED), strata=True
        ),
        DataFile(
            "comparisons.csv", "비교", ("citizen", "prompt", "team_a", "team_b", "choice"), ("rated_at", RECOGNISED),
            strata=True,
        ),
        DataFile(
            "decisions.csv", "관문 결정", ("team", "decision"), ("reason", "decided_on", "source"), largest=4 * MEGABYTE
        ),
        DataFile(
            "line_decisions.csv",
            "경계선 결정",
            ("team", "decision", "among"),
            ("reason", "decided_on", "source"),
            largest=4 * MEGABYTE,
        ),
    )
}  # fmt: skip
"""By file name, in the order in which they are loaded."""

STAGE_FILE = "stage.toml"
STAGE_FILE_LARGEST = MEGABYTE
DOCUMENTS = "documents"
DOCUMENT_LARGEST = 4 * MEGABYTE
