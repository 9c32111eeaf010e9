"""Taking a team's document in, and letting its blind copy out."""

import hashlib
import json
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from evaluations.programme import blind_text
from evaluations.programme.blindfold import look_through
from evaluations.programme.models import BlindCopy, Member, Round, Stage, Submission, Team
from evaluations.programme.phases import Phase, at_least
from portal.accounts.guards import refuse_unless_officer
from portal.accounts.models import User
from portal.audit.models import Event
from portal.audit.record import record
from portal.http import Refusal, Stale

LONGEST = 1_000_000
"""Characters; a document of a few hundred pages."""
SYSTEM = "system"
"""Who released a copy in which no name waits for a decision."""


def names_of(stage: Stage) -> list[str]:
    """Every name that tells which team it is: teams, models, members, and all their other names."""
    names: list[str] = []
    for team in Team.objects.filter(stage=stage):
        names += [team.name_ko, team.name_en, team.model_name, *team.aliases]
    for member in Member.objects.filter(team__stage=stage):
        names += [member.organisation, *member.aliases]
    return [name for name in dict.fromkeys(names) if name and name.strip()]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_long_name(file_name: str) -> None:
    longest = Submission._meta.get_field("file_name").max_length
    if len(file_name) > longest:
        raise Refusal(
            f"파일 이름은 {longest}자까지 쓸 수 있습니다(지금 {len(file_name)}자). 이름을 줄여서 다시 올려 주세요."
        )


def _refuse_unreadable(text: str) -> None:
    if not text.strip():
        raise Refusal("자료에 내용이 없습니다.")
    if len(text) > LONGEST:
        raise Refusal(f"자료는 {LONGEST:,}자를 넘을 수 없습니다(지금 {len(text):,}자).")
    broken = next((place for place, c in enumerate(text) if c == "\0" or "\ud800" <= c <= "\udfff"), None)
    if broken is not None:
        line = text.count("\n", 0, broken) + 1
        raise Refusal(f"자료 {line}번째 줄에 글자가 아닌 값이 있습니다. UTF-8 텍스트로 다시 저장해 주세요.")


@transaction.atomic
def take_submission(*, team: Team, round: Round, title: str, text: str, file_name: str, by: str) -> Submission:
    """Seal a team's document and build its blind copy.

    A copy without names is released at once; one with names waits for an officer. `by` is the id of
    the account, or the word for what brought the document (a file that was loaded).
    """
    stage = Stage.objects.select_for_update().get(pk=team.stage_id)
    round = Round.objects.get(pk=round.pk)  # a round moves under the lock on its stage
    if round.stage_id != stage.pk:
        raise Refusal("이 단계의 평가 차수가 아닙니다.")
    if at_least(stage.current_phase, Phase.CLOSED) or round.state == Round.State.LOCKED:
        raise Refusal("마감한 차수에는 자료를 낼 수 없습니다.")
    revision = Submission.objects.filter(team=team, round=round).count() + 1
    if revision > 1 and round.state != Round.State.WAITING:
        raise Refusal("평가를 시작한 뒤에는 자료를 바꿀 수 없습니다.")
    _refuse_long_name(file_name)
    _refuse_unreadable(text)
    event = record(
        "submission taken", stage=stage.slug, actor=by, subject="team", subject_id=team.id,
        data={"round": round.key, "revision": revision, "digest": _digest(text)},
    )  # fmt: skip
    submission = Submission.objects.create(
        team=team, round=round, revision=revision, title=title, file_name=file_name, text=text,
        digest=_digest(text), event=event,
    )  # fmt: skip
    _build_blind_copy(submission, stage)
    return submission


