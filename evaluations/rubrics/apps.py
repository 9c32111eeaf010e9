from django.apps import AppConfig


class RubricsConfig(AppConfig):
    name = "evaluations.rubrics"
    verbose_name = "2. 평가 기준"
