"""Asking for pages in two worlds, and telling where the answers differ.

An answer is decided by the request, by the clock and chance that stand still, and by what the database says to each of its statements. So
an answer is kept with all of them: where they are told the same again – in another phase, in a twin; what is written is taken back – the
site would say nothing else than it did, and is not asked. The same are rows, too, that differ in what it did not look at.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from operator import eq
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.cache import cache as counters
from django.db import Error, connection, transaction
from django.db.models import Field
from django.test import Client
from django.test.client import ClientHandler, RequestFactory

from evaluations.programme.phases import ORDER, Phase
from evaluations.programme.visibility import Thing, Viewer, may_see
from portal.accounts.models import User
from tests.blindness.addresses import NEVER, Ask, addresses, asks_of
from tests.blindness.canaries import canaries_in, unpacked
from tests.blindness.kept import CANARIES, READERS, Reader, Secret, hidden_at, may_know
from tests.blindness.stillness import Stillness
from tests.blindness.watching import Watch
from tests.blindness.world import World, build, in_phase, people
from tests.factories.accounts import sign_in

Parts = tuple[str, ...]
MAILED: Parts = ("mails",)
ALL: Parts = ("status", "headers", "cookies", "body", "messages", "queries", *MAILED)


@dataclass(frozen=True)
class Answer:
    """All that comes back, what is said on the next page, what is mailed, and what it cost."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: str
    body: bytes
    messages: tuple[str, ...]
    mails: tuple[tuple[str, ...], ...]
    queries: int

    def differs_from(self, other: "Answer", parts: Parts = ALL) -> Parts:
        return tuple(part for part in parts if getattr(self, part) != getattr(other, part))

    def about(self, row: str) -> "Answer":
        """The same with the id of this row taken out wherever the request comes back in it. Messages travel in a cookie, too."""
        headers = tuple((name, value.replace(row, "")) for name, value in self.headers if name != "Content-Length")
        messages = tuple(message.replace(row, "") for message in self.messages)
        cookies = "\n".join(line for line in self.cookies.splitlines() if not line.startswith("Set-Cookie: messages="))
        body = self.body.replace(row.encode(), b"")
        return replace(self, headers=headers, messages=messages, cookies=cookies, body=body)

    @property
    def location(self) -> str:
        return dict(self.headers).get("Location", "")

    def shown_besides(self, ask: Ask) -> bytes:
        """What the reader gets, as bytes to search in, but for the address itself where a page repeats it."""
        words = [repr(self.headers), self.cookies, *self.messages]
        return b"\n".join([unpacked(self.body), *(word.encode() for word in words)]).replace(ask.path.encode(), b"")

    def mailed(self) -> bytes:
        """Subjects and texts of what was mailed."""
        return "\n".join(f"{subject}\n{text}" for subject, text, *_addresses in self.mails).encode()


@dataclass(frozen=True)
class Case:
    """Who asks for what, and when."""

    phase: Phase
    reader: Reader
    ask: Ask

    def __str__(self) -> str:
        return f"{self.reader.name} in {self.phase}: {self.ask}"


@dataclass(frozen=True)
class Leak:
    """Two worlds that differ in this secret alone gave somebody two answers who must not know it."""

    case: Case
    secret: Secret
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.case}: {', '.join(self.parts)} tell {self.secret}"


