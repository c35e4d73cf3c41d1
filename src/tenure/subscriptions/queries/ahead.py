"""What stands about the next period of a subscription: its price, its order, its attempts (R24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tenure.base.calendar import local_date, zone_named
from tenure.orders.models import UNPAID, Order, OrderStatus
from tenure.subscriptions.models import Renewal
from tenure.subscriptions.queries.views import SubscriptionView

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """The obligation to renew, as a customer is shown it; dates are local.

    ``fixed`` is the price of a seat that a reminder named, None if none did yet. ``withdrawn``:
    the offer can no longer be had, so that nothing follows (R5). ``order`` pays it, once there
    is one; ``retried_on`` is the day of the next charge, ``payable_until`` the last day to pay.
    """

    fixed: int | None = None
    withdrawn: bool = False
    order: Order | None = None
    retried_on: date | None = None
    payable_until: date | None = None

    @property
    def can_be_paid(self) -> bool:
        """Whether there is an order that a customer can pay now."""
        return self.order is not None and self.order.status in UNPAID

    @property
    def state(self) -> str:
        """Where its order stands; empty without one."""
        return self.order.status if self.order else ""


NOTHING: Final = NextPeriod()


def next_period(view: SubscriptionView) -> NextPeriod:
    """What is known of the period after the last; one statement."""
    last = view.periods[-1]
    rows = Renewal.objects.select_related("order").filter(
        subscription=view.subscription, number=last.number + 1
    )
    row = rows.first()
    if row is None:
        return NOTHING
    order, zone = row.order, zone_named(view.subscription.zone)
    until = order.expires_at if order and order.status in UNPAID else None
    tried = order is not None and order.status == OrderStatus.DECLINED
    return NextPeriod(
        fixed=row.unit_amount,
        withdrawn=row.withdrawn,
        order=order,
        retried_on=(
            local_date(row.due_at, zone)
            if tried and row.due_at and (until is None or row.due_at < until)
            else None
        ),
        payable_until=local_date(until - _INSTANT, zone) if until else None,
    )
