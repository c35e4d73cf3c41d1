"""What the passing of time does to a customer, whichever clock it lives by (R2)."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.simulation.rulebook import asking, renewing
from tenure.flows.simulation.rulebook.buying import expired, recovered, waits_until
from tenure.flows.simulation.rulebook.cancelling import all_sent_back
from tenure.flows.simulation.rulebook.customer import Customer
from tenure.flows.simulation.rulebook.numbers import is_waited_for, looked_up, next_look_up
from tenure.flows.simulation.rulebook.ordering import charge_intended
from tenure.flows.simulation.rulebook.people import ran_out
from tenure.flows.simulation.rulebook.quotes import quotes_expired

_SETTLED = ("paid", "withdrawn", "cancelled", "expired")


def stirs(customer: Customer, at: datetime) -> bool:
    """Whether something is to be asked, sent back, given up, or falls due by an instant."""
    if any(each.unsent or each.status not in _SETTLED for each in customer.orders):
        return True
    if asking.is_awaited(customer):
        return True
    if is_waited_for(customer):
        return True
    due = _next_instant(customer, at)
    return due is not None and due <= at


def worked(customer: Customer, at: datetime) -> None:
    """The worker came by: what has no answer was asked for, and what was due is done."""
    recovered(customer, at)
    all_sent_back(customer)
    _fall_due(customer, at)
    looked_up(customer, at)
    customer.settled = False


def advanced(customer: Customer, since: datetime, to: datetime) -> None:
    """A test clock went from one instant to another: first what was left where it stood, then
    each thing at its own instant (R2)."""
    recovered(customer, since)
    all_sent_back(customer)
    asking.serve(customer, since)
    looked_up(customer, since)
    clock = since
    while (instant := _next_instant(customer, clock)) is not None and instant <= to:
        clock = max(clock, instant)
        _fall_due(customer, clock)
        looked_up(customer, clock)
        all_sent_back(customer)
    _give_up(customer, to)
    customer.settled = False


def _fall_due(customer: Customer, at: datetime) -> None:
    _give_up(customer, at)
    renewing.due(customer, at)
    asking.serve(customer, at)
    charge_intended(customer, at)


def _give_up(customer: Customer, at: datetime) -> None:
    expired(customer, at)
    quotes_expired(customer, at)
    ran_out(customer, at)


def _next_instant(customer: Customer, after: datetime) -> datetime | None:
    """When something happens next by itself."""
    found = [waits_until(each) for each in customer.orders]
    found += [each.expires_at for each in customer.invitations if each.status == "pending"]
    found += [each.expires_at for each in customer.quotes if each.status == "sent"]
    found += [renewing.next_instant(customer), next_look_up(customer, after)]
    return min((each for each in found if each is not None), default=None)
