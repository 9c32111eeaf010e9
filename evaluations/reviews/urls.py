from django.urls import path

from evaluations.reviews import views

app_name = "reviews"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("<id:assignment_id>/", views.sheet, name="sheet"),
    path("<id:assignment_id>/file/", views.file, name="file"),
    path("<id:assignment_id>/file/download/", views.download, name="download"),
    path("<id:assignment_id>/save/", views.save, name="save"),
    path("<id:assignment_id>/merge/", views.merge, name="merge"),
    path("<id:assignment_id>/discard/", views.discard, name="discard"),
    path("<id:assignment_id>/submit/", views.submit, name="submit"),
    path("submitted/<id:sheet_id>/", views.review, name="review"),
    path("submitted/<id:sheet_id>/confirm/", views.confirm, name="confirm"),
    path("submitted/<id:sheet_id>/receipt/", views.receipt, name="receipt"),
]
