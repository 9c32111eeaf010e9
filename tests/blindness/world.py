"""A stage with everything in it that somebody must not know, and twins of it that differ in one secret.

Built by inserts alone: what is evidence cannot be changed afterwards, not even here. Whatever a team, a person or a document is called
begins with `qzx`, so that a name that got loose can be found in any answer (`kept.CANARIES`).
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial

from django.apps import apps
from django.db import connection
from django.db.models import AutoField

from evaluations.hearings.models import Hearing, Objection, Reply, Ruling, text_digest
from evaluations.panels.actions import accept, invite
from evaluations.panels.models import Affiliation, Assignment, Invitation, Panelist, Recusal
from evaluations.programme.models import Round, Stage, Submission, Team
from evaluations.programme.phases import Phase, at_least
from evaluations.ratings import things
from evaluations.ratings.identity import person_key, voter_tag_of
from evaluations.ratings.models import Ballot, Kind, Paper, RollEntry, Star
from evaluations.results import compute
from evaluations.results.models import CountJob, Estimates, GateDecision, LineDecision, Publication, ScoreRun
from evaluations.reviews.models import Confirmation, Draft, Finding, Mark, Recognition, Sheet, Void
from evaluations.rubrics.models import Criterion, GateScope
from evaluations.scoring import METHOD_VERSION, Choices, Evidence, Measurement, Rules
from evaluations.scoring.estimates import ESTIMATES_VERSION, section_of
from evaluations.scoring.estimates_blinding import blinding_sections
from evaluations.scoring.estimates_citizens import citizens_sections
from portal.accounts.actions import create_account
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.models import AccessRecord, Event
from portal.audit.record import record
from tests.blindness.kept import Secret
from tests.blindness.stillness import Stillness
from tests.factories import accounts, benchmarks, panels, programme, ratings, results, rubrics
from tests.factories.proceedings import a_proposal

SLUG = "blind-stage"
TEAMS = ("lg", "skt", "upstage")
LINK = "qzxlink-" + "a" * 32


@dataclass(frozen=True)
class World:
    """A stage, and the ids of its rows by name."""

    stage: Stage
    ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.ids[name]


def people(still: Stillness) -> dict[str, User]:
    """The accounts of all readers and of two people who may sit on a seat: the same in every world."""
    teams = {slug: Team(id=still.id_of(f"team {slug}"), slug=slug) for slug in TEAMS}
    makers = {
        "citizen": partial(accounts.a_citizen, "citizen@example.kr"),
        "neighbour": partial(accounts.a_citizen, "neighbour@example.kr"),
        "first": partial(accounts.an_expert, "qzxfirst@example.kr", "qzxfirst"),
        "second": partial(accounts.an_expert, "qzxsecond@example.kr", "qzxsecond"),
        "third": partial(accounts.an_expert, "qzxperson3@example.kr", "qzxperson3"),
        "fourth": partial(accounts.an_expert, "qzxperson4@example.kr", "qzxperson4"),
        "stopped": partial(accounts.an_expert, "qzxstopped@example.kr", "qzxstopped"),
        "stranger": partial(accounts.a_stranger, "stranger@example.kr"),
        "contact": partial(accounts.a_team_contact, teams["lg"]),
        "rival": partial(accounts.a_team_contact, teams["skt"]),
        "officer": partial(accounts.an_officer, "officer@example.kr"),
        "another": partial(accounts.an_officer, "another-officer@example.kr", "다른 담당자"),
        "auditor": partial(accounts.an_auditor, "auditor@example.kr"),
    }
    found = {}
    for name, make in makers.items():
        still.begin(f"person {name}")
        found[name] = make()
    return found


def in_phase(world: World, phase: Phase) -> None:
    """Only what a move changes: the phase, and with it the state of the rounds."""
    programme.in_phase(world.stage, phase)
    state = Round.State.OPEN if phase is Phase.OPEN else Round.State.WAITING
    if at_least(phase, Phase.CLOSED):
        state = Round.State.LOCKED
    programme.in_state(Round.objects.get(id=world["document"]), state)


def rows_by_table() -> dict[str, frozenset]:
    """Everything the database holds, to tell in which tables two worlds differ; ids that count on are left out."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if not model._meta.proxy:
                columns = ", ".join(
                    f'"{f.column}"' for f in model._meta.concrete_fields if not isinstance(f, AutoField)
                )
                cursor.execute(f'SELECT {columns} FROM "{model._meta.db_table}"')
                found[model._meta.db_table] = frozenset(map(str, cursor.fetchall()))
    return found


