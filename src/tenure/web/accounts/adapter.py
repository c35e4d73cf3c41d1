"""allauth as it is here: whom it makes, where it leads, what it says, by whom its mails go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tenure.base.clock import machine_now
from tenure.base.ids import new_id
from tenure.catalogue.queries import vendor
from tenure.notices.commands.mails import post_mail
from tenure.notices.letters.accounts import AccountMail, Change
from tenure.organisations.commands.people import choose_language
from tenure.organisations.models import User
from tenure.web.accounts.codes import qr_code
from tenure.web.accounts.destinations import first_page
from tenure.web.edge.visitor import Visitor

CODE_MINUTES: Final = 15
"""For how long a code that was mailed holds."""

FRESH_SECONDS: Final = 5 * 60
"""How long after proving who one is one is not asked again."""

Context = Mapping[str, Any]


_ACCOUNT_ERRORS: Final = {
    "account_inactive": _("This account is closed."),
    "duplicate_email": _("This is your address already."),
    "email_password_mismatch": _(
        "We know no account with this address and this password. Check both, or choose a "
        "new password."
    ),
    "email_taken": _("This address belongs to another account."),
    "enter_current_password": _("This is not your present password."),
    "incorrect_code": _("This code is not right. Look at it again, or ask for a new one."),
    "incorrect_password": _("This is not your password."),
    "invalid_or_expired_key": _("This link has expired or was used already."),
    "invalid_password_reset": _("This link has expired or was used already."),
    "max_email_addresses": _("You cannot have more than %d addresses."),
    "too_many_login_attempts": _(
        "Too many attempts failed. For your safety, wait five minutes, then try again."
    ),
    "unverified_primary_email": _("Confirm your address first."),
    "same_as_current": _("This is the same as before."),
    "rate_limited": _("That was too often. Wait a moment, then try again."),
    "unknown_email": _("We know no account with this address."),
    "select_only_one": _("Choose one only."),
}


class Accounts(DefaultAccountAdapter):
    """Logins by address and password."""

    error_messages = _ACCOUNT_ERRORS

    def new_user(self, request: HttpRequest) -> User:
        """Somebody who signs up; they read on in the language they read in."""
        del request
        return User(created_at=machine_now(), language=translation.get_language() or "")

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: Any, commit: bool = True
    ) -> AbstractBaseUser:
        """Keep who signed up, with their name."""
        user.name = form.cleaned_data.get("name", "")  # type: ignore[attr-defined]  # it is ours
        return super().save_user(request, user, form, commit)

    def is_safe_url(self, url: str | None) -> bool:
        """Whether a page is one of ours, to go on to."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where a login leads that was on its way nowhere."""
        return first_page(Visitor(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Where a sign-up leads that was on its way nowhere."""
        return first_page(Visitor(request))

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Log in; whoever never chose a language keeps the one they read in."""
        super().login(request, user)
        if isinstance(user, User) and not user.language:
            choose_language(user=user.id, language=translation.get_language() or "en")

    def get_client_ip(self, request: HttpRequest) -> str:
        """From which address somebody asks, by the word of the proxies that are ours."""
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        trusted = settings.TRUSTED_PROXIES
        believed = told[-trusted] if 0 < trusted <= len(told) else request.META.get("REMOTE_ADDR")
        return client_address(str(believed or ""))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether a sensitive change asks again who one is: not right after a login."""
        required = super().is_reauthentication_required(app=app, **kwargs)
        records = get_authentication_records(self.request, self.request.user)
        fresh = machine_now().timestamp() - FRESH_SECONDS
        return bool(required and not any(record["at"] > fresh for record in records))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Have a mail written for what allauth calls ``template_prefix``."""
        kind, facts = _mail(template_prefix, context)
        now = machine_now()
        user = context.get("user")
        codes = {AccountMail.ADDRESS_CONFIRMATION, AccountMail.LOGIN_CODE}
        post_mail(
            kind=kind,
            to=email,
            name=user.name if isinstance(user, User) else "",
            language=translation.get_language() or "en",
            facts=facts,
            key=f"{kind.value}:{new_id()}",
            now=now,
            useless_after=now + timedelta(minutes=CODE_MINUTES) if kind in codes else None,
        )


_FACTOR_ERRORS: Final = {
    "add_email_blocked": _("Remove your second factor before you change your address."),
    "cannot_delete_authenticator": _("Your organisation asks for a second factor."),
    "cannot_generate_recovery_codes": _("Set up a second factor first."),
    "incorrect_code": _("This code is not right. Look at it again, or wait for the next one."),
    "unverified_email": _("Confirm your address first."),
}


class Factors(DefaultMFAAdapter):
    """Second factors: authenticator apps, recovery codes, passkeys."""

    error_messages = _FACTOR_ERRORS

    def get_totp_issuer(self) -> str:
        """Under which name authenticator apps list the code: the vendor's."""
        return vendor(sandbox=settings.SANDBOX).name or "Tenure"

    def build_totp_svg(self, url: str) -> str:
        """The code to be scanned, as a picture that stands in the page itself."""
        return qr_code(url)


def client_address(text: str) -> str:
    """An address as it is kept: without a port; what is none is nobody's."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ip_address(bare))
    except ValueError:
        return "::"


def _page(name: str) -> str:
    return settings.PUBLIC_URL + reverse(name)


def _code(context: Context) -> dict[str, str]:
    return {"code": str(context["code"]), "minutes": str(CODE_MINUTES)}


def _reset(context: Context) -> dict[str, str]:
    path = reverse("account_reset_password_from_key", args=[context["uid"], context["key"]])
    return {"url": settings.PUBLIC_URL + path}


def _exists(context: Context) -> dict[str, str]:
    del context
    return {"url": _page("account_login"), "reset_url": _page("account_reset_password")}


def _unknown(context: Context) -> dict[str, str]:
    del context
    return {"url": _page("account_signup")}


_MAILS: Final[Mapping[str, tuple[AccountMail, Callable[[Context], dict[str, str]]]]] = {
    "account/email/email_confirmation": (AccountMail.ADDRESS_CONFIRMATION, _code),
    "account/email/email_confirmation_signup": (AccountMail.ADDRESS_CONFIRMATION, _code),
    "account/email/login_code": (AccountMail.LOGIN_CODE, _code),
    "account/email/password_reset_key": (AccountMail.PASSWORD_RESET, _reset),
    "account/email/account_already_exists": (AccountMail.ACCOUNT_EXISTS, _exists),
    "account/email/unknown_account": (AccountMail.NO_ACCOUNT, _unknown),
}
_CHANGES: Final[Mapping[str, Change]] = {
    "account/email/password_changed": Change.PASSWORD,
    "account/email/password_reset": Change.PASSWORD,
    "account/email/password_set": Change.PASSWORD,
    "account/email/email_changed": Change.ADDRESS,
    "account/email/email_confirm": Change.ADDRESS,
    "account/email/email_deleted": Change.ADDRESS,
    "mfa/email/totp_activated": Change.TOTP_ADDED,
    "mfa/email/totp_deactivated": Change.TOTP_REMOVED,
    "mfa/email/webauthn_added": Change.PASSKEY_ADDED,
    "mfa/email/webauthn_removed": Change.PASSKEY_REMOVED,
    "mfa/email/recovery_codes_generated": Change.RECOVERY_CODES,
}


def _mail(name: str, context: Context) -> tuple[AccountMail, dict[str, str]]:
    """The kind of mail that allauth asks for by ``name``, and its facts."""
    if name in _CHANGES:
        facts = {"what": _CHANGES[name].value, "url": _page("account_overview")}
        return AccountMail.ACCOUNT_CHANGED, facts
    kind, facts_of = _MAILS[name]
    return kind, facts_of(context)
