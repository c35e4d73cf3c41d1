"""An administrator chooses who loses a seat if the next period has fewer of them (R26)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tenure.access.commands.losses import choose_losses as choose
from tenure.base.errors import Refused
from tenure.events.journal import transaction
from tenure.flows.locks import lock_subscription_first
from tenure.flows.written import Written
from tenure.subscriptions.commands.choices import current_or_last
from tenure.subscriptions.errors import SUBSCRIPTION_OVER


def choose_losses(
    *, subscription: UUID, members: Sequence[UUID], now: datetime, by: str
) -> Written:
    """Choose who loses a seat, in that order, and only as far as seats must go; nobody takes the
    choice back, and those idle longest lose theirs.

    Until the next period begins it can be chosen anew. Raises ``NotFound``, ``Invalid``
    (``holds_no_seat``) or ``Refused`` (``subscription_over``).
    """
    with transaction(now=now, by=by) as journal:
        organisation, row = lock_subscription_first(subscription, journal)
        current = current_or_last(row, journal.at)
        if row.cancelled_at is not None or journal.at >= current.ends_at:
            raise Refused(SUBSCRIPTION_OVER, ends_on=current.ends_on)
        choose(subscription=row, members=members, journal=journal)
        journal.touch(organisation.id)
    return Written((row.id,), journal.revisions[organisation.id])
