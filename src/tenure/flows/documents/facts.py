"""What papers are made of: orders with their lines, periods and buyers, and who sells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from django.conf import settings

from tenure.base.calendar import local_date, zone_named
from tenure.billing.documents.composing import Taxed, electronic_address, transfer_to
from tenure.billing.documents.content import Address, Party
from tenure.billing.documents.content import Payment as PaymentTerms
from tenure.billing.models import Payment
from tenure.catalogue.queries import KnownCatalogue, catalogue_at
from tenure.catalogue.queries.vendor import VendorFacts
from tenure.events.rows import AMONG, column_names, read_joined, row_of, to_read_joined
from tenure.events.sending import Question, Values
from tenure.events.streams import CATALOGUE_STREAM
from tenure.orders.models import Order, OrderKind, OrderLine
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.models import SeatChange
from tenure.subscriptions.queries.seat_changes import changes_of

_SIREN: Final = 9
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Added:
    """How the price of seats added in mid-period comes about: so many ``days``, from ``counted``
    on, of a period of ``of_days``; ``for_next``: all of the period after it (R27)."""

    counted: date
    days: int
    of_days: int
    for_next: bool


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A line of an order, with the period that it bought if that is known (R19).

    ``ends_on`` is the first day after it; ``opt_out_on`` the last day to stop what follows.
    """

    line: OrderLine
    starts_on: date | None = None
    ends_on: date | None = None
    opt_out_on: date | None = None
    added: Added | None = None

    @property
    def last_day(self) -> date | None:
        """The last day that it bought."""
        return self.ends_on - _ONE_DAY if self.ends_on is not None else None


@dataclass(frozen=True, slots=True)
class Bought:
    """An order, its buyer as they are now, its lines, and the catalogue as it stands."""

    order: Order
    buyer: Organisation
    lines: tuple[BoughtLine, ...]
    known: KnownCatalogue

    @property
    def consumer(self) -> bool:
        """Whether its prices have tax in them (R7)."""
        return Audience(self.buyer.audience).is_consumer

    @property
    def taxed(self) -> Taxed:
        """The tax of the order."""
        order = self.order
        return Taxed(int(order.tax_percent * 100), order.tax_country, order.reverse_charge)


_COLUMNS: Final = column_names(Organisation)
_BUYER: Final = (*(f"buyer.{name}" for name in _COLUMNS), "shelf.revision", "shelf.mark")
_WITH_BUYERS: Final = """
    JOIN organisations_organisation AS buyer ON buyer.id = organisation_id
    LEFT JOIN (
        SELECT organisation_id AS stream, revision, xmin::text AS mark FROM events_stream
    ) AS shelf ON shelf.stream = %s
"""
_WITH_PERIODS: Final = """
    LEFT JOIN LATERAL (
        SELECT paid.starts_on, paid.ends_on, paid.opt_out_on
        FROM subscriptions_subscription AS subscription
        JOIN subscriptions_period AS paid ON paid.subscription_id = subscription.id
        WHERE subscription.order_line_id = orders_orderline.id
          AND paid.order_id = orders_orderline.order_id
        UNION ALL
        SELECT paid.starts_on, paid.ends_on, paid.opt_out_on
        FROM subscriptions_renewal AS renewal
        JOIN subscriptions_period AS paid
          ON paid.subscription_id = renewal.subscription_id AND paid.number = renewal.number
        WHERE renewal.order_line_id = orders_orderline.id
    ) AS period ON true
"""
_PERIOD: Final = ("period.starts_on", "period.ends_on", "period.opt_out_on")
_WHICH: Final = f"WHERE order_id {AMONG} ORDER BY order_id, position"


def read_unbegun(orders: Sequence[Order]) -> list[Bought]:
    """Orders as they are about to begin, in the order given; one statement."""
    which = [CATALOGUE_STREAM, _ids(orders)]
    return _bought(orders, read_joined(OrderLine, _BUYER, _UNBEGUN, which))


_UNBEGUN: Final = _WITH_BUYERS + _WHICH


def to_read_unbegun(order: UUID) -> Question:
    """What ``read_unbegun`` asks, to be foreseen."""
    return to_read_joined(OrderLine, _BUYER, _UNBEGUN, [CATALOGUE_STREAM, [order]])


