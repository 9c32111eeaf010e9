from django.apps import AppConfig


class TalliesConfig(AppConfig):
    name = "evaluations.tallies"
    verbose_name = "투표 표"
