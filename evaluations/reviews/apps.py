from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "evaluations.reviews"
    verbose_name = "4. 전문가 평가표"
