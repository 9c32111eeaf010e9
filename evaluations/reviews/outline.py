"""What a sheet asks, read from the rubric: sections of lines, each line with its questions.

Everything a panelist types is a dictionary from the name of a question to the text in it (`Typed`); a draft keeps it as
it is. Names are made of the keys of the stage file, so `mark-expert.independence.weights` is the same in every round.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import groupby

from evaluations.programme.models import Round, Stage, Team
from evaluations.programme.wording import cannot_judge_rule
from evaluations.reviews.models import Finding, Recognition, Sheet
from evaluations.reviews.points import Node, Running, running, running_within, scale_text
from evaluations.rubrics.models import Anchor, Criterion, GateScope, Part

Typed = dict[str, str]

CANNOT_JUDGE = "cannot_judge"
CANNOT_JUDGE_LABEL = Finding.Answer.CANNOT_JUDGE.label
"""One word for it, of a mark as of an answer at the gate."""
MOST_BUTTONS = 10
"""Up to so many points a mark is chosen among buttons, one for each; above, it is typed."""
FINDINGS_ARE_HEARD = "점수에는 들어가지 않습니다. 위원회가 평가위원들의 판단을 듣고 정합니다."
MAJORITY_OF_FINDINGS = (
    f"점수에는 들어가지 않습니다. 항목마다 판단한 평가위원의 과반을 따르며, ‘{CANNOT_JUDGE_LABEL}’는 세지 않습니다."
)
COMMENT_LIMIT = 5_000
EVIDENCE_LIMIT = 500
OPINION_LIMIT = 10_000


class Kind(StrEnum):
    POINTS = "points"  # a mark typed as a number, 0 … points
    LEVEL = "level"  # a mark chosen among buttons
    UNABLE = "unable"  # "cannot judge" beside a typed mark
    CHOICE = "choice"
    SELECT = "select"
    LINE = "line"
    TEXT = "text"


@dataclass(frozen=True)
class Question:
    """One control of the sheet. It is needed for a submission if it is required, or if the question `needed_by` was
    answered by one of `needed_at`, which `when` says in words."""

    name: str
    kind: Kind
    label: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    limit: int = 0
    highest: int = 0
    anchors: Mapping[str, str] = field(default_factory=dict)
    gap: str = ""
    short: str = ""
    aside: str = ""
    needed_by: str = ""
    needed_at: tuple[str, ...] = ()
    when: str = ""

    @property
    def limit_told(self) -> str:
        return f"{self.limit:,}자까지" if self.limit else ""

    def is_needed(self, typed: Typed) -> bool:
        return self.required or typed.get(self.needed_by) in self.needed_at

    def told(self, text: str) -> str:
        """What was answered, in words."""
        if not text:
            return ""
        if self.kind is Kind.UNABLE:
            return CANNOT_JUDGE_LABEL
        if self.highest and text != CANNOT_JUDGE:
            label = f"{text} / {self.highest}"
        else:
            label = dict(self.choices).get(text, text)
        return f"{label} – {self.anchors[text]}" if text in self.anchors else label


@dataclass(frozen=True)
class Line:
    """What is asked about one thing: a criterion, a finding, the team as a whole."""

    name: str
    questions: tuple[Question, ...]
    heading: str = ""
    node: Node | None = None
    criterion: Criterion | None = None
    scope: GateScope | None = None

    @property
    def is_asked(self) -> bool:
        """Does it have to be filled? The closing opinion does not."""
        return self.questions[0].required

    def is_done(self, typed: Typed) -> bool:
        """Is everything there that a submission needs?"""
        return all(self._is_there(question, typed) for question in self.questions if question.is_needed(typed))

    def _is_there(self, question: Question, typed: Typed) -> bool:
        unable = question is self.questions[0] and typed.get(f"unable-{self.name}")
        return bool(unable or typed.get(question.name, "").strip())


@dataclass(frozen=True)
class Block:
    """Lines under one heading: a criterion and those below it, or one side of the gate."""

    title: str
    lines: tuple[Line, ...]
    guide: str = ""
    node: Node | None = None

    @property
    def has_heading(self) -> bool:
        """A criterion without any below is its own heading."""
        return bool(self.title) and not (self.node and not self.node.below)

    def running(self, marks: Mapping[str, int | None], zero: bool) -> Running | None:
        return running_within(self.node, marks, zero) if self.node and self.node.below else None


@dataclass(frozen=True)
class Section:
    """`rules` say how what is chosen here counts."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    part: Part | None = None
    rules: tuple[str, ...] = ()

    @property
    def lines(self) -> list[Line]:
        return [line for block in self.blocks for line in block.lines]

    @property
    def zero(self) -> bool:
        return self.part is not None and self.part.cannot_judge == Part.CannotJudge.ZERO

    def running(self, marks: Mapping[str, int | None]) -> Running | None:
        """None where there are no points to be had, and where nothing was judged."""
        if self.part is None:
            return None
        return running(tuple(block.node for block in self.blocks if block.node), self.part.points, marks, self.zero)


