"""Whether the blinding was kept, as a section beside the result: experts and citizens, the right guesses, and each team's index."""

from collections.abc import Callable
from functools import partial
from typing import Any

from evaluations.scoring.blinding import (
    Blinding,
    Index,
    Share,
    guesses,
    index,
    recognised_by_person,
    share,
)
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.people import People
from evaluations.scoring.rules import Rules
from evaluations.scoring.shown import AbsentSection, shown

FINE = 6
"""Places of a share that is read in per cent, of ten million answers too."""

Json = dict[str, Any]


def blinding_sections(
    rules: Rules, evidence: Evidence, people: People, blinding: Blinding
) -> dict[str, Callable[[], Any]]:
    """Where anybody judged there is a section, if only to say that nobody was asked."""
    judged = evidence.sheets or evidence.findings or evidence.recognitions or people.number
    asked = blinding.answers or blinding.readers
    return {"blinding": partial(_kept, rules, blinding)} if judged or asked else {}


def _kept(rules: Rules, blinding: Blinding) -> Json:
    """`experts` and `citizens` are None where none of them were asked."""
    if not blinding.answers and not blinding.readers:
        raise AbsentSection("not_asked")
    return {
        "method": "blinding/bang",
        "version": "2",
        "experts": _experts(rules, blinding),
        "citizens": _citizens(blinding),
    }


def _experts(rules: Rules, blinding: Blinding) -> Json | None:
    said = recognised_by_person(blinding.answers)
    found = share(said)
    if found is None:
        return None
    words = [answer.recognised for answer in blinding.answers]
    named = guesses(blinding, rules.slugs)
    return {
        **_share(found),
        "maybe": words.count("maybe"),
        "yes": words.count("yes"),
        "guesses": {
            "guessed": named.guessed,
            "people": named.people,
            "right": named.right,
            "expected": shown(named.expected),
            "p": shown(named.p),
        },
        "index": _index(index(blinding, rules.slugs)),
        "teams": [{"team": team, "index": _index(index(blinding, rules.slugs, team))} for team in rules.slugs],
    }


def _citizens(blinding: Blinding) -> Json | None:
    """Of the answers they read, and of the people: how many recognised one at least."""
    found = share(blinding.readers)
    if found is None:
        return None
    ever = sum(times for (_read, recognised), times in blinding.readers.items() if recognised)
    return {**_share(found), "ever": ever}


def _share(found: Share) -> Json:
    return {
        "recognised": found.some, "of": found.of, "people": found.people,
        "share": {"value": shown(found.value, FINE), "low": shown(found.low, FINE), "high": shown(found.high, FINE)},
    }  # fmt: skip


def _index(found: Index | None) -> Json | None:
    if found is None:
        return None
    return {
        "asked": found.asked, "guessed": found.guessed, "right": found.right,
        "value": shown(found.value), "se": shown(found.se), "low": shown(found.low), "high": shown(found.high),
    }  # fmt: skip
