from django.urls import path

from evaluations.hearings import views

app_name = "hearings"
urlpatterns = [
    path("", views.home, name="home"),
    path("objections/", views.object_to_result, name="object"),
    path("<id:hearing_id>/reply/", views.reply, name="reply"),
]
