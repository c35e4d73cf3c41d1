"""From a cart to a running subscription (R4 to R19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from tenure.flows.simulation.rulebook import renewing
from tenure.flows.simulation.rulebook.customer import (
    VENDOR_ZONE,
    Customer,
    Line,
    Order,
    Paper,
    Payout,
    Subscription,
)
from tenure.flows.simulation.rulebook.days import ONE_DAY, day_of, day_over
from tenure.flows.simulation.rulebook.goods import TERMS, Offer, shares, taxed
from tenure.flows.simulation.rulebook.seats import seats_come, seats_until, too_late
from tenure.flows.simulation.rulebook.taxing import number_in_vain, tax_of
from tenure.flows.simulation.rulebook.trials import end_trials

NOT_YET = UUID(int=0)
PROOF_DAYS, TRANSFER_DAYS = 14, 30
TAKEN = {"tok_ok", "tok_ok_then_declined"}
LOST = {"tok_unknown": "paid", "tok_unknown_not_charged": "declined"}
"""Cards whose answer is lost, and what the gateway says when it is asked later."""
STEP = "tok_authenticate"
CLOSED = ("paid", "expired", "withdrawn", "cancelled")


def known_roles(customer: Customer) -> set[str]:
    """The roles that a customer ever tried or bought (R9)."""
    return {
        role
        for order in customer.orders
        if order.status in ("paid", "cancelled")
        for line in order.lines
        for role in line.offer.roles
    }


def line_refused(
    customer: Customer, before: Sequence[tuple[Offer, str]], offer: Offer, term: str, on: date
) -> str | None:
    """The first reason against a line, in the order of the interface."""
    if offer.audience != customer.audience:
        return "mixed_audiences"
    if term != "trial" and term not in TERMS[customer.audience]:
        return "term_not_for_audience"
    if before and term != before[0][1]:
        return "mixed_terms"
    if not offer.online:
        return "offer_not_online"
    if customer.country not in offer.countries:
        return "offer_not_in_country"
    if term == "trial":
        if not offer.trial_days:
            return "not_priced"
        tried = known_roles(customer) | {role for each, _ in before for role in each.roles}
        return "trial_used" if tried & set(offer.roles) else None
    return "not_priced" if offer.price(term, customer.currency, on) is None else None


def priced(customer: Customer, lines: Sequence[tuple[Offer, str, int]], on: date) -> list[Line]:
    """Lines that nothing speaks against, with what they cost."""
    return [
        Line(offer, term, quantity, (offer.price(term, customer.currency, on) or 0) * quantity)
        for offer, term, quantity in lines
    ]


def method_refused(customer: Customer, method: str, currency: str) -> str | None:
    """R14: cards for all, transfers for companies, in a currency of which there is an account."""
    if method == "card":
        return None
    if customer.audience != "business":
        return "payment_method_not_for_audience"
    return None if currency == "EUR" else "payment_method_unavailable"


def place(customer: Customer, order: Order, at: datetime, *, unheard: str = "") -> None:
    """A cart is ordered: it waits for a proof or a transfer, costs nothing, or is charged.

    ``unheard`` is what the gateway will say if nobody was left to hear its answer.
    """
    customer.orders.append(order)
    if not order.total:
        paid(customer, order, at)
    elif customer.audience == "student" and not customer.verified:
        order.status = "awaiting_verification"
        order.expires_at = _sooner(_wait(customer, at, PROOF_DAYS), order)
    elif order.method == "bank_transfer":
        await_transfer(customer, order, at)
    elif unheard:
        order.said = unheard
    else:
        charge(customer, order, order.token, at)


def new_order(
    customer: Customer,
    lines: list[Line],
    method: str,
    token: str,
    at: datetime,
    *,
    currency: str = "",
    zone: ZoneInfo | None = None,
) -> Order:
    """The order of a cart, taxed once as a whole (R44)."""
    whose = tax_of(customer, day_of(at, zone or customer.zone))
    net, tax = taxed(sum(each.amount for each in lines), customer.audience, whose.rate)
    order = Order(NOT_YET, "purchase", lines, net, tax, "payment_unknown", method, token)
    order.currency, order.placed_at = currency or customer.currency, at
    order.vat_number, order.reverse = number_in_vain(customer, whose, tax), whose.reverse
    return order


def charge(customer: Customer, order: Order, token: str, at: datetime) -> None:
    """The gateway is called and answers, or its answer is lost (R17)."""
    order.method, order.token, customer.settled = "card", token, True
    if order.kind != "renewal":
        order.expires_at = None
    if token in LOST:
        order.status, order.said = "payment_unknown", LOST[token]
    else:
        _heard(customer, order, said_of(token), at)


def said_of(token: str) -> str:
    """What the gateway makes of a card, as the order's status."""
    if token in TAKEN:
        return "paid"
    if token in LOST:
        return LOST[token]
    return "authentication_required" if token == STEP else "declined"


