"""What differs between two editions, and what of it may be amended when."""

from copy import deepcopy
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.programme.amendments import (
    CLOSED,
    EVIDENCE_IS_IN,
    FIXED,
    JUDGING,
    NOT_PAST,
    ONLY_LATER,
    ROWS_STAY,
    Change,
    Sort,
    changes,
    may_amend,
    refused,
    sort_of,
    sorts_in,
)
from evaluations.programme.phases import ORDER, Phase
from evaluations.stagefile.configuration import normal_form
from evaluations.stagefile.schema import STAGE, Field, Kind
from tests.factories.stagefile import put
from tests.stagefile.strategies import stages

NOW = datetime(2026, 8, 14, 12, tzinfo=UTC)
CONFIG = {
    "note": {"ko": "안내"},
    "timetable": {"closes": "2026-08-14T18:00:00+09:00", "published": "2026-08-28T10:00:00+09:00"},
    "advance": {"quota": 3},
    "teams": [{"slug": "lg", "name": {"ko": "엘지팀"}}, {"slug": "skt", "name": {"ko": "에스케이팀"}}],
    "parts": [
        {
            "key": "expert",
            "kind": "experts",
            "points": 35,
            "criteria": [
                {"key": "own", "points": 20, "criteria": [{"key": "weights", "points": 20, "anchors": [{"mark": 5, "ko": "좋다"}]}]},
                {"key": "technology", "points": 15},
            ],
        }
    ],
    "rounds": [{"key": "document", "blind": True}],
}  # fmt: skip
EXTENDED = ("timetable", "closes"), "2026-08-16T18:00:00+09:00"
LATER_RESULT = ("timetable", "published"), "2026-08-30T10:00:00+09:00"
OTHER_POINTS = ("parts", 0, "criteria", 0, "points"), 19
OTHER_WORDS = ("parts", 0, "criteria", 0, "criteria", 0, "anchors", 0, "ko"), "아주 좋다"
OTHER_NOTE = ("note", "ko"), "다른 안내"


def why(*changed, phase: Phase, evidence: bool = False, now: datetime = NOW) -> list[str]:
    """What is said against these changes of the configuration, in the order of the places."""
    found = changes(CONFIG, put(CONFIG, *changed))
    assert len(found) == len(changed)
    return [reason for _, reason in refused(found, phase=phase, evidence=evidence, now=now)]


def test_a_change_says_where_and_what():
    assert changes(CONFIG, deepcopy(CONFIG)) == []
    assert changes(CONFIG, put(CONFIG, EXTENDED, OTHER_WORDS)) == [
        Change(("timetable", "closes"), "2026-08-14T18:00:00+09:00", "2026-08-16T18:00:00+09:00"),
        Change(OTHER_WORDS[0], "좋다", "아주 좋다"),
    ]


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        (("parts",), []),
        (("rounds",), [{"key": "talk", "blind": True}]),
        (("teams",), CONFIG["teams"][::-1]),
        (("parts", 0, "criteria", 0, "criteria", 0, "anchors"), [{"mark": 4, "ko": "좋다"}]),
        (("gate",), {"decided_by": "committee"}),
    ],
)
def test_rows_that_come_go_or_change_places_are_one_change(path, rows):
    (change,) = changes(CONFIG, put(CONFIG, (path, rows)))

    assert (change.path, change.of_rows) == (path, True)


@settings(max_examples=60, deadline=None)
@given(stages(), stages())
def test_the_changes_make_the_one_out_of_the_other(raw, other):
    (before, _), (after, _) = normal_form(raw), normal_form(other)

    made = deepcopy(before)
    for change in changes(before, after):
        *way, last = change.path
        found = made
        for step in way:
            found = found.setdefault(step, {}) if isinstance(found, dict) else found[step]
        if change.after is None:
            del found[last]
        else:
            found[last] = change.after
    assert _without_gaps(made) == _without_gaps(after)


def _without_gaps(value):
    """A table of which every value was taken away is none."""
    if isinstance(value, dict):
        return {name: kept for name, one in value.items() if (kept := _without_gaps(one)) not in ({}, None)}
    return [_without_gaps(one) for one in value] if isinstance(value, list) else value


@settings(max_examples=60, deadline=None)
@given(stages(), stages())
def test_what_may_be_amended_grows_less_from_phase_to_phase(raw, other):
    (before, _), (after, _) = normal_form(raw), normal_form(other)
    found = changes(before, after)
    phases = (Phase.FROZEN, Phase.CLOSED, Phase.COUNTED, Phase.CONFIRMED, Phase.PUBLISHED, Phase.FINAL)

    told = [[change for change, _ in refused(found, phase=phase, evidence=False, now=NOW)] for phase in phases]

    assert all(set(map(id, less)) <= set(map(id, more)) for less, more in pairwise(told))
    assert told[-1] == told[-2] == told[-3] == found


