"""The secret address of an organisation's days: made, renewed, revoked, and found again."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.events.journal import transaction
from tenure.flows.locks import lock_organisation
from tenure.notices.events import CalendarRevoked, CalendarShared
from tenure.notices.links import page
from tenure.notices.models import CalendarFeed
from tenure.organisations.models import Organisation


def share_calendar(*, organisation: UUID, now: datetime, by: str) -> str:
    """A new secret address, which is returned; the one before leads nowhere from now on."""
    token = secrets.token_urlsafe(32)
    with transaction(now=now, by=by, organisation=organisation) as journal:
        lock_organisation(organisation, journal)
        CalendarFeed.objects.update_or_create(
            organisation_id=organisation, defaults={"token": token, "created_at": journal.at}
        )
        journal.record(organisation, CalendarShared(organisation=organisation))
    return address_of(token)


def revoke_calendar(*, organisation: UUID, now: datetime, by: str) -> None:
    """Let the secret address lead nowhere; revoking it again changes nothing."""
    with transaction(now=now, by=by, organisation=organisation) as journal:
        lock_organisation(organisation, journal)
        if CalendarFeed.objects.filter(organisation_id=organisation).delete()[0]:
            journal.record(organisation, CalendarRevoked(organisation=organisation))


def calendar_address(organisation: UUID) -> str:
    """The secret address as it stands; empty if there is none. One statement."""
    row = CalendarFeed.objects.filter(organisation_id=organisation).first()
    return address_of(row.token) if row else ""


def calendar_owner(token: str) -> Organisation:
    """Whose days are read at a secret address; ``NotFound``. One statement."""
    row = CalendarFeed.objects.select_related("organisation").filter(token=token).first()
    if row is None:
        raise NotFound
    return row.organisation


def address_of(token: str) -> str:
    """The full address for a token."""
    return page(f"/calendar/{token}.ics")
