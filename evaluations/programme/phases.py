"""The phases of a stage and the allowed moves. Pure: decides from its arguments alone."""

from enum import StrEnum


class Phase(StrEnum):
    PREPARING = "preparing"
    FROZEN = "frozen"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    FINAL = "final"


LABELS = {
    Phase.PREPARING: "준비 중",
    Phase.FROZEN: "기준 확정",
    Phase.OPEN: "평가 진행",
    Phase.CLOSED: "평가 마감",
    Phase.COUNTED: "집계·심의",
    Phase.CONFIRMED: "결과 확정",
    Phase.PUBLISHED: "공표·이의신청",
    Phase.FINAL: "종결",
}

LABELS_EN = {
    Phase.PREPARING: "Preparing",
    Phase.FROZEN: "Criteria frozen",
    Phase.OPEN: "Open",
    Phase.CLOSED: "Closed",
    Phase.COUNTED: "Counted, under deliberation",
    Phase.CONFIRMED: "Confirmed",
    Phase.PUBLISHED: "Published, open to objection",
    Phase.FINAL: "Final",
}

ORDER = list(Phase)

BEFORE_CLOSE = tuple(ORDER[: ORDER.index(Phase.CLOSED)])
"""In these the panel may still be changed, pledges be signed and evidence be given."""

MOVES: dict[Phase, tuple[Phase, ...]] = {
    Phase.PREPARING: (Phase.FROZEN,),
    Phase.FROZEN: (Phase.OPEN,),
    Phase.OPEN: (Phase.CLOSED,),
    Phase.CLOSED: (Phase.COUNTED,),
    Phase.COUNTED: (Phase.CONFIRMED, Phase.CLOSED),
    Phase.CONFIRMED: (Phase.PUBLISHED, Phase.COUNTED),
    Phase.PUBLISHED: (Phase.FINAL, Phase.COUNTED),
    Phase.FINAL: (),
}
"""From a phase to the phases that may follow; a step back is a decision on record like any other."""


def may_move(current: Phase, to: Phase) -> bool:
    """Is this one of the allowed moves?"""
    return to in MOVES[current]


def at_least(current: Phase, wanted: Phase) -> bool:
    """Has the stage reached `wanted`, or gone past it?"""
    return ORDER.index(current) >= ORDER.index(wanted)


def needs_two(current: Phase, to: Phase) -> bool:
    """Is this a move that one officer must not make alone: towards the public, or back?"""
    return to in (Phase.CONFIRMED, Phase.PUBLISHED) or not at_least(to, current)


def phase_of(value: str) -> Phase:
    """The phase a stored word names; an unknown word is an error, never a guess."""
    return Phase(value)


def diagram() -> str:
    """The table as a Mermaid drawing, for docs/architecture.md: `python -c "from evaluations.programme import phases; print(phases.diagram())"`."""
    names = [f"    {phase}: {LABELS[phase]}" for phase in ORDER]
    moves = [
        f"    {phase} --> {to}" + ("" if at_least(to, phase) else ": 사유를 적고 되돌림")
        for phase in ORDER
        for to in MOVES[phase]
    ]
    return "\n".join(
        ["stateDiagram-v2", "    direction LR", *names, f"    [*] --> {ORDER[0]}", *moves, f"    {ORDER[-1]} --> [*]"]
    )
