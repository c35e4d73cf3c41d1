"""VAT numbers are given, looked up, and asked about again; tax that was charged in vain goes back
(R45)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tenure.flows.simulation.rulebook.buying import correct, give_back, send_back
from tenure.flows.simulation.rulebook.customer import Customer, Order

COUNTS = timedelta(days=30)
"""For how long an answer of a register counts."""
SURELY = timedelta(days=29)
"""How old it may be that it counts on a day wherever that is."""
AHEAD = timedelta(days=7)
"""So long before a renewal is announced or ordered the number is looked up again."""
PATIENCE = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 1440))
"""How long after each time without an answer it is asked again; each day in the end."""


def given(customer: Customer, number: str, at: datetime) -> None:
    """A number is given, or taken away, and looked up at once."""
    if number != customer.vat_number:
        customer.vat_number, customer.vat_validated_at = number, None
        customer.vat_answered_at = None
        customer.vat_ask_at, customer.vat_asked = (at if number else None), 0
    _ask_if_due(customer, at)


def looked_up(customer: Customer, at: datetime) -> None:
    """What waits for a register's answer is asked about; what it spares is corrected."""
    if _is_too_old(customer, at) or _is_wanted_ahead(customer, at):
        customer.vat_ask_at, customer.vat_asked = at, 0
    _ask_if_due(customer, at)
    _correct(customer, at)


def next_look_up(customer: Customer, after: datetime) -> datetime | None:
    """When a register is next asked; what could not be begun by ``after`` is not later either."""
    if customer.vat_ask_at is not None:
        return customer.vat_ask_at
    found = []
    answered = customer.vat_answered_at
    if _charged(customer):
        found.append(after if answered is None else answered + COUNTS)
    coming = min(_coming(customer), default=None)
    if coming is not None and (answered is None or answered < coming - SURELY):
        found.append(coming - AHEAD)
    at = min(found, default=None)
    return at if at is not None and at > after else None


def is_waited_for(customer: Customer) -> bool:
    """Whether any order may yet be spared its tax, or any answer is missing."""
    return bool(customer.vat_number)


def _coming(customer: Customer) -> list[datetime]:
    """When renewals are next announced or ordered whose tax its number may decide."""
    if not customer.vat_number or not any(o.reverse or o.vat_number for o in customer.orders):
        return []
    periods = [period for each in customer.subscriptions for period in each.periods]
    found = [[at for at in (p.remind_at, p.renew_at) if at is not None] for p in periods]
    return sorted(min(each) for each in found if each)


def _is_wanted_ahead(customer: Customer, at: datetime) -> bool:
    """Whether an answer is too old for what is announced or ordered within a week."""
    answered = customer.vat_answered_at
    coming = [each for each in _coming(customer) if each <= at + AHEAD]
    if customer.vat_ask_at is not None:
        return False
    first = coming[:1] if customer.own_clock else coming
    return any(answered is None or answered < each - SURELY for each in first)


def _is_too_old(customer: Customer, at: datetime) -> bool:
    answered = customer.vat_answered_at
    known = customer.vat_ask_at is not None or (answered is not None and answered > at - COUNTS)
    return not known and bool(_charged(customer))


def _ask_if_due(customer: Customer, at: datetime) -> None:
    if customer.vat_ask_at is None or customer.vat_ask_at > at:
        return
    number = customer.vat_number
    customer.vat_asked += 1
    if "0300" in number or ("0302" in number and customer.vat_asked == 1):
        customer.vat_ask_at = at + PATIENCE[min(customer.vat_asked, len(PATIENCE)) - 1]
        return
    customer.vat_ask_at, customer.vat_answered_at = None, at
    customer.vat_validated_at = None if "0200" in number else at
    _correct(customer, at)


def _charged(customer: Customer) -> Sequence[Order]:
    """Paid orders that were charged although this very number stood on them."""
    return [
        order
        for order in customer.orders
        if order.vat_number
        and order.vat_number == customer.vat_number
        and order.status == "paid"
        and not order.corrected
    ]


def _correct(customer: Customer, at: datetime) -> None:
    """Each is credited and issued anew without its tax, which goes back; one of which something
    was credited before is left to staff."""
    validated = customer.vat_validated_at
    if validated is None:
        return
    spared = [
        order
        for order in _charged(customer)
        if order.invoiced and not order.credited and order.placed_at <= validated + COUNTS
    ]
    correct(customer, spared, at)
    for order in spared:
        give_back(customer, order, min(order.tax, order.total - order.back))
        send_back(customer, order)
