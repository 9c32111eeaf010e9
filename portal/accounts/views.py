"""A person's own account, and sign-in views that differ from allauth's in one thing each."""

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.account.views import LogoutView
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from portal.accounts import actions
from portal.accounts.forms import EraseForm
from portal.accounts.guards import citizens_only, two_factors_only
from portal.accounts.mailed_codes import Beginning
from portal.accounts.models import User
from portal.accounts.roles import SECOND_FACTOR, Role
from portal.accounts.second_factor import both_used, factors, proofs, typed_factors
from portal.http import reads, writes


def _next(request: HttpRequest) -> str:
    """Where the person was going when a factor was asked for, if that is on this site."""
    url = request.POST.get("next") or request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if here else ""


def _with_next(request: HttpRequest, name: str) -> str:
    query = QueryDict(mutable=True)
    query["next"] = _next(request)
    return f"{reverse(name)}?{query.urlencode(safe='/')}"


class NewFactor:
    """Whoever has just set up a second factor has used it, and goes on to where she was going: past the recovery codes, the first time."""

    kind: Authenticator.Type

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self._needs_the_other():
            return redirect("mfa_reauthenticate")
        self._take_the_sign_in_just_done()
        return super().dispatch(request, *args, **kwargs)

    def _needs_the_other(self) -> bool:
        """The middleware asks the same; a request that allauth kept while it asked for the password again does not come by there."""
        return not both_used(self.request) and factors(self.request.user).exists()

    def _take_the_sign_in_just_done(self) -> None:
        """allauth asks for password or passkey again before a factor is added; not somebody who signed in by it minutes ago."""
        request = self.request
        done = [
            record
            for record in proofs(request)
            if (record["method"] == "password" or record.get("passwordless")) and not record.get("reauthenticated")
        ]
        fresh = done and time.time() - done[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        if fresh and not did_recently_reauthenticate(request):
            record_authentication(request, request.user, done[-1]["method"], reauthenticated=True)

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"next": _next(self.request)}

    def form_valid(self, form) -> HttpResponse:
        with actions.changing_factors(by=self.request.user):
            if self._needs_the_other():
                return redirect("mfa_reauthenticate")
            response = super().form_valid(form)
            made = factors(self.request.user).filter(type=self.kind).latest("pk")
        alone = self.kind == Authenticator.Type.WEBAUTHN
        record_authentication(self.request, self.request.user, "mfa", type=self.kind, id=made.pk, passwordless=alone)
        return response

    def get_success_url(self) -> str:
        if self.did_generate_recovery_codes:
            return _with_next(self.request, "mfa_view_recovery_codes")
        return _next(self.request) or reverse("account_email")


class ActivateSecondFactor(NewFactor, ActivateTOTPView):
    kind = Authenticator.Type.TOTP

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return redirect("account_email")
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class=None):
        """The secret of the first look stays until it is used: allauth makes a new one at each, and an entry scanned before a reload would
        open nothing."""
        shown = self.request.session.get(SECRET_SESSION_KEY)
        form = super().get_form(form_class)
        if shown:
            form.secret = self.request.session[SECRET_SESSION_KEY] = shown
        return form


class AddPasskey(NewFactor, AddWebAuthnView):
    """A passkey proper, kept on the device under the account: it signs in alone, where allauth's is a factor beside the password."""

    kind = Authenticator.Type.WEBAUTHN

    def get_context_data(self, **kwargs) -> dict:
        # The form that was refused goes along: allauth leaves it out and so would check the same answer once more.
        context = super(AddWebAuthnView, self).get_context_data(**kwargs)
        options = begin_registration(self.request.user, passwordless=True)
        first = not factors(self.request.user).exists()
        return context | {"next": _next(self.request), "js_data": {"creation_options": options}, "first": first}


class RenamePasskey(EditWebAuthnView):
    success_url = reverse_lazy("account_email")


