"""A stage of the sizes the design names – 250 assignments on one desk, 20 criteria on a sheet – and citizens with papers to answer.

Run as `python -m portal.bench.seed` on an empty database. Prints what the stopwatch needs: addresses with the cookie of who opens them, how
many questions each asks the database, and where ballots can be cast.
"""

import json
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django

django.setup()

from allauth.account.internal.flows.login import record_authentication  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from evaluations.panels.models import Affiliation, Assignment, Invitation, Panelist, Pledge  # noqa: E402
from evaluations.programme.models import BlindCopy, Configuration, Round, Stage, Submission, Team  # noqa: E402
from evaluations.programme.phases import Phase  # noqa: E402
from evaluations.ratings.identity import voter_tag_of  # noqa: E402
from evaluations.ratings.models import Answer, Paper, Prompt, Question, RatingPlan  # noqa: E402
from evaluations.reviews.models import Draft  # noqa: E402
from evaluations.rubrics.models import Anchor, Criterion, Part  # noqa: E402
from evaluations.scoring import canonical_bytes, digest  # noqa: E402
from evaluations.stagefile.export import configuration  # noqa: E402
from portal.accounts.models import User  # noqa: E402
from portal.accounts.roles import Role  # noqa: E402
from portal.audit.models import Event  # noqa: E402
from portal.audit.record import record  # noqa: E402
from portal.bench.urls import TABLE  # noqa: E402

SLUG = "bench"
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
FETCHES = 10


@dataclass(frozen=True)
class Sizes:
    """Of how much there is how many."""

    assignments: int = 250
    teams: int = 5
    criteria: int = 20
    citizens: int = 400
    papers: int = 12
    events: int = 10_000


SMALL = Sizes(assignments=3, teams=2, criteria=2, citizens=40, papers=4, events=20)


def seed(sizes: Sizes) -> dict[str, Any]:
    if Stage.objects.exists():
        sys.exit("DATABASE_URL: 빈 데이터베이스여야 합니다. (the database is not empty)")
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    with transaction.atomic():
        stage, small = a_stage(SLUG, sizes.assignments, sizes), a_stage("bench-sheet", sizes.teams, sizes)
        expert, officer = a_person(Role.EXPERT, "expert"), a_person(Role.OFFICER, "officer")
        other = a_person(Role.EXPERT, "other")
        a_desk(stage, expert, sizes)
        sheet = a_desk(small, other, sizes)
        citizens = [a_person(Role.CITIZEN, f"citizen-{number}") for number in range(sizes.citizens)]
        papers(stage, citizens)
        Event.objects.bulk_create(
            Event(at=stage.opens_at, stage=SLUG, kind=f"kind {n % 20}", nonce=b"", leaf=f"{n:064}")
            for n in range(sizes.events)
        )
        for phase in (Phase.FROZEN, Phase.OPEN):
            Stage.objects.filter(pk__in=[stage.pk, small.pk]).update(phase=phase)
    cookies = {person: cookie_of(person) for person in (expert, other, officer, *citizens)}
    return {
        "pages": [
            {"name": name, "path": path, "cookie": cookies.get(who, ""), **cost(path, cookies.get(who, ""))}
            for name, path, who in pages(sizes, sheet, expert, other, officer, citizens[0])
        ],
        "ballots": [
            [cookies[citizen], f"/take-part/{SLUG}/papers/{position}/cast/"]
            for position in range(1, sizes.papers)
            for citizen in citizens
        ],
        "row": "/bench/row/",
        "own_rows": [[cookies[citizen], "/bench/own-row/"] for citizen in citizens],
    }


def pages(sizes: Sizes, sheet: Assignment, expert: User, other: User, officer: User, citizen: User):
    """What is opened, and by whom; her last paper is left unanswered, so that a citizen has one to look at."""
    return [
        ("첫 화면", "/", None),
        ("평가 기준", f"/stages/{SLUG}/", None),
        ("국민: 투표지", f"/take-part/{SLUG}/papers/{sizes.papers}/", citizen),
        (f"국민: 나의 기록({sizes.papers}장)", f"/take-part/{SLUG}/progress/", citizen),
        (f"평가위원: 책상({sizes.assignments}건)", "/sheets/", expert),
        (f"평가위원: 평가표({sizes.criteria}항목)", f"/sheets/{sheet.pk}/", other),
        (f"담당자: 사건 목록({sizes.events:,}행)", "/admin/audit/event/", officer),
    ]


