"""Renewals that were intended are charged, and what the gateway says is settled (R17, R24).

Any number of workers claim intents in batches; the gateway is called outside of transactions, as
many times at once as it allows, under keys that make a call repeatable. Killed anywhere, an
intent is taken up again; nobody is charged twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from tenure.base.clock import machine_now
from tenure.billing.commands.payments import call_for
from tenure.billing.gateways import Outcome
from tenure.billing.gateways.calls import charge_of
from tenure.billing.gateways.choice import gateway, installed, sandbox_gateway
from tenure.billing.models import Payment, PaymentStatus
from tenure.events.journal import transaction
from tenure.flows.charging import REPEATABLE_FOR
from tenure.flows.locks import lock_organisations
from tenure.flows.renewals.intents import UNCALLED_FOR
from tenure.flows.settlement import settle
from tenure.orders.models import OrderKind
from tenure.subscriptions.models import Renewal

BATCH: Final = 500
"""How many charges are claimed, and settled, at a time."""


def charge_renewals(*, now: datetime, patience: timedelta = UNCALLED_FOR) -> int:
    """Charge all that is intended for everybody who lives by the machine's clock (R24).

    ``now`` is the machine's instant; who is called for is left alone for so long (``patience``).
    Returns how many charges were settled.
    """
    by_machine = Q(organisation__test_clock__isnull=True)
    done = 0
    while claimed := _claim(by_machine & Q(called_at__lte=machine_now() - patience), now):
        _charge(claimed, now=now)
        done += len(claimed)
    return done


def charge_renewals_of(organisation: UUID, *, now: datetime) -> int:
    """Charge what one organisation has intended; ``now`` is by its own clock (R2)."""
    done = 0
    while claimed := _claim(Q(organisation_id=organisation), now):
        _charge(claimed, now=now)
        done += len(claimed)
    return done


def end_steps(*, now: datetime) -> int:
    """Give up the steps that customers never took, of renewals whose next day has come (R24, R31).

    What they began gives way to the next attempt, or to the end of the time in which anybody can
    pay; to be called before what is due is done. ``now`` is the machine's instant. Returns how
    many steps there were.
    """
    return _end_steps(Q(organisation__test_clock__isnull=True), now, now)


def end_steps_of(organisation: UUID, *, now: datetime, until: datetime) -> int:
    """The same for one organisation whose clock stands at ``now`` and is to go to ``until``."""
    return _end_steps(Q(organisation_id=organisation), now, until)


def _end_steps(scope: Q, now: datetime, until: datetime) -> int:
    due = Renewal.objects.filter(order=OuterRef("order"), due_at__lte=until)
    rows = Payment.objects.filter(
        Q(order__expires_at__lte=until) | Exists(due),
        scope,
        status=PaymentStatus.AUTHENTICATION_REQUIRED,
        gateway__in=installed(),
        order__kind=OrderKind.RENEWAL,
    )
    found = list(rows.order_by("id"))
    for start in range(0, len(found), BATCH):
        waiting = found[start : start + BATCH]
        outcomes = [gateway(each.gateway).cancel(charge_of(each)) for each in waiting]
        with transaction(now=now, by="worker") as journal:
            lock_organisations({each.organisation_id for each in waiting})
            settle(outcomes=outcomes, journal=journal)
    return len(found)


def _claim(scope: Q, now: datetime) -> list[Payment]:
    """Intents that nobody is calling for; from now on this process is."""
    rows = Payment.objects.filter(
        scope, status=PaymentStatus.INTENDED, off_session=True, gateway__in=installed()
    )
    if not rows.exists():
        return []
    with transaction(now=now, by="worker"):
        locked = rows.select_for_update(skip_locked=True, no_key=True).order_by("called_at", "id")
        ids = list(locked.values_list("id", flat=True)[:BATCH])
        return call_for(payments=ids, called_at=machine_now())


def _charge(claimed: Sequence[Payment], *, now: datetime) -> None:
    outcomes = call_all(claimed)
    with transaction(now=now, by="worker") as journal:
        lock_organisations({each.organisation_id for each in claimed})
        settle(outcomes=outcomes, journal=journal)


def call_all(payments: Sequence[Payment]) -> list[Outcome]:
    """Call the gateway for each, as many at once as it allows; in the order given.

    The sandbox's keeps its books in the same database: it is called by one.
    """
    at_once = min(gateway(name).at_once for name in {each.gateway for each in payments})
    if at_once == 1 or len(payments) == 1:
        return [_call(each) for each in payments]
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        return list(pool.map(_call, payments))


def _call(payment: Payment) -> Outcome:
    """Charge it, or ask about one so old that charging it might charge again."""
    called = gateway(payment.gateway)
    ours = payment.gateway == sandbox_gateway().name
    if ours or machine_now() - payment.created_at <= REPEATABLE_FOR:
        return called.charge(charge_of(payment))
    return called.ask(charge_of(payment))
