"""A customer written down, line by line, as the books are read (see ``reading``)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from tenure.flows.simulation.rulebook.customer import Customer, Subscription


def written(customer: Customer) -> dict[str, str]:
    """Each part of a customer's books, as one text."""
    told = {
        "quotes": (
            f"{q.status}|{q.net}|{q.tax_amount}|{q.valid_until}|{_yes(q.order is not None)}"
            for q in customer.quotes
        ),
        "orders": (
            f"{o.kind}|{o.status}|{o.net}|{o.tax}|{o.currency}|{o.paid_on or ''}"
            for o in customer.orders
        ),
        "subscriptions": (_subscription(each) for each in customer.subscriptions),
        "periods": (
            f"{p.number}|{p.starts_on}|{p.ends_on}|{_instant(p.starts_at)}|{_instant(p.ends_at)}"
            f"|{p.data_until}"
            for each in customer.subscriptions
            for p in each.periods
        ),
        "seats": (_seats(each) for each in customer.subscriptions),
        "members": sorted(
            f"{_named(customer, m.email)}|{m.standing}|{m.status}" for m in customer.members
        ),
        "invitations": (
            f"{_named(customer, i.member.email)}|{i.standing}|{i.status}|{_instant(i.expires_at)}"
            for i in customer.invitations
        ),
        "role_requests": (
            f"{_named(customer, r.member.email)}|{r.role}|{r.status}"
            for r in customer.role_requests
        ),
        "papers": (f"{p.kind}|{p.series}|{p.net}|{p.tax}|{p.issued_on}" for p in customer.papers),
        "payouts": sorted(
            f"{p.amount}|{p.status}|{p.iban}|{_yes(p.order is not None)}"
            for p in customer.payouts
            if p.whose
        ),
        "money": sorted(
            f"{account}|{currency}|{balance}"
            for (account, currency), balance in customer.balances.items()
            if balance
        ),
    }
    return {part: "\n".join(lines) for part, lines in told.items()}


def _subscription(each: Subscription) -> str:
    return (
        f"{each.offer.id}|{each.term}|{each.zone.key}|{each.anchor}|{each.quantity}"
        f"|{each.next_quantity}|{_yes(each.auto_renew)}|{each.stops_after or ''}"
        f"|{_yes(each.cancelled_at is not None)}"
    )


def _seats(each: Subscription) -> str:
    held = _list(member.email for member in each.holders)
    return f"{each.quantity}|{held}|{_list(i.member.email for i in each.reserved)}"


def _named(customer: Customer, email: str) -> str:
    return "erased" if customer.purged else email


def _list(emails: Iterable[str]) -> str:
    return ",".join(sorted(emails))


def _yes(value: bool) -> str:
    return "t" if value else "f"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
