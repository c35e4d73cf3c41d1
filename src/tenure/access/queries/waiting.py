"""What waits for an organisation's administrators, and until when: counts for the first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.events.rows import read_values


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many things of a kind wait; ``first`` is one of them, ``until`` the earliest end.

    ``kind`` is ``invitation``, ``role_request`` or the status of an order.
    """

    kind: str
    count: int
    first: UUID
    until: datetime | None


_WAITING: Final = """
    SELECT 'invitation', count(*)::int, (array_agg(id ORDER BY expires_at, id))[1], min(expires_at)
    FROM organisations_invitation
    WHERE organisation_id = %s AND status = 'pending' AND expires_at <= %s
    HAVING count(*) > 0
    UNION ALL
    SELECT 'role_request', count(*)::int, (array_agg(id ORDER BY id))[1], NULL::timestamptz
    FROM access_rolerequest
    WHERE organisation_id = %s AND status IN ('open', 'awaiting_seat')
    HAVING count(*) > 0
    UNION ALL
    SELECT status, count(*)::int, (array_agg(id ORDER BY expires_at, id))[1], min(expires_at)
    FROM orders_order
    WHERE organisation_id = %s AND status IN (
        'awaiting_transfer', 'awaiting_verification', 'authentication_required',
        'payment_unknown', 'declined'
    )
    GROUP BY status
"""


def waiting(organisation: UUID, *, until: datetime) -> Sequence[Waiting]:
    """Invitations that expire up to ``until``, requests for roles, orders that are not paid.

    One statement for any number of them.
    """
    values = [organisation, until, organisation, organisation]
    return [Waiting(*row) for row in read_values(_WAITING, values)]
