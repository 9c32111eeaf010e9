"""Time and chance stand still, so that two worlds built apart can be the same to the last byte.

Every draw comes from a stream that has a name: whoever begins the same stream draws the same ids, nonces and tokens again.
Nothing is cut out of the answers afterwards – the token of a form, a cookie, a time left are compared like every other byte.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random

import pytest
from django.utils import timezone

from evaluations.programme import models as programme
from evaluations.ratings import actions as ratings
from evaluations.results import models as results
from portal.audit import record


class Stillness:
    """The clock, and the stream that all draws come from."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.stream = Random("nothing began yet")

    def begin(self, name: str) -> None:
        self.stream = Random(name)

    def token_bytes(self, size: int = 32) -> bytes:
        return self.stream.randbytes(size)

    def choice(self, letters):
        return self.stream.choice(letters)

    def another(self) -> Random:
        """In the place of a SystemRandom."""
        return Random(self.stream.random())

    def clock_sql(self, vendor: str) -> str:
        """In the place of the database's own clock."""
        moment = f"{self.now.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        return f"TIMESTAMPTZ '{moment}+00'" if vendor == "postgresql" else f"'{moment}.000'"

    def id_of(self, name: str) -> str:
        """The first id drawn once this stream begins."""
        return base64.b32encode(Random(name).randbytes(16)).decode("ascii").rstrip("=").lower()


def _leaf_of(nonce: bytes, body: str) -> str:
    """A salted leaf is as good as random to whoever has not the nonce, so both worlds draw the same one."""
    return hashlib.sha256(nonce).hexdigest()


def _sealed(salt: bytes, what: str, plain: str) -> str:
    """A seal, too, is as good as random without the salt; the digest under it is another one in every world."""
    return hashlib.sha256(what.encode()).hexdigest()


@contextmanager
def stand_still() -> Iterator[Stillness]:
    """It is the real moment: what was not thought of here must agree on the day."""
    still = Stillness(timezone.now().replace(microsecond=0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: still.now)
        patch.setattr(time, "time", still.now.timestamp)
        patch.setattr(programme, "clock_sql", still.clock_sql)
        patch.setattr(secrets, "token_bytes", still.token_bytes)
        patch.setattr(secrets, "choice", still.choice)
        patch.setattr(secrets, "SystemRandom", still.another)
        patch.setattr(ratings, "SystemRandom", still.another)
        patch.setattr(record, "leaf_of", _leaf_of)
        patch.setattr(results, "sealed", _sealed)
        yield still
