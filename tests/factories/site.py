"""A small site on which every page of everybody has something to show; `rows` of everything there can be many of.

Stages by slug: `preparing` (rules may still be edited), `open` (experts and citizens at work), `counted` (the committee sits), `published`,
and as many more open ones as there are rows, so that lists of stages grow too.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from evaluations.hearings.models import Hearing, Objection
from evaluations.panels.models import Affiliation, Assignment, Conflict, Panelist, Recusal, Waiver
from evaluations.programme.models import Stage, Team
from evaluations.programme.phases import Phase
from evaluations.ratings.identity import voter_tag_of
from evaluations.ratings.models import Answer, Paper, Prompt, RollEntry
from evaluations.results import jobs
from evaluations.results.models import CountJob, ScoreRun
from evaluations.reviews.models import Draft, Recognition, Sheet, Void
from evaluations.rubrics.models import Anchor, Criterion, GateComponent, GateItem, GateScope, GateSide, Item, Part
from evaluations.scoring import canonical_bytes
from evaluations.stagefile.export import configuration
from portal.accounts.models import User
from portal.audit.record import record, record_access
from tests.factories import accounts, benchmarks, hearings, panels, programme, ratings, results, rubrics
from tests.factories.proceedings import a_proposal

TOKEN = "a-link-that-was-mailed-and-not-yet-used"


@dataclass(frozen=True)
class Site:
    """What was made, as far as addresses need it."""

    rows: int
    people: dict[str, User | None]
    preparing: Stage
    open: Stage
    counted: Stage
    published: Stage
    seat: Panelist
    invited: Panelist
    drafted: Assignment
    submitted: Sheet
    confirmed: Sheet
    counted_sheet: Sheet
    job: CountJob
    run: ScoreRun
    level: Team
    hearing: Hearing
    objection: Objection

    def rules_of(self, stage: Stage) -> dict[str, Model]:
        """A row of every kind of rule, by the name of its admin."""
        expert = stage.parts.get(key="expert")
        return {
            "programme_stage": stage, "programme_team": stage.teams.first(), "programme_round": stage.rounds.first(),
            "rubrics_part": expert, "rubrics_item": Item.objects.filter(part__stage=stage).first(),
            "rubrics_criterion": expert.criteria.get(path="more_0"),
            "rubrics_gateside": GateSide.objects.filter(stage=stage).first(),
            "rubrics_gatecomponent": GateComponent.objects.filter(stage=stage).first(),
            "rubrics_gateitem": GateItem.objects.get(side__stage=stage, key="weights"),
            "ratings_ratingplan": stage.rating_plan, "ratings_question": stage.questions.first(),
            "ratings_stratum": stage.strata.first(), "ratings_prompt": stage.prompts.first(),
        }  # fmt: skip


def a_site(rows: int = 1) -> Site:
    made = iter(_stages(rows))
    preparing, open_stage, counted, published = next(made), next(made), next(made), next(made)
    people = {
        "nobody": None, "citizen": accounts.a_citizen(), "expert": accounts.an_expert(),
        "stranger": accounts.a_stranger(), "team": accounts.a_team_contact(published.teams.first()),
        "officer": accounts.an_officer(), "auditor": accounts.an_auditor(),
    }  # fmt: skip
    expert = people["expert"]
    seat = _panel(open_stage, expert, rows)
    for stage in made:
        _a_seat_with_one_assignment(stage, expert)
    drafted, submitted, confirmed = _sheets(seat, rows)
    _citizens(open_stage, people["citizen"], rows)
    run = _result(published, rows)
    level = _level(rows)
    jobs.carry_out(jobs.claim(results.a_job(counted).pk))
    hearing = hearings.a_hearing(counted.teams.first(), rows=rows)
    objection = hearings.an_objection(published.teams.first(), rows=rows)
    job = results.a_job(open_stage)
    for stage in (open_stage, counted):
        for _ in range(rows):
            results.a_job(
                stage, state="failed", error="중개자가 없었습니다.", requested_at=timezone.now() - timedelta(days=1)
            )
    for number in range(rows):
        for stage in (open_stage, counted, published):
            a_proposal(people["officer"], stage, told=f"{number}번째 제안", reason=f"까닭 {number}")
        record_access(actor=people["officer"].id, action="person behind seat", reason="확인")
    return Site(
        rows, people, preparing, open_stage, counted, published, seat, Panelist.objects.get(invitation__email="invited@example.kr"), drafted,
        submitted, confirmed, Sheet.objects.of_stage(published).first(), job, run, level, hearing, objection,
    )  # fmt: skip


@contextmanager
def a_standing_site(rows: int) -> Iterator[Site]:
    """The same for the tests of a whole module: what one of them changes is undone, the site is undone after the last."""
    with transaction.atomic():
        yield a_site(rows)
        transaction.set_rollback(True)


# ---------------------------------------------------------------- stages and their rules


def _stages(rows: int) -> Iterator[Stage]:
    """The four with all rules, then the ones that only make lists longer."""
    times = programme.around_now()
    teams = [(f"team-{n}", f"{n}번 팀") for n in range(1, rows + 2)]
    for slug in ("preparing", "open", "counted", "published"):
        stage = programme.a_stage(slug, teams=teams, name_ko=f"{slug} 단계", **times)
        _rules(stage, rows)
        if slug != "preparing":
            _frozen(stage, slug, versions=rows)
        yield stage
    for number in range(1, rows):
        stage = programme.a_stage(f"open-{number}", teams=teams[:2], name_ko=f"{number}번째 단계", **times)
        rubrics.an_expert_part(stage)
        programme.a_round(stage, counts=True)
        ratings.a_plan(stage)
        yield _frozen(stage, Phase.OPEN)


def _frozen(stage: Stage, phase: str, versions: int = 1) -> Stage:
    body = canonical_bytes(configuration(stage)).decode()
    for version in range(1, versions + 1):
        programme.a_configuration(stage, version, reason="고침" if version > 1 else "", body=body)
    programme.in_phase(stage, phase)
    if phase == "open":
        programme.in_state(stage.rounds.get(counts=True), "open")
    return stage


def _rules(stage: Stage, rows: int) -> None:
    made = rubrics.a_rubric(stage)
    team = stage.teams.first()
    for number in range(rows):
        programme.a_round(stage, f"round_{number}", name_ko=f"{number}차", counts=number == 0)
        programme.a_member(team, f"구성 기관 {number}", unit="연구소")
        ratings.a_question(stage, f"q{number}", f"물음 {number}")
        ratings.a_stratum(stage, (f"trait_{number}", f"특성 {number}", [("one", "하나", "one"), ("two", "둘", "two")]))
        rubrics.an_item(made.benchmark, f"more_{number}", 1, Item.Rule.GIVEN, name_ko=f"더 잰 것 {number}")
    made.benchmark.points += rows
    made.benchmark.save(update_fields=["points"])
    _criteria(made.expert, rows)
    for number in range(rows):
        rubrics.a_part(stage, f"part_{number}", Part.Kind.MEASURED, f"부문 {number}", 1, given=True)
    _gate(stage, rows)
    ratings.a_plan(stage)
    prompts = Prompt.objects.bulk_create(
        Prompt(stage=stage, key=f"p{n:03}", category=f"분야 {n % 3}", text=f"{n}번째 질문") for n in range(rows)
    )
    Answer.objects.bulk_create(
        Answer(prompt=prompt, team=team, text=f"{prompt.key}의 답변입니다.")
        for prompt in prompts
        for team in stage.teams.all()
    )


def _criteria(part: Part, rows: int) -> None:
    made = Criterion.objects.bulk_create(
        Criterion(part=part, path=f"more_{n}", name_ko=f"더 보는 것 {n}", points=5, levels=5, position=100 + n)
        for n in range(rows)
    )
    part.points += 5 * rows
    part.save(update_fields=["points"])
    Anchor.objects.bulk_create(
        Anchor(criterion=one, mark=mark, text_ko=f"{mark}점의 뜻")
        for one in made
        for mark in range(1, min(rows, 5) + 1)
    )


def _gate(stage: Stage, rows: int) -> None:
    """More of everything the gate has, each thing asked of the first component at least."""
    first = stage.gate_components.first() or GateComponent.objects.get(stage=stage, key="model")
    for number in range(rows):
        side = GateSide.objects.create(stage=stage, key=f"side_{number}", name_ko=f"측면 {number}", position=9)
        item = GateItem.objects.create(side=side, key=f"item_{number}", text_ko=f"관문 물음 {number}", position=9)
        component = GateComponent.objects.create(stage=stage, key=f"part_{number}", name_ko=f"요소 {number}")
        GateScope.objects.create(item=item, component=first)
        GateScope.objects.create(item=GateItem.objects.get(side__stage=stage, key="weights"), component=component)


# ---------------------------------------------------------------- the panel


def _panel(stage: Stage, expert: User, rows: int) -> Panelist:
    """The expert's seat with every team, and so many other seats: some not invited, one invited, the others accepted."""
    round = stage.rounds.get(counts=True)
    teams = list(stage.teams.all())
    for team in teams:
        submission = programme.a_submission(team, round)
        programme.a_blind_copy(submission, released=team != teams[-1], hits=[{"name": "엘지", "excerpt": "엘지의"}])
    seat = panels.a_panelist(stage, expert)
    Affiliation.objects.bulk_create(
        Affiliation(invitation=seat.invitation, organisation=f"기관 {n}") for n in range(rows)
    )
    for team in teams:
        panels.an_assignment(seat, team, round)
    panels.a_panelist(stage)
    panels.an_invitation(panels.a_panelist(stage), token=TOKEN)
    for number in range(rows):
        other = panels.a_panelist(stage, accounts.an_expert(f"expert-{number}@example.kr", name=f"평가 {number}"))
        assignment = panels.an_assignment(other, teams[0], round)
        Void.objects.create(assignment=assignment, reason="겹쳐 낸 평가표", event=record("sheet void"))
        panels.a_conflict(other, teams[1], ground=Conflict.Ground.OTHER)
        waived = panels.a_conflict(other, teams[1], ground=Conflict.Ground.SAME_ORGANISATION)
        Waiver.objects.create(conflict=waived, reason="다른 전문가가 없습니다.", event=record("conflict waived"))
        recused = panels.an_assignment(other, teams[1], round)
        Recusal.objects.create(assignment=recused, reason="이해관계", event=record("recused"))
    return seat


