"""A person's own account, and sign-in views that differ from allauth's in one thing each."""

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.account.views import ConfirmEmailVerificationCodeView, ConfirmLoginCodeView, LogoutView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from portal.accounts import actions
from portal.accounts.forms import EraseForm
from portal.accounts.guards import citizens_only
from portal.accounts.roles import Role
from portal.http import reads, writes


def _next(request: HttpRequest) -> str:
    """Where the person was going when a factor was asked for, if that is on this site."""
    url = request.POST.get("next") or request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if here else ""


class ActivateSecondFactor(ActivateTOTPView):
    """Whoever has just typed a valid code has used the second factor, and goes on to where she was going."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return redirect("mfa_index")
        self._take_the_password_just_typed()
        return super().dispatch(request, *args, **kwargs)

    def _take_the_password_just_typed(self) -> None:
        """allauth asks for the password again before a factor is added; not from somebody who typed it minutes ago."""
        request = self.request
        typed = [
            record["at"]
            for record in get_authentication_records(request, request.user)
            if record["method"] == "password" and not record.get("reauthenticated")
        ]
        fresh = typed and time.time() - typed[-1] < app_settings.REAUTHENTICATION_TIMEOUT
        if fresh and not did_recently_reauthenticate(request):
            record_authentication(request, request.user, "password", reauthenticated=True)

    def get_form(self, form_class=None):
        """The secret of the first look stays until it is used: allauth makes a new one at each, and an entry scanned before a reload would
        open nothing."""
        shown = self.request.session.get(SECRET_SESSION_KEY)
        form = super().get_form(form_class)
        if shown:
            form.secret = self.request.session[SECRET_SESSION_KEY] = shown
        return form

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"next": _next(self.request)}

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response

    def get_success_url(self) -> str:
        query = QueryDict(mutable=True)
        query["next"] = _next(self.request)
        return f"{reverse('mfa_view_recovery_codes')}?{query.urlencode(safe='/')}"


class ViewRecoveryCodes(ViewRecoveryCodesView):
    """The codes for a lost phone, and the way on."""

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"next": _next(self.request)}


class OfALivingAccount:
    """While somebody was asked for a code her unproven account may have made way for another. The code then fits nothing any
    more, and the page says no more than it says to whoever mistypes."""

    def get_form_kwargs(self) -> dict:
        kwargs = super().get_form_kwargs()
        return kwargs | {"code": ""} if "code" in kwargs and self._process.user is None else kwargs


class ConfirmAddress(OfALivingAccount, ConfirmEmailVerificationCodeView):
    pass


class ConfirmSignIn(OfALivingAccount, ConfirmLoginCodeView):
    pass


class SignOut(LogoutView):
    """By POST only; the browser forgets what it kept of us."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _account_page(request: HttpRequest, form: EraseForm, status: int = 200) -> HttpResponse:
    consents = request.user.consents.filter(withdrawn_at=None).order_by("purpose")
    context = {"form": form, "consents": consents, "citizen": request.user.role == Role.CITIZEN}
    return render(request, "account/account.html", context, status=status)


@reads()
def account(request: HttpRequest) -> HttpResponse:
    return _account_page(request, EraseForm())


@writes
@citizens_only
def erase(request: HttpRequest) -> HttpResponse:
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _account_page(request, form, status=422)
    actions.erase_account(by=request.user)
    logout(request)
    messages.success(request, _("계정을 지웠습니다. 참여해 주셔서 고맙습니다."))
    return redirect("pages:home")


activate_second_factor = ActivateSecondFactor.as_view()
view_recovery_codes = ViewRecoveryCodes.as_view()
confirm_address = ConfirmAddress.as_view()
confirm_sign_in = ConfirmSignIn.as_view()
sign_out = SignOut.as_view()
