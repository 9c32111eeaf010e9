"""The web server's entry point: `gunicorn portal.wsgi`."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)

django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What is sent here is UTF-8, whatever it calls itself.

    Django reads a charset of the sender's choosing before anything of ours could refuse it: `hex` is no charset of text and broke the
    process's answer, `unicode_escape` makes what no database and no page can hold.
    """
    environ["CONTENT_TYPE"] = CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
    response = django(environ, start_response)
    return _without_body(response) if environ.get("REQUEST_METHOD") == "HEAD" else response


def _without_body(response: Iterable[bytes]) -> Iterable[bytes]:
    """Nothing of it is sent after HEAD; the server would write a warning for each that hands it a body."""
    getattr(response, "close", lambda: None)()
    return []
