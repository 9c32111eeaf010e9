"""What people fill in about themselves, and what their passkeys answer for them."""

import json
import struct
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.forms import LoginForm, RequestLoginCodeForm, ResetPasswordForm, SignupForm
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import get_server
from cryptography.exceptions import InvalidSignature
from django import forms
from django.db import DataError
from django.utils.translation import gettext_lazy as _
from fido2 import cbor
from fido2.utils import websafe_decode
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from portal.accounts import actions, limits
from portal.accounts.models import Consent
from portal.accounts.roles import SECOND_FACTOR

TOO_OFTEN = _(
    "짧은 시간에 너무 많이 시도해 메일을 보내지 않았습니다. 몇 분 뒤에 다시 시도해 주세요. 여러 사람이 함께 쓰는 인터넷이라면 다른 사람의 시도 때문일 수도 있습니다."
)


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
        raise forms.ValidationError(TOO_OFTEN)


class EraseForm(forms.Form):
    """What is gone stays gone, so one press is not enough."""

    certain = forms.BooleanField(
        label=_("지운 계정은 되돌릴 수 없음을 알고 있습니다"),
        error_messages={"required": _("알고 있다고 표시해 주셔야 지울 수 있습니다.")},
    )


NOT_TAKEN = _("이 패스키로는 확인하지 못했습니다. 다시 하거나 다른 방법을 써 주세요.")
"""One sentence for every reason: nobody learns from it which accounts or passkeys there are."""
MANY = _("패스키는 열 개까지 등록할 수 있습니다. 쓰지 않는 것을 먼저 지워 주세요.")
MOST_PASSKEYS = 10
LARGEST_ANSWER = 64 * 1024
"""Characters; an authenticator sends a few thousand at most."""
ODD = (
    AttributeError, AssertionError, LookupError, OverflowError, RuntimeError, TypeError, ValueError, struct.error, DataError,
)  # fmt: skip
"""What fido2 and the look-up of the account make of bytes that no authenticator sends; the views of allauth expect some of it."""
PASSKEY_NAME_LENGTH = 40


class AnswerField(forms.Field):
    """What the browser brings from the authenticator, in the shape WebAuthn has for it; whatever else was sent is dropped."""

    def __init__(self, shape: type[RegistrationResponse] | type[AuthenticationResponse]) -> None:
        super().__init__(label=_("패스키"), widget=forms.HiddenInput)
        self.shape = shape

    def to_python(self, value: Any) -> dict[str, Any]:
        try:
            return dict(self.shape.from_dict(_of_text(value))) | {"clientExtensionResults": {}}
        except ODD:
            raise forms.ValidationError(NOT_TAKEN) from None

    def bound_data(self, data: Any, initial: Any) -> str:
        """An answer is good once: no page carries it back."""
        return ""


def _of_text(value: str) -> dict[str, Any]:
    """The answer, with text wherever bytes are written as text. A number there would be taken for so many zeros, as many as memory holds.
    And it comes from a page of this very site: to the library every name below it is as good."""
    if len(value) > LARGEST_ANSWER:
        raise ValueError("too long")
    answer = json.loads(value)
    said = answer["response"]
    written = [
        said[name]
        for name in ("authenticatorData", "signature", "attestationObject", "userHandle")
        if said.get(name) is not None
    ]
    client = json.loads(_decoded(said["clientDataJSON"]))
    if not all(isinstance(one, str) for one in (answer["id"], answer["rawId"], client["challenge"], *written)):
        raise TypeError("a number stands for bytes")
    if urlsplit(client["origin"]).netloc != context.request.get_host() or client.get("crossOrigin"):
        raise ValueError("made at another site")
    if "attestationObject" in said and not isinstance(
        cbor.decode(_decoded(said["attestationObject"]))["authData"], bytes
    ):
        raise TypeError("a number stands for bytes")
    return answer


def _decoded(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError("a number stands for bytes")
    return websafe_decode(text)


class NewPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label=_("이름"), max_length=PASSKEY_NAME_LENGTH, required=False,
        help_text=_("어느 기기의 것인지 알아볼 수 있게 적어 주세요. 나중에 바꿀 수 있습니다."),
    )  # fmt: skip
    credential = AnswerField(RegistrationResponse)

    def clean(self):
        cleaned = _taken(super().clean)
        if "credential" in cleaned and not _can_sign_in(cleaned["credential"]):
            raise forms.ValidationError(NOT_TAKEN)
        if Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN).count() >= MOST_PASSKEYS:
            raise forms.ValidationError(MANY)
        return cleaned


def _can_sign_in(credential: dict[str, Any]) -> bool:
    """Is its key of an algorithm that was offered, and one that a signature can be held against? Any other would count as a factor and
    never be one, or be a weaker one than was asked for."""
    kept = RegistrationResponse.from_dict(credential).response.attestation_object.auth_data.credential_data
    offered = {one.alg for one in get_server().allowed_algorithms}
    if kept is None or kept.public_key.ALGORITHM not in offered:
        return False
    try:
        kept.public_key.verify(b"", b"")
    except InvalidSignature:
        return True
    except ODD:
        return False
    return False  # no key signs so


class PasskeyNameForm(EditWebAuthnForm):
    name = forms.CharField(label=_("이름"), max_length=PASSKEY_NAME_LENGTH)


class AnswerForm(forms.Form):
    credential = AnswerField(AuthenticationResponse)

    def clean_credential(self) -> Authenticator:
        return _taken(super().clean_credential)


class PasskeySignInForm(AnswerForm, LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        found = super().clean_credential()
        if found.user.role not in SECOND_FACTOR:
            raise forms.ValidationError(NOT_TAKEN)
        return found


class PasskeyForm(AnswerForm, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(AnswerForm, ReauthenticateWebAuthnForm):
    pass


def _taken(check: Callable[[], Any]) -> Any:
    """What the check gives; `NOT_TAKEN` in place of what allauth says of a wrong code."""
    try:
        return check()
    except forms.ValidationError as refused:
        if refused.code == "too_many_login_attempts":
            raise
    except ODD:
        pass
    raise forms.ValidationError(NOT_TAKEN)
