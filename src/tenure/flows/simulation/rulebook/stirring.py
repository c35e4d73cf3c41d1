"""Whether the passing of time does anything to a customer."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.simulation.rulebook.asking import is_awaited
from tenure.flows.simulation.rulebook.customer import Customer
from tenure.flows.simulation.rulebook.renewing import next_instant

_SETTLED = ("paid", "withdrawn", "cancelled", "expired")


def stirs(customer: Customer, at: datetime) -> bool:
    """Whether something is to be asked, sent back, given up, or falls due by an instant."""
    if any(each.unsent or each.status not in _SETTLED for each in customer.orders):
        return True
    if any(each.status == "pending" and each.expires_at <= at for each in customer.invitations):
        return True
    if any(each.status == "sent" and each.expires_at <= at for each in customer.quotes):
        return True
    if is_awaited(customer):
        return True
    due = next_instant(customer)
    return due is not None and due <= at
