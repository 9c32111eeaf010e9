from django.apps import AppConfig


class ProceedingsConfig(AppConfig):
    name = "evaluations.proceedings"
    verbose_name = "진행"
