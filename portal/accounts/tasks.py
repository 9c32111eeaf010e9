"""What is tidied away in time. No rule lives here."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from portal.accounts import actions


@shared_task
def purge() -> None:
    """Accounts that were never proven, and sessions that have ended. Twice does no harm."""
    while actions.purge_unproven(now=timezone.now()):
        pass
    SessionStore.clear_expired()
