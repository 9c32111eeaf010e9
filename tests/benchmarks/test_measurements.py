"""Measurements never change; the last revision of a value counts."""

import pytest
from django.db import DatabaseError, transaction

from evaluations.benchmarks.actions import Measured, take_over
from evaluations.benchmarks.models import Measurement
from portal.audit.record import record
from tests.factories.benchmarks import a_measurement
from tests.factories.programme import a_configuration, a_round, a_stage, in_phase
from tests.factories.rubrics import a_rubric

pytestmark = pytest.mark.django_db


def test_the_last_revision_counts():
    stage = a_stage()
    lg = stage.teams.get(slug="lg")
    a_measurement(lg, "nia", "91")
    a_measurement(lg, "nia", "92", revision=2)
    a_measurement(lg, "common", "72.03")

    effective = Measurement.objects.of_stage(stage).effective()

    assert sorted((m.item, m.score) for m in effective) == [("common", "72.03"), ("nia", "92")]


def test_a_measurement_never_changes():
    measurement = a_measurement(a_stage().teams.get(slug="lg"))

    with pytest.raises(DatabaseError), transaction.atomic():
        Measurement.objects.filter(id=measurement.id).update(score="99")
    with pytest.raises(DatabaseError), transaction.atomic():
        measurement.delete()

    assert Measurement.objects.get().score == "92"


def test_rules_are_frozen_once_the_stage_moves():
    stage = a_stage()
    rubric = a_rubric(stage)
    a_round(stage)
    a_configuration(stage)
    in_phase(stage, "frozen")

    with pytest.raises(DatabaseError), transaction.atomic():
        type(rubric.expert).objects.filter(id=rubric.expert.id).update(points=36)

    assert type(rubric.expert).objects.get(id=rubric.expert.id).points == 35


def test_values_taken_over_twice_are_revisions():
    stage = a_stage()
    lg, skt = stage.teams.get(slug="lg"), stage.teams.get(slug="skt")
    event = record("data imported", stage=stage.slug)

    take_over(
        stage=stage, values=[Measured(lg, "nia", "91", "", None), Measured(skt, "nia", "90", "", None)], event=event
    )
    take_over(stage=stage, values=[Measured(lg, "nia", "92", "정정", None)], event=event)

    rows = Measurement.objects.order_by("team__slug", "revision").values_list(
        "team__slug", "revision", "score", "source"
    )
    assert list(rows) == [("lg", 1, "91", ""), ("lg", 2, "92", "정정"), ("skt", 1, "90", "")]
