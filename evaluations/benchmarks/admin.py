"""Measurements, to read; they come in through the stage file or a CSV."""

from django.contrib import admin

from evaluations.benchmarks.models import Measurement
from evaluations.programme.visibility import Thing
from portal.admin import EvidenceAdmin


@admin.register(Measurement)
class MeasurementAdmin(EvidenceAdmin):
    shows = Thing.MEASUREMENT
    list_display = ["team", "item", "score", "revision", "source", "measured_on"]
    list_filter = ["stage"]
    list_select_related = ["team", "stage"]
    ordering = ["team", "item", "-revision"]
