"""The forms of logins: allauth's, with our words, and without words inside of controls."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as factors
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

_ADDRESS = _("E-mail address")
_PASSWORD = _("Password")
_NEW_PASSWORD = _("New password")
_CODE = _("Code")
_LENGTH = _("At least ten characters, and none of the common ones. A sentence works well.")


class Worded(forms.Form):
    """A form whose ``labels`` and ``hints`` are ours."""

    labels: ClassVar[dict[str, Any]] = {}
    hints: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            field.widget.attrs.pop("placeholder", None)


class LoginForm(Worded, account.LoginForm):
    """Logging in."""

    labels: ClassVar = {"login": _ADDRESS, "password": _PASSWORD}


class SignupForm(Worded, account.SignupForm):  # type: ignore[misc]  # clean() is untyped there
    """Opening an account."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    labels: ClassVar = {"name": _("Your name"), "email": _ADDRESS, "password1": _PASSWORD}
    hints: ClassVar = {
        "email": _("We send a code there, to make sure that it is yours."),
        "password1": _LENGTH,
    }
    field_order = ("name", "email", "password1")

    def try_save(self, request: HttpRequest) -> tuple[Any, HttpResponse | None]:
        """Keep who signs up; a second click that comes meanwhile is told what the first one is."""
        try:
            return super().try_save(request)  # type: ignore[no-any-return]  # it is untyped there
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)  # type: ignore[no-any-return]  # as above


class AddEmailForm(Worded, account.AddEmailForm):
    """Another address."""

    labels: ClassVar = {"email": _("New address")}
    hints: ClassVar = {"email": _("We send a code there, to make sure that it is yours.")}


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    """Another password; whoever sees what they type need not type it twice."""

    labels: ClassVar = {"oldpassword": _("Present password"), "password1": _NEW_PASSWORD}
    hints: ClassVar = {"password1": _LENGTH}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class SetPasswordForm(Worded, account.SetPasswordForm):
    """A first password."""

    labels: ClassVar = {"password1": _NEW_PASSWORD}
    hints: ClassVar = {"password1": _LENGTH}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class ResetPasswordForm(Worded, account.ResetPasswordForm):
    """Asking for a link by mail."""

    labels: ClassVar = {"email": _ADDRESS}


class ResetPasswordKeyForm(Worded, account.ResetPasswordKeyForm):
    """A new password, by the link."""

    labels: ClassVar = {"password1": _NEW_PASSWORD}
    hints: ClassVar = {"password1": _LENGTH}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class ReauthenticateForm(Worded, account.ReauthenticateForm):
    """Proving oneself once more."""

    labels: ClassVar = {"password": _PASSWORD}


class ConfirmCodeForm(Worded, account.ConfirmReauthenticationCodeForm):
    """The code of a mail."""

    labels: ClassVar = {"code": _CODE}


class ConfirmAddressForm(Worded, account.ConfirmEmailVerificationCodeForm):
    """The code of the mail that confirms an address."""

    labels: ClassVar = {"code": _CODE}


class FactorForm(Worded, factors.AuthenticateForm):
    """The second factor's code, or a recovery code."""

    labels: ClassVar = {"code": _CODE}
    hints: ClassVar = {"code": _("From your authenticator app, or one of your recovery codes.")}


class FactorAgainForm(Worded, factors.ReauthenticateForm):
    """The second factor, once more."""

    labels: ClassVar = {"code": _CODE}


class ActivateAppForm(Worded, totp.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    labels: ClassVar = {"code": _("Code of the app")}


class AddPasskeyForm(Worded, passkeys.AddWebAuthnForm):
    """A new passkey, with the name by which it is found again."""

    labels: ClassVar = {"name": _("Name of this passkey")}


class NamePasskeyForm(Worded, passkeys.EditWebAuthnForm):
    """Another name for a passkey."""

    labels: ClassVar = {"name": _("Name of this passkey")}
