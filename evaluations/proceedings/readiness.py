"""What is still missing before each move. Asks every room; changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from evaluations.hearings import queries as hearings
from evaluations.panels.models import FEW, Assignment, Panelist
from evaluations.panels.pledge import holds
from evaluations.programme.models import Round, Stage, Submission
from evaluations.programme.phases import MOVES, ORDER, Phase
from evaluations.ratings import readiness as ratings
from evaluations.ratings.models import Ballot
from evaluations.results import queries as results
from evaluations.results.actions import DECIDABLE
from evaluations.results.models import GateDecision, LineDecision
from evaluations.results.release import tells_estimates
from evaluations.reviews import progress as reviews
from evaluations.reviews.models import Sheet
from evaluations.scoring.advancing import ON_THE_LINE
from evaluations.stagefile import export
from evaluations.stagefile.consistency import judged, marked
from portal.templatetags.krds import until


@dataclass(frozen=True)
class Missing:
    """One thing that is missing. It stands in the way, or is advice the officer may pass over. `where` is the page on which an officer
    does it, and `what` is done there, where it is one page."""

    sentence: str
    blocks: bool = True
    where: str = ""
    what: str = ""

    def __str__(self) -> str:
        return self.sentence


def moves_from(phase: Phase) -> tuple[Phase, ...]:
    return MOVES[phase]


def is_step_back(current: Phase, to: Phase) -> bool:
    return ORDER.index(to) < ORDER.index(current)


def missing_before(stage: Stage, to: Phase) -> list[Missing]:
    """Everything that is missing before this move, what blocks first."""
    if is_step_back(stage.current_phase, to):
        return []
    return sorted(CHECKS[to](stage), key=lambda m: not m.blocks)


def _frozen(stage: Stage) -> Iterator[Missing]:
    if not stage.parts.exists() and stage.advance_by == Stage.Advance.POINTS:
        yield Missing("평가 부문이 없습니다.")
    yield from (Missing(problem.told) for problem in export.problems(stage))
    yield from map(Missing, ratings.missing(stage))
    yield from _evidence_from_elsewhere(stage)
    yield from _late(stage)
    yield from _frozen_late(stage)
    yield from _unread_estimates(stage)
    yield from _namesakes(stage)


def _unread_estimates(stage: Stage) -> Iterator[Missing]:
    policy = export.standing_configuration(stage)["release"]
    if "estimates" in policy.get("public", ()) and not tells_estimates(policy):
        yield Missing(
            "추정은 모든 팀의 총점과 순위를 함께 공개할 때만 공개됩니다. 지금의 공개 방침으로는 나오지 않습니다.",
            blocks=False,
        )


def _namesakes(stage: Stage) -> Iterator[Missing]:
    """A rehearsal may well be called like the stage it rehearses, so this is advice."""
    for other in Stage.objects.exclude(pk=stage.pk).filter(name_ko=stage.name_ko).order_by("slug"):
        yield Missing(
            f"‘{stage.name_ko}’이라는 이름의 단계가 이미 있습니다(식별자 {other.slug}). 공개 화면에서 이름만으로는 나뉘지 않습니다.",
            blocks=False,
        )


def _late(stage: Stage) -> Iterator[Missing]:
    """Of a stage that was held elsewhere the dates are past, so this is advice."""
    if stage.closes_at <= timezone.now():
        yield Missing(
            f"마감 시각({until(stage.closes_at)}, 한국시간)이 이미 지났습니다. 이대로는 아무도 평가하거나 투표할 수 없습니다.",
            blocks=False,
        )


def _frozen_late(stage: Stage) -> Iterator[Missing]:
    if stage.opens_at <= timezone.now() < stage.closes_at:
        yield Missing(
            f"평가 시작 시각({until(stage.opens_at)}, 한국시간)이 이미 지났습니다. 지금 확정하면 공개 화면이 시작 시각이 지난 뒤에 확정한 기준이라고 알립니다.",
            blocks=False,
        )


def _evidence_from_elsewhere(stage: Stage) -> Iterator[Missing]:
    """What there is before the stage opens was imported; counted with what people say here, it would pass for theirs."""
    if stage.was_held_elsewhere:
        return
    imported = (
        ("투표", "가", Ballot.objects.of_stage(stage)),
        ("평가표", "가", Sheet.objects.of_stage(stage)),
        ("관문 결정", "이", GateDecision.objects.filter(team__stage=stage)),
        ("경계선 결정", "이", LineDecision.objects.filter(team__stage=stage)),
    )
    for word, particle, rows in imported:
        if rows.exists():
            yield Missing(
                f"들여온 {word}{particle} 있습니다. 여기서 하는 평가와 섞어 셀 수 없어, 이미 마감한 평가나 표본 단계에서만 받습니다. "
                f"{word} 파일 없이 단계를 새로 만들어 주세요."
            )


def _open(stage: Stage) -> Iterator[Missing]:
    yield from _evidence_from_elsewhere(stage)
    yield from _late(stage)
    if timezone.now() < stage.opens_at:
        yield Missing(
            f"시작 시각({until(stage.opens_at)}, 한국시간)이 되지 않았습니다. 열어도 그때부터 받습니다.", blocks=False
        )
    rules = export.standing_configuration(stage)
    if not judged(rules):
        return
    seats = Panelist.objects.filter(stage=stage)
    if not seats.exists():
        # Of a selection that was made elsewhere the votes may never be told; marks that count must come from somebody.
        yield Missing("평가위원이 없습니다.", blocks=marked(rules))
        return
    invited = seats.sitting()
    waiting = invited.filter(Q(invitation=None) | Q(invitation__accepted_at=None)).count()
    if waiting:
        yield Missing(f"위촉을 수락하지 않은 자리가 {waiting}개 있습니다.", blocks=False)
    unpledged = invited.filter(~holds("pk")).count()
    if unpledged:
        yield Missing(f"서약하지 않은 자리가 {unpledged}개 있습니다.", blocks=False)
    unassigned = (
        seats.filter(replaced_by=None).filter(~Exists(Assignment.objects.filter(panelist=OuterRef("pk")))).count()
    )
    if unassigned:
        yield Missing(f"배정이 없는 자리가 {unassigned}개 있습니다.", blocks=False)
    if few := invited.with_few_teams().count():
        yield Missing(
            f"가린 차수에서 맡는 팀이 {FEW}개보다 적은 자리가 {few}개 있습니다. 한 팀을 알면 나머지도 짐작할 수 있습니다.",
            blocks=False,
        )
    yield from _documents(stage)


def _documents(stage: Stage) -> Iterator[Missing]:
    """What a panelist would not find to read: per round and team, the last document that is held back, or one that is missing where
    sheets are written from documents or another team handed one in. One held back stands in the way of the round that opens with the stage."""
    released = {
        (round, team): released_at
        for round, team, released_at in Submission.objects.filter(team__stage=stage)
        .order_by("revision")
        .values_list("round", "team", "blind_copy__released_at")
    }
    with_documents = {round for round, _team in released}
    teams, rounds = list(stage.teams.all()), list(stage.rounds.all())
    first = rounds[0] if rounds else None
    for round in rounds:
        if round.kind != Round.Kind.DOCUMENT and round.pk not in with_documents:
            continue
        for team in teams:
            if (round.pk, team.pk) not in released:
                yield Missing(f"‘{team}’ 팀의 ‘{round}’ 자료가 없습니다.", blocks=False)
            elif released[round.pk, team.pk] is None:
                yield Missing(
                    f"‘{team}’ 팀의 ‘{round}’ 가림본이 보류되어 있습니다. 차수를 연 뒤에는 자료를 바꿀 수 없으므로, "
                    "먼저 발견된 이름을 확인하고 공개하거나 자료를 다시 받아 주세요.",
                    blocks=round == first,
                )


def _closed(stage: Stage) -> Iterator[Missing]:
    if timezone.now() < stage.closes_at:
        local = timezone.localtime(stage.closes_at)
        yield Missing(f"마감 시각({local:%Y-%m-%d %H:%M} KST)이 지나지 않았습니다.")
    if stopped := ", ".join(map(str, Panelist.objects.of_stage(stage).stopped())):
        yield Missing(
            f"회피·제척으로 가린 평가를 멈춘 자리가 있습니다: {stopped}. 교체하거나, 이미 확인한 평가표만 셉니다.",
            blocks=False,
        )
    if open_sheets := reviews.missing(stage).count():
        yield Missing(f"확인된 평가표가 없는 배정이 {open_sheets}건 있습니다.", blocks=False)


def _counted(stage: Stage) -> Iterator[Missing]:
    yield from map(Missing, results.missing_count(stage))


def _confirmed(stage: Stage) -> Iterator[Missing]:
    yield from map(Missing, results.missing_count(stage))
    yield from _ungated(stage)
    yield from _undecided(stage)
    yield from map(Missing, hearings.missing_hearings(stage))


def _ungated(stage: Stage) -> Iterator[Missing]:
    """Teams whose gate the committee has not decided."""
    for team in results.undecided(stage):
        here = stage.current_phase in DECIDABLE
        yield Missing(
            f"‘{team}’ 팀의 독자성 관문 결정이 없습니다.",
            where=reverse("admin:results_gateteam_decide", args=[team.pk]) if here else "",
            what="관문 결정" if here else "",
        )


def _undecided(stage: Stage) -> Iterator[Missing]:
    """A result that does not say who advances is none."""
    deciding = stage.current_phase in DECIDABLE
    for team, because, why in results.undecided_places(stage):
        here = deciding and because in ON_THE_LINE
        yield Missing(
            f"‘{team}’ 팀의 진출 여부가 정해지지 않았습니다: {why}.",
            where=reverse("admin:results_lineteam_decide", args=[team.pk]) if here else "",
            what="경계선 결정" if here else "",
        )


def _published(stage: Stage) -> Iterator[Missing]:
    yield from _counted(stage)
    yield from _undecided(stage)


def _final(stage: Stage) -> Iterator[Missing]:
    deadline = results.objection_deadline(stage)
    if deadline and timezone.now() < deadline:
        yield Missing(f"이의신청 기간({until(deadline)}까지, 한국시간)이 끝나지 않았습니다.")
    if unanswered := hearings.unanswered_objections(stage):
        yield Missing(f"답하지 않은 이의신청이 {unanswered}건 있습니다.")


CHECKS: dict[Phase, Callable[[Stage], Iterator[Missing]]] = {
    Phase.FROZEN: _frozen,
    Phase.OPEN: _open,
    Phase.CLOSED: _closed,
    Phase.COUNTED: _counted,
    Phase.CONFIRMED: _confirmed,
    Phase.PUBLISHED: _published,
    Phase.FINAL: _final,
}
