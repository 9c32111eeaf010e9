"""What people fill in about themselves."""

from allauth.account.forms import LoginForm, RequestLoginCodeForm, ResetPasswordForm, SignupForm
from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts import actions, limits
from portal.accounts.models import Consent


class SignInForm(LoginForm):
    """Without the question about a forgotten password that allauth puts beside the field: the page has a link for it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class CitizenSignupForm(SignupForm):
    """An address and the consent to keep it; the account opens with the code sent there."""

    consent = forms.BooleanField(
        label=_("이메일 주소의 수집·이용에 동의합니다"),
        error_messages={"required": _("동의하셔야 가입할 수 있습니다. 동의하지 않으면 참여하실 수 없습니다.")},
    )

    field_order = ("email", "consent")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("password1", None)

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            _count("verification", cleaned["email"])
        return cleaned

    def save(self, request):
        user = super().save(request)
        if user is not None:
            actions.give_consent(user=user, purpose=Consent.Purpose.ACCOUNT)
        return user


class LoginCodeForm(RequestLoginCodeForm):
    def clean_email(self):
        _count("login_code", self.cleaned_data["email"])
        return super().clean_email()


class NewPasswordForm(ResetPasswordForm):
    """An address to which the way to a new password is sent."""

    def clean_email(self):
        _count("reset_password", self.cleaned_data["email"])
        return super().clean_email()


def _count(action: str, email: str) -> None:
    if limits.use(context.request, action, email) is None:
        raise forms.ValidationError(
            _(
                "짧은 시간에 너무 많이 시도했습니다. 몇 분 뒤에 다시 시도해 주세요. 여러 사람이 함께 쓰는 인터넷이라면 다른 사람의 시도 때문일 수도 있습니다."
            )
        )


class EraseForm(forms.Form):
    """What is gone stays gone, so one press is not enough."""

    certain = forms.BooleanField(
        label=_("지운 계정은 되돌릴 수 없음을 알고 있습니다"),
        error_messages={"required": _("알고 있다고 표시해 주셔야 지울 수 있습니다.")},
    )
