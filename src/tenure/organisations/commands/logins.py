"""Logins that nobody is to use any more: whatever named a person goes (R31)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from tenure.organisations.models import Member, StaffMember, User
from tenure.organisations.queries import standing_of
from tenure.organisations.rules import MemberStatus


def end_sessions(user: UUID) -> None:
    """End every session of a person who belongs to no organisation any more (R37).

    Who belongs to another one, or to the vendor's staff, stays logged in for that: each page of an
    organisation asks anew whether the person is an active member, so what they left is closed to
    them at once.
    """
    found = standing_of(user)
    here = any(each.status is not MemberStatus.REMOVED for each in found.memberships)
    if not here and not found.abilities:
        _forget_sessions([user])


def logins_of_nobody_else(users: Collection[UUID]) -> list[UUID]:
    """Those of ``users`` who belong to no organisation and never were of the vendor's staff."""
    kept = set(
        Member.objects.filter(user__in=users, user__isnull=False).values_list("user_id", flat=True)
    )
    kept |= set(StaffMember.objects.filter(user__in=users).values_list("user_id", flat=True))
    return sorted(set(users) - kept)


def erase_logins(users: Collection[UUID]) -> list[str]:
    """Erase logins, with their sessions, addresses and factors; returns the addresses they had.

    The rows stay, since what staff and journal say refers to them, and name nobody.
    """
    if not users:
        return []
    addresses = set(User.objects.filter(id__in=users).values_list("email", flat=True))
    addresses |= set(EmailAddress.objects.filter(user__in=users).values_list("email", flat=True))
    _forget_sessions(users)
    EmailAddress.objects.filter(user__in=users).delete()
    Authenticator.objects.filter(user__in=users).delete()
    User.objects.filter(id__in=users).update(
        email=Concat(
            Value("erased-"),
            Cast(F("id"), CharField()),
            Value("@erased.invalid"),
            output_field=CharField(),
        ),
        name="",
        language="",
        password=make_password(None),
        last_login=None,
    )
    return sorted(addresses)


def _forget_sessions(users: Collection[UUID]) -> None:
    listed = UserSession.objects.filter(user__in=users)
    Session.objects.filter(session_key__in=listed.values("session_key")).delete()
    listed.delete()
