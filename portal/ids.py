"""Random identifiers: the only ids anybody outside ever sees.

128 random bits as 26 lower-case base32 letters. They carry neither order nor time nor count, so a
page, an address or a file name built from them reveals nothing about the rows beside it.
"""

import base64
import secrets
from typing import Any

from django.db import models

LENGTH = 26


def random_id() -> str:
    """A new id: 26 characters of a-z and 2-7, from the system's random source."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()


def short(pk: str | None) -> str:
    """The first six letters, by which people tell rows apart; nothing for a row that was just deleted, whose id Django has taken."""
    return (pk or "")[:6]


class RandomIdField(models.CharField):
    """A primary key that is a `random_id`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(primary_key=True, max_length=LENGTH, default=random_id, editable=False)
        super().__init__("ID", *args, **kwargs)

    def db_type(self, connection: Any) -> str | None:
        """The same type by its long name: for a `varchar` Django adds a second index for searches by the first letters, which nobody makes
        by a random id, and which every insert would pay for – here and in each row that refers to this one."""
        kind = super().db_type(connection)
        return kind.replace("varchar", "character varying") if kind and connection.vendor == "postgresql" else kind

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _args, kwargs = super().deconstruct()
        for fixed in ("primary_key", "max_length", "default", "editable", "verbose_name"):
            kwargs.pop(fixed, None)
        return name, path, [], kwargs


class IdConverter:
    """The `<id:…>` part of an address; anything of another shape is no address of ours."""

    regex = f"[a-z2-7]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
