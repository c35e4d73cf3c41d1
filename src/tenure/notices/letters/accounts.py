"""Mails about a login: those that pages ask for, since no event of the journal stands behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext

from tenure.notices.letters.letter import Button, Letter

Facts = Mapping[str, str]
"""What a page tells of a mail, by name."""


class AccountMail(StrEnum):
    """The kinds of mail that pages ask for, and the facts that each needs."""

    ADDRESS_CONFIRMATION = "address_confirmation"
    """``code``; ``minutes`` for which it holds."""
    LOGIN_CODE = "login_code"
    """``code``; ``minutes`` for which it holds."""
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind of mail, no password
    """``url`` at which a new one is chosen."""
    ACCOUNT_EXISTS = "account_exists"
    """``url`` of the login; ``reset_url`` of a new password."""
    NO_ACCOUNT = "no_account"
    """``url`` at which an account is made."""
    ACCOUNT_CHANGED = "account_changed"
    """``what``, a word of ``Change``; ``url`` of the account's page."""


class Change(StrEnum):
    """What may have changed about a login."""

    PASSWORD = "password"  # noqa: S105 - what changed, no password
    ADDRESS = "address"
    TOTP_ADDED = "totp_added"
    TOTP_REMOVED = "totp_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    RECOVERY_CODES = "recovery_codes"


def account_letter(kind: AccountMail, facts: Facts) -> Letter:
    """The letter of ``kind`` in the language now active; ``KeyError`` if a fact is missing."""
    return _LETTERS[kind](facts)


def _address_confirmation(facts: Facts) -> Letter:
    return Letter(
        subject=gettext("Your confirmation code: %(code)s") % facts,
        preheader=gettext("Type this code on the page that asks for it."),
        heading=gettext("Confirm your address"),
        lead=(gettext("Type this code on the page that asks for it:"),),
        code=facts["code"],
        after=(
            _for_minutes(facts),
            gettext("You asked for nothing? Then delete this mail; nothing happens without it."),
        ),
        why=gettext("You have this mail because your address was given to open an account."),
    )


def _login_code(facts: Facts) -> Letter:
    return Letter(
        subject=gettext("Your code to log in: %(code)s") % facts,
        preheader=gettext("Type this code on the page that asks for it."),
        heading=gettext("Your code to log in"),
        lead=(gettext("Type this code on the page that asks for it:"),),
        code=facts["code"],
        after=(
            _for_minutes(facts),
            gettext("Nobody from us ever asks you for this code. Give it to nobody."),
        ),
        why=gettext("You have this mail because somebody is logging in with your address."),
    )


def _password_reset(facts: Facts) -> Letter:
    return Letter(
        subject=gettext("Choose a new password"),
        preheader=gettext("The link in this mail lets you choose a new one."),
        heading=gettext("Choose a new password"),
        lead=(
            gettext("Somebody, surely you, asked for a new password for your account."),
            gettext("Until you have chosen one, the old one stays."),
        ),
        button=Button(gettext("Choose a password"), facts["url"]),
        after=(
            gettext("You asked for nothing? Then delete this mail; nothing happens without it."),
        ),
        why=gettext("You have this mail because a new password was asked for."),
    )


def _account_exists(facts: Facts) -> Letter:
    return Letter(
        subject=gettext("You already have an account"),
        preheader=gettext("Log in with this address; no second account was made."),
        heading=gettext("You already have an account"),
        lead=(
            gettext("Somebody, surely you, wanted to open an account with this address."),
            gettext("There is one already, so no second one was made: log in with it."),
        ),
        button=Button(gettext("Log in"), facts["url"]),
        after=(
            gettext("Password forgotten? Choose a new one at %(reset_url)s") % facts,
            gettext("You asked for nothing? Then delete this mail; nothing happens without it."),
        ),
        why=gettext("You have this mail because your address was given to open an account."),
    )


def _no_account(facts: Facts) -> Letter:
    return Letter(
        subject=gettext("There is no account with this address"),
        preheader=gettext("Perhaps you opened yours with another address."),
        heading=gettext("There is no account with this address"),
        lead=(
            gettext("Somebody, surely you, asked for a new password for this address."),
            gettext(
                "We know no account with it. Perhaps you opened yours with another address; "
                "otherwise open one now."
            ),
        ),
        button=Button(gettext("Open an account"), facts["url"]),
        after=(
            gettext("You asked for nothing? Then delete this mail; nothing happens without it."),
        ),
        why=gettext("You have this mail because a new password was asked for."),
    )


def _account_changed(facts: Facts) -> Letter:
    said = {
        Change.PASSWORD: gettext("The password of your account was changed."),
        Change.ADDRESS: gettext("The address of your account was changed."),
        Change.TOTP_ADDED: gettext("Logging in now asks for a code from your authenticator."),
        Change.TOTP_REMOVED: gettext("Logging in no longer asks for a code."),
        Change.PASSKEY_ADDED: gettext("A passkey was added to your account."),
        Change.PASSKEY_REMOVED: gettext("A passkey was removed from your account."),
        Change.RECOVERY_CODES: gettext("New recovery codes were made; the old ones are void."),
    }[Change(facts["what"])]
    return Letter(
        subject=gettext("Your account was changed"),
        preheader=said,
        heading=gettext("Your account was changed"),
        lead=(said, gettext("If this was you, there is nothing to do.")),
        button=Button(gettext("Look at my account"), facts["url"]),
        after=(
            gettext("If it was not you, choose a new password at once and end all other sessions."),
        ),
        why=gettext("You have this mail because it concerns the safety of your account."),
    )


def _for_minutes(facts: Facts) -> str:
    return gettext("The code holds for %(minutes)s minutes.") % facts


_LETTERS: Final[Mapping[AccountMail, Callable[[Facts], Letter]]] = {
    AccountMail.ADDRESS_CONFIRMATION: _address_confirmation,
    AccountMail.LOGIN_CODE: _login_code,
    AccountMail.PASSWORD_RESET: _password_reset,
    AccountMail.ACCOUNT_EXISTS: _account_exists,
    AccountMail.NO_ACCOUNT: _no_account,
    AccountMail.ACCOUNT_CHANGED: _account_changed,
}
