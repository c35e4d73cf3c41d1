"""Keys of the API: an organisation's, made and taken back by its administrators (R35), and the
vendor's, by whoever runs the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.base.errors import NotFound, Refused
from tenure.events.asked import Asked
from tenure.events.journal import transaction
from tenure.events.models import KEYS_STREAM
from tenure.flows.locks import lock_living, lock_organisation
from tenure.flows.written import Written
from tenure.organisations.commands import api_keys as commands
from tenure.organisations.queries import keys_of
from tenure.organisations.rules import key_verdict


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key with its text, which is told this once."""

    id: UUID
    text: str
    revision: int


def make_api_key(
    *, organisation: UUID | None, name: str, now: datetime, by: str, asked: Asked | None = None
) -> MadeKey:
    """A key with which programs may what the organisation's administrators may; without one it is
    the vendor's.

    Raises ``NotFound``, or ``Refused`` (``acting_makes_no_key``) for the vendor's staff.
    """
    verdict = key_verdict(by)
    if not verdict:
        raise Refused.by(verdict)
    with transaction(now=now, by=by, organisation=organisation, asked=asked) as journal:
        if organisation is not None:
            lock_living(organisation, journal)
        key, text = commands.create_api_key(name=name, organisation=organisation, journal=journal)
        journal.made = key.id
    return MadeKey(key.id, text, journal.revisions[organisation or KEYS_STREAM])


def revoke_api_key(*, organisation: UUID | None, key: UUID, now: datetime, by: str) -> Written:
    """Refuse a key of the organisation, of the vendor's without one, from now on; revoking it
    again changes nothing.

    Raises ``NotFound``, also for a key of somebody else.
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        if organisation is not None:
            lock_organisation(organisation, journal)
        row = keys_of(organisation).select_for_update().filter(id=key).first()
        if row is None:
            raise NotFound
        commands.revoke_api_key(key=row, journal=journal)
    return Written((key,), journal.revisions[organisation or KEYS_STREAM])
