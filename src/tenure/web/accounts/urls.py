"""The addresses of logins. Names that allauth knows its pages by are allauth's."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.urls import include, path, re_path

from tenure.web.accounts import pages
from tenure.web.accounts.invitation import invitation

_ACCOUNT = [
    path("", pages.overview, name="account_overview"),
    path("organisations", pages.organisations, name="account_organisations"),
    path("login", account.login, name="account_login"),
    path("logout", account.logout, name="account_logout"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("signup", account.signup, name="account_signup"),
    path("confirm", account.email_verification_sent, name="account_email_verification_sent"),
    path("email", account.email, name="account_email"),
    path("password", account.password_change, name="account_change_password"),
    path("password/set", account.password_set, name="account_set_password"),
    path("reset", account.password_reset, name="account_reset_password"),
    path("reset/sent", account.password_reset_done, name="account_reset_password_done"),
    path(
        "reset/done",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)$",
        pages.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("again", account.reauthenticate, name="account_reauthenticate"),
    path(
        "again/mail",
        account.request_reauthentication_code,
        name="account_request_reauthentication_code",
    ),
    path(
        "again/code",
        account.confirm_reauthentication_code,
        name="account_confirm_reauthentication_code",
    ),
    path("sessions", sessions.list_usersessions, name="usersessions_list"),
]
_FACTORS = [
    path("", factors.index, name="mfa_index"),
    path("/proof", factors.authenticate, name="mfa_authenticate"),
    path("/again", factors.reauthenticate, name="mfa_reauthenticate"),
    path("/app", totp.activate_totp, name="mfa_activate_totp"),
    path("/app/remove", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("/codes", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("/codes/new", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("/codes/file", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("/passkeys", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("/passkeys/add", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("/passkeys/again", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("/passkeys/login", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("/passkeys/<int:pk>/remove", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("/passkeys/<int:pk>/name", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
]

urlpatterns = [
    path("account/factors", include(_FACTORS)),
    path("account/", include(_ACCOUNT)),
    path("invitations/<str:token>", invitation, name="invitation"),
]
