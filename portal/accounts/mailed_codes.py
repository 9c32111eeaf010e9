"""Sign-in and sign-up by a code that comes by mail, where they differ from allauth's.

allauth leads whoever took too long or mistyped three times to another page, without a word and without where she was going; and until then it
leads her back to the code from wherever she might begin anew. Here the page says what became of the code, gives a new one on the spot, and can be
left. Whether an address has an account is still told by the mail alone: page, tries and mails are the same for every address.
"""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.internal.stagekit import get_pending_stage, stash_login
from allauth.account.stages import EmailVerificationStage, LoginByCodeStage, LoginStage, LoginStageController
from allauth.account.views import (
    ConfirmEmailVerificationCodeView,
    ConfirmLoginCodeView,
    LoginView,
    RequestLoginCodeView,
    SignupView,
)
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts import limits
from portal.accounts.forms import TOO_OFTEN, LoginCodeForm

LATE = _("코드를 쓸 수 있는 시간이 지났습니다.")
WRONG = _("코드가 여러 번 맞지 않아 더는 쓸 수 없습니다. 계정이 잠기지는 않았습니다.")
GONE = _(
    "이 브라우저에서 기다리는 코드가 없습니다. 시간이 많이 지났거나, 다른 코드를 받으셨거나, 다른 브라우저에서 시작하셨습니다."
)


class Beginning:
    """A page on which one begins to sign in or up. It opens while a code is waited for, too, and says where that can be entered."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> HttpResponse | None:
        return None if _by_mail(stage) else super()._redirect_to_pending_stage(request, stage)

    def get_context_data(self, **kwargs) -> dict:
        stage = get_pending_stage(self.request)
        return super().get_context_data(**kwargs) | {"code_page": stage.urlname if _by_mail(stage) else ""}


def _by_mail(stage: LoginStage | None) -> bool:
    return isinstance(stage, LoginByCodeStage | EmailVerificationStage)


class SignIn(Beginning, LoginView):
    pass


class AskForCode(Beginning, RequestLoginCodeView):
    pass


class SignUp(Beginning, SignupView):
    def form_valid(self, form) -> HttpResponse:
        """Where she was going stands in the address of the page for the code: of an address that has an account nothing else is kept."""
        response = super().form_valid(form)
        confirm = reverse("account_email_verification_sent")
        return redirect(self.passthrough_next_url(confirm)) if response.get("Location") == confirm else response


class CodeByMail:
    """The page for the code: it says how long the code lives and how often it may be tried, and what became of it."""

    waits_at: type[LoginStage]
    lives: int
    """Seconds."""
    counted: str
    """What another mail counts as (`limits.FROM_HERE`)."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        self._waiting = LoginStageController.enter(request, self.waits_at.key)
        # allauth forgets it when it is late.
        kept = dict(self._kept())
        response = self._waiting and super().dispatch(request, *args, **kwargs)
        if response and self._process:
            return response
        late = bool(kept) and time.time() - kept["at"] > self.lives
        return self._ended(LATE if late else GONE, kept.get("email", ""))

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        again = request.POST.get("action") == "resend"
        return self._send_again() if again else super().post(request, *args, **kwargs)

    def _send_again(self) -> HttpResponse:
        """Another code with a time and tries of its own; and whoever gets none is sent the same mail as before."""
        process, login = self._process, self._waiting.login
        if process.can_resend and limits.use(self.request, self.counted, process.state["email"]) is None:
            messages.error(self.request, TOO_OFTEN)
        elif process.can_resend:
            login.initiated_at = process.state["at"] = time.time()
            process.state["failed_attempts"] = 0
            process.generate_code()
            process.send()
            process.record_resend()
            process.persist()
            stash_login(self.request, login)
        return redirect(self.passthrough_next_url(self.request.path))

    def form_invalid(self, form) -> HttpResponse:
        if self._process.record_invalid_attempt():
            return self.render_to_response(self.get_context_data(form=form))
        return self._ended(WRONG, self._process.state["email"])

    def get_context_data(self, **kwargs) -> dict:
        left = self._process.max_attempts - self._process.state["failed_attempts"]
        return super().get_context_data(**kwargs) | {"minutes": self.lives // 60, "left": left}

    def _ended(self, why: str, email: str) -> HttpResponse:
        context = {"why": why, "form": LoginCodeForm(initial={"email": email}), "next": self.get_next_url()}
        return render(self.request, "account/code_ended.html", context)

    def get_form_kwargs(self) -> dict:
        """While somebody was asked for a code her unproven account may have made way for another. The code then fits nothing any
        more, and the page says no more than it says to whoever mistypes."""
        kwargs = super().get_form_kwargs()
        return kwargs | {"code": ""} if "code" in kwargs and self._process.user is None else kwargs


class ConfirmAddress(CodeByMail, ConfirmEmailVerificationCodeView):
    waits_at = EmailVerificationStage
    lives = app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT
    counted = "verification"

    def _kept(self) -> dict[str, Any]:
        return self.request.session.get(EMAIL_VERIFICATION_CODE_SESSION_KEY, {})


class ConfirmSignIn(CodeByMail, ConfirmLoginCodeView):
    waits_at = LoginByCodeStage
    lives = app_settings.LOGIN_BY_CODE_TIMEOUT
    counted = "login_code"

    def _kept(self) -> dict[str, Any]:
        return self._waiting.state if self._waiting else {}


sign_in = SignIn.as_view()
ask_for_code = AskForCode.as_view()
sign_up = SignUp.as_view()
confirm_address = login_not_required(ConfirmAddress.as_view())
confirm_sign_in = login_not_required(ConfirmSignIn.as_view())