@dataclass(frozen=True)
class Outline:
    sections: tuple[Section, ...]

    @cached_property
    def lines(self) -> list[Line]:
        return [line for section in self.sections for line in section.lines]

    def questions(self) -> Iterator[Question]:
        for line in self.lines:
            yield from line.questions

    def marks(self, typed: Typed) -> dict[str, int | None]:
        """The marks among what was typed that are marks at all: what the running points are made of."""
        found: dict[str, int | None] = {}
        for line in self.lines:
            text = typed.get(f"mark-{line.name}", "").strip()
            if line.criterion is None:
                continue
            allowed = {str(n) for n in range(line.criterion.lowest_mark, line.criterion.highest_mark + 1)}
            if text in allowed:
                found[line.name] = int(text)
            elif text == CANNOT_JUDGE or (not text and typed.get(f"unable-{line.name}")):
                found[line.name] = None
        return found

    def progress(self, typed: Typed) -> tuple[int, int]:
        return progress(self.lines, typed)


def progress(lines: Iterable[Line], typed: Typed) -> tuple[int, int]:
    """How many of the lines that have to be filled are, and how many there are."""
    asked = [line for line in lines if line.is_asked]
    return sum(line.is_done(typed) for line in asked), len(asked)


def outline_of(stage: Stage, round: Round) -> Outline:
    """Everything the sheet of this round asks, in four queries."""
    anchors: dict[str, dict[str, str]] = {}
    for anchor in Anchor.objects.filter(criterion__part__stage=stage):
        anchors.setdefault(anchor.criterion_id, {})[str(anchor.mark)] = anchor.text_ko
    return build(
        stage=stage,
        round=round,
        criteria=list(criteria_of([stage])),
        scopes=list(scopes_of([stage])),
        teams=list(Team.objects.filter(stage=stage)) if round.blind else [],
        anchors=anchors,
    )


def criteria_of(stages):
    marked = Criterion.objects.filter(part__stage__in=stages, part__kind=Part.Kind.EXPERTS)
    return marked.select_related("part").order_by("part", "position", "path")


def scopes_of(stages):
    return (
        GateScope.objects.filter(item__side__stage__in=stages)
        .select_related("item__side", "component")
        .order_by("item", "component")
    )


def build(*, stage, round, criteria, scopes, teams=(), anchors=None) -> Outline:
    """The outline from rows already read."""
    anchors = anchors or {}
    sections = []
    for part, own in groupby(criteria, key=lambda criterion: criterion.part):
        sections.append(_part(part, list(own), anchors))
    if scopes:
        sides = groupby(scopes, key=lambda scope: scope.item.side)
        blocks = tuple(Block(title=side.name_ko, lines=tuple(map(_finding, own))) for side, own in sides)
        counted = MAJORITY_OF_FINDINGS if stage.gate_decided_by == Stage.Gate.MAJORITY else FINDINGS_ARE_HEARD
        sections.append(Section(key="gate", title="독자성 관문", blocks=blocks, rules=(counted,)))
    if stage.advance_by == Stage.Advance.MAJORITY:
        sections.append(Section(key="recognition", title="인정 여부", blocks=(Block("", (_recognition(),)),)))
    last = [_opinion()]
    if round.blind:
        last.append(_blinding(teams))
    sections.append(Section(key="whole", title="종합 의견과 마무리", blocks=(Block("", tuple(last)),)))
    return Outline(tuple(sections))


def _part(part: Part, criteria: list[Criterion], anchors) -> Section:
    below: dict[str | None, list[Criterion]] = {}
    for criterion in criteria:
        below.setdefault(criterion.parent_id, []).append(criterion)
    may_pass = part.cannot_judge != Part.CannotJudge.REFUSE

    def node(criterion: Criterion) -> Node:
        nodes = tuple(node(child) for child in below.get(criterion.id, ()))
        return Node(f"{part.key}.{criterion.path}", criterion.points, criterion.levels, nodes)

    def lines(criterion: Criterion, trail: tuple[str, ...]) -> Iterator[Line]:
        if criterion.id not in below:
            own = node(criterion)
            questions = tuple(_mark(own, criterion, may_pass, anchors.get(criterion.id, {})))
            yield Line(own.name, questions, " › ".join(trail[:-1]), node=own, criterion=criterion)
        for child in below.get(criterion.id, ()):
            yield from lines(child, (*trail, child.name_ko))

    blocks = tuple(
        Block(
            title=top.name_ko, lines=tuple(lines(top, ())), guide=top.guide_ko if top.id in below else "",
            node=node(top),
        )
        for top in below.get(None, ())
    )  # fmt: skip
    return Section(key=part.key, title=part.name_ko, blocks=blocks, part=part, rules=_rules(part, criteria))


def _rules(part: Part, criteria: list[Criterion]) -> tuple[str, ...]:
    inner = {criterion.parent_id for criterion in criteria}
    marked = [criterion for criterion in criteria if criterion.id not in inner]
    told = []
    if any(criterion.levels for criterion in marked):
        told.append("수준을 고르는 항목은 가장 낮은 수준이 0점, 가장 높은 수준이 배점이고, 그 사이는 고르게 나눕니다.")
    if not all(criterion.levels for criterion in marked):
        told.append("수준이 없는 항목은 고르거나 적은 수가 그대로 점수입니다.")
    told.append(cannot_judge_rule(part.cannot_judge))
    if part.cannot_judge != Part.CannotJudge.REFUSE:
        told.append(f"모두 ‘{CANNOT_JUDGE_LABEL}’이면 이 평가표는 여기서 점수를 낼 때 세지 않습니다.")
    return tuple(told)