@dataclass(frozen=True)
class Statement:
    """One statement, with its parameters or with many sets of them."""

    sql: str
    params: object
    many: bool
    watched: tuple[tuple[int, Field], ...]
    unseen: frozenset[int] = frozenset()
    """The places in its rows that nobody looked at."""

    @property
    def word(self) -> str:
        return self.sql.lstrip(" (\n").split(None, 1)[0].upper()

    def told(self) -> str:
        """What the database says to it: the rows, how many were touched, or why it refuses."""
        with connection.cursor() as cursor:
            try:
                (cursor.executemany if self.many else cursor.execute)(self.sql, self.params)
            except Error as refused:
                return repr(refused)
            if not cursor.description:
                return repr(cursor.rowcount)
            return repr(
                [[one for place, one in enumerate(row) if place not in self.unseen] for row in cursor.fetchall()]
            )

    def seen(self, seen: Collection[Field]) -> "Statement":
        """The same, of whose rows only these columns were looked at."""
        unseen = frozenset(place for place, field in self.watched if field not in seen)
        return replace(self, unseen=unseen) if unseen else self


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is undone, and the savepoint gone: else the next one, and all that come, would lie within it."""
    hold = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(hold)
        transaction.savepoint_commit(hold)


@dataclass(frozen=True)
class Talk:
    """All that a request said to the database: what it asked before it wrote anything, and from there on every statement. The savepoints
    that were made before are among those, as one of them may be gone back to."""

    questions: tuple[Statement, ...]
    acts: tuple[Statement, ...]

    @classmethod
    def of(cls, said: Iterable[Statement], seen: Collection[Field]) -> "Talk":
        statements = [one.seen(seen) for one in said]
        words = [one.word for one in statements]
        first = next((place for place, word in enumerate(words) if word not in READING | HOLDING), len(words))
        before = list(zip(words, statements, strict=True))[:first]
        acts = [one for word, one in before if word in HOLDING] + statements[first:]
        return cls(tuple(one for word, one in before if word in READING), tuple(acts) if statements[first:] else ())


READING = frozenset({"SELECT", "WITH"})
HOLDING = frozenset({"SAVEPOINT", "RELEASE", "ROLLBACK"})


class Told:
    """What the database says in one world in one phase. A question is asked once; what writes is said anew and taken back."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, frozenset[int]], str] = {}

    def words(self, talk: Talk) -> Iterator[str]:
        """One after the other, so that whoever compares can stop at the first that is another."""
        for question in talk.questions:
            key = question.sql, repr(question.params), question.unseen
            if key not in self._rows:
                self._rows[key] = question.told()
            yield self._rows[key]
        if talk.acts:
            with taken_back():
                words = [act.told() for act in talk.acts]
            yield from words


class Walk:
    """The accounts of all readers, signed in, and a handler that answers their requests."""

    def __init__(self, still: Stillness, watch: Watch) -> None:
        self.still, self.watch = still, watch
        self.asked = 0
        self.person = people(still)
        self.session = {name: self._signed_in(user) for name, user in self.person.items()}
        self.handler = ClientHandler(enforce_csrf_checks=False)
        self.factory = RequestFactory()
        self.kept: dict[tuple[Reader, Ask], list[tuple[Talk, tuple[str, ...], Answer]]] = defaultdict(list)
        ContentType.objects.get_for_models(*apps.get_models())  # kept in memory: nobody's request should pay for them

    def _signed_in(self, user: User) -> str:
        self.still.begin(f"session {user.email}")
        return sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value

    @contextmanager
    def world(self, changed: Collection[Secret] = ()) -> Iterator[World]:
        """The world, or a twin of it, for as long as the block lasts."""
        with taken_back():
            yield build(self.still, self.person, changed)

    def answers(self, world: World, cases: Iterable[Case]) -> Iterator[tuple[Case, Answer]]:
        """The answers to cases, which come in the order of their phases."""
        phase, told = None, Told()
        for case in cases:
            if case.phase is not phase:
                phase, told = case.phase, Told()
                in_phase(world, phase)
            yield case, self._kept_answer(case, told)

    def _kept_answer(self, case: Case, told: Told) -> Answer:
        kept = self.kept[case.reader, case.ask]
        for talk, words, answer in kept:
            if all(map(eq, told.words(talk), words)):
                return answer
        answer, talk = self.answer(case)
        kept.append((talk, tuple(told.words(talk)), answer))
        return answer

    def answer(self, case: Case) -> tuple[Answer, Talk]:
        """What comes back, and what was said to the database for it; whatever the request changed is undone."""
        self.asked += 1
        counters.clear()
        mail.outbox.clear()
        self.still.begin("a request")
        statements: list[Statement] = []

        def note(execute, sql, params, many, context):
            statements.append(Statement(sql, params, many, tuple(self.watch.places().items())))
            return execute(sql, params, many, context)

        waiting = len(connection.run_on_commit)
        self.watch.seen.clear()
        with taken_back(), connection.execute_wrapper(note):
            response = self.handler(self._request(case))
            body = b"".join(response.streaming_content) if response.streaming else response.content
            for _savepoints, act, _robust in connection.run_on_commit[waiting:]:
                act()
        messages = getattr(response.wsgi_request, "_messages", None)
        answer = Answer(
            status=response.status_code,
            headers=tuple(sorted(response.headers.items())),
            cookies=response.cookies.output(),
            body=body,
            messages=tuple(str(message) for message in messages._queued_messages) if messages else (),
            mails=tuple((one.subject, str(one.body), one.from_email, *one.recipients()) for one in mail.outbox),
            queries=len(statements),
        )
        return answer, Talk.of(statements, self.watch.seen)

    def _request(self, case: Case) -> dict:
        cookies = SimpleCookie()
        if case.reader.name in self.session:
            cookies[settings.SESSION_COOKIE_NAME] = self.session[case.reader.name]
        if case.ask.language != settings.LANGUAGE_CODE:
            cookies[settings.LANGUAGE_COOKIE_NAME] = case.ask.language
        extra = {"HTTP_COOKIE": cookies.output(header="", sep=";").strip()}
        if case.ask.post is None:
            return self.factory.generic(case.ask.method, case.ask.path, **extra).environ
        form = "application/x-www-form-urlencoded"
        sent = urlencode({"csrfmiddlewaretoken": "any", **dict(case.ask.post)})
        return self.factory.post(case.ask.path, sent, content_type=form, **extra).environ


