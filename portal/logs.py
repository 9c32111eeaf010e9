"""How the site writes its log: without the addresses that are keys."""

import logging
import re

KEYS = re.compile(r"(/panel/invitations/|/accounts/password/reset/key/)[^/\s'\"<>]+")
"""An invitation is open to whoever has its address, and so is a password that is being set anew."""


class Line(logging.Formatter):
    """A record and what went wrong, with the key taken out of every address: Django names the path of what it refused or failed at."""

    def format(self, record: logging.LogRecord) -> str:
        return KEYS.sub(r"\1-", super().format(record))
