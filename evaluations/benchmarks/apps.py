from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    name = "evaluations.benchmarks"
    verbose_name = "6. 벤치마크"
