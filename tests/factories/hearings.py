"""What a team was asked, and what it objected to; each with as many replies or rulings as there are rows."""

from datetime import timedelta

from django.utils import timezone

from evaluations.hearings.models import Hearing, Objection, Reply, Ruling, text_digest
from evaluations.programme.models import Team
from evaluations.results.queries import latest_publication
from portal.audit.record import record


def a_hearing(team: Team, *, rows: int = 0, days: int = 7, asked_at=None) -> Hearing:
    asked_at = asked_at or timezone.now()
    made = [
        Hearing.objects.create(
            team=team, question=f"가중치를 어떻게 만들었는지 설명해 주세요. ({number})", asked_at=asked_at,
            due_at=asked_at + timedelta(days=days), event=record("hearing asked", stage=team.stage.slug),
        )
        for number in range(max(rows, 1))
    ]  # fmt: skip
    for number in range(rows):
        a_reply(made[0], f"설명 {number}")
    return made[0]


def a_reply(hearing: Hearing, text: str = "처음부터 학습했습니다.") -> Reply:
    event = record("hearing replied", stage=hearing.team.stage.slug)
    return Reply.objects.create(
        hearing=hearing, text=text, digest=text_digest(text), event=event, replied_at=timezone.now()
    )


def an_objection(team: Team, text: str = "다시 보아 주세요.", *, rows: int = 1) -> Objection:
    """The first is not answered, the others are."""
    made = []
    for number in range(rows):
        said = f"{text} ({number})"
        event = record("objection made", stage=team.stage.slug)
        made.append(
            Objection.objects.create(
                team=team, publication=latest_publication(team.stage), text=said, digest=text_digest(said), event=event,
                made_at=timezone.now(),
            )
        )  # fmt: skip
    for objection in made[1:]:
        event = record("objection answered", stage=team.stage.slug)
        Ruling.objects.create(
            objection=objection, outcome="dismissed", reason="이미 본 것입니다.", event=event, ruled_at=timezone.now()
        )
    return made[0]
