"""Amending the rules of a stage after they were frozen: a new edition with its reason, agreed to by two officers. All or nothing."""

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from evaluations.benchmarks.models import Measurement
from evaluations.panels.actions import detect_everywhere
from evaluations.panels.mail import ask_to_sign_again
from evaluations.programme.actions import names_of
from evaluations.programme.amendments import Change, changes, refused
from evaluations.programme.blindfold import look_through
from evaluations.programme.differences import steps_to
from evaluations.programme.models import Configuration, Stage
from evaluations.programme.phases import LABELS, Phase, at_least
from evaluations.ratings import readiness as ratings
from evaluations.ratings.models import Ballot
from evaluations.results.compute import frozen_configuration
from evaluations.reviews.models import Sheet
from evaluations.scoring.canonical import canonical_bytes, digest
from evaluations.stagefile.configuration import Table, as_written, normal_form
from evaluations.stagefile.export import configuration
from evaluations.stagefile.faults import SHOWN
from evaluations.stagefile.load import imported_files
from evaluations.stagefile.rewrite import rewrite_stage
from portal.accounts.guards import refuse_unless_officer
from portal.accounts.models import User
from portal.accounts.seconding import need_second
from portal.audit.record import record
from portal.http import Refusal

NAMED = "평가위원이 읽는 글에 어느 팀인지 알 수 있는 이름이 있습니다: {names}. 이름을 빼고 적어 주세요."


SAID = {"sheets.csv", "findings.csv", "recognitions.csv", "ratings.csv", "comparisons.csv"}
FROM_ELSEWHERE = "들여온 평가나 투표가 있는 단계의 마감은 미룰 수 없습니다. 여기서 하는 평가와 섞어 셀 수 없습니다."
OPENS = ("timetable", "opens")


class CannotAmend(Refusal):
    """This may not be amended so; one line for each reason."""

    status = 409

    def __init__(self, why: list[str]) -> None:
        hidden = len(why) - SHOWN
        self.why = [*why[:SHOWN], f"그 밖에 {hidden:,}건이 더 있습니다."] if hidden > 0 else why
        super().__init__(" ".join(["정정할 수 없습니다.", *self.why]))

    @property
    def lines(self) -> list[str]:
        return self.why


def amend(*, stage: Stage, config: object, by: User, reason: str, second: User | None = None) -> Configuration:
    """Put `config` in the place of the rules that hold, as the next edition. Raises CannotAmend with everything that is against it,
    Refusal in the wrong phase, SecondNeeded until another officer has agreed."""
    refuse_unless_officer(by)
    with transaction.atomic():
        Stage.objects.select_for_update().get(pk=stage.pk)
        locked = Stage.objects.locked_for_evidence(stage.pk)  # once more, for the database's clock
        standing = _standing(locked)
        before = _before(locked, standing)
        amended = checked(config)
        found = changes(before, amended)
        _refuse_changes(locked, found, amended, reason, locked.clock)
        if second is None:
            _try_out(locked, standing, amended, found, by=by, reason=reason)
        need_second(
            by=by.id, second=second.id if second else "", reason=reason, act="amend", stage_id=locked.pk, subject=locked.pk,
            told=f"{standing.version + 1}판, 바뀌는 곳 {len(found)}군데, 설정 지문 {digest(amended)[:16]}…",
            arguments={"config": amended}, ground={"digest": standing.digest, "phase": locked.phase},
        )  # fmt: skip
        return _put_in_force(locked, standing, amended, found, by=by, reason=reason, second=second)


def _standing(stage: Stage) -> Configuration:
    if not stage.may_be_amended:
        raise Refusal(f"지금은 ‘{LABELS[stage.current_phase]}’ 국면이라 기준을 정정할 수 없습니다.")
    standing = frozen_configuration(stage)
    if standing is None:
        raise Refusal("확정된 기준이 없어 정정할 것이 없습니다.")
    return standing


def _before(stage: Stage, standing: Configuration) -> Table:
    """The rules that hold, as this version of the program writes them; the rows must say the same."""
    before, _problems = normal_form(as_written(json.loads(standing.body)))
    if configuration(stage) != before:
        raise Refusal("단계의 내용이 확정된 기준과 달라 정정할 수 없습니다. 누리집을 운영하는 곳에 알려 주세요.")
    return before


