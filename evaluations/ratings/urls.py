from django.urls import path

from evaluations.ratings import views

app_name = "ratings"

urlpatterns = [
    path("", views.home, name="home"),
    path("receipt/", views.check, name="check"),
    path("<slug:slug>/", views.stage, name="stage"),
    path("<slug:slug>/enrol/", views.enrol, name="enrol"),
    path("<slug:slug>/enrol/done/", views.enrol_done, name="enrol_done"),
    path("<slug:slug>/start/", views.start, name="start"),
    path("<slug:slug>/progress/", views.progress, name="progress"),
    path("<slug:slug>/papers/<int:position>/", views.paper, name="paper"),
    path("<slug:slug>/papers/<int:position>/cast/", views.cast, name="cast"),
]