def _a_seat_with_one_assignment(stage: Stage, expert: User) -> None:
    seat = panels.a_panelist(stage, expert)
    panels.an_assignment(seat, stage.teams.first(), stage.rounds.get(counts=True))


def _sheets(seat: Panelist, rows: int) -> tuple[Assignment, Sheet, Sheet]:
    """One assignment with a draft on top of many confirmed revisions, one submitted and not confirmed."""
    drafted, other, *rest = Assignment.objects.filter(panelist=seat).order_by("position")
    marks = dict.fromkeys(rubrics_of(seat.stage), 1)
    for revision in range(1, rows + 2):
        confirmed = _sheet(drafted, marks if revision > rows - 1 else {}, revision)
    Recognition.objects.create(sheet=confirmed, answer="yes")
    Draft.objects.create(assignment=drafted, body={"opinion": "쓰는 중"}, saved_at=timezone.now())
    submitted = _sheet(other, marks, confirmed=False)
    for assignment in rest:
        _sheet(assignment, {})
    return drafted, submitted, confirmed


def _sheet(assignment: Assignment, marks: dict[str, int], revision: int = 1, confirmed: bool = True) -> Sheet:
    findings = "met" if marks else ""
    return results.a_sheet(assignment, marks, findings=findings, revision=revision, confirmed=confirmed)


