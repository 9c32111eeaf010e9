from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "evaluations.programme"
    verbose_name = "1. 단계와 팀"
