from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "evaluations.panels"
    verbose_name = "3. 평가위원"
