"""Where sign-in differs from allauth's: what is counted against guessing, and which devices are known afterwards."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from portal.accounts import limits
from portal.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """allauth counts by the address alone, so that anybody could lock anybody out. It takes the usage back after a success."""
        self._login_failed_rl_usage = limits.use(request, "password", credentials.get("email", ""))
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: User, **hook) -> HttpResponse:
        response = super().post_login(request, user, **hook)
        limits.remember_device(response, user.email)
        return response
