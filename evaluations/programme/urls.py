from django.urls import path

from evaluations.programme import views

app_name = "programme"

urlpatterns = [
    path("", views.stage_list, name="list"),
    path("<slug:slug>/", views.method, name="method"),
    path("<slug:slug>/configuration.json", views.configuration, name="configuration"),
    path("<slug:slug>/configuration/<int:version>.json", views.edition, name="edition"),
]