def _heard(customer: Customer, order: Order, said: str, at: datetime) -> None:
    order.status = said
    if said == "paid":
        paid(customer, order, at)


def await_transfer(customer: Customer, order: Order, at: datetime) -> None:
    """The order waits for its money, with a pro-forma (R15)."""
    order.method, order.status = "bank_transfer", "awaiting_transfer"
    if order.kind == "renewal":
        if not order.invoiced:
            invoice(customer, order, at)
        return
    order.expires_at = _sooner(_wait(customer, at, TRANSFER_DAYS), order)
    customer.issue("pro_forma", "PF", order, at)


def let_money_go(customer: Customer, order: Order) -> None:
    """What came of a transfer that nobody waits for any more is open again, for staff (R15)."""
    if order.received:
        customer.book("receivable", "suspense", order.received, order.currency)
    order.received = 0
    for each in order.credits:
        each.used = 0


def _sooner(until: datetime, order: Order) -> datetime:
    limit = seats_until(order)
    return until if limit is None else min(until, limit)


def _wait(customer: Customer, at: datetime, days: int) -> datetime:
    return day_over(customer.today(at) + days * ONE_DAY, customer.zone)


def paid(customer: Customer, order: Order, at: datetime) -> None:
    """The money is there: what was bought is there too, with an invoice (R13)."""
    order.status, order.paid_on, order.expires_at = "paid", customer.today(at), None
    customer.settled = True
    if order.total and order.method == "card":
        customer.book("card_clearing", "receivable", order.total, order.currency)
    if order.total and order.method == "card" and customer.card is None and order.token:
        customer.card = order.token
    if order.kind == "renewal":
        renewing.renewed(customer, order, at)
    elif order.kind == "seats" and not seats_come(order, at):
        give_back(customer, order, order.total)
    else:
        if order.kind == "purchase":
            _begin(customer, order, at)
        if order.total:
            invoice(customer, order, at)


def invoice(customer: Customer, order: Order, at: datetime) -> None:
    """What is owed is invoiced; renewals have a series of their own (R46)."""
    order.invoiced, order.credited = True, set()
    customer.issue("invoice", "REN" if order.kind == "renewal" else "INV", order, at)
    customer.book("receivable", "income", order.net, order.currency)
    customer.book("receivable", "tax_due", order.tax, order.currency)


def give_back(customer: Customer, order: Order, amount: int) -> None:
    """So much of what was paid for an order goes back by the way it came: to the card, or to the
    account that paid, if one alone did (R30)."""
    order.back += amount
    if order.method == "card":
        order.unsent += amount
    elif amount:
        ibans = {each.iban for each in order.credits if each.used}
        iban = ibans.pop() if len(ibans) == 1 else ""
        customer.payouts.append(Payout(amount, iban, order))


def send_back(customer: Customer, order: Order) -> None:
    """The card has its money again; that of a transfer waits for its way to the bank."""
    if order.unsent:
        customer.book("receivable", "card_clearing", order.unsent, order.currency)
        order.unsent = 0


def credit(customer: Customer, order: Order, at: datetime) -> None:
    """What was invoiced is taken back, if it was, as far as it still stands."""
    if order.invoiced:
        order.invoiced = False
        left = [n for n in range(len(order.lines)) if n not in order.credited]
        if left and order.total:
            _credit_lines(customer, order, left, at)


def credit_line(customer: Customer, order: Order, position: int, at: datetime) -> int:
    """One line of what was paid is taken back; returns what it cost, with tax."""
    order.credited.add(position)
    return _credit_lines(customer, order, [position], at)


def _credit_lines(customer: Customer, order: Order, positions: Sequence[int], at: datetime) -> int:
    amounts = line_amounts(customer, order)
    net, tax = (sum(amounts[n][part] for n in positions) for part in (0, 1))
    _credit(customer, order, net, tax, at)
    return net + tax


def correct(customer: Customer, orders: Sequence[Order], at: datetime) -> None:
    """Their invoices are credited, and issued anew without tax: the customer owes that (R45)."""
    for order in orders:
        _credit(customer, order, order.net, order.tax, at)
    for order in orders:
        order.corrected = True
        series = "REN" if order.kind == "renewal" else "INV"
        on = day_of(at, VENDOR_ZONE)
        customer.papers.append(Paper("invoice", series, order.net, 0, on))
        customer.book("receivable", "income", order.net, order.currency)