def build(still: Stillness, person: dict[str, User], changed: Collection[Secret] = ()) -> World:
    """The world; with `changed` the twin that differs in these secrets and in nothing else."""
    return _Builder(still, person, frozenset(changed)).everything()


class _Builder:
    def __init__(self, still: Stillness, person: dict[str, User], changed: frozenset[Secret]) -> None:
        self.still, self.person, self.changed = still, person, changed
        self.ids = {f"account {name}": user.id for name, user in person.items()}

    def either(self, secret: Secret, usual, other):
        return other if secret in self.changed else usual

    def begin(self, name: str) -> None:
        self.still.begin(name)

    def keep(self, name: str, row):
        self.ids[name] = row.pk
        return row

    def event(self, kind: str, **fields) -> Event:
        return record(kind, stage=SLUG, **fields)

    def everything(self) -> World:
        self.rules()
        self.documents()
        self.panel()
        self.sheets()
        self.citizens()
        self.measurements()
        self.hearing()
        self.count()
        self.ledger()
        return World(self.stage, self.ids)

    # --- What is judged, and by what.

    def rules(self) -> None:
        self.begin("stage")
        now = self.still.now
        self.stage = programme.a_stage(
            SLUG, teams=(), frozen_at=now - timedelta(days=9), opens_at=now - timedelta(days=7),
            closes_at=now + timedelta(days=7), published_at=now + timedelta(days=9), quota=2,
            release={
                "public": ["total", "rank", "gate", "advances", "means", "estimates"], "teams": "all", "minimum_n": 1,
                "own": ["total", "parts", "items", "criteria", "rank", "gate", "advances"],
            },
        )  # fmt: skip
        self.keep("stage", self.stage)
        self.teams = {}
        for place, slug in enumerate(TEAMS):
            self.begin(f"team {slug}")
            team = programme.a_team(
                self.stage, slug, f"qzxmethod {slug}", model_name=f"qzxmethod-model-{slug}",
                aliases=[f"qzxmethod-alias-{slug}"], position=place,
            )  # fmt: skip
            self.teams[slug] = self.keep(f"team {slug}", team)
            self.keep(f"member {slug}", programme.a_member(team, f"qzxmethod-member-{slug}", "연구소"))
        self.begin("rounds")
        self.document = self.keep("document", programme.a_round(self.stage, counts=True))
        self.presentation = self.keep(
            "presentation",
            programme.a_round(
                self.stage, "presentation", name_ko="발표평가", kind="presentation", blind=False, counts=False
            ),
        )
        self.begin("rubric")
        rubric = rubrics.a_rubric(self.stage)
        name = self.either(Secret.RULES, "개발 전략", "개발 계획")
        Criterion.objects.filter(part=rubric.expert, path="strategy").update(name_ko=name)
        self.begin("questions")
        ratings.a_plan(self.stage)
        self.questions = [ratings.a_question(self.stage, key, f"물음 {key}") for key in results.QUESTIONS]
        ratings.a_stratum(self.stage)
        self.begin("configuration")
        self.config = results.a_configuration_body(self.stage)
        self.frozen = self.keep("configuration", results.freeze(self.stage, self.config))
        for kind in ("part", "item", "criterion", "gateside", "gatecomponent", "gateitem"):
            self.keep(kind, apps.get_model("rubrics", kind).objects.order_by("id").first())

    # --- What the experts read.

    def documents(self) -> None:
        """Two teams' released copies read alike, so that a code name can change hands without a word changing."""
        for slug in TEAMS:
            self.begin(f"document {slug}")
            other = slug == "lg" and Secret.ORIGINAL in self.changed
            text = f"# qzxoriginal {slug}\n\n{'다른 본문' if other else '본문'}\n"
            submission = programme.a_submission(
                self.teams[slug], self.document, text, title=f"qzxoriginal 보고서 {'나' if other else '가'}",
                file_name=f"qzxoriginal-{'b' if other else 'a'}.md",
            )  # fmt: skip
            self.keep(f"submission {slug}", submission)
            self.keep(f"copy {slug}", self.held_back(submission) if slug == "upstage" else self.released(submission))

    def released(self, submission: Submission):
        text = f"# qzxblind\n\n{self.either(Secret.BLIND_TEXT, '가린 본문', '가린 다른 본문')}\n"
        return programme.a_blind_copy(submission, text=text, digest=hashlib.sha256(text.encode()).hexdigest())

    def held_back(self, submission: Submission):
        text = f"# qzxoriginal\n\n{self.either(Secret.HELD_BACK, '가리지 못한 본문', '가리지 못한 다른 본문')}\n"
        name = self.either(Secret.HITS, "qzxoriginal-hit", "qzxoriginal-other-hit")
        hits = [{"name": name, "start": 2, "end": 13, "excerpt": name, "how": "그대로"}] * self.either(
            Secret.HITS, 1, 2
        )
        digest = hashlib.sha256(text.encode()).hexdigest()
        return programme.a_blind_copy(submission, released=False, text=text, digest=digest, hits=hits)

    # --- Who judges, and whom.

    def panel(self) -> None:
        sitting = {
            "first": self.person["first"],
            "second": self.person["second"],
            "third": self.person[self.either(Secret.SEATED, "third", "fourth")],
            "stopped": self.person["stopped"],
        }
        self.seats: dict[str, Panelist] = {}
        for number, (name, user) in enumerate(sitting.items(), 1):
            self.begin(f"seat {name}")
            seat = panels.a_panelist(self.stage, label=f"위원 {number:02}")
            self.seats[name] = self.keep(f"seat {name}", seat)
            self.sits(name, seat, user)
            if name != "third" or Secret.PLEDGED not in self.changed:
                self.begin(f"pledge {name}")
                self.keep(f"pledge {name}", panels.a_pledge(seat))
        self.begin("seat invited")
        invited = self.keep("seat invited", panels.a_panelist(self.stage, label="위원 05"))
        token = self.either(Secret.LINK, LINK, LINK + "b")
        panels.an_invitation(invited, email="qzxinvited@example.kr", token=token)
        self.keep("seat empty", panels.a_panelist(self.stage, label="위원 06"))
        self.newcomers()
        self.assignments()
        self.begin("conflict")
        where = self.either(Secret.WORKPLACE, "qzxsecond 기관", "qzxsecond 다른 기관")
        self.keep(
            "conflict", panels.a_conflict(self.seats["second"], self.teams["upstage"], "same_organisation", note=where)
        )
        if Secret.CONFLICT not in self.changed:
            self.begin("another conflict")
            panels.a_conflict(self.seats["third"], self.teams["upstage"], "relative", note="")

    def sits(self, name: str, seat: Panelist, user: User) -> None:
        self.begin(f"invitation {name}")
        now = self.still.now
        invitation = Invitation.objects.create(
            panelist=seat, stage=seat.stage, email=user.email, name=user.name, user=user, accepted_at=now, sent_at=now,
            expires_at=now + timedelta(days=14), token_digest=hashlib.sha256(name.encode()).hexdigest(),
        )  # fmt: skip
        marker = {"first": "qzxfirst", "second": "qzxsecond", "stopped": "qzxstopped"}.get(name, "qzxperson")
        other = name == "second" and Secret.WORKPLACE in self.changed
        where = f"{marker} 다른 기관" if other else f"{marker} 기관"
        Affiliation.objects.create(invitation=invitation, organisation=where, unit="통계학과")

    def newcomers(self) -> None:
        """Two people who are asked for two seats and take them, one seat after the other, as the site has it: what it writes down then."""
        seats = [
            self.keep(f"seat new {number}", panels.a_panelist(self.stage, label=f"위원 {number:02}"))
            for number in (7, 8)
        ]
        names = self.either(Secret.SEATED, ("qzxperson6", "qzxperson7"), ("qzxperson7", "qzxperson6"))
        links = []
        for seat, name in zip(seats, names, strict=True):
            self.begin(f"asked {seat.label}")
            links.append(invite(panelist=seat, email=f"{name}@example.kr", name=name, by=self.person["officer"]))
        for invited, name in zip(links, names, strict=True):
            self.begin(f"newcomer {name}")
            user = create_account(email=f"{name}@example.kr", role=Role.EXPERT, name=name, password=None, by=None)
            self.begin(f"taken {invited.invitation.panelist.label}")
            accept(invitation=invited.invitation, by=user)

    def assignments(self) -> None:
        """The first expert's 가 is LG, or SKT; her ids belong to the code names and tell nothing."""
        lg, skt = self.either(Secret.ALIAS, ("lg", "skt"), ("skt", "lg"))
        self.given: dict[str, Assignment] = {}
        for seat, alias, team, place in (
            ("first", "가", lg, 2), ("first", "나", skt, 1), ("first", "다", "upstage", 3),
            ("second", "가", "lg", 1), ("second", "나", "skt", 3), ("second", "다", "upstage", 2),
            ("third", "가", "skt", 1), ("third", "나", "upstage", 2), ("third", "다", "lg", 3),
            ("stopped", "가", "skt", 1), ("stopped", "나", "upstage", 2), ("stopped", "다", "lg", 3),
        ):  # fmt: skip
            self.assign(f"{seat} {alias}", self.document, team, place)
        self.assign("first 라", self.presentation, lg, 1)
        self.assign("first 마", self.presentation, skt, 2)
        if Secret.RECUSED not in self.changed:
            self.begin("recusal")
            self.recused("third 다")
        declared = self.either(Secret.DECLARED, "stopped 가", "stopped 나")
        self.begin(f"declaration {declared}")
        self.recused(declared)

    def recused(self, name: str) -> None:
        assignment = self.given[name]
        event = self.event("recused", actor=assignment.panelist_id, reason="qzxledger 친족")
        Recusal.objects.create(assignment=assignment, reason="qzxledger 친족", event=event)

    def assign(self, name: str, round: Round, team: str, place: int) -> None:
        self.begin(f"assignment {name}")
        seat, alias = name.split()
        row = panels.an_assignment(self.seats[seat], self.teams[team], round, alias=alias, position=place)
        self.given[name] = self.keep(f"assignment {name}", row)

    # --- What the experts said.

    def sheets(self) -> None:
        self.criteria = {row.path: row for row in Criterion.objects.filter(part__stage=self.stage)}
        self.scopes = list(GateScope.objects.filter(component__stage=self.stage).order_by("id"))
        self.sheet("first 가", 1, comment="qzxdesk", opinion="qzxdesk")
        self.sheet("first 나", 1, comment="qzxdesk", opinion="qzxdesk", confirmed=False)
        self.sheet("second 가", 1, comment="qzxsheet", opinion="qzxsheet")
        self.sheet(
            "second 가", 2,
            mark=self.either(Secret.MARK, 13, 4),
            comment=self.either(Secret.COMMENT, "qzxsheet 뛰어나다", "qzxsheet 모자라다"),
            opinion=self.either(Secret.COMMENT, "qzxsheet 종합", "qzxsheet 다른 종합"),
            finding=self.either(Secret.FINDING, "met", "not_met"),
            guess=self.either(Secret.GUESS, "lg", "skt"),
        )  # fmt: skip
        if Secret.SUBMITTED not in self.changed:
            confirmed = Secret.CONFIRMED not in self.changed
            self.sheet("second 나", 1, comment="qzxsheet", opinion="qzxsheet", confirmed=confirmed)
        self.sheet("third 가", 1, comment="qzxsheet", opinion="qzxsheet")
        self.begin("void")
        reason = self.either(Secret.VOID, "qzxbody 이유", "qzxbody 다른 이유")
        event = self.event("sheet voided", subject="assignment", subject_id=self.given["third 가"].id)
        Void.objects.create(assignment=self.given["third 가"], reason=reason, event=event)
        self.draft("first 다", {"opinion": "qzxdesk"})
        typed = {"mark-expert.technology": "7", "opinion": "qzxdraft"}
        self.draft("third 나", typed)
        typed = {"mark-expert.technology": "7", "mark-expert.strategy": "6", "opinion": "qzxdraft 다르게"}
        self.draft("second 가", self.either(Secret.DRAFT, {"opinion": "qzxdraft"}, typed))
        for name in ("stopped 가", "stopped 나", "stopped 다"):
            self.draft(name, {"opinion": "qzxdraft"})

    def sheet(
        self, name: str, revision: int, *, mark: int = 12, comment: str = "", opinion: str = "", finding: str = "met",
        guess: str = "", confirmed: bool = True,
    ) -> None:  # fmt: skip
        self.begin(f"sheet {name} {revision}")
        said = {"mark": mark, "comment": f"qzxbody {comment}", "finding": finding, "guess": guess}
        event = self.event("sheet submitted", actor=self.given[name].panelist_id, subject="sheet", data=said)
        sheet = Sheet.objects.create(
            assignment=self.given[name], revision=revision, event=event, submitted_at=event.at, opinion=opinion,
            recognised="maybe" if guess else "no", guess=guess,
        )  # fmt: skip
        self.keep(f"sheet {name} {revision}", sheet)
        marks = results.MARKS | {"technology": mark}
        Mark.objects.bulk_create(
            Mark(sheet=sheet, criterion=self.criteria[path], value=value, comment=comment)
            for path, value in marks.items()
        )
        Finding.objects.bulk_create(
            Finding(sheet=sheet, scope=scope, finding=finding, evidence=comment, reason=comment)
            for scope in self.scopes
        )
        Recognition.objects.create(sheet=sheet, answer="yes" if finding == "met" else "no", reason=comment)
        if confirmed:
            self.begin(f"confirmation {name} {revision}")
            event = self.event("sheet confirmed", actor=self.given[name].panelist_id, subject="sheet")
            Confirmation.objects.create(sheet=sheet, event=event, confirmed_at=event.at)

    def draft(self, name: str, typed: dict[str, str]) -> None:
        self.begin(f"draft {name}")
        Draft.objects.create(assignment=self.given[name], body=typed, saved_at=self.still.now)

    # --- What citizens read and said.

    def citizens(self) -> None:
        lg, skt = self.either(Secret.ANSWER, ("lg", "skt"), ("skt", "lg"))
        shown = {"left": lg, "right": skt, "third": "upstage"}
        self.prompts, self.answers = [], {}
        self.paper: dict[tuple[str, int], Paper] = {}
        for number in (1, 2):
            self.begin(f"prompt {number}")
            prompt = self.keep(f"prompt {number}", ratings.a_prompt(self.stage, f"p{number}"))
            self.prompts.append(prompt)
            for name, team in shown.items():
                self.begin(f"answer {number} {name}")
                answer = ratings.an_answer(prompt, self.teams[team], f"qzxanswer {number} {name}")
                self.answers[number, name] = self.keep(f"answer {number} {name}", answer)
        for name in ("citizen", "neighbour"):
            self.begin(f"roll {name}")
            self.enrolled(person_key(self.stage, self.person[name]))
            self.papers(name, voter_tag_of(SLUG, self.person[name]))
        if Secret.ENROLLED not in self.changed:
            self.begin("roll of somebody")
            entry = self.enrolled("qzxtag somebody")
            self.event("person enrolled", subject="roll entry", subject_id=entry.id)
        self.papers("somebody", "qzxtag one", self.either(Secret.VOTER, "qzxtag one", "qzxtag two"))
        self.ballot("citizen", 1, choice=self.either(Secret.CHOICE, "a", "b"))
        self.ballot("citizen", 2, stars=self.either(Secret.STARS, 5, 2))
        self.ballot("neighbour", 1, choice="both_good")
        self.ballot("somebody", 1, choice="b")
        if Secret.BALLOTS not in self.changed:
            self.ballot("somebody", 2, stars=3)

    def enrolled(self, key: str) -> RollEntry:
        return RollEntry.objects.create(
            stage=self.stage, person_key=key, stratum="age=20s", enrolled_on=self.still.now.date()
        )

    def papers(self, name: str, tag: str, tag_of_the_rating: str = "") -> None:
        """Two comparisons and a rating between them; the things are the same whichever team stands behind an answer."""
        lg, skt = self.teams["lg"].id, self.teams["skt"].id
        asked = (
            (1, Kind.COMPARE, "left", "right", 1, (lg, skt)),
            (2, Kind.RATE, "third", None, 1, (self.teams["upstage"].id,)),
            (3, Kind.COMPARE, "right", "left", 2, (skt, lg)),
        )
        for position, kind, left, right, number, teams in asked:
            self.begin(f"paper {name} {position}")
            prompt = self.prompts[number - 1].id
            voter = tag_of_the_rating or tag if kind == Kind.RATE else tag
            self.paper[name, position] = Paper.objects.create(
                stage=self.stage, voter_tag=voter, kind=kind, position=position, stratum="age=20s", issued_at=self.still.now,
                thing=things.comparison(prompt, *teams) if right else things.rating(prompt, *teams),
                left=self.answers[number, left], right=self.answers[number, right] if right else None,
            )  # fmt: skip

    def ballot(self, name: str, position: int, *, choice: str = "", stars: int = 0) -> None:
        self.begin(f"ballot {name} {position}")
        paper = self.paper[name, position]
        event = self.event("ballot cast", subject="ballot", data={"choice": choice, "stars": stars, "thing": "qzxbody"})
        ballot = Ballot.objects.create(
            stage=self.stage, voter_tag=paper.voter_tag, thing=paper.thing, paper=paper, kind=paper.kind,
            prompt_id=paper.left.prompt_id, left_team=self.teams["lg" if choice else "upstage"],
            right_team=self.teams["skt"] if choice else None, choice=choice, stratum="age=20s", event=event, cast_at=event.at,
        )  # fmt: skip
        if stars:
            Star.objects.bulk_create(
                Star(ballot=ballot, question=question, rating=stars) for question in self.questions
            )

    # --- What was measured, counted and decided.

    def measurements(self) -> None:
        for slug in TEAMS:
            self.begin(f"measurement {slug}")
            score = self.either(Secret.MEASUREMENT, "92", "91.5") if slug == "lg" else "88"
            row = benchmarks.a_measurement(self.teams[slug], "nia", score, source="qzxmeasured")
            self.keep(f"measurement {slug}", row)

    def count(self) -> None:
        self.begin("decision")
        decided = self.either(Secret.DECISION, "met", "not_met")
        reason = self.either(Secret.DECISION, "qzxcount 이유", "qzxcount 다른 이유")
        event = self.event(
            "gate decided", subject="team", data={"decision": decided, "reason": reason, "source": "qzxbody"}
        )
        decision = GateDecision.objects.create(
            team=self.teams["lg"], decision=decided, event=event, reason=reason, source="qzxcount"
        )
        self.keep("decision", decision)
        self.line()
        self.proposals()
        if Secret.COUNTED in self.changed:
            return
        self.begin("run")
        run = self.keep("run", self.run())
        self.begin("job")
        job = CountJob.objects.create(
            stage=self.stage, state="done", run=run, requested_by=self.person["officer"].id, requested_at=self.still.now,
            finished_at=self.still.now, step=5, steps=5, attempts=1,
        )  # fmt: skip
        self.keep("job", job)
        self.begin("publication")
        event = self.event(
            "result published", subject="score_run", subject_id=run.pk, data={"result_seal": run.seal.result}
        )
        published = Publication.objects.create(run=run, reason="확정", event=event, published_at=event.at)
        self.keep("publication", published)
        self.objection(published)

    def line(self) -> None:
        """Two teams are level on the line (`run`), and the committee has decided on one of them."""
        self.begin("line decision")
        decided, self.chosen_for = self.either(Secret.LINE, ("in", "qzxcount 이유"), ("out", "qzxcount 다른 이유"))
        event = self.event(
            "line decided", subject="team", data={"decision": decided, "reason": self.chosen_for, "source": "qzxbody"}
        )
        decision = LineDecision.objects.create(
            team=self.teams["skt"],
            decision=decided,
            event=event,
            reason=self.chosen_for,
            source="qzxcount",
            among="skt upstage",
        )
        self.keep("line decision", decision)

    def hearing(self) -> None:
        self.begin("hearing")
        question = self.either(Secret.ASKED, "qzxhearing 물음", "qzxhearing 다른 물음")
        event = self.event("hearing asked", subject="team", data={"question": text_digest(question)})
        hearing = Hearing.objects.create(
            team=self.teams["lg"], question=question, event=event, asked_at=self.still.now,
            due_at=self.still.now + timedelta(days=3),
        )  # fmt: skip
        self.keep("hearing", hearing)
        text = self.either(Secret.ASKED, "qzxhearing 소명", "qzxhearing 다른 소명")
        event = self.event("hearing replied", subject="team", data={"text": text_digest(text)})
        Reply.objects.create(
            hearing=hearing, text=text, digest=text_digest(text), event=event, replied_at=self.still.now
        )

    def objection(self, published: Publication) -> None:
        self.begin("objection")
        text = self.either(Secret.OBJECTED, "qzxhearing 이의", "qzxhearing 다른 이의")
        event = self.event("objection made", subject="team", data={"text": text_digest(text)})
        objection = Objection.objects.create(
            team=self.teams["lg"], publication=published, text=text, digest=text_digest(text), event=event,
            made_at=self.still.now,
        )  # fmt: skip
        self.keep("objection", objection)
        outcome = self.either(Secret.OBJECTED, "dismissed", "upheld")
        event = self.event("objection answered", subject="team", data={"outcome": outcome})
        Ruling.objects.create(
            objection=objection, outcome=outcome, reason="qzxhearing 까닭", event=event, ruled_at=self.still.now
        )
        self.begin("proposal to rule")
        ruling = a_proposal(
            self.person["another"], self.stage, "ruling", subject=objection.pk, reason="qzxhearing 까닭",
            told=f"qzxhearing {outcome}", arguments={"outcome": outcome},
        )  # fmt: skip
        self.keep("proposal to rule", ruling)

    def proposals(self) -> None:
        """One that says something of the count and two that do not; another officer has proposed them."""
        self.begin("proposal")
        decision, word = self.either(Secret.PROPOSED, ("met", "충족"), ("not_met", "미충족"))
        about_the_count = a_proposal(
            self.person["another"], self.stage, "gate", subject=self.teams["skt"].pk,
            reason=self.either(Secret.PROPOSED, "qzxcount 심의", "qzxcount 다른 심의"),
            told=f"qzxcount {word}", arguments={"decision": decision, "source": "qzxcount", "decided_on": ""},
        )  # fmt: skip
        self.keep("proposal", about_the_count)
        self.begin("proposal on the line")
        decision, word = self.either(Secret.PROPOSED, ("in", "진출"), ("out", "진출하지 않음"))
        on_the_line = a_proposal(
            self.person["another"], self.stage, "line", subject=self.teams["upstage"].pk,
            reason=self.either(Secret.PROPOSED, "qzxcount 심의", "qzxcount 다른 심의"),
            told=f"qzxcount {word}", arguments={"decision": decision, "source": "qzxcount", "decided_on": ""},
        )  # fmt: skip
        self.keep("proposal on the line", on_the_line)
        self.begin("proposal to move")
        move = {"from": "counted", "to": "closed"}
        moving = a_proposal(
            self.person["another"], self.stage, reason="qzxledger 되돌림", arguments=move, ground={"run": ""}
        )
        self.keep("proposal to move", moving)
        self.begin("proposal to amend")
        amended = self.config | {"note": {"ko": "qzxmethod 안내"}}
        amending = a_proposal(
            self.person["another"], self.stage, "amend", reason="qzxledger 정정", told="2판", arguments={"config": amended},
            ground={"digest": self.frozen.digest, "phase": "open"},
        )  # fmt: skip
        self.keep("proposal to amend", amending)

    def run(self) -> ScoreRun:
        """The run of the rules and evidence of this world, found by its key. Its digests are those of this world, which nobody must be shown."""
        body, steps = _counted(json.dumps(self.config), Secret.TOTAL in self.changed)
        result, told = json.loads(body), json.loads(steps)
        lg = next(team for team in result["teams"] if team["team"] == "lg")
        points = self.either(Secret.CRITERIA, "11.7", "11.9")
        lg["criteria"]["expert.technology"] = points
        criteria, sheets = told["lg"][1]["steps"][:2]
        criteria["steps"][0] |= {"shown": f"{points}점", "sentence": "qzxown"}
        sheets["steps"][0] |= {
            "sentence": "qzxcount", "shown": self.either(Secret.SHEETS, "26.5", "25.5"), "title": "qzxcount 위원",
        }  # fmt: skip
        self.level(result, told)
        event = self.event("score counted", subject="score_run", data={"result_seal": "2" * 64, "input": "qzxbody"})
        inputs = compute.evidence_of(self.stage).digest()
        result["input_digest"], body = inputs, json.dumps(result)
        run = ScoreRun.objects.create(
            stage=self.stage, key=compute.run_key(self.frozen.digest, inputs, METHOD_VERSION), config_digest=self.frozen.digest,
            input_digest=inputs, digest=hashlib.sha256(body.encode()).hexdigest(), method_version=METHOD_VERSION, body=body,
            explanation=json.dumps(told), event=event, counted_at=event.at,
        )  # fmt: skip
        results.a_seal(run, self.either(Secret.SALT, b"qzxsalt usual...", b"qzxsalt other..."))
        self.estimates(run)
        return run

    def level(self, result: dict, told: dict) -> None:
        """As if two teams were level for the second seat, and the committee had chosen."""
        for slug, why in (("skt", "line_in"), ("upstage", "line_out")):
            team = next(team for team in result["teams"] if team["team"] == slug)
            team |= {"advances_because": why, "line_reason": self.chosen_for}
            result["diagnostics"]["line"][slug] = 1
            advance = next(step for step in told[slug] if step["title"] == "진출 여부")
            reason = {"level": "line_reason", "title": "위원회가 적은 이유", "sentence": self.chosen_for}
            advance["steps"] = [{**advance, **reason, "shown": "", "formula": "", "steps": []}]

    def estimates(self, run: ScoreRun) -> None:
        """Beside the run what the people of this world said, of models and of whom they recognised, who are too few for the public to be told."""
        rules = Rules.from_config(self.config)
        people, blinding = compute.people_of(self.stage, rules), compute.blinding_of(self.stage)
        builders = citizens_sections(rules, people) | blinding_sections(rules, Evidence(), people, blinding)
        told = {name: section_of(build) for name, build in builders.items()}
        event = self.event("estimates made", subject="score_run", subject_id=run.pk, data={"result_seal": "2" * 64})
        body = json.dumps({"sections": told})
        Estimates.objects.create(
            run=run, version=ESTIMATES_VERSION, seed=1, body=body, digest=hashlib.sha256(body.encode()).hexdigest(),
            event=event, made_at=event.at,
        )  # fmt: skip

    # --- What is on record.

    def ledger(self) -> None:
        self.begin("event")
        reason = self.either(Secret.REASON, "qzxledger", "qzxledger other")
        moved = {"from": "preparing", "to": "frozen"}
        self.keep("event", self.event("phase moved", actor=self.person["officer"].id, reason=reason, data=moved))
        self.begin("another event")
        self.event("panelist replaced", data={"by": self.either(Secret.BODY, "qzxbody", "qzxbody other")})
        self.begin("access")
        reason = self.either(Secret.ACCESS, "qzxledger", "qzxledger other")
        row = AccessRecord.objects.create(
            at=self.still.now,
            actor=self.person["officer"].id,
            action="person behind seat",
            whose="somebody",
            reason=reason,
        )
        self.keep("access", row)


@cache
def _counted(config: str, other: bool) -> tuple[str, str]:
    """A result with a panel of five and every kind of evidence; the other one is a little better for LG."""
    sheets = {
        (f"위원 {seat:02}", slug): {
            path: value - place - (seat % 2 and value > 5) for path, value in results.MARKS.items()
        }
        for seat in range(1, 6)
        for place, slug in enumerate(TEAMS)
    }
    measured = results.MEASURED | ({"nia": "96"} if other else {})
    evidence = Evidence(
        measurements={
            (slug, item): Measurement.of(score if slug == "lg" else results.MEASURED[item])
            for slug in TEAMS
            for item, score in measured.items()
        },
        sheets=sheets,
        ratings={(slug, question): (1, 2, 3, 4, 5) for slug in TEAMS for question in results.QUESTIONS},
        comparisons={(left, right): Choices(a=6, b=5) for left, right in _pairs(TEAMS)},
        decisions=dict.fromkeys(TEAMS, "met"),
    )
    computed = compute.compute(json.loads(config), evidence)
    return computed.body, computed.explanation


def _pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    names = list(names)
    return [(left, right) for place, left in enumerate(names) for right in names[place + 1 :]]
