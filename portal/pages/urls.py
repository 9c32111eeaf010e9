from django.urls import path

from portal.pages import views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("criteria/", views.criteria, name="criteria"),
    path("results/", views.results, name="results"),
    path("help/", views.help_page, name="help"),
    path("notices/", views.notices, name="notices"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("language/", views.language, name="language"),
    path("display/", views.display, name="display"),
    path("session/", views.session, name="session"),
]
