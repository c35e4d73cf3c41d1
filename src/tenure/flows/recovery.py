"""Recovery: ask the gateway about every charge whose answer is missing, and settle it (R17).

It never charges: what the gateway never heard of is closed there and counts as declined.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from tenure.billing.gateways.calls import charge_of
from tenure.billing.gateways.choice import gateway, installed
from tenure.billing.models import IN_FLIGHT, Payment
from tenure.events.journal import transaction
from tenure.flows.locks import lock_organisations
from tenure.flows.settlement import settle

PATIENCE = timedelta(minutes=2)
"""How long an answer may be on its way: longer than any call to a gateway lasts."""

BATCH = 500


def recover_payments(*, now: datetime, patience: timedelta = PATIENCE) -> int:
    """Settle what was left unknown by everybody who lives by the machine's clock.

    ``now`` is the machine's instant. Organisations with a test clock are left alone (R2).
    Returns how many payments were settled.
    """
    waiting = Payment.objects.filter(
        status__in=IN_FLIGHT,
        gateway__in=installed(),
        called_at__lte=now - patience,
        organisation__test_clock__isnull=True,
    )
    return _recover(waiting.order_by("id"), now=now)


def recover_of_organisation(organisation: UUID, *, now: datetime) -> int:
    """Settle what one organisation left unknown; ``now`` is by its own clock (R2)."""
    waiting = Payment.objects.filter(
        status__in=IN_FLIGHT, gateway__in=installed(), organisation_id=organisation
    )
    return _recover(waiting.order_by("id"), now=now)


def _recover(waiting: Iterable[Payment], *, now: datetime) -> int:
    found = list(waiting)
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        outcomes = [gateway(each.gateway).ask(charge_of(each)) for each in batch]
        with transaction(now=now, by="worker") as journal:
            lock_organisations({each.organisation_id for each in batch})
            settle(outcomes=outcomes, journal=journal)
    return len(found)
