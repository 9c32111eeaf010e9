"""Names in frozen answers: an answer that says whose it is would lift the blindfold of everybody who reads it."""

import hashlib
import json
from dataclasses import asdict

from django.db import transaction
from django.db.models import QuerySet

from evaluations.programme.actions import names_of
from evaluations.programme.blindfold import look_through
from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.ratings.models import Answer
from portal.accounts.guards import refuse_unless_officer
from portal.accounts.models import User
from portal.audit.models import Event
from portal.audit.record import record
from portal.http import Refusal, Stale

Kept = dict[tuple[str, str], set[str]]
"""(answer, digest of its text) → names an officer read in it and let stand."""


@transaction.atomic
def look_for_names(answers: QuerySet[Answer], *, stage: Stage) -> int:
    """Look through these answers of a stage once more, after they or the names changed; how many wait for a decision."""
    names, kept, waiting = names_of(stage), _kept(stage), 0
    for answer in answers.select_for_update():
        let_stand = kept.get((answer.pk, _digest(answer)), set())
        hits = [asdict(hit) for hit in look_through(answer.text, names) if hit.name not in let_stand]
        waiting += bool(hits)
        if hits != answer.hits:
            answer.hits = hits
            answer.save(update_fields=["hits"])
    return waiting


@transaction.atomic
def keep(*, answer: Answer, by: User, reason: str) -> Answer:
    """An officer read what was found and decided that it gives nobody away, for instance because the prompt asks about that name."""
    refuse_unless_officer(by)
    stage = Stage.objects.select_for_update().get(pk=answer.prompt.stage_id)
    if stage.current_phase is not Phase.PREPARING:
        raise Refusal("답변은 평가 기준을 확정하기 전에만 정리할 수 있습니다.")
    answer = Answer.objects.select_for_update().get(pk=answer.pk)
    if not answer.hits:
        raise Stale("이 답변에는 확인할 이름이 없습니다.")
    if not reason.strip():
        raise Refusal("발견된 이름을 보고도 쓰는 사유를 적어 주세요.")
    names = sorted({hit["name"] for hit in answer.hits})
    record(
        "answer kept", stage=stage.slug, actor=by.id, subject="answer", subject_id=answer.pk, reason=reason,
        data={"digest": _digest(answer), "names": names},
    )  # fmt: skip
    answer.hits = []
    answer.save(update_fields=["hits"])
    return answer


def _digest(answer: Answer) -> str:
    return hashlib.sha256(answer.text.encode()).hexdigest()


def _kept(stage: Stage) -> Kept:
    found: Kept = {}
    for event in Event.objects.of_stage(stage.slug).filter(kind="answer kept"):
        data = json.loads(event.body)["data"]
        found.setdefault((event.subject_id, data["digest"]), set()).update(data["names"])
    return found
