from datetime import UTC, datetime, timedelta

import pytest

from evaluations.programme.models import Round
from evaluations.programme.phases import Phase
from evaluations.reviews.writing import why_not

OPENS, CLOSES = datetime(2026, 8, 3, tzinfo=UTC), datetime(2026, 8, 14, 9, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def why(phase=Phase.OPEN, round_state=Round.State.OPEN, clock=OPENS) -> str:
    return why_not(phase=phase, round_state=round_state, opens_at=OPENS, closes_at=CLOSES, clock=clock)


@pytest.mark.parametrize(
    ("clock", "sentence"),
    [
        (OPENS - MOMENT, "평가가 아직 시작되지 않았습니다."),
        (OPENS, ""),
        (CLOSES - MOMENT, ""),
        (CLOSES, "평가가 마감되어 더는 적거나 고칠 수 없습니다."),
    ],
)
def test_writing_begins_and_ends_to_the_moment(clock, sentence):
    assert why(clock=clock) == sentence


@pytest.mark.parametrize("phase", list(Phase))
def test_nothing_is_written_outside_the_open_phase(phase):
    assert (why(phase=phase) == "") is (phase is Phase.OPEN)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (Round.State.WAITING, "이 차수는 아직 시작되지 않았습니다."),
        (Round.State.OPEN, ""),
        (Round.State.LOCKED, "이 차수는 끝나 평가표가 잠겼습니다."),
    ],
)
def test_a_round_has_its_own_time(state, sentence):
    assert why(round_state=state) == sentence
