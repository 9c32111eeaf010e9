"""Sign-in views that differ from allauth's in one thing each."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import LogoutView
from allauth.mfa.totp.views import ActivateTOTPView
from django.http import HttpRequest, HttpResponse


class ActivateSecondFactor(ActivateTOTPView):
    """Whoever has just typed a valid code has used the second factor."""

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response


class SignOut(LogoutView):
    """By POST only; the browser forgets what it kept of us."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


activate_second_factor = ActivateSecondFactor.as_view()
sign_out = SignOut.as_view()