Place = tuple[str, Phase, str]
"""The name of a reader, a phase, and an address."""


@dataclass(frozen=True)
class Survey:
    """The answers of the usual world to many questions, and what is wrong with them."""

    walk: Walk
    answers: dict[Case, Answer]

    @classmethod
    def of(
        cls, walk: Walk, readers: Iterable[Reader], names: Iterable[str] = (), phases: Iterable[Phase] = ORDER,
        language: str = "ko",
    ) -> "Survey":  # fmt: skip
        """What these readers get at these addresses, or at all, in each of these phases."""
        wanted = [(reader.name, phase, name) for phase in phases for reader in readers for name in names or addresses()]
        return cls.at(walk, wanted, language)

    @classmethod
    def at(cls, walk: Walk, places: Iterable[Place], language: str = "ko") -> "Survey":
        """What is got at these places, all in one world."""
        in_order = sorted(places, key=lambda place: ORDER.index(place[1]))
        with walk.world() as world:
            cases = [
                Case(phase, READERS[name], replace(ask, language=language))
                for name, phase, address in in_order
                for ask in asks_of(address, world, READERS[name])
            ]
            return cls(walk, dict(walk.answers(world, cases)))

    def cases_at(self, place: Place) -> list[Case]:
        return [case for case in self.answers if (case.reader.name, case.phase, case.ask.address) == place]

    def failures(self) -> list[str]:
        """Requests the site broke at."""
        return [f"{case}: {answer.status}" for case, answer in self.answers.items() if answer.status >= 500]

    def leaks(self) -> list[Leak]:
        """First each case against the twin in which everything changed at once that it must not show. Where that makes a difference, the
        half of it that does is looked for, until one secret is left to be named."""
        groups = self._by_hidden().items()
        return sorted(
            (leak for (hidden, parts), cases in groups for leak in self._leaks(sorted(hidden), cases, parts)), key=str
        )

    def _leaks(self, hidden: list[Secret], cases: Collection[Case], parts: Parts) -> Iterator[Leak]:
        found = self.differences(hidden, cases, parts)
        if found and len(hidden) == 1:
            yield from (Leak(case, hidden[0], differing) for case, differing in found)
        elif found:
            suspects, middle = [case for case, _differing in found], len(hidden) // 2
            yield from self._leaks(hidden[:middle], suspects, parts)
            yield from self._leaks(hidden[middle:], suspects, parts)

    def _by_hidden(self) -> dict[tuple[frozenset[Secret], Parts], list[Case]]:
        """Cases by what must make no difference to them. Whoever reads a mail is not whoever had it sent, and has no page to look at."""
        groups: dict[tuple[frozenset[Secret], Parts], list[Case]] = defaultdict(list)
        for case, answer in self.answers.items():
            groups[hidden_at(case.reader, case.phase, addresses()[case.ask.address].shows), ALL].append(case)
            if answer.mails:
                groups[hidden_at(READERS["invited"], case.phase, (Thing.OWN_INVITATION,)), MAILED].append(case)
        return groups

    def differences(
        self, changed: Collection[Secret], cases: Collection[Case], parts: Parts
    ) -> list[tuple[Case, Parts]]:
        """The cases whose answers in this twin are not the usual ones, and in which of these parts."""
        in_order = sorted(cases, key=lambda case: ORDER.index(case.phase))
        with self.walk.world(changed) as twin:
            found = [
                (case, self.answers[case].differs_from(answer, parts))
                for case, answer in self.walk.answers(twin, in_order)
            ]
        return [(case, differing) for case, differing in found if differing]

    def other_heads(self, readers: Collection[Reader], phase: Phase) -> list[str]:
        """Where HEAD does not get the head of the page. What would come in a stream is not even asked for."""
        pages = [
            case for case in self.answers if case.phase is phase and case.reader in readers and case.ask.post is None
        ]
        heads = [replace(case, ask=replace(case.ask, method="HEAD")) for case in pages]
        if not heads:
            return []
        with self.walk.world() as world:
            alone = dict(self.walk.answers(world, heads))
        return [
            str(head)
            for page, head in zip(pages, heads, strict=True)
            if alone[head] != replace(self.answers[page], body=b"", queries=alone[head].queries)
        ]

    def strays(self) -> list[str]:
        """Marker words where they must not be met. Whoever reads a mail holds at most a link."""
        met: dict[tuple[int, Ask], tuple[list[str], list[str]]] = {}
        for case, answer in self.answers.items():
            if (id(answer), case.ask) not in met:
                met[id(answer), case.ask] = canaries_in(answer.shown_besides(case.ask)), canaries_in(answer.mailed())
        found = []
        for case, answer in self.answers.items():
            shown, mailed = met[id(answer), case.ask]
            places = [(word, case.reader, addresses()[case.ask.address].shows) for word in shown]
            places += [(word, READERS["invited"], (Thing.OWN_INVITATION,)) for word in mailed]
            found += [
                f"{case}: {word}"
                for word, reader, shows in places
                if not may_know(reader, CANARIES[word], case.phase, shows)
            ]
        return found

    def betrayed_rows(self) -> list[str]:
        """Rows that answer somebody who must not know of them like no row at all, but not to the last byte or at the same cost."""
        nobodys = {_without_row(case, NEVER): answer for case, answer in self.answers.items() if NEVER in case.ask.path}
        pairs = [
            (case, answer.about(row), nobodys[_without_row(case, row)].about(NEVER))
            for case, answer in self.answers.items()
            for row in ROW.findall(case.ask.path)
            if _without_row(case, row) in nobodys and not _may_know_of_all(case)
        ]
        return [
            f"{case}: {', '.join(differing)}"
            for case, answer, nobody in pairs
            if (answer.status, answer.location) == (nobody.status, nobody.location)
            and (differing := answer.differs_from(nobody))
        ]


ROW = re.compile(r"[a-z2-7]{26}")


def _may_know_of_all(case: Case) -> bool:
    """May this reader see everything that the page of this row shows?"""
    viewer = Viewer(case.reader.who, owns=any(str(row).split()[1:2] == [case.reader.name] for row in case.ask.rows))
    return all(may_see(viewer, thing, case.phase) for thing in addresses()[case.ask.address].shows)


def _without_row(case: Case, row: str) -> tuple:
    """The same request about no row in particular."""
    return case.phase, case.reader, case.ask.path.replace(row, ""), case.ask.post


def a_walk_for(still: Stillness, watch: Watch) -> Walk:
    """A walk whose first request – the one that fills the caches of templates and words – lies behind it."""
    walk = Walk(still, watch)
    walk.answer(Case(Phase.OPEN, READERS["officer"], Ask("admin:index", "/admin/")))
    return walk
