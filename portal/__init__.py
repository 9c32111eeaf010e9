"""The site around the evaluation. The Celery app is loaded with it, so that a task sent from the web goes to our broker."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