def test_only_before_the_result_is_confirmed_is_anything_amended():
    assert [phase for phase in ORDER if may_amend(phase)] == [Phase.FROZEN, Phase.OPEN, Phase.CLOSED, Phase.COUNTED]
    assert all(sorts_in(phase, evidence=False) == frozenset() for phase in ORDER if not may_amend(phase))


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        (OTHER_POINTS, [Phase.FROZEN]),
        ((("advance", "quota"), 2), [Phase.FROZEN]),
        (EXTENDED, [Phase.FROZEN, Phase.OPEN]),
        (OTHER_WORDS, [Phase.FROZEN, Phase.OPEN]),
        (LATER_RESULT, [Phase.FROZEN, Phase.OPEN, Phase.CLOSED, Phase.COUNTED]),
        (OTHER_NOTE, [Phase.FROZEN, Phase.OPEN, Phase.CLOSED, Phase.COUNTED]),
        ((("teams", 0, "name", "ko"), "다른 이름"), []),
        ((("rounds", 0, "blind"), False), []),
        ((("parts", 0, "kind"), "measured"), []),
        ((("parts", 0, "criteria"), []), []),
    ],
)
def test_what_may_change_in_which_phase(change, allowed):
    assert [phase for phase in ORDER if not why(change, phase=phase)] == allowed


def test_each_refusal_says_why():
    assert why(OTHER_POINTS, phase=Phase.OPEN) == [JUDGING]
    assert why(OTHER_POINTS, phase=Phase.FROZEN, evidence=True) == [EVIDENCE_IS_IN]
    assert why(OTHER_WORDS, EXTENDED, LATER_RESULT, phase=Phase.CLOSED) == [CLOSED, CLOSED]
    assert why((("parts",), []), phase=Phase.FROZEN) == [ROWS_STAY]
    assert why((("teams",), []), phase=Phase.FROZEN) == [FIXED["teams"]]


def test_with_evidence_in_dates_and_words_may_still_change_before_the_opening():
    earlier = ("timetable", "closes"), "2026-08-10T18:00:00+09:00"

    assert why(earlier, OTHER_WORDS, OTHER_NOTE, phase=Phase.FROZEN, evidence=True) == []


@pytest.mark.parametrize(
    ("closes", "now", "reason"),
    [
        ("2026-08-14T17:59:59+09:00", "2026-08-10T00:00:00+09:00", [ONLY_LATER]),
        ("2026-08-14T09:00:00+00:00", "2026-08-10T00:00:00+09:00", [ONLY_LATER]),  # the same moment
        ("2026-08-14T18:00:01+09:00", "2026-08-10T00:00:00+09:00", []),
        ("2026-08-14T20:00:00+09:00", "2026-08-14T19:00:00+09:00", []),  # after an outage at the close
        ("2026-08-14T20:00:00+09:00", "2026-08-14T20:00:00+09:00", [NOT_PAST]),
    ],
)
def test_a_deadline_moves_only_on(closes, now, reason):
    assert why((("timetable", "closes"), closes), phase=Phase.OPEN, now=datetime.fromisoformat(now)) == reason


# ---------------------------------------------------------------- every place


def leaves(field: Field, path: tuple[str, ...] = ()):
    """Every place of a stage file that holds a value."""
    for member in field.fields:
        if member.kind in (Kind.TABLE, Kind.ROWS):
            yield from leaves(member, (*path, member.name))
        else:
            yield (*path, member.name)


OPEN_TO_ALL = {"timetable.closes", "timetable.published", "note.ko", "note.en"}


def test_what_is_no_rule_is_a_date_a_name_or_words():
    words = {".".join(path) for path in leaves(STAGE) if sort_of(path) is Sort.WORDS}

    assert all(place.endswith((".ko", ".en")) for place in words)
    assert not any(place.startswith(("users.", "teams.", "note.")) for place in words)
    assert {".".join(path) for path in leaves(STAGE) if sort_of(path) in (Sort.CLOSES, Sort.PUBLISHED, Sort.NOTE)} == (
        OPEN_TO_ALL
    )


@given(st.sampled_from([path for path in leaves(STAGE) if path[-1] in ("key", "slug", "mark")]))
def test_what_names_a_row_is_never_just_a_value(path):
    """It is what the rows of both editions are found by, so another one is another row; of the stage it is fixed."""
    assert sort_of(path) in (Sort.FIXED, Sort.RULE, Sort.WORDS)
    before = {"parts": [{"key": "a", "points": 1}]}
    assert changes(before, {"parts": [{"key": "b", "points": 1}]})[0].of_rows
