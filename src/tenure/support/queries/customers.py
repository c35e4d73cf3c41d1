"""Customers as staff look for them, and one of them with everything about it on one page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.base.money import Money
from tenure.billing.models import Payment
from tenure.events.models import Event
from tenure.events.rows import AMONG, read_rows, read_values
from tenure.orders.models import Order
from tenure.organisations.models import (
    Intervention,
    Invitation,
    Member,
    Organisation,
    StudentProof,
)
from tenure.organisations.queries import Owner, organisation_row, owners_of
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.queries.views import SubscriptionView, views_of
from tenure.support.models import Request
from tenure.support.queries.lists import Listed, newest_first

SHORT: Final = 20
"""How many of a kind the page of one customer shows; of members, subscriptions: ``LONG``."""
LONG: Final = 100


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in the list."""

    organisation: Organisation
    owner: Owner | None
    members: int


_PEOPLE: Final = f"""
    SELECT organisation_id, count(*)::int FROM organisations_member
    WHERE organisation_id {AMONG} AND status <> 'removed' GROUP BY organisation_id
"""  # noqa: S608 - of constants


def find_customers(words: str = "", before: UUID | None = None) -> Listed[CustomerRow]:
    """Customers whose name, or a member's address, contains ``words``, or that an id names.

    The newest first; three statements.
    """
    found = newest_first(_matching(words.strip()), before)
    ids = [row.id for row in found.rows]
    owners = owners_of(ids)
    counts: dict[UUID, int] = dict(row[:2] for row in read_values(_PEOPLE, [ids]))
    rows = [CustomerRow(row, owners.get(row.id), counts.get(row.id, 0)) for row in found.rows]
    return Listed(rows, found.last)


def _matching(words: str) -> QuerySet[Organisation]:
    rows = Organisation.objects.all()
    if not words:
        return rows
    named = _named_by(words)
    if named is not None:
        return named
    people = Member.objects.filter(email__contains=words.lower()).values("organisation_id")
    return rows.filter(Q(name__icontains=words) | Q(id__in=people))


def _named_by(word: str) -> QuerySet[Organisation] | None:
    """The customer to whom an identifier belongs; None for what is no identifier."""
    prefix = word.partition("_")[0]
    rows = {
        "org": Organisation.objects.values("id"),
        "mem": Member.objects.values("organisation_id"),
        "inv": Invitation.objects.values("organisation_id"),
        "ord": Order.objects.values("organisation_id"),
        "pay": Payment.objects.values("organisation_id"),
        "sub": Subscription.objects.values("organisation_id"),
        "req": Request.objects.values("organisation_id"),
    }.get(prefix)
    if rows is None:
        return None
    try:
        id_ = parse_public_id(prefix, word)
    except NotFound:
        return None
    return Organisation.objects.filter(id__in=rows.filter(id=id_))


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order, its total, and the attempts to pay it, oldest first."""

    order: Order
    payments: tuple[Payment, ...] = ()

    @property
    def total(self) -> Money:
        """The whole amount with tax."""
        return Money(self.order.total, self.order.currency)


@dataclass(frozen=True, slots=True)
class Dossier:
    """One customer with everything about it; of long lists the newest."""

    organisation: Organisation
    now: datetime
    members: Sequence[Member]
    subscriptions: Sequence[SubscriptionView]
    orders: Sequence[OrderRow]
    requests: Sequence[Request]
    proofs: Sequence[StudentProof]
    interventions: Sequence[Intervention]
    events: Sequence[Event]

    @property
    def today(self) -> date:
        """The local day by the customer's clock."""
        return local_date(self.now, zone_named(self.organisation.timezone))

    @property
    def acting(self) -> Sequence[Intervention]:
        """By which staff act for the customer now."""
        return [each for each in self.interventions if each.ended_at is None]


_NEWEST: Final = "WHERE organisation_id = %s ORDER BY id DESC LIMIT %s"
_SUBSCRIPTIONS: Final = (
    "s.id IN (SELECT id FROM subscriptions_subscription "
    "WHERE organisation_id = %s ORDER BY id DESC LIMIT %s) ORDER BY s.id DESC"
)
_MEMBERS: Final = "WHERE organisation_id = %s AND status <> 'removed' ORDER BY id LIMIT %s"


def dossier(organisation: UUID, arrived_at: datetime) -> Dossier:
    """Everything about one customer; ten statements. Raises ``NotFound``."""
    row = organisation_row(organisation)
    now = row.test_clock or arrived_at
    whose = Q(organisation=row)
    interventions = Intervention.objects.filter(whose).select_related("user", "member")
    is_student = row.audience == "student"
    return Dossier(
        organisation=row,
        now=now,
        members=read_rows(Member, _MEMBERS, [row.id, LONG]),
        subscriptions=views_of(_SUBSCRIPTIONS, [row.id, LONG], now),
        orders=orders_with_payments(read_rows(Order, _NEWEST, [row.id, SHORT])),
        requests=read_rows(Request, _NEWEST, [row.id, SHORT]),
        proofs=list(StudentProof.objects.filter(whose).order_by("-id")) if is_student else [],
        interventions=list(interventions.order_by("-id")[:SHORT]),
        events=list(Event.objects.filter(organisation_id=row.id).order_by("-sequence")[:SHORT]),
    )


def orders_with_payments(orders: Collection[Order] | QuerySet[Order]) -> list[OrderRow]:
    """Orders with the attempts to pay them; two statements for any number of them."""
    rows = list(orders)
    paid: dict[UUID, list[Payment]] = {row.id: [] for row in rows}
    for payment in read_rows(Payment, f"WHERE order_id {AMONG} ORDER BY id", [list(paid)]):
        paid[payment.order_id].append(payment)
    return [OrderRow(row, tuple(paid[row.id])) for row in rows]
