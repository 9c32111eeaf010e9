"""What the script of the sheet needs to count along while she writes: the same tree and the same rules, as data.

`portal/static/reviews/sheet.js` reads it. A test gives both the same marks and compares every text.
"""

from typing import Any

from evaluations.reviews.outline import Kind, Line, Outline, Section
from evaluations.reviews.points import Node


def live_data(outline: Outline) -> dict[str, Any]:
    """Parts with their tree of criteria, and the lines of every block with what they need."""
    return {
        "parts": [_part(section) for section in outline.sections if section.part],
        "sections": [
            [[_line(line) for line in block.lines if line.is_asked] for block in section.blocks]
            for section in outline.sections
        ],
    }


def _part(section: Section) -> dict[str, Any]:
    nodes = [_node(block.node, section) for block in section.blocks if block.node]
    return {
        "key": section.key,
        "points": section.part.points if section.part else 0,
        "zero": section.zero,
        "below": nodes,
    }


def _node(node: Node, section: Section) -> dict[str, Any]:
    told: dict[str, Any] = {"name": node.name, "points": node.points}
    if node.below:
        return told | {"below": [_node(below, section) for below in node.below]}
    return told | {"levels": node.levels}


def _line(line: Line) -> dict[str, Any]:
    """Names only: required questions, questions needed at certain answers, and what stands in for the first one."""
    told: dict[str, Any] = {"required": [question.name for question in line.questions if question.required]}
    if any(question.kind is Kind.UNABLE for question in line.questions):
        told["unable"] = f"unable-{line.name}"
    if needed := [[one.name, one.needed_by, list(one.needed_at)] for one in line.questions if one.needed_by]:
        told["needed"] = needed
    return told
