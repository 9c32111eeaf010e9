"""What a request looked at of the rows it was given.

A move of a stage changes two columns. Nearly every page is given rows that hold them, and few look. Where Python never looks at a column
of a row that Django filled for it, what stands there makes no difference. Only such columns are watched for: what comes as a bare value or
decides which rows come counts always.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db.models import Field
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

from evaluations.programme.models import Round, Stage

MOVING: tuple[Field, ...] = (Stage._meta.get_field("phase"), Round._meta.get_field("state"))
"""The columns in which the phases of a world differ."""


class Watch:
    """The columns that were looked at, and the statement that is being sent, if it fills rows."""

    def __init__(self) -> None:
        self.seen: set[Field] = set()
        self.filling: SQLCompiler | None = None
        self._about_to_fill = False

    def places(self) -> dict[int, Field]:
        """Where in the rows of this statement the columns lie that can be watched."""
        if self.filling is None:
            return {}
        columns = self.filling.select
        return {
            place: columns[place][0].target
            for place in _filled(self.filling.klass_info)
            if columns[place][0].target in MOVING
        }

    def rows(self, rows: Iterator) -> Iterator:
        """Rows as Django fills them; the statement is sent when the first is asked for."""
        self._about_to_fill = True
        try:
            first = next(rows, None)
        finally:
            self._about_to_fill = False
        if first is not None:
            yield first
            yield from rows

    @contextmanager
    def sending(self, compiler: SQLCompiler) -> Iterator[None]:
        before = self.filling
        self.filling = compiler if self._about_to_fill else None
        self._about_to_fill = False
        try:
            yield
        finally:
            self.filling = before


def _filled(info: dict | None) -> Iterator[int]:
    """The places of columns that become rows of a model, and of those it is joined to."""
    if info:
        yield from info["select_fields"]
        for related in info.get("related_klass_infos", ()):
            yield from _filled(related)


class _Watched:
    """In the place of a column of a model: tells the watch when somebody looks."""

    def __init__(self, watch: Watch, field: Field) -> None:
        self.watch, self.field = watch, field
        self.usual = field.model.__dict__[field.attname]

    def __get__(self, row, owner=None):
        self.watch.seen.add(self.field)
        return self.usual.__get__(row, owner)

    def __set__(self, row, value) -> None:
        row.__dict__[self.field.attname] = value


@contextmanager
def watching() -> Iterator[Watch]:
    watch = Watch()
    iterate, send = ModelIterable.__iter__, SQLCompiler.execute_sql

    def watched_send(compiler: SQLCompiler, *args, **kwargs):
        with watch.sending(compiler):
            return send(compiler, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ModelIterable, "__iter__", lambda rows: watch.rows(iterate(rows)))
        patch.setattr(SQLCompiler, "execute_sql", watched_send)
        for field in MOVING:
            patch.setattr(field.model, field.attname, _Watched(watch, field))
        yield watch
