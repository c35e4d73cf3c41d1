"""Which addresses are confirmed, as allauth keeps it."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from tenure.organisations.models import User


def confirm_address(user: User) -> None:
    """The person's address is theirs: they read a mail that was sent there."""
    EmailAddress.objects.update_or_create(
        user_id=user.id, email=user.email, defaults={"verified": True, "primary": True}
    )


def has_way_to_log_in(user: User) -> bool:
    """Whether they set a password or a passkey: a link in a mail must not stand in for it."""
    kept = bool(user.password) and user.has_usable_password()
    return kept or Authenticator.objects.filter(user_id=user.id).exists()