def _credit(customer: Customer, order: Order, net: int, tax: int, at: datetime) -> None:
    customer.papers.append(Paper("credit_note", "CN", net, tax, day_of(at, VENDOR_ZONE)))
    customer.book("income", "receivable", net, order.currency)
    customer.book("tax_due", "receivable", tax, order.currency)


def line_amounts(customer: Customer, order: Order) -> list[tuple[int, int]]:
    """Net and tax of each line (R44)."""
    amounts = [line.amount for line in order.lines]
    if customer.audience == "business":
        tax = 0 if order.corrected else order.tax
        return list(zip(amounts, shares(tax, amounts), strict=True))
    nets = shares(order.net, amounts)
    return [(net, gross - net) for net, gross in zip(nets, amounts, strict=True)]


def _begin(customer: Customer, order: Order, at: datetime) -> None:
    for position, line in enumerate(order.lines):
        trial = line.term == "trial"
        subscription = Subscription(
            offer=line.offer,
            term=line.term,
            zone=customer.zone,
            anchor=customer.today(at),
            quantity=line.quantity,
            next_quantity=line.quantity,
            auto_renew=not trial,
            currency=order.currency,
            order=order,
            position=position,
        )
        renewing.schedule(subscription, subscription.append_period(order))
        customer.subscriptions.append(subscription)
    end_trials(customer, [each for each in customer.subscriptions if each.order is order], at)


def pay_again(
    customer: Customer, order: Order, method: str, token: str, at: datetime
) -> str | None:
    """An unpaid order is paid another way; the reason why it cannot be."""
    if order.status == "authentication_required":
        refused = method_refused(customer, method, order.currency)
        if refused:
            return refused
        order.status = "declined"
    if order.status == "paid":
        return None
    if order.status == "awaiting_verification":
        return "verification_pending"
    if order.status == "payment_unknown":
        return "payment_in_flight"
    if order.status in CLOSED:
        return "order_closed"
    if order.kind == "renewal" and order.expires_at and order.expires_at <= at:
        return "order_closed"
    if too_late(order, at):
        return "seats_too_late"
    if order.total and customer.audience == "student" and not customer.verified:
        return "verification_pending"
    refused = method_refused(customer, method, order.currency)
    if refused:
        return refused
    if method == "card" and not token:
        return "card_needed"
    if method == "card":
        let_money_go(customer, order)
        charge(customer, order, token, at)
    elif order.status != "awaiting_transfer":
        await_transfer(customer, order, at)
    return None


def withdraw(customer: Customer, order: Order) -> str | None:
    """R16: an unpaid order can be withdrawn."""
    if order.status == "withdrawn":
        return None
    if order.status == "payment_unknown":
        return "payment_in_flight"
    if order.status in CLOSED:
        return "order_closed"
    if order.kind == "renewal":
        return "renewal_stands"
    let_money_go(customer, order)
    order.status = "withdrawn"
    return None


def step_taken(customer: Customer, order: Order, at: datetime, *, passed: bool) -> None:
    """The customer's step at the bank."""
    customer.settled = True
    if passed:
        paid(customer, order, at)
    else:
        order.status = "declined"


def proved(customer: Customer, at: datetime) -> None:
    """A student is verified: what waited for it, and is not over, is charged (R8)."""
    customer.verified_at = customer.verified_at or at
    for order in customer.orders:
        if order.status == "awaiting_verification" and order.expires_at and at < order.expires_at:
            charge(customer, order, order.token, at)


def recovered(customer: Customer, at: datetime) -> None:
    """The gateway is asked about every charge without an answer (R17)."""
    for order in customer.orders:
        if order.status == "payment_unknown":
            _heard(customer, order, order.said, at)


def expired(customer: Customer, at: datetime) -> None:
    """What waited in vain expires (R8, R15)."""
    for order in customer.orders:
        until = waits_until(order)
        if until is not None and until <= at:
            let_money_go(customer, order)
            order.status = "expired"


def waits_until(order: Order) -> datetime | None:
    """When an order comes to nothing by itself, if it does; renewals do with their data (R31)."""
    if order.kind == "renewal":
        return None
    if order.status in ("awaiting_verification", "awaiting_transfer"):
        return order.expires_at
    return seats_until(order) if order.status == "declined" else None