def _build_blind_copy(submission: Submission, stage: Stage) -> BlindCopy:
    text = blind_text.rebuild(submission.text)
    hits = [asdict(hit) for hit in look_through(text, names_of(stage))]
    copy = BlindCopy.objects.create(submission=submission, text=text, digest=_digest(text), hits=hits)
    record(
        "blind copy built", stage=stage.slug, subject="blind copy", subject_id=copy.id,
        data={"original": submission.digest, "copy": copy.digest, "hits": len(hits)},
    )  # fmt: skip
    return copy if hits else _release(copy, stage, by=SYSTEM, reason="")


@transaction.atomic
def look_for_names(*, stage: Stage) -> int:
    """Look through the blind copies once more before the rules are frozen, as names may have been added since; how many are held back.

    A name an officer read in a copy and let stand stays decided; any other keeps the copy back again. `hits` are the names that wait
    for a decision, or, of a copy an officer released, those she decided on.
    """
    names, let_stand, held = names_of(stage), _let_stand(stage), 0
    copies = BlindCopy.objects.filter(submission__team__stage=stage).select_for_update(of=("self",))
    for copy in copies:
        decided = let_stand.get((copy.pk, copy.digest), set())
        hits = [asdict(hit) for hit in look_through(copy.text, names) if hit.name not in decided]
        held += bool(hits)
        if copy.released_by not in ("", SYSTEM) and not hits:
            continue
        if hits != copy.hits:
            copy.hits = hits
            copy.save(update_fields=["hits"])
        if hits and copy.released_at:
            _hold_back(copy, stage)
        elif not hits and not copy.released_at:
            _release(copy, stage, by=SYSTEM, reason="")
    return held


def _let_stand(stage: Stage) -> dict[tuple[str, str], set[str]]:
    """(blind copy, digest of its text) → the names officers read in it and let stand. An event of before names were written
    down decides on none."""
    found: dict[tuple[str, str], set[str]] = {}
    for event in Event.objects.of_stage(stage.slug).filter(kind="blind copy released"):
        data = json.loads(event.body)["data"]
        found.setdefault((event.subject_id, data["digest"]), set()).update(data.get("names", []))
    return found


def _hold_back(copy: BlindCopy, stage: Stage) -> None:
    copy.released_at, copy.released_by, copy.reason = None, "", ""
    copy.save(update_fields=["released_at", "released_by", "reason"])
    record(
        "blind copy held back", stage=stage.slug, subject="blind copy", subject_id=copy.id,
        data={"digest": copy.digest, "hits": len(copy.hits)},
    )  # fmt: skip


@transaction.atomic
def release_blind_copy(*, copy: BlindCopy, by: User, reason: str) -> BlindCopy:
    """An officer read what was found and decided that it may be shown. The decision is about these names; one that is added
    before the freeze asks her again."""
    refuse_unless_officer(by)
    stage = Stage.objects.select_for_update().get(pk=copy.submission.team.stage_id)
    copy = BlindCopy.objects.select_for_update(of=("self",)).select_related("submission__round").get(pk=copy.pk)
    if copy.released_at is not None:
        raise Stale("이미 공개한 가림본입니다.")
    if at_least(stage.current_phase, Phase.CLOSED) or copy.submission.round.state == Round.State.LOCKED:
        raise Refusal("마감한 차수의 가림본은 공개할 수 없습니다. 아무도 읽지 않고 평가한 자료입니다.")
    if not reason.strip():
        raise Refusal("발견된 이름을 보고도 공개하는 사유를 적어 주세요.")
    return _release(copy, stage, by=by.id, reason=reason)


def _release(copy: BlindCopy, stage: Stage, *, by: str, reason: str) -> BlindCopy:
    copy.released_at, copy.released_by, copy.reason = timezone.now(), by, reason
    copy.save(update_fields=["released_at", "released_by", "reason"])
    record(
        "blind copy released", stage=stage.slug, actor=by, subject="blind copy", subject_id=copy.id,
        reason=reason, data={"digest": copy.digest, "names": sorted({hit["name"] for hit in copy.hits})},
    )  # fmt: skip
    return copy
