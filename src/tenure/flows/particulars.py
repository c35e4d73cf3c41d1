"""What an organisation says of itself: name, language, zone, where it is billed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tenure.events.journal import transaction
from tenure.flows.locks import lock_organisation
from tenure.flows.written import Written
from tenure.organisations.commands.organisation import change_organisation


def edit_particulars(
    *, organisation: UUID, changes: Mapping[str, str], now: datetime, by: str
) -> Written:
    """Edit an organisation; ``changes`` are columns of its row with their new values.

    What says the same changes nothing. Raises ``NotFound``, ``Invalid`` if it would not be billed
    where it is (R5).
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        row = lock_organisation(organisation, journal)
        change_organisation(organisation=row, changes=dict(changes), journal=journal)
    return Written((organisation,), journal.revisions[organisation])
