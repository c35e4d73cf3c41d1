"""Who a session belongs to, read by a statement that is made once."""

from __future__ import annotations

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from tenure.organisations.models import User
from tenure.organisations.queries import user_of


class Logins(AuthenticationBackend):
    """Logins by address and password, as allauth checks them."""

    def get_user(self, user_id: UUID) -> User | None:
        """The person of a session, unless they may no longer log in."""
        user = user_of(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
