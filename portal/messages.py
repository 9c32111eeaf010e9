"""What the next page says once, after something was done.

Kept by the reader's browser, not in her session: a session belongs to an account, and the receipt of a ballot must not lie beside it.
It also spares two writes, one when the sentence is kept and one when it has been read.
"""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class MessageCookie(CookieStorage):
    cookie_name = settings.MESSAGE_COOKIE_NAME


class MessageStorage(FallbackStorage):
    """The cookie; only a sentence too long for one goes to the session."""

    storage_classes = (MessageCookie, SessionStorage)
