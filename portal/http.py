"""The two kinds of request, and the polite refusal.

`@reads` answers GET and HEAD, knows only the query parameters it names, and refuses every SQL
statement that is not a SELECT (or a look at the tables), or hides another one in its WITH, while the view runs. `@writes` answers
POST inside one transaction.

A parameter nobody named is dropped where the page is public: whoever passes a link on, a newspaper or a mail, may hang a mark of its own on it,
and the page must open. It is gone before the view runs, so that it changes nothing, not even the address the switch of the language leads
back to. Pages that need a sign-in refuse it: nobody sends those on, and there a name nobody knows is a mistake or a try.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import wraps
from urllib.parse import unquote

from django.db import OperationalError, connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

View = Callable[..., HttpResponse]


class Refusal(Exception):
    """What was asked may not be done now. The message is a Korean sentence for the person."""

    status = 403

    @property
    def lines(self) -> list[str]:
        """The message in pieces, where it is about several things."""
        return [str(self)]


class Stale(Refusal):
    """Somebody, perhaps the same person in another window, was faster."""

    status = 409


class WroteWhileReading(RuntimeError):
    """A view marked `@reads` tried to change the database: a defect, never the visitor's fault."""


QUOTED = re.compile("'[^']*'|\"[^\"]*\"")
WRITING = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
"""What a WITH may hold on PostgreSQL, and then the whole statement writes."""


def _select_only(execute, sql, params, many, context):
    first = sql.lstrip(" (\n\t").upper()
    hidden = first.startswith("WITH") and WRITING.search(QUOTED.sub("", sql))
    # ANALYZE has PostgreSQL look at a table for its plans and changes no row.
    if hidden or not first.startswith(("SELECT", "WITH", "SAVEPOINT", "RELEASE", "ANALYZE ")):
        raise WroteWhileReading(sql)
    return execute(sql, params, many, context)


def reads(*allowed: str) -> Callable[[View], View]:
    """Mark a view that only reads; `allowed` names the query parameters it understands."""

    def decorate(view: View) -> View:
        public = not getattr(view, "login_required", True)

        @require_safe
        @wraps(view)
        def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            unknown = sorted(set(request.GET) - set(allowed))
            if unknown and not public:
                return render(request, "errors/400.html", {"unknown": unknown}, status=400)
            if unknown:
                _drop(request, unknown)
            with ExitStack() as stack:
                for connection in connections.all(initialized_only=True):
                    stack.enter_context(connection.execute_wrapper(_select_only))
                return view(request, *args, **kwargs)

        wrapper.kind = "reads"  # type: ignore[attr-defined]  # a function may carry what it is; its type does not say so
        wrapper.parameters = allowed  # type: ignore[attr-defined]  # as above
        return wrapper

    return decorate


def _drop(request: HttpRequest, names: Iterable[str]) -> None:
    """Answer as if these had not stood in the query."""
    kept = request.GET.copy()
    for name in names:
        del kept[name]
    request.GET = kept
    request.META["QUERY_STRING"] = kept.urlencode()


def writes(view: View) -> View:
    """Mark a view that changes something: POST only, one transaction, all or nothing."""

    @require_POST
    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        with transaction.atomic():
            return view(request, *args, **kwargs)

    wrapper.kind = "writes"  # type: ignore[attr-defined]  # as above
    return wrapper


SECRETS = frozenset({"password", "password1", "password2", "oldpassword", "again", "code", "credential"})


def words_in(request: HttpRequest) -> list[tuple[str, str]]:
    """What was posted, for a page that could not take it and hands it back. A form that holds a secret is not shown again."""
    if SECRETS & set(request.POST):
        return []
    names = (name for name in request.POST if name != "csrfmiddlewaretoken")
    return [(name, value) for name in names for value in request.POST.getlist(name)]


LONGEST_MARK = 9
"""Characters. Shorter than any text are marks, choices and numbers: by themselves they tell a reader nothing."""


def handed_back(request: HttpRequest) -> dict[str, list]:
    """What `components/kept_words.html` needs: all that was posted, and the texts in it, to be read."""
    words = words_in(request)
    return {"words": words, "texts": [value for name, value in words if len(value) > LONGEST_MARK and name != "was"]}


def is_autosave(request: HttpRequest) -> bool:
    """Did the script that keeps drafts ask? It reads JSON; a person reads a page."""
    return request.headers.get("X-Requested-With") == "autosave"


METHODS = ("GET", "HEAD", "POST")
"""All that a browser sends by itself."""


class PlainRequestMiddleware:
    """No method but these three is spoken, at whatever address and before anything is read: a page that does not ask for the method would
    take any other for GET. And addresses, queries and cookies hold no NUL, which PostgreSQL cannot keep and no browser sends.

    What is typed into forms does not come by here: they say where the odd sign is and hand back the rest.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in METHODS:
            return _method_refused(request, HttpResponseNotAllowed(METHODS))
        texts = (request.path_info, unquote(request.META.get("QUERY_STRING", "")), *request.COOKIES.values())
        if any("\0" in text for text in texts):
            return render(request, "errors/400.html", status=400)
        return self.get_response(request)


def _method_refused(request: HttpRequest, response: HttpResponseNotAllowed) -> HttpResponse:
    page = render(request, "errors/405.html", status=response.status_code)
    page["Allow"] = response["Allow"]
    return page


LOCKED = "database is locked"
"""What SQLite says to whoever waited in vain for another to write, as in a long import."""
BUSY_SECONDS = 10


def _busy(request: HttpRequest) -> HttpResponse:
    """Nothing is wrong, and nothing was done: the same again in a moment."""
    if is_autosave(request):
        response: HttpResponse = JsonResponse(
            {"message": gettext("다른 저장이 오래 걸려 기다리고 있습니다. 곧 다시 저장합니다.")}, status=503
        )
    else:
        response = render(request, "errors/busy.html", handed_back(request), status=503)
    response["Retry-After"] = str(BUSY_SECONDS)
    return response


class RefusalMiddleware:
    """Gives a page to what comes without one: a `Refusal` raised by a verb, the wrong method for an address, a database somebody else holds."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        return _method_refused(request, response) if isinstance(response, HttpResponseNotAllowed) else response

    def process_exception(self, request, exception):
        if isinstance(exception, Refusal):
            context = {"message": str(exception)}
            return render(request, "errors/refusal.html", context, status=exception.status)
        return _busy(request) if isinstance(exception, OperationalError) and LOCKED in str(exception) else None