class RemovePasskey(RemoveWebAuthnView):
    success_url = reverse_lazy("account_email")

    def get_context_data(self, **kwargs) -> dict:
        last = not factors(self.request.user).exclude(pk=self.object.pk).exists()
        ends = not both_used(self.request, without=self.object.pk)
        return super().get_context_data(**kwargs) | {"last": last, "ends": ends}

    def form_valid(self, form) -> HttpResponse:
        """A session that stands on this passkey alone ends with it, here as everywhere."""
        ends = not both_used(self.request, without=self.object.pk)
        actions.remove_passkey(passkey=self.object, by=self.request.user)
        if ends:
            logout(self.request)
        messages.success(self.request, _("패스키를 지웠습니다. 기기에 남은 것은 기기의 설정에서 지워 주세요."))
        return redirect("account_login" if ends else self.get_success_url())


class Refused:
    """A passkey that was not taken: the same page again with the sentence, and the way she was going kept."""

    page: str

    def form_invalid(self, form) -> HttpResponse:
        for message in form.errors["credential"]:
            messages.error(self.request, message)
        return redirect(_with_next(self.request, self.page))


class SignInByPasskey(Refused, Beginning, LoginWebAuthnView):
    page = "account_login"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """What to sign is kept in a session, a row for everybody who asks: so asking is counted, too."""
        refused = ratelimit.consume_or_429(request, app="allauth.mfa", action="webauthn_login", limit_get=True)
        return refused or super().get(request, *args, **kwargs)


def _typed(user: User) -> dict[str, bool]:
    kinds = typed_factors(user)
    return {"app": Authenticator.Type.TOTP in kinds, "codes": Authenticator.Type.RECOVERY_CODES in kinds}


class AfterThePassword(AuthenticateView):
    """Asks for a second factor that this person has, and speaks of no other."""

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | _typed(self.stage.login.user)


class ReauthenticateByCode(ReauthenticateView):
    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | _typed(self.request.user)


class ReauthenticateByPasskey(Refused, ReauthenticateWebAuthnView):
    page = "mfa_reauthenticate_webauthn"


class ViewRecoveryCodes(ViewRecoveryCodesView):
    """The codes for a lost phone, and the way on."""

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"next": _next(self.request)}


class NewRecoveryCodes(GenerateRecoveryCodesView):
    """Those of before open nothing any more."""

    def form_valid(self, form) -> HttpResponse:
        with actions.changing_factors(by=self.request.user):
            return super().form_valid(form)


class SignOut(LogoutView):
    """By POST only; the browser forgets what it kept of us."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _factors_told(user: User) -> dict:
    kept = list(Authenticator.objects.filter(user=user).order_by("pk"))
    kinds = {one.type for one in kept}
    passkeys = [one for one in kept if one.type == Authenticator.Type.WEBAUTHN]
    return {
        "app": Authenticator.Type.TOTP in kinds,
        "codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "passkeys": passkeys,
        "only_passkey": len(passkeys) == 1 and Authenticator.Type.TOTP not in kinds,
    }


def _account_page(request: HttpRequest, form: EraseForm, status: int = 200) -> HttpResponse:
    consents = request.user.consents.filter(withdrawn_at=None).order_by("purpose")
    context = {"form": form, "consents": consents, "citizen": request.user.role == Role.CITIZEN}
    if request.user.role in SECOND_FACTOR:
        context["factors"] = _factors_told(request.user)
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


activate_second_factor = two_factors_only(ActivateSecondFactor.as_view())
add_passkey = two_factors_only(AddPasskey.as_view())
rename_passkey = two_factors_only(RenamePasskey.as_view())
remove_passkey = two_factors_only(RemovePasskey.as_view())
sign_in_by_passkey = SignInByPasskey.as_view()
after_the_password = AfterThePassword.as_view()
reauthenticate_by_code = ReauthenticateByCode.as_view()
reauthenticate_by_passkey = two_factors_only(ReauthenticateByPasskey.as_view())
view_recovery_codes = ViewRecoveryCodes.as_view()
new_recovery_codes = two_factors_only(NewRecoveryCodes.as_view())
sign_out = SignOut.as_view()