def rubrics_of(stage: Stage) -> list[str]:
    """The paths of the criteria that take a mark."""
    return list(Criterion.objects.filter(part__stage=stage, children=None).values_list("path", flat=True))


# ---------------------------------------------------------------- citizens


def _citizens(stage: Stage, citizen: User, rows: int) -> None:
    """The citizen has answered all her papers but the last two, one of each kind; so many others are on the roll."""
    ratings.enrolled(stage, citizen, trait_0="one")
    answers = list(Answer.objects.filter(prompt__stage=stage).select_related("prompt"))
    tag = voter_tag_of(stage.slug, citizen)
    today = timezone.now()
    positions = itertools.count(1)

    def paper(kind: str, left: Answer, right: Answer | None) -> Paper:
        thing = f"{kind}:{left.id[:20]}:{next(positions)}"
        return Paper(
            stage=stage, voter_tag=tag, kind=kind, thing=thing, left=left, right=right,
            position=int(thing.rpartition(":")[2]), issued_at=today,
        )  # fmt: skip

    papers = [paper("compare", *answers[:2]) for _ in range(rows + 1)]
    papers += [paper("rate", answers[0], None) for _ in range(rows + 1)]
    Paper.objects.bulk_create(papers)
    for one in papers:
        if one not in (papers[rows], papers[-1]):
            ratings.a_ballot(stage, citizen, one.position)
    RollEntry.objects.bulk_create(
        RollEntry(stage=stage, person_key=f"{n:064}", stratum=f"trait_{n}=one", enrolled_on=today.date())
        for n in range(rows)
    )


# ---------------------------------------------------------------- results


def _level(rows: int) -> Team:
    """One of the teams of a stage that are all level for one seat, with as many decisions as there are rows behind it."""
    scores = {f"level-{n}": "80" for n in range(rows + 1)}
    teams = [(slug, f"동점 {n}") for n, slug in enumerate(scores)]
    stage = results.a_stage_on_the_line(slug="level", name_ko="동점 단계", teams=teams, quota=1, scores=scores)
    team = stage.teams.first()
    for revision in range(1, rows + 1):
        results.a_line_decision(team, "out", revision=revision)
    return team


def _result(stage: Stage, rows: int) -> ScoreRun:
    """A run published as many times as there are rows, earlier runs behind it, decisions of the committee."""
    for team in stage.teams.all():
        for item, score in results.MEASURED.items():
            benchmarks.a_measurement(team, item, score)
        results.a_decision(team)
    for revision in range(2, rows + 1):
        results.a_decision(team, revision=revision)
    for seat in range(3):
        panelist = panels.a_panelist(stage)
        assignment = panels.an_assignment(panelist, stage.teams.first(), stage.rounds.get(counts=True))
        _sheet(assignment, dict.fromkeys(rubrics_of(stage), 2 + seat))
    phase = stage.phase
    programme.in_phase(stage, Phase.COUNTED)
    last = jobs.carry_out(jobs.claim(results.a_job(stage).pk))
    programme.in_phase(stage, phase)
    for number in range(rows):
        event = record("count made", stage=stage.slug)
        earlier = ScoreRun.objects.create(
            stage=stage, key=f"earlier-{number}", body=last.body, explanation=last.explanation, digest=last.digest,
            config_digest=last.config_digest, input_digest=last.input_digest, method_version=last.method_version,
            event=event, counted_at=last.counted_at - timedelta(days=number + 1),
        )  # fmt: skip
        results.a_seal(earlier)
        results.a_publication(last, reason=f"{number}번째 공표")
    return last
