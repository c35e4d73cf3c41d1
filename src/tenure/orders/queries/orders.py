"""Orders as customers see them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.base.calendar import Term, zone_named
from tenure.base.errors import NotFound
from tenure.base.ids import public_id
from tenure.base.verdicts import Verdict
from tenure.events.models import Event
from tenure.orders.events import OrderPlaced
from tenure.orders.models import Order, OrderKind, OrderStatus
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.rules.cancellation import BoughtLine, BoughtOrder, cancellation_verdict
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience


def cancellation(order: Order, organisation: Organisation, at: datetime) -> Verdict:
    """Whether a request sent at ``at`` takes ``order`` back (R28), by its own policy (R32)."""
    policy = policy_numbered(order.policy_version_id)
    audience = Audience(organisation.audience)
    bought = BoughtOrder(
        lines=tuple(
            BoughtLine(Term(line.term), line.gross, order.kind == OrderKind.RENEWAL)
            for line in order.lines.order_by("position")
        ),
        currency=order.currency,
        paid_on=order.paid_on,
        cancelled=order.status == OrderStatus.CANCELLED,
        statutory=policy.statutory_eu.protects(audience, organisation.country),
    )
    return cancellation_verdict(
        bought, at=at, zone=zone_named(organisation.timezone), policy=policy
    )


def orders_of(organisation: UUID, after: UUID | None, limit: int) -> list[Order]:
    """The organisation's orders after one, oldest first, ``limit`` at the most."""
    rows = Order.objects.filter(organisation_id=organisation)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return list(rows.order_by("id")[:limit])


def organisation_of(order: UUID) -> UUID:
    """Whose order it is; one statement. Raises ``NotFound``."""
    found = Order.objects.filter(id=order).values_list("organisation_id", flat=True).first()
    if found is None:
        raise NotFound
    return found


def placed_by(organisation: UUID, order: UUID) -> str:
    """How the journal names who placed an order; empty if it does not tell. One statement."""
    told = Event.objects.filter(
        organisation_id=organisation,
        type=OrderPlaced.type,
        data__order=public_id("ord", order),
    )
    return told.values_list("by", flat=True).first() or ""
