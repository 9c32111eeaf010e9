"""When a sheet may be written. Pure: decides from its arguments alone.

The clock is the database's, read under the lock that keeps the stage where it is.
"""

from datetime import datetime

from evaluations.programme.models import Round
from evaluations.programme.phases import Phase, at_least


def why_not(*, phase: Phase, round_state: str, opens_at: datetime, closes_at: datetime, clock: datetime) -> str:
    """The sentence that tells why nothing may be written now; empty when it may."""
    if at_least(phase, Phase.CLOSED) or clock >= closes_at:
        return "평가가 마감되어 더는 적거나 고칠 수 없습니다."
    if phase is not Phase.OPEN or clock < opens_at:
        return "평가가 아직 시작되지 않았습니다."
    if round_state == Round.State.WAITING:
        return "이 차수는 아직 시작되지 않았습니다."
    if round_state == Round.State.LOCKED:
        return "이 차수는 끝나 평가표가 잠겼습니다."
    return ""
