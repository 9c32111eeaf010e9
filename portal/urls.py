"""The map of the site: each package under its noun."""

from django.contrib import admin
from django.urls import include, path, register_converter

from portal import health
from portal.ids import IdConverter

register_converter(IdConverter, "id")

urlpatterns = [
    path("", include("portal.pages.urls")),
    path("accounts/", include("portal.accounts.urls")),
    path("stages/", include("evaluations.programme.urls")),
    path("panel/", include("evaluations.panels.urls")),
    path("sheets/", include("evaluations.reviews.urls")),
    path("take-part/", include("evaluations.ratings.urls")),
    path("results/", include("evaluations.results.urls")),
    path("hearings/", include("evaluations.hearings.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "portal.pages.views.bad_request"
handler403 = "portal.pages.views.forbidden"
handler404 = "portal.pages.views.not_found"
handler429 = "portal.pages.views.too_many_requests"
handler500 = "portal.pages.views.server_error"
