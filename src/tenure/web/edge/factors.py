"""Whether a person has a second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from tenure.organisations.models import User

_RECOVERY = Authenticator.Type.RECOVERY_CODES


def has_second_factor(user: User) -> bool:
    """Whether they prove themselves by more than a password; one statement."""
    return Authenticator.objects.filter(user_id=user.id).exclude(type=_RECOVERY).exists()
