from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "evaluations.results"
    verbose_name = "7. 집계와 결과"