def a_stage(slug: str, teams: int, sizes: Sizes) -> Stage:
    now = timezone.now()
    stage = Stage.objects.create(
        slug=slug, programme_ko="측정", name_ko="측정용 단계", sample=True, quota=3,
        frozen_at=now - timedelta(days=9), opens_at=now - timedelta(days=7), closes_at=now + timedelta(days=7),
        published_at=now + timedelta(days=21), release={"public": ["total"], "own": ["total"], "teams": "all", "minimum_n": 5},
    )  # fmt: skip
    made = Team.objects.bulk_create(
        Team(stage=stage, slug=f"team-{n}", name_ko=f"{n}번 팀", position=n) for n in range(teams)
    )
    part = Part.objects.create(
        stage=stage, key="expert", kind=Part.Kind.EXPERTS, name_ko="전문가", points=5 * sizes.criteria,
        aggregate=Part.Aggregate.MEAN, small_panel=Part.SmallPanel.MEAN, cannot_judge=Part.CannotJudge.RENORMALISE,
    )  # fmt: skip
    criteria = Criterion.objects.bulk_create(
        Criterion(part=part, path=f"criterion_{n}", name_ko=f"{n}번째 평가 항목", points=5, levels=5, position=n)
        for n in range(sizes.criteria)
    )
    Anchor.objects.bulk_create(
        Anchor(criterion=one, mark=mark, text_ko="처음부터 스스로 하였고 그 기록이 모두 남아 있다")
        for one in criteria
        for mark in (1, 3, 5)
    )
    Round.objects.create(stage=stage, key="document", name_ko="서면평가", state=Round.State.OPEN)
    RatingPlan.objects.create(
        stage=stage,
        purpose_ko="어느 답변이 도움이 되는지 묻습니다.",
        comparisons_per_person=sizes.papers,
        ratings_per_person=0,
    )
    Question.objects.create(stage=stage, key="helpful", text_ko="도움이 되었습니까?")
    prompts = Prompt.objects.bulk_create(
        Prompt(stage=stage, key=f"p{n:03}", category="생활", text="종이 없는 사무실을 만드는 방법을 알려 주세요.")
        for n in range(sizes.papers)
    )
    text = "첫째, 받은 문서를 바로 그림으로 만들어 둡니다. 둘째, 이름을 붙이는 법을 정합니다.\n" * 10
    Answer.objects.bulk_create(Answer(prompt=prompt, team=team, text=text) for prompt in prompts for team in made[:2])
    rules = configuration(stage)
    event = record("configuration frozen", stage=slug)
    Configuration.objects.create(
        stage=stage, version=1, body=canonical_bytes(rules).decode(), digest=digest(rules), event=event, created_at=now
    )
    stage.edition = 1
    stage.save(update_fields=["edition"])
    return stage


def a_person(role: Role, name: str) -> User:
    return User.objects.create_user(f"{name}@bench.example", role=role, name=name)


def a_desk(stage: Stage, expert: User, sizes: Sizes) -> Assignment:
    """All teams on one desk, a document and a draft for each; returns the assignment whose sheet is opened."""
    round, now = stage.rounds.get(), timezone.now()
    seat = Panelist.objects.create(stage=stage, label="위원 01")
    invitation = Invitation.objects.create(
        panelist=seat, stage=stage, email=expert.email, name=expert.name, token_digest=seat.pk, sent_at=now,
        expires_at=now, user=expert, accepted_at=now,
    )  # fmt: skip
    Affiliation.objects.create(invitation=invitation, organisation="측정대학교")
    Pledge.objects.create(
        panelist=seat,
        config_digest=stage.configurations.get().digest,
        text_digest="0" * 64,
        event=record("pledge signed"),
    )
    event, teams = record("assigned"), list(Team.objects.filter(stage=stage))
    submissions = Submission.objects.bulk_create(
        Submission(team=team, round=round, title="기술 보고서", text="본문", digest="0" * 64, event=event)
        for team in teams
    )
    BlindCopy.objects.bulk_create(
        BlindCopy(submission=one, text="본문", digest="0" * 64, released_at=now, released_by="officer")
        for one in submissions
    )
    given = Assignment.objects.bulk_create(
        Assignment(panelist=seat, team=team, round=round, alias=f"{n}", position=n, event=event)
        for n, team in enumerate(teams, start=1)
    )
    typed = {f"mark-expert.criterion_{n}": "3" for n in range(sizes.criteria)}
    Draft.objects.bulk_create(Draft(assignment=one, body=typed, saved_at=now) for one in given)
    return given[0]


def papers(stage: Stage, citizens: list[User]) -> None:
    answers = list(Answer.objects.filter(prompt__stage=stage).order_by("prompt__key", "team__position"))
    Paper.objects.bulk_create(
        Paper(
            stage=stage, voter_tag=tag, kind="compare", thing=f"compare:{left.prompt_id}", left=left, right=right,
            position=position, issued_at=stage.opens_at,
        )
        for citizen in citizens
        for tag in [voter_tag_of(SLUG, citizen)]
        for position, (left, right) in enumerate(zip(answers[::2], answers[1::2], strict=True), start=1)
    )  # fmt: skip


def cookie_of(user: User) -> str:
    """The session of somebody who has signed in with all she has to."""
    client = Client()
    client.force_login(user)
    request = HttpRequest()
    request.session, request.user = client.session, user
    for method in ("password", "mfa"):
        record_authentication(request, user, method)
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"


def cost(path: str, cookie: str) -> dict[str, float]:
    """How many questions this page asks the database, the opening and closing of transactions left out, and how many milliseconds of a
    processor it takes: what a busy machine makes longer is the waiting."""
    client = Client(headers={"cookie": cookie, "host": "127.0.0.1"})
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        status = client.get(path).status_code
    questions = sum(not query["sql"].startswith(CONTROL) for query in captured)
    if status != 200:
        sys.exit(f"{path}: {status}")
    began = time.process_time()
    for _ in range(FETCHES):
        client.get(path)
    cpu = 1000 * (time.process_time() - began) / FETCHES
    return {"questions": questions, "cpu": cpu}


if __name__ == "__main__":
    chosen = SMALL if sys.argv[1:] == ["--quick"] else Sizes()
    print(json.dumps(seed(chosen), ensure_ascii=False))  # noqa: T201 – what the launcher reads
