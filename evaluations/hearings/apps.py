from django.apps import AppConfig


class HearingsConfig(AppConfig):
    name = "evaluations.hearings"
    verbose_name = "8. 소명과 이의신청"