def local_days(bought: Iterable[Bought], at: datetime) -> dict[UUID, date]:
    """By order, the local day of its buyer at an instant."""
    return {each.order.id: local_date(at, zone_named(each.buyer.timezone)) for each in bought}


def read_bought(orders: Sequence[Order]) -> list[Bought]:
    """Orders with the periods that they paid, in the order given; one statement, and another
    where one of them adds seats."""
    which = [CATALOGUE_STREAM, _ids(orders)]
    rest = _WITH_BUYERS + _WITH_PERIODS + _WHICH
    bought = _bought(orders, read_joined(OrderLine, (*_BUYER, *_PERIOD), rest, which))
    adding = [order.id for order in orders if order.kind == OrderKind.SEATS]
    return with_added_seats(bought, changes_of(adding)) if adding else bought


def with_added_seats(
    bought: Sequence[Bought],
    changes: Sequence[SeatChange],
    last_days: Mapping[UUID, date] | None = None,
) -> list[Bought]:
    """Orders, those lines that add seats with their days and how their price comes about (R27).

    ``last_days``: by order, the last day to stop what follows.
    """
    by_line = {change.order_line_id: change for change in changes}
    last = last_days or {}
    return [
        replace(each, lines=tuple(_adding(line, by_line, last) for line in each.lines))
        for each in bought
    ]


def _adding(
    line: BoughtLine, changes: Mapping[UUID, SeatChange], last_days: Mapping[UUID, date]
) -> BoughtLine:
    change = changes.get(line.line.id)
    if change is None:
        return line
    days = (change.ends_on - change.priced_from).days
    return BoughtLine(
        line.line,
        change.starts_on,
        change.ends_on if change.starts_on else None,
        last_days.get(change.order_id),
        Added(change.priced_from, days, change.period_days, change.for_next),
    )


def seller(known: KnownCatalogue) -> VendorFacts:
    """Who sells; a sandbox fills gaps with samples."""
    return known.vendor(sandbox=settings.SANDBOX)


def vendor_facts(known: KnownCatalogue) -> Mapping[str, str]:
    """Who sells, by the keys of the catalogue file."""
    return seller(known).facts


def vendor_zone(known: KnownCatalogue) -> str:
    """The zone in which papers are dated (R46); UTC where the catalogue names none."""
    return vendor_facts(known).get("timezone", "UTC")


def transfer_terms(payment: Payment, known: KnownCatalogue) -> PaymentTerms:
    """Where to and under which reference, as a paper says it; ``payment`` is by transfer (R15)."""
    vendor = seller(known)
    account = vendor.account(payment.currency)
    own = {"iban": account.iban, "bic": account.bic} if account else {}
    return transfer_to({**vendor.facts, **own}, payment.token)


def buyer_party(buyer: Organisation) -> Party:
    """The customer by its billing data of this moment."""
    siren, business = buyer.siren, buyer.audience == Audience.BUSINESS
    return Party(
        name=buyer.billing_name or buyer.name,
        address=Address(
            line1=buyer.billing_line1,
            line2=buyer.billing_line2,
            postal_code=buyer.billing_postal_code,
            city=buyer.billing_city,
            region=buyer.billing_region,
            country=buyer.billing_country,
        ),
        siren=siren[:_SIREN],
        siret=siren if len(siren) > _SIREN else "",
        vat_number=buyer.vat_number,
        electronic_address=electronic_address(siren, "") if business else None,
    )


def _ids(orders: Iterable[Order]) -> list[UUID]:
    return [order.id for order in orders]


def _bought(orders: Sequence[Order], found: list[tuple[OrderLine, Values]]) -> list[Bought]:
    by_order = {
        order: list(rows) for order, rows in groupby(found, key=lambda row: row[0].order_id)
    }
    return [_one(order, by_order[order.id]) for order in orders]


def _one(order: Order, rows: list[tuple[OrderLine, Values]]) -> Bought:
    width = len(_COLUMNS)
    _, first = rows[0]
    return Bought(
        order=order,
        buyer=row_of(Organisation, first[:width]),
        lines=tuple(BoughtLine(line, *values[width + 2 :]) for line, values in rows),
        known=catalogue_at(first[width], first[width + 1]),
    )
