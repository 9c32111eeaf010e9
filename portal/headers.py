"""Headers that every answer carries, beside those of Django's SecurityMiddleware and of django-csp."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "midi",
    "payment",
    "usb",
)


class HeadersMiddleware:
    """Nothing the portal renders may be kept by a browser, a proxy or the back button: a page shows what its reader may see *now*.

    Static files do not come by here: WhiteNoise answers them further out, with their own long life. There is no ETag either, as it would tell
    that a hidden thing has changed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Permissions-Policy"] = ", ".join(f"{feature}=()" for feature in FEATURES)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
