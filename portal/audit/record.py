"""The only way to write an event or an access record."""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from portal.audit.insert import insert
from portal.audit.models import AccessRecord, Event
from portal.ids import random_id

BODY_VERSION = 1


def leaf_of(nonce: bytes, body: str) -> str:
    """SHA-256(0x00 ‖ nonce ‖ body) in hex: the leaf hash of RFC 6962 over a salted body."""
    return hashlib.sha256(b"\x00" + bytes(nonce) + body.encode()).hexdigest()


def event_body(event: Event, data: dict[str, Any]) -> str:
    """The bytes that are hashed: canonical JSON, keys sorted, no floats."""
    body = {
        "v": BODY_VERSION,
        "at": event.at.astimezone(UTC).isoformat(),
        "stage": event.stage,
        "kind": event.kind,
        "actor": event.actor,
        "subject": event.subject,
        "subject_id": event.subject_id,
        "reason": event.reason,
        "data": data,
    }
    return canonical(body)


def canonical(value: Any) -> str:
    """JSON that is the same text on every machine: keys sorted, no floats. TypeError where there is one."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_floats(value: Any) -> None:
    """A float prints differently from one machine to the next; what is hashed must not."""
    if isinstance(value, float):
        raise TypeError("a float has no place in an event")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _refuse_floats(inner)


def record(
    kind: str,
    *,
    stage: str = "",
    actor: str = "",
    subject: str = "",
    subject_id: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
    id: str = "",
) -> Event:
    """Write one event in the caller's transaction and return it with its receipt. `id` where a row that names the event came first."""
    event = Event(
        id=id or random_id(), at=at or timezone.now(), stage=stage, kind=kind, actor=actor, subject=subject,
        subject_id=subject_id, reason=reason, nonce=secrets.token_bytes(16),
    )  # fmt: skip
    event.body = event_body(event, data or {})
    event.leaf = leaf_of(event.nonce, event.body)
    insert(event)
    return event


def record_access(*, actor: str, action: str, whose: str = "", source: str = "", reason: str = "") -> None:
    """Note that somebody handled personal data."""
    AccessRecord.objects.create(
        at=timezone.now(), actor=actor, action=action, whose=whose, source=source, reason=reason
    )
