"""The second officer, and what waits for her."""

from evaluations.proceedings import proposals
from evaluations.proceedings.models import Proposal, Resolution
from evaluations.programme.models import Stage
from evaluations.scoring.canonical import digest
from evaluations.stagefile.export import configuration
from portal.accounts.models import User
from portal.accounts.seconding import SecondNeeded
from tests.factories import accounts

SECOND = "second-officer@example.kr"


def seen(stage: Stage) -> dict[str, str]:
    """What the page of a stage sends along with a move: its phase, and while it is prepared its rules."""
    return {"seen": stage.phase} | ({"rules": digest(configuration(stage))} if stage.phase == "preparing" else {})


def another_officer() -> User:
    return User.objects.filter(email=SECOND).first() or accounts.an_officer(SECOND, "정담당")


def a_proposal(by: User, stage: Stage | None = None, act: str = "move", **fields) -> Proposal:
    """Kept as the verbs keep it, whether or not the act could be done."""
    fields = {
        "subject": stage.pk if stage else by.pk,
        "reason": "까닭",
        "stage_id": stage.pk if stage else None,
        "arguments": {"from": "counted", "to": "closed"} if act == "move" else {},
    } | fields
    return proposals.propose(needed=SecondNeeded(act=act, **fields), by=by)


def approved() -> Resolution:
    """Another officer agrees to the one proposal that waits."""
    return proposals.approve(proposal=Proposal.objects.waiting().get(), by=another_officer())
