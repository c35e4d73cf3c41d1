"""The addresses of logins. Names that allauth knows its pages by are allauth's."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.urls import include, path

_ACCOUNT = [
    path("login", account.login, name="account_login"),
    path("logout", account.logout, name="account_logout"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("signup", account.signup, name="account_signup"),
    path("confirm", account.email_verification_sent, name="account_email_verification_sent"),
    path("confirm-login", account.confirm_login_code, name="account_confirm_login_code"),
    path("again", account.reauthenticate, name="account_reauthenticate"),
    path("email", account.email, name="account_email"),
    path("password", account.password_change, name="account_change_password"),
    path("password/set", account.password_set, name="account_set_password"),
    path("reset", account.password_reset, name="account_reset_password"),
    path(
        "reset/code",
        account.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path(
        "reset/password",
        account.complete_password_reset,
        name="account_complete_password_reset",
    ),
    path(
        "reset/done",
        account.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
    path("sessions", sessions.list_usersessions, name="usersessions_list"),
]
_FACTORS = [
    path("", factors.index, name="mfa_index"),
    path("proof", factors.authenticate, name="mfa_authenticate"),
    path("again", factors.reauthenticate, name="mfa_reauthenticate"),
    path("app/set-up", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/new", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("codes/file", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/again", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/login", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/remove", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/name", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
]

urlpatterns = [
    path("account/", include(_ACCOUNT)),
    path("account/factors", factors.index),
    path("account/factors/", include(_FACTORS)),
]
