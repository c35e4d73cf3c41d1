"""Seats that orders add in mid-period: those on their way, and those of an order (R27)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Sum

from tenure.base.ids import parse_public_id, public_id
from tenure.events.models import Event
from tenure.events.rows import AMONG, read_values
from tenure.orders.models import OrderStatus
from tenure.subscriptions.events import NextQuantityChosen, SeatsAdded
from tenure.subscriptions.models import Renewal, SeatChange

ON_THEIR_WAY = (
    OrderStatus.AWAITING_TRANSFER,
    OrderStatus.AWAITING_VERIFICATION,
    OrderStatus.AUTHENTICATION_REQUIRED,
    OrderStatus.PAYMENT_UNKNOWN,
)
"""Where the money for seats may still come by itself; what was declined is no such."""


def seats_on_their_way(subscription: UUID) -> int:
    """How many seats were ordered that are yet to be paid; one statement."""
    rows = SeatChange.objects.filter(
        subscription_id=subscription, for_next=False, order__status__in=ON_THEIR_WAY
    )
    return int(rows.aggregate(seats=Sum("quantity", default=0))["seats"])


def same_order(subscription: UUID, *, quantity: int, seats_before: int) -> UUID | None:
    """The order that was placed for just that, seen just so, if one was and may be paid (R16)."""
    rows = SeatChange.objects.filter(
        subscription_id=subscription,
        for_next=False,
        quantity=quantity,
        seats_before=seats_before,
        undone_at__isnull=True,
        order__status__in=(*ON_THEIR_WAY, OrderStatus.PAID),
    )
    return rows.order_by("-id").values_list("order_id", flat=True).first()


def changes_of(orders: Collection[UUID]) -> list[SeatChange]:
    """What orders add, each order's lines in their order; one statement."""
    rows = SeatChange.objects.filter(order_id__in=orders).select_related("order_line")
    return list(rows.order_by("order_id", "order_line__position"))


def chosen_since(orders: Collection[UUID], organisations: Collection[UUID]) -> set[UUID]:
    """The subscriptions whose next quantity was chosen after the seats of ``orders`` had come, as
    the journals of ``organisations`` tell; two statements."""
    told = Event.objects.filter(organisation_id__in=organisations)
    came = told.filter(
        type=SeatsAdded.type, data__order__in=[public_id("ord", order) for order in orders]
    )
    since = dict(came.values_list("data__subscription", "sequence"))
    chosen = told.filter(type=NextQuantityChosen.type, data__subscription__in=list(since))
    return {
        parse_public_id("sub", id_)
        for id_, sequence in chosen.values_list("data__subscription", "sequence")
        if sequence > since[id_]
    }


def wanted_until(orders: Collection[UUID]) -> dict[UUID, datetime]:
    """By order, the instant from which its seats can no longer be given: the end of their period,
    or of their subscription if it was cancelled. Orders of another kind are left out; one
    statement."""
    return dict(row[:2] for row in read_values(_WANTED, [list(orders)]))


_WANTED: Final = f"""
    SELECT change.order_id, least(period.ends_at, subscription.cancelled_at)
    FROM subscriptions_seatchange AS change
    JOIN subscriptions_subscription AS subscription ON subscription.id = change.subscription_id
    JOIN subscriptions_period AS period
      ON period.subscription_id = change.subscription_id AND period.number = change.number
    WHERE change.order_id {AMONG} AND NOT change.for_next
"""  # noqa: S608 - of constants


def orders_adding_to(subscriptions: Collection[UUID], statuses: Collection[str]) -> list[UUID]:
    """The orders in one of ``statuses`` that add seats to ``subscriptions``; one statement."""
    rows = SeatChange.objects.filter(
        subscription_id__in=subscriptions,
        for_next=False,
        undone_at__isnull=True,
        order__status__in=statuses,
    )
    return list(rows.order_by("order_id").values_list("order_id", flat=True))


_GONE = (OrderStatus.EXPIRED, OrderStatus.WITHDRAWN, OrderStatus.CANCELLED)


def standing_renewals(following: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], Renewal]:
    """Of periods to come, by subscription and number, those whose renewal is ordered; one
    statement."""
    rows = Renewal.objects.filter(
        subscription_id__in={subscription for subscription, _ in following}, order__isnull=False
    ).exclude(order__status__in=_GONE)
    found = {(row.subscription_id, row.number): row for row in rows}
    return {key: found[key] for key in following if key in found}


def waiting_for_transfers(subscriptions: Collection[UUID]) -> list[Renewal]:
    """The renewals of ``subscriptions`` that are invoiced ahead, and whose money has not come; one
    statement."""
    rows = Renewal.objects.filter(
        subscription_id__in=subscriptions, order__status=OrderStatus.AWAITING_TRANSFER
    )
    return list(rows.order_by("id"))


def seats_paid_ahead(subscriptions: Collection[UUID]) -> dict[tuple[UUID, int], int]:
    """How many seats were paid for periods to come beside their renewals; one statement."""
    rows = read_values(_PAID_AHEAD, [list(subscriptions)])
    return {(subscription, number): seats for subscription, number, seats in rows}


_PAID_AHEAD: Final = f"""
    SELECT subscription_id, number, sum(quantity) FROM subscriptions_seatchange
    WHERE subscription_id {AMONG} AND for_next AND starts_on IS NOT NULL
      AND released_at IS NULL AND undone_at IS NULL
    GROUP BY subscription_id, number
"""  # noqa: S608 - of constants
