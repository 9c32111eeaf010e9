"""One way in for everybody. Only the parts of allauth that are used have an address."""

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery_codes
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.generic import RedirectView

from portal.accounts import mailed_codes, views

urlpatterns = [
    path("login/", mailed_codes.sign_in, name="account_login"),
    path("login/passkey/", views.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("login/code/", mailed_codes.ask_for_code, name="account_request_login_code"),
    path("login/code/confirm/", mailed_codes.confirm_sign_in, name="account_confirm_login_code"),
    path("logout/", login_not_required(views.sign_out), name="account_logout"),
    path("signup/", mailed_codes.sign_up, name="account_signup"),
    path("confirm-email/", mailed_codes.confirm_address, name="account_email_verification_sent"),
    # Named as allauth names the page about one's address: it leads there whoever opens a page for people not signed in yet.
    path("me/", views.account, name="account_email"),
    path("me/erase/", views.erase, name="account_erase"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    # allauth leads here when a factor cannot be added.
    path("2fa/", RedirectView.as_view(pattern_name="account_email"), name="mfa_index"),
    path("2fa/authenticate/", views.after_the_password, name="mfa_authenticate"),
    path("2fa/reauthenticate/", views.reauthenticate_by_code, name="mfa_reauthenticate"),
    path("2fa/totp/", views.activate_second_factor, name="mfa_activate_totp"),
    path("2fa/passkeys/add/", views.add_passkey, name="mfa_add_webauthn"),
    path("2fa/passkeys/reauthenticate/", views.reauthenticate_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("2fa/passkeys/<int:pk>/name/", views.rename_passkey, name="mfa_edit_webauthn"),
    path("2fa/passkeys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("2fa/recovery-codes/", views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/new/", views.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
