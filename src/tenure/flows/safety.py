"""What an organisation's administrators ask of each other to keep it safe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.events.journal import transaction
from tenure.flows.locks import lock_organisation
from tenure.flows.written import Written
from tenure.organisations.commands.organisation import require_second_factor


def set_second_factor(*, organisation: UUID, required: bool, now: datetime, by: str) -> Written:
    """Whether its owners and administrators need a second factor to come in (R35).

    Saying it again changes nothing. Raises ``NotFound``.
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        row = lock_organisation(organisation, journal)
        require_second_factor(organisation=row, required=required, journal=journal)
    return Written((organisation,), journal.revisions[organisation])