def checked(config: object) -> Table:
    """The configuration in its normal form, held against everything that a file is held against when it is loaded."""
    amended, problems = normal_form(as_written(config)) if isinstance(config, dict) else ({}, [])
    if problems:
        raise CannotAmend([problem.told for problem in problems])
    if not amended:
        raise CannotAmend(["정정한 기준을 읽을 수 없습니다. 처음부터 다시 해 주세요."])
    return amended


def _refuse_changes(stage: Stage, found: list[Change], amended: Table, reason: str, now: datetime) -> None:
    if not found:
        raise CannotAmend(["지금 기준과 다른 곳이 없습니다."])
    against = refused(found, phase=stage.current_phase, evidence=_has_evidence(stage), now=now)
    why = [f"{' › '.join(steps_to(change, amended))}: {sentence}" for change, sentence in against]
    if any(change.path == ("timetable", "closes") for change in found) and _held_elsewhere(stage):
        why.append(FROM_ELSEWHERE)
    if names := _names_in(found, reason, names_of(stage)):
        why.append(NAMED.format(names=", ".join(names)))
    if why:
        raise CannotAmend(why)


def _has_evidence(stage: Stage) -> bool:
    """Does anybody know, from what was measured or judged so far, what a change of the rules would do?"""
    measured = Measurement.objects.filter(team__stage=stage).exists()
    return measured or Sheet.objects.of_stage(stage).exists() or Ballot.objects.of_stage(stage).exists()


def _held_elsewhere(stage: Stage) -> bool:
    """Was what people said imported? Open for more, the stage would count both as one."""
    return stage.current_phase is Phase.OPEN and not stage.sample and not SAID.isdisjoint(imported_files(stage))


def _try_out(
    stage: Stage, standing: Configuration, amended: Table, found: list[Change], *, by: User, reason: str
) -> None:
    """What could not be put in force is refused before anybody is asked to agree to it."""
    with transaction.atomic():
        _put_in_force(Stage.objects.get(pk=stage.pk), standing, amended, found, by=by, reason=reason, second=None)
        transaction.set_rollback(True)


def _names_in(found: list[Change], reason: str, names: list[str]) -> list[str]:
    """The names of teams, models and members that would come into words a judge reads; those that stood there before do not come."""

    def met(text: Any) -> set[str]:
        return {hit.name for hit in look_through(text, names)} if isinstance(text, str) else set()

    coming = met(reason).union(*(met(change.after) - met(change.before) for change in found))
    return [name for name in names if name in coming]


def _put_in_force(
    stage: Stage, standing: Configuration, amended: Table, found: list[Change], *, by: User, reason: str, second: User | None
) -> Configuration:  # fmt: skip
    """First the edition, which opens the rows to it, then the rows, then the number that closes them again."""
    version, reason = standing.version + 1, reason.strip()
    event = record(
        "configuration amended", stage=stage.slug, actor=by.id, subject="configuration", reason=reason,
        data={
            "version": version, "digest": digest(amended), "before": standing.digest,
            "changed": [".".join(map(str, change.path)) for change in found], "second": second.id if second else "",
        },
    )  # fmt: skip
    made = Configuration.objects.create(
        stage=stage, version=version, body=canonical_bytes(amended).decode(), digest=digest(amended), reason=reason,
        event=event, created_at=event.at,
    )  # fmt: skip
    missing = ratings.missing(stage)
    rewrite_stage(stage, amended)
    stage.edition = version
    stage.save(update_fields=["edition"])
    if digest(configuration(stage)) != made.digest:
        raise CannotAmend(["이 정정은 지금 있는 팀, 부문과 항목에 옮겨 적을 수 없습니다."])
    if without := [sentence for sentence in ratings.missing(stage) if sentence not in missing]:
        raise CannotAmend(without)
    if any(change.path == OPENS for change in found):
        detect_everywhere(stage=stage, by=by)  # who is free of conflicts is asked of the day on which judging begins
    if not at_least(stage.current_phase, Phase.CLOSED):
        ask_to_sign_again(stage)
    return made
