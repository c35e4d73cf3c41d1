"""Renewals that were intended are charged, and what the gateway says is settled (R17, R24).

Any number of workers claim intents in batches; the gateway is called outside of transactions, as
many times at once as it allows, under keys that make a call repeatable. Killed anywhere, an
intent is taken up again; nobody is charged twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connections
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


def _nothing() -> None:
    """Nothing more is to be ordered."""


def charge_renewals(
    *,
    now: datetime,
    patience: timedelta = UNCALLED_FOR,
    order: Callable[[], object] = _nothing,
    most: int = BATCH,
) -> int:
    """Charge all that is intended for everybody who lives by the machine's clock (R24).

    ``now`` is the machine's instant; who is called for is left alone for so long (``patience``).
    ``order`` orders some more of what is due, each time that it is called, so that what it intends
    is charged while the rest is still to be ordered; ``most`` charges are made at a time. Returns
    how many charges were settled.
    """
    by_machine = Q(organisation__test_clock__isnull=True)
    return _charge_all(
        lambda: by_machine & Q(called_at__lte=machine_now() - patience), now, order, most
    )


def charge_renewals_of(organisation: UUID, *, now: datetime) -> int:
    """Charge what one organisation has intended; ``now`` is by its own clock (R2)."""
    return _charge_all(lambda: Q(organisation_id=organisation), now, _nothing, BATCH)


def _charge_all(
    scope: Callable[[], Q], now: datetime, order: Callable[[], object], most: int
) -> int:
    """Charge batch after batch: while the gateway is called for one, that before it is settled and
    more is ordered. Each is settled after the one before it."""
    done = 0
    order()
    with Settling(now) as settling:
        claimed = _claim(scope(), now, most)
        calls = Calls(claimed)
        while claimed:
            order()
            outcomes = calls.outcomes()
            theirs = [each.id for each in (*settling.batch, *claimed)]
            ahead = _claim(scope() & ~Q(id__in=theirs), now, most)
            calls = Calls(ahead)
            if ahead:
                settling.begin(claimed, outcomes)
            else:
                settling.finish(claimed, outcomes)
                ahead = _claim(scope(), now, most)
                calls = Calls(ahead)
            done += len(claimed)
            claimed = ahead
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
            lock_organisations({each.organisation_id for each in waiting}, journal)
            settle(outcomes=outcomes, journal=journal)
    return len(found)


def _claim(scope: Q, now: datetime, most: int) -> list[Payment]:
    """Intents that nobody is calling for; from now on this process is."""
    rows = Payment.objects.filter(
        scope, status=PaymentStatus.INTENDED, off_session=True, gateway__in=installed()
    )
    if not rows.exists():
        return []
    with transaction(now=now, by="worker"):
        locked = rows.select_for_update(skip_locked=True, no_key=True).order_by("called_at", "id")
        ids = list(locked.values_list("id", flat=True)[:most])
        return call_for(payments=ids, called_at=machine_now())


def _settle(claimed: Sequence[Payment], outcomes: Sequence[Outcome], *, now: datetime) -> None:
    with transaction(now=now, by="worker") as journal:
        lock_organisations({each.organisation_id for each in claimed}, journal)
        settle(outcomes=outcomes, journal=journal)


class Settling:
    """Settles batches one after the other, in a thread and on a connection of its own.

    So the gateway is called, and more is ordered, while the last batch is written. There is one at
    a time: who begins another waits until the one before it is settled, and hears there of what
    went wrong. What is the last is settled without a thread, so that few are all settled so.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._under_way: Future[None] | None = None
        self.batch: Sequence[Payment] = ()
        """What is perhaps still to be settled."""

    def __enter__(self) -> Settling:
        return self

    def __exit__(self, *_: object) -> None:
        if self._under_way is not None:
            self._pool.submit(connections.close_all)
        self._pool.shutdown()

    def begin(self, claimed: Sequence[Payment], outcomes: Sequence[Outcome]) -> None:
        """Settle these while the caller goes on."""
        self._wait()
        self.batch = claimed
        self._under_way = self._pool.submit(_settle, claimed, outcomes, now=self._now)

    def finish(self, claimed: Sequence[Payment], outcomes: Sequence[Outcome]) -> None:
        """Settle these, the last ones for the time being."""
        self._wait()
        self.batch = ()
        _settle(claimed, outcomes, now=self._now)

    def _wait(self) -> None:
        if self._under_way is not None:
            self._under_way.result()


class Calls:
    """Calls to the gateway, one for each payment, as many at once as it allows.

    The sandbox's keeps its books in the same database: it is called by one, when asked for the
    outcomes. All others are ``under_way`` from the beginning.
    """

    def __init__(self, payments: Sequence[Payment]) -> None:
        self._payments = payments
        self._answers: list[Future[Outcome]] = []
        names = {each.gateway for each in payments}
        at_once = min((gateway(name).at_once for name in names), default=1)
        self.under_way = at_once > 1 and len(payments) > 1
        if self.under_way:
            pool = ThreadPoolExecutor(max_workers=at_once)
            self._answers = [pool.submit(_call, each) for each in payments]
            pool.shutdown(wait=False)

    def outcomes(self) -> list[Outcome]:
        """What was answered, in the order of the payments, when all of it is there."""
        if self.under_way:
            return [answer.result() for answer in self._answers]
        return [_call(each) for each in self._payments]


def _call(payment: Payment) -> Outcome:
    """Charge it, or ask about one so old that charging it might charge again."""
    called = gateway(payment.gateway)
    ours = payment.gateway == sandbox_gateway().name
    if ours or machine_now() - payment.created_at <= REPEATABLE_FOR:
        return called.charge(charge_of(payment))
    return called.ask(charge_of(payment))