def _mark(node: Node, criterion: Criterion, may_pass: bool, anchors: Mapping[str, str]) -> Iterator[Question]:
    name, label = node.name, f"{criterion.name_ko} ({criterion.points}점)"
    if criterion.levels or criterion.points <= MOST_BUTTONS:
        marks = range(criterion.highest_mark, criterion.lowest_mark - 1, -1)
        choices = [(str(mark), str(mark)) for mark in marks]
        if may_pass:
            choices.append((CANNOT_JUDGE, CANNOT_JUDGE_LABEL))
        yield Question(
            f"mark-{name}", Kind.LEVEL, label, True, tuple(choices),
            "\n".join(filter(None, [criterion.guide_ko, scale_text(node)])),
            highest=criterion.highest_mark, anchors=anchors, gap="평점을 골라 주세요.",
        )  # fmt: skip
    else:
        scale = "\n".join(f"{mark}점: {text}" for mark, text in anchors.items())
        help_text = "\n".join(filter(None, [criterion.guide_ko, scale, f"0부터 {criterion.points}까지의 정수"]))
        yield Question(
            f"mark-{name}", Kind.POINTS, label, True, (), help_text,
            highest=criterion.points, gap="평점을 적어 주세요.",
        )  # fmt: skip
        if may_pass:
            yield Question(f"unable-{name}", Kind.UNABLE, CANNOT_JUDGE_LABEL)
    if criterion.comment != Criterion.Comment.NONE:
        required = criterion.comment == Criterion.Comment.REQUIRED
        yield Question(
            f"comment-{name}", Kind.TEXT, f"{criterion.name_ko} 의견", required,
            limit=COMMENT_LIMIT, gap="의견을 적어 주세요.", short="의견",
        )  # fmt: skip


def _finding(scope: GateScope) -> Line:
    item, component = scope.item, scope.component
    name = f"{item.side.key}.{item.key}.{component.key}"
    what = f"[{component.name_ko}] {item.text_ko.rstrip('.')}"
    return Line(
        name,
        (
            Question(
                f"finding-{name}", Kind.CHOICE, what, True, tuple(Finding.Answer.choices), gap="판단을 골라 주세요."
            ),
            Question(
                f"evidence-{name}", Kind.LINE, f"{what} 근거 자료", limit=EVIDENCE_LIMIT, short="근거 자료", aside="(쪽, 기록)",
            ),
            Question(
                f"reason-{name}", Kind.TEXT, f"{what} 이유", limit=COMMENT_LIMIT, short="이유",
                gap="미충족으로 판단한 이유를 적어 주세요.",
                needed_by=f"finding-{name}", needed_at=(Finding.Answer.NOT_MET.value,), when="미충족이면 필수",
            ),
        ),
        scope=scope,
    )  # fmt: skip


def _recognition() -> Line:
    return Line(
        "recognition",
        (
            Question(
                "recognition", Kind.CHOICE, "이 모델을 만든 팀을 인정합니까?", True,
                tuple(Recognition.Answer.choices), gap="인정 여부를 골라 주세요.",
            ),
            Question(
                "recognition-reason", Kind.TEXT, "인정 여부의 이유", limit=COMMENT_LIMIT, gap="인정하지 않는 이유를 적어 주세요.",
                help=f"{COMMENT_LIMIT:,}자까지 쓸 수 있습니다.",
                needed_by="recognition", needed_at=(Recognition.Answer.NO.value,), when="불인정이면 필수",
            ),
        ),
    )  # fmt: skip


def _opinion() -> Line:
    question = Question(
        "opinion", Kind.TEXT, "종합 의견", limit=OPINION_LIMIT, help=f"{OPINION_LIMIT:,}자까지 쓸 수 있습니다."
    )
    return Line("opinion", (question,))


def _blinding(teams) -> Line:
    return Line(
        "recognised",
        (
            Question(
                "recognised", Kind.CHOICE, "어느 팀의 모델인지 알아볼 수 있었습니까?", True,
                tuple(Sheet.Recognised.choices), "점수에는 쓰지 않습니다. 가림이 잘 되었는지 재는 물음입니다.",
                gap="알아볼 수 있었는지 골라 주세요.",
            ),
            Question(
                "guess", Kind.SELECT, "어느 팀이라고 생각하십니까?", False,
                (("", "고르지 않음"), *((team.slug, team.name_ko) for team in teams)),
                gap="어느 팀으로 짐작했는지 골라 주세요.",
                needed_by="recognised", needed_at=(Sheet.Recognised.MAYBE.value, Sheet.Recognised.YES.value),
                when="알아보았거나 짐작이 갔으면 필수",
            ),
        ),
    )  # fmt: skip
