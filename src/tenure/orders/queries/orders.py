"""Orders as customers see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tenure.base.calendar import Term, zone_named
from tenure.base.errors import NotFound
from tenure.base.ids import public_id
from tenure.base.verdicts import Verdict
from tenure.events.models import Event
from tenure.orders.events import OrderPlaced
from tenure.orders.models import Order, OrderKind, OrderLine, OrderStatus
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.rules.cancellation import (
    BoughtLine,
    BoughtOrder,
    cancellation_verdict,
    eligible_lines,
)
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience


def cancellation(
    order: Order, lines: Sequence[OrderLine], organisation: Organisation, at: datetime
) -> Verdict:
    """Whether a request sent at ``at`` takes ``order`` back (R28), by its own policy (R32)."""
    return cancellation_verdict(
        _bought(order, lines, organisation),
        at=at,
        zone=zone_named(organisation.timezone),
        policy=policy_numbered(order.policy_version_id),
    )


def cancellable_lines(
    order: Order, lines: Sequence[OrderLine], organisation: Organisation, at: datetime
) -> list[OrderLine]:
    """The lines that a request sent at ``at`` takes back, each by its own term (R28)."""
    found = eligible_lines(
        _bought(order, lines, organisation),
        at=at,
        zone=zone_named(organisation.timezone),
        policy=policy_numbered(order.policy_version_id),
    )
    return [lines[index] for index in found]


def cost_of(order: Order, line: OrderLine) -> int:
    """What a line cost; of a tax that was corrected nothing is left (R45)."""
    return line.gross if order.tax_corrected_at is None else line.net


def _bought(order: Order, lines: Sequence[OrderLine], organisation: Organisation) -> BoughtOrder:
    """The order as the rule sees it."""
    policy = policy_numbered(order.policy_version_id)
    return BoughtOrder(
        lines=tuple(
            BoughtLine(
                Term(line.term),
                cost_of(order, line),
                order.kind == OrderKind.RENEWAL,
            )
            for line in lines
        ),
        currency=order.currency,
        paid_on=order.paid_on,
        cancelled=order.status == OrderStatus.CANCELLED,
        statutory=policy.statutory_eu.protects(
            Audience(organisation.audience), organisation.country
        ),
    )


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
