from django.urls import path

from evaluations.results import views

app_name = "results"

urlpatterns = [
    path("own/", views.own_list, name="own"),
    path("own/<slug:slug>/", views.own_stage, name="own_stage"),
    path("<slug:slug>/", views.stage, name="stage"),
    path("<slug:slug>/result.json", views.download, name="download"),
]
