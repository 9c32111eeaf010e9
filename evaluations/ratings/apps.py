from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "evaluations.ratings"
    verbose_name = "5. 국민·사용자 평가"
