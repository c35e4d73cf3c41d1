"""Who is removed is logged out at once, if there is nothing else to log in for (R37)."""

from __future__ import annotations

from uuid import UUID

from allauth.usersessions.models import UserSession

from tenure.organisations.queries import abilities_of_staff, memberships_of
from tenure.organisations.rules import MemberStatus


def end_sessions(user: UUID) -> None:
    """End every session of a person who belongs to no organisation any more.

    Who belongs to another one stays logged in for that: each page of an organisation asks anew
    whether the person is an active member, so what they left is closed to them at once.
    """
    here = any(each.status is not MemberStatus.REMOVED for each in memberships_of(user))
    if here or abilities_of_staff(user):
        return
    for session in UserSession.objects.filter(user_id=user):
        session.end()
