"""Data go when nothing is left to be kept for (R31)."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.simulation.rulebook.asking import withdrawn
from tenure.flows.simulation.rulebook.customer import Customer
from tenure.flows.simulation.rulebook.ordering import data_gone
from tenure.flows.simulation.rulebook.people import call_off

WAITING = ("awaiting_transfer", "awaiting_verification", "authentication_required")


def purge(customer: Customer, at: datetime) -> str | None:
    """The platform has deleted the data: nobody is known here any more. The first reason against
    it that holds."""
    if customer.purged:
        return None
    if not customer.subscriptions:
        return "nothing_kept"
    refused = _refused(customer, at)
    if refused is not None:
        return refused
    customer.purged = True
    for invitation in customer.invitations:
        if invitation.status == "pending":
            call_off(customer, invitation)
    withdrawn(customer, customer.members)
    for subscription in customer.subscriptions:
        subscription.holders.clear()
        subscription.reserved.clear()
    return None


def _refused(customer: Customer, at: datetime) -> str | None:
    last = [(each, each.periods[-1]) for each in customer.subscriptions]
    if any(each.cancelled_at is None and period.ends_at > at for each, period in last):
        return "purge_waits_for_subscription"
    if _awaits_money(customer) or _owes_money(customer):
        return "purge_waits_for_money"
    if customer.requests:
        return "purge_waits_for_request"
    return "purge_waits_for_data" if at < max(data_gone(*each) for each in last) else None


def _awaits_money(customer: Customer) -> bool:
    return any(
        order.status in WAITING
        or order.status == "payment_unknown"
        or (order.status == "declined" and order.kind != "purchase")
        for order in customer.orders
    )


def _owes_money(customer: Customer) -> bool:
    """Money that is not yet paid back, or of which nobody has said what it is for."""
    return (
        any(customer.balances[key] for key in customer.balances if key[0] == "receivable")
        or any(order.unsent for order in customer.orders)
        or any(each.open for order in customer.orders for each in order.credits)
        or any(not each.done for each in customer.payouts if each.whose)
    )
