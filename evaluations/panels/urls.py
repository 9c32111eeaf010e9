from django.urls import path, re_path

from evaluations.panels import views

app_name = "panels"

LINK = r"(?P<token>[A-Za-z0-9_-]{20,100})"

urlpatterns = [
    re_path(rf"^invitations/{LINK}/$", views.invitation, name="invitation"),
    re_path(rf"^invitations/{LINK}/accept/$", views.accept, name="accept"),
    re_path(rf"^invitations/{LINK}/decline/$", views.decline, name="decline"),
    path("<id:panelist_id>/interests/", views.interests, name="interests"),
    path("<id:panelist_id>/interests/declare/", views.declare, name="declare"),
    path("<id:panelist_id>/pledge/", views.pledge_page, name="pledge"),
    path("<id:panelist_id>/pledge/sign/", views.sign, name="sign"),
]
