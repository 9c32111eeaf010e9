"""No table of its own: the office's view of a stage."""

from evaluations.programme.models import Stage


class Procedure(Stage):
    class Meta:
        proxy = True
        verbose_name = "단계 진행"
        verbose_name_plural = "단계 진행"
