"""Ids say nothing: not which row came first, not what stands beside it."""

import secrets
from collections import Counter
from itertools import pairwise
from random import Random

from django.apps import apps
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.backends.postgresql.schema import DatabaseSchemaEditor

from portal.admin import SECTIONS
from portal.ids import LENGTH, RandomIdField, random_id

MANY = 4_000


def test_every_row_of_ours_has_a_random_id():
    ours = [model for model in apps.get_models() if model._meta.app_label in SECTIONS and not model._meta.proxy]

    assert [model for model in ours if not isinstance(model._meta.pk, RandomIdField)] == []


def test_an_id_carries_no_order(monkeypatch):
    """Over many draws from a seed: no id twice, every letter as often at every place, and no more steps up than down."""
    monkeypatch.setattr(secrets, "token_bytes", Random("ids").randbytes)
    ids = [random_id() for _draw in range(MANY)]

    assert len(set(ids)) == MANY
    assert {len(one) for one in ids} == {LENGTH}
    for place in range(LENGTH - 1):  # the last letter holds the three bits that are left
        counts = Counter(one[place] for one in ids)
        assert len(counts) == 32
        expected = MANY / 32
        assert (
            sum((number - expected) ** 2 / expected for number in counts.values()) < 83
        )  # 31 degrees, once in a million
    up = sum(one < following for one, following in pairwise(ids))
    # Steps up of a random order: half of them, with variance (n + 1) / 12; five standard deviations.
    assert abs(up - (MANY - 1) / 2) < 5 * ((MANY + 1) / 12) ** 0.5


def test_no_index_is_kept_for_searches_nobody_makes():
    """Django would give PostgreSQL a second index for every id and every reference to one; each insert would pay for them all."""
    editor = DatabaseSchemaEditor(DatabaseWrapper(connections.databases["default"]))
    ours = [model for model in apps.get_models() if model._meta.app_label in SECTIONS]
    doubled = [
        (model, field)
        for model in ours
        for field in model._meta.concrete_fields
        if isinstance(field.target_field if field.is_relation else field, RandomIdField)
        and editor._create_like_index_sql(model, field)
    ]

    assert doubled == []
    assert [
        model for model in ours for field in model._meta.concrete_fields if editor._create_like_index_sql(model, field)
    ]
