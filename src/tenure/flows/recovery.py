"""Recovery: ask the gateway about every charge whose answer is missing, and settle it (R17).

It never charges: what the gateway never heard of is closed there and counts as declined.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from tenure.billing.gateways.calls import charge_of
from tenure.billing.gateways.choice import gateway, installed, sandbox_gateway
from tenure.billing.models import IN_FLIGHT, Payment, PaymentStatus
from tenure.events.journal import transaction
from tenure.flows.locks import lock_organisations
from tenure.flows.settlement import settle

PATIENCE = timedelta(minutes=2)
"""How long an answer may be on its way: longer than any call to a gateway lasts."""

ASKED_AGAIN_AFTER = timedelta(minutes=10)
"""How often it is asked how far a customer has come with a step elsewhere."""

STEP_WITHIN = timedelta(days=1)
"""How long a customer has for it."""

BATCH = 500

_TO_ASK = Q(status__in=IN_FLIGHT) & ~Q(status=PaymentStatus.INTENDED, off_session=True)
"""A renewal that was intended is charged by whoever takes it up, under the same key (R24)."""


def recover_payments(*, now: datetime, patience: timedelta = PATIENCE) -> int:
    """Settle what was left unknown by everybody who lives by the machine's clock.

    ``now`` is the machine's instant. Organisations with a test clock are left alone (R2).
    Returns how many payments were settled.
    """
    waiting = Payment.objects.filter(
        _TO_ASK,
        gateway__in=installed(),
        called_at__lte=now - patience,
        organisation__test_clock__isnull=True,
    )
    return _recover(waiting.order_by("id"), now=now)


def recover_steps(*, now: datetime) -> int:
    """Ask how far customers have come with a step at their bank or on a gateway's page.

    They may have taken it and not come back, and the gateway's message may be lost. After a day it
    is given up for them, and the order can be paid anew. ``now`` is the machine's instant. Returns
    how many were asked about. The sandbox's customers take their step here, and are not asked for.
    """
    waiting = Payment.objects.filter(
        status=PaymentStatus.AUTHENTICATION_REQUIRED,
        gateway__in=installed() - {sandbox_gateway().name},
        called_at__lte=now - ASKED_AGAIN_AFTER,
        organisation__test_clock__isnull=True,
    )
    found = list(waiting.order_by("id")[:BATCH])
    if not found:
        return 0
    outcomes = []
    for each in found:
        called, charge = gateway(each.gateway), charge_of(each)
        given_up = now - each.created_at > STEP_WITHIN
        outcomes.append(called.cancel(charge) if given_up else called.ask(charge))
    with transaction(now=now, by="worker") as journal:
        lock_organisations({each.organisation_id for each in found}, journal)
        settle(outcomes=outcomes, journal=journal)
        Payment.objects.filter(id__in=[each.id for each in found]).update(called_at=now)
    return len(found)


def recover_of_organisation(organisation: UUID, *, now: datetime) -> int:
    """Settle what one organisation left unknown; ``now`` is by its own clock (R2).

    What waits for a step of its customer's elsewhere is asked for as well.
    """
    rows = Payment.objects.filter(gateway__in=installed(), organisation_id=organisation)
    steps = rows.filter(status=PaymentStatus.AUTHENTICATION_REQUIRED).exclude(
        gateway=sandbox_gateway().name
    )
    waiting = rows.filter(_TO_ASK) | steps
    return _recover(waiting.order_by("id"), now=now)


def _recover(waiting: Iterable[Payment], *, now: datetime) -> int:
    found = list(waiting)
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        outcomes = [gateway(each.gateway).ask(charge_of(each)) for each in batch]
        with transaction(now=now, by="worker") as journal:
            lock_organisations({each.organisation_id for each in batch}, journal)
            settle(outcomes=outcomes, journal=journal)
    return len(found)
